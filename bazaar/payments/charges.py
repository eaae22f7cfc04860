"""Asking buyers for money. A request is never changed: another way to pay is another request."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar.db import Prepared, db, insert_once
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import AccountKind, Charge, Order, OrderStatus, ReceivingAccount
from bazaar.orders import PlacedOrder
from bazaar.payments.accounts import Sticker, stickers_of
from bazaar.rules import qris
from bazaar.rules.qris import StickerRefused, TemplateFull

QRIS = "qris"
AGREED = "agreed"
"""The method of a payment that buyer and seller agreed on, where there was no code to scan."""


class NoSuchCharge(NotFound):
    """No request for money has this reference."""

    text = N_("Tagihan ini tidak ditemukan.")


class NoCode(NotFound):
    """There is nothing to scan for this order."""

    text = N_("Untuk pesanan ini tidak ada kode QR.")


class NotWaiting(Conflict):
    """The order does not wait for money, or not any more: nobody may scan its code."""

    text = N_("Pesanan ini tidak menunggu pembayaran lagi.")


class NotPriced(Conflict):
    """The shipping fee of the order is not known yet, so nobody knows what is to be paid."""

    text = N_("Ongkir pesanan ini belum ditetapkan, jadi belum ada yang harus dibayar.")


def ask_for(
    placed: Sequence[PlacedOrder], *, now: datetime, qris_max_idr: int, dynamic: bool = True
) -> None:
    """Write a request for the exact total of each order that has just been placed.

    An order whose fee is still to be worked out gets none, nor one whose seller has no sticker or
    whose total is above `qris_max_idr`:
    its buyer and seller must agree on another way. With `dynamic` off the code is the sticker
    itself, and the buyer types the amount.
    """
    accounts = stickers_of({order.seller_id for order in placed})
    rows = [
        {
            "order_id": order.id,
            "account_id": accounts[order.seller_id].id,
            "reference": order.reference,
            "method": QRIS,
            "full_idr": order.total_idr,
            "unique_idr": 0,
            "amount_idr": order.total_idr,
            "qr_payload": _payload(accounts[order.seller_id], order, qris_max_idr, dynamic=dynamic),
            "created_at": now,
        }
        for order in placed
        if order.seller_id in accounts and order.total_idr <= qris_max_idr and not order.quoting
    ]
    if rows:
        _CHARGE.run_each(rows)


def find_charges(order_ids: Sequence[int]) -> dict[int, Charge]:
    """Return the newest request for each of these orders by order id, with its account.

    Requests by gateways do not count. Payments are loaded with it; those of an order's other
    requests are not among them.
    """
    query = (
        sa.select(Charge)
        .outerjoin(Charge.account)
        .where(
            Charge.order_id.in_(order_ids),
            sa.or_(Charge.account_id.is_(None), ReceivingAccount.kind != AccountKind.GATEWAY),
        )
        .options(contains_eager(Charge.account), selectinload(Charge.payments))
        .order_by(Charge.id)
    )
    return {charge.order_id: charge for charge in db.session.scalars(query)}


def get_charge(reference: str) -> Charge:
    """Return the request with this reference, order and account loaded. Raises NoSuchCharge."""
    query = (
        sa.select(Charge)
        .where(Charge.reference == reference)
        .options(joinedload(Charge.order).joinedload(Order.seller), joinedload(Charge.account))
    )
    charge = db.session.scalars(query).one_or_none()
    if charge is None:
        raise NoSuchCharge
    return charge


def get_codes(order: Order, *, now: datetime) -> tuple[str, str]:
    """Return what the buyer of `order` may scan now: its own code, and the seller's sticker.

    The sticker is the one in use when the order was placed. Raises NotWaiting from the buyer's
    deadline on, NoCode where the seller had no sticker or the total was above the limit.
    """
    if order.status is not OrderStatus.UNPAID or now >= order.pay_before:
        raise NotWaiting
    query = (
        sa.select(Charge)
        .join(Charge.account)
        .where(
            Charge.order_id == order.id,
            Charge.qr_payload != "",
            ReceivingAccount.kind == AccountKind.QRIS,
        )
        .options(joinedload(Charge.account))
        .order_by(Charge.id.desc())
        .limit(1)
    )
    charge = db.session.scalars(query).one_or_none()
    if charge is None or charge.account is None:
        raise NoCode
    return charge.qr_payload, charge.account.payload


def charge_of(order: Order, *, now: datetime) -> Charge:
    """Return the newest request for the money of `order`; write one without a code if none is.

    For the money of an order whose buyer and seller had to agree on another way. Raises NotPriced.
    """
    if order.status is OrderStatus.QUOTING:
        raise NotPriced
    newest = find_charges([order.id]).get(order.id)
    if newest is not None:
        return newest
    insert_once(
        Charge,
        order_id=order.id,
        reference=order.reference,
        method=AGREED,
        full_idr=order.total_idr,
        unique_idr=0,
        amount_idr=order.total_idr,
        qr_payload="",
        created_at=now,
    )
    return get_charge(order.reference)


def copy_charge(order_id: int, copy_id: int, *, now: datetime) -> None:
    """Ask for an order's money as for that of the order it copies; there is nothing to scan."""
    asked = find_charges([order_id]).get(order_id)
    if asked is None:
        return
    reference = db.session.scalars(sa.select(Order.reference).where(Order.id == copy_id)).one()
    insert_once(
        Charge,
        order_id=copy_id,
        account_id=asked.account_id,
        reference=reference,
        method=asked.method,
        full_idr=asked.full_idr,
        unique_idr=asked.unique_idr,
        amount_idr=asked.amount_idr,
        qr_payload="",
        created_at=now,
    )


_CHARGE = Prepared(sa.insert(Charge).inline())


def _payload(account: Sticker, order: PlacedOrder, limit_idr: int, *, dynamic: bool) -> str:
    """Return the code for `order`: as exact as the sticker allows, in doubt the sticker itself."""
    if not dynamic:
        return account.payload
    for reference in (order.reference, None):
        try:
            return qris.make_dynamic(
                account.payload, order.total_idr, reference, limit_idr=limit_idr
            )
        except TemplateFull:
            continue
        except StickerRefused:
            break
    return account.payload
