"""KiriminAja pretended: the same paths, bodies and whims, without couriers or money.

    flask --app "bazaar.adapters.fakes.kiriminaja:make" run --port 9102

then BAZAAR_KIRIMINAJA_URL=http://127.0.0.1:9102 and BAZAAR_KIRIMINAJA_KEY=kj_fake.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from bazaar.adapters.fakes.serving import Stage, control

KEY = "kj_fake"
VILLAGES = (
    (11, 101, "Sumbersari, Sumbersari, Kabupaten Jember, Jawa Timur, 68121"),
    (11, 102, "Kebonsari, Sumbersari, Kabupaten Jember, Jawa Timur, 68122"),
    (12, 121, "Kaliwates, Kaliwates, Kabupaten Jember, Jawa Timur, 68131"),
    (31, 301, "Gubeng, Gubeng, Kota Surabaya, Jawa Timur, 60281"),
    (31, 302, "Airlangga, Gubeng, Kota Surabaya, Jawa Timur, 60286"),
)
SERVICES = (
    ("jne", "REG23", "JNE Express Reguler", 12_000, "2-3"),
    ("jnt", "EZ", "J&T EZ", 11_000, "2-4"),
)
WAYS = {
    "processed": ("processed_packages", "date"),
    "shipped": ("shipped_packages", "shipped_at"),
    "canceled": ("canceled_packages", "canceled_at"),
    "finished": ("finished_packages", "finished_at"),
    "returning": ("returned_packages", ""),
    "returned": ("returned_packages", "returned_at"),
    "rejected": ("rejected_packages", "rejected_at"),
    "validated": ("validated_packages", ""),
}
"""What an order can be told to do → the method of the message and its field of time."""

CODES = {
    "processed": 101,
    "shipped": 106,
    "canceled": 302,
    "finished": 200,
    "returning": 401,
    "returned": 400,
}
"""What tracking says then."""

View = Callable[..., ResponseReturnValue]


def make() -> Flask:
    """Return the application; its orders live in memory."""
    app = Flask("fake_kiriminaja")
    fake = _KiriminAja()
    app.extensions["fake"] = fake
    app.get("/api/mitra/kelurahan_by_name")(_keyed(fake.search))
    app.post("/api/mitra/v6.1/shipping_price")(_keyed(_rates))
    app.post("/api/mitra/v2/schedules")(_keyed(_schedules))
    app.post("/api/mitra/v6.1/request_pickup")(_keyed(fake.order))
    app.post("/api/mitra/tracking")(_keyed(fake.track))
    app.post("/api/mitra/v3/cancel_shipment")(_keyed(fake.cancel))
    control(app, fake.stage, {"advance": fake.advance, "together": fake.together})
    return app


def _keyed(view: View) -> View:
    @wraps(view)
    def keyed(**path: Any) -> ResponseReturnValue:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return jsonify({"status": False, "text": "Unauthenticated"}), 401
        return view(**path)

    return keyed


def _no(text: str, **more: Any) -> ResponseReturnValue:
    """Refuse as they do: under HTTP 200."""
    return jsonify({"status": False, "text": text, **more})


def _rates() -> ResponseReturnValue:
    asked = request.get_json()
    kg = -(-int(asked["weight"]) // 1000)
    results = [
        {
            "service": service,
            "service_type": kind,
            "service_name": name,
            "cost": str(price * kg),
            "etd": days,
            "drop": True,
            "setting": {"cod_fee": "0.03", "minimum_cod_fee": "2500"},
        }
        for service, kind, name, price, days in SERVICES
        if service in asked["courier"]
    ]
    return jsonify({"status": True, "text": "Success", "results": results})


def _schedules() -> ResponseReturnValue:
    closed = {"clock": "2026-03-01 14:00:00", "until": "16:00", "libur": True}
    opened = {"clock": "2026-03-02 14:00:00", "until": "16:00", "libur": False}
    return jsonify({"status": True, "schedules": [closed, opened]})


class _KiriminAja:
    """The orders, and what happens to them."""

    def __init__(self) -> None:
        self.stage = Stage()
        self.orders: dict[str, dict[str, Any]] = {}
        self.duplicates = 0

    def search(self) -> ResponseReturnValue:
        self.stage.calls.append("search")
        if self.stage.how == "429" and (fault := self.stage.failed()) is not None:
            return fault
        words = request.args["search"].lower().split()
        found = [
            {"district_id": district, "subdistrict_id": village, "full_address": address}
            for district, village, address in VILLAGES
            if all(word in address.lower() for word in words)
        ]
        return jsonify({"status": True, "data": found})

    def order(self) -> ResponseReturnValue:
        sent = request.get_json()
        package = sent["packages"][0]
        order_id = package["order_id"]
        self.stage.calls.append(f"order {order_id}")
        wrong = _wrong_order(sent, package)
        if wrong:
            return _no(wrong, code=422)
        self.duplicates += order_id in self.orders
        self.orders[order_id] = {
            "order_id": order_id,
            "kj_order_id": f"KJ{len(self.orders) + 1:06}",
            "awb": None,
            "number": f"KJAWB{len(self.orders) + 1:07}",
            "doing": "",
            "shipped_at": "",
            "at": "",
            "sent": sent,
        }
        if (fault := self.stage.failed()) is not None:
            return fault
        detail = {key: self.orders[order_id][key] for key in ("order_id", "kj_order_id", "awb")}
        return jsonify(
            {
                "status": True,
                "text": "Request pickup berhasil",
                "method": "request_pickup",
                "payment_status": "paid",
                "qr_url": None,
                "details": [detail],
                "pickup_number": "XID-7850941654",
            }
        )

    def track(self) -> ResponseReturnValue:
        asked = request.get_json()["order_id"]
        self.stage.calls.append(f"track {asked}")
        order = next((o for o in self.orders.values() if asked in {o["order_id"], o["awb"]}), None)
        if order is None:
            return _no("Data tidak ditemukan")
        doing = order["doing"]
        row = {"created_at": order["at"], "status": doing or "Menunggu", "status_code": 100}
        details = {
            "awb": order["awb"],
            "order_id": order["order_id"],
            "shipped_at": order["shipped_at"],
            "delivered": doing == "finished",
            "delivered_at": order["at"] if doing == "finished" else "",
            "refunded": doing == "returned",
            "refunded_at": order["at"] if doing == "returned" else "",
            "costs": {"shipping_cost": 12_000},
        }
        code = CODES.get(doing, 100)
        text = {"status": True, "text": "Tracking", "method": "shTracking", "status_code": code}
        return jsonify(text | {"details": details, "histories": [row] if doing else []})

    def cancel(self) -> ResponseReturnValue:
        asked = request.get_json()
        order = next((o for o in self.orders.values() if o["awb"] == asked["awb"]), None)
        if order is None or order["doing"] not in {"", "processed"}:
            return _no("Paket tidak dapat dibatalkan")
        return jsonify({"status": True, "text": "Diproses", "data": {"success": "pending"}})

    def advance(self, given: dict[str, Any]) -> str:
        """Let an order (`order_id`) do something of `WAYS`; queue the message."""
        self.stage.unsent.append(self._message(given))
        return str(given["order_id"])

    def together(self, given: dict[str, Any]) -> int:
        """Join the unsent messages of one method, with `unknown` packages nobody knows, into one."""
        bodies = list(self.stage.unsent)
        strangers = [{"order_id": f"XX{n}", "awb": f"XXAWB{n:06}"} for n in range(given["unknown"])]
        rows = [row for body in bodies for row in body["data"]]
        self.stage.unsent.clear()
        self.stage.unsent.append({**bodies[0], "data": [*strangers, *rows]})
        return len(strangers) + len(rows)

    def _message(self, given: dict[str, Any]) -> dict[str, Any]:
        order = self.orders[given["order_id"]]
        doing = given["do"]
        utc = self.stage.tick()
        order["awb"] = order["number"]
        order["doing"] = doing
        order["at"] = _wib(utc)
        if doing == "shipped":
            order["shipped_at"] = order["at"]
        method, field = WAYS[doing]
        row = {"order_id": order["order_id"], "awb": order["awb"], **given.get("more", {})}
        if field and not given.get("without_time"):
            row[field] = utc.strftime("%Y-%m-%d %H:%M:%S")
        if given.get("long"):
            row |= {"service": "jne", "service_name": "REG", "shipped_at": None}
        package = {"order_id": order["order_id"], "status": 105}
        return {"method": method, "data": [row], "packages": [package]}


def _wib(utc: datetime) -> str:
    return (utc + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")


def _wrong_order(sent: dict[str, Any], package: dict[str, Any]) -> str:
    name, phone = package["destination_name"], package["destination_phone"]
    checks = {
        "order_id": len(package["order_id"]) <= 20 and package["order_id"][:1].isalpha(),
        "destination_name": len(name) <= 50 and all(c.isalnum() or c == " " for c in name),
        "destination_phone": 9 <= len(phone) <= 13 and phone.isdecimal(),
        "destination_address": 10 <= len(package["destination_address"]) <= 255,
        "address": 10 <= len(sent["address"]) <= 200,
        "weight": package["weight"] >= 1,
        "item_value": package["item_value"] >= 1000,
        "note": len(package["note"]) <= 50,
        "zipcode": len(sent["zipcode"]) <= 5,
        "schedule": len(sent["schedule"]) == 19,
    }
    return ", ".join(f"{name} tidak valid" for name, right in checks.items() if not right)
