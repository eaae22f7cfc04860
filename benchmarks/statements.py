"""How long a statement of many lines takes, from the file to paid orders, on both databases.

    python -m benchmarks.statements [--lines 10000] [--paying 50] [--repeats 3] [--database sqlite]

So many lines of a hundred pay an open request (half by reference, half by amount), the others are
sales that have nothing to do with the bazaar. Afterwards the import is undone. Prints medians of `--repeats`; the reference of the same
run is how long writing bare rows of payments takes.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import flask_migrate
import sqlalchemy as sa

from bazaar import editions, statements, times
from bazaar.audit import Actor
from bazaar.db import db, reading, transaction
from bazaar.models import (
    AccountKind,
    Charge,
    Checkout,
    Edition,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    Product,
    ReceivingAccount,
    Seller,
    StatementImport,
)
from bazaar.rules.references import make_reference
from bazaar.rules.statements import Statement
from bazaar.tokens import fingerprint, new_key
from benchmarks import evening

WHO = Actor("committee:1", "Benchmark")
HEADER = "NOREK;TGL_TRAN;JAM_TRAN;DESK_TRAN;MUTASI_DEBET;MUTASI_KREDIT;SALDO_AKHIR_MUTASI"
BATCH = 1_000

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asked for."""

    lines: int
    paying: int
    repeats: int
    undo: bool


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--lines", type=int, default=10_000)
    options.add_argument("--paying", type=int, default=50, help="of a hundred lines")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--no-undo", action="store_true", help="leave what was imported")
    options.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = options.parse_args()
    asked = Asked(given.lines, given.paying, given.repeats, not given.no_undo)
    for kind in given.database or ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name, address(kind) as url:
            measure(kind, Path(name), url, asked)


@contextmanager
def address(kind: str) -> Iterator[str]:
    """The address of an empty database; empty for SQLite in the instance's folder."""
    if kind == "sqlite":
        yield ""
        return
    from tests import databases, postgres_server  # noqa: PLC0415 (only for PostgreSQL)

    keeper = postgres_server.Keeper()
    try:
        yield databases.PostgreSQL(postgres_server.address(keeper.folder)).url
    finally:
        keeper.stop()


def measure(kind: str, folder: Path, url: str, asked: Asked) -> None:
    """Import `repeats` statements of so many lines and print how long the parts took."""
    app = evening.open_app(folder / kind, url)
    took: dict[str, list[float]] = {}
    with app.app_context():
        flask_migrate.upgrade()
        with transaction():
            _stall()
        for repeat in range(asked.repeats):
            data = _statement(asked, repeat)
            row_id = _timed(took, "read the file and keep it", lambda: _send(data))  # noqa: B023
            _timed(took, "preview", lambda: _preview(row_id))  # noqa: B023
            _timed(took, "import", lambda: _import(row_id))  # noqa: B023
            _timed(took, "the same file again", lambda: _import(_send(data)))  # noqa: B023
            _timed(took, "(bare rows of payments)", lambda: _bare(asked, repeat))  # noqa: B023
            if asked.undo:
                _timed(took, "undo", lambda: _undo(row_id))  # noqa: B023
        with reading():
            paid = db.session.scalar(
                sa.select(sa.func.count()).where(Payment.source == "statement")
            )
    print(f"{kind}: {asked.lines} lines, {paid} payments in {asked.repeats} statements")
    for name, seconds in took.items():
        print(f"  {name:<28}{statistics.median(seconds):>8.2f} s  worst {max(seconds):.2f} s")
    evening.close(app)


def _stall() -> None:
    """An edition with one seller, its account and a product."""
    now = times.now()
    edition = Edition(
        slug="ukur",
        name="Ukur",
        regency_code="35.09",
        turn_minutes=15,
        gap_minutes=0,
        is_current=True,
        created_at=now,
    )
    seller = Seller(
        code="U1",
        slug="u1",
        name="Lapak",
        owner_name="Sri",
        cluster="Batik",
        district_code="35.09.21",
        district="Sumbersari",
        phone="+628120001",
        link_hash="0" * 64,
        created_at=now,
        updated_at=now,
    )
    db.session.add_all([edition, seller])
    db.session.flush()
    account = ReceivingAccount(
        seller_id=seller.id,
        kind=AccountKind.BANK,
        merchant_name="Lapak",
        number="333",
        bank="BRI",
        added_at=now,
        approved_at=now,
    )
    product = Product(
        seller_id=seller.id,
        code="P1",
        claim_code="A01",
        name="Batik",
        description="",
        price_idr=1_000,
        weight_g=100,
        stock=0,
        active=True,
        updated_at=now,
    )
    db.session.add_all([account, product])


