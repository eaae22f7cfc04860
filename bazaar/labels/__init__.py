"""Labels for parcels: what they say (`content`), how they are drawn (`drawing`), in which letters."""

from bazaar.labels.content import Label, read
from bazaar.labels.drawing import DOT, Press, pdf
from bazaar.labels.letters import BOLD, LEADING, PLAIN, Fitted, fitted, printable, register_fonts

__all__ = [
    "BOLD",
    "DOT",
    "LEADING",
    "PLAIN",
    "Fitted",
    "Label",
    "Press",
    "fitted",
    "pdf",
    "printable",
    "read",
    "register_fonts",
]
