"""Statements of accounts: sent, looked at, imported, undone by the treasurer."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from bazaar import payments, statements
from bazaar.db import db
from bazaar.models import Order, OrderStatus, Payment, Role, StatementImport, StatementState
from tests.builders import NOW, a_seller, a_sticker, an_order, seller_token, sign_in
from tests.statement_files import UNKNOWN, a_file, a_stall, the_account
from tests.uploads import send

FORM = "/panitia/uang/mutasi"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=30), tick=False) as traveller:
        yield traveller


@pytest.fixture
def treasurer(client):
    return sign_in(client, Role.TREASURER)


def sent(client, data, form=FORM):
    answer = send(client, form, {"file": ("mutasi.csv", data)}, {"account": str(the_account().id)})
    assert answer.status_code == 303, answer.text
    return answer.location


def payments_of():
    db.session.expire_all()
    return db.session.scalar(sa.select(sa.func.count(Payment.id)))


def imported(client, order=None):
    """Import a statement that pays an order; return the import's page and the order."""
    order = order or an_order(a_stall())
    due = payments.get_charge(order.reference).amount_idr
    page = sent(client, a_file((f"TRF {order.reference}", due), ("SEWA <b>GEDUNG</b>", 900_000)))
    client.post(f"{page}/masukkan")
    statements.work()
    return page, order


def test_a_statement_is_looked_at_confirmed_and_imported(client, treasurer):
    order = an_order(a_stall())
    due = payments.get_charge(order.reference).amount_idr
    page = sent(client, a_file((f"TRF {order.reference}", due), ("BIAYA", -5_000)))

    shown = client.get(page).text
    assert "Belum ada uang yang dicatat" in shown
    assert f"Melunasi {order.reference}." in shown
    assert "Masukkan 2 baris" in shown
    assert payments_of() == 0

    assert client.post(f"{page}/masukkan").status_code == 303
    assert client.post(f"{page}/masukkan").status_code == 303  # a second press
    waiting = client.get(page).text
    assert "Menunggu giliran" in waiting
    assert "X-Reload" not in client.get(f"{page}/kemajuan").headers
    assert statements.work() == 1

    assert client.get(f"{page}/kemajuan").headers["X-Reload"] == "1"
    done = client.get(page).text
    assert "Mutasi sudah masuk." in done
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.PAID
    again = client.get(sent(client, a_file((f"TRF {order.reference}", due)))).text
    assert "Semua baris sudah masuk dari mutasi sebelumnya" in again


def test_an_import_is_undone_and_says_so(client, treasurer):
    page, order = imported(client)
    assert "Tarik impor ini" in client.get(page).text

    client.post(f"{page}/tarik")
    assert "Menarik mutasi" in client.get(page).text
    client.post(f"{page}/tarik")  # a second press
    statements.work()

    shown = client.get(page).text
    assert "Impor ini ditarik" in shown
    assert "Mutasi yang sama dapat dimasukkan lagi." in shown
    assert client.post(f"{page}/tarik").status_code == 409
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.UNPAID


def test_what_cannot_be_undone_is_listed_with_the_reason(client, treasurer):
    page, order = imported(client)
    db.session.execute(sa.update(Order).values(status=OrderStatus.DONE))
    client.post(f"{page}/tarik")
    statements.work()

    assert "1 baris tetap, karena uangnya sudah dipakai." in client.get(page).text
    kept = client.get(f"{page}?hasil=tersisa").text
    assert f"Tidak ditarik: Pesanan {order.reference} sudah diproses" in " ".join(kept.split())


def test_an_unmatched_line_is_handed_over_once(client, treasurer):
    page, _ = imported(client)
    shown = client.get(f"{page}?hasil=unmatched").text
    assert "Catat sebagai uang bazar" in shown
    assert "SEWA &lt;b&gt;GEDUNG&lt;/b&gt;" in shown

    assert client.post(f"{page}/baris/3").status_code == 303
    assert client.post(f"{page}/baris/3").status_code == 409

    assert payments_of() == 2
    assert "Dicatat sebagai uang yang belum dikenal" in client.get(f"{page}?hasil=unmatched").text


def test_unknown_columns_are_told_once(client, treasurer):
    a_stall()
    page = sent(client, UNKNOWN)
    assert "Katakan apa isi setiap kolom." in client.get(page).text
    assert client.post(f"{page}/masukkan").status_code == 409

    few = client.post(f"{page}/kolom", data={"column-0": "day"})
    assert few.status_code == 422
    assert "Paling sedikit pilih kolom tanggal" in few.text
    twice = client.post(f"{page}/kolom", data={"column-0": "day", "column-1": "day"})
    assert "Pilih hanya satu kolom untuk: Tanggal." in twice.text
    wrong = client.post(f"{page}/kolom", data={"column-2": "day", "column-1": "amount"})
    assert "“TRF” bukan tanggal." in wrong.text
    told = {"column-0": "day", "column-1": "amount", "column-2": "text"}
    assert client.post(f"{page}/kolom", data=told).status_code == 303

    assert "Masukkan 2 baris" in client.get(page).text
    assert "Masukkan 2 baris" in client.get(sent(client, UNKNOWN)).text
    assert "Arti kolom" in client.get(f"{page}?kolom=1").text


