"""What importing a file would do, line by line. Looks only; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bazaar.models import StatementImport
from bazaar.rules.statements import Refused, Statement, StatementLine
from bazaar.statements.deciding import Fate, Found, decide
from bazaar.statements.files import zone


@dataclass(frozen=True, slots=True)
class Sum:
    """How many lines and how much money, in sen."""

    lines: int
    sen: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as the preview shows it; `found` is None for lines that are known or wait."""

    line: StatementLine
    fate: Fate
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A file with what would become of its lines, in the order of the file."""

    statement: Statement
    lines: Sequence[Shown]
    sums: Mapping[Fate, Sum]

    @property
    def wrong(self) -> list[Refused]:
        """Rows that could not be read."""
        return [row for row in self.statement.refused if row.wrong]

    @property
    def left_out(self) -> list[Refused]:
        """Rows that are no money: payments that failed, transactions told twice."""
        return [row for row in self.statement.refused if not row.wrong]

    @property
    def fresh(self) -> int:
        """How many lines the import would store."""
        return sum(1 for shown in self.lines if shown.found)


def preview(row: StatementImport, statement: Statement, *, now: datetime) -> Preview:
    """Return what importing this statement would do as things stand now."""
    decided = decide(row.account_id, statement, zone=zone(), now=now)
    known = {mark.line.number for mark in decided.known}
    found = {one.mark.line.number: one for one in decided.found}
    lines = []
    sums: dict[Fate, list[int]] = {}
    for line in statement.lines:
        if line.number in known:
            shown = Shown(line, Fate.KNOWN)
        elif line.number in found:
            shown = Shown(line, found[line.number].fate, found[line.number])
        else:
            shown = Shown(line, Fate.WAITING)
        lines.append(shown)
        total = sums.setdefault(shown.fate, [0, 0])
        total[0] += 1
        total[1] += line.amount_sen
    return Preview(statement, lines, {fate: Sum(*total) for fate, total in sums.items()})
