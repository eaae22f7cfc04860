"""One parcel's page: every state shows, every act is there where it may be, wrong input is told."""

import html
import re

import pytest
import sqlalchemy as sa

from bazaar import shipments
from bazaar.db import db
from bazaar.models import OrderStatus, Parcel, ParcelStatus, Role
from bazaar.rules.parcel_states import acts_in
from bazaar.shipments import returns
from bazaar.views.committee.parcel_acts import _BY_ACT
from bazaar.views.committee.parcel_words import ACTS, HAPPENED, NEEDS, REVIEWS, STATES
from tests.builders import HOST, sign_in
from tests.shipments.parcels import (
    RESI,
    a_booking,
    a_parcel_in,
    a_parcel_of,
    line_ids,
    reasons,
    said,
    told,
)

LIST = "/panitia/paket"
WORDS = "x" * 121


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def page_of(client, parcel):
    answer = client.get(f"{LIST}/{parcel.code}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def do(client, parcel, path, **data):
    return client.post(f"{LIST}/{parcel.code}/{path}", data=data)


@pytest.mark.parametrize("state", [status.value for status in ParcelStatus])
def test_every_state_has_a_page_with_what_can_be_done(client, dispatcher, state):
    parcel = a_parcel_in(state)
    page = page_of(client, parcel)
    for act in _BY_ACT:
        offered = f'name="act" value="{act.value}"' in page
        assert offered == (act in acts_in(parcel.status)), act
    assert any(str(words[parcel.status]) in page for words in (STATES, HAPPENED))
    assert parcel.code in client.get(f"{LIST}?keadaan={state}").text


def test_everything_has_words():
    assert set(STATES) == set(ParcelStatus)
    assert set(NEEDS) == set(shipments.overview.Need)
    assert set(_BY_ACT) < set(ACTS)
    assert "unknown_status" in REVIEWS


def test_news_by_telephone_needs_a_reason(client, dispatcher):
    parcel = a_parcel_in("in_transit")
    for why in ("", WORDS):
        refused = do(client, parcel, "kabar", act="fail", kind="nobody_home", why=why)
        assert refused.status_code == 422
        assert "Tulis alasannya" in refused.text
    assert parcel.status is ParcelStatus.IN_TRANSIT
    assert do(client, parcel, "kabar", act="teleport", why="x").status_code == 422

    done = do(client, parcel, "kabar", act="fail", kind="nobody_home", why="kata kurir")
    assert done.status_code == 303
    page = page_of(client, parcel)
    assert "Rumah kosong" in page
    assert "oleh Wulan: kata kurir" in page
    assert "https://wa.me/6281234567890" in page
    again = do(client, parcel, "kabar", act="fail", kind="x", why="kata kurir")
    assert again.status_code == 303  # pressed twice: done once
    assert do(client, parcel, "kabar", act="cancel", why="x").status_code == 409


def test_a_booked_courier_is_asked_to_cancel(client, dispatcher):
    parcel = a_parcel_in("booked")
    a_booking(parcel)
    do(client, parcel, "kabar", act="cancel", why="batal")
    assert "Menunggu jawaban kurir" in page_of(client, parcel)
    assert parcel.status is ParcelStatus.BOOKED
    assert do(client, parcel, "kabar", act="unbook", why="batal").status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"weight_g": "0"},
        {"weight_g": "50001"},
        {"weight_g": "1,5"},
        {"weight_g": "-3"},
        {"weight_g": "100", "length_cm": "10"},
        {"weight_g": "100", "length_cm": "10", "width_cm": "10", "height_cm": "201"},
    ],
)
def test_impossible_boxes_are_told(client, dispatcher, wrong):
    parcel = a_parcel_in("packed")
    refused = do(client, parcel, "ukuran", **wrong)
    assert refused.status_code == 422
    assert f'value="{wrong["weight_g"]}"' in refused.text
    assert parcel.weight_g is None


def test_a_box_is_measured(client, dispatcher):
    parcel = a_parcel_in("packed")
    given = {"weight_g": "900", "length_cm": "50", "width_cm": "40", "height_cm": "30"}
    assert do(client, parcel, "ukuran", fragile="1", **given).status_code == 303
    page = page_of(client, parcel)
    assert "50 × 40 × 30 cm" in page
    assert "Mudah pecah" in page


def test_a_parcel_is_split(client, dispatcher):
    parcel = a_parcel_of(3)
    (line,) = line_ids(parcel)
    for wrong in ("0", "3", "4", "x"):
        refused = do(client, parcel, "pisah", **{f"pieces-{line}": wrong})
        assert refused.status_code == 422
    assert do(client, parcel, "pisah", **{f"pieces-{line}": "1"}).status_code == 303
    page = page_of(client, parcel)
    assert f"{parcel.code}-2" in page
    assert "dikirim dalam 2 paket" in page
    order = client.get(f"/panitia/pesanan/{parcel.order.reference}").text
    assert f"{parcel.code}-2" in order


