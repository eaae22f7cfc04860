"""Who gets which slot: the rotation's rules, pure functions of an instance and a seed."""

from bazaar.rules.rotation.cutting import Pace, slots
from bazaar.rules.rotation.draw import ticket
from bazaar.rules.rotation.planner import RULE, plan
from bazaar.rules.rotation.words import (
    Assignment,
    Block,
    Candidate,
    Closed,
    Cut,
    Decided,
    Hindrance,
    Instance,
    Pin,
    Plan,
    Published,
    Reason,
    Rules,
    Slot,
    Standing,
    Swap,
    Violation,
)

__all__ = [
    "RULE",
    "Assignment",
    "Block",
    "Candidate",
    "Closed",
    "Cut",
    "Decided",
    "Hindrance",
    "Instance",
    "Pace",
    "Pin",
    "Plan",
    "Published",
    "Reason",
    "Rules",
    "Slot",
    "Standing",
    "Swap",
    "Violation",
    "plan",
    "slots",
    "ticket",
]
