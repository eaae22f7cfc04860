"""What people do about money that does not fit. Whoever comes first decides; the next is told who.

Which action a case allows is in the table of `bazaar.rules.money`; where the goods could be had
once more is asked here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, orders
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import (
    Allocation,
    CaseKind,
    MoneyCase,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    Product,
    Refund,
)
from bazaar.orders import Served
from bazaar.payments import cases, short
from bazaar.payments.allocating import allocate, book_difference
from bazaar.payments.charges import copy_charge
from bazaar.payments.refunds import Back, TooMuchBack, give_back
from bazaar.payments.settling import settle_for, tell_seller
from bazaar.payments.sums import (
    Standing,
    counted_idr,
    due_of,
    free_of,
    is_withdrawn,
    lock_order,
    lock_payment,
    rest_of,
)
from bazaar.payments.taking_back import let_wait, refuse_given_back, take_back, wait_again
from bazaar.rules import money, references
from bazaar.rules.money import Action, Outcome, Ways

PERSON = "person"
LOOKED_BACK = timedelta(days=60)
AT_ONCE = 200


class NoSuchCase(NotFound):
    """No case has this number."""

    text = N_("Kasus uang ini tidak ditemukan.")


@dataclass(eq=False)
class CaseClosed(Conflict):
    """Somebody else has decided already."""

    who: str
    text = N_("Kasus ini baru saja diselesaikan oleh {who}. Tidak ada yang berubah.")


class NotAllowedHere(Conflict):
    """The case does not allow this, or not any more."""

    text = N_("Tindakan ini tidak (lagi) mungkin untuk kasus ini. Muat ulang halaman.")


class NoSuchOrder(Invalid):
    """No order has what was typed for a reference."""

    text = N_("Tidak ada pesanan dengan kode bayar itu. Periksa lagi hurufnya.")


class GoodsGone(Conflict):
    """The goods of the order cannot be had once more."""

    text = N_("Barang pesanan ini sudah tidak cukup. Kembalikan uangnya.")


def get_case(case_id: int) -> MoneyCase:
    """Return a case as it is now, its order too. Raises NoSuchCase."""
    query = sa.select(MoneyCase).where(MoneyCase.id == case_id).options(joinedload(MoneyCase.order))
    case = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if case is None:
        raise NoSuchCase
    return case


def ways_of(found: Collection[MoneyCase]) -> dict[int, Ways]:
    """Return what may be done about each of these open cases, by id."""
    left = _could_be_had([case.order_id for case in found if case.order_id])
    free = free_of([case.payment_id for case in found])
    return {
        case.id: _ways(
            case, goods_left=case.order_id in left, free_idr=free.get(case.payment_id, 0)
        )
        for case in found
    }


def assign(case_id: int, typed: str, *, actor: Actor, now: datetime) -> Outcome:
    """The money is for the order whose reference was typed, look-alikes put right.

    Where it does not fit there either a new case is opened. Raises NoSuchOrder, CaseClosed,
    NotAllowedHere.
    """
    reference = references.normalise(typed)
    order_id = db.session.scalar(sa.select(Order.id).where(Order.reference == reference))
    if order_id is None:
        raise NoSuchOrder
    case, payment = _lock(case_id, Action.ASSIGN, order_id)
    order = lock_order(order_id)
    free_idr = rest_of(payment).free_idr
    if not free_idr or order.edition_id != payment.edition_id:
        raise NotAllowedHere
    _close(case, Action.ASSIGN, actor, now, to=order.reference)
    return settle_for(payment, order, free_idr, rule=PERSON, actor=actor, now=now)


def accept(case_id: int, *, actor: Actor, now: datetime) -> None:
    """Let the difference be: too little pays the order, too much stays with the seller.

    Raises CaseClosed, NotAllowedHere, GoodsGone.
    """
    case, payment = _lock(case_id, Action.ACCEPT)
    order = _order_of(case)
    _close(case, Action.ACCEPT, actor, now)
    if case.kind is CaseKind.UNDER:
        if orders.serve(order.id, now=now) is not Served.PAID:
            raise GoodsGone
        book_difference(order, order.total_idr - counted_idr(order.id), now=now)
        tell_seller(order, now)
        return
    free_idr = rest_of(payment).free_idr
    allocate(payment, order, free_idr, rule=PERSON, actor=actor, now=now)
    book_difference(order, -free_idr, now=now)


def revive(case_id: int, *, actor: Actor, now: datetime) -> str:
    """Take the goods once more and send them; return the reference of the order that they go with.

    An expired order stays as it is: a copy of it is placed in its stead. What is too much or too
    little for it is a case of its own. Raises GoodsGone, CaseClosed, NotAllowedHere.
    """
    case, payment = _lock(case_id, Action.REVIVE)
    order = _order_of(case)
    if order.status is OrderStatus.EXPIRED:
        placed_id = orders.revive(order.id, now=now)
        if placed_id is None:
            raise GoodsGone
        copy_charge(order.id, placed_id, now=now)
        order = lock_order(placed_id)
    _close(case, Action.REVIVE, actor, now, to=order.reference)
    outcome = settle_for(
        payment, order, rest_of(payment).free_idr, rule=PERSON, actor=actor, now=now
    )
    if outcome is Outcome.SOLD_OUT:
        raise GoodsGone
    return order.reference


def give_case_back(
    case_id: int, amount_idr: int, how: Back, *, key: str, actor: Actor, now: datetime
) -> None:
    """Write down that the money of a case was given back, or part of it. `key` is the click's.

    Raises TooMuchBack, CaseClosed, NotAllowedHere.
    """
    if db.session.scalar(sa.select(Refund.id).where(Refund.key == key)):
        return
    case, payment = _lock(case_id, Action.GIVE_BACK)
    if case.kind is not CaseKind.UNDER:
        give_back(payment.id, amount_idr, how, key=key, actor=actor, now=now)
        return
    counted = _counted_of(_order_of(case))
    if amount_idr > sum(counted.values()):
        raise TooMuchBack(sum(counted.values()))
    for number, (payment_id, there_idr) in enumerate(sorted(counted.items())):
        part_idr = min(there_idr, amount_idr)
        if part_idr > 0:
            part_key = f"{key}-{number}" if number else key
            give_back(payment_id, part_idr, how, key=part_key, actor=actor, now=now)
            amount_idr -= part_idr
    if not counted_idr(_order_of(case).id):
        cases.close_all(payment.id, cases.GIVEN_BACK, actor=actor, now=now)


def contacted(case_id: int, note: str, *, actor: Actor, now: datetime) -> None:
    """Write down that somebody was asked; the case stays open. Raises as the others do."""
    case, _ = _lock(case_id, Action.CONTACT)
    told = {"at": now.isoformat(), "by": actor.name, "note": note}
    case.facts = case.facts | {"contacts": [*case.facts.get("contacts", ()), told]}
    _note(case, Action.CONTACT.value, actor, now, note=note)
    db.session.flush()


def not_ours(case_id: int, why: str, *, actor: Actor, now: datetime) -> None:
    """The money has nothing to do with the bazaar: it is booked out again.

    Raises CaseClosed, NotAllowedHere, WasGivenBack.
    """
    case, payment = _lock(case_id, Action.NOT_OURS)
    _close(case, Action.NOT_OURS, actor, now, note=why)
    take_back(payment.id, actor=actor, why=why, now=now)


def undo(case_id: int, *, actor: Actor, now: datetime) -> None:
    """Undo an assignment, or that too little was accepted; the money needs a person again.

    Raises NotAllowedHere if the case was not closed so or that no longer stands, WasGivenBack once
    money that was assigned has gone back, BuiltUpon once the order has gone on.
    """
    case = get_case(case_id)
    payment = lock_payment(case.payment_id)
    case = get_case(case_id)
    if not can_undo(case):
        raise NotAllowedHere
    if not claim(
        sa.update(MoneyCase)
        .where(MoneyCase.id == case.id, MoneyCase.action == case.action)
        .values(action=f"{case.action}-undone")
    ):
        raise NotAllowedHere
    if case.action == Action.ASSIGN.value:
        _unassign(payment, actor=actor, now=now)
    else:
        _ask_for_the_rest(_order_of(case), now=now)
    _note(case, "undo", actor, now, undone=case.action)


def _unassign(payment: Payment, *, actor: Actor, now: datetime) -> None:
    """Let a payment count for nothing again. Raises NotAllowedHere, WasGivenBack, BuiltUpon."""
    if is_withdrawn(payment.id):
        raise NotAllowedHere
    refuse_given_back(payment.id)
    cases.close_all(payment.id, cases.TAKEN_BACK, actor=actor, now=now)
    for order_id in sorted(rest_of(payment).orders):
        let_wait(payment, lock_order(order_id), actor=actor, now=now)
    cases.open_for_nobody(payment, (), now=now)


def _ask_for_the_rest(order: Standing, *, now: datetime) -> None:
    """Let an order wait for what was let be. Raises NotAllowedHere, BuiltUpon."""
    missing_idr = due_of(order).missing_idr(counted_idr(order.id))
    if order.status is OrderStatus.UNPAID or not missing_idr:
        raise NotAllowedHere
    wait_again(order, now=now)
    short.look_again(lock_order(order.id), now=now)


def can_undo(case: MoneyCase) -> bool:
    """Whether what was decided about a closed case can be undone, as far as the case tells."""
    accepted = case.action == Action.ACCEPT.value and case.kind is CaseKind.UNDER
    return case.closed_at is not None and (case.action == Action.ASSIGN.value or accepted)


def open_owed(now: datetime) -> int:
    """Open the cases of money for orders that were called off since. Returns how many."""
    back = (
        sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_idr), 0))
        .where(Refund.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    counted = (
        sa.select(sa.func.sum(Allocation.amount_idr))
        .where(Allocation.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    known = sa.exists().where(MoneyCase.order_id == Order.id, MoneyCase.closed_at.is_(None))
    query = (
        sa.select(Order.id)
        .where(
            Order.status.in_([OrderStatus.EXPIRED, OrderStatus.CANCELLED]),
            Order.release_at >= now - LOOKED_BACK,
            counted > back,
            ~known,
        )
        .order_by(Order.id)
        .limit(AT_ONCE)
    )
    opened = 0
    for order_id in db.session.scalars(query).all():
        order = lock_order(order_id)
        for payment_id, there_idr in _counted_of(order).items():
            payment = db.session.get_one(Payment, payment_id)
            cases.open_owed(payment, order_id, there_idr, now=now)
            opened += 1
    return opened


def _lock(case_id: int, action: Action, *orders_too: int) -> tuple[MoneyCase, Payment]:
    """Return a case and its payment as they stand, if the case allows the action; both locked."""
    payment = lock_payment(get_case(case_id).payment_id, *orders_too)
    case = get_case(case_id)
    if case.closed_at is not None:
        raise CaseClosed(case.closed_by)
    if action not in ways_of([case])[case.id]:
        raise NotAllowedHere
    return case, payment


def _ways(case: MoneyCase, *, goods_left: bool, free_idr: int) -> Ways:
    status = case.order.status if case.order else None
    ways = money.ways(
        Outcome(case.kind.value), status, stake_idr=case.amount_idr, goods_left=goods_left
    )
    if Action.ASSIGN in ways and not free_idr:
        ways = ways.without(Action.ASSIGN)
    return ways


def _could_be_had(order_ids: Collection[int]) -> set[int]:
    """Return which of these orders' goods are all there to be sold once more."""
    if not order_ids:
        return set()
    lacking = sa.func.sum(
        sa.case((sa.and_(Product.active, Product.stock >= OrderLine.quantity), 0), else_=1)
    )
    query = (
        sa.select(OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id.in_(set(order_ids)))
        .group_by(OrderLine.order_id)
        .having(lacking == 0)
    )
    return set(db.session.scalars(query))


