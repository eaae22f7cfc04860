"""What an aggregator asked, as the buyer was shown it: signed, so that the order costs just that.

The page carries the whole offer. When it is ordered nobody outside is asked again.
"""

import base64
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, Final

from bazaar.rules.shipping import ShippingOption
from bazaar.tokens import Links

GOOD_FOR: Final = timedelta(hours=1)
"""So long an offer that was shown can be ordered."""

MAX_KEY: Final = 1_000
_MARK: Final = "~"


def sealed(
    option: ShippingOption,
    *,
    seller_id: int,
    village_code: str,
    weight_g: int,
    links: Links,
    now: datetime,
) -> str:
    """Return the text that stands for an offer of so many grams from one seller to one village."""
    until = int((now + GOOD_FOR).timestamp())
    said = [
        *(seller_id, village_code, weight_g, until),
        *(option.courier, option.before_idr, option.days, option.facts),
    ]
    text = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    return f"{_MARK}{text}.{links.token('rate', text)}"


def find_offer(
    key: str, *, seller_id: int, village_code: str, weight_g: int, links: Links, now: datetime
) -> ShippingOption | None:
    """Return the offer that was sealed for just this, None if it was not, or is too old."""
    text, dot, proof = key.removeprefix(_MARK).partition(".")
    if not key.startswith(_MARK) or not dot or len(key) > MAX_KEY:
        return None
    if not hmac.compare_digest(links.token("rate", text).encode(), proof.encode()):
        return None
    said: list[Any] = json.loads(base64.urlsafe_b64decode(text))
    if said[:3] != [seller_id, village_code, weight_g] or now.timestamp() > said[3]:
        return None
    courier, price_idr, days, facts = said[4:]
    return ShippingOption(courier, price_idr, days, price_idr, facts, key)
