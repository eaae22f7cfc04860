"""How long the page of a day and of a season take with a long history behind them.

    python -m benchmarks.totals [--orders 1000000] [--days 200] [--repeats 7] [--database postgresql]

The history is made by SQL: orders of 73 sellers and 40 turns a day, nine of ten paid, with all
their ledger entries (six an order). Sums are kept as the clock does, up to the last few hundred
entries, which every page adds up itself. Prints how long signing a day takes and how long others
wait for it meanwhile, medians of whole requests, and what the slowest queries were.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from bazaar import closings, times
from bazaar.app import create_app
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.models import Edition, LedgerEntry, Role, Turn
from bazaar.reports import books, sums, totals
from bazaar.settings import Mode, Settings
from benchmarks import market
from tests import builders

FIRST, SECOND = Actor("committee:1", "Rina"), Actor("committee:2", "Budi")
SELLERS, TURNS = 73, 40
OPEN = 12
"""Hours of a day in which people order."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--orders", type=int, default=1_000_000)
    options.add_argument("--days", type=int, default=200)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    asked = options.parse_args()
    with place(asked.database) as (url, folder):
        app = create_app(settings(url, folder))
        with app.app_context():
            flask_migrate.upgrade()
            days = build(asked.orders, asked.days)
            client = signed_in(app)
            for name, path in {
                "an open day": f"/panitia/hari/{days[-1]}",
                "a signed day": f"/panitia/hari/{days[len(days) // 2]}",
                "the season": "/panitia/musim",
                "settlement": "/panitia/perhitungan",
            }.items():
                measure(client, name, path, asked.repeats)


def settings(url: str, folder: Path) -> Settings:
    return Settings(
        mode=Mode.DEVELOPMENT,
        secret_key=market.SECRET,
        database_url=url,
        instance_path=folder,
        public_url="http://localhost",
        log_level="ERROR",
    )


@contextmanager
def place(kind: str) -> Iterator[tuple[str, Path]]:
    """Give the URL of a new database, and a folder."""
    with tempfile.TemporaryDirectory() as name:
        if kind == "sqlite":
            yield f"sqlite:///{name}/bazaar.db", Path(name)
            return
        with market.server() as server:
            yield market.database(server), Path(name)


def build(orders: int, days: int) -> list[date]:
    """Make the history; return its days."""
    now = times.now().replace(hour=3, minute=0, second=0, microsecond=0)
    start = now - timedelta(days=days - 1)
    with transaction():
        edition = builders.an_edition(channels=2)
        for _ in range(SELLERS):
            builders.a_seller(edition=edition)
        release = builders.a_release(edition)
        sellers = list(db.session.scalars(sa.text("SELECT id FROM sellers ORDER BY id")))
        rows = [
            {
                "release_id": release.id,
                "channel_id": edition.channels[n % 2].id,
                "seller_id": sellers[(day * TURNS + n) % SELLERS],
                "starts_at": start + timedelta(days=day, minutes=15 * n),
                "ends_at": start + timedelta(days=day, minutes=15 * n + 15),
                "reasons": {},
                "uid": f"{day}-{n}",
                "sequence": 0,
            }
            for day in range(days)
            for n in range(TURNS)
        ]
        db.session.execute(sa.insert(Turn), rows)
    began = time.monotonic()
    percent = "%%" if db.engine.dialect.name == "postgresql" else "%"
    for statement in statements(orders, days, start):
        with transaction():
            db.session.connection().exec_driver_sql(statement.replace("%", percent))
    found = [times.day_of(start + timedelta(days=day), edition.zone) for day in range(days)]
    print(f"{orders:,} orders over {days} days: made in {time.monotonic() - began:.0f} s")
    keep_sums()
    for day in found[:2]:
        sign(edition.id, day)
    require_sound(edition.id, found[-1])
    return found


