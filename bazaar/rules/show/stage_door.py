"""What a seller is told about its own turn while the show runs."""

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta

from bazaar.rules.show.standing import Line, Phase, Standing, State

CALL = timedelta(minutes=15)
"""So long before its expected start a seller is called to the room."""

STANDBY = timedelta(minutes=2)
"""So long before, it stands ready."""

THANKS = timedelta(minutes=10)
"""So long after a turn its seller sees how it went, before the next turn is told."""

MOST_OF_A_NAME = 20
TITLES = frozenset({"bu", "ibu", "pak", "bapak", "mas", "mbak", "kak", "bang", "h", "hj", "dr"})


class Stage(enum.Enum):
    """Where a seller stands."""

    LATER = "later"
    CALL = "call"
    STANDBY = "standby"
    ON_AIR = "on_air"
    WARNING = "warning"
    WRAP = "wrap"
    OVERTIME = "overtime"
    HELD = "held"
    DONE = "done"
    MISSED = "missed"
    """Its seller was not there; somebody else may have had the slot."""
    SKIPPED = "skipped"
    FELL_OFF = "fell_off"


_ON_AIR = {
    Phase.WARNING: Stage.WARNING,
    Phase.DANGER: Stage.WRAP,
    Phase.OVERTIME: Stage.OVERTIME,
    Phase.HELD: Stage.HELD,
}
_OVER = {
    State.DONE: Stage.DONE,
    State.NO_SHOW: Stage.MISSED,
    State.SKIPPED: Stage.SKIPPED,
    State.FELL_OFF: Stage.FELL_OFF,
}


def stage_of(line: Line, seller: int, stand: Standing) -> Stage:
    """Return where `seller` stands with a turn that is its own, or that it fills."""
    if line.seller != seller:
        return Stage.MISSED
    if line.state is State.ON_AIR:
        return _ON_AIR.get(stand.phase, Stage.ON_AIR)
    if line.state is not State.COMING:
        return _OVER[line.state]
    left = line.expected_start - stand.at
    if left <= STANDBY:
        return Stage.STANDBY
    return Stage.CALL if left <= CALL else Stage.LATER


def own_line(lines: Iterable[Line], seller: int, now: datetime) -> Line | None:
    """Return the turn that concerns `seller` now.

    On air, about to begin, just over or just missed, next to come, or the last one.
    """
    own = [line for line in lines if seller in {line.seller, line.turn.seller}]
    on_air = [line for line in own if line.state is State.ON_AIR and line.seller == seller]
    coming = [line for line in own if line.state is State.COMING]
    soon = [line for line in coming if line.expected_start - now <= CALL]
    over = [line for line in own if line not in on_air and line not in coming]
    over.sort(key=_over_at)
    just = [line for line in over if timedelta(0) <= now - _over_at(line) < THANKS]
    ahead = sorted(
        [*coming, *(line for line in over if _over_at(line) > now)],
        key=lambda line: line.expected_start,
    )
    return next(iter([*on_air, *soon, *just[-1:], *ahead, *over[-1:]]), None)


def _over_at(line: Line) -> datetime:
    """Return when a turn that is over ended, or would have begun."""
    return line.ended_at or line.turn.starts_at


def first_name(name: str) -> str:
    """Return what a buyer can be thanked by on air: `Bu Sri` of "Bu Sri Wahyuni", never more."""
    words = [word.rstrip(",;") for word in name.split()]
    words = [word.capitalize() if word.islower() else word for word in words]
    kept = words[:2] if words and words[0].strip(".").casefold() in TITLES else words[:1]
    return " ".join(kept)[:MOST_OF_A_NAME]
