"""Parcels of the last days in every state, so that each page about them has something to show.

They go the way of real ones: ordered, paid, packed and told about by the same functions, at
moments of the past. Once; afterwards they stay as people leave them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

import sqlalchemy as sa

from bazaar import bookings, courier_inbox, manifests, payments, shipments, times
from bazaar.audit import Actor
from bazaar.bookings import Wish
from bazaar.db import db
from bazaar.demo.evening import BUYERS, COURIER, TREASURER, Buyer, pay, place, stocked
from bazaar.manifests.signing import Signing
from bazaar.models import Booking, Checkout, Edition, Order, Parcel, Product
from bazaar.orders import Wanted
from bazaar.ports import Booked, Notice, Place
from bazaar.regions import get_village
from bazaar.rules import courier_words
from bazaar.rules.parcel_signals import Signal
from bazaar.shipments import acts, problems, returns
from bazaar.web import Services

KEY = "demo-paket"
"""How the keys of these checkouts begin."""

PROVIDER = "biteship"
HOLLAND = Buyer(
    "Marijke de Vries",
    "+31612345678",
    "",
    "Prinsengracht 263",
    "NL",
    "Amsterdam",
    "1016 GV",
)
"""No row of the table goes to her country: she asks what shipping costs."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A parcel that a stall has to pack, and the hours since its order was placed."""

    parcel: Parcel
    then: datetime
    now: datetime

    @property
    def packer(self) -> Actor:
        """The seller whose parcel it is."""
        seller = self.parcel.order.seller
        return Actor(f"seller:{seller.id}", seller.name)

    def at(self, hours: float) -> datetime:
        """The moment so many hours after the order, never in the future."""
        return min(self.then + timedelta(hours=hours), self.now)

    def pack(self, weight_g: int = 700) -> None:
        """Weigh the box and close it, three hours after the order."""
        sides = (24, 18, 9)
        acts.measure(self.parcel, weight_g, sides, actor=self.packer, now=self.at(3))
        shipments.pack(self.parcel, actor=self.packer, now=self.at(3))

    def send(self) -> None:
        """Pack it and give it to the courier, the day after the order."""
        self.pack()
        number = f"88{self.parcel.id:010}"
        courier = self.parcel.courier
        shipments.hand_over(self.parcel, courier, number, actor=COURIER, now=self.at(20))


def _booked(scene: Scene) -> None:
    scene.pack()
    wish = Wish(bookings.MANUAL, scene.parcel.courier)
    bookings.want(scene.parcel, wish, actor=COURIER, now=scene.at(5))


def _moving(scene: Scene) -> None:
    _order_of_provider(scene)
    for hours, word in ((7, "allocated"), (9, "pickingUp"), (11, "picked"), (20, "in_transit")):
        _tell(scene, hours, word)


def _at_the_door(scene: Scene) -> None:
    _order_of_provider(scene)
    for hours, word in ((9, "picked"), (70, "dropping_off")):
        _tell(scene, hours, word)


def _without_courier(scene: Scene) -> None:
    """Nobody came for it: packed again, and a person must book anew."""
    _order_of_provider(scene)
    _tell(scene, 12, "courier_not_found")


def _stuck(scene: Scene) -> None:
    scene.send()
    acts.move(scene.parcel, "sudah di gudang tujuan", actor=COURIER, now=scene.at(30))
    why = "alamat tidak ditemukan, telepon tidak diangkat"
    acts.fail(scene.parcel, why, actor=COURIER, now=scene.at(52))


def _coming_back(scene: Scene) -> None:
    scene.send()
    why = "penerima pindah, kurir mengirim balik"
    acts.send_back(scene.parcel, why, actor=COURIER, now=scene.at(70))


def _back(scene: Scene) -> None:
    _coming_back(scene)
    acts.take_back(scene.parcel, "sampai di lapak, utuh", actor=COURIER, now=scene.at(120))


def _lost(scene: Scene) -> None:
    scene.send()
    acts.lose(scene.parcel, "kurir mengaku tidak menemukannya", actor=COURIER, now=scene.at(150))


def _destroyed(scene: Scene) -> None:
    """Broken in a flood; the courier has paid, and the buyer got the money back."""
    scene.send()
    acts.destroy(scene.parcel, "gudang kurir kebanjiran", actor=COURIER, now=scene.at(60))
    paid, day = scene.parcel.order.total_idr, scene.at(100)
    returns.compensate(scene.parcel, paid, "dari kurir", actor=TREASURER, now=day)
    returns.refund(scene.parcel, paid, "ditransfer", actor=TREASURER, now=scene.at(101))


def _called_off(scene: Scene) -> None:
    why = "pembeli salah pilih warna"
    acts.cancel_order(scene.parcel.order, why, actor=COURIER, now=scene.at(2))


def _damaged(scene: Scene) -> None:
    scene.send()
    shipments.deliver(scene.parcel, actor=COURIER, now=scene.at(60))
    text = "Kotaknya penyok dan satu toples retak. Mohon diganti ya."
    problems.tell(scene.parcel, "damaged", text, now=scene.at(62))


def _in_two(scene: Scene) -> None:
    """One piece went ahead, the rest is still being made."""
    line = max(scene.parcel.lines, key=lambda line: line.quantity)
    shipments.split(scene.parcel, {line.order_line_id: 1}, actor=scene.packer, now=scene.at(2))
    scene.send()
    shipments.deliver(scene.parcel, actor=COURIER, now=scene.at(65))


