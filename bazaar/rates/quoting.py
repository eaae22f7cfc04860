"""What sending to one place costs: the rows that cover it, and where shipping is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle
from typing import Any

import sqlalchemy as sa

from bazaar.db import Prepared
from bazaar.errors import N_, Conflict
from bazaar.models import FreeShipping, ShippingRate
from bazaar.rules import shipping
from bazaar.rules.shipping import Box, Free, Rate, ShippingOption
from bazaar.times import WIB, day_of


class NoRate(Conflict):
    """The chosen courier does not go there, or its rate was taken away meanwhile."""

    text = N_("Ongkir kurir ini ke alamat itu tidak tersedia. Pilih kurir lain.")


@dataclass(frozen=True, slots=True)
class Quotes:
    """What couriers ask to one place; without any rate nobody goes there."""

    country: str
    village_code: str
    rates: Sequence[Rate]
    free: Sequence[Free] = ()

    def options(
        self, weight_g: int, box: Box | None = None, *, seller_id: int = 0, goods_idr: int = 0
    ) -> list[ShippingOption]:
        """Return what a buyer pays for a parcel of so many grams in a box, cheapest first.

        Free shipping goes by what the goods of the seller cost. Abroad, where nobody asks anything,
        a person is to work it out (`shipping.ASKED`, for nothing yet).
        """
        found = shipping.options(
            self.rates,
            country=self.country,
            village_code=self.village_code,
            weight_g=weight_g,
            box=box,
        )
        if not found and self.country != shipping.HOME:
            facts = {"from": "asked", "grams": weight_g, "box_cm": list(box) if box else None}
            return [ShippingOption(shipping.ASKED, 0, "", 0, facts)]
        return shipping.with_free(found, self.free, seller_id=seller_id, goods_idr=goods_idr)

    def get_option(
        self,
        weight_g: int,
        courier: str,
        box: Box | None = None,
        *,
        seller_id: int = 0,
        goods_idr: int = 0,
    ) -> ShippingOption:
        """Return what a buyer pays this courier. Raises NoRate."""
        for option in self.options(weight_g, box, seller_id=seller_id, goods_idr=goods_idr):
            if option.courier == courier:
                return option
        raise NoRate


_PLACES = tuple(f"place_{length}" for length in range(shipping.VILLAGE_CODE_LENGTH + 1))
_COVERED = [sa.bindparam(name, type_=sa.String) for name in _PLACES]
_ON = sa.bindparam("on_day", type_=sa.Date)
RATE = (
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
)
"""What `rate_of` reads."""

HOLDS = (
    ShippingRate.active,
    sa.func.coalesce(ShippingRate.valid_from, _ON) <= _ON,
    sa.func.coalesce(ShippingRate.valid_until, _ON) >= _ON,
)
"""Of rows that count on the day `on_day`."""

_UNLIMITED = -1
_COVERING = Prepared(
    sa.union_all(
        sa.select(
            sa.literal_column("0").label("is_free"),
            *RATE,
        ).where(ShippingRate.prefix.in_(_COVERED), *HOLDS),
        sa.select(
            sa.literal_column("1"),
            FreeShipping.prefix,
            sa.literal_column("''"),
            FreeShipping.min_goods_idr,
            sa.func.coalesce(FreeShipping.up_to_idr, sa.literal_column(str(_UNLIMITED))),
            sa.literal_column("''"),
            sa.func.coalesce(FreeShipping.seller_id, sa.literal_column("0")),
            sa.null(),
            sa.literal_column("0"),
            sa.literal_column("0"),
            sa.null(),
        ).where(FreeShipping.prefix.in_(_COVERED), FreeShipping.active),
    )
)


def quotes(*, country: str, village_code: str, now: datetime) -> Quotes:
    """Return what couriers ask to a place now: one query, whatever the number of parcels.

    `village_code` is Kemendagri's, dotted (35.09.21.1002; empty abroad, and at home for who
    fetches the goods). Rows that are switched off or not valid on this day (WIB) are left out.
    """
    covering = cycle(shipping.places(country, village_code))
    places = dict(zip(_PLACES, covering, strict=False))
    found = _COVERING.run(**places, on_day=_today(now)).all()
    rates = [rate_of(row[1:]) for row in found if not row[0]]
    free = [
        Free(row[1], row[6] or None, row[3], None if row[4] == _UNLIMITED else row[4])
        for row in found
        if row[0]
    ]
    return Quotes(country, village_code, rates, free)


def rate_of(row: Sequence[Any]) -> Rate:
    """Return the rate of a row of `RATE`; the driver gives its first day as text."""
    *prices, begins = row
    prices.append(date.fromisoformat(begins) if begins else None)
    return Rate(*prices)


def _today(now: datetime) -> date:
    return day_of(now, WIB)
