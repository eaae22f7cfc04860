"""How evenly a plan shares airtime: a row for each seller, and figures for the whole."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Participation, Release, Seller, Share, ShowDay, Turn, Window
from bazaar.rules.rotation import Assignment, Instance, Plan
from bazaar.rules.rotation.figures import as_judged, figures

MOST_FOR_ENVY = 1_500
"""Above so many sellers nobody's envy is counted: that takes longer than the plan."""


@dataclass(frozen=True, slots=True)
class Fairness:
    """How evenly a plan shares airtime. `per_seller` is fewest turns first, then by name.

    `cv` is how much prime time with carry-over differs between sellers (standard deviation
    against the mean), `clashes` how often a cluster follows itself or is on air beyond its cap,
    `envious` how many sellers would rather have another's turns, even without the best one.
    None: not counted.
    """

    turns: int
    least: int
    most: int
    empty: int
    cv: float | None
    clashes: int | None
    envious: int | None
    per_seller: Sequence[tuple[str, int]]


def fairness(release: Release, *, per_seller: bool = True) -> Fairness:
    """Return how a plan came out, by what was worked out with it; cheap, however large it is."""
    known = release.figures or {}
    least, most, turns = db.session.execute(
        sa.select(
            sa.func.min(Share.turns), sa.func.max(Share.turns), sa.func.sum(Share.turns)
        ).where(Share.release_id == release.id)
    ).one()
    rows: Sequence[tuple[str, int]] = ()
    if per_seller:
        query = (
            sa.select(Seller.name, Share.turns)
            .join(Seller, Seller.id == Share.seller_id)
            .where(Share.release_id == release.id)
            .order_by(Share.turns, Seller.name)
        )
        rows = [(name, had) for name, had in db.session.execute(query)]
    return Fairness(
        int(turns or 0),
        least or 0,
        most or 0,
        known.get("empty", 0),
        known.get("cv"),
        known.get("clashes"),
        known.get("envious"),
        rows,
    )


def figures_of(instance: Instance, assignments: Iterable[Assignment]) -> dict[str, Any]:
    """Return the figures kept with a release: those of the judge, and four by a short name."""
    found = figures(instance, assignments, envy=len(instance.sellers) <= MOST_FOR_ENVY)
    return as_judged(found) | {
        "cv": found.balance.cv,
        "clashes": found.adjacent_same_cluster + found.same_time_over_cap,
        "envious": found.envy_ledger.sellers_with_envy if found.envy_ledger else None,
    }


def write(draft: Release, instance: Instance, plan: Plan, sellers: Mapping[str, int]) -> None:
    """Keep how every seller came out of the plan; who dropped out without a turn is left out."""
    rows = [
        {
            "release_id": draft.id,
            "seller_id": sellers[one.seller],
            "place": one.place,
            "rounds": one.rounds,
            "turns": one.turns,
            "prime": one.prime,
            "carry": one.carry,
            "share": one.share,
        }
        for one in plan.standings
        if one.seller in sellers and (one.turns or one.seller not in instance.dropped)
    ]
    if rows:
        db.session.execute(sa.insert(Share), rows)


def rewrite(draft: Release, sellers: Collection[int] | None = None) -> None:
    """Count turns and prime time of the draft anew after it was edited, and the figures.

    With `sellers` (ids) only theirs, and of the figures only what follows from the rows; that is
    what one hand edit needs. Who had no row gets one: not drawn, with a share of nothing.
    """
    had = _counted(draft, sellers)
    known = set(db.session.scalars(sa.select(Share.seller_id).where(Share.release_id == draft.id)))
    for seller_id in known if sellers is None else known & set(sellers):
        turns, prime = had.get(seller_id, (0, 0))
        db.session.execute(
            sa.update(Share)
            .where(Share.release_id == draft.id, Share.seller_id == seller_id)
            .values(turns=turns, prime=prime)
        )
    new = [
        {
            "release_id": draft.id,
            "seller_id": seller_id,
            "place": 0,
            "rounds": 0,
            "turns": turns,
            "prime": prime,
            "carry": 0,
            "share": 0,
        }
        for seller_id, (turns, prime) in had.items()
        if seller_id not in known
    ]
    if new:
        db.session.execute(sa.insert(Share), new)
    draft.figures = {**(draft.figures or {}), **_from_rows(draft)}
    db.session.flush()


def _counted(draft: Release, sellers: Collection[int] | None) -> dict[int, tuple[int, int]]:
    """Return turns and prime time of each seller by the turns and hours there are."""
    weight = sa.func.coalesce(Window.weight, ORDINARY)
    query = (
        sa.select(Turn.seller_id, sa.func.count(), sa.func.sum(weight))
        .outerjoin(
            sa.join(Window, ShowDay, Window.show_day_id == ShowDay.id),
            sa.and_(
                ShowDay.edition_id == draft.edition_id,
                Window.opens_at <= Turn.starts_at,
                Window.closes_at > Turn.starts_at,
            ),
        )
        .where(Turn.release_id == draft.id)
        .group_by(Turn.seller_id)
    )
    if sellers is not None:
        query = query.where(Turn.seller_id.in_(sellers))
    return {seller: (turns, int(prime)) for seller, turns, prime in db.session.execute(query)}


ORDINARY = 10
"""The weight of a turn whose hours are gone."""


def _from_rows(draft: Release) -> dict[str, Any]:
    """Return the figures that follow from the rows; the others are as before the edit."""
    balance = Share.prime + Share.carry
    query = (
        sa.select(
            sa.func.count(),
            sa.func.sum(Share.turns),
            sa.func.sum(balance),
            sa.func.sum(balance * balance),
        )
        .outerjoin(
            Participation,
            sa.and_(
                Participation.seller_id == Share.seller_id,
                Participation.edition_id == draft.edition_id,
            ),
        )
        .where(Share.release_id == draft.id)
    )
    count, turns, total, squares = (int(value or 0) for value in db.session.execute(query).one())
    found: dict[str, Any] = {"filled": turns}
    slots = (draft.figures or {}).get("slots")
    if slots is not None:
        found["empty"] = max(0, slots - turns)
    if count and total > 0:
        variance = max(0, count * squares - total * total)
        found["cv"] = round(variance**0.5 / total, 4)
    return found
