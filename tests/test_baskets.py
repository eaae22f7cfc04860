"""Baskets behind their links."""

import pytest

from bazaar import baskets
from bazaar.baskets import MAX_LINES, MAX_QUANTITY, NoSuchBasket
from bazaar.db import db
from bazaar.models import BasketLine
from tests.builders import a_product, a_seller

pytestmark = pytest.mark.usefixtures("app")


def contents(token: str) -> list[tuple[int, int]]:
    return [(item.product.id, item.quantity) for item in baskets.look_into(token).items]


def test_a_basket_is_found_by_its_link_alone_and_the_link_is_not_stored(now):
    basket, token = baskets.open_basket(source="link", now=now)

    assert baskets.get_basket(token) is basket
    assert len(token) >= 22
    assert token not in basket.link_hash
    with pytest.raises(NoSuchBasket):
        baskets.get_basket(basket.link_hash)
    with pytest.raises(NoSuchBasket):
        baskets.look_into(basket.link_hash)
    assert contents(token) == []


def test_adding_again_adds_up_to_the_most(now):
    basket, token = baskets.open_basket(source="link", now=now)
    product = a_product()

    baskets.add(basket, {product.id: 2}, now=now)
    baskets.add(basket, {product.id: 3}, now=now)
    assert contents(token) == [(product.id, 5)]

    baskets.add(basket, {product.id: 48}, now=now)
    assert contents(token) == [(product.id, MAX_QUANTITY)]


def test_changing_to_nothing_takes_out_and_strangers_stay_out(now):
    basket, token = baskets.open_basket(source="link", now=now)
    kept, dropped, stranger = a_product(), a_product(), a_product()
    baskets.add(basket, {kept.id: 1, dropped.id: 1}, now=now)

    baskets.change(basket, {kept.id: 4, dropped.id: 0, stranger.id: 9}, now=now)

    assert contents(token) == [(kept.id, 4)]


def test_goods_of_one_stall_lie_together(now):
    basket, token = baskets.open_basket(source="link", now=now)
    one, other = a_seller(), a_seller()
    first, second = a_product(seller=one), a_product(seller=other)
    third = a_product(seller=one)

    baskets.add(basket, {first.id: 1, second.id: 1, third.id: 1}, now=now)

    assert [product for product, _ in contents(token)] == [first.id, third.id, second.id]


def test_a_basket_holds_so_many_products(now):
    basket, token = baskets.open_basket(source="link", now=now)
    seller = a_seller()
    products = [a_product(seller=seller) for _ in range(MAX_LINES + 1)]

    baskets.add(basket, {product.id: 1 for product in products}, now=now)

    assert len(contents(token)) == MAX_LINES


def test_what_was_ordered_is_taken_out(now):
    basket, token = baskets.open_basket(source="link", now=now)
    ordered, kept = a_product(), a_product()
    baskets.add(basket, {ordered.id: 1, kept.id: 1}, now=now)

    baskets.clear_each([(basket.id, ordered.id)])

    assert contents(token) == [(kept.id, 1)]
    assert db.session.query(BasketLine).count() == 1


def test_no_more_than_one_order_may_have_goes_in(now):
    basket, token = baskets.open_basket(source="link", now=now)
    product = a_product(most_per_order=3)

    baskets.add(basket, {product.id: 2}, now=now)
    baskets.add(basket, {product.id: 2}, now=now)
    assert contents(token) == [(product.id, 3)]

    baskets.change(basket, {product.id: 9}, now=now)
    assert contents(token) == [(product.id, 3)]
