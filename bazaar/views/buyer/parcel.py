"""The buyer's page of one parcel: where it is, that it arrived, and what is wrong with it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import courier_pages, orders, phones, shipments, times
from bazaar.audit import BUYER
from bazaar.db import forget
from bazaar.models import (
    CourierEvent,
    Order,
    OrderStatus,
    Parcel,
    ParcelProblem,
    ParcelStatus,
    ParcelStep,
)
from bazaar.rules import masks
from bazaar.rules.clocks import clock_of
from bazaar.rules.parcel_states import ENDED, HERE, UNDER_WAY, rank
from bazaar.rules.shipping import PICK_UP
from bazaar.shipments import problems, returns, situations
from bazaar.shipments.refusals import NoSuchProblem
from bazaar.views import photos
from bazaar.views.buyer import parcel_words as words
from bazaar.views.forms.problems import ProblemForm
from bazaar.views.forms.stall import keep_photo
from bazaar.web import own_path, see_other
from bazaar.web.fragments import living_page

MANY_NEWS = 30
LAST = 99
"""The rank of the end of the good way, which has none."""
WAY = (ParcelStatus.PACKED, ParcelStatus.HANDED_OVER, ParcelStatus.DELIVERED)
TROUBLE = frozenset(
    {
        ParcelStatus.EXCEPTION,
        ParcelStatus.RETURNING,
        ParcelStatus.RETURNED,
        ParcelStatus.LOST,
        ParcelStatus.DESTROYED,
        ParcelStatus.CANCELLED,
    }
)
RECEIVABLE = UNDER_WAY | {ParcelStatus.EXCEPTION, ParcelStatus.RETURNING, ParcelStatus.LOST}
"""States in which the buyer may say that it is there after all."""

_DAYS = re.compile(r"(\d{1,2})(?:\s*[-–]\s*(\d{1,2}))?(?!\d)")


def show(token: str, reference: str, number: int) -> ResponseReturnValue:
    order, parcel = _own(token, reference, number)
    facts = _facts(order, parcel, token)
    return living_page("buyer/parcel.html", "buyer/_tracking.html", **facts)


def receive(token: str, reference: str) -> ResponseReturnValue:
    """The goods are there; said again, nothing changes."""
    order = orders.get_order(token, reference)
    parcel = shipments.get_parcel_of(order.id, number=request.form.get("number", 1, type=int))
    shipments.deliver(parcel, actor=BUYER, now=times.now())
    if order.status is OrderStatus.DONE:
        flash(_("Terima kasih. Pesanan %(reference)s selesai.", reference=reference), "success")
    else:
        flash(_("Terima kasih. Paket lainnya masih menyusul."), "success")
    orders_page = url_for("buyer.order.show", token=token)
    return see_other(own_path(request.form.get("next"), orders_page))


def complain(token: str, reference: str, number: int) -> ResponseReturnValue:
    """Write down what is wrong; a photo that cannot be used keeps everything from being sent."""
    order, parcel = _own(token, reference, number)
    form = ProblemForm(request.form)
    if not form.validate():
        return _refused(order, parcel, token, form)
    kind, text = form.kind.data or "", form.text.data or ""
    problem = problems.tell(parcel, kind, text, now=times.now())
    if problem.photo is None:
        photo, wrong = keep_photo(photos.problem_folder(), needed=False)
        if wrong:
            forget()
            return _refused(*_own(token, reference, number), token, form, wrong)
        problem.photo = photo
    flash(_("Laporan Anda sudah kami terima. Jawabannya muncul di halaman ini."), "success")
    page = url_for(
        "buyer.parcel.show", token=token, reference=reference, number=number, _anchor="laporan"
    )
    return see_other(page)


def photo(token: str, reference: str, number: int, problem_id: int) -> ResponseReturnValue:
    _order, parcel = _own(token, reference, number)
    told = {problem.id: problem for problem in problems.of_parcel(parcel)}
    if problem_id not in told:
        raise NoSuchProblem
    return photos.of_problem(told[problem_id])


def _own(token: str, reference: str, number: int) -> tuple[Order, Parcel]:
    order = orders.get_order(token, reference)
    g.zone = ZoneInfo(clock_of(order.checkout.village_code))
    return order, shipments.get_parcel_of(order.id, number=number)


def _refused(
    order: Order, parcel: Parcel, token: str, form: ProblemForm, wrong_photo: str = ""
) -> ResponseReturnValue:
    facts = _facts(order, parcel, token) | {"form": form, "wrong_photo": wrong_photo}
    return render_template("buyer/parcel.html", **facts), HTTPStatus.UNPROCESSABLE_ENTITY


def _facts(order: Order, parcel: Parcel, token: str) -> dict[str, Any]:
    now = times.now()
    courier_page = courier_pages.find(parcel.courier)
    told = problems.of_parcel(parcel)
    checkout = order.checkout
    link = next((one.link for one in shipments.bookings_of(parcel) if one.link), "")
    return {
        "order": order,
        "parcel": parcel,
        "token": token,
        "siblings": shipments.find_parcels([order.id])[order.id],
        "words": words,
        "state_now": _states(parcel)[parcel.status],
        "fetched": parcel.courier == PICK_UP,
        "story": _story(parcel),
        "news": _news(parcel),
        "arrives": _arrives(order, parcel, now),
        "receivable": parcel.status in RECEIVABLE,
        "courier_url": courier_pages.link(courier_page, parcel.resi),
        "courier_page": courier_page,
        "booking_url": link,
        "decided": _decided(parcel),
        "problems": told,
        "kinds": [(kind, _(problems.KINDS[kind])) for kind in _kinds(parcel, told, now)],
        "all_kinds": problems.KINDS,
        "name": masks.name(checkout.buyer_name),
        "phone": phones.mask(checkout.phone),
        "place": _place(checkout.area, checkout.village_code),
        "here": url_for(
            "buyer.parcel.show", token=token, reference=order.reference, number=parcel.number
        ),
    }


def _kinds(parcel: Parcel, told: Sequence[ParcelProblem], now: datetime) -> tuple[str, ...]:
    """Return what the form offers: nothing while a complaint waits, or after too many."""
    waiting = any(problem.answered_at is None for problem in told)
    if waiting or len(told) >= problems.MOST:
        return ()
    return problems.kinds_for(parcel, now)


def _states(parcel: Parcel) -> dict[ParcelStatus, str]:
    return words.STATES | words.FETCHED if parcel.courier == PICK_UP else words.STATES


def _story(parcel: Parcel) -> list[dict[str, object]]:
    """Tell what happened and what comes next; packing that was taken back did not happen."""
    states = _states(parcel)
    taken: list[ParcelStep] = []
    for step in parcel.steps:
        if step.status in HERE:
            order = rank(step.status) or 0
            taken = [
                one for one in taken if one.status not in HERE or (rank(one.status) or 0) < order
            ]
        if step.status is not ParcelStatus.DRAFT:
            taken.append(step)
    told: list[dict[str, object]] = [
        {"label": _("Pembayaran diterima"), "state": "done", "at": parcel.order.paid_at}
    ]
    for step in taken:
        state = "needs" if step.status in TROUBLE else "done"
        if step.status is parcel.status and step.status in TROUBLE & ENDED:
            state = "over"
        told.append({"label": states[step.status], "state": state, "at": step.at})
    if parcel.status in ENDED:
        return told
    base = rank(parcel.resume_status or parcel.status) or 0
    left = parcel.status not in HERE
    way = WAY[:2] if parcel.courier == PICK_UP else WAY
    coming = [
        s for s in way if (rank(s) or LAST) > base and not (left and s is ParcelStatus.PACKED)
    ]
    if parcel.status is ParcelStatus.RETURNING:
        return told
    return told + [
        {"label": states[status], "state": "next" if at else "now"}
        for at, status in enumerate(coming)
    ]


def _news(parcel: Parcel) -> list[tuple[datetime, str]]:
    """Return what the courier told, the latest first, without what says who and where."""
    checkout = parcel.order.checkout
    told: list[tuple[datetime, str]] = []
    for event in shipments.news_of(parcel, limit=MANY_NEWS):
        text = masks.within(
            event.note, names=checkout.buyer_name, street=checkout.street, keep=parcel.resi
        )
        text = text or _word(event)
        if text and (not told or told[-1][1] != text):
            told.append((event.occurred_at or event.received_at, text))
    return told


def _word(event: CourierEvent) -> str:
    """Return the state that the courier told of, in our words; nothing for other news."""
    known = {status.value: status for status in ParcelStatus}
    state = known.get(event.facts.get("state", ""))
    return str(words.STATES[state]) if state else ""


def _arrives(order: Order, parcel: Parcel, now: datetime) -> tuple[datetime, datetime] | None:
    """Return between when and when it should arrive, if its courier says how long it takes.

    Nothing any more once that has passed.
    """
    said = _DAYS.match(str(order.shipping_quote.get("days", "")))
    left = parcel.reached_at(ParcelStatus.HANDED_OVER)
    if said is None or left is None or parcel.status not in UNDER_WAY:
        return None
    least, most = int(said[1]), int(said[2] or said[1])
    last = left + timedelta(days=max(least, most))
    return (left + timedelta(days=least), last) if last >= now - timedelta(days=1) else None


def _decided(parcel: Parcel) -> str:
    """Return what was decided for the buyer about a parcel that did not arrive."""
    for decision in returns.decisions_of(parcel):
        if decision.kind == situations.REFUNDED:
            return _("Uang Anda dikembalikan.")
        if decision.kind == situations.SENT_AGAIN:
            return _("Barangnya dikirim ulang dalam paket lain.")
    return ""


def _place(area: str, village_code: str) -> str:
    """Return the place without the village: enough to know one's own parcel."""
    return area.split(", ", 1)[-1] if village_code else area
