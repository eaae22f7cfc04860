"""Stall page and what is on air, against a minimal Flask view that renders the same from memory.

    python -m benchmarks.reading [--seconds 6] [--repeats 3] [--clients 64]

Same PostgreSQL, gunicorn and load as `benchmarks.orders`. What is on air is measured with turns on
air, and once there are none (`nothing on air`). The reference is the page's template with
the values of one real request kept in memory: no database, guard, log or headers of ours.
"""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import flask
import psycopg
from flask import Flask, template_rendered

from bazaar.app import create_app as create_bazaar
from bazaar.db import db
from benchmarks import load, market
from benchmarks.load import Figures

PAGES = {"stall": "/s/lapak-1", "on-air": "/sekarang"}
NOTHING = "nothing on air"
HEADERS = "X-Fragment: 1\r\n"
APPLICATIONS = {
    "bazaar": "bazaar.app:create_app()",
    "memory": "benchmarks.reading:memory()",
}


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--seconds", type=float, default=6)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--clients", type=int, default=64)
    asked = options.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name, market.server() as server:
        folder = Path(name)
        url = market.database(server)
        market.build(url, folder, stalls=20, products_each=10)
        found: dict[tuple[str, str], list[Figures]] = {}
        measure(PAGES, url, folder, asked, found)
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM turns")
        measure({NOTHING: PAGES["on-air"]}, url, folder, asked, found)
        for page in (*PAGES, NOTHING):
            ours, theirs = (
                statistics.median(each.per_s for each in found[page, which])
                for which in APPLICATIONS
            )
            print(f"{page}: {ours:.0f}/s of {theirs:.0f}/s = {ours / theirs:.0%}")


def measure(
    pages: Mapping[str, str],
    url: str,
    folder: Path,
    asked: argparse.Namespace,
    found: dict[tuple[str, str], list[Figures]],
) -> None:
    """Run the load against both applications, in turns, and note what was found."""
    for _ in range(asked.repeats):
        for which, application in APPLICATIONS.items():
            environment = market.environment(url, folder)
            with market.serving(application, folder, environment, threads=32) as (port, pids):
                for page, path in pages.items():
                    figures = load.run(
                        port,
                        requests(path if which == "bazaar" else f"/memory{path}"),
                        clients=asked.clients,
                        seconds=asked.seconds,
                        warm_up=2,
                        pids=pids,
                    )
                    found.setdefault((page, which), []).append(figures)
                    print(
                        f"  {page:<15}{which:<8}{figures.per_s:7.0f}/s"
                        f"  CPU {figures.cpu_ms:5.2f} ms  {dict(figures.statuses)}",
                        flush=True,
                    )


def requests(path: str) -> Callable[[int], bytes]:
    """Return what makes the requests: always the same one."""
    sent = load.request("GET", path, market.HOST, f"{HEADERS}Cookie: k=1\r\n")
    return lambda _: sent


def memory() -> Flask:
    """Return the application with one bare view a page."""
    app = create_bazaar()
    kept: list[tuple[Any, dict[str, Any]]] = []

    def keep(_: Flask, template: Any, context: dict[str, Any], **_more: Any) -> None:
        db.session.expunge_all()
        kept.append((template, context))

    views = {}
    for path in PAGES.values():
        kept.clear()
        with template_rendered.connected_to(keep, app):
            app.test_client().get(path, headers={"X-Fragment": "1", "Host": market.HOST})
        views[path] = _view(*kept[-1])
    with app.app_context():
        db.engine.dispose()
    app.before_request_funcs.clear()
    app.after_request_funcs.clear()
    app.wsgi_app = Flask.wsgi_app.__get__(app)  # type: ignore[method-assign]
    app._got_first_request = False  # noqa: SLF001 - else no view can be added any more
    for path, view in views.items():
        app.add_url_rule(f"/memory{path}", endpoint=f"memory{path}", view_func=view)
    return app


def _view(template: Any, context: dict[str, Any]) -> Callable[[], str]:
    def view() -> str:
        return str(template.render(context | {"request": flask.request, "g": flask.g}))

    return view


if __name__ == "__main__":
    main()
