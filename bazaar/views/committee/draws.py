"""The ceremony of a draw: announce, freeze, name the public value, reveal. Each step once."""

from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Form

from bazaar import accounts, editions, rotation, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.errors import Conflict
from bazaar.models import Draw, DrawKind, DrawStage, Edition, Role
from bazaar.rotation import ceremonies, draws, ledger, public_files
from bazaar.views.forms.draws import AnnounceForm, EndForm, ValueForm
from bazaar.web import page_of, see_other, services
from bazaar.web.answers import sentence
from bazaar.web.formats import current_edition

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def index() -> ResponseReturnValue:
    edition = current_edition()
    return render_template(
        "committee/draws.html",
        page=page_of(ledger.draws_of(edition)) if edition else None,
        outcomes=ledger.outcomes(edition) if edition else {},
        may_change=_may_change(),
    )


def new() -> ResponseReturnValue:
    edition = editions.get_current()
    released = rotation.find_current_release(edition) is not None
    return _new_page(edition, AnnounceForm(data={"kind": DrawKind.REPAIR.value}), released=released)


def announce() -> ResponseReturnValue:
    edition = editions.get_current()
    released = rotation.find_current_release(edition) is not None
    form = AnnounceForm(request.form)
    if not form.validate():
        return _new_page(edition, form, released=released), WRONG
    draw = draws.commit(
        edition,
        kind=form.draw_kind(released=released),
        witness=form.witness.data or "",
        iterations=form.iterations,
        seals=services().draw_seals,
        actor=_actor(),
        now=times.now(),
    )
    flash(_("Undian %(n)s diumumkan. Sidik jarinya sudah terlihat umum.", n=draw.number), "success")
    return _back(draw)


def show(number: int) -> ResponseReturnValue:
    return _page(ledger.get_draw(editions.get_current(), number))


def status(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    answer = Response(render_template("committee/_draw_progress.html", draw=draw))
    if draw.stage not in draws.COMPUTING:
        answer.headers["X-Reload"] = "1"
    return answer


def freeze(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    try:
        draws.freeze(draw, actor=_actor(), now=times.now())
    except Conflict as refusal:
        forget()
        flash(sentence(refusal), "error")
        return _page(draw), HTTPStatus.CONFLICT
    flash(_("Masukan dibekukan. Perubahan data mulai sekarang tidak ikut undian ini."), "success")
    return _back(draw)


def reveal(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    form = ValueForm(request.form)
    if not form.validate():
        return _page(draw, value_form=form), WRONG
    draws.queue(
        draw,
        public_value=form.public_value.data or "",
        seals=services().draw_seals,
        actor=_actor(),
        now=times.now(),
    )
    flash(_("Angka saksi dicatat. Jadwal sedang dihitung."), "success")
    return _back(draw)


def retry(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    draws.retry(draw, actor=_actor(), now=times.now())
    flash(_("Undian dihitung lagi dengan masukan dan benih yang sama."), "success")
    return _back(draw)


def end(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    form = EndForm(request.form)
    if not form.validate():
        return _page(draw, end_form=form), WRONG
    ceremonies.end(
        draw,
        why=form.why.data or "",
        seals=services().draw_seals,
        actor=_actor(),
        now=times.now(),
    )
    flash(_("Undian %(n)s tidak dilanjutkan. Ia tetap terlihat.", n=draw.number), "success")
    return _back(draw)


def leaflet(number: int) -> ResponseReturnValue:
    draw = ledger.get_draw(editions.get_current(), number)
    return render_template("committee/draw_leaflet.html", draw=draw, address=_address(draw))


def _page(draw: Draw, *, value_form: Form | None = None, end_form: Form | None = None) -> str:
    edition = editions.get_current()
    return render_template(
        "committee/draw.html",
        draw=draw,
        counts=public_files.counts(draw) if draw.frozen_at else None,
        outcome=ledger.outcomes(edition).get(draw.id),
        is_open=draw.stage in draws.OPEN,
        computing=draw.stage in draws.COMPUTING,
        may_retry=draw.stage is DrawStage.FAILED and draw.seed and not draw.secret,
        value_form=value_form or ValueForm(),
        end_form=end_form or EndForm(),
        may_change=_may_change(),
        address=_address(draw),
    )


def _new_page(edition: Edition, form: Form, *, released: bool) -> str:
    return render_template(
        "committee/draw_new.html",
        form=form,
        released=released,
        busy=draws.find_open(edition) or draws.find_computing(edition),
    )


def _address(draw: Draw) -> str:
    path = url_for("fairness.draw", number=draw.number)
    return f"{services().settings.public_url.rstrip('/')}{path}"


def _may_change() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})


def _actor() -> Actor:
    return accounts.actor(g.person)


def _back(draw: Draw) -> ResponseReturnValue:
    return see_other(url_for("committee.draws.show", number=draw.number))
