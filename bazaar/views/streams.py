"""Streams of what happens on a channel: for everybody, and with a proof for those who take part."""

from flask import Response

from bazaar import airing, editions, sellers, show, times
from bazaar.errors import NotFound
from bazaar.models import Edition
from bazaar.show import ChannelDay
from bazaar.web import streams
from bazaar.web.formats import current_edition
from bazaar.web.streams import News, Told

KINDS = {
    "public": airing.public_facts,
    "stage": airing.stage_facts,
    "room": airing.room_facts,
}
"""Who is told what: anybody; sellers and the overlay; the committee."""


def public(number: int) -> Response:
    return _follow("public", number)


def room(number: int) -> Response:
    return _follow("room", number)


def seller(token: str) -> Response:
    """Follow the channel on which the seller is today, or the first one."""
    found = sellers.get_by_link(token)
    days = _days()
    own = [day for day in days if any(turn.seller == found.id for turn in day.plan.turns)]
    filling = [day for day in days if any(act.seller == found.id for act in day.plan.acts)]
    return _follow("stage", next(iter([*filling, *own, *days])).number)


def read() -> News:
    """Return the newest of every channel, for everybody who may follow it."""
    edition = editions.find_current()
    if edition is None:
        return {}
    now = times.now()
    seen = {
        in_public: airing.airings(edition, now, in_public=in_public) for in_public in (True, False)
    }
    found = {}
    for kind, tell in KINDS.items():
        for one in seen[kind == "public"]:
            facts = tell(one)
            found[kind, one.channel.number] = Told(airing.mark_of(facts), airing.told(facts, now))
    return found


def _follow(kind: str, number: int) -> Response:
    if all(day.number != number for day in _days()):
        raise show.NoSuchChannel
    return streams.follow((kind, number))


def _days() -> list[ChannelDay]:
    edition: Edition | None = current_edition()
    if edition is None:
        raise NotFound
    return show.kept(edition, times.now())
