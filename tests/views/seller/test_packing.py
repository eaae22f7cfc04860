"""The seller's packing list: own parcels only, one press a step, numbers looked at."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from PIL import Image

from bazaar.db import db
from bazaar.models import ParcelStatus, Role
from tests.builders import a_parcel, a_product, a_seller, seller_token, sign_in
from tests.uploads import send

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


def ticks(page):
    return page.text.count('aria-pressed="true"')


def test_lines_are_ticked_one_by_one_and_stay_so(client, seller, link):
    products = [a_product(seller=seller, name=name) for name in ("Keripik", "Kain")]
    parcel = a_parcel(*products)
    path = f"{link}/{parcel.code}/centang"
    first, second = (line.order_line_id for line in parcel.lines)

    page = after(client, path, {"centang": str(first)})
    assert ticks(page) == 1
    assert ticks(after(client, path, {"centang": str(first)})) == 1
    assert ticks(after(client, path, {"centang": str(second)})) == 2
    assert ticks(after(client, path, {"lepas": str(first)})) == 1
    assert ticks(after(client, path, {"lepas": str(first)})) == 1


def test_a_tick_by_script_answers_the_list_alone(client, seller, link):
    parcel = a_sellers_parcel(seller)
    line = parcel.lines[0].order_line_id
    answer = client.post(
        f"{link}/{parcel.code}/centang",
        data={"centang": str(line)},
        headers={"X-Fragment": "1"},
    )

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert ticks(answer) == 1


@pytest.mark.parametrize("line", ["", "0", "x", "9" * 30, "-1", "²"])
def test_lines_that_are_not_there_cannot_be_ticked(client, seller, link, line):
    parcel = a_sellers_parcel(seller)
    answer = client.post(f"{link}/{parcel.code}/centang", data={"centang": line})

    assert answer.status_code == 404
    assert "tidak ada di paket ini lagi" in answer.text


def test_a_box_is_weighed_and_measured(client, seller, link):
    parcel = a_sellers_parcel(seller, quantity=3)
    assert "900 g (perkiraan)" in client.get(link).text
    path = f"{link}/{parcel.code}/ukuran"
    given = {"weight_g": " 1250 ", "length_cm": "30", "width_cm": "20", "height_cm": "10"}

    page = after(client, path, given | {"fragile": "1"})

    assert "disimpan" in page.text
    assert "30 × 20 × 10 cm" in page.text
    assert "Mudah pecah" in page.text
    db.session.refresh(parcel)
    assert (parcel.weight_g, parcel.length_cm, parcel.fragile) == (1250, 30, True)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"weight_g": "0"}, "Berat 1 sampai 50.000 gram"),
        ({"weight_g": "50001"}, "Berat 1 sampai 50.000 gram"),
        ({"weight_g": "300", "length_cm": "10"}, "ketiganya atau tidak sama sekali"),
        ({"weight_g": "1,5"}, "Isi dengan angka bulat"),
        ({"weight_g": "9" * 40}, "Isi dengan angka bulat"),
        ({"height_cm": "tinggi"}, "Isi dengan angka bulat"),
    ],
)
def test_impossible_boxes_are_shown_again(client, seller, link, given, sentence):
    parcel = a_sellers_parcel(seller)
    page = client.post(f"{link}/{parcel.code}/ukuran", data=given)

    assert page.status_code == 422
    assert sentence in page.text
    for value in given.values():
        assert f'value="{value}"' in page.text
    db.session.refresh(parcel)
    assert parcel.weight_g is None


def a_photo():
    """As a telephone sends it, with the place where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (8.0, 10.0, 0.0)}
    exif[0x010E] = "rumah saya"
    file = io.BytesIO()
    Image.new("RGB", (900, 1200), "#a63").save(file, "JPEG", exif=exif)
    return file.getvalue()


def test_the_packed_parcel_is_photographed_for_few_eyes(client, seller, link):
    parcel = a_sellers_parcel(seller)
    path = f"{link}/{parcel.code}/foto"
    assert client.get(path).status_code == 404

    answer = send(client, path, {"photo": ("PAKET.JPG", a_photo())})

    assert answer.status_code == 303
    shown = client.get(path)
    assert shown.mimetype == "image/webp"
    assert shown.headers["Cache-Control"] == "no-store"
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert (picture.format, picture.size, dict(picture.getexif())) == ("WEBP", (900, 1200), {})
    assert b"rumah saya" not in shown.data
    db.session.refresh(parcel)
    assert client.get(f"/foto/{parcel.photo}-640.webp").status_code == 404, "not for everybody"
    assert "Foto paket sudah ada" in client.get(link).text
    sign_in(client, Role.TREASURER)
    assert f"/panitia/paket/{parcel.code}/foto" in client.get(f"/panitia/paket/{parcel.code}").text
    assert client.get(f"/panitia/paket/{parcel.code}/foto").data == shown.data


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Pilih fotonya dulu"),
        (b"%PDF-1.4", "bukan foto"),
        (b"x" * (15 * 1024 * 1024 + 1), "terlalu besar"),
    ],
)
def test_what_is_no_photo_is_refused(client, seller, link, content, sentence):
    parcel = a_sellers_parcel(seller)
    files = {"photo": ("x.jpg", content)} if content else {}
    page = send(client, f"{link}/{parcel.code}/foto", files, {"a": "b"})

    assert page.status_code == 422
    assert sentence in page.text
    db.session.refresh(parcel)
    assert parcel.photo is None


@pytest.mark.parametrize("act", ["centang", "ukuran", "foto", "label"])
def test_what_has_left_stays_as_it_is(client, seller, link, act):
    parcel = a_sellers_parcel(seller, resi=RESI)
    given = {"centang": str(parcel.lines[0].order_line_id), "weight_g": "500"}
    files = {"photo": ("x.jpg", a_photo())} if act == "foto" else {}
    answer = send(client, f"{link}/{parcel.code}/{act}", files, given)

    assert answer.status_code == 409
    db.session.refresh(parcel)
    assert (parcel.weight_g, parcel.photo, parcel.lines[0].ticked_at) == (None, None, None)


def test_the_list_can_be_printed(client, seller, link):
    a_sellers_parcel(seller)
    a_parcel()
    answer = client.get(f"{link}/daftar.pdf")

    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    assert len(document) == 1
    document.close()
