"""The demo's sellers as people: some come at certain hours only, one waits, two are kept apart."""

from collections.abc import Sequence
from datetime import datetime, time

import sqlalchemy as sa

from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import (
    Availability,
    Edition,
    Participation,
    Pin,
    Presence,
    Seller,
    ShowDay,
    Window,
)
from bazaar.rotation import replans

EVENINGS = [(day, time(17), time(0)) for day in range(5)] + [(5, time(8), time(0))]
MORNINGS = [(day, time(6), time(12)) for day in range(7)]
WEEKEND = [(5, time(7), time(0)), (6, time(7), time(0))]
OFFICE = [(day, time(8), time(16)) for day in range(6)]
WEEKS = (EVENINGS, MORNINGS, WEEKEND, OFFICE)

EVERY = 7
"""Every so many sellers one has hours of its own."""

ANSWERED = 4
"""So many have said for each window whether they come."""

FEW_TURNS = 3


def vary(edition: Edition, *, actor: Actor, now: datetime) -> None:
    """Give sellers hours of the week, answers, a limit, a place in reserve, a pair and a pin."""
    query = (
        sa.select(Seller)
        .join(Participation, Participation.seller_id == Seller.id)
        .where(Participation.edition_id == edition.id)
        .order_by(Seller.code)
    )
    everybody = db.session.scalars(query).all()
    limited = everybody[3::EVERY]
    for number, seller in enumerate(limited):
        for weekday, start, until in WEEKS[number % len(WEEKS)]:
            db.session.add(
                Availability(seller_id=seller.id, weekday=weekday, from_time=start, until=until)
            )
    coming = db.session.scalars(
        sa.select(Window)
        .join(ShowDay)
        .where(ShowDay.edition_id == edition.id, Window.opens_at > now)
        .order_by(Window.opens_at)
    ).all()
    for number, seller in enumerate(everybody[5::EVERY][:ANSWERED]):
        _answer(edition, seller, coming[number % 2 :: 2], now)
    waiting, careful, one, other = everybody[1], everybody[2], everybody[8], everybody[9]
    replans.set_standby(edition, waiting, standby=True, actor=actor, now=now)
    replans.set_max_turns(edition, careful, FEW_TURNS, actor=actor, now=now)
    replans.block_pair(edition, one, other, "Jualannya serupa", actor=actor, now=now)
    db.session.add(
        Pin(
            channel_id=edition.channels[0].id,
            starts_at=coming[-1].opens_at,
            seller_id=everybody[0].id,
            note="Pembukaan oleh Bupati",
            made_by=actor.name,
            made_at=now,
        )
    )
    db.session.flush()


def _answer(edition: Edition, seller: Seller, windows: Sequence[Window], now: datetime) -> None:
    part = db.session.get_one(Participation, (edition.id, seller.id))
    part.answered_at = now
    db.session.add_all(
        Presence(
            seller_id=seller.id,
            window_id=window.id,
            starts_at=window.opens_at,
            ends_at=window.closes_at,
        )
        for window in windows
    )
