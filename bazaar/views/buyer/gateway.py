"""Paying by a gateway's own code: choosing it on the order page, and its picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from bazaar import gateways, orders, times
from bazaar.models import AttemptState, GatewayAttempt, Order
from bazaar.rules import qr_pictures
from bazaar.web import see_other, services

KEPT_BY_THE_PHONE_S = 600


class Part(StrEnum):
    """What the order page shows of a gateway."""

    OFFER = "offer"
    MAKING = "making"
    OPEN = "open"
    AGAIN = "again"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Automatic:
    """What the order page shows for one order."""

    part: Part
    attempt: GatewayAttempt | None = None


def want(token: str, reference: str) -> ResponseReturnValue:
    order, now = orders.get_order(token, reference), times.now()
    provider = _provider()
    if provider is None:
        raise gateways.NoMoreAttempts
    gateways.want(order, provider, now=now, limit_idr=services().settings.qris_max_idr)
    return see_other(url_for("buyer.order.show", token=token, _anchor=reference))


def code(token: str, reference: str) -> Response:
    payload = gateways.open_code(orders.get_order(token, reference), now=times.now())
    response = Response(qr_pictures.draw(payload), mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = KEPT_BY_THE_PHONE_S
    if "simpan" in request.args:
        response.headers.set(
            "Content-Disposition", "attachment", filename=f"qris-otomatis-{reference}.png"
        )
    return response


def shown(placed: Sequence[Order]) -> dict[int, Automatic]:
    """Return what to show, by order id; nothing for orders that no gateway can be asked for."""
    now, limit_idr = times.now(), services().settings.qris_max_idr
    waiting = [o for o in placed if gateways.may_ask(o, now=now, limit_idr=limit_idr)]
    if not services().gateways or not waiting:
        return {}
    known = gateways.latest([order.id for order in waiting])
    is_well = _provider() is not None
    found = {order.id: _shown(known.get(order.id), is_well=is_well) for order in waiting}
    return {order_id: part for order_id, part in found.items() if part is not None}


def _shown(attempt: GatewayAttempt | None, *, is_well: bool) -> Automatic | None:
    if attempt is None:
        return Automatic(Part.OFFER) if is_well else None
    if attempt.state is AttemptState.WANTED:
        return Automatic(Part.MAKING, attempt)
    if attempt.state is AttemptState.OPEN and attempt.charge is not None:
        return Automatic(Part.OPEN, attempt)
    if attempt.state is AttemptState.PAID:
        return None
    left = gateways.MOST_ATTEMPTS - int(attempt.key.rpartition("-")[2])
    return Automatic(Part.AGAIN if is_well and left > 0 else Part.ILL, attempt)


def _provider() -> str | None:
    """Return the first gateway that answered lately, or None."""
    names = services().gateways
    return next((name for name in names if not gateways.is_ill(name, times.now())), None)
