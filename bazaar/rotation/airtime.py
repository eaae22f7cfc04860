"""The airtime of an edition, in the planner's words: openings, closed times, slots."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import ClosedTime, Edition, ShowDay, Window
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import Block, Closed, Pace, Slot


def blocks(edition: Edition) -> list[Block]:
    """Return every opening of the edition in the planner's words, by start."""
    query = (
        sa.select(Window.id, ShowDay.day, Window.opens_at, Window.closes_at)
        .join(ShowDay, ShowDay.id == Window.show_day_id)
        .where(ShowDay.edition_id == edition.id)
        .order_by(Window.opens_at)
    )
    return [
        Block(number, day.toordinal(), opens, closes)
        for number, day, opens, closes in db.session.execute(query)
    ]


def closed(edition: Edition) -> list[Closed]:
    """Return the confirmed closed times of the edition, by start; `why` is their kind."""
    query = (
        sa.select(ClosedTime.starts_at, ClosedTime.ends_at, ClosedTime.kind)
        .where(ClosedTime.edition_id == edition.id)
        .order_by(ClosedTime.starts_at, ClosedTime.ends_at, ClosedTime.kind)
    )
    return [Closed(start, end, kind.value) for start, end, kind in db.session.execute(query)]


def weights(edition: Edition) -> dict[int, int]:
    """Return what the audience of each opening is worth, by window id."""
    query = (
        sa.select(Window.id, Window.weight)
        .join(ShowDay, ShowDay.id == Window.show_day_id)
        .where(ShowDay.edition_id == edition.id)
    )
    return {row.id: row.weight for row in db.session.execute(query)}


def pace(edition: Edition) -> Pace:
    """Return how the edition's slots follow each other."""
    return Pace(
        timedelta(minutes=edition.turn_minutes),
        timedelta(minutes=edition.gap_minutes),
        edition.buffer_every,
        timedelta(minutes=edition.buffer_minutes),
    )


def slots(edition: Edition, blocks: Iterable[Block]) -> list[Slot]:
    """Return the slots of these openings on every channel of the edition.

    Closed times, buffers, and channels from the instant they are lost, are cut out.
    """
    return rule.slots(
        blocks,
        [channel.id for channel in edition.channels],
        weights=weights(edition),
        pace=pace(edition),
        closed=closed(edition),
        lost={each.id: each.lost_from for each in edition.channels if each.lost_from},
    )
