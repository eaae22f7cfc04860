"""Fixtures of all tests.

A test that asks for `app`, `client`, `server` or `page` runs twice, on SQLite and on PostgreSQL;
`@pytest.mark.parametrize("database", ["sqlite"], indirect=True)` keeps it to one where the
database makes no difference. Each finds the migrated tables empty.

The test itself holds one database session (`db.session`). On SQLite a transaction that is not
inside `bazaar.db.reading()` holds the only write lock, so say `db.session.commit()` before other
threads or a browser shall write, and look at what they wrote `with reading():`. `client` does the
commit by itself. `time_machine.move_to(now)` (from the package time-machine) sets the clock, which
then stands still: what is asked twice is told the same, however slow the machine.
"""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from sys import modules

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright
from time_machine import TimeMachineFixture

from bazaar import show
from bazaar.db import db
from tests import chromium, databases
from tests.browser import ARGUMENTS, PATIENCE_MS, Visitors
from tests.house import House
from tests.postgres_server import Keeper

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

settings.register_profile("bazaar", deadline=None)  # a busy machine is no fault
settings.load_profile("bazaar")

# Twelve thousand tests are a million objects that stay: looking through them all again and again
# took a quarter of the time of collecting them.
gc.set_threshold(50_000, 20, 50)

PROOFS = ("tests/proof/", "tests/clockwork/")
"""Tests with many processes of their own: one worker begins with them, beside quieter ones."""
LONG = (
    "tests/web/test_odd_text.py",
    "tests/demo/test_demo.py",
    "tests/test_gateway_sequences.py",
    "tests/web/test_who_may_call.py",
    "tests/views/test_live_pages.py",
    "tests/views/api/test_fuzz.py",
    "tests/web/test_control_room.py",
    "tests/web/test_reading.py",
    "tests/test_weight.py",
    "tests/test_evening.py",
)
"""Where others are that take long, the longest first: the other workers begin with them."""

keeper = pytest.StashKey[Keeper]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep a PostgreSQL server at hand for the whole run; workers find it by the environment."""
    in_worker = hasattr(config, "workerinput")
    if not in_worker and databases.OWN_SERVER not in os.environ:
        config.stash[keeper] = Keeper()
        os.environ[databases.KEEPER_FOLDER] = str(config.stash[keeper].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if keeper in config.stash:
        config.stash[keeper].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Several workers begin with what takes long, so that none is alone with it at the end.

    Each worker gets a stretch of the list, whose end is taken by whoever has nothing left to do.
    """
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers == 1:
        return
    proofs, long, short = _sorted_out(items)
    each = -(-len(items) // workers)
    items.clear()
    for first in (proofs, *(long[other :: workers - 1] for other in range(workers - 1))):
        rest = each - len(first)
        items += [*first, *short[:rest]]
        del short[:rest]
    items += short


def _sorted_out(items: list[pytest.Item]) -> tuple[list[pytest.Item], ...]:
    proofs = [item for item in items if item.nodeid.startswith(PROOFS)]
    place = {id(item): n for n, path in enumerate(LONG) for item in items if path in item.nodeid}
    long = sorted((item for item in items if id(item) in place), key=lambda item: place[id(item)])
    known = {*map(id, proofs), *place}
    return proofs, long, [item for item in items if id(item) not in known]


def pytest_collection_finish() -> None:
    """What was collected stays: nobody looks through it for something to throw away."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.getreports("skipped")
    missed = sum(chromium.MISSING in str(report.longrepr) for report in skipped)
    if missed:
        text = f"{missed} browser tests were SKIPPED. {chromium.MISSING}"
        terminalreporter.write_line(text, red=True, bold=True)


class Houses:
    """The applications of this worker, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, House] = {}

    def on(self, kind: str) -> House:
        if kind not in self._made:
            self._made[kind] = House(kind, self._folder)
        return self._made[kind]

    def close(self) -> None:
        for house in self._made.values():
            house.close()


@pytest.fixture(scope="session")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Houses]:
    houses = Houses(tmp_path_factory.mktemp("houses"))
    yield houses
    houses.close()


@pytest.fixture(params=databases.KINDS)
def database(request: pytest.FixtureRequest, houses: Houses) -> Iterator[House]:
    """The application on one of the databases; every row is removed afterwards."""
    house = houses.on(request.param)
    yield house
    house.clean()
    show.forget()


@pytest.fixture
def app(database: House) -> Iterator[Flask]:
    """The application, with its context pushed: business functions can be called."""
    with database.app.app_context():
        yield database.app


@pytest.fixture(params=databases.KINDS)
def app_without_tables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a new database of its own: for migrations, and for the first start."""
    house = House(request.param, tmp_path, migrate=False)
    with house.app.app_context():
        yield house.app
    house.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen (`tests.house.Client`)."""
    return app.test_client()


@pytest.fixture
def queries(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL statements that were sent, newest last; `queries.clear()` forgets them.

    A show day that was read stays read, however slow the machine, until something changed.
    """
    monkeypatch.setattr(modules["bazaar.show.days"], "LASTS", 3600)
    statements: list[str] = []

    def note(
        connection: object, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            statements.append(statement)

    engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def now() -> datetime:
    """Sunday 1 March 2026, 19.00 in Jember."""
    return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class StandingClock:
    """The clock of this process, put to an instant and going on only when told to."""

    def __init__(self, machine: TimeMachineFixture) -> None:
        self._machine = machine

    def move_to(self, instant: datetime) -> None:
        self._machine.move_to(instant, tick=False)

    def shift(self, seconds: float) -> None:
        self._machine.shift(seconds)


@pytest.fixture
def time_machine(time_machine: TimeMachineFixture) -> StandingClock:
    return StandingClock(time_machine)


@pytest.fixture
def server(app: Flask, database: House) -> str:
    """The address of a real server, one thread a request, on a port of its own."""
    return database.serve()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium. Without it tests fail where CI=true, else they are skipped loudly."""
    program = chromium.find()
    if program is None:
        (pytest.fail if IN_CI else pytest.skip)(chromium.MISSING)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitors(browser: Browser, server: str) -> Iterator[Visitors]:
    """Pages for several people: `visitors.open("desktop")`. What pages do wrong fails the test."""
    visitors = Visitors(browser, server)
    yield visitors
    visitors.close()
    assert not visitors.problems, "\n".join(visitors.problems)


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """A buyer's phone, 360 x 740."""
    return visitors.open("phone")


@pytest.fixture
def desktop(visitors: Visitors) -> Page:
    """A committee member's screen, 1280 x 800."""
    return visitors.open("desktop")