def test_an_address_is_changed_and_the_label_is_void(client, dispatcher, now):
    parcel = a_parcel_in("packed")
    shipments.mark_printed([parcel], now=now)
    given = {"buyer_name": "Siti", "phone": "08123", "street": "Jalan Baru 1", "why": "pindah"}
    refused = do(client, parcel, "alamat", **given)
    assert refused.status_code == 422
    assert "tidak dapat dihubungi" in refused.text
    given["phone"] = "081234567890"
    assert do(client, parcel, "alamat", **(given | {"why": ""})).status_code == 422
    assert do(client, parcel, "alamat", **(given | {"street": ""})).status_code == 422
    assert parcel.order.checkout.street == "Jalan Jawa 10"
    assert do(client, parcel, "alamat", **given).status_code == 303
    page = page_of(client, parcel)
    assert "Jalan Baru 1" in page
    assert "Label lama tidak berlaku" in page
    gone = a_parcel_in("in_transit")
    assert do(client, gone, "alamat", **given).status_code == 409
    assert do(client, gone, "pesan", why="titip tetangga").status_code == 303


def test_reviews_are_cleared_one_by_one(client, dispatcher, now):
    parcel = a_parcel_in("packed", resi="012345678900")
    shipments.apply(None, parcel, said("attributes", resi=RESI), now=now)
    shipments.apply(None, parcel, said("unknown", code="teleported"), now=now)
    page = page_of(client, parcel)
    assert "Nomor resi berganti" in page
    assert "teleported" in page
    assert f"yang baru: {RESI}" in page
    first, second = shipments.reviews.open_ones(parcel)
    assert do(client, parcel, f"periksa/{first.id}", why="").status_code == 422
    assert do(client, parcel, f"periksa/{first.id}", why="sudah").status_code == 303
    assert do(client, parcel, f"periksa/{first.id}", why="sudah").status_code == 409
    assert do(client, a_parcel_in("packed"), f"periksa/{second.id}", why="x").status_code == 404
    assert reasons(parcel) == ["unknown_status"]


def test_what_came_back_is_decided(client, dispatcher):
    parcel = a_parcel_of(2, state="returned")
    (line,) = line_ids(parcel)
    assert "Barangnya bagaimana?" in page_of(client, parcel)
    assert do(client, parcel, "putusan", decision="").status_code == 422
    pieces = {f"pieces-{line}": "1"}
    refused = do(client, parcel, "putusan", decision="restock", **pieces)
    assert refused.status_code == 422
    for name, value in pieces.items():
        assert re.search(rf'name="{name}"[^>]* value="{value}"', refused.text), "typed, not lost"
    done = do(client, parcel, "putusan", decision="restock", why="satu pecah", **pieces)
    assert done.status_code == 303
    for amount in ("", "0", "1.5", "seribu", "99999999999999"):
        refused = do(client, parcel, "putusan", decision="refund", amount_idr=amount)
        assert refused.status_code == 422
        assert f'value="{amount}"' in refused.text
    done = do(client, parcel, "putusan", decision="refund", amount_idr="50.000")
    assert done.status_code == 303
    again = do(client, parcel, "putusan", decision="reship")
    assert again.status_code == 409
    page = page_of(client, parcel)
    assert "Uang dikembalikan" in page
    assert "Rp50.000" in page
    assert [one.kind for one in returns.decisions_of(parcel)] == [
        "restock",
        "write_off",
        "refund",
    ]


def test_what_is_lost_is_sent_again_and_paid_for(client, dispatcher):
    parcel = a_parcel_of(1, state="lost")
    assert do(client, parcel, "putusan", decision="write_off", why="x").status_code == 409
    assert do(client, parcel, "putusan", decision="reship").status_code == 303
    assert f"{parcel.code}-2" in page_of(client, parcel)
    paid = do(client, parcel, "putusan", decision="compensation", amount_idr="120000")
    assert paid.status_code == 303
    assert "Ganti rugi kurir" in page_of(client, parcel)


def test_an_order_is_called_off_with_its_parcels(client, dispatcher, now):
    parcel = a_parcel_of(2)
    path = f"/panitia/pesanan/{parcel.order.reference}"
    assert "Batalkan pesanan" in client.get(path).text
    assert client.post(f"{path}/batal", data={"why": ""}).status_code == 422
    assert client.post(f"{path}/batal", data={"why": "stok salah"}).status_code == 303
    db.session.refresh(parcel.order)
    assert parcel.order.status is OrderStatus.CANCELLED
    assert client.post(f"{path}/batal", data={"why": "lagi"}).status_code == 409
    assert "Batalkan pesanan" not in client.get(path).text
    assert do(client, parcel, "dikemas").status_code == 409
    sent = a_parcel_in("in_transit")
    path = f"/panitia/pesanan/{sent.order.reference}"
    assert "Batalkan pesanan" not in client.get(path).text
    assert client.post(f"{path}/batal", data={"why": "x"}).status_code == 409


def test_the_rest_of_an_order_becomes_a_parcel(client, dispatcher):
    parcel = a_parcel_of(2)
    path = f"/panitia/pesanan/{parcel.order.reference}"
    assert client.post(f"{path}/paket").status_code == 409
    do(client, parcel, "kabar", act="cancel", why="kardus basah")
    assert "2 barang belum ada di paket" in client.get(path).text
    assert client.post(f"{path}/paket").status_code == 303
    codes = db.session.scalars(sa.select(Parcel.code).order_by(Parcel.id)).all()
    assert codes == [parcel.code, f"{parcel.code}-2"]


def test_readers_see_no_forms(client, now):
    sign_in(client, Role.TREASURER)
    parcel = a_parcel_in("lost")
    shipments.apply(None, parcel, told("in_transit"), now=now)
    page = page_of(client, parcel)
    assert "Keputusan" in page
    assert "<form method" not in page.split("<main")[1].split("</main")[0]
    assert HOST.name in page
