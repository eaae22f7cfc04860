"""A PostgreSQL server as in production, a bazaar on it, and web servers in front of it."""

import os
import secrets
import socket
import subprocess
import sys
import time
from binascii import crc_hqx
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import flask_migrate
import psycopg
import sqlalchemy as sa
from flask import Flask

from bazaar import catalog, payments, times
from bazaar.app import create_app
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.models import Channel, Edition, Product, Release, Seller, ShippingRate, Turn
from bazaar.rules.references import free_claim_codes
from bazaar.settings import Mode, Settings
from tests import postgres_server

SECRET = secrets.token_urlsafe(32)
HOST = "pasar.example"
VILLAGE = "35.78.08.1001"
PLENTY = 10_000_000
SOMEBODY = Actor("committee:1", "Rina")
WORKERS = 2
PATIENCE_S = 180
HOOKS = """
import os, pathlib

def post_worker_init(worker):
    pathlib.Path(os.environ["READY"], str(os.getpid())).touch()
"""


@contextmanager
def server() -> Iterator[str]:
    """Run PostgreSQL with everything that keeps data safe switched on; give its URL."""
    keeper = postgres_server.Keeper(durable=True)
    try:
        yield postgres_server.address(keeper.folder)
    finally:
        keeper.stop()


def database(server_url: str) -> str:
    """Make a new database; return its URL."""
    name = f"pasar_{secrets.token_hex(4)}"
    with psycopg.connect(f"{server_url}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return f"{server_url}/{name}"


def settings(url: str, folder: Path) -> Settings:
    """Return the settings of a real installation."""
    return Settings(
        mode=Mode.PRODUCTION,
        secret_key=SECRET,
        database_url=url,
        instance_path=folder,
        public_url=f"https://{HOST}",
        log_level="INFO",
    )


def build(url: str, folder: Path, *, stalls: int, products_each: int) -> list[list[str]]:
    """Make the tables and a bazaar; return the claim codes of each stall."""
    app = create_app(settings(url, folder))
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            codes = _fill(stalls, products_each, times.now())
        _analyse(app)
        db.engine.dispose()
    return codes


def _fill(stalls: int, products_each: int, now: datetime) -> list[list[str]]:
    edition = Edition(
        slug="ramadan",
        name="Pasar Virtual Ramadan",
        regency_code="35.09",
        turn_minutes=15,
        is_current=True,
        created_at=now,
        channels=[Channel(number=number, name=f"Saluran {number}") for number in (1, 2)],
    )
    db.session.add(edition)
    db.session.add(
        ShippingRate(courier="JNE REG", prefix="", first_kg_idr=12_000, next_kg_idr=9_000, days="2")
    )
    names = free_claim_codes(())
    codes = []
    for number in range(1, stalls + 1):
        seller = _seller(number, now)
        db.session.add(seller)
        db.session.flush()
        payments.enrol(seller.id, _sticker(number), actor=SOMEBODY, now=now)
        codes.append([next(names) for _ in range(products_each)])
        for code in codes[-1]:
            product = Product(
                seller_id=seller.id,
                code=code,
                claim_code=code,
                name=f"Kain batik {code}",
                price_idr=25_000 + 500 * (len(codes) % 50),
                weight_g=300,
                updated_at=now,
            )
            db.session.add(product)
            db.session.flush()
            catalog.set_stock(product, PLENTY, now=now)
    _go_on_air(edition, now)
    return codes


def _go_on_air(edition: Edition, now: datetime) -> None:
    """Let every stall have its turns for two days, two at a time, from an hour ago on."""
    release = Release(
        edition_id=edition.id,
        number=1,
        rule="benchmark/1",
        seed="",
        made_at=now,
        released_at=now - timedelta(hours=2),
    )
    db.session.add(release)
    db.session.flush()
    sellers = db.session.scalars(sa.select(Seller.id).order_by(Seller.id)).all()
    for number in range(2 * 24 * 4):
        begins = now + timedelta(minutes=15 * number - 60)
        for place, channel in enumerate(edition.channels):
            db.session.add(
                Turn(
                    release_id=release.id,
                    channel_id=channel.id,
                    seller_id=sellers[(2 * number + place) % len(sellers)],
                    starts_at=begins,
                    ends_at=begins + timedelta(minutes=15),
                    reasons={},
                )
            )


def _seller(number: int, now: datetime) -> Seller:
    return Seller(
        code=f"U{number:04}",
        slug=f"lapak-{number}",
        name=f"Lapak {number}",
        owner_name="Bu Sri",
        cluster="Batik",
        district_code="35.09.21",
        district="Sumbersari",
        phone=f"+62812000{number:05}",
        email=f"lapak-{number}@contoh.example",
        link_hash=f"{number:064x}",
        created_at=now,
        updated_at=now,
    )


def _sticker(number: int) -> str:
    """Return a QRIS sticker that nobody can pay."""
    body = (
        f"00020101021126680016ID.CO.CONTOH.WWW01189360999900{number:08}0215MC{number:013}0303UMI"
        f"51440014ID.CO.QRIS.WWW0215ID1099{number:09}0303UMI5204565153033605802ID"
        f"5911TOKO CONTOH6006JEMBER61056811862070703A016304"
    )
    return f"{body}{crc_hqx(body.encode(), 0xFFFF):04X}"


def _analyse(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(sa.text("ANALYZE"))


@contextmanager
def serving(
    application: str, folder: Path, environment: dict[str, str], *, threads: int
) -> Iterator[tuple[int, Sequence[int]]]:
    """Serve a WSGI application by gunicorn; give its port and the ids of its workers."""
    port = free_port()
    ready = folder / secrets.token_hex(4)
    ready.mkdir()
    hooks = folder / "gunicorn.conf.py"
    hooks.write_text(HOOKS)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(threads)),
            *("--bind", f"127.0.0.1:{port}", "--keep-alive", "60", "--log-level", "warning"),
            *("--timeout", "120", "--no-control-socket"),
            *("--config", str(hooks)),
            application,
        ],
        env=os.environ | environment | {"READY": str(ready)},
        stdout=(folder / "server.log").open("ab"),
    )
    try:
        yield port, _workers(ready)
    finally:
        process.terminate()
        process.wait()


def environment(url: str, folder: Path) -> dict[str, str]:
    """Return what makes `create_app` serve this database."""
    chosen = settings(url, folder)
    names = ("mode", "secret_key", "database_url", "instance_path", "public_url", "log_level")
    return {f"BAZAAR_{name.upper()}": str(getattr(chosen, name)) for name in names}


def free_port() -> int:
    """Return a port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _workers(ready: Path) -> list[int]:
    """Return the ids of the worker processes, once each has its application."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        pids = [int(file.name) for file in ready.iterdir()]
        if len(pids) == WORKERS:
            return pids
        time.sleep(0.1)
    raise SystemExit("the server did not start")
