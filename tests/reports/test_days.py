"""The orders of a day, and the days that have any."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bazaar import reports
from bazaar.times import WIB
from tests.builders import a_product, a_seller, a_sticker, an_edition, an_order

DAY = date(2026, 3, 1)


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def product(edition):
    seller = a_seller(name="Batik Sekar", code="U1", cluster="Batik")
    a_sticker(seller)
    return a_product(seller=seller, price_idr=25_000, stock=100)


def test_the_days_of_another_zone_begin_elsewhere(app):
    edition = an_edition(zone_name="Asia/Jayapura")
    an_order(a_product(), at=datetime(2026, 3, 1, 15, 0, tzinfo=UTC))  # midnight there

    assert list(reports.days_with_orders(edition.id, edition.zone)) == [date(2026, 3, 2)]


def test_days_with_orders_leave_the_others_out(edition, product, now):
    for days in (0, 5, 2):
        an_order(product, at=now - timedelta(days=days))

    found = list(reports.days_with_orders(edition.id, WIB))

    assert found == [date(2026, 3, 1), date(2026, 2, 27), date(2026, 2, 24)]
    assert reports.neighbours(edition.id, date(2026, 2, 26), WIB) == (
        date(2026, 2, 24),
        date(2026, 2, 27),
    )
    assert reports.neighbours(edition.id, DAY, WIB) == (date(2026, 2, 27), None)
