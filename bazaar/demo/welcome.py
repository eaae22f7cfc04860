"""What `make run` prints: where to look and how to sign in."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import broadcast, editions, sellers
from bazaar.accounts import demo as committee
from bazaar.db import db
from bazaar.demo.evening import KEY
from bazaar.models import Checkout, Edition, Order, Seller
from bazaar.web import Services


def lines(services: Services, *, now: datetime) -> Sequence[str]:
    """Return the lines; codes of the second factor are good for a minute."""
    site = services.settings.public_url
    edition = editions.get_current()
    seller = somebody_busy(edition, now)
    order = db.session.scalars(
        sa.select(Checkout.key)
        .where(Checkout.key.startswith(f"{KEY}-unpaid"))
        .order_by(Checkout.placed_at.desc())
        .limit(1)
    ).first()
    rows = [
        ("Pasar (pembeli)", f"{site}/"),
        (f"Penjual: {seller.name}", f"{site}/u/{sellers.link_token(seller, services.links)}"),
        ("Panitia", f"{site}/masuk"),
    ]
    if order:
        token = services.links.token("order", order)
        rows.insert(1, ("Pesanan yang belum dibayar", f"{site}/o/{token}"))
    sign_ins = [
        f"    {one.email:<24} {one.code}   {one.name}"
        for one in committee.sign_ins(seals=services.seals, now=now)
    ]
    width = max(len(label) for label, _ in rows)
    return [
        "",
        "  Pasar Virtual — demo",
        *(f"  {label:<{width}}  {url}" for label, url in rows),
        "",
        f"  Masuk panitia, kata sandi semua: {committee.PASSWORD}",
        "    (kode sekali pakai berganti tiap 30 detik; yang berlaku tertulis di halaman masuk)",
        *sign_ins,
        "",
    ]


def somebody_busy(edition: Edition, now: datetime) -> Seller:
    """Return a seller with something to see: on air, then with the latest order."""
    channels = broadcast.now_and_next(edition, now=now)
    live = [channel.on_air.seller_id for channel in channels if channel.on_air]
    latest = (
        sa.select(sa.func.max(Order.placed_at))
        .where(Order.seller_id == Seller.id)
        .scalar_subquery()
    )
    query = sa.select(Seller).order_by(Seller.id.in_(live).desc(), latest.desc().nulls_last())
    return db.session.scalars(query.limit(1)).one()
