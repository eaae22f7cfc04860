"""Who follows a channel: state requests a second, what streams weigh, from an act to the last one.

    python -m benchmarks.live [--seconds 6] [--repeats 3] [--clients 32] [--only sqlite]

On PostgreSQL with everything switched on that keeps data safe, and on SQLite. One web process
(gunicorn gthread, 8 threads) answers `/live/1/state`, of which every second request brings the
ETag that it knows; its processor time says what it could do were the generator not on the same
cores. One process for streams holds 1,000 of them. Then an operator stops and goes on with the
show, and everybody's first news is timed from the commit: 500 who listen, and 2,000 who ask every
5 s ± 20 %. Medians.
"""

import argparse
import heapq
import os
import random
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from bazaar import show, times
from bazaar.app import create_app
from bazaar.db import db, transaction
from bazaar.editions import get_current
from bazaar.live_process import gunicorn_line
from bazaar.rules.show.acts import ActKind
from benchmarks import load, market

STATE = "/live/1/state"
STREAMS, LISTENERS, ASKING = 1_000, 500, 2_000
EVERY_S = 5.0
KIB = 1024
WEB = (
    *("gunicorn", "bazaar:create_app()", "--workers=1", "--worker-class=gthread", "--threads=8"),
    *("--worker-connections=4000", "--keep-alive=60", "--log-level=warning"),
    "--no-control-socket",
)


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--clients", type=int, default=32)
    options.add_argument("--only", default="sqlite,postgresql")
    options.add_argument("--part", default="states,streams,asking")
    asked = options.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    for kind in asked.only.split(","):
        with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
            folder = Path(name)
            market.build(url, folder, stalls=20, products_each=10)
            app = create_app(market.settings(url, folder))
            environment = market.environment(url, folder) | {
                "BAZAAR_LOG_LEVEL": "WARNING",
                "BAZAAR_LIVE_CONNECTIONS": "5000",
            }
            if "states" in asked.part:
                _states(kind, environment, asked)
            if "streams" in asked.part:
                _streams(kind, app, environment, asked.repeats)
            if "asking" in asked.part:
                _asking(kind, app, environment, asked.repeats)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bazaar.db'}"
        return
    with market.server() as server:
        yield market.database(server)


@contextmanager
def _serving(words: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """Run gunicorn; give the id of its one worker."""
    process = subprocess.Popen([sys.executable, "-m", *words], env=os.environ | environment)
    try:
        deadline = time.monotonic() + market.PATIENCE_S
        while True:
            try:
                urllib.request.urlopen(_ask(port, "/healthz"), timeout=60).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.2)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        yield int(children[0])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _ask(port: int, path: str) -> urllib.request.Request:
    return urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": market.HOST})


# -- state requests