@pytest.mark.parametrize(
    ("files", "fields", "sentence"),
    [
        ({}, {"account": "1"}, "Pilih berkas mutasinya."),
        ({"file": ("a.csv", b"halo")}, {"account": "1"}, "tidak ada tabel"),
        ({"file": ("a.csv", b"")}, {"account": "1"}, "Berkas ini kosong."),
        ({"file": ("a.csv", b"halo")}, {}, "Pilih rekening asal mutasi ini."),
        ({"file": ("a.csv", b"halo")}, {"account": "x"}, "Pilih rekening asal mutasi ini."),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field(client, treasurer, files, fields, sentence):
    a_stall()
    the_account()

    answer = send(client, FORM, files, fields)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert db.session.scalar(sa.select(sa.func.count(StatementImport.id))) == 0


def test_a_file_of_another_account_is_told_at_the_field(client, treasurer):
    a_stall()
    the_account().number = "999"

    fields = {"account": str(the_account().id)}
    answer = send(client, FORM, {"file": ("a.csv", a_file(("TRF", 5)))}, fields)

    assert answer.status_code == 422
    assert "Berkas ini dari rekening 3333333333, bukan 999." in answer.text


def test_lines_that_cannot_be_read_are_listed(client, treasurer):
    a_stall()
    data = a_file(("TRF", 5)) + b"\n3333333333;31/06/2026;101010;RUSAK;0.00;5.00;5.00"

    page = sent(client, data)

    assert "1 baris tidak terbaca" in client.get(page).text
    assert "“31/06/2026” bukan tanggal." in client.get(f"{page}?hasil=tak-terbaca").text


def test_a_failed_import_can_be_taken_up_again(client, treasurer):
    a_stall()
    page = sent(client, a_file(("TRF", 5)))
    client.post(f"{page}/masukkan")
    failed = {"state": StatementState.FAILED, "failure": statements.working.CRASHED}
    db.session.execute(sa.update(StatementImport).values(**failed))

    assert "Impor berhenti di tengah jalan." in client.get(page).text
    assert client.post(f"{page}/lanjut").status_code == 303
    assert client.post(f"{page}/lanjut").status_code == 409
    statements.work()
    assert "Mutasi sudah masuk." in client.get(page).text


def test_only_the_treasurer_sees_statements(client):
    sign_in(client, Role.HOST)

    assert client.get(FORM).status_code == 403


@pytest.mark.parametrize("lines", [1, 3])
def test_more_lines_cost_no_more_queries(client, treasurer, queries, lines):
    batik = a_stall()
    placed = [an_order(batik) for _ in range(lines)]
    rows = [(f"TRF {o.reference}", payments.get_charge(o.reference).amount_idr) for o in placed]
    page = sent(client, a_file(*rows))
    queries.clear()
    client.get(page)
    assert len(queries) == PREVIEW
    client.post(f"{page}/masukkan")
    statements.work()
    queries.clear()
    client.get(page)
    assert len(queries) == RESULT
    for _ in range(lines):
        sent(client, a_file(*rows))
    queries.clear()
    client.get(FORM)
    assert len(queries) == LIST


PREVIEW, RESULT, LIST = 11, 7, 6


def test_a_seller_imports_statements_of_its_own_accounts_only(client):
    batik = a_stall()
    order = an_order(batik)
    token = seller_token(order.seller)
    stranger = a_seller()
    a_sticker(stranger)
    others = seller_token(stranger)
    accounts = {account.seller_id: account.id for account in statements.accounts()}
    due = payments.get_charge(order.reference).amount_idr
    files = {"file": ("mutasi.csv", a_file((f"TRF {order.reference}", due)))}
    own = {"account": str(accounts[order.seller_id])}

    assert send(client, f"/u/{others}/mutasi", files, own).status_code == 404
    page = send(client, f"/u/{token}/mutasi", files, own).location
    assert page.startswith(f"/u/{token}/mutasi/")
    assert f"Melunasi {order.reference}." in client.get(page).text
    for act in ("", "/kemajuan"):
        assert client.get(page.replace(token, others) + act).status_code == 404
    for act in ("/masukkan", "/kolom", "/lanjut", "/tarik", "/baris/2"):
        assert client.post(page.replace(token, others) + act).status_code == 404
    assert client.post(f"{page}/masukkan", data={"unknown": "1"}).status_code == 303
    statements.work()

    assert "Mutasi sudah masuk." in client.get(page).text
    assert db.session.get_one(Order, order.id, populate_existing=True).status is OrderStatus.PAID
    assert page not in client.get(f"/u/{others}/mutasi").text
    assert page in client.get(f"/u/{token}/mutasi").text
