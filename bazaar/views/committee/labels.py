"""Labels: which parcels, a sheet that is drawn in the background, the PDF; the packing list."""

from datetime import datetime

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from bazaar import accounts, label_sheets, sellers, shipments, times
from bazaar.audit import Actor
from bazaar.label_sheets import MOST, Wish
from bazaar.models import ParcelStatus
from bazaar.rules.parcel_states import HERE
from bazaar.views import label_answers, photos
from bazaar.web import page_of, see_other

TODAY = "hari-ini"
PACKED = "dikemas"
WHICH = {
    TODAY: _l("Dikemas hari ini"),
    PACKED: _l("Semua yang sudah dikemas"),
    "belum": _l("Yang belum dikemas"),
    "semua": _l("Semua yang masih di sini"),
}
STATUSES = {
    PACKED: frozenset({ParcelStatus.PACKED, ParcelStatus.BOOKED}),
    "belum": frozenset({ParcelStatus.DRAFT}),
}
PER_PAGE = 50


def index() -> ResponseReturnValue:
    asked = request.args
    page = page_of(label_sheets.chosen(_wish()), per_page=PER_PAGE)
    return render_template(
        "committee/labels.html",
        page=page,
        which=WHICH,
        asked={
            "yang": asked.get("yang", PACKED),
            "kurir": asked.get("kurir", ""),
            "umkm": asked.get("umkm", ""),
            "cetak": asked.get("cetak", "perlu"),
        },
        couriers=label_sheets.couriers_here(),
        sellers=label_sheets.sellers_here(),
        void={parcel.code for parcel in page.items if shipments.label_is_void(parcel)},
        sheets=label_sheets.recent(),
        most=MOST,
    )


def make() -> ResponseReturnValue:
    """Labels of the parcels ticked (`kode`), or of all that the choice on the page means."""
    ticked = request.form.getlist("kode")[: 2 * MOST]
    codes = label_sheets.codes_of(_wish()) if request.form.get("semua") else ticked
    sheet = label_sheets.make(codes, label_answers.layout_sent(), actor=_actor(), now=times.now())
    left = len(set(codes)) - len(sheet.codes)
    if left:
        flash(
            ngettext(
                "%(num)s paket tidak ikut: sudah berangkat, dibatalkan, atau lembarnya penuh.",
                "%(num)s paket tidak ikut: sudah berangkat, dibatalkan, atau lembarnya penuh.",
                left,
            ),
            "warning",
        )
    return see_other(url_for("committee.labels.show", sheet_id=sheet.id))


def show(sheet_id: int) -> ResponseReturnValue:
    sheet = label_sheets.get(sheet_id)
    return render_template(
        "committee/label_sheet.html",
        sheet=sheet,
        left_out=label_sheets.left_out(sheet) if sheet.done_at else [],
        outdated=label_sheets.outdated(sheet) if sheet.done_at else [],
    )


def status(sheet_id: int) -> ResponseReturnValue:
    return label_answers.progress(label_sheets.get(sheet_id))


def fetch(sheet_id: int) -> ResponseReturnValue:
    sheet = label_sheets.get(sheet_id)
    data = label_sheets.fetch(sheet, actor=_actor(), now=times.now())
    return label_answers.pdf(data, f"label-{len(sheet.versions)}-paket")


def print_one(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    data = label_sheets.print_one(parcel, actor=_actor(), now=times.now())
    return label_answers.pdf(data, f"label-{parcel.code}")


def packing_sheet() -> ResponseReturnValue:
    """What sellers have to pack (`umkm`: one of them), a page or more for each."""
    from bazaar import packing_sheets  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    wish = _wish()
    parcels = packing_sheets.parcels_of(wish.seller_id, HERE)
    data = packing_sheets.pdf(parcels, zone=label_answers.zone(), printed_at=times.now())
    return label_answers.pdf(data, "daftar-kemas")


def photo(code: str) -> ResponseReturnValue:
    return photos.of_parcel(shipments.get_parcel(code))


def _wish() -> Wish:
    """The choice in the address; what is no choice matters not."""
    asked = request.values
    word = asked.get("yang", PACKED)
    code = asked.get("umkm", "")
    return Wish(
        seller_id=sellers.get_by_code(code).id if code else None,
        courier=asked.get("kurir", "")[:40],
        statuses=STATUSES.get(word, HERE),
        packed=_today() if word == TODAY else None,
        needed=asked.get("cetak", "perlu") == "perlu",
    )


def _today() -> tuple[datetime, datetime]:
    return times.day_bounds(times.day_of(times.now(), label_answers.zone()), label_answers.zone())


def _actor() -> Actor:
    return accounts.actor(g.person)
