"""The fairness ledger, for everybody: shares, draws and later changes of an edition.

All of it is read from what was written when it happened; nothing here changes anything.
"""

import enum
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, defer

from bazaar.db import db
from bazaar.editions.current import NoSuchEdition
from bazaar.models import (
    Draw,
    Edition,
    PlanEdit,
    Release,
    RequestState,
    Seller,
    Share,
    TurnRequest,
)
from bazaar.rotation.draws import NoSuchDraw
from bazaar.rotation.plans import find_current_release

EARLIER = 10
"""So many earlier editions are compared."""


class Order(enum.Enum):
    """By what the ledger is sorted; the place in the draw decides among equals."""

    PLACE = "undian"
    NAME = "nama"
    FEWEST = "tersedikit"
    LEAST_PRIME = "prime"


@dataclass(frozen=True, slots=True)
class Totals:
    """A ledger in a few numbers. `cv`: spread of prime time with carry-over, in percent.

    `envious`: of `asked` sellers so many would still rather have another's turns, even without
    the best one (not EF1); None when it was not counted.
    """

    sellers: int
    turns: int
    least: int
    most: int
    prime: int
    cv: float
    envious: int | None
    asked: int
    clashes: int | None
    empty: int | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a draw: the numbers of the releases made from it, and whether a draft is."""

    released: tuple[int, ...]
    drafted: bool


def get_edition(slug: str) -> Edition:
    """Return the edition of this short name, current or not. Raises NoSuchEdition."""
    query = sa.select(Edition).where(Edition.slug == slug)
    edition = db.session.scalars(query).one_or_none()
    if edition is None:
        raise NoSuchEdition
    return edition


def totals(release: Release) -> Totals:
    """Return the ledger of a release in numbers."""
    balance = Share.prime + Share.carry
    query = sa.select(
        sa.func.count(),
        sa.func.sum(Share.turns),
        sa.func.min(Share.turns),
        sa.func.max(Share.turns),
        sa.func.sum(Share.prime),
        sa.func.sum(balance),
        sa.func.sum(balance * balance),
    ).where(Share.release_id == release.id)
    count, turns, least, most, prime, total, squares = db.session.execute(query).one()
    figures = release.figures or {}
    envy = figures.get("EF1_ledger") or figures.get("envy_ledger") or {}
    return Totals(
        sellers=count,
        turns=int(turns or 0),
        least=least or 0,
        most=most or 0,
        prime=int(prime or 0),
        cv=_spread(count, int(total or 0), int(squares or 0)),
        envious=_number(envy, "sellers_with_envy"),
        asked=_number(envy, "of") or count,
        clashes=_number(figures, "adjacent_same_cluster"),
        empty=_number(figures, "empty"),
    )


def _spread(count: int, total: int, squares: int) -> float:
    if not count or total <= 0:
        return 0.0
    variance = max(0, count * squares - total * total)
    return round(100 * math.sqrt(variance) / total, 1)


def _number(figures: Mapping[str, Any], name: str) -> int | None:
    found = figures.get(name)
    return found if isinstance(found, int) else None


def part_of(share: Share) -> int | None:
    """Return how much of the fair share of prime time a seller has, carry-over counted, in percent.

    None where no fair share was worked out.
    """
    return round(100 * (share.prime + share.carry) / share.share) if share.share else None


def rows(release: Release, *, search: str = "", order: Order = Order.PLACE) -> sa.Select[Share]:
    """Return the query for the ledger's lines, sellers loaded.

    `search` is part of a stall's name, or a whole code.
    """
    query = (
        sa.select(Share)
        .join(Share.seller)
        .options(contains_eager(Share.seller))
        .where(Share.release_id == release.id)
    )
    if search:
        by_name = Seller.name.icontains(search, autoescape=True)
        query = query.where(sa.or_(by_name, Seller.code == search))
    first: dict[Order, tuple[Any, ...]] = {
        Order.PLACE: (),
        Order.NAME: (Seller.name,),
        Order.FEWEST: (Share.turns,),
        Order.LEAST_PRIME: (Share.prime + Share.carry - Share.share,),
    }
    return query.order_by(*first[order], Share.place, Seller.code)


def earlier(edition: Edition) -> Sequence[tuple[Edition, Release, Totals]]:
    """Return the last releases of earlier editions with their numbers, newest first."""
    query = (
        sa.select(Edition)
        .where(Edition.created_at < edition.created_at)
        .order_by(Edition.created_at.desc(), Edition.id.desc())
        .limit(EARLIER)
    )
    found = []
    for each in db.session.scalars(query):
        release = find_current_release(each)
        if release is not None:
            found.append((each, release, totals(release)))
    return [(each, release, numbers) for each, release, numbers in found if numbers.sellers]


def draws_of(edition: Edition) -> sa.Select[Draw]:
    """Return the query for the draws of an edition, newest first, without their blobs."""
    return (
        sa.select(Draw)
        .where(Draw.edition_id == edition.id)
        .options(defer(Draw.instance), defer(Draw.plan))
        .order_by(Draw.number.desc())
    )


def get_draw(edition: Edition | None, number: int, *, whole: bool = False) -> Draw:
    """Return the draw of this number; its input and plan are loaded only if `whole`.

    Raises NoSuchDraw, also without an edition.
    """
    if edition is None:
        raise NoSuchDraw
    query = sa.select(Draw).where(Draw.edition_id == edition.id, Draw.number == number)
    if not whole:
        query = query.options(defer(Draw.instance), defer(Draw.plan))
    draw = db.session.scalars(query).one_or_none()
    if draw is None:
        raise NoSuchDraw
    return draw


def outcomes(edition: Edition) -> dict[int, Outcome]:
    """Return what became of the edition's draws, by their ids."""
    query = (
        sa.select(Release.draw_id, Release.number, Release.replaced_at)
        .where(Release.edition_id == edition.id, Release.draw_id.is_not(None))
        .order_by(Release.number)
    )
    numbers: dict[int, list[int]] = {}
    drafted: set[int] = set()
    for draw_id, number, replaced_at in db.session.execute(query):
        assert draw_id is not None
        numbers.setdefault(draw_id, [])
        if number is not None:
            numbers[draw_id].append(number)
        elif replaced_at is None:
            drafted.add(draw_id)
    return {each: Outcome(tuple(made), each in drafted) for each, made in numbers.items()}


