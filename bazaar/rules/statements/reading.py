"""A statement file, read: its lines, what was not taken, and whose it says it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from bazaar.rules.sheets import Fault
from bazaar.rules.statements import faults, grids, money, profiles
from bazaar.rules.statements.days import Period, find_period
from bazaar.rules.statements.grids import Grid, Row
from bazaar.rules.statements.lines import LineReader, Refused, StatementLine, split_side
from bazaar.rules.statements.money import Kind
from bazaar.rules.statements.profiles import PROFILES, Header, Profile, plain

SAMPLE: Final = 5
"""Rows of an unknown file that the mapping page shows."""

FOOTERS: Final = (
    "saldo awal",
    "mutasi kredit",
    "mutasi debet",
    "mutasi debit",
    "saldo akhir",
    "total debet",
    "total debit",
    "total kredit",
    "total credit",
    "starting balance",
    "ending balance",
    "opening balance",
    "closing balance",
)
"""What the rows under the last line begin with."""

_OPENING: Final = ("saldo awal", "starting balance", "opening balance")
_ACCOUNT: Final = re.compile(
    r"(?:no(?:mor)?\.?\s*rek(?:ening)?|rekening|account\s*(?:no|number)?)\.?[\s:;,|]+([0-9][0-9 .-]{4,24})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as read. `account` is the number in the file, digits only, or nothing."""

    profile: Profile
    lines: tuple[StatementLine, ...]
    refused: tuple[Refused, ...]
    account: str
    period: Period | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A table whose columns nobody has told us yet, with its first rows and a first guess."""

    header: Header
    sample: tuple[tuple[str, ...], ...]
    guess: Profile


def read(
    data: bytes, *, zone: tzinfo, known: Sequence[Profile] = ()
) -> Statement | Unknown | Fault:
    """Return the statement in the file, or why it cannot be read. Safe on any bytes.

    Times without an offset are of `zone`. `known` are profiles that people made; they go before
    the table of banks. Lines of payments that did not succeed, repeated ids and lines that
    cannot be read are among `refused`: nothing is left out silently.
    """
    found = grids.heads(data)
    if isinstance(found, Fault):
        return found
    for choice in (known, PROFILES):
        for grid in found:
            fitting = profiles.recognise(grid.rows, choice)
            if fitting:
                return _under(grids.whole(grid), *fitting, zone=zone)
    return _unknown(found)


def describe(data: bytes) -> Unknown | Fault:
    """Return the columns of the table in the file, known or not. Safe on any bytes."""
    found = grids.heads(data)
    return found if isinstance(found, Fault) else _unknown(found)


def _unknown(found: Sequence[Grid]) -> Unknown | Fault:
    best: tuple[int, Header, Grid] | None = None
    for grid in found:
        for header in profiles.headers(grid.rows):
            guess = profiles.guess(header)
            known = sum(bool(getattr(guess, role)) for role in profiles.ROLES)
            if best is None or known > best[0]:
                best = known, header, grid
    if best is None:
        return next((grid.fault for grid in found if grid.fault), faults.NO_TABLE)
    _, header, grid = best
    under = grid.rows[header.place + 1 : header.place + 1 + SAMPLE]
    sample = tuple(tuple(cells) for _, cells in under)
    return Unknown(header, sample, profiles.guess(header)) if sample else faults.NO_LINES


def _under(grid: Grid, profile: Profile, header: Header, *, zone: tzinfo) -> Statement | Fault:
    if grid.fault:
        return grid.fault
    above = "\n".join(" ".join(cells) for _, cells in grid.rows[: header.place])
    body, below = _cut(grid.rows[header.place + 1 :], header, profile)
    if not body:
        return faults.NO_LINES
    if len(body) > grids.MAX_LINES:
        return faults.TOO_LONG
    places = {name: place for place, name in reversed(list(enumerate(header.names))) if name}
    kind = _kind(body, profile, places)
    if isinstance(kind, Fault):
        return kind
    reader = LineReader(profile, places, len(header.names), kind, find_period(above), zone)
    account = _account(above, body, reader)
    if isinstance(account, Fault):
        return account
    lines: list[StatementLine] = []
    refused: list[Refused] = []
    for number, cells in body:
        line = reader.read(number, cells)
        if isinstance(line, StatementLine):
            lines.append(line)
        else:
            refused.append(line)
    refused += _hidden(below, reader)
    return Statement(profile, tuple(lines), tuple(refused), account, reader.period)


def _cut(
    rows: Sequence[Row], header: Header, profile: Profile
) -> tuple[list[Row], list[tuple[Row, str]]]:
    """Return the rows down to the footer, and those below it with the footer's words.

    A header in the middle, as printed again on every page, begins the lines anew. An opening
    balance above the first line ends nothing.
    """
    body: list[Row] = []
    below: list[tuple[Row, str]] = []
    footer = ""
    day = header.names.index(profile.day)
    for number, cells in rows:
        if tuple(cells) == header.cells[: len(cells)] and len(cells) > day:
            footer = ""
            continue
        first = next((cell for cell in cells if cell), "")
        if words := _footer(first):
            if body or not words.startswith(_OPENING):
                footer = first[:40]
        elif footer:
            below.append(((number, cells), footer))
        elif first:
            body.append((number, cells))
    return body, below


def _footer(first: str) -> str:
    """Return the words of a cell with which the rows under a statement begin, else nothing."""
    if not first[:1].isalpha():
        return ""
    words = plain(first)
    return words if words.startswith(FOOTERS) else ""


def _hidden(below: Sequence[tuple[Row, str]], reader: LineReader) -> list[Refused]:
    """Return what below the footer reads like a line: a person should see it was left out."""
    found = []
    for (number, cells), footer in below:
        if isinstance(reader.read(number, cells), StatementLine):
            fault = Fault(faults.BELOW_FOOTER, {"value": footer})
            found.append(Refused(number, tuple(cells), fault))
    return found


def _kind(body: Sequence[Row], profile: Profile, places: dict[str, int]) -> Kind | Fault:
    columns = [places[column] for column in profile.sums if column in places]
    return money.decide(
        (number, split_side(cells[place])[0])
        for number, cells in body
        for place in columns
        if place < len(cells) and cells[place]
    )


def _account(above: str, body: Sequence[Row], reader: LineReader) -> str | Fault:
    """Return the number of the account that the file tells of; two are refused."""
    found = {_digits(reader.cell(cells, reader.profile.account)) for _, cells in body} - {""}
    if len(found) > 1:
        some = ", ".join(sorted(found)[:4])
        return Fault(faults.SEVERAL_ACCOUNTS, {"accounts": some})
    if found:
        return found.pop()
    match = _ACCOUNT.search(above)
    return _digits(match[1]) if match else ""


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)[:30]
