"""A seller's own labels, and nobody else's."""

import pytest

from bazaar import shipments
from bazaar.db import db
from tests.builders import a_parcel, a_product, a_seller, seller_token
from tests.test_label_sheets import moved
from tests.views.committee.test_labels import pages, work


@pytest.fixture
def seller(app):
    return a_seller(name="Dapur Bu Sri")


@pytest.fixture
def link(seller):
    return f"/u/{seller_token(seller)}"


def own(seller):
    return a_parcel(a_product(seller=seller))


def test_without_parcels_the_page_says_what_will_come(client, link):
    page = client.get(f"{link}/label")

    assert page.status_code == 200
    assert "Tidak ada paket yang perlu label" in page.text


def test_own_labels_from_the_list_to_the_file(client, seller, link):
    parcels = [own(seller) for _ in range(2)]
    listed = client.get(f"{link}/label").text
    assert listed.count(" checked") >= 2

    answer = client.post(f"{link}/label", data={"kode": [one.code for one in parcels]})
    assert answer.status_code == 303
    sheet = answer.location
    assert "Sedang dibuat" in client.get(sheet).text
    assert client.get(f"{sheet}/kemajuan").status_code == 200
    assert client.post(f"{sheet}/unduh").status_code == 409
    work()
    assert "Unduh PDF" in client.get(sheet).text
    assert pages(client.post(f"{sheet}/unduh").data) == 2
    assert all(shipments.label_is_current(one) for one in parcels)
    assert "dicetak" in client.get(f"{link}/label").text


def test_others_parcels_and_sheets_do_not_exist(client, seller, link):
    other = a_seller()
    others = a_parcel(a_product(seller=other))
    assert client.post(f"{link}/label", data={"kode": others.code}).status_code == 422
    assert client.post(f"{link}/label", data={}).status_code == 422

    theirs = f"/u/{seller_token(other)}"
    sheet = client.post(f"{theirs}/label", data={"kode": others.code}).location
    number = sheet.rsplit("/", 1)[1]
    work()
    assert client.get(f"{link}/label/{number}").status_code == 404
    assert client.get(f"{link}/label/{number}/kemajuan").status_code == 404
    assert client.post(f"{link}/label/{number}/unduh").status_code == 404
    assert others.label_printed_at is None
    assert others.code not in client.get(f"{link}/label").text
    assert client.get(f"{link.replace('/u/', '/u/x')}/label").status_code == 404


def test_an_outdated_label_is_pointed_out_while_packing(client, seller, link, now):
    parcel = own(seller)
    assert pages(client.post(f"{link}/kemas/{parcel.code}/label").data) == 1
    assert "Label lama" not in client.get(f"{link}/kemas").text
    moved(parcel, now)

    assert "Label lama tidak berlaku" in client.get(f"{link}/kemas").text
    assert "Label lama" in client.get(f"{link}/label").text
    client.post(f"{link}/kemas/{parcel.code}/dikemas")
    assert "Label lama tidak berlaku" in client.get(f"{link}/kemas").text


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_fuller_page_costs_no_more_queries(client, queries, seller, link, parcels):
    for _ in range(parcels):
        own(seller)
    db.session.commit()
    queries.clear()

    client.get(f"{link}/label")

    assert len(queries) == 5
