"""What people do in the control room, in the terms of the evening."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

UNDO_WITHIN = timedelta(seconds=30)
"""So long after an act its maker, or anybody in the control room, can take it back."""


class ActKind(enum.Enum):
    """What was done. Flow acts change who is on air or when; the others only tell or show."""

    START = "start"
    """Put a turn on air now; who is on goes off."""
    END = "end"
    """Take off who is on; nobody follows before its time."""
    ADD = "add"
    """Give the turn on air more seconds, or fewer."""
    HOLD = "hold"
    RESUME = "resume"
    SKIP = "skip"
    """Leave a turn out that has not begun."""
    NO_SHOW = "no_show"
    """The turn's seller is not there; the slot is filled by `seller_id`, or shows the filler."""
    DELAY = "delay"
    """Push everything that has not begun back by seconds; gaps absorb it."""
    BY_HOST = "by_host"
    """From now on every turn waits for START."""
    BY_CLOCK = "by_clock"
    """From now on turns follow each other by the clock."""
    GUARD = "guard"
    """From now on the clock starts nobody who is not in the room."""
    UNGUARD = "unguard"
    EXTEND = "extend"
    """Move the hard end of the opening that runs or comes next."""
    CLOSE = "close"
    """End the show of the day; what has not begun falls off."""
    PIN = "pin"
    UNPIN = "unpin"
    NOTE = "note"
    """Tell the seller on air, or of the named turn, something."""
    UNDO = "undo"


ASIDE = frozenset({ActKind.PIN, ActKind.UNPIN, ActKind.NOTE})
"""Acts that do not touch the flow: two people may do them at once."""


@dataclass(frozen=True, slots=True)
class Act:
    """One act; `undoes` is the number of the act that an UNDO takes back."""

    number: int
    kind: ActKind
    at: datetime
    turn: str | None = None
    seller: int | None = None
    product: int | None = None
    seconds: int = 0
    text: str = ""
    undoes: int | None = None
    who: str = ""


def standing_acts(acts: Iterable[Act]) -> list[Act]:
    """Return the acts that hold, by number: without those taken back, and without the UNDOs."""
    ordered = sorted(acts, key=lambda act: act.number)
    undone = {act.undoes for act in ordered if act.kind is ActKind.UNDO}
    return [act for act in ordered if act.kind is not ActKind.UNDO and act.number not in undone]


def undoable(acts: Iterable[Act], now: datetime) -> list[Act]:
    """Return the fresh acts that may be taken back now.

    They are the last that holds of those that touch the flow, whatever was shown or told since,
    and the last of all.
    """
    holding = standing_acts(acts)
    flow = [act for act in holding if act.kind not in ASIDE]
    last = {act.number: act for act in (*flow[-1:], *holding[-1:])}
    return [act for act in last.values() if timedelta(0) <= now - act.at <= UNDO_WITHIN]


def can_undo(acts: Iterable[Act], now: datetime) -> Act | None:
    """Return the act to offer for taking back: one that touches the flow before others."""
    return next(iter(undoable(acts, now)), None)
