"""What customs would send back comes on no manifest, and none is locked with it."""

import pytest

from bazaar import manifests, shipments, times
from bazaar.db import db
from bazaar.manifests import Answer
from bazaar.models import Product, Role
from bazaar.shipments.customs import CustomsMissing
from bazaar.web import services
from tests.builders import HOST, a_parcel, a_rate, a_seller, a_tax_number, sign_in
from tests.test_customs_sheets import JAPAN, batik


@pytest.fixture
def seller(app):
    a_rate()
    a_rate(prefix="*")
    return a_seller()


@pytest.fixture
def parcel(seller):
    found = a_parcel(batik(seller), **JAPAN)
    shipments.pack(found, actor=HOST, now=found.created_at)
    return found


@pytest.fixture
def manifest(app, now):
    day = times.day_of(now, times.WIB)
    return manifests.make("JNE", day, links=services().links, actor=HOST, now=now)


def test_a_parcel_without_its_papers_is_told_when_it_is_scanned(parcel, seller, manifest, now):
    told = manifests.scan(manifest, parcel.code, actor=HOST, now=now)
    assert (told.answer, told.count) == (Answer.NO_CUSTOMS, 0)

    a_tax_number(seller)
    told = manifests.scan(manifest, parcel.code, actor=HOST, now=now)
    assert (told.answer, told.count) == (Answer.ADDED, 1)


def test_a_list_is_not_locked_with_one_whose_papers_went_missing(parcel, seller, manifest, now):
    a_tax_number(seller)
    manifests.scan(manifest, parcel.code, actor=HOST, now=now)
    product = db.session.get_one(Product, parcel.lines[0].order_line.product_id)
    product.hs_code = ""
    db.session.flush()
    with pytest.raises(CustomsMissing):
        manifests.lock(manifest, actor=HOST, now=now)


def test_the_scanning_page_says_what_to_do(client, parcel, manifest):
    sign_in(client, Role.DISPATCHER)
    path = f"/panitia/serah-terima/{manifest.number}/pindai"
    page = client.post(path, data={"code": parcel.code}, follow_redirects=True).text
    assert "Bea cukai belum lengkap" in page
