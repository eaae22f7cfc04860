"""Orders placed per second over HTTP, against the same statements in raw sqlite3.

    python -m benchmarks.orders [--orders 600] [--clients 8] [--repeats 3]

One gunicorn process serves a copy of the demo's evening on SQLite (WAL, synchronous=FULL). The
clients send the real checkout form, every order with its own basket and key. The reference is
every SQL statement that placing these orders runs, noted beforehand and run again with the
standard library's sqlite3 in one thread, one BEGIN IMMEDIATE transaction an order, same file
system, same pragmas, same run. The clock is off, and what a server does once, in its first second
and its first orders, is not measured.
"""

import argparse
import http.client
import multiprocessing
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from bazaar import inspection
from bazaar.db import SQLITE_PRAGMAS, db, reading
from benchmarks import evening
from benchmarks.evening import Errand

WARM_UP = 10
"""So many orders sends each client before the measurement begins."""

Statements = list[tuple[str, Any]]
GUNICORN = """
import sys
from pathlib import Path
from benchmarks import evening
from bazaar.serving import OneProcess
OneProcess(evening.open_app(Path(sys.argv[1])), sys.argv[2], clock=False).run()
"""


def main() -> None:
    """Print the medians and their ratio."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--orders", type=int, default=1000)
    options.add_argument("--clients", type=int, default=8)
    options.add_argument("--repeats", type=int, default=3)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = evening.build(folder / "source")
        errands = evening.prepare_orders(app, asked.orders)
        token = evening.csrf_token(app)
        evening.close(app)
        noted = note_statements(evening.copy(folder / "source", folder / "noted"), errands, token)
        per_order = statistics.mean(len(statements) for statements in noted)
        print(f"{asked.orders} orders, {per_order:.1f} SQL statements each")
        raw, served = [], []
        for turn in range(asked.repeats):
            raw.append(run_raw(evening.copy(folder / "source", folder / f"raw{turn}"), noted))
            copy = evening.copy(folder / "source", folder / f"http{turn}")
            served.append(run_http(copy, errands, token, asked.clients))
            print(f"  run {turn + 1}: raw {raw[-1]:7.0f}/s   HTTP {served[-1]:7.0f}/s")
    raw_median, http_median = statistics.median(raw), statistics.median(served)
    print(f"raw sqlite3, same statements   {raw_median:8.0f} orders/s")
    print(f"HTTP, one gunicorn process     {http_median:8.0f} orders/s")
    print(f"ratio                          {http_median / raw_median:8.0%}")


def note_statements(folder: Path, errands: Sequence[Errand], token: str) -> list[Statements]:
    """Place the orders in this process; return what each sent to the database."""
    app = evening.open_app(folder)
    sent: Statements = []

    def note(_c: object, _k: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append((statement, parameters))

    found = []
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", note)
    client = app.test_client()
    for errand in errands:
        sent.clear()
        answer = client.post(errand.path, data=errand.form | {"csrf_token": token})
        if answer.status_code != 303 or "/o/" not in answer.location:
            raise SystemExit(f"placing an order answered {answer.status_code}")
        found.append(list(sent))
    evening.close(app)
    return found


def run_raw(folder: Path, noted: Sequence[Statements]) -> float:
    """Run the statements again, a transaction an order; return orders per second."""
    connection = sqlite3.connect(folder / "bazaar.db", isolation_level=None)
    for name, value in SQLITE_PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
    began = time.perf_counter()
    for statements in noted:
        connection.execute("BEGIN IMMEDIATE")
        for statement, parameters in statements:
            many = isinstance(parameters, list)
            cursor = (connection.executemany if many else connection.execute)(statement, parameters)
            if cursor.description:
                cursor.fetchall()
        connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    return len(noted) / seconds


def run_http(folder: Path, errands: Sequence[Errand], token: str, clients: int) -> float:
    """Serve the copy and place the orders over HTTP; return orders per second."""
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", GUNICORN, str(folder), f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        env=os.environ | {"BAZAAR_MODE": "demo"},
    )
    try:
        _wait_for(port)
        bodies = [
            (errand.path, urlencode(errand.form | {"csrf_token": token})) for errand in errands
        ]
        results: multiprocessing.Queue[float] = multiprocessing.Queue()
        load = multiprocessing.Process(target=_load, args=(port, bodies, clients, results))
        load.start()
        seconds = results.get()
        load.join()
    finally:
        server.terminate()
        server.wait()
    _require_sound(evening.open_app(folder))
    return (len(errands) - clients * WARM_UP) / seconds


def _load(
    port: int,
    bodies: Sequence[tuple[str, str]],
    clients: int,
    results: "multiprocessing.Queue[float]",
) -> None:
    """Send everything from `clients` threads that keep their connections; tell the seconds."""
    start = threading.Barrier(clients + 1)

    def send(share: Sequence[tuple[str, str]]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/wilayah?q=jember")  # answered when all villages are read
        connection.getresponse().read()
        for number, (path, body) in enumerate(share):
            if number == WARM_UP:
                start.wait()
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 303:
                raise SystemExit(f"placing an order answered {answer.status}")

    threads = [
        threading.Thread(target=send, args=(bodies[number::clients],)) for number in range(clients)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    results.put(time.perf_counter() - began)


def _require_sound(app: Flask) -> None:
    with app.app_context(), reading():
        if found := inspection.differences():
            raise SystemExit("\n".join(map(str, found)))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
