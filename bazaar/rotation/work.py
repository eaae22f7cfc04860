"""The planner at work: queued draws are computed in a process of their own, never in a transaction.

A draw is taken with a claim, tells now and then how far it is, and is written once. `beat_at` is
both the sign of life and the claim: who finds it changed by somebody else has lost the draw and
stops. A draw whose sign of life is old is taken again; its input is frozen, so it comes out alike.
"""

import gzip
import hashlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from bazaar import audit, times
from bazaar.audit import CLOCK
from bazaar.db import claim, db, reading, transaction
from bazaar.errors import N_, BazaarError
from bazaar.models import Draw, DrawKind, DrawStage, Edition, Release, Seller, Turn
from bazaar.rotation import drafts, gathering, shares
from bazaar.rotation.draws import DrawMoved
from bazaar.rotation.plans import drafts as open_drafts
from bazaar.rules.rotation import Instance
from bazaar.rules.rotation.format import WrittenPlan, canonical, read_instance, read_plan
from bazaar.rules.rotation.solving import solve_file
from bazaar.seals import Seals
from bazaar.settings import ROOT

STALE = timedelta(seconds=15)
"""After so long without a sign of life a draw is taken by somebody else."""

BEAT_S = 0.5
"""How often at most progress is written down."""

PATIENCE = timedelta(minutes=15)
"""No draw takes longer; a planner that does is stopped."""

CRASHED = N_("Penyusun jadwal berhenti di tengah jalan. Coba lagi.")
UNUSABLE = N_("Data undian tidak dapat dibaca oleh penyusun jadwal: {faults}")
TOO_LONG = N_("Penyusunan jadwal terlalu lama dan dihentikan. Coba lagi dengan pilihan cepat.")
HISTORY = N_("Penyelenggaraan ini sudah berlalu, jadi tambalannya tidak disusun lagi.")
LINE = 200


class PlannerFailed(Exception):
    """The planner gave no plan; the message is a sentence for people."""


class DrawLost(Exception):
    """Somebody else has taken the draw; what was computed here is thrown away."""


@dataclass(slots=True)
class Task:
    """One draw that this process has taken. `beat_at` is the claim and moves with every beat."""

    draw_id: int
    number: int
    kind: DrawKind
    iterations: int
    seed: str
    digest: str
    packed: bytes
    beat_at: datetime


def work(*, seals: Seals) -> int:
    """Compute one draw that waits, if there is one, from beginning to end; return how many.

    Those of the current edition come first, and what people began before what the clock did; a
    repair of the clock's for an edition that is history is ended. Opens short transactions of its
    own. Whatever goes wrong with the plan is written down.
    """
    with reading():
        waiting = _waiting(times.now())
    if waiting is None:
        return 0
    with transaction():
        task = take(waiting, times.now())
        if task is not None and _is_outlived(task):
            fail(task, HISTORY, now=times.now())
            return 1
    if task is None:
        return 0
    try:
        _compute(task, seals)
    except DrawLost:
        return 0
    except PlannerFailed as failure:
        with transaction():
            fail(task, str(failure), now=times.now())
    except BazaarError as refusal:
        with transaction():
            fail(task, str(refusal), now=times.now())
    except Exception:
        with transaction():
            fail(task, CRASHED, now=times.now())
        raise
    return 1


def compute_here(draw: Draw, *, seals: Seals, now: datetime) -> Release:
    """Compute a queued draw at once, in this process and transaction; return its draft.

    For small editions only, such as the demo: meanwhile nobody else writes.
    """
    task = take(draw.id, now)
    if task is None:
        raise DrawMoved
    given = json.loads(gzip.decompress(task.packed))
    value = solve_file(
        given,
        task.seed,
        iterations=task.iterations,
        rebuild=task.kind is not DrawKind.REPAIR,
    )
    instance, text = read_instance(given), canonical(value)
    written = read_plan(text)
    figures = shares.figures_of(instance, written.plan.assignments)
    return finish(task, written, text, instance, figures=figures, seals=seals, now=now)


def take(draw_id: int, now: datetime) -> Task | None:
    """Take a draw that is queued, or whose worker has died; None if somebody else was quicker."""
    taken = claim(
        sa.update(Draw)
        .where(Draw.id == draw_id, _due(now))
        .values(stage=DrawStage.RUNNING, beat_at=now)
    )
    if not taken:
        return None
    draw = db.session.get_one(Draw, draw_id, populate_existing=True)
    assert draw.seed is not None
    assert draw.instance_digest is not None
    assert draw.instance is not None
    return Task(
        draw.id,
        draw.number,
        draw.kind,
        draw.iterations,
        draw.seed,
        draw.instance_digest,
        draw.instance,
        now,
    )


