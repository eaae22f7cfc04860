"""Payment gateways as the committee sees them: how they do, what they told, giving money back."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, gateways, times
from bazaar.errors import Unavailable
from bazaar.models import Role
from bazaar.views.forms.gateways import RefundForm
from bazaar.web import page_of, see_other, services
from bazaar.web.answers import sentence

TRIED = "uji"
ATTEMPTS, NEWS, TROUBLE = "percobaan", "kabar", "perlu-orang"


def index() -> ResponseReturnValue:
    asked = request.args.get("bagian", "")
    shown = asked if asked in {ATTEMPTS, NEWS, TROUBLE} else TROUBLE
    now = times.now()
    installed = services().gateways
    return render_template(
        "committee/gateways.html",
        gateways=[
            (gateway, gateways.figures(name, now=now)) for name, gateway in installed.items()
        ],
        tried=_tried(),
        shown=shown,
        page=page_of(
            gateways.events() if shown == NEWS else gateways.attempts(troubled=shown == TROUBLE)
        ),
        lost=page_of(gateways.events(troubled=True)) if shown == TROUBLE else None,
        site=services().settings.public_url,
        may_act=_may_act(),
    )


def show(key: str) -> ResponseReturnValue:
    return _page(key)


def refund(key: str) -> ResponseReturnValue:
    form = RefundForm(request.form)
    if not form.validate():
        return _page(key, form), HTTPStatus.UNPROCESSABLE_ENTITY
    attempt = gateways.get_attempt(key)
    payment_id = form.payment_id.data or 0
    if payment_id not in {payment.id for payment, _left in gateways.payments_of(attempt)}:
        raise gateways.NothingToGiveBack
    gateways.want_refund(
        payment_id,
        form.amount_idr.data or 0,
        form.reason.data or "",
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(_("Gerbang diminta mengembalikan uang. Hasilnya muncul di halaman ini."), "success")
    return see_other(url_for("committee.gateways.show", key=key))


def _page(key: str, form: RefundForm | None = None) -> str:
    attempt = gateways.get_attempt(key)
    return render_template(
        "committee/gateway.html",
        attempt=attempt,
        order=attempt.order,
        events=gateways.find_events(attempt),
        payments=gateways.payments_of(attempt),
        refunds=gateways.refunds_of(attempt),
        form=form or RefundForm(),
        may_act=_may_act(),
    )


def _tried() -> tuple[str, str] | None:
    """Ask the gateway named in the address whether it is well; return its name and what is wrong.

    A page to read: nothing is written while it goes outside.
    """
    gateway = services().gateways.get(request.args.get(TRIED, ""))
    if gateway is None or not _may_act():
        return None
    try:
        gateway.probe()
    except Unavailable as failure:
        return gateway.name, sentence(failure)
    return gateway.name, ""


def _may_act() -> bool:
    return bool(g.person.roles & {Role.TREASURER, Role.ADMIN})
