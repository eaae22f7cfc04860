"""Biteship pretended: the same paths, bodies, codes and whims, without couriers or money.

    flask --app "bazaar.adapters.fakes.biteship:make" run --port 9101

then BAZAAR_BITESHIP_URL=http://127.0.0.1:9101 and BAZAAR_BITESHIP_KEY=biteship_test.fake.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from bazaar.adapters.fakes.serving import Stage, control

KEY = "biteship_test.fake"
AREAS = (
    ("IDNP11IDNC148IDND836IDNZ68121", "Sumbersari", "Jember", 68121),
    ("IDNP11IDNC148IDND837IDNZ68131", "Kaliwates", "Jember", 68131),
    ("IDNP11IDNC201IDND101IDNZ60281", "Gubeng", "Surabaya", 60281),
)
PRICES = {
    ("jne", "reg"): (18_000, "Reguler", "2 - 3", True),
    ("jne", "yes"): (32_000, "YES", "1", True),
    ("jnt", "ez"): (16_000, "EZ", "2 - 4", False),
    ("sicepat", "reg"): (17_000, "Reguler", "2 - 3", True),
}
"""Price of the first kilogram, name, days, whether the waybill number is there at once."""

MAY_CANCEL = {"confirmed", "scheduled", "allocated", "picking_up"}
View = Callable[..., ResponseReturnValue]


def make() -> Flask:
    """Return the application; its orders live in memory."""
    app = Flask("fake_biteship")
    fake = _Biteship()
    app.extensions["fake"] = fake
    app.get("/v1/maps/areas")(_keyed(_areas))
    app.post("/v1/rates/couriers")(_keyed(_rates))
    app.post("/v1/orders")(_keyed(fake.order))
    app.get("/v1/orders/<order_id>")(_keyed(fake.show))
    app.post("/v1/orders/<order_id>/cancel")(_keyed(fake.cancel))
    app.get("/v1/trackings/<tracking_id>")(_keyed(fake.track))
    control(app, fake.stage, {"advance": fake.advance, "price": fake.price})
    return app


def _keyed(view: View) -> View:
    @wraps(view)
    def keyed(**path: Any) -> ResponseReturnValue:
        if request.headers.get("authorization") != KEY:
            return _refused(401, 40101001, "Authorization failed")
        return view(**path)

    return keyed


def _refused(status: int, code: int, error: str, **details: str) -> ResponseReturnValue:
    body: dict[str, Any] = {"success": False, "error": error, "code": code}
    return jsonify(body | ({"details": details} if details else {})), status


def _areas() -> ResponseReturnValue:
    words = request.args.get("input", "").lower()
    found = [
        {
            "id": area_id,
            "name": f"{district}, {city}",
            "country_code": "ID",
            "administrative_division_level_2_name": city,
            "administrative_division_level_3_name": district,
            "postal_code": postal_code,
        }
        for area_id, district, city, postal_code in AREAS
        if district.lower() in words
    ]
    return jsonify({"success": True, "areas": found})


def _rates() -> ResponseReturnValue:
    asked = request.get_json()
    if not (asked.get("origin_area_id") or asked.get("origin_postal_code")):
        return _refused(400, 40001001, "Origin is invalid")
    if not (asked.get("destination_area_id") or asked.get("destination_postal_code")):
        return _refused(400, 40001002, "Destination is invalid")
    kg = -(-sum(item["weight"] * item["quantity"] for item in asked["items"]) // 1000)
    pricing = [
        {
            "courier_code": courier.upper() if courier == "jne" else courier,
            "courier_name": courier.upper(),
            "courier_service_code": service.upper() if service == "reg" else service,
            "courier_service_name": name,
            "available_collection_method": ["pickup"],
            "shipment_duration_range": days,
            "shipment_duration_unit": "days",
            "price": price * kg,
            "type": service,
        }
        for (courier, service), (price, name, days, _) in PRICES.items()
        if courier in asked["couriers"].split(",")
    ]
    if not pricing:
        return _refused(400, 40001010, "No courier available for the requested location")
    return jsonify({"success": True, "object": "courier_pricing", "pricing": pricing})


class _Biteship:
    """The orders, and what happens to them."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.orders: dict[str, dict[str, Any]] = {}

    def order(self) -> ResponseReturnValue:
        sent = request.get_json()
        self.stage.calls.append(f"order {sent['reference_id']}")
        wrong = _wrong_order(sent)
        if wrong is not None:
            return wrong
        for order in self.orders.values():
            if order["reference_id"] == sent["reference_id"]:
                details = {
                    "order_id": order["id"],
                    "waybill_id": order["courier"]["waybill_id"] or "",
                    "reference_id": order["reference_id"],
                }
                return _refused(400, 40002060, "Reference ID was used", **details)
        order = self._new(sent)
        if (fault := self.stage.failed()) is not None:
            return fault
        return jsonify(order)

    def show(self, order_id: str) -> ResponseReturnValue:
        if order_id not in self.orders:
            return _refused(404, 40002041, "Order not found")
        return jsonify(self.orders[order_id])

    def cancel(self, order_id: str) -> ResponseReturnValue:
        order = self.orders.get(order_id)
        if order is None:
            return _refused(404, 40002041, "Order not found")
        if order["status"] not in MAY_CANCEL:
            return _refused(400, 40002060 + 1, "Order can not be cancelled")
        self._step(order, "cancelled", "")
        if (fault := self.stage.failed()) is not None:
            return fault
        return jsonify({"success": True, "object": "order", "id": order_id, "status": "cancelled"})

    def track(self, tracking_id: str) -> ResponseReturnValue:
        for order in self.orders.values():
            if order["courier"]["tracking_id"] == tracking_id:
                answer = {"success": True, "messsage": "Successfully get tracking info"}
                return jsonify(answer | {"history": order["courier"]["history"]})
        return _refused(404, 40003001, "Tracking not found")

    def advance(self, given: dict[str, Any]) -> str:
        """Let an order (`order_id` or `reference_id`) come into `status`; queue the message.

        `without_updated_at`, `camel_case`: how the message is written.
        """
        order = self._find(given)
        if not order["courier"]["waybill_id"]:
            order["courier"]["waybill_id"] = _waybill(order["id"])
            self._queue(order, "order.waybill_id", {})
        self._step(order, given["status"], given.get("note", ""), given)
        return str(order["id"])

    def price(self, given: dict[str, Any]) -> str:
        """Let the weighed parcel cost another price (`price`)."""
        order = self._find(given)
        extra = {"price": given["price"], "shippment_fee": given["price"]}
        self._queue(order, "order.price", extra)
        return str(order["id"])

    def _find(self, given: dict[str, Any]) -> dict[str, Any]:
        return next(
            order
            for order in self.orders.values()
            if given.get("order_id", order["id"]) == order["id"]
            and given.get("reference_id", order["reference_id"]) == order["reference_id"]
        )

    def _new(self, sent: dict[str, Any]) -> dict[str, Any]:
        number = len(self.orders) + 1
        order_id = f"5dd599eb{number:016x}"
        service = (sent["courier_company"], sent["courier_type"])
        price, _, _, at_once = PRICES[service]
        order: dict[str, Any] = {
            "success": True,
            "object": "order",
            "id": order_id,
            "reference_id": sent["reference_id"],
            "price": price,
            "status": "",
            "courier": {
                "tracking_id": f"6de509eb{number:016x}",
                "waybill_id": _waybill(order_id) if at_once else None,
                "company": sent["courier_company"],
                "type": sent["courier_type"],
                "driver_name": None,
                "link": None,
                "routing_code": None,
                "history": [],
            },
            "sent": sent,
        }
        self.orders[order_id] = order
        self._step(order, "confirmed", "Courier order is confirmed")
        self.stage.unsent.pop()  # of the creation itself nothing is told
        return order

    def _step(
        self, order: dict[str, Any], status: str, note: str, how: dict[str, Any] | None = None
    ) -> None:
        at = self.stage.tick().isoformat()
        order["status"] = status
        order["courier"]["history"].append({"status": status, "note": note, "updated_at": at})
        how = how or {}
        said = _camel(status) if how.get("camel_case") else status
        extra = {} if how.get("without_updated_at") else {"updated_at": at}
        self._queue(order, "order.status", {"status": said, **extra})

    def _queue(self, order: dict[str, Any], event: str, extra: dict[str, Any]) -> None:
        courier = order["courier"]
        self.stage.unsent.append(
            {
                "event": event,
                "order_id": order["id"],
                "status": order["status"],
                "courier_tracking_id": courier["tracking_id"],
                "courier_waybill_id": courier["waybill_id"],
                "courier_company": courier["company"],
                "courier_type": courier["type"],
                "courier_driver_name": "Slamet",
                "courier_driver_phone": "08123000111",
                "courier_link": f"https://track.example/{order['id']}",
                "order_price": order["price"],
                **extra,
            }
        )


def _wrong_order(sent: dict[str, Any]) -> ResponseReturnValue | None:
    needed = {
        "origin_contact_name": 40002016,
        "origin_contact_phone": 40002017,
        "origin_address": 40002018,
        "destination_contact_name": 40002014,
        "destination_contact_phone": 40002015,
        "destination_address": 40002012,
        "delivery_type": 40002005,
        "items": 40002004,
    }
    for name, code in needed.items():
        if not sent.get(name):
            return _refused(400, code, f"{name} is required")
    for which in ("origin", "destination"):
        postal_code = sent.get(f"{which}_postal_code")
        if not isinstance(postal_code, int) and not sent.get(f"{which}_area_id"):
            return _refused(400, 40002020, f"{which} postal code is invalid")
    if (sent.get("courier_company"), sent.get("courier_type")) not in PRICES:
        return _refused(400, 40002004, "Courier type is missing")
    return None


def _waybill(order_id: str) -> str:
    return f"WYB{int(order_id[8:], 16):09}"


def _camel(status: str) -> str:
    first, *others = status.split("_")
    return first + "".join(word.title() for word in others)
