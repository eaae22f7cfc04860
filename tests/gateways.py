"""Payment gateways for tests: real adapters before pretended gateways, put into the application."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from flask import Flask
from flask.testing import FlaskClient

from bazaar.adapters.fakes import midtrans as fake_midtrans
from bazaar.adapters.fakes import xendit as fake_xendit
from bazaar.adapters.fakes.serving import Served
from bazaar.adapters.midtrans import Midtrans
from bazaar.adapters.xendit import Xendit
from bazaar.clockwork import run_errand
from bazaar.db import db
from bazaar.ports import ChargeName, ChargeWish, RefundWish
from bazaar.scheduler import ERRANDS

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
    served: Any
    fake: Any
    app: Any = None

    @property
    def name(self) -> str:
        return str(self.gateway.name)

    @property
    def till(self) -> Any:
        return self.fake.till

    def door(self, door: str, **given: object) -> Any:
        sent = {name: str(value) for name, value in given.items()}
        answer = self.app.test_client().post(f"/_fake/{door}", query_string=sent)
        assert answer.status_code == 200, answer.text
        return answer.json["done"]

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


@contextmanager
def served(name: str) -> Iterator[Case]:
    """An adapter that calls its pretended gateway by HTTP."""
    module, adapter = MAKERS[name]
    app = module.make()
    with Served(app) as behind:
        yield Case(adapter(behind.url), behind, app.extensions["fake"], app)


@contextmanager
def installed(app: Flask, *names: str) -> Iterator[Case]:
    """Let the application have these gateways, without a network between; gives the first."""
    before = app.extensions["bazaar"]
    cases = [_in_process(name) for name in names]
    gateways = {case.name: case.gateway for case in cases}
    app.extensions["bazaar"] = replace(before, gateways=gateways)
    try:
        yield cases[0]
    finally:
        app.extensions["bazaar"] = before


def _in_process(name: str) -> Case:
    module, adapter = MAKERS[name]
    fake_app = module.make()
    gateway = adapter("http://gateway.test")
    client = gateway._line._client
    client._transport = httpx.WSGITransport(app=fake_app, raise_app_exceptions=False)
    return Case(gateway, None, fake_app.extensions["fake"], fake_app)


def run(name: str) -> int:
    """Run an errand of the clock, as it stands."""
    db.session.commit()
    done = run_errand(next(errand for errand in ERRANDS if errand.name == name))
    db.session.expire_all()
    return done


def tell(
    client: FlaskClient, case: Case, body: object, headers: dict[str, str] | None = None
) -> int:
    """Send a notification as the gateway would; return the status answered."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    proof = case.till.headers_for({}) if headers is None else headers
    return client.post(
        f"/webhook/{case.name}", data=sent, content_type="application/json", headers=proof
    ).status_code


def tell_all(client: FlaskClient, case: Case) -> list[int]:
    """Send everything that the gateway has to tell."""
    messages, case.till.unsent = case.till.unsent, []
    return [tell(client, case, message.body) for message in messages]
