"""Which times of a channel are told: those that hold still until something happens.

In overtime, in a hold, and while the show waits for people, expected times move with every second.
What is told of them moves once a minute or not at all, so that a page that knows it needs no news.
"""

from datetime import datetime, timedelta

from bazaar.rules.show.standing import Line, Phase, Standing

MINUTE = timedelta(minutes=1)


def end(stand: Standing) -> datetime | None:
    """Return when the time of who is on air is over; past in overtime, None in a hold."""
    line = stand.on_air
    if line is None or stand.phase is Phase.HELD:
        return None
    return min(line.off_at, stand.hard_end or line.off_at)


def start(stand: Standing) -> datetime | None:
    """Return when the next turn is expected, as `expected`; None in a hold."""
    if stand.next is None or stand.phase is Phase.HELD:
        return None
    return expected(stand.next, stand)


def expected(line: Line, stand: Standing) -> datetime:
    """Return when a turn to come is expected; past while it only waits for people.

    Behind a turn that is over its time, in a hold, and behind one that waits for people, a late
    one is expected at the next whole minute.
    """
    idle = stand.on_air is None
    if idle and line.expected_start <= stand.at:
        return line.turn.starts_at
    waits = idle and stand.next is not None and stand.next.expected_start <= stand.at
    moves = waits or stand.phase in {Phase.OVERTIME, Phase.HELD}
    if moves and line.expected_start > line.turn.starts_at:
        return _whole_minute(line.expected_start)
    return line.expected_start


def _whole_minute(instant: datetime) -> datetime:
    begun = instant.replace(second=0, microsecond=0)
    return begun if begun == instant else begun + MINUTE