def _timed(took: dict[str, list[float]], name: str, work: Callable[[], Value]) -> Value:
    began = time.perf_counter()
    value = work()
    took.setdefault(name, []).append(time.perf_counter() - began)
    return value


def _send(data: bytes) -> int:
    with transaction():
        account = db.session.scalars(sa.select(ReceivingAccount).limit(1)).one()
        row = statements.take_in(account, "mutasi.csv", data, actor=WHO, now=times.now())
        assert isinstance(row, StatementImport), row
        return row.id


def _preview(row_id: int) -> None:
    with reading():
        row = statements.get(row_id)
        found = statements.read(row)
        assert isinstance(found, Statement)
        statements.preview(row, found, now=times.now())


def _import(row_id: int) -> None:
    with transaction():
        row = statements.get(row_id)
        assert statements.confirm(row, record_unknown=False, actor=WHO, now=times.now())
    assert statements.work() == 1


def _undo(row_id: int) -> None:
    with transaction():
        assert statements.undo(statements.get(row_id), actor=WHO, now=times.now())
    assert statements.work() == 1
    with reading():
        assert statements.get(row_id).outcome["kept"] == 0


def _statement(asked: Asked, repeat: int) -> bytes:
    """Place the orders that the lines pay, and return the statement."""
    rows = [HEADER]
    now = times.now().astimezone(times.WIB) + timedelta(minutes=1)
    begin = f"333;{now:%Y-%m-%d};{now:%H%M%S}"
    for start in range(0, asked.lines, BATCH):
        count = min(BATCH, asked.lines - start)
        paying = count * asked.paying // 100
        with transaction():
            charges = _orders(repeat * asked.lines + start, paying)
        for number, (reference, amount_idr) in enumerate(charges):
            named = reference if number % 2 else "PEMBELI CONTOH"
            rows.append(f"{begin};TRF {named};0.00;{amount_idr}.00;{start + number}.00")
        rows += [
            f"{begin};EDC {number};0.00;9{number:06}.00;1.00"
            for number in range(start + paying, start + count)
        ]
    return "\n".join(rows).encode()


def _orders(first: int, count: int) -> list[tuple[str, int]]:
    """Write open orders with requests for money whose amounts are all different."""
    now = times.now()
    account = db.session.scalars(sa.select(ReceivingAccount).limit(1)).one()
    product = db.session.scalars(
        sa.select(Product).where(Product.seller_id == account.seller_id).limit(1)
    ).one()
    edition = editions.get_current()
    charges = []
    for number in range(first, first + count):
        amount_idr = 100_000 + number
        order = _an_order(number, product, edition.id, amount_idr, now)
        charges.append(
            Charge(
                order=order,
                account_id=account.id,
                reference=order.reference,
                method="qris",
                full_idr=amount_idr,
                amount_idr=amount_idr,
                created_at=now,
            )
        )
    db.session.add_all(charges)
    db.session.flush()
    return [(charge.reference, charge.amount_idr) for charge in charges]


def _an_order(
    number: int, product: Product, edition_id: int, amount_idr: int, now: datetime
) -> Order:
    key = new_key()
    return Order(
        reference=make_reference(6_000_000 - number),
        checkout=Checkout(
            key=key,
            link_hash=fingerprint(key),
            buyer_name="Siti Aminah",
            phone="+6281234567890",
            village_code="35.09.21.1002",
            street="Jalan Jawa 10",
            area="Jember",
            placed_at=now,
        ),
        edition_id=edition_id,
        seller_id=product.seller_id,
        status=OrderStatus.UNPAID,
        goods_idr=amount_idr,
        shipping_idr=0,
        total_idr=amount_idr,
        courier="JNE REG",
        weight_g=500,
        shipping_full_idr=0,
        shipping_quote={},
        placed_at=now,
        pay_before=now + timedelta(hours=1),
        release_at=now + timedelta(hours=2),
        lines=[
            OrderLine(
                product_id=product.id,
                name=product.name,
                claim_code=product.claim_code,
                price_idr=amount_idr,
                quantity=1,
                amount_idr=amount_idr,
            )
        ],
    )


def _bare(asked: Asked, repeat: int) -> None:
    """Write as many bare rows as the import wrote payments."""
    with transaction():
        edition = editions.get_current()
        rows = [
            {
                "key": f"bare:{repeat}:{number}",
                "edition_id": edition.id,
                "amount_idr": 1,
                "fee_idr": 0,
                "method": "qris",
                "source": "bare",
                "external_id": "",
                "payer": "",
                "received_at": times.now(),
                "confirmed_by": "",
                "note": "",
            }
            for number in range(asked.lines * asked.paying // 100)
        ]
        db.session.execute(sa.insert(Payment), rows)


if __name__ == "__main__":
    main()
