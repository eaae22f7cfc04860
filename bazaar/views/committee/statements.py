"""Statements of any account, for the treasurer."""

from flask import g
from flask.typing import ResponseReturnValue

from bazaar import accounts
from bazaar.views import statement_pages
from bazaar.views.statement_pages import Desk


def index() -> ResponseReturnValue:
    return statement_pages.index(_desk())


def upload() -> ResponseReturnValue:
    return statement_pages.upload(_desk())


def show(import_id: int) -> ResponseReturnValue:
    return statement_pages.show(_desk(), import_id)


def status(import_id: int) -> ResponseReturnValue:
    return statement_pages.status(_desk(), import_id)


def map_columns(import_id: int) -> ResponseReturnValue:
    return statement_pages.map_columns(_desk(), import_id)


def confirm(import_id: int) -> ResponseReturnValue:
    return statement_pages.confirm(_desk(), import_id)


def try_again(import_id: int) -> ResponseReturnValue:
    return statement_pages.try_again(_desk(), import_id)


def undo(import_id: int) -> ResponseReturnValue:
    return statement_pages.undo(_desk(), import_id)


def adopt(import_id: int, number: int) -> ResponseReturnValue:
    return statement_pages.adopt(_desk(), import_id, number)


def _desk() -> Desk:
    return Desk("committee", accounts.actor(g.person))
