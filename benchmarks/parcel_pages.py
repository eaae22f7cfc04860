"""Server time of the committee's pages with thousands of open parcels, on both databases.

A part of `benchmarks.parcels`. The pages are called in this process, without the network; the
reference of the same run is `/healthz`.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bazaar import accounts, times
from bazaar.accounts import sessions
from bazaar.db import db, transaction
from bazaar.models import Account, Booking, BookingStatus, Order, Parcel, ParcelStatus, ParcelStep
from benchmarks import evening

SERVER = Path(__file__).resolve().parent.parent
WARM_UP = 3
UNDER_WAY = (ParcelStatus.HANDED_OVER, ParcelStatus.IN_TRANSIT, ParcelStatus.OUT_FOR_DELIVERY)
STATES = (ParcelStatus.DRAFT, ParcelStatus.PACKED, *UNDER_WAY)
PAGES = {
    "(empty: /healthz)": "/healthz",
    "day": "/panitia",
    "parcels: most urgent": "/panitia/paket",
    "parcels: to pack": "/panitia/paket?keadaan=draft",
    "parcels: late": "/panitia/paket?keadaan=late",
    "parcels: search": "/panitia/paket?q=Siti",
    "manifests": "/panitia/serah-terima",
    "fees of a week": "/panitia/ongkir/selisih",
    "packing list, CSV": "/panitia/paket/daftar-kemas.csv",
    "shipping list, XLSX": "/panitia/paket/daftar-kirim.xlsx",
}


def measure(folder: Path, count: int, repeats: int, *, explain: bool = False) -> None:
    """Print the median and the worst of `repeats` calls of each page, in milliseconds."""
    for kind in ("sqlite", "postgresql"):
        with _address(kind) as url:
            app = evening.build(folder / kind, url)
            with app.app_context():
                _fill(count)
                client = app.test_client()
                _sign_in(client)
            print(f"{kind}, {count} open parcels{'':<20}median ms  worst ms       kB  x empty")
            empty = 0.0
            for name, path in PAGES.items():
                took, size = _call(client, path, repeats)
                median = statistics.median(took)
                empty = empty or median
                print(
                    f"  {name:<42}{median:>8.1f}{max(took):>10.1f}{size / 1000:>9.1f}"
                    f"{median / empty:>9.1f}"
                )
            if explain:
                _explain(app, client)
            evening.close(app)


def _call(client: FlaskClient, path: str, repeats: int) -> tuple[list[float], int]:
    took: list[float] = []
    size = 0
    for number in range(WARM_UP + repeats):
        began = time.perf_counter()
        answer = client.get(path)
        size = len(answer.data)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        if number >= WARM_UP:
            took.append((time.perf_counter() - began) * 1000)
    return took, size


def _fill(count: int) -> None:
    """Make open parcels in turn in every state of the way, a tenth of them late, half charged."""
    from benchmarks.parcels import make_parcels  # noqa: PLC0415 (which imports this module)

    codes = make_parcels(count)
    now = times.now()
    with transaction():
        parcels = db.session.scalars(sa.select(Parcel).where(Parcel.code.in_(codes))).all()
        for number, parcel in enumerate(parcels):
            parcel.status = STATES[number % len(STATES)]
            at = now - timedelta(hours=number % 150)
            way = STATES[1 : STATES.index(parcel.status) + 1]
            db.session.add_all(
                [ParcelStep(parcel_id=parcel.id, status=s, at=at, by="Rina") for s in way]
            )
            if number % 10 == 0:
                late = now - timedelta(days=3)
                own = sa.update(Order).where(Order.id == parcel.order_id)
                db.session.execute(own.values(paid_at=late))
            if parcel.status in UNDER_WAY and number % 2:
                booking = Booking(
                    parcel_id=parcel.id,
                    key=f"{parcel.code}-1",
                    provider="biteship",
                    provider_order_id=f"order-{parcel.id}",
                    status=BookingStatus.OPEN,
                    quoted_idr=12_000,
                    charged_idr=12_000 + number % 3 * 1_000,
                    made_by="Rina",
                    made_at=now,
                )
                db.session.add(booking)
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("vacuum analyze"))


def _sign_in(client: FlaskClient) -> None:
    with transaction():
        now = times.now()
        account = db.session.scalars(
            sa.select(Account).where(Account.totp_confirmed_at.is_not(None)).order_by(Account.id)
        ).first()
        assert account, "the demo has members"
        begun = sessions.find_session(sessions.begin(account, agent="", now=now), now=now)
        assert begun
        token = sessions.confirm(begun, now=now)
    client.set_cookie(accounts.cookie_name(secure=False), token)


def _explain(app: Flask, client: FlaskClient) -> None:
    """Print the slowest statements of each page, and how the database goes about them."""
    seen: list[tuple[float, str, object]] = []
    began = [0.0]

    def before(*_: object) -> None:
        began[0] = time.perf_counter()

    def after(_c: object, _k: object, statement: str, parameters: object, *_: object) -> None:
        seen.append(((time.perf_counter() - began[0]) * 1000, statement, parameters))

    with app.app_context():
        engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", before)
        sa.event.listen(engine, "after_cursor_execute", after)
        for name, path in PAGES.items():
            seen.clear()
            client.get(path)
            print(f"\n-- {name}: {len(seen)} statements, {sum(s[0] for s in seen):.1f} ms")
            for took, statement, parameters in sorted(seen, key=lambda one: -one[0])[:2]:
                print(f"   {took:.1f} ms  {' '.join(statement.split())[:300]}")
                if not statement.startswith("SELECT") or took < 5:
                    continue
                prefix = "explain query plan " if engine.dialect.name == "sqlite" else "explain "
                with engine.connect() as connection:
                    for row in connection.exec_driver_sql(prefix + statement, parameters):
                        print("     ", row[-1])


@contextmanager
def _address(kind: str) -> Iterator[str]:
    """The address of an empty database; empty for SQLite in the instance's folder."""
    if kind == "sqlite":
        yield ""
        return
    sys.path.insert(0, str(SERVER))
    from tests import databases, postgres_server  # noqa: PLC0415 (only for PostgreSQL)

    keeper = postgres_server.Keeper()
    try:
        database = databases.PostgreSQL(postgres_server.address(keeper.folder))
        yield database.url
    finally:
        keeper.stop()
