"""Schedules as people print them and as programs read them."""

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from openpyxl import load_workbook

from bazaar import schedules
from bazaar.schedules import Row, Schedule
from tests.builders import a_release, a_seller, a_turn, an_edition

SEVEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
"""19.00 in Jember."""
LONG = "Kerajinan Anyaman Bambu dan Rotan Tradisional Khas Kecamatan Sukorambi Kabupaten Jember"


def a_schedule(channels=2, slots=4, days=1, *, zone="Asia/Jakarta", names=("Batik Sri",), **more):
    rows = [
        Row(
            SEVEN + timedelta(days=day, minutes=15 * slot),
            SEVEN + timedelta(days=day, minutes=15 * slot + 15),
            channel,
            f"U{slot:03}",
            names[(slot + channel) % len(names)],
            "Batik",
            "batik-sri",
            f"{day:010}{slot:010}{channel:012}",
            1,
        )
        for day in range(days)
        for slot in range(slots)
        for channel in range(1, channels + 1)
    ]
    facts = {
        "edition": "Pasar Virtual Ramadan",
        "slug": "ramadan",
        "zone": ZoneInfo(zone),
        "number": 3,
        "note": "",
        "released_at": SEVEN,
        "channels": [(n, f"Saluran {n}", "") for n in range(1, channels + 1)],
        "rows": rows,
    }
    return Schedule(**facts | more)


def printed(schedule):
    """Size in millimetres and words of each page; every page has something on it."""
    document = pypdfium2.PdfDocument(schedules.pdf(schedule, now=SEVEN))
    pages = []
    for page in document:
        text = page.get_textpage()
        size = tuple(round(side / 72 * 25.4) for side in page.get_size())
        pages.append((size, text.get_text_range()))
        text.close()
        page.close()
    document.close()
    return pages


@pytest.mark.parametrize(
    ("channels", "size"),
    [(1, (210, 297)), (3, (210, 297)), (5, (297, 210)), (6, (420, 297)), (40, (420, 297))],
)
def test_the_paper_grows_with_the_channels(channels, size):
    assert {found for found, _ in printed(a_schedule(channels))} == {size}


def test_a_page_says_what_it_is():
    ((_, text),) = printed(a_schedule(note="Azan lebih awal."))

    for words in (
        "Minggu, 1 Maret 2026",
        "Pasar Virtual Ramadan · terbitan 3 · semua jam WIB",
        "Azan lebih awal.",
        "Dicetak 1 Maret 2026 19.00 WIB",
        "halaman 1 dari 1",
        "19.00–19.15",
        "Saluran 2",
    ):
        assert words in text
    assert text.count("Batik Sri") == 8


def test_every_day_begins_a_page_and_every_turn_is_printed():
    pages = printed(a_schedule(channels=40, slots=20, days=2))

    assert len(pages) == 10
    assert [text.count("Batik Sri") for _, text in pages] == [160] * 10
    assert "Minggu, 1 Maret 2026 (5/5)" in pages[4][1]
    assert "Saluran 33" in pages[4][1]
    assert "halaman 10 dari 10" in pages[9][1]


def test_a_long_day_goes_on_to_the_next_page():
    # 70 turns of ten minutes, from nine in the morning on.
    schedule = a_schedule(channels=1, slots=1)
    rows = [
        row._replace(
            starts_at=SEVEN - timedelta(hours=10) + timedelta(minutes=10 * n),
            ends_at=SEVEN - timedelta(hours=10) + timedelta(minutes=10 * n + 10),
        )
        for row in schedule.rows
        for n in range(70)
    ]
    pages = printed(a_schedule(channels=1, rows=rows))

    assert len(pages) == 4
    assert sum(text.count("Batik Sri") for _, text in pages) == 70


def test_long_names_wrap_and_what_does_not_fit_is_cut():
    (page,) = printed(a_schedule(channels=8, slots=16, names=(LONG, "A" * 120)))

    assert "Kerajinan Anyaman" in page[1]
    assert "…" in page[1]


