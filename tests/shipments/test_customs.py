"""Nothing leaves for abroad that its customs form cannot name."""

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import ParcelStatus, Product
from bazaar.shipments.customs import CustomsMissing, TaxNumberMissing
from tests.builders import HOST, a_parcel, a_rate, a_tax_number


def packed(**given):
    parcel = a_parcel(**given)
    shipments.pack(parcel, actor=HOST, now=parcel.created_at)
    return parcel


def product_of(parcel):
    return db.session.get_one(Product, parcel.lines[0].order_line.product_id)


@pytest.mark.parametrize("missing", ["hs_code", "customs_text"])
def test_a_parcel_for_abroad_waits_for_customs_data(app, now, missing):
    a_rate(prefix="*")
    parcel = packed(country="JP", village_code="", area="Tokyo", postal_code="104-0061")
    product = product_of(parcel)
    a_tax_number(product.seller)
    product.hs_code, product.customs_text = "621710", "Batik cloth"
    setattr(product, missing, "")
    db.session.flush()

    with pytest.raises(CustomsMissing) as refused:
        shipments.hand_over(parcel, "Pos", "RA123456785ID", actor=HOST, now=now)
    assert product.name in str(refused.value)
    with pytest.raises(CustomsMissing):
        shipments.hand_over_all([parcel], courier="Pos", actor=HOST, now=now)
    db.session.refresh(parcel)
    assert parcel.status.value == "packed"

    setattr(product, missing, "621710")
    db.session.flush()
    shipments.hand_over(parcel, "Pos", "RA123456785ID", actor=HOST, now=now)
    assert parcel.status.value == "handed_over"


def test_at_home_nobody_asks_for_it(app, now):
    parcel = packed()
    shipments.hand_over(parcel, "JNE REG", "012345678901", actor=HOST, now=now)
    assert parcel.status is ParcelStatus.HANDED_OVER


def test_a_parcel_for_abroad_waits_for_its_sellers_tax_number(app, now):
    a_rate()
    a_rate(prefix="*")
    parcel = packed(country="JP", village_code="", area="Tokyo", postal_code="104-0061")
    home = packed()
    product = product_of(parcel)
    product.hs_code, product.customs_text = "621710", "Batik cloth"
    db.session.flush()

    assert shipments.customs.missing_of(parcel) == ([], True)
    assert shipments.customs.missing_of(home) is None
    assert shipments.customs.lacks_tax_number([home, parcel])
    assert not shipments.customs.lacks_tax_number([home])
    with pytest.raises(TaxNumberMissing) as refused:
        shipments.hand_over(parcel, "Pos", "RA123456785ID", actor=HOST, now=now)
    assert product.seller.name in str(refused.value)
    with pytest.raises(TaxNumberMissing):
        shipments.hand_over_all([home, parcel], courier="Pos", actor=HOST, now=now)
    db.session.refresh(parcel)
    assert parcel.status is ParcelStatus.PACKED

    a_tax_number(product.seller)
    assert shipments.customs.missing_of(parcel) == ([], False)
    shipments.hand_over(parcel, "Pos", "RA123456785ID", actor=HOST, now=now)
    db.session.refresh(parcel)
    assert parcel.status.value == "handed_over"
