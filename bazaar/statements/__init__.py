"""Statements of accounts ("mutasi"): read, shown with what would happen, imported, undone.

Nothing of a file touches money before somebody has seen what it would do and confirmed it. Then it
is imported in the background, step by step; a line is stored once however often its file comes, and
the money it shows goes through `payments.receive`. Undoing books out what the import wrote.
"""

from bazaar.statements.deciding import Fate, Found
from bazaar.statements.files import (
    ImportMoved,
    NoSuchAccount,
    NoSuchImport,
    OtherAccount,
    accounts,
    columns,
    get,
    get_account,
    imports,
    read,
    remember,
    take_in,
)
from bazaar.statements.previewing import Preview, Sum, preview
from bazaar.statements.results import (
    NotAdoptable,
    adopt,
    kept_lines,
    lines_of,
    outcome_sums,
    reason_kept,
)
from bazaar.statements.working import confirm, try_again, undo, when_queued, work

__all__ = [
    "Fate",
    "Found",
    "ImportMoved",
    "NoSuchAccount",
    "NoSuchImport",
    "NotAdoptable",
    "OtherAccount",
    "Preview",
    "Sum",
    "accounts",
    "adopt",
    "columns",
    "confirm",
    "get",
    "get_account",
    "imports",
    "kept_lines",
    "lines_of",
    "outcome_sums",
    "preview",
    "read",
    "reason_kept",
    "remember",
    "take_in",
    "try_again",
    "undo",
    "when_queued",
    "work",
]
