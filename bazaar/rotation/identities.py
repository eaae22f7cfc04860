"""The names by which calendars know turns: carried from release to release, also when they move.

An untouched turn keeps its uid and its sequence. A moved one keeps its uid and gets the number of
the release as sequence, so that calendars replace it. A turn that comes back where an earlier
release had it takes its old uid again; every other new one has a uid that no release has used.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar.db import db
from bazaar.models import Release, Turn
from bazaar.rotation.changes import Changes, Spot

AT_ONCE: Final = 500
"""How many turns one question about the past names."""
_UNSEEN: Final = {"synchronize_session": False}


def carry_over(changes: Changes, base: Release | None, draft: Release, number: int) -> None:
    """Write uid and sequence of the draft's turns, which becomes release `number`."""
    if base is None:
        everything = sa.update(Turn).where(Turn.release_id == draft.id)
        db.session.execute(everything.values(sequence=number), execution_options=_UNSEEN)
        return
    pairs = [pair for one in changes.sellers.values() for pair in one.untouched]
    names = {after.turn_id: (before.uid, before.sequence) for before, after in pairs}
    gained: list[Spot] = []
    for change in chain.from_iterable(one.changes for one in changes.sellers.values()):
        if change.before and change.after:
            names[change.after.turn_id] = (change.before.uid, number)
        elif change.after:
            gained.append(change.after)
    taken = {uid for uid, _ in names.values()}
    revived = dict(_earlier(gained, base, taken))
    known = _used_by(base)
    for spot in gained:
        uid = revived.get(spot.turn_id, spot.uid)
        if uid in taken or (uid == spot.uid and uid in known):
            uid = uuid.uuid4().hex
        taken.add(uid)
        names[spot.turn_id] = (uid, number)
    _write(names, changes)


def _write(names: dict[int, tuple[str, int]], changes: Changes) -> None:
    """Rename the turns that are not yet called so."""
    spots = chain.from_iterable(one.turns for one in changes.sellers.values())
    rows = [
        {"its_id": spot.turn_id, "its_uid": uid, "its_sequence": sequence}
        for spot in spots
        for uid, sequence in [names[spot.turn_id]]
        if (spot.uid, spot.sequence) != (uid, sequence)
    ]
    if rows:
        table = Turn.__table__
        statement = (
            sa.update(table)  # type: ignore[arg-type]  # a Table, which mypy sees as FromClause
            .where(table.c.id == sa.bindparam("its_id"))
            .values(uid=sa.bindparam("its_uid"), sequence=sa.bindparam("its_sequence"))
        )
        db.session.connection().execute(statement, rows)


def _earlier(
    gained: Sequence[Spot], base: Release, taken: Collection[str]
) -> Iterator[tuple[int, str]]:
    """Yield the uid that the same turn had in the last release before `base` that had it."""
    new, old = aliased(Turn), aliased(Turn)
    query = (
        sa.select(new.id, old.uid)
        .select_from(new)
        .join(
            old,
            sa.and_(
                old.seller_id == new.seller_id,
                old.channel_id == new.channel_id,
                old.starts_at == new.starts_at,
                old.ends_at == new.ends_at,
            ),
        )
        .join(Release, Release.id == old.release_id)
        .where(Release.edition_id == base.edition_id, Release.number < base.number)
        .order_by(Release.number)
    )
    for some in _split([spot.turn_id for spot in gained]):
        for turn_id, uid in db.session.execute(query.where(new.id.in_(some))):
            if uid not in taken:
                yield turn_id, uid


def _used_by(base: Release) -> set[str]:
    return set(db.session.scalars(sa.select(Turn.uid).where(Turn.release_id == base.id)))


def _split(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
