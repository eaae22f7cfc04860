"""Money that came: written down first, and kept; then its order is served, or a person is needed.

Serving is a step of its own: should it fail, the payment stands, and `settle_left` takes it up.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit, ledger
from bazaar.audit import CLOCK, Actor
from bazaar.db import db, insert_once, keep
from bazaar.ledger import Entry
from bazaar.models import (
    Book,
    Charge,
    MoneyCase,
    Order,
    OrderStatus,
    Payment,
    ReceivingAccount,
    StatementLine,
    Withdrawal,
)
from bazaar.payments import cases
from bazaar.payments.settling import settle_for
from bazaar.payments.sums import (
    Standing,
    counted_idr,
    due_of,
    lock_order,
    lock_payment,
    untouched,
)
from bazaar.rules.money import Outcome

PERSON = "person"
STATEMENT = "statement"
LEFT_ALONE = timedelta(seconds=30)
"""So long a payment may be on its way from being written down to being settled."""

LOOKED_BACK = timedelta(days=3)
AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """Money that came. `key` (at most 80 characters) makes it count once, whoever tells of it.

    `charge_id` or `order_id` is what it is for, if that is sure; `candidates` are the ids of
    orders it may be for. `rule` names what decided: M3 to M6 of a statement, gateway, person.
    """

    key: str
    amount_idr: int
    method: str
    source: str
    edition_id: int
    account_id: int | None = None
    charge_id: int | None = None
    order_id: int | None = None
    candidates: tuple[int, ...] = ()
    rule: str = PERSON
    paid_at: datetime | None = None
    payer: str = ""
    external_id: str = ""
    fee_idr: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The row of a payment and what it did."""

    payment_id: int
    outcome: Outcome


def receive(received: Received, *, actor: Actor, now: datetime, together: bool = False) -> Receipt:
    """Write down money that came, then serve its order or open the case that needs a person.

    The payment is kept before anything else is done, so what the caller did before is kept too.
    With `together` nothing is kept: for many lines in one transaction of the caller's, which is
    repeated as a whole (best in the order of the orders' ids). Never refuses odd money. The same
    key again is REPEATED unless nothing was decided about the payment yet; so is the line of a statement that shows what a person had
    confirmed: then the payment is that of the person.
    """
    received = _with_charge(received)
    if received.order_id is not None:
        lock_order(received.order_id)
        shown = _confirmed_before(received)
        if shown is not None:
            return Receipt(shown, Outcome.REPEATED)
    payment_id, written = _write(received, actor, now)
    inside = together or db.session().in_nested_transaction()
    if written and not inside:
        keep()
    outcome = settle(payment_id, received, actor=actor, now=now)
    if written and outcome is Outcome.REPEATED and received.source != PERSON:
        # Somebody who confirmed the same settled it in between.
        outcome = _outcome_of(payment_id)
    return Receipt(payment_id, outcome)


def confirm(
    charge: Charge, *, actor: Actor, now: datetime, note: str = "", together: bool = False
) -> Outcome:
    """Write down that the money of `charge` arrived, and serve its order if it still waits.

    With `together` nothing is kept before the caller's transaction ends, as in `receive`.
    Confirming again, two people at once, or a person after a statement, write one payment. An
    order that had ended stays so: the payment becomes a case that needs a person.
    """
    order = lock_order(charge.order_id)
    if _settle_what_waits(order, now):
        order = lock_order(charge.order_id)
    due = due_of(order)
    paid = order.status in {OrderStatus.PAID, OrderStatus.DONE}
    if paid and not due.missing_idr(counted_idr(order.id)):
        return Outcome.REPEATED
    undone = (
        sa.select(sa.func.count())
        .select_from(Withdrawal)
        .join(Payment, Payment.id == Withdrawal.payment_id)
    )
    times_undone = db.session.scalar(undone.where(Payment.charge_id == charge.id))
    again = f":{times_undone}" if times_undone else ""
    received = Received(
        key=f"confirmed:{charge.reference}{again}",
        amount_idr=charge.amount_idr,
        method=charge.method,
        source=PERSON,
        edition_id=order.edition_id,
        account_id=charge.account_id,
        charge_id=charge.id,
        order_id=order.id,
        note=note,
    )
    return receive(received, actor=actor, now=now, together=together).outcome


def settle(payment_id: int, received: Received, *, actor: Actor, now: datetime) -> Outcome:
    """Count a payment for its order and serve that, or open a case. Done before: REPEATED."""
    payment = lock_payment(payment_id)
    if not db.session.scalar(sa.select(untouched()).where(Payment.id == payment_id)):
        return Outcome.REPEATED
    if received.order_id is None:
        outcome = cases.open_for_nobody(payment, received.candidates, now=now)
        _note(payment, None, outcome, received, actor, now)
        return outcome
    order = lock_order(received.order_id)
    outcome = settle_for(
        payment, order, payment.amount_idr, rule=received.rule, actor=actor, now=now
    )
    _note(payment, order, outcome, received, actor, now)
    return outcome


def settle_left(now: datetime) -> int:
    """Settle payments that were written down and nothing more. Returns how many."""
    return _settle_each(
        sa.and_(
            Payment.received_at >= now - LOOKED_BACK,
            Payment.received_at < now - LEFT_ALONE,
        ),
        now,
    )


