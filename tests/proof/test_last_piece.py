"""Eight to fifty buyers for the last piece: one gets it, in every round, and never two."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from bazaar import catalog, editions, orders
from bazaar.catalog import OutOfStock
from bazaar.db import db, reading, transaction
from bazaar.errors import BazaarError
from bazaar.models import Order, Product
from bazaar.ordering import deciding
from bazaar.orders import CheckoutWish, Piece
from bazaar.web import services
from tests.builders import NOW, a_product, a_rate, a_seller, an_edition
from tests.proof.test_machine import SEED
from tests.proof.world import SLACK

ROUNDS = int(os.environ.get("PROOF_ROUNDS", "6"))
BUYERS = (8, 50)


def buy(app: Any, product_id: int, key: str, ready: threading.Barrier) -> Any:
    with app.app_context():
        ready.wait(timeout=60)
        try:
            with transaction():
                return orders.place(
                    CheckoutWish(
                        key=key,
                        wanted=[Piece(product_id, 1)],
                        couriers={},
                        buyer_name="Siti Aminah",
                        phone="+6281234567890",
                        village_code="35.09.21.1002",
                        street="Jalan Jawa 10",
                        area="Sumbersari, Jember, Jawa Timur",
                        cheapest=True,
                    ),
                    edition=editions.get_current(),
                    links=services().links,
                    slack=SLACK,
                    now=NOW,
                )
        except (BazaarError, sa.exc.SQLAlchemyError) as refusal:
            return refusal


def a_round(app: Any, buyers: int, number: int) -> tuple[list[Any], int, int]:
    """Return the answers, the stock that is left, and how many orders there are of the piece."""
    with transaction():
        seller = a_seller()
        product_id = a_product(seller=seller, stock=1).id
    ready = threading.Barrier(buyers)
    with ThreadPoolExecutor(buyers) as threads:
        keys = [f"{number}-{each}" for each in range(buyers)]
        answers = list(threads.map(lambda key: buy(app, product_id, key, ready), keys))
    with reading():
        stock = db.session.scalars(sa.select(Product.stock).where(Product.id == product_id)).one()
        sold = db.session.scalars(
            sa.select(sa.func.count()).where(Order.seller_id == seller.id)
        ).one()
    return answers, stock, sold


@pytest.fixture
def open_shop(app):
    with transaction():
        an_edition()
        a_rate(first_kg_idr=12_000)
    return app


def test_one_of_many_gets_the_last_piece_in_every_round(open_shop, capsys):
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        buyers = chance.randint(*BUYERS) if number else BUYERS[1]
        answers, stock, sold = a_round(open_shop, buyers, number)
        away = [each for each in answers if isinstance(each, Exception)]
        assert (stock, sold, len(answers) - len(away)) == (0, 1, 1), f"round {number}, {SEED=}"
        # Whoever could not even ask within the time-outs was told 503, and nothing else.
        kinds = {type(each) for each in away}
        assert kinds <= {OutOfStock, sa.exc.TimeoutError, sa.exc.OperationalError}, kinds


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_negative_control_without_the_guard_several_get_it(open_shop, monkeypatch):
    both_have_looked = threading.Barrier(8)

    def take(pieces: Any) -> bool:
        both_have_looked.wait(timeout=30)
        for product_id in pieces:
            db.session.execute(sa.update(Product).where(Product.id == product_id).values(stock=0))
        return True

    monkeypatch.setattr(catalog, "lock", lambda *_: None)
    monkeypatch.setattr(catalog, "take", take)
    monkeypatch.setattr(deciding.Counter, "_count_unpaid", lambda *_: None)

    _, _, sold = a_round(open_shop, 8, 0)

    assert sold > 1, "the race can no longer be lost: the test above proves nothing"
