"""Sellers' requests before the committee: let a swap count, stop it, answer who wants to move."""

from datetime import datetime
from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, availabilities, editions, times
from bazaar.models import Edition, RequestKind, Role, TurnRequest
from bazaar.rotation import possible, requests
from bazaar.rotation.edits import NoSuchPlace
from bazaar.rotation.possible import TurnChanged
from bazaar.views.forms.requests import WhyForm
from bazaar.web import page_of, see_other

PER_PAGE = 25


def index() -> ResponseReturnValue:
    edition = editions.find_current()
    page = page_of(requests.for_committee(edition), per_page=PER_PAGE) if edition else None
    return render_template(
        "committee/requests.html",
        page=page,
        waiting=requests.count_open(edition) if edition else 0,
        people=requests.names_of(page.items) if page else {},
    )


def show(request_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    return _page(edition, requests.get(edition, request_id))


def approve(request_id: int) -> ResponseReturnValue:
    found = requests.get(editions.get_current(), request_id)
    requests.approve(found, actor=accounts.actor(g.person), now=times.now())
    flash(_("Tukar giliran disetujui dan sudah terbit."), "success")
    return _back()


def veto(request_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    found = requests.get(edition, request_id)
    form = WhyForm(request.form)
    if not form.validate():
        return _page(edition, found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    requests.veto(found, form.why.data or "", actor=accounts.actor(g.person), now=times.now())
    flash(_("Tukar giliran dibatalkan; keduanya diberi tahu."), "success")
    return _back()


def grant_move(request_id: int) -> ResponseReturnValue:
    found = requests.get(editions.get_current(), request_id)
    channel, _mark, start = request.form.get("place", "").partition("|")
    try:
        place = (int(channel), datetime.fromisoformat(start))
    except ValueError:
        raise NoSuchPlace from None
    requests.grant_move(found, place, actor=accounts.actor(g.person), now=times.now())
    flash(_("Giliran dipindah dan sudah terbit; penjual diberi tahu."), "success")
    return _back()


def refuse_move(request_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    found = requests.get(edition, request_id)
    form = WhyForm(request.form)
    if not form.validate():
        return _page(edition, found, form), HTTPStatus.UNPROCESSABLE_ENTITY
    requests.refuse_move(
        found, form.why.data or "", actor=accounts.actor(g.person), now=times.now()
    )
    flash(_("Permintaan ditolak; penjual diberi tahu."), "success")
    return _back()


def _page(edition: Edition, found: TurnRequest, form: WhyForm | None = None) -> str:
    windows = [
        window
        for window in availabilities.windows_of(edition)
        if window.id in (found.preferred or {}).get("windows", [])
    ]
    return render_template(
        "committee/request.html",
        found=found,
        people=requests.names_of([found]),
        windows=windows,
        form=form or WhyForm(),
        may_change=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
        **_free(edition, found),
    )


def _free(edition: Edition, found: TurnRequest) -> dict[str, object]:
    """Return the free slots of the day asked for, else of the day the seller would like."""
    if found.kind is not RequestKind.MOVE or found.state not in possible.OPEN:
        return {}
    now = times.now()
    try:
        turn = requests.find_own(edition, found.seller_id, found.turn_uid)
    except TurnChanged:
        return {"changed": True}
    liked = [
        times.day_of(window.opens_at, edition.zone)
        for window in availabilities.windows_of(edition)
        if window.id in (found.preferred or {}).get("windows", []) and window.closes_at > now
    ]
    own = times.day_of(turn.starts_at, edition.zone)
    first = times.day_of(now, edition.zone)
    days = sorted({one.day for one in edition.show_days if one.day >= first})
    asked = times.read_day(request.args.get("hari", ""))
    chosen = [asked] if asked else sorted(set(liked))[:3] or [own]
    return {
        "turn": turn,
        "days": days,
        "chosen": chosen,
        "liked": liked,
        "channels": {channel.id: channel.name for channel in edition.channels},
        "free": possible.free_slots(turn.release, turn, chosen, now=now),
    }


def _back() -> ResponseReturnValue:
    return see_other(url_for("committee.requests.index"))
