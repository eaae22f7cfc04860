"""The customs declaration: all that customs reads, on as many pages as it takes."""

import pypdfium2
import pytest
import sqlalchemy as sa

from bazaar import customs_sheets, shipments, times
from bazaar.customs_sheets import NotAbroad, NotSent
from bazaar.db import db
from bazaar.models import AuditEntry
from bazaar.shipments.customs import CustomsMissing, TaxNumberMissing
from bazaar.web import services
from tests.builders import HOST, a_parcel, a_product, a_rate, a_seller, a_tax_number

JAPAN = {
    "country": "JP",
    "village_code": "",
    "street": "1-2 Ginza",
    "area": "Tokyo",
    "postal_code": "104-0061",
}


@pytest.fixture
def seller(app):
    a_rate()
    a_rate(prefix="*")
    return a_seller(
        name="Batik Sekar", owner_name="Bu Ningsih", village="Tegalgede", phone="+6281234567890"
    )


def batik(seller, **given):
    facts = {"hs_code": "621710", "customs_text": "Hand-drawn batik cloth", "net_weight_g": 400}
    return a_product(seller=seller, name="Kain batik", price_idr=250_000, **facts | given)


def pages_of(parcel, now, **given):
    data = customs_sheets.print_one(
        shipments.get_parcel(parcel.code),
        seals=services().tax_seals,
        zone=times.WIB,
        actor=HOST,
        now=now,
    )
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


def test_the_sheet_says_what_customs_asks_for(seller, now):
    a_tax_number(seller)
    parcel = a_parcel(batik(seller), quantity=3, buyer_name="Aiko Sato", **JAPAN)
    shipments.measure(parcel, 1_450, None, fragile=False, actor=HOST, now=now)

    (page,) = pages_of(parcel, now)

    for words in (
        "CN 23",
        "Batik Sekar",
        "Bu Ningsih",
        "Tegalgede, Sumbersari, Kab. Jember",
        "INDONESIA",
        "Tel. +62 812-3456-7890",
        "NIK 3509214101900001",
        "Aiko Sato",
        "1-2 Ginza, Tokyo 104-0061",
        "JAPAN",
        "Hand-drawn batik cloth",
        "621710",
        "1.200 kg",
        "1.450 kg",
        "IDR 750,000",
        "Sale of goods",
        "DAP",
        "JNE REG",
        parcel.order.reference,
        "Sender's signature",
    ):
        assert words in page, words
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.subject) == ("parcel.customs", f"parcel:{parcel.code}")
    assert "3509214101900001" not in str(entry.facts)


def test_many_articles_take_further_pages(seller, now):
    a_tax_number(seller)
    parcel = a_parcel(*(batik(seller) for _ in range(customs_sheets.ON_PAGE + 1)), **JAPAN)
    first, last = pages_of(parcel, now)
    assert "page 1 of 2" in first
    assert "Sender's signature" not in first
    assert "page 2 of 2" in last
    assert "Sender's signature" in last


def test_a_long_name_stays_in_its_place(seller, now):
    a_tax_number(seller)
    parcel = a_parcel(batik(seller, customs_text="Batik " * 19), buyer_name="王小明 " * 9, **JAPAN)
    (page,) = pages_of(parcel, now)
    assert "621710" in page


def test_without_net_weight_the_weight_of_sending_counts(seller, now):
    a_tax_number(seller)
    parcel = a_parcel(batik(seller, net_weight_g=None, weight_g=555), **JAPAN)
    (page,) = pages_of(parcel, now)
    assert "0.555 kg" in page


def test_nothing_is_printed_that_customs_would_send_back(seller, now):
    with pytest.raises(NotAbroad):
        pages_of(a_parcel(), now)
    parcel = a_parcel(batik(seller, hs_code=""), **JAPAN)
    with pytest.raises(CustomsMissing):
        pages_of(parcel, now)
    complete = a_parcel(batik(seller), **JAPAN)
    with pytest.raises(TaxNumberMissing):
        pages_of(complete, now)
    a_tax_number(seller)
    shipments.cancel(complete, "batal", actor=HOST, now=now)
    with pytest.raises(NotSent):
        pages_of(complete, now)
