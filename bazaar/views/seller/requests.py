"""A seller's requests: to swap a turn, give it back, have it moved; and what others ask of it."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from bazaar import availabilities, editions, rotation, sellers, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.models import Edition, RequestState, Seller, Turn, TurnRequest
from bazaar.rotation import possible, requests
from bazaar.rotation.possible import TurnChanged
from bazaar.rotation.requests import NoSuchRequest
from bazaar.views import navigation
from bazaar.views.forms.requests import MoveForm, WhyForm, WishForm
from bazaar.web import see_other
from bazaar.web.formats import clock, short_day

MOST = 120
"""So many turns to choose from are shown; more are narrowed down by a name."""


def index(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    edition = editions.find_current()
    found = requests.of_seller(edition, seller.id) if edition else []
    return _render("seller/requests.html", seller, token, **about(seller, found))


def swap(token: str, uid: str) -> ResponseReturnValue:
    return _swap_page(token, uid, WishForm())


def ask_swap(token: str, uid: str) -> ResponseReturnValue:
    seller, edition, turn = _own(token, uid)
    form = WishForm(request.form)
    chosen = request.form.get("other", "")
    if not form.validate() or not chosen:
        missing = "" if chosen else _("Pilih dulu giliran yang ingin Anda tukar.")
        return _swap_page(token, uid, form, missing), HTTPStatus.UNPROCESSABLE_ENTITY
    other = requests.find_turn(edition, chosen)
    requests.ask_swap(
        edition, turn, other, form.wish.data or "", actor=_actor(seller), now=times.now()
    )
    flash(_("Permintaan terkirim. Anda diberi tahu begitu dijawab."), "success")
    return _back(token)


def move(token: str, uid: str) -> ResponseReturnValue:
    seller, edition, turn = _own(token, uid)
    form = MoveForm.of(_windows(edition, seller))
    late = _too_late(edition, turn)
    return _render("seller/request_move.html", seller, token, turn=turn, form=form, too_late=late)


def ask_move(token: str, uid: str) -> ResponseReturnValue:
    seller, edition, turn = _own(token, uid)
    form = MoveForm.of(_windows(edition, seller), request.form)
    if not form.validate():
        page = _render("seller/request_move.html", seller, token, turn=turn, form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    requests.ask_move(
        edition,
        turn,
        form.wish.data or "",
        form.windows.data or [],
        actor=_actor(seller),
        now=times.now(),
    )
    flash(_("Permintaan pindah terkirim ke panitia."), "success")
    return _back(token)


def back(token: str, uid: str) -> ResponseReturnValue:
    seller, edition, turn = _own(token, uid)
    late, form = _too_late(edition, turn), WhyForm()
    return _render("seller/request_back.html", seller, token, turn=turn, form=form, too_late=late)


def give_back(token: str, uid: str) -> ResponseReturnValue:
    try:
        seller, edition, turn = _own(token, uid)
        form = WhyForm(request.form)
        if not form.validate():
            page = _render("seller/request_back.html", seller, token, turn=turn, form=form)
            return page, HTTPStatus.UNPROCESSABLE_ENTITY
        requests.give_back(
            edition, turn, form.why.data or "", actor=_actor(seller), now=times.now()
        )
    except TurnChanged:
        forget()
        seller = sellers.get_by_link(token)
        if requests.find_given_back(editions.get_current(), seller.id, uid) is None:
            raise
    flash(_("Giliran dikembalikan. Panitia menawarkannya kepada yang lain."), "success")
    return _back(token)


def accept(token: str, request_id: int) -> ResponseReturnValue:
    seller, found = _asked(token, request_id)
    requests.accept(found, actor=_actor(seller), now=times.now())
    if found.state is RequestState.GRANTED:
        flash(_("Giliran sudah ditukar. Jadwal Anda yang baru langsung berlaku."), "success")
    else:
        flash(_("Anda setuju. Tukar berlaku bila panitia tidak keberatan."), "success")
    return _back(token)


def decline(token: str, request_id: int) -> ResponseReturnValue:
    seller, found = _asked(token, request_id)
    why = " ".join(request.form.get("why", "").split())[:200]
    requests.decline(found, why, actor=_actor(seller), now=times.now())
    flash(_("Jawaban Anda disampaikan. Giliran Anda tetap."), "info")
    return _back(token)


def withdraw(token: str, request_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    found = requests.get(editions.get_current(), request_id)
    if found.seller_id != seller.id:
        raise NoSuchRequest
    requests.withdraw(found, actor=_actor(seller), now=times.now())
    flash(_("Permintaan ditarik."), "info")
    return _back(token)


def about(seller: Seller, every: Sequence[TurnRequest]) -> dict[str, object]:
    """Return requests sorted for the seller's pages: to answer, under way, over."""
    open_ones = [one for one in every if one.state in possible.OPEN]
    to_answer = [
        one for one in open_ones if one.other_id == seller.id and one.state is RequestState.ASKED
    ]
    return {
        "to_answer": to_answer,
        "under_way": [one for one in open_ones if one not in to_answer],
        "over": [one for one in every if one not in open_ones],
        "people": requests.names_of(every),
    }


def _own(token: str, uid: str) -> tuple[Seller, Edition, Turn]:
    seller = sellers.get_by_link(token)
    edition = editions.get_current()
    return seller, edition, requests.find_own(edition, seller.id, uid)


def _asked(token: str, request_id: int) -> tuple[Seller, TurnRequest]:
    seller = sellers.get_by_link(token)
    found = requests.get(editions.get_current(), request_id)
    if found.other_id != seller.id:
        raise NoSuchRequest
    return seller, found


def _swap_page(token: str, uid: str, form: WishForm, missing: str = "") -> str:
    seller, edition, turn = _own(token, uid)
    now = times.now()
    own = times.day_of(turn.starts_at, edition.zone)
    first = times.day_of(now, edition.zone)
    day = times.read_day(request.args.get("hari", "")) or own
    search = request.args.get("q", "").strip()[:60]
    too_late = _too_late(edition, turn)
    offers = [] if too_late else possible.partners(turn.release, turn, day, search=search, now=now)
    return _render(
        "seller/request_swap.html",
        seller,
        token,
        turn=turn,
        own=own,
        day=day,
        days=[own, *(one for one in rotation.days_of(turn.release) if first <= one != own)],
        search=search,
        too_late=too_late,
        offers=offers[:MOST],
        more=len(offers) > MOST,
        chosen=request.form.get("other", ""),
        missing=missing,
        form=form,
    )


def _too_late(edition: Edition, turn: Turn) -> bool:
    return times.now() >= possible.deadline(edition, turn.starts_at)


def _windows(edition: Edition, seller: Seller) -> list[SelectChoice]:
    """Return the windows to come to which the seller can come."""
    windows = availabilities.windows_of(edition)
    answer = availabilities.find_answer(edition, seller.id, windows)
    now = times.now()
    return [
        SelectChoice(
            one.id, f"{short_day(one.opens_at)}\n{clock(one.opens_at)}–{clock(one.closes_at)}"
        )
        for one in windows
        if answer and one.id in answer.spans and one.opens_at > now
    ]


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)


def _back(token: str) -> ResponseReturnValue:
    return see_other(url_for("seller.requests.index", token=token))


def _render(template: str, seller: Seller, token: str, **facts: object) -> str:
    return render_template(
        template,
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        **facts,
    )
