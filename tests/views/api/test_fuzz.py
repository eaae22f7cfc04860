"""Everything the document promises, tried with whatever fits it and whatever does not (R20)."""

import itertools
from collections import Counter
from datetime import timedelta

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events

from bazaar import partners, times
from bazaar.db import db, reading
from bazaar.models import Checkout, Order
from bazaar.partners import Scope
from bazaar.views.api.document import BASE, OPERATIONS
from tests.builders import (
    HOST,
    a_product,
    a_rate,
    a_release,
    a_seller,
    a_sticker,
    a_turn,
    an_edition,
)

EXAMPLES = 200
PAGE = f"{BASE}/openapi.json"

CODES = ("A77", "B77", "C777")
VILLAGES = ("35.09.21.1002", "31.71.01.1001")

_numbers = itertools.count()
schemathesis.openapi.format("claim-code", st.sampled_from(CODES))
schemathesis.openapi.format("telephone", st.sampled_from(["+6281234567890", "+62 812-3456-7891"]))
schemathesis.openapi.format("village-code", st.sampled_from(VILLAGES))
schemathesis.openapi.format("idempotency-key", st.builds(lambda: f"pesanan-{next(_numbers)}"))


class Strangers:
    """Each request comes from another address: one alone would soon be told to wait."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        environ["REMOTE_ADDR"] = f"10.0.{next(_numbers) % 250}.{next(_numbers) % 250}"
        return self.app(environ, start_response)


@pytest.fixture
def bazaar(app, now):
    """An evening with goods that never run out."""
    edition = an_edition(unpaid_per_phone=None)
    a_rate(courier="JNE REG")
    release = a_release(edition)
    for code in CODES:
        seller = a_seller(edition=edition)
        a_sticker(seller)
        a_product(seller=seller, claim_code=code, stock=10**9)
        a_turn(release, seller, starts_at=now + timedelta(minutes=15 * CODES.index(code)))
    db.session.commit()


def run(app, *, examples, key=None):
    """Let schemathesis do all it can; return its findings and how often it asked what."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 6,
            "headers": {"Authorization": f"Bearer {key}"} if key else {},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {"stateful": {"enabled": True}},
            "max-failures": 20,
            "warnings": False,
        }
    )
    schema = schemathesis.openapi.from_wsgi(PAGE, Strangers(app.wsgi_app), config=config)
    found: list[str] = []
    asked: Counter[str] = Counter()
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(repr(event))
        if isinstance(event, events.ScenarioFinished):
            asked[event.label or ""] += len(event.recorder.cases)
            for case_id, checks in event.recorder.checks.items():
                sent = event.recorder.cases[case_id].value
                found += [
                    f"{check.name}: {check.failure_info.failure} {sent.as_curl_command()}"
                    for check in checks
                    if check.failure_info
                ]
    return found, asked


@pytest.mark.parametrize(
    ("database", "keyed", "examples"),
    [("sqlite", False, EXAMPLES), ("postgresql", True, 20)],
    indirect=["database"],
)
def test_schemathesis_finds_nothing(app, bazaar, keyed, examples, monkeypatch):
    monkeypatch.setattr(partners, "BLOCK", 10**9)
    key = partners.make("Toko Mitra", list(Scope), by=HOST, now=times.now()) if keyed else None
    db.session.commit()

    found, asked = run(app, examples=examples, key=key)

    assert not found, "\n".join(found)
    for operation in OPERATIONS:
        if operation.given or operation.query or operation.body:
            assert asked[f"{operation.method} {operation.path}"] >= examples, asked
    with reading():
        placed = db.session.scalar(sa.select(sa.func.count(Order.id)))
        sources = set(db.session.scalars(sa.select(Checkout.source)))
    assert placed is not None
    assert placed > examples // 4
    assert sources == {"Toko Mitra" if keyed else "api"}
