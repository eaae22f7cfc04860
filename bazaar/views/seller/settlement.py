"""The seller's own statements."""

from flask import render_template
from flask.typing import ResponseReturnValue

from bazaar import sellers, settlement
from bazaar.views import navigation
from bazaar.web.services import services


def index(token: str) -> ResponseReturnValue:
    seller = sellers.get_by_link(token)
    links = services().links
    found = settlement.of_seller(seller.id)
    return render_template(
        "seller/settlement.html",
        seller=seller,
        token=token,
        seller_nav=navigation.seller_nav(token),
        statements=[(one, settlement.link_token(seller, one.number, links)) for one in found],
    )
