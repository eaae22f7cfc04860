"""The sellers as the committee knows them: list, one of them, their link, their products."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, payments, regions, sellers, stalls, times
from bazaar.models import Role, Seller
from bazaar.rules.clusters import CLUSTERS
from bazaar.rules.hours import write_hours
from bazaar.views.forms.stall import ProductForm, SellerForm, keep_photo
from bazaar.views.photos import folder
from bazaar.web import page_of, see_other, services


def index() -> ResponseReturnValue:
    text, cluster = request.args.get("q", "")[:80], request.args.get("klaster", "")[:40]
    page = page_of(sellers.search(text, cluster))
    edition = editions.find_current()
    return render_template(
        "committee/sellers.html",
        page=page,
        offers=sellers.offers([seller.id for seller in page.items]),
        payable=payments.with_sticker([seller.id for seller in page.items]),
        taking_part=sellers.participants(edition) if edition else set(),
        clusters=CLUSTERS,
        cluster=cluster,
        searched=bool(text or cluster),
        may_change=_may_change(),
    )


def show(code: str) -> ResponseReturnValue:
    return _seller_page(sellers.get_by_code(code))


def show_link(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    token = sellers.show_link(
        seller, services().links, actor=accounts.actor(g.person), now=times.now()
    )
    return _seller_page(seller, token)


def issue_link(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    sellers.issue_link(seller, services().links, actor=accounts.actor(g.person), now=times.now())
    flash(_("Tautan lama sudah mati. Kirimkan tautan baru kepada penjual."), "success")
    return see_other(url_for("committee.sellers.show", code=code, _anchor="tautan"))


def edit(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    return _edit_page(seller, _seller_form(seller))


def change(code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    form = _seller_form(seller, request.form)
    if not form.validate():
        return _edit_page(seller, form), HTTPStatus.UNPROCESSABLE_ENTITY
    actor, now = accounts.actor(g.person), times.now()
    sellers.change(
        seller,
        form.facts(),
        active=form.active.data,
        hours=form.hours.value,
        actor=actor,
        now=now,
    )
    flash(_("Data %(name)s disimpan.", name=seller.name), "success")
    if form.qris.value:
        sticker = payments.enrol(seller.id, form.qris.value.payload, actor=actor, now=now)
        if sticker.approved_at is None:
            flash(
                _(
                    "QRIS yang baru belum dipakai: orang kedua dari panitia menyetujuinya dulu di "
                    "halaman rekening. Sampai itu yang lama tetap dipakai."
                ),
                "warning",
            )
    return see_other(url_for("committee.sellers.show", code=code))


def product(code: str, claim_code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    found = stalls.get_product(seller.id, claim_code)
    return render_template(
        "committee/product.html", seller=seller, product=found, form=ProductForm.about(found)
    )


def change_product(code: str, claim_code: str) -> ResponseReturnValue:
    seller = sellers.get_by_code(code)
    found = stalls.get_product(seller.id, claim_code, to_change=True)
    form = ProductForm.about(found, request.form)
    fits = form.validate()
    photo, wrong_photo = keep_photo(folder(), needed=False)
    if not fits or wrong_photo:
        page = render_template(
            "committee/product.html",
            seller=seller,
            product=found,
            form=form,
            wrong_photo=wrong_photo,
        )
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    actor, now = accounts.actor(g.person), times.now()
    stalls.change(found, form.facts(), form.stock.value, actor=actor, now=now)
    if photo:
        stalls.set_photo(found, photo, actor=actor, now=now)
    flash(_("%(name)s disimpan.", name=found.name), "success")
    return see_other(url_for("committee.sellers.show", code=code, _anchor="produk"))


def _seller_page(seller: Seller, token: str = "") -> str:
    link = ""
    if token:
        path = url_for("seller.turns.home", token=token)
        link = services().settings.public_url.rstrip("/") + path
    return render_template(
        "committee/seller.html",
        seller=seller,
        hours=write_hours(sellers.hours_of([seller.id]).get(seller.id, ())),
        products=stalls.products(seller.id),
        account=payments.find_account(seller.id),
        link=link,
        may_change=_may_change(),
    )


def _edit_page(seller: Seller, form: SellerForm) -> str:
    return render_template("committee/seller_edit.html", seller=seller, form=form)


def _seller_form(seller: Seller, sent: object = None) -> SellerForm:
    edition = editions.find_current()
    districts = regions.districts(edition.regency_code) if edition else ()
    hours = sellers.hours_of([seller.id]).get(seller.id, ())
    return SellerForm.about(seller, hours, districts, sent)


def _may_change() -> bool:
    return bool(g.person.roles & {Role.REGISTRAR, Role.ADMIN})
