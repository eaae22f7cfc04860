"""Draws: the secret committed, the input frozen, the seed fixed, the planner's answer kept.

Rows are numbered for each edition and never deleted: a second draw is number 2 and stays in
sight. What is computed is the frozen input, whatever changes meanwhile. `bazaar.rotation.work`
computes what is queued.
"""

import gzip
import hashlib
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Draw, DrawKind, DrawStage, Edition, Release
from bazaar.rotation import gathering, pin_faults
from bazaar.rotation.plans import find_current_release
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import draw as drawing
from bazaar.rules.rotation import repairing
from bazaar.rules.rotation.format import canonical, write_instance
from bazaar.rules.rotation.solving import rule_of
from bazaar.seals import Seals

FAST = 20_000
"""So many exchanges are tried when the committee does not say."""

THOROUGH = 100_000
"""And so many when it would rather wait."""

COMPUTING = (DrawStage.QUEUED, DrawStage.RUNNING)
OPEN = (DrawStage.COMMITTED, DrawStage.FROZEN)


@dataclass(eq=False)
class DrawRunning(Conflict):
    """The planner is at work for this edition; nothing was begun."""

    number: int
    text = N_("Undian {number} sedang dihitung. Tunggu sampai selesai, lalu muat ulang halaman.")


@dataclass(eq=False)
class DrawOpen(Conflict):
    """A draw has been promised that is neither computed nor ended; nothing was begun."""

    number: int
    text = N_("Undian {number} sudah diumumkan dan belum selesai. Selesaikan atau akhiri dahulu.")


class DrawTaken(Conflict):
    """Somebody else began a draw at the same moment; nothing was begun."""

    text = N_("Orang lain baru saja memulai undian. Muat ulang halaman.")


class DrawMoved(Conflict):
    """The draw is not at the stage this needs any more; nothing was changed."""

    text = N_("Tahap undian ini sudah berubah. Muat ulang halaman.")


class NothingReleased(Conflict):
    """There is no released plan that could be repaired or built anew."""

    text = N_("Belum ada jadwal terbit. Susun rancangan baru.")


class NoSuchDraw(NotFound):
    """The edition has no draw of this number."""

    text = N_("Undian ini tidak ada.")


def begin(
    edition: Edition,
    *,
    kind: DrawKind,
    seals: Seals,
    actor: Actor,
    now: datetime,
    iterations: int | None = None,
    needs: Collection[str] = (),
) -> Draw:
    """Commit, freeze and queue a draw at once, without a public value; return it.

    `needs` are the keys of what a repair answers (`bazaar.rotation.replans`). Raises what
    `commit`, `freeze` and `queue` raise.
    """
    draw = commit(edition, kind=kind, seals=seals, iterations=iterations, actor=actor, now=now)
    draw.needs = {"keys": sorted(needs)} if needs else {}
    db.session.flush()
    freeze(draw, actor=actor, now=now)
    return queue(draw, seals=seals, actor=actor, now=now)


