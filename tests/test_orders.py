"""Placing orders, and how they end."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import baskets, broadcast, editions, orders
from bazaar.catalog import OutOfStock
from bazaar.db import db
from bazaar.models import (
    AuditEntry,
    Checkout,
    LedgerEntry,
    Order,
    OrderLine,
    OrderStatus,
    Product,
    StockMove,
    StockReason,
)
from bazaar.orders import (
    Charging,
    CheckoutWish,
    EmptyBasket,
    NoSuchCheckout,
    Placed,
    SellerClosed,
    TotalChanged,
    Wanted,
)
from bazaar.rates import NoRate
from bazaar.rules import references
from bazaar.rules.order_states import StepRefused
from bazaar.tokens import fingerprint
from bazaar.web import services
from tests.builders import (
    NOW,
    a_product,
    a_rate,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    an_order,
    order_token,
)

pytestmark = pytest.mark.usefixtures("app")

SLACK = timedelta(minutes=10)
SUMBERSARI = "35.09.21.1002"


CHARGE = Charging(qris_max_idr=10_000_000)
STATEMENTS = {"sqlite": 21, "postgresql": 16}
"""What placing costs, however many clicks, orders and products; one asks whether the show moved.

PostgreSQL also locks goods, the day of the ledger and a share of the unique amounts; what is
written goes there together, in one more round trip.
"""


def a_wish(*wanted: Wanted, key: str = "klik", **given: Any) -> CheckoutWish:
    couriers = {item.product.seller_id: "JNE REG" for item in wanted}
    fields: dict[str, Any] = {
        "buyer_name": "Siti Aminah",
        "phone": "+6281234567890",
        "village_code": SUMBERSARI,
        "street": "Jalan Jawa 10",
        "area": "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur",
        "postal_code": "68121",
        "couriers": couriers,
    }
    return CheckoutWish(key=key, wanted=wanted, **fields | given)


def place(*wanted: Wanted, key: str = "klik", **given: Any) -> Placed:
    return orders.place(
        a_wish(*wanted, key=key, **given),
        edition=editions.get_current(),
        links=services().links,
        slack=SLACK,
        now=NOW,
    )


def stock_of(product: Product) -> int:
    return db.session.scalars(sa.select(Product.stock).where(Product.id == product.id)).one()


def count(model: type[Any]) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(model)).one()


def status_of(order: Order) -> OrderStatus:
    return db.session.scalars(sa.select(Order.status).where(Order.id == order.id)).one()


def test_an_order_is_written_down_with_all_that_was_agreed():
    an_edition(hold_minutes=60)
    a_rate(first_kg_idr=12_000, next_kg_idr=9_000)
    batik = a_product(stock=5, price_idr=25_000, weight_g=700, name="Kain", claim_code="B07")

    placed = place(Wanted(batik, 2), note="Tolong bungkus kado", source="code")

    checkout = orders.get_checkout(placed.token)
    (order,) = checkout.orders
    assert (checkout.buyer_name, checkout.phone) == ("Siti Aminah", "+6281234567890")
    assert (checkout.village_code, checkout.note, checkout.source) == (
        SUMBERSARI,
        "Tolong bungkus kado",
        "code",
    )
    assert (order.goods_idr, order.shipping_idr, order.total_idr) == (50_000, 21_000, 71_000)
    assert (order.courier, order.weight_g, order.status) == ("JNE REG", 1400, OrderStatus.UNPAID)
    assert order.pay_before == NOW + timedelta(minutes=60)
    assert order.release_at == NOW + timedelta(minutes=70)
    (line,) = order.lines
    assert (line.name, line.claim_code, line.price_idr) == ("Kain", "B07", 25_000)
    assert (line.quantity, line.amount_idr) == (2, 50_000)
    assert references.normalise(order.reference) == order.reference
    assert stock_of(batik) == 3
    move = db.session.scalars(sa.select(StockMove).where(StockMove.order_id == order.id)).one()
    assert (move.pieces, move.reason) == (-2, StockReason.HELD)
    note = db.session.scalars(sa.select(AuditEntry)).one()
    assert (note.actor, note.action) == ("buyer", "order.place")
    assert note.subject == f"order:{order.reference}"


def test_three_stalls_become_three_orders_side_by_side():
    an_edition()
    a_rate()
    wanted = [Wanted(a_product(), 1) for _ in range(3)]

    placed = place(*wanted)

    checkout = orders.get_checkout(placed.token)
    assert [order.seller_id for order in checkout.orders] == [w.product.seller_id for w in wanted]
    assert len({order.reference for order in checkout.orders}) == 3
    assert [order.id for order in placed.orders] == [order.id for order in checkout.orders]


def test_the_link_is_kept_only_as_its_fingerprint():
    an_edition()
    a_rate()

    token = place(Wanted(a_product(), 1)).token

    checkout = db.session.scalars(sa.select(Checkout)).one()
    assert len(token) >= 22
    assert checkout.link_hash == fingerprint(token)
    kept = db.session.execute(sa.select(Checkout.__table__)).one()
    assert token not in map(str, kept)


def test_the_same_click_ten_times_is_one_order():
    an_edition()
    a_rate()
    batik = a_product(stock=5)

    tokens = {place(Wanted(batik, 1), key="klik-sama").token for _ in range(10)}

    assert len(tokens) == 1
    assert (count(Order), stock_of(batik)) == (1, 4)
    assert orders.find_placed("klik-sama", services().links) == Placed(tokens.pop())
    assert orders.find_placed("klik-lain", services().links) is None


def test_prices_stay_as_they_were_agreed():
    an_edition()
    a_rate()
    batik = a_product(price_idr=25_000, name="Kain")
    token = place(Wanted(batik, 1)).token

    batik.price_idr, batik.name = 90_000, "Kain mahal"
    db.session.flush()

    (order,) = orders.get_checkout(token).orders
    assert (order.lines[0].price_idr, order.lines[0].name) == (25_000, "Kain")


def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    an_edition()
    a_rate()
    numbers = iter([7, 7, 8])
    monkeypatch.setattr("secrets.randbelow", lambda _: next(numbers))

    first = place(Wanted(a_product(), 1), key="satu")
    second = place(Wanted(a_product(), 1), key="dua")

    assert first.orders[0].reference == references.make_reference(7)
    assert second.orders[0].reference == references.make_reference(8)


def test_an_order_is_credited_to_the_turn_its_seller_has_just_now():
    edition = an_edition()
    a_rate()
    on_air, waiting = a_seller(edition=edition), a_seller(edition=edition)
    release = a_release(edition)
    turn = a_turn(release, on_air, starts_at=NOW)
    a_turn(release, waiting, starts_at=NOW + timedelta(minutes=15))

    placed = place(Wanted(a_product(seller=on_air), 1), Wanted(a_product(seller=waiting), 1))

    credited = [order.turn_id for order in orders.get_checkout(placed.token).orders]
    assert credited == [turn.id, None]


def test_an_empty_basket_is_refused():
    an_edition()

    with pytest.raises(EmptyBasket):
        place()


def test_a_basket_that_another_tab_has_ordered_meanwhile_is_not_ordered_twice():
    an_edition()
    a_rate()
    batik = a_product(stock=5)
    basket, _ = baskets.open_basket(source="link", now=NOW)
    baskets.add(basket, {batik.id: 2}, now=NOW)
    db.session.flush()
    seen_by_both = Wanted(batik, 2)
    place(seen_by_both, key="satu", basket_id=basket.id)

    with pytest.raises(EmptyBasket):
        place(seen_by_both, key="dua", basket_id=basket.id)


def test_more_than_there_is_is_refused_with_what_is_left():
    an_edition()
    a_rate()
    plenty = a_product(stock=9)
    scarce = a_product(stock=2, name="Tas", seller=plenty.seller)
    db.session.commit()

    with pytest.raises(OutOfStock) as refusal:
        place(Wanted(plenty, 1), Wanted(scarce, 3))
    db.session.rollback()

    assert (refusal.value.product, refusal.value.left) == ("Tas", 2)
    assert (stock_of(plenty), stock_of(scarce)) == (9, 2)
    assert [count(model) for model in (Checkout, Order, OrderLine)] == [0, 0, 0]


def test_a_product_that_is_not_sold_any_more_is_out_of_stock():
    an_edition()
    a_rate()

    with pytest.raises(OutOfStock) as refusal:
        place(Wanted(a_product(active=False), 1))

    assert refusal.value.left == 0


def test_a_seller_who_has_left_takes_no_orders():
    an_edition()
    a_rate()
    seller = a_seller(active=False, name="Kopi Sido")

    with pytest.raises(SellerClosed) as refusal:
        place(Wanted(a_product(seller=seller), 1))

    assert refusal.value.seller == "Kopi Sido"


@pytest.mark.parametrize("couriers", [{}, {0: "JNE REG"}, "unknown"])
def test_a_courier_who_does_not_go_there_is_refused(couriers):
    an_edition()
    a_rate()
    batik = a_product()
    chosen = {batik.seller_id: "Merpati"} if couriers == "unknown" else couriers

    with pytest.raises(NoRate):
        place(Wanted(batik, 1), couriers=chosen)


def test_a_country_nobody_sends_to_is_refused():
    an_edition()
    a_rate()

    with pytest.raises(NoRate):
        place(Wanted(a_product(), 1), country="JP", village_code="")


def test_another_total_than_the_buyer_saw_is_refused():
    an_edition()
    a_rate(first_kg_idr=12_000)
    batik = a_product(price_idr=25_000)

    with pytest.raises(TotalChanged) as refusal:
        place(Wanted(batik, 1), agreed_idr=36_000)

    assert (refusal.value.agreed_idr, refusal.value.total_idr) == (36_000, 37_000)
    assert place(Wanted(batik, 1), agreed_idr=37_000).orders[0].total_idr == 37_000


def test_an_unknown_link_finds_nothing():
    order = an_order(a_product())

    with pytest.raises(NoSuchCheckout):
        orders.get_checkout("x" * 43)
    with pytest.raises(NoSuchCheckout):
        orders.get_checkout(order.reference)
    with pytest.raises(NoSuchCheckout):
        orders.get_order("x" * 43, order.reference)
    with pytest.raises(NoSuchCheckout):
        orders.get_order(order_token(order), "PV-22222")


def test_money_is_marked_once(now):
    order = an_order(a_product())

    assert orders.mark_paid(order.id, now=now)
    assert not orders.mark_paid(order.id, now=now)

    db.session.refresh(order)
    assert (order.status, order.paid_at) == (OrderStatus.PAID, now)


def test_only_a_paid_order_is_finished_and_once(now):
    order = an_order(a_product())
    assert not orders.finish(order.id, now=now)
    orders.mark_paid(order.id, now=now)

    assert orders.finish(order.id, now=now)
    assert not orders.finish(order.id, now=now)

    db.session.refresh(order)
    assert (order.status, order.ended_at) == (OrderStatus.DONE, now)


def test_cancelling_gives_the_goods_back_once(now):
    batik = a_product(stock=5)
    order = an_order(batik, quantity=2)

    orders.cancel(order, now=now)
    with pytest.raises(StepRefused):
        orders.cancel(order, now=now)

    assert stock_of(batik) == 5
    assert status_of(order) is OrderStatus.CANCELLED
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert sorted(actions) == ["order.cancel", "order.place"]


def test_a_paid_order_is_neither_cancelled_nor_expired(now):
    batik = a_product(stock=5)
    order = an_order(batik, quantity=2)
    orders.mark_paid(order.id, now=now)

    with pytest.raises(StepRefused):
        orders.cancel(order, now=now)
    assert orders.expire_unpaid(order.release_at) == 0

    assert (stock_of(batik), status_of(order)) == (3, OrderStatus.PAID)


def test_goods_are_held_beyond_the_deadline_that_the_buyer_sees():
    order = an_order(a_product())

    assert order.release_at == order.pay_before + SLACK
    assert orders.expire_unpaid(order.release_at - timedelta(seconds=1)) == 0
    assert orders.expire_unpaid(order.release_at) == 1


def test_expiry_gives_the_goods_back_once():
    batik, kopi = a_product(stock=5), a_product(stock=7)
    first = an_order(batik, quantity=2)
    second = an_order(batik, kopi, quantity=3)
    late = second.release_at

    assert orders.expire_unpaid(late) == 3
    assert orders.expire_unpaid(late) == 0

    assert (stock_of(batik), stock_of(kopi)) == (5, 7)
    db.session.refresh(first)
    assert (first.status, first.ended_at) == (OrderStatus.EXPIRED, late)
    expired = (
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action == "order.expire")
    )
    assert [note.actor for note in db.session.scalars(expired)] == ["clock"] * 3


def test_money_that_comes_after_expiry_changes_nothing():
    batik = a_product(stock=5)
    order = an_order(batik, quantity=2)
    orders.expire_unpaid(order.release_at)

    assert not orders.mark_paid(order.id, now=order.release_at)

    assert (stock_of(batik), status_of(order)) == (5, OrderStatus.EXPIRED)


def balances() -> dict[tuple[str, str, str], int]:
    """What the ledger moved, by kind, debit and credit."""
    rows = db.session.scalars(sa.select(LedgerEntry).order_by(LedgerEntry.id))
    return {(e.kind, e.debit.value, e.credit.value): e.amount_idr for e in rows}


PLACED = {
    ("placed", "buyer", "goods_promised"): 25_000,
    ("placed", "buyer", "shipping_promised"): 12_000,
}


def test_the_worth_of_an_order_is_booked_with_each_step(now):
    order = an_order(a_product())
    assert balances() == PLACED

    orders.mark_paid(order.id, now=now)
    paid = {
        ("paid", "goods_promised", "goods_sold"): 25_000,
        ("paid", "shipping_promised", "shipping_sold"): 12_000,
    }
    called_off = {
        ("called_off", "goods_sold", "buyer"): 25_000,
        ("called_off", "shipping_sold", "buyer"): 12_000,
    }
    assert balances() == PLACED | paid

    orders.call_off(order.id, now=now)
    assert balances() == PLACED | paid | called_off


def test_what_ends_unpaid_is_booked_back(now):
    order = an_order(a_product())
    orders.cancel(order, now=now)

    back = {
        ("cancelled", "goods_promised", "buyer"): 25_000,
        ("cancelled", "shipping_promised", "buyer"): 12_000,
    }
    assert balances() == PLACED | back


def test_one_run_ends_so_many_orders_at_most(monkeypatch):
    monkeypatch.setattr("bazaar.ordering.states.AT_ONCE", 2)
    batik = a_product(stock=5)
    late = max(an_order(batik).release_at for _ in range(3))

    assert [orders.expire_unpaid(late) for _ in range(3)] == [2, 1, 0]
    assert stock_of(batik) == 5


@pytest.mark.parametrize(("clicks", "products"), [(1, 1), (1, 3), (5, 3)])
def test_more_clicks_and_products_cost_no_more_statements(queries, clicks, products):
    edition = an_edition()
    a_rate()
    sellers = [a_seller() for _ in range(2)]
    for seller in sellers:
        a_sticker(seller)
    wanted = [Wanted(a_product(seller=s), 1) for s in sellers for _ in range(products)]
    wishes = [a_wish(*wanted, key=f"klik-{number}") for number in range(clicks)]
    links = services().links
    db.session.flush()
    broadcast.selling_now({sellers[0].id}, now=NOW)  # the day is read every 2 s
    queries.clear()

    together = orders.place_each(
        wishes, edition=edition, links=links, slack=SLACK, charge=CHARGE, now=NOW
    )

    assert [len(one.orders) for one in together.outcomes] == [2] * clicks
    assert len(queries) == STATEMENTS[db.engine.dialect.name]
