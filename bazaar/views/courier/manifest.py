"""What the courier takes, and its signature; afterwards the proof of it."""

from http import HTTPStatus

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import manifests, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.errors import BazaarError, Conflict, Invalid
from bazaar.models import Manifest, ManifestStatus
from bazaar.views.forms.manifests import SignForm
from bazaar.web import see_other
from bazaar.web.answers import sentence


def show(token: str) -> ResponseReturnValue:
    return _page(_own(token), token)


def sign(token: str) -> ResponseReturnValue:
    manifest = _own(token)
    form = SignForm(request.form)
    if manifest.status is ManifestStatus.LOCKED and not form.validate():
        return _page(manifest, token, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        said = form.signing(manifests.read_picture(form.drawn))
        manifests.sign(manifest, said, actor=_actor(manifest, said.signer), now=times.now())
    except (Invalid, Conflict) as refused:
        return _again(token, form, refused)
    return see_other(url_for("courier.manifest.show", token=token))


def _own(token: str) -> Manifest:
    return manifests.get_by_link(token, now=times.now())


def _actor(manifest: Manifest, signer: str) -> Actor:
    return Actor(f"courier:{manifest.number}"[:40], f"{signer[:80]} ({manifest.courier})"[:120])


def _again(token: str, form: SignForm, refused: BazaarError) -> ResponseReturnValue:
    forget()
    status = (
        HTTPStatus.CONFLICT if isinstance(refused, Conflict) else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return _page(_own(token), token, form, sentence(refused)), status


def _page(manifest: Manifest, token: str, form: SignForm | None = None, refusal: str = "") -> str:
    rows = manifests.rows_of(manifest)
    stopped = set() if manifest.signed_at else set(manifests.faults(manifest))
    return render_template(
        "courier/manifest.html",
        manifest=manifest,
        token=token,
        rows=rows,
        masked=manifests.masked,
        totals=manifests.totals_of(rows),
        stopped=stopped,
        form=form or SignForm(),
        missing=form.missing if form else stopped,
        refusal=refusal,
        ink=_ink(form) if form else "",
        signature=manifests.data_address(manifest.signature),
        ends_at=manifest.signed_at + manifests.LINK_LASTS if manifest.signed_at else None,
    )


def _ink(form: SignForm) -> str:
    """Return the signature to be shown again where something else was wrong; empty if unreadable."""
    try:
        return form.drawn if manifests.read_picture(form.drawn) else ""
    except Invalid:
        return ""
