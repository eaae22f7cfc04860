"""Biteship: one API to many Indonesian couriers.

Source: Biteship's public API documentation, and where that is silent or contradicts itself, what
its official samples and several open integrations do: the key goes raw into `authorization`
(no "Bearer"), orders are flat, postal codes are whole numbers, a repeated `reference_id` is refused
with code 40002060 and the id of the order that has it, which is then ours. Webhooks are not signed;
they carry a header whose name and value are set in Biteship's dashboard.
"""

import hmac
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from bazaar.adapters.calling import Answer, Caller, Remembered, refuse, rows, texts
from bazaar.ports import (
    Booked,
    Consignment,
    CourierRate,
    CourierSilent,
    Goods,
    Notice,
    Place,
    Shipment,
)
from bazaar.rules import courier_words as words
from bazaar.rules.parcel_signals import Signal, SignalKind

REPEATED: Final = 40002060
NO_RATE: Final = 40001010
RATES_S: Final = 15 * 60
CLOSED: Final = "cancelled"


class Biteship:
    """A Courier that is Biteship. `secrets` are the values of the webhooks' header believed now."""

    name = "biteship"
    needs_area = False

    def __init__(
        self,
        url: str,
        key: str,
        *,
        header: str,
        secrets: Sequence[str],
        couriers: str,
        patience_s: float = 20.0,
    ) -> None:
        self._caller = Caller(url, {"authorization": key}, patience_s=patience_s)
        self._header = header.lower()
        self._secrets = [secret.encode() for secret in secrets]
        self._couriers = couriers
        self._rates = Remembered(RATES_S)

    def find_area(self, place: Place) -> str:
        """Return the id of the area with the place's postal code and district, or empty."""
        text = f"{place.district} {place.regency}"
        query = {"countries": "ID", "input": text, "type": "single"}
        found = rows(_good(self._caller.call("GET", "/v1/maps/areas", params=query)).get("areas"))
        district = words.plain(place.district)
        for area in found:
            name = area.get("administrative_division_level_3_name")
            fits = words.clean(area.get("postal_code"), 12) == place.postal_code
            if fits and words.plain(name) == district:
                return words.clean(area.get("id"), 80)
        return ""

    def rates(self, shipment: Shipment, *, timeout_s: float) -> Sequence[CourierRate]:
        """Return what the configured couriers ask, cheapest first; asked again for 15 minutes."""
        asked = {
            **_place("origin", shipment.origin),
            **_place("destination", shipment.destination),
            "couriers": self._couriers,
            "items": _items(shipment),
        }
        key = repr(asked)
        kept: list[CourierRate] | None = self._rates.find(key)
        if kept is not None:
            return kept
        answer = self._caller.call("POST", "/v1/rates/couriers", json=asked, patience_s=timeout_s)
        if _code(answer.body) == NO_RATE:
            return []
        read = [_rate(row) for row in rows(_good(answer).get("pricing"))]
        found = sorted((rate for rate in read if rate), key=lambda rate: rate.price_idr)
        self._rates.keep(key, found)
        return found

    def book(self, shipment: Shipment) -> Booked:
        """Order it, or adopt the order that has our reference already."""
        sent = _order(shipment)
        answer = self._caller.call("POST", "/v1/orders", json=sent)
        if _code(answer.body) == REPEATED:
            order_id = words.clean(texts(answer.body.get("details")).get("order_id"), 80)
            answer = self._caller.call("GET", _path(order_id))
        return _booked(_good(answer), sent)

    def cancel(self, order: Consignment, reason: str) -> bool:
        """Call the order off; one that is off already stays so."""
        body = {"cancellation_reason_code": "others", "cancellation_reason": reason}
        answer = self._caller.call("POST", f"{_path(order.order_id)}/cancel", json=body)
        if answer.body.get("success") is not True:
            now = self._caller.call("GET", _path(order.order_id))
            if words.plain(now.body.get("status")) == CLOSED:
                return True
        return words.plain(_good(answer).get("status")) == CLOSED

    def track(self, order: Consignment) -> Sequence[Notice]:
        """Return the history, and what else the order says now."""
        now = _good(self._caller.call("GET", _path(order.order_id)))
        courier = texts(now.get("courier"))
        history = rows(courier.get("history"))
        tracking_id = order.tracking_id or words.clean(courier.get("tracking_id"), 80)
        if not history and tracking_id:
            told = _good(self._caller.call("GET", f"/v1/trackings/{quote(tracking_id, safe='')}"))
            history = rows(told.get("history"))
        last = words.plain(history[-1].get("status")) if history else ""
        if words.plain(now.get("status")) not in {"", last}:
            history = [*history, {"status": now["status"]}]
        resi = words.clean(courier.get("waybill_id"), 40)
        found = [_polled(order.order_id, "order.waybill_id", {}, resi)] if resi else []
        return found + [_polled(order.order_id, "order.status", row, "") for row in history]

    def is_probe(self, body: object) -> bool:
        """Empty, or without an order: what is sent when an address is entered."""
        return not body or (isinstance(body, dict) and not body.get("order_id"))

    def proves(self, headers: Mapping[str, str]) -> bool:
        """Say whether the header holds one of the values."""
        shown = {name.lower(): value for name, value in headers.items()}.get(self._header, "")
        fits = [hmac.compare_digest(shown.encode(), secret) for secret in self._secrets]
        return any(fits)

    def read_webhook(self, body: Mapping[str, Any]) -> Sequence[Notice]:
        """Return the one piece of news; flat bodies and the older nested ones."""
        return [Notice(words.clean(body.get("order_id"), 80), dict(body), _signal(body))]


