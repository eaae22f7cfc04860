"""What `make run` prints: where to look and how to sign in."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import broadcast, editions, sellers
from bazaar.accounts import demo as committee
from bazaar.db import db
from bazaar.demo.evening import KEY
from bazaar.models import Checkout, Seller
from bazaar.web import Services


def lines(services: Services, *, now: datetime) -> Sequence[str]:
    """Return the lines; codes of the second factor are good for a minute."""
    site = services.settings.public_url
    edition = editions.get_current()
    seller = (
        next(
            (
                channel.on_air.seller
                for channel in broadcast.now_and_next(edition, now=now)
                if channel.on_air
            ),
            None,
        )
        or db.session.scalars(sa.select(Seller).order_by(Seller.id).limit(1)).one()
    )
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
