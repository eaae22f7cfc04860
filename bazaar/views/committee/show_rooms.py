"""What the control room shows of a channel: who is on, who comes, what alarms, what was done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from bazaar import catalog, sellers, show
from bazaar.db import db
from bazaar.editions import channels
from bazaar.models import Edition, Participation, Product, Seller
from bazaar.rules.show.acts import UNDO_WITHIN, Act, can_undo, standing_acts
from bazaar.rules.show.standing import MOST_OVERRUN, Line, Phase, Standing, State
from bazaar.show import ChannelDay
from bazaar.show.sales import Sales, slot_of, sold_in
from bazaar.views.committee import show_words as words

FOLLOWING = 5
"""So many turns after the next are told with their expected times."""

LOGGED = 8
"""So many of the last acts are told."""

MISSING_SOON = timedelta(minutes=3)
"""So long before its turn a seller that is not in the room is an alarm."""

JUST_BEGUN = timedelta(minutes=2)
"""So long after a hand-over its steps in Zoom are still shown."""


JUST_OFF = timedelta(minutes=10)
"""So long after a turn the steps that take its seller off the screen are still shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A turn as it stands, with who has it and whether that seller is in the room."""

    line: Line
    seller: Seller
    planned: Seller

    @property
    def here(self) -> bool:
        """Whether who has it is in the room."""
        return self.line.here

    @property
    def late(self) -> int:
        """How many minutes its expected start lies behind the plan."""
        return words.minutes(self.line.late)

    @property
    def word(self) -> str:
        """Its state in a word."""
        return str(words.STATES[self.line.state])

    @property
    def planned_off(self) -> datetime:
        """When its time is over, with what was given to it; it does not move in overtime."""
        began = self.line.began_at or self.line.expected_start
        return began + max(self.line.turn.length + self.line.added, timedelta(0))


@dataclass(frozen=True, slots=True)
class Said:
    """One act as the room tells it; `undone` ones were taken back."""

    act: Act
    text: str
    undone: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """A channel at a glance."""

    day: ChannelDay
    standing: Standing
    on: Row | None
    next: Row | None
    alarms: Sequence[str]

    @property
    def offset(self) -> str:
        """How far the evening lies behind the plan, in words."""
        return words.signed(self.standing.offset)

    @property
    def phase_word(self) -> str:
        """The phase in a word."""
        return str(words.PHASES[self.standing.phase])


def glances(edition: Edition, now: datetime) -> list[Glance]:
    """Return every channel of the edition as it stands in its room."""
    found = show.standings(edition, now)
    shown = [line for _day, one in found for line in (one.on_air, one.next) if line]
    people = sellers.by_id({seller for line in shown for seller in (line.seller, line.turn.seller)})
    return [_glance(day, standing, people, now) for day, standing in found]


def room(edition: Edition, number: int, now: datetime) -> dict[str, Any]:
    """Return everything that one channel's page shows. Raises NoSuchChannel."""
    day = show.of_number(show.kept(edition, now), number)
    standing = day.stand(now)
    standbys = show.standbys(day)
    named = {seller for line in standing.lines for seller in (line.seller, line.turn.seller)}
    named |= {act.seller for act in day.plan.acts if act.seller}
    people = sellers.by_id(named - {each.seller_id for each in standbys})
    people |= {each.seller_id: each.seller for each in standbys}
    rows = [_row(line, people) for line in standing.lines]
    glance = _glance(day, standing, people, now)
    coming = [row for row in rows if row.line.state is State.COMING]
    products = _products(standing)
    return {
        "channel": channels.get(edition, number),
        "channels": edition.channels,
        "day": day,
        "standing": standing,
        "glance": glance,
        "phase": standing.phase.value,
        "on": glance.on,
        "next": glance.next,
        "following": coming[1 : FOLLOWING + 1],
        "rows": rows,
        "begun_before": any(row.line.state is not State.COMING for row in rows),
        "begins": _begins(glance.next, now),
        "falling": [row for row in rows if row.line.state is State.FELL_OFF],
        "cut": [row for row in coming if row.line.cut],
        "products": products,
        "pinned": next((one for one in products if one.id == standing.pinned), None),
        "sold": _sold(day, standing),
        "standbys": [(one.seller, show.is_here(day, one.seller_id)) for one in standbys],
        "fills": _fills(day, standing, people, now),
        "vacant": _vacant(rows, standing, now),
        "steps": _steps(rows, glance, now),
        "note": _note(standing),
        **_acts(day, standing, people, now),
        "warn_s": edition.warn_s,
        "danger_s": edition.danger_s,
    }


def candidates(edition: Edition) -> Sequence[Seller]:
    """Return who takes part in the edition, by name: any of them may stand by."""
    query = (
        sa.select(Seller)
        .join(Participation, Participation.seller_id == Seller.id)
        .where(
            Participation.edition_id == edition.id,
            Participation.withdrawn_at.is_(None),
            Seller.active,
        )
        .order_by(Seller.name)
    )
    return db.session.scalars(query).all()


def takes_part(edition: Edition, seller_id: int) -> bool:
    """Tell whether the seller takes part in the edition."""
    found = db.session.get(Participation, (edition.id, seller_id))
    return found is not None and found.withdrawn_at is None


def names(ids: Iterable[int | None]) -> Callable[[int | None], str]:
    """Return what gives the name of each of these sellers, and no name for anybody else."""
    return _naming(sellers.by_id({each for each in ids if each is not None}))


def _naming(people: Mapping[int, Seller]) -> Callable[[int | None], str]:
    known = {seller: one.name for seller, one in people.items()}
    return lambda seller: known.get(seller or 0, "")


