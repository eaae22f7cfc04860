"""What sending a parcel costs: the rate of the most exact place, times chargeable kilograms.

Sources: the couriers' published divisors and tolerances. A box counts as length × width × height
(cm) × 1000 / divisor grams when that is more than it weighs: 6000 by land and air, 5000 or 4000
for cargo. With a tolerance of 300 g, 1,300 g is 1 kg and 1,301 g is 2 kg.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

DIVISOR = 6000
TOLERANCE_G = 300
VILLAGE_CODE_LENGTH = 13
HOME = "ID"
ANY_COUNTRY = "*"
PICK_UP = "Ambil sendiri"
"""The way of buyers who fetch their goods at the stall: a row of this name for all of Indonesia."""
ASKED = "Ongkir ditanyakan"
"""The courier of an order abroad for as long as a person is still to work out the fee."""


class Box(NamedTuple):
    """Outer sizes in whole centimetres."""

    length_cm: int
    width_cm: int
    height_cm: int


@dataclass(frozen=True, slots=True)
class Rate:
    """A courier's prices to places whose village code begins with `prefix`.

    Abroad, `prefix` is a two-letter country or `*` for any other. `first_kg_idr` is the price of
    `min_kg` kilograms; parcels above `max_kg` are not taken. Both days of validity are included.
    """

    prefix: str
    courier: str
    first_kg_idr: int
    next_kg_idr: int
    days: str
    min_kg: int = 1
    max_kg: int | None = None
    divisor: int = DIVISOR
    tolerance_g: int = TOLERANCE_G
    valid_from: date | None = None
    valid_until: date | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Free:
    """From `min_goods_idr` of a seller on, shipping to places under `prefix` costs less.

    `up_to_idr` is the most that is taken off, None all of it; `seller_id` None: every seller.
    """

    prefix: str
    seller_id: int | None
    min_goods_idr: int
    up_to_idr: int | None

    def taken_off(self, price_idr: int) -> int:
        """Return how much less is paid."""
        return price_idr if self.up_to_idr is None else min(price_idr, self.up_to_idr)


@dataclass(frozen=True, slots=True)
class ShippingOption:
    """What the buyer pays for one courier's way. `full_idr`: before free shipping, None the same.

    `facts` is the rate and how it was applied, as an order keeps it. `key` stands for an offer
    from outside, empty for a row of the table.
    """

    courier: str
    price_idr: int
    days: str
    full_idr: int | None = field(default=None, compare=False)
    facts: dict[str, Any] = field(default_factory=dict, compare=False)
    key: str = field(default="", compare=False)

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return self.key or self.courier

    @property
    def before_idr(self) -> int:
        """The price before free shipping."""
        return self.price_idr if self.full_idr is None else self.full_idr


def volumetric_g(box: Box, divisor: int = DIVISOR) -> int:
    """Return the grams that a box counts as, rounded up."""
    length, width, height = box
    if min(*box, divisor) < 1:
        raise ValueError(f"sizes and divisor are at least 1, got {box} / {divisor}")
    return -(-length * width * height * 1000 // divisor)


def chargeable_g(weight_g: int, box: Box | None, divisor: int = DIVISOR) -> int:
    """Return what is charged: the weight, or what the box counts as if that is more."""
    if weight_g < 1:
        raise ValueError(f"a parcel weighs at least 1 g, got {weight_g}")
    return max(weight_g, volumetric_g(box, divisor) if box else 0)


def chargeable_kg(grams: int, *, tolerance_g: int = TOLERANCE_G, min_kg: int = 1) -> int:
    """Return whole kilograms to be charged for `grams`, at least `min_kg`."""
    if grams < 1:
        raise ValueError(f"a parcel weighs at least 1 g, got {grams}")
    return max(min_kg, (grams + 999 - tolerance_g) // 1000)


def box_around(pieces: Iterable[tuple[Box, int]]) -> Box | None:
    """Return the smallest of the three boxes of pieces stacked along one axis; None of nothing.

    An estimate for as long as nobody has measured the packed box.
    """
    sizes = [(box, quantity) for box, quantity in pieces if quantity > 0]
    if not sizes:
        return None
    widest = [max(box[axis] for box, _ in sizes) for axis in range(3)]
    stacks = []
    for axis in (2, 1, 0):  # of equal ones the pile upwards
        stack = list(widest)
        stack[axis] = sum(box[axis] * quantity for box, quantity in sizes)
        stacks.append(Box(*stack))
    return min(stacks, key=lambda box: box.length_cm * box.width_cm * box.height_cm)


def options(
    rates: Iterable[Rate],
    *,
    country: str,
    village_code: str,
    weight_g: int,
    box: Box | None = None,
) -> list[ShippingOption]:
    """Return what each courier asks, cheapest first; empty when nobody goes there.

    Of one courier's rates the longest prefix wins, also when it then does not take so heavy a
    parcel; of equal ones the one that began last. `rates` are valid today. At home without a village only fetching it is offered, with a village everything else.
    """
    covering = places(country, village_code)
    fetched = country == HOME and not village_code
    exact: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda rate: (len(rate.prefix), rate.valid_from or date.min)):
        if rate.prefix in covering and (rate.courier == PICK_UP) is fetched:
            exact[rate.courier] = rate
    asked = [_asked(rate, weight_g, box) for rate in exact.values()]
    return sorted(
        (option for option in asked if option),
        key=lambda option: (option.price_idr, option.courier),
    )


def _asked(rate: Rate, weight_g: int, box: Box | None) -> ShippingOption | None:
    grams = chargeable_g(weight_g, box, rate.divisor)
    kilograms = chargeable_kg(grams, tolerance_g=rate.tolerance_g, min_kg=rate.min_kg)
    if rate.max_kg is not None and kilograms > rate.max_kg:
        return None
    price_idr = rate.first_kg_idr + rate.next_kg_idr * (kilograms - rate.min_kg)
    facts = {
        "from": "table",
        "prefix": rate.prefix,
        "first_kg_idr": rate.first_kg_idr,
        "next_kg_idr": rate.next_kg_idr,
        "min_kg": rate.min_kg,
        "divisor": rate.divisor,
        "tolerance_g": rate.tolerance_g,
        "box_cm": list(box) if box else None,
        "grams": grams,
        "kg": kilograms,
        "days": rate.days,
    }
    return ShippingOption(rate.courier, price_idr, rate.days, price_idr, facts)


def best_free(
    rules: Iterable[Free], *, seller_id: int, goods_idr: int, price_idr: int
) -> Free | None:
    """Return the rule that takes most off `price_idr` for so much of a seller's goods, or None."""
    fitting = [
        rule
        for rule in rules
        if rule.seller_id in (None, seller_id) and rule.min_goods_idr <= goods_idr
    ]
    return max(fitting, key=lambda rule: rule.taken_off(price_idr), default=None)


