"""Whether placing orders grows dearer with the catalogue and with the orders of the past.

    python -m benchmarks.growth [--products 20000] [--history 1000000] [--rounds 40]

Places companies of 16 orders of three products on PostgreSQL, in this process: with 200 products
and no past, then with many products and a long past, which are made by SQL. Prints milliseconds
an order (median), their ratio, the same of processor time (this process and the database's, which
a busy machine changes less), and what an order costs in statements and round trips.
"""

import argparse
import os
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask

from bazaar import editions, times
from bazaar.app import create_app
from bazaar.db import db, transaction
from bazaar.ordering import placing
from bazaar.orders import Charging, CheckoutWish, Piece
from bazaar.web import services
from benchmarks import market

COMPANY = 16
STALLS, EACH, LINES = 20, 10, 3
MORE_PRODUCTS = """
INSERT INTO products (seller_id, code, claim_code, name, description, price_idr, weight_g,
  hs_code, customs_text, stock, active, updated_at)
SELECT 1 + n %% 20, 'Z' || n, 'Z' || n, 'Barang ' || n, '', 30000, 300, '', '', 0, true, now()
FROM generate_series(1, %(products)s) AS n;
"""
PAST = """
INSERT INTO checkouts (id, key, link_hash, buyer_name, phone, country, village_code, street, area,
  postal_code, note, source, language, placed_at)
SELECT n, 'past' || n, lpad(n::text, 64, '0'), 'Siti', '+62811' || n, 'ID', '35.78.08.1001', 'Jl',
  'Surabaya', '60281', '', 'link', 'id', now() - n * interval '1 minute'
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO orders (id, reference, checkout_id, edition_id, seller_id, status, goods_idr,
  shipping_idr, total_idr, courier, weight_g, shipping_full_idr, shipping_quote, placed_at,
  pay_before, release_at, paid_at, holds)
SELECT n, 'PV-' || n, n, (SELECT id FROM editions), 1 + n %% 20, 'done', 25000, 12000, 37000,
  'JNE REG', 300, 12000, '{}', now() - n * interval '1 minute', now() - n * interval '1 minute',
  now() - n * interval '1 minute', now() - n * interval '1 minute', true
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO order_lines (order_id, product_id, name, claim_code, price_idr, quantity, amount_idr)
SELECT n, 1 + n %% 200, 'Kain', 'B07', 25000, 1, 25000
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO stock_moves (product_id, order_id, reason, pieces, at)
SELECT 1 + n %% 200, n, 'held', -1, now() FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO charges (order_id, account_id, reference, method, full_idr, unique_idr, amount_idr,
  qr_payload, created_at)
SELECT n, 1 + n %% 20, 'PV-' || n, 'qris', 37000, 0, 37000, 'qr', now()
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO ledger_entries (kind, debit, credit, amount_idr, at, day, edition_id, seller_id,
  order_id, method)
SELECT 'placed', 'buyer', 'goods_promised', 25000, now(), current_date,
  (SELECT id FROM editions), 1 + n %% 20, n, ''
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
INSERT INTO audit_entries (at, actor, actor_name, action, subject, facts)
SELECT now(), 'buyer', 'Pembeli', 'order.place', 'order:PV-' || n, '{}'
FROM generate_series(1000001, 1000000 + %(orders)s) AS n;
"""


def main() -> None:
    """Print what was measured."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--products", type=int, default=20_000)
    options.add_argument("--history", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=40)
    asked = options.parse_args()
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name, market.server() as server:
        folder = Path(name)
        url = market.database(server)
        codes = market.build(url, folder, stalls=STALLS, products_each=EACH)
        app = create_app(market.settings(url, folder))
        print(f"{statements(app, codes)} statements for {COMPANY} orders together")
        before = measure(app, codes, asked.rounds)
        print(f"200 products, no past: {told(before)}")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET statement_timeout = 0")
            values = {"products": asked.products - STALLS * EACH, "orders": asked.history}
            for statement in f"{MORE_PRODUCTS}{PAST}".split(";\n"):
                if statement.strip():
                    connection.execute(statement, values)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")  # else what was just made is written meanwhile
        print(f"load of the machine now: {os.getloadavg()[0]:.1f}")
        after = measure(app, codes, asked.rounds)
        print(f"{asked.products} products, {asked.history} orders: {told(after)}")
        print(f"ratio: {after[0] / before[0]:.2f}, of processor time {after[1] / before[1]:.2f}")
        with app.app_context():
            db.engine.dispose()


def told(found: tuple[float, float]) -> str:
    """Return in words what `measure` found."""
    return f"{found[0]:.2f} ms an order, {found[1]:.2f} ms of processor time"


def measure(app: Flask, codes: list[list[str]], rounds: int) -> tuple[float, float]:
    """Return milliseconds an order, median, and of processor time, after a warm-up."""
    took, worked = [], 0.0
    with app.app_context():
        for number in range(rounds + 10):
            if number == 10:
                worked -= processor_s()
            began = time.perf_counter()
            place(app, codes, f"{time.monotonic_ns()}")
            if number >= 10:
                took.append((time.perf_counter() - began) * 1000 / COMPANY)
        worked += processor_s()
    return statistics.median(took), worked * 1000 / COMPANY / rounds


def processor_s() -> float:
    """Return how long this process and those of the database that serve it have worked."""
    with db.engine.connect() as connection:
        pids = connection.exec_driver_sql(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend'"
        ).scalars()
        ticks = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def place(app: Flask, codes: list[list[str]], name: str) -> None:
    """Place one company."""
    wishes = []
    for number in range(COMPANY):
        stall = codes[number * 7 % len(codes)]
        wishes.append(
            CheckoutWish(
                key=f"{name}-{number}",
                wanted=[Piece(stall[(number + n * 3) % len(stall)], 1) for n in range(LINES)],
                couriers={},
                cheapest=True,
                buyer_name="Siti Aminah",
                phone=f"+62812{number:08}",
                village_code=market.VILLAGE,
                street="Jl. Gubeng Kertajaya IV/9",
                area="Surabaya",
            )
        )
    with app.app_context(), transaction():
        placing.place_each(
            wishes,
            edition=editions.get_terms(),
            links=services().links,
            slack=timedelta(minutes=10),
            now=times.now(),
            charge=Charging(10_000_000),
        )


def statements(app: Flask, codes: list[list[str]]) -> int:
    """Return how many statements one company sends and waits for; what it writes is one more."""
    sent: list[str] = []

    def note(_c: object, _k: object, statement: str, *_: object) -> None:
        sent.append(statement)

    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", note)
    place(app, codes, "first")
    with app.app_context():
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return len(sent)


if __name__ == "__main__":
    main()
