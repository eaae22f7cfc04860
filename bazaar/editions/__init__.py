"""Editions of the bazaar and their airtime: details, channels, openings, closed times."""

from bazaar.editions import channels, closed_times, hours, ramadan
from bazaar.editions.asking import ask_by
from bazaar.editions.current import (
    NoEdition,
    Terms,
    find_current,
    get_current,
    get_terms,
    open_again,
    others,
)
from bazaar.editions.details import EditionWish, change, create, faults
from bazaar.editions.released import TurnsLoseTime

__all__ = [
    "EditionWish",
    "NoEdition",
    "Terms",
    "TurnsLoseTime",
    "ask_by",
    "change",
    "channels",
    "closed_times",
    "create",
    "faults",
    "find_current",
    "get_current",
    "get_terms",
    "hours",
    "open_again",
    "others",
    "ramadan",
]
