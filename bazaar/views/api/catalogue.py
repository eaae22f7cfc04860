"""What is on offer and what is on air, for programs."""

from datetime import datetime
from typing import Any

from flask import Response, url_for
from pydantic import ValidationError

from bazaar import broadcast, catalog, photos, sellers, times
from bazaar.models import Product, Seller, Turn
from bazaar.partners import Scope
from bazaar.views.api.bodies import ProductsQuery, StallsQuery
from bazaar.views.api.reading import page_facts, query_as, told
from bazaar.web import problems, services
from bazaar.web.formats import current_edition
from bazaar.web.programs import partner_for


def state() -> Response:
    partner_for(Scope.CATALOGUE_READ)
    edition = current_edition()
    channels = broadcast.now_and_next(edition, now=times.now()) if edition else []
    return told(
        {
            "edition": edition.name if edition else None,
            "channels": [
                {
                    "number": each.channel.number,
                    "name": each.channel.name,
                    "watch_url": each.channel.youtube_url,
                    "changing": each.changing,
                    "held": each.held,
                    "on_air": _turn(each.on_air, each.seller, ends_at=each.ends_at),
                    "next": _turn(each.next, each.next_seller, starts_at=each.next_at),
                }
                for each in channels
            ],
        }
    )


def stalls() -> Response:
    partner_for(Scope.CATALOGUE_READ)
    try:
        asked = query_as(StallsQuery)
    except ValidationError as error:
        return problems.wrong(error)
    query = catalog.stalls(current_edition(), search=asked.q, cluster=asked.cluster)
    rows, facts = page_facts(query, asked.page, asked.per_page)
    return told({"items": [_stall(seller) for seller in rows], **facts})


def stall(slug: str) -> Response:
    partner_for(Scope.CATALOGUE_READ)
    return told(_stall(sellers.get_by_slug(slug)))


def products() -> Response:
    partner_for(Scope.CATALOGUE_READ)
    try:
        asked = query_as(ProductsQuery)
    except ValidationError as error:
        return problems.wrong(error)
    rows, facts = page_facts(
        catalog.on_offer(search=asked.q, stall=asked.stall), asked.page, asked.per_page
    )
    return told({"items": [_product(product) for product in rows], **facts})


def product(code: str) -> Response:
    partner_for(Scope.CATALOGUE_READ)
    return told(_product(catalog.get_product(code)))


def _turn(
    turn: Turn | None,
    seller: Seller | None,
    *,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> dict[str, Any] | None:
    """Tell a turn as it is expected, by the plan where nothing else is known."""
    if turn is None:
        return None
    seller = seller or turn.seller
    starts_at = starts_at or turn.starts_at
    return {
        "stall": seller.slug,
        "name": seller.name,
        "starts_at": starts_at,
        "ends_at": ends_at or starts_at + (turn.ends_at - turn.starts_at),
        "url": _page("buyer.catalog.stall", slug=seller.slug),
    }


def _stall(seller: Seller) -> dict[str, Any]:
    return {
        "slug": seller.slug,
        "name": seller.name,
        "cluster": seller.cluster,
        "district": seller.district,
        "village": seller.village,
        "story": seller.story,
        "url": _page("buyer.catalog.stall", slug=seller.slug),
    }


def _product(product: Product) -> dict[str, Any]:
    photo = product.photo
    return {
        "product": product.claim_code,
        "name": product.name,
        "description": product.description,
        "price_idr": product.price_idr,
        "weight_g": product.weight_g,
        "stock": product.stock,
        "most_per_order": product.most_per_order,
        "photo": _page("photos.show", name=photo, size=photos.SIZES[-1]) if photo else None,
        "stall": product.seller.slug,
        "url": _page("buyer.catalog.product", claim_code=product.claim_code),
    }


def _page(endpoint: str, **facts: Any) -> str:
    return f"{services().settings.public_url}{url_for(endpoint, **facts)}"
