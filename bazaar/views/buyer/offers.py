"""What aggregators ask, on the way to an order: asked for where nothing is kept, in little time."""

import time
from collections.abc import Sequence
from typing import Final

from bazaar import bookings, rates, times
from bazaar.errors import Unavailable
from bazaar.orders import Part
from bazaar.ports import CourierRate, Goods
from bazaar.rules import couriers as companies
from bazaar.rules.shipping import Free, ShippingOption, with_free
from bazaar.web import services

PATIENCE_S: Final = 2.0
"""For all stalls of a basket together; then the committee's table counts."""

PAUSE_S: Final = 60.0
LEAST_S: Final = 0.2
_silent_until = 0.0


def add_offers(
    parts: Sequence[Part],
    village_code: str,
    couriers: dict[int, str],
    free: Sequence[Free],
    *,
    ask: bool,
) -> None:
    """Put what aggregators ask before what the table says; ways without a courier stay.

    Unless they may be asked, only the offer that was chosen on the page is shown. Ask nobody while
    a transaction may write.
    """
    if services().pickup is None or not village_code:
        return
    asked = _asked(parts, village_code) if ask else {}
    for part in parts:
        found = asked.get(part.seller_id, [])
        chosen = chosen_offer(part, village_code, couriers)
        if chosen and chosen.courier not in {option.courier for option in found}:
            found = [*found, chosen]
        if not found:
            continue
        paid = with_free(found, free, seller_id=part.seller_id, goods_idr=part.goods_idr)
        own = [option for option in part.options if not companies.gives_number(option.courier)]
        part.options = sorted([*paid, *own], key=lambda option: option.price_idr)


def chosen_offer(part: Part, village_code: str, couriers: dict[int, str]) -> ShippingOption | None:
    """Return the offer that was chosen for a part, None if none was or it is good no longer."""
    return rates.find_offer(
        couriers.get(part.seller_id, ""),
        seller_id=part.seller_id,
        village_code=village_code,
        weight_g=part.weight_g,
        links=services().links,
        now=times.now(),
    )


def _asked(parts: Sequence[Part], village_code: str) -> dict[int, list[ShippingOption]]:
    global _silent_until  # noqa: PLW0603 (one process remembers who was silent)
    begun = time.monotonic()
    found: dict[int, list[ShippingOption]] = {}
    if begun < _silent_until:
        return found
    for part in parts:
        left_s = PATIENCE_S - (time.monotonic() - begun)
        if left_s < LEAST_S:
            break
        goods = [
            Goods(item.product.name, item.quantity, item.product.price_idr, item.product.weight_g)
            for item in part.wanted
        ]
        try:
            said = bookings.rates_to(
                services().couriers,
                services().pickup,
                village_code,
                goods,
                weight_g=part.weight_g,
                timeout_s=left_s,
            )
        except Unavailable:
            _silent_until = time.monotonic() + PAUSE_S
            break
        found[part.seller_id] = [_option(rate, part, village_code) for rate in said]
    return found


def _option(rate: CourierRate, part: Part, village_code: str) -> ShippingOption:
    facts = {
        "from": rate.provider,
        "courier_code": rate.courier_code,
        "service_code": rate.service_code,
        "grams": part.weight_g,
        "days": rate.days,
    }
    name = " ".join(f"{rate.courier_name} {rate.service_name}".split())[:40]
    option = ShippingOption(name, rate.price_idr, rate.days[:20], rate.price_idr, facts)
    key = rates.sealed(
        option,
        seller_id=part.seller_id,
        village_code=village_code,
        weight_g=part.weight_g,
        links=services().links,
        now=times.now(),
    )
    return ShippingOption(name, rate.price_idr, option.days, rate.price_idr, facts, key)
