"""Storing lines of a statement, with what they do to money, and taking that back."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bazaar import editions, payments
from bazaar.audit import Actor
from bazaar.bulk import Rows
from bazaar.db import db
from bazaar.errors import N_, BazaarError
from bazaar.models import (
    AccountKind,
    Edition,
    Order,
    ReceivingAccount,
    StatementLine,
)
from bazaar.payments import Received
from bazaar.rules.statements import Side
from bazaar.statements.deciding import AT_ONCE, OF_OUTCOME, Fate, Found, stored
from bazaar.statements.files import zone

SOURCE: Final = "statement"
METHODS: Final = {AccountKind.QRIS: "qris", AccountKind.BANK: "bank", AccountKind.OTHER: "agreed"}
MAX_FACT: Final = 200

UNDONE: Final = N_("Impor mutasi ditarik.")

_LINES = Rows(StatementLine)

_ASKS_A_PERSON: Final = frozenset({Fate.AMBIGUOUS, Fate.UNMATCHED})


@dataclass(frozen=True, slots=True)
class Purse:
    """What is the same for all lines of an import. `editions` has that of each order by id."""

    account_id: int
    method: str
    unknown: bool
    edition_id: int | None
    editions: Mapping[int, int]
    zone: ZoneInfo


def purse_of(account: ReceivingAccount, found: Sequence[Found], *, unknown: bool) -> Purse:
    """Return what storing these lines needs to know besides them."""
    orders = list({one.charge.order_id for one in found if one.charge})
    of: dict[int, int] = {}
    for start in range(0, len(orders), AT_ONCE):
        query = sa.select(Order.id, Order.edition_id)
        rows = db.session.execute(query.where(Order.id.in_(orders[start : start + AT_ONCE])))
        of.update((order_id, edition_id) for order_id, edition_id in rows)
    current = editions.find_current()
    edition_id = current.id if current else db.session.scalar(sa.select(sa.func.max(Edition.id)))
    method = METHODS.get(account.kind) or account.bank[:20] or SOURCE
    return Purse(account.id, method, unknown, edition_id, of, zone())


def is_odd(one: Found, purse: Purse) -> bool:
    """Whether storing this line takes longer: it brings money that opens a case."""
    plain = one.fate in {Fate.PAID, Fate.CONFIRMED, Fate.IGNORED}
    return not plain and not _is_left_out(one, purse)


def _is_left_out(one: Found, purse: Purse) -> bool:
    """Whether it is only kept as a line: money near no request, on an account used for others."""
    return one.fate is Fate.UNMATCHED and not one.others and not purse.unknown


def store(
    import_id: int, found: Sequence[Found], purse: Purse, *, actor: Actor, now: datetime
) -> None:
    """Store lines that are new, once, and let the money they show do what it is for.

    The caller holds the lock of the account. Lines stored meanwhile are passed over.
    """
    known = stored(purse.account_id, (one.mark.fingerprint for one in found))
    fresh = [one for one in found if (one.mark.fingerprint, one.mark.turn) not in known]
    for together in _rounds(fresh):
        rows = [_row(import_id, one, purse) for one in together]
        money = [None if one.payment_id else _received(import_id, one, purse) for one in together]
        batch = [received for received in money if received is not None]
        receipts = iter(payments.receive_each(batch, actor=actor, now=now))
        for row, one, received in zip(rows, together, money, strict=True):
            if received is not None:
                receipt = next(receipts)
                row["payment_id"] = receipt.payment_id
                if one.fate not in _ASKS_A_PERSON:
                    row["result"] = OF_OUTCOME[receipt.outcome].value
        _LINES.insert(rows)


def _rounds(found: Sequence[Found]) -> Iterator[list[Found]]:
    """Part lines so that those for the same order come after each other; each by order's id.

    A later line must see what became of the earlier, and orders are locked in one order.
    """
    turns: Counter[int] = Counter()
    rounds: defaultdict[int, list[Found]] = defaultdict(list)
    for one in found:
        order_id = one.charge.order_id if one.charge else 0
        rounds[turns[order_id]].append(one)
        turns[order_id] += bool(order_id)
    for _, together in sorted(rounds.items()):
        yield sorted(together, key=lambda one: one.charge.order_id if one.charge else 0)


def receive_unknown(line: StatementLine, purse: Purse, *, actor: Actor, now: datetime) -> int:
    """Write down the money of a stored line as unknown; return its payment's id."""
    assert purse.edition_id is not None
    received = Received(
        key=f"statement:{line.import_id}:{line.number}",
        amount_idr=line.amount_sen // 100,
        method=purse.method,
        source=SOURCE,
        edition_id=purse.edition_id,
        account_id=purse.account_id,
        rule=line.rule,
        payer=line.description[:MAX_FACT],
        external_id=line.reference[:80],
        note=_note(line.import_id, line.number),
    )
    return payments.receive(received, actor=actor, now=now, together=True).payment_id