def _settle_what_waits(order: Standing, now: datetime) -> int:
    """Settle what has just been written down for the order by others. Returns how many."""
    return _settle_each(sa.and_(Charge.order_id == order.id, Payment.source != PERSON), now)


def _settle_each(which: sa.ColumnElement[bool], now: datetime) -> int:
    left = db.session.execute(
        sa.select(Payment.id, Payment.source, Charge.order_id)
        .outerjoin(Payment.charge)
        .where(which, untouched())
        .order_by(Payment.id)
        .limit(AT_ONCE)
    ).all()
    for payment_id, source, order_id in left:
        payment = db.session.get_one(Payment, payment_id)
        received = Received(
            key=payment.key,
            amount_idr=payment.amount_idr,
            method=payment.method,
            source=source,
            edition_id=payment.edition_id,
            order_id=order_id,
            rule=source,
        )
        settle(payment_id, received, actor=CLOCK, now=now)
    return len(left)


def _outcome_of(payment_id: int) -> Outcome:
    """Return what a payment did that is settled."""
    kind = db.session.scalars(
        sa.select(MoneyCase.kind)
        .where(MoneyCase.payment_id == payment_id)
        .order_by(MoneyCase.id)
        .limit(1)
    ).one_or_none()
    return Outcome(kind.value) if kind else Outcome.SERVED


def _with_charge(received: Received) -> Received:
    """Return it with the order of its request, or the request of its order."""
    if received.charge_id is not None:
        of = sa.select(Charge.order_id).where(Charge.id == received.charge_id)
        return replace(received, order_id=db.session.scalar(of))
    if received.order_id is None:
        return received
    same = sa.case((Charge.account_id == received.account_id, 0), else_=1)
    newest = (
        sa.select(Charge.id)
        .where(Charge.order_id == received.order_id)
        .order_by(same, Charge.id.desc())
        .limit(1)
    )
    return replace(received, charge_id=db.session.scalar(newest))


def _confirmed_before(received: Received) -> int | None:
    """Return the payment that a person confirmed and this line of a statement shows, if one."""
    if received.source != STATEMENT:
        return None
    known = sa.select(Payment.key).where(Payment.key == received.key)
    if db.session.scalar(known) is not None:
        return None
    shown = sa.exists().where(
        StatementLine.payment_id == Payment.id, StatementLine.undone_at.is_(None)
    )
    query = (
        sa.select(Payment.id)
        .join(Payment.charge)
        .where(
            Charge.order_id == received.order_id,
            Payment.source == PERSON,
            Payment.amount_idr == received.amount_idr,
            sa.or_(Payment.account_id == received.account_id, Payment.account_id.is_(None)),
            ~shown,
            ~sa.exists().where(Withdrawal.payment_id == Payment.id),
        )
        .order_by(Payment.id)
        .limit(1)
    )
    return db.session.scalar(query)


def _write(received: Received, actor: Actor, now: datetime) -> tuple[int, bool]:
    """Write the payment and what it does to the books; return its id and whether it is new."""
    written = insert_once(
        Payment,
        key=received.key,
        charge_id=received.charge_id,
        account_id=received.account_id,
        edition_id=received.edition_id,
        amount_idr=received.amount_idr,
        fee_idr=received.fee_idr,
        method=received.method,
        source=received.source,
        external_id=received.external_id,
        payer=received.payer,
        paid_at=received.paid_at,
        received_at=now,
        confirmed_by=actor.name,
        note=received.note,
    )
    payment_id = db.session.scalars(sa.select(Payment.id).where(Payment.key == received.key)).one()
    if written:
        seller_id = _seller_of(received)
        entries = [
            Entry(
                kind=kind,
                debit=debit,
                credit=credit,
                amount_idr=amount_idr,
                seller_id=seller_id,
                order_id=received.order_id,
                account_id=received.account_id,
                payment_id=payment_id,
                method=received.method,
            )
            for kind, debit, credit, amount_idr in (
                ("payment", Book.MONEY, Book.UNKNOWN, received.amount_idr),
                ("fee", Book.FEE, Book.MONEY, received.fee_idr),
            )
        ]
        ledger.book(received.edition_id, entries, now=now)
    return payment_id, written


def _seller_of(received: Received) -> int | None:
    if received.order_id is not None:
        return db.session.scalar(sa.select(Order.seller_id).where(Order.id == received.order_id))
    return db.session.scalar(
        sa.select(ReceivingAccount.seller_id).where(ReceivingAccount.id == received.account_id)
    )


def action_of(received: Received) -> str:
    """Return what the trail calls the writing down of it."""
    return "payment.confirm" if received.source == PERSON else "payment.receive"


def _note(
    payment: Payment,
    order: Standing | None,
    outcome: Outcome,
    received: Received,
    actor: Actor,
    now: datetime,
) -> None:
    audit.note(
        actor,
        action_of(received),
        f"order:{order.reference}" if order else f"payment:{payment.id}",
        now=now,
        amount_idr=payment.amount_idr,
        outcome=outcome.value,
        rule=received.rule,
        note=received.note,
    )
