"""What an evening leaves around its money: proofs, stickers, who waits, a statement of a seller."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from PIL import Image

from bazaar import closings, payments, photos, settlement, times, waiting
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Edition, Order, Product, ReceivingAccount
from bazaar.views.buyer.order import family_key
from bazaar.web import services
from tests import builders as a

CHAIR = Actor("committee:2", "Ketua")


def around_money(edition: Edition, unpaid: Order, product: Product, now: datetime) -> list[str]:
    """Put a proof, a photographed sticker, somebody who waits, a closed day; return addresses."""
    folder = services().settings.instance_path / "money-photos"
    photo = photos.write(Image.new("RGB", (80, 80), "olive"), folder)
    proof = payments.proofs.send(unpaid.id, photo, "BRI", now=now)
    seller = product.seller
    with_photo = sa.update(ReceivingAccount).where(ReceivingAccount.seller_id == seller.id)
    db.session.execute(with_photo.values(photo=photo))
    account = payments.find_account(seller.id)
    assert account is not None
    return [
        f"/o/{a.order_token(unpaid)}/{unpaid.reference}/bukti/{proof.id}.webp",
        f"/bayar/{unpaid.reference}/{family_key(unpaid.reference)}",
        f"/panitia/uang/bukti/{proof.id}.webp",
        f"/u/{a.seller_token(seller)}/uang/bukti/{proof.id}.webp",
        f"/panitia/umkm/{seller.code}/rekening/{account.id}.webp",
        f"/u/{a.seller_token(seller)}/uang/rekening/{account.id}.webp",
        f"/t/{_somebody_waits(now)}",
        *_a_statement(edition, product, photo, now),
    ]


def _somebody_waits(now: datetime) -> str:
    who = waiting.Who(name="Siti", phone="+6281200000001")
    gone = a.a_product(stock=0)
    return waiting.join(gone, 1, who, key="malam", links=services().links, now=now)


def _a_statement(edition: Edition, product: Product, proof: str, now: datetime) -> list[str]:
    """Close the day, make the seller's statement and pay it out; return where it lies."""
    today = times.day_of(now, edition.zone)
    closings.prepare(edition, today, actor=a.HOST, now=now)
    closings.sign(edition, today, actor=CHAIR, now=now + timedelta(seconds=1))
    links = services().links
    made, _ = settlement.make(edition, today, links=links, actor=a.HOST, now=now)
    seller = product.seller
    mine = next(one for one in made if one.seller_id == seller.id)
    mine.proof = proof
    token = settlement.link_token(seller, mine.number, links)
    return [
        f"/panitia/perhitungan/{seller.code}/{mine.number}",
        f"/panitia/perhitungan/{seller.code}/{mine.number}.webp",
        "/panitia/perhitungan/transfer.csv",
        f"/lembar/{token}",
        f"/lembar/{token}.pdf",
        f"/lembar/{token}/bukti",
    ]
