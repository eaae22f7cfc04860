"""The day page and its sheets say what the database says."""

import csv
import io
import re
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from bazaar import orders, payments
from bazaar.db import db
from bazaar.models import Order, Role
from tests.builders import HOST, a_product, a_seller, a_sticker, an_edition, an_order, sign_in


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def evening(app, now):
    """Two orders today, one of them paid, and one yesterday."""
    an_edition(slug="ramadan")
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)
    paid = an_order(product, quantity=2)
    an_order(product)
    an_order(product, at=now - timedelta(days=1))
    payments.confirm(payments.get_charge(paid.reference), actor=HOST, now=now)
    return product


def test_today_shows_the_figures(client, evening):
    sign_in(client, Role.HOST)

    page = client.get("/panitia").text

    assert "Minggu, 1 Maret 2026" in page
    for figure in ("Rp99.000", "Rp62.000", "Rp37.000"):
        assert figure in page
    assert "/panitia/hari/2026-02-28" in page


def test_what_concerns_earlier_days_is_named_as_far_as_there_is_any(client, evening, now):
    orders.expire_unpaid(now)
    sign_in(client, Role.HOST)

    notice = re.search(
        r"pesanan hari sebelumnya.*?<p[^>]*>(.*?)</p>", client.get("/panitia").text, re.DOTALL
    )

    assert notice[1] == "Gugur Rp37.000"


def test_another_day_can_be_opened(client, evening):
    sign_in(client, Role.HOST)

    page = client.get("/panitia/hari/2026-02-28").text

    assert "Sabtu, 28 Februari 2026" in page
    assert "Rp37.000" in page
    assert "Rp99.000" not in page
    assert client.get("/panitia?hari=2026-02-28").headers["Location"] == "/panitia/hari/2026-02-28"


@pytest.mark.parametrize(
    "day",
    [
        "2026-02-30",
        "20260301",
        "2026-3-1",
        "0001-01-01",
        "9999-12-31",
        "2026-W09-7",
        "x",
        "-",
        "٢٠٢٦-٠٣-٠١",
    ],
)
@pytest.mark.parametrize("suffix", ["", ".csv", "/total.csv", "/lembar.pdf"])
def test_what_is_no_day_is_not_found(client, evening, day, suffix):
    sign_in(client, Role.HOST)

    assert client.get(f"/panitia/hari/{day}{suffix}").status_code == 404


def test_without_an_edition_there_are_no_days(client):
    sign_in(client, Role.HOST)

    assert "Belum ada penyelenggaraan" in client.get("/panitia").text
    assert client.get("/panitia/hari/2026-03-01").status_code == 404
    assert client.get("/panitia/hari/2026-03-01.csv").status_code == 404


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2026-03-01", "Belum ada pesanan hari ini"),
        ("2026-02-01", "Tidak ada pesanan pada hari ini"),
        ("2026-04-01", "Hari ini belum tiba"),
    ],
)
def test_an_empty_day_says_so(client, day, sentence):
    an_edition()
    sign_in(client, Role.HOST)

    assert sentence in client.get(f"/panitia/hari/{day}").text


def test_the_sheets_are_files_with_the_database_in_them(client, evening):
    sign_in(client, Role.HOST)

    orders, totals = (
        client.get(f"/panitia/hari/2026-03-01{suffix}") for suffix in (".csv", "/total.csv")
    )

    assert orders.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = "attachment; filename=pesanan-ramadan-2026-03-01.csv"
    assert orders.headers["Content-Disposition"] == name
    assert orders.data.startswith(b"\xef\xbb\xbf")
    all_days = db.session.scalar(sa.select(sa.func.sum(Order.total_idr)))
    assert all_days
    total = all_days - 37_000  # yesterday's
    assert added(orders, "total_rp") == added(totals, "dipesan_rp", "umkm") == total == 99_000
    assert added(orders, "uang_masuk_rp") == added(totals, "uang_masuk_rp", "umkm") == 62_000


def added(answer, column, axis=None):
    sheet = io.StringIO(answer.text.removeprefix("\ufeff"), newline="")
    rows = [row for row in csv.DictReader(sheet) if axis in {None, row.get("menurut")}]
    return sum(int(row[column]) for row in rows)


def test_the_page_follows_by_itself(client, evening):
    sign_in(client, Role.HOST)
    fragment = client.get("/panitia/hari/2026-03-01", headers={"X-Fragment": "1"})
    etag = {"X-Fragment": "1", "If-None-Match": fragment.headers["ETag"]}

    assert "<html" not in fragment.text
    assert client.get("/panitia/hari/2026-03-01", headers=etag).status_code == 304
    an_order(evening)
    assert "Rp136.000" in client.get("/panitia/hari/2026-03-01", headers=etag).text


