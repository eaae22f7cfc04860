"""What sending a parcel brought in and what it cost: paid by the buyer, charged by the courier.

The buyer pays for an order (`shipping_idr`, before free shipping `shipping_full_idr`). Several
parcels of one order share it by the weight of the pieces in them; each piece counts once, in the
first parcel that it is in, so that what is sent again brings in nothing more. Cancelled parcels
have no part. A parcel's charge is what a person entered for it (a list of waybill numbers, on the
booking by hand), else what the provider said last (at the booking, then by `order.price`); a
booking that was called off costs nothing, nor does a way without a courier.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    Booking,
    BookingStatus,
    Order,
    OrderLine,
    Parcel,
    ParcelLine,
    ParcelStatus,
    Product,
)
from bazaar.rules import couriers
from bazaar.rules.sharing import shared
from bazaar.shipments.acts import MANUAL

CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Fee:
    """The money of one parcel's way, in whole rupiah; `charged_idr` None: not known yet.

    `quoted_idr` is what the provider offered when it was booked, None without a provider.
    """

    parcel_id: int
    order_id: int
    paid_idr: int
    full_idr: int
    charged_idr: int | None
    quoted_idr: int | None

    @property
    def difference_idr(self) -> int | None:
        """What is left of the buyer's money; below zero the committee pays it."""
        return None if self.charged_idr is None else self.paid_idr - self.charged_idr

    @property
    def price_changed(self) -> bool:
        """Whether the courier took another price than was offered."""
        return None not in (self.charged_idr, self.quoted_idr) and (
            self.charged_idr != self.quoted_idr
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """So many pieces of a line in a parcel."""

    parcel_id: int
    line: int
    quantity: int
    weight_g: int


def of_parcels(parcel_ids: Sequence[int]) -> dict[int, Fee]:
    """Return the money of these parcels by id. Three queries for each `CHUNK` of them."""
    found: dict[int, Fee] = {}
    for start in range(0, len(parcel_ids), CHUNK):
        found.update(_of_some(parcel_ids[start : start + CHUNK]))
    return found


def shares_of(
    order_ids: Sequence[int],
) -> dict[int, dict[int, tuple[int, int]]]:
    """Return by order id what each parcel brings in: (paid, full) by parcel id.

    For every order that has a parcel that is not cancelled the parts add up to the order's own.
    """
    query = (
        sa.select(
            Order.id,
            Order.shipping_idr,
            Order.shipping_full_idr,
            Parcel.id,
            OrderLine.id,
            OrderLine.quantity,
            ParcelLine.quantity,
            Product.weight_g,
        )
        .join(Parcel, Parcel.order_id == Order.id)
        .join(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .join(OrderLine, OrderLine.id == ParcelLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Order.id.in_(order_ids), Parcel.status != ParcelStatus.CANCELLED)
        .order_by(Order.id, Parcel.number, OrderLine.id)
    )
    sums: dict[int, tuple[int, int]] = {}
    ordered: dict[int, int] = {}
    pieces: defaultdict[int, list[_Piece]] = defaultdict(list)
    for order, paid, full, parcel, line, wanted, quantity, weight_g in db.session.execute(query):
        sums[order] = (paid, full)
        ordered[line] = wanted
        pieces[order].append(_Piece(parcel, line, quantity, weight_g))
    return {
        order: _shares(*sums[order], _first_weights(pieces[order], ordered)) for order in pieces
    }


def _of_some(parcel_ids: Sequence[int]) -> dict[int, Fee]:
    query = sa.select(Parcel.id, Parcel.order_id, Parcel.courier).where(Parcel.id.in_(parcel_ids))
    rows = db.session.execute(query).all()
    order_of: dict[int, int] = {parcel_id: order_id for parcel_id, order_id, _ in rows}
    shares = shares_of(sorted(set(order_of.values())))
    charged, quoted = _charges(list(order_of))
    for parcel_id, _, courier in rows:
        if not couriers.gives_number(courier):
            charged.setdefault(parcel_id, 0)
    found = {}
    for parcel_id, order_id in order_of.items():
        paid, full = shares.get(order_id, {}).get(parcel_id, (0, 0))
        found[parcel_id] = Fee(
            parcel_id, order_id, paid, full, charged.get(parcel_id), quoted.get(parcel_id)
        )
    return found


def _first_weights(pieces: Iterable[_Piece], ordered: Mapping[int, int]) -> dict[int, int]:
    """Return grams by parcel, the first ones first; of each line only as many as were ordered."""
    left = dict(ordered)
    weights: dict[int, int] = {}
    for piece in pieces:
        first = min(piece.quantity, left[piece.line])
        left[piece.line] -= first
        weights[piece.parcel_id] = weights.get(piece.parcel_id, 0) + first * piece.weight_g
    return weights


def _shares(paid: int, full: int, weights: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    parts = list(weights.values())
    both = zip(shared(paid, parts), shared(full, parts), strict=True)
    return dict(zip(weights, both, strict=True))


def _charges(parcel_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return what couriers charge, and what providers offered, by parcel id."""
    query = (
        sa.select(Booking.parcel_id, Booking.provider, Booking.charged_idr, Booking.quoted_idr)
        .where(
            Booking.parcel_id.in_(parcel_ids),
            sa.or_(Booking.provider == MANUAL, Booking.status == BookingStatus.OPEN),
        )
        # What people entered comes last and counts.
        .order_by(sa.case((Booking.provider == MANUAL, 1), else_=0), Booking.id)
    )
    charged: dict[int, int] = {}
    quoted: dict[int, int] = {}
    for parcel_id, provider, charged_idr, quoted_idr in db.session.execute(query):
        if charged_idr is not None:
            charged[parcel_id] = charged_idr
        if quoted_idr is not None and provider != MANUAL:
            quoted[parcel_id] = quoted_idr
    return charged, quoted
