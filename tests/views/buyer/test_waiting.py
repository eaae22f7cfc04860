"""Pages of the waiting list, as a buyer without script sees them."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import catalog, waiting
from bazaar.db import db
from bazaar.models import Order, WaitingEntry, WaitState
from bazaar.tokens import new_key
from bazaar.web.services import waiting_letters
from tests.builders import a_product, a_rate, an_edition
from tests.views.buyer.test_checkout import a_form


@pytest.fixture(autouse=True)
def clock(app, time_machine, now):
    time_machine.move_to(now)
    an_edition(offer_minutes=10)
    a_rate(first_kg_idr=12_000)


def a_wait(**given):
    return {"key": new_key(), "name": "Bu Rini", "phone": "0812 0000 1111", "quantity": "2"} | given


def test_from_sold_out_to_an_order(client, now):
    product = a_product(stock=0, name="Kopi", price_idr=25_000)
    here = f"/b/{product.claim_code}"
    page = client.get(here).text
    assert "Belum ada yang menunggu" in page
    form = a_wait()
    place = client.post(f"{here}/tunggu", data=form).location
    assert client.post(f"{here}/tunggu", data=form).location == place
    assert "Anda yang pertama" in client.get(place).text
    assert "1 orang sudah menunggu" in client.get(here).text

    catalog.set_stock(product, 3, now=now)
    waiting.sweep(now, waiting_letters())
    db.session.commit()
    page = client.get(place).text
    assert "Disisihkan untuk Anda sampai 19.10" in page
    address = client.post(f"{place}/ambil").location
    assert client.post(f"{place}/ambil").location == address
    page = client.get(address).text
    assert "Barang disisihkan untuk Anda sampai 19.10" in page
    assert 'value="Bu Rini"' in page
    assert "19.10" in client.get(address.removesuffix("/pesan")).text

    done = client.post(address, data=a_form(product, agreed_idr="62000"))
    assert done.status_code == 303
    assert db.session.scalars(sa.select(Order)).one().checkout.source == "waiting"
    told = client.get(place).text
    assert "Sudah dipesan" in told
    assert f'href="{done.location}#' in told
    assert client.post(f"{place}/ambil").status_code == 409


def test_an_offer_that_is_over_says_so(client, now):
    product = a_product(stock=0)
    place = client.post(f"/b/{product.claim_code}/tunggu", data=a_wait()).location
    catalog.set_stock(product, 1, now=now)
    waiting.sweep(now, waiting_letters())
    db.session.commit()
    assert "Baru 1 buah yang tersedia." in client.get(place).text
    address = client.post(f"{place}/ambil").location

    waiting.lapse(now + timedelta(minutes=10))
    catalog.set_stock(product, 0, now=now)
    db.session.commit()

    assert "Waktu tawaran habis" in client.get(place).text
    page = client.post(address, data=a_form(product))
    assert page.status_code == 409
    assert "tidak cukup; sisa 0" in page.text
    assert f"/b/{product.claim_code}#tunggu" in client.get(address.removesuffix("/pesan")).text


def test_who_leaves_is_out(client):
    product = a_product(stock=0)
    place = client.post(f"/b/{product.claim_code}/tunggu", data=a_wait()).location

    assert client.post(f"{place}/keluar").status_code == 303
    assert client.post(f"{place}/keluar").status_code == 303

    assert "Anda sudah keluar" in client.get(place).text
    assert db.session.scalar(sa.select(WaitingEntry.state)) is WaitState.LEFT


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": ""}, "Tulis nama Anda."),
        ({"phone": "12"}, "Nomor ini tidak dikenal."),
        ({"quantity": "0"}, "Isi dengan angka 1 sampai 50."),
        ({"key": "x"}, "Formulir ini tidak lengkap."),
    ],
)
def test_wrong_fields_have_their_sentences(client, given, sentence):
    product = a_product(stock=0)

    page = client.post(f"/b/{product.claim_code}/tunggu", data=a_wait(**given))

    assert page.status_code == 422
    assert sentence in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WaitingEntry)) == 0


def test_who_could_order_or_waits_already_is_told(client):
    there, gone = a_product(stock=1), a_product(stock=0)

    answer = client.post(f"/b/{there.claim_code}/tunggu", data=a_wait())
    assert "masih ada. Langsung pesan saja." in client.get(answer.location).text
    client.post(f"/b/{gone.claim_code}/tunggu", data=a_wait())
    answer = client.post(f"/b/{gone.claim_code}/tunggu", data=a_wait())
    assert "Nomor ini sudah menunggu" in client.get(answer.location).text


def test_wrong_links_open_nothing(client):
    assert client.get(f"/t/{new_key()}").status_code == 404
    assert client.post(f"/t/{new_key()}/ambil").status_code == 404
