"""A seller while the show runs: when it is on, how long it has, what to say, who ordered."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from bazaar import airing, catalog, rotation, sellers, show, times
from bazaar.audit import Actor
from bazaar.editions import get_current
from bazaar.models import Channel, Edition, Product, Seller
from bazaar.rules.show import steady
from bazaar.rules.show.stage_door import Stage
from bazaar.show import ChannelDay
from bazaar.views import navigation
from bazaar.web import see_other, streams
from bazaar.web.formats import current_edition
from bazaar.web.fragments import living_page

ORDERS = 12
"""So many of the last orders are shown."""

LIVE = {Stage.ON_AIR, Stage.WARNING, Stage.WRAP, Stage.OVERTIME, Stage.HELD}
TO_COME = {Stage.LATER, Stage.CALL, Stage.STANDBY}


def index(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return living_page(
        "seller/backstage.html",
        "seller/_backstage.html",
        seller=seller,
        seller_nav=navigation.seller_nav(token),
        token=token,
        events=streams.address("streams.seller", token=token),
        **_facts(seller),
    )


def check_in(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    edition, now = get_current(), times.now()
    own = airing.own_turn(edition, seller.id, now)
    channel = own.channel if own else _first(edition)
    actor = Actor(f"seller:{seller.id}", seller.name)
    here = request.form.get("here") == "1"
    show.check_in(channel, seller.id, here=here, actor=actor, now=now)
    return see_other(url_for("seller.backstage.index", token=token))


def _first(edition: Edition) -> ChannelDay:
    days = show.kept(edition, times.now())
    if not days:
        raise show.NoSuchChannel
    return days[0]


def _facts(seller: Seller) -> dict[str, object]:
    now = times.now()
    edition = current_edition()
    own = airing.own_turn(edition, seller.id, now) if edition else None
    if edition is None or own is None:
        return {"own": None, "stage": "none", "next_turn": rotation.next_turn(seller.id, now)}
    line, stand = own.line, own.stand
    sold, orders = airing.came_in(line.turn.uid, seller.id, limit=ORDERS)
    spans = own.channel.plan.present.get(seller.id, ())
    return {
        "own": own,
        "stage": own.stage.value,
        "live": own.stage in LIVE,
        "to_come": own.stage in TO_COME,
        "starts_at": steady.expected(line, stand) if own.stage in TO_COME else line.expected_start,
        "ends_at": steady.end(stand) if own.stage in LIVE else None,
        "late_minutes": round(line.late.total_seconds() / 60),
        "held": stand.held_since is not None,
        "note": stand.notes.get(line.turn.uid, ""),
        "filling": line.turn.seller != seller.id,
        "here_since": spans[-1][0] if spans and spans[-1][1] is None else None,
        "channel": _channel(edition, own.channel.channel_id),
        "products": _to_say(seller, stand.pinned),
        "pinned": stand.pinned,
        "sold": sold,
        "orders": orders,
        "hard_end": line.turn.closes_at,
    }


def _to_say(seller: Seller, pinned: int | None) -> list[Product]:
    """Return the seller's goods, the one that viewers are shown first."""
    return sorted(catalog.products_of(seller.id), key=lambda product: product.id != pinned)


def _channel(edition: Edition, channel_id: int) -> Channel:
    return next(each for each in edition.channels if each.id == channel_id)
