"""What each seller is owed: statements up to a signed day, paying them out, the bank's list."""

from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, audit, closings, sellers, settlement, times
from bazaar.db import db
from bazaar.models import Role, Seller, SellerStatement
from bazaar.views import photos, settlements
from bazaar.views.committee.trail import WORDS
from bazaar.views.forms.settlement import PaidForm
from bazaar.views.forms.stall import keep_photo
from bazaar.web import page_among, see_other, services
from bazaar.web.downloads import list_file
from bazaar.web.formats import current_edition, rupiah

PER_PAGE = 50


def index() -> ResponseReturnValue:
    edition = current_edition()
    rows = settlement.standings(edition) if edition else []
    found = settlement.transfers()
    closed = closings.signed_days(edition.id) if edition else []
    until = settlement.last_signed(edition.id) if edition else None
    return render_template(
        "committee/settlement.html",
        page=page_among(rows, per_page=PER_PAGE),
        due_idr=sum(row.due_idr for row in rows if row.due_idr > 0),
        owing_idr=-sum(row.due_idr for row in rows if row.due_idr < 0),
        transfers=[one for one in found if one.account],
        without=[one for one in found if not one.account],
        until=until,
        wished=times.read_day(request.args.get("sampai", "")) or until,
        closed=closed,
        may_act=may_act(),
    )


def make() -> ResponseReturnValue:
    edition = current_edition()
    until = times.read_day(request.form.get("until", ""))
    if edition is None or until is None:
        raise settlement.NotSigned
    code = request.form.get("seller", "")
    made, left = settlement.make(
        edition,
        until,
        links=services().links,
        actor=accounts.actor(g.person),
        now=times.now(),
        seller_id=sellers.get_by_code(code).id if code else None,
    )
    words = ngettext("%(num)s lembar dibuat.", "%(num)s lembar dibuat.", len(made))
    flash(words + " " + _("Penjual yang punya surel dikabari."), "success")
    if not left:
        return see_other(url_for("committee.settlement.index"))
    more = ngettext(
        "Masih ada %(num)s UMKM: terlalu banyak untuk sekali jalan. Tekan tombolnya sekali lagi.",
        "Masih ada %(num)s UMKM: terlalu banyak untuk sekali jalan. Tekan tombolnya sekali lagi.",
        left,
    )
    flash(more, "warning")
    return see_other(url_for("committee.settlement.index", sampai=until.isoformat()))


def transfers(ext: str) -> Response:
    found = settlement.transfers()
    table = settlement.transfer_list(found)
    return list_file(table, "transfer-umkm", ext, by=f"account:{g.person.id}")


def show(code: str, number: int) -> ResponseReturnValue:
    return _page(settlement.get(code, number))


def paper(code: str, number: int) -> Response:
    return settlements.paper_of(settlement.get(code, number))


def pay(code: str, number: int) -> ResponseReturnValue:
    statement = settlement.get(code, number)
    form = PaidForm(request.form)
    proof, wrong = keep_photo(photos.money_folder(), needed=False)
    if not form.validate() or wrong:
        return _page(statement, form, wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    how = settlement.PaidOut(form.reference.data or "", proof)
    settlement.pay(statement, how, actor=accounts.actor(g.person), now=times.now())
    flash(_("%(total)s dicatat lunas.", total=rupiah(abs(statement.due_idr))), "success")
    return see_other(url_for("committee.settlement.show", code=code, number=number))


def proof(code: str, number: int) -> ResponseReturnValue:
    return photos.of_money(settlement.get(code, number).proof)


def may_act() -> bool:
    return bool(g.person.roles & {Role.TREASURER, Role.ADMIN})


def _page(statement: SellerStatement, form: PaidForm | None = None, wrong_photo: str = "") -> str:
    seller = db.session.get_one(Seller, statement.seller_id)
    subject = f"settlement:{seller.code}/{statement.number}"
    token = settlement.link_token(seller, statement.number, services().links)
    return render_template(
        "committee/settlement_one.html",
        **settlements.facts_of(statement),
        form=form or PaidForm(),
        wrong_photo=wrong_photo,
        account=settlement.holder_of(seller.id),
        link=services().settings.public_url + url_for("settlements.show", token=token),
        trail=db.session.scalars(audit.about(subject)).all(),
        words=WORDS,
        others=settlement.of_seller(seller.id),
        may_act=may_act(),
    )
