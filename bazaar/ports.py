"""What the bazaar needs from outside, in its own words. Adapters keep these promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bazaar.errors import N_, Unavailable
from bazaar.rules.parcel_signals import Signal


class Undeliverable(Unavailable):
    """The letter can never be handed over as it is; trying again is no use."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address. `key` is the same on every try, so that repeats are known."""

    key: str
    to: str
    subject: str
    text: str


class Messenger(Protocol):
    """Carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Repeats carry the same message id.

        Raises Unavailable when it must be tried again later, Undeliverable when it need not.
        """
        ...


@dataclass(eq=False)
class CourierSilent(Unavailable):
    """The provider did not answer, or not now. Whether it did what was asked is unknown."""

    reason: str
    text = N_("Penyedia kurir belum menjawab ({reason}).")


@dataclass(eq=False)
class CourierRefused(Unavailable):
    """The provider says no to this as it is; asking again is no use. `reason` is its own words."""

    reason: str
    text = N_("Penyedia kurir menolak: {reason}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel is fetched or brought to, in Indonesia.

    `area_id` is the provider's own id of the village, empty while it is not known.
    """

    name: str
    phone: str
    street: str
    village_code: str
    village: str
    district: str
    regency: str
    province: str
    postal_code: str
    note: str = ""
    area_id: str = ""

    @property
    def line(self) -> str:
        """The address as one line, without the postal code."""
        return f"{self.street}, {self.village}, {self.district}, {self.regency}, {self.province}"


@dataclass(frozen=True, slots=True)
class Goods:
    """So many pieces of one thing in the parcel; value and weight of one piece."""

    name: str
    quantity: int
    value_idr: int
    weight_g: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """What is to be carried. `key` is ours and the same on every try of one booking.

    `weight_g` is the whole parcel's; a box that was not measured has no sizes (0 cm).
    `repeated`: the same was asked before and it is not known what came of it.
    """

    key: str
    origin: Place
    destination: Place
    goods: tuple[Goods, ...]
    weight_g: int
    length_cm: int = 0
    width_cm: int = 0
    height_cm: int = 0
    courier_code: str = ""
    service_code: str = ""
    price_idr: int | None = None
    pickup: bool = True
    repeated: bool = False

    @property
    def value_idr(self) -> int:
        """What the goods cost together."""
        return sum(goods.value_idr * goods.quantity for goods in self.goods)


@dataclass(frozen=True, slots=True)
class CourierRate:
    """What one service of a courier asks for a shipment. `days` is text such as `2-3`."""

    provider: str
    courier_code: str
    courier_name: str
    service_code: str
    service_name: str
    price_idr: int
    days: str = ""
    pickup: bool = True
    drop_off: bool = False


@dataclass(frozen=True, slots=True)
class Booked:
    """The provider has the order. A waybill number may come later; `sent` is what it was told."""

    order_id: str
    tracking_id: str = ""
    resi: str = ""
    sorting_code: str = ""
    price_idr: int | None = None
    link: str = ""
    note: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Consignment:
    """What the provider knows an order by."""

    key: str
    order_id: str
    tracking_id: str = ""
    resi: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One piece of news about one order, with the body it was read from.

    The body of a message that spoke of several orders is only this order's part of it.
    """

    order_id: str
    body: Mapping[str, Any]
    signal: Signal


class Courier(Protocol):
    """Has parcels carried: one company, or a provider of many.

    Everything that goes outside raises CourierSilent (try again later) or CourierRefused.
    """

    @property
    def name(self) -> str:
        """The name its bookings are kept under."""
        ...

    @property
    def needs_area(self) -> bool:
        """Whether places must have their `area_id` before anything is asked about them."""
        ...

    def find_area(self, place: Place) -> str:
        """Return the provider's id of the village, empty if it knows none like it."""
        ...

    def rates(self, shipment: Shipment, *, timeout_s: float) -> Sequence[CourierRate]:
        """Return what services ask for the shipment, cheapest first; its key is not used."""
        ...

    def book(self, shipment: Shipment) -> Booked:
        """Order the shipment. However often it is repeated under one key, there is one order."""
        ...

    def cancel(self, order: Consignment, reason: str) -> bool:
        """Ask to have the order called off; say whether it is already. False: news will tell."""
        ...

    def track(self, order: Consignment) -> Sequence[Notice]:
        """Return the news there are about an order, the oldest first; the same on every call."""
        ...

    def is_probe(self, body: object) -> bool:
        """Say whether a message is no news but a trial of our address (None: it was empty)."""
        ...

    def proves(self, headers: Mapping[str, str]) -> bool:
        """Say, in a time that tells nothing, whether the message shows the secret agreed on."""
        ...

    def read_webhook(self, body: Mapping[str, Any]) -> Sequence[Notice]:
        """Return the news in a message. What cannot be read is news of kind UNKNOWN."""
        ...