def _states(kind: str, environment: dict[str, str], asked: argparse.Namespace) -> None:
    port = market.free_port()
    with _serving([*WEB, f"--bind=127.0.0.1:{port}"], port, environment) as pid:
        found = []
        for _ in range(asked.repeats):
            with urllib.request.urlopen(_ask(port, STATE)) as answer:
                etag = answer.headers["ETag"]
            plain = load.request("GET", STATE, market.HOST)
            known = load.request("GET", STATE, market.HOST, f"If-None-Match: {etag}\r\n")
            found.append(
                load.run(
                    port,
                    _either(plain, known),
                    clients=asked.clients,
                    seconds=asked.seconds,
                    warm_up=1,
                    pids=[pid],
                )
            )
    middle = sorted(found, key=lambda each: each.per_s)[len(found) // 2]
    print(
        f"{kind}: {middle.per_s:.0f} states/s, CPU of the server {middle.cpu_ms:.3f} ms each"
        f" ({1000 / middle.cpu_ms:.0f}/s of one core), p99 {middle.wait(99):.0f} ms,"
        f" {dict(middle.statuses)}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _either(plain: bytes, known: bytes) -> Callable[[int], bytes]:
    return lambda number: known if number % 2 else plain


# -- streams


def _streams(kind: str, app: Flask, environment: dict[str, str], repeats: int) -> None:
    port = market.free_port()
    words = gunicorn_line(f"127.0.0.1:{port}", 5_000)
    with _serving(words, port, environment) as pid:
        first = _listen(port, 1)
        _until_all_heard(first)
        before = _pss(pid)
        began = time.monotonic()
        held = _listen(port, STREAMS)
        _until_all_heard(held)
        opened = time.monotonic() - began
        extra = (_pss(pid) - before) / KIB
        cpu = load.cpu_of([pid])
        time.sleep(5)
        idle = (load.cpu_of([pid]) - cpu) / 5
        for each in held[LISTENERS:]:
            each.close()
        listeners = held[:LISTENERS]
        waits = []
        for number in range(2 * repeats):
            at = _act(app, number)
            waits.append(_until_all_heard(listeners, since=at))
        for each in (*first, *listeners):
            each.close()
    middles = [statistics.median(each) for each in waits]
    lasts = [max(each) for each in waits]
    print(
        f"{kind}: {STREAMS} streams take {extra:.1f} MiB more ({extra * KIB / STREAMS:.0f} KiB each),"
        f" open in {opened:.1f} s, idle CPU {idle:.1%}; from an act to {LISTENERS} listeners"
        f" {statistics.median(middles):.0f} ms, to the last {statistics.median(lasts):.0f} ms"
        f" (worst {max(lasts):.0f}); load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _listen(port: int, count: int) -> list[socket.socket]:
    sent = load.request("GET", "/live/1/events", market.HOST, "Accept: text/event-stream\r\n")
    found = []
    for _ in range(count):
        line = socket.create_connection(("127.0.0.1", port))
        line.sendall(sent)
        found.append(line)
    return found


def _until_all_heard(lines: Sequence[socket.socket], since: float | None = None) -> list[float]:
    """Return how many milliseconds after `since` each line had an event."""
    selector = selectors.DefaultSelector()
    for line in lines:
        selector.register(line, selectors.EVENT_READ)
    waits: list[float] = []
    while len(waits) < len(lines):
        for key, _ in selector.select(60):
            came = key.fileobj.recv(65536)
            if not came:
                raise SystemExit("a stream ended")
            if b"event: onair" in came:
                selector.unregister(key.fileobj)
                waits.append((time.monotonic() - (since or 0)) * 1000)
    selector.close()
    return waits


def _pss(pid: int) -> int:
    """Return the KiB of memory of a process, its share of what it has in common with others."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def _act(app: Flask, number: int) -> float:
    """Stop the show, or go on with it; return the instant of the commit."""
    kind = ActKind.RESUME if number % 2 else ActKind.HOLD
    with app.app_context(), transaction():
        edition = get_current()
        now = times.now()
        (day, *_) = show.kept(edition, now)
        show.act(edition, 1, kind, revision=day.revision, actor=market.SOMEBODY, now=now)
        db.session.flush()
    return time.monotonic()


# -- asking


def _asking(kind: str, app: Flask, environment: dict[str, str], repeats: int) -> None:
    port = market.free_port()
    with _serving([*WEB, f"--bind=127.0.0.1:{port}"], port, environment) as pid:
        cpu, began = load.cpu_of([pid]), time.monotonic()
        waits = [_until_all_know(app, port, number) for number in range(repeats)]
        share = (load.cpu_of([pid]) - cpu) / (time.monotonic() - began)
        if repeats % 2:
            _act(app, 1)
    print(
        f"{kind}: from an act to {ASKING} who ask every {EVERY_S:.0f} s"
        f" {statistics.median(map(statistics.median, waits)):.1f} s, to the last"
        f" {statistics.median(map(max, waits)):.1f} s; server CPU {share:.0%} of a core;"
        f" load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _until_all_know(app: Flask, port: int, number: int) -> list[float]:
    """Let everybody ask for a while, act, and return after how many seconds each knew."""
    selector = selectors.DefaultSelector()
    lines: dict[int, socket.socket] = {}
    etags: dict[int, bytes] = {}
    waits: dict[int, float] = {}
    start = time.monotonic()
    due = [(start + random.uniform(0, EVERY_S), n) for n in range(ASKING)]
    heapq.heapify(due)
    acted, old = 0.0, b""
    while len(waits) < ASKING:
        if not acted and time.monotonic() - start > EVERY_S * 1.5:
            old = next(iter(etags.values()))
            acted = _act(app, number)
        while due[0][0] <= time.monotonic():
            at, n = heapq.heappop(due)
            if n not in lines:  # a line that says nothing would hold a thread
                lines[n] = socket.create_connection(("127.0.0.1", port))
                selector.register(lines[n], selectors.EVENT_READ, n)
            known = f"If-None-Match: {etags[n].decode()}\r\n" if n in etags else ""
            lines[n].sendall(load.request("GET", STATE, market.HOST, known))
            heapq.heappush(due, (at + EVERY_S * random.uniform(0.8, 1.2), n))
        for key, _ in selector.select(max(0.0, due[0][0] - time.monotonic())):
            answer = lines[key.data].recv(65536)
            if b"ETag: " in answer:
                etags[key.data] = answer.partition(b"ETag: ")[2].partition(b"\r\n")[0]
                if acted and etags[key.data] != old:
                    waits.setdefault(key.data, time.monotonic() - acted)
    selector.close()
    for line in lines.values():
        line.close()
    return list(waits.values())


if __name__ == "__main__":
    main()
