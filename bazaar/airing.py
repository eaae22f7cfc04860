"""One channel at one instant, for whoever follows it: page, program, stream.

The public sees it as late as the picture reaches it; the room, sellers and the overlay see it as
it is. Nothing that is told moves by itself (`rules.show.steady`): what has not changed is the same
to the byte, and is known by its mark.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bazaar import catalog, sellers, show
from bazaar.db import db
from bazaar.models import Checkout, Edition, Order, Product, Seller, Turn
from bazaar.rules.order_states import SOLD
from bazaar.rules.show import steady
from bazaar.rules.show.scenes import Scene, scene_of
from bazaar.rules.show.stage_door import Stage, first_name, own_line, stage_of
from bazaar.rules.show.standing import Line, Standing
from bazaar.show import ChannelDay
from bazaar.show.pictures import closed_times
from bazaar.show.sales import Sales, Slot, slot_of, sold_in

GOODS = 24
"""So many goods of a seller are told at most."""

NOTHING = timedelta(0)
NOTHING_SOLD = Sales()

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Airing:
    """A channel as it is seen `delay` after the room.

    `goods` are of who is on air, else of who comes next: the pinned one first, sold out last.
    Times are as told; `ends_at` and `next_at` are None in a hold.
    """

    channel: ChannelDay
    stand: Standing
    scene: Scene
    delay: timedelta
    seller: Seller | None
    next_seller: Seller | None
    ends_at: datetime | None
    next_at: datetime | None
    goods: Sequence[Product]
    sold: Sales

    @property
    def pinned(self) -> int | None:
        """The id of the product that the control room shows, None while it shows none."""
        return self.stand.pinned

    @property
    def revision(self) -> int:
        """The number of the last act that is seen."""
        seen = [act.number for act in self.channel.plan.acts if act.at <= self.stand.at]
        return max(seen, default=0)


def airings(edition: Edition, now: datetime, *, in_public: bool) -> list[Airing]:
    """Return all channels of the edition, by number; a bounded number of small queries."""
    days = show.kept(edition, now)
    stands = [day.stand_in_public(now) if in_public else day.stand(now) for day in days]
    shown = {line.seller for stand in stands for line in (stand.on_air, stand.next) if line}
    people = sellers.by_id(shown)
    offered = catalog.products_of(*{line.seller for stand in stands if (line := _seen(stand))})
    slots = [_slot(day, stand) for day, stand in zip(days, stands, strict=True)]
    sold = sold_in([slot for slot in slots if slot])
    closed = _closed(edition, stands)
    found = []
    for day, stand, slot in zip(days, stands, slots, strict=True):
        delay = day.public_delay if in_public else NOTHING
        line = _seen(stand)
        own = [product for product in offered if line and product.seller_id == line.seller]
        own.sort(key=lambda product: product.id != stand.pinned)
        found.append(
            Airing(
                day,
                stand,
                scene_of(stand, closed=closed(stand.at)),
                delay,
                people.get(stand.on_air.seller) if stand.on_air else None,
                people.get(stand.next.seller) if stand.next else None,
                _later(steady.end(stand), delay),
                _later(steady.start(stand), delay),
                own[:GOODS],
                sold.get(slot, NOTHING_SOLD) if slot else NOTHING_SOLD,
            )
        )
    return found


def public_facts(airing: Airing) -> Facts:
    """Return what anybody may read."""
    on = airing.stand.on_air
    return {
        "channel": airing.channel.number,
        "name": airing.channel.name,
        "revision": airing.revision,
        "scene": airing.scene.value,
        "held": airing.stand.held_since is not None,
        "on_air": _who(on, airing.seller)
        | {
            "began_at": _written(_later(on.began_at, airing.delay)),
            "ends_at": _written(airing.ends_at),
        }
        if on and airing.seller
        else None,
        "next": _who(airing.stand.next, airing.next_seller)
        | {"starts_at": _written(airing.next_at)}
        if airing.stand.next and airing.next_seller
        else None,
        "products": [
            {
                "code": product.claim_code,
                "name": product.name,
                "price_idr": product.price_idr,
                "stock": product.stock,
                "pinned": product.id == airing.pinned,
            }
            for product in airing.goods
        ],
    }


def stage_facts(airing: Airing) -> Facts:
    """Return what sellers and the overlay may read as well, of a channel as it is in its room."""
    stand = airing.stand
    return public_facts(airing) | {
        "phase": stand.phase.value,
        "warn_s": int(stand.warn.total_seconds()),
        "danger_s": int(stand.danger.total_seconds()),
        "held_since": _written(stand.held_since),
        "sold": {"orders": airing.sold.orders, "goods_idr": airing.sold.goods_idr},
        "presence": _presence(airing.channel),
    }


def room_facts(airing: Airing) -> Facts:
    """Return what the committee may read: also why the show is held, and what sellers were told."""
    stand = airing.stand
    return stage_facts(airing) | {
        "by_host": stand.by_host,
        "guarded": stand.guarded,
        "held_why": stand.held_why,
        "notes": dict(stand.notes),
        "lines": {line.turn.uid: line.state.value for line in stand.lines},
    }


@dataclass(frozen=True, slots=True)
class Own:
    """A turn of today that concerns one seller. `turn_id`: its row in the release in force."""

    channel: ChannelDay
    stand: Standing
    line: Line
    stage: Stage

    @property
    def turn_id(self) -> int:
        """Its row in the release in force."""
        return self.channel.ids[self.line.turn.uid]


@dataclass(frozen=True, slots=True)
class Came:
    """An order that came in while on air, as far as its buyer can be thanked for it."""

    name: str
    goods_idr: int
    placed_at: datetime


def own_turn(edition: Edition, seller_id: int, now: datetime) -> Own | None:
    """Return the turn of today that concerns the seller now, or None; as it stands in the room."""
    stands = [(day, day.stand(now)) for day in show.kept(edition, now)]
    places = {line.turn.uid: (day, stand) for day, stand in stands for line in stand.lines}
    lines = [line for _, stand in stands for line in stand.lines]
    lines.sort(key=lambda line: line.expected_start)
    found = own_line(lines, seller_id, now)
    if found is None:
        return None
    day, stand = places[found.turn.uid]
    return Own(day, stand, found, stage_of(found, seller_id, stand))


def today(edition: Edition, now: datetime) -> dict[str, tuple[Line, Standing]]:
    """Return every turn of today as it stands in its room, by uid."""
    stands = [day.stand(now) for day in show.kept(edition, now)]
    return {line.turn.uid: (line, stand) for stand in stands for line in stand.lines}


def came_in(uid: str, seller_id: int, *, limit: int) -> tuple[Sales, list[Came]]:
    """Return what was ordered in a turn, through all releases, and the last orders, newest first."""
    same = (
        Order.turn_id.in_(sa.select(Turn.id).where(Turn.uid == uid)),
        Order.seller_id == seller_id,
        Order.status.in_(SOLD),
    )
    total = sa.select(sa.func.count(Order.id), sa.func.coalesce(sa.func.sum(Order.goods_idr), 0))
    orders, goods_idr = db.session.execute(total.where(*same)).one()
    last = (
        sa.select(Checkout.buyer_name, Order.goods_idr, Order.placed_at)
        .join(Checkout, Checkout.id == Order.checkout_id)
        .where(*same)
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(limit)
    )
    rows = db.session.execute(last).all() if orders else ()
    return Sales(orders, int(goods_idr)), [
        Came(first_name(name), idr, at) for name, idr, at in rows
    ]


def mark_of(facts: Mapping[str, Any]) -> str:
    """Return a short name of these facts: another one whenever anything in them changed."""
    return hashlib.sha256(_json(facts).encode()).hexdigest()[:16]


def told(facts: Mapping[str, Any], now: datetime) -> str:
    """Return the facts as one line of JSON, with their mark and the server's time."""
    return _json({**facts, "mark": mark_of(facts), "server_time": now.isoformat()})


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _closed(edition: Edition, stands: Sequence[Standing]) -> Callable[[datetime], bool]:
    """Return what says whether the programme pauses at an instant; asks nothing while all are on."""
    idle = [stand.at for stand in stands if stand.on_air is None]
    pauses = closed_times(edition, min(idle), max(idle)) if idle else ()
    return lambda at: any(pause.starts_at <= at < pause.ends_at for pause in pauses)


def _slot(day: ChannelDay, stand: Standing) -> Slot | None:
    return slot_of(day, stand.on_air.turn) if stand.on_air else None


def _seen(stand: Standing) -> Line | None:
    return stand.on_air or stand.next


def _later(instant: datetime | None, delay: timedelta) -> datetime | None:
    return instant + delay if instant else None


def _written(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None


def _who(line: Line | None, seller: Seller | None) -> Facts:
    if line is None or seller is None:
        return {}
    return {
        "turn": line.turn.uid,
        "stall": seller.slug,
        "name": seller.name,
        "cluster": seller.cluster,
        "district": seller.district,
    }


def _presence(channel: ChannelDay) -> str:
    """Return a word that changes whenever somebody comes or leaves, and names nobody."""
    spans = sorted((key, len(each), each[-1][1]) for key, each in channel.plan.present.items())
    return hashlib.sha256(repr(spans).encode()).hexdigest()[:8]
