"""News for buyers that waits to be sent by WhatsApp, one press each."""

from flask import flash, g, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from bazaar import accounts, times
from bazaar.models import Role
from bazaar.shipments import tidings
from bazaar.shipments.tidings import Tiding
from bazaar.web import see_other


def index() -> ResponseReturnValue:
    waiting = tidings.waiting(times.now())
    return render_template(
        "committee/tidings.html",
        waiting=waiting,
        words={one.letter.id: _words(one) for one in waiting},
        may_act=bool(g.person.roles & {Role.DISPATCHER, Role.ADMIN}),
    )


def done(letter_id: int) -> ResponseReturnValue:
    tidings.done(letter_id, actor=accounts.actor(g.person), now=times.now())
    flash(_("Dicatat: pembeli sudah dikabari."), "success")
    return see_other(url_for("committee.tidings.index"))


def _words(tiding: Tiding) -> str:
    """Return the words in the buyer's language."""
    with force_locale(tiding.parcel.order.checkout.language):
        return " ".join(_(one.text).format(**one.facts) for one in tiding.notices)
