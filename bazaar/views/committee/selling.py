"""How turns sell: goods held as usual, or whoever pays first gets them."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, broadcast, times
from bazaar.models import Role
from bazaar.web import see_other
from bazaar.web.formats import current_edition

SHOWN = 40


def index() -> ResponseReturnValue:
    now = times.now()
    edition = current_edition()
    return render_template(
        "committee/selling.html",
        turns=broadcast.coming(edition, limit=SHOWN, now=now) if edition else [],
        may_act=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
    )


def change(uid: str) -> ResponseReturnValue:
    first_paid = request.form.get("first_paid") == "1"
    actor = accounts.actor(g.person)
    turn = broadcast.get_turn(uid)
    broadcast.set_sale(turn, first_paid=first_paid, actor=actor, now=times.now())
    flash(
        _("Giliran ini: yang membayar dulu yang dapat.")
        if first_paid
        else _("Giliran ini: barang disisihkan seperti biasa."),
        "success",
    )
    return see_other(url_for("committee.selling.index", _anchor=uid))
