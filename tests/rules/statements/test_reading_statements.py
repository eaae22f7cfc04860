"""Statement files of banks: every sample gives exactly the rows that were worked out by hand."""

import json
from pathlib import Path

import pytest

from bazaar.rules import statements
from bazaar.rules.statements import Statement, StatementLine, Unknown
from bazaar.times import WIB

SAMPLES = Path(__file__).parents[2] / "data" / "statements"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
BY_HAND = {
    "umum_indonesia.csv": statements.by_hand(
        "Bank contoh",
        {
            "day": ["tanggal"],
            "text": ["keterangan"],
            "debit": ["debet"],
            "credit": ["kredit"],
            "balance": ["saldo"],
        },
    ),
    "qris_merchant_app_umum.csv": statements.by_hand(
        "Aplikasi contoh",
        {
            "day": ["waktu transaksi"],
            "text": ["issuer"],
            "amount": ["nominal"],
            "identity": ["id transaksi"],
            "fee": ["mdr"],
            "status": ["status"],
        },
    ),
}


def rupiah(sen):
    if sen is None:
        return None
    return sen // 100 if sen % 100 == 0 else sen / 100


def told(line: StatementLine):
    return {
        "date": line.day.isoformat() if line.day else None,
        "time": line.at.isoformat() if line.at else None,
        "amount": rupiah(line.amount_sen),
        "dc": line.side.value,
        "description": line.description,
        "balance": rupiah(line.balance_sen),
        "reference": line.reference,
        "pending": line.pending,
        "kind": line.kind.value,
        "fee": rupiah(line.fee_sen),
    }


def read(data, *known):
    found = statements.read(data, zone=WIB, known=known)
    assert isinstance(found, Statement), found
    return found


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sample_gives_exactly_its_rows(name):
    known = [BY_HAND[name]] if name in BY_HAND else []

    statement = read((SAMPLES / name).read_bytes(), *known)

    assert [told(line) for line in statement.lines] == EXPECTED[name]["rows"]
    assert statement.profile.key == EXPECTED[name]["profile"].split(" ")[0].rstrip(";")
    assert not [refused for refused in statement.refused if refused.wrong]
    assert len(EXPECTED) == 10


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_an_unknown_file_asks_for_its_columns_and_guesses_well(name):
    found = statements.read((SAMPLES / name).read_bytes(), zone=WIB)

    assert isinstance(found, Unknown)
    again = read((SAMPLES / name).read_bytes(), found.guess)
    assert [told(line) for line in again.lines] == EXPECTED[name]["rows"]
