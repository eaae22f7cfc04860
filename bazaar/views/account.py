"""Sign in, second factor, enrolment, invitation, one's own account."""

import base64
import io
from collections.abc import Callable
from http import HTTPStatus

import qrcode
from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from qrcode.image.pil import PilImage
from werkzeug.wrappers import Response as BaseResponse

from bazaar import accounts, times
from bazaar.accounts import codes, demo, members, sessions
from bazaar.models import Account
from bazaar.settings import Mode
from bazaar.views.forms.account import (
    ROLE_NAMES,
    ChangePasswordForm,
    CodeForm,
    NewPasswordForm,
    SignInForm,
)
from bazaar.web import limits, own_path, see_other, services

HOME = "/panitia"

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def sign_in() -> ResponseReturnValue:
    if g.person:
        return see_other(_next())
    if g.session:
        return see_other(_step("account.second_factor"))
    return _sign_in_page(SignInForm(request.args))


def give_password() -> ResponseReturnValue:
    form = SignInForm(request.form)
    if not form.validate():
        return _sign_in_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    tries = (
        (limits.SIGN_IN_ACCOUNT, (form.email.data or "").lower()),
        (limits.SIGN_IN_ADDRESS, limits.address()),
    )
    limits.spend(*tries)
    token = accounts.sign_in(
        form.email.data or "",
        form.password.data or "",
        agent=request.user_agent.string,
        seals=services().seals,
        now=times.now(),
    )
    if token is None:
        form.password.errors = [_("Alamat surel atau kata sandi salah.")]
        return _sign_in_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    limits.give_back(*tries)
    if g.session:
        sessions.end(g.session)
    return _with_session(see_other(_step("account.second_factor")), token)


def second_factor() -> ResponseReturnValue:
    if g.person:
        return see_other(_next())
    if g.session.account.totp_confirmed_at is None:
        return see_other(_step("account.enrolment"))
    return _code_page(CodeForm())


def give_code() -> ResponseReturnValue:
    return _take_code(_code_page)


def enrolment() -> ResponseReturnValue:
    if g.person or g.session.account.totp_confirmed_at is not None:
        return see_other(_step("account.second_factor"))
    return _enrolment_page(CodeForm())


def enrol() -> ResponseReturnValue:
    if g.session.account.totp_confirmed_at is not None:
        return see_other(_step("account.second_factor"))
    return _take_code(_enrolment_page)


def invitation(token: str) -> ResponseReturnValue:
    account = members.get_invited(token, now=times.now())
    return _invitation_page(NewPasswordForm(), account, token)


def accept_invitation(token: str) -> ResponseReturnValue:
    account = members.get_invited(token, now=times.now())
    form = NewPasswordForm(request.form)
    form.about = (account.name, account.email)
    if not form.validate():
        return _invitation_page(form, account, token), HTTPStatus.UNPROCESSABLE_ENTITY
    members.accept(token, form.password.data or "", now=times.now())
    flash(_("Kata sandi tersimpan. Sekarang masuklah dengan kata sandi itu."), "success")
    return see_other(url_for("account.sign_in", email=account.email))


def sign_out() -> ResponseReturnValue:
    if g.session:
        sessions.end(g.session)
    response = see_other(url_for("account.sign_in"))
    response.delete_cookie(
        _cookie(), secure=services().settings.secure, httponly=True, samesite="Lax"
    )
    # Not "cookies": the chosen language may stay.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def mine() -> ResponseReturnValue:
    return _account_page(ChangePasswordForm())


def change_password() -> ResponseReturnValue:
    form = ChangePasswordForm(request.form)
    form.about = (g.person.name, g.person.email)
    fine = form.validate()
    tries = ((limits.SIGN_IN_ACCOUNT, g.person.email),)
    if fine:
        limits.spend(*tries)
        if not accounts.password_fits(g.person, form.current.data or ""):
            form.current.errors = [_("Kata sandi sekarang salah.")]
            fine = False
    if not fine:
        return _account_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    limits.give_back(*tries)
    token = accounts.change_password(g.session, form.password.data or "", now=times.now())
    flash(_("Kata sandi diganti. Perangkat lain sudah dikeluarkan."), "success")
    return _with_session(see_other(url_for("account.mine")), token)


