"""What is on offer, and that stock is always the sum of its moves."""

import pytest
import sqlalchemy as sa

from bazaar import catalog
from bazaar.catalog import Held, NoSuchProduct, OutOfStock
from bazaar.db import db
from bazaar.models import Product, Seller, StockMove
from tests.builders import a_product, a_seller, an_edition, an_order

pytestmark = pytest.mark.usefixtures("app")


def stock_of(product: Product) -> int:
    return db.session.scalars(sa.select(Product.stock).where(Product.id == product.id)).one()


def moves_of(product: Product) -> int | None:
    moves = sa.select(sa.func.sum(StockMove.pieces)).where(StockMove.product_id == product.id)
    return db.session.scalar(moves)


def names(sellers: sa.Select[Seller]) -> list[str]:
    return [seller.name for seller in db.session.scalars(sellers)]


@pytest.mark.parametrize("asked", ["B07", "b7", "B-07", " b 07 ", "BO7"])
def test_a_claim_code_is_understood_as_people_write_it(asked):
    product = a_product(claim_code="B07")

    assert catalog.get_product(asked) is product


@pytest.mark.parametrize("asked", ["B08", "", "batik", "%", "B07; drop"])
def test_what_is_no_code_on_offer_is_not_found(asked):
    a_product(claim_code="B07")

    assert catalog.find_product(asked) is None
    with pytest.raises(NoSuchProduct):
        catalog.get_product(asked)


def test_what_is_not_sold_any_more_is_not_found():
    a_product(claim_code="B07", active=False)
    a_product(claim_code="B08", seller=a_seller(active=False))

    assert catalog.find_product("B07") is None
    assert catalog.find_product("B08") is None


def test_sold_out_products_come_last():
    seller = a_seller()
    a_product(seller=seller, claim_code="A01", stock=0)
    a_product(seller=seller, claim_code="A03")
    a_product(seller=seller, claim_code="A02")
    a_product()

    assert [p.claim_code for p in catalog.products_of(seller.id)] == ["A02", "A03", "A01"]


def test_stalls_are_those_of_the_edition_by_name():
    edition = an_edition()
    a_seller(edition=edition, name="tape Handayani")
    a_seller(edition=edition, name="Batik Sekar")
    a_seller(edition=edition, name="Tutup", active=False)
    a_seller(name="Bukan peserta")

    assert names(catalog.stalls(edition)) == ["Batik Sekar", "tape Handayani"]
    assert "Bukan peserta" in names(catalog.stalls(None))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("BATIK", ["Batik Sekar"]),
        ("sekar ambulu", ["Batik Sekar"]),
        ("sekar sumbersari", []),
        ("%", ["100% Kopi"]),
        ("_", []),
    ],
)
def test_every_word_narrows_the_search_and_wildcards_mean_themselves(search, found):
    edition = an_edition()
    a_seller(edition=edition, name="Batik Sekar", district="Ambulu")
    a_seller(edition=edition, name="100% Kopi", cluster="Kopi")

    assert names(catalog.stalls(edition, search=search)) == found


def test_stalls_of_one_cluster():
    edition = an_edition()
    a_seller(edition=edition, name="Batik Sekar", cluster="Batik")
    a_seller(edition=edition, name="Kopi Sido", cluster="Kopi")

    assert catalog.clusters(edition) == ["Batik", "Kopi"]
    assert names(catalog.stalls(edition, cluster="Kopi")) == ["Kopi Sido"]


def test_products_are_found_by_name_and_by_code():
    by_name = a_product(name="Keripik pisang", claim_code="K01")
    by_code = a_product(name="Tas", claim_code="P07")

    assert catalog.find_products("pisang keripik") == [by_name]
    assert catalog.find_products("p-7") == [by_code]


def test_a_stall_shows_its_first_product_that_has_a_photo_and_stock():
    seller = a_seller()
    a_product(seller=seller, claim_code="A01", photo=None)
    a_product(seller=seller, claim_code="A02", photo="b" * 64, stock=0)
    a_product(seller=seller, claim_code="A03", photo="c" * 64)
    a_product(seller=seller, claim_code="A04", photo="d" * 64)

    assert catalog.show_pieces([seller.id]) == {seller.id: "c" * 64}


def test_a_count_writes_the_difference_as_a_move(now):
    product = a_product(stock=5)

    catalog.set_stock(product, 3, now=now)
    catalog.set_stock(product, 3, now=now)

    assert (stock_of(product), moves_of(product)) == (3, 3)
    assert db.session.query(StockMove).count() == 2


def test_holding_more_than_there_is_is_refused_with_what_is_left(now):
    product = a_product(stock=5)
    order = an_order(product, quantity=3)

    with pytest.raises(OutOfStock) as refusal:
        catalog.hold([Held(order.id, product.id, 3)], now=now)

    assert (refusal.value.product, refusal.value.left) == (product.name, 2)
    assert stock_of(product) == 2


def test_what_is_held_leaves_stock_and_comes_back(now):
    product = a_product(stock=5)
    order = an_order(product, quantity=3)
    assert (stock_of(product), moves_of(product)) == (2, 2)

    catalog.give_back([order.id], now=now)

    assert (stock_of(product), moves_of(product)) == (5, 5)


def test_giving_back_twice_is_impossible(now):
    product = a_product(stock=5)
    order = an_order(product, quantity=3)
    catalog.give_back([order.id], now=now)

    with pytest.raises(sa.exc.IntegrityError):
        catalog.give_back([order.id], now=now)
    db.session.rollback()
