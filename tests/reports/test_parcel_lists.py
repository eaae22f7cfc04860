"""Lists of parcels: every line, box and signature once, whole addresses only where they belong."""

from datetime import timedelta

import pytest

from bazaar import manifests, reports, shipments
from bazaar.db import db
from bazaar.models import ParcelStatus
from bazaar.reports import TooManyRows, parcel_lists
from bazaar.times import WIB, day_of
from bazaar.web import services
from tests.builders import HOST, a_parcel, a_product, a_seller
from tests.shipments.parcels import a_parcel_in, a_parcel_of, line_ids


def rows(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def packing(**which):
    return rows(reports.packing_list(reports.to_pack(**which), WIB))


def shipping(query):
    return rows(reports.shipping_list(query, WIB))


def test_the_packing_list_has_a_row_a_line(app, now):
    parcel = a_parcel_of(2, products=2)
    gone = a_parcel(resi="JX1300026767")
    shipments.acts.measure(parcel, 1_200, (30, 20, 10), fragile=True, actor=HOST, now=now)
    db.session.commit()

    found = packing()

    assert [row["kode_paket"] for row in found] == [parcel.code] * 2 != [gone.code] * 2
    assert [row["jumlah"] for row in found] == [2, 2]
    assert found[0] | {"barang": "", "kode_klaim": ""} == {
        "kode_paket": parcel.code,
        "kode_pesanan": parcel.order.reference,
        "kode_umkm": parcel.order.seller.code,
        "umkm": parcel.order.seller.name,
        "dibayar": now.astimezone(WIB).replace(tzinfo=None),
        "keadaan": "perlu dikemas",
        "pembeli": "Siti",
        "tujuan": "Jember",
        "kode_klaim": "",
        "barang": "",
        "jumlah": 2,
        "dicentang": "",
        "berat_paket_g": 1_200,
        "kotak_cm": "30x20x10",
        "mudah_pecah": "ya",
        "kurir": "JNE REG",
        "catatan": "",
    }


def test_a_seller_gets_only_its_own(app):
    mine, others = a_parcel(), a_parcel()
    assert {row["kode_paket"] for row in packing()} == {mine.code, others.code}
    assert {row["kode_paket"] for row in packing(seller_id=mine.order.seller_id)} == {mine.code}


def test_the_shipping_list_has_a_row_a_box(app, now):
    parcel = a_parcel_of(3)
    other = shipments.split(parcel, {line_ids(parcel)[0]: 1}, actor=HOST, now=now)
    shipments.pack(parcel, actor=HOST, now=now)
    shipments.hand_over(parcel, "JNE REG", "JX1300026767", actor=HOST, now=now)
    db.session.commit()

    second, first = shipping(shipments.listed(None))

    assert (first["koli"], second["koli"]) == ("1/2", "2/2")
    assert (first["resi"], second["resi"]) == ("JX1300026767", "")
    assert first["berangkat"] == now.astimezone(WIB).replace(tzinfo=None)
    assert second["berangkat"] is None
    assert first["telepon"] == "+6281234567890"
    assert (first["nilai_barang_rp"], second["nilai_barang_rp"]) == (50_000, 25_000)
    assert (first["berat_g"], second["berat_g"]) == (600, 300)
    assert second["kode_paket"] == other.code


def test_every_question_of_the_overview_can_be_taken_away(app, now):
    a_parcel_in("exception")
    a_parcel_in("delivered")
    db.session.commit()
    for need in shipments.overview.Need:
        shipping(shipments.overview.needing(need, now))
    for status in (None, *ParcelStatus):
        query = shipments.listed(status)
        wanted = [parcel.code for parcel in db.session.scalars(query)]
        assert [row["kode_paket"] for row in shipping(query)] == wanted
    assert len(shipping(shipments.found("Siti"))) == 2


def test_what_left_on_a_day_left_once(app, now):
    parcel = a_parcel(resi="JX1300026767")
    waiting = a_parcel()
    shipments.acts.move(parcel, "kabar", actor=HOST, now=now + timedelta(days=1))
    db.session.commit()

    def left(days):
        start = now.replace(hour=0) + timedelta(days=days)
        query = shipments.departures.left_between(start, start + timedelta(days=1))
        return [row["kode_paket"] for row in shipping(query)]

    assert (left(0), left(1)) == ([parcel.code], [])
    assert waiting.code not in left(0)


def test_a_manifest_says_what_was_signed(app, now):
    gone, left_behind = (a_parcel_in("packed") for _ in range(2))
    manifest = a_signed_list(gone, left_behind, now=now)
    a_list(now=now)
    db.session.commit()

    found = rows(reports.manifest_list(manifests.listed(), WIB))

    assert [(row["no"], row["kode_paket"], row["tidak_dibawa"]) for row in found] == [
        (1, gone.code, ""),
        (2, left_behind.code, "ya"),
    ]
    assert {row["berita_acara"] for row in found} == {manifest.number}
    assert {row["keadaan"] for row in found} == {"ditandatangani"}
    assert {row["sidik_daftar"] for row in found} == {manifest.digest}


def test_a_list_that_nobody_reads_is_refused(app, monkeypatch):
    monkeypatch.setattr(parcel_lists, "MOST", 1)
    a_parcel()
    shipping(shipments.listed(None))
    a_parcel()
    with pytest.raises(TooManyRows):
        shipping(shipments.listed(None))


def test_chunks_make_one_list(app, monkeypatch):
    monkeypatch.setattr(parcel_lists, "CHUNK", 2)
    seller = a_seller()
    codes = {a_parcel(a_product(seller=seller)).code for _ in range(5)}
    db.session.commit()
    found = [row["kode_paket"] for row in packing(seller_id=seller.id)]
    assert found == sorted(codes)


def a_list(*parcels, now):
    manifest = manifests.make(
        "JNE",
        day_of(now, WIB),
        branch="",
        pickup=True,
        vehicle="",
        links=services().links,
        actor=HOST,
        now=now,
    )
    for parcel in parcels:
        assert manifests.scan(manifest, parcel.code, actor=HOST, now=now).answer is (
            manifests.Answer.ADDED
        )
    return manifest


def a_signed_list(gone, left_behind, *, now):
    manifest = manifests.get(a_list(gone, left_behind, now=now).number)
    manifests.lock(manifest, actor=HOST, now=now)
    said = manifests.Signing(
        "Slamet", "081234", 1, frozenset({left_behind.code}), "penuh", None, True
    )
    manifests.sign(manifests.get(manifest.number), said, actor=HOST, now=now)
    return manifests.get(manifest.number)
