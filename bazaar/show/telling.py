"""What came due about turns becomes messages, in the transaction of the tick that wrote it down.

Once for each turn, cue, person told and way: the message's key says all four. A message is worth
sending as long as its cue is. What only concerns the screens of control room and seller becomes
no message.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final, NamedTuple

import sqlalchemy as sa
from babel.dates import format_date

from bazaar import outbox, times
from bazaar.db import db
from bazaar.models import Channel, ContactKind, Edition, Order, OrderStatus, Seller, Turn
from bazaar.outbox import Timed
from bazaar.rules.show.cues import CueKind, DueCue, Target
from bazaar.rules.show.standing import Line
from bazaar.show import contacts, texts
from bazaar.show.contacts import WAYS
from bazaar.show.days import ChannelDay
from bazaar.show.texts import Words, fill

TO_SELLER: Final = "seller:"
"""Begins the address of messages that go to a seller by whichever address is good that minute."""

MAIL, TELEGRAM, OTHER = ContactKind.EMAIL, ContactKind.TELEGRAM, ContactKind.OTHER
BY: Final[Mapping[tuple[CueKind, Target], frozenset[ContactKind]]] = {
    (CueKind.DAY_BEFORE, Target.SELLER): frozenset({MAIL, TELEGRAM, OTHER}),
    (CueKind.HOUR_BEFORE, Target.SELLER): frozenset({MAIL, TELEGRAM, OTHER}),
    (CueKind.CALL, Target.SELLER): frozenset({MAIL, TELEGRAM, OTHER}),
    (CueKind.STANDBY, Target.SELLER): frozenset({TELEGRAM, OTHER}),  # mail is too slow for this
    (CueKind.NO_SHOW, Target.SELLER): frozenset({MAIL, TELEGRAM, OTHER}),
    (CueKind.DONE, Target.SELLER): frozenset({MAIL, TELEGRAM, OTHER}),
    (CueKind.CHECK, Target.LIAISON): frozenset(),
    (CueKind.NO_SHOW, Target.LIAISON): frozenset(),
}
"""Which cues are told as messages, and by which ways a machine can tell them."""

BY_HAND: Final = frozenset(
    {
        (CueKind.DAY_BEFORE, Target.SELLER),
        (CueKind.HOUR_BEFORE, Target.SELLER),
        (CueKind.CALL, Target.SELLER),
        (CueKind.CHECK, Target.LIAISON),
        (CueKind.NO_SHOW, Target.LIAISON),
    }
)
"""What the liaison is given as well, with ready words: it works without any account."""

IF_ABSENT: Final = frozenset({CueKind.CALL, CueKind.CHECK})
"""Not told about somebody who is in the room already."""

SOLD: Final = (OrderStatus.QUOTING, OrderStatus.UNPAID, OrderStatus.PAID, OrderStatus.DONE)
"""Orders that still hold goods."""

_FOLLOWS: Final = {"id": "menyusul dari panitia", "en": "follows from the committee"}


@dataclass(frozen=True, slots=True)
class Room:
    """Where a channel is: its name and the links typed by hand."""

    name: str
    zoom_url: str
    youtube_url: str


class Sold(NamedTuple):
    """What was ordered during a turn."""

    orders: int = 0
    total_idr: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What the messages of one tick have in common."""

    edition: Edition
    words: Mapping[tuple[CueKind, str], Words]
    rooms: Mapping[int, Room]


def tell(edition: Edition, due: Sequence[tuple[ChannelDay, DueCue]], *, now: datetime) -> int:
    """Put what these cues tell into the outbox; return how many messages are new.

    Late cues tell nothing, and a cue told before is not told again. At most six queries and one
    insert, however many cues there are.
    """
    told = [(day, cue) for day, cue in due if _is_told(day, cue, now)]
    if not told:
        return 0
    sellers = _sellers({cue.line.seller for _, cue in told})
    known = contacts.of(sellers)
    terms = terms_of(edition, {cue.kind for _, cue in told})
    sold = _sold_in(cue.line for _, cue in told if cue.kind is CueKind.DONE)
    rows: list[Timed] = []
    for day, cue in told:
        seller = sellers.get(cue.line.seller)
        if seller is not None:
            values = fields(terms, seller, day.channel_id, cue.line, sold.get(cue.line.turn.uid))
            words = filled(terms, cue.kind, seller, values)
            ways = contacts.open_ways(seller, known.get(seller.id, {}))
            rows += _messages(cue, seller, words, ways)
    return outbox.write_timed(rows, now=now)