def _row(line: Line, people: Mapping[int, Seller]) -> Row:
    return Row(line, people[line.seller], people[line.turn.seller])


def _glance(
    day: ChannelDay, standing: Standing, people: Mapping[int, Seller], now: datetime
) -> Glance:
    on = _row(standing.on_air, people) if standing.on_air else None
    coming = _row(standing.next, people) if standing.next else None
    return Glance(day, standing, on, coming, _alarms(standing, on, coming, now))


def _alarms(standing: Standing, on: Row | None, coming: Row | None, now: datetime) -> Sequence[str]:
    found = []
    if standing.phase is Phase.OVERTIME and -standing.left > MOST_OVERRUN:
        found.append(_("Lewat waktu lebih dari 3 menit"))
    if standing.phase is Phase.HELD:
        found.append(_("Siaran ditahan"))
    if coming and not coming.here and coming.line.expected_start - now <= MISSING_SOON:
        found.append(_("%(name)s belum di ruang", name=coming.seller.name))
    if count := len(standing.falling_off):
        found.append(_("%(n)s giliran tidak kebagian waktu", n=count))
    if on is None and coming and coming.late >= 1 and standing.phase is Phase.IDLE:
        found.append(_("Tidak ada yang siaran"))
    return found


def _begins(coming: Row | None, now: datetime) -> datetime | None:
    """Return when the next turn is expected, or was: an instant that does not run with the clock."""
    if coming is None:
        return None
    expected = coming.line.expected_start
    return expected if expected > now else coming.line.turn.starts_at


def _products(standing: Standing) -> Sequence[Product]:
    if standing.on_air is None:
        return ()
    return [one for one in catalog.products_of(standing.on_air.seller) if one.active]


def _sold(day: ChannelDay, standing: Standing) -> Sales:
    if standing.on_air is None:
        return Sales()
    slot = slot_of(day, standing.on_air.turn)
    return sold_in([slot]).get(slot, Sales())


def _fills(
    day: ChannelDay, standing: Standing, people: Mapping[int, Seller], now: datetime
) -> list[tuple[show.Fill, Seller | None]]:
    return [
        (fill, people[fill.seller] if fill.seller else None)
        for fill in show.fills(day, standing, now)
    ]


def _vacant(rows: Sequence[Row], standing: Standing, now: datetime) -> Row | None:
    """Return the slot that was given up and still runs while nobody is on: it can be filled."""
    if standing.phase is not Phase.IDLE:
        return None
    for row in rows:
        turn = row.line.turn
        if row.line.state is State.NO_SHOW and turn.starts_at <= now < turn.ends_at:
            return row
    return None


def _note(standing: Standing) -> str:
    return standing.notes.get(standing.on_air.turn.uid, "") if standing.on_air else ""


def _steps(rows: Sequence[Row], glance: Glance, now: datetime) -> list[tuple[str, str]]:
    """Return what the host does by hand in Zoom at this hand-over, each with a name for its tick.

    No interface of Zoom's does any of it for somebody else.
    """
    on, coming = glance.on, glance.next
    begun = on.line.began_at if on else None
    comes, goes = coming, on or _just_off(rows, now)
    if on and begun and (coming is None or now - begun < JUST_BEGUN):
        comes, goes = on, _before(rows, on)
    about = comes or goes
    if about is None:
        return []
    key, found = about.line.turn.uid, []
    if comes and goes and comes.seller.id == goes.seller.id:
        found.append(("stay", _("%(name)s tetap tampil: tanpa pergantian", name=comes.seller.name)))
        goes = None
    elif comes:
        name = comes.seller.name
        found.append(("admit", _("Masukkan %(name)s dari ruang tunggu", name=name)))
        found.append(("sound", _("Cek suara dan gambar %(name)s", name=name)))
        found.append(("spotlight", _("Sorot (spotlight) %(name)s", name=name)))
    if goes:
        found.append(("unspotlight", _("Hapus sorotan dari %(name)s", name=goes.seller.name)))
        found.append(("mute", _("Bisukan %(name)s", name=goes.seller.name)))
    return [(f"{key}-{step}", text) for step, text in found]


def _before(rows: Sequence[Row], on: Row | None) -> Row | None:
    """Return who was on air before `on`."""
    had = [row for row in rows if row.line.began_at]
    had.sort(key=lambda row: row.line.began_at or row.line.turn.starts_at)
    return next((one for one, other in pairwise(had) if on and other.line is on.line), None)


def _just_off(rows: Sequence[Row], now: datetime) -> Row | None:
    """Return who went off air last, while that is fresh."""
    ended = [(row.line.ended_at, row) for row in rows if row.line.ended_at]
    at, row = max(ended, key=lambda each: each[0], default=(now, None))
    return row if now - at < JUST_OFF else None


def _acts(
    day: ChannelDay, standing: Standing, people: Mapping[int, Seller], now: datetime
) -> dict[str, Any]:
    acts = day.plan.acts
    lines = {line.turn.uid: line for line in standing.lines}
    naming = _naming(people)
    holding = {act.number for act in standing_acts(acts)}
    told = [
        Said(act, words.told(act, lines, naming), act.number not in holding and not act.undoes)
        for act in sorted(acts, key=lambda act: -act.number)[:LOGGED]
    ]
    last = can_undo(acts, now)
    return {
        "log": told,
        "undo": last,
        "undo_text": words.told(last, lines, naming) if last else "",
        "undo_until": last.at + UNDO_WITHIN if last else None,
    }
