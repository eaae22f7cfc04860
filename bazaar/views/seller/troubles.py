"""The seller's parcels that are not as they should be: the most urgent kind first."""

from http import HTTPStatus
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bazaar import courier_pages, sellers, shipments, times
from bazaar.audit import Actor
from bazaar.models import Parcel, ParcelStatus, Seller
from bazaar.rules.parcel_states import UNDER_WAY
from bazaar.shipments import problems
from bazaar.shipments.overview import Need
from bazaar.views import navigation, photos
from bazaar.views.forms.problems import AnswerForm
from bazaar.web import see_other

WORDS = {
    Need.LATE: (
        _l("Terlambat dikirim"),
        _l("Pembeli sudah membayar lebih dari 2 hari yang lalu. Kemas dan serahkan hari ini."),
    ),
    Need.EXCEPTION: (
        _l("Ada kendala di kurir"),
        _l("Panitia menanyakannya ke kurir. Kalau Anda tahu sebabnya, kabari panitia."),
    ),
    Need.RETURNING: (
        _l("Sedang dikirim balik"),
        _l("Kurir membawanya kembali kepada Anda. Periksa isinya saat datang."),
    ),
    Need.RETURNED: (
        _l("Kembali, belum diputuskan"),
        _l("Panitia memutuskan: dikirim ulang, atau uang pembeli dikembalikan."),
    ),
    Need.LOST: (
        _l("Hilang atau rusak di kurir"),
        _l("Panitia mengurus ganti rugi ke kurir. Simpan nota dan fotonya."),
    ),
    Need.SILENT: (
        _l("Lama di kurir"),
        _l("Sudah lebih dari 4 hari tanpa kabar. Tanyakan ke kurir dengan nomor resinya."),
    ),
}
"""What a seller can do about each kind, the most urgent first; the rest is the committee's."""

SHOWN = 20
TRACKED = UNDER_WAY | {ParcelStatus.EXCEPTION, ParcelStatus.RETURNING}


def index(token: str) -> ResponseReturnValue:
    return _page(sellers.get_by_link(token), token)


def answer(token: str, problem_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    problem = problems.get(problem_id, seller_id=seller.id)
    form = AnswerForm(request.form)
    if not form.validate():
        return _page(seller, token, problem_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    actor = Actor(f"seller:{seller.id}", seller.name)
    problems.answer(problem, form.answer.data or "", actor=actor, now=times.now())
    flash(_("Jawaban Anda tampil di halaman pembeli."), "success")
    return see_other(url_for("seller.troubles.index", token=token))


def photo(token: str, problem_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return photos.of_problem(problems.get(problem_id, seller_id=seller.id))


def _page(seller: Seller, token: str, wrong: int = 0, form: AnswerForm | None = None) -> str:
    now = times.now()
    counts = shipments.overview.counts(now, seller_id=seller.id)
    groups = [
        (need, *WORDS[need], counts[need], shipments.overview.first(need, now, seller.id, SHOWN))
        for need in WORDS
        if counts[need]
    ]
    waiting = problems.waiting(seller_id=seller.id)
    return render_template(
        "seller/troubles.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        groups=groups,
        waiting=waiting,
        kinds=problems.KINDS,
        wrong=wrong,
        form=form,
        acts=_acts(token, groups),
    )


def _acts(token: str, groups: list[Any]) -> dict[str, tuple[str, str]]:
    """Return for each parcel the one thing to do, as (words, address); nothing for some."""
    parcels: list[Parcel] = [parcel for *_rest, found in groups for parcel in found]
    pages = courier_pages.find_all({parcel.courier for parcel in parcels})
    acts: dict[str, tuple[str, str]] = {}
    for parcel in parcels:
        if parcel.status is ParcelStatus.DRAFT:
            words = _("Kemas sekarang")
        elif parcel.status in {ParcelStatus.PACKED, ParcelStatus.BOOKED}:
            words = _("Serahkan sekarang")
        else:
            if parcel.status in TRACKED and (
                page := courier_pages.link(pages[parcel.courier], parcel.resi)
            ):
                acts[parcel.code] = (_("Lacak di halaman kurir"), page)
            continue
        here = url_for("seller.packing.index", token=token, _anchor=parcel.code)
        acts[parcel.code] = (words, here)
    return acts
