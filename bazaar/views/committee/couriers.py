"""Ordering couriers: choose a service for a packed parcel, see what came of it, call it off."""

from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from bazaar import accounts, bookings, rates, shipments, times
from bazaar.errors import Invalid, Unavailable
from bazaar.models import BookingStatus, Parcel, ParcelStatus, Role
from bazaar.rules import couriers as companies
from bazaar.views.forms.couriers import BookForm, CallOffForm, Choice, PhoneForm, choice_of
from bazaar.web import page_of, see_other, services
from bazaar.web.answers import sentence

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
HOME = "ID"


class NoSuchProvider(Invalid):
    """The form names a provider that this installation has not."""


def index() -> ResponseReturnValue:
    page = page_of(bookings.troubled())
    return render_template(
        "committee/couriers.html",
        page=page,
        unmatched=bookings.unmatched_count(),
        providers=_providers(),
    )


def show(code: str) -> ResponseReturnValue:
    return _page(shipments.get_parcel(code))


def status(code: str) -> ResponseReturnValue:
    """Answer the part of the page that changes; the whole page when the provider has spoken."""
    parcel = shipments.get_parcel(code)
    booking = bookings.find_current(parcel.id)
    answer = Response(render_template("committee/_booking.html", parcel=parcel, booking=booking))
    if booking is None or booking.status is not BookingStatus.WANTED:
        answer.headers["X-Reload"] = "1"
    return answer


def book(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = BookForm(request.form)
    if not form.validate():
        return _page(parcel, form), WRONG
    wish = form.wish()
    if wish.provider not in _providers():
        raise NoSuchProvider
    bookings.want(parcel, wish, actor=accounts.actor(g.person), now=times.now())
    flash(_("Kurir untuk paket %(code)s sedang dipesankan.", code=code), "success")
    return _back(code)


def by_phone(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = PhoneForm(request.form)
    if not form.validate():
        return _page(parcel, form), WRONG
    wish = bookings.Wish(bookings.MANUAL, form.courier.data or "")
    bookings.want(parcel, wish, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket %(code)s menunggu kurir.", code=code), "success")
    return _back(code)


def call_off(code: str) -> ResponseReturnValue:
    parcel = shipments.get_parcel(code)
    form = CallOffForm(request.form)
    if not form.validate():
        return _page(parcel, form), WRONG
    actor = accounts.actor(g.person)
    booking = bookings.call_off(parcel, form.why.data or "", actor=actor, now=times.now())
    if booking.status is BookingStatus.CLOSED:
        flash(_("Pesanan kurir paket %(code)s dibatalkan.", code=code), "success")
    else:
        flash(_("Penyedia diminta membatalkan. Hasilnya muncul di halaman ini."), "info")
    return _back(code)


def _page(parcel: Parcel, form: Form | None = None) -> str:
    attempts = bookings.attempts(parcel.id)
    booking = bookings.current(attempts)
    bookable = parcel.status is ParcelStatus.PACKED and booking is None
    choices, silence = _choices(parcel) if bookable and _may_act() else ([], "")
    return render_template(
        "committee/courier.html",
        parcel=parcel,
        order=parcel.order,
        booking=booking,
        attempts=[attempt for attempt in attempts if attempt is not booking],
        bookable=bookable,
        choices=choices,
        chosen=_chosen(choices, parcel),
        silence=silence,
        providers=_providers(),
        abroad=parcel.order.checkout.country != HOME,
        book_form=form if isinstance(form, BookForm) else BookForm(),
        phone_form=form
        if isinstance(form, PhoneForm)
        else PhoneForm(data={"courier": parcel.courier}),
        off_form=form if isinstance(form, CallOffForm) else CallOffForm(),
        couriers=rates.couriers(),
        may_act=_may_act(),
        may_call_off=booking is not None
        and parcel.status in {ParcelStatus.PACKED, ParcelStatus.BOOKED},
    )


def _choices(parcel: Parcel) -> tuple[list[Choice], str]:
    """Return what providers offer, or why there is nothing: a sentence."""
    origin = services().pickup
    abroad = parcel.order.checkout.country != HOME
    if origin is None or not _providers() or abroad or parcel.resi:
        return [], ""
    try:
        shipment = bookings.shipment_of(parcel, origin)
        found = bookings.rates(services().couriers, shipment)
    except Unavailable as failure:
        return [], sentence(failure)
    return [choice_of(rate) for rate in found], ""


def _chosen(choices: list[Choice], parcel: Parcel) -> str:
    """Return the cheapest service of the company that the buyer chose, or of any."""
    wanted = companies.company(parcel.courier)
    same = [choice for choice in choices if companies.company(choice.courier) == wanted]
    return next((choice.value for choice in same or choices), "")


def _providers() -> list[str]:
    return [name for name in services().couriers if name != bookings.MANUAL]


def _may_act() -> bool:
    return bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN})


def _back(code: str) -> ResponseReturnValue:
    return see_other(url_for("committee.couriers.show", code=code))
