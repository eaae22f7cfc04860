"""The ways to pay an order, among which its buyer chooses: each is a request of its own.

An older request stays payable: money for it is counted like any other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar.db import db, insert_once
from bazaar.errors import N_, NotFound
from bazaar.models import (
    AccountKind,
    Charge,
    ChargeAmount,
    Edition,
    Order,
    OrderStatus,
    ReceivingAccount,
)
from bazaar.ordering import charging
from bazaar.ordering.charging import Charging
from bazaar.payments.accounts import BY_HAND, accounts_in_use, find_account
from bazaar.payments.charges import NotWaiting
from bazaar.payments.sums import counted_idr

NO_LIMIT_IDR = 10_000_000_000
AT_ONCE = 2_000


class NoSuchMethod(NotFound):
    """The seller does not receive money this way."""

    text = N_("Penjual ini tidak menerima pembayaran dengan cara itu.")


def choose(order: Order, kind: AccountKind, how: Charging, *, now: datetime) -> Charge:
    """Ask for the money of an order by another of the seller's accounts; return the request.

    Chosen again, it is the same request. Raises NotWaiting from the buyer's deadline on, and
    NoSuchMethod.
    """
    if order.status is not OrderStatus.UNPAID or now >= order.pay_before:
        raise NotWaiting
    account = find_account(order.seller_id, kind) if kind in BY_HAND else None
    if account is None or (kind is AccountKind.QRIS and order.total_idr > how.qris_max_idr):
        raise NoSuchMethod
    # In line with whoever places orders at this account: its amounts are given out one by one.
    held = sa.select(ReceivingAccount.id).where(ReceivingAccount.id == account.id)
    db.session.execute(held.with_for_update(key_share=True))
    known = sa.select(Charge).where(Charge.order_id == order.id, Charge.account_id == account.id)
    charge = db.session.scalars(known.order_by(Charge.id.desc()).limit(1)).one_or_none()
    reference = f"{order.reference}-{account.kind.value[0].upper()}{account.id}"
    return charge or _ask(order, account, how, now, reference=reference)


def ask(order: Order, how: Charging, *, now: datetime) -> None:
    """Ask for the money of an order that has just got its price, as orders ask when placed.

    By the seller's sticker, with a unique code. Nothing is asked for where there is no sticker or
    the total is above the limit: buyer and seller then agree on another way.
    """
    account = find_account(order.seller_id, AccountKind.QRIS)
    if account is not None and order.total_idr <= how.qris_max_idr:
        _ask(order, account, how, now, reference=order.reference)


def charges_of(order_ids: Sequence[int]) -> dict[int, list[Charge]]:
    """Return the requests of each order at its seller's accounts, newest first, accounts loaded."""
    query = (
        sa.select(Charge)
        .outerjoin(Charge.account)
        .where(
            Charge.order_id.in_(order_ids),
            sa.or_(Charge.account_id.is_(None), ReceivingAccount.kind != AccountKind.GATEWAY),
        )
        .options(joinedload(Charge.account))
        .order_by(Charge.id.desc())
    )
    found: dict[int, list[Charge]] = {}
    for charge in db.session.scalars(query):
        found.setdefault(charge.order_id, []).append(charge)
    return found


def ways_to_pay(orders: Sequence[Order]) -> dict[int, list[ReceivingAccount]]:
    """Return by order id the accounts that its seller receives money by now, stickers first."""
    known = accounts_in_use([order.seller_id for order in orders])
    return {order.id: known.get(order.seller_id, []) for order in orders}


def release_amounts(now: datetime) -> int:
    """Let amounts be asked for again whose time of grace is over. Returns how many."""
    due = (
        sa.select(ChargeAmount.charge_id)
        .where(ChargeAmount.released_at.is_(None), ChargeAmount.free_at <= now)
        .order_by(ChargeAmount.charge_id)
        .limit(AT_ONCE)
    )
    released = db.session.execute(
        sa.update(ChargeAmount)
        .where(ChargeAmount.charge_id.in_(due), ChargeAmount.released_at.is_(None))
        .values(released_at=now),
        execution_options={"synchronize_session": False},
    )
    count: int = released.rowcount  # type: ignore[attr-defined]
    return count


def _ask(
    order: Order, account: ReceivingAccount, how: Charging, now: datetime, *, reference: str
) -> Charge:
    edition = db.session.get_one(Edition, order.edition_id)
    limit_idr = how.qris_max_idr if account.kind is AccountKind.QRIS else NO_LIMIT_IDR
    unique_idr = 0
    sign = 0 if account.kind is AccountKind.OTHER else charging.sign_of(edition.unique_codes)
    # Asked for less, an order that was paid in part would wait for less than its case says.
    if sign and not counted_idr(order.id):
        total = (account.id, order.total_idr)
        codes = charging.codes_for([total], sign=sign, limit_idr=limit_idr)
        unique_idr = codes.draw(*total)
    amount_idr = order.total_idr - unique_idr
    payload = ""
    if account.kind is AccountKind.QRIS:
        dynamic = how.dynamic and edition.dynamic_qris
        payload = charging.payload_for(
            account.payload, amount_idr, order.reference, limit_idr=limit_idr, dynamic=dynamic
        )
    insert_once(
        Charge,
        order_id=order.id,
        account_id=account.id,
        reference=reference,
        method=account.kind.value,
        full_idr=order.total_idr,
        unique_idr=unique_idr,
        amount_idr=amount_idr,
        qr_payload=payload,
        created_at=now,
    )
    charge = db.session.scalars(sa.select(Charge).where(Charge.reference == reference)).one()
    if unique_idr:
        free_at = order.release_at + how.grace
        db.session.add(
            ChargeAmount(
                charge_id=charge.id,
                account_id=account.id,
                amount_idr=amount_idr,
                free_at=max(free_at, now + timedelta(days=1)),
            )
        )
        db.session.flush()
    return charge
