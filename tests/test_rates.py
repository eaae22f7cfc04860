"""The committee's table of prices: each place and courier once, every change in the trail."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from bazaar import rates, times
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, FreeShipping, ShippingRate
from bazaar.rates import FreeExists, NoRate, NoSuchFree, NoSuchPlace, NoSuchRate, RateExists
from bazaar.rules.shipping import Free, Rate
from bazaar.sellers import NoSuchSeller
from tests.builders import HOST, a_rate, a_seller

JEMBER = Rate("35.09", "JNE REG", 9_000, 8_000, "1-2")


def rows():
    return [
        (row.prefix, row.courier, row.first_kg_idr)
        for row in db.session.scalars(rates.table(language="id"))
    ]


def trail():
    query = sa.select(AuditEntry).order_by(AuditEntry.id)
    return [(entry.action, entry.subject) for entry in db.session.scalars(query)]


def test_buyers_are_asked_the_price_of_the_most_exact_place(app, now):
    a_rate()
    a_rate(prefix="35.09", first_kg_idr=8_000)
    a_rate(prefix="SG", first_kg_idr=150_000)
    a_rate(prefix="*", first_kg_idr=300_000)

    def price(country, village, grams=1_000):
        found = rates.quotes(country=country, village_code=village, now=now)
        return [option.price_idr for option in found.options(grams)]

    assert price("ID", "35.09.21.1002") == [8_000]
    assert price("ID", "35.09.21.1002", 1_301) == [17_000]
    assert price("ID", "11.01.01.2001") == [12_000]
    assert price("SG", "") == [150_000]
    assert price("NL", "") == [300_000]
    with pytest.raises(NoRate):
        rates.quotes(country="NL", village_code="", now=now).get_option(1, "TIKI")


def test_a_row_is_added_changed_and_removed_with_a_trail(app, now):
    rates.set_rate(JEMBER, actor=HOST, now=now)
    (row,) = db.session.scalars(rates.table(language="id"))
    cheaper = Rate("35.09", "JNE REG", 7_000, 8_000, "1-2")
    rates.set_rate(cheaper, rate_id=row.id, actor=HOST, now=now)
    rates.set_rate(cheaper, rate_id=row.id, actor=HOST, now=now)
    db.session.expire_all()
    assert rows() == [("35.09", "JNE REG", 7_000)]
    rates.remove_rate(row.id, actor=HOST, now=now)

    assert rows() == []
    assert trail() == [
        ("rate.add", "rate:35.09:JNE REG"),
        ("rate.change", "rate:35.09:JNE REG"),
        ("rate.remove", "rate:35.09:JNE REG"),
    ]


def test_the_same_place_and_courier_twice_is_refused(app, now):
    rates.set_rate(JEMBER, actor=HOST, now=now)
    other = a_rate(prefix="35")
    with pytest.raises(RateExists) as refused:
        rates.set_rate(JEMBER, actor=HOST, now=now)
    assert "JNE REG ke Kabupaten Jember, Jawa Timur sudah ada" in str(refused.value)
    with pytest.raises(RateExists):
        rates.set_rate(JEMBER, rate_id=other.id, actor=HOST, now=now)
    assert [row[0] for row in rows()] == ["35", "35.09"]


def test_of_two_who_add_the_same_one_wins(app, now):
    db.session.commit()
    raised = []

    def add():
        with app.app_context():
            try:
                with transaction():
                    rates.set_rate(JEMBER, actor=HOST, now=now)
            except RateExists as error:
                raised.append(error)

    people = [threading.Thread(target=add) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(raised) == 2
    assert db.session.scalar(sa.select(sa.func.count(ShippingRate.id))) == 1
    db.session.rollback()


def test_the_next_season_waits_in_the_table(app, now):
    rates.set_rate(JEMBER, actor=HOST, now=now)
    begins = times.day_of(now, times.WIB) + timedelta(days=10)
    dearer = replace(JEMBER, first_kg_idr=19_000, valid_from=begins)
    rates.set_rate(dearer, actor=HOST, now=now)
    with pytest.raises(RateExists):
        rates.set_rate(dearer, actor=HOST, now=now)

    def price(at):
        found = rates.quotes(country="ID", village_code="35.09.21.1002", now=at)
        return found.get_option(500, "JNE REG").price_idr

    assert price(now) == price(now + timedelta(days=9)) == JEMBER.first_kg_idr
    assert price(now + timedelta(days=10)) == 19_000


def test_of_two_who_add_the_same_free_shipping_one_wins(app, now):
    a_seller()
    db.session.commit()
    raised = []

    def add():
        with app.app_context():
            try:
                with transaction():
                    rates.set_free(Free("35", None, 5_000, None), actor=HOST, now=now)
            except FreeExists as error:
                raised.append(error)

    people = [threading.Thread(target=add) for _ in range(3)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert len(raised) == 2
    assert db.session.scalar(sa.select(sa.func.count(FreeShipping.id))) == 1
    db.session.rollback()


def test_a_rule_does_not_become_another_one(app, now):
    for least in (5_000, 6_000):
        rates.set_free(Free("35", None, least, None), actor=HOST, now=now)
    second = db.session.scalars(sa.select(FreeShipping).filter_by(min_goods_idr=6_000)).one()
    with pytest.raises(FreeExists):
        rates.set_free(Free("35", None, 5_000, 1), free_id=second.id, actor=HOST, now=now)


def test_a_row_that_is_gone_is_refused(app, now):
    row = a_rate()
    rates.remove_rate(row.id, actor=HOST, now=now)
    with pytest.raises(NoSuchRate):
        rates.remove_rate(row.id, actor=HOST, now=now)
    with pytest.raises(NoSuchRate):
        rates.set_rate(JEMBER, rate_id=row.id, actor=HOST, now=now)


@pytest.mark.parametrize("prefix", ["99", "35.99", "3509", "35.09.21.1002", "ID", "XX", "sg", "**"])
def test_a_row_is_for_a_place_that_exists(app, now, prefix):
    with pytest.raises(NoSuchPlace):
        rates.set_rate(Rate(prefix, "JNE", 1, 1, ""), actor=HOST, now=now)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("35", "Jawa Timur"),
        ("35.09", "Kabupaten Jember, Jawa Timur"),
        ("35.09.21", "Sumbersari, Kabupaten Jember, Jawa Timur"),
        ("SG", "Singapura"),
        ("", ""),
        ("*", ""),
    ],
)
def test_places_have_names(prefix, name):
    assert rates.is_place(prefix)
    assert rates.place_name(prefix, "id") == name


def test_rows_are_found_by_place_and_courier(app):
    for prefix in ("", "35", "35.09", "35.09.21", "35.78", "SG"):
        a_rate(prefix=prefix)
    a_rate(courier="TIKI", prefix="35.09")

    def found(**wish):
        return [
            (row.prefix, row.courier)
            for row in db.session.scalars(rates.table(language="id", **wish))
        ]

    assert found(place="jember", courier="JNE REG") == [("35.09", "JNE REG")]
    assert found(courier="TIKI") == [("35.09", "TIKI")]
    assert found(place="sumbersari jember") == [("35.09.21", "JNE REG")]
    assert found(place="singapura") == [("SG", "JNE REG")]
    assert found(place="35") == [("35", "JNE REG")]
    assert found(place="tidak ada tempat begini") == []
    assert rates.couriers_in_use() == ["JNE REG", "TIKI"]
    assert rates.couriers()[:3] == ["JNE REG", "TIKI", "J&T"]


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"valid_from": date(2026, 3, 1), "valid_until": date(2026, 3, 1)}, True),
        ({"valid_from": date(2026, 3, 2)}, False),
        ({"valid_until": date(2026, 2, 28)}, False),
    ],
)
def test_rows_count_on_the_days_they_are_valid(app, given, offered):
    a_rate(**given)
    late = datetime(2026, 2, 28, 18, tzinfo=UTC)  # the first of March in Jakarta
    found = rates.quotes(country="ID", village_code="35.09.21.1002", now=late)
    assert bool(found.options(1000)) is offered


def test_rules_of_free_shipping_are_kept_with_a_trail(app, now):
    seller = a_seller()
    wish = Free("35.09", seller.id, 100_000, 10_000)
    rates.set_free(wish, actor=HOST, now=now)
    with pytest.raises(FreeExists):
        rates.set_free(wish, actor=HOST, now=now)
    with pytest.raises(NoSuchPlace):
        rates.set_free(Free("99", None, 1, None), actor=HOST, now=now)
    with pytest.raises(NoSuchSeller):
        rates.set_free(Free("", 999, 1, None), actor=HOST, now=now)
    ((row, name),) = rates.free_table()
    assert name == seller.name
    assert rates.free_rules() == [wish]
    more = Free("35.09", None, 50_000, None)
    rates.set_free(more, free_id=row.id, actor=HOST, now=now)
    rates.set_free(more, free_id=row.id, actor=HOST, now=now)
    rates.set_free(more, active=False, free_id=row.id, actor=HOST, now=now)
    assert rates.free_rules() == []
    rates.remove_free(row.id, actor=HOST, now=now)
    with pytest.raises(NoSuchFree):
        rates.remove_free(row.id, actor=HOST, now=now)
    with pytest.raises(NoSuchFree):
        rates.set_free(more, free_id=row.id, actor=HOST, now=now)
    assert [action for action, _ in trail()] == [
        "free.add",
        "free.change",
        "free.change",
        "free.remove",
    ]


def test_rules_of_free_shipping_cover_places_and_sellers(app, now):
    a_rate(first_kg_idr=9_000)
    rates.set_free(Free("35", None, 0, 4_000), actor=HOST, now=now)
    rates.set_free(Free("35", a_seller().id, 0, None), actor=HOST, now=now)
    rates.set_free(Free("*", None, 0, None), actor=HOST, now=now)

    def price(village_code):
        found = rates.quotes(country="ID", village_code=village_code, now=now)
        return [(o.price_idr, o.before_idr) for o in found.options(1000)]

    assert price("35.09.21.1002") == [(5_000, 9_000)]
    assert price("11.01.01.2001") == [(9_000, 9_000)]
