"""Editions of the bazaar and their airtime: details, channels, show days and openings."""

from bazaar.editions import channels, hours
from bazaar.editions.current import NoEdition, find_current, get_current, open_again, others
from bazaar.editions.details import EditionWish, change, create, faults

__all__ = [
    "EditionWish",
    "NoEdition",
    "change",
    "channels",
    "create",
    "faults",
    "find_current",
    "get_current",
    "hours",
    "open_again",
    "others",
]