def take_back(lines: Sequence[StatementLine], *, actor: Actor, now: datetime) -> int:
    """Undo lines: their payments are booked out, if this import wrote them. Returns how many stay.

    A line stays where somebody has acted on the payment; the reason is kept with it.
    """
    written = [
        line.payment_id
        for line in lines
        if line.payment_id is not None and line.result != Fate.CONFIRMED.value
    ]
    refused = payments.take_back_each(written, actor=actor, why=UNDONE, now=now)
    gone = []
    for line in lines:
        refusal = refused.get(line.payment_id or 0)
        if refusal is None:
            gone.append(line.id)
        else:
            line.facts = {**line.facts, "kept": _packed(refusal)}
    db.session.flush()
    undone = (
        sa.update(StatementLine)
        .where(StatementLine.id.in_(gone), StatementLine.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
    changed: int = db.session.execute(undone).rowcount  # type: ignore[attr-defined]
    return len(lines) - changed


def _packed(refusal: BazaarError) -> dict[str, Any]:
    facts = {name: str(value) for name, value in vars(refusal).items()}
    return {"text": refusal.text, "facts": facts}


def _note(import_id: int, number: int) -> str:
    return f"Mutasi {import_id}, baris {number}"


def _row(import_id: int, one: Found, purse: Purse) -> dict[str, Any]:
    line = one.mark.line
    facts: dict[str, Any] = {"rules": list(one.decision.rules)}
    if one.charge:
        facts |= {"order": one.charge.reference, "difference_sen": one.decision.difference_sen}
    if one.others:
        facts["others"] = [charge.reference for charge in one.others]
    if line.fee_sen is not None:
        facts["fee_sen"] = line.fee_sen
    return {
        "import_id": import_id,
        "account_id": purse.account_id,
        "number": line.number,
        "fingerprint": one.mark.fingerprint,
        "occurrence": one.mark.turn,
        "day": line.day,
        "time": f"{line.at:%H:%M:%S}" if line.at else "",
        "amount_sen": line.amount_sen,
        "credit": line.side is Side.CREDIT,
        "description": line.description,
        "reference": (line.reference or "")[:MAX_FACT],
        "balance_sen": line.balance_sen,
        "result": one.fate.value,
        "rule": one.rule,
        "facts": facts,
        "payment_id": one.payment_id,
    }


def _received(import_id: int, one: Found, purse: Purse) -> Received | None:
    """Return the money that a line shows, or None where it is not ours to write down."""
    line = one.mark.line
    edition_id = purse.editions.get(one.charge.order_id) if one.charge else purse.edition_id
    if one.fate is Fate.IGNORED or _is_left_out(one, purse):
        return None
    if edition_id is None or line.amount_sen < 100:
        return None
    paid_at = None
    if line.day and line.at:
        paid_at = datetime.combine(line.day, line.at, tzinfo=purse.zone)
    fee_idr = min((line.fee_sen or 0) // 100, line.amount_sen // 100)
    return Received(
        key=f"statement:{import_id}:{line.number}",
        amount_idr=line.amount_sen // 100,
        method=purse.method,
        source=SOURCE,
        edition_id=edition_id,
        account_id=purse.account_id,
        charge_id=one.charge.id if one.charge else None,
        order_id=one.charge.order_id if one.charge else None,
        candidates=tuple(dict.fromkeys(charge.order_id for charge in one.others)),
        rule=one.rule,
        paid_at=paid_at,
        payer=line.description[:MAX_FACT],
        external_id=(line.reference or "")[:80],
        fee_idr=fee_idr,
        note=_note(import_id, line.number),
    )
