"""The airtime of an edition, cut into slots."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Edition, ShowDay, Window
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import Block, Slot


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


def weights(edition: Edition) -> dict[int, int]:
    """Return what the audience of each opening is worth, by window id."""
    query = (
        sa.select(Window.id, Window.weight)
        .join(ShowDay, ShowDay.id == Window.show_day_id)
        .where(ShowDay.edition_id == edition.id)
    )
    return {row.id: row.weight for row in db.session.execute(query)}


def slots(edition: Edition, blocks: Iterable[Block]) -> list[Slot]:
    """Return the slots of these openings on every channel of the edition."""
    return rule.slots(
        blocks,
        [channel.id for channel in edition.channels],
        weights=weights(edition),
        turn=timedelta(minutes=edition.turn_minutes),
        gap=timedelta(minutes=edition.gap_minutes),
    )
