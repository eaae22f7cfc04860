"""Orders placed per second over HTTP with 64 buyers at once, against a minimal Flask app.

    python -m benchmarks.orders [--seconds 8] [--repeats 3] [--clients 64] [--only hot,wide]

Starts PostgreSQL with fsync, gunicorn with two processes and a load generator; both applications
get the same load on the same server, driver, pool and database, in turns. Everything that an order
is belongs to the measured request: validation, hold, request for money with QR payload and unique
amount, ledger, trail, outbox, kept answer. Prints medians, and ratios of the same run.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from benchmarks import bare, load, market
from benchmarks.load import Figures

HOT, WIDE = "hot", "wide"
STALLS, EACH, LINES = 20, 10, 3
THREADS = 32
PATHS = {"bazaar": "/api/v1/orders", "bare": "/orders"}


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--seconds", type=float, default=8)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--clients", type=int, default=64)
    options.add_argument("--threads", type=int, default=THREADS)
    options.add_argument("--only", default="hot,wide,sold-out")
    asked = options.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name, market.server() as server:
        folder = Path(name)
        url = market.database(server)
        codes = market.build(url, folder, stalls=STALLS, products_each=EACH)
        bare.prepare(url)
        applications = {
            "bazaar": ("bazaar.app:create_app()", market.environment(url, folder)),
            "bare": ("benchmarks.bare:create_app()", {"BARE_URL": url}),
        }
        found: dict[tuple[str, str], list[Figures]] = {}
        for _ in range(asked.repeats):
            for what in asked.only.split(","):
                for which, (application, environment) in applications.items():
                    if what == "sold-out" and which == "bare":
                        continue
                    with market.serving(
                        application, folder, environment, threads=asked.threads
                    ) as (port, pids):
                        figures = measure(port, pids, which, what, codes, asked, url)
                    found.setdefault((what, which), []).append(figures)
                    show(f"{what} {which}", figures)
        report(found)
        require_sound(url)


def measure(port, pids, which, what, codes, asked, url) -> Figures:
    """Run one load against one application."""
    if what == "sold-out":
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE products SET stock = 0 WHERE claim_code = %s", [codes[0][0]])
    try:
        return load.run(
            port,
            orders_of(what, PATHS[which], codes),
            clients=asked.clients,
            seconds=asked.seconds,
            warm_up=3,
            pids=pids,
        )
    finally:
        if what == "sold-out":
            with psycopg.connect(url) as connection:
                connection.execute(
                    "UPDATE products SET stock = (SELECT sum(pieces) FROM stock_moves"
                    " WHERE product_id = products.id) WHERE claim_code = %s",
                    [codes[0][0]],
                )


def orders_of(what: str, path: str, codes: list[list[str]]) -> Callable[[int], bytes]:
    """Return what makes the requests: of one product, or of three of a stall."""
    run = os.urandom(4).hex()

    def make(number: int) -> bytes:
        if what == WIDE:
            stall = codes[number * 7 % len(codes)]
            chosen = [stall[(number // 3 + n * 3) % len(stall)] for n in range(LINES)]
        else:
            chosen = [codes[0][0]]
        body = {
            "lines": [{"product": code, "quantity": 1} for code in chosen],
            "buyer": {
                "name": "Siti Aminah",
                "phone": f"+62812{number % 10**8:08}",
                "village_code": market.VILLAGE,
                "street": "Jl. Gubeng Kertajaya IV/9",
            },
        }
        headers = f"Content-Type: application/json\r\nIdempotency-Key: {run}-{number:010}\r\n"
        return load.request("POST", path, market.HOST, headers, json.dumps(body))

    return make


def show(name: str, figures: Figures) -> None:
    """Print one run."""
    print(
        f"  {name:<18}{figures.per_s:8.0f}/s  p50 {figures.wait(50):6.1f} ms"
        f"  p99 {figures.wait(99):6.1f} ms  server CPU {figures.cpu_ms:5.2f} ms  {dict(figures.statuses)}",
        flush=True,
    )


def report(found: dict[tuple[str, str], list[Figures]]) -> None:
    """Print medians and ratios."""

    def median(key: tuple[str, str], figure: Callable[[Figures], float]) -> float:
        return statistics.median(figure(each) for each in found[key])

    for what in (HOT, WIDE):
        if (what, "bazaar") not in found:
            continue
        ours = median((what, "bazaar"), lambda each: each.per_s)
        theirs = median((what, "bare"), lambda each: each.per_s)
        spread = median((what, "bazaar"), lambda each: each.wait(99) / each.wait(50))
        cpu = median((what, "bazaar"), lambda each: each.cpu_ms)
        print(
            f"{what}: {ours:.0f}/s of {theirs:.0f}/s = {ours / theirs:.0%};"
            f" server CPU {cpu:.2f} ms; p99/p50 {spread:.1f}"
        )
    if ("sold-out", "bazaar") in found and (HOT, "bazaar") in found:
        refused = median(("sold-out", "bazaar"), lambda each: each.per_s)
        ours = median((HOT, "bazaar"), lambda each: each.per_s)
        print(f"sold out: {refused:.0f}/s = {refused / ours:.1f} x orders")


def require_sound(url: str) -> None:
    """Stop if anything was sold that was not there, or is not as its moves say."""
    with psycopg.connect(url) as connection:
        wrong = connection.execute(
            "SELECT count(*) FROM products p WHERE stock < 0 OR stock <> (SELECT"
            " coalesce(sum(pieces), 0) FROM stock_moves m WHERE m.product_id = p.id)"
        ).fetchone()
        lines = connection.execute(
            "SELECT (SELECT sum(quantity) FROM order_lines),"
            " (SELECT -sum(pieces) FROM stock_moves WHERE reason = 'held')"
        ).fetchone()
    print(f"oversold or miscounted products: {wrong[0]}; ordered and held pieces: {lines}")
    if wrong[0] or lines[0] != lines[1]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
