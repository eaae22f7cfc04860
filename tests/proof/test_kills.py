"""kill -9 of web workers and of the clock while buyers order: nothing told is lost or doubled.

More of it: `make torture`. A killed process leaves what the system has been given, so this says
nothing about power cuts; for those there are `synchronous=FULL` and PostgreSQL's own promises.
"""

import os
import random
import time
from collections.abc import Callable

import pytest

from bazaar.db import transaction
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition
from tests.proof.buyers import STILL_RUNNING, Buyers, judge, missing_and_doubled
from tests.proof.serving import Processes
from tests.proof.test_machine import SEED

KILLS = int(os.environ.get("PROOF_KILLS", "30"))
CLIENTS = 6
BETWEEN_S = (0.05, 0.8)
CLOCK_EVERY = 10
QUIET_S = 20
TELL_EVERY = 50
"""After so many kills a line says how far it is, and whether all is well until then."""


def a_bazaar() -> list[str]:
    """Return the claim codes of a stall: plenty of some, few of others."""
    with transaction():
        an_edition()
        a_rate(first_kg_idr=12_000)
        seller = a_seller()
        a_sticker(seller)
        stocks = (100_000, 100_000, 40, 7)
        return [a_product(seller=seller, stock=stock).claim_code for stock in stocks]


def kill_while_they_shop(
    processes: Processes,
    buyers: Buyers,
    kills: int,
    seed: int,
    tell: Callable[[int], None] = lambda _: None,
) -> int:
    """Kill so many processes, each after somebody was served since the last; return how many.

    `tell` is called with the number every `TELL_EVERY` kills, while buyers go on.
    """
    chance, killed, clocks = random.Random(seed), 0, 0
    while killed < kills:
        served, deadline = len(buyers.told.codes), time.monotonic() + QUIET_S
        while len(buyers.told.codes) == served and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(*BETWEEN_S))
        if killed % CLOCK_EVERY == CLOCK_EVERY - 1:
            processes.kill_clock()
            clocks += 1
        else:
            workers = processes.workers()
            if not workers:
                continue
            processes.kill(chance.choice(workers))
        killed += 1
        if killed % TELL_EVERY == 0:
            tell(killed)
    return killed


def test_killed_processes_lose_and_double_nothing(app, database, tmp_path, capsys):
    codes = a_bazaar()
    processes = Processes(database, tmp_path)
    try:
        processes.wait()
        buyers = Buyers(processes.port, codes, count=CLIENTS, seed=SEED)
        buyers.start()
        began = time.monotonic()

        def tell(killed: int) -> None:
            lost, doubled = missing_and_doubled(buyers.so_far())
            with capsys.disabled():
                print(  # noqa: T201
                    f"\n{database.kind}: {killed} of {KILLS} kills in"
                    f" {time.monotonic() - began:.0f} s, {len(buyers.told.codes)} orders told,"
                    f" lost {len(lost)}, doubled {len(doubled)}",
                    end="",
                    flush=True,
                )
            assert not lost
            assert not doubled

        try:
            killed = kill_while_they_shop(processes, buyers, KILLS, SEED, tell)
        finally:
            buyers.stop()
        took_s = time.monotonic() - began
    finally:
        processes.stop()

    told, verdict = buyers.told, judge(buyers.told)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{database.kind}: {killed} kills in {took_s:.0f} s, {len(told.codes)} orders told,"
            f" longest silence {told.gap_s:.1f} s, PROOF_SEED={SEED}, {dict(told.statuses)}"
        )
    assert killed == KILLS
    assert told.wrong == []
    assert set(told.statuses) <= {200, 201, 409, 503, STILL_RUNNING}
    assert len(told.codes) >= KILLS
    assert verdict.sound, verdict


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_negative_control_a_key_kept_later_doubles_orders(app, database, tmp_path):
    codes = a_bazaar()
    processes = Processes(database, tmp_path, "tests.proof.careless:careless()")
    doubled: list[str] = []
    try:
        processes.wait()
        for round_ in range(8):
            buyers = Buyers(processes.port, codes, count=CLIENTS, seed=SEED + round_)
            buyers.start()
            try:
                kill_while_they_shop(processes, buyers, 3, SEED + round_)
            finally:
                buyers.stop()
            doubled = judge(buyers.told).doubled
            if doubled:
                break
    finally:
        processes.stop()

    assert doubled, "orders can no longer be doubled: the test above proves nothing"
