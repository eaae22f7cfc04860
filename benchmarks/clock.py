"""From a boundary to what the clock has written down, with 40 channels changing at one instant.

    python -m benchmarks.clock [--rounds 6] [--repeats 3] [--channels 40] [--turns 40]

On SQLite and on PostgreSQL with everything switched on that keeps data safe; the clock is `flask
clock` in a process of its own, with all its jobs. Each round releases a plan of 40 turns of a
quarter of an hour on each channel, in which all channels change some seconds later, and looks from
outside, every 2 ms, when the beginnings can be read: after the commit. Also prints what a tick
costs in which nothing is due. Medians of the repeats.
"""

import argparse
import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import sqlalchemy as sa

from bazaar import show, times
from bazaar.app import create_app
from bazaar.db import db, reading, transaction
from bazaar.models import Beat, Channel, Edition, Release, Seller, Turn
from benchmarks import market

LENGTH = timedelta(minutes=15)
AHEAD = timedelta(seconds=6)
LOOK_S = 0.002
IDLE_TICKS = 200
BEGUN = "SELECT turn_uid FROM cues WHERE kind = 'on_air' AND target = 'host' AND turn_uid IN"


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=6)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--channels", type=int, default=40)
    options.add_argument("--turns", type=int, default=40)
    options.add_argument("--only", default="sqlite,postgresql")
    asked = options.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    for kind in asked.only.split(","):
        with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
            measure(kind, url, Path(name), asked)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bazaar.db'}"
        return
    with market.server() as server:
        yield market.database(server)


def measure(kind: str, url: str, folder: Path, asked: argparse.Namespace) -> None:
    """Measure one database."""
    app = create_app(market.settings(url, folder))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            sellers = _fill(asked.channels)
        found = []
        with _clock(url, folder):
            for _ in range(asked.repeats):
                delays: list[float] = []
                for _ in range(asked.rounds):
                    delays += _one_round(url, sellers, asked.turns)
                found.append(delays)
                print(f"  {kind:<11}" + _in_words(delays), flush=True)
        print(
            f"{kind}: p50 {_median(found, 50):.0f} ms, p99 {_median(found, 99):.0f} ms; {_idle()}"
        )
        db.session.remove()
        db.engine.dispose()


def _fill(channels: int) -> list[list[int]]:
    """Make an edition; return for each channel two sellers that take turns."""
    now = times.now()
    edition = Edition(
        slug="ramadan",
        name="Pasar Virtual Ramadan",
        regency_code="35.09",
        turn_minutes=15,
        is_current=True,
        created_at=now,
        channels=[Channel(number=n, name=f"Saluran {n}") for n in range(1, channels + 1)],
    )
    db.session.add(edition)
    sellers: list[Seller] = [market._seller(n, now) for n in range(1, 2 * channels + 1)]  # noqa: SLF001
    db.session.add_all(sellers)
    db.session.flush()
    ids = [seller.id for seller in sellers]
    return [[ids[2 * n], ids[2 * n + 1]] for n in range(channels)]


def _one_round(url: str, sellers: list[list[int]], turns: int) -> list[float]:
    """Release a plan, wait for its boundary; return each channel's delay in milliseconds."""
    boundary = times.now() + AHEAD
    with transaction():
        wanted = _release(sellers, turns, boundary)
    time.sleep(max(0.0, (boundary - times.now()).total_seconds() - 0.2))
    delays: list[float] = []
    with closing(_connected(url)) as connection:
        names = ",".join(f"'{uid}'" for uid in wanted)
        while len(delays) < len(wanted):
            seen = len(connection.execute(f"{BEGUN} ({names})").fetchall())
            after_ms = (times.now() - boundary).total_seconds() * 1000
            delays += [after_ms] * (seen - len(delays))
            if after_ms > 60_000:
                raise SystemExit("the clock does not write")
            time.sleep(LOOK_S)
    return delays


def _release(sellers: list[list[int]], turns: int, boundary: datetime) -> set[str]:
    edition = db.session.scalars(sa.select(Edition)).one()
    number = (db.session.scalar(sa.select(sa.func.max(Release.number))) or 0) + 1
    release = Release(
        edition_id=edition.id,
        number=number,
        rule="benchmark/1",
        seed="",
        made_at=boundary,
        released_at=boundary,
    )
    db.session.add(release)
    db.session.flush()
    first = boundary - LENGTH  # one that is on air, and what comes
    made = [
        Turn(
            release_id=release.id,
            channel_id=channel.id,
            seller_id=sellers[place][n % 2],
            starts_at=first + n * LENGTH,
            ends_at=first + (n + 1) * LENGTH,
            reasons={},
        )
        for place, channel in enumerate(edition.channels)
        for n in range(turns)
    ]
    db.session.add_all(made)
    db.session.flush()
    return {turn.uid for turn in made if turn.starts_at == boundary}


def _connected(url: str) -> Any:
    if url.startswith("sqlite"):
        file = url.removeprefix("sqlite:///")
        return sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
    return psycopg.connect(url, autocommit=True)


@contextmanager
def _clock(url: str, folder: Path) -> Iterator[None]:
    """Run `flask clock` until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "bazaar", "clock"],
        env=os.environ | market.environment(url, folder) | {"BAZAAR_LOG_LEVEL": "WARNING"},
        stdout=subprocess.DEVNULL,
    )
    try:
        _until(lambda: db.session.scalar(sa.select(sa.func.count(Beat.id))))
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _until(what: Callable[[], Any]) -> None:
    deadline = time.monotonic() + market.PATIENCE_S
    while time.monotonic() < deadline:
        with reading():
            if what():
                return
        time.sleep(0.1)
    raise SystemExit("the clock did not start")


def _idle() -> str:
    """Return in words what a look costs when nothing has changed and nothing is due."""
    statements: list[str] = []
    with transaction():
        while show.tick(times.now()):
            pass
    sa.event.listen(
        db.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
    )
    took = []
    for _ in range(IDLE_TICKS):
        before = time.perf_counter()
        with reading():
            show.look(times.now())
        took.append((time.perf_counter() - before) * 1000)
    asked = [one for one in statements if not one.startswith(("BEGIN", "PRAGMA"))]
    return (
        f"a tick with nothing due {statistics.median(took):.2f} ms,"
        f" {len(asked) / IDLE_TICKS:.1f} queries"
    )


def _median(found: list[list[float]], percent: int) -> float:
    return statistics.median(statistics.quantiles(each, n=100)[percent - 1] for each in found)


def _in_words(delays: list[float]) -> str:
    hundredths = statistics.quantiles(delays, n=100)
    return (
        f" {len(delays)} beginnings: p50 {hundredths[49]:.0f} ms, p99 {hundredths[98]:.0f} ms,"
        f" at most {max(delays):.0f} ms"
    )


if __name__ == "__main__":
    main()
