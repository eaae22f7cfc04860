"""Waybill numbers typed, scanned and sent as lists."""

import html
import re

import pytest

from bazaar import shipments
from bazaar.db import db
from bazaar.models import Role
from tests.builders import HOST, a_parcel, sign_in
from tests.uploads import send

PAGE = "/panitia/resi"
RESI = "012345678901"


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


def test_a_parcel_then_its_number(client, dispatcher):
    parcel = a_parcel()
    asked = client.post(PAGE, data={"kode": parcel.code.lower()})
    assert 'name="resi"' in asked.text
    assert parcel.code in client.get(f"{PAGE}?kode={parcel.code}").text
    done = client.post(PAGE, data={"kode": parcel.code, "resi": "0123 4567 8901"})

    assert done.status_code == 303
    page = client.get(done.location).text
    assert f"Resi {RESI} dicatat" in page
    assert re.search(r'id="kode"[^>]*autofocus|autofocus[^>]*id="kode"', page)
    assert parcel.resi == RESI
    client.post(PAGE, data={"kode": parcel.code, "resi": RESI})
    assert "sudah punya resi" in client.get(PAGE).text


def test_replacing_needs_a_reason_and_taken_ones_are_named(client, dispatcher):
    parcel, other = a_parcel(), a_parcel()
    shipments.set_resi(parcel, RESI, actor=HOST, now=parcel.created_at)
    shipments.set_resi(other, "999999999999", actor=HOST, now=parcel.created_at)
    sent = {"kode": parcel.code, "resi": "012345678902"}

    refused = client.post(PAGE, data=sent)
    assert refused.status_code == 422
    assert 'name="reason"' in refused.text
    assert 'value="012345678902"' in refused.text
    taken = client.post(PAGE, data=sent | {"resi": "999999999999", "reason": "x"})
    assert taken.status_code == 409
    assert f"sudah dipakai paket {other.code}" in taken.text
    assert client.post(PAGE, data=sent | {"reason": "salah ketik"}).status_code == 303
    assert client.post(PAGE, data=sent | {"resi": "1"}).status_code == 422
    unknown = client.post(PAGE, data={"kode": "<i>x</i>", "resi": RESI})
    assert unknown.status_code == 422
    assert "<i>" not in unknown.text


def test_a_pasted_list_is_looked_at_then_applied_once(client, dispatcher):
    parcels = [a_parcel() for _ in range(3)]
    shipments.set_resi(parcels[2], RESI, actor=HOST, now=parcels[2].created_at)
    pasted = "\n".join(f"{p.code} 11111111111{at}" for at, p in enumerate(parcels))
    db.session.commit()

    page = client.post(f"{PAGE}/periksa", data={"list": f"{pasted}\nPK-99999 1234567"})

    assert page.status_code == 200
    assert "Alasan mengganti 1 resi" in page.text
    assert f"Resi yang tercatat: {RESI}." in page.text
    assert "Tidak ada paket dengan kode ini." in page.text
    assert parcels[0].resi == ""
    rows = html.unescape(
        re.search(r"<textarea[^>]*hidden>(.*?)</textarea>", page.text, re.DOTALL)[1]
    )
    sent = {"rows": rows, "reason": "dari agen"}
    done = client.post(f"{PAGE}/terapkan", data=sent)
    assert "3 baris diterapkan" in client.get(done.location).text
    assert [p.resi for p in parcels] == [f"11111111111{at}" for at in range(3)]
    client.post(f"{PAGE}/terapkan", data=sent)
    assert "Tidak ada yang berubah" in client.get(PAGE).text
    same = client.post(f"{PAGE}/periksa", data={"list": pasted}).text
    assert "Semua sudah sama" in same


def test_a_file_is_read_and_wrong_ones_are_told(client, dispatcher):
    parcel = a_parcel()
    data = f"kode_paket,resi\n{parcel.code},{RESI}\n".encode()

    assert "Terapkan 1 baris" in send(client, f"{PAGE}/periksa", {"file": ("r.csv", data)}).text
    for content in (b"\x00\xff\x00", b"a,b\n1,2\n"):
        assert send(client, f"{PAGE}/periksa", {"file": ("r.csv", content)}).status_code == 422
    assert client.post(f"{PAGE}/periksa", data={"list": " "}).status_code == 422
    assert client.post(f"{PAGE}/terapkan", data={"rows": "x"}).status_code == 422
    for ext in ("csv", "xlsx"):
        assert client.get(f"{PAGE}/contoh.{ext}").status_code == 200
    assert client.get(f"{PAGE}/contoh.exe").status_code == 404
