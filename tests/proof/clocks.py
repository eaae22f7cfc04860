"""Several clocks in processes of their own, an evening of turns of a second, and who leads."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from bazaar import times
from bazaar.db import db, reading, transaction
from bazaar.models import Cue, Edition, Release, Turn
from bazaar.rules.show.cues import CueKind, Target
from bazaar.settings import ROOT
from tests.builders import a_release, a_seller, an_edition
from tests.house import SECRET, House
from tests.proof.set_clock import DOUBLE

TURN = timedelta(seconds=1)
CHANNELS = 2
PATIENCE_S = 90
READY = b"The clock runs"
SCRIPT = Path(__file__).with_name("set_clock.py")


class Nursery:
    """One process that has read the bazaar, and forks clocks as they are asked for."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-u", str(SCRIPT)],
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **what: Any) -> int:
        process = self._process
        assert process.stdin
        assert process.stdout
        print(json.dumps(what), file=process.stdin, flush=True)
        return int(process.stdout.readline())

    def close(self) -> None:
        self._process.communicate(timeout=30)


class Clocks:
    """Processes with a clock each; `leader` is the one that ticks."""

    def __init__(
        self, nursery: Nursery, house: House, folder: Path, *, careless: bool = False
    ) -> None:
        self._nursery, self._folder, self._url = nursery, folder, house.database.url
        self._offset = folder / "offset"
        self.set(0)
        self._wanted = {
            "file": str(self._offset),
            "careless": careless,
            "environment": {
                "BAZAAR_MODE": "development",
                "BAZAAR_SECRET_KEY": SECRET,
                "BAZAAR_DATABASE_URL": self._url,
                "BAZAAR_INSTANCE_PATH": str(folder / "instance"),
                "BAZAAR_LOG_LEVEL": "INFO",
            },
        }
        self.processes: dict[int, Path] = {}
        """Those that were not killed, with what they log."""
        self._logs: list[Path] = []

    def start(self, count: int = 1) -> None:
        """Start so many and wait until all run."""
        for _ in range(count):
            self.start_one()
        self.wait_for_all()

    def start_one(self) -> None:
        """Start one, and do not wait for it."""
        log = self._folder / f"clock-{len(self._logs)}.log"
        self._logs.append(log)
        self.processes[self._nursery.ask(start=self._wanted | {"log": str(log)})] = log

    def wait_for_all(self, count: int = 0) -> None:
        """Wait until all of them run, or so many."""
        wanted = count or len(self.processes)
        wait_for(lambda: sum(map(_runs, self.processes.values())) >= wanted, "clocks start", 0.01)

    @property
    def log(self) -> bytes:
        """What all of them have logged."""
        return b"".join(log.read_bytes() for log in self._logs)

    def set(self, seconds: float) -> None:
        """Make the wall clock of all of them wrong by so much."""
        with self._offset.open("r+b" if self._offset.exists() else "wb") as file:
            file.write(DOUBLE.pack(seconds))

    def leader(self) -> int:
        """Return the process that ticked last; one of those that live."""
        found = wait_for(lambda: self.last_beat()[0] in self.processes, "somebody leads")
        assert found
        return self.last_beat()[0]

    def last_beat(self) -> tuple[int, int]:
        """Return the process that ticked last, and how many ticks there were."""
        rows = self._read("SELECT process, ticks FROM beats")
        return (int(rows[0][0].rpartition(":")[2]), int(rows[0][1])) if rows else (0, 0)

    def _read(self, query: str) -> Sequence[Any]:
        if self._url.startswith("sqlite"):
            file = self._url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        with psycopg.connect(self._url) as connection:
            return connection.execute(query).fetchall()

    def kill(self, pid: int) -> "Takeover":
        """Kill it by SIGKILL; return how another one took over."""
        self.processes.pop(pid)
        before = {other: waited_s(other) for other in self.processes}
        began = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: self.last_beat()[0] in self.processes, "somebody takes over", 0.01)
        took = time.monotonic() - began
        other = self.last_beat()[0]
        starved = waited_s(other) - before.get(other, 0)
        self._nursery.ask(wait=pid)
        return Takeover(took, starved)

    def halt(self, pid: int) -> None:
        """Make all its threads stand still; on a busy machine some run on for a moment."""
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: _threads(pid) == {"T"}, "it stands still", 0.01)

    def wake(self, pid: int) -> None:
        os.kill(pid, signal.SIGCONT)

    def kill_all(self) -> None:
        """Kill them by SIGKILL, as when the power goes."""
        for pid in list(self.processes):
            os.kill(pid, signal.SIGKILL)
            self._nursery.ask(wait=self._forget(pid))

    def stop(self) -> list[int]:
        """End all of them as a service manager does; return how they ended."""
        for pid in self.processes:
            os.kill(pid, signal.SIGTERM)
        return [self._nursery.ask(wait=self._forget(pid)) for pid in list(self.processes)]

    def close(self) -> None:
        self.kill_all()

    def _forget(self, pid: int) -> int:
        del self.processes[pid]
        return pid


