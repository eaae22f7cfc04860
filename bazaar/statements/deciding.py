"""What every line of a statement is for: the rules of matching, over what stands in the books.

The preview shows it, the import does it; both come here, so they agree but for what happened in
between.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import payments
from bazaar.bulk import among
from bazaar.db import Prepared, db
from bazaar.models import Charge, OrderStatus, Payment, StatementLine, Withdrawal
from bazaar.payments import OpenCharge, Outcome
from bazaar.rules import matching
from bazaar.rules.matching import ChargeState, Decision, Incoming, Result
from bazaar.rules.statements import Marked, Statement, marked, new

LOOKED_BACK: Final = timedelta(days=60)
"""Requests made so long before the first line are looked at, for those named by reference."""

MOST_OTHERS: Final = 10
AT_ONCE: Final = 500
"""Values in one question to the database."""


class Fate(enum.Enum):
    """What becomes of a line. The value is what the database keeps."""

    PAID = "paid"
    OVERPAID = "overpaid"
    UNDERPAID = "underpaid"
    LATE = "late"
    EXTRA = "extra"
    SOLD_OUT = "sold_out"
    CONFIRMED = "confirmed"
    """It shows money that a person had confirmed before: the same money, so it counts once."""
    AMBIGUOUS = "ambiguous"
    UNMATCHED = "unmatched"
    IGNORED = "ignored"
    WAITING = "wait_pending"
    KNOWN = "known"
    """It was imported before."""


OF_OUTCOME: Final[Mapping[Outcome, Fate]] = {
    Outcome.SERVED: Fate.PAID,
    Outcome.REPEATED: Fate.CONFIRMED,
    Outcome.LATE: Fate.LATE,
    Outcome.CANCELLED: Fate.LATE,
    Outcome.EXTRA: Fate.EXTRA,
    Outcome.UNDER: Fate.UNDERPAID,
    Outcome.OVER: Fate.OVERPAID,
    Outcome.SOLD_OUT: Fate.SOLD_OUT,
    Outcome.UNKNOWN: Fate.UNMATCHED,
    Outcome.AMBIGUOUS: Fate.AMBIGUOUS,
}

_STATES: Final = {
    OrderStatus.PAID: ChargeState.PAID,
    OrderStatus.DONE: ChargeState.PAID,
    OrderStatus.EXPIRED: ChargeState.EXPIRED,
    OrderStatus.CANCELLED: ChargeState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A new line with what was decided of it. `charge` is what it is for, if that is sure.

    `others` are requests it may be for; `payment_id` the payment that a person confirmed before
    and this line shows.
    """

    mark: Marked
    decision: Decision
    charge: OpenCharge | None = None
    others: tuple[OpenCharge, ...] = ()
    payment_id: int | None = None

    @property
    def fate(self) -> Fate:
        """What will become of the line."""
        return Fate.CONFIRMED if self.payment_id else Fate(self.decision.result.value)

    @property
    def rule(self) -> str:
        """The rule that found, or did not find, what it is for: M1 to M5."""
        return self.decision.rules[0]


@dataclass(frozen=True, slots=True)
class Decided:
    """The booked lines of a file: those that are new, and how many are known already."""

    found: tuple[Found, ...]
    known: tuple[Marked, ...] = field(default=())

    @property
    def total(self) -> int:
        """How many lines there are in all."""
        return len(self.found) + len(self.known)


def decide(account_id: int, statement: Statement, *, zone: ZoneInfo, now: datetime) -> Decided:
    """Return what every booked line of this account is for, as things stand now."""
    marks = marked(str(account_id), statement.lines)
    fresh = new(marks, stored(account_id, (mark.fingerprint for mark in marks)))
    kept = {id(mark) for mark in fresh}
    known = tuple(mark for mark in marks if id(mark) not in kept)
    if not fresh:
        return Decided((), known)
    charges = _charges(account_id, fresh, zone)
    decisions = matching.match(
        [_incoming(account_id, mark) for mark in fresh],
        [_open(account_id, charge, now) for charge in charges],
        zone=zone,
    )
    by_id = {charge.id: charge for charge in charges}
    found = [
        Found(
            mark,
            decision,
            by_id.get(decision.charge or 0),
            tuple(by_id[number] for number in decision.others[:MOST_OTHERS]),
        )
        for mark, decision in zip(fresh, decisions, strict=True)
    ]
    return Decided(tuple(_with_confirmed(account_id, found)), known)