def commit(
    edition: Edition,
    *,
    kind: DrawKind,
    seals: Seals,
    actor: Actor,
    now: datetime,
    witness: str = "",
    iterations: int | None = None,
) -> Draw:
    """Choose a secret and bind ourselves to it: a draw with the next number, COMMITTED.

    `witness` names the public value that will enter the seed. Raises DrawRunning or DrawTaken,
    DrawOpen unless it is a repair, NothingReleased for a repair or rebuild of nothing.
    """
    lock(edition)
    _nothing_computed(edition)
    open_one = find_open(edition)
    if open_one is not None and kind is not DrawKind.REPAIR:
        raise DrawOpen(open_one.number)
    current = find_current_release(edition)
    if current is None and kind is not DrawKind.PLAN:
        raise NothingReleased
    secret = secrets.token_bytes(32)
    draw = Draw(
        edition_id=edition.id,
        number=_last_number(edition) + 1,
        kind=kind,
        stage=DrawStage.COMMITTED,
        rule=repairing.RULE if kind is DrawKind.REPAIR else rule.RULE,
        iterations=FAST if iterations is None else iterations,
        commitment=drawing.commitment(secret),
        sealed_secret=seals.close(secret.hex()),
        witness=witness,
        made_by=actor.name,
        committed_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(draw)
    except sa.exc.IntegrityError:
        raise DrawTaken from None
    _note("rotation.draw_commit", draw, edition, actor, now, kind=kind.value, witness=witness)
    return draw


def freeze(draw: Draw, *, actor: Actor, now: datetime) -> Draw:
    """Write the input down and publish its digest: FROZEN.

    With a release in force a PLAN becomes a REBUILD of it. Raises DrawMoved, what gathering
    raises, or a PinFault.
    """
    edition = db.session.get_one(Edition, draw.edition_id)
    base = find_current_release(edition)
    kind = DrawKind.REBUILD if base and draw.kind is DrawKind.PLAN else draw.kind
    gathered = gathering.gather(edition, now=now, base=base, kind=kind)
    pin_faults.refuse(edition, gathered.instance)
    text = canonical(write_instance(gathered.instance))
    digest = hashlib.sha256(text).hexdigest()
    _step(
        draw,
        DrawStage.COMMITTED,
        DrawStage.FROZEN,
        kind=kind,
        rule=rule_of(gathered.instance, rebuild=kind is not DrawKind.REPAIR),
        instance=gzip.compress(text, 3, mtime=0),
        instance_digest=digest,
        base_number=base.number if base else None,
        frozen_at=now,
    )
    _note("rotation.draw_freeze", draw, edition, actor, now, digest=digest)
    return draw


def queue(draw: Draw, *, seals: Seals, actor: Actor, now: datetime, public_value: str = "") -> Draw:
    """Fix the seed from secret, input and public value, and let the planner begin: QUEUED.

    Raises DrawMoved or DrawRunning.
    """
    edition = db.session.get_one(Edition, draw.edition_id)
    lock(edition)
    _nothing_computed(edition)
    if draw.instance_digest is None:
        raise DrawMoved
    secret = bytes.fromhex(seals.open(draw.sealed_secret))
    seed = drawing.seed_of(secret, edition.slug, draw.instance_digest, public_value, draw.number)
    _step(
        draw,
        DrawStage.FROZEN,
        DrawStage.QUEUED,
        public_value=public_value,
        seed=seed,
        percent=0,
    )
    _note("rotation.draw_queue", draw, edition, actor, now, public_value=public_value)
    _wake_when_kept()
    return draw


def retry(draw: Draw, *, actor: Actor, now: datetime) -> Draw:
    """Queue a draw again whose computing failed: same input, same seed, same number.

    Raises DrawMoved, also for one that was ended, or DrawRunning.
    """
    edition = db.session.get_one(Edition, draw.edition_id)
    lock(edition)
    _nothing_computed(edition)
    if draw.seed is None or draw.secret is not None:
        raise DrawMoved
    _step(draw, DrawStage.FAILED, DrawStage.QUEUED, percent=0, failure="")
    _note("rotation.draw_queue", draw, edition, actor, now, again=True)
    _wake_when_kept()
    return draw


def find_computing(edition: Edition) -> Draw | None:
    """Return the draw that the planner works at, or will next; its blobs are not loaded."""
    return db.session.scalars(_light(edition).where(Draw.stage.in_(COMPUTING))).first()


def find_open(edition: Edition) -> Draw | None:
    """Return the draw that was promised and is not computed yet, or None."""
    return db.session.scalars(_light(edition).where(Draw.stage.in_(OPEN))).first()


def find_last(edition: Edition) -> Draw | None:
    """Return the newest draw of the edition, without its blobs, or None."""
    return db.session.scalars(_light(edition).limit(1)).one_or_none()


def all_of(edition: Edition) -> Sequence[Draw]:
    """Return every draw of the edition, newest first, without their blobs."""
    return db.session.scalars(_light(edition)).all()


def get_draw(edition: Edition, number: int) -> Draw:
    """Return this draw of the edition. Raises NoSuchDraw."""
    draw = db.session.scalars(_light(edition).where(Draw.number == number)).one_or_none()
    if draw is None:
        raise NoSuchDraw
    return draw


def of_release(release: Release) -> Draw | None:
    """Return the draw that a release goes back to, also through later releases made by hand."""
    while release.draw_id is None and release.base_id is not None:
        release = db.session.get_one(Release, release.base_id)
    if release.draw_id is None:
        return None
    return db.session.get_one(Draw, release.draw_id)


_listeners: list[Callable[[], None]] = []


def when_queued(listener: Callable[[], None]) -> None:
    """Have `listener` called whenever this process has queued a draw and kept it."""
    _listeners.append(listener)


def _wake_when_kept() -> None:
    def wake(_: object) -> None:
        for listener in tuple(_listeners):
            listener()

    sa.event.listen(db.session(), "after_commit", wake, once=True)


def _light(edition: Edition) -> sa.Select[Draw]:
    return (
        sa.select(Draw)
        .where(Draw.edition_id == edition.id)
        .order_by(Draw.number.desc())
        .options(sa.orm.defer(Draw.instance), sa.orm.defer(Draw.plan))
    )


def _nothing_computed(edition: Edition) -> None:
    running = find_computing(edition)
    if running is not None:
        raise DrawRunning(running.number)


def _last_number(edition: Edition) -> int:
    query = sa.select(sa.func.max(Draw.number)).where(Draw.edition_id == edition.id)
    return db.session.scalar(query) or 0


def _step(draw: Draw, before: DrawStage, after: DrawStage, **values: object) -> None:
    """Take the draw from one stage to the next, once. Raises DrawMoved."""
    statement = (
        sa.update(Draw)
        .where(Draw.id == draw.id, Draw.stage == before)
        .values(stage=after, **values)
    )
    if not claim(statement):
        raise DrawMoved
    db.session.refresh(draw)


def _note(
    action: str, draw: Draw, edition: Edition, actor: Actor, now: datetime, **facts: object
) -> None:
    subject = f"edition:{edition.slug}"
    audit.note(actor, action, subject, now=now, number=draw.number, **facts)
