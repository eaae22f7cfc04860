"""What came due about turns becomes messages, in the transaction of the tick that wrote it down.

Once for each turn, cue, person told and way: the message's key says all four. A message is worth
sending as long as its cue is. What only concerns the screens of control room and seller becomes
no message.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime
from functools import cache
from typing import Final

import sqlalchemy as sa
from babel.dates import format_date

from bazaar import outbox, sellers, times
from bazaar.db import db
from bazaar.models import Channel, ContactKind, Edition, Seller
from bazaar.outbox import Timed
from bazaar.rules.numbers import rupiah
from bazaar.rules.show.cues import CueKind, DueCue, Target
from bazaar.rules.show.standing import Line
from bazaar.show import contacts, texts
from bazaar.show.contacts import TO_SELLER, WAYS
from bazaar.show.days import ChannelDay
from bazaar.show.sales import Sales, slot_of, sold_in
from bazaar.show.texts import Words, fill

CUE: Final = "cue:"
"""Begins the keys of messages about turns, after the mark of those by hand."""

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

_FOLLOWS: Final = {"id": "menyusul dari panitia", "en": "follows from the committee"}


@dataclass(frozen=True, slots=True)
class Room:
    """Where a channel is: its name and the links typed by hand."""

    name: str
    zoom_url: str
    youtube_url: str


@dataclass(frozen=True, slots=True)
class About:
    """Whom and which turn a message is about."""

    seller: Seller
    channel_id: int
    line: Line
    sold: Sales


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
    told = [(day, cue) for day, cue in due if _is_told(cue, now)]
    if not told:
        return 0
    people = sellers.by_id(cue.line.seller for _, cue in told)
    known = contacts.of(people)
    terms = terms_of(edition, {cue.kind for _, cue in told})
    sold = sold_in([slot_of(day, cue.line.turn) for day, cue in told if cue.kind is CueKind.DONE])
    rows: list[Timed] = []
    for day, cue in told:
        seller = people.get(cue.line.seller)
        if seller is not None and seller.active:
            language = texts.language_of(seller)
            sales = sold.get(slot_of(day, cue.line.turn), Sales())
            about = About(seller, day.channel_id, cue.line, sales)
            words = filled(terms.words[cue.kind, language], fields(terms, about, language))
            ways = contacts.open_ways(seller, known.get(seller.id, {}))
            rows += _messages(cue, seller, words, language, ways)
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


def filled(words: Words, values: Mapping[str, str]) -> Words:
    """Return the message with its fields; links that are not known yet stay fields."""
    return Words(fill(words.subject, values), fill(words.text, values))


def fields(terms: Terms, about: About, language: str) -> dict[str, str]:
    """Return what the fields of a message about this turn hold, but for the seller's links."""
    seller, line = about.seller, about.line
    room, zone = terms.rooms[about.channel_id], terms.edition.zone
    start, end = line.turn.starts_at.astimezone(zone), line.turn.ends_at.astimezone(zone)
    name = times.ZONES.get(zone.key, zone.key)
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
        "pesanan": str(about.sold.orders),
        "total": rupiah(about.sold.goods_idr),
    }


@dataclass(frozen=True, slots=True)
class Name:
    """What a message's key says: about which turn, as it stood then, it tells whom what how."""

    uid: str
    sequence: int
    kind: CueKind
    target: Target
    way: str

    @property
    def key(self) -> str:
        """The message's name in the outbox."""
        prefix = outbox.BY_HAND if self.way == outbox.HAND else ""
        return (
            f"{prefix}{CUE}{self.uid}:{self.sequence}:"
            f"{self.kind.value}:{self.target.value}:{self.way}"
        )


def key_of(cue: DueCue, way: str) -> str:
    """Return the name of a cue's message in the outbox."""
    return Name(*cue.key, way).key


def read_key(key: str) -> Name | None:
    """Return what a message's key says; None when it is no message about a turn."""
    head, _, rest = key.removeprefix(outbox.BY_HAND).partition(":")
    parts = rest.split(":")
    if f"{head}:" != CUE or len(parts) != len(fields_of(Name)):
        return None
    uid, sequence, kind, target, way = parts
    return Name(uid, int(sequence), CueKind(kind), Target(target), way)


def _is_told(cue: DueCue, now: datetime) -> bool:
    if cue.late or cue.until < now or (cue.kind, cue.target) not in BY:
        return False
    return not (cue.kind in IF_ABSENT and cue.line.here)


def _messages(
    cue: DueCue, seller: Seller, words: Words, language: str, ways: Iterable[ContactKind]
) -> list[Timed]:
    which = (cue.kind, cue.target)
    found = [
        Timed(
            key_of(cue, WAYS[kind]),
            WAYS[kind],
            f"{TO_SELLER}{seller.id}",
            words.subject,
            texts.to_send(words.text, language),
            cue.until,
        )
        for kind in ways
        if kind in BY[which]
    ]
    if which in BY_HAND:
        key = key_of(cue, outbox.HAND)
        to = f"{TO_SELLER}{seller.id}"
        text = texts.to_hand_on(words.text, language)
        found.append(Timed(key, outbox.HAND, to, words.subject, text, cue.until))
    return found


@cache
def _day(day: date, language: str) -> str:
    return format_date(day, "EEEE d MMMM", locale=language)
