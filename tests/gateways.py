"""Payment gateways for tests: real adapters before pretended gateways."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bazaar.adapters.fakes import midtrans as fake_midtrans
from bazaar.adapters.fakes import xendit as fake_xendit
from bazaar.adapters.fakes.serving import Served
from bazaar.adapters.midtrans import Midtrans
from bazaar.adapters.xendit import Xendit
from bazaar.ports import ChargeName, ChargeWish, RefundWish

BEGUN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OLD_KEY, OLD_TOKEN = "SB-Mid-server-LAMA00000000000000000000", "token-lama-0123456789"


def midtrans(url: str, **given: Any) -> Midtrans:
    fields = {"patience_s": 5, "old_keys": [OLD_KEY], **given}
    return Midtrans(url, fields.pop("key", fake_midtrans.KEY), **fields)


def xendit(url: str, **given: Any) -> Xendit:
    fields = {"patience_s": 5, "tokens": [fake_xendit.TOKEN, OLD_TOKEN], **given}
    return Xendit(url, fields.pop("key", fake_xendit.KEY), **fields)


MAKERS: dict[str, tuple[Any, Any]] = {
    "midtrans": (fake_midtrans, midtrans),
    "xendit": (fake_xendit, xendit),
}


def a_wish(reference: str = "PV-7XK2Q-1", amount_idr: int = 147_356, **given: Any) -> ChargeWish:
    fields: dict[str, Any] = {
        "description": "Pesanan PV-7XK2Q",
        "now": BEGUN,
        "pay_before": BEGUN + timedelta(minutes=60),
    }
    return ChargeWish(reference, amount_idr, **fields | given)


@dataclass
class Case:
    """An adapter before its pretended gateway."""

    gateway: Any
    served: Served
    fake: Any

    @property
    def till(self) -> Any:
        return self.fake.till

    def door(self, door: str, **given: object) -> Any:
        sent = {name: str(value) for name, value in given.items()}
        answer = httpx.post(
            f"{self.served.url}/_fake/{door}", params=sent, timeout=30, trust_env=False
        )
        answer.raise_for_status()
        return answer.json()["done"]

    def charged(self, wish: ChargeWish | None = None) -> ChargeName:
        wish = wish or a_wish()
        return ChargeName(wish.reference, self.gateway.create(wish).gateway_id)

    def paid(self, wish: ChargeWish | None = None, **given: object) -> ChargeName:
        charge = self.charged(wish)
        self.door("pay", reference=charge.reference, **given)
        return charge

    def another(self, **given: Any) -> Any:
        """Return another adapter before the same pretended gateway."""
        return MAKERS[self.gateway.name][1](self.served.url, **given)

    def impatient(self, status: int) -> Any:
        """Return an adapter that gives up before a pretended silence (status 0) is over."""
        return self.another(patience_s=0.5) if status == 0 else self.gateway

    def count(self) -> int:
        return len(getattr(self.fake, "transactions", None) or getattr(self.fake, "requests", ()))


def a_refund(charge: ChargeName, amount_idr: int = 50_000, key: str = "PV-7XK2Q-r1") -> RefundWish:
    return RefundWish(key, charge, amount_idr, "Stok habis")
