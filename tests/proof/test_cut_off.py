"""PostgreSQL cuts connections, and is restarted, while buyers order: they are told 503 or the truth."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from bazaar.db import db
from tests import databases, postgres_server
from tests.house import House
from tests.proof.buyers import STILL_RUNNING, Buyers, judge
from tests.proof.serving import Processes
from tests.proof.test_kills import CLIENTS, a_bazaar
from tests.proof.test_machine import SEED
from tests.slowness import within

CUTS = int(os.environ.get("PROOF_CUTS", "8"))
RESTARTS = int(os.environ.get("PROOF_RESTARTS", "2"))
BACK_WITHIN_S = 5
ALLOWED = {200, 201, 409, 503, STILL_RUNNING}
CUT = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL(%s)"
)
OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
"""The test's own connections."""


def served_again(buyers: Buyers, since: float) -> float:
    """Wait until two more orders were told; return how long after `since`."""
    before = len(buyers.told.codes)
    while len(buyers.told.codes) < before + 2:
        assert time.monotonic() < since + 60, "nobody is served any more"
        time.sleep(0.01)
    return time.monotonic() - since


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_cut_connections_are_a_503_and_no_more(app, database, tmp_path, capsys):
    codes, chance, gaps = a_bazaar(), random.Random(SEED), []
    with psycopg.connect(database.database.url, autocommit=True) as admin:
        own = [pid for (pid,) in admin.execute(OTHERS)]
    processes = Processes(database, tmp_path)
    try:
        processes.wait()
        buyers = Buyers(processes.port, codes, count=CLIENTS, seed=SEED)
        buyers.start()
        try:
            served_again(buyers, time.monotonic())
            for _ in range(CUTS):
                with psycopg.connect(database.database.url, autocommit=True) as admin:
                    admin.execute(CUT, [own])
                gaps.append(served_again(buyers, time.monotonic()))
                time.sleep(chance.uniform(0.1, 0.5))
        finally:
            buyers.stop()
    finally:
        processes.stop()

    told, verdict = buyers.told, judge(buyers.told)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{CUTS} times all connections cut, served again after at most {max(gaps):.1f} s,"
            f" PROOF_SEED={SEED}, {dict(told.statuses)}"
        )
    assert told.wrong == []
    assert set(told.statuses) <= ALLOWED
    assert max(gaps) <= within(BACK_WITHIN_S)
    assert verdict.sound, verdict


class OwnServer:
    """A PostgreSQL of this test alone, that can be restarted on its port."""

    def __init__(self) -> None:
        self._account = postgres_server._account()
        self.cluster = postgres_server._new_cluster_folder(self._account)
        self._programs = postgres_server._programs(self._account, self.cluster)
        self._server, self.url = postgres_server._start(self._programs, self.cluster, self._account)

    def restart(self, *, away_s: float = 0) -> None:
        """Stop at once, as after a crash, and start again after a while."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(20)
        time.sleep(away_s)
        port = self.url.rpartition(":")[2]
        data = self.cluster / "data"
        self._server = subprocess.Popen(
            [self._programs / "postgres", "-D", data, "-p", port, *OPTIONS],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **postgres_server._as(self._account),
        )
        assert postgres_server._is_ready(self._server, data)

    def stop(self) -> None:
        postgres_server._stop(self._server)


OPTIONS = [
    f"--{name}={value}"
    for name, value in (postgres_server.SETTINGS | postgres_server.DURABLE).items()
]


@contextmanager
def a_house(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[OwnServer, House]]:
    monkeypatch.setenv(postgres_server.AS_IN_PRODUCTION, "1")
    server = OwnServer()
    try:
        monkeypatch.setenv(databases.OWN_SERVER, server.url)
        house = House("postgresql", folder)
        with house.app.app_context():
            yield server, house
        house.close()
    finally:
        server.stop()
        subprocess.run(["rm", "-rf", server.cluster], check=True)


def test_a_restarted_server_is_a_503_and_full_service_after_it(tmp_path, monkeypatch, capsys):
    gaps = []
    with a_house(tmp_path, monkeypatch) as (server, house):
        codes = a_bazaar()
        processes = Processes(house, tmp_path)
        try:
            processes.wait()
            buyers = Buyers(processes.port, codes, count=CLIENTS, seed=SEED)
            buyers.start()
            try:
                served_again(buyers, time.monotonic())
                for _ in range(RESTARTS):
                    server.restart()
                    gaps.append(served_again(buyers, time.monotonic()))
                    time.sleep(0.5)
            finally:
                buyers.stop()
        finally:
            processes.stop()

        db.session.remove()
        db.engine.dispose()
        verdict = judge(buyers.told)

    told = buyers.told
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{RESTARTS} crashes of PostgreSQL, served again at most {max(gaps):.1f} s after its"
            f" start, PROOF_SEED={SEED}, {dict(told.statuses)}"
        )
    assert told.wrong == []
    assert set(told.statuses) <= ALLOWED
    assert max(gaps) <= within(BACK_WITHIN_S)
    assert verdict.sound, verdict
