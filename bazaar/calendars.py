"""Turns in people's own calendars: feeds that follow the releases, and single turns to keep.

Source: RFC 5545 (iCalendar), RFC 7986 (NAME, REFRESH-INTERVAL). A turn is known by its uid through
all releases; SEQUENCE is the number of the release that last changed it. A turn that a release
dropped stays in the feed as CANCELLED, with the number of that release, so that calendars which
never forget an event by themselves strike it out. Times are UTC: Indonesia's zones have no
summer time, and every calendar shows UTC in the reader's zone. The clock only decides what is too
old for a feed: otherwise a feed that nothing changed is the same to the byte.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from icalendar import Alarm, Calendar, Event
from sqlalchemy.orm import aliased

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import AuditEntry, Channel, Edition, Release, Seller, Turn
from bazaar.rotation import find_current_release

PRODUCT: Final = "-//Pasar Virtual//Jadwal siaran//ID"
REFRESH: Final = timedelta(hours=1)
ALARM: Final = timedelta(minutes=15)
PAST: Final = timedelta(days=7)
"""So long a turn stays in the public feed after its end, and a cancelled one in any feed."""
MOST: Final = 1_500
"""The public feed holds at most so many turns, the next ones; a channel's own feed as many."""
MOST_CANCELLED: Final = 300
LOOKED_BACK: Final = 30
"""Cancelled turns are looked for in so many releases before the one in force."""


class NoSuchTurn(NotFound):
    """The release in force has no turn of this name."""

    text = N_("Giliran ini tidak ada dalam jadwal yang berlaku.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A turn in a calendar."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    changed_at: datetime
    channel: str
    zoom_url: str
    youtube_url: str
    seller: str
    cluster: str
    slug: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A calendar to subscribe to. `own_page` is the seller's own, in a private feed only.

    `site` is the address of the bazaar; its host completes the uids.
    """

    name: str
    edition: str
    zone: ZoneInfo
    site: str
    entries: tuple[Entry, ...]
    changed_at: datetime
    own_page: str = ""

    @property
    def etag(self) -> str:
        """The same as long as the feed is the same; found without writing it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:32]


def public_feed(
    edition: Edition, *, site: str, now: datetime, channel: Channel | None = None
) -> Feed:
    """Return what is on air from a week ago on, of one channel or of all; `MOST` turns."""
    release = find_current_release(edition)
    since = now - PAST
    of_channel = [Turn.channel_id == channel.id] if channel else []
    entries = _entries(edition, release, Turn.ends_at > since, *of_channel, limit=MOST)
    entries += _cancelled(edition, release, since, *of_channel)
    name = f"{edition.name}, {channel.name}" if channel else edition.name
    changed_at = _changed_at(edition, release, (), channel)
    return Feed(name, edition.name, edition.zone, site, _sorted(entries), changed_at)


def private_feed(
    edition: Edition, seller: Seller, *, site: str, own_page: str, now: datetime
) -> Feed:
    """Return all turns of one seller with Zoom links and alarms, for nobody else's eyes."""
    release = find_current_release(edition)
    entries = _entries(edition, release, Turn.seller_id == seller.id, limit=MOST)
    entries += _cancelled(edition, release, now - PAST, Turn.seller_id == seller.id)
    name = f"Giliran {seller.name}"
    changed_at = _changed_at(edition, release, (seller.updated_at,))
    return Feed(name, edition.name, edition.zone, site, _sorted(entries), changed_at, own_page)


def single(
    edition: Edition, uid: str, *, site: str, seller: Seller | None = None, own_page: str = ""
) -> Feed:
    """Return a calendar of one turn of the release in force. Raises NoSuchTurn.

    With `seller` only a turn of this seller is found; `own_page` makes it private.
    """
    release = find_current_release(edition)
    of_seller = [Turn.seller_id == seller.id] if seller else []
    entries = _entries(edition, release, Turn.uid == uid, *of_seller, limit=1)
    if not entries:
        raise NoSuchTurn
    changed_at = entries[0].changed_at
    zone = edition.zone
    return Feed(edition.name, edition.name, zone, site, tuple(entries), changed_at, own_page)


@lru_cache(maxsize=8)
def ical(feed: Feed) -> bytes:
    """Return the feed as iCalendar: UTF-8, lines of at most 75 octets that end in CRLF."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", feed.name)
    calendar.add("x-wr-calname", feed.name)
    calendar.add("x-wr-timezone", feed.zone.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add("last-modified", feed.changed_at)
    for entry in feed.entries:
        calendar.add_component(_event(feed, entry))
    written: bytes = calendar.to_ical()
    return written


def google_link(feed: Feed) -> str:
    """Return the address at which Google Calendar offers to keep the feed's first turn."""
    entry = feed.entries[0]
    form = "%Y%m%dT%H%M%SZ"
    asked = {
        "action": "TEMPLATE",
        "text": _summary(feed, entry),
        "dates": f"{entry.starts_at:{form}}/{entry.ends_at:{form}}",
        "details": _description(feed, entry),
        "location": _location(feed, entry),
        "ctz": feed.zone.key,
    }
    return f"https://calendar.google.com/calendar/render?{urlencode(asked)}"


