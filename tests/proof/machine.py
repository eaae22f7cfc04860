"""Orders and money as Hypothesis drives them: any order of acts, model = database after each.

A step that is refused must be refused by the model too, for the same reason, and change nothing.
"""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bazaar import closings, editions, inspection, orders, payments, shipments
from bazaar.db import db, reading, transaction
from bazaar.errors import BazaarError
from bazaar.models import Order, Payment
from bazaar.ordering import charging
from bazaar.orders import CheckoutWish, Piece
from bazaar.payments import Back, Received
from bazaar.rules.order_states import StepRefused
from bazaar.web import services
from bazaar.web.services import charging_of
from tests.builders import HOST, TREASURER
from tests.house import House
from tests.proof.model import (
    CANCELLED,
    ENDED,
    EXPIRED,
    PAID,
    UNPAID,
    AnOrder,
    APayment,
    Model,
)
from tests.proof.world import SLACK, OpenCase, Seen, World, look

ACTIONS = ("assign", "accept", "revive", "give_back", "not_ours", "contacted")
AMOUNTS = ("exact", "exact", "total", "under", "over", "much")
NO_ORDER = frozenset({"unknown", "ambiguous"})
n = st.integers(0, 40)


@dataclass
class Tally:
    """What the runs of one machine have done together, by name of the rule."""

    done: Counter[str] = field(default_factory=Counter)
    examples: int = 0

    @property
    def operations(self) -> int:
        return sum(self.done.values())