def changes(edition: Edition) -> sa.Select[PlanEdit]:
    """Return the query for the edits by hand in the edition's releases, newest first.

    Those of a draft that is not released are nobody's business yet.
    """
    return (
        sa.select(PlanEdit)
        .join(Release, Release.id == PlanEdit.release_id)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc(), PlanEdit.number.desc())
    )


def release_numbers(edition: Edition) -> dict[int, int]:
    """Return the numbers of the edition's releases by id."""
    query = sa.select(Release.id, Release.number).where(
        Release.edition_id == edition.id, Release.number.is_not(None)
    )
    return {row.id: row.number for row in db.session.execute(query)}


def granted(edition: Edition) -> sa.Select[TurnRequest]:
    """Return the query for the requests of sellers that were granted, newest first."""
    return (
        sa.select(TurnRequest)
        .where(TurnRequest.edition_id == edition.id, TurnRequest.state == RequestState.GRANTED)
        .order_by(TurnRequest.closed_at.desc(), TurnRequest.id.desc())
    )


def names_of(requests: Sequence[TurnRequest]) -> dict[int, str]:
    """Return the stalls' names of those who asked and those who agreed, by seller id."""
    ids = {one for request in requests for one in (request.seller_id, request.other_id) if one}
    query = sa.select(Seller.id, Seller.name).where(Seller.id.in_(ids))
    return {row.id: row.name for row in db.session.execute(query)} if ids else {}
