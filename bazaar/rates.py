"""The committee's table of shipping prices."""

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import ShippingRate
from bazaar.rules import shipping
from bazaar.rules.shipping import ShippingOption


class NoRate(Conflict):
    """The chosen courier does not go there, or its rate was taken away meanwhile."""

    text = N_("Ongkir kurir ini ke alamat itu tidak tersedia. Pilih kurir lain.")


def options(*, country: str, village_code: str, weight_g: int) -> list[ShippingOption]:
    """Return what couriers ask for a parcel, cheapest first; empty when nobody goes there.

    `village_code` is the Kemendagri code in digits (empty abroad), `weight_g` grams.
    """
    reachable = ShippingRate.prefix.in_(shipping.places(country, village_code))
    rates = [
        shipping.Rate(rate.prefix, rate.courier, rate.first_kg_idr, rate.next_kg_idr, rate.days)
        for rate in db.session.scalars(sa.select(ShippingRate).where(reachable))
    ]
    return shipping.options(rates, country=country, village_code=village_code, weight_g=weight_g)


def get_option(*, country: str, village_code: str, weight_g: int, courier: str) -> ShippingOption:
    """Return what this courier asks. Raises NoRate."""
    for option in options(country=country, village_code=village_code, weight_g=weight_g):
        if option.courier == courier:
            return option
    raise NoRate
