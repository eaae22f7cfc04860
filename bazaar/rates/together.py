"""Quotes for many places in one query: what placing orders together asks."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from bazaar.bulk import among
from bazaar.db import Prepared
from bazaar.models import FreeShipping, ShippingRate
from bazaar.rates.quoting import Quotes
from bazaar.rules import shipping
from bazaar.rules.shipping import Free, Rate
from bazaar.times import WIB, day_of

Destination = tuple[str, str]
"""A country, and Kemendagri's dotted code of the village there (empty abroad, or to fetch)."""

_ON = sa.bindparam("on_day", type_=sa.Date)
_RATES = Prepared(
    sa.select(
        ShippingRate.prefix,
        ShippingRate.courier,
        ShippingRate.first_kg_idr,
        ShippingRate.next_kg_idr,
        ShippingRate.days,
        ShippingRate.min_kg,
        ShippingRate.max_kg,
        ShippingRate.divisor,
        ShippingRate.tolerance_g,
        sa.cast(ShippingRate.valid_from, sa.String),
    ).where(
        among(ShippingRate.prefix, "prefixes"),
        ShippingRate.active,
        sa.func.coalesce(ShippingRate.valid_from, _ON) <= _ON,
        sa.func.coalesce(ShippingRate.valid_until, _ON) >= _ON,
    )
)
_FREE = Prepared(
    sa.select(
        FreeShipping.prefix,
        FreeShipping.seller_id,
        FreeShipping.min_goods_idr,
        FreeShipping.up_to_idr,
    ).where(among(FreeShipping.prefix, "prefixes"), FreeShipping.active)
)


def _rate(row: Iterable[Any]) -> Rate:
    *values, begins = row
    values.append(date.fromisoformat(begins) if begins else None)
    return Rate(*values)


def quotes_each(places: Iterable[Destination], *, now: datetime) -> dict[Destination, Quotes]:
    """Return for each place what `quotes` does: two queries, whatever the number of places."""
    covering = {place: shipping.places(*place) for place in places}
    prefixes = sorted(set().union(*covering.values()))
    rates: dict[str, list[Rate]] = {}
    for row in _RATES.run(prefixes=prefixes, on_day=day_of(now, WIB)):
        rate = _rate(row)
        rates.setdefault(rate.prefix, []).append(rate)
    free = [Free(*row) for row in _FREE.run(prefixes=prefixes)]
    return {
        place: Quotes(
            *place,
            [rate for prefix in covered if prefix in rates for rate in rates[prefix]],
            [rule for rule in free if rule.prefix in covered],
        )
        for place, covered in covering.items()
    }
