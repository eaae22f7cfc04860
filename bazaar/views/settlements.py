"""A seller's statement behind its own link, for whoever holds it; pieces that all audiences share."""

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from bazaar import settlement, settlement_papers, times
from bazaar.db import db
from bazaar.models import Edition, Seller, SellerStatement
from bazaar.views import photos
from bazaar.web import page_among

PER_PAGE = 50


def show(token: str) -> ResponseReturnValue:
    statement = settlement.get_by_link(token)
    return render_template("settlement.html", token=token, **facts_of(statement))


def paper(token: str) -> Response:
    return paper_of(settlement.get_by_link(token))


def proof(token: str) -> ResponseReturnValue:
    return photos.of_money(settlement.get_by_link(token).proof)


def facts_of(statement: SellerStatement) -> dict[str, Any]:
    """What every page of a statement shows."""
    return {
        "statement": statement,
        "seller": db.session.get_one(Seller, statement.seller_id),
        "of_edition": db.session.get_one(Edition, statement.edition_id),
        "figures": settlement.figures_of(statement),
        "page": page_among(settlement.orders_on(statement), per_page=PER_PAGE),
        "mdr_idr": settlement.mdr_of(statement),
        "last": settlement.is_last(statement),
    }


def paper_of(statement: SellerStatement) -> Response:
    """Answer with a statement as a PDF, shown in the browser."""
    seller = db.session.get_one(Seller, statement.seller_id)
    edition = db.session.get_one(Edition, statement.edition_id)
    orders = settlement.orders_on(statement)
    file = settlement_papers.pdf(edition, seller, statement, orders, now=times.now())
    answer = Response(file, mimetype="application/pdf")
    name = f"perhitungan-{seller.code}-{statement.number}.pdf"
    answer.headers.set("Content-Disposition", "inline", filename=name)
    return answer
