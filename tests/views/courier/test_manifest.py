"""The courier behind the link of one manifest: takes, signs, keeps the proof."""

import base64
import io
from datetime import timedelta
from html import unescape

import pytest
from PIL import Image, ImageDraw

from bazaar import manifests, shipments, times
from bazaar.db import db
from bazaar.models import ParcelStatus
from tests.builders import HOST, a_parcel

SAID = {"signer": "Budi Santoso", "contact": "0812-0000-1111", "received": "2", "accepted": "1"}


@pytest.fixture
def parcels(app):
    found = [a_parcel(), a_parcel()]
    for parcel in found:
        shipments.pack(parcel, actor=HOST, now=parcel.created_at)
    return found


@pytest.fixture
def links(app):
    return app.extensions["bazaar"].links


@pytest.fixture
def number(parcels, links):
    now = times.now()
    made = manifests.make("JNE", times.day_of(now, times.WIB), links=links, actor=HOST, now=now)
    for parcel in parcels:
        manifests.scan(made, parcel.code, actor=HOST, now=now)
    return made.number


@pytest.fixture
def link(number, links):
    manifests.lock(manifests.get(number), actor=HOST, now=times.now())
    return f"/m/{manifests.link_of(manifests.get(number), links)}"


def drawn():
    picture = Image.new("RGBA", (900, 360))
    ImageDraw.Draw(picture).line((100, 50, 500, 300, 700, 80), fill="black", width=6)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


def test_an_open_list_cannot_be_signed_yet(client, number, links):
    link = f"/m/{manifests.link_of(manifests.get(number), links)}"
    assert "Panitia masih memindai" in client.get(link).text
    early = client.post(link, data=SAID)
    assert early.status_code == 409
    assert "belum dikunci panitia" in early.text


def test_the_page_shows_what_to_take_and_little_of_buyers(client, link, parcels):
    page = client.get(link)

    assert all(parcel.code in page.text for parcel in parcels)
    assert "S*** A***" in page.text
    assert "Siti" not in page.text
    assert manifests.place_of(parcels[0].order.checkout) in page.text
    street = parcels[0].order.checkout.street
    assert street not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_a_tick_is_enough_and_the_proof_stays(client, link, parcels):
    done = client.post(link, data=SAID)
    assert done.status_code == 303
    page = client.get(link).text

    assert "Halaman ini bukti serah terima" in page
    assert "Budi Santoso" in page
    assert "<form" not in page
    assert {parcel.status for parcel in parcels} == {ParcelStatus.HANDED_OVER}
    assert parcels[0].steps[-1].by == "Budi Santoso (JNE)"


def test_a_drawn_signature_is_kept(client, link, number):
    sent = {name: value for name, value in SAID.items() if name != "accepted"}
    assert client.post(link, data=sent | {"signature": drawn()}).status_code == 303

    assert manifests.get(number).signature.startswith(b"\x89PNG")
    assert "data:image/png;base64," in client.get(link).text


def test_a_drawn_signature_survives_a_wrong_count(client, link):
    ink = drawn()
    page = client.post(link, data=SAID | {"received": "1", "signature": ink})
    assert page.status_code == 422
    assert f'name="signature" value="{ink}"' in unescape(page.text)

    forged = client.post(link, data=SAID | {"signature": "<script>"})
    assert 'name="signature" value=""' in forged.text


def test_signing_twice_says_who_did(client, link, number):
    client.post(link, data=SAID)
    twice = client.post(link, data=SAID | {"signer": "Joko"})

    assert twice.status_code == 409
    assert "sudah ditandatangani Budi Santoso" in twice.text
    assert manifests.get(number).signer == "Budi Santoso"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"signer": ""}, "Isi nama Anda."),
        ({"contact": "1"}, "Nomor 4 sampai 40"),
        ({"received": "dua"}, "Isi jumlahnya dengan angka."),
        ({"received": "1"}, "Hitung sekali lagi"),
        ({"accepted": ""}, "Tanda tangani di kotak"),
        ({"signature": "data:image/png;base64,xx"}, "Tanda tangan tidak terbaca"),
        ({"signature": "<script>"}, "Tanda tangan tidak terbaca"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, link, parcels, given, told):
    page = client.post(link, data={k: v for k, v in (SAID | given).items() if v})

    assert page.status_code == 422
    assert told in page.text
    assert "Not a valid" not in page.text
    assert given.get("contact", "0812-0000-1111") in page.text
    assert {parcel.status for parcel in parcels} == {ParcelStatus.PACKED}


def test_a_missing_parcel_is_ticked_and_explained(client, link, parcels):
    gone = {"missing": parcels[1].code, "received": "1"}
    assert client.post(link, data=SAID | gone).status_code == 422
    assert client.post(link, data=SAID | gone | {"remark": "dus rusak"}).status_code == 303

    assert "tidak dibawa" in client.get(link).text
    assert parcels[1].status is ParcelStatus.PACKED


def test_a_cancelled_parcel_is_named_and_ticked_already(client, link, parcels):
    shipments.cancel(parcels[1], "batal", actor=HOST, now=times.now())
    db.session.commit()

    page = client.get(link).text

    assert "Jangan dibawa" in page
    assert f'value="{parcels[1].code}" checked' in page
    refused = client.post(link, data=SAID)
    assert refused.status_code == 409
    assert f"Paket {parcels[1].code} tidak boleh diserahkan" in refused.text
    assert parcels[0].status is ParcelStatus.PACKED


def test_the_link_ends_a_month_after_the_signature(client, link, time_machine):
    client.post(link, data=SAID)
    time_machine.move_to(times.now() + timedelta(days=30, minutes=1))

    ended = client.get(link)

    assert ended.status_code == 404
    assert "sudah berakhir" in ended.text
    assert client.get("/m/" + "x" * 43).status_code == 404
