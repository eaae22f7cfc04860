"""Messages of courier providers: proved, kept, answered; worked on by the clock."""

import json
from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue

from bazaar import courier_inbox, times
from bazaar.errors import NotFound
from bazaar.web import services


def biteship() -> ResponseReturnValue:
    return _take("biteship")


def kiriminaja() -> ResponseReturnValue:
    return _take("kiriminaja")


def _take(provider: str) -> Response:
    courier = services().couriers.get(provider)
    if courier is None:
        raise NotFound
    sent = request.get_data()
    body = _read(sent)
    if not sent.strip() or courier.is_probe(body):
        return _answer(HTTPStatus.OK)
    headers = dict(request.headers)
    if not courier.proves(headers):
        return _answer(HTTPStatus.UNAUTHORIZED)
    if not isinstance(body, dict):
        return _answer(HTTPStatus.BAD_REQUEST)
    try:
        notices = courier.read_webhook(body)
        courier_inbox.store(provider, notices, headers=headers, now=times.now())
    except RecursionError:  # hundreds of brackets inside each other
        return _answer(HTTPStatus.BAD_REQUEST)
    return _answer(HTTPStatus.OK)


def _read(sent: bytes) -> object:
    """Return the JSON sent; text that is none is what no provider sends: a string."""
    try:
        return json.loads(sent)
    except (ValueError, RecursionError):
        return "?"


def _answer(status: HTTPStatus) -> Response:
    return Response(f"{status.phrase}\n", status, mimetype="text/plain")
