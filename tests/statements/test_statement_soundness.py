"""What `flask audit` finds wrong about statements."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from bazaar import payments, statements
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.inspection import _statements_agree
from bazaar.models import StatementLine
from tests.builders import NOW, an_order
from tests.statement_files import a_file, a_stall, the_account

RINA = Actor("committee:2", "Rina")
LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def lines(app):
    """Two lines that pay an order each, imported."""
    with time_machine.travel(LATER, tick=False):
        batik = a_stall()
        rows = []
        for _ in range(2):
            order = an_order(batik)
            rows.append((f"TRF {order.reference}", payments.get_charge(order.reference).amount_idr))
        data = a_file(*rows)
        row = statements.take_in(the_account(), "a.csv", data, actor=RINA, now=LATER)
        statements.confirm(row, record_unknown=False, actor=RINA, now=LATER)
        db.session.commit()
        statements.work()
        yield db.session.scalars(statements.lines_of(row.id)).all()


def found():
    return [(one.check, one.subject) for one in _statements_agree()]


def change(line, **values):
    db.session.execute(sa.update(StatementLine).where(StatementLine.id == line.id).values(**values))


def test_a_good_import_is_sound(lines):
    assert found() == []


def test_a_payment_without_its_line_is_told(lines):
    change(lines[0], undone_at=LATER)

    assert found() == [("statement lines", f"payment {lines[0].payment_id}")]


def test_two_lines_of_one_payment_are_told(lines):
    first, second = lines[0].payment_id, lines[1].payment_id
    change(lines[0], payment_id=second)

    assert sorted(found()) == [
        ("statement lines", f"payment {first}"),
        ("statement lines", f"payment {second}"),
    ]


def test_a_line_of_another_amount_is_told(lines):
    change(lines[0], amount_sen=lines[0].amount_sen + 100)

    assert found() == [("statement amounts", f"line {lines[0].id}")]
