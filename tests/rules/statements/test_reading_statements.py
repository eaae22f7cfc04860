"""Statement files of banks: every sample gives exactly the rows that were worked out by hand."""

import csv
import io
import json
from datetime import date, time
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules import statements
from bazaar.rules.sheets import Fault
from bazaar.rules.statements import PROFILES, Side, Statement, StatementLine, Unknown
from bazaar.rules.statements.profiles import Profile
from bazaar.times import WIB

SAMPLES = Path(__file__).parents[2] / "data" / "statements"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text())
BY_HAND = {
    "umum_indonesia.csv": statements.by_hand(
        "Bank contoh",
        {
            "day": ["tanggal"],
            "text": ["keterangan"],
            "debit": ["debet"],
            "credit": ["kredit"],
            "balance": ["saldo"],
        },
    ),
    "qris_merchant_app_umum.csv": statements.by_hand(
        "Aplikasi contoh",
        {
            "day": ["waktu transaksi"],
            "text": ["issuer"],
            "amount": ["nominal"],
            "identity": ["id transaksi"],
            "fee": ["mdr"],
            "status": ["status"],
        },
    ),
}


def rupiah(sen):
    if sen is None:
        return None
    return sen // 100 if sen % 100 == 0 else sen / 100


def told(line: StatementLine):
    return {
        "date": line.day.isoformat() if line.day else None,
        "time": line.at.isoformat() if line.at else None,
        "amount": rupiah(line.amount_sen),
        "dc": line.side.value,
        "description": line.description,
        "balance": rupiah(line.balance_sen),
        "reference": line.reference,
        "pending": line.pending,
        "kind": line.kind.value,
        "fee": rupiah(line.fee_sen),
    }


def read(data, *known):
    found = statements.read(data, zone=WIB, known=known)
    assert isinstance(found, Statement), found
    return found


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_sample_gives_exactly_its_rows(name):
    known = [BY_HAND[name]] if name in BY_HAND else []

    statement = read((SAMPLES / name).read_bytes(), *known)

    assert [told(line) for line in statement.lines] == EXPECTED[name]["rows"]
    assert statement.profile.key == EXPECTED[name]["profile"].split(" ")[0].rstrip(";")
    assert not [refused for refused in statement.refused if refused.wrong]
    assert len(EXPECTED) == 10


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_an_unknown_file_asks_for_its_columns_and_guesses_well(name):
    found = statements.read((SAMPLES / name).read_bytes(), zone=WIB)

    assert isinstance(found, Unknown)
    again = read((SAMPLES / name).read_bytes(), found.guess)
    assert [told(line) for line in again.lines] == EXPECTED[name]["rows"]


def a_csv(*rows, mark=","):
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows(rows)
    return out.getvalue().encode()


def refused(data, *known):
    found = statements.read(data, zone=WIB, known=known)
    assert isinstance(found, Fault), found
    return str(found)


def why(statement):
    return {row.number: str(row.fault) for row in statement.refused}


JATIM = ["Post Date", "Effective Date", "Account", "Name", "Description", "Currency"]
JATIM += ["Debit", "Credit", "Balance", "Reference No"]


def jatim(day="03/08/2026", credit="10,000.00", *, debit="0.00", text="TRF", currency="IDR"):
    return [day, day, "0021", "KOPERASI", text, currency, debit, credit, "", ""]


@pytest.mark.parametrize(
    ("header", "row", "key"),
    [
        (
            "Date,Description,Branch,Amount,,Balance",
            ["03/08/2026", "TRSF", "0000", "10,000.00", "CR", "20,000.00"],
            "bca_klikbca",
        ),
        (
            "No,Tanggal,Keterangan,Debit,Kredit,Saldo",
            ["1", "03/08/2026", "TRSF", "", "10.000,00", "20.000,00"],
            "bca_bisnis",
        ),
        (
            "Date,Description,Branch,Amount,Balance",
            ["03/08/26", "TRSF", "0000", "10,000.00 CR", "20,000.00"],
            "bca_bisnis",
        ),
        (
            "Tgl.,Tgl. Val.,Rincian Transaksi,No. Referensi,Debit,Kredit,Saldo,Branch Code",
            ["03 Agt 2026", "03 Agt 2026", "TRSF", "", "0,00", "10.000,00", "20.000,00", "12"],
            "mandiri_sheet",
        ),
        (
            "NOREK;TGL_TRAN;DESK_TRAN;MUTASI_DEBIT;MUTASI_KREDIT;TRREMK;REMARK_CUSTOM",
            ["33", "2026-08-03", "TRSF", "0.00", "10000.00", "", ""],
            "bri",
        ),
        (
            "Posting Date,Effective Date,Branch,Journal,Transaction Description,Amount,DB/CR,Balance",
            ["03/08/2026", "03/08/2026", "1", "77", "TRSF", "10,000.00", "K", "20,000.00"],
            "bni_direct",
        ),
        (
            "Status,Type,Channel,Currency,Amount,Total Fee,Reference,Transaction ID,Payment Date",
            ["SUCCESS", "PAYMENT", "TRSF", "IDR", "10000", "70", "PV", "tx", "03 Aug 2026"],
            "xendit",
        ),
    ],
)
def test_every_other_header_of_a_bank_is_known(header, row, key):
    mark = ";" if ";" in header else ","

    statement = read(header.encode() + b"\n" + a_csv(row, mark=mark))

    assert statement.profile.key == key
    (line,) = statement.lines
    assert (line.day, line.amount_sen, line.side) == (date(2026, 8, 3), 1_000_000, Side.CREDIT)
    assert line.description == "TRSF"


