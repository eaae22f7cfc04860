"""A small evening with something on every page, and a walk over all of its pages."""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from bazaar import (
    audit,
    baskets,
    bookings,
    gateways,
    imports,
    label_sheets,
    manifests,
    orders,
    payments,
    photos,
    rates,
    shipments,
    statements,
    times,
)
from bazaar.accounts import members
from bazaar.db import db
from bazaar.imports.rate_lists import RATES
from bazaar.models import (
    ClosedKind,
    ClosedTime,
    DrawStage,
    Edition,
    MoneyCase,
    Parcel,
    Product,
    Release,
    RequestKind,
    RequestState,
    Role,
    StatementImport,
    TurnRequest,
)
from bazaar.ports import ChargeWish, GatewayCharge
from bazaar.routes import ROUTES
from bazaar.rules import sheets
from bazaar.rules.label_layouts import Layout
from bazaar.rules.rotation.format import canonical, digest
from bazaar.rules.sheets import Sheet
from bazaar.rules.shipping import Free
from bazaar.web import services
from tests import builders as a
from tests import lists, overlays
from tests.show import cueing
from tests.statement_files import a_file
from tests.web.evening_money import around_money

START = ("/", "/lapak", "/jadwal", "/keranjang", "/masuk")
CHOSEN = ("/panitia/penyelenggaraan/tutup?lihat=tetap", "/panitia/undian/1")
"""Views of a page that hold links which the first one has not."""
MENU = [route.path for route in ROUTES if route.method == "GET" and "<" not in route.path]
LINKS = re.compile(
    r'(?:href|src|data-refresh|data-poll|data-shipping-url|data-places-url)="([^"#][^"]*)"'
)
CALENDAR = re.compile(r"^webcal://[^/]*")
FORMS = re.compile(r"<form([^>]*)>(.*?)</form>", re.DOTALL)
FIELDS = re.compile(r"<(?:input|select|textarea|button)[^>]*\bname=\"([^\"]+)\"[^>]*>")
VALUE = re.compile(r'\bvalue="([^"]*)"')


def an_evening() -> list[str]:
    """Put something on every page; return where a buyer and two sellers begin."""
    now = times.now().replace(second=0, microsecond=0)
    edition = a.an_edition(channels=2)
    a.a_window(edition, opens_at=now - timedelta(hours=1), minutes=180)
    batik, kopi = (a.a_seller(edition=edition) for _ in range(2))
    for seller in (batik, kopi):
        a.a_sticker(seller)
    release = a.a_release(edition)
    a.a_turn(release, batik, starts_at=now - timedelta(minutes=5))
    a.a_turn(release, kopi, starts_at=now + timedelta(minutes=15))
    products = [a.a_product(seller=batik), a.a_product(seller=batik), a.a_product(seller=kopi)]
    unpaid = a.an_order(*products, at=now)
    paid = a.an_order(products[0], at=now)
    payments.confirm(payments.charge_of(paid, now=now), actor=a.HOST, now=now)
    parcel = a.a_parcel(products[2], paid_at=now)
    basket, token = baskets.open_basket(source="link", now=now)
    baskets.add(basket, {products[0].id: 2}, now=now)
    audit.note(audit.CLOCK, "order.expire", f"order:{unpaid.reference}", now=now)
    a_rotation(edition, release, now)
    courier = a_hand_over(products[2], now)
    parcels = a_packing(products[0], now)
    complaint = a_complaint(products[1], now)
    money = around_money(edition, unpaid, products[0], now)
    drafts = [*money, *some_lists(now), *some_money(products[0], now), a_code(products[1], now)]
    drafts += overlays.pages(edition, now)
    drafts += cueing.pages(kopi, now)
    guest = members.invite("tamu@contoh.id", "Tamu", {Role.HOST}, by=a.HOST, now=now)
    links = [
        *START,
        *CHOSEN,
        *drafts,
        f"/undangan/{guest}",
        f"/k/{token}/pesan",
        *(f"/panitia/paket/{one.code}" for one in parcels),
        *(f"/o/{a.order_token(order)}" for order in (unpaid, paid, parcel.order, complaint.order)),
        f"/o/{a.order_token(complaint.order)}/{complaint.order.reference}/paket/1",
        f"/k/{token}",
        f"/m/{courier}",
        f"/api/v1/stalls/{batik.slug}",
        f"/api/v1/products/{products[0].claim_code}",
        f"/api/v1/orders/{a.order_token(paid)}",
        f"/u/{a.seller_token(batik)}",
        f"/u/{a.seller_token(kopi)}",
    ]
    db.session.commit()
    return links


