"""Pages of settlement: who may do what, what people see, what is refused."""

import io
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
import sqlalchemy as sa
from PIL import Image

from bazaar import settlement
from bazaar.db import db
from bazaar.models import AccountKind, ReceivingAccount, Role, SellerStatement
from bazaar.settlement import making
from bazaar.web import services
from tests.builders import NOW, a_product, a_seller, an_edition, an_order, seller_token, sign_in
from tests.settling import a_bank_account, a_gateway, close, make, pay, through
from tests.uploads import send

PAGE = "/panitia/perhitungan"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def seller(edition):
    """A seller with one order, whose money came through the gateway; the day is closed."""
    seller = a_seller(edition=edition, name="Batik Sri", code="U0007")
    through(a_gateway(), an_order(a_product(seller=seller, price_idr=50_000)))
    close(edition)
    return seller


@pytest.fixture
def statement(edition, seller):
    (one,) = make(edition)
    return one


def a_picture():
    file = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(file, "JPEG")
    return file.getvalue()


def test_without_sales_the_page_says_what_will_be_there(client, edition):
    sign_in(client, Role.TREASURER)

    assert "Belum ada yang dihitung" in client.get(PAGE).text


def test_without_an_edition_there_is_a_page_too(client):
    sign_in(client, Role.TREASURER)

    assert "Belum ada yang dihitung" in client.get(PAGE).text
    assert client.post(PAGE, data={"until": "2026-03-01"}).status_code == 422


def test_what_is_too_much_at_once_is_told_and_the_day_stays_chosen(
    client, edition, seller, monkeypatch
):
    monkeypatch.setattr(making, "AT_ONCE", 1)
    other = a_seller(edition=edition, name="Kopi Ijen", code="U0008")
    gateway = db.session.scalars(sa.select(ReceivingAccount)).one()
    later = NOW + timedelta(days=1)
    for at in (later, later + timedelta(days=1)):
        product = a_product(seller=other)
        through(gateway, an_order(product, at=at), at=at)
        close(edition, at.date(), at=at)
    sign_in(client, Role.TREASURER)

    first = client.post(PAGE, data={"until": "2026-03-02"})
    page = client.get(first.location).text

    assert first.location == f"{PAGE}?sampai=2026-03-02"
    assert "1 lembar dibuat" in page
    assert "Masih ada 1 UMKM: terlalu banyak untuk sekali jalan." in page
    assert '<option value="2026-03-02" selected>' in page
    assert client.post(PAGE, data={"until": "2026-03-02"}).location == PAGE
    made = db.session.scalars(sa.select(SellerStatement).order_by(SellerStatement.id)).all()
    assert [one.seller_id for one in made] == [seller.id, other.id]
    assert {one.until.isoformat() for one in made} == {"2026-03-02"}


def test_statements_of_all_sellers_are_made_with_one_click(client, seller):
    sign_in(client, Role.TREASURER)
    page = client.get(PAGE).text
    assert "Batik Sri" in page
    assert "Rp62.000" in page

    answer = client.post(PAGE, data={"until": "2026-03-01"})

    assert answer.headers["Location"] == PAGE
    page = client.get(PAGE).text
    assert "1 lembar dibuat" in page
    assert "Nomor 1" in page
    assert client.post(PAGE, data={"until": "2026-03-01"}).status_code == 409


@pytest.mark.parametrize("until", ["", "2026-02-30", "2026-03-02"])
def test_a_day_that_is_not_signed_is_refused(client, seller, until):
    sign_in(client, Role.TREASURER)

    answer = client.post(PAGE, data={"until": until})

    assert answer.status_code == 422
    assert "Pilih hari yang sudah ditutup" in answer.text
    assert db.session.scalars(sa.select(SellerStatement)).all() == []


def test_before_a_day_is_closed_the_page_says_so(client, edition):
    through(a_gateway(), an_order(a_product()))
    sign_in(client, Role.TREASURER)

    assert "Belum ada hari yang ditutup" in client.get(PAGE).text


def test_a_statement_is_paid_with_reference_and_proof(client, statement):
    sign_in(client, Role.TREASURER)
    address = f"{PAGE}/U0007/1"
    assert "Belum ada rekening bank" in client.get(address).text

    answer = send(
        client, f"{address}/lunas", {"photo": ("x.jpg", a_picture())}, {"reference": "TRX-77"}
    )

    assert answer.headers["Location"] == address
    page = client.get(address).text
    assert "Lunas" in page
    assert "TRX-77" in page
    assert client.get(f"{address}.webp").mimetype == "image/webp"
    again = client.post(f"{address}/lunas", data={"reference": "TRX-78"})
    assert again.status_code == 409
    assert "sudah dicatat lunas oleh Wulan" in again.text


