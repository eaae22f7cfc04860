"""Waiting lists: who wants what is sold out, and what is set aside for one buyer for a while.

Pieces that come back into stock are offered to the first in line by a job (`sweep`), for the
edition's `offer_minutes`; then the next one's turn comes. While anybody waits, nobody else gets
pieces that have come back (`ordering.deciding`). An offer holds its pieces outside of the stock,
each way a move of stock; the order that takes it puts them back and takes them at once, in one
transaction. A host who orders for a viewer sets pieces aside the same way (`set_aside`).

Whoever changes offers locks the products first, in their order.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, baskets, catalog, editions, orders, outbox
from bazaar.audit import BUYER, CLOCK, Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Order, OrderLine, Product, Seller, WaitingEntry, WaitState
from bazaar.orders import CheckoutWish, Placed
from bazaar.ports import Letter
from bazaar.tokens import Links, fingerprint, new_key
from bazaar.waiting_lines import OPEN
from bazaar.waiting_words import BY_HOST, FROM_HOST, SOURCE, Letters, words_of

AT_ONCE = 100
"""How many offers end, and for how many products offers are made, in one run of `sweep`."""

OFFER_MINUTES = 15
"""How long an offer stands before there is an edition."""


class NoSuchPlace(NotFound):
    """No place in a line has this link."""

    text = N_("Tempat di daftar tunggu ini tidak ditemukan.")


@dataclass(eq=False)
class StillThere(Conflict):
    """Nobody needs to wait: there is stock."""

    product: str
    text = N_("{product} masih ada. Langsung pesan saja.")


@dataclass(eq=False)
class WaitsAlready(Conflict):
    """The telephone number stands in this line."""

    product: str
    text = N_("Nomor ini sudah menunggu {product}. Buka tautan yang Anda simpan.")


class OfferOver(Conflict):
    """The offer has ended, or was never made."""

    text = N_("Tawaran ini sudah berakhir. Barangnya ditawarkan kepada yang menunggu berikutnya.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Somebody to set goods aside for. `phone` is E.164."""

    name: str
    phone: str
    language: str = "id"


def join(
    product: Product, quantity: int, who: Who, *, key: str, links: Links, now: datetime
) -> str:
    """Put somebody at the end of the line for a product; return the token of their link.

    `key` is the click's own: the same again is the same place. Raises StillThere while there is
    stock that nobody waits for, WaitsAlready.
    """
    token = links.token(SOURCE, key)
    if find(token):
        return token
    left = catalog.goods_of([product.id], [])[product.id]
    if left.stock > left.waited:
        raise StillThere(product.name)
    waits = sa.exists().where(
        WaitingEntry.product_id == product.id,
        WaitingEntry.phone == who.phone,
        WaitingEntry.state.in_(OPEN),
    )
    if db.session.scalar(sa.select(waits)):
        raise WaitsAlready(product.name)
    most = min(product.most_per_order or baskets.MAX_QUANTITY, baskets.MAX_QUANTITY)
    made = insert_once(
        WaitingEntry,
        key=key,
        link_hash=fingerprint(token),
        product_id=product.id,
        quantity=max(1, min(quantity, most)),
        name=who.name,
        phone=who.phone,
        language=who.language,
        state=WaitState.WAITING,
        asked_at=now,
    )
    if made:
        audit.note(BUYER, "waiting.join", f"product:{product.claim_code}", now=now, pieces=quantity)
    return token