def a_code(product: Product, now: datetime) -> str:
    """An order with an open code of a payment gateway; return the address of its picture."""
    order = a.an_order(product, at=now)
    gateways.want(order, "midtrans", now=now, limit_idr=order.total_idr)
    attempt = gateways.latest([order.id])[order.id]
    wish = ChargeWish(attempt.key, attempt.amount_idr, "", now, order.pay_before)
    task = gateways.AskTask(attempt.id, "midtrans", wish, GatewayCharge("4dac", "0002010102"))
    gateways.close(task, None, now=now)
    return f"/o/{a.order_token(order)}/{order.reference}/otomatis.png"


def a_hand_over(product: Product, now: datetime) -> str:
    """An open list, and one that waits for the courier's signature; return its token."""
    links, day = services().links, times.day_of(now, times.WIB)
    parcel = a.a_parcel(product, paid_at=now)
    shipments.pack(parcel, actor=a.HOST, now=now)
    manifests.make("JNE", day, links=links, actor=a.HOST, now=now)
    manifest = manifests.make("JNE", day, links=links, actor=a.HOST, now=now)
    manifests.scan(manifest, parcel.code, actor=a.HOST, now=now)
    manifests.lock(manifest, actor=a.HOST, now=now)
    return manifests.link_of(manifest, links)


def a_packing(product: Product, now: datetime) -> list[Parcel]:
    """A packed parcel with its photo that waits for a provider's courier, another free to book.

    Beside them a sheet of labels, a rule of free shipping, a parcel that left, and its fee.
    """
    folder = services().settings.instance_path
    picture = Image.new("RGB", (80, 80), "teal")
    product.photo = photos.write(picture, folder / "photos")
    waiting, free, gone = (a.a_parcel(product, paid_at=now) for _ in range(3))
    for parcel in (waiting, free, gone):
        shipments.pack(parcel, actor=a.HOST, now=now)
        name = photos.write(picture, folder / "parcel-photos")
        shipments.packing.set_photo(parcel, name, actor=a.HOST, now=now)
    wish = bookings.Wish("biteship", waiting.courier, "jne", "reg")
    bookings.want(waiting, wish, actor=a.HOST, now=now)
    bookings.want(gone, bookings.Wish(bookings.MANUAL, gone.courier), actor=a.HOST, now=now)
    shipments.hand_over(gone, gone.courier, "JX1300026767", actor=a.HOST, now=now)
    for seller_id in (None, product.seller_id):
        label_sheets.make([free.code], Layout.THERMAL, seller_id=seller_id, actor=a.HOST, now=now)
    rates.set_free(Free("35", None, 100_000, None), actor=a.HOST, now=now)
    return [waiting, free, gone]


def a_complaint(product: Product, now: datetime) -> Parcel:
    """Something is wrong with a parcel that arrived; the buyer sends a photo of it."""
    parcel = a.a_parcel(product, paid_at=now, resi="JX1300026768")
    shipments.deliver(parcel, actor=a.HOST, now=now)
    folder = services().settings.instance_path / "problem-photos"
    name = photos.write(Image.new("RGB", (80, 80), "maroon"), folder)
    shipments.problems.tell(parcel, "damaged", "Toplesnya retak.", name, now=now)
    return parcel


def some_lists(now: datetime) -> list[str]:
    """Uploads that wait for review, sellers with products and prices; return where they lead."""
    people = lists.a_draft([lists.SELLER], [lists.PRODUCT], at=now)
    prices = {"kurir": "TIKI", "tujuan": "35", "kg_pertama": "9000", "kg_berikutnya": "8000"}
    read = sheets.read(lists.a_csv(prices), RATES)
    assert isinstance(read, Sheet), read
    table = imports.make([read], ["prices.csv"], actor=a.HOST, now=now)
    return [f"/panitia/umkm/impor/{people.row.id}", f"/panitia/ongkir/impor/{table.row.id}"]


def some_money(product: Product, now: datetime) -> list[str]:
    """Money for two orders that had ended, one of it given back, and a bank's statement.

    Returns where the statement lies.
    """
    ended = [a.an_order(product, at=now) for _ in range(2)]
    for order in ended:
        orders.cancel(order, now=now)
        payments.confirm(payments.charge_of(order, now=now), actor=a.HOST, now=now)
    case = db.session.scalars(sa.select(MoneyCase).where(MoneyCase.order_id == ended[0].id)).one()
    folder = services().settings.instance_path / "money-photos"
    proof = photos.write(Image.new("RGB", (80, 80), "navy"), folder)
    back = payments.Back("bank", "TRF-1", proof=proof)
    total_idr = ended[0].total_idr
    payments.give_case_back(case.id, total_idr, back, key="evening", actor=a.HOST, now=now)
    account = next(iter(statements.accounts(product.seller_id)))
    file = statements.take_in(account, "bank.csv", a_file(("TRF", 5)), actor=a.HOST, now=now)
    assert isinstance(file, StatementImport), file
    seller = a.seller_token(product.seller)
    return [f"/panitia/uang/mutasi/{file.id}", f"/u/{seller}/mutasi/{file.id}"]


