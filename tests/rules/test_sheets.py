"""Lists out of spreadsheets: what is read, and what is refused with a sentence."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules import sheets
from bazaar.rules.sheets import Fault, Layout, Row, Sheet

LAYOUT = Layout("sellers", ("kode", "nama"), ("telepon", "cerita"), {"hp": "telepon"})


def xlsx(*rows, formats=None):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            form = book.add_format({"num_format": (formats or {}).get(x, "General")})
            if isinstance(value, str) and value.startswith("=") and value.endswith("!formula"):
                sheet.write_formula(y, x, value.removesuffix("!formula"), form, 42)
            elif isinstance(value, date):
                day = book.add_format({"num_format": "dd/mm/yyyy"})
                sheet.write_datetime(y, x, value, day)
            elif isinstance(value, str):
                sheet.write_string(y, x, value)
            elif value is not None:
                sheet.write(y, x, value, form)
    book.close()
    return out.getvalue()


def read(data):
    found = sheets.read(data, LAYOUT)
    assert isinstance(found, Sheet), found
    return found


def refused(data):
    found = sheets.read(data, LAYOUT)
    assert isinstance(found, Fault)
    return str(found)


PLAIN = (Row(2, {"kode": "J-1", "nama": "Batik Ayu"}), Row(4, {"kode": "J-2", "nama": "Tahu é"}))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_in_every_way_it_is_saved(separator, encoding, line_end):
    lines = ["Kode|NAMA", "J-1|Batik Ayu", "|", "J-2|Tahu é", ""]
    text = line_end.join(lines).replace("|", separator)

    assert read(text.encode(encoding)).rows == PLAIN


def test_a_workbook_is_read_with_the_numbers_of_its_rows():
    found = read(xlsx(["kode", "nama"], ["J-1", "Batik Ayu"], [], ["J-2", "Tahu é"]))

    assert found == Sheet("sellers", ("kode", "nama"), (), PLAIN)


@pytest.mark.parametrize(
    "header", ["kode,nama,HP", " Kode , Nama ,hp.", "KODE,nama,Hp", '"kode","nama","hp"']
)
def test_names_of_columns_are_taken_as_people_write_them(header):
    found = read(f"{header}\nJ-1,Ayu,0812\n".encode())

    assert found.columns == ("kode", "nama", "telepon")
    assert found.rows[0].cells == {"kode": "J-1", "nama": "Ayu", "telepon": "0812"}


def test_a_title_above_the_header_and_unknown_columns_are_passed_over():
    found = read(b"Daftar UMKM 2026,,\n,,\nkode,nama,Catatan\nJ-1,Ayu,lunas\n")

    assert found.ignored == ("Catatan",)
    assert found.rows == (Row(4, {"kode": "J-1", "nama": "Ayu"}),)


def test_short_rows_have_empty_cells():
    assert read(b"kode,nama,cerita\nJ-1,Ayu\n").rows[0].cells == {
        "kode": "J-1",
        "nama": "Ayu",
        "cerita": "",
    }


def test_the_sheet_whose_header_fits_is_read():
    book = openpyxl.Workbook()
    book.active.append(["Petunjuk", "isi kolom"])
    sheet = book.create_sheet("Penjual")
    sheet.append(["kode", "nama"])
    sheet.append(["J-1", "Ayu"])
    out = io.BytesIO()
    book.save(out)

    assert read(out.getvalue()).rows == (Row(2, {"kode": "J-1", "nama": "Ayu"}),)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "kosong"),
        (b" \n\n", "kosong"),
        (b"\xef\xbb\xbf", "kosong"),
        (b"kode,nama\n", "belum ada isinya"),
        (b"kode,nama\n,\n,\n", "belum ada isinya"),
        (b"nama saya\nAyu\n", "Baris judul tidak ditemukan"),
        (b"a,b\n1,2\n", "Baris judul tidak ditemukan"),
        (b"kode,telepon\nJ-1,0812\n", "Kolom ini tidak ada: nama"),
        (b"kode,nama,Nama\nJ-1,Ayu,Ayu\n", "Kolom nama ada dua kali"),
        (b'kode,nama\nJ-1,"Ayu\nJ-2,Sri\n', "Tanda petik di baris 2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "bukan berkas CSV atau XLSX"),
        (b"%PDF-1.7\n\x00\x01\x02", "bukan berkas CSV atau XLSX"),
        (bytes(range(256)) * 20, "bukan berkas CSV atau XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, ".xls"),
        (b"PK\x03\x04" + b"\xff" * 300, "rusak"),
        (b"x" * (sheets.MAX_BYTES + 1), "lebih besar dari 5 MB"),
    ],
)
def test_files_that_are_no_list_are_refused_with_a_sentence(data, sentence):
    assert sentence in refused(data)


@pytest.mark.parametrize("make", [xlsx, lambda *rows: "\n".join(map(",".join, rows)).encode()])
def test_too_many_rows_are_refused(make):
    rows = [["kode", "nama"]] + [[f"J-{n}", "Ayu"] for n in range(sheets.MAX_ROWS)]

    assert len(read(make(*rows)).rows) == sheets.MAX_ROWS
    assert "5.000 baris" in refused(make(*rows, ["J-x", "Ayu"]))


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_a_zip_that_is_no_workbook_is_refused():
    assert "bukan berkas CSV atau XLSX" in refused(packed(readme=b"kode,nama\nJ-1,Ayu\n"))


def test_a_zip_bomb_is_measured_before_it_is_unpacked():
    zeros = b"\0" * (sheets.MAX_UNPACKED + 1)
    bomb = packed(**{"xl__workbook.xml": b"<a/>", "xl__sharedStrings.xml": zeros})

    assert len(bomb) < 200_000
    assert "lebih besar" in refused(bomb)


def test_xml_that_declares_entities_is_refused():
    good = xlsx(["kode", "nama"], ["J-1", "Ayu"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "xl/sharedStrings.xml":
                laugh = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
                content = content.replace(b"?>\n", b"?>\n" + laugh, 1)
                assert laugh in content
            target.writestr(info, content)

    assert "rusak" in refused(out.getvalue())


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("=1+41!formula", "formula", "=1+41"),
        (date(2026, 1, 2), "date", "2026-01-02 00:00:00"),
        (1234567890123456, "digits", "1.23456789012346E+15"),
        (1.2345678901234567e17, "digits", "1.234567890123457e+17"),
        (12.5, "fraction", "12,5"),
    ],
)
def test_what_a_spreadsheet_has_spoilt_is_marked(value, code, text):
    row = read(xlsx(["kode", "nama"], [value, "Ayu"])).rows[0]

    assert row.spoilt == {"kode": code}
    assert row.cells["nama"] == "Ayu"
    if code != "digits":
        assert row.cells["kode"] == text


@pytest.mark.parametrize(
    ("value", "text"), [(7, "7"), (81234567890, "81234567890"), (15000.0, "15000"), (True, "ya")]
)
def test_whole_numbers_become_text(value, text):
    assert read(xlsx(["kode", "nama"], [value, "Ayu"])).rows[0].cells["kode"] == text


def test_a_code_shown_with_zeros_keeps_them():
    found = read(xlsx(["kode", "nama"], [7, "Ayu"], formats={0: "000"}))

    assert found.rows[0].cells["kode"] == "007"


def test_scientific_notation_in_csv_has_lost_digits():
    assert read(b"kode;nama\n8,12346E+11;Ayu\n").rows[0].spoilt == {"kode": "digits"}


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://evil.example","x")', "+1+1", "@SUM(A1)", "-2"]
)
def test_text_that_looks_like_a_formula_stays_text(text):
    quoted = text.replace('"', '""')
    for data in (xlsx(["kode", "nama"], ["J-1", text]), f'kode,nama\nJ-1,"{quoted}"\n'.encode()):
        assert read(data).rows == (Row(2, {"kode": "J-1", "nama": text}),)


@pytest.mark.parametrize(("text", "code"), [("a" * 4_001, "long"), ("Ay\x7fu", "letters")])
def test_cells_no_page_can_show_are_marked(text, code):
    assert read(f"kode,nama\nJ-1,{text}\n".encode()).rows[0].spoilt == {"nama": code}


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    assert isinstance(sheets.read(data, LAYOUT), Sheet | Fault)


@given(st.binary(max_size=60), st.integers(0, 5_000))
def test_damaged_workbooks_are_read_or_refused(damage, at):
    whole = xlsx(["kode", "nama"], ["J-1", "Ayu"])
    data = whole[:at] + damage + whole[at + len(damage) :]

    assert isinstance(sheets.read(data, LAYOUT), Sheet | Fault)
