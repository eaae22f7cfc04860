"""How turns sell: goods held as usual, or whoever pays first gets them."""

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, broadcast, times
from bazaar.models import Role
from bazaar.web import own_path, page_among, see_other
from bazaar.web.formats import current_edition

MOST = 1_000
MAX_SEARCH = 80
PER_PAGE = 30


def index() -> ResponseReturnValue:
    now = times.now()
    edition = current_edition()
    text = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    turns = broadcast.coming(edition, limit=MOST, now=now) if edition else []
    fitting = [
        (turn, first_paid)
        for turn, first_paid in turns
        if text.casefold() in turn.seller.name.casefold()
    ]
    return render_template(
        "committee/selling.html",
        page=page_among(fitting, per_page=PER_PAGE),
        text=text,
        any_turns=bool(turns),
        channels=len({turn.channel_id for turn, _ in turns}),
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
    return see_other(own_path(request.form.get("next"), url_for("committee.selling.index")))
