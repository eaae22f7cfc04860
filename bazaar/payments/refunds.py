"""Money given back: recorded once it has been, with how, by whom and a proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit, ledger
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.ledger import Entry
from bazaar.models import Book, MoneyCase, Order, Payment, ReceivingAccount, Refund
from bazaar.payments import cases, short
from bazaar.payments.sums import Rest, lock_order, lock_payment, rest_of
from bazaar.rules.numbers import rupiah


@dataclass(eq=False)
class TooMuchBack(Conflict):
    """More was to be given back than is left of the payment."""

    left_idr: int
    left: str = ""
    text = N_("Dari pembayaran ini hanya {left} yang masih dapat dikembalikan.")

    def __post_init__(self) -> None:
        self.left = rupiah(self.left_idr)


@dataclass(frozen=True, slots=True)
class Back:
    """How money was given back: `reference` is that of the transfer, `proof` a picture's name."""

    method: str
    reference: str = ""
    note: str = ""
    proof: str | None = None


def give_back(
    payment_id: int, amount_idr: int, how: Back, *, key: str, actor: Actor, now: datetime
) -> Refund:
    """Write down that so much of a payment was given back; return its refund.

    First goes what counts for no order, then what counts for orders, one row each; the first is
    returned. `key` (at most 76 characters) makes it count once: the same again gives the same row.
    Cases of the payment are closed once nothing of what they were about is left. Raises
    TooMuchBack, NoSuchPayment.
    """
    payment = lock_payment(payment_id)
    known = db.session.scalars(sa.select(Refund).where(Refund.key == key)).one_or_none()
    if known is not None:
        return known
    rest = rest_of(payment)
    left_idr = rest.free_idr + sum(rest.orders.values())
    if not 0 < amount_idr <= left_idr:
        raise TooMuchBack(left_idr)
    refunds = [
        _write(payment, how, f"{key}:{number}" if number else key, part, actor, now)
        for number, part in enumerate(_parts(rest, amount_idr))
    ]
    audit.note(
        actor,
        "payment.give_back",
        subject_of(payment),
        now=now,
        amount_idr=amount_idr,
        method=how.method,
        reference=how.reference,
        note=how.note,
    )
    at_stake_idr = rest.free_idr or left_idr
    if amount_idr >= at_stake_idr:
        cases.close_all(payment.id, cases.GIVEN_BACK, actor=actor, now=now)
    else:
        cases.change_stake(payment.id, at_stake_idr - amount_idr)
    for order_id in sorted(rest.orders):
        short.look_again(lock_order(order_id), now=now)
    return refunds[0]


def _parts(rest: Rest, amount_idr: int) -> list[tuple[int | None, int]]:
    """Return from which order, None for none, how much is given back."""
    parts: list[tuple[int | None, int]] = []
    for order_id, there_idr in ((None, rest.free_idr), *sorted(rest.orders.items())):
        part_idr = min(there_idr, amount_idr)
        if part_idr > 0:
            parts.append((order_id, part_idr))
            amount_idr -= part_idr
    return parts


def _write(
    payment: Payment,
    how: Back,
    key: str,
    part: tuple[int | None, int],
    actor: Actor,
    now: datetime,
) -> Refund:
    order_id, amount_idr = part
    refund = Refund(
        key=key,
        order_id=order_id,
        payment_id=payment.id,
        account_id=payment.account_id,
        edition_id=payment.edition_id,
        amount_idr=amount_idr,
        method=how.method,
        reference=how.reference,
        proof=how.proof,
        note=how.note,
        given_at=now,
        given_by=actor.name,
    )
    db.session.add(refund)
    db.session.flush()
    entry = Entry(
        kind="refund",
        debit=Book.BUYER if order_id else Book.UNKNOWN,
        credit=Book.MONEY,
        amount_idr=amount_idr,
        seller_id=seller_of(payment, order_id),
        order_id=order_id,
        account_id=payment.account_id,
        payment_id=payment.id,
        refund_id=refund.id,
        method=how.method,
    )
    ledger.book(payment.edition_id, [entry], now=now)
    return refund


def given_back(payment_id: int) -> Sequence[Refund]:
    """Return what was given back of a payment, oldest first."""
    query = sa.select(Refund).where(Refund.payment_id == payment_id).order_by(Refund.id)
    return db.session.scalars(query).all()


def seller_of(payment: Payment, order_id: int | None) -> int | None:
    """Return whose books a payment is in: its order's seller, else its account's."""
    order_id = order_id or (payment.charge.order_id if payment.charge else None)
    if order_id is not None:
        return db.session.scalar(sa.select(Order.seller_id).where(Order.id == order_id))
    return db.session.scalar(
        sa.select(ReceivingAccount.seller_id).where(ReceivingAccount.id == payment.account_id)
    )


def subject_of(payment: Payment) -> str:
    """Return what the trail says a payment is about: its order if it has one."""
    case_of = (
        sa.select(Order.reference)
        .join(MoneyCase, MoneyCase.order_id == Order.id)
        .where(MoneyCase.payment_id == payment.id)
        .limit(1)
    )
    reference = payment.charge.order.reference if payment.charge else db.session.scalar(case_of)
    return f"order:{reference}" if reference else f"payment:{payment.id}"
