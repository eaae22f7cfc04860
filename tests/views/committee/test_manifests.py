"""Hand-over lists: made, scanned, locked, printed, signed on paper."""

import io
import re

import pytest
from PIL import Image

from bazaar import labels, manifests, shipments
from bazaar.db import db
from bazaar.models import ManifestStatus, ParcelStatus, Role
from tests.builders import HOST, a_parcel, sign_in
from tests.test_photos import flat_jpeg
from tests.uploads import send

LIST = "/panitia/serah-terima"


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def a_packed(**wish):
    parcel = a_parcel(**wish)
    shipments.pack(parcel, actor=HOST, now=parcel.created_at)
    return parcel


def made(client):
    answer = client.post(LIST, data={"courier": "JNE", "pickup": "1", "branch": "JNE Jember"})
    assert answer.status_code == 303
    return answer.location.split("/")[3]


def a_photo(*parcels):
    """Labels side by side, as a telephone sees them."""
    import pypdfium2

    pages = pypdfium2.PdfDocument(labels.pdf(labels.read(parcels)))
    pictures = [page.render(scale=3).to_pil() for page in pages]
    photo = Image.new("RGB", (sum(one.width for one in pictures), pictures[0].height), "white")
    left = 0
    for picture in pictures:
        photo.paste(picture, (left, 0))
        left += picture.width
    file = io.BytesIO()
    photo.rotate(90, expand=True).save(file, "JPEG", quality=80)
    return file.getvalue()


def test_an_empty_list_says_what_to_do(client, dispatcher):
    assert "Belum ada berita acara" in client.get(LIST).text
    assert "Tidak ada berita acara pada hari itu" in client.get(f"{LIST}?hari=2026-03-01").text
    assert client.get(f"{LIST}?hari=nonsense").status_code == 200
    assert client.get(f"{LIST}/MAN-x").status_code == 404
    assert client.get(f"{LIST}/MAN-x.pdf").status_code == 404


def test_a_list_is_made_for_a_courier(client, dispatcher):
    parcel = a_packed()
    page = client.get(LIST).text
    assert "Sudah dikemas, belum di berita acara" in page
    assert client.post(LIST, data={"courier": " "}).status_code == 422

    number = made(client)

    assert re.fullmatch(r"MAN-\d{8}-JNE-01", number)
    page = client.get(f"{LIST}/{number}").text
    assert "Belum ada paket di daftar ini" in page
    assert parcel.code in page
    assert number in client.get(LIST).text


def test_a_member_without_the_role_looks_and_changes_nothing(client):
    sign_in(client, Role.DISPATCHER)
    a_packed()
    number = made(client)
    sign_in(client, Role.HOST)

    page = client.get(f"{LIST}/{number}")

    assert page.status_code == 200
    assert "<form" not in page.text.partition("<main")[2].partition("</main")[0]
    for path in ("kunci", "batal", "tambah", "keluarkan", "tautan", "kertas", "pindai", "foto"):
        assert client.post(f"{LIST}/{number}/{path}").status_code == 403
    assert client.get(f"{LIST}/{number}/pindai").status_code == 403
    assert client.get(f"{LIST}/{number}.pdf").status_code == 403


def test_every_scan_answers_big_and_in_words(client, dispatcher):
    number, parcel, draft = made(client), a_packed(), a_parcel()
    path = f"{LIST}/{number}/pindai"
    assert "autofocus" in client.get(path).text

    def scanned(code):
        return client.post(path, data={"code": code, "key": "a" * 12 + code[-4:]}).text

    assert re.search(r"scan-done.*Masuk", scanned(parcel.code), re.DOTALL)
    again = client.post(path, data={"code": parcel.code})
    assert re.search(r"scan-again.*Sudah dipindai", again.text, re.DOTALL)
    assert re.search(r"scan-needs.*Belum dikemas", scanned(draft.code), re.DOTALL)
    assert re.search(r"scan-needs.*Kode tidak dikenal", scanned("<b>xyz</b>"), re.DOTALL)
    assert "<b>xyz" not in scanned("<b>xyz</b>")
    shipments.cancel(draft, "batal", actor=HOST, now=draft.created_at)
    assert re.search(r"scan-stop.*STOP", scanned(draft.code), re.DOTALL)


def test_a_script_gets_the_same_answers_as_facts(client, dispatcher):
    number, parcel = made(client), a_packed()
    sent = {"code": parcel.code, "key": "scan-key-000001"}
    told = [
        client.post(f"{LIST}/{number}/pindai", data=sent, headers={"Accept": "application/json"})
        for _ in range(2)
    ]

    assert [one.json["answer"] for one in told] == ["added", "added"]
    assert told[0].json | {"tone": "done", "code": parcel.code, "count": 1} == told[0].json