class OrdersAndMoney(RuleBasedStateMachine):
    """Needs an application context; `house` and `tally` are set by `machine_on`."""

    house: House
    tally: Tally

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.house)
        with reading():
            hold = timedelta(minutes=self.world.edition.hold_minutes)
            zone = self.world.edition.zone
        self.model = Model(self.world.now, hold, zone)
        seen = look()
        self.model.stock, self.model.price_idr = dict(seen.stock), self.world.prices
        self.seen: Seen = seen
        self.keys: dict[str, list[int]] = {}
        self.decided: list[tuple[OpenCase, str]] = []
        self.undone: set[int] = set()
        self.numbers = itertools.count(1)
        self.tally.examples += 1

    @initialize(codes=st.integers(0, 2**16))
    def open_stalls(self, codes: int) -> None:
        """The same sequence meets the same unique codes again, else it may go another way."""
        charging.chance.seed(codes)
        for first in range(3):
            self.place(first, first, 1)

    # Orders

    @rule(first=st.integers(0, 2), second=st.integers(0, 2), pieces=st.integers(1, 3))
    def place(self, first: int, second: int, pieces: int) -> None:
        chosen = {self.world.products[first], self.world.products[second]}
        lines = dict.fromkeys(sorted(chosen), pieces)
        key = f"klik-{next(self.numbers)}"
        placed = self._do("place", lambda: self._place(key, lines))
        if not self.model.there(lines):
            assert _refused(placed, "OutOfStock")
            return
        asked = {each.reference: each for each in placed.asked}
        for one in placed.orders:
            own = {p: k for p, k in lines.items() if self.world.seller_of[p] == one.seller_id}
            order = AnOrder(
                one.id,
                one.reference,
                own,
                sum(self.world.prices[p] * k for p, k in own.items()),
                asked[one.reference].amount_idr,
                self.model.now + self.model.hold + SLACK,
            )
            assert one.total_idr == order.total_idr
            assert 0 <= order.total_idr - order.asked_idr <= 499
            self.model.place(order)
        assert sum(len(self.model.orders[one.id].lines) for one in placed.orders) == len(lines)
        self.keys[key] = sorted(lines)

    @precondition(lambda self: self.keys)
    @rule(which=n)
    def click_again(self, which: int) -> None:
        key = _pick(sorted(self.keys), which)
        placed = self._do("click_again", lambda: self._place(key, dict.fromkeys(self.keys[key], 1)))
        assert placed.orders == ()

    def _place(self, key: str, lines: dict[int, int]) -> Any:
        wish = CheckoutWish(
            key=key,
            wanted=[Piece(product, pieces) for product, pieces in lines.items()],
            couriers={},
            buyer_name="Siti Aminah",
            phone="+6281234567890",
            village_code="35.09.21.1002",
            street="Jalan Jawa 10",
            area="Sumbersari, Sumbersari, Jember, Jawa Timur",
            postal_code="68121",
            cheapest=True,
        )
        return orders.place(
            wish,
            edition=editions.get_current(),
            links=services().links,
            slack=SLACK,
            now=self.model.now,
            charge=charging_of(services().settings),
        )

    @precondition(lambda self: self.model.orders)
    @rule(which=n)
    def cancel(self, which: int) -> None:
        order = self._order(which)
        done = self._do(
            "cancel", lambda: orders.cancel(db.session.get_one(Order, order.id), now=self.model.now)
        )
        if order.status == UNPAID:
            assert done is None
            self.model.end(order, CANCELLED, "cancelled")
        else:
            assert isinstance(done, StepRefused)

    @precondition(lambda self: self.model.orders)
    @rule(which=n)
    def call_off(self, which: int) -> None:
        order = self._order(which)
        done = self._do(
            "call_off",
            lambda: shipments.cancel_order(
                db.session.get_one(Order, order.id), "habis", actor=HOST, now=self.model.now
            ),
        )
        if order.status == PAID:
            assert not isinstance(done, BazaarError), done
            self.model.call_off(order)
        else:
            assert isinstance(done, StepRefused)

    @rule()
    def open_parcels(self) -> None:
        self._do("open_parcels", lambda: shipments.open_parcels(self.model.now))

    # The clock

    @rule(minutes=st.sampled_from([1, 30, 61, 75, 1_500]))
    def time_passes(self, minutes: int) -> None:
        self.model.now += timedelta(minutes=minutes)
        self._count("time_passes")

    @rule()
    def expire(self) -> None:
        due = self.model.due_to_expire()
        done = self._do("expire", lambda: orders.expire_unpaid(self.model.now))
        assert done == len(due)
        for order in due:
            self.model.end(order, EXPIRED, "expired")

    @rule()
    def look_for_owed(self) -> None:
        self._do("look_for_owed", lambda: payments.open_owed(self.model.now))
        about = {case.order_id for case in look().cases}
        for order in self.model.orders.values():
            if order.status in ENDED and self.model.counted_idr(order.id) > 0:
                assert order.id in about, f"nobody is told of the money of {order}"

    @precondition(lambda self: len(self.model.closed) < 3)
    @rule(back=st.integers(0, 1))
    def close_day(self, back: int) -> None:
        day, now = self.model.today - timedelta(days=back), self.model.now

        def close() -> None:
            closings.prepare(self.world.edition, day, actor=HOST, now=now)
            closings.sign(self.world.edition, day, actor=TREASURER, now=now)

        done = self._do("close_day", close)
        assert (done is None) is (day not in self.model.closed)
        self.model.closed.add(day)

    # Money that comes

    @precondition(lambda self: self.model.orders)
    @rule(which=n)
    def confirm(self, which: int) -> None:
        """A person says that the money of an order's request has come."""
        order = self._order(which)

        def confirm() -> Any:
            charge = payments.find_charges([order.id])[order.id]
            return payments.confirm(charge, actor=TREASURER, now=self.model.now)

        outcome = self._do("confirm", confirm).value
        mine = [p for p in self.model.payments.values() if p.charged == order.id]
        undone = sum(p.withdrawn for p in mine)
        key = f"confirmed:{order.reference}" + (f":{undone}" if undone else "")
        paid = order.status == PAID and self.model.counted_idr(order.id) >= order.least_idr
        if paid or any(p.key == key for p in mine):
            assert outcome == "repeated"
            return
        payment = self._came(key, order.asked_idr, order.id, by_person=True)
        assert outcome == self.model.settle(payment, order)

    @precondition(lambda self: self.model.orders)
    @rule(which=n, how=st.sampled_from(AMOUNTS), source=st.sampled_from(["midtrans", "statement"]))
    def money_comes(self, which: int, how: str, source: str) -> None:
        order = self._order(which)
        amount_idr = {
            "exact": order.asked_idr,
            "total": order.total_idr,
            "under": order.asked_idr // 2,
            "over": order.total_idr + 1_500,
            "much": order.total_idr * 2,
        }[how]
        shown = source == "statement" and any(
            p.by_person and p.charged == order.id and p.amount_idr == amount_idr and not p.withdrawn
            for p in self.model.payments.values()
        )
        key = f"{source}:{next(self.numbers)}"
        receipt = self._receive(key, amount_idr, source=source, order_id=order.id)
        if shown:
            assert receipt.outcome.value == "repeated"
            return
        payment = self._came(key, amount_idr, order.id)
        assert receipt.payment_id == payment.id
        assert receipt.outcome.value == self.model.settle(payment, order)

    @rule(amount_idr=st.integers(1, 60_000), candidates=st.integers(0, 2))
    def money_comes_from_nowhere(self, amount_idr: int, candidates: int) -> None:
        key = f"statement:{next(self.numbers)}"
        maybe = tuple(sorted(self.model.orders))[:candidates]
        receipt = self._receive(key, amount_idr, source="statement", candidates=maybe)
        payment = self._came(key, amount_idr, None)
        assert receipt.outcome.value == self.model.nobodys(payment, len(maybe))

    @precondition(lambda self: any(not p.by_person for p in self.model.payments.values()))
    @rule(which=n)
    def told_again(self, which: int) -> None:
        told = [p for p in self.model.payments.values() if not p.by_person]
        payment = _pick(told, which)
        receipt = self._receive(
            payment.key,
            payment.amount_idr,
            source=payment.key.partition(":")[0],
            order_id=payment.charged,
        )
        assert (receipt.payment_id, receipt.outcome.value) == (payment.id, "repeated")

    def _receive(self, key: str, amount_idr: int, *, source: str, **given: Any) -> Any:
        account_id = None
        if given.get("order_id"):
            with reading():
                charge = payments.find_charges([given["order_id"]])[given["order_id"]]
                account_id = charge.account_id
        received = Received(
            key=key,
            amount_idr=amount_idr,
            method="qris",
            source=source,
            edition_id=self.world.edition_id,
            account_id=account_id,
            **given,
        )
        return self._do(
            "receive", lambda: payments.receive(received, actor=HOST, now=self.model.now)
        )

    def _came(
        self, key: str, amount_idr: int, order_id: int | None, *, by_person: bool = False
    ) -> APayment:
        with reading():
            newest = db.session.scalars(sa.select(Payment.id).where(Payment.key == key)).one()
        payment = APayment(newest, amount_idr, order_id, by_person, key)
        self.model.receive(payment)
        return payment

    # What people do about it

    @precondition(lambda self: self.model.payments)
    @rule(which=n)
    def take_back(self, which: int) -> None:
        payment = _pick(list(self.model.payments.values()), which)
        done = self._do(
            "take_back",
            lambda: payments.take_back(payment.id, actor=HOST, why="salah", now=self.model.now),
        )
        if payment.withdrawn:
            assert done is False
        elif sum(payment.back.values()):
            assert _refused(done, "WasGivenBack")
        else:
            assert done is True
            self.model.take_back(payment)

    @precondition(lambda self: self.model.payments)
    @rule(which=n, part=st.sampled_from([0.5, 1, 1.5]))
    def give_back(self, which: int, part: float) -> None:
        payment = _pick(list(self.model.payments.values()), which)
        left_idr = payment.free_idr + sum(payment.for_order(key) for key in payment.counted)
        amount_idr = max(int(left_idr * part), 1)
        done: Any = None
        key = f"balik-{next(self.numbers)}"
        for _ in range(2):  # the same click twice counts once
            done = self._do(
                "give_back",
                lambda: payments.give_back(
                    payment.id,
                    amount_idr,
                    Back("transfer"),
                    key=key,
                    actor=HOST,
                    now=self.model.now,
                ),
            )
        if amount_idr > left_idr:
            assert _refused(done, "TooMuchBack")
        else:
            self.model.give_back(payment, amount_idr)

    @precondition(lambda self: self.seen.cases)
    @rule(which=n, action=st.sampled_from(ACTIONS), other=n)
    def decide(self, which: int, action: str, other: int) -> None:
        case = _pick(self.seen.cases, which)
        payment = self.model.payments[case.payment_id]
        getattr(self, f"_{action}")(case, payment, other)

    @precondition(lambda self: self.seen.cases)
    @rule(which=n, action=st.sampled_from(ACTIONS), other=n)
    def decide_more(self, which: int, action: str, other: int) -> None:
        """Once more among the rules, so that it comes twice as often."""
        self.decide(which, action, other)

    @precondition(lambda self: self.decided)
    @rule(which=n)
    def undo(self, which: int) -> None:
        case, action = _pick(self.decided, which)
        payment = self.model.payments[case.payment_id]
        order = self.model.orders.get(case.order_id or 0)
        done = self._act("undo", case)
        if case.id in self.undone:
            assert _refused(done, "NotAllowedHere")
            return
        if action == "assign":
            why_not = "NotAllowedHere" if payment.withdrawn else ""
            if not why_not and sum(payment.back.values()):
                why_not = "WasGivenBack"
        else:
            assert order is not None
            missing = self.model.counted_idr(order.id) < order.least_idr
            why_not = "" if order.status == PAID else "BuiltUpon"
            if order.status == UNPAID or not missing:
                why_not = "NotAllowedHere"
        if why_not:
            assert _refused(done, why_not), (done, why_not)
            return
        assert done is None, done
        self.undone.add(case.id)
        if action == "assign":
            self.model.unassign(payment)
        else:
            self.model.wait_again(order)

    @precondition(lambda self: self.model.orders)
    @rule(which=n, how=st.sampled_from(AMOUNTS))
    def more_money_comes(self, which: int, how: str) -> None:
        self.money_comes(which, how, "midtrans")

    def _assign(self, case: OpenCase, payment: APayment, other: int) -> None:
        if not self.model.orders:
            return
        order, of = self._order(other), self.model.orders.get(case.order_id or 0)
        done = self._act("assign", case, order.reference)
        still_too_much = case.kind == "over" and of and of.status == PAID
        if case.kind == "under" or still_too_much or not payment.free_idr:
            assert _refused(done, "NotAllowedHere")
        else:
            assert done.value == self.model.settle(payment, order)
            self.decided.append((case, "assign"))

    def _accept(self, case: OpenCase, payment: APayment, _: int) -> None:
        done = self._act("accept", case)
        order = self.model.orders.get(case.order_id or 0)
        if case.kind == "under" and order and order.status == UNPAID:
            assert done is None
            self.model.accept_less(order)
            self.decided.append((case, "accept"))
        elif case.kind == "over" and order and order.status == PAID:
            assert done is None
            self.model.accept_more(payment, order)
        else:
            assert _refused(done, "NotAllowedHere")

    def _revive(self, case: OpenCase, payment: APayment, _: int) -> None:
        order = self.model.orders.get(case.order_id or 0)
        done = self._act("revive", case)
        if case.kind != "late" or not order or not self.model.there(order.lines):
            assert _refused(done, "NotAllowedHere")
        elif order.revived:
            assert _refused(done, "GoodsGone")
        else:
            order.revived = True
            with reading():
                query = sa.select(Order.id).where(Order.reference == done)
                copy_id = db.session.scalars(query).one()
            copy = AnOrder(
                copy_id,
                done,
                order.lines,
                order.goods_idr,
                order.asked_idr,
                self.model.now + self.model.hold + SLACK,
            )
            self.model.place(copy)
            self.model.settle(payment, copy)

    def _give_back(self, case: OpenCase, payment: APayment, _: int) -> None:
        if case.kind == "under":
            return  # of several payments: `give_back` does each
        key = f"kasus-{next(self.numbers)}"
        done = self._act("give_case_back", case, case.amount_idr, Back("transfer"), key=key)
        assert done is None
        self.model.give_back(payment, case.amount_idr)

    def _not_ours(self, case: OpenCase, payment: APayment, _: int) -> None:
        done = self._act("not_ours", case, "bukan kita")
        if case.kind not in {"extra", *NO_ORDER}:
            assert _refused(done, "NotAllowedHere")
        elif sum(payment.back.values()):
            assert _refused(done, "WasGivenBack")
        else:
            assert done is None
            self.model.take_back(payment)

    def _contacted(self, case: OpenCase, payment: APayment, _: int) -> None:
        assert self._act("contacted", case, "ditelepon") is None

    def _act(self, name: str, case: OpenCase, *given: Any, **named: Any) -> Any:
        act: Callable[..., Any] = getattr(payments, name)
        return self._do(
            name, lambda: act(case.id, *given, actor=TREASURER, now=self.model.now, **named)
        )

    # How things stand

    @invariant()
    def agrees(self) -> None:
        self.seen = seen = look()
        model = self.model
        known = model.payments.values()
        _same("stock", seen.stock, model.stock)
        assert min(seen.stock.values()) >= 0
        states = {order.id: order.status for order in model.orders.values()}
        _same("states", seen.status, states)
        _same("payments", seen.payments, {p.id: p.amount_idr for p in known})
        counted = {(p.id, key): idr for p in known for key, idr in p.counted.items() if idr}
        _same("counted for orders", seen.counted, counted)
        back = {(p.id, key): idr for p in known for key, idr in p.back.items() if idr}
        _same("given back", seen.back, back)
        _same("books by day", seen.books, model.books)
        self._buyers_owe_what_they_owe(seen)
        self._cases_are_what_needs_a_person(seen)

    def _buyers_owe_what_they_owe(self, seen: Seen) -> None:
        for order in self.model.orders.values():
            counted_idr = self.model.counted_idr(order.id)
            owed_idr = seen.buyers.get(order.id, 0)
            if order.status in ENDED:
                _same(f"owed by {order}", owed_idr, -counted_idr)
            else:
                worth_idr = order.total_idr - order.discount_idr
                _same(f"owed by {order}", owed_idr, worth_idr - counted_idr)

    def _cases_are_what_needs_a_person(self, seen: Seen) -> None:
        """Money that counts for nothing, and orders that were paid in part: one open case each."""
        free = Counter({p.id: 0 for p in self.model.payments.values()})
        expected = {
            p.id: (p.kind, p.about, p.free_idr) for p in self.model.payments.values() if p.free_idr
        }
        found = {}
        short: dict[int, int] = {}
        for case in seen.cases:
            if case.kind == "under":
                assert case.order_id not in short, "two cases of one order's rest"
                short[case.order_id or 0] = case.amount_idr
            elif not self._is_owed(case):
                assert not free[case.payment_id], "two cases of one payment's rest"
                free[case.payment_id] = 1
                found[case.payment_id] = (case.kind, case.order_id, case.amount_idr)
        _same("cases of money that counts for nothing", found, expected)
        waiting = {
            order.id: order.least_idr - counted_idr
            for order in self.model.orders.values()
            if order.status == UNPAID and (counted_idr := self.model.counted_idr(order.id))
        }
        live = {
            key: idr for key, idr in short.items() if self.model.orders[key].status not in ENDED
        }
        _same("cases of orders paid in part", live, waiting)

    def _is_owed(self, case: OpenCase) -> bool:
        """Whether a case is about money that was counted for an order which ended since."""
        counted = self.model.payments[case.payment_id].counted
        return case.kind == "cancelled" and bool(counted[case.order_id or 0])

    def teardown(self) -> None:
        """Let the clock's jobs tidy up, then ask what `flask audit` asks."""
        with transaction():
            payments.open_owed(self.model.now)
        with reading():
            found = inspection.differences()
        # Its payments of statements come without files.
        told = [str(each) for each in found if each.check != "statement lines"]
        _same("flask audit", told, [])

    # Tools

    def _order(self, which: int) -> AnOrder:
        return _pick(list(self.model.orders.values()), which)

    def _count(self, name: str) -> None:
        self.tally.done[name] += 1

    def _do(self, name: str, act: Callable[[], Any]) -> Any:
        """Act in one transaction a second later; a refusal is an answer too."""
        self.model.now += timedelta(seconds=1)
        self._count(name)
        try:
            with transaction():
                return act()
        except BazaarError as refusal:
            return refusal


def _pick(some: Any, which: int) -> Any:
    return some[which % len(some)]


def _same(what: str, found: Any, expected: Any) -> None:
    """Fail with what only one side has: a helper, as pytest explains asserts of tests only."""
    if found == expected:
        return
    if isinstance(found, dict):
        only = {key: idr for key, idr in found.items() if expected.get(key) != idr}
        missing = {key: idr for key, idr in expected.items() if found.get(key) != idr}
        found, expected = only, missing
    raise AssertionError(f"{what}: the database has {found}, the model {expected}")


def _refused(answer: Any, name: str) -> bool:
    return isinstance(answer, BazaarError) and type(answer).__name__ == name


def machine_on(house: House) -> type[OrdersAndMoney]:
    """Return a machine of its own on a database, with a tally of its own."""
    return type("Machine", (OrdersAndMoney,), {"house": house, "tally": Tally()})
