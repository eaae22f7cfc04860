"""Lists of waybill numbers: judged row by row, applied at once, the same again changes nothing."""

import io
from datetime import date

import openpyxl
import pytest

from bazaar import resi_lists, shipments
from bazaar.db import db
from bazaar.models import AuditEntry, Booking, ParcelStatus, ResiChange
from bazaar.resi_lists import Status
from bazaar.rules.sheets import Fault, Sheet
from bazaar.shipments import ResiTaken
from tests.builders import HOST, a_parcel

TODAY = date(2026, 3, 1)


def a_list(*rows, head="kode_paket;resi;kurir;layanan;berat_gram;ongkir;tanggal_serah"):
    sheet = resi_lists.read_list("\n".join([head, *rows]).encode())
    assert isinstance(sheet, Sheet), sheet
    return sheet


def judged(sheet):
    return resi_lists.review(sheet, today=TODAY)


def applied(sheet, now, why=""):
    return dict(resi_lists.apply(sheet, why, today=TODAY, actor=HOST, now=now))


def test_every_row_is_judged(app, now):
    new, same, replaced, free, ended, foreign = (a_parcel(paid_at=now) for _ in range(6))
    shipments.set_resi(same, "111111111111", actor=HOST, now=now)
    shipments.set_resi(replaced, "222222222222", actor=HOST, now=now)
    shipments.cancel(ended, "batal", actor=HOST, now=now)
    lines = judged(
        a_list(
            f"{new.code};012345678901",
            f"{same.code};1111 1111 1111",
            f"{replaced.code};333333333333",
            f"{free.code};222222222222",
            "PK-99999;444444444444",
            f"{foreign.code};555555555555;SiCepat",
            f"{ended.code};666666666666",
            f"{new.code};777777777777",
            "bukan kode;888888888888",
            f"{free.code};12",
        )
    )

    assert [line.status for line in lines] == [
        Status.NEW,
        Status.SAME,
        Status.REPLACE,
        Status.CONFLICT,
        Status.UNKNOWN,
        Status.WRONG_COURIER,
        Status.WRONG_STATE,
        Status.DUPLICATE,
        Status.WRONG,
        Status.WRONG,
    ]
    assert lines[2].old == "222222222222"
    assert lines[3].other == replaced.code
    assert lines[5].other == "JNE REG"
    assert lines[7].other == "2"
    assert list(lines[8].faults) == ["kode_paket"]
    assert list(lines[9].faults) == ["resi"]


def test_the_number_twice_in_a_file_is_a_duplicate(app, now):
    one, two = a_parcel(paid_at=now), a_parcel(paid_at=now)
    rows = (f"{one.code};012345678901", f"{two.code};0123-4567-8901")

    assert [line.status for line in judged(a_list(*rows))] == [Status.NEW, Status.DUPLICATE]


def test_good_rows_are_written_once(app, now):
    new, replaced = a_parcel(paid_at=now), a_parcel(paid_at=now)
    shipments.set_resi(replaced, "222222222222", actor=HOST, now=now)
    sheet = a_list(
        f"{new.code};012345678901;JNE;REG;1.250;Rp18.000",
        f"{replaced.code};333333333333",
        "PK-99999;444444444444",
    )

    assert applied(sheet, now) == {Status.NEW: 1}
    assert replaced.resi == "222222222222"
    assert applied(sheet, now, "salah ketik") == {Status.REPLACE: 1}
    rows = db.session.query(AuditEntry).count()
    assert applied(sheet, now, "salah ketik") == {}

    assert db.session.query(AuditEntry).count() == rows
    assert (new.resi, new.weight_g) == ("012345678901", 1250)
    assert replaced.resi == "333333333333"
    assert db.session.query(ResiChange).one().why == "salah ketik"
    (booking,) = db.session.query(Booking)
    assert (booking.parcel_id, booking.charged_idr) == (new.id, 18000)
    assert [line.status for line in judged(sheet)] == [Status.SAME, Status.SAME, Status.UNKNOWN]


def test_what_was_accepted_reads_back_the_same(app, now):
    parcel = a_parcel(paid_at=now)
    shipments.pack(parcel, actor=HOST, now=now)
    lines = judged(a_list(f"{parcel.code.lower()};0123.4567.8901;;;900;20000;1/3/2026"))
    again = judged(resi_lists.read_list(resi_lists.accepted(lines).encode()))

    assert again == lines
    assert again[0].handed_at == TODAY


def test_another_charge_alone_is_a_change(app, now):
    parcel = a_parcel(paid_at=now)
    applied(a_list(f"{parcel.code};012345678901;;;;18000"), now)
    more = a_list(f"{parcel.code};012345678901;;;;21000")

    assert judged(more)[0].status is Status.CHANGED
    assert applied(more, now) == {Status.CHANGED: 1}
    assert applied(more, now) == {}
    assert db.session.query(Booking).one().charged_idr == 21000