def beat(task: Task, percent: int | None, now: datetime) -> None:
    """Say that the draw is alive, and how far it is. Raises DrawLost."""
    values = {} if percent is None else {"percent": max(0, min(percent, 99))}
    kept = claim(_mine(task).values(beat_at=now, **values))
    if not kept:
        raise DrawLost
    task.beat_at = now


def preview(task: Task, written: WrittenPlan, instance: Instance, *, now: datetime) -> None:
    """Keep a first complete plan as a preview, which is neither edited nor released."""
    draw = db.session.get_one(Draw, task.draw_id)
    release = _release(draw, written, instance, now)
    drafts.clear([release.id])
    turns = drafts.write(release, instance, written.plan, base=_base(draw))
    slots = len(instance.slots)
    release.figures = {"slots": slots, "empty": slots - turns}
    beat(task, None, now)


def finish(
    task: Task,
    written: WrittenPlan,
    text: bytes,
    instance: Instance,
    *,
    figures: dict[str, object],
    seals: Seals,
    now: datetime,
) -> Release:
    """Write the plan once: blob, turns, shares, figures, the secret revealed; older drafts go.

    A repair that the clock proposed gives way to a draft that people decided on, and is no draft
    when it changes nothing: it is kept as a draw only. Raises DrawLost.
    """
    draw = db.session.get_one(Draw, task.draw_id)
    secret = seals.open(draw.sealed_secret)
    done = claim(
        _mine(task).values(
            stage=DrawStage.DONE,
            percent=100,
            beat_at=now,
            done_at=now,
            rule=written.rule,
            plan=gzip.compress(text, 3, mtime=0),
            plan_digest=hashlib.sha256(text).hexdigest(),
            secret=secret,
        )
    )
    if not done:
        raise DrawLost
    edition = db.session.get_one(Edition, draw.edition_id)
    release = _release(draw, written, instance, now)
    drafts.clear([release.id])
    release.figures = figures
    others = db.session.scalars(open_drafts(edition).where(Release.id != release.id)).all()
    gives_way = draw.made_by == CLOCK.name and (
        any(map(drafts.is_theirs, others)) or _changes_nothing(draw, written, instance)
    )
    turns = 0
    if gives_way:
        release.replaced_at = now
    else:
        drafts.retire(edition, now=now, but=release.id)
        turns = drafts.write(release, instance, written.plan, base=_base(draw))
    db.session.flush()
    subject = f"edition:{edition.slug}"
    audit.note(CLOCK, "rotation.draw_done", subject, now=now, number=draw.number, turns=turns)
    return release


def fail(task: Task, why: str, *, now: datetime) -> None:
    """Write down that the draw gave no plan, and why; what it had so far goes."""
    failed = claim(_mine(task).values(stage=DrawStage.FAILED, failure=why[:LINE], beat_at=now))
    if not failed:
        return
    draw = db.session.get_one(Draw, task.draw_id)
    edition = db.session.get_one(Edition, draw.edition_id)
    mine = db.session.scalars(sa.select(Release.id).where(Release.draw_id == draw.id)).all()
    for release_id in mine:
        drafts.retire(edition, now=now, only=release_id)
    subject = f"edition:{edition.slug}"
    audit.note(CLOCK, "rotation.draw_fail", subject, now=now, number=draw.number, why=why[:LINE])


def _compute(task: Task, seals: Seals) -> None:
    instance = gathering.unpack(task.digest, task.packed)
    with tempfile.TemporaryDirectory(prefix="undian-") as folder:
        given = Path(folder, "instance.json")
        given.write_bytes(gzip.decompress(task.packed))
        if task.kind is not DrawKind.REPAIR and task.iterations:
            text = _plan(task, given, 0, lambda _: _beat(task, None))
            with transaction():
                preview(task, read_plan(text), instance, now=times.now())
        text = _plan(task, given, task.iterations, lambda percent: _beat(task, percent))
    written = read_plan(text)
    _beat(task, None)
    figures = shares.figures_of(instance, written.plan.assignments)
    with transaction():
        finish(task, written, text, instance, figures=figures, seals=seals, now=times.now())


def _plan(task: Task, given: Path, iterations: int, tell: Callable[[int], None]) -> bytes:
    """Run the planner on a file; return its plan's bytes. Raises PlannerFailed, or DrawLost."""
    answer = given.with_name("plan.json")
    command = [
        *PLANNER,
        str(given),
        "--output",
        str(answer),
        "--seed",
        task.seed,
        "--iterations",
        str(iterations),
        "--progress",
    ]
    if task.kind is not DrawKind.REPAIR:
        command.append("--rebuild")
    # Nothing of our settings goes along: the planner needs no secret and no database.
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        try:
            assert process.stdout is not None
            _follow(process.stdout, tell)
            code = process.wait(timeout=BEAT_S * 10)
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if code == FAULTY:
            complaints.seek(0)
            faults = complaints.read(LINE).decode(errors="replace").strip()
            raise PlannerFailed(UNUSABLE.format(faults=faults.splitlines()[0] if faults else ""))
    if code or not answer.exists():
        raise PlannerFailed(CRASHED)
    return answer.read_bytes()


