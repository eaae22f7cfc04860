"""An evening with an overlay, for tests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bazaar.models import Channel, Edition, OverlayLink, Product, Seller, Turn
from bazaar.show import overlays
from bazaar.show.overlays import Look
from bazaar.web import services
from tests import builders as a


@dataclass
class Evening:
    """Batik is on for nine more minutes, coffee follows; both have goods."""

    edition: Edition
    batik: Seller
    kopi: Seller
    product: Product
    turns: list[Turn]
    link: OverlayLink

    @property
    def channel(self) -> Channel:
        return self.edition.channels[0]

    @property
    def path(self) -> str:
        return f"/overlay/{overlays.token_of(self.link, services().links)}"


def an_evening(
    now: datetime, *, begins: timedelta = timedelta(minutes=-6), **given: Any
) -> Evening:
    """Two turns of 15 minutes, the first `begins` after `now`; `given` are fields of the product."""
    edition = a.an_edition()
    starts_at = now + begins
    a.a_window(edition, opens_at=starts_at - timedelta(minutes=5), minutes=180)
    batik = a.a_seller(edition=edition, name="Batik Sekar Jagad", cluster="Batik")
    kopi = a.a_seller(
        edition=edition, name="Kopi Argopuro", cluster="Kopi & Kakao", district="Panti"
    )
    fields: dict[str, Any] = {
        "name": "Kain batik tulis motif tembakau",
        "claim_code": "B07",
        "price_idr": 275_000,
        "stock": 12,
    }
    product = a.a_product(seller=batik, **fields | given)
    a.a_product(seller=kopi, name="Kopi robusta 250 g", claim_code="K01", price_idr=48_000)
    release = a.a_release(edition)
    turns = [
        a.a_turn(release, seller, starts_at=starts_at + timedelta(minutes=15 * place))
        for place, seller in enumerate((batik, kopi))
    ]
    return Evening(edition, batik, kopi, product, turns, a_link(edition.channels[0], now))


def a_link(channel: Channel, now: datetime, **look: Any) -> OverlayLink:
    """An address of the channel's overlay that works."""
    return overlays.make(
        channel, "Laptop studio", Look(**look), links=services().links, actor=a.HOST, now=now
    )


def pages(edition: Edition, now: datetime) -> list[str]:
    """Pages of two addresses of the first channel: in English, and one that was revoked."""
    channel = edition.channels[0]
    link, other = a_link(channel, now, language="en"), a_link(channel, now)
    overlays.revoke(other, channel, actor=a.HOST, now=now)
    shown = f"/overlay/{overlays.token_of(link, services().links)}"
    at = f"/panitia/siaran/{channel.number}/overlay"
    overlay = [shown, *(f"{shown}/{page}" for page in ("bawah", "qr", "jeda", "keadaan"))]
    return [*overlay, at, f"{at}/baru", f"{at}/{link.id}", f"{at}/{other.id}"]
