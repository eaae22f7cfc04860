"""What is on offer: the stalls, one stall, one product, and the way from a claim code to it."""

from urllib.parse import quote

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import broadcast, catalog, payments, sellers, times, waiting_lines
from bazaar.models import Product
from bazaar.rules.references import normalise_claim_code
from bazaar.tokens import new_key
from bazaar.views.forms.waiting import WaitForm
from bazaar.web import page_of, services
from bazaar.web.formats import current_edition
from bazaar.web.moments import render_shared

PER_PAGE = 24
MAX_SEARCH = 80


def stalls() -> ResponseReturnValue:
    search = _search()
    cluster = request.args.get("cluster", "")
    edition = current_edition()
    page = page_of(catalog.stalls(edition, search=search, cluster=cluster), per_page=PER_PAGE)
    return render_template(
        "buyer/stalls.html",
        page=page,
        search=search,
        cluster=cluster,
        clusters=catalog.clusters(edition),
        photos=catalog.show_pieces(seller.id for seller in page.items),
        products=catalog.find_products(search) if search and page.page == 1 else [],
        on_air=_on_air(),
    )


def search() -> ResponseReturnValue:
    asked = _search()
    code = normalise_claim_code(asked)
    if code and catalog.find_product(code):
        return redirect(url_for("buyer.catalog.product", claim_code=code, k=_basket()), 303)
    return redirect(url_for("buyer.catalog.stalls", q=asked or None, k=_basket()), 303)


def stall(slug: str) -> ResponseReturnValue:
    return render_shared(("stall", slug), "buyer/stall.html", lambda: _stall(slug))


def _stall(slug: str) -> dict[str, object]:
    now = times.now()
    seller = sellers.get_by_slug(slug)
    return {
        "seller": seller,
        "products": catalog.products_of(seller.id),
        "shown": broadcast.of_seller(seller.id, now=now),
        "takes_qris": payments.find_account(seller.id) is not None,
    }


def product(claim_code: str) -> ResponseReturnValue:
    found = catalog.find_product(claim_code)
    if found is None:
        return render_template("buyer/no_product.html", asked=claim_code[:20]), 404
    if found.claim_code != claim_code:
        address = url_for("buyer.catalog.product", claim_code=found.claim_code, k=_basket())
        return redirect(address, 302)
    return product_page(found, WaitForm(data={"key": new_key(), "quantity": 1}))


def product_page(found: Product, form: WaitForm) -> str:
    """Return the page of a product, with what was typed into the form of its waiting list."""
    link = f"{services().settings.public_url}/b/{found.claim_code}"
    return render_template(
        "buyer/product.html",
        product=found,
        form=form,
        waiting=0 if found.stock else waiting_lines.waiting_for(found.id),
        turn=broadcast.turn_on_air(found.seller_id, now=times.now()),
        others=[p for p in catalog.products_of(found.seller_id) if p.id != found.id][:6],
        link=link,
        share_url=f"https://wa.me/?text={quote(f'{found.name}: {link}', safe='')}",
    )


def _search() -> str:
    return " ".join(request.args.get("q", "")[:MAX_SEARCH].split())


def _basket() -> str | None:
    """Return the link of the basket in hand, which pages pass on where cookies are refused."""
    return request.args.get("k") or None


def _on_air() -> set[int]:
    edition = current_edition()
    return broadcast.sellers_on_air(edition, now=times.now()) if edition else set()