def test_a_time_with_an_offset_is_told_in_the_zone_of_the_house():
    header = "Status,Type,Currency,Amount,Total Fee,Reference,Transaction ID,Payment Date"
    rows = [
        ["SUCCESS", "PAYMENT", "IDR", "10000", "70", "PV-7XK2Q", "tx-1", "2026-08-03T20:04:11Z"]
    ]

    (line,) = read(header.encode() + b"\n" + a_csv(*rows)).lines

    assert (line.day, line.at) == (date(2026, 8, 4), time(3, 4, 11))
    assert (line.reference, line.identity, line.fee_sen) == ("PV-7XK2Q", "tx-1", 7_000)


@pytest.mark.parametrize("first", ["english", "indonesian"])
def test_a_file_with_both_kinds_of_numbers_is_refused_whole(first):
    rows = [jatim(credit="1,500,000.00", debit=""), jatim(credit="1.500.000,00", debit="")]
    if first == "indonesian":
        rows.reverse()

    told = refused(a_csv(JATIM, *rows))

    assert "dua cara: “1,500,000.00”" in told
    assert "“1.500.000,00”" in told


def test_lines_that_cannot_be_read_are_refused_with_a_sentence_each():
    rows = [
        jatim(),
        jatim("31/06/2026"),
        jatim(""),
        jatim("05/09"),
        jatim(credit="sepuluh"),
        jatim(credit="0.00"),
        jatim(debit="5,000.00"),
        jatim(currency="USD"),
        [*jatim(), "000.00"],
        jatim(credit="10,00,000.00"),
    ]

    statement = read(a_csv(JATIM, *rows))

    assert len(statement.lines) == 1
    assert why(statement) == {
        3: "“31/06/2026” bukan tanggal.",
        4: "Tanggalnya kosong.",
        5: "“05/09” tanpa tahun, dan masa mutasi di atas tabel tidak memuatnya.",
        6: "“sepuluh” bukan jumlah uang.",
        7: "Tidak ada jumlah uangnya.",
        8: "Debit dan kredit terisi dua-duanya.",
        9: "Mata uangnya USD, bukan rupiah.",
        10: "Baris ini punya lebih banyak kolom daripada judulnya. "
        "Mungkin ada koma di dalam angkanya.",
        11: "“10,00,000.00” bukan jumlah uang.",
    }


def test_what_did_not_succeed_or_was_told_twice_is_left_out_and_said():
    name = "qris_merchant_app_umum.csv"

    statement = read((SAMPLES / name).read_bytes(), BY_HAND[name])

    assert why(statement) == {
        4: "Statusnya “Gagal”: uang ini tidak masuk.",
        5: "Nomor transaksi QR26080300001 sudah ada di baris 2.",
    }


def test_a_line_below_the_footer_is_not_swallowed_silently():
    rows = [jatim(), ["Saldo Akhir", "1"], jatim(), ["Dicetak oleh sistem"]]

    statement = read(a_csv(["Saldo Awal", "5"], JATIM, ["Saldo Awal", "5"], *rows))

    assert len(statement.lines) == 1
    assert why(statement) == {
        6: "Baris ini ada di bawah penutup mutasi (“Saldo Akhir”), jadi tidak dibaca."
    }


def test_a_header_printed_again_goes_on_with_the_lines():
    rows = [jatim(), ["Saldo Akhir", "1"], JATIM, jatim("04/08/2026")]

    assert len(read(a_csv(JATIM, *rows)).lines) == 2


