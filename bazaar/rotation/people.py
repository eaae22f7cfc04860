"""The people of an edition as the planner sees them: when each can come, and what it had before."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    Availability,
    Edition,
    MissedTurn,
    Participation,
    Presence,
    Release,
    Seller,
    Share,
    Turn,
)
from bazaar.rules import availability
from bazaar.rules.rotation import Block, Candidate, Cut


@dataclass(frozen=True, slots=True)
class Person:
    """Who takes part or stands in the plan in force; not `present`: withdrew or inactive."""

    id: int
    code: str
    cluster: str
    present: bool
    standby: bool
    max_turns: int | None
    answered: bool


def people_of(edition: Edition, base: Release | None) -> dict[int, Person]:
    """Return all who take part or stand in the plan in force, by id, in the order of codes."""
    of_edition = sa.and_(
        Participation.seller_id == Seller.id, Participation.edition_id == edition.id
    )
    concerned: sa.ColumnElement[bool] = Participation.seller_id.is_not(None)
    if base is not None:
        concerned |= Seller.id.in_(
            sa.select(Turn.seller_id).where(Turn.release_id == base.id).distinct()
        )
    query = (
        sa.select(
            Seller.id,
            Seller.code,
            Seller.cluster,
            Seller.active,
            Participation.seller_id,
            Participation.withdrawn_at,
            Participation.standby,
            Participation.max_turns,
            Participation.answered_at,
        )
        .outerjoin(Participation, of_edition)
        .where(concerned)
        .order_by(Seller.code)
    )
    return {
        row[0]: Person(
            row[0],
            row[1],
            row[2],
            present=bool(row[3] and row[4] is not None and row[5] is None),
            standby=bool(row[6]),
            max_turns=row[7],
            answered=row[8] is not None,
        )
        for row in db.session.execute(query)
    }


def candidates_of(
    edition: Edition,
    people: Mapping[int, Person],
    blocks: Sequence[Block],
    held: Mapping[str, int],
    wanted: Iterable[tuple[int, str]],
    *,
    everyone: bool,
) -> list[Candidate]:
    """Return the sellers of the instance. `held`: turns that stay theirs whatever is drawn."""
    pinned = Counter(code for _, code in wanted)
    chosen = [
        one
        for one in people.values()
        if held.get(one.code) or pinned[one.code] or (one.present and (everyone or not one.standby))
    ]
    comes = comes_of(edition, chosen, blocks)
    earlier = _earlier(edition)
    owed = _owed(edition)
    found = []
    for one in chosen:
        limit = one.max_turns
        if one.standby and not everyone:
            limit = held.get(one.code, 0) + pinned[one.code]
        elif limit is not None:
            limit = max(limit, held.get(one.code, 0))
        turns_before, prime_before = earlier.get(one.id, (0, 0))
        open_blocks, cuts = comes[one.id] if one.present else (frozenset(), ())
        found.append(
            Candidate(
                one.code,
                one.cluster,
                open_blocks,
                cuts,
                turns_before,
                prime_before,
                limit,
                owed.get(one.id, 0),
            )
        )
    return found


Comes = tuple[frozenset[int], tuple[Cut, ...]]


class Comer(Protocol):
    """Somebody of whom is asked when it can come."""

    @property
    def id(self) -> int:
        """Of the seller."""

    @property
    def answered(self) -> bool:
        """Whether the seller said it for this edition itself."""


def comes_of(
    edition: Edition, chosen: Collection[Comer], blocks: Sequence[Block]
) -> dict[int, Comes]:
    """Return the blocks each can come to: what was answered, else by the hours of the week."""
    answered = {one.id for one in chosen if one.answered}
    found = _by_presence(edition, answered, blocks)
    ids = {one.id for one in chosen} - answered
    weekly: defaultdict[int, list[availability.Weekly]] = defaultdict(list)
    if ids:
        hours = (Availability.weekday, Availability.from_time, Availability.until)
        query = sa.select(Availability.seller_id, *hours)
        rows = query.join(
            Participation,
            sa.and_(
                Participation.seller_id == Availability.seller_id,
                Participation.edition_id == edition.id,
            ),
        )
        if len(ids) < _FEW:
            rows = query.where(Availability.seller_id.in_(ids))
        for row in db.session.execute(rows):
            weekly[row.seller_id].append(row)
    known: dict[frozenset[tuple[object, ...]], Comes] = {}
    for each in ids:
        pattern = frozenset((h.weekday, h.from_time, h.until) for h in weekly[each])
        if pattern not in known:
            known[pattern] = _by_week(edition, weekly[each], blocks)
        found[each] = known[pattern]
    return found


_FEW = 5_000
"""So many ids may stand in one statement."""


def _by_presence(
    edition: Edition, answered: Collection[int], blocks: Sequence[Block]
) -> dict[int, Comes]:
    if not answered:
        return {}
    of_block = {block.id: block for block in blocks}
    query = sa.select(
        Presence.seller_id, Presence.window_id, Presence.starts_at, Presence.ends_at
    ).order_by(Presence.seller_id, Presence.window_id)
    if len(of_block) < _FEW:
        query = query.where(Presence.window_id.in_(of_block))
    if len(answered) < _FEW:
        query = query.where(Presence.seller_id.in_(answered))
    else:
        query = query.join(
            Participation,
            sa.and_(
                Participation.seller_id == Presence.seller_id,
                Participation.edition_id == edition.id,
            ),
        )
    comes: defaultdict[int, list[int]] = defaultdict(list)
    cuts: defaultdict[int, list[Cut]] = defaultdict(list)
    for seller, window, start, end in db.session.execute(query):
        block = of_block.get(window)
        if block is None or start >= block.end or end <= block.start:
            continue
        comes[seller].append(window)
        if start > block.start or end < block.end:
            cuts[seller].append(Cut(window, max(start, block.start), min(end, block.end)))
    return {each: (frozenset(comes[each]), tuple(cuts[each])) for each in answered}


def _by_week(
    edition: Edition, hours: Sequence[availability.Weekly], blocks: Iterable[Block]
) -> Comes:
    """Return the blocks that lie in these hours; without hours all. Of two parts the longer."""
    comes: set[int] = set()
    cuts: list[Cut] = []
    for block in blocks:
        whole = [(block.start, block.end)]
        free = availability.spans(hours, block.start, block.end, edition.zone) if hours else whole
        if free:
            comes.add(block.id)
            if free != whole:
                cuts.append(Cut(block.id, *max(free, key=lambda span: span[1] - span[0])))
    return frozenset(comes), tuple(cuts)


def _earlier(edition: Edition) -> dict[int, tuple[int, int]]:
    """Return turns and prime of each seller in the last release of every earlier edition."""
    last = (
        sa.select(sa.func.max(Release.number), Release.edition_id)
        .join(Edition, Edition.id == Release.edition_id)
        .where(Edition.created_at < edition.created_at, Release.number.is_not(None))
        .group_by(Release.edition_id)
        .subquery()
    )
    query = (
        sa.select(Share.seller_id, sa.func.sum(Share.turns), sa.func.sum(Share.prime))
        .join(Release, Release.id == Share.release_id)
        .join(last, sa.and_(last.c[0] == Release.number, last.c[1] == Release.edition_id))
        .group_by(Share.seller_id)
    )
    return {seller: (int(turns), int(prime)) for seller, turns, prime in db.session.execute(query)}


def _owed(edition: Edition) -> dict[int, int]:
    query = (
        sa.select(MissedTurn.seller_id, sa.func.count())
        .where(MissedTurn.edition_id == edition.id, MissedTurn.excused)
        .group_by(MissedTurn.seller_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
