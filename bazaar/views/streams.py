"""Streams of what happens on a channel: for everybody, and with a proof for those who take part.

To open one costs no question to the database but for the proof: after a restart all come at once.
Whether the proof still holds is asked again and again, for all streams together.
"""

from collections.abc import Collection, Iterable

from flask import Response, g

from bazaar import airing, editions, sellers, show, times, tokens
from bazaar.accounts import sessions
from bazaar.show import ChannelDay, overlays
from bazaar.web import streams
from bazaar.web.formats import current_edition
from bazaar.web.streams import Key, News, Proof, Told

KINDS = {
    "public": airing.public_facts,
    "stage": airing.stage_facts,
    "room": airing.room_facts,
}
"""Who is told what: anybody; sellers and the overlay; the committee."""

OVERLAY, SELLER, SESSION = "overlay", "seller", "session"
"""Kinds of proof: a fingerprint of a link, or the number of a session."""


def public(number: int) -> Response:
    return _follow(("public", number))


def room(number: int) -> Response:
    return _follow(("room", number), (SESSION, str(g.session.id)))


def overlay(token: str) -> Response:
    found = overlays.get_overlay(token)
    if not found.edition.is_current:  # its channel's number may be another one's by now
        return streams.no_room()
    proof = (OVERLAY, tokens.fingerprint(token))
    return _follow(("stage", found.channel.number), proof)


def seller(token: str) -> Response:
    """Follow the channel on which the seller is today, or the first one."""
    found = sellers.get_by_link(token)
    days = _days()
    if not days:
        raise show.NoSuchChannel
    own = [day for day in days if any(turn.seller == found.id for turn in day.plan.turns)]
    filling = [day for day in days if any(act.seller == found.id for act in day.plan.acts)]
    channel = next(iter([*filling, *own, *days]))
    return _follow(("stage", channel.number), (SELLER, found.link_hash))


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


def standing(proofs: Collection[Proof]) -> Collection[Proof]:
    """Return those of the proofs that still hold; at most one query for each kind."""

    def of(kind: str) -> list[str]:
        return [which for each, which in proofs if each == kind]

    now = times.now()
    found: dict[str, Iterable[object]] = {}
    if hashes := of(OVERLAY):
        found[OVERLAY] = overlays.working(hashes)
    if hashes := of(SELLER):
        found[SELLER] = sellers.with_links(hashes)
    if ids := of(SESSION):
        found[SESSION] = sessions.living(map(int, ids), now=now)
    return {(kind, str(which)) for kind, those in found.items() for which in those}


def _follow(key: Key, proof: Proof | None = None) -> Response:
    """Follow a channel. Who asks the ordinary process is told the truth about it first."""
    if not streams.here() and all(day.number != key[1] for day in _days()):
        raise show.NoSuchChannel
    return streams.follow(key, proof)


def _days() -> list[ChannelDay]:
    edition = current_edition()
    return show.kept(edition, times.now()) if edition else []
