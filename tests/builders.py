"""Things for tests, made with a few words and sensible defaults. Nothing is committed."""

import itertools
from binascii import crc_hqx
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from flask.testing import FlaskClient

from bazaar import accounts, catalog, editions, orders, payments, shipments, show, tax_ids, times
from bazaar.accounts import members, sessions
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import (
    Account,
    Channel,
    Draw,
    DrawKind,
    DrawStage,
    Edition,
    Order,
    Parcel,
    Participation,
    Product,
    Release,
    RequestKind,
    RequestState,
    Role,
    Seller,
    Share,
    ShippingRate,
    ShowDay,
    Turn,
    TurnRequest,
    Window,
)
from bazaar.orders import CheckoutWish, PlacedOrder, Wanted
from bazaar.rules.qris import QRIS_MAX_IDR
from bazaar.rules.references import CLAIM_LETTERS
from bazaar.tokens import fingerprint
from bazaar.web import services

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""The instant of the fixture `now`: Sunday 1 March 2026, 19.00 in Jember."""

HOST = Actor("committee:1", "Rina")
TREASURER = Actor("committee:2", "Dewi")

_numbers = itertools.count(1)
_claim_codes = itertools.cycle(
    f"{letter}{number}" for number in range(100, 1000) for letter in CLAIM_LETTERS
)

Row = TypeVar("Row")


def keep(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def an_edition(*, channels: int = 1, **given: Any) -> Edition:
    """The current edition, turns of 15 minutes without gap, with its channels."""
    fields: dict[str, Any] = {
        "slug": f"ramadan-{next(_numbers)}",
        "name": "Pasar Virtual Ramadan",
        "regency_code": "35.09",
        "turn_minutes": 15,
        "gap_minutes": 0,
        "is_current": True,
        "created_at": NOW - timedelta(days=30),
    }
    edition = keep(Edition(**fields | given))
    for number in range(1, channels + 1):
        a_channel(edition, number=number)
    return edition


def a_channel(edition: Edition, *, number: int = 1, **given: Any) -> Channel:
    fields: dict[str, Any] = {
        "name": f"Saluran {number}",
        "zoom_url": f"https://zoom.us/j/900{number}",
        "youtube_url": f"https://www.youtube.com/watch?v=saluran{number}",
    }
    channel = Channel(number=number, **fields | given)
    edition.channels.append(channel)
    return keep(channel)


def a_window(
    edition: Edition, *, opens_at: datetime = NOW, minutes: int = 120, weight: int = 10
) -> Window:
    day = times.day_of(opens_at, edition.zone)
    show_day = next((known for known in edition.show_days if known.day == day), None)
    if show_day is None:
        show_day = ShowDay(day=day)
        edition.show_days.append(show_day)
    closes_at = opens_at + timedelta(minutes=minutes)
    window = Window(opens_at=opens_at, closes_at=closes_at, weight=weight)
    show_day.windows.append(window)
    return keep(window)


def a_seller(*, edition: Edition | None = None, **given: Any) -> Seller:
    """A seller; with `edition` it takes part in it."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "code": f"U{number:04}",
        "slug": f"lapak-{number}",
        "name": f"Lapak {number}",
        "owner_name": "Bu Sri",
        "cluster": "Batik",
        "district_code": "35.09.21",
        "district": "Sumbersari",
        "phone": f"+62812000{number:05}",
        "link_hash": f"{number:064x}",
        "created_at": NOW,
        "updated_at": NOW,
    }
    seller = keep(Seller(**fields | given))
    if edition is not None:
        keep(Participation(edition_id=edition.id, seller_id=seller.id, joined_at=NOW))
    return seller


def a_release(edition: Edition, *, number: int | None = 1, **given: Any) -> Release:
    """A release without turns; `number=None` makes a draft."""
    fields: dict[str, Any] = {
        "edition_id": edition.id,
        "number": number,
        "rule": "test/1",
        "seed": "benih",
        "made_at": NOW - timedelta(days=1),
        "released_at": NOW - timedelta(days=1) if number else None,
    }
    return keep(Release(**fields | given))


