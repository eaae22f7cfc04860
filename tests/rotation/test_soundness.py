"""What `flask audit` tells of plans: nothing of a sound one, exactly what does not agree."""

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db
from bazaar.inspection import differences
from bazaar.models import Draw, DrawKind
from bazaar.rotation import draws, work
from bazaar.web import services
from tests.builders import HOST, a_seller, a_window, an_edition


@pytest.fixture
def plan(app, now):
    """Four slots, two sellers, drawn and released."""
    edition = an_edition(slug="ramadan")
    a_window(edition, opens_at=now, minutes=60)
    for code in ("U1", "U2"):
        a_seller(edition=edition, code=code)
    seals = services().draw_seals
    draw = draws.begin(edition, kind=DrawKind.PLAN, seals=seals, actor=HOST, now=now, iterations=0)
    draft = work.compute_here(draw, seals=seals, now=now)
    return rotation.release(draft, actor=HOST, now=now)


def told():
    return [str(difference) for difference in differences()]


def run(statement):
    db.session.execute(sa.text(statement))


def test_a_drawn_plan_is_sound(plan):
    assert told() == []


CORRUPTIONS = {
    "another input": (
        "UPDATE draws SET instance_digest = 'ab'",
        ["digest of instance: draw 1 of ramadan: expected ab", "seed: draw 1 of ramadan"],
    ),
    "another plan": (
        "UPDATE draws SET plan_digest = 'cd'",
        ["digest of plan: draw 1 of ramadan: expected cd"],
    ),
    "another secret": (
        f"UPDATE draws SET secret = '{'00' * 32}'",
        ["commitment: draw 1 of ramadan", "seed: draw 1 of ramadan"],
    ),
    "a seed chosen by hand": (
        "UPDATE draws SET seed = 'ef'",
        ["seed: draw 1 of ramadan"],
    ),
    "a turn that was lost": (
        "DELETE FROM turns WHERE id = (SELECT max(id) FROM turns)",
        ["drawn turns: release row 1, channel 1", "share: seller U"],
    ),
    "a turn nobody drew": (
        (
            "UPDATE turns SET starts_at = (SELECT closes_at FROM windows), "
            "ends_at = '2027-01-01' WHERE id = 1"
        ),
        ["drawn turns: release row 1, channel 1"],
    ),
    "a share too large": (
        "UPDATE shares SET turns = 9 WHERE seller_id = 1",
        ["share: seller U1 in release row 1: expected 2, found 9"],
    ),
    "a share that was lost": (
        "DELETE FROM shares WHERE seller_id = 2",
        ["share: seller U2 in release row 1: expected 2, found None"],
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_is_told(plan, name):
    statement, expected = CORRUPTIONS[name]
    run(statement)
    db.session.expire_all()

    found = told()

    assert len(found) == len(expected)
    for line, beginning in zip(found, expected, strict=True):
        assert line.startswith(beginning)


def test_a_draw_that_is_only_promised_is_sound(app, now):
    edition = an_edition()
    draws.commit(edition, kind=DrawKind.PLAN, seals=services().draw_seals, actor=HOST, now=now)

    assert db.session.query(Draw).count() == 1
    assert told() == []
