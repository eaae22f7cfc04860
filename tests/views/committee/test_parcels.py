"""All parcels: found, moved by dispatchers, read by every member."""

from datetime import timedelta

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import OrderStatus, ParcelStatus, Role
from tests.builders import HOST, a_parcel, sign_in
from tests.shipments.parcels import a_parcel_in

LIST = "/panitia/paket"
RESI = "012345678901"
ACTS = ["dikemas", "batal", "serahkan", "resi", "sampai", "kabar", "ukuran", "pisah", "alamat"]
ACTS += ["pesan", "putusan", "periksa/1"]


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def after(client, path, data=None):
    """Press the button; return the page that one is sent to."""
    answer = client.post(path, data=data)
    assert answer.status_code == 303
    return client.get(answer.location)


def test_an_empty_list_says_what_will_come(client, dispatcher):
    assert "Paket muncul di sini beberapa detik" in client.get(LIST).text
    a_parcel()
    assert "Tidak ada paket di sini" in client.get(f"{LIST}?keadaan=delivered").text
    assert "Tidak ada paket yang cocok dengan “zzz”" in client.get(f"{LIST}?q=zzz").text


def test_what_needs_somebody_comes_first(client, dispatcher, now, time_machine):
    time_machine.move_to(now)
    young = a_parcel(paid_at=now)
    sent = a_parcel(paid_at=now, resi=RESI)
    page = client.get(LIST).text
    assert young.code in page
    assert sent.code not in page
    assert "Perlu ditangani" not in page
    assert sent.code in client.get(f"{LIST}?keadaan=handed_over").text

    late = a_parcel(paid_at=now - timedelta(days=3))
    page = client.get(LIST).text
    assert late.code in page
    assert young.code not in page
    assert page.count("row-needs") == 1
    both = client.get(f"{LIST}?keadaan=draft").text
    assert both.index(late.code) < both.index(young.code)

    silent = a_parcel(paid_at=now - timedelta(days=5), resi="888888888888")
    stuck, gone = a_parcel_in("exception"), a_parcel_in("lost")
    assert silent.code in client.get(f"{LIST}?keadaan=silent").text
    assert stuck.code in client.get(LIST).text
    assert gone.code in client.get(f"{LIST}?keadaan=lost").text
    shipments.reviews.require(young, "unknown_status", now=now)
    page = client.get(LIST).text
    assert young.code in page
    assert stuck.code not in page
    for need in ("review", "exception", "lost", "silent", "late"):
        assert f"keadaan={need}" in page
    everything = client.get(f"{LIST}?keadaan=all").text
    assert all(parcel.code in everything for parcel in (young, late, sent, silent, gone))
    assert client.get(f"{LIST}?keadaan=nonsense&page=0").status_code == 200


@pytest.mark.parametrize("what", ["code", "resi", "reference"])
def test_a_parcel_is_found_by_what_people_have_in_hand(client, dispatcher, what):
    parcel = a_parcel(resi=RESI)
    other = a_parcel()
    text = {"code": parcel.code, "resi": RESI, "reference": parcel.order.reference}[what]

    page = client.get(LIST, query_string={"q": text.lower()}).text

    assert parcel.code in page
    assert other.code not in page


def test_a_dispatcher_moves_a_parcel_to_its_end(client, dispatcher):
    parcel = a_parcel()
    path = f"{LIST}/{parcel.code}"
    client.post(f"{path}/dikemas")
    client.post(f"{path}/batal")
    back = client.post(f"{path}/dikemas", data={"next": f"{LIST}?keadaan=draft&page=2"})
    assert back.location == f"{LIST}?keadaan=draft&page=2"
    away = client.post(f"{path}/dikemas", data={"next": "https://evil.example/"})
    assert away.location == path
    given = {"courier": "SiCepat", "resi": "JX1"}
    wrong = client.post(f"{path}/serahkan", data=given)
    assert wrong.status_code == 422
    assert 'value="JX1"' in wrong.text
    odd = after(client, f"{path}/serahkan", data=given | {"resi": "JX123456"})
    assert "Resi SiCepat biasanya 12 angka" in odd.text
    done = after(client, f"{path}/sampai")

    assert "sudah diterima pembeli" in done.text
    assert (parcel.status, parcel.courier, parcel.resi) == (
        ParcelStatus.DELIVERED,
        "SiCepat",
        "JX123456",
    )
    assert parcel.order.status is OrderStatus.DONE
    assert done.text.count("oleh Wulan") == 5


