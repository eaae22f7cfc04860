"""Sellers' tax numbers: sealed, masked, replaced, taken away."""

import pytest
import sqlalchemy as sa

from bazaar import tax_ids
from bazaar.db import db
from bazaar.models import AuditEntry, SellerTaxId
from bazaar.seals import Seals
from bazaar.tax_ids import NoTaxNumber, UnreadableTaxNumber
from bazaar.web import services
from tests.builders import HOST, a_seller, a_tax_number

NIK = "3509214101900001"
NPWP = "01.300.066.6-091.000"


def seals():
    return services().tax_seals


def test_a_number_is_kept_sealed_and_shown_masked(app, now):
    seller = a_seller()
    tax_ids.give(seller, NIK, seals=seals(), actor=HOST, now=now)

    row = db.session.scalars(sa.select(SellerTaxId)).one()
    assert NIK not in row.sealed
    shown = tax_ids.show(seller.id, seals=seals())
    assert (shown.kind, shown.masked, shown.given_by) == ("nik", "3509********0001", HOST.name)
    assert tax_ids.reveal(seller.id, seals=seals()) == ("nik", NIK)
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.facts) == ("seller.tax_number", {"kind": "nik"})


def test_another_number_takes_its_place(app, now):
    seller = a_seller()
    for number in (NIK, NPWP):
        tax_ids.give(seller, number, seals=seals(), actor=HOST, now=now)
    assert tax_ids.reveal(seller.id, seals=seals()) == ("npwp", "013000666091000")
    assert tax_ids.reveal(a_seller().id, seals=seals()) == ("", "")


def test_a_number_is_taken_away_once(app, now):
    seller = a_seller()
    a_tax_number(seller)
    assert tax_ids.take_away(seller, actor=HOST, now=now)
    assert not tax_ids.take_away(seller, actor=HOST, now=now)
    assert tax_ids.show(seller.id, seals=seals()) is None
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["seller.tax_number", "seller.no_tax_number"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123",
        "9909214101900001",  # there is no province 99
        "3509218101900001",  # day 81
        "3509214113900001",  # month 13
        "013000667091000",  # check digit
        "3" * 400,
    ],
)
def test_what_is_no_number_is_refused(app, now, text):
    with pytest.raises(NoTaxNumber):
        tax_ids.give(a_seller(), text, seals=seals(), actor=HOST, now=now)
    assert db.session.scalars(sa.select(SellerTaxId)).first() is None


def test_a_number_sealed_elsewhere_is_said_to_be_unreadable(app):
    seller = a_seller()
    a_tax_number(seller)
    other = Seals("another installation", "tax")
    assert tax_ids.show(seller.id, seals=other).masked == ""
    with pytest.raises(UnreadableTaxNumber):
        tax_ids.reveal(seller.id, seals=other)
