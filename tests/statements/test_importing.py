"""Importing statements: each rupiah once, whatever happens meanwhile, and back again."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from bazaar import payments, statements
from bazaar.audit import Actor
from bazaar.db import db, reading, transaction
from bazaar.models import (
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    StatementImport,
    StatementState,
)
from bazaar.ordering.charging import Charging
from bazaar.rules.sheets import Fault
from bazaar.rules.statements import Statement, Unknown, by_hand
from bazaar.statements import Fate, booking, working
from tests.builders import NOW, an_order
from tests.statement_files import UNKNOWN, a_file, a_stall, the_account

WULAN = Actor("committee:1", "Wulan")
RINA = Actor("committee:2", "Rina")
LATER = NOW + timedelta(minutes=30)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(LATER, tick=False) as traveller:
        yield traveller


def sent(data, name="mutasi.csv"):
    row = statements.take_in(the_account(), name, data, actor=WULAN, now=LATER)
    assert isinstance(row, StatementImport), row
    return row


def previewed(row):
    found = statements.read(row)
    assert isinstance(found, Statement)
    return [shown.fate for shown in statements.preview(row, found, now=LATER).lines]


def imported(data, *, unknown=False):
    """Send, confirm and import a file; return the import's number."""
    return confirmed(sent(data), unknown=unknown)


def confirmed(row, *, unknown=False):
    assert statements.confirm(row, record_unknown=unknown, actor=RINA, now=LATER)
    db.session.commit()
    assert statements.work() == 1
    db.session.expire_all()
    return row.id


def fates(import_id):
    rows = db.session.scalars(statements.lines_of(import_id)).all()
    return [Fate(row.result) for row in rows]


def money():
    query = sa.select(Payment.amount_idr).order_by(Payment.id)
    return list(db.session.scalars(query))


def asked(order):
    return payments.get_charge(order.reference).amount_idr


def test_a_statement_pays_orders_and_opens_cases(app):
    batik = a_stall()
    paid, under, over, gone = (an_order(batik) for _ in range(4))
    payments_due = asked(paid)
    gone.status = OrderStatus.CANCELLED
    db.session.flush()
    data = a_file(
        (f"TRF {paid.reference}", payments_due),
        (f"TRF {under.reference}", asked(under) - 5_000),
        (f"TRF {over.reference}", asked(over) + 5_000),
        (f"TRF {gone.reference}", asked(gone)),
        (f"TRF {paid.reference} LAGI", payments_due),
        ("BIAYA ADM", -15_000),
        ("PENJUALAN LAIN", 9_000_000),
    )
    row = sent(data)
    before = previewed(row)
    assert money() == []

    import_id = confirmed(row)

    assert fates(import_id) == before
    assert before == [
        Fate.PAID,
        Fate.UNDERPAID,
        Fate.OVERPAID,
        Fate.LATE,
        Fate.EXTRA,
        Fate.IGNORED,
        Fate.UNMATCHED,
    ]
    assert len(money()) == 5  # neither the fee nor what has nothing to do with the bazaar
    assert [db.session.get_one(Order, order.id).status for order in (paid, under, over)] == [
        OrderStatus.PAID,
        OrderStatus.UNPAID,
        OrderStatus.PAID,
    ]
    kinds = sorted(case.kind.value for case in db.session.scalars(sa.select(MoneyCase)))
    assert kinds == ["cancelled", "extra", "over", "under"]


