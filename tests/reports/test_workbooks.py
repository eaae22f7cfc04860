"""Lists as files: typed in a workbook, harmless in CSV, and nothing in them runs."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.reports.sheets import FORMULA_STARTS
from bazaar.reports.workbooks import NoSuchForm, Table, as_file

COLUMNS = ("teks", "rupiah", "hari", "saat", "kosong")
DAY = date(2026, 3, 1)
EVENING = datetime.fromisoformat("2026-03-01T19:30")
ROW = ("=HYPERLINK(1)", 12_000, DAY, EVENING, None)


def a_table(*rows, columns=COLUMNS):
    return Table("Contoh", columns, rows, {})


def cells_of(content):
    (sheet,) = openpyxl.load_workbook(io.BytesIO(content)).worksheets
    return [list(row) for row in sheet.iter_rows(min_row=2)]


def test_a_workbook_keeps_types_and_runs_nothing():
    (row,) = cells_of(as_file(a_table(ROW), "xlsx").content)

    assert [cell.value for cell in row] == [
        "=HYPERLINK(1)",
        12_000,
        datetime.fromisoformat("2026-03-01"),
        EVENING,
        None,
    ]
    assert [cell.data_type for cell in row[:2]] == ["s", "n"]
    assert row[0].hyperlink is None


def test_csv_says_the_same_in_words():
    file = as_file(a_table(ROW), "csv")

    told = file.content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(told, newline=""))) == [
        list(COLUMNS),
        ["'=HYPERLINK(1)", "12000", "2026-03-01", "2026-03-01 19:30", ""],
    ]


@pytest.mark.parametrize("form", ["pdf", "CSV", ""])
def test_other_forms_are_refused(form):
    with pytest.raises(NoSuchForm):
        as_file(a_table(ROW), form)


def test_long_numbers_and_addresses_stay_texts():
    texts = ("0123456789012345", "https://contoh.id", "1e5", "35.10", "'a", "+62812")
    (row,) = cells_of(as_file(a_table(texts, columns=texts), "xlsx").content)

    assert [(cell.value, cell.data_type) for cell in row] == [(text, "s") for text in texts]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc"))), min_size=1, max_size=5))
def test_no_text_is_ever_a_formula(texts):
    columns = [f"c{n}" for n in range(len(texts))]
    (row,) = cells_of(as_file(a_table(texts, columns=columns), "xlsx").content) or [[]]
    told = [cell.value or "" for cell in row]
    assert told == texts[: len(told)]
    assert not any(texts[len(told) :])
    assert {cell.data_type for cell in row} <= {"s", "n"}  # empty cells count as numbers

    said = as_file(a_table(texts, columns=columns), "csv").content.decode("utf-8-sig")
    (plain,) = list(csv.reader(io.StringIO(said, newline="")))[1:]
    assert not any(cell.startswith(FORMULA_STARTS) for cell in plain)
