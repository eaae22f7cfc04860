"""The first load of a public page stays under 100 kB in all, on a phone with an empty cache."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from PIL import Image

from bazaar import photos, times
from bazaar.db import transaction
from bazaar.demo.photos import draw
from bazaar.models import Product, Seller
from bazaar.web import services
from tests import builders as a
from tests.browser import Visitors

MOST = 100_000
GOODS = 8
"""So many products has each seller who is on air."""
STALLS = 30


def pictures() -> Iterator[Image.Image]:
    """Pictures as heavy as the sizes allow, all different: some drawings, turned around."""
    for number in count():
        picture = draw("Kain batik tulis", "Batik", seed=number)
        for degrees in (0, 90, 180, 270):
            yield picture.rotate(degrees)


def an_evening_with_photos() -> dict[str, str]:
    """Two channels on air, many stalls, a photo for each product; return where to look."""
    now = times.now()
    folder = services().settings.instance_path / "photos"
    drawn = pictures()

    def goods(seller: Seller, pieces: int) -> list[Product]:
        return [
            a.a_product(seller=seller, photo=photos.write(next(drawn), folder))
            for _ in range(pieces)
        ]

    edition = a.an_edition(channels=2)
    release = a.a_release(edition)
    sellers = [a.a_seller(edition=edition) for _ in range(STALLS)]
    first, second = edition.channels
    for channel, seller in ((first, sellers[0]), (second, sellers[1])):
        a.a_sticker(seller)
        a.a_turn(release, seller, starts_at=now - timedelta(minutes=5), channel=channel)
    for number, seller in enumerate(sellers[2:]):
        starts_at = now + timedelta(minutes=10 + 15 * number)
        a.a_turn(release, seller, starts_at=starts_at, channel=edition.channels[number % 2])
        goods(seller, 1)
    on_air = goods(sellers[0], GOODS)
    goods(sellers[1], GOODS)
    order = a.an_order(*on_air[:3], at=now)
    return {
        "home": "/",
        "channel": "/live/1",
        "stalls": "/lapak",
        "stall": f"/s/{sellers[0].slug}",
        "product": f"/b/{on_air[0].claim_code}",
        "schedule": "/jadwal",
        "order": f"/o/{a.order_token(order)}",
    }


def first_load(visitors: Visitors, path: str) -> dict[str, int]:
    """Return the bytes that came over the wire, headers included, by address."""
    page = visitors.open("phone")
    wire = page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    came: dict[str, int] = {}
    wire.on(
        "Network.responseReceived",
        lambda event: addresses.update({event["requestId"]: event["response"]["url"]}),
    )
    wire.on(
        "Network.loadingFinished",
        lambda event: came.update({event["requestId"]: int(event["encodedDataLength"])}),
    )
    wire.send("Network.enable")
    page.goto(path, wait_until="networkidle")
    page.close()
    return {addresses[number]: size for number, size in came.items()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_first_load_is_under_100_kb(app: Flask, visitors: Visitors) -> None:
    with transaction():
        pages = an_evening_with_photos()

    loads = {name: first_load(visitors, path) for name, path in pages.items()}

    heavy = {name: came for name, came in loads.items() if sum(came.values()) >= MOST}
    assert heavy == {}
    heaviest = max(loads["stalls"], key=lambda url: loads["stalls"][url])
    assert heaviest.endswith("app.css")  # the pictures of a list come in its own small size
    assert any("-640.webp" in url for url in loads["product"])
