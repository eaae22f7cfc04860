"""Partners' keys to the JSON API: made, shown once, revoked."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, partners, times
from bazaar.partners import Scope
from bazaar.views.forms.keys import SCOPE_NAMES, KeyForm
from bazaar.web import see_other, services


def index() -> ResponseReturnValue:
    now = times.now()
    keys = partners.keys()
    names = {scope.value: name for scope, name in SCOPE_NAMES.items()}
    return render_template(
        "committee/keys.html",
        keys=keys,
        over={key.id for key in keys if partners.is_over(key, now=now)},
        scopes_of={key.id: [str(names[scope]) for scope in key.scopes["scopes"]] for key in keys},
        document=_document(),
    )


def new() -> ResponseReturnValue:
    return _form_page(KeyForm(data={"scopes": [scope.value for scope in Scope]}))


def make() -> ResponseReturnValue:
    form = KeyForm(request.form)
    if not form.validate():
        return _form_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    name = form.name.data or ""
    key = partners.make(name, form.chosen(), by=accounts.actor(g.person), now=times.now())
    return render_template("committee/key_made.html", name=name, key=key, document=_document())


def revoke(key_id: int) -> ResponseReturnValue:
    key = partners.get_key(key_id)
    if partners.revoke(key, by=accounts.actor(g.person), now=times.now()):
        flash(_("Kunci %(name)s dicabut dan tidak berlaku lagi.", name=key.name), "success")
    return see_other(url_for("committee.keys.index"))


def _form_page(form: KeyForm) -> str:
    return render_template("committee/key_new.html", form=form)


def _document() -> str:
    return f"{services().settings.public_url}{url_for('api.document.show')}"