def test_a_number_of_another_parcel_is_refused_by_name(client, dispatcher, now):
    other = a_parcel(resi=RESI)
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)

    given = {"courier": "JNE REG", "resi": RESI}
    page = client.post(f"{LIST}/{parcel.code}/serahkan", data=given)

    assert page.status_code == 409
    assert f"Nomor resi {RESI} sudah dipakai paket {other.code}." in page.text


def test_a_wrong_number_is_put_right(client, dispatcher):
    parcel = a_parcel(resi=RESI)
    path = f"{LIST}/{parcel.code}/resi"
    given = {"courier": "SiCepat", "resi": "012345678902", "reason": ""}

    assert client.post(path, data=given).status_code == 422
    other = a_parcel()
    shipments.pack(other, actor=HOST, now=other.created_at)
    shipments.hand_over(other, "SiCepat", "9" * 12, actor=HOST, now=other.created_at)
    taken = client.post(path, data=given | {"resi": "9" * 12, "reason": "x"})
    assert taken.status_code == 409
    assert f"sudah dipakai paket {other.code}" in taken.text
    assert "diperbarui" in after(client, path, given | {"reason": "salah ketik"}).text
    assert (parcel.courier, parcel.resi) == ("SiCepat", "012345678902")


def test_who_comes_second_reads_why(client, dispatcher, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)

    page = client.post(f"{LIST}/{parcel.code}/dikemas")

    assert page.status_code == 409
    assert "Paket ini sudah berubah keadaan" in page.text


def test_members_without_the_task_read_only(client):
    sign_in(client, Role.TREASURER)
    parcel = a_parcel()

    for path in (LIST, f"{LIST}/{parcel.code}"):
        page = client.get(path)
        assert page.status_code == 200
        assert parcel.code in page.text
        assert "Sudah dikemas</span>" not in page.text
    for act in ACTS:
        assert client.post(f"{LIST}/{parcel.code}/{act}").status_code == 403
    assert parcel.status is ParcelStatus.DRAFT


def test_strangers_are_sent_to_the_door(client):
    parcel = a_parcel()
    for path in (LIST, f"{LIST}/{parcel.code}", f"{LIST}/{parcel.code}/foto"):
        answer = client.get(path)
        assert answer.status_code == 303
        assert answer.location.startswith("/masuk")


def test_a_parcel_that_does_not_exist(client, dispatcher):
    assert client.get(f"{LIST}/PK-22222").status_code == 404
    assert client.post(f"{LIST}/PK-22222/dikemas").status_code == 404


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_fuller_list_costs_no_more_queries(client, queries, dispatcher, parcels):
    for at in range(parcels):
        a_parcel()
        a_parcel(resi=f"90000000000{at}")
    db.session.commit()
    queries.clear()

    client.get(f"{LIST}?keadaan=all")

    assert len(queries) == 8


def test_what_comes_back_is_awaited_at_the_seller_and_nowhere_else(client, dispatcher):
    parcel = a_parcel_in("returning", resi=RESI)
    page = client.get(f"{LIST}/{parcel.code}").text
    story = page[page.index("Perjalanan") : page.index("Isi dan tujuan")]
    assert story.count("Dikemas") == 1
    assert "Diterima pembeli" not in story
    assert "Kembali ke penjual" in story
