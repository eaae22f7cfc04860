"""The treasurer's inbox: money that does not fit, each with one obvious thing to do about it."""

import secrets
from http import HTTPStatus
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, audit, changing, gateways, payments, times
from bazaar.audit import Actor
from bazaar.db import db, forget
from bazaar.models import CaseKind, MoneyCase, Refund
from bazaar.payments import NoSuchOrder, NoSuchPayment, Outcome, TooMuchBack
from bazaar.rules.money import FITS
from bazaar.views import photos
from bazaar.views.committee.orders import may_confirm
from bazaar.views.committee.trail import WORDS
from bazaar.views.forms.cases import AssignForm, GiveBackForm, NoteForm
from bazaar.views.forms.stall import keep_photo
from bazaar.web import count_of, page_of, see_other
from bazaar.web.answers import sentence
from bazaar.web.formats import rupiah

PER_PAGE = 20
OPEN = "perlu"
CLOSED = "selesai"


def index() -> ResponseReturnValue:
    shown = CLOSED if request.args.get("bagian") == CLOSED else OPEN
    page = page_of(payments.find_cases(closed=shown == CLOSED), per_page=PER_PAGE)
    return render_template(
        "committee/cases.html",
        page=page,
        shown=shown,
        waiting=count_of(payments.find_cases()),
        ways={} if shown == CLOSED else payments.ways_of(page.items),
        can_undo=payments.can_undo,
        may_act=may_confirm(),
    )


def show(case_id: int) -> ResponseReturnValue:
    return _page(payments.get_case(case_id))


def assign(case_id: int) -> ResponseReturnValue:
    form = AssignForm(request.form)
    if not form.validate():
        return _page(payments.get_case(case_id), assign=form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        outcome = payments.assign(
            case_id, form.reference.data or "", actor=_member(), now=times.now()
        )
    except NoSuchOrder as refusal:
        forget()
        form.reference.errors = [*form.reference.errors, sentence(refusal)]
        return _page(payments.get_case(case_id), assign=form), HTTPStatus.UNPROCESSABLE_ENTITY
    if outcome in FITS:
        return _done(_("Uangnya dihitung untuk pesanan itu, dan pesanannya dibayar."))
    if outcome is Outcome.OVER:
        return _done(_("Pesanannya dibayar. Kelebihannya menjadi kasus baru di daftar ini."))
    flash(
        _("Uangnya ditautkan, tetapi masih perlu orang. Lihat kasus barunya di daftar ini."),
        "warning",
    )
    return see_other(url_for("committee.cases.index"))


def accept(case_id: int) -> ResponseReturnValue:
    payments.accept(case_id, actor=_member(), now=times.now())
    return _done(_("Selisihnya dibiarkan. Kasusnya selesai."))


def revive(case_id: int) -> ResponseReturnValue:
    reference = payments.revive(case_id, actor=_member(), now=times.now())
    return _done(_("Barang diambil lagi. Pesanan %(reference)s dibayar.", reference=reference))


def give_back(case_id: int) -> ResponseReturnValue:
    form = GiveBackForm(request.form)
    case = payments.get_case(case_id)
    proof, wrong = keep_photo(photos.money_folder(), needed=form.how.data != "cash")
    if not form.validate() or wrong:
        return _page(case, back=form, wrong_photo=wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        payments.give_case_back(
            case_id,
            form.amount_idr,
            form.back(proof),
            key=f"given:{case_id}:{(form.key.data or '')[:40]}",
            actor=_member(),
            now=times.now(),
        )
    except TooMuchBack as refusal:
        forget()
        form.amount.errors = [*form.amount.errors, sentence(refusal)]
        return _page(payments.get_case(case_id), back=form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _done(_("Pengembalian %(total)s dicatat.", total=rupiah(form.amount_idr)))


def contact(case_id: int) -> ResponseReturnValue:
    form = NoteForm(request.form)
    if not form.validate():
        return _page(payments.get_case(case_id), note=form), HTTPStatus.UNPROCESSABLE_ENTITY
    payments.contacted(case_id, form.note.data or "", actor=_member(), now=times.now())
    flash(_("Dicatat. Kasusnya tetap terbuka sampai uangnya jelas."), "success")
    return see_other(url_for("committee.cases.show", case_id=case_id))


def not_ours(case_id: int) -> ResponseReturnValue:
    form = NoteForm(request.form)
    if not form.validate():
        return _page(payments.get_case(case_id), other=form), HTTPStatus.UNPROCESSABLE_ENTITY
    payments.not_ours(case_id, form.note.data or "", actor=_member(), now=times.now())
    return _done(_("Uangnya dikeluarkan dari pembukuan bazar."))


def undo(case_id: int) -> ResponseReturnValue:
    payments.undo(case_id, actor=_member(), now=times.now())
    return _done(_("Keputusan itu dibatalkan; uangnya kembali menjadi kasus terbuka."))


def refunds() -> ResponseReturnValue:
    page = page_of(payments.find_refunds(), per_page=PER_PAGE)
    return render_template("committee/refunds.html", page=page)


def proof(refund_id: int) -> ResponseReturnValue:
    refund = db.session.get(Refund, refund_id)
    if refund is None:
        raise NoSuchPayment
    return photos.of_money(refund.proof)


def _member() -> Actor:
    return accounts.actor(g.person)


def _done(words: str) -> ResponseReturnValue:
    flash(words, "success")
    return see_other(url_for("committee.cases.index"))


def _page(case: MoneyCase, **forms: Any) -> str:
    """Show a case with everything about it; `forms` hold what was typed and refused."""
    order = case.order
    subject = f"order:{order.reference}" if order else f"payment:{case.payment_id}"
    owed_idr = case.amount_idr
    if order is not None and case.kind is CaseKind.UNDER:  # what is missing is not what came
        owed_idr = payments.counted_for([order.id]).get(order.id, 0)
    given = GiveBackForm(data={"key": secrets.token_hex(8), "amount": str(owed_idr)})
    return render_template(
        "committee/case.html",
        case=case,
        payment=case.payment,
        order=order,
        ways=payments.ways_of([case])[case.id] if case.closed_at is None else None,
        can_undo=payments.can_undo(case),
        given=payments.given_back(case.payment_id),
        successor=changing.successors([order.id]).get(order.id) if order else None,
        attempt=gateways.attempt_of(case.payment_id),
        trail=db.session.scalars(audit.about(subject)).all(),
        words=WORDS,
        may_act=may_confirm(),
        forms={
            "assign": AssignForm(),
            "back": given,
            "note": NoteForm(),
            "other": NoteForm(),
            "wrong_photo": "",
        }
        | forms,
    )