def end_session(session_id: int) -> ResponseReturnValue:
    session = sessions.get_session(g.person, session_id)
    if session.id == g.session.id:
        return sign_out()
    sessions.end(session)
    flash(_("Perangkat itu sudah dikeluarkan."), "success")
    return see_other(url_for("account.mine"))


def sign_out_everywhere() -> ResponseReturnValue:
    members.sign_out_everywhere(g.person, by=accounts.actor(g.person), now=times.now())
    g.session = None
    return sign_out()


def _take_code(page: Callable[[CodeForm], str]) -> ResponseReturnValue:
    form = CodeForm(request.form)
    if not form.validate():
        return page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    who = str(g.session.account_id)
    tries = ((limits.CODE, who), (limits.CODE_DAY, who))
    limits.spend(*tries)
    token = accounts.confirm(
        g.session, form.code.data or "", seals=services().seals, now=times.now()
    )
    if token is None:
        form.code.errors = [
            _("Kode ini salah atau sudah dipakai. Tunggu kode berikutnya, lalu coba lagi.")
        ]
        return page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    limits.give_back(*tries)
    return _with_session(see_other(_next()), token)


def _sign_in_page(form: SignInForm) -> str:
    known = services().settings.mode is Mode.DEMO
    return render_template(
        "account/sign_in.html",
        form=form,
        next=_next(),
        to_try=demo.sign_ins(seals=services().seals, now=times.now()) if known else (),
        known_password=demo.PASSWORD if known else "",
    )


def _code_page(form: CodeForm) -> str:
    known = services().settings.mode is Mode.DEMO
    return render_template(
        "account/code.html",
        form=form,
        next=_next(),
        account=g.session.account,
        known_code=codes.next_code(g.session.account, seals=services().seals, now=times.now())
        if known
        else "",
    )


def _enrolment_page(form: CodeForm) -> str:
    account = g.session.account
    secret = codes.secret_of(account, seals=services().seals)
    return render_template(
        "account/enrolment.html",
        form=form,
        next=_next(),
        account=account,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr=_picture(codes.uri(account, secret)),
    )


def _invitation_page(form: NewPasswordForm, account: Account, token: str) -> str:
    return render_template("account/invitation.html", form=form, account=account, token=token)


def _account_page(form: ChangePasswordForm) -> str:
    return render_template(
        "account/mine.html",
        form=form,
        sessions=sessions.sessions_of(g.person, now=times.now()),
        this_session=g.session.id,
        device=_device,
        roles=[name for role, name in ROLE_NAMES.items() if role in g.person.roles],
    )


def _next() -> str:
    return own_path(request.values.get("next"), HOME)


def _step(endpoint: str) -> str:
    where = _next()
    return url_for(endpoint, next=None if where == HOME else where)


def _cookie() -> str:
    return accounts.cookie_name(secure=services().settings.secure)


def _with_session(response: BaseResponse, token: str) -> BaseResponse:
    secure = services().settings.secure
    response.set_cookie(_cookie(), token, secure=secure, httponly=True, samesite="Lax", path="/")
    return response


def _picture(text: str) -> str:
    """Return a QR code as an address that holds the whole picture."""
    picture = qrcode.make(text, image_factory=PilImage, box_size=6, border=2)
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def _device(agent: str) -> str:
    """Return what a person calls the browser and the machine of a User-Agent."""
    browser = next((name for mark, name in BROWSERS if mark in agent), _("Peramban lain"))
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return _("%(browser)s di %(system)s", browser=browser, system=system) if system else browser