def test_a_date_hands_a_packed_parcel_over(app, now):
    packed, draft = a_parcel(paid_at=now), a_parcel(paid_at=now)
    shipments.pack(packed, actor=HOST, now=now)
    sheet = a_list(
        f"{packed.code};012345678901;;;;;2026-03-01", f"{draft.code};012345678902;;;;;01/03/2026"
    )

    assert [line.status for line in judged(sheet)] == [Status.NEW, Status.WRONG_STATE]
    applied(sheet, now)
    assert (packed.status, draft.status) == (ParcelStatus.HANDED_OVER, ParcelStatus.DRAFT)
    assert applied(sheet, now) == {}


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (";;;0", "berat_gram"),
        (";;;99999", "berat_gram"),
        (";;;;gratis", "ongkir"),
        (";;;;;2026-03-02", "tanggal_serah"),
        (";;;;;kemarin", "tanggal_serah"),
    ],
)
def test_cells_that_cannot_be_meant_are_told(app, now, cells, column):
    (line,) = judged(a_list(f"{a_parcel(paid_at=now).code};012345678901{cells}"))

    assert line.status is Status.WRONG
    assert list(line.faults) == [column]


@pytest.mark.parametrize("between", ["\t", " ", "   ", ";", ",", ", "])
def test_pasted_lines_need_no_header(app, now, between):
    parcels = [a_parcel(paid_at=now) for _ in range(2)]
    pasted = "\n".join(f"{p.code}{between}01234567890{at}" for at, p in enumerate(parcels))

    lines = judged(resi_lists.read_list(pasted.encode()))

    assert [line.status for line in lines] == [Status.NEW, Status.NEW]
    assert [line.number for line in lines] == [1, 2]


def test_pasted_lines_are_numbered_as_they_stand(app, now):
    parcels = [a_parcel(paid_at=now) for _ in range(2)]
    pasted = f"\n{parcels[0].code} 012345678900\n\n{parcels[1].code} 012345678901\n"

    lines = judged(resi_lists.read_list(pasted.encode()))

    assert sorted(line.number for line in lines) == [2, 4]


def test_an_odd_number_and_another_service_are_only_pointed_out(app, now):
    (line,) = judged(a_list(f"{a_parcel(paid_at=now).code};JX1300026767;JNE;YES"))

    assert line.status is Status.NEW
    assert len(line.notes) == 2


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in (("kode_paket", "resi", "tanggal_serah"), *rows):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return resi_lists.read_list(file.getvalue())


def test_numbers_in_a_workbook_are_not_trusted(app, now):
    codes = [a_parcel(paid_at=now).code for _ in range(7)]
    sheet = workbook(
        (codes[0], 123456789012),
        (codes[1], 1234567.5),
        (codes[2], 1.234567890123457e17),
        (codes[3], "=1+1"),
        (codes[4], 12345678),
        (codes[5], "012345678901"),
        (codes[6], "012345678902", TODAY),
    )

    lines = judged(sheet)

    assert [line.status for line in lines[:4]] == [Status.WRONG] * 4
    assert all("resi" in line.faults for line in lines[:4])
    assert lines[4].status is Status.NEW
    assert lines[4].notes
    assert (lines[5].status, lines[5].resi) == (Status.NEW, "012345678901")
    assert lines[6].handed_at == TODAY


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_example_is_read_as_it_is(app, form):
    sheet = resi_lists.read_list(resi_lists.example(form))

    assert sheet.columns == resi_lists.LAYOUT.columns
    assert sheet.rows[0].cells["resi"] == "0123456789012"
    assert judged(sheet)[0].status is Status.UNKNOWN
    if form == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(resi_lists.example(form))).active
        assert page["B2"].number_format == "@"


def test_too_much_and_nothing_are_told(app):
    many = "\n".join(f"PK-{at:05} 0123456789" for at in range(2_001))
    for data in (many.encode(), b"", b"\x00\x01", b"halo", b"resi;kurir\n1;2"):
        assert isinstance(resi_lists.read_list(data), Fault)


def test_whoever_is_slower_keeps_nothing(app, now, monkeypatch):
    one, two = a_parcel(paid_at=now), a_parcel(paid_at=now)
    sheet = a_list(f"{one.code};012345678901", f"{two.code};012345678902")
    lines = judged(sheet)
    shipments.set_resi(a_parcel(paid_at=now), "012345678902", actor=HOST, now=now)
    db.session.commit()
    monkeypatch.setattr(resi_lists, "review", lambda *_, **__: lines)

    with pytest.raises(ResiTaken):
        applied(sheet, now)
    db.session.rollback()

    assert shipments.get_parcel(one.code).resi == ""
