"""After the show: when each turn really was, who had it, what it sold, and who comes on time.

Nothing is kept: a day is played again from the plan and what people did (`rules.show`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import sellers, show
from bazaar.db import db
from bazaar.models import Channel, CheckIn, Edition, Seller, ShowAct
from bazaar.reports.workbooks import Table, local
from bazaar.rules.show.standing import Line, State
from bazaar.show import ChannelDay
from bazaar.show.sales import Sales, slot_of, sold_in
from bazaar.show.viewers import viewers_of

LATE: Final = timedelta(minutes=1)
"""A turn that began later than this after its announced time began late."""

NOTHING: Final = Sales()
STATES: Final = {
    State.COMING: "menunggu",
    State.ON_AIR: "siaran",
    State.DONE: "selesai",
    State.NO_SHOW: "tidak hadir",
    State.SKIPPED: "dilewati",
    State.FELL_OFF: "tidak kebagian",
}
COLUMNS: Final = (
    "tanggal",
    "saluran",
    "kode_umkm",
    "umkm",
    "tampil",
    "keadaan",
    "rencana_mulai",
    "mulai",
    "selisih_detik",
    "rencana_selesai",
    "selesai",
    "pesanan",
    "terjual_rp",
    "penonton",
)


@dataclass(frozen=True, slots=True)
class Airing:
    """A turn after it was: who was planned, who really had it, sold and watched."""

    line: Line
    planned: Seller
    seller: Seller
    sales: Sales
    viewers: int | None

    @property
    def filled(self) -> bool:
        """Whether somebody else than planned was on."""
        return self.seller.id != self.planned.id

    @property
    def late(self) -> timedelta | None:
        """How far its start lay behind the plan; None if it never began."""
        began = self.line.began_at
        return began - self.line.turn.starts_at if began else None


@dataclass(slots=True)
class Punctuality:
    """How a seller kept its turns: begun are those it had itself, `in_room` of them in time."""

    seller: Seller
    turns: int = 0
    begun: int = 0
    in_room: int = 0
    late: int = 0
    missed: int = 0
    seconds: int = 0

    @property
    def mean_late(self) -> int:
        """By how many seconds its turns began after the announced time, on average."""
        return round(self.seconds / self.begun) if self.begun else 0


def of_day(channel: ChannelDay, now: datetime) -> Sequence[Airing]:
    """Return the turns of a channel's day in order of the plan; three queries."""
    standing = channel.stand(now)
    people = sellers.by_id(
        seller for line in standing.lines for seller in (line.seller, line.turn.seller)
    )
    slots = {line.turn.uid: slot_of(channel, line.turn) for line in standing.lines}
    sold = sold_in(slots.values())
    watched = viewers_of([line.turn.uid for line in standing.lines])
    return [
        Airing(
            line,
            people[line.turn.seller],
            people[line.seller],
            sold.get(slots[line.turn.uid], NOTHING),
            watched.get(line.turn.uid),
        )
        for line in standing.lines
    ]


def of_season(edition: Edition, now: datetime) -> Sequence[Punctuality]:
    """Return how sellers kept their turns, the least reliable first.

    Counted are the days on which somebody acted or noted who was there: of the others nothing is
    known. Four queries for each such day.
    """
    found: dict[int, Punctuality] = {}
    lines = [(day, line) for day, line in _run_lines(edition, now) if _is_over(line)]
    people = sellers.by_id(line.turn.seller for _, line in lines)
    for day, line in lines:
        seller = line.turn.seller
        _count(found.setdefault(seller, Punctuality(people[seller])), day, line)
    return sorted(
        found.values(),
        key=lambda each: (-each.missed, -each.late, -each.mean_late, each.seller.name),
    )


def sheet(edition: Edition, channel: ChannelDay, now: datetime) -> Table:
    """Return the turns of a channel's day as a list to take away."""
    rows = (_row(airing, channel, edition.zone) for airing in of_day(channel, now))
    return Table("Laporan siaran", COLUMNS, rows, {"umkm": 32, "tampil": 32})


def _row(airing: Airing, channel: ChannelDay, zone: ZoneInfo) -> Sequence[str | int | date | None]:
    line = airing.line
    return (
        channel.day,
        channel.number,
        airing.planned.code,
        airing.planned.name,
        airing.seller.name if line.began_at else "",
        STATES[line.state],
        local(line.turn.starts_at, zone),
        local(line.began_at, zone),
        int(airing.late.total_seconds()) if airing.late is not None else None,
        local(line.turn.ends_at, zone),
        local(line.ended_at, zone),
        airing.sales.orders,
        airing.sales.goods_idr,
        airing.viewers,
    )


def _run_lines(edition: Edition, now: datetime) -> Iterator[tuple[ChannelDay, Line]]:
    channels = sa.select(Channel.id).where(Channel.edition_id == edition.id)
    known = {
        day
        for table in (ShowAct, CheckIn)
        for day in db.session.scalars(
            sa.select(table.day).where(table.channel_id.in_(channels)).distinct()
        )
    }
    for day in sorted(known):
        for channel in show.days(edition, day):
            for line in channel.stand(now).lines:
                yield channel, line


def _is_over(line: Line) -> bool:
    return line.state in {State.DONE, State.NO_SHOW} or line.seller != line.turn.seller


def _count(one: Punctuality, channel: ChannelDay, line: Line) -> None:
    one.turns += 1
    if line.state is State.NO_SHOW or line.seller != line.turn.seller or line.began_at is None:
        one.missed += 1
        return
    late = line.began_at - line.turn.starts_at
    one.begun += 1
    one.seconds += int(late.total_seconds())
    one.late += late > LATE
    came = min((came for came, _ in channel.plan.present.get(line.seller, ())), default=None)
    one.in_room += came is not None and came <= line.began_at