def a_turn(
    release: Release,
    seller: Seller,
    *,
    starts_at: datetime = NOW,
    minutes: int = 15,
    channel: Channel | None = None,
) -> Turn:
    """A turn; without `channel` on the first of the release's edition."""
    if channel is None:
        channel = db.session.get_one(Edition, release.edition_id).channels[0]
    show.forget()  # turns of a real release never change
    return keep(
        Turn(
            release_id=release.id,
            channel_id=channel.id,
            seller_id=seller.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            reasons={},
        )
    )


def a_draw(edition: Edition, *, number: int = 1, **given: Any) -> Draw:
    """A draw that was announced; nothing is behind its fingerprint."""
    fields: dict[str, Any] = {
        "kind": DrawKind.PLAN,
        "stage": DrawStage.COMMITTED,
        "rule": "test/1",
        "iterations": 100,
        "commitment": f"{number:064x}",
        "sealed_secret": "",
        "made_by": "Rina",
        "committed_at": NOW - timedelta(days=2),
    }
    return keep(Draw(edition_id=edition.id, number=number, **fields | given))


def a_share(release: Release, seller: Seller, **given: Any) -> Share:
    """How a seller came out of a release: two turns, exactly its share of prime time."""
    fields = {"place": 1, "rounds": 2, "turns": 2, "prime": 20, "carry": 0, "share": 20}
    return keep(Share(release_id=release.id, seller_id=seller.id, **fields | given))


def a_request(turn: Turn, other: Turn | None = None, **given: Any) -> TurnRequest:
    """An open request about a turn: a swap with `other`, else a move."""
    fields: dict[str, Any] = {
        "edition_id": db.session.get_one(Release, turn.release_id).edition_id,
        "kind": RequestKind.SWAP if other else RequestKind.MOVE,
        "state": RequestState.ASKED,
        "seller_id": turn.seller_id,
        "turn_uid": turn.uid,
        "starts_at": turn.starts_at,
        "other_id": other.seller_id if other else None,
        "other_uid": other.uid if other else None,
        "other_starts_at": other.starts_at if other else None,
        "answer_by": NOW + timedelta(days=1),
        "asked_at": NOW,
    }
    return keep(TurnRequest(**fields | given))


def a_product(*, seller: Seller | None = None, stock: int = 10, **given: Any) -> Product:
    """A product with `stock` pieces, of a new seller if none is given."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "seller_id": (seller or a_seller()).id,
        "code": f"P{number}",
        "claim_code": next(_claim_codes),
        "name": f"Barang {number}",
        "price_idr": 25_000,
        "weight_g": 300,
        "updated_at": NOW,
    }
    product: Product = keep(Product(**fields | given))
    catalog.set_stock(product, stock, now=NOW)
    return product


def a_sticker(seller: Seller, *, name: str = "TOKO CONTOH", at: datetime = NOW) -> str:
    """Put a QRIS sticker of the seller's into use; return its payload. Nobody can pay it."""
    number = next(_numbers)
    body = (
        f"00020101021126680016ID.CO.CONTOH.WWW01189360999900{number:08}0215MC{number:013}0303UMI"
        f"51440014ID.CO.QRIS.WWW0215ID1099{number:09}0303UMI5204565153033605802ID"
        f"59{len(name):02}{name}6006JEMBER61056811862070703A016304"
    )
    sticker = f"{body}{crc_hqx(body.encode(), 0xFFFF):04X}"
    account = payments.enrol(seller.id, sticker, actor=HOST, now=at)
    if account.approved_at is None:  # another one is in use: a second person agrees
        payments.approve(account.id, actor=TREASURER, now=at)
    return sticker


