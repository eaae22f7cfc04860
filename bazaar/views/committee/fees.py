"""What sending parcels brought in and what couriers charged: sums, parcels, and as a list."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import Response, g, render_template, request
from flask.typing import ResponseReturnValue

from bazaar import reports, times
from bazaar.errors import N_, Invalid
from bazaar.web import page_among
from bazaar.web.downloads import list_file
from bazaar.web.formats import current_edition

WEEK = timedelta(days=6)
SHOWN = ("semua", "kurang", "berubah", "belum")


class WrongPeriod(Invalid):
    """The days asked for are none, the wrong way round or too many."""

    text = N_("Pilih hari pertama dan hari terakhir, paling banyak 92 hari.")


def index() -> ResponseReturnValue:
    """Show the last seven days, or those asked for (`mulai`, `sampai`)."""
    start, last, zone = _period()
    rows = reports.fee_rows(start, last, zone)
    asked = request.args.get("tampil", "")
    shown = [row for row in rows if _is_shown(row, asked)]
    total = reports.FeeSum(last, "")
    for row in rows:
        total.add(row.fee)
    return render_template(
        "committee/fees.html",
        start=start,
        last=last,
        sums=reports.fee_sums(rows),
        total=total,
        shown=asked if asked in SHOWN else "semua",
        counts={name: sum(_is_shown(row, name) for row in rows) for name in SHOWN},
        page=page_among(shown),
    )


def sheet(ext: str) -> Response:
    start, last, zone = _period()
    table = reports.fee_list(reports.fee_rows(start, last, zone))
    name = f"selisih-ongkir-{start}-{last}"
    return list_file(table, name, ext, by=f"account:{g.person.id}")


def _is_shown(row: reports.FeeRow, asked: str) -> bool:
    difference = row.fee.difference_idr
    match asked:
        case "kurang":
            return difference is not None and difference < 0
        case "berubah":
            return row.fee.price_changed
        case "belum":
            return difference is None
    return True


def _period() -> tuple[date, date, ZoneInfo]:
    edition = current_edition()
    zone = edition.zone if edition else times.WIB
    today = times.day_of(times.now(), zone)
    until, since = request.args.get("sampai", ""), request.args.get("mulai", "")
    last = times.read_day(until) if until else today
    start = times.read_day(since) if since else last and last - WEEK
    if start is None or last is None or not start <= last <= start + reports.LONGEST:
        raise WrongPeriod
    return start, last, zone
