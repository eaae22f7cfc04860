"""All parcels: what sellers still have, what couriers have, what has arrived."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, rates, shipments, times
from bazaar.db import forget
from bazaar.errors import N_, Invalid
from bazaar.models import Parcel, ParcelStatus, Role
from bazaar.rules import parcel_states
from bazaar.shipments import ResiTaken
from bazaar.views.forms.parcels import ChangeResiForm, HandOverForm, odd_resi
from bazaar.web import own_path, page_of, see_other
from bazaar.web.answers import sentence

LATE = "late"
ALL = "all"
SHOWN = (
    ParcelStatus.DRAFT,
    ParcelStatus.PACKED,
    ParcelStatus.HANDED_OVER,
    ParcelStatus.DELIVERED,
)


class NothingToPrint(Invalid):
    """No parcel was ticked, or none is in that state any more."""

    text = N_("Belum ada paket yang dipilih untuk dicetak labelnya.")


def index() -> ResponseReturnValue:
    now = times.now()
    text = request.args.get("q", "").strip()[:80]
    state = request.args.get("keadaan", ParcelStatus.DRAFT.value)
    if text:
        query = shipments.found(text)
    elif state == LATE:
        query = shipments.late(now)
    else:
        query = shipments.listed(_status(state))
    page = page_of(query)
    return render_template(
        "committee/parcels.html",
        page=page,
        q=text,
        state="" if text else state,
        shown=SHOWN,
        counts=shipments.counts(),
        late_count=shipments.count_late(now),
        late=_late_ones(page.items),
        may_act=_may_act(),
        here=request.full_path.removesuffix("?"),
    )


def show(code: str) -> ResponseReturnValue:
    return _detail(shipments.get_parcel(code))


def pack(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    shipments.pack(parcel, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket %(code)s sudah dikemas.", code=code), "success")
    return _back(code)


def unpack(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    shipments.unpack(parcel, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket %(code)s kembali ke daftar yang perlu dikemas.", code=code), "info")
    return _back(code)


def hand_over(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = HandOverForm(request.form)
    if not form.validate():
        return _detail(parcel, form), HTTPStatus.UNPROCESSABLE_ENTITY
    courier, resi = form.courier.data or "", form.resi.data or ""
    actor = accounts.actor(g.person)
    try:
        shipments.hand_over(parcel, courier, resi, actor=actor, now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return _detail(shipments.get_parcel(code), form), HTTPStatus.CONFLICT
    flash(_("Paket %(code)s diserahkan ke %(courier)s.", code=code, courier=courier), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(code)


def change_number(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = ChangeResiForm(request.form)
    if not form.validate():
        return _detail(parcel, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = (form.courier.data or "", form.resi.data or "", form.reason.data or "")
    try:
        shipments.change_resi(parcel, *given, actor=accounts.actor(g.person), now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return _detail(shipments.get_parcel(code), form), HTTPStatus.CONFLICT
    flash(_("Nomor resi paket %(code)s diperbarui.", code=code), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(code)


def deliver(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    shipments.deliver(parcel, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket %(code)s sudah diterima pembeli.", code=code), "success")
    return _back(code)


def label(code: str) -> Response:
    parcel = shipments.get_parcel(code)
    return _pdf([parcel], parcel.code)


def label_sheet() -> Response:
    """Labels of the parcels ticked (`kode`), or of all in a state (`keadaan`)."""
    codes = request.args.getlist("kode")[: shipments.MAX_LABELS]
    state = request.args.get("keadaan", "")
    status = _status(state) if not codes and state else None
    parcels = shipments.to_label(codes, status)
    if not parcels:
        raise NothingToPrint
    return _pdf(parcels, f"{len(parcels)}-paket")


def _detail(parcel: Parcel, form: HandOverForm | None = None) -> str:
    now = times.now()
    return render_template(
        "committee/parcel.html",
        parcel=parcel,
        order=parcel.order,
        shown=SHOWN,
        form=form,
        couriers=rates.couriers(),
        is_late=parcel_states.is_late(parcel.status, parcel.order.paid_at, now),
        may_act=_may_act(),
    )


def _status(word: str) -> ParcelStatus | None:
    """Return the state asked for; None for all of them, to be packed for words that are none."""
    if word == ALL:
        return None
    known = {status.value: status for status in ParcelStatus}
    return known.get(word, ParcelStatus.DRAFT)


def _late_ones(parcels: Sequence[Parcel]) -> set[str]:
    now = times.now()
    return {p.code for p in parcels if parcel_states.is_late(p.status, p.order.paid_at, now)}


def _may_act() -> bool:
    return bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN})


def _back(code: str) -> ResponseReturnValue:
    detail = url_for("committee.parcels.show", code=code)
    return see_other(own_path(request.form.get("next"), detail))


def _pdf(parcels: list[Parcel], name: str) -> Response:
    from bazaar import labels  # noqa: PLC0415 (0.1 s of reportlab, only when one is printed)

    answer = Response(labels.pdf(parcels), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"label-{name}.pdf")
    return answer
