"""Orders are found however their buyers name them."""

from datetime import date, timedelta

import pytest

from bazaar import reports
from bazaar.db import db
from bazaar.models import OrderStatus
from bazaar.reports import NoSuchOrder, Wish
from tests.builders import a_product, a_seller, an_order


@pytest.fixture
def order(app, now):
    an_order(a_product(), at=now, buyer_name="Budi 100%", phone="+6281399990000", quantity=3)
    order = an_order(a_product(), at=now, buyer_name="Siti Aminah", phone="+6281234567890")
    order.reference = "PV-7XK2Q"
    db.session.flush()
    return order


def found(**wish):
    return [order.reference for order in db.session.scalars(reports.find_orders(Wish(**wish)))]


@pytest.mark.parametrize(
    "text",
    [
        "PV-7XK2Q",
        "pv7xk2q",
        "7xk2o",
        "PV 7XK2D",
        "siti",
        "AMINAH",
        "0812-3456-7890",
        "081234567890",
        "7890",
        "+62 812 3456 7890",
        "Rp37.000",
        "37000",
        "37.000",
    ],
)
def test_an_order_is_found_by(order, text):
    assert found(text=text) == ["PV-7XK2Q"]


@pytest.mark.parametrize("text", ["PV-22222", "890", "Siti%", "_", "37.001", "tidak ada", "''"])
def test_an_order_is_not_found_by(order, text):
    assert "PV-7XK2Q" not in found(text=text)


def test_a_percent_sign_is_only_itself(order):
    assert len(found(text="100%")) == 1
    assert found(text="%") == found(text="100%")


def test_filters_narrow_the_list(order, now):
    assert len(found()) == 2
    assert found(seller_id=order.seller_id) == ["PV-7XK2Q"]
    assert found(status=OrderStatus.PAID) == []
    assert len(found(day=date(2026, 3, 1))) == 2
    assert found(day=date(2026, 3, 2)) == []
    assert len(found(edition_id=order.edition_id)) == 2
    assert found(edition_id=order.edition_id + 1) == []


def test_the_newest_comes_first(order, now):
    later = an_order(a_product(), at=now + timedelta(minutes=1))
    assert found()[0] == later.reference


def test_states_are_counted_whatever_state_is_asked_for(order):
    counts = reports.count_by_status(Wish(status=OrderStatus.PAID))

    assert counts == dict.fromkeys(OrderStatus, 0) | {OrderStatus.UNPAID: 2}


def test_an_order_is_its_sellers_only(order):
    assert reports.get_order("PV-7XK2Q", seller_id=order.seller_id) is order
    with pytest.raises(NoSuchOrder):
        reports.get_order("PV-7XK2Q", seller_id=a_seller().id)
    with pytest.raises(NoSuchOrder):
        reports.get_order("PV-22222")
