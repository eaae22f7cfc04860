"""What a plan in force has that does not fit any more, and what could be filled."""

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    Channel,
    ClosedTime,
    Draw,
    DrawStage,
    Edition,
    Participation,
    Release,
    RequestKind,
    RequestState,
    Seller,
    ShowDay,
    Turn,
    TurnRequest,
    Window,
)
from bazaar.rotation import airtime
from bazaar.rotation.begun import begun_uids
from bazaar.rotation.plans import find_current_release, find_draft


class NeedKind(enum.Enum):
    """What a plan in force has that does not fit any more."""

    LEFT = "left"
    LOST_CHANNEL = "lost_channel"
    OUTSIDE = "outside"
    NEW_HOURS = "new_hours"
    NEW_CHANNEL = "new_channel"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that a repair would mend: `turns` concerned of `name`; `key` names it for good."""

    kind: NeedKind
    name: str
    turns: int
    key: str


def needs_repair(edition: Edition, now: datetime) -> list[Need]:
    """Return what a repair of the plan in force would mend, nothing without a release.

    What only could be filled is no need any more once a draw on this release has tried, unless
    its draft is still there. A handful of queries, so that it can be asked every few seconds.
    """
    current = find_current_release(edition)
    if current is None:
        return []
    wrong = [
        *_left(current, now),
        *_lost_channels(current, now),
        *_outside(current, now),
    ]
    open_places = [
        *_new_hours(edition, current, now),
        *_new_channels(edition, current, now),
        *_given_back(edition, current, now),
    ]
    if open_places and find_draft(edition) is None:
        tried = answered(edition, current, DrawStage.DONE)
        open_places = [need for need in open_places if need.key not in tried]
    return wrong + open_places


def answered(edition: Edition, current: Release, *stages: DrawStage) -> set[str]:
    """Return the needs that draws on this release were made for, also those thrown away."""
    query = sa.select(Draw.needs).where(
        Draw.edition_id == edition.id, Draw.base_number == current.number
    )
    if stages:
        query = query.where(Draw.stage.in_(stages))
    return {key for needs in db.session.scalars(query) for key in (needs or {}).get("keys", ())}


def _coming(current: Release, now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        Turn.release_id == current.id,
        Turn.starts_at > now,
        Turn.uid.not_in(begun_uids(current.edition_id, now)),
    )


def _left(current: Release, now: datetime) -> Iterator[Need]:
    query = (
        sa.select(Seller.code, Seller.name, sa.func.count(Turn.id))
        .select_from(Turn)
        .join(Seller, Seller.id == Turn.seller_id)
        .outerjoin(
            Participation,
            sa.and_(
                Participation.seller_id == Turn.seller_id,
                Participation.edition_id == current.edition_id,
            ),
        )
        .where(
            _coming(current, now),
            sa.or_(
                Participation.seller_id.is_(None),
                Participation.withdrawn_at.is_not(None),
                ~Seller.active,
            ),
        )
        .group_by(Seller.code, Seller.name)
        .order_by(Seller.name)
    )
    for code, name, turns in db.session.execute(query):
        yield Need(NeedKind.LEFT, name, turns, f"left:{code}")


def _lost_channels(current: Release, now: datetime) -> Iterator[Need]:
    query = (
        sa.select(Channel.id, Channel.name, sa.func.count(Turn.id))
        .select_from(Turn)
        .join(Channel, Channel.id == Turn.channel_id)
        .where(_coming(current, now), Channel.lost_from < Turn.ends_at)
        .group_by(Channel.id, Channel.name)
        .order_by(Channel.name)
    )
    for number, name, turns in db.session.execute(query):
        yield Need(NeedKind.LOST_CHANNEL, name, turns, f"lost:{number}")


def _outside(current: Release, now: datetime) -> Iterator[Need]:
    """Turns whose hours are gone, or in which nobody may be on air any more."""
    around = (
        sa.select(Window.id)
        .join(ShowDay)
        .where(
            ShowDay.edition_id == current.edition_id,
            Window.opens_at <= Turn.starts_at,
            Window.closes_at >= Turn.ends_at,
        )
    )
    shut = sa.select(ClosedTime.id).where(
        ClosedTime.edition_id == current.edition_id,
        ClosedTime.starts_at < Turn.ends_at,
        ClosedTime.ends_at > Turn.starts_at,
    )
    query = sa.select(Turn.uid).where(
        _coming(current, now), sa.or_(~around.exists(), shut.exists())
    )
    for uid in db.session.scalars(query):
        yield Need(NeedKind.OUTSIDE, "", 1, f"outside:{uid}")


def _new_hours(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    used = sa.select(Turn.id).where(
        Turn.release_id == current.id,
        Turn.starts_at >= Window.opens_at,
        Turn.starts_at < Window.closes_at,
    )
    query = (
        sa.select(Window.id, ShowDay.day)
        .join(ShowDay)
        .where(ShowDay.edition_id == edition.id, Window.opens_at > now, ~used.exists())
        .order_by(Window.opens_at)
    )
    found = db.session.execute(query).all()
    # Hours that are closed all the time, or too short, are no airtime.
    slots = airtime.slots(edition, airtime.blocks(edition)) if found else ()
    with_slots = {slot.block for slot in slots}
    for number, day in found:
        if number in with_slots:
            yield Need(NeedKind.NEW_HOURS, day.isoformat(), 0, f"hours:{number}")


def _new_channels(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    used = sa.select(Turn.id).where(_coming(current, now), Turn.channel_id == Channel.id)
    still = sa.select(Turn.id).where(_coming(current, now))
    query = sa.select(Channel.id, Channel.name).where(
        Channel.edition_id == edition.id,
        Channel.lost_from.is_(None),
        ~used.exists(),
        still.exists(),
    )
    for number, name in db.session.execute(query.order_by(Channel.number)):
        yield Need(NeedKind.NEW_CHANNEL, name, 0, f"channel:{number}")


def _given_back(edition: Edition, current: Release, now: datetime) -> Iterator[Need]:
    """Turns that sellers gave back, as long as nobody has their place."""
    old = sa.orm.aliased(Turn)
    there = sa.select(Turn.id).where(
        Turn.release_id == current.id,
        Turn.channel_id == old.channel_id,
        Turn.starts_at == old.starts_at,
    )
    query = (
        sa.select(TurnRequest.turn_uid, Seller.name)
        .distinct()
        .join(Seller, Seller.id == TurnRequest.seller_id)
        .join(old, old.uid == TurnRequest.turn_uid)
        .where(
            ~there.exists(),
            TurnRequest.edition_id == edition.id,
            TurnRequest.kind == RequestKind.GIVE_BACK,
            TurnRequest.state == RequestState.GRANTED,
            TurnRequest.starts_at > now,
        )
        .order_by(TurnRequest.turn_uid)
    )
    for uid, name in db.session.execute(query):
        yield Need(NeedKind.GIVEN_BACK, name, 1, f"back:{uid}")


def summed(needs: list[Need]) -> list[tuple[NeedKind, int, int, str]]:
    """Return kind, how many things, how many turns and the first name, for each kind there is."""
    things, turns = Counter(n.kind for n in needs), Counter[NeedKind]()
    first: dict[NeedKind, str] = {}
    for need in needs:
        turns[need.kind] += need.turns
        first.setdefault(need.kind, need.name)
    return [(kind, things[kind], turns[kind], first[kind]) for kind in NeedKind if things[kind]]