def stored(account_id: int, fingerprints: Iterable[str]) -> set[tuple[str, int]]:
    """Return which lines of these fingerprints the account has, with turns; not those undone."""
    db.session.flush()
    wanted = list(dict.fromkeys(fingerprints))
    found: set[tuple[str, int]] = set()
    for start in range(0, len(wanted), AT_ONCE):
        rows = _STORED.run(account=account_id, fingerprints=wanted[start : start + AT_ONCE])
        found.update((key, turn) for key, turn in rows)
    return found


_STORED = Prepared(
    sa.select(StatementLine.fingerprint, StatementLine.occurrence).where(
        StatementLine.account_id == sa.bindparam("account"),
        among(StatementLine.fingerprint, "fingerprints"),
        StatementLine.undone_at.is_(None),
    )
)


def _charges(account_id: int, fresh: Sequence[Marked], zone: ZoneInfo) -> list[OpenCharge]:
    days = [mark.line.day for mark in fresh if mark.line.day]
    since = None
    if days:
        first = datetime(min(days).year, min(days).month, min(days).day, tzinfo=zone)
        since = first - LOOKED_BACK
    return payments.open_charges(account_id, since=since)


def _open(account_id: int, charge: OpenCharge, now: datetime) -> matching.OpenCharge:
    state = _STATES.get(charge.status, ChargeState.WAITING)
    ends_at = charge.expires_at
    if state is ChargeState.WAITING:
        ends_at = max(ends_at, now)  # its goods are still held: money for it is in time
    return matching.OpenCharge(
        charge.id,
        charge.reference,
        str(account_id),
        charge.amount_idr,
        charge.created_at,
        ends_at,
        state,
        charge.due,
        charge.paid_idr,
    )


def _incoming(account_id: int, mark: Marked) -> Incoming:
    line = mark.line
    return Incoming(
        str(account_id),
        line.amount_sen,
        line.side,
        line.day,
        line.at,
        f"{line.description} {line.reference or ''}",
        line.pending,
        line.kind,
    )


def _with_confirmed(account_id: int, found: list[Found]) -> list[Found]:
    """Tie lines that seem extra to payments that a person confirmed and no line shows yet."""
    extra = [one for one in found if one.decision.result is Result.EXTRA and one.charge]
    orders = list({one.charge.order_id for one in extra if one.charge})
    waiting: dict[tuple[int, int], list[int]] = {}
    for start in range(0, len(orders), AT_ONCE):
        query = _confirmed(account_id, orders[start : start + AT_ONCE])
        for order_id, amount_idr, payment_id in db.session.execute(query):
            waiting.setdefault((order_id, amount_idr), []).append(payment_id)
    if not waiting:
        return found
    tied: list[Found] = []
    for one in found:
        whole, sen = divmod(one.mark.line.amount_sen, 100)
        key = (one.charge.order_id, whole) if one.charge and not sen else None
        shown = waiting.get(key) if key and one.decision.result is Result.EXTRA else None
        if shown:
            one = Found(one.mark, one.decision, one.charge, one.others, shown.pop(0))  # noqa: PLW2901
        tied.append(one)
    return tied


def _confirmed(account_id: int, orders: Sequence[int]) -> sa.Select[int, int, int]:
    shown = sa.exists().where(
        StatementLine.payment_id == Payment.id, StatementLine.undone_at.is_(None)
    )
    return (
        sa.select(Charge.order_id, Payment.amount_idr, Payment.id)
        .join(Charge, Charge.id == Payment.charge_id)
        .where(
            Charge.order_id.in_(orders),
            Payment.source == "person",
            sa.or_(Payment.account_id == account_id, Payment.account_id.is_(None)),
            ~shown,
            ~sa.exists().where(Withdrawal.payment_id == Payment.id),
        )
        .order_by(Payment.id)
    )
