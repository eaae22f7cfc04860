"""The evening as it runs: channels' days with what people did, and the clock's record of them."""

from bazaar.show.days import ChannelDay, day_at, days, forget, kept, standings
from bazaar.show.desk import (
    CannotFill,
    MeansNothing,
    NoSuchChannel,
    NotOnSale,
    NotToday,
    OnAirElsewhere,
    Stale,
    TooLong,
    UndoTooLate,
    act,
    undo,
)
from bazaar.show.presence import (
    Fill,
    FillKind,
    StandsByAlready,
    add_standby,
    check_in,
    fills,
    is_here,
    remove_standby,
    standbys,
)
from bazaar.show.ticking import tick

__all__ = [
    "CannotFill",
    "ChannelDay",
    "Fill",
    "FillKind",
    "MeansNothing",
    "NoSuchChannel",
    "NotOnSale",
    "NotToday",
    "OnAirElsewhere",
    "Stale",
    "StandsByAlready",
    "TooLong",
    "UndoTooLate",
    "act",
    "add_standby",
    "check_in",
    "day_at",
    "days",
    "fills",
    "forget",
    "is_here",
    "kept",
    "remove_standby",
    "standbys",
    "standings",
    "tick",
    "undo",
]
