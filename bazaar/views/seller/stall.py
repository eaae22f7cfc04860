"""A seller's own stall: stock, what is on offer, photos, the story."""

from http import HTTPStatus

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import payments, sellers, stalls, times, waiting_lines
from bazaar.audit import Actor
from bazaar.models import Seller
from bazaar.views import navigation
from bazaar.views.forms.stall import StockForm, StoryForm, keep_photo
from bazaar.views.photos import folder
from bazaar.web import see_other


def show(token: str) -> ResponseReturnValue:
    return _page(sellers.get_by_link(token), token)


def change(token: str, claim_code: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    product = stalls.get_product(seller.id, claim_code, to_change=True)
    form = StockForm.about(product, request.form)
    if not form.validate():
        page = _page(seller, token, forms={product.id: form})
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    facts = {"active": form.active.data, **form.parcel_facts()}
    stalls.change(product, facts, form.stock.value, actor=_actor(seller), now=times.now())
    flash(_("%(name)s disimpan.", name=product.name), "success")
    return see_other(url_for("seller.stall.show", token=token, _anchor=product.claim_code))


def change_photo(token: str, claim_code: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    product = stalls.get_product(seller.id, claim_code)
    photo, wrong = keep_photo(folder(), needed=True)
    if photo is None:
        return _page(seller, token, wrong_photos={product.id: wrong}), (
            HTTPStatus.UNPROCESSABLE_ENTITY
        )
    stalls.set_photo(product, photo, actor=_actor(seller), now=times.now())
    flash(_("Foto %(name)s diganti.", name=product.name), "success")
    return see_other(url_for("seller.stall.show", token=token, _anchor=product.claim_code))


def change_story(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    form = StoryForm(request.form)
    if not form.validate():
        return _page(seller, token, story=form), HTTPStatus.UNPROCESSABLE_ENTITY
    stalls.set_story(seller, form.story.value, actor=_actor(seller), now=times.now())
    flash(_("Cerita lapak disimpan."), "success")
    return see_other(url_for("seller.stall.show", token=token))


def _page(
    seller: Seller,
    token: str,
    *,
    forms: dict[int, StockForm] | None = None,
    wrong_photos: dict[int, str] | None = None,
    story: StoryForm | None = None,
) -> str:
    products = stalls.products(seller.id)
    all_forms = {one.id: StockForm.about(one) for one in products} | (forms or {})
    return render_template(
        "seller/stall.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        products=products,
        account=payments.find_account(seller.id),
        waits=waiting_lines.of_seller(seller.id),
        forms=all_forms,
        wrong_photos=wrong_photos or {},
        story=story or StoryForm(data={"story": seller.story}),
    )


def _actor(seller: Seller) -> Actor:
    return Actor(f"seller:{seller.id}", seller.name)
