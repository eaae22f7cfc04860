"""Quotes for many places in one query: what placing orders together asks."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bazaar.bulk import among
from bazaar.db import Prepared
from bazaar.models import FreeShipping, ShippingRate
from bazaar.rates.quoting import HOLDS, RATE, Quotes, rate_of
from bazaar.rules import shipping
from bazaar.rules.shipping import Free, Rate
from bazaar.times import WIB, day_of

Destination = tuple[str, str]
"""A country, and Kemendagri's dotted code of the village there (empty abroad, or to fetch)."""

_RATES = Prepared(sa.select(*RATE).where(among(ShippingRate.prefix, "prefixes"), *HOLDS))
_FREE = Prepared(
    sa.select(
        FreeShipping.prefix,
        FreeShipping.seller_id,
        FreeShipping.min_goods_idr,
        FreeShipping.up_to_idr,
    ).where(among(FreeShipping.prefix, "prefixes"), FreeShipping.active)
)


def quotes_each(places: Iterable[Destination], *, now: datetime) -> dict[Destination, Quotes]:
    """Return for each place what `quotes` does: two queries, whatever the number of places."""
    covering = {place: shipping.places(*place) for place in places}
    prefixes = sorted(set().union(*covering.values()))
    rates: dict[str, list[Rate]] = {}
    for row in _RATES.run(prefixes=prefixes, on_day=day_of(now, WIB)):
        rate = rate_of(row)
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
