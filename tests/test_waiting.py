"""Waiting for what is sold out: the line, offers with their clock, and who may take what."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import baskets, catalog, editions, inspection, orders, waiting
from bazaar.catalog import OutOfStock
from bazaar.db import db, reading, transaction
from bazaar.models import AuditEntry, Message, Order, Product, WaitingEntry, WaitState
from bazaar.orders import CheckoutWish, Piece, Placed, Wanted
from bazaar.waiting import OfferOver, StillThere, WaitsAlready, Who
from bazaar.web import desk, services
from bazaar.web.services import waiting_letters
from tests.builders import (
    HOST,
    a_product,
    a_rate,
    a_release,
    a_turn,
    an_edition,
    an_order,
)
from tests.test_races import at_once, in_a_transaction

pytestmark = pytest.mark.usefixtures("app")
RINI = Who(name="Bu Rini", phone="+6281200001111")
AGUS = Who(name="Pak Agus", phone="+6281200002222")


@pytest.fixture(autouse=True)
def setting(app, time_machine, now):
    time_machine.move_to(now)
    an_edition(offer_minutes=10)
    a_rate(first_kg_idr=12_000)


def a_line(product: Product, now: Any, *people: tuple[Who, int]) -> list[WaitingEntry]:
    """Put people into the line for a product, and keep it."""
    entries = []
    for n, (who, quantity) in enumerate(people):
        key = f"antre-{product.claim_code}-{n}"
        token = waiting.join(product, quantity, who, key=key, links=services().links, now=now)
        entries.append(waiting.get(token))
    db.session.commit()
    return entries


def sweep(now: Any) -> int:
    return waiting.sweep(now, waiting_letters())


def a_wish(product: Product, basket_id: int | None = None, **given: Any) -> CheckoutWish:
    fields: dict[str, Any] = {
        "key": f"klik-{given.pop('n', 0)}-{product.id}-{basket_id}",
        "wanted": [Wanted(product, 1)],
        "couriers": {product.seller_id: "JNE REG"},
        "buyer_name": "Siti",
        "phone": "+6281234567890",
        "village_code": "35.09.21.1002",
        "street": "Jalan Jawa 10",
        "area": "Sumbersari",
        "basket_id": basket_id,
    }
    return CheckoutWish(**fields | given)


def take(entry: WaitingEntry, now: Any, **given: Any) -> Placed:
    token = waiting.open_offer(entry, links=services().links, now=now)
    basket = baskets.get_basket(token)
    wish = a_wish(entry.product, basket.id, **given)
    return waiting.take(basket.id, wish, partial(desk().place_here, now=now), now=now)


def states() -> list[WaitState]:
    query = sa.select(WaitingEntry.state).order_by(WaitingEntry.id)
    return list(db.session.scalars(query))


def sound() -> None:
    assert [str(each) for each in inspection.differences()] == []


def test_nobody_waits_for_what_is_there(now):
    product = a_product(stock=1, name="Kopi")

    with pytest.raises(StillThere) as refusal:
        waiting.join(product, 1, RINI, key="k" * 22, links=services().links, now=now)
    assert str(refusal.value) == "Kopi masih ada. Langsung pesan saja."


def test_the_same_click_is_one_place_and_one_number_stands_once(now):
    product = a_product(stock=0)
    links = services().links

    first = waiting.join(product, 2, RINI, key="k" * 22, links=links, now=now)
    assert waiting.join(product, 2, RINI, key="k" * 22, links=links, now=now) == first
    with pytest.raises(WaitsAlready):
        waiting.join(product, 2, RINI, key="j" * 22, links=links, now=now)
    assert states() == [WaitState.WAITING]
    assert db.session.scalar(sa.select(WaitingEntry.link_hash)) != first


def test_what_comes_back_is_offered_along_the_line(now):
    product = a_product(stock=3)
    order = an_order(product, quantity=3)
    rini, agus = a_line(product, now, (RINI, 2), (AGUS, 2))
    assert (waiting.ahead_of(rini), waiting.ahead_of(agus)) == (0, 1)
    assert sweep(now) == 0

    orders.cancel(order, now=now)
    assert sweep(now) == 2

    db.session.refresh(product)
    assert (rini.offered, agus.offered, product.stock) == (2, 1, 0)
    assert rini.offer_until == now + timedelta(minutes=10)
    by_hand = sa.select(Message.text).where(Message.key.startswith("hand:offered:"))
    told = db.session.scalars(by_hand.order_by(Message.id)).all()
    assert told[0].startswith(f"Halo Bu Rini, {product.name} tersedia lagi: 2 buah")
    assert services().links.token("waiting", rini.key) in told[0]
    assert "sampai 19.10" in told[0]
    sound()
    assert sweep(now) == 0


def test_while_somebody_waits_nobody_else_gets_what_came_back(now):
    product = a_product(stock=0)
    a_line(product, now, (RINI, 1))
    catalog.set_stock(product, 1, now=now)

    with pytest.raises(OutOfStock):
        desk().place_here(a_wish(product), now=now)
    db.session.rollback()
    catalog.set_stock(product, 2, now=now)
    assert desk().place_here(a_wish(product), now=now).orders
    sound()


def test_an_offer_is_taken_into_an_order_while_others_wait(now):
    product = a_product(stock=0)
    rini, agus = a_line(product, now, (RINI, 1), (AGUS, 1))
    catalog.set_stock(product, 1, now=now)
    sweep(now)

    placed = take(rini, now)

    db.session.refresh(rini)
    db.session.refresh(product)
    assert (rini.state, rini.order_id) == (WaitState.TAKEN, placed.orders[0].id)
    assert (product.stock, agus.state) == (0, WaitState.WAITING)
    order = db.session.get_one(Order, placed.orders[0].id)
    assert order.holds
    again = waiting.take(rini.basket_id, a_wish(product, rini.basket_id), desk_place(now), now=now)
    assert (again.token, list(again.orders)) == (placed.token, [])
    sound()
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [one for one in actions if one.startswith("waiting")] == [
        *("waiting.join", "waiting.join", "waiting.offer", "waiting.take"),
    ]


def desk_place(now: Any) -> Callable[[CheckoutWish], Placed]:
    return partial(desk().place_here, now=now)


def test_an_offer_that_lapses_is_the_next_ones(now):
    product = a_product(stock=0)
    rini, agus = a_line(product, now, (RINI, 1), (AGUS, 1))
    catalog.set_stock(product, 1, now=now)
    sweep(now)

    later = now + timedelta(minutes=10)
    assert sweep(later) == 2

    assert states() == [WaitState.LAPSED, WaitState.OFFERED]
    db.session.refresh(rini)
    with pytest.raises(OfferOver):
        waiting.open_offer(rini, links=services().links, now=later)
    db.session.refresh(agus)
    assert agus.offer_until == later + timedelta(minutes=10)
    sound()


def test_who_leaves_gives_the_offer_to_the_next(now):
    product = a_product(stock=0)
    rini, agus = a_line(product, now, (RINI, 1), (AGUS, 1))
    catalog.set_stock(product, 1, now=now)
    sweep(now)

    waiting.leave(rini, now=now)
    waiting.leave(rini, now=now)
    assert sweep(now) == 1
    assert states() == [WaitState.LEFT, WaitState.OFFERED]
    waiting.leave(agus, now=now)
    db.session.refresh(product)
    assert product.stock == 1
    sound()


def test_what_a_host_sets_aside_is_held_and_credited_to_the_turn(now):
    product = a_product(stock=3)
    turn = a_turn(a_release(editions.get_current()), product.seller)
    links, until = services().links, now + timedelta(minutes=60)
    aside = partial(
        waiting.set_aside, {product.id: 2}, RINI, key="h" * 22, until=until,
        turns={product.seller_id: turn.id}, links=links, actor=HOST, now=now,
    )  # fmt: skip

    token = aside()
    assert aside() == token
    db.session.refresh(product)
    assert product.stock == 1
    sound()
    contents = baskets.look_into(token)
    assert (contents.source, contents.items[0].held, contents.items[0].held_until) == (
        ("host", 2, until)
    )
    later = now + timedelta(minutes=30)  # after the turn
    wish = a_wish(product, contents.basket_id, wanted=[Wanted(product, 2, 2)])
    placed = waiting.take(contents.basket_id, wish, desk_place(later), now=later)
    order = db.session.get_one(Order, placed.orders[0].id)
    db.session.refresh(order)
    assert order.turn_id == turn.id
    sound()


def test_what_was_set_aside_and_not_taken_is_stock_again(now):
    product = a_product(stock=2, name="Kopi")
    aside = partial(waiting.set_aside, turns={}, links=services().links, actor=HOST, now=now)
    until = now + timedelta(minutes=60)
    aside({product.id: 2}, RINI, key="h" * 22, until=until)
    with pytest.raises(OutOfStock):
        aside({product.id: 1}, AGUS, key="i" * 22, until=until)
    db.session.rollback()

    sweep(until)

    sound()


def in_line(now: Any, stock: int) -> tuple[int, int]:
    """Somebody waits, and pieces have come back; return product and entry ids, all kept."""
    product = a_product(stock=0)
    (entry,) = a_line(product, now, (RINI, 1))
    catalog.set_stock(product, stock, now=now)
    ids = product.id, entry.id
    db.session.commit()
    return ids


def test_two_sweeps_offer_once(app, now):
    product_id, _ = in_line(now, 5)
    letters = waiting_letters()
    db.session.rollback()

    made = at_once([lambda: in_a_transaction(app, lambda: waiting.sweep(now, letters))] * 4)

    assert sum(made) == 1
    with reading():
        assert db.session.get_one(Product, product_id).stock == 4
        sound()


# On SQLite only one transaction writes at a time.
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_negative_control_offering_without_a_guard_sets_aside_twice(app, now, monkeypatch):
    product_id, _ = in_line(now, 5)
    letters = waiting_letters()
    db.session.rollback()
    all_have_read = threading.Barrier(2)

    def naive(*args: Any) -> list[WaitingEntry]:
        query = sa.select(WaitingEntry).where(WaitingEntry.state == WaitState.WAITING)
        found = list(db.session.scalars(query))
        all_have_read.wait(timeout=30)
        for entry in found:
            entry.state, entry.offered, entry.offer_until = WaitState.OFFERED, 1, args[2]
            entry.offered_at = now
        db.session.flush()
        return found

    db.session.rollback()
    monkeypatch.setattr(waiting, "_offer_of", naive)
    monkeypatch.setattr(catalog, "lock", lambda *_: None)
    at_once([lambda: in_a_transaction(app, lambda: waiting.offer(now, letters))] * 2)
    with reading():
        assert db.session.get_one(Product, product_id).stock == 3, "the race can no longer be lost"


def test_an_offer_is_taken_or_lapses_never_both(app, now):
    product_id, entry_id = in_line(now, 1)
    sweep(now)
    entry = db.session.get_one(WaitingEntry, entry_id)
    basket = waiting.open_offer(entry, links=services().links, now=now)
    basket_id = baskets.get_basket(basket).id
    wish = a_wish(entry.product, basket_id, wanted=[Piece(product_id, 1)])
    db.session.commit()
    late = now + timedelta(minutes=10)

    def taking() -> int:
        try:
            with app.app_context(), transaction():
                placing = partial(desk().place_here, now=late)
                return len(waiting.take(basket_id, wish, placing, now=late).orders)
        except OutOfStock:
            return 0

    at_once([taking, lambda: in_a_transaction(app, lambda: waiting.lapse(late))])

    with reading():
        product = db.session.get_one(Product, product_id)
        sold = db.session.scalar(sa.select(sa.func.count()).select_from(Order))
        assert product.stock == 1 - (sold or 0)
        sound()