def a_rotation(edition: Edition, release: Release, now: datetime) -> None:
    """A draw that waits and one that is done with its ledger, a draft, a closed time, a request."""
    frozen = {
        "instance": gzip.compress(canonical(EMPTY)),
        "instance_digest": digest(EMPTY),
        "frozen_at": now,
    }
    a.a_draw(edition, stage=DrawStage.QUEUED, **frozen)
    done = {"seed": "5e" * 32, "plan": gzip.compress(b"{}"), "done_at": now}
    draw = a.a_draw(edition, number=2, stage=DrawStage.DONE, **frozen, **done)
    release.draw_id = draw.id
    batik, kopi = (turn.seller for turn in release.turns)
    for seller in (batik, kopi):
        a.a_share(release, seller)
    starts_at = now + timedelta(hours=30)
    a.a_window(edition, opens_at=starts_at, minutes=120)
    mine, theirs = (
        a.a_turn(release, seller, starts_at=starts_at + timedelta(hours=n))
        for n, seller in enumerate((batik, kopi))
    )
    draft = a.a_release(edition, number=None, base_id=release.id)
    a.a_turn(draft, batik, starts_at=starts_at)
    a.keep(
        ClosedTime(
            edition_id=edition.id,
            kind=ClosedKind.BREAK,
            starts_at=starts_at + timedelta(minutes=90),
            ends_at=starts_at + timedelta(minutes=120),
        )
    )
    a.keep(
        TurnRequest(
            edition_id=edition.id,
            kind=RequestKind.SWAP,
            state=RequestState.ASKED,
            seller_id=batik.id,
            turn_uid=mine.uid,
            starts_at=mine.starts_at,
            other_id=kopi.id,
            other_uid=theirs.uid,
            other_starts_at=theirs.starts_at,
            answer_by=starts_at,
            asked_at=now,
        )
    )


EMPTY: dict[str, Any] = {
    "format": "rotation-instance/1",
    "blocks": [],
    "slots": [],
    "sellers": [],
    "pins": [],
    "blocked_pairs": [],
    "published": None,
    "dropped": [],
}


@dataclass
class Walk:
    """What was seen: addresses with their status, and forms with their fields' values."""

    statuses: dict[str, int] = field(default_factory=dict)
    rules: set[str] = field(default_factory=set)
    forms: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)


def walk(client: FlaskClient, links: list[str], *, most: int = 400) -> Walk:
    """Open every page that can be reached by links from `links`; one page per rule and query."""
    seen = Walk()
    waiting = list(dict.fromkeys(links))
    known = set(waiting)
    while waiting and len(seen.statuses) < most:
        address = waiting.pop(0)
        response = client.get(address)
        seen.statuses[address] = response.status_code
        if rule := rule_of(client.application, address, "GET"):
            seen.rules.add(rule)
        if response.mimetype != "text/html" or response.status_code != 200:
            continue
        page = response.text
        for link in map(unescape, LINKS.findall(page)):
            link = CALENDAR.sub("", link)  # noqa: PLW2901
            target = urljoin(address, link)
            if _own(link) and _kind(client.application, target) not in known:
                known.add(_kind(client.application, target))
                waiting.append(target)
        for action, method, fields in _forms(page, address):
            if method == "post":
                rule = rule_of(client.application, action, "POST") or action
                seen.forms.setdefault(rule, (action, fields))
    return seen


def rule_of(app: Flask, address: str, method: str) -> str | None:
    """Return the rule that answers this address, or None."""
    try:
        rule, _ = app.url_map.bind("x").match(
            urlsplit(address).path, method=method, return_rule=True
        )
    except Exception:  # noqa: BLE001  werkzeug has many ways to say no
        return None
    return rule.rule


def _own(link: str) -> bool:
    parts = urlsplit(link)
    return not parts.scheme and not parts.netloc and not parts.path.startswith("/static/")


def _kind(app: Flask, address: str) -> str:
    """Two addresses are alike if one rule answers them with the same names in the query."""
    names = sorted(part.partition("=")[0] for part in urlsplit(address).query.split("&"))
    rule = rule_of(app, address, "GET")
    return f"{rule}?{names}" if rule else address


def _forms(page: str, here: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for attributes, body in FORMS.findall(page):
        action = re.search(r'action="([^"]*)"', attributes)
        method = re.search(r'method="([^"]*)"', attributes)
        fields = {}
        for tag in FIELDS.finditer(body):
            value = VALUE.search(tag.group())
            fields[unescape(tag.group(1))] = unescape(value.group(1)) if value else ""
        target = urljoin(here, unescape(action.group(1))) if action else here
        yield target, (method.group(1).lower() if method else "get"), fields
