"""How evenly a plan shares airtime."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Edition, Participation, Release, Seller, Turn
from bazaar.rotation import airtime


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly a plan shares airtime. `per_seller` is fewest turns first, then by name."""

    turns: int
    least: int
    most: int
    empty: int
    per_seller: Sequence[tuple[str, int]]


def fairness(release: Release) -> Fairness:
    """Return how many turns each participant has, and the slots to come that nobody has."""
    edition = db.session.get_one(Edition, release.edition_id)
    had = sa.func.count(Turn.id)
    query = (
        sa.select(Seller.name, had)
        .join(Participation, Participation.seller_id == Seller.id)
        .outerjoin(Turn, sa.and_(Turn.seller_id == Seller.id, Turn.release_id == release.id))
        .where(Participation.edition_id == edition.id, Seller.active)
        .group_by(Seller.id, Seller.name)
        .order_by(had, Seller.name)
    )
    per_seller = [(name, turns) for name, turns in db.session.execute(query)]
    taken = db.session.execute(
        sa.select(Turn.channel_id, Turn.starts_at).where(Turn.release_id == release.id)
    ).all()
    cut = airtime.slots(edition, airtime.blocks(edition))
    coming = {(slot.channel, slot.start) for slot in cut if slot.start >= release.made_at}
    counts = [turns for _, turns in per_seller] or [0]
    empty = len(coming - {(channel, start) for channel, start in taken})
    return Fairness(len(taken), min(counts), max(counts), empty, per_seller)