def _signal(body: Mapping[str, Any]) -> Signal:
    event = words.clean(body.get("event"), 40).lower().replace("_", ".")
    courier = texts(body.get("courier"))
    kind, state, code = words.biteship(body.get("status"))
    price = None
    if event == "order.price":
        kind, state, code = SignalKind.ATTRIBUTES, None, ""
        price = words.whole(body.get("price"))
    elif event == "order.waybill.id":
        kind, state, code = SignalKind.ATTRIBUTES, None, ""
    elif event != "order.status":
        kind, state, code = SignalKind.UNKNOWN, None, event or code
    return Signal(
        kind,
        state,
        code,
        occurred_at=words.instant(body.get("updated_at")),
        resi=words.clean(body.get("courier_waybill_id") or courier.get("waybill_id"), 40),
        price_idr=price,
        driver=_driver(
            body.get("courier_driver_name") or courier.get("driver_name"),
            body.get("courier_driver_phone") or courier.get("driver_phone"),
        ),
        link=words.link(body.get("courier_link") or courier.get("link")),
        note=words.clean(body.get("note"), 200),
    )


def _polled(order_id: str, event: str, row: Mapping[str, Any], resi: str) -> Notice:
    """Return a row of a history as news: the same body on every call, so it is taken once."""
    body = {
        "source": "poll",
        "event": event,
        "order_id": order_id,
        "status": words.clean(row.get("status"), 40),
        "updated_at": words.clean(row.get("updated_at"), 40),
        "note": words.clean(row.get("note"), 200),
        "courier_waybill_id": resi,
    }
    return Notice(order_id, body, _signal(body))


def _driver(name: object, phone: object) -> str:
    return ", ".join(text for text in (words.clean(name, 80), words.clean(phone, 30)) if text)


def _path(order_id: str) -> str:
    return f"/v1/orders/{quote(order_id, safe='') or '-'}"


def _good(answer: Answer) -> Mapping[str, Any]:
    if answer.status < 400 and answer.body.get("success") is not False:
        return answer.body
    raise refuse(answer.status, answer.body.get("error") or answer.body.get("message"))


def _code(body: Mapping[str, Any]) -> int | None:
    return words.whole(body.get("code"))


