"""Who takes part in an edition, and what each has in the plan in force."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import BlockedPair, Edition, MissedTurn, Participation, Release, Seller, Turn
from bazaar.rotation.plans import find_current_release

LIKELY = 8
"""So many sellers are offered for a pair."""


class NoSuchParticipant(NotFound):
    """The seller takes no part in the edition."""

    text = N_("UMKM ini bukan peserta penyelenggaraan yang berjalan.")


@dataclass(frozen=True, slots=True)
class Part:
    """What the committee sees of one participant. `coming` of the `turns` have not begun."""

    participation: Participation
    turns: int
    coming: int
    missed: int
    pairs: int


def search(edition: Edition, text: str = "", only: str = "") -> sa.Select[Seller]:
    """Return the query for participants by name; `text` is part of a name or a code.

    `only`: "cadangan" those on standby, "mundur" those who withdrew, "batas" those with a limit.
    """
    query = (
        sa.select(Seller)
        .join(Participation, Participation.seller_id == Seller.id)
        .where(Participation.edition_id == edition.id)
        .order_by(Seller.name, Seller.code)
    )
    for word in text.split():
        query = query.where(
            sa.or_(
                Seller.name.icontains(word, autoescape=True),
                Seller.code.icontains(word, autoescape=True),
            )
        )
    chosen = {
        "cadangan": Participation.standby & Participation.withdrawn_at.is_(None),
        "mundur": Participation.withdrawn_at.is_not(None),
        "batas": Participation.max_turns.is_not(None),
    }
    return query.where(chosen[only]) if only in chosen else query


def get_seller(edition: Edition, code: str) -> Seller:
    """Return the participant with this code. Raises NoSuchParticipant."""
    query = search(edition).where(Seller.code == code)
    seller = db.session.scalars(query).one_or_none()
    if seller is None:
        raise NoSuchParticipant
    return seller


def parts(edition: Edition, seller_ids: Collection[int], now: datetime) -> dict[int, Part]:
    """Return what these participants have, by seller id; four queries."""
    current = find_current_release(edition)
    turns = _turns(current, seller_ids, now) if current else {}
    missed = _counts(
        sa.select(MissedTurn.seller_id, sa.func.count())
        .where(MissedTurn.edition_id == edition.id, MissedTurn.seller_id.in_(seller_ids))
        .group_by(MissedTurn.seller_id)
    )
    apart = _apart(edition, seller_ids)
    query = sa.select(Participation).where(
        Participation.edition_id == edition.id, Participation.seller_id.in_(seller_ids)
    )
    return {
        part.seller_id: Part(
            part,
            *turns.get(part.seller_id, (0, 0)),
            missed.get(part.seller_id, 0),
            apart.get(part.seller_id, 0),
        )
        for part in db.session.scalars(query)
    }


def totals(edition: Edition) -> dict[str, int]:
    """Return how many take part, wait on standby, have a limit and have withdrawn."""
    here = Participation.withdrawn_at.is_(None)
    query = sa.select(
        sa.func.count().filter(here),
        sa.func.count().filter(here, Participation.standby),
        sa.func.count().filter(here, Participation.max_turns.is_not(None)),
        sa.func.count().filter(~here),
    ).where(Participation.edition_id == edition.id)
    names = ("", "cadangan", "batas", "mundur")
    return dict(zip(names, db.session.execute(query).one(), strict=True))


def pairs_of(edition: Edition, seller: Seller) -> Sequence[tuple[Seller, str]]:
    """Return whom the seller is never on air with, and why, by name."""
    other = sa.case(
        (BlockedPair.seller_id == seller.id, BlockedPair.other_id), else_=BlockedPair.seller_id
    )
    query = (
        sa.select(Seller, BlockedPair.note)
        .join(BlockedPair, other == Seller.id)
        .where(
            BlockedPair.edition_id == edition.id,
            sa.or_(BlockedPair.seller_id == seller.id, BlockedPair.other_id == seller.id),
        )
        .order_by(Seller.name)
    )
    return [(each, note) for each, note in db.session.execute(query)]


def likely(edition: Edition, seller: Seller, text: str) -> Sequence[Seller]:
    """Return participants that match the text, for a pair with the seller."""
    query = search(edition, text).where(Seller.id != seller.id).limit(LIKELY)
    return db.session.scalars(query).all()


def turns_of(edition: Edition, seller: Seller) -> Sequence[Turn]:
    """Return the seller's turns in the plan in force, by start, channels loaded."""
    current = find_current_release(edition)
    if current is None:
        return []
    query = (
        sa.select(Turn)
        .where(Turn.release_id == current.id, Turn.seller_id == seller.id)
        .options(sa.orm.joinedload(Turn.channel))
        .order_by(Turn.starts_at)
    )
    return db.session.scalars(query).all()


def get_turn(edition: Edition, seller: Seller, uid: str) -> Turn:
    """Return the seller's turn of this name in the plan in force. Raises NoSuchParticipant."""
    for turn in turns_of(edition, seller):
        if turn.uid == uid:
            return turn
    raise NoSuchParticipant


def missed_of(edition: Edition, seller: Seller) -> dict[str, MissedTurn]:
    """Return which turns the seller missed, by their names."""
    query = sa.select(MissedTurn).where(
        MissedTurn.edition_id == edition.id, MissedTurn.seller_id == seller.id
    )
    return {missed.turn_uid: missed for missed in db.session.scalars(query)}


def _turns(
    current: Release, seller_ids: Collection[int], now: datetime
) -> dict[int, tuple[int, int]]:
    query = (
        sa.select(Turn.seller_id, sa.func.count(), sa.func.count().filter(Turn.starts_at > now))
        .where(Turn.release_id == current.id, Turn.seller_id.in_(seller_ids))
        .group_by(Turn.seller_id)
    )
    return {seller: (turns, coming) for seller, turns, coming in db.session.execute(query)}


def _apart(edition: Edition, seller_ids: Collection[int]) -> dict[int, int]:
    query = sa.select(BlockedPair.seller_id, BlockedPair.other_id).where(
        BlockedPair.edition_id == edition.id,
        sa.or_(BlockedPair.seller_id.in_(seller_ids), BlockedPair.other_id.in_(seller_ids)),
    )
    found: dict[int, int] = {}
    for pair in db.session.execute(query):
        for seller in pair:
            found[seller] = found.get(seller, 0) + 1
    return found


def _counts(query: sa.Select[int, int]) -> dict[int, int]:
    return {key: number for key, number in db.session.execute(query)}  # noqa: C416 - rows
