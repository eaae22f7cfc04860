"""The control room of the demo's evening: who is in the room, who stands by, what is shown."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import catalog, show
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Edition, Participation, Seller
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.standing import Standing, State
from bazaar.show import ChannelDay
from bazaar.show.viewers import set_viewers, viewers_of

HOST = Actor("demo", "Maya Anggraini")
EARLY = 3
"""So many of those who come are in the room already, beside who is on air."""

STANDBYS = 2
WATCHED = 6
"""So many of the last turns have a number of viewers."""


def fill(edition: Edition, *, now: datetime) -> None:
    """Bring people into the rooms of today's channels; run again it adds who comes next."""
    show.forget()  # the evening was just played at many other instants
    for day, standing in show.standings(edition, now):
        if standing.lines:
            _come(day, standing, now)
            _stand_by(edition, day, standing, now)
            _watch(day, standing, now)
            _pin(edition, day, standing, now)


def _come(day: ChannelDay, standing: Standing, now: datetime) -> None:
    coming = [line for line in standing.lines if line.state is State.COMING]
    # On the even channels the very next one is missing: there is something to do.
    near = coming[day.number % 2 == 0 : EARLY]
    for line in (*([standing.on_air] if standing.on_air else []), *near):
        show.check_in(day, line.seller, here=True, actor=HOST, now=now)


def _stand_by(edition: Edition, day: ChannelDay, standing: Standing, now: datetime) -> None:
    if show.standbys(day):
        return
    busy = {line.seller for line in standing.lines if line.state is not State.DONE}
    free = sa.select(Seller.id).join(Participation, Participation.seller_id == Seller.id)
    free = free.where(Participation.edition_id == edition.id, Seller.active).order_by(Seller.id)
    found = [each for each in db.session.scalars(free) if each not in busy]
    chosen = (found or list(db.session.scalars(free)))[day.number - 1 :: 7][:STANDBYS]
    for seller in chosen:
        show.add_standby(day, seller, actor=HOST, now=now)
    if chosen:
        show.check_in(day, chosen[0], here=True, actor=HOST, now=now)


def _watch(day: ChannelDay, standing: Standing, now: datetime) -> None:
    over = [line.turn.uid for line in standing.lines if line.state is State.DONE][-WATCHED:]
    known = viewers_of(over)
    counts = {uid: 90 + 37 * n * day.number for n, uid in enumerate(over) if uid not in known}
    set_viewers(day, counts, actor=HOST, now=now)


def _pin(edition: Edition, day: ChannelDay, standing: Standing, now: datetime) -> None:
    if standing.on_air is None or standing.pinned is not None:
        return
    goods = [one for one in catalog.products_of(standing.on_air.seller) if one.active]
    if goods:
        show.act(
            edition,
            day.number,
            ActKind.PIN,
            revision=day.revision,
            actor=HOST,
            now=now,
            product=goods[0].id,
        )
