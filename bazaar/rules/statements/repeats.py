"""Lines that were imported before: the same file twice, or periods that overlap, change nothing.

A line is known by its fingerprint. Two lines of a statement may really be equal (no time, no
balance), so equal ones are counted: the second of a file is new until some file had a second one.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bazaar.rules.statements.lines import StatementLine


@dataclass(frozen=True, slots=True)
class Marked:
    """A line with its fingerprint. `turn` counts equal lines of one file from 1.

    Account, fingerprint and turn together are stored at most once.
    """

    line: StatementLine
    fingerprint: str
    turn: int


def fingerprint(account: str, line: StatementLine) -> str:
    """Return 64 hex digits for what a line of this account says.

    Where the statement has an id for each transaction, that id alone counts.
    """
    if line.identity:
        parts: tuple[object, ...] = ("id", account, line.identity)
    else:
        parts = (
            "line",
            account,
            line.day,
            line.at,
            line.amount_sen,
            line.side.value,
            " ".join(line.description.split()),
            line.balance_sen,
            line.reference,
        )
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def marked(account: str, lines: Iterable[StatementLine]) -> list[Marked]:
    """Return the booked lines in order, with fingerprints and turns; pending ones are left out."""
    turns: Counter[str] = Counter()
    found = []
    for line in lines:
        if not line.pending:
            mark = fingerprint(account, line)
            turns[mark] += 1
            found.append(Marked(line, mark, turns[mark]))
    return found


def new(lines: Iterable[Marked], stored: Collection[tuple[str, int]]) -> list[Marked]:
    """Return the lines that are not stored yet; `stored` holds fingerprints with their turns."""
    return [
        mark
        for mark in lines
        if (mark.fingerprint, mark.turn) not in stored
        and (mark.turn == 1 or not mark.line.identity)
    ]