def terms_of(edition: Edition, kinds: Collection[CueKind]) -> Terms:
    """Return what messages of these kinds need to know of the edition; two queries."""
    query = sa.select(Channel.id, Channel.name, Channel.zoom_url, Channel.youtube_url).where(
        Channel.edition_id == edition.id
    )
    rooms = {
        row.id: Room(row.name, row.zoom_url, row.youtube_url) for row in db.session.execute(query)
    }
    return Terms(edition, texts.words_of(edition.id, kinds), rooms)


def filled(terms: Terms, kind: CueKind, seller: Seller, values: Mapping[str, str]) -> Words:
    """Return the message in the seller's language; links that are not known yet stay fields."""
    words = terms.words[kind, language_of(seller)]
    return Words(fill(words.subject, values), fill(words.text, values))


def language_of(seller: Seller) -> str:
    """Return the language in which the seller is written to."""
    return seller.language if seller.language in texts.LANGUAGES else texts.LANGUAGES[0]


def fields(
    terms: Terms, seller: Seller, channel_id: int, line: Line, sold: Sold | None
) -> dict[str, str]:
    """Return what the fields of a message about this turn hold, but for the seller's links."""
    language = language_of(seller)
    room, zone = terms.rooms[channel_id], terms.edition.zone
    start, end = line.turn.starts_at.astimezone(zone), line.turn.ends_at.astimezone(zone)
    name = times.ZONES.get(zone.key, zone.key)
    orders, total_idr = sold or Sold()
    return {
        "penjual": seller.name,
        "pemilik": seller.owner_name or seller.name,
        "bazar": terms.edition.name,
        "hari": _day(start.date(), language),
        "waktu": f"{start:%H.%M}–{end:%H.%M} {name}",
        "perkiraan": f"{line.expected_start.astimezone(zone):%H.%M} {name}",
        "saluran": room.name,
        "zoom": room.zoom_url or _FOLLOWS[language],
        "youtube": room.youtube_url or _FOLLOWS[language],
        "pesanan": str(orders),
        "total": f"Rp{total_idr:,}".replace(",", "."),
    }


def key_of(cue: DueCue, way: str) -> str:
    """Return the name of a cue's message in the outbox."""
    uid, sequence, kind, target = cue.key
    prefix = outbox.BY_HAND if way == outbox.HAND else ""
    return f"{prefix}cue:{uid}:{sequence}:{kind.value}:{target.value}:{way}"


def _is_told(day: ChannelDay, cue: DueCue, now: datetime) -> bool:
    if cue.late or cue.until < now or (cue.kind, cue.target) not in BY:
        return False
    return cue.kind not in IF_ABSENT or not is_here(day, cue.line.seller)


def is_here(day: ChannelDay, seller_id: int) -> bool:
    """Say whether the seller is in the room of the channel."""
    return any(left is None for _, left in day.plan.present.get(seller_id, ()))


def _messages(
    cue: DueCue, seller: Seller, words: Words, ways: Iterable[ContactKind]
) -> list[Timed]:
    which = (cue.kind, cue.target)
    found = [
        Timed(
            key_of(cue, WAYS[kind]),
            WAYS[kind],
            f"{TO_SELLER}{seller.id}",
            words.subject,
            words.text,
            cue.until,
        )
        for kind in ways
        if kind in BY[which]
    ]
    if which in BY_HAND and seller.phone:
        key = key_of(cue, outbox.HAND)
        found.append(Timed(key, outbox.HAND, seller.phone, words.subject, words.text, cue.until))
    return found


def _sellers(ids: Collection[int]) -> dict[int, Seller]:
    query = sa.select(Seller).where(Seller.id.in_(ids), Seller.active)
    return {seller.id: seller for seller in db.session.scalars(query)}


def _sold_in(lines: Iterable[Line]) -> dict[str, Sold]:
    """Return by uid what was ordered during these turns, in whichever release they stood then."""
    uids = {line.turn.uid for line in lines}
    if not uids:
        return {}
    query = (
        sa.select(Turn.uid, sa.func.count(Order.id), sa.func.sum(Order.goods_idr))
        .join(Order, Order.turn_id == Turn.id)
        .where(Turn.uid.in_(uids), Order.status.in_(SOLD))
        .group_by(Turn.uid)
    )
    return {uid: Sold(count, int(total)) for uid, count, total in db.session.execute(query)}


@cache
def _day(day: date, language: str) -> str:
    return format_date(day, "EEEE d MMMM", locale=language)
