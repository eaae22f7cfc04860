"""What stands beside the video: who is on air, what is on offer, who comes next.

As things stand in the room of the channel, not as late as the public sees it: the picture that
carries it reaches viewers with the same delay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import catalog, sellers
from bazaar.db import db
from bazaar.models import Channel, ClosedKind, ClosedTime, Edition, Product, Seller, Turn
from bazaar.rotation import current_release_id
from bazaar.rules.show.scenes import Scene, scene_of
from bazaar.rules.show.standing import Standing
from bazaar.show.days import kept

GOODS = 4
"""How many goods a slide shows one after the other."""

_PRAYER = re.compile(r"\b(ad?zan|magh?rib|isya|s[ah]?[ao]lat|prayer)\b", re.IGNORECASE)
"""Words for prayer in the reason of a hold."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One instant of a channel. Empty fields: there is nothing to tell.

    `product` is the pinned one, else the first on offer. `ends_at` is when the time of who is on
    air is over, `next_at` when the next one is expected; None when nobody can say. `back_at` is
    when a break is over. `prayer`: a hold for prayer, without a closed time. `goods` can still be
    had, from who is on air, else from who comes next. `later_at`: the first turn of a later day.
    """

    scene: Scene
    seller: Seller | None = None
    turn: Turn | None = None
    product: Product | None = None
    ends_at: datetime | None = None
    next: Seller | None = None
    next_at: datetime | None = None
    closed: ClosedTime | None = None
    back_at: datetime | None = None
    prayer: bool = False
    goods: Sequence[Product] = ()
    later_at: datetime | None = None


def picture(channel: Channel, edition: Edition, now: datetime) -> Picture:
    """Return what to show on this channel now; a bounded number of queries."""
    days = kept(edition, now) if edition.is_current else []
    day = next((each for each in days if each.channel_id == channel.id), None)
    if day is None:
        return Picture(Scene.IDLE)
    stand = day.stand(now)
    around = closed_times(edition, now, now) if stand.on_air is None or stand.held_since else ()
    closed = next(iter(around), None)
    scene = scene_of(stand, closed=closed is not None)
    on, coming = stand.on_air, stand.next
    ids = [line.seller for line in (on, coming) if line]
    people = sellers.by_id(ids)
    offered = catalog.products_of(*ids) if ids else []
    seller = people.get(on.seller) if on else None
    following = people.get(coming.seller) if coming else None
    next_at = _ahead(coming.expected_start, now) if coming and not stand.held_since else None
    shown = seller or following
    return Picture(
        scene,
        seller=seller,
        turn=db.session.get(Turn, day.ids[on.turn.uid]) if on else None,
        product=_pinned(seller, offered, stand.pinned),
        ends_at=now + stand.left if on and not stand.held_since else None,
        next=following,
        next_at=next_at,
        closed=closed,
        back_at=_back_at(stand, closed, next_at, now) if scene is Scene.BREAK else None,
        prayer=bool(_PRAYER.search(stand.held_why)),
        goods=[p for p in offered if shown and p.seller_id == shown.id and p.stock][:GOODS],
        later_at=_later(channel, now) if coming is None and on is None else None,
    )


def closed_times(edition: Edition, first: datetime, last: datetime) -> Sequence[ClosedTime]:
    """Return the closed times that run at some instant from `first` to `last`; one query."""
    query = (
        sa.select(ClosedTime)
        .where(
            ClosedTime.edition_id == edition.id,
            ClosedTime.starts_at <= last,
            ClosedTime.ends_at > first,
        )
        .order_by(ClosedTime.starts_at, ClosedTime.id)
    )
    return db.session.scalars(query).all()


def sample(edition: Edition, scene: Scene, now: datetime) -> Picture:
    """Return a picture of this scene with sellers of the edition, for setting up before the show."""
    stalls = [*catalog.some_stalls(edition, limit=2)]
    if not stalls:
        return Picture(scene)
    offered = catalog.products_of(*(seller.id for seller in stalls))
    on = stalls[0] if scene is Scene.NOW else None
    goods = [product for product in offered if product.seller_id == stalls[0].id]
    ahead = now.replace(second=0, microsecond=0)
    over = scene in {Scene.CLOSING, Scene.IDLE}
    return Picture(
        scene,
        seller=on,
        product=goods[0] if on and goods else None,
        ends_at=ahead + timedelta(minutes=9) if on else None,
        next=None if over else stalls[-1],
        next_at=None if over else ahead + timedelta(minutes=12),
        closed=_an_example(ahead) if scene is Scene.BREAK else None,
        back_at=ahead + timedelta(minutes=20) if scene is Scene.BREAK else None,
        goods=goods[:GOODS],
        later_at=ahead + timedelta(minutes=24 * 60) if over else None,
    )


def _an_example(now: datetime) -> ClosedTime:
    return ClosedTime(
        kind=ClosedKind.MAGHRIB, starts_at=now, ends_at=now + timedelta(minutes=20), note=""
    )


def _pinned(
    seller: Seller | None, offered: Sequence[Product], pinned: int | None
) -> Product | None:
    own = [product for product in offered if seller and product.seller_id == seller.id]
    found = next((product for product in own if product.id == pinned), None)
    return found or next(iter(own), None)


def _ahead(expected: datetime, now: datetime) -> datetime | None:
    """Return when it is expected; None once it only waits for people, as no time is true then."""
    return expected if expected > now else None


def _back_at(
    stand: Standing, closed: ClosedTime | None, next_at: datetime | None, now: datetime
) -> datetime | None:
    """Return when the break is over: with the next turn, or with the closed time in a hold."""
    if stand.held_since is None:
        return next_at
    return _ahead(closed.ends_at, now) if closed else None


def _later(channel: Channel, now: datetime) -> datetime | None:
    """Return when the channel's next turn of the release in force begins, or None."""
    query = sa.select(sa.func.min(Turn.starts_at)).where(
        Turn.release_id == current_release_id(),
        Turn.channel_id == channel.id,
        Turn.starts_at > now,
    )
    return db.session.scalar(query)
