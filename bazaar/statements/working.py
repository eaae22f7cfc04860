"""Importing and undoing in the background, step by step, each step in a transaction of its own.

An import is taken with a claim: `beat_at` is the sign of life and the claim in one. Whoever finds it
moved has lost it and writes nothing. A step stores its lines together with what they did to money,
so a worker that is killed leaves whole steps; whoever takes the import again passes over them.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, times
from bazaar.audit import CLOCK, Actor
from bazaar.db import claim, db, lock_alone, reading, transaction
from bazaar.errors import N_
from bazaar.models import StatementImport, StatementState
from bazaar.rules.statements import Statement
from bazaar.statements import booking, results
from bazaar.statements.booking import Purse
from bazaar.statements.deciding import Found, decide
from bazaar.statements.files import ImportMoved, get, read, zone

STALE: Final = timedelta(seconds=15)
"""After so long without a sign of life an import is taken by somebody else."""

STEP: Final = 400
"""Lines in one transaction; others wait for it on SQLite."""

ODD: Final = 20
"""A line that needs a person takes as long as so many others."""

LONG_S: Final = 0.4
"""A step of undoing is to take no longer, as its lines turn out to be plain or odd."""

PAUSE_S: Final = 0.005
"""Between steps those who wait for the database, or for this process, get their turn."""

LOCK: Final = 6006
"""Name of the lock that keeps imports of one account in a row."""

CRASHED: Final = N_("Impor berhenti di tengah jalan. Coba lagi; yang sudah masuk tidak digandakan.")
UNREADABLE: Final = N_("Berkasnya tidak dapat dibaca lagi.")

_BUSY: Final = (StatementState.RUNNING, StatementState.UNDOING)


class ImportLost(Exception):
    """Somebody else has taken the import; this step is not kept."""


@dataclass(slots=True)
class Task:
    """One import that this process has taken. `beat_at` is the claim and moves with every step."""

    import_id: int
    account_id: int
    state: StatementState
    actor: Actor
    record_unknown: bool
    beat_at: datetime


def confirm(row: StatementImport, *, record_unknown: bool, actor: Actor, now: datetime) -> bool:
    """Queue a file for import. Returns False if somebody has done so before.

    With `record_unknown` money that is near no request is written down as unknown too; else only
    its line is kept. Raises ImportMoved if the file cannot be imported as it is.
    """
    if not isinstance(read(row), Statement):
        raise ImportMoved
    outcome = {"by": [actor.key, actor.name], "record_unknown": record_unknown}
    if not _step(row.id, StatementState.READ, StatementState.QUEUED, outcome=outcome):
        return False
    audit.note(actor, "statement.import", f"statement:{row.id}", now=now, account=row.account_id)
    _wake_when_kept()
    return True


def try_again(row: StatementImport, *, actor: Actor, now: datetime) -> None:
    """Queue an import that failed. Raises ImportMoved."""
    if not _step(row.id, StatementState.FAILED, StatementState.QUEUED, failure=""):
        raise ImportMoved
    audit.note(actor, "statement.import", f"statement:{row.id}", now=now, account=row.account_id)
    _wake_when_kept()


def undo(row: StatementImport, *, actor: Actor, now: datetime) -> bool:
    """Have an import undone: its payments are booked out, its lines may be imported again.

    Lines whose payment has been acted on stay, each with the reason (`results.kept_lines`); an
    import with such lines can be undone again later. Returns False if it is being undone already.
    Raises ImportMoved if it was never done, or nothing of it stands.
    """
    if row.state is StatementState.UNDOING:
        return False
    if row.state not in {StatementState.DONE, StatementState.UNDONE}:
        raise ImportMoved
    standing = results.count_standing(row.id)
    if not standing and row.state is StatementState.UNDONE:
        raise ImportMoved
    outcome = dict(row.outcome) | {"undo_by": [actor.key, actor.name]}
    moved = _step(
        row.id,
        row.state,
        StatementState.UNDOING,
        outcome=outcome,
        total=standing,
        done=0,
        beat_at=None,
    )
    if moved:
        subject = f"statement:{row.id}"
        audit.note(actor, "statement.undo", subject, now=now, account=row.account_id)
        _wake_when_kept()
    return moved


def work() -> int:
    """Do one import or undoing that waits, from where it is to its end; return how many.

    Opens short transactions of its own. What goes wrong is written down.
    """
    with reading():
        waiting = db.session.scalar(
            sa.select(StatementImport.id)
            .where(_due(times.now()))
            .order_by(StatementImport.id)
            .limit(1)
        )
    if waiting is None:
        return 0
    with transaction():
        task = take(waiting, times.now())
    if task is None:
        return 0
    try:
        if task.state is StatementState.UNDOING:
            _undo(task)
        else:
            _import(task)
    except (ImportLost, ImportMoved):  # the file goes when an import is done
        return 0
    except sa.exc.OperationalError:  # the database is away or jammed: taken again when stale
        raise
    except Exception:
        with transaction():
            _fail(task, CRASHED, times.now())
        raise
    return 1


def take(import_id: int, now: datetime) -> Task | None:
    """Take an import that is queued, or whose worker has died; None if somebody was quicker."""
    queued = StatementImport.state == StatementState.QUEUED
    state = StatementImport.state
    running = sa.case((queued, sa.literal(StatementState.RUNNING, state.type)), else_=state)
    taken = claim(
        sa.update(StatementImport)
        .where(StatementImport.id == import_id, _due(now))
        .values(state=running, beat_at=now)
    )
    if not taken:
        return None
    row = get(import_id)
    undoing = row.state is StatementState.UNDOING
    by = row.outcome.get("undo_by" if undoing else "by") or [CLOCK.key, CLOCK.name]
    unknown = bool(row.outcome.get("record_unknown"))
    return Task(row.id, row.account_id, row.state, Actor(*by), unknown, now)


def _import(task: Task) -> None:
    with reading():
        row = get(task.import_id)
        statement = read(row)
        if not isinstance(statement, Statement):
            found: Sequence[Found] = ()
            known = total = 0
        else:
            decided = decide(task.account_id, statement, zone=zone(), now=times.now())
            found, known, total = decided.found, len(decided.known), decided.total
        purse = booking.purse_of(row.account, found, unknown=task.record_unknown)
    if not isinstance(statement, Statement):
        with transaction():
            _fail(task, UNREADABLE, times.now())
        return
    done = known
    for chunk in _chunks(found, purse):
        done += len(chunk)
        with transaction():
            _begin(task, done=done, total=total)
            booking.store(task.import_id, chunk, purse, actor=task.actor, now=times.now())
        time.sleep(PAUSE_S)
    with transaction():
        now = times.now()
        _begin(task, done=total, total=total)
        outcome = {
            "known": known,
            "refused": sum(row.wrong for row in statement.refused),
            "sums": results.sum_up(task.import_id),
        }
        _end(task, StatementState.DONE, now, outcome=outcome, done_at=now, content=None)
    _tell(task, "statement.done", lines=total, known=known)


def _undo(task: Task) -> None:
    done = kept = last = 0
    many = STEP // ODD
    while True:
        began = time.monotonic()
        with transaction():
            now = times.now()
            lines = results.standing_after(task.import_id, last, many)
            done += len(lines)
            _begin(task, done=done)
            if lines:
                last = lines[-1].id
                kept += booking.take_back(lines, actor=task.actor, now=now)
            if len(lines) < many:
                _end(
                    task,
                    StatementState.UNDONE,
                    now,
                    outcome={"kept": kept},
                    undone_by=task.actor.name,
                    undone_at=now,
                )
                break
        took_s = time.monotonic() - began
        many = min(STEP, max(STEP // ODD, int(many * LONG_S / took_s)))
        time.sleep(PAUSE_S)
    _tell(task, "statement.undone", lines=done - kept, kept=kept)


def _begin(task: Task, **progress: int) -> None:
    """Begin a step: keep other imports of the account out, say how far this one will be."""
    lock_alone(LOCK, task.account_id)
    now = times.now()
    if not claim(_mine(task).values(beat_at=now, **progress)):
        raise ImportLost
    task.beat_at = now


def _end(
    task: Task,
    state: StatementState,
    now: datetime,
    *,
    outcome: Mapping[str, Any],
    **values: object,
) -> None:
    row = get(task.import_id)
    db.session.refresh(row, ["outcome"])
    ended = claim(
        _mine(task).values(state=state, beat_at=now, outcome={**row.outcome, **outcome}, **values)
    )
    if not ended:
        raise ImportLost


def _fail(task: Task, why: str, now: datetime) -> None:
    """Write down that it stopped; an undoing goes back to what can be undone again."""
    state = StatementState.DONE if task.state is StatementState.UNDOING else StatementState.FAILED
    claim(_mine(task).values(state=state, failure=why, beat_at=now))


def _tell(task: Task, action: str, **facts: int) -> None:
    with transaction():
        subject = f"statement:{task.import_id}"
        audit.note(task.actor, action, subject, now=times.now(), **facts)


def _chunks(found: Sequence[Found], purse: Purse) -> Iterator[list[Found]]:
    """Part lines into steps that take about as long as each other, and none long."""
    chunk: list[Found] = []
    weight = 0
    for one in found:
        own = ODD if booking.is_odd(one, purse) else 1
        if chunk and weight + own > STEP:
            yield chunk
            chunk, weight = [], 0
        chunk.append(one)
        weight += own
    if chunk:
        yield chunk


def _due(now: datetime) -> sa.ColumnElement[bool]:
    stale = sa.or_(StatementImport.beat_at.is_(None), StatementImport.beat_at < now - STALE)
    return sa.or_(
        StatementImport.state == StatementState.QUEUED,
        sa.and_(StatementImport.state.in_(_BUSY), stale),
    )


def _mine(task: Task) -> sa.Update:
    return sa.update(StatementImport).where(
        StatementImport.id == task.import_id,
        StatementImport.state == task.state,
        StatementImport.beat_at == task.beat_at,
    )


def _step(import_id: int, before: StatementState, after: StatementState, **values: object) -> bool:
    statement = (
        sa.update(StatementImport)
        .where(StatementImport.id == import_id, StatementImport.state == before)
        .values(state=after, **values)
    )
    return claim(statement)


_listeners: list[Callable[[], None]] = []


def when_queued(listener: Callable[[], None]) -> None:
    """Have `listener` called whenever this process has queued work and kept it."""
    _listeners.append(listener)


def _wake_when_kept() -> None:
    def wake(_: object) -> None:
        for listener in tuple(_listeners):
            listener()

    sa.event.listen(db.session(), "after_commit", wake, once=True)
