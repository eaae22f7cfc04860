"""A release as CSV, as XLSX with typed cells, and as JSON (`docs/calendar.md` has the format)."""

import io
import json as standard
from collections.abc import Iterator
from typing import Any, Final

from bazaar.reports.sheets import written
from bazaar.schedules.rows import Row, Schedule

FORMAT: Final = "rotation-schedule/1"
COLUMNS: Final = (
    "tanggal",
    "mulai",
    "selesai",
    "zona",
    "saluran",
    "nama_saluran",
    "kode_umkm",
    "umkm",
    "klaster",
    "uid",
    "urutan",
)
WIDTHS: Final = (12, 8, 8, 7, 8, 24, 12, 36, 20, 36, 8)


def csv(schedule: Schedule) -> str:
    """Return one row a turn, as a spreadsheet program in Indonesia opens it."""
    names = {number: name for number, name, _ in schedule.channels}
    rows = (
        (
            f"{row.starts_at.astimezone(schedule.zone):%Y-%m-%d}",
            f"{row.starts_at.astimezone(schedule.zone):%H:%M}",
            f"{row.ends_at.astimezone(schedule.zone):%H:%M}",
            schedule.zone_name,
            row.channel,
            names[row.channel],
            row.code,
            row.seller,
            row.cluster,
            row.uid,
            row.sequence,
        )
        for row in schedule.rows
    )
    return written(COLUMNS, rows)


def xlsx(schedule: Schedule) -> bytes:
    """Return a workbook: dates and times are dates and times, no text is ever a formula."""
    import xlsxwriter  # noqa: PLC0415 (only when a workbook is made)

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": f"{schedule.edition}, terbitan {schedule.number}"})
    sheet = book.add_worksheet(f"Terbitan {schedule.number}")
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    clock = book.add_format({"num_format": "hh:mm"})
    for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    names = {number: name for number, name, _ in schedule.channels}
    for at, row in enumerate(schedule.rows, start=1):
        start = row.starts_at.astimezone(schedule.zone).replace(tzinfo=None)
        end = row.ends_at.astimezone(schedule.zone).replace(tzinfo=None)
        sheet.write_datetime(at, 0, start.date(), day)
        sheet.write_datetime(at, 1, start.time(), clock)
        sheet.write_datetime(at, 2, end.time(), clock)
        sheet.write_number(at, 4, row.channel)
        sheet.write_number(at, 10, row.sequence)
        texts = {
            3: schedule.zone_name,
            5: names[row.channel],
            6: row.code,
            7: row.seller,
            8: row.cluster,
            9: row.uid,
        }
        for column, text in texts.items():
            sheet.write_string(at, column, text)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(schedule.rows), len(COLUMNS) - 1)
    book.close()
    return file.getvalue()


def json(schedule: Schedule) -> str:
    """Return the release for programs: every turn with its times, and the names behind the codes."""
    sellers = {row.code: row for row in schedule.rows}
    value: dict[str, Any] = {
        "format": FORMAT,
        "edition": {
            "slug": schedule.slug,
            "name": schedule.edition,
            "timezone": schedule.zone.key,
        },
        "release": {
            "number": schedule.number,
            "released_at": schedule.released_at.astimezone(schedule.zone).isoformat(),
            "note": schedule.note,
        },
        "channels": [
            {"number": number, "name": name, "youtube_url": url}
            for number, name, url in schedule.channels
        ],
        "sellers": [
            {"code": code, "name": row.seller, "cluster": row.cluster, "slug": row.slug}
            for code, row in sorted(sellers.items())
        ],
        "turns": list(_turns(schedule)),
    }
    return standard.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _turns(schedule: Schedule) -> Iterator[dict[str, Any]]:
    for row in schedule.rows:
        yield _turn(schedule, row)


def _turn(schedule: Schedule, row: Row) -> dict[str, Any]:
    return {
        "uid": row.uid,
        "sequence": row.sequence,
        "start": row.starts_at.astimezone(schedule.zone).isoformat(),
        "end": row.ends_at.astimezone(schedule.zone).isoformat(),
        "channel": row.channel,
        "seller": row.code,
    }
