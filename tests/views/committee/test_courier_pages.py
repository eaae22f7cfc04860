"""Couriers' pages: kept by dispatchers, read by every member."""

import pytest

from bazaar.db import db
from bazaar.models import AuditEntry, CourierPage, Role
from tests.builders import a_rate, sign_in

PAGE = "/panitia/kurir/halaman"
ADD = f"{PAGE}/tambah"
GOOD = {"company": "Wahana", "tracking_url": "https://w.test/?r={resi}", "phone": "1500 123"}


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def rows():
    db.session.expire_all()
    found = db.session.query(CourierPage).order_by(CourierPage.id)
    return [(row.company, row.tracking_url, row.phone) for row in found]


def test_a_page_is_added_changed_and_removed(client, dispatcher):
    assert "https://www.jne.co.id/tracking-package" in client.get(PAGE).text
    assert client.get(ADD).status_code == 200
    assert client.post(ADD, data=GOOD).location == PAGE
    assert rows() == [("WAHANA", "https://w.test/?r={resi}", "1500 123")]
    listed = client.get(PAGE).text
    assert "https://w.test/?r=1234567890" in listed
    assert 'href="tel:1500123"' in listed

    path = f"{PAGE}/WAHANA"
    assert "https://w.test/?r={resi}" in client.get(path).text
    wish = {"tracking_url": "https://w.test/lacak", "phone": ""}
    assert client.post(path, data=wish).location == PAGE
    assert rows() == [("WAHANA", "https://w.test/lacak", "")]

    assert client.post(f"{path}/hapus").location == PAGE
    assert client.post(f"{path}/hapus").status_code == 404
    assert client.get(path).status_code == 404
    assert client.post(path, data=wish).status_code == 404
    told = db.session.query(AuditEntry).filter(AuditEntry.action.startswith("courier_page."))
    assert told.count() == 3


def test_what_is_known_by_default_is_changed_in_its_place(client, dispatcher):
    a_rate(courier="Kurir Kecamatan")
    assert "Kurir Kecamatan" in client.get(PAGE).text

    path = f"{PAGE}/J&T"
    assert client.post(path, data={"tracking_url": "https://jet.test/"}).location == PAGE
    assert rows() == [("J&T", "https://jet.test/", "")]
    assert "https://jet.co.id/track" in client.get(path).text  # what removing brings back


def test_wrong_fields_have_their_sentences_and_keep_what_was_typed(client, dispatcher):
    wrong = {"company": "", "tracking_url": "http://w.test/{resi}", "phone": "x"}
    answer = client.post(ADD, data=wrong)
    assert answer.status_code == 422
    for field in wrong:
        assert f'id="{field}-error"' in answer.text
    assert "http://w.test/{resi}" in answer.text

    answer = client.post(ADD, data=GOOD | {"tracking_url": "https://w.test/{awb}"})
    assert "Tempat nomor resi ditulis {resi}" in answer.text
    answer = client.post(f"{PAGE}/JNE", data={"tracking_url": "ftp://x"})
    assert answer.status_code == 422
    assert rows() == []


def test_the_same_company_twice_is_refused(client, dispatcher):
    client.post(ADD, data=GOOD)
    answer = client.post(ADD, data=GOOD | {"company": "wahana"})
    assert answer.status_code == 409
    assert "sudah ada dalam daftar" in answer.text
    assert len(rows()) == 1


def test_others_read_only(client):
    sign_in(client, Role.TREASURER)
    assert client.get(PAGE).status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, data=GOOD).status_code == 403
    assert client.post(f"{PAGE}/JNE/hapus").status_code == 403