SCENES: Sequence[tuple[str, int, int, str, Callable[[Scene], None]]] = (
    # name, hours ago, buyer, how the courier's name begins, what happened
    ("lost", 250, 2, "JNE", _lost),
    ("destroyed", 220, 3, "SiCepat", _destroyed),
    ("returned", 200, 4, "JNE", _back),
    ("silent", 140, 1, "SiCepat", Scene.send),
    ("returning", 120, 0, "JNE", _coming_back),
    ("exception", 90, 5, "SiCepat", _stuck),
    ("out-for-delivery", 72, 2, "SiCepat", _at_the_door),
    ("problem", 70, 3, "JNE", _damaged),
    ("two", 68, 1, "JNE", _in_two),
    ("in-transit", 40, 5, "JNE", _moving),
    ("cancelled", 38, 4, "JNE", _called_off),
    ("rebook", 34, 3, "JNE", _without_courier),
    ("booked", 28, 2, "SiCepat", _booked),
)
LISTED = (("signed-1", 50, 0), ("signed-2", 49, 3), ("open-1", 27, 1), ("open-2", 26, 2))
"""Parcels for the two lists that couriers sign: name, hours ago, buyer."""


def fill(edition: Edition, services: Services, *, now: datetime) -> None:
    """Send these parcels, unless that was done before."""
    done = sa.select(Checkout.id).where(Checkout.key.startswith(KEY)).limit(1)
    if db.session.scalar(done) is not None:
        return
    shelves = stocked()
    if not shelves:
        return
    goods = _goods(shelves)

    def sold(name: str, hours: int, buyer: Buyer, courier: str) -> Scene:
        then = now - timedelta(hours=hours)
        wanted = next(goods)
        (order,) = place(
            f"{KEY}-{name}", buyer, wanted, edition, services, courier=courier, now=then
        )
        return _paid(order.reference, then, now)

    listed = [("", "", sold(name, hours, BUYERS[who], "JNE")) for name, hours, who in LISTED]
    for name, hours, who, courier, happen in SCENES:
        happen(sold(name, hours, BUYERS[who], courier))
    _lists([scene for *_, scene in listed], services, edition, now)
    payments.open_owed(now)
    asked = now - timedelta(hours=3)
    place(f"{KEY}-quoting", HOLLAND, next(goods), edition, services, now=asked)


def _goods(shelves: Sequence[Sequence[Product]]) -> Iterator[list[Wanted]]:
    """Choose two pieces of one product and one of another, of a different stall each time."""
    for shelf in cycle([*shelves[3::4], *shelves[1::4]] or shelves):
        yield [Wanted(product, 2 - index) for index, product in enumerate(shelf[:2])]


def _paid(reference: str, then: datetime, now: datetime) -> Scene:
    """Pay an order ten minutes after it was placed; its parcel is there a moment later."""
    paid_at = then + timedelta(minutes=10)
    pay(reference, now=paid_at)
    shipments.open_parcels(paid_at)
    made = sa.select(Parcel.code).join(Parcel.order).where(Order.reference == reference)
    return Scene(shipments.get_parcel(db.session.scalars(made).one()), then, now)


def _order_of_provider(scene: Scene) -> None:
    """Book with a provider that is not here: what it would have answered is written down."""
    scene.pack()
    wish = Wish(PROVIDER, scene.parcel.courier, "jne", "reg", quoted_idr=18_000)
    booking = bookings.want(scene.parcel, wish, actor=COURIER, now=scene.at(5))
    village = get_village("35.09.21.1002")
    origin = Place(
        "Pasar Virtual",
        "+6281200000001",
        "Jl. Kalimantan 37",
        village.code,
        village.name,
        village.district,
        village.regency,
        village.province,
        village.postal_code or "",
    )
    task = bookings.pick(scene.at(5), origin=origin)
    if task is None or task.booking_id != booking.id:
        raise RuntimeError("somebody else's booking was due")
    task.booked = Booked(
        order_id=f"demo-{booking.key}", resi=f"77{scene.parcel.id:010}", price_idr=18_000
    )
    bookings.close(task, None, now=scene.at(5))


def _tell(scene: Scene, hours: float, word: str) -> None:
    """Let the provider say a word of its own about the parcel."""
    instant = scene.at(hours)
    key = db.session.scalars(
        sa.select(Booking.provider_order_id).where(Booking.parcel_id == scene.parcel.id)
    ).one()
    kind, state, code = courier_words.biteship(word)
    body = {
        "event": "order.status",
        "order_id": key,
        "status": word,
        "updated_at": instant.isoformat(),
    }
    news = Notice(str(key), body, Signal(kind, state, code, occurred_at=instant))
    courier_inbox.store(PROVIDER, [news], now=instant)
    while courier_inbox.work_on(instant):
        pass


def _lists(scenes: Sequence[Scene], services: Services, edition: Edition, now: datetime) -> None:
    """A list that the courier signed, and one that waits to be scanned on."""
    for scene in scenes:
        scene.pack()
    gone, here = scenes[:2], scenes[2:]
    day = now - timedelta(hours=24)
    for instant, of_it in ((day, gone), (now - timedelta(minutes=30), here)):
        manifest = manifests.make(
            "JNE",
            times.day_of(instant, edition.zone),
            branch="JNE Sumbersari",
            vehicle="P 1234 XY",
            links=services.links,
            actor=COURIER,
            now=instant,
        )
        for scene in of_it:
            manifests.scan(manifest, scene.parcel.code, actor=COURIER, now=instant)
        if of_it is gone:
            manifests.lock(manifest, actor=COURIER, now=instant)
            said = Signing("Bayu Prasetyo", "JNE 4471", received=len(gone), accepted=True)
            manifests.sign(manifest, said, actor=COURIER, now=instant)
