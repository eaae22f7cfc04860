"""The demo's edition: two channels, short turns, and airtime that includes the present moment."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from bazaar import broadcast, rotation, show, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.demo import edition_loader, people
from bazaar.models import (
    Channel,
    ClosedKind,
    ClosedTime,
    DrawKind,
    Edition,
    Product,
    Release,
    ShippingRate,
    ShowDay,
    Window,
)
from bazaar.rotation import draws, work
from bazaar.rules.show.acts import ASIDE
from bazaar.web import Services

ACTOR = Actor("demo", "Demo")
SLUG = "demo"
TURN = timedelta(minutes=5)
SINCE = timedelta(minutes=62)
"""The plan begins so long ago: some turns are over, and the present one has begun."""

AHEAD = timedelta(hours=14)
TOO_SHORT = timedelta(hours=2)
COMING = (
    # from, until, what the audience is worth
    (time(9), time(11, 30), 8),
    (time(13), time(16), 6),
    (time(20), time(22), 14),
)
"""The hours of tomorrow and of the day after."""

BREAK = (time(14, 30), time(14, 45))
"""On the day after tomorrow nobody is on air then."""

WITNESS = "Empat angka yang dibacakan wakil UMKM di awal siaran"
PUBLIC_VALUE = "4 1 7 9"
ITERATIONS = 300
CHANNELS = (
    (
        "Kanal Alun-Alun",
        "https://zoom.us/j/93600000001",
        "https://www.youtube.com/live/PasarJember",
    ),
    (
        "Kanal Papuma",
        "https://zoom.us/j/93600000002",
        "https://www.youtube.com/channel/UCPasarVirtualKanalPapum/live",
    ),
)
"""Both forms that pages can play; no video and no channel can have these names, because the last
sign of theirs holds zeros (of 11 signs 64 bits are the name, of 22 signs 128)."""

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
    ("SG", "Pos Internasional", 165_000, 85_000, "7-14"),
    ("HK", "Pos Internasional", 210_000, 110_000, "8-16"),
    ("TW", "Pos Internasional", 215_000, 115_000, "8-16"),
    ("SA", "Pos Internasional", 285_000, 160_000, "10-21"),
)


def open_edition(services: Services, *, now: datetime) -> None:
    """Create the edition with its channels and shipping prices, and import its sellers."""
    edition = Edition(
        slug=SLUG,
        name="Pasar Virtual Jember",
        regency_code="35.09",
        turn_minutes=int(TURN.total_seconds()) // 60,
        hold_minutes=60,
        min_gap_minutes=15,
        freeze_minutes=60,
        request_hours=2,
        veto_hours=1,
        latitude=-8.1727,
        longitude=113.7003,
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
    db.session.execute(
        sa.update(Product).values(hs_code="970529", customs_text="Handmade goods from Jember")
    )


def keep_on_air(edition: Edition, services: Services, *, now: datetime) -> None:
    """Release a plan that has somebody on air at `now` and goes on for hours, and for two days.

    The first comes from a draw with a public value; later ones repair it: what was released
    stays, and new hours are filled. An evening that somebody holds or has closed is left so.
    """
    live = all(channel.on_air for channel in broadcast.now_and_next(edition, now=now))
    until = _covered_until(edition, now) if live or _run_by_people(edition, now) else None
    if until and until > now + TOO_SHORT:
        return
    opens_at = until or _opening(now, _last_end(edition, now))
    just_before = opens_at - timedelta(seconds=1)
    later = [window.opens_at for window in _windows(edition) if window.opens_at > opens_at]
    _open(edition, opens_at, min([opens_at + AHEAD, *later]), 10)
    _open_coming_days(edition, now)
    db.session.flush()
    current = rotation.find_current_release(edition)
    if current is None:
        people.vary(edition, actor=ACTOR, now=just_before)
    draft = _drawn(edition, services, first=current is None, now=just_before)
    rotation.release(draft, actor=ACTOR, now=just_before)


def _run_by_people(edition: Edition, now: datetime) -> bool:
    """Whether somebody acted in the control room today: nobody on air is no fault then."""
    return any(act.kind not in ASIDE for day in show.kept(edition, now) for act in day.plan.acts)


def _drawn(edition: Edition, services: Services, *, first: bool, now: datetime) -> Release:
    draw = draws.commit(
        edition,
        kind=DrawKind.PLAN if first else DrawKind.REPAIR,
        witness=WITNESS if first else "",
        iterations=ITERATIONS,
        seals=services.draw_seals,
        actor=ACTOR,
        now=now,
    )
    draws.freeze(draw, actor=ACTOR, now=now)
    value = PUBLIC_VALUE if first else ""
    draws.queue(draw, public_value=value, seals=services.draw_seals, actor=ACTOR, now=now)
    return work.compute_here(draw, seals=services.draw_seals, now=now)


def _open_coming_days(edition: Edition, now: datetime) -> None:
    """Give tomorrow and the day after their hours, where no other hours are."""
    today = times.day_of(now, edition.zone)
    for ahead in (1, 2):
        day = today + timedelta(days=ahead)
        for opens, closes, weight in COMING:
            start = datetime.combine(day, opens, tzinfo=edition.zone)
            end = datetime.combine(day, closes, tzinfo=edition.zone)
            if all(w.closes_at <= start or end <= w.opens_at for w in _windows(edition)):
                _open(edition, start, end, weight)
    last = today + timedelta(days=2)
    start, end = (datetime.combine(last, clock, tzinfo=edition.zone) for clock in BREAK)
    known = sa.select(ClosedTime.id).where(
        ClosedTime.edition_id == edition.id, ClosedTime.starts_at == start
    )
    if db.session.scalar(known) is None:
        db.session.add(
            ClosedTime(
                edition_id=edition.id,
                kind=ClosedKind.BREAK,
                starts_at=start,
                ends_at=end,
                note="Istirahat kru",
            )
        )


def _open(edition: Edition, opens_at: datetime, closes_at: datetime, weight: int) -> None:
    day = times.day_of(opens_at, edition.zone)
    show_day = next((known for known in edition.show_days if known.day == day), None)
    if show_day is None:
        show_day = ShowDay(day=day)
        edition.show_days.append(show_day)
    show_day.windows.append(Window(opens_at=opens_at, closes_at=closes_at, weight=weight))


def _windows(edition: Edition) -> Iterator[Window]:
    for show_day in edition.show_days:
        yield from show_day.windows


def _covered_until(edition: Edition, now: datetime) -> datetime | None:
    """Return when the hours end that are open now, hours that follow at once included."""
    until = None
    for window in sorted(_windows(edition), key=lambda window: window.opens_at):
        if window.opens_at <= (until or now) < window.closes_at or window.opens_at == until:
            until = window.closes_at
    return until


def _last_end(edition: Edition, now: datetime) -> datetime | None:
    """Return when the last hours ended that began before now."""
    return max((w.closes_at for w in _windows(edition) if w.opens_at <= now), default=None)


def _opening(now: datetime, ends_at: datetime | None) -> datetime:
    """Return whole turns and two minutes before `now`, but not inside earlier airtime."""
    minute = now.replace(second=0, microsecond=0)
    since = SINCE
    while ends_at and since > timedelta(0) and minute - since < ends_at:
        since -= TURN
    return minute - max(since, timedelta(0))
