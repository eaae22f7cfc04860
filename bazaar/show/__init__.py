"""The evening as it runs: channels' days with what people did, and the clock's record of them."""

from bazaar.editions.channels import NoSuchChannel
from bazaar.show.beats import Pulse, beat, pulse
from bazaar.show.days import ChannelDay, day_at, days, kept, kept_now, of_number, standings
from bazaar.show.desk import (
    CannotFill,
    MeansNothing,
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
from bazaar.show.ticking import Look, forget, look, record, strike, tick

__all__ = [
    "CannotFill",
    "ChannelDay",
    "Fill",
    "FillKind",
    "Look",
    "MeansNothing",
    "NoSuchChannel",
    "NotOnSale",
    "NotToday",
    "OnAirElsewhere",
    "Pulse",
    "Stale",
    "StandsByAlready",
    "TooLong",
    "UndoTooLate",
    "act",
    "add_standby",
    "beat",
    "check_in",
    "day_at",
    "days",
    "fills",
    "forget",
    "is_here",
    "kept",
    "kept_now",
    "look",
    "of_number",
    "pulse",
    "record",
    "remove_standby",
    "standbys",
    "standings",
    "strike",
    "tick",
    "undo",
]
