"""Editions of the bazaar and their airtime: details, channels, show days and openings."""

from bazaar.editions import channels, hours
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

__all__ = [
    "EditionWish",
    "NoEdition",
    "Terms",
    "change",
    "channels",
    "create",
    "faults",
    "find_current",
    "get_current",
    "get_terms",
    "hours",
    "open_again",
    "others",
]