@dataclass(frozen=True)
class Takeover:
    """How long it took until another one had ticked, and how long of it that one got no processor.

    Other tests run on the same machine: what they take is none of the clock's time.
    """

    took_s: float
    starved_s: float

    @property
    def own_s(self) -> float:
        return self.took_s - self.starved_s


def waited_s(pid: int) -> float:
    """For how long all threads of a process were ready to run and did not; 0 if nobody knows."""
    waited = 0
    for file in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            waited += int(file.read_text().split()[1])
        except (OSError, IndexError):  # the thread has ended, or the system does not tell
            continue
    return waited / 1e9


def _threads(pid: int) -> set[str]:
    """Return in what states the threads of a process are, as the system abbreviates them."""
    states = (file.read_text() for file in Path(f"/proc/{pid}/task").glob("*/stat"))
    return {state.rpartition(")")[2].split()[0] for state in states}


def _runs(log: Path) -> bool:
    return log.exists() and READY in log.read_bytes()


def wait_for(what: Callable[[], Any], name: str, pause_s: float = 0.05) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := what()):
        assert time.monotonic() < deadline, f"in vain: {name}"
        time.sleep(pause_s)
    return found


def an_evening(seconds: float, *, after: float = 0, at: datetime | None = None) -> list[str]:
    """Fill so many seconds with turns on each channel; return their names."""
    begins = (at or times.now()) + timedelta(seconds=after)
    with transaction():
        release = db.session.scalars(sa.select(Release)).one_or_none()
        if release is None:
            release = a_release(an_edition(channels=CHANNELS))
        channels = db.session.get_one(Edition, release.edition_id).channels
        sellers = [[a_seller(), a_seller()] for _ in channels]
        turns = [
            Turn(
                release_id=release.id,
                channel_id=channel.id,
                seller_id=sellers[place][number % 2].id,
                starts_at=begins + number * TURN,
                ends_at=begins + (number + 1) * TURN,
                reasons={},
            )
            for place, channel in enumerate(channels)
            for number in range(int(seconds / TURN.total_seconds()))
        ]
        db.session.add_all(turns)
        db.session.flush()
        return [turn.uid for turn in turns]


ONCE = (
    (CueKind.ON_AIR, Target.HOST),
    (CueKind.ON_AIR, Target.SELLER),
    (CueKind.DONE, Target.SELLER),
)


@dataclass(frozen=True)
class Record:
    """What clocks wrote down about turns: how often each cue, which were late, and the delays."""

    missing: list[tuple[str, CueKind, Target]]
    doubled: list[tuple[str, CueKind, Target]]
    late: int
    delays_s: list[float]

    def delay(self, percent: int) -> float:
        ordered = sorted(self.delays_s)
        return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def record_of(uids: Sequence[str]) -> Record:
    """Read what is written about the beginnings and ends of these turns."""
    query = (
        sa.select(Cue.turn_uid, Cue.kind, Cue.target, Cue.late, Cue.due_at, Cue.recorded_at)
        .where(Cue.turn_uid.in_(uids))
        .order_by(Cue.id)
    )
    with reading():
        rows = [row for row in db.session.execute(query) if (row.kind, row.target) in ONCE]
    counted = Counter((row.turn_uid, row.kind, row.target) for row in rows)
    wanted = [(uid, *which) for uid in uids for which in ONCE]
    return Record(
        missing=[key for key in wanted if key not in counted],
        doubled=[key for key, count in counted.items() if count > 1],
        late=sum(row.late for row in rows),
        delays_s=[(row.recorded_at - row.due_at).total_seconds() for row in rows],
    )


def wait_until(instant: datetime) -> None:
    time.sleep(max((instant - times.now()).total_seconds(), 0))