def test_preview_import_and_case_say_the_same_about_unique_codes_and_parts(app):
    batik = a_stall()
    orders = [an_order(batik, charged=False) for _ in range(6)]
    for order in orders:
        payments.ask(order, Charging(10_000_000), now=NOW)
    short, whole, over, parts, rest, more = orders
    gaps = [order.total_idr - asked(order) for order in orders]
    assert all(0 < gap < 100 for gap in gaps), "orders ask for less than their total"
    data = a_file(
        (f"TRF {short.reference}", short.total_idr - gaps[0] - 1),
        (f"TRF {whole.reference}", whole.total_idr),
        (f"TRF {over.reference}", over.total_idr + 2_600),
        (f"TRF {parts.reference} SATU", 20_000),
        (f"TRF {parts.reference} DUA", parts.total_idr - 20_000),
        (f"TRF {rest.reference} SATU", 20_000),
        (f"TRF {rest.reference} DUA", 10_000),
        (f"TRF {more.reference} SATU", 20_000),
        (f"TRF {more.reference} DUA", more.total_idr),
    )
    row = sent(data)
    found = statements.read(row)
    shown = statements.preview(row, found, now=LATER).lines
    at_stake = [one.found.decision.difference_sen // 100 for one in shown]

    import_id = confirmed(row)

    assert fates(import_id) == [one.fate for one in shown]
    assert fates(import_id) == [
        Fate.UNDERPAID,
        Fate.PAID,
        Fate.OVERPAID,
        Fate.UNDERPAID,
        Fate.PAID,
        Fate.UNDERPAID,
        Fate.UNDERPAID,
        Fate.UNDERPAID,
        Fate.OVERPAID,
    ]
    query = sa.select(MoneyCase.order_id, MoneyCase.kind, MoneyCase.amount_idr)
    cases = db.session.execute(query.where(MoneyCase.closed_at.is_(None))).all()
    assert sorted((number, kind.value, stake) for number, kind, stake in cases) == [
        (short.id, "under", -at_stake[0]),
        (over.id, "over", at_stake[2]),
        (rest.id, "under", -at_stake[6]),
        (more.id, "over", at_stake[8]),
    ]
    assert (at_stake[0], at_stake[2], at_stake[8]) == (-1, 2_600, 20_000)


def test_the_same_file_again_changes_nothing(app):
    batik = a_stall()
    order = an_order(batik)
    data = a_file((f"TRF {order.reference}", asked(order)), ("SAMA", 7), ("SAMA", 7))
    imported(data)
    came = money()

    row = sent(data)
    assert previewed(row) == [Fate.KNOWN] * 3
    again = confirmed(row)

    assert money() == came
    assert fates(again) == []
    assert statements.get(again).outcome["known"] == 3


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_lines_that_pay_cost_no_statement_each(app, queries):
    batik = a_stall()
    orders = [an_order(batik) for _ in range(30)]
    counts = []
    for some in (orders[:5], orders[5:]):
        row = sent(a_file(*((f"TRF {order.reference}", asked(order)) for order in some)))
        assert statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
        db.session.commit()
        queries.clear()
        assert statements.work() == 1
        counts.append(len(queries))
        assert set(fates(row.id)) == {Fate.PAID}

    assert counts[0] == counts[1] <= 41


def test_periods_that_overlap_store_each_line_once(app):
    a_stall()
    whole = a_file(*((f"BARIS {number}", 1_000 + number) for number in range(5))).decode()
    header, *rows = whole.splitlines()
    first = imported("\n".join([header, *rows[:3]]).encode())

    second = imported("\n".join([header, *rows[2:]]).encode())

    assert [len(fates(number)) for number in (first, second)] == [3, 2]


def test_a_line_that_shows_what_a_person_confirmed_is_the_same_money(app):
    batik = a_stall()
    order = an_order(batik)
    payments.confirm(payments.get_charge(order.reference), actor=RINA, now=LATER)
    due = asked(order)
    row = sent(a_file((f"TRF {order.reference}", due), (f"TRF {order.reference}", due, "192000")))
    assert previewed(row) == [Fate.CONFIRMED, Fate.EXTRA]

    import_id = confirmed(row)

    assert fates(import_id) == [Fate.CONFIRMED, Fate.EXTRA]
    assert money() == [due, due]  # what Rina confirmed, and what came beyond it
    assert statements.undo(statements.get(import_id), actor=RINA, now=LATER)
    db.session.commit()
    statements.work()
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.PAID


def test_unknown_money_is_written_down_only_where_that_was_asked_for(app):
    a_stall()
    import_id = imported(a_file(("SEWA GEDUNG", 900_000), ("LAIN", 5)), unknown=True)

    assert fates(import_id) == [Fate.UNMATCHED] * 2
    assert money() == [900_000, 5]


def test_an_unmatched_line_can_be_handed_to_the_treasurer_once(app):
    a_stall()
    import_id = imported(a_file(("SEWA", 900_000), ("BIAYA", -5_000)))
    row = statements.get(import_id)

    statements.adopt(row, 2, actor=RINA, now=LATER)

    assert money() == [900_000]
    for number in (2, 3, 99):
        with pytest.raises(statements.NotAdoptable):
            statements.adopt(row, number, actor=RINA, now=LATER)


def test_undoing_books_the_money_out_and_lets_the_file_come_again(app):
    batik = a_stall()
    order = an_order(batik)
    data = a_file((f"TRF {order.reference}", asked(order)), ("SEWA", 900_000))
    import_id = imported(data)
    row = statements.get(import_id)

    assert statements.undo(row, actor=RINA, now=LATER)
    db.session.commit()
    assert statements.work() == 1

    row = statements.get(import_id)
    assert (row.state, row.undone_by, row.outcome["kept"]) == (StatementState.UNDONE, "Rina", 0)
    assert db.session.get_one(Order, order.id).status is OrderStatus.UNPAID
    assert len(money()) == 1  # rows of money are never deleted
    with pytest.raises(statements.ImportMoved):
        statements.undo(row, actor=RINA, now=LATER)
    again = imported(data)
    assert fates(again) == [Fate.PAID, Fate.UNMATCHED]
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.PAID


def test_what_somebody_has_acted_on_stays_with_a_reason(app):
    batik = a_stall()
    kept, gone = an_order(batik), an_order(batik)
    import_id = imported(
        a_file(*((f"TRF {order.reference}", asked(order)) for order in (kept, gone)))
    )
    db.session.execute(sa.update(Order).where(Order.id == kept.id).values(status=OrderStatus.DONE))
    statements.undo(statements.get(import_id), actor=RINA, now=LATER)
    db.session.commit()

    statements.work()

    row = statements.get(import_id)
    assert row.outcome["kept"] == 1
    (line,) = db.session.scalars(statements.kept_lines(import_id)).all()
    assert str(statements.reason_kept(line)).startswith(f"Pesanan {kept.reference} sudah diproses")
    assert db.session.get_one(Order, gone.id, populate_existing=True).status is OrderStatus.UNPAID
    assert statements.undo(row, actor=RINA, now=LATER)  # later, when nothing speaks against it


def test_a_worker_that_is_killed_loses_and_doubles_nothing(app, clock, monkeypatch):
    batik = a_stall()
    placed = [an_order(batik) for _ in range(5)]
    monkeypatch.setattr(working, "STEP", 2)
    row = sent(a_file(*((f"TRF {order.reference}", asked(order)) for order in placed)))
    statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
    db.session.commit()
    steps = []

    def dying(*given, **named):
        steps.append(1)
        if len(steps) == 2:
            raise KeyboardInterrupt  # as a kill: nobody writes down that it failed
        return store(*given, **named)

    store = booking.store
    monkeypatch.setattr(booking, "store", dying)
    with pytest.raises(KeyboardInterrupt):
        statements.work()
    db.session.expire_all()
    assert (statements.get(row.id).state, len(money())) == (StatementState.RUNNING, 2)
    assert statements.work() == 0  # its worker may be alive
    clock.shift(working.STALE + timedelta(seconds=1))

    assert statements.work() == 1

    assert fates(row.id) == [Fate.PAID] * 5
    assert len(money()) == 5
    assert statements.get(row.id).state is StatementState.DONE


def test_who_has_lost_an_import_writes_nothing(app, clock, monkeypatch):
    batik = a_stall()
    order = an_order(batik)
    row = sent(a_file((f"TRF {order.reference}", asked(order))))
    statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
    db.session.commit()
    with transaction():
        slow = working.take(row.id, LATER)
    clock.shift(working.STALE + timedelta(seconds=1))
    assert statements.work() == 1

    with pytest.raises((working.ImportLost, statements.ImportMoved)):
        working._import(slow)

    assert len(money()) == 1


def test_an_import_that_failed_can_be_taken_up_again(app, monkeypatch):
    batik = a_stall()
    order = an_order(batik)
    row = sent(a_file((f"TRF {order.reference}", asked(order))))
    statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
    db.session.commit()

    def broken(*given, **named):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(booking, "store", broken)
        with pytest.raises(RuntimeError):
            statements.work()
    db.session.expire_all()
    row = statements.get(row.id)
    assert (row.state, row.failure[:14]) == (StatementState.FAILED, "Impor berhenti")
    statements.try_again(row, actor=RINA, now=LATER)
    db.session.commit()
    assert statements.work() == 1
    assert fates(row.id) == [Fate.PAID]
    with pytest.raises(statements.ImportMoved):
        statements.try_again(statements.get(row.id), actor=RINA, now=LATER)


def test_an_import_that_met_a_jam_goes_on_by_itself(app, clock, monkeypatch):
    batik = a_stall()
    order = an_order(batik)
    row = sent(a_file((f"TRF {order.reference}", asked(order))))
    statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
    db.session.commit()

    def jammed(*given, **named):
        raise sa.exc.OperationalError("UPDATE", {}, Exception("lock timeout"))

    with monkeypatch.context() as patched:
        patched.setattr(booking, "store", jammed)
        with pytest.raises(sa.exc.OperationalError):
            statements.work()
    clock.shift(working.STALE + timedelta(seconds=1))

    assert statements.work() == 1
    assert fates(row.id) == [Fate.PAID]


def at_once(app, *works):
    """Run these in threads that begin together; return what each gave."""
    barrier = threading.Barrier(len(works))
    gave = [None] * len(works)

    def run(place, one):
        with app.app_context():
            barrier.wait()
            gave[place] = one()

    threads = [threading.Thread(target=run, args=(place, one)) for place, one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gave


def test_two_confirm_and_two_workers_import_at_once(app):
    batik = a_stall()
    placed = [an_order(batik) for _ in range(4)]
    data = a_file(*((f"TRF {order.reference}", asked(order)) for order in placed))
    first, second = sent(data).id, sent(data, "salinan.csv").id
    db.session.commit()

    def confirm(import_id):
        with transaction():
            row = statements.get(import_id)
            return statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)

    both = at_once(app, lambda: confirm(first), lambda: confirm(first), lambda: confirm(second))
    assert sorted(both[:2]) == [False, True]
    at_once(app, statements.work, statements.work, statements.work)

    with reading():
        assert len(fates(first)) + len(fates(second)) == 4
        assert len(money()) == 4


def test_a_file_of_another_account_is_refused(app):
    a_stall()
    account = the_account()
    account.number = "111-222"
    db.session.flush()

    with pytest.raises(statements.OtherAccount, match="3333333333, bukan 111-222"):
        sent(a_file(("TRF", 5)))

    account.number = "333.333.3333"
    db.session.flush()
    sent(a_file(("TRF", 5)))


def test_columns_that_a_person_told_are_remembered(app):
    a_stall()
    row = sent(UNKNOWN)
    assert isinstance(statements.read(row), Unknown)
    with pytest.raises(statements.ImportMoved):
        statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
    profile = by_hand("Aplikasi", {"day": ["waktu"], "amount": ["isi"], "text": ["catatan"]})

    assert statements.remember(row, profile, actor=RINA, now=LATER) is None

    assert previewed(row) == [Fate.UNMATCHED] * 2
    assert previewed(sent(UNKNOWN)) == [Fate.UNMATCHED] * 2


def test_columns_by_which_nothing_can_be_read_are_not_remembered(app):
    a_stall()
    row = sent(UNKNOWN)
    wrong = by_hand("Aplikasi", {"day": ["catatan"], "amount": ["isi"]})
    other = by_hand("Aplikasi", {"day": ["hari"], "amount": ["isi"]})

    fault = statements.remember(row, wrong, actor=RINA, now=LATER)

    assert str(fault) == "“TRF” bukan tanggal."
    assert isinstance(statements.remember(row, other, actor=RINA, now=LATER), Fault)
    assert isinstance(statements.read(row), Unknown)


def test_files_that_nobody_confirms_are_thrown_away(app, clock):
    a_stall()
    old = sent(a_file(("TRF", 5))).id
    later = LATER + timedelta(days=8)

    statements.take_in(the_account(), "lagi.csv", a_file(("TRF", 6)), actor=WULAN, now=later)

    with pytest.raises(statements.NoSuchImport):
        statements.get(old)


def test_a_file_that_is_no_statement_leaves_nothing(app):
    a_stall()

    fault = statements.take_in(the_account(), "x", b"halo", actor=WULAN, now=LATER)

    assert isinstance(fault, Fault)
    assert db.session.scalar(sa.select(sa.func.count(StatementImport.id))) == 0
