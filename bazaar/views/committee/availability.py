"""When a seller can come, for the committee: to look at, and to change on the seller's behalf."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, sellers, times
from bazaar.models import Role, Seller
from bazaar.views.forms.availability import Grid, grid_of, take
from bazaar.web import see_other


def show(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    edition = editions.find_current()
    return _page(seller, grid_of(edition, seller, times.now()) if edition else None)


def save(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    taken = take(
        editions.get_current(),
        seller,
        request.form,
        actor=accounts.actor(g.person),
        now=times.now(),
        late=True,
    )
    if taken.status is not HTTPStatus.SEE_OTHER:
        return _page(seller, taken.grid, taken.note), taken.status
    flash(_("Jadwal %(name)s disimpan.", name=seller.name), "success")
    return see_other(url_for("committee.availability.show", code=code))


def _page(seller: Seller, grid: Grid | None, note: str = "") -> str:
    return render_template(
        "committee/availability.html",
        seller=seller,
        grid=grid,
        note=note,
        may_change=bool(
            grid
            and grid.answer.withdrawn_at is None
            and g.person.roles & {Role.REGISTRAR, Role.ADMIN}
        ),
    )
