"""Statements of bank accounts and merchants' apps: what a downloaded file says, line by line.

Source: headers and samples of files as banks give them; what a file means that none of them
explains is told by a person, column by column, and remembered. A sum is never guessed: a file
that writes numbers in two ways is refused whole, a line that cannot be read is refused with a
sentence.
"""

from bazaar.rules.statements.days import Period
from bazaar.rules.statements.grids import MAX_BYTES, MAX_LINES, disarmed
from bazaar.rules.statements.lines import LineKind, Refused, Side, StatementLine
from bazaar.rules.statements.profiles import PROFILES, ROLES, Header, Profile, by_hand
from bazaar.rules.statements.reading import Statement, Unknown, describe, read
from bazaar.rules.statements.repeats import Marked, fingerprint, marked, new

__all__ = [
    "MAX_BYTES",
    "MAX_LINES",
    "PROFILES",
    "ROLES",
    "Header",
    "LineKind",
    "Marked",
    "Period",
    "Profile",
    "Refused",
    "Side",
    "Statement",
    "StatementLine",
    "Unknown",
    "by_hand",
    "describe",
    "disarmed",
    "fingerprint",
    "marked",
    "new",
    "read",
]