def test_a_turn_that_ends_apart_from_its_row_says_when():
    schedule = a_schedule(channels=3, slots=1)
    first = schedule.rows[0]
    later = first._replace(ends_at=first.ends_at + timedelta(minutes=5))

    assert "sampai 19.20" in printed(a_schedule(channels=3, rows=[later, *schedule.rows[1:]]))[0][1]


def test_a_release_without_turns_prints_one_page_that_says_so():
    ((_, text),) = printed(a_schedule(rows=[]))

    assert "Tidak ada giliran" in text
    assert len(schedules.csv(a_schedule(rows=[])).splitlines()) == 1
    assert json.loads(schedules.json(a_schedule(rows=[])))["turns"] == []
    assert load_workbook(io.BytesIO(schedules.xlsx(a_schedule(rows=[])))).active.max_row == 1


def test_the_sheet_has_the_clocks_of_the_edition():
    found = list(csv.DictReader(io.StringIO(schedules.csv(a_schedule(zone="Asia/Jayapura"))[1:])))

    assert found[0] == {
        "tanggal": "2026-03-01",
        "mulai": "21:00",
        "selesai": "21:15",
        "zona": "WIT",
        "saluran": "1",
        "nama_saluran": "Saluran 1",
        "kode_umkm": "U000",
        "umkm": "Batik Sri",
        "klaster": "Batik",
        "uid": found[0]["uid"],
        "urutan": "1",
    }


@pytest.mark.parametrize("bad", ["=1+1", "+62", "-5", "@x", "\tx", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(bad):
    schedule = a_schedule(names=(bad,))

    assert schedules.csv(schedule).count(f"'{bad[0]}") == 8
    sheet = load_workbook(io.BytesIO(schedules.xlsx(schedule))).active
    cells = [row[7] for row in sheet.iter_rows(min_row=2)]
    assert {(cell.data_type, cell.value) for cell in cells} == {("s", bad)}


def test_cells_have_their_types():
    sheet = load_workbook(io.BytesIO(schedules.xlsx(a_schedule()))).active
    row = [cell.value for cell in sheet[2]]

    assert row[:3] == [datetime(2026, 3, 1), time(19, 0), time(19, 15)]  # noqa: DTZ001
    assert (row[4], row[10]) == (1, 1)
    assert sheet.freeze_panes == "A2"


def test_programs_get_names_times_with_zone_and_uids(app, now):
    edition = an_edition(channels=2, zone_name="Asia/Makassar", slug="makassar")
    release = a_release(edition, number=4, note="Catatan")
    seller = a_seller(edition=edition, code="U0001", name="Batik Sri", slug="batik-sri")
    turn = a_turn(release, seller, starts_at=now)

    value = json.loads(schedules.json(schedules.schedule(release)))

    assert value["format"] == "rotation-schedule/1"
    assert value["edition"] == {
        "slug": "makassar",
        "name": "Pasar Virtual Ramadan",
        "timezone": "Asia/Makassar",
    }
    assert value["release"]["number"] == 4
    assert [one["number"] for one in value["channels"]] == [1, 2]
    assert value["sellers"] == [
        {"code": "U0001", "name": "Batik Sri", "cluster": "Batik", "slug": "batik-sri"}
    ]
    assert value["turns"] == [
        {
            "uid": turn.uid,
            "sequence": 0,
            "start": "2026-03-01T20:00:00+08:00",
            "end": "2026-03-01T20:15:00+08:00",
            "channel": 1,
            "seller": "U0001",
        }
    ]


@pytest.mark.parametrize("turns", [1, 10])
def test_a_longer_release_costs_no_more_queries(app, now, queries, turns):
    release = a_release(an_edition())
    for n in range(turns):
        a_turn(release, a_seller(), starts_at=now + timedelta(minutes=15 * n))
    queries.clear()

    assert len(schedules.schedule(release).rows) == turns
    assert len(queries) <= 3


def test_days_are_those_of_the_zone():
    late = a_schedule(channels=1, slots=21)

    assert list(late.days()) == [date(2026, 3, 1), date(2026, 3, 2)]
    assert len(a_schedule(channels=1, slots=12, zone="Asia/Jayapura").days()) == 1
