"""The inbox of complaints: one answer each, by dispatchers, read by every member."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from bazaar import photos
from bazaar.db import db
from bazaar.models import AuditEntry, Role
from bazaar.shipments import problems
from bazaar.views.photos import problem_folder
from tests.builders import HOST, a_parcel, a_product, a_seller, sign_in

INBOX = "/panitia/masalah"


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def a_problem(now, *, text="Kardusnya basah.", kind="damaged", number=1, photo=None):
    parcel = a_parcel(resi=f"01234567890{number}")
    return problems.tell(parcel, kind, text, photo, now=now)


def test_an_empty_inbox_says_what_will_come(client, dispatcher):
    assert "Belum ada laporan" in client.get(INBOX).text


def test_an_answer_is_read_by_the_buyer_and_ready_for_whatsapp(client, dispatcher, now):
    problem = a_problem(now)
    page = client.get(INBOX).text
    for text in (problem.parcel.code, "Barang rusak", "Kardusnya basah.", "Jawab pembeli"):
        assert text in page

    answers = [
        client.post(f"{INBOX}/{problem.id}", data={"answer": "Kami ganti & kirim."})
        for _ in range(2)
    ]

    assert [one.location for one in answers] == [f"{INBOX}#laporan-{problem.id}"] * 2
    page = client.get(INBOX).text
    assert "Semua sudah dijawab." in page
    assert "Jawaban dari Wulan" in page
    assert "https://wa.me/6281234567890?text=Jawaban%20laporan" in page
    assert "Kami%20ganti%20%26%20kirim." in page
    told = db.session.query(AuditEntry).filter_by(action="parcel.answer_complaint").all()
    assert [row.subject for row in told] == [f"parcel:{problem.parcel.code}"]
    assert "menjawab laporan pembeli" in client.get("/panitia/jejak").text


def test_the_longest_waiting_comes_first(client, dispatcher, now):
    young = a_problem(now, text="Baru.", number=1)
    old = a_problem(now - timedelta(days=1), text="Lama.", number=2)
    page = client.get(INBOX).text
    assert page.index(old.parcel.code) < page.index(young.parcel.code)


@pytest.mark.parametrize(("text", "sentence"), [(" ", "Tulis jawabannya."), ("x" * 601, "600")])
def test_a_wrong_answer_is_kept(client, dispatcher, now, text, sentence):
    problem, other = a_problem(now, number=1), a_problem(now, number=2)
    page = client.post(f"{INBOX}/{problem.id}", data={"answer": text})
    assert page.status_code == 422
    assert page.text.count('class="field-error"') == 1
    assert sentence in page.text
    assert problem.answered_at is other.answered_at is None


def test_who_answers_second_is_told(client, dispatcher, now):
    problem = a_problem(now)
    problems.answer(problem, "Sudah.", actor=HOST, now=now)
    page = client.post(f"{INBOX}/{problem.id}", data={"answer": "Belum."})
    assert page.status_code == 409
    assert "baru saja dijawab orang lain" in page.text
    assert problem.answer == "Sudah."
    assert client.post(f"{INBOX}/999999", data={"answer": "?"}).status_code == 404


def test_other_members_read_and_strangers_do_not(client, now):
    problem = a_problem(now)
    assert client.get(INBOX).status_code == 303
    sign_in(client, Role.TREASURER)
    page = client.get(INBOX).text
    assert "Kardusnya basah." in page
    assert "Jawab pembeli" not in page
    assert client.post(f"{INBOX}/{problem.id}", data={"answer": "Ya."}).status_code == 403
    assert problem.answered_at is None


def test_the_photo_is_the_committees_to_see(client, dispatcher, now):
    out = io.BytesIO()
    Image.new("RGB", (100, 100)).save(out, "PNG")
    name = photos.keep(out.getvalue(), problem_folder())
    problem, other = a_problem(now, photo=name), a_problem(now, number=2)
    answer = client.get(f"{INBOX}/{problem.id}.webp")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("image/webp", "no-store")
    assert f"{INBOX}/{problem.id}.webp" in client.get(INBOX).text
    assert client.get(f"{INBOX}/{other.id}.webp").status_code == 404


def test_the_list_of_parcels_and_the_parcel_lead_here(client, dispatcher, now):
    problem = a_problem(now)
    page = client.get("/panitia/paket").text
    assert f'href="{INBOX}"' in page
    assert problem.parcel.code in page
    assert f'href="{INBOX}"' in client.get(f"/panitia/paket/{problem.parcel.code}").text


@pytest.mark.parametrize("count", [1, 3])
def test_a_fuller_inbox_costs_no_more_queries(client, queries, dispatcher, now, count):
    seller = a_seller()
    for number in range(2 * count):
        parcel = a_parcel(a_product(seller=seller), resi=f"90000000000{number}")
        told = problems.tell(parcel, "wrong", "Keliru.", now=now)
        if number % 2:
            problems.answer(told, "Baik.", actor=HOST, now=now)
    db.session.commit()
    queries.clear()
    client.get(INBOX)
    assert len(queries) == 8
