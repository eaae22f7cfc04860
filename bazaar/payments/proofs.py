"""Pictures by which buyers say that money was sent. Claims: only looking at the account confirms.

The seller or the treasurer looks, and says that the money came (then every proof of the order is
answered, `settling`), or why not. A proof that nobody looked at is told of again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit, outbox
from bazaar.audit import BUYER, Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Order, OrderStatus, PaymentProof, Seller
from bazaar.payments.sums import lock_order

MOST = 5
"""So many pictures an order may get in all."""

REMIND_AFTER = timedelta(hours=6)
FORGET_AFTER = timedelta(days=3)
WANTED = (OrderStatus.UNPAID, OrderStatus.EXPIRED)
"""States of orders for which somebody may say that money was sent."""


class NoSuchProof(NotFound):
    """No proof has this number."""

    text = N_("Bukti pembayaran ini tidak ditemukan.")


class ProofNotWanted(Conflict):
    """The order does not wait for money."""

    text = N_("Pesanan ini tidak menunggu bukti pembayaran.")


class TooManyProofs(Conflict):
    """The order has as many pictures as are taken."""

    text = N_("Sudah cukup bukti untuk pesanan ini. Hubungi penjual bila belum dijawab.")


class AlreadySeen(Conflict):
    """Somebody has answered already."""

    text = N_("Bukti ini baru saja dijawab orang lain.")


def send(order_id: int, photo: str, note: str, *, now: datetime) -> PaymentProof:
    """Keep a buyer's picture for who looks after the money; tell the seller.

    The same picture again is the same proof, unless it was refused meanwhile. Raises ProofNotWanted, TooManyProofs.
    """
    order = lock_order(order_id)
    if order.status not in WANTED:
        raise ProofNotWanted
    sent = of_orders([order_id]).get(order_id, [])
    for known in sent:
        if known.photo == photo and known.accepted is not False and not known.photo_removed_at:
            return known
    if len(sent) >= MOST:
        raise TooManyProofs
    proof = PaymentProof(order_id=order_id, photo=photo, note=note, sent_at=now)
    db.session.add(proof)
    db.session.flush()
    audit.note(BUYER, "proof.send", f"order:{order.reference}", now=now, proof=proof.id)
    _tell(proof.id, order.seller_id, order.reference, "", now)
    return proof


def of_orders(order_ids: Sequence[int]) -> dict[int, list[PaymentProof]]:
    """Return the proofs of each order, oldest first."""
    query = (
        sa.select(PaymentProof)
        .where(PaymentProof.order_id.in_(order_ids))
        .order_by(PaymentProof.id)
    )
    found: dict[int, list[PaymentProof]] = {}
    for proof in db.session.scalars(query):
        found.setdefault(proof.order_id, []).append(proof)
    return found


def unseen(*, seller_id: int | None = None) -> sa.Select[PaymentProof]:
    """Return the query for proofs that nobody looked at whose orders wait, the oldest first."""
    query = (
        sa.select(PaymentProof)
        .join(PaymentProof.order)
        .options(
            joinedload(PaymentProof.order).joinedload(Order.seller),
            joinedload(PaymentProof.order).joinedload(Order.checkout),
        )
        .where(PaymentProof.seen_at.is_(None), Order.status.in_(WANTED))
        .order_by(PaymentProof.sent_at, PaymentProof.id)
    )
    return query if seller_id is None else query.where(Order.seller_id == seller_id)


def get(
    proof_id: int, *, seller_id: int | None = None, order_id: int | None = None
) -> PaymentProof:
    """Return a proof, of this seller or order if one is given. Raises NoSuchProof."""
    proof = db.session.get(PaymentProof, proof_id)
    if proof is None or seller_id not in {None, proof.order.seller_id}:
        raise NoSuchProof
    if order_id not in {None, proof.order_id}:
        raise NoSuchProof
    return proof


def refuse(proof: PaymentProof, answer: str, *, actor: Actor, now: datetime) -> None:
    """The money is not there: tell the buyer why in a sentence. Raises AlreadySeen."""
    lock_order(proof.order_id)
    won = claim(
        sa.update(PaymentProof)
        .where(PaymentProof.id == proof.id, PaymentProof.seen_at.is_(None))
        .values(seen_at=now, seen_by=actor.name, accepted=False, answer=answer)
    )
    if not won:
        raise AlreadySeen
    subject = f"order:{proof.order.reference}"
    audit.note(actor, "proof.refuse", subject, now=now, proof=proof.id, answer=answer)


def remind(now: datetime) -> int:
    """Write once more to sellers about proofs that nobody looked at. Returns how many letters."""
    waiting = unseen().where(
        PaymentProof.sent_at <= now - REMIND_AFTER, PaymentProof.sent_at > now - FORGET_AFTER
    )
    return sum(
        _tell(proof.id, proof.order.seller_id, proof.order.reference, ":lagi", now)
        for proof in db.session.scalars(waiting).all()
    )


def _tell(proof_id: int, seller_id: int, reference: str, again: str, now: datetime) -> bool:
    email = db.session.scalars(sa.select(Seller.email).where(Seller.id == seller_id)).one()
    subject = f"Bukti pembayaran {reference} menunggu Anda"
    text = (
        f"Pembeli pesanan {reference} mengirim bukti pembayaran. Periksa rekening atau aplikasi "
        "QRIS Anda, lalu jawab di halaman Pesanan pada tautan pribadi Anda."
    )
    return outbox.write(f"proof:{proof_id}{again}", email, subject, text, now=now)
