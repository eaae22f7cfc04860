"""A copy of the demo's evening on SQLite, with baskets ready to be ordered."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask

from bazaar import catalog, demo, rates, regions, times
from bazaar.app import create_app
from bazaar.db import db, transaction
from bazaar.models import Basket, BasketLine, Product
from bazaar.settings import Mode, Settings
from bazaar.tokens import fingerprint, new_key

VILLAGE = "35.78.08.1001"
PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Errand:
    """One order to be placed: the address of the checkout and what its form sends."""

    path: str
    form: dict[str, str]


def open_app(folder: Path, database_url: str = "") -> Flask:
    """Return the application on the database in `folder`, or on another one."""
    settings = {"database_url": database_url} if database_url else {}
    return create_app(Settings(mode=Mode.DEMO, instance_path=folder, log_level="ERROR", **settings))


def build(folder: Path, database_url: str = "") -> Flask:
    """Make the demo in `folder` (its rows in another database, if one is given); return it."""
    app = open_app(folder, database_url)
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            demo.refresh(app.extensions["bazaar"], now=times.now())
    return app


def prepare_orders(app: Flask, count: int) -> list[Errand]:
    """Fill `count` baskets with one product each, in turn, and return what orders them."""
    with app.app_context(), transaction():
        products = list(
            db.session.scalars(
                sa.select(Product).where(Product.active).order_by(Product.id).limit(40)
            )
        )
        for product in products:
            catalog.set_stock(product, PLENTY, now=times.now())
        return [_errand(products[number % len(products)]) for number in range(count)]


def csrf_token(app: Flask) -> str:
    """Return the token that forms of people without a session carry."""
    with app.test_request_context():
        from bazaar.web import csrf  # noqa: PLC0415 (needs the application)

        return csrf.token()


def copy(source: Path, target: Path) -> Path:
    """Copy a database that nobody has open, with the installation's secret."""
    target.mkdir()
    for name in ("bazaar.db", "secret.key"):
        shutil.copy(source / name, target / name)
    return target


def close(app: Flask) -> None:
    """Let go of the database; the last connection folds the write-ahead log into the file."""
    with app.app_context():
        db.engine.dispose()


def _errand(product: Product) -> Errand:
    token = new_key()
    basket = Basket(
        link_hash=fingerprint(token),
        updated_at=times.now(),
        lines=[BasketLine(product_id=product.id, quantity=1)],
    )
    db.session.add(basket)
    option = rates.quotes(country="ID", village_code=VILLAGE, now=times.now()).options(
        product.weight_g
    )[0]
    return Errand(
        f"/k/{token}/pesan",
        {
            "key": new_key(),
            "buyer_name": "Siti Aminah",
            "phone": "0812-3456-7890",
            "country": "ID",
            "village": regions.get_village(VILLAGE).code,
            "street": "Jl. Gubeng Kertajaya IV/9",
            f"courier-{product.seller_id}": option.courier,
            "agreed_idr": str(product.price_idr + option.price_idr),
        },
    )
