"""Rules of free shipping: kept by dispatchers, read by every member."""

import pytest

from bazaar.db import db
from bazaar.models import AuditEntry, FreeShipping, Role
from tests.builders import a_seller, sign_in

PAGE = "/panitia/gratis-ongkir"
ADD = f"{PAGE}/tambah"
GOOD = {"prefix": "35.09", "seller_id": "", "min_goods_idr": "Rp 100.000", "up_to_idr": ""}


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def rules():
    db.session.expire_all()
    return [
        (row.prefix, row.seller_id, row.min_goods_idr, row.up_to_idr, row.active)
        for row in db.session.query(FreeShipping).order_by(FreeShipping.id)
    ]


def test_a_rule_is_added_changed_and_removed(client, dispatcher):
    seller = a_seller()
    assert "Belum ada gratis ongkir" in client.get(PAGE).text
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, data=GOOD).location == PAGE
    assert rules() == [("35.09", None, 100_000, None, True)]
    assert "Kabupaten Jember, Jawa Timur" in client.get(PAGE).text

    path = f"{PAGE}/{db.session.query(FreeShipping).one().id}"
    assert 'value="100000"' in client.get(path).text
    wish = GOOD | {"seller_id": str(seller.id), "up_to_idr": "10000", "off": "1"}
    assert client.post(path, data=wish).location == PAGE
    assert rules() == [("35.09", seller.id, 100_000, 10_000, False)]

    assert client.post(f"{path}/hapus").location == PAGE
    assert client.post(f"{path}/hapus").status_code == 404
    assert client.post(path, data=wish).status_code == 404
    told = db.session.query(AuditEntry).filter(AuditEntry.action.startswith("free."))
    assert told.count() == 3


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prefix", "99"),
        ("seller_id", "999"),
        ("min_goods_idr", ""),
        ("min_goods_idr", "-1"),
        ("up_to_idr", "0"),
        ("up_to_idr", "banyak"),
    ],
)
def test_each_wrong_field_has_its_sentence(client, dispatcher, field, value):
    answer = client.post(ADD, data=GOOD | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert rules() == []


def test_the_same_rule_twice_is_refused(client, dispatcher):
    client.post(ADD, data=GOOD)
    answer = client.post(ADD, data=GOOD)
    assert answer.status_code == 409
    assert "Sudah ada aturan gratis ongkir" in answer.text
    assert len(rules()) == 1


def test_others_read_only(client):
    sign_in(client, Role.TREASURER)
    assert client.get(PAGE).status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, data=GOOD).status_code == 403
