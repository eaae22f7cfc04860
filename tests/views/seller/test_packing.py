"""The seller's packing list: own parcels only, one press a step, numbers looked at."""

from datetime import timedelta

import pytest

from bazaar.db import db
from bazaar.models import ParcelStatus
from tests.builders import a_parcel, a_product, a_seller, seller_token

RESI = "012345678901"


@pytest.fixture
def seller(app):
    return a_seller(name="Dapur Bu Sri")


@pytest.fixture
def link(seller):
    return f"/u/{seller_token(seller)}/kemas"


def a_sellers_parcel(seller, **given):
    return a_parcel(a_product(seller=seller, name="Keripik tempe"), **given)


def after(client, path, data=None):
    """Press the button; return the page that one is sent to."""
    answer = client.post(path, data=data)
    assert answer.status_code == 303
    return client.get(answer.location)


def test_an_empty_list_says_what_will_come(client, link):
    page = client.get(link)

    assert page.status_code == 200
    assert "Begitu pesanan dibayar" in page.text


def test_the_list_says_what_goes_into_which_box(client, seller, link):
    parcel = a_sellers_parcel(seller, quantity=3, note="Jangan pedas")

    page = client.get(link).text

    for text in (parcel.code, "<strong>3 ×</strong> Keripik tempe", "900 g", "JNE REG"):
        assert text in page
    assert "Siti Aminah" in page
    assert "Jangan pedas" in page
    assert "Jalan Jawa 10" not in page, "the street is on the label, not on the list"


def test_packing_handing_over_and_the_way_back(client, seller, link):
    parcel = a_sellers_parcel(seller)
    steps = []
    for act in ("dikemas", "batal", "dikemas"):
        answer = client.post(f"{link}/{parcel.code}/{act}")
        steps.append((answer.status_code, parcel.status))
        assert answer.location == f"{link}#{parcel.code}"
    given = {"courier": "JNE REG", "resi": " 0123 4567-8901"}
    answer = after(client, f"{link}/{parcel.code}/serahkan", data=given)

    assert steps == [
        (303, ParcelStatus.PACKED),
        (303, ParcelStatus.DRAFT),
        (303, ParcelStatus.PACKED),
    ]
    assert "diserahkan ke JNE REG" in answer.text
    assert "bentuknya tidak biasa" not in answer.text
    db.session.refresh(parcel)
    assert (parcel.status, parcel.resi) == (ParcelStatus.HANDED_OVER, RESI)
    assert {step.by for step in parcel.steps} == {"Dapur Bu Sri"}


