"""The demo's edition: two channels, short turns, and airtime that includes the present moment."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import broadcast, rotation, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.demo import edition_loader
from bazaar.models import Channel, Edition, ShippingRate, ShowDay, Window
from bazaar.web import Services

ACTOR = Actor("demo", "Demo")
TURN = timedelta(minutes=5)
SINCE = timedelta(minutes=62)
"""The plan begins so long ago: some turns are over, and the present one has begun."""

AHEAD = timedelta(hours=14)
TOO_SHORT = timedelta(hours=2)
CHANNELS = (
    (
        "Kanal Alun-Alun",
        "https://zoom.us/j/93600000001",
        "https://www.youtube.com/@pasarvirtual/live",
    ),
    (
        "Kanal Papuma",
        "https://zoom.us/j/93600000002",
        "https://www.youtube.com/@pasarvirtual/streams",
    ),
)
RATES = (
    # place, courier, first kilogram, each further one, days
    ("35.09", "JNE Reguler", 9_000, 7_000, "1-2"),
    ("35.09", "Kurir Kecamatan", 7_000, 4_000, "1"),
    ("35", "JNE Reguler", 13_000, 11_000, "2-3"),
    ("35", "SiCepat Reguler", 12_000, 10_500, "2-3"),
    ("31", "JNE Reguler", 19_000, 17_000, "2-3"),
    ("32", "JNE Reguler", 20_000, 18_000, "2-4"),
    ("33", "JNE Reguler", 17_000, 15_000, "2-3"),
    ("34", "JNE Reguler", 17_000, 15_000, "2-3"),
    ("51", "JNE Reguler", 16_000, 14_000, "2-3"),
    ("", "JNE Reguler", 42_000, 38_000, "3-6"),
    ("", "Pos Reguler", 35_000, 31_000, "4-8"),
    ("MY", "Pos Internasional", 145_000, 75_000, "7-14"),
    ("*", "Pos Internasional", 285_000, 160_000, "10-21"),
)


def open_edition(services: Services, *, now: datetime) -> None:
    """Create the edition with its channels and shipping prices, and import its sellers."""
    edition = Edition(
        slug="demo",
        name="Pasar Virtual Jember",
        regency_code="35.09",
        turn_minutes=int(TURN.total_seconds()) // 60,
        hold_minutes=60,
        contact_phone="+6281200000001",
        is_current=True,
        created_at=now,
    )
    edition.channels = [
        Channel(number=number, name=name, zoom_url=zoom_url, youtube_url=youtube_url)
        for number, (name, zoom_url, youtube_url) in enumerate(CHANNELS, start=1)
    ]
    db.session.add(edition)
    columns = ("prefix", "courier", "first_kg_idr", "next_kg_idr", "days")
    db.session.execute(
        sa.insert(ShippingRate), [dict(zip(columns, row, strict=True)) for row in RATES]
    )
    db.session.flush()
    edition_loader.load(edition, services, now=now)


def keep_on_air(edition: Edition, *, now: datetime) -> None:
    """Release a plan that has somebody on air at `now` and goes on for hours."""
    ends_at = _ends_at(edition)
    live = all(channel.on_air for channel in broadcast.now_and_next(edition, now=now))
    if live and ends_at and ends_at > now + TOO_SHORT:
        return
    opens_at = ends_at if live and ends_at else _opening(now, ends_at)
    day = times.day_of(opens_at, edition.zone)
    show_day = next((known for known in edition.show_days if known.day == day), None)
    if show_day is None:
        show_day = ShowDay(day=day)
        edition.show_days.append(show_day)
    show_day.windows.append(Window(opens_at=opens_at, closes_at=opens_at + AHEAD))
    db.session.flush()
    just_before = opens_at - timedelta(seconds=1)
    draft = rotation.make_draft(
        edition, seed=f"demo {opens_at:%Y-%m-%d %H:%M}", actor=ACTOR, now=just_before
    )
    rotation.release(draft, actor=ACTOR, now=just_before)


def _ends_at(edition: Edition) -> datetime | None:
    query = (
        sa.select(sa.func.max(Window.closes_at))
        .join(Window.show_day)
        .where(ShowDay.edition_id == edition.id)
    )
    return db.session.scalar(query)


def _opening(now: datetime, ends_at: datetime | None) -> datetime:
    """Return whole turns and two minutes before `now`, but not inside earlier airtime."""
    minute = now.replace(second=0, microsecond=0)
    since = SINCE
    while ends_at and since > timedelta(0) and minute - since < ends_at:
        since -= TURN
    return minute - max(since, timedelta(0))
