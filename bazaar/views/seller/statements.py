"""Statements of a seller's own accounts."""

from flask.typing import ResponseReturnValue

from bazaar import sellers
from bazaar.audit import Actor
from bazaar.views import navigation, statement_pages
from bazaar.views.statement_pages import Desk


def index(token: str) -> ResponseReturnValue:
    return statement_pages.index(_desk(token))


def upload(token: str) -> ResponseReturnValue:
    return statement_pages.upload(_desk(token))


def show(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.show(_desk(token), import_id)


def status(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.status(_desk(token), import_id)


def map_columns(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.map_columns(_desk(token), import_id)


def confirm(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.confirm(_desk(token), import_id)


def try_again(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.try_again(_desk(token), import_id)


def undo(token: str, import_id: int) -> ResponseReturnValue:
    return statement_pages.undo(_desk(token), import_id)


def adopt(token: str, import_id: int, number: int) -> ResponseReturnValue:
    return statement_pages.adopt(_desk(token), import_id, number)


def _desk(token: str) -> Desk:
    seller = sellers.get_by_link(token)
    return Desk(
        "seller",
        Actor(f"seller:{seller.id}", seller.name),
        seller.id,
        {"token": token},
        {"seller": seller, "token": token, "seller_nav": navigation.seller_nav(token)},
    )
