"""Where a seller receives money, and who agreed to it."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, payments, sellers, times
from bazaar.models import Role, Seller
from bazaar.rules.qris import WARNINGS
from bazaar.views import photos, receiving
from bazaar.views.forms.ways import WaysForm
from bazaar.views.receiving import AccountForms
from bazaar.web import see_other, services

MAX_WHY = 200


def show(code: str) -> ResponseReturnValue:
    return _page(sellers.get_by_code(code), receiving.forms())


def propose(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    forms, wanted = receiving.read()
    if wanted is None:
        return _page(seller, forms), HTTPStatus.UNPROCESSABLE_ENTITY
    receiving.propose(seller.id, wanted, accounts.actor(g.person))
    return see_other(url_for("committee.accounts.show", code=code))


def approve(code: str, account_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    payments.get_account(account_id, seller.id)
    payments.approve(account_id, actor=accounts.actor(g.person), now=times.now())
    flash(_("Disetujui dan mulai dipakai."), "success")
    return see_other(url_for("committee.accounts.show", code=code))


def reject(code: str, account_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    payments.get_account(account_id, seller.id)
    payments.reject(account_id, _why(), actor=accounts.actor(g.person), now=times.now())
    flash(_("Usulan ditolak; yang lama tetap dipakai."), "success")
    return see_other(url_for("committee.accounts.show", code=code))


def stop(code: str, account_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    payments.get_account(account_id, seller.id)
    payments.stop(account_id, _why(), actor=accounts.actor(g.person), now=times.now())
    flash(_("Tidak dipakai lagi untuk pesanan baru."), "success")
    return see_other(url_for("committee.accounts.show", code=code))


def photo(code: str, account_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    return photos.of_money(payments.get_account(account_id, seller.id).photo)


def waiting() -> ResponseReturnValue:
    """Show what waits for a second person, and how the edition asks for money."""
    edition = editions.get_current()
    return _waiting_page(WaysForm(obj=edition))


def change_ways() -> ResponseReturnValue:
    form = WaysForm(request.form)
    if not form.validate():
        return _waiting_page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    editions.ask_by(
        editions.get_current(),
        dynamic_qris=form.dynamic_qris.data,
        unique_codes=form.unique_codes.data,
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    flash(_("Disimpan. Berlaku untuk pesanan berikutnya."), "success")
    return see_other(url_for("committee.accounts.waiting"))


def _waiting_page(form: WaysForm) -> str:
    return render_template(
        "committee/accounts_waiting.html",
        waiting=payments.proposed(),
        form=form,
        allowed=services().settings.dynamic_qris,
        may_change=bool(g.person.roles & {Role.TREASURER, Role.ADMIN}),
    )


def _page(seller: Seller, forms: AccountForms) -> str:
    found = payments.accounts_of(seller.id)
    return render_template(
        "committee/accounts.html",
        seller=seller,
        used=[one for one in found if one.approved_at and not one.replaced_at],
        proposed=[one for one in found if not one.approved_at and not one.replaced_at],
        past=[one for one in found if one.replaced_at],
        infos={one.id: payments.info_of(one) for one in found},
        warnings=WARNINGS,
        forms=forms,
        me=accounts.actor(g.person).key,
        may_propose=bool(g.person.roles & {Role.REGISTRAR, Role.ADMIN}),
        may_approve=bool(g.person.roles & {Role.TREASURER, Role.ADMIN}),
    )


def _why() -> str:
    return " ".join(request.form.get("why", "").split())[:MAX_WHY]
