"""What an edit changes, written down so that it can be put back to the letter.

A row is {channel, starts_at, before, after}, sellers by code; `turn` holds the turn that was
there, `pin` the pin before and after.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Pin, Release, Seller, Turn
from bazaar.rotation.desk import Desk
from bazaar.rules.rotation import Decided
from bazaar.rules.rotation.hands import Change

Row = dict[str, Any]
Pins = Mapping[int, Row | None]
"""The pin that slots get, or None where theirs goes."""


def row_of(desk: Desk, slot: int, change: Change, pins: Pins) -> Row:
    """Return the row of a slot that changes its seller or its pin."""
    place = desk.table.slots[slot]
    has = desk.who.get(slot)
    row: Row = {
        "channel": place.channel,
        "starts_at": place.start.isoformat(),
        "before": has,
        "after": change.get(slot, has),
    }
    if slot in pins:
        row["pin"] = [_pin_at(place.channel, place.start), pins[slot]]
    return row


def _pin_at(channel: int, start: datetime) -> Row | None:
    query = (
        sa.select(Pin, Seller.code)
        .outerjoin(Seller, Seller.id == Pin.seller_id)
        .where(Pin.channel_id == channel, Pin.starts_at == start)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    pin, code = found
    return {
        "seller": code,
        "note": pin.note,
        "made_by": pin.made_by,
        "made_at": pin.made_at.isoformat(),
    }


def put_turns(draft: Release, desk: Desk, change: Change, rows: Iterable[Row], number: int) -> None:
    """Write the turns anew; each keeps its name with its seller. `rows` remember what was.

    `number` is that of the edit, for whoever asks why the seller is there.
    """
    ids = [desk.turns[slot].id for slot in change if slot in desk.turns]
    was = {
        (turn.channel_id, turn.starts_at): turn
        for turn in db.session.scalars(sa.select(Turn).where(Turn.id.in_(ids)))
    }
    of = {turn.seller_id: turn for turn in was.values()}
    for row in rows:
        turn = was.get((row["channel"], instant(row)))
        if turn is not None:
            row["turn"] = {
                "seller_id": turn.seller_id,
                "ends_at": turn.ends_at.isoformat(),
                "uid": turn.uid,
                "sequence": turn.sequence,
                "reasons": turn.reasons,
            }
    new = [
        _turn(draft, desk, slot, code, of.get(desk.people[code].id), number)
        for slot, code in change.items()
        if code is not None
    ]
    for turn in was.values():
        db.session.expunge(turn)
    db.session.execute(sa.delete(Turn).where(Turn.id.in_(ids)))
    if new:
        db.session.execute(sa.insert(Turn), new)


def _turn(draft: Release, desk: Desk, slot: int, code: str, own: Turn | None, number: int) -> Row:
    place = desk.table.slots[slot]
    return {
        "release_id": draft.id,
        "channel_id": place.channel,
        "seller_id": desk.people[code].id,
        "starts_at": place.start,
        "ends_at": place.end,
        "reasons": {"decided": Decided.HAND.value, "edit": number, "release": draft.id},
        "uid": own.uid if own else uuid.uuid4().hex,
        "sequence": own.sequence if own else 0,
    }


def put_pins(rows: Iterable[Row]) -> None:
    """Give each place the second pin of its row's pair, or none."""
    for row in rows:
        if "pin" not in row:
            continue
        start, pin = instant(row), row["pin"][1]
        db.session.execute(
            sa.delete(Pin).where(Pin.channel_id == row["channel"], Pin.starts_at == start)
        )
        if pin is not None:
            seller = sa.select(Seller.id).where(Seller.code == pin["seller"]).scalar_subquery()
            values = {
                "channel_id": row["channel"],
                "starts_at": start,
                "seller_id": seller if pin["seller"] else None,
                "note": pin["note"],
                "made_by": pin["made_by"],
                "made_at": datetime.fromisoformat(pin["made_at"]),
            }
            db.session.execute(sa.insert(Pin).values(**values))


def stands(draft: Release, row: Row) -> bool:
    """Tell whether the draft still has at the row's place what the edit put there."""
    query = (
        sa.select(Seller.code)
        .join(Turn, Turn.seller_id == Seller.id)
        .where(
            Turn.release_id == draft.id,
            Turn.channel_id == row["channel"],
            Turn.starts_at == instant(row),
        )
    )
    here: str | None = db.session.scalar(query)
    return bool(here == row["after"])


def put_back(draft: Release, rows: Iterable[Row]) -> None:
    """Make turns and pins as they were before these rows."""
    rows = list(rows)
    for row in rows:
        if row["before"] == row["after"]:
            continue
        where = Turn.channel_id == row["channel"], Turn.starts_at == instant(row)
        db.session.execute(sa.delete(Turn).where(Turn.release_id == draft.id, *where))
    turns = [
        {
            **row["turn"],
            "release_id": draft.id,
            "channel_id": row["channel"],
            "starts_at": instant(row),
            "ends_at": datetime.fromisoformat(row["turn"]["ends_at"]),
        }
        for row in rows
        if row.get("turn")
    ]
    if turns:
        db.session.execute(sa.insert(Turn), turns)
    put_pins([{**row, "pin": row["pin"][::-1]} for row in rows if "pin" in row])


def instant(row: Mapping[str, Any]) -> datetime:
    """Return when the row's slot starts."""
    return datetime.fromisoformat(row["starts_at"])