def test_a_double_click_packs_once_and_shows_no_refusal(client, seller, link):
    parcel = a_sellers_parcel(seller)
    answers = [client.post(f"{link}/{parcel.code}/dikemas") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    db.session.refresh(parcel)
    assert [step.status for step in parcel.steps] == [ParcelStatus.PACKED]


def test_an_odd_number_is_kept_and_pointed_out(client, seller, link):
    parcel = a_sellers_parcel(seller)
    client.post(f"{link}/{parcel.code}/dikemas")
    given = {"courier": "JNE REG", "resi": "ABC1234"}
    page = after(client, f"{link}/{parcel.code}/serahkan", data=given)

    assert "Resi ABC1234 sudah dicatat, tetapi bentuknya tidak biasa" in page.text
    assert "biasanya 10, 12, atau 15 angka" in page.text
    assert parcel.resi == "ABC1234"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"courier": "JNE REG", "resi": "12-34"}, "Nomor resi berisi 6 sampai 30"),
        ({"courier": "JNE REG", "resi": ""}, "Nomor resi berisi 6 sampai 30"),
        ({"courier": "JNE REG"}, "Nomor resi berisi 6 sampai 30"),
        ({"courier": "", "resi": RESI}, "Isi nama kurir"),
        ({}, "Isi nama kurir"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(client, seller, link, given, sentence):
    parcel = a_sellers_parcel(seller)
    client.post(f"{link}/{parcel.code}/dikemas")

    page = client.post(f"{link}/{parcel.code}/serahkan", data=given)

    assert page.status_code == 422
    assert sentence in page.text
    if given.get("resi"):
        assert f'value="{given["resi"]}"' in page.text
    assert parcel.status is ParcelStatus.PACKED


def test_a_number_of_another_parcel_is_refused_by_name(client, seller, link):
    other = a_parcel(resi=RESI)
    parcel = a_sellers_parcel(seller)
    client.post(f"{link}/{parcel.code}/dikemas")

    given = {"courier": "JNE YES", "resi": RESI}
    page = client.post(f"{link}/{parcel.code}/serahkan", data=given)

    assert page.status_code == 409
    assert f"Nomor resi {RESI} sudah dipakai paket {other.code}." in page.text
    assert f'value="{RESI}"' in page.text
    assert parcel.status is ParcelStatus.PACKED


def test_a_parcel_in_another_state_is_refused(client, seller, link):
    parcel = a_sellers_parcel(seller)
    given = {"courier": "JNE REG", "resi": RESI}

    page = client.post(f"{link}/{parcel.code}/serahkan", data=given)

    assert page.status_code == 409
    assert "Paket ini sudah berubah keadaan" in page.text


def test_a_wrong_number_is_put_right(client, seller, link):
    parcel = a_sellers_parcel(seller, resi=RESI)
    path = f"{link}/{parcel.code}/resi"
    assert path in client.get(link).text
    assert f'value="{RESI}"' in client.get(path).text

    given = {"courier": "JNE REG", "resi": "012345678902"}
    without = client.post(path, data=given)
    assert without.status_code == 422
    assert "Tulis alasannya" in without.text
    assert 'value="012345678902"' in without.text
    taken = client.post(path, data=given | {"resi": a_parcel(resi="9" * 12).resi, "reason": "x"})
    assert taken.status_code == 409
    assert "sudah dipakai paket" in taken.text
    page = after(client, path, given | {"reason": "salah ketik"})
    assert "diperbarui" in page.text
    assert parcel.resi == "012345678902"


def test_a_number_stays_when_the_parcel_has_arrived(client, seller, link, now):
    parcel = a_sellers_parcel(seller)
    page = client.get(f"{link}/{parcel.code}/resi")
    assert "hanya dapat diganti selama paket di kurir" in page.text
    given = {"courier": "JNE REG", "resi": RESI, "reason": "x"}
    assert client.post(f"{link}/{parcel.code}/resi", data=given).status_code == 409


@pytest.mark.parametrize(
    "act", ["dikemas", "batal", "serahkan", "resi", "centang", "ukuran", "foto", "label"]
)
def test_other_sellers_parcels_do_not_exist(client, link, act):
    parcel = a_parcel()
    given = {"courier": "JNE REG", "resi": RESI, "reason": "x"}

    assert client.post(f"{link}/{parcel.code}/{act}", data=given).status_code == 404
    assert client.get(f"{link}/{parcel.code}/foto").status_code == 404
    assert parcel.code not in client.get(link).text
    assert parcel.status is ParcelStatus.DRAFT
    assert client.get(link.replace("/u/", "/u/x")).status_code == 404


def test_the_label_is_a_file_without_personal_data_in_its_name(client, seller, link):
    parcel = a_sellers_parcel(seller)
    answer = client.post(f"{link}/{parcel.code}/label")

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=label-{parcel.code}.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data.startswith(b"%PDF-")


def test_late_parcels_come_first(client, seller, link, now, time_machine):
    late = a_sellers_parcel(seller, paid_at=now - timedelta(days=3))
    young = [a_sellers_parcel(seller, paid_at=now) for _ in range(3)]
    time_machine.move_to(now)

    page = client.get(link).text

    assert "1 paket terlambat" in page
    assert all(page.index(late.code) < page.index(parcel.code) for parcel in young)


@pytest.mark.parametrize("parcels", [1, 3])
def test_a_fuller_list_costs_no_more_queries(client, queries, seller, link, parcels):
    for at in range(parcels):
        a_sellers_parcel(seller)
        packed = a_sellers_parcel(seller)
        a_sellers_parcel(seller, resi=f"90000000000{at}")
        client.post(f"{link}/{packed.code}/dikemas")
    db.session.commit()
    queries.clear()

    client.get(link)

    assert len(queries) == 14