def a_rate(*, courier: str = "JNE REG", prefix: str = "", **given: Any) -> ShippingRate:
    """A price per kilogram; without prefix to anywhere in Indonesia."""
    fields: dict[str, Any] = {"first_kg_idr": 12_000, "next_kg_idr": 9_000, "days": "2-3"}
    return keep(ShippingRate(courier=courier, prefix=prefix, **fields | given))


def an_order(
    *products: Product,
    quantity: int = 1,
    at: datetime = NOW,
    charged: bool = True,
    turn: Turn | None = None,
    reference: str | None = None,
    **wish: Any,
) -> Order:
    """A new unpaid order, placed as buyers place it; needs an edition, makes a rate if there is none.

    `charged` asks for its money if its seller has a sticker. `order_token` gives its link.
    """
    if not db.session.scalar(sa.select(sa.func.count(ShippingRate.id))):
        a_rate()
    edition = editions.find_current() or an_edition()
    key = f"klik-{next(_numbers)}"
    fields: dict[str, Any] = {
        "buyer_name": "Siti Aminah",
        "phone": "+6281234567890",
        "village_code": "35.09.21.1002",
        "street": "Jalan Jawa 10",
        "area": "Sumbersari, Sumbersari, Jember, Jawa Timur",
        "postal_code": "68121",
        "couriers": {product.seller_id: "JNE REG" for product in products},
    }
    placed = orders.place(
        CheckoutWish(
            key=key, wanted=[Wanted(product, quantity) for product in products], **fields | wish
        ),
        edition=edition,
        links=services().links,
        slack=timedelta(minutes=10),
        now=at,
    )
    order = db.session.get_one(Order, placed.orders[0].id)
    order.reference = reference or order.reference
    order.turn_id = turn.id if turn else order.turn_id
    db.session.flush()
    if charged:
        first = placed.orders[0]
        asked = [
            PlacedOrder(order.id, order.reference, order.seller_id, order.total_idr, first.quoting)
        ]
        payments.ask_for([*asked, *placed.orders[1:]], now=at, qris_max_idr=QRIS_MAX_IDR)
    return order


def order_token(order: Order) -> str:
    """The token of the buyer's link to the order."""
    return services().links.token("order", order.checkout.key)


def seller_token(seller: Seller) -> str:
    """Give the seller a personal link; return its token."""
    token = services().links.token("seller", f"{seller.code}|{seller.link_serial}")
    seller.link_hash = fingerprint(token)
    db.session.flush()
    return token


def a_tax_number(seller: Seller, number: str = "3509214101900001") -> None:
    """The seller has given its NIK, so its parcels may go abroad."""
    tax_ids.give(seller, number, seals=services().tax_seals, actor=HOST, now=NOW)


def a_member(*roles: Role, name: str = "Wulan") -> Account:
    """A member of the committee with these roles."""
    return members.create(
        email=f"anggota-{next(_numbers)}@contoh.id",
        name=name,
        roles=roles,
        password="",
        seals=services().seals,
        now=NOW,
    )


def sign_in(client: FlaskClient, *roles: Role, name: str = "Wulan") -> Account:
    """Sign a new member with these roles in on `client`, by the clock of the machine."""
    account = a_member(*roles, name=name)
    now = times.now()
    begun = sessions.find_session(sessions.begin(account, agent="", now=now), now=now)
    assert begun
    client.set_cookie(accounts.cookie_name(secure=False), sessions.confirm(begun, now=now))
    db.session.commit()
    return account


def a_parcel(*products: Product, resi: str = "", paid_at: datetime = NOW, **wish: Any) -> Parcel:
    """The parcel of a paid order, to be packed; with `resi` it is with the courier."""
    order = an_order(*(products or (a_product(),)), at=paid_at, **wish)
    orders.mark_paid(order.id, now=paid_at)
    shipments.open_parcels(paid_at)
    db.session.refresh(order)
    parcel = shipments.get_parcel_of(order.id)
    if resi:
        shipments.pack(parcel, actor=HOST, now=paid_at)
        shipments.hand_over(parcel, parcel.courier, resi, actor=HOST, now=paid_at)
    return parcel
