"""Channels: a Zoom room that is streamed to YouTube."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import lock
from bazaar.editions.released import agreeing
from bazaar.errors import N_, BazaarError, Conflict, Invalid, NotFound
from bazaar.models import Channel, Edition, Release, Turn

MAX_LINK = 200
MAX_DELAY = 120
MAX_LOSS = timedelta(days=366)


class ChannelNameMissing(Invalid):
    """A channel needs a name."""

    text = N_("Tulis nama saluran, paling panjang 120 huruf.")


class NotALink(Invalid):
    """The text is not an https address."""

    text = N_("Tautan harus diawali https:// dan tanpa spasi, misalnya https://zoom.us/j/123.")


@dataclass(eq=False)
class DelayTooLong(Invalid):
    """No picture comes so much later than what happens in the room."""

    most: int
    text = N_("Isi 0 sampai {most} detik.")


class ChannelHasTurns(Conflict):
    """Released turns, also of past releases, are on this channel."""

    text = N_(
        "Saluran ini sudah punya giliran terbit, jadi tidak dapat dihapus. Bila tidak dipakai "
        "lagi, tandai hilang."
    )


class LostTooFar(Invalid):
    """Nobody means an instant so far away; a year was mistyped."""

    text = N_("Pilih waktu paling jauh setahun dari sekarang.")


class ChannelNotLost(Conflict):
    """Somebody has brought the channel back already."""

    text = N_("Saluran ini sudah dipakai lagi.")


class NoSuchChannel(NotFound):
    """The edition has no such channel."""

    text = N_("Saluran ini tidak ada.")


@dataclass(frozen=True, slots=True)
class ChannelWish:
    """What a channel shall be. Links may be empty until they are known.

    `public_delay_s`: so many seconds later than the room the public is told who is on air.
    """

    name: str
    zoom_url: str = ""
    youtube_url: str = ""
    public_delay_s: int = 0


def faults(wish: ChannelWish) -> dict[str, BazaarError]:
    """Return what is wrong with a wish, by field."""
    found: dict[str, BazaarError] = {}
    if not 0 < len(wish.name) <= 120:
        found["name"] = ChannelNameMissing()
    for field in ("zoom_url", "youtube_url"):
        url = getattr(wish, field)
        if url and not is_https(url):
            found[field] = NotALink()
    if not 0 <= wish.public_delay_s <= MAX_DELAY:
        found["public_delay_s"] = DelayTooLong(MAX_DELAY)
    return found


def is_https(url: str) -> bool:
    """Say whether `url` is an https address that a page may link to."""
    if len(url) > MAX_LINK or not url.isprintable() or any(c in url for c in ' \\"<>'):
        return False
    try:
        parts = urlsplit(url)
        host, named = parts.hostname or "", "@" in parts.netloc
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and "." in host.strip(".") and not named


def add(edition: Edition, wish: ChannelWish, *, actor: Actor, now: datetime) -> Channel:
    """Add a channel after the others. Raises the first of `faults`."""
    _refuse(faults(wish))
    lock(edition)
    db.session.expire(edition, ["channels"])
    number = max((channel.number for channel in edition.channels), default=0) + 1
    channel = Channel(
        number=number,
        name=wish.name,
        zoom_url=wish.zoom_url,
        youtube_url=wish.youtube_url,
        public_delay_s=wish.public_delay_s,
    )
    edition.channels.append(channel)
    db.session.flush()
    _note("channel.add", channel, actor, now)
    return channel


def change(channel: Channel, wish: ChannelWish, *, actor: Actor, now: datetime) -> None:
    """Rename a channel, give it other links or another delay. Raises the first of `faults`."""
    _refuse(faults(wish))
    channel.name = wish.name
    channel.zoom_url = wish.zoom_url
    channel.youtube_url = wish.youtube_url
    channel.public_delay_s = wish.public_delay_s
    db.session.flush()
    _note("channel.change", channel, actor, now)


def remove(channel: Channel, *, actor: Actor, now: datetime) -> None:
    """Remove a channel without released turns; a draft that uses it goes. Raises ChannelHasTurns."""
    _lock(channel)
    uses = sa.select(Turn.release_id).where(Turn.channel_id == channel.id)
    released = sa.select(Release.id).where(Release.id.in_(uses), Release.number.is_not(None))
    if db.session.scalar(released.limit(1)):
        raise ChannelHasTurns
    drafts = db.session.scalars(uses.distinct()).all()
    db.session.execute(sa.update(Release).where(Release.id.in_(drafts)).values(replaced_at=now))
    db.session.execute(sa.delete(Turn).where(Turn.release_id.in_(drafts)))
    _note("channel.remove", channel, actor, now)
    channel.edition.channels.remove(channel)
    db.session.flush()


def lose(
    channel: Channel, lost_from: datetime, *, agreed: int = 0, actor: Actor, now: datetime
) -> int:
    """Have no turns on the channel from an instant on; return how many released ones lose time.

    Raises LostTooFar, and TurnsLoseTime unless `agreed` is the number of those turns.
    """
    if abs(lost_from - now) > MAX_LOSS:
        raise LostTooFar
    _lock(channel)
    with agreeing(channel.edition, agreed, now) as loss:
        channel.lost_from = lost_from
    facts = {"name": channel.name, "from": lost_from.isoformat(), "turns_lost": loss.turns}
    audit.note(actor, "channel.lose", _subject(channel), now=now, **facts)
    return loss.turns


def bring_back(channel: Channel, *, actor: Actor, now: datetime) -> None:
    """Have turns on the channel again. Raises ChannelNotLost."""
    _lock(channel)
    if channel.lost_from is None:
        raise ChannelNotLost
    channel.lost_from = None
    db.session.flush()
    audit.note(actor, "channel.bring_back", _subject(channel), now=now, name=channel.name)


def get(edition: Edition, number: int) -> Channel:
    """Return a channel by its number. Raises NoSuchChannel."""
    query = sa.select(Channel).where(Channel.edition_id == edition.id, Channel.number == number)
    channel = db.session.scalars(query).one_or_none()
    if channel is None:
        raise NoSuchChannel
    return channel


def _lock(channel: Channel) -> None:
    """Keep others from the edition's channels, and read this one again. Raises NoSuchChannel."""
    lock(channel.edition)
    query = sa.select(Channel).where(Channel.id == channel.id)
    again = db.session.scalars(query, execution_options={"populate_existing": True})
    if again.one_or_none() is None:
        raise NoSuchChannel


def _refuse(found: dict[str, BazaarError]) -> None:
    for fault in found.values():
        raise fault


def _note(action: str, channel: Channel, actor: Actor, now: datetime) -> None:
    # Not the Zoom link: who has it can enter the room.
    facts = {
        "name": channel.name,
        "youtube_url": channel.youtube_url,
        "public_delay_s": channel.public_delay_s,
    }
    audit.note(actor, action, _subject(channel), now=now, **facts)


def _subject(channel: Channel) -> str:
    return f"channel:{channel.edition.slug}/{channel.number}"
