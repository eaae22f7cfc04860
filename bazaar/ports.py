"""What the bazaar needs from outside, in its own words. Adapters keep these promises.

What it needs of live platforms is in `bazaar.live_ports`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bazaar.errors import N_, Invalid, NotAllowed, Unavailable
from bazaar.rules.gateway_events import GatewaySignal, RefundNews
from bazaar.rules.parcel_signals import Signal


class Undeliverable(Unavailable):
    """The letter can never be handed over as it is; trying again is no use."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address. `key` is the same on every try, so that repeats are known.

    `way` says what kind of address it is. `unsubscribe` is the address that ends such letters.
    """

    key: str
    to: str
    subject: str
    text: str
    way: str = "mail"
    unsubscribe: str = ""


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


@dataclass(eq=False)
class GatewaySilent(Unavailable):
    """The gateway did not answer, or not now. Whether it did what was asked is unknown."""

    reason: str
    text = N_("Gerbang pembayaran belum menjawab ({reason}).")


@dataclass(eq=False)
class GatewayRefused(Unavailable):
    """The gateway says no, and nothing was done. `reason` is its own words."""

    reason: str
    text = N_("Gerbang pembayaran menolak: {reason}")


class NotGenuine(NotAllowed):
    """A notification does not show the gateway's signature or secret."""

    text = N_("Pemberitahuan ini tidak ditandatangani gerbang pembayaran.")


class UnreadableNotification(Invalid):
    """A notification is no JSON object."""

    text = N_("Pemberitahuan ini tidak terbaca.")


@dataclass(frozen=True, slots=True)
class ChargeWish:
    """Money to be asked for. `reference` is ours, of this attempt only: `PV-7XK2Q-1`.

    `now` and `pay_before` bound the time in which it may be paid.
    """

    reference: str
    amount_idr: int
    description: str
    now: datetime
    pay_before: datetime


@dataclass(frozen=True, slots=True)
class GatewayCharge:
    """The gateway has the request; `qr_payload` is what the buyer scans.

    `expires_at` is None where the gateway does not say. `sent` is what it was told.
    """

    gateway_id: str
    qr_payload: str
    expires_at: datetime | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChargeName:
    """What a gateway knows a request by. `payment_id`: a payment it was told of, if any."""

    reference: str
    gateway_id: str = ""
    payment_id: str = ""


@dataclass(frozen=True, slots=True)
class RefundWish:
    """Money to be given back through the gateway. `key` is ours, the same on every try."""

    key: str
    charge: ChargeName
    amount_idr: int
    reason: str


@dataclass(frozen=True, slots=True)
class Notification:
    """A genuine message of a gateway. Nothing in it is believed before `status` says it too.

    `key` is the same for the same news; `payment_id` is for asking about a payment by itself.
    """

    key: str
    signal: GatewaySignal
    payment_id: str = ""


class PaymentGateway(Protocol):
    """Asks buyers for money by QRIS codes of its own, and hears when it comes.

    Everything that goes outside raises GatewaySilent (it may have been done) or GatewayRefused
    (it was not).
    """

    @property
    def name(self) -> str:
        """The name its charges are kept under."""
        ...

    @property
    def is_trial(self) -> bool:
        """Whether its key is for trying out: no money moves."""
        ...

    @property
    def is_well(self) -> bool:
        """Whether it answered lately; if not, the seller's own sticker is to be offered."""
        ...

    def create(self, wish: ChargeWish) -> GatewayCharge:
        """Ask for money. Never tried twice: after silence ask again under the next reference."""
        ...

    def status(self, charge: ChargeName) -> GatewaySignal:
        """Return how a request stands now: the only word that is believed."""
        ...

    def expire(self, charge: ChargeName) -> bool:
        """Let nobody pay it any more. False: it has been paid or has ended, ask how it stands."""
        ...

    def refund(self, wish: RefundWish) -> RefundNews:
        """Give money back. However often it is repeated under one key, it is given once."""
        ...

    def probe(self) -> None:
        """Ask something harmless to learn whether address and key are right."""
        ...

    def read_notification(self, headers: Mapping[str, str], body: bytes) -> Notification:
        """Understand a message. Raises NotGenuine, UnreadableNotification; reaches nobody."""
        ...