def _event(feed: Feed, entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.uid}@{feed.site.partition('://')[2]}")
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("summary", _summary(feed, entry))
    event.add("description", _description(feed, entry))
    event.add("location", _location(feed, entry))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("url", feed.own_page or _stall(feed, entry))
    if feed.own_page and not entry.cancelled:
        event.add_component(_alarm(entry))
    return event


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -ALARM)
    alarm.add("description", f"15 menit lagi giliran Anda di {entry.channel}")
    return alarm


def _summary(feed: Feed, entry: Entry) -> str:
    what = f"Giliran siaran, {entry.channel}" if feed.own_page else entry.seller
    return f"BATAL: {what}" if entry.cancelled else what


def _description(feed: Feed, entry: Entry) -> str:
    if entry.cancelled:
        return f"Giliran ini dibatalkan. {feed.edition}"
    if feed.own_page:
        room = [f"Ruang Zoom: {entry.zoom_url}"] if entry.zoom_url else []
        return "\n".join([feed.edition, *room, f"Halaman Anda: {feed.own_page}"])
    watch = [f"Tonton: {entry.youtube_url}"] if entry.youtube_url else []
    about = f"{entry.cluster} di {entry.channel}, {feed.edition}"
    return "\n".join([about, *watch, f"Lapak: {_stall(feed, entry)}"])


def _location(feed: Feed, entry: Entry) -> str:
    link = entry.zoom_url if feed.own_page else entry.youtube_url
    return link or entry.channel


def _stall(feed: Feed, entry: Entry) -> str:
    return f"{feed.site}/s/{entry.slug}"


def _entries(
    edition: Edition,
    release: Release | None,
    *wanted: sa.ColumnElement[bool],
    limit: int,
) -> list[Entry]:
    """Return turns of the release in force, by start."""
    if release is None:
        return []
    # A turn that no release has changed yet counts from the first one that can have had it.
    changed = sa.select(Release.released_at).where(
        Release.edition_id == edition.id, Release.number == Turn.sequence
    )
    changed_at = sa.func.coalesce(
        changed.correlate(Turn).scalar_subquery(),
        sa.literal(release.released_at, Release.released_at.type),
    )
    query = (
        _columns(Turn.sequence, changed_at)
        .where(Turn.release_id == release.id, *wanted)
        .order_by(Turn.starts_at, Channel.number)
        .limit(limit)
    )
    return [_entry(row, cancelled=False) for row in db.session.execute(query)]


def _cancelled(
    edition: Edition, release: Release | None, since: datetime, *wanted: sa.ColumnElement[bool]
) -> list[Entry]:
    """Return the turns that earlier releases had and the one in force has not, the latest first.

    Each as the last release before its end had it, under the number of the next one, which
    dropped it.
    """
    if release is None or not release.number or release.number == 1:
        return []
    alive = sa.select(Turn.uid).where(Turn.release_id == release.id)
    earlier = sa.select(Release.id).where(
        Release.edition_id == edition.id,
        Release.number < release.number,
        Release.number >= release.number - LOOKED_BACK,
    )
    ends = Release.number + 1
    dropped = aliased(Release)
    dropped_at = (
        sa.select(dropped.released_at)
        .where(dropped.edition_id == edition.id, dropped.number == ends)
        .correlate(Release)
        .scalar_subquery()
    )
    query = (
        _columns(ends, dropped_at)
        .join(Release, Release.id == Turn.release_id)
        .where(Turn.release_id.in_(earlier), Turn.ends_at > since, Turn.uid.not_in(alive), *wanted)
        .order_by(Release.number.desc(), Turn.starts_at, Channel.number)
        .limit(MOST_CANCELLED)
    )
    found: dict[str, Entry] = {}
    for row in db.session.execute(query):
        found.setdefault(row.uid, _entry(row, cancelled=True))
    return list(found.values())


def _columns(sequence: object, changed_at: object) -> sa.Select[tuple[object, ...]]:
    columns = (
        Turn.uid,
        sequence,
        Turn.starts_at,
        Turn.ends_at,
        changed_at,
        Channel.name,
        Channel.zoom_url,
        Channel.youtube_url,
        Seller.name,
        Seller.cluster,
        Seller.slug,
    )
    return (  # type: ignore[no-any-return]
        sa.select(*columns)  # type: ignore[call-overload]  # columns of all kinds
        .select_from(Turn)
        .join(Channel, Channel.id == Turn.channel_id)
        .join(Seller, Seller.id == Turn.seller_id)
    )


def _entry(row: Sequence[object], *, cancelled: bool) -> Entry:
    uid, sequence, starts_at, ends_at, changed_at, *names = row
    return Entry(uid, sequence, starts_at, ends_at, cancelled, changed_at, *names)  # type: ignore[arg-type]  # columns of all kinds


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.starts_at, entry.channel, entry.uid)))


def _changed_at(
    edition: Edition,
    release: Release | None,
    also: Sequence[datetime],
    channel: Channel | None = None,
) -> datetime:
    """Return when something of the feed last changed: the release, a channel's links, a seller."""
    numbers = [channel.number] if channel else [each.number for each in edition.channels]
    subjects = [f"channel:{edition.slug}/{number}" for number in numbers]
    of_channels = db.session.scalar(
        sa.select(sa.func.max(AuditEntry.at)).where(
            AuditEntry.subject.in_([*subjects, f"edition:{edition.slug}"])
        )
    )
    known = [edition.created_at, *also, of_channels, release.released_at if release else None]
    return max(instant for instant in known if instant).astimezone(UTC)
