"""The evening as it runs: channels' days with what people did, and the clock's record of them."""

from bazaar.show.days import ChannelDay, day_at, days, forget, kept, standings
from bazaar.show.ticking import tick

__all__ = ["ChannelDay", "day_at", "days", "forget", "kept", "standings", "tick"]