PLANNER = [sys.executable, "-m", "bazaar.rules.rotation"]
FAULTY = 2
"""How the planner ends when the instance makes no sense."""


def _follow(lines: IO[bytes], tell: Callable[[int], None]) -> None:
    """Pass on progress, at most every `BEAT_S`, until the planner closes its output."""
    until = time.monotonic() + PATIENCE.total_seconds()
    told, percent, last = -1.0, 0, b""
    descriptor = lines.fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=BEAT_S):
                read = os.read(descriptor, 65_536)
                if not read:
                    return
                *whole, last = (last + read).split(b"\n")
                for line in whole:
                    percent = max(percent, _percent(line))
            if time.monotonic() > until:
                raise PlannerFailed(TOO_LONG)
            if time.monotonic() - told >= BEAT_S:
                told = time.monotonic()
                tell(percent)


def _percent(line: bytes) -> int:
    word, _, share = line.partition(b" ")
    if word != b"progress":
        return 0
    try:
        return int(float(share) * 100)
    except ValueError:
        return 0


def _beat(task: Task, percent: int | None) -> None:
    with transaction():
        beat(task, percent, times.now())


def _release(draw: Draw, written: WrittenPlan, instance: Instance, now: datetime) -> Release:
    """Return the draft of a draw, made when there is none."""
    query = sa.select(Release).where(Release.draw_id == draw.id)
    release = db.session.scalars(query).one_or_none()
    base = _base(draw)
    if release is None:
        release = Release(
            edition_id=draw.edition_id,
            base_id=base.id if base else None,
            draw_id=draw.id,
            rule=written.rule or draw.rule,
            seed=draw.seed or "",
            made_at=now,
            figures={"slots": len(instance.slots)},
        )
        db.session.add(release)
    release.rule = written.rule or draw.rule
    release.made_at = now
    release.replaced_at = None
    db.session.flush()
    return release


def _changes_nothing(draw: Draw, written: WrittenPlan, instance: Instance) -> bool:
    """Say whether the plan is the one in force when the draw was frozen."""
    base = _base(draw)
    if base is None:
        return False
    query = (
        sa.select(Turn.channel_id, Turn.starts_at, Seller.code)
        .join(Seller, Seller.id == Turn.seller_id)
        .where(Turn.release_id == base.id)
    )
    had = {(channel, start, code) for channel, start, code in db.session.execute(query)}
    slots = {slot.id: slot for slot in instance.slots}
    return had == {
        (slots[given.slot].channel, slots[given.slot].start, given.seller)
        for given in written.plan.assignments
    }


def _base(draw: Draw) -> Release | None:
    """Return the release that was in force when the draw was frozen."""
    if draw.base_number is None:
        return None
    query = sa.select(Release).where(
        Release.edition_id == draw.edition_id, Release.number == draw.base_number
    )
    return db.session.scalars(query).one()


_CLOCKS_OWN = sa.and_(Draw.made_by == CLOCK.name, Draw.kind == DrawKind.REPAIR)


def _waiting(now: datetime) -> int | None:
    query = (
        sa.select(Draw.id)
        .join(Edition, Edition.id == Draw.edition_id)
        .where(_due(now))
        .order_by(Edition.is_current.desc(), sa.case((_CLOCKS_OWN, 1), else_=0), Draw.id)
    )
    return db.session.scalar(query.limit(1))


def _is_outlived(task: Task) -> bool:
    """Say whether the clock proposed this repair for an edition that is history by now."""
    query = (
        sa.select(Draw.id)
        .join(Edition, Edition.id == Draw.edition_id)
        .where(Draw.id == task.draw_id, _CLOCKS_OWN, ~Edition.is_current)
    )
    return db.session.scalar(query) is not None


def _due(now: datetime) -> sa.ColumnElement[bool]:
    stale = sa.and_(Draw.stage == DrawStage.RUNNING, Draw.beat_at < now - STALE)
    return sa.or_(Draw.stage == DrawStage.QUEUED, stale)


def _mine(task: Task) -> sa.Update:
    return sa.update(Draw).where(
        Draw.id == task.draw_id,
        Draw.stage == DrawStage.RUNNING,
        Draw.beat_at == task.beat_at,
    )
