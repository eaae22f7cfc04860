"""`flask audit`: silent about a sound evening, exact about anything that does not agree."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, orders, payments, shipments
from bazaar.db import db
from bazaar.inspection import CHECKS
from bazaar.models import (
    Booking,
    BookingStatus,
    Charge,
    Edition,
    Order,
    OrderStatus,
    Parcel,
    ParcelDecision,
    ParcelLine,
    Payment,
    Turn,
)
from bazaar.models.ledger import IMMUTABLE
from bazaar.rules import qris
from tests.builders import (
    HOST,
    a_product,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
    an_order,
)

EXPIRED, UNPAID, PAID, DONE, CANCELLED = "PV-22222", "PV-33333", "PV-44444", "PV-55555", "PV-66666"


@pytest.fixture
def evening(app, now):
    """Orders in every state, one whose money came late, a parcel at its door, two turns."""
    edition = an_edition(slug="ramadan", channels=2)
    seller, other = a_seller(edition=edition), a_seller(edition=edition)
    a_sticker(seller)
    release = a_release(edition)
    a_turn(release, seller, starts_at=now)
    a_turn(release, other, starts_at=now + timedelta(minutes=15))
    product = a_product(seller=seller, claim_code="B07", stock=50, price_idr=25_000)

    expired = placed(EXPIRED, product, now - timedelta(hours=2))
    placed(UNPAID, product, now)
    paid = placed(PAID, product, now)
    done = placed(DONE, product, now)
    orders.cancel(placed(CANCELLED, product, now), now=now)
    orders.expire_unpaid(now)
    for order in (expired, paid, done):
        payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
    shipments.open_parcels(now)
    parcel = shipments.find_parcel(done.id)
    shipments.pack(parcel, actor=HOST, now=now)
    shipments.hand_over(parcel, "JNE REG", "JNE1234567890", actor=HOST, now=now)
    shipments.deliver(parcel, actor=HOST, now=now + timedelta(days=2))
    db.session.expire_all()
    return {order.reference: order for order in db.session.scalars(sa.select(Order))}


def placed(reference, product, at):
    return an_order(product, quantity=2, at=at, reference=reference)


def run(statement):
    db.session.execute(sa.text(statement))


def found():
    return [str(difference) for difference in inspection.differences()]


def test_a_sound_evening_has_no_differences(evening):
    waiting_for_a_fee = {OrderStatus.QUOTING}  # tests/test_quoting.py has those
    assert {order.status for order in evening.values()} == set(OrderStatus) - waiting_for_a_fee
    assert found() == []


def test_an_empty_database_is_sound(app):
    assert found() == []


OF_PAID = "parcel_id = (SELECT id FROM parcels WHERE code = 'PK-44444')"
ANOTHER_CHARGE = (
    "INSERT INTO charges (order_id, account_id, reference, method, full_idr, unique_idr, "
    "amount_idr, qr_payload, created_at) SELECT order_id, account_id, '{reference}', method, "
    "{idr}, 0, {idr}, '', created_at FROM charges WHERE reference = '{of}'"
)

CORRUPTIONS = {
    "stock": (
        "UPDATE products SET stock = stock + 1",
        ["stock: product B07: expected 44, found 45"],
    ),
    "a hold that was lost": (
        (
            f"DELETE FROM stock_moves WHERE reason = 'held' AND order_id = "
            f"(SELECT id FROM orders WHERE reference = '{PAID}')"
        ),
        [
            "stock: product B07: expected 46, found 44",
            f"hold: order {PAID}: expected (-2, 0), found (0, 0)",
        ],
    ),
    "an expired order that kept its goods": (
        (
            f"UPDATE stock_moves SET pieces = 1 WHERE reason = 'given_back' AND order_id = "
            f"(SELECT id FROM orders WHERE reference = '{EXPIRED}')"
        ),
        [
            "stock: product B07: expected 43, found 44",
            f"hold: order {EXPIRED}: expected (-2, 2), found (-2, 1)",
        ],
    ),
    "a living order that gave its goods back": (
        (
            "INSERT INTO stock_moves (product_id, order_id, reason, pieces, at) "
            "SELECT product_id, order_id, 'given_back', 2, at FROM stock_moves "
            f"WHERE order_id = (SELECT id FROM orders WHERE reference = '{PAID}')"
        ),
        [
            "stock: product B07: expected 46, found 44",
            f"hold: order {PAID}: expected (-2, 0), found (-2, 2)",
        ],
    ),
    "a line whose amount changed": (
        (
            f"UPDATE order_lines SET price_idr = 30000, amount_idr = 60000 WHERE order_id = "
            f"(SELECT id FROM orders WHERE reference = '{UNPAID}')"
        ),
        [f"total: order {UNPAID}: expected 72000, found 62000"],
    ),
    "a paid order without its instant": (
        f"UPDATE orders SET paid_at = NULL WHERE reference = '{PAID}'",
        [f"instants: order {PAID} is paid: expected (True, False), found (False, False)"],
    ),
    "an unpaid order that has ended": (
        f"UPDATE orders SET ended_at = placed_at WHERE reference = '{UNPAID}'",
        [f"instants: order {UNPAID} is unpaid: expected (False, False), found (False, True)"],
    ),
    "a charge over another total": (
        ANOTHER_CHARGE.format(reference=f"{UNPAID}-1", idr=61_999, of=UNPAID),
        [f"charge: order {UNPAID}: expected ('{UNPAID}', 62000), found ('{UNPAID}-1', 61999)"],
    ),
    "a charge with another reference": (
        ANOTHER_CHARGE.format(reference="PV-77777", idr=62_000, of=UNPAID),
        [f"charge: order {UNPAID}: expected ('{UNPAID}', 62000), found ('PV-77777', 62000)"],
    ),
    "a payment that counts twice": (
        (
            "INSERT INTO allocations (payment_id, order_id, amount_idr, rule, made_at, made_by) "
            "SELECT payment_id, order_id, amount_idr, rule, made_at, made_by FROM allocations "
            f"WHERE order_id = (SELECT id FROM orders WHERE reference = '{PAID}')"
        ),
        [
            f"books: order {PAID}: expected 124000, found 62000",
            "allocations: payment 2: expected at most 62000, found (124000, 0)",
            "books: payment 2: expected (62000, -62000), found (62000, 0)",
            "unknown money: payment 2: expected -62000, found 0",
        ],
    ),
    "a payment that the books do not know": (
        (
            "INSERT INTO payments (key, edition_id, amount_idr, fee_idr, method, source, "
            "external_id, payer, received_at, confirmed_by, note) "
            "SELECT 'x', edition_id, 5000, 0, method, source, '', '', received_at, 'x', '' "
            f"FROM payments WHERE key = 'confirmed:{PAID}'"
        ),
        [
            "books: payment 4: expected (5000, 5000), found (0, 0)",
            "unknown money: payment 4: expected 5000, found 0",
            "books: received: ramadan: expected 191000, found 186000",
        ],
    ),
    "an entry that no row explains": (
        (
            "INSERT INTO ledger_entries (kind, debit, credit, amount_idr, at, day, edition_id, "
            "order_id, payment_id, method) SELECT kind, debit, credit, 5, at, day, edition_id, "
            "order_id, payment_id, method FROM ledger_entries WHERE kind = 'allocation' AND "
            f"order_id = (SELECT id FROM orders WHERE reference = '{PAID}')"
        ),
        [
            f"books: order {PAID}: expected 62000, found 62005",
            "books: payment 2: expected (62000, 0), found (62000, -5)",
        ],
    ),
    "a case that was forgotten": (
        "UPDATE money_cases SET closed_at = opened_at",
        ["unknown money: payment 1: expected 62000, found 0"],
    ),
    "an unpaid order with a payment": (
        (
            f"UPDATE orders SET status = 'unpaid', paid_at = NULL WHERE reference = '{PAID}'; "
            "DELETE FROM parcel_lines WHERE parcel_id = "
            "(SELECT id FROM parcels WHERE code = 'PK-44444'); "
            "DELETE FROM parcels WHERE code = 'PK-44444'"
        ),
        [
            f"paid in part: order {PAID}: expected (1, 0), found (0, 0)",
            f"payment: order {PAID} is unpaid: expected less than 62000, found 62000",
            "books: waiting: ramadan: expected 124000, found 62000",
        ],
    ),
    "a case of too little where nothing is missing": (
        (
            "UPDATE money_cases SET kind = 'under', order_id = "
            f"(SELECT id FROM orders WHERE reference = '{UNPAID}')"
        ),
        [
            f"paid in part: order {UNPAID}: expected (0, 0), found (1, 62000)",
            "unknown money: payment 1: expected 62000, found 0",
        ],
    ),
    "a hold for no line": (
        (
            f"DELETE FROM order_lines WHERE order_id = "
            f"(SELECT id FROM orders WHERE reference = '{UNPAID}')"
        ),
        [
            "stray hold: product B07 for order 2: expected 0, found -2",
            f"total: order {UNPAID}: expected 12000, found 62000",
        ],
    ),
    "two turns on one channel at one time": (
        "UPDATE turns SET ends_at = (SELECT max(ends_at) FROM turns)",
        [
            (
                "overlap: channel_id 1 in release 1: "
                "expected 2026-03-01 12:30:00+00:00, found 2026-03-01 12:15:00+00:00"
            )
        ],
    ),
    "a seller at two places at one time": (
        (
            "UPDATE turns SET ends_at = (SELECT max(ends_at) FROM turns), seller_id = 1, "
            "channel_id = CASE id WHEN 1 THEN 1 ELSE 2 END"
        ),
        [
            (
                "overlap: seller_id 1 in release 1: "
                "expected 2026-03-01 12:30:00+00:00, found 2026-03-01 12:15:00+00:00"
            )
        ],
    ),
    "an order credited to somebody else's turn": (
        "UPDATE turns SET seller_id = 2",
        [
            f"turn: order {reference}: expected 1, found 2"
            for reference in (UNPAID, PAID, DONE, CANCELLED)
        ],
    ),
    "a parcel of an order that is not paid": (
        (
            f"UPDATE orders SET status = 'cancelled', paid_at = NULL, ended_at = placed_at "
            f"WHERE reference = '{PAID}'"
        ),
        [
            f"hold: order {PAID}: expected (-2, 2), found (-2, 0)",
            f"money of an ended order: order {PAID}: expected 0, found 62000",
            "unpaid parcel: PK-44444: expected paid or done, found cancelled",
        ],
    ),
    "a release that was lost": (
        "UPDATE releases SET number = 2",
        ["release numbers: edition 1: expected 1, found 2"],
    ),
    "a parcel that moved by itself": (
        "UPDATE parcels SET status = 'packed' WHERE code = 'PK-55555'",
        [
            "parcel: PK-55555: expected ParcelStatus.DELIVERED, found ParcelStatus.PACKED",
            f"arrival: order {DONE}: expected paid, found done",
        ],
    ),
    "a parcel without steps": (
        "UPDATE parcels SET status = 'packed' WHERE code = 'PK-44444'",
        ["parcel: PK-44444: expected ParcelStatus.DRAFT, found ParcelStatus.PACKED"],
    ),
    "more pieces in a parcel than were ordered": (
        f"UPDATE parcel_lines SET quantity = 3 WHERE {OF_PAID}",
        [f"pieces: order {PAID}, B07: expected at most 2, found 3"],
    ),
    "a parcel that lost its lines": (
        f"DELETE FROM parcel_lines WHERE {OF_PAID}",
        ["empty parcel: PK-44444: expected some pieces, found 0"],
    ),
    "a number of two parcels": (
        "UPDATE parcels SET courier = 'JNE YES', resi = 'JNE1234567890' WHERE code = 'PK-44444'",
        ["resi: JNE JNE1234567890: expected 1, found 2"],
    ),
    "an exception that is none": (
        "UPDATE parcels SET resume_status = 'packed' WHERE code = 'PK-44444'",
        ["exception: parcel PK-44444: expected None, found packed"],
    ),
    "goods that came back from nowhere": (
        (
            "UPDATE products SET stock = stock + 2; "
            "INSERT INTO stock_moves (product_id, reason, pieces, at) "
            "SELECT product_id, 'returned', 2, at FROM stock_moves WHERE order_id = "
            f"(SELECT id FROM orders WHERE reference = '{PAID}')"
        ),
        ["returned goods: product B07: expected 0, found 2"],
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_told_exactly(evening, name):
    statements, expected = CORRUPTIONS[name]
    for statement in statements.split("; "):
        run(statement)

    assert found() == expected


def test_goods_that_a_decision_never_took_are_told(evening, now):
    parcel = shipments.find_parcel(evening[PAID].id)
    (line,) = parcel.lines
    decision = {"kind": "replace", "quantities": {str(line.order_line_id): 1}, "by": "Rina"}
    db.session.add(ParcelDecision(parcel_id=parcel.id, at=now, **decision))
    db.session.flush()

    assert found() == ["replaced goods: product B07: expected -1, found 0"]


def test_a_cancelled_parcel_that_is_still_booked_is_told(evening, now):
    parcel = shipments.find_parcel(evening[PAID].id)
    shipments.cancel(parcel, "batal", actor=HOST, now=now)
    booked = {"provider": "biteship", "status": BookingStatus.OPEN, "made_by": "Rina"}
    db.session.add(Booking(parcel_id=parcel.id, key="x", made_at=now, **booked))
    db.session.flush()

    assert found() == ["booking: parcel PK-44444: expected closed, found open"]


def test_a_piece_of_another_order_is_told(evening):
    query = sa.select(ParcelLine.parcel_id, ParcelLine.order_line_id).join(Parcel)
    of_paid = query.where(Parcel.code == "PK-44444")
    parcel_id, _ = db.session.execute(of_paid).one()
    other = evening[EXPIRED]
    line = other.lines[0].id

    run(f"UPDATE parcel_lines SET order_line_id = {line} WHERE parcel_id = {parcel_id}")

    expected = f"expected order {evening[PAID].id}, found order {other.id}"
    assert found() == [f"stray line: parcel PK-44444: {expected}"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("sequence = 0", "expected (1, 1), found (1, 0)"),
        (
            "seller_id = 2",
            "expected (1, 1), found (2, 2)",
        ),
    ],
)
def test_a_turn_that_lost_its_name_is_told(evening, now, fault, told):
    edition = db.session.scalars(sa.select(Edition)).one()
    first = db.session.scalars(sa.select(Turn).order_by(Turn.id)).first()
    first.sequence = 1
    second = a_release(edition, number=2)
    copy = a_turn(second, first.seller, starts_at=now)
    copy.uid, copy.sequence = first.uid, 2
    db.session.flush()
    assert found() == []

    run(f"UPDATE turns SET {fault} WHERE id = {copy.id}")

    assert found() == [f"turn's name: turn {first.uid} in release 2 of edition 1: {told}"]


def test_a_code_over_another_amount_is_told(evening, now):
    account = payments.find_account(evening[UNPAID].seller_id)
    db.session.add(
        Charge(
            order_id=evening[UNPAID].id,
            account_id=account.id,
            reference=f"{UNPAID}-1",
            method="qris",
            full_idr=62_000,
            amount_idr=62_000,
            qr_payload=qris.make_dynamic(account.payload, 62_001, UNPAID),
            created_at=now,
        )
    )
    db.session.flush()

    assert found() == [f"qr code: order {UNPAID}: expected 62000, found 62001"]


def test_a_trigger_that_is_gone_is_told(evening, database):
    if database.kind == "sqlite":
        run("DROP TRIGGER payments_no_delete")
        wanted = "expected 2, found 1"
    else:
        run("ALTER TABLE payments DISABLE TRIGGER payments_immutable")
        wanted = "expected 1, found 0"

    assert found() == [f"triggers: table payments: {wanted}"]


@pytest.mark.parametrize("table", IMMUTABLE)
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_what_happened_to_money_is_never_changed(evening, now, table, act):
    order = evening[PAID]
    payment_id = db.session.scalars(
        sa.select(Payment.id).where(Payment.key == f"confirmed:{PAID}")
    ).one()
    late_id = db.session.scalars(
        sa.select(Payment.id).where(Payment.key == f"confirmed:{EXPIRED}")
    ).one()
    payments.give_back(late_id, 1_000, payments.Back("bank"), key="k", actor=HOST, now=now)
    other = payments.receive(
        payments.Received(
            key="salah", amount_idr=5, method="qris", source="person", edition_id=order.edition_id
        ),
        actor=HOST,
        now=now,
        together=True,
    )
    payments.take_back(other.payment_id, actor=HOST, why="salah", now=now)
    assert payment_id
    key = "payment_id" if table == "payment_withdrawals" else "id"

    with pytest.raises(sa.exc.DBAPIError, match="only ever inserted"):
        run(act.format(table, key, key))


@pytest.fixture
def unguarded(evening, database):
    """The database lets an order's sums disagree."""
    if database.kind == "sqlite":
        run("PRAGMA ignore_check_constraints = 1")
        yield
        run("PRAGMA ignore_check_constraints = 0")
    else:
        run("ALTER TABLE orders DROP CONSTRAINT ck_orders_total_adds_up")
        yield
        db.session.rollback()


def test_day_sheets_that_do_not_add_up_are_told(unguarded):
    run(f"UPDATE orders SET total_idr = total_idr + 1 WHERE reference = '{CANCELLED}'")

    assert found() == [
        f"total: order {CANCELLED}: expected 62000, found 62001",
        f"charge: order {CANCELLED}: expected ('{CANCELLED}', 62001), found ('{CANCELLED}', 62000)",
        "books: placed: ramadan: expected 310001, found 310000",
    ]


def test_the_command_says_how_many_checks_were_sound(evening, app):
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["audit"])

    assert (result.output, result.exit_code) == (f"sound: {len(CHECKS)} checks\n", 0)


def test_the_command_prints_differences_and_fails(evening, app):
    run("UPDATE products SET stock = stock + 1")
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["audit"])

    assert result.output == "stock: product B07: expected 44, found 45\n"
    assert result.exit_code == 1
