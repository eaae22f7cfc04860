"""Server time of the public pages with the demo's data on SQLite.

    python -m benchmarks.pages [--rounds 300]

Calls the WSGI application in this process, so the figures are what the server itself needs for a
page, without the network. The reference of the same run is an empty page behind the same guard.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from bazaar.db import db, reading
from bazaar.demo.evening import KEY
from bazaar.models import Checkout, Product
from benchmarks import evening

WARM_UP = 20


def main() -> None:
    """Print p50 and p95 of each page in milliseconds, its size, and the ratio to `/healthz`."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rounds", type=int, default=300)
    rounds = options.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        app = evening.build(Path(folder))
        print(f"{'page':<28}{'p50 ms':>9}{'p95 ms':>9}{'html kB':>9}{'x empty':>9}")
        empty = 0.0
        for name, path in _pages(app).items():
            times_ms, size = measure(app, path, rounds)
            p50 = statistics.median(times_ms)
            p95 = statistics.quantiles(times_ms, n=20)[-1]
            empty = empty or p50
            print(f"{name:<28}{p50:>9.2f}{p95:>9.2f}{size / 1000:>9.1f}{p50 / empty:>9.1f}")


def measure(app: Flask, path: str, rounds: int) -> tuple[list[float], int]:
    """Return milliseconds of `rounds` calls after a warm-up, and the size of the page in bytes."""
    client = app.test_client()
    found = []
    size = 0
    for number in range(WARM_UP + rounds):
        began = time.perf_counter()
        answer = client.get(path)
        size = len(answer.data)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        if number >= WARM_UP:
            found.append((time.perf_counter() - began) * 1000)
    return found, size


def _pages(app: Flask) -> dict[str, str]:
    with app.app_context(), reading():
        product = db.session.scalars(sa.select(Product).order_by(Product.id).limit(1)).one()
        key = db.session.scalars(
            sa.select(Checkout.key).where(Checkout.key.startswith(f"{KEY}-unpaid")).limit(1)
        ).one()
        token = app.extensions["bazaar"].links.token("order", key)
        return {
            "(empty: /healthz)": "/healthz",
            "home": "/",
            "stall": f"/s/{product.seller.slug}",
            "product": f"/b/{product.claim_code}",
            "order": f"/o/{token}",
            "order status (fragment)": f"/o/{token}/status",
            "schedule": "/jadwal",
        }


if __name__ == "__main__":
    main()
