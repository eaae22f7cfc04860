"""The committee's members: anybody of them sees the list, an admin changes it."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, times
from bazaar.accounts import members, sessions
from bazaar.models import Account
from bazaar.views.forms.account import ROLE_NAMES, InviteForm, RolesForm
from bazaar.web import see_other, services


def index() -> ResponseReturnValue:
    return render_template(
        "committee/team.html", members=members.all_members(), role_names=ROLE_NAMES
    )


def invitation() -> ResponseReturnValue:
    return render_template("committee/team_invite.html", form=InviteForm())


def invite() -> ResponseReturnValue:
    form = InviteForm(request.form)
    if form.validate() and members.is_taken(form.email.data or ""):
        form.email.errors = [_("Alamat surel ini sudah dipakai anggota lain.")]
    if form.errors or form.email.errors:
        page = render_template("committee/team_invite.html", form=form)
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    token = members.invite(
        form.email.data or "", form.name.data or "", form.chosen(), by=_actor(), now=times.now()
    )
    return _link_page(form.name.data or "", token)


def show(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    form = RolesForm(data={"roles": [role.value for role in account.roles]})
    return _member_page(account, form)


def set_roles(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    form = RolesForm(request.form)
    if not form.validate():
        return _member_page(account, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if members.set_roles(account, form.chosen(), by=_actor(), now=times.now()):
        flash(_("Tugas %(name)s disimpan. Ia perlu masuk lagi.", name=account.name), "success")
    return see_other(url_for("committee.team.index"))


def invite_again(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    token = members.invite_again(account, by=_actor(), now=times.now())
    return _link_page(account.name, token)


def reset_second_factor(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    members.reset_second_factor(account, by=_actor(), now=times.now())
    flash(
        _("%(name)s akan diminta memasang kode masuk lagi di ponsel.", name=account.name),
        "success",
    )
    return see_other(url_for("committee.team.index"))


def sign_out_everywhere(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    members.sign_out_everywhere(account, by=_actor(), now=times.now())
    flash(_("%(name)s dikeluarkan dari semua perangkat.", name=account.name), "success")
    return see_other(url_for("committee.team.index"))


def deactivate(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    members.deactivate(account, by=_actor(), now=times.now())
    flash(_("%(name)s tidak dapat masuk lagi.", name=account.name), "success")
    return see_other(url_for("committee.team.index"))


def activate(account_id: int) -> ResponseReturnValue:
    account = members.get_account(account_id)
    members.activate(account, by=_actor(), now=times.now())
    flash(_("%(name)s dapat masuk lagi.", name=account.name), "success")
    return see_other(url_for("committee.team.index"))


def _actor() -> accounts.Actor:
    return accounts.actor(g.person)


def _member_page(account: Account, form: RolesForm) -> str:
    return render_template(
        "committee/team_member.html",
        account=account,
        form=form,
        devices=len(sessions.sessions_of(account, now=times.now())),
    )


def _link_page(name: str, token: str) -> str:
    path = url_for("account.invitation", token=token)
    return render_template(
        "committee/team_link.html",
        name=name,
        link=services().settings.public_url.rstrip("/") + path,
        until=times.now() + members.INVITATION,
    )