def test_a_statement_of_two_accounts_is_refused():
    other = jatim()
    other[2] = "0022"

    assert "beberapa rekening: 0021, 0022" in refused(a_csv(JATIM, jatim(), other))


def test_a_day_without_year_needs_a_period_that_holds_it_once():
    text = (SAMPLES / "bca_klikbca_perorangan.csv").read_text()

    statement = read(text.replace("03/01/2027", "30/12/2026").encode())

    assert why(statement)[10].startswith("“02/01” tanpa tahun")
    assert statement.account == "1234567890"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_statement_is_read_in_every_way_it_is_saved(mark, encoding):
    data = a_csv(JATIM, jatim(text="Café; a, b | c"), mark=mark).decode().encode(encoding)

    (line,) = read(data).lines

    assert line.description == "Café; a, b | c"


def test_a_workbook_says_the_same_as_a_csv():
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    sheet = book.add_worksheet()
    rows = [["Mutasi"], JATIM, jatim(), jatim("04/08/2026", text="=1+1")]
    for y, row in enumerate(rows):
        sheet.write_row(y, 0, row)
    sheet.write_datetime(2, 0, date(2026, 8, 3), book.add_format({"num_format": "dd/mm/yy"}))
    sheet.write_number(2, 7, 311_495.70)
    book.close()

    lines = read(out.getvalue()).lines

    assert [(line.day, line.amount_sen) for line in lines] == [
        (date(2026, 8, 3), 31_149_570),
        (date(2026, 8, 4), 1_000_000),
    ]
    assert lines[1].description == "=1+1"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Berkas ini kosong."),
        (b" \r\n", "Berkas ini kosong."),
        (b"\xef\xbb\xbf \n", "Berkas ini kosong."),
        (b"halo", "Di berkas ini tidak ada tabel"),
        (b"1,2,3\n4,5,6\n", "Di berkas ini tidak ada tabel"),
        (b"\x89PNG\x00\x01,", "Ini bukan berkas CSV"),
        (b"\xd0\xcf\x11\xe0", "Excel lama"),
        (b"PK\x03\x04", "XLSX ini rusak"),
        (a_csv(JATIM), "belum ada satu pun mutasi"),
        (a_csv(JATIM, jatim()) + b'"03/08,', "Tanda petik di baris 3"),
        (b"x" * (5 * 1024 * 1024 + 1), "lebih besar dari 5 MB"),
        (a_csv(JATIM, *[["1"] * 10] * 20_001), "lebih dari 20.000 baris"),
        (a_csv(JATIM, *[["1"] * 10] * 30_000), "lebih dari 20.000 baris"),
    ],
    ids=range(13),
)
def test_what_is_no_statement_is_refused_with_a_sentence(data, sentence):
    assert sentence in refused(data)


def test_twenty_thousand_lines_are_read():
    rows = [jatim(text=str(number)) for number in range(20_000)]

    assert len(read(a_csv(JATIM, *rows)).lines) == 20_000


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.key)
def test_a_profile_survives_being_stored(profile):
    assert Profile.unpacked(json.loads(json.dumps(profile.packed()))) == profile


@pytest.mark.parametrize(
    "roles",
    [{}, {"day": ["tanggal"]}, {"credit": ["kredit"]}, {"day": ["tanggal"], "debit": ["debet"]}],
)
def test_a_mapping_without_day_or_sum_is_none(roles):
    assert statements.by_hand("Bank", roles) is None


@pytest.mark.parametrize("text", ["=1+1", "+62", "-5", "@SUM(A1)"])
def test_what_a_spreadsheet_would_run_is_exported_as_text(text):
    assert statements.disarmed(text) == f"'{text}"
    assert statements.disarmed("BAYAR =1") == "BAYAR =1"


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_an_answer(data):
    for sent in (data, a_csv(JATIM) + data):
        assert isinstance(statements.read(sent, zone=WIB), Statement | Unknown | Fault)


letters = st.characters(codec="utf-8", exclude_characters="\0")
hostile = st.text(letters, max_size=60) | st.sampled_from(
    ["=cmd|'/c calc'!A1", "'; drop table orders;--", '"', "\u202e", "Saldo Awal", "\r\n", "PEND"]
)


@given(st.lists(hostile, min_size=1, max_size=6))
def test_hostile_texts_stay_texts_on_their_own_line(texts):
    statement = read(a_csv(JATIM, *(jatim(text=text) for text in texts)))

    assert [line.amount_sen for line in statement.lines] == [1_000_000] * len(texts)
    for line in statement.lines:
        assert line.description == " ".join(line.description.split())
        assert "\x00" not in line.description