def test_strangers_are_kept_out(client, evening):
    for suffix in ("", ".csv", "/total.csv", "/lembar.pdf"):
        answer = client.get(f"/panitia/hari/2026-03-01{suffix}")
        assert answer.headers["Location"].startswith("/masuk")
    assert client.get("/panitia").headers["Location"].startswith("/masuk")


def test_a_fuller_day_costs_no_more_queries(client, evening, queries):
    counts = []
    sign_in(client, Role.HOST)
    for path in ("/panitia", "/panitia/hari/2026-03-01.csv"):
        for _ in range(2):
            for _ in range(3):
                an_order(a_product())
            db.session.commit()
            queries.clear()
            client.get(path)
            counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[2] == counts[3]


def test_two_people_close_the_day_on_the_page(app, client, evening):
    second = app.test_client()
    sign_in(client, Role.TREASURER)
    sign_in(second, Role.CHAIR)
    address = "/panitia/hari/2026-03-01"

    assert "Siapkan penutupan" in client.get(address).text
    assert client.post(f"{address}/siapkan", data={"note": "kas cocok"}).status_code == 303
    assert "Tanda tangani" not in client.get(address).text
    page = second.get(address).text
    assert "Tanda tangani" in page
    assert "kas cocok" in page
    assert second.post(f"{address}/tutup").status_code == 303
    assert "Hari ini sudah ditutup" in client.get(address).text
    again = second.post(f"{address}/tutup")
    assert (again.status_code, "sudah ditutup" in again.text) == (409, True)


def test_closing_needs_the_right_people(client, evening):
    address = "/panitia/hari/2026-03-01"
    sign_in(client, Role.HOST)

    for act in ("siapkan", "tutup", "batalkan"):
        assert client.post(f"{address}/{act}").status_code == 403


def test_a_closing_can_be_withdrawn_and_prepared_again(client, evening):
    address = "/panitia/hari/2026-03-01"
    sign_in(client, Role.TREASURER)

    for act in ("siapkan", "batalkan", "siapkan"):
        assert client.post(f"{address}/{act}").status_code == 303


def test_the_paper_holds_the_figures(client, evening):
    sign_in(client, Role.HOST)

    answer = client.get("/panitia/hari/2026-03-01/lembar.pdf")

    pages = pypdfium2.PdfDocument(answer.data)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    for words in ("Rp99.000", "Rp62.000", "Disiapkan oleh", "Belum ditutup"):
        assert words in text


def test_the_season_shows_each_day_and_another_edition_beside(client, evening):
    sign_in(client, Role.HOST)
    other = an_edition(slug="lebaran", name="Pasar Lebaran", is_current=False)

    page = client.get("/panitia/musim").text
    beside = client.get(f"/panitia/musim?banding={other.slug}").text
    empty = client.get(f"/panitia/musim?edisi={other.slug}").text

    for words in ("28 Feb", "1 Mar", "Rp136.000", "Rp62.000"):
        assert words in page
    assert "Perbandingan" in beside
    assert "Belum ada pesanan" in empty
    for ext in ("csv", "xlsx"):
        assert client.get(f"/panitia/musim/total.{ext}").status_code == 200
    assert client.get("/panitia/musim/total.exe").status_code == 404


def test_ways_to_pay_are_told_in_the_language_of_each_reader(client, evening, now):
    sign_in(client, Role.HOST)
    order = an_order(a_product(seller=a_seller()), charged=False)
    payments.confirm(payments.charge_of(order, now=now), actor=HOST, now=now)
    db.session.commit()

    pages = []
    for language in ("id", "en", "id"):
        client.get(f"/language/{language}")
        pages.append(client.get("/panitia/musim").text)

    assert ["Cara lain" in page for page in pages] == [True, False, True]
    assert "Another way" in pages[1]


def test_another_day_stands_beside(client, evening):
    sign_in(client, Role.HOST)

    alone = client.get("/panitia/hari/2026-03-01").text
    beside = client.get("/panitia/hari/2026-03-01?banding=2026-02-28").text

    assert "Perbandingan" not in alone
    assert "Perbandingan" in beside
    assert "Rp37.000" in beside
    assert client.get("/panitia/hari/2026-03-01?banding=x").status_code == 200


def test_what_qris_probably_cost_is_marked_as_an_estimate(client, evening, now):
    sign_in(client, Role.HOST)
    assert "Perkiraan biaya QRIS" not in client.get("/panitia/hari/2026-03-01").text
    dear = a_product(seller=evening.seller, price_idr=1_000_000, weight_g=300)
    order = an_order(dear)
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
    db.session.commit()

    for path in ("/panitia/hari/2026-03-01", "/panitia/musim"):
        page = client.get(path).text
        assert "Perkiraan biaya QRIS" in page
        assert "Rp3.036" in page, "0.3 % of a micro seller's payment of Rp1.012.000"
