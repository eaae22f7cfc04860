"""Where the goods of orders are: read from quantities, never stored (`rules.shipping_state`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    OrderLine,
    Parcel,
    ParcelDecision,
    ParcelLine,
    ParcelProblem,
    ParcelReview,
)
from bazaar.rules import shipping_state
from bazaar.rules.shipping_state import InParcel, ShippingState

SENT_AGAIN: Final = "reship"
REFUNDED: Final = "refund"


@dataclass(slots=True)
class Situation:
    """The lines of an order that are still owed, by line id, and its parcels."""

    ordered: dict[int, int] = field(default_factory=dict)
    parcels: list[InParcel] = field(default_factory=list)

    @property
    def state(self) -> ShippingState:
        """How far the goods are."""
        return shipping_state.shipping_state(self.ordered, self.parcels)

    @property
    def unassigned(self) -> dict[int, int]:
        """The pieces that are in no parcel, by line."""
        return shipping_state.unassigned(self.ordered, self.parcels)

    @property
    def all_delivered(self) -> bool:
        """Whether every piece that is owed has arrived."""
        return shipping_state.all_delivered(self.ordered, self.parcels)


def of(order_ids: Sequence[int]) -> dict[int, Situation]:
    """Return where the goods of these orders are, by order id."""
    found: dict[int, Situation] = {order_id: Situation() for order_id in order_ids}
    lines = sa.select(OrderLine.order_id, OrderLine.id, OrderLine.quantity).where(
        OrderLine.order_id.in_(order_ids)
    )
    for order_id, line, quantity in db.session.execute(lines):
        found[order_id].ordered[line] = quantity
    pieces = _pieces(order_ids)
    choices = _choices(order_ids)
    for row in db.session.execute(_parcels(order_ids)):
        inside, kinds = pieces.get(row.id, {}), choices.get(row.id, set())
        situation = found[row.order_id]
        situation.parcels.append(
            InParcel(row.status, inside, row.resume_status, bool(kinds), row.reviewed)
        )
        if REFUNDED in kinds:
            for line, quantity in inside.items():
                situation.ordered[line] = max(0, situation.ordered.get(line, 0) - quantity)
    return found


def states_of(order_ids: Sequence[int]) -> dict[int, ShippingState]:
    """Return how far the goods of these orders are, by order id."""
    return {order_id: situation.state for order_id, situation in of(order_ids).items()}


def _parcels(order_ids: Sequence[int]) -> sa.Select[*tuple[object, ...]]:
    reviewed = sa.or_(
        sa.exists().where(ParcelReview.parcel_id == Parcel.id, ParcelReview.cleared_at.is_(None)),
        sa.exists().where(
            ParcelProblem.parcel_id == Parcel.id, ParcelProblem.answered_at.is_(None)
        ),
    )
    return (
        sa.select(
            Parcel.id,
            Parcel.order_id,
            Parcel.status,
            Parcel.resume_status,
            reviewed.label("reviewed"),
        )
        .where(Parcel.order_id.in_(order_ids))
        .order_by(Parcel.number)
    )


def _pieces(order_ids: Sequence[int]) -> Mapping[int, dict[int, int]]:
    query = (
        sa.select(ParcelLine.parcel_id, ParcelLine.order_line_id, ParcelLine.quantity)
        .join(ParcelLine.parcel)
        .where(Parcel.order_id.in_(order_ids))
    )
    pieces: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for parcel_id, line, quantity in db.session.execute(query):
        pieces[parcel_id][line] = quantity
    return pieces


def _choices(order_ids: Sequence[int]) -> Mapping[int, set[str]]:
    """Return of parcels that were given up for another, or for money, how."""
    query = (
        sa.select(ParcelDecision.parcel_id, ParcelDecision.kind)
        .join(Parcel, Parcel.id == ParcelDecision.parcel_id)
        .where(Parcel.order_id.in_(order_ids), ParcelDecision.kind.in_([SENT_AGAIN, REFUNDED]))
    )
    kinds: defaultdict[int, set[str]] = defaultdict(set)
    for parcel_id, kind in db.session.execute(query):
        kinds[parcel_id].add(kind)
    return kinds
