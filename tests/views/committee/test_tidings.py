"""The list of news for buyers: ready words, one press each."""

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import Message, Role
from tests.builders import HOST, a_parcel, a_product, sign_in
from tests.shipments.parcels import told

PAGE = "/panitia/kabar"


@pytest.fixture(autouse=True)
def this_evening(now, time_machine):
    time_machine.move_to(now)


def test_news_is_sent_and_ticked_off_in_the_buyers_language(client, now):
    sign_in(client, Role.DISPATCHER)
    assert "Semua pembeli sudah dikabari" in client.get(PAGE).text
    parcel = a_parcel(resi="012345678901")
    shipments.apply(None, parcel, told("delivered", 0), now=now)
    english = a_parcel(a_product(name="Batik"), resi="012345678902", language="en")
    page = client.get(PAGE).text
    assert page.count("Kirim WhatsApp") == 2
    assert f"https://wa.me/6281234567890?text=Paket%20{parcel.code}" in page
    assert english.code in page

    row = db.session.query(Message).filter(Message.text.contains("tercatat")).one()
    answer = client.post(f"{PAGE}/{row.id}")

    assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE).text
    assert parcel.code not in page
    assert english.code in page
    again = client.post(f"{PAGE}/{row.id}")
    assert again.status_code == 409
    assert "sudah dikabari orang lain" in again.text
    assert "mengabari pembeli" in client.get("/panitia/jejak").text
    assert PAGE in client.get("/panitia/paket").text


def test_other_members_only_read(client):
    sign_in(client, Role.TREASURER)
    a_parcel(resi="012345678901")
    row = db.session.query(Message).filter(Message.key.startswith("hand:")).one()
    page = client.get(PAGE).text
    assert "sudah diserahkan ke JNE REG" in page
    assert "Kirim WhatsApp" not in page
    assert client.post(f"{PAGE}/{row.id}").status_code == 403
    assert row.sent_at is None


@pytest.mark.parametrize("count", [1, 3])
def test_more_news_costs_no_more_queries(client, queries, now, count):
    sign_in(client, Role.DISPATCHER)
    for number in range(count):
        parcel = a_parcel(resi=f"90000000000{number}")
        shipments.change_resi(parcel, "JNE REG", f"9100000000{number}0", "x", actor=HOST, now=now)
    db.session.commit()
    queries.clear()
    client.get(PAGE)
    assert len(queries) == 8