def find(token: str) -> WaitingEntry | None:
    """Return the place behind this link, product and seller loaded, or None."""
    query = (
        sa.select(WaitingEntry)
        .where(WaitingEntry.link_hash == fingerprint(token))
        .options(joinedload(WaitingEntry.product).joinedload(Product.seller))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def get(token: str) -> WaitingEntry:
    """Return the place behind this link, product and seller loaded. Raises NoSuchPlace."""
    entry = find(token)
    if entry is None:
        raise NoSuchPlace
    return entry


def ahead_of(entry: WaitingEntry) -> int:
    """Return how many people stand before this one in the line."""
    query = sa.select(sa.func.count()).where(
        WaitingEntry.product_id == entry.product_id,
        WaitingEntry.state == WaitState.WAITING,
        WaitingEntry.id < entry.id,
    )
    return int(db.session.scalar(query) or 0)


def leave(entry: WaitingEntry, *, now: datetime) -> None:
    """Give up a place or an offer, whose pieces are then for the next one; nothing if it is over."""
    catalog.lock([entry.product_id])
    ids = [entry.id]
    waiting = sa.update(WaitingEntry).where(
        WaitingEntry.id == entry.id, WaitingEntry.state == WaitState.WAITING
    )
    if claim(waiting.values(state=WaitState.LEFT)) or _end(ids, WaitState.LEFT, now):
        _note(BUYER, "waiting.leave", ids, now)


def open_offer(entry: WaitingEntry, *, links: Links, now: datetime) -> str:
    """Return the token of the basket in which the offered pieces lie. Raises OfferOver."""
    token = links.token("basket", entry.key)
    if entry.state is not WaitState.OFFERED or not entry.offered:
        raise OfferOver
    if baskets.find_basket(token) is None:
        basket, _ = baskets.open_basket(source=SOURCE, now=now, token=token)
        baskets.add(basket, {entry.product_id: entry.offered}, now=now)
        entry.basket_id = basket.id
        db.session.flush()
    return token


def set_aside(
    pieces: Mapping[int, int],
    who: Who,
    *,
    key: str,
    until: datetime,
    turns: Mapping[int, int],
    links: Links,
    actor: Actor,
    now: datetime,
) -> str:
    """Hold pieces, by product id, for a viewer; return the token of the basket they lie in.

    `key` is the click's own: the same again holds nothing more. `turns`: the turn on air by seller
    id, to which the order will be credited. Raises OutOfStock; then nothing was held.
    """
    token = links.token("basket", key)
    if baskets.find_basket(token) is not None:
        return token
    catalog.lock(list(pieces))
    goods = catalog.goods_of(list(pieces), [])
    for product_id, quantity in pieces.items():
        one = goods[product_id]
        free = max(one.stock - one.waited, 0) if one.active else 0
        if quantity > free:
            raise catalog.OutOfStock(product_id, one.name, free)
    basket, _ = baskets.open_basket(source=FROM_HOST, now=now, token=token)
    baskets.add(basket, pieces, now=now)
    for product_id, quantity in sorted(pieces.items()):
        db.session.add(
            WaitingEntry(
                key=f"{BY_HOST}{key}-{product_id}"[:64],
                link_hash=fingerprint(new_key()),
                product_id=product_id,
                quantity=quantity,
                offered=quantity,
                name=who.name,
                phone=who.phone,
                language=who.language,
                state=WaitState.OFFERED,
                asked_at=now,
                offered_at=now,
                offer_until=until,
                basket_id=basket.id,
                turn_id=turns.get(goods[product_id].seller_id),
            )
        )
    db.session.flush()
    catalog.set_aside(pieces, now=now)
    noted = {f"product:{goods[of].claim_code}": {"pieces": n} for of, n in pieces.items()}
    audit.note_each(actor, "waiting.set_aside", noted, now=now)
    return token


def held_for(basket_id: int) -> Sequence[WaitingEntry]:
    """Return the offers whose pieces lie in a basket, their products loaded."""
    query = (
        sa.select(WaitingEntry)
        .where(WaitingEntry.basket_id == basket_id, WaitingEntry.state == WaitState.OFFERED)
        .options(joinedload(WaitingEntry.product))
        .order_by(WaitingEntry.id)
    )
    return db.session.scalars(query).all()


def take(
    basket_id: int,
    wish: CheckoutWish,
    place: Callable[[CheckoutWish], Placed],
    *,
    now: datetime,
) -> Placed:
    """Place an order of what was set aside in its basket: `place` does it, in this transaction.

    If it is refused nothing may be kept, and what is set aside stays so. Pieces that are not
    ordered after all go to the next in line.
    """
    orders.lock_phones([wish.phone])
    of_basket = WaitingEntry.basket_id == basket_id
    query = sa.select(WaitingEntry.id, WaitingEntry.product_id).where(of_basket)
    entries = {row.id: row.product_id for row in db.session.execute(query)}
    catalog.lock(list(entries.values()))
    reserved = _end(list(entries), WaitState.TAKEN, now)
    placed = place(replace(wish, reserved=reserved))
    if placed.orders and reserved:
        _link(basket_id, [order.id for order in placed.orders])
        _note(BUYER, "waiting.take", list(entries), now)
    return placed


def sweep(now: datetime, letters: Letters) -> int:
    """End offers whose time is over and offer what is free to the next in line; return how many.

    Several workers may run it at once: each offer is made and ended by one.
    """
    return lapse(now) + offer(now, letters)


def lapse(now: datetime) -> int:
    """End the offers whose time is over; their pieces are stock again."""
    due = (
        sa.select(WaitingEntry.id, WaitingEntry.product_id)
        .where(WaitingEntry.state == WaitState.OFFERED, WaitingEntry.offer_until <= now)
        .order_by(WaitingEntry.id)
        .limit(AT_ONCE)
    )
    found = db.session.execute(due).all()
    if not found:
        return 0
    catalog.lock(list({row.product_id for row in found}))
    ids = _ending([row.id for row in found], now)
    _end(ids, WaitState.LAPSED, now)
    _note(CLOCK, "waiting.lapse", ids, now)
    return len(ids)


def offer(now: datetime, letters: Letters) -> int:
    """Set free pieces aside for the first in line, with words for a person to send."""
    wanted = (
        sa.select(Product.id)
        .join(Product.seller)
        .where(
            Product.active,
            Seller.active,
            Product.stock > 0,
            sa.exists().where(
                WaitingEntry.product_id == Product.id, WaitingEntry.state == WaitState.WAITING
            ),
        )
        .order_by(Product.id)
        .limit(AT_ONCE)
    )
    product_ids = list(db.session.scalars(wanted))
    if not product_ids:
        return 0
    catalog.lock(product_ids)
    edition = editions.find_current()
    until = now + timedelta(minutes=edition.offer_minutes if edition else OFFER_MINUTES)
    made = [
        entry
        for goods in catalog.goods_of(product_ids, []).values()
        if goods.active
        for entry in _offer_of(goods.id, goods.stock, until, now)
    ]
    if made:
        pieces: Counter[int] = Counter()
        for entry in made:
            pieces[entry.product_id] += entry.offered or 0
        catalog.set_aside(pieces, now=now)
        outbox.write_by_hand([_letter(entry, letters) for entry in made], now=now)
        _note(CLOCK, "waiting.offer", [entry.id for entry in made], now)
    return len(made)


def _offer_of(product_id: int, stock: int, until: datetime, now: datetime) -> list[WaitingEntry]:
    """Offer so many pieces along the line; the last one may get fewer than they want."""
    query = (
        sa.select(WaitingEntry)
        .where(WaitingEntry.product_id == product_id, WaitingEntry.state == WaitState.WAITING)
        .options(joinedload(WaitingEntry.product))
        .order_by(WaitingEntry.id)
        .limit(stock)
        .execution_options(populate_existing=True)
    )
    made = []
    for entry in db.session.scalars(query):
        pieces = min(entry.quantity, stock)
        if pieces < 1:
            break
        statement = sa.update(WaitingEntry).where(
            WaitingEntry.id == entry.id, WaitingEntry.state == WaitState.WAITING
        )
        changed = statement.values(
            state=WaitState.OFFERED, offered=pieces, offered_at=now, offer_until=until
        )
        if claim(changed):
            stock -= pieces
            made.append(entry)
    for entry in made:
        db.session.refresh(entry)
    return made


def _ending(ids: Collection[int], now: datetime) -> list[int]:
    """Return which of these offers are still to be ended by the clock; their products are locked."""
    due = sa.select(WaitingEntry.id).where(
        WaitingEntry.id.in_(ids),
        WaitingEntry.state == WaitState.OFFERED,
        WaitingEntry.offer_until <= now,
    )
    return list(db.session.scalars(due.order_by(WaitingEntry.id)))


def _end(ids: Iterable[int], state: WaitState, now: datetime) -> dict[int, int]:
    """End offers, whose pieces become stock; return the pieces by product of those this one ended."""
    statement = (
        sa.update(WaitingEntry)
        .where(WaitingEntry.id.in_(list(ids)), WaitingEntry.state == WaitState.OFFERED)
        .values(state=state)
        .returning(WaitingEntry.product_id, WaitingEntry.offered)
        .execution_options(synchronize_session=False)
    )
    back: Counter[int] = Counter()
    for product_id, offered in db.session.execute(statement):
        back[product_id] += offered or 0
    catalog.end_offers(back, now=now)
    return dict(back)


def _link(basket_id: int, order_ids: Sequence[int]) -> None:
    """Tell offers which order took them, and orders in which turn they began."""
    ordered = (
        sa.select(OrderLine.order_id)
        .where(OrderLine.product_id == WaitingEntry.product_id, OrderLine.order_id.in_(order_ids))
        .correlate(WaitingEntry)
        .scalar_subquery()
    )
    of_basket = sa.update(WaitingEntry).where(
        WaitingEntry.basket_id == basket_id, WaitingEntry.state == WaitState.TAKEN
    )
    quiet = {"synchronize_session": False}
    db.session.execute(of_basket.values(order_id=ordered), execution_options=quiet)
    turn = (
        sa.select(sa.func.min(WaitingEntry.turn_id))
        .where(WaitingEntry.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    uncredited = sa.update(Order).where(Order.id.in_(order_ids), Order.turn_id.is_(None))
    db.session.execute(uncredited.values(turn_id=turn), execution_options=quiet)


def _letter(entry: WaitingEntry, letters: Letters) -> Letter:
    subject = f"WhatsApp: {entry.product.claim_code}"
    return Letter(f"offered:{entry.id}", entry.phone, subject, words_of(entry, letters))


def _note(actor: Actor, action: str, ids: Sequence[int], now: datetime) -> None:
    query = (
        sa.select(WaitingEntry.id, Product.claim_code, WaitingEntry.quantity, WaitingEntry.offered)
        .join(WaitingEntry.product)
        .where(WaitingEntry.id.in_(ids))
        .order_by(WaitingEntry.id)
    )
    for entry_id, code, quantity, offered in db.session.execute(query):
        pieces = offered or quantity
        audit.note(actor, action, f"product:{code}", now=now, waiting=entry_id, pieces=pieces)
