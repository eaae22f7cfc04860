"""Lists of parcels to take away, as CSV and XLSX."""

from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Response, g, request

from bazaar import manifests, reports, shipments, times
from bazaar.errors import N_, NotFound
from bazaar.models import Manifest, Parcel, ParcelStatus
from bazaar.reports.workbooks import Table
from bazaar.shipments.overview import Need
from bazaar.web.downloads import list_file
from bazaar.web.formats import current_edition

NEEDS = {need.value: need for need in Need}
STATES = {status.value: status for status in ParcelStatus}


class NoSuchDay(NotFound):
    """The address asks for a day that there is not."""

    text = N_("Hari ini tidak ada. Periksa tanggalnya, misalnya 2026-03-01.")


def packing(ext: str) -> Response:
    return _file(reports.packing_list(reports.to_pack(), _zone()), "daftar-kemas", ext)


def shipping(ext: str) -> Response:
    """What left on a day (`hari`), or what the overview shows (`q`, `keadaan`); else all."""
    day = _day()
    table = reports.shipping_list(_left_on(day) if day else _asked(), _zone())
    return _file(table, f"daftar-kirim-{day}" if day else "daftar-kirim", ext)


def handed_over(ext: str) -> Response:
    """All lists that couriers sign, or those made on a day."""
    day = _day()
    bounds = times.day_bounds(day, _zone()) if day else None
    table = reports.manifest_list(manifests.listed(bounds), _zone())
    return _file(table, f"berita-acara-{day}" if day else "berita-acara", ext)


def manifest(number: str, ext: str) -> Response:
    found = manifests.get(number)
    query = manifests.listed().where(Manifest.id == found.id)
    return _file(reports.manifest_list(query, _zone()), found.number, ext)


def _asked() -> sa.Select[Parcel]:
    text = request.args.get("q", "").strip()[:80]
    state = request.args.get("keadaan", "")
    if text:
        return shipments.found(text)
    if state in NEEDS:
        return shipments.overview.needing(NEEDS[state], times.now())
    return shipments.listed(STATES.get(state))


def _left_on(day: date) -> sa.Select[Parcel]:
    return shipments.departures.left_between(*times.day_bounds(day, _zone()))


def _day() -> date | None:
    text = request.args.get("hari", "")
    day = times.read_day(text)
    if text and day is None:
        raise NoSuchDay
    return day


def _file(table: Table, name: str, ext: str) -> Response:
    return list_file(table, name, ext, by=f"account:{g.person.id}")


def _zone() -> ZoneInfo:
    edition = current_edition()
    return edition.zone if edition else times.WIB
