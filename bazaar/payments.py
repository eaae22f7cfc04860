"""Asking buyers for money, and writing down what came.

The default needs no contract: the seller's own QRIS sticker becomes a code with the exact amount
and the order's reference, and the money goes straight to the seller. Somebody who has seen it
arrive confirms it. What came is written down first and whatever happens; then the order is served.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from bazaar import audit, orders, outbox
from bazaar.audit import Actor
from bazaar.db import Prepared, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import Charge, Order, OrderStatus, Payment, ReceivingAccount, Seller
from bazaar.orders import PlacedOrder
from bazaar.rules import qris
from bazaar.rules.qris import QrisRejected, StickerRefused, TemplateFull

QRIS = "qris"
AGREED = "agreed"
"""The method of a payment that buyer and seller agreed on, where there was no code to scan."""


class Outcome(enum.Enum):
    """What confirming a payment did. The value is for the trail."""

    SERVED = "served"
    """The order waited for it and is paid now."""
    LATE = "late"
    """The order had ended or been paid; the payment stands and needs a person."""
    REPEATED = "repeated"
    """It had been confirmed before; nothing was done."""


@dataclass(eq=False)
class StickerRejected(Invalid):
    """The text is no seller's QRIS sticker; `code` says why, as `rules.qris.inspect` does."""

    code: str

    def __post_init__(self) -> None:
        self.text = qris.REJECTIONS[self.code]  # type: ignore[misc]


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


def enrol(seller_id: int, payload: str, *, actor: Actor, now: datetime) -> ReceivingAccount:
    """Put a seller's sticker into use; the one before is kept as replaced.

    The same sticker again changes nothing. Raises StickerRejected.
    """
    info = qris.inspect(payload)
    if isinstance(info, QrisRejected):
        raise StickerRejected(info.code)
    current = find_account(seller_id)
    if current is not None:
        if current.payload == info.payload:
            return current
        current.replaced_at = now
        db.session.flush()
    account = ReceivingAccount(
        seller_id=seller_id,
        payload=info.payload,
        merchant_name=info.name,
        merchant_city=info.city,
        nmid=info.nmid or "",
        proposed_by=actor.name,
        added_at=now,
        approved_by=actor.name,
        approved_at=now,
    )
    db.session.add(account)
    db.session.flush()
    seller = db.session.get_one(Seller, seller_id)
    audit.note(
        actor,
        "account.replace" if current else "account.enrol",
        f"seller:{seller.code}",
        now=now,
        merchant_name=info.name,
        nmid=info.nmid,
    )
    return account


def find_account(seller_id: int) -> ReceivingAccount | None:
    """Return the sticker the seller receives money by, or None."""
    query = sa.select(ReceivingAccount).where(
        ReceivingAccount.seller_id == seller_id, ReceivingAccount.replaced_at.is_(None)
    )
    return db.session.scalars(query).one_or_none()


def with_sticker(seller_ids: Sequence[int]) -> set[int]:
    """Return which of these sellers have a sticker in use."""
    return set(_accounts_of(set(seller_ids)))


def ask_for(
    placed: Sequence[PlacedOrder], *, now: datetime, qris_max_idr: int, dynamic: bool = True
) -> None:
    """Write a request for the exact total of each order that has just been placed.

    An order whose fee is still to be worked out gets none, nor one whose seller has no sticker or
    whose total is above `qris_max_idr`:
    its buyer and seller must agree on another way. With `dynamic` off the code is the sticker
    itself, and the buyer types the amount.
    """
    accounts = _accounts_of({order.seller_id for order in placed})
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
    """Return the requests for these orders by order id, with accounts and payments loaded."""
    query = (
        sa.select(Charge)
        .where(Charge.order_id.in_(order_ids))
        .options(joinedload(Charge.account), selectinload(Charge.payments))
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
    charge = find_charges([order.id]).get(order.id)
    if charge is None or charge.account is None:
        raise NoCode
    return charge.qr_payload, charge.account.payload


def charge_of(order: Order, *, now: datetime) -> Charge:
    """Return the request for the money of `order`; write one without a code if there is none.

    For the money of an order whose buyer and seller had to agree on another way. Raises NotPriced.
    """
    if order.status is OrderStatus.QUOTING:
        raise NotPriced
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


def confirm(charge: Charge, *, actor: Actor, now: datetime, note: str = "") -> Outcome:
    """Write down that the money of `charge` arrived, and serve its order if it still waits.

    Confirming again, or two people at once, writes one payment. An order that expired or was
    cancelled before stays so (LATE): the payment shows up among those that need a person.
    """
    written = insert_once(
        Payment,
        key=f"confirmed:{charge.reference}",
        charge_id=charge.id,
        account_id=charge.account_id,
        edition_id=charge.order.edition_id,
        amount_idr=charge.amount_idr,
        fee_idr=0,
        method=charge.method,
        source="person",
        external_id="",
        payer="",
        received_at=now,
        confirmed_by=actor.name,
        note=note,
    )
    if not written:
        return Outcome.REPEATED
    served = orders.mark_paid(charge.order_id, now=now)
    outcome = Outcome.SERVED if served else Outcome.LATE
    audit.note(
        actor,
        "payment.confirm",
        f"order:{charge.reference}",
        now=now,
        amount_idr=charge.amount_idr,
        outcome=outcome.value,
        note=note,
    )
    if served:
        _tell_seller(charge.order, now)
    return outcome


def late() -> sa.Select[Payment]:
    """Return the query for payments that need a person, latest first: their orders had ended."""
    return (
        _with_orders()
        .where(Order.status.in_([OrderStatus.EXPIRED, OrderStatus.CANCELLED]))
        .order_by(Payment.received_at.desc(), Payment.id.desc())
    )


def received(start: datetime, end: datetime) -> sa.Select[Payment]:
    """Return the query for payments written down between the instants, latest first."""
    return (
        _with_orders()
        .where(Payment.received_at >= start, Payment.received_at < end)
        .order_by(Payment.received_at.desc(), Payment.id.desc())
    )


def _with_orders() -> sa.Select[Payment]:
    order = contains_eager(Payment.charge).contains_eager(Charge.order)
    return (
        sa.select(Payment)
        .join(Payment.charge)
        .join(Charge.order)
        .options(order.joinedload(Order.seller), order.joinedload(Order.checkout))
    )


def _tell_seller(order: Order, now: datetime) -> None:
    outbox.write(
        f"paid:{order.reference}",
        order.seller.email,
        f"Pesanan {order.reference} sudah dibayar",
        f"Pesanan {order.reference} sudah dibayar. Silakan dikemas; daftarnya ada di "
        "halaman Kemas pada tautan pribadi Anda.",
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _InUse:
    """A sticker in use, as far as asking for money needs it."""

    id: int
    payload: str


# Placing an order runs these: compiled once.
_CHARGE = Prepared(sa.insert(Charge).inline())
_IN_USE = sa.select(
    ReceivingAccount.seller_id, ReceivingAccount.id, ReceivingAccount.payload
).where(
    ReceivingAccount.seller_id.in_(sa.bindparam("sellers", expanding=True)),
    ReceivingAccount.replaced_at.is_(None),
)


def _accounts_of(seller_ids: set[int]) -> dict[int, _InUse]:
    rows = db.session.connection().execute(_IN_USE, {"sellers": list(seller_ids)})
    return {seller_id: _InUse(account_id, payload) for seller_id, account_id, payload in rows}


def _payload(account: _InUse, order: PlacedOrder, limit_idr: int, *, dynamic: bool) -> str:
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
