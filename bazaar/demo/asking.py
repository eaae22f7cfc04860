"""The demo's requests: one to answer on the seller's phone, two before the committee."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import rotation, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.demo.welcome import somebody_busy
from bazaar.models import Edition, Release, Seller, Turn, TurnRequest
from bazaar.rotation import possible, requests

LOOKED_AT = 12
"""So many turns are tried until one has a partner."""


def fill(edition: Edition, *, now: datetime) -> None:
    """Let somebody ask the seller whose link is printed, and others the committee; once."""
    release = rotation.find_current_release(edition)
    asked = sa.select(TurnRequest.id).where(TurnRequest.edition_id == edition.id).limit(1)
    if release is None or db.session.scalar(asked) is not None:
        return
    host = somebody_busy(edition, now)
    others = db.session.scalars(
        sa.select(Seller).where(Seller.id != host.id, Seller.active).order_by(Seller.code.desc())
    ).all()
    pairs = _pairs(edition, release, [host, *others[:LOOKED_AT]], now)
    first, second = next(pairs, None), next(pairs, None)
    if first:
        mine, theirs = first
        wish = "Anak saya ada ujian jam itu, mohon bantuannya ya Bu."
        requests.ask_swap(edition, theirs, mine, wish, actor=_who(theirs), now=now)
    if second:
        mine, theirs = second
        swap = requests.ask_swap(edition, mine, theirs, "", actor=_who(mine), now=now)
        requests.accept(swap, actor=_who(theirs), now=now)
    used = {turn.uid for pair in (first, second) if pair for turn in pair}
    turns = (turn for one in others[LOOKED_AT:] for turn in _coming(edition, release, one, now))
    turn = next((turn for turn in turns if turn.uid not in used), None)
    if turn:
        wish = "Kalau bisa malam hari, siang toko ramai."
        requests.ask_move(edition, turn, wish, [], actor=_who(turn), now=now)


def _pairs(
    edition: Edition, release: Release, sellers: Sequence[Seller], now: datetime
) -> Iterator[tuple[Turn, Turn]]:
    """Yield a turn of each of these sellers with one it could be swapped for, no turn twice."""
    used: set[str] = set()
    for seller in sellers:
        for turn in _coming(edition, release, seller, now):
            day = times.day_of(turn.starts_at, edition.zone)
            found = [
                offer.uid
                for offer in possible.partners(release, turn, day, now=now)
                if offer.uid not in used
            ]
            if found and turn.uid not in used:
                used |= {turn.uid, found[-1]}
                yield turn, requests.find_turn(edition, found[-1])
                break


def _coming(edition: Edition, release: Release, seller: Seller, now: datetime) -> list[Turn]:
    query = sa.select(Turn).where(Turn.release_id == release.id, Turn.seller_id == seller.id)
    turns = db.session.scalars(query.order_by(Turn.starts_at.desc())).all()
    return [turn for turn in turns if now < possible.deadline(edition, turn.starts_at)]


def _who(turn: Turn) -> Actor:
    return Actor(f"seller:{turn.seller_id}", turn.seller.name)
