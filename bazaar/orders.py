"""Orders: placing them, holding the goods for a while, and how they end.

One click on "order" is one checkout: one order a seller, all in one transaction. The key that the
form got at its first render makes the same click sent ten times one checkout with one link.
Placing is the hot path: Core statements that are compiled once, and as few of them as possible.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload, selectinload

from bazaar import audit, baskets, broadcast, catalog, rates
from bazaar.audit import BUYER, CLOCK
from bazaar.baskets import Offer
from bazaar.catalog import Held, OutOfStock
from bazaar.db import Prepared, claim, db
from bazaar.editions import Terms
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Checkout, Edition, Order, OrderLine, OrderStatus, Product
from bazaar.rules import shipping
from bazaar.rules.order_states import Step, StepRefused, after, before
from bazaar.rules.references import REFERENCES, make_reference
from bazaar.rules.shipping import Box, ShippingOption
from bazaar.tokens import Links, fingerprint

QUOTE_WITHIN = timedelta(hours=48)
"""So long an order abroad holds its goods while its shipping fee is worked out."""

AT_ONCE = 200
"""How many orders one run of `expire_unpaid` ends at most."""


class NoSuchCheckout(NotFound):
    """No order page has this link."""

    text = N_("Pesanan ini tidak ditemukan.")


class EmptyBasket(Conflict):
    """There is nothing to order."""

    text = N_("Keranjang ini kosong. Pilih barang dulu.")


@dataclass(eq=False)
class SellerClosed(Conflict):
    """The seller takes no orders any more."""

    seller: str
    text = N_("Lapak {seller} sedang tutup. Keluarkan barangnya dari keranjang.")


@dataclass(eq=False)
class TotalChanged(Conflict):
    """The buyer agreed to another sum than it would be now; nothing was placed."""

    agreed_idr: int
    total_idr: int
    text = N_(
        "Harga atau ongkir berubah sejak halaman ini dibuka. "
        "Periksa jumlah yang baru, lalu tekan Pesan sekali lagi."
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pieces of a product, its seller loaded."""

    product: Product | Offer
    quantity: int

    @property
    def left(self) -> int:
        """How many pieces can be had; none if the product is not sold any more."""
        on_offer = self.product.active and self.product.seller.active
        return self.product.stock if on_offer else 0

    @property
    def short(self) -> bool:
        """Whether fewer can be had than are wanted."""
        return self.left < self.quantity

    @property
    def amount_idr(self) -> int:
        """What the pieces cost."""
        return self.product.price_idr * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutWish:
    """What one click asks for. `key` (at most 64 characters) is the click's own.

    `couriers` is the chosen courier by seller id. `village_code` is Kemendagri's (35.09.21.1002), empty
    abroad; `area` what follows the street on a label. `agreed_idr` is the total that the buyer saw,
    None if nobody saw any. `offered` are offers from outside by seller id, checked already; they
    count before the table. What was wanted is taken out of the basket `basket_id`, if given.
    """

    key: str
    wanted: Sequence[Wanted]
    couriers: Mapping[int, str]
    buyer_name: str
    phone: str
    country: str = "ID"
    village_code: str = ""
    street: str
    area: str
    postal_code: str = ""
    note: str = ""
    source: str = "link"
    language: str = "id"
    agreed_idr: int | None = None
    basket_id: int | None = None
    offered: Mapping[int, ShippingOption] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that has just been placed, as far as asking for its money needs it."""

    id: int
    reference: str
    seller_id: int
    total_idr: int
    quoting: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """What a click became. `orders` is empty when it had become that before."""

    token: str
    orders: Sequence[PlacedOrder] = ()


@dataclass(slots=True)
class Part:
    """What one seller sends: pieces, weight in grams, and what couriers ask for it."""

    wanted: list[Wanted] = field(default_factory=list)
    options: list[ShippingOption] = field(default_factory=list)

    @property
    def seller_id(self) -> int:
        """Whose part it is."""
        return self.wanted[0].product.seller_id

    @property
    def goods_idr(self) -> int:
        """What the goods cost."""
        return sum(item.amount_idr for item in self.wanted)

    @property
    def weight_g(self) -> int:
        """What the goods weigh."""
        return sum(item.product.weight_g * item.quantity for item in self.wanted)

    @property
    def box(self) -> Box | None:
        """The box around what of the goods was measured, None if nothing was."""
        return shipping.box_around(_measured(self.wanted))


def _measured(wanted: Sequence[Wanted]) -> Iterator[tuple[Box, int]]:
    for item in wanted:
        product = item.product
        if product.length_cm and product.width_cm and product.height_cm:
            yield Box(product.length_cm, product.width_cm, product.height_cm), item.quantity


def parts_of(wanted: Sequence[Wanted]) -> list[Part]:
    """Return what is wanted by seller, in the order given; shipping is still to be asked for."""
    parts: dict[int, Part] = {}
    for item in wanted:
        parts.setdefault(item.product.seller_id, Part()).wanted.append(item)
    return list(parts.values())


def find_placed(key: str, links: Links) -> Placed | None:
    """Return what an earlier click with this key became, or None."""
    known = _KNOWN.run(asked_key=key).scalar()
    return Placed(links.token("order", key)) if known else None


def place(
    wish: CheckoutWish, *, edition: Edition | Terms, links: Links, slack: timedelta, now: datetime
) -> Placed:
    """Hold the goods and write one unpaid order a seller, all under one checkout.

    Prices, names and shipping fees are fixed now. The buyer has the edition's `hold_minutes` to
    pay; the goods are given back `slack` after that. The same key again changes nothing and gives
    the same link. Raises EmptyBasket, SellerClosed, OutOfStock, NoRate, TotalChanged; then the
    caller's transaction ends and nothing stays held.
    """
    if not wish.wanted:
        raise EmptyBasket
    parts = _with_options(parts_of(wish.wanted), wish, now)
    total_idr = sum(part.goods_idr + option.price_idr for part, option in parts)
    if wish.agreed_idr is not None and wish.agreed_idr != total_idr:
        raise TotalChanged(wish.agreed_idr, total_idr)
    token = links.token("order", wish.key)
    checkout_id = _insert_checkout(wish, token, now)
    if checkout_id is None:
        return Placed(token)
    deadlines = {
        "placed_at": now,
        "pay_before": now + timedelta(minutes=edition.hold_minutes),
        "release_at": now + timedelta(minutes=edition.hold_minutes) + slack,
    }
    placed = [
        _insert_order(
            part, option, deadlines | {"checkout_id": checkout_id, "edition_id": edition.id}
        )
        for part, option in parts
    ]
    _hold(placed, [part for part, _ in parts], now)
    ordered = [item.product.id for item in wish.wanted]
    if wish.basket_id is not None and not baskets.clear(wish.basket_id, ordered):
        raise EmptyBasket
    noted = {f"order:{order.reference}": {"total_idr": order.total_idr} for order in placed}
    audit.note_each(BUYER, "order.place", noted, now=now)
    return Placed(token, placed)


def get_checkout(token: str) -> Checkout:
    """Return the checkout behind this link, its orders, lines and sellers loaded.

    Raises NoSuchCheckout.
    """
    query = (
        sa.select(Checkout)
        .where(Checkout.link_hash == fingerprint(token))
        .options(
            selectinload(Checkout.orders).joinedload(Order.seller),
            selectinload(Checkout.orders).selectinload(Order.lines),
        )
    )
    checkout = db.session.scalars(query).one_or_none()
    if checkout is None:
        raise NoSuchCheckout
    return checkout


def get_order(token: str, reference: str) -> Order:
    """Return an order of the checkout behind this link, its seller loaded. Raises NoSuchCheckout."""
    query = (
        sa.select(Order)
        .join(Order.checkout)
        .where(Checkout.link_hash == fingerprint(token), Order.reference == reference)
        .options(joinedload(Order.seller))
    )
    order = db.session.scalars(query).one_or_none()
    if order is None:
        raise NoSuchCheckout
    return order


def mark_paid(order_id: int, *, now: datetime) -> bool:
    """The money of an unpaid order has come. Returns False if it does not wait for any.

    An order that expired or was cancelled stays so: its goods may belong to somebody else.
    """
    return _move(order_id, Step.PAY, paid_at=now)


def finish(order_id: int, *, now: datetime) -> bool:
    """The goods of a paid order have arrived. Returns False if it is not a paid one."""
    return _move(order_id, Step.FINISH, ended_at=now)


def reopen(order_id: int) -> bool:
    """Goods that were said to have arrived have not. Returns False if the order is not done."""
    return _move(order_id, Step.REOPEN, ended_at=None)


def call_off(order_id: int, *, now: datetime) -> bool:
    """End a paid order of which nothing was sent. Returns False if it is not a paid one.

    Its payment then shows among those that need a person: the money is to be given back.
    """
    return _move(order_id, Step.CALL_OFF, ended_at=now, paid_at=None)


def cancel(order: Order, *, now: datetime) -> None:
    """The buyer does not want an unpaid order any more; its goods are for sale again.

    Raises StepRefused, also for the later of two clicks.
    """
    if not _move(order.id, Step.CANCEL, ended_at=now):
        db.session.refresh(order)
        raise StepRefused(order.status, Step.CANCEL)
    catalog.give_back([order.id], now=now)
    audit.note(BUYER, "order.cancel", f"order:{order.reference}", now=now)


def expire_unpaid(now: datetime) -> int:
    """End unpaid orders whose goods are due back, and give those back. Returns how many ended.

    At most `AT_ONCE` a run. Several workers may run it at once: each order is claimed by one.
    """
    due = (
        sa.select(Order.id, Order.reference)
        .where(Order.status.in_(before(Step.EXPIRE)), Order.release_at <= now)
        .order_by(Order.release_at, Order.id)
        .limit(AT_ONCE)
    )
    waiting = sorted((order_id, reference) for order_id, reference in db.session.execute(due))
    ended = [row for row in waiting if _move(row[0], Step.EXPIRE, ended_at=now)]
    if ended:
        # After all claims and product by product, so that no two transactions wait in a circle.
        catalog.give_back([order_id for order_id, _ in ended], now=now)
        noted: dict[str, dict[str, int]] = {f"order:{reference}": {} for _, reference in ended}
        audit.note_each(CLOCK, "order.expire", noted, now=now)
    return len(ended)


_KNOWN = Prepared(sa.select(Checkout.id).where(Checkout.key == sa.bindparam("asked_key")))
_LINES = Prepared(sa.insert(OrderLine).inline())
_INSERTS = {
    name: (
        Prepared(dialect.insert(Checkout).on_conflict_do_nothing().returning(Checkout.id)),
        Prepared(
            dialect.insert(Order)
            .values(turn_id=broadcast.TURN_ID_ON_AIR)
            .on_conflict_do_nothing()
            .returning(Order.id)
        ),
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def _with_options(
    parts: Sequence[Part], wish: CheckoutWish, now: datetime
) -> Sequence[tuple[Part, ShippingOption]]:
    """Pair each part, all of it on offer, with what its courier asks."""
    for part in parts:
        if not part.wanted[0].product.seller.active:
            raise SellerClosed(part.wanted[0].product.seller.name)
        for item in part.wanted:
            if not item.product.active:
                raise OutOfStock(item.product.id, item.product.name, 0)
    quotes = rates.quotes(country=wish.country, village_code=wish.village_code, now=now)
    return [(part, _option_of(part, wish, quotes)) for part in parts]


def _option_of(part: Part, wish: CheckoutWish, quotes: rates.Quotes) -> ShippingOption:
    offered = wish.offered.get(part.seller_id)
    goods = {"seller_id": part.seller_id, "goods_idr": part.goods_idr}
    if offered is not None:
        return shipping.with_free([offered], quotes.free, **goods)[0]
    return quotes.get_option(
        part.weight_g, wish.couriers.get(part.seller_id, ""), part.box, **goods
    )


def _insert_checkout(wish: CheckoutWish, token: str, now: datetime) -> int | None:
    """Write the checkout; None if another click with the same key was first."""
    insert, _ = _INSERTS[db.engine.dialect.name]
    written = insert.run(
        key=wish.key,
        link_hash=fingerprint(token),
        buyer_name=wish.buyer_name,
        phone=wish.phone,
        country=wish.country,
        village_code=wish.village_code,
        street=wish.street,
        area=wish.area,
        postal_code=wish.postal_code,
        note=wish.note,
        source=wish.source,
        language=wish.language,
        placed_at=now,
    )
    checkout_id: int | None = written.scalar()
    return checkout_id


def _insert_order(part: Part, option: ShippingOption, common: dict[str, Any]) -> PlacedOrder:
    _, insert = _INSERTS[db.engine.dialect.name]
    quoting = option.courier == shipping.ASKED
    if quoting:
        until = common["placed_at"] + QUOTE_WITHIN
        common = common | {"pay_before": until, "release_at": until}
    row = common | {
        "seller_id": part.seller_id,
        "of_seller": part.seller_id,
        "at": common["placed_at"],
        "status": OrderStatus.QUOTING if quoting else OrderStatus.UNPAID,
        "goods_idr": part.goods_idr,
        "shipping_idr": option.price_idr,
        "shipping_full_idr": option.before_idr,
        "shipping_quote": option.facts,
        "total_idr": part.goods_idr + option.price_idr,
        "courier": option.courier,
        "weight_g": part.weight_g,
    }
    while True:  # a reference that is taken is drawn again
        reference = make_reference(secrets.randbelow(REFERENCES))
        order_id = insert.run(**row, reference=reference).scalar()
        if order_id is not None:
            return PlacedOrder(order_id, reference, part.seller_id, row["total_idr"], quoting)


def _hold(placed: Sequence[PlacedOrder], parts: Sequence[Part], now: datetime) -> None:
    """Take the goods, then write the lines: on PostgreSQL a line locks its product's row."""
    items = [
        (order.id, item) for order, part in zip(placed, parts, strict=True) for item in part.wanted
    ]
    catalog.hold(
        [Held(order_id, item.product.id, item.quantity) for order_id, item in items], now=now
    )
    _LINES.run_each(
        [
            {
                "order_id": order_id,
                "product_id": item.product.id,
                "name": item.product.name,
                "claim_code": item.product.claim_code,
                "price_idr": item.product.price_idr,
                "quantity": item.quantity,
                "amount_idr": item.amount_idr,
            }
            for order_id, item in items
        ],
    )


def _move(order_id: int, step: Step, **changes: datetime | None) -> bool:
    """Take the step if the order's state allows it; say whether this caller took it."""
    allowed = before(step)
    return claim(
        sa.update(Order)
        .where(Order.id == order_id, Order.status.in_(allowed))
        .values(status=after(allowed[0], step), **changes)
    )
