"""The demo is alive whenever it is started, and never touches anything else."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from bazaar import broadcast, demo, editions, inspection, installation, quoting
from bazaar.db import db
from bazaar.demo import NotTheDemo, evening, parcels, programme
from bazaar.editions import EditionWish
from bazaar.installation import RealData
from bazaar.models import (
    Account,
    Booking,
    BookingStatus,
    Checkout,
    CourierEvent,
    DrawKind,
    Manifest,
    ManifestStatus,
    Order,
    OrderStatus,
    Parcel,
    ParcelProblem,
    Payment,
    Release,
    RequestKind,
    RequestState,
    Seller,
    TurnRequest,
)
from bazaar.rotation import draws
from bazaar.rules import videos
from bazaar.rules.parcel_states import ParcelStatus
from bazaar.shipments import overview
from bazaar.web import services
from tests.builders import HOST, a_seller
from tests.house import House

_kept: set[str] = set()
"""Databases of this worker that keep a demo's rows."""


@pytest.fixture
def fresh(app: Flask, database: House, now: datetime) -> None:
    """A demo that was started `now`. It is built once; later tests get its rows back."""
    if database.kind in _kept:
        database.database.put_back()
        return
    demo.refresh(services(), now=now)
    db.session.commit()
    db.session.remove()
    database.database.keep()
    _kept.add(database.kind)


def count(model: type[object]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def everybody_on_air(now: datetime) -> bool:
    channels = broadcast.now_and_next(editions.get_current(), now=now)
    return len(channels) == 2 and all(channel.on_air for channel in channels)


def test_a_new_demo_is_alive(app: Flask, now: datetime) -> None:
    lines = demo.refresh(services(), now=now)

    assert everybody_on_air(now)
    assert count(Seller) == 73
    assert set(db.session.scalars(sa.select(Order.status))) == set(OrderStatus)
    assert set(db.session.scalars(sa.select(Parcel.status))) == set(ParcelStatus)
    assert inspection.differences() == []
    assert any("/masuk" in line for line in lines)
    requests = [(one.kind, one.state) for one in db.session.scalars(sa.select(TurnRequest))]
    assert sorted(requests, key=str) == [
        (RequestKind.MOVE, RequestState.ASKED),
        (RequestKind.SWAP, RequestState.AGREED),
        (RequestKind.SWAP, RequestState.ASKED),
    ]


def test_parcels_of_the_last_days_have_something_on_each_of_their_pages(
    fresh: None, now: datetime
) -> None:
    several = sa.select(Parcel.order_id).group_by(Parcel.order_id).having(sa.func.count() > 1)
    assert db.session.scalars(several).all()
    assert set(db.session.scalars(sa.select(Manifest.status))) == {
        ManifestStatus.OPEN,
        ManifestStatus.SIGNED,
    }
    booked = db.session.execute(sa.select(Booking.provider, Booking.status))
    bookings = {(provider, status) for provider, status in booked}
    assert bookings >= {
        ("manual", BookingStatus.OPEN),
        ("biteship", BookingStatus.OPEN),
        ("biteship", BookingStatus.CLOSED),
    }
    told = db.session.scalars(sa.select(CourierEvent.body)).all()
    assert any("pickingUp" in body for body in told)
    assert set(db.session.scalars(sa.select(CourierEvent.result))) == {"applied"}
    (problem,) = db.session.scalars(sa.select(ParcelProblem))
    assert problem.answered_at is None
    assert [order.checkout.country for order in quoting.open_quotes()] == ["NL"]
    needs = overview.counts(now)
    missing = {need for need, number in needs.items() if number == 0}
    assert not missing, missing


def test_parcels_are_sent_once_only(fresh: None, now: datetime) -> None:
    keys = sa.select(sa.func.count(Checkout.id)).where(Checkout.key.startswith(parcels.KEY))
    before = db.session.scalar(keys)

    demo.refresh(services(), now=now + timedelta(days=2))

    assert db.session.scalar(keys) == before
    assert inspection.differences() == []


def test_starting_again_adds_nothing_that_is_there(fresh: None, now: datetime) -> None:
    before = [count(model) for model in (Seller, Order, Payment, Release, Account)]

    demo.refresh(services(), now=now + timedelta(minutes=1))

    assert [count(model) for model in (Seller, Order, Payment, Release, Account)] == before


def test_an_hour_later_whoever_is_on_air_has_orders_again(fresh: None, now: datetime) -> None:
    later = now + timedelta(minutes=70)
    before = count(Order)

    demo.refresh(services(), now=later)

    latest = db.session.scalars(
        sa.select(Order).where(Order.placed_at > later - evening.LATELY)
    ).all()
    assert {order.status for order in latest} >= {OrderStatus.UNPAID, OrderStatus.PAID}
    assert all(order.turn_id for order in latest)
    assert count(Order) == before + len(latest)
    assert inspection.differences() == []


@pytest.mark.parametrize("later", [timedelta(hours=13), timedelta(days=1), timedelta(days=9)])
def test_a_demo_started_later_is_alive_again(fresh: None, now: datetime, later: timedelta) -> None:
    demo.refresh(services(), now=now + later)

    assert everybody_on_air(now + later)
    assert count(Seller) == 73
    assert inspection.differences() == []
    start = now + later - timedelta(hours=3)
    today = sa.select(sa.func.count(Order.id)).where(Order.placed_at > start)
    assert (db.session.scalar(today) or 0) >= evening.FEWEST


def test_the_demo_can_be_thrown_away(fresh: None, now: datetime) -> None:
    demo.clear()

    assert count(Seller) == count(Order) == count(Account) == 0
    assert not installation.is_demo()
    demo.refresh(services(), now=now)
    assert count(Seller) == 73
    assert inspection.differences() == []  # the guards of the books stand again


def test_real_data_is_never_touched(app: Flask, now: datetime) -> None:
    a_seller()

    with pytest.raises(RealData):
        demo.refresh(services(), now=now)
    with pytest.raises(NotTheDemo):
        demo.clear()
    assert count(Seller) == 1


def test_clearing_an_empty_database_does_nothing(app: Flask) -> None:
    demo.clear()

    assert count(Account) == 0


def test_a_draw_of_theirs_does_not_keep_the_demo_from_starting(fresh: None, now: datetime) -> None:
    edition = editions.get_current()
    seals = services().draw_seals
    draws.begin(edition, kind=DrawKind.REBUILD, seals=seals, actor=HOST, now=now)
    before = count(Release)

    lines = demo.refresh(services(), now=now + timedelta(days=4))

    assert any("sedang dihitung" in line for line in lines)
    assert count(Release) == before


def test_an_edition_of_their_own_does_not_keep_the_demo_from_starting(
    fresh: None, now: datetime
) -> None:
    editions.create(EditionWish(name="Ramadan", slug="ramadan"), actor=HOST, now=now)

    demo.refresh(services(), now=now + timedelta(minutes=1))

    assert editions.get_current().show_days == []


@pytest.mark.parametrize("channel", programme.CHANNELS)
def test_the_demos_channels_can_be_watched_in_the_page(channel: tuple[str, str, str]) -> None:
    assert videos.embed(channel[2], "https://www.youtube-nocookie.com")