def keep_sums() -> None:
    """Add all entries but the last few hundred to the kept sums, as the clock does."""
    with transaction():
        last = db.session.scalar(sa.select(sa.func.max(LedgerEntry.id)))
    assert last is not None
    usual, sums.AT_ONCE = sums.AT_ONCE, 5 * sums.AT_ONCE  # type: ignore[misc]
    began, took = time.monotonic(), []
    behind, mark = 1, 0
    while behind:
        with transaction():
            step = time.monotonic()
            mark = sums.mark_of(db.session.scalars(sa.select(Edition.id)).one())
            behind = max(0, last - sums.ENOUGH + 1 - mark)
            sums.AT_ONCE = min(sums.AT_ONCE, behind) or usual  # type: ignore[misc]
            if behind:
                sums.keep(times.now())
        took.append(time.monotonic() - step)
    print(
        f"sums kept in {time.monotonic() - began:.0f} s, {5 * usual:,} entries at once in"
        f" {statistics.median(took):.2f} s; {last - mark} entries are behind the mark"
    )
    sums.AT_ONCE = usual  # type: ignore[misc]


def sign(edition_id: int, day: date) -> None:
    """Sign a day; print how long it took, and how long nobody else could book."""
    held: list[float] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        if "pg_advisory_xact_lock(" in statement:
            held.append(time.monotonic())

    sa.event.listen(db.engine, "after_cursor_execute", note)
    with transaction():
        current = db.session.get_one(Edition, edition_id)
        closings.prepare(current, day, actor=FIRST, now=times.now())
    began = time.monotonic()
    with transaction():
        current = db.session.get_one(Edition, edition_id)
        closings.sign(current, day, actor=SECOND, now=times.now())
    ended = time.monotonic()
    sa.event.remove(db.engine, "after_cursor_execute", note)
    print(
        f"a day is signed in {ended - began:.2f} s; the books are held for"
        f" {ended - (held[-1] if held else began):.2f} s of them"
    )


def require_sound(edition_id: int, day: date) -> None:
    """Stop unless a page's figures are those of the entries."""
    with transaction():
        edition = db.session.get_one(Edition, edition_id)
        shown, worked_out = totals.of_day(edition, day), books.of_day(edition, day)
        assert shown.total.idr == worked_out.total.idr, "the kept sums are wrong"
        assert shown.total.rows == worked_out.total.rows, "the kept sums are wrong"