def test_a_photo_of_labels_is_read_on_the_server(client, dispatcher):
    number, parcels = made(client), [a_packed(), a_packed()]
    path = f"{LIST}/{number}/foto"

    page = send(client, path, {"photo": ("label.jpg", a_photo(*parcels))}).text

    assert page.count("scan-done") == 2
    assert all(parcel.code in page for parcel in parcels)
    blank = io.BytesIO()
    Image.new("RGB", (200, 200), "white").save(blank, "PNG")
    assert (
        "Tidak ada kode yang terbaca"
        in send(client, path, {"photo": ("x.png", blank.getvalue())}).text
    )
    assert send(client, path, {"photo": ("x.gif", b"GIF89a" + b"\0" * 50)}).status_code == 422
    assert send(client, path, {"photo": ("", b"")}).status_code == 422


def test_parcels_are_ticked_locked_and_signed_on_paper(client, dispatcher):
    number, parcels = made(client), [a_packed(), a_packed()]
    path = f"{LIST}/{number}"
    codes = [parcel.code for parcel in parcels]
    assert client.post(f"{path}/kunci").status_code == 422
    client.post(f"{path}/tambah", data={"kode": [*codes, "PK-22222"]})
    client.post(f"{path}/keluarkan", data={"kode": codes[1]})
    page = client.post(f"{path}/tambah", data={"kode": codes[1]})
    assert page.status_code == 303
    assert client.get(f"{path}.pdf").status_code == 409
    client.post(f"{path}/kunci")
    page = client.get(path).text
    assert f"{number}/qr.png" in page
    assert "/m/" in page
    assert client.get(f"{path}/qr.png").mimetype == "image/png"
    wrong = client.post(f"{path}/kertas", data={"signer": "", "contact": "", "received": "x"})
    assert wrong.status_code == 422
    said = {"signer": "Budi", "contact": "0812-1", "received": "1"}
    assert "Hitung sekali lagi" in client.post(f"{path}/kertas", data=said).text
    said |= {"received": "2"}
    telephones = flat_jpeg(16_000, 12_500)
    huge = send(client, f"{path}/kertas", {"sheet": ("s.jpg", telephones * 3)}, said)
    assert huge.status_code == 422
    assert "Foto ini terlalu besar" in huge.text
    signed = send(client, f"{path}/kertas", {"sheet": ("s.jpg", telephones)}, said)

    assert signed.status_code == 303
    assert "data:image/png;base64," in client.get(path).text
    assert {parcel.status for parcel in parcels} == {ParcelStatus.HANDED_OVER}
    twice = client.post(f"{path}/kertas", data=said)
    assert twice.status_code == 409
    assert "sudah ditandatangani Budi" in twice.text
    assert client.get(f"{path}.pdf").mimetype == "application/pdf"


def test_a_list_is_made_void_with_a_reason(client, dispatcher):
    number = made(client)
    path = f"{LIST}/{number}"
    link = manifests.link_of(manifests.get(number), client.application.extensions["bazaar"].links)
    assert client.post(f"{path}/batal", data={"reason": ""}).status_code == 422
    assert client.get(f"/m/{link}").status_code == 200
    client.post(f"{path}/batal", data={"reason": "kurir tidak datang"})

    assert "kurir tidak datang" in client.get(path).text
    assert manifests.get(number).status is ManifestStatus.VOID
    gone = client.get(f"/m/{link}")
    assert gone.status_code == 404
    assert "sudah berakhir" in gone.text
    assert client.post(f"{path}/kunci").status_code == 409


def test_a_parcel_that_must_not_go_keeps_the_list_open(client, dispatcher):
    number, parcel = made(client), a_packed()
    path = f"{LIST}/{number}"
    client.post(f"{path}/tambah", data={"kode": parcel.code})
    shipments.cancel(parcel, "batal", actor=HOST, now=parcel.created_at)
    db.session.commit()

    assert "Ada paket yang tidak boleh diserahkan" in client.get(path).text
    refused = client.post(f"{path}/kunci")

    assert refused.status_code == 409
    assert f"Paket {parcel.code} tidak boleh diserahkan" in refused.text
    assert manifests.get(number).status is ManifestStatus.OPEN


def test_another_link_ends_the_first(client, dispatcher):
    number = made(client)
    links = client.application.extensions["bazaar"].links
    first = manifests.link_of(manifests.get(number), links)
    client.post(f"{LIST}/{number}/tautan")
    second = manifests.link_of(manifests.get(number), links)

    assert client.get(f"/m/{first}").status_code == 404
    assert client.get(f"/m/{second}").status_code == 200
