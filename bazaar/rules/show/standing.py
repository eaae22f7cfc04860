"""Who is on air, who is next, and when every turn is expected: one pure function.

The day of a channel is played from its first turn to the instant asked about. Between two acts
of people the clock rolls: a turn starts when its announced time has come and nobody is on, and
ends when its time is over. What people did beats the clock. Expected times follow the rule that
lateness moves them, gaps absorb it, and nobody is expected before the announced time.
"""

from datetime import datetime

from bazaar.rules.show.acts import standing_acts
from bazaar.rules.show.playing import Play
from bazaar.rules.show.terms import (
    GRACE,
    MOST_OVERRUN,
    Day,
    Line,
    Phase,
    Presence,
    Standing,
    State,
    Turn,
)

__all__ = [
    "GRACE",
    "MOST_OVERRUN",
    "Day",
    "Line",
    "Phase",
    "Presence",
    "Standing",
    "State",
    "Turn",
    "next_change",
    "stand",
]


def stand(day: Day, now: datetime) -> Standing:
    """Return how the channel stands at `now`. What happened after `now` counts for nothing."""
    return _played(day, now).standing(now)


def next_change(day: Day, now: datetime) -> datetime | None:
    """Return when the clock by itself will next change something on this channel, or None."""
    return _played(day, now).boundary()


def _played(day: Day, now: datetime) -> Play:
    play = Play(day)
    for act in standing_acts(act for act in day.acts if act.at <= now):
        play.roll(act.at)
        play.apply(act)
    play.roll(now)
    return play
