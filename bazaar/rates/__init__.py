"""What sending costs: the committee's table, rules of free shipping, and quotes from both."""

from bazaar.rates.free import (
    FreeExists,
    NoSuchFree,
    free_rules,
    free_table,
    get_free,
    remove_free,
    set_free,
)
from bazaar.rates.offers import find_offer, sealed
from bazaar.rates.quoting import NoRate, Quotes, quotes
from bazaar.rates.table import (
    IN_ORDER,
    NoSuchPlace,
    NoSuchRate,
    RateExists,
    couriers,
    couriers_in_use,
    get_rate,
    is_place,
    name_at_home,
    place_name,
    rate_of,
    remove_rate,
    set_rate,
    table,
    told,
)
from bazaar.rates.together import Destination, quotes_each

__all__ = [
    "IN_ORDER",
    "Destination",
    "FreeExists",
    "NoRate",
    "NoSuchFree",
    "NoSuchPlace",
    "NoSuchRate",
    "Quotes",
    "RateExists",
    "couriers",
    "couriers_in_use",
    "find_offer",
    "free_rules",
    "free_table",
    "get_free",
    "get_rate",
    "is_place",
    "name_at_home",
    "place_name",
    "quotes",
    "quotes_each",
    "rate_of",
    "remove_free",
    "remove_rate",
    "sealed",
    "set_free",
    "set_rate",
    "table",
    "told",
]
