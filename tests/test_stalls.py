"""A stall from behind."""

import pytest
import sqlalchemy as sa

from bazaar import stalls
from bazaar.db import db
from bazaar.models import AuditEntry, StockMove
from bazaar.stalls import NoSuchProduct
from tests.builders import HOST, NOW, a_product, a_seller


def noted():
    return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


def test_all_products_are_there_those_not_on_offer_last(app):
    seller = a_seller()
    for code, active in (("3", False), ("2", True), ("1", True)):
        a_product(seller=seller, code=code, active=active)
    a_product()

    assert [product.code for product in stalls.products(seller.id)] == ["1", "2", "3"]


def test_a_change_is_noted_with_before_and_after(app):
    product = a_product(stock=5, price_idr=10_000)

    assert stalls.change(product, {"price_idr": 12_000, "active": True}, 8, actor=HOST, now=NOW)

    (entry,) = noted()
    assert (entry.action, entry.subject) == ("product.change", f"product:{product.claim_code}")
    assert entry.facts == {
        "before": {"price_idr": 10_000, "stock": 5},
        "after": {"price_idr": 12_000, "stock": 8},
    }
    moves = db.session.scalars(sa.select(StockMove.pieces).order_by(StockMove.id)).all()
    assert moves == [5, 3]


def test_no_change_notes_nothing(app):
    product = a_product(stock=5)

    assert not stalls.change(product, {"name": product.name}, 5, actor=HOST, now=NOW)
    assert not stalls.set_story(product.seller, product.seller.story, actor=HOST, now=NOW)
    assert noted() == []


def test_only_known_fields_are_changed(app):
    with pytest.raises(ValueError, match="claim_code"):
        stalls.change(a_product(), {"claim_code": "X"}, 1, actor=HOST, now=NOW)


def test_photo_and_story_are_noted(app):
    product = a_product()

    assert stalls.set_photo(product, "a" * 64, actor=HOST, now=NOW)
    assert not stalls.set_photo(product, "a" * 64, actor=HOST, now=NOW)
    assert stalls.set_story(product.seller, "Baru.", actor=HOST, now=NOW)
    assert [entry.action for entry in noted()] == ["product.photo", "seller.story"]


def test_products_of_others_are_not_found(app):
    product = a_product()

    with pytest.raises(NoSuchProduct):
        stalls.get_product(a_seller().id, product.claim_code)
    with pytest.raises(NoSuchProduct):
        stalls.get_product(product.seller_id, "!")
    assert stalls.get_product(product.seller_id, product.claim_code.lower()) is product