def next_free(rules: Iterable[Free], *, seller_id: int, goods_idr: int) -> Free | None:
    """Return the rule that the least more of a seller's goods would reach, or None."""
    ahead = [
        rule
        for rule in rules
        if rule.seller_id in (None, seller_id) and rule.min_goods_idr > goods_idr
    ]
    return min(ahead, key=lambda rule: rule.min_goods_idr, default=None)


def with_free(
    found: Sequence[ShippingOption], rules: Sequence[Free], *, seller_id: int, goods_idr: int
) -> list[ShippingOption]:
    """Return the options as the buyer pays them, cheapest first, each by its best rule."""
    paid = [_paid(option, rules, seller_id, goods_idr) for option in found]
    return sorted(paid, key=lambda option: (option.price_idr, option.before_idr, option.courier))


def _paid(
    option: ShippingOption, rules: Sequence[Free], seller_id: int, goods_idr: int
) -> ShippingOption:
    rule = best_free(rules, seller_id=seller_id, goods_idr=goods_idr, price_idr=option.price_idr)
    if rule is None or not rule.taken_off(option.price_idr):
        return option
    free = {"prefix": rule.prefix, "min_goods_idr": rule.min_goods_idr, "up_to_idr": rule.up_to_idr}
    price_idr = option.price_idr - rule.taken_off(option.price_idr)
    facts = {**option.facts, "free": free}
    return replace(option, price_idr=price_idr, full_idr=option.price_idr, facts=facts)


def places(country: str, village_code: str) -> set[str]:
    """Return every prefix that covers the place, so that a query asks for no other rates."""
    if country != HOME:
        return {country, ANY_COUNTRY}
    return {village_code[:length] for length in range(len(village_code) + 1)}
