"""Messages of payment gateways: proved, kept, answered; worked on by the clock.

Gateways repeat by what they are answered. 200: we have it, also if we had it before or cannot
place it. 403: it is not theirs. 503, by the guard, when it could not be kept: send it again.
"""

from http import HTTPStatus

from flask import Response, request
from flask.typing import ResponseReturnValue

from bazaar import gateways, times
from bazaar.errors import NotFound
from bazaar.ports import NotGenuine, UnreadableNotification
from bazaar.web import services


def midtrans() -> ResponseReturnValue:
    return _take("midtrans")


def xendit() -> ResponseReturnValue:
    return _take("xendit")


def _take(provider: str) -> Response:
    gateway = services().gateways.get(provider)
    if gateway is None:
        raise NotFound
    headers, body = dict(request.headers), request.get_data()
    try:
        notice = gateway.read_notification(headers, body)
    except NotGenuine:
        return _answer(HTTPStatus.FORBIDDEN)
    except (UnreadableNotification, RecursionError):
        return _answer(HTTPStatus.BAD_REQUEST)
    gateways.store(provider, notice, body, headers=headers, now=times.now())
    return _answer(HTTPStatus.OK)


def _answer(status: HTTPStatus) -> Response:
    return Response(f"{status.phrase}\n", status, mimetype="text/plain")
