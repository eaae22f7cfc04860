"""The seller's money: where it is received, what buyers say they sent, what does not fit."""

import secrets
from http import HTTPStatus
from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import payments, sellers, times
from bazaar.audit import Actor
from bazaar.db import db, forget
from bazaar.models import CaseKind, MoneyCase, Seller
from bazaar.payments import NoSuchCase, TooMuchBack, proofs
from bazaar.rules.money import Action
from bazaar.views import navigation, photos, receiving
from bazaar.views.forms.cases import GiveBackForm
from bazaar.views.forms.payments import RefuseForm
from bazaar.views.forms.stall import keep_photo
from bazaar.views.receiving import AccountForms
from bazaar.web import see_other
from bazaar.web.answers import sentence
from bazaar.web.formats import rupiah

MOST_CLOSED = 10


def index(token: str) -> ResponseReturnValue:
    return _page(token, sellers.get_by_link(token))


def propose(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    forms, wanted = receiving.read()
    if wanted is None:
        return _page(token, seller, forms=forms), HTTPStatus.UNPROCESSABLE_ENTITY
    receiving.propose(seller.id, wanted, _actor(seller))
    return see_other(url_for("seller.money.index", token=token, _anchor="rekening"))


def photo(token: str, account_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return photos.of_money(payments.get_account(account_id, seller.id).photo)


def proof(token: str, proof_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    return photos.of_proof(proofs.get(proof_id, seller_id=seller.id))


def refuse_proof(token: str, proof_id: int) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    found = proofs.get(proof_id, seller_id=seller.id)
    form = RefuseForm(request.form)
    if not form.validate():
        flash(" ".join(map(str, form.answer.errors)), "warning")
    else:
        proofs.refuse(found, form.answer.data or "", actor=_actor(seller), now=times.now())
        flash(_("Jawaban Anda tampil di halaman pembeli."), "success")
    orders_page = url_for("seller.orders.index", token=token, _anchor=found.order.reference)
    return see_other(orders_page)


def give_back(token: str, case_id: int) -> ResponseReturnValue:
    """Write down that the seller gave back what came to its own account."""
    seller = sellers.get_by_link(token)
    case = _own(seller, case_id)
    form = GiveBackForm(request.form)
    proof_photo, wrong = keep_photo(photos.money_folder(), needed=form.how.data != "cash")
    if not form.validate() or wrong:
        return _wrong(token, seller, case, form, wrong)
    try:
        payments.give_case_back(
            case_id,
            form.amount_idr,
            form.back(proof_photo),
            key=f"given:{case_id}:{(form.key.data or '')[:40]}",
            actor=_actor(seller),
            now=times.now(),
        )
    except TooMuchBack as refusal:
        forget()
        form.amount.errors = [*form.amount.errors, sentence(refusal)]
        return _wrong(token, sellers.get_by_link(token), case, form, "")
    flash(_("Pengembalian %(total)s dicatat.", total=rupiah(form.amount_idr)), "success")
    return see_other(url_for("seller.money.index", token=token))


def _wrong(
    token: str, seller: Seller, case: MoneyCase, form: GiveBackForm, wrong_photo: str
) -> ResponseReturnValue:
    page = _page(token, seller, wrong={case.id: (form, wrong_photo)})
    return page, HTTPStatus.UNPROCESSABLE_ENTITY


def _page(
    token: str,
    seller: Seller,
    *,
    forms: AccountForms | None = None,
    wrong: dict[int, Any] | None = None,
) -> str:
    open_cases = db.session.scalars(payments.find_cases(seller_id=seller.id)).all()
    ways = payments.ways_of(open_cases)
    closed = payments.find_cases(closed=True, seller_id=seller.id).limit(MOST_CLOSED)
    accounts = payments.accounts_of(seller.id)
    short = [case.order_id for case in open_cases if case.kind is CaseKind.UNDER and case.order_id]
    there = payments.counted_for(short) if short else {}  # what came, not what is missing
    blank = {
        case.id: (
            GiveBackForm(
                data={
                    "key": secrets.token_hex(8),
                    "amount": str(there.get(case.order_id or 0, case.amount_idr)),
                }
            ),
            "",
        )
        for case in open_cases
        if Action.GIVE_BACK in ways[case.id]
    }
    return render_template(
        "seller/money.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        cases=open_cases,
        closed=db.session.scalars(closed).all(),
        backs=blank | (wrong or {}),
        wrong=wrong or {},
        accounts=[one for one in accounts if not one.replaced_at],
        infos={one.id: payments.info_of(one) for one in accounts},
        forms=forms or receiving.forms(),
    )


def _own(seller: Seller, case_id: int) -> MoneyCase:
    query = payments.find_cases(seller_id=seller.id)
    case = db.session.scalars(query.where(MoneyCase.id == case_id)).one_or_none()
    if case is None:
        raise NoSuchCase
    return case


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)
