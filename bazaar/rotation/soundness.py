"""What `flask audit` works out again of plans: draws, turns and shares must agree."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Draw, DrawStage, Edition, PlanEdit, Release, Seller, Share, Turn
from bazaar.rules.rotation import draw as drawing

Told = tuple[str, str, object, object]
"""What does not agree: check, subject, expected, found."""


def draws_hold_what_they_promised() -> Iterator[Told]:
    """Input and plan have their published digests; secret and seed their commitment."""
    query = (
        sa.select(Draw, Edition.slug)
        .join(Edition, Edition.id == Draw.edition_id)
        .order_by(Draw.id)
        .execution_options(yield_per=1)
    )
    for draw, slug in db.session.execute(query):
        subject = f"draw {draw.number} of {slug}"
        for name, packed, digest in (
            ("instance", draw.instance, draw.instance_digest),
            ("plan", draw.plan, draw.plan_digest),
        ):
            found = None if packed is None else _digest(packed)
            if found != digest:
                yield (f"digest of {name}", subject, digest, found)
        if draw.secret is None:
            continue
        secret = bytes.fromhex(draw.secret)
        if drawing.commitment(secret) != draw.commitment:
            found = drawing.commitment(secret)
            yield ("commitment", subject, draw.commitment, found)
        if draw.seed is not None:
            digest = draw.instance_digest or ""
            seed = drawing.seed_of(secret, slug, digest, draw.public_value, draw.number)
            if seed != draw.seed:
                yield ("seed", subject, seed, draw.seed)


def turns_are_as_drawn_and_edited() -> Iterator[Told]:
    """A plan has the turns of its draw, or of the release it was copied from, and its edits."""
    edited = sa.select(PlanEdit.id).where(PlanEdit.release_id == Release.id)
    query = (
        sa.select(Release)
        .outerjoin(Draw, Draw.id == Release.draw_id)
        .where(
            Release.replaced_at.is_(None),
            sa.or_(Draw.stage == DrawStage.DONE, edited.exists() & Release.base_id.is_not(None)),
        )
    )
    for release in db.session.scalars(query):
        expected = _drawn(release)
        edits = sa.select(PlanEdit).where(
            PlanEdit.release_id == release.id, PlanEdit.undone_at.is_(None)
        )
        for edit in db.session.scalars(edits.order_by(PlanEdit.number)):
            for row in edit.changes:
                expected[row["channel"], datetime.fromisoformat(row["starts_at"])] = row["after"]
        found = _owners(release)
        wrong = [
            place
            for place in expected.keys() | found.keys()
            if expected.get(place) != found.get(place)
        ]
        if wrong:
            channel, start = min(wrong, key=lambda place: (place[1], place[0]))
            subject = f"release row {release.id}, channel {channel} at {start.isoformat()}"
            subject += f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            place = (channel, start)
            yield ("drawn turns", subject, expected.get(place), found.get(place))


def shares_count_the_turns() -> Iterator[Told]:
    """Every share tells as many turns as there are, and nobody with turns lacks one."""
    had = (
        sa.select(Turn.release_id, Turn.seller_id, sa.func.count().label("turns"))
        .group_by(Turn.release_id, Turn.seller_id)
        .subquery()
    )
    counted = sa.func.coalesce(had.c.turns, 0)
    query = (
        sa.select(Share.release_id, Seller.code, counted, Share.turns)
        .join(Seller, Seller.id == Share.seller_id)
        .outerjoin(
            had,
            sa.and_(had.c.release_id == Share.release_id, had.c.seller_id == Share.seller_id),
        )
        .where(counted != Share.turns)
    )
    for release_id, code, expected, found in db.session.execute(query):
        yield ("share", f"seller {code} in release row {release_id}", expected, found)
    known = sa.select(Share.release_id).distinct()
    own = sa.select(Share.seller_id).where(
        Share.release_id == had.c.release_id, Share.seller_id == had.c.seller_id
    )
    missing = (
        sa.select(had.c.release_id, Seller.code, had.c.turns)
        .join(Seller, Seller.id == had.c.seller_id)
        .where(had.c.release_id.in_(known), ~own.exists())
    )
    for release_id, code, expected in db.session.execute(missing):
        yield ("share", f"seller {code} in release row {release_id}", expected, None)


def _drawn(release: Release) -> dict[tuple[int, datetime], str | None]:
    """Return who had which place before any hand came to it."""
    if release.draw_id is None:
        return _owners(db.session.get_one(Release, release.base_id))
    draw = db.session.get_one(Draw, release.draw_id)
    assert draw.instance is not None
    assert draw.plan is not None
    instance = json.loads(gzip.decompress(draw.instance))
    slots = {
        slot["id"]: (slot["channel"], datetime.fromisoformat(slot["start"]))
        for slot in instance["slots"]
    }
    plan = json.loads(gzip.decompress(draw.plan))
    return {slots[given["slot"]]: given["seller"] for given in plan["assignments"]}


def _owners(release: Release) -> dict[tuple[int, datetime], str | None]:
    query = (
        sa.select(Turn.channel_id, Turn.starts_at, Seller.code)
        .join(Turn.seller)
        .where(Turn.release_id == release.id)
    )
    return {(channel, start): code for channel, start, code in db.session.execute(query)}


def _digest(packed: bytes) -> str:
    return hashlib.sha256(gzip.decompress(packed)).hexdigest()


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    draws_hold_what_they_promised,
    turns_are_as_drawn_and_edited,
    shares_count_the_turns,
)
