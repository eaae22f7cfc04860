"""The plan: drafts of the rotation and the numbered releases that they become.

`bazaar.rules.rotation` decides who gets which slot; here its input is gathered and its answer
kept. A new draft leaves in place what is already on the way: turns that have begun, and those
inside the edition's freeze period.
"""

from bazaar.rotation.changes import Change, ChangeKind, Changes, SellerChanges, Spot, compare
from bazaar.rotation.digests import Digest
from bazaar.rotation.drafts import make_draft
from bazaar.rotation.gathering import NobodyCanCome, NothingToPlan
from bazaar.rotation.plans import (
    current_release_id,
    days_of,
    find_current_release,
    find_draft,
    find_preview,
    find_turns,
    next_turn,
    turns_of,
    turns_on,
    with_names,
)
from bazaar.rotation.releases import (
    Difference,
    DraftEdited,
    DraftOvertaken,
    DraftTooOld,
    NoSuchRelease,
    difference,
    get_draft,
    get_release,
    preview,
    release,
    releases_of,
    told_of,
)
from bazaar.rotation.shares import Fairness, fairness

__all__ = [
    "Change",
    "ChangeKind",
    "Changes",
    "Difference",
    "Digest",
    "DraftEdited",
    "DraftOvertaken",
    "DraftTooOld",
    "Fairness",
    "NoSuchRelease",
    "NobodyCanCome",
    "NothingToPlan",
    "SellerChanges",
    "Spot",
    "compare",
    "current_release_id",
    "days_of",
    "difference",
    "fairness",
    "find_current_release",
    "find_draft",
    "find_preview",
    "find_turns",
    "get_draft",
    "get_release",
    "make_draft",
    "next_turn",
    "preview",
    "release",
    "releases_of",
    "told_of",
    "turns_of",
    "turns_on",
    "with_names",
]
