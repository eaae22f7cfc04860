import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.rules.parcel_states import ParcelAct
from bazaar.rules.show.acts import ActKind
from bazaar.times import WIB
from bazaar.views.committee.trail import WORDS
from tests.committee import signed_in

EVERYTHING = ["order:PV-AAAAA", "order:PV-BBBBB", "turn:1", "turn:12", "product:B_7"]
EVENING = datetime(2026, 3, 1, 19, 0, tzinfo=WIB)


@pytest.fixture
def trail(client):
    signed_in(client)
    for at, actor, action, subject in (
        (EVENING, Actor("committee:7", "Rina"), "order.cancel", "order:PV-AAAAA"),
        (EVENING + timedelta(hours=1), audit.CLOCK, "order.expire", "order:PV-BBBBB"),
        (EVENING + timedelta(hours=6), audit.CLOCK, "turn.start", "turn:1"),
        (EVENING, audit.CLOCK, "turn.start", "turn:12"),
        (EVENING, Actor("seller:3", "Lapak 100% Batik"), "product.change", "product:B_7"),
    ):
        audit.note(actor, action, subject, now=at, roles=["host"], before=None, pieces=3)
    db.session.commit()
    return client


def subjects(page):
    return [subject for subject in EVERYTHING if f">{subject}</a>" in page.text]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("", EVERYTHING),
        ("actor=clock", ["order:PV-BBBBB", "turn:1", "turn:12"]),
        ("actor=rin", ["order:PV-AAAAA"]),
        ("actor=100%25", ["product:B_7"]),
        ("actor=%25", ["product:B_7"]),
        ("action=order.", ["order:PV-AAAAA", "order:PV-BBBBB"]),
        ("subject=product:B_", ["product:B_7"]),
        ("subject=order:PV_", []),
        ("subject=turn:1", ["turn:1"]),
        ("day=2026-03-01", ["order:PV-AAAAA", "order:PV-BBBBB", "turn:12", "product:B_7"]),
        ("day=2026-03-02", ["turn:1"]),
        ("day=2026-03-02&actor=rina", []),
        ("day=1-3-26", EVERYTHING),
    ],
)
def test_the_trail_is_searched_by_who_what_which_and_day(trail, search, found):
    page = trail.get(f"/panitia/jejak?{search}")

    assert page.status_code == 200
    assert subjects(page) == found


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x" * 500, "-1"])
def test_odd_days_are_no_days(trail, day):
    assert trail.get("/panitia/jejak", query_string={"day": day}).status_code == 200


def test_the_newest_comes_first_and_long_trails_have_pages(trail):
    for n in range(60):
        audit.note(audit.CLOCK, "x.y", f"z:{n}", now=EVENING + timedelta(days=1, minutes=n))
    first = trail.get("/panitia/jejak").text
    second = trail.get("/panitia/jejak?page=2&actor=clock").text

    assert first.index(">z:59<") < first.index(">z:58<")
    assert ">z:0<" not in first
    assert ">z:0<" in second
    assert "actor=clock" in second


@pytest.mark.parametrize("entries", [1, 3])
def test_a_fuller_trail_costs_no_more_queries(client, queries, entries):
    signed_in(client)
    for n in range(entries):
        audit.note(audit.CLOCK, "x.y", f"z:{n}", now=EVENING)
    db.session.commit()
    queries.clear()

    client.get("/panitia/jejak")

    assert len(queries) <= 6


def acts():
    """Every act that the business notes with a plain name."""
    for path in Path("bazaar").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.note":
                act = node.args[1]
                if isinstance(act, ast.Constant):
                    yield act.value


def test_people_have_a_word_for_every_act():
    assert {act for act in acts() if act not in WORDS} == set()
    assert {f"parcel.{act.value}" for act in ParcelAct} <= WORDS.keys()
    assert {f"show.{act.value}" for act in ActKind} <= WORDS.keys()
