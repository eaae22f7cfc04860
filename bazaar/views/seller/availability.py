"""When a seller can come: the tap grid of days and windows."""

from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import availabilities, editions, sellers, times
from bazaar.audit import Actor
from bazaar.models import Seller
from bazaar.views import navigation
from bazaar.views.forms.availability import Grid, grid_of, take
from bazaar.web import see_other


def show(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    edition = editions.find_current()
    grid = grid_of(edition, seller, times.now()) if edition else None
    return _page(seller, token, grid)


def save(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    actor = Actor(f"seller:{seller.id}", seller.name)
    edition = editions.get_current()
    taken = take(edition, seller, request.form, actor=actor, now=times.now())
    if taken.status is not HTTPStatus.SEE_OTHER:
        return _page(seller, token, taken.grid, taken.note), taken.status
    flash(_("Jadwal Anda disimpan."), "success")
    return see_other(url_for("seller.availability.show", token=token))


def _page(seller: Seller, token: str, grid: Grid | None, note: str = "") -> str:
    now = times.now()
    edition = editions.find_current()
    return render_template(
        "seller/availability.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        grid=grid,
        note=note,
        may_change=bool(
            edition
            and grid
            and availabilities.is_open(edition, now)
            and grid.answer.withdrawn_at is None
        ),
    )