def _order_of(case: MoneyCase) -> Standing:
    if case.order_id is None:
        raise NotAllowedHere
    return lock_order(case.order_id)


def _counted_of(order: Standing) -> dict[int, int]:
    """Return how much of which payment counts for an order still, by payment id."""
    payment_ids = db.session.scalars(
        sa.select(Allocation.payment_id).where(Allocation.order_id == order.id).distinct()
    ).all()
    counted = {key: counted_idr(order.id, key) for key in sorted(payment_ids)}
    return {key: amount_idr for key, amount_idr in counted.items() if amount_idr > 0}


def _close(
    case: MoneyCase, action: Action, actor: Actor, now: datetime, note: str = "", **facts: str
) -> None:
    """Close a case, or tell who was faster."""
    won = claim(
        sa.update(MoneyCase)
        .where(MoneyCase.id == case.id, MoneyCase.closed_at.is_(None))
        .values(closed_at=now, closed_by=actor.name, action=action.value, note=note)
    )
    if not won:
        raise CaseClosed(get_case(case.id).closed_by)
    _note(case, action.value, actor, now, note=note, **facts)


def _note(case: MoneyCase, action: str, actor: Actor, now: datetime, **facts: str) -> None:
    subject = f"order:{case.order.reference}" if case.order else f"payment:{case.payment_id}"
    audit.note(
        actor,
        f"case.{action}",
        subject,
        now=now,
        case=case.id,
        kind=case.kind.value,
        amount_idr=case.amount_idr,
        **facts,
    )