def _place(which: str, place: Place) -> dict[str, Any]:
    if place.area_id:
        return {f"{which}_area_id": place.area_id}
    return {f"{which}_postal_code": words.whole(place.postal_code) or 0}


def _items(shipment: Shipment) -> list[dict[str, Any]]:
    """Return the goods; their weights are made to add up to the whole parcel's.

    Couriers charge for the box, and a box weighs more than its goods. The box's sizes go with the
    first line.
    """
    box = {
        "length": shipment.length_cm,
        "width": shipment.width_cm,
        "height": shipment.height_cm,
    }
    lines = [_item(goods) for goods in shipment.goods]
    rest = shipment.weight_g - sum(line["weight"] * line["quantity"] for line in lines)
    if rest > 0:
        lines[0]["weight"] += -(-rest // lines[0]["quantity"])
    if all(box.values()):
        lines[0] |= box
    return lines


def _item(goods: Goods) -> dict[str, Any]:
    return {
        "name": words.clean(goods.name, 120),
        "value": goods.value_idr,
        "quantity": goods.quantity,
        "weight": goods.weight_g,
    }


def _order(shipment: Shipment) -> dict[str, Any]:
    origin, destination = shipment.origin, shipment.destination
    return {
        **_contact("origin", origin),
        **_contact("destination", destination),
        "shipper_contact_name": origin.name,
        "shipper_contact_phone": _phone(origin.phone),
        "shipper_organization": origin.name,
        "origin_collection_method": "pickup" if shipment.pickup else "drop_off",
        "courier_company": shipment.courier_code,
        "courier_type": shipment.service_code,
        "delivery_type": "now",
        "order_note": destination.note,
        "reference_id": shipment.key,
        "items": _items(shipment),
    }


def _contact(which: str, place: Place) -> dict[str, Any]:
    postal_code = words.whole(place.postal_code)
    where = _place(which, place)
    if postal_code:
        where[f"{which}_postal_code"] = postal_code
    return {
        f"{which}_contact_name": place.name,
        f"{which}_contact_phone": _phone(place.phone),
        f"{which}_address": place.line,
        f"{which}_note": place.note,
        **where,
    }


def _phone(e164: str) -> str:
    """Return a number as Biteship's samples write it: 08…; foreign ones stay as they are."""
    return f"0{e164[3:]}" if e164.startswith("+62") else e164


def _rate(row: Mapping[str, Any]) -> CourierRate | None:
    price = words.whole(row.get("price"))
    courier = words.clean(row.get("courier_code") or row.get("company"), 20).lower()
    service = words.clean(row.get("courier_service_code") or row.get("type"), 20).lower()
    if price is None or not courier or not service:
        return None
    unit = "" if words.clean(row.get("shipment_duration_unit"), 10) in {"", "days"} else " jam"
    methods = row.get("available_collection_method")
    return CourierRate(
        "biteship",
        courier,
        words.clean(row.get("courier_name"), 40) or courier.upper(),
        service,
        words.clean(row.get("courier_service_name"), 40) or service.upper(),
        price,
        words.clean(row.get("shipment_duration_range"), 12).replace(" ", "") + unit,
        pickup=not isinstance(methods, list) or "pickup" in methods,
        drop_off=isinstance(methods, list) and "drop_off" in methods,
    )


def _booked(body: Mapping[str, Any], sent: Mapping[str, Any]) -> Booked:
    courier = texts(body.get("courier"))
    order_id = words.clean(body.get("id"), 80)
    if not order_id:
        raise CourierSilent("tanpa nomor pesanan")
    return Booked(
        order_id,
        tracking_id=words.clean(courier.get("tracking_id"), 80),
        resi=words.clean(courier.get("waybill_id"), 40),
        sorting_code=words.clean(courier.get("routing_code"), 40),
        price_idr=words.whole(body.get("price")),
        link=words.link(courier.get("link")),
        sent=sent,
    )