@pytest.mark.parametrize(
    ("fields", "files", "sentence"),
    [
        ({"reference": " "}, {}, "Isi nomor transaksinya"),
        ({"reference": "x" * 201}, {}, "Paling panjang 200 huruf"),
        ({"reference": "TRX"}, {"photo": ("x.jpg", b"no picture")}, "bukan foto"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_written(client, statement, fields, files, sentence):
    sign_in(client, Role.TREASURER)

    answer = send(client, f"{PAGE}/U0007/1/lunas", files, fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    db.session.expire_all()
    assert statement.paid_out_at is None


def test_only_treasurers_make_and_pay(client, statement):
    sign_in(client, Role.HOST)

    assert "Bendahara yang mencatat" in client.get(f"{PAGE}/U0007/1").text
    assert "Buat untuk semua" not in client.get(PAGE).text
    for path in (PAGE, f"{PAGE}/U0007/1/lunas"):
        assert client.post(path, data={"reference": "x"}).status_code == 403
    assert client.get(f"{PAGE}/transfer.csv").status_code == 403


def test_the_bank_gets_a_list_of_whom_it_can_pay(client, edition, seller):
    a_bank_account(seller)
    statement = next(one for one in a_second(edition) if one.seller_id == seller.id)
    sign_in(client, Role.TREASURER)

    csv = client.get(f"{PAGE}/transfer.csv").text
    sheet = client.get(f"{PAGE}/transfer.xlsx")

    book = openpyxl.load_workbook(io.BytesIO(sheet.data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[1:] == [
        (
            *("Bank Contoh", "0012345678", "BU SRI", 62_000),
            *("PV U0007/1", "U0007", "Batik Sri"),
        )
    ]
    assert "Kopi" not in csv
    assert "1 UMKM belum punya rekening bank" in client.get(PAGE).text
    pay(statement)
    db.session.commit()
    assert "0012345678" not in client.get(f"{PAGE}/transfer.csv").text


def a_second(edition):
    """One more seller, without a bank account, who sold on the next day; statements of all."""
    other = a_seller(edition=edition, name="Kopi Tanpa Rekening", code="U0009")
    gateway = db.session.scalars(
        sa.select(ReceivingAccount).where(ReceivingAccount.kind == AccountKind.GATEWAY)
    ).one()
    at = NOW + timedelta(days=1)
    through(gateway, an_order(a_product(seller=other), at=at), at=at)
    close(edition, at.date(), at=at)
    return make(edition, at.date(), at=at)


def test_the_paper_tells_the_same(client, statement):
    sign_in(client, Role.HOST)

    answer = client.get(f"{PAGE}/U0007/1.pdf")

    text = pypdfium2.PdfDocument(answer.data)[0].get_textpage().get_text_range()
    assert answer.mimetype == "application/pdf"
    assert "Perhitungan nomor 1: Batik Sri (U0007)" in text
    assert "Rp62.000" in text
    assert "Belum dibayar" in text


def test_unknown_statements_are_not_found(client, statement):
    sign_in(client, Role.TREASURER)

    for path in ("U0007/2", "U9999/1", "U0007/2.pdf", "U0007/1.webp", "U0007/2.webp"):
        assert client.get(f"{PAGE}/{path}").status_code == 404


def test_the_seller_sees_it_by_its_link_and_on_the_own_pages(client, statement, seller):
    token = settlement.link_token(seller, 1, services().links)
    own = seller_token(seller)
    db.session.commit()

    page = client.get(f"/lembar/{token}")

    assert "Batik Sri" in page.text
    assert "Rp62.000" in page.text
    assert "noindex" in page.text
    assert client.get(f"/lembar/{token}.pdf").mimetype == "application/pdf"
    assert client.get(f"/lembar/{token}/bukti").status_code == 404
    assert f"/lembar/{token}" in client.get(f"/u/{own}/perhitungan").text
    for path in ("/lembar/x", "/lembar/x.pdf", "/lembar/x/bukti", "/u/x/perhitungan"):
        assert client.get(path).status_code == 404


def test_a_seller_without_statements_is_told(client, edition):
    own = seller_token(a_seller())
    db.session.commit()

    assert "Belum ada perhitungan" in client.get(f"/u/{own}/perhitungan").text


@pytest.mark.parametrize("orders", [1, 3])
def test_more_orders_cost_no_more_queries(client, edition, queries, orders):
    product = a_product(seller=a_seller(code="U0008"), stock=9)
    gateway = a_gateway()
    for _ in range(orders):
        through(gateway, an_order(product))
    close(edition)
    make(edition)
    sign_in(client, Role.TREASURER)
    counts = []
    for path in (PAGE, f"{PAGE}/U0008/1"):
        queries.clear()
        assert client.get(path).status_code == 200
        counts.append(len(queries))

    assert counts == [14, 14]
