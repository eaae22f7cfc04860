"""All parcels: what sellers still have, what couriers have, what has arrived."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import gettext as gettext_of

from bazaar import accounts, manifests, rates, shipments, times
from bazaar.db import forget
from bazaar.models import Parcel, ParcelReview, ParcelStatus, Role
from bazaar.rules.parcel_states import ENDED, ParcelAct, acts_in, rank
from bazaar.shipments import ResiTaken, returns, reviews
from bazaar.shipments.overview import Need
from bazaar.views.committee import parcel_words as words
from bazaar.views.committee.parcel_words import ACTS, FACTS, HAPPENED, STATES
from bazaar.views.committee.parcel_words import NEEDS as NEED_WORDS
from bazaar.views.forms.parcels import ChangeResiForm, HandOverForm, odd_resi
from bazaar.web import own_path, page_of, see_other
from bazaar.web.answers import sentence
from bazaar.web.formats import moment

ALL = "all"
NEEDS = {need.value: need for need in Need}
MANY_NEWS = 50
OWN_FORMS = frozenset(
    {
        ParcelAct.PACK,
        ParcelAct.UNPACK,
        ParcelAct.BOOK,
        ParcelAct.HAND_OVER,
        ParcelAct.REQUEST_CANCEL,
        ParcelAct.DELIVER,
    }
)
"""Acts with a form or page of their own."""


WAY = (
    ParcelStatus.PACKED,
    ParcelStatus.HANDED_OVER,
    ParcelStatus.DELIVERED,
)
TROUBLE = frozenset(
    {
        ParcelStatus.EXCEPTION,
        ParcelStatus.RETURNING,
        ParcelStatus.RETURNED,
        ParcelStatus.LOST,
        ParcelStatus.DESTROYED,
    }
)


def index() -> ResponseReturnValue:
    """Show parcels that need somebody first: of the most urgent kind, unless one is asked for."""
    now = times.now()
    text = request.args.get("q", "").strip()[:80]
    needed = shipments.overview.counts(now)
    urgent = next((need.value for need in Need if needed[need]), ParcelStatus.DRAFT.value)
    state = request.args.get("keadaan", urgent)
    if text:
        query = shipments.found(text)
    elif state in NEEDS:
        query = shipments.overview.needing(NEEDS[state], now)
    else:
        query = shipments.listed(_status(state))
    page = page_of(query)
    counts = shipments.counts()
    return render_template(
        "committee/parcels.html",
        page=page,
        q=text,
        state="" if text else state,
        states=STATES,
        counts=counts,
        needed=needed,
        need_words=NEED_WORDS,
        needs=shipments.overview.needs_of([parcel.id for parcel in page.items], now),
        may_act=_may_act(),
        here=request.full_path.removesuffix("?"),
    )


def show(code: str) -> ResponseReturnValue:
    return detail(shipments.get_parcel(code))


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
        return detail(parcel, form), HTTPStatus.UNPROCESSABLE_ENTITY
    courier, resi = form.courier.data or "", form.resi.data or ""
    actor = accounts.actor(g.person)
    try:
        shipments.hand_over(parcel, courier, resi, actor=actor, now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return detail(shipments.get_parcel(code), form), HTTPStatus.CONFLICT
    flash(_("Paket %(code)s diserahkan ke %(courier)s.", code=code, courier=courier), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(code)


def change_number(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = ChangeResiForm(request.form)
    if not form.validate():
        return detail(parcel, form), HTTPStatus.UNPROCESSABLE_ENTITY
    given = (form.courier.data or "", form.resi.data or "", form.reason.data or "")
    try:
        shipments.change_resi(parcel, *given, actor=accounts.actor(g.person), now=times.now())
    except ResiTaken as taken:
        forget()
        form.resi.errors = [sentence(taken)]
        return detail(shipments.get_parcel(code), form), HTTPStatus.CONFLICT
    flash(_("Nomor resi paket %(code)s diperbarui.", code=code), "success")
    if odd := odd_resi(parcel.courier, parcel.resi):
        flash(odd, "warning")
    return _back(code)


def deliver(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    shipments.deliver(parcel, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket %(code)s sudah diterima pembeli.", code=code), "success")
    return _back(code)


def detail(
    parcel: Parcel,
    form: HandOverForm | None = None,
    *,
    wrong_form: str = "",
    wrong: str = "",
) -> str:
    """Return the page of a parcel; `wrong` is why what was typed into `wrong_form` was refused."""
    decisions = returns.decisions_of(parcel)
    return render_template(
        "committee/parcel.html",
        parcel=parcel,
        order=parcel.order,
        siblings=shipments.find_parcels([parcel.order_id])[parcel.order_id],
        story=_story(parcel),
        form=form,
        couriers=rates.couriers(),
        needs=shipments.overview.needs_of([parcel.id], times.now()).get(parcel.id, []),
        need_words=NEED_WORDS,
        reviews=reviews.open_ones(parcel),
        words=words,
        review_facts=_review_facts,
        acts=[act for act in ACTS if act in acts_in(parcel.status) - OWN_FORMS],
        can=acts_in(parcel.status),
        bookings=shipments.bookings_of(parcel),
        manifest=manifests.of_parcels([parcel.id]).get(parcel.id),
        fee=shipments.fees.of_parcels([parcel.id])[parcel.id],
        news=shipments.news_of(parcel, limit=MANY_NEWS),
        changes=shipments.changes_of(parcel),
        notices=_notices(parcel),
        decisions=decisions,
        questions=returns.questions(parcel, decisions),
        weight_g=shipments.weight_of([parcel])[parcel.id],
        label_is_void=shipments.label_is_void(parcel),
        customs=shipments.customs.missing_of(parcel),
        may_act=_may_act(),
        wrong_form=wrong_form,
        wrong=wrong,
        typed=request.form if wrong_form else {},
    )


def _story(parcel: Parcel) -> list[dict[str, object]]:
    """Return what happened to a parcel, and what comes next on the good way."""
    told: list[dict[str, object]] = [
        {"label": _("Pesanan dibayar"), "state": "done", "at": parcel.order.paid_at}
    ]
    for step in parcel.steps:
        by = _("oleh %(name)s", name=gettext_of(step.by))
        note = f"{by}: {step.note}" if step.note else by
        state = "needs" if step.status in TROUBLE else "done"
        told.append({"label": HAPPENED[step.status], "state": state, "at": step.at, "note": note})
    if parcel.status in ENDED:
        return told
    if parcel.status is ParcelStatus.RETURNING:
        return [*told, {"label": HAPPENED[ParcelStatus.RETURNED], "state": "now"}]
    base = parcel.resume_status or parcel.status
    coming = [status for status in WAY if WAY.index(status) > _place(base)]
    return told + [
        {"label": HAPPENED[status], "state": "next" if at else "now"}
        for at, status in enumerate(coming)
    ]


def _review_facts(review: ParcelReview) -> list[tuple[str, str]]:
    """Return what is known about a review, in words."""
    told: list[tuple[str, str]] = []
    for name, value in review.facts.items():
        if name not in FACTS:
            continue
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if name in {"at", "claim_before"}:
            text = moment(datetime.fromisoformat(text))
        elif name == "state":
            text = str(STATES[ParcelStatus(text)])
        told.append((str(FACTS[name]), text))
    return told


def _place(status: ParcelStatus) -> int:
    """Return where on the good way a state lies, as far as people follow it."""
    reached = [at for at, step in enumerate(WAY) if (rank(step) or 99) <= (rank(status) or 0)]
    return max(reached, default=-1)


def _notices(parcel: Parcel) -> list[str]:
    """Return ready words for the buyer, in its language: the newest steps and number first."""
    told = [notice for step in parcel.steps for notice in shipments.notices.of_step(parcel, step)]
    changed = [change for change in shipments.changes_of(parcel) if change.new]
    newest = [shipments.notices.of_change(parcel, change) for change in changed[:1]]
    with force_locale(parcel.order.checkout.language):
        latest = [*newest, *reversed(told)][:3]
        return [gettext_of(notice.text).format(**notice.facts) for notice in latest]


def _status(word: str) -> ParcelStatus | None:
    """Return the state asked for; None for all of them, to be packed for words that are none."""
    if word == ALL:
        return None
    known = {status.value: status for status in ParcelStatus}
    return known.get(word, ParcelStatus.DRAFT)


def _may_act() -> bool:
    return bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN})


def _back(code: str) -> ResponseReturnValue:
    detail = url_for("committee.parcels.show", code=code)
    return see_other(own_path(request.form.get("next"), detail))
