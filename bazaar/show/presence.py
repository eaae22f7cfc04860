"""Who is in the room, who stands by, and who can fill a slot whose seller is missing."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Conflict
from bazaar.models import CheckIn, Seller, Standby
from bazaar.rules.show.standing import Line, Standing, State
from bazaar.show.days import ChannelDay

ANNOUNCED_WITHIN = timedelta(minutes=10)
"""Nearer than this to its announced time a seller may come early to fill a slot."""


class StandsByAlready(Conflict):
    """The seller is on the list."""

    text = N_("Penjual ini sudah ada di daftar cadangan.")


class FillKind(enum.Enum):
    """Who may fill a slot, in the order of the house."""

    STANDBY = "standby"
    NEXT = "next"
    FILLER = "filler"


@dataclass(frozen=True, slots=True)
class Fill:
    """One proposal: a standby gets the slot, the next comes early, or nobody does."""

    kind: FillKind
    seller: int | None = None
    line: Line | None = None


def check_in(
    channel: ChannelDay, seller_id: int, *, here: bool, actor: Actor, now: datetime
) -> bool:
    """Note that a seller came into the channel's room, or left it; say whether that is news."""
    last = db.session.scalar(
        sa.select(CheckIn.here)
        .where(
            CheckIn.channel_id == channel.channel_id,
            CheckIn.day == channel.day,
            CheckIn.seller_id == seller_id,
        )
        .order_by(CheckIn.id.desc())
        .limit(1)
    )
    if bool(last) is here:
        return False
    db.session.add(
        CheckIn(
            channel_id=channel.channel_id,
            day=channel.day,
            seller_id=seller_id,
            here=here,
            at=now,
            noted_by=actor.name,
        )
    )
    db.session.flush()
    action = "show.check_in" if here else "show.check_out"
    _note(channel, action, seller_id, actor, now)
    return True


def is_here(channel: ChannelDay, seller_id: int) -> bool:
    """Tell whether the seller is in the room as far as anybody said."""
    spans = channel.plan.present.get(seller_id, ())
    return any(left is None for _, left in spans)


def standbys(channel: ChannelDay) -> Sequence[Standby]:
    """Return who stands by on this channel and day, in order; sellers are loaded."""
    query = (
        sa.select(Standby)
        .where(Standby.channel_id == channel.channel_id, Standby.day == channel.day)
        .order_by(Standby.place, Standby.id)
        .options(joinedload(Standby.seller))
    )
    return db.session.scalars(query).all()


def add_standby(channel: ChannelDay, seller_id: int, *, actor: Actor, now: datetime) -> None:
    """Put a seller at the end of the channel's standby list of the day. Raises StandsByAlready."""
    here = Standby.channel_id == channel.channel_id, Standby.day == channel.day
    last = db.session.scalar(sa.select(sa.func.max(Standby.place)).where(*here))
    added = insert_once(
        Standby,
        channel_id=channel.channel_id,
        day=channel.day,
        seller_id=seller_id,
        place=(last or 0) + 1,
        made_by=actor.name,
        made_at=now,
    )
    if not added:
        raise StandsByAlready
    _note(channel, "show.standby", seller_id, actor, now)


def remove_standby(channel: ChannelDay, seller_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a seller off the channel's standby list of the day; nothing happens if it is not on."""
    gone = db.session.execute(
        sa.delete(Standby)
        .where(
            Standby.channel_id == channel.channel_id,
            Standby.day == channel.day,
            Standby.seller_id == seller_id,
        )
        .returning(Standby.id)
    ).first()
    if gone:
        _note(channel, "show.no_standby", seller_id, actor, now)


def _note(channel: ChannelDay, action: str, seller_id: int, actor: Actor, now: datetime) -> None:
    name = db.session.scalar(sa.select(Seller.name).where(Seller.id == seller_id))
    about = f"seller:{seller_id}"
    audit.note(actor, action, about, now=now, channel=channel.number, seller=name)


def fills(channel: ChannelDay, standing: Standing, now: datetime) -> list[Fill]:
    """Return who may fill a slot now, best first: a standby in the room, the next, the filler.

    The next seller only if it is in the room and its announced time is near.
    """
    had = {line.seller for line in standing.lines if line.state is State.ON_AIR}
    ready = [
        Fill(FillKind.STANDBY, each.seller_id)
        for each in standbys(channel)
        if is_here(channel, each.seller_id) and each.seller_id not in had
    ]
    near = [
        Fill(FillKind.NEXT, line.seller, line)
        for line in standing.lines
        if line.state is State.COMING
        and now < line.turn.starts_at <= now + ANNOUNCED_WITHIN
        and is_here(channel, line.seller)
    ]
    return [*ready, *near[:1], Fill(FillKind.FILLER)]
