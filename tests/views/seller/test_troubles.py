"""What a seller must look at: exceptions first, own parcels only, one thing to do each."""

from datetime import timedelta

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.shipments import problems
from tests.builders import HOST, a_parcel, a_product, a_seller, seller_token
from tests.shipments.parcels import said, told


@pytest.fixture
def seller(app):
    return a_seller(name="Dapur Bu Sri")


@pytest.fixture
def link(seller, now, time_machine):
    time_machine.move_to(now)
    return f"/u/{seller_token(seller)}/kendala"


def parcel_of(seller, now, *, days=1, resi=""):
    product = a_product(seller=seller, name="Keripik tempe")
    return a_parcel(product, paid_at=now - timedelta(days=days), resi=resi)


def test_where_all_is_well_there_is_nothing_to_do(client, seller, link, now):
    parcel_of(seller, now)
    page = client.get(link)
    assert "Semua paket baik-baik saja" in page.text
    assert "Perlu perhatian" not in client.get(link.replace("kendala", "kemas")).text


def test_exceptions_come_by_kind_with_one_thing_to_do(client, seller, link, now):
    late, packed = parcel_of(seller, now, days=4), parcel_of(seller, now, days=3)
    shipments.pack(packed, actor=HOST, now=now)
    stuck = parcel_of(seller, now, resi="012345678901")
    shipments.apply(None, stuck, said("exception", -1, code="on_hold"), now=now)
    states = {}
    for number, state in enumerate(("returning", "returned", "lost")):
        states[state] = parcel_of(seller, now, resi=f"01234567891{number}")
        shipments.apply(None, states[state], told(state, -1), now=now)
    silent = parcel_of(seller, now, days=9, resi="012345678920")
    stranger = a_parcel(paid_at=now - timedelta(days=9))

    page = client.get(link).text

    order = [late, packed, stuck, *states.values(), silent]
    places = [page.index(parcel.code) for parcel in order]
    assert places == sorted(places)
    assert stranger.code not in page
    for text in (
        "Terlambat dikirim",
        "Kemas sekarang",
        "Serahkan sekarang",
        "Ada kendala di kurir",
        "Sedang dikirim balik",
        "Kembali, belum diputuskan",
        "Hilang atau rusak di kurir",
        "Lama di kurir",
        'href="https://www.jne.co.id/tracking-package"',
    ):
        assert text in page
    packing = client.get(link.replace("kendala", "kemas")).text
    assert "<span>Perlu perhatian <strong>7</strong></span>" in packing
    assert f'href="{link}"' in packing


def test_a_seller_answers_its_own_buyers_once(client, seller, link, now):
    parcel = parcel_of(seller, now, resi="012345678901")
    mine = problems.tell(parcel, "missing", "Kurang satu.", now=now)
    theirs = problems.tell(a_parcel(resi="999999999999"), "missing", "Bukan.", now=now)
    page = client.get(link).text
    assert "Kurang satu." in page
    assert "Bukan." not in page

    assert client.post(f"{link}/{mine.id}", data={"answer": " "}).status_code == 422
    assert client.post(f"{link}/{theirs.id}", data={"answer": "Ya."}).status_code == 404
    assert client.get(f"{link}/{theirs.id}.webp").status_code == 404
    answers = [client.post(f"{link}/{mine.id}", data={"answer": "Menyusul."}) for _ in range(2)]

    assert [one.location for one in answers] == [link] * 2
    assert (mine.answer, mine.answered_by) == ("Menyusul.", "Dapur Bu Sri")
    assert theirs.answered_at is None
    assert "Kurang satu." not in client.get(link).text
    second = client.post(f"{link}/{mine.id}", data={"answer": "Tidak jadi."})
    assert second.status_code == 409
    assert "baru saja dijawab orang lain" in second.text


def test_another_link_opens_nothing(client, link):
    assert client.get(link.replace("/u/", "/u/x")).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_more_trouble_costs_no_more_queries(client, queries, seller, link, now, count):
    for number in range(count):
        parcel_of(seller, now, days=4)
        parcel = parcel_of(seller, now, resi=f"90000000000{number}")
        shipments.apply(None, parcel, told("lost", -1), now=now)
        problems.tell(parcel, "other", f"Di mana? {number}", now=now)
    db.session.commit()
    queries.clear()
    client.get(link)
    assert len(queries) == 10
