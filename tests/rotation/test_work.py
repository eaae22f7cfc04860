"""Draws are computed aside, written once, and survive whoever computes them."""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bazaar import rotation, times
from bazaar.db import db, reading, transaction
from bazaar.models import AuditEntry, Draw, DrawKind, DrawStage, Release, Share, Turn
from bazaar.rotation import drafts, draws, gathering, work
from bazaar.rules.rotation import draw as drawing
from bazaar.rules.rotation.format import read_instance, read_plan
from bazaar.settings import ROOT
from bazaar.web import services
from tests.builders import HOST, a_seller, a_window, an_edition
from tests.house import SECRET


def seals():
    return services().draw_seals


@pytest.fixture
def bazaar(app):
    """Two channels, two hours tomorrow in turns of 15 minutes, six sellers."""
    now = times.now().replace(microsecond=0, second=0)
    edition = an_edition(channels=2, freeze_minutes=60)
    a_window(edition, opens_at=now + timedelta(days=1))
    for n in range(6):
        a_seller(edition=edition, cluster="Batik" if n < 3 else "Kopi")
    return edition


def begin(edition, *, kind=DrawKind.PLAN, **more):
    return draws.begin(edition, kind=kind, seals=seals(), actor=HOST, now=times.now(), **more)


def compute():
    db.session.commit()
    return work.work(seals=seals())


def test_a_draw_becomes_a_draft_with_its_secret_revealed(bazaar):
    draw = begin(bazaar, iterations=200)

    assert compute() == 1

    assert (draw.stage, draw.percent, draw.failure) == (DrawStage.DONE, 100, "")
    assert drawing.commitment(bytes.fromhex(draw.secret)) == draw.commitment
    seed = drawing.seed_of(
        bytes.fromhex(draw.secret), bazaar.slug, draw.instance_digest, "", draw.number
    )
    assert seed == draw.seed
    plan = gzip.decompress(draw.plan)
    assert hashlib.sha256(plan).hexdigest() == draw.plan_digest
    draft = rotation.find_draft(bazaar)
    assert (draft.draw_id, draft.seed, draft.rule) == (draw.id, draw.seed, draw.rule)
    assert rotation.fairness(draft).turns == 16
    turns = db.session.scalars(sa.select(Turn).where(Turn.release_id == draft.id)).all()
    assert len(turns) == len(read_plan(plan).plan.assignments) == 16
    assert db.session.scalar(sa.select(sa.func.sum(Share.turns))) == 16
    assert compute() == 0