def statements(orders: int, days: int, start: datetime) -> Iterator[str]:
    """Yield the SQL that makes checkouts, orders and their entries."""
    postgresql = db.engine.dialect.name == "postgresql"
    per_day = orders // days
    first = start.strftime("%Y-%m-%d %H:%M:%S")
    if postgresql:
        yield "SET session_replication_role = replica"
        yield "SET statement_timeout = 0"
        series = "generate_series({}, {}) AS t(n)"
        at = f"timestamptz '{first}+00' + (n / {per_day}) * interval '1 day' + (n % {per_day}) % {OPEN * 3600} * interval '1 second'"
        day = f"(timestamp '{first}' + interval '7 hours')::date + (n / {per_day})::int"
        token, true = "md5(n::text) || md5('x' || n::text)", "true"
    else:
        series = (
            "(WITH RECURSIVE t(n) AS (SELECT {} UNION ALL SELECT n + 1 FROM t WHERE n < {})"
            " SELECT n FROM t)"
        )
        at = f"strftime('%Y-%m-%d %H:%M:%S.000000', '{first}', (n / {per_day}) || ' days', ((n % {per_day}) % {OPEN * 3600}) || ' seconds')"
        day = f"date('{first}', '+7 hours', (n / {per_day}) || ' days')"
        token, true = "'h' || n", "1"
    numbers = series.format(0, orders - 1)
    ids = "(SELECT min(id) FROM sellers)"
    turn = f"(SELECT min(id) FROM turns) + (n / {per_day}) * {TURNS} + (n % {per_day}) % {TURNS}"
    edition = "(SELECT max(id) FROM editions)"
    seller = f"{ids} + ((n / {per_day}) * {TURNS} + (n % {per_day}) % {TURNS}) % {SELLERS}"
    goods, shipping = "20000 + (n % 40) * 1000", "12000"
    yield (
        "INSERT INTO checkouts (id, key, link_hash, buyer_name, phone, country, village_code, street,"
        " area, postal_code, note, source, language, placed_at)"
        f" SELECT n + 1, 'k' || n, {token}, 'Siti', '+628120000000', 'ID', '35.09.21.1002', 'Jl. Jawa',"
        f" 'Sumbersari', '68121', '', 'link', 'id', {at} FROM {numbers}"
    )
    paid = "n % 10 <> 9"
    yield (
        "INSERT INTO orders (id, reference, checkout_id, edition_id, seller_id, turn_id, status,"
        " goods_idr, shipping_idr, total_idr, courier, weight_g, shipping_full_idr, shipping_quote,"
        " placed_at, pay_before, release_at, paid_at, ended_at, holds)"
        f" SELECT n + 1, 'PV-' || n, n + 1, {edition}, {seller}, {turn},"
        f" CASE WHEN {paid} THEN 'paid' ELSE 'expired' END, {goods}, {shipping}, {goods} + {shipping},"
        f" 'JNE REG', 500, {shipping}, '{{}}', {at}, {at}, {at}, CASE WHEN {paid} THEN {at} END,"
        f" CASE WHEN {paid} THEN NULL ELSE {at} END, {true} FROM {numbers}"
    )
    moves = [
        ("placed", "buyer", "goods_promised", goods, "1 = 1"),
        ("placed", "buyer", "shipping_promised", shipping, "1 = 1"),
        ("payment", "money", "unknown", f"{goods} + {shipping}", paid),
        ("allocation", "unknown", "buyer", f"{goods} + {shipping}", paid),
        ("paid", "goods_promised", "goods_sold", goods, paid),
        ("paid", "shipping_promised", "shipping_sold", shipping, paid),
        ("expired", "goods_promised", "buyer", goods, f"NOT ({paid})"),
        ("expired", "shipping_promised", "buyer", shipping, f"NOT ({paid})"),
    ]
    for first_of_day in range(0, orders, per_day):
        numbers = series.format(first_of_day, min(first_of_day + per_day, orders) - 1)
        for kind, debit, credit, amount, where in moves:
            method = "'qris'" if kind in {"payment", "allocation"} else "''"
            yield (
                "INSERT INTO ledger_entries (kind, debit, credit, amount_idr, at, day, edition_id,"
                f" seller_id, order_id, method) SELECT '{kind}', '{debit}', '{credit}', {amount},"
                f" {at}, {day}, {edition}, {seller}, n + 1, {method} FROM {numbers} WHERE {where}"
            )
    yield "ANALYZE"
    if postgresql:
        yield "SET session_replication_role = DEFAULT"


def signed_in(app: Flask) -> object:
    client = app.test_client()
    with transaction():
        builders.sign_in(client, Role.TREASURER)
    return client


def measure(client, name: str, path: str, repeats: int) -> None:
    """Print the median of whole requests, and how long each of its queries took."""
    took, worked, queries = [], [], []

    def before(connection, *_):
        connection.info["began"] = time.perf_counter()

    def after(connection, *rest):
        queries.append((time.perf_counter() - connection.info["began"], rest[1]))

    sa.event.listen(db.engine, "before_cursor_execute", before)
    sa.event.listen(db.engine, "after_cursor_execute", after)
    for _ in range(repeats):
        queries.clear()
        began, cpu = time.perf_counter(), time.thread_time()
        answer = client.get(path)
        took.append(time.perf_counter() - began)
        worked.append(time.thread_time() - cpu)
        assert answer.status_code == 200, answer.status
    sa.event.remove(db.engine, "before_cursor_execute", before)
    sa.event.remove(db.engine, "after_cursor_execute", after)
    slowest = sorted(queries, reverse=True)[:3]
    median, cpu = (statistics.median(values) * 1000 for values in (took, worked))
    print(f"{name}: {median:.0f} ms, {cpu:.0f} ms of them this process; {len(queries)} queries")
    for seconds, statement in slowest:
        print(f"    {seconds * 1000:5.0f} ms {' '.join(statement.split())[:110]}")


if __name__ == "__main__":
    main()
