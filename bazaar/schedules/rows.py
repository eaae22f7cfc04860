"""The turns of a release as plain rows, with everything a reader needs to know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db
from bazaar.models import Channel, Edition, Release, Seller, Turn


class Row(NamedTuple):
    """One turn. `code` and `slug` are the seller's, `channel` the channel's number."""

    starts_at: datetime
    ends_at: datetime
    channel: int
    code: str
    seller: str
    cluster: str
    slug: str
    uid: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A release to be printed or taken away. `channels` are (number, name, YouTube address)."""

    edition: str
    slug: str
    zone: ZoneInfo
    number: int
    note: str
    released_at: datetime
    channels: Sequence[tuple[int, str, str]]
    rows: Sequence[Row]

    @property
    def zone_name(self) -> str:
        """What people call the zone: WIB, WITA or WIT."""
        return times.ZONES.get(self.zone.key, self.zone.key)

    def days(self) -> dict[date, list[Row]]:
        """Return the rows of each day of the zone, in order."""
        found: dict[date, list[Row]] = {}
        for row in self.rows:
            found.setdefault(times.day_of(row.starts_at, self.zone), []).append(row)
        return found


def schedule(release: Release) -> Schedule:
    """Return a numbered release with its rows, by start and channel. Three queries at most."""
    edition = db.session.get_one(Edition, release.edition_id)
    assert release.number is not None
    assert release.released_at is not None
    channels = (
        sa.select(Channel.number, Channel.name, Channel.youtube_url)
        .where(Channel.edition_id == edition.id)
        .order_by(Channel.number)
    )
    turns = (
        sa.select(
            Turn.starts_at,
            Turn.ends_at,
            Channel.number,
            Seller.code,
            Seller.name,
            Seller.cluster,
            Seller.slug,
            Turn.uid,
            Turn.sequence,
        )
        .join(Channel, Channel.id == Turn.channel_id)
        .join(Seller, Seller.id == Turn.seller_id)
        .where(Turn.release_id == release.id)
        .order_by(Turn.starts_at, Channel.number)
    )
    return Schedule(
        edition.name,
        edition.slug,
        edition.zone,
        release.number,
        release.note,
        release.released_at,
        [tuple(row) for row in db.session.execute(channels)],  # type: ignore[misc]
        [Row(*row) for row in db.session.execute(turns)],
    )
