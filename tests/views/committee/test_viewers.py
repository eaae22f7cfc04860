"""A host orders for a viewer: understood, set aside, finished by the viewer."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from bazaar import inspection, waiting
from bazaar.db import db
from bazaar.models import Checkout, Order, Role, WaitingEntry, WaitState
from bazaar.tokens import new_key
from bazaar.web.services import waiting_letters
from tests.builders import a_product, a_rate, a_release, a_seller, a_turn, an_edition, sign_in

HERE = "/panitia/penonton"


@pytest.fixture
def host(client, time_machine, now):
    time_machine.move_to(now)
    return sign_in(client, Role.HOST)


@pytest.fixture
def goods(host):
    edition = an_edition(hold_minutes=30)
    a_rate(first_kg_idr=12_000)
    product = a_product(stock=3, claim_code="B07", name="Kopi", price_idr=25_000)
    a_turn(a_release(edition), product.seller)
    db.session.commit()
    return product


def a_line(text="B7 x2, Bu Rini, 0812-3456-7890", **given):
    return {"text": text, "key": new_key()} | given


def test_what_is_typed_is_shown_before_anything_is_held(client, goods):
    page = client.post(HERE, data=a_line())

    assert page.status_code == 200
    for text in ("2 × B07 Kopi", "Rp50.000", "Bu Rini", "0812-3456-7890", "Sisihkan selama 30"):
        assert text in page.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(WaitingEntry)) == 0


def test_the_viewer_gets_a_link_and_finishes(client, goods, now, time_machine):
    line = a_line(do="hold")
    held = client.post(HERE, data=line)
    assert (held.status_code, goods.stock) == (303, 1)
    assert client.post(HERE, data=line).location == held.location
    db.session.refresh(goods)
    assert goods.stock == 1
    page = client.get(held.location).text
    link = re.search(r'href="https://wa.me/6281234567890\?text=([^"]+)"', page)
    assert link
    words = unquote(link[1])
    assert words.startswith("Halo Bu Rini, pesanan Anda di Pasar Virtual sudah disisihkan")
    assert "sampai 19.30" in words
    address = re.search(r"/k/[A-Za-z0-9_-]{43}/pesan", words)[0]

    time_machine.move_to(now + timedelta(minutes=20))
    form = client.get(address).text
    assert 'value="Bu Rini"' in form
    assert 'value="0812-3456-7890"' in form
    assert "Barang disisihkan untuk Anda sampai 19.30" in form
    sent = {
        "key": new_key(), "buyer_name": "Rini", "phone": "0812-3456-7890", "country": "ID",
        "village": "35.09.21.1002", "street": "Jalan Jawa 10", "agreed_idr": "62000",
        f"courier-{goods.seller_id}": "JNE REG",
    }  # fmt: skip
    done = client.post(address, data=sent)

    assert done.status_code == 303, done.text
    assert client.post(address, data=sent).location == done.location
    order = db.session.scalars(sa.select(Order)).one()
    assert (order.checkout.source, order.turn_id is not None) == ("host", True)
    assert db.session.scalar(sa.select(WaitingEntry.state)) is WaitState.TAKEN
    told = client.get(held.location).text
    assert "Penonton sudah memesan" in told
    assert f'href="/panitia/pesanan/{order.reference}"' in told
    assert "dibuatkan pembawa acara, saat siaran" in client.get("/panitia/pesanan").text
    assert inspection.differences() == []


def test_what_the_viewer_does_not_take_is_sold_again(client, goods, now, time_machine):
    held = client.post(HERE, data=a_line(do="hold")).location
    later = now + timedelta(minutes=30)

    waiting.sweep(later, waiting_letters())
    db.session.commit()

    db.session.refresh(goods)
    assert goods.stock == 3
    assert "Tidak ada lagi yang disisihkan" in client.get(held).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Checkout)) == 0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Bu Rini 0812-3456-7890", "Tulis kode barangnya"),
        ("B07, 0812-3456-7890", "Tulis nama penontonnya"),
        ("B07, Bu Rini", "Tulis nomor WhatsApp"),
        ("Z99, Bu Rini, 0812-3456-7890", "Kode Z99 tidak dikenal"),
        ("B07 x9, Bu Rini, 0812-3456-7890", "Kopi tinggal 3."),
        ("", "Tulis kode barangnya"),
    ],
)
def test_what_is_missing_is_told(client, goods, text, sentence):
    page = client.post(HERE, data=a_line(text, do="hold"))

    assert page.status_code == 422
    assert sentence in page.text
    assert goods.stock == 3


def test_only_hosts_set_aside(client, goods):
    sign_in(client, Role.TREASURER)

    assert client.get(HERE).status_code == 403
    assert client.get("/panitia/tunggu").status_code == 200
    assert "Pesan untuk penonton" not in client.get("/panitia/tunggu").text


def test_the_line_is_shown_with_words_to_send(client, goods, now):
    assert "Tidak ada yang menunggu" in client.get("/panitia/tunggu").text
    client.post(HERE, data=a_line(do="hold"))
    tea = a_product(stock=0, name="Teh", seller=a_seller())
    who = waiting.Who(name="Pak Agus", phone="+6281200002222")
    waiting.join(tea, 1, who, key="t" * 22, links=waiting_letters().links, now=now)
    db.session.commit()

    page = client.get("/panitia/tunggu").text

    assert page.index("Ditawarkan") < page.index("Menunggu")
    assert "Pak Agus" in page
    assert "0812-0000-2222" in page
    assert "https://wa.me/6281200002222?text=Halo%20Pak%20Agus%2C%20ini%20tempat%20Anda" in page
    assert "https://wa.me/6281234567890?text=Halo%20Bu%20Rini" in page


@pytest.mark.parametrize(
    ("text", "found"),
    [("Agus", 1), ("teh", 1), ("00002222", 1), ("0812", 0), ("Kopi", 0), ("%", 0)],
)
def test_the_line_can_be_searched(client, goods, now, text, found):
    tea = a_product(stock=0, name="Teh")
    who = waiting.Who(name="Pak Agus", phone="+6281200002222")
    waiting.join(tea, 1, who, key="t" * 22, links=waiting_letters().links, now=now)
    db.session.commit()

    page = client.get("/panitia/tunggu", query_string={"q": text}).text

    assert page.count('class="lead-cell"') == found
    assert ("Tidak ada yang cocok" in page) is (found == 0)


@pytest.mark.parametrize("count", [1, 3])
def test_a_longer_line_costs_no_more_queries(client, goods, now, queries, count):
    for number in range(count):
        tea = a_product(stock=0)
        who = waiting.Who(name="Pak Agus", phone=f"+628120000222{number}")
        waiting.join(tea, 1, who, key=f"{number}" * 22, links=waiting_letters().links, now=now)
    db.session.commit()
    queries.clear()

    client.get("/panitia/tunggu")

    assert len(queries) == QUERIES


QUERIES = 6
"""Session and member; places: count and rows; edition twice."""
