"""KiriminAja: one API to many Indonesian couriers, by districts and villages of its own.

Source: KiriminAja's public documentation, its SDKs and its WordPress plugin. Business errors come
as `status: false` under HTTP 200; numbers come as text; the waybill number is null at first and
comes with the webhook `processed_packages`. What happens to an order id that is sent twice is
documented nowhere, so before anything is repeated tracking is asked whether it is there already.
Webhooks carry the API key as a bearer and speak of several packages at once; their times are UTC,
those of tracking WIB. The status numbers inside webhooks are always the same and mean nothing.
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any, Final

from bazaar.adapters.calling import Answer, Caller, Remembered, refuse, rows, texts
from bazaar.ports import (
    Booked,
    Consignment,
    CourierRate,
    CourierRefused,
    CourierSilent,
    Notice,
    Place,
    Shipment,
)
from bazaar.rules import courier_words as words
from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.rules.parcel_states import ParcelStatus

RATES_S: Final = 15 * 60
COURIERS: Final = ("jne", "jnt", "sicepat", "anteraja", "posindonesia", "tiki", "lion", "sap")
LEAST_VALUE_IDR: Final = 1_000
PARCEL_TYPE: Final = 7
PLATFORM: Final = "Pasar Virtual"
TIMES: Final = {
    "processed_packages": "date",
    "shipped_packages": "shipped_at",
    "canceled_packages": "canceled_at",
    "finished_packages": "finished_at",
    "returned_packages": "returned_at",
    "return_finished_packages": "date",
    "rejected_packages": "rejected_at",
}
"""Where a webhook says when it happened."""


class KiriminAja:
    """A Courier that is KiriminAja. Webhooks may also show `old_keys`, while a key is changed."""

    name = "kiriminaja"
    needs_area = True

    def __init__(
        self, url: str, key: str, *, old_keys: Sequence[str] = (), patience_s: float = 20.0
    ) -> None:
        headers = {"authorization": f"Bearer {key}", "accept": "application/json"}
        self._caller = Caller(url, headers, patience_s=patience_s)
        self._proofs = [f"Bearer {known}".encode() for known in (key, *old_keys)]
        self._rates = Remembered(RATES_S)

    def find_area(self, place: Place) -> str:
        """Return `district:village` in its own numbers, or empty. Searches cost: keep the answer."""
        query = {"search": f"{place.village} {place.district}"}
        answer = self._caller.call("GET", "/api/mitra/kelurahan_by_name", params=query)
        named = [words.plain(text) for text in (place.village, place.district)]
        regency = words.plain(re.sub(r"^(Kabupaten|Kota)\s+", "", place.regency))
        for row in rows(_good(answer).get("data")):
            address = words.plain(row.get("full_address"))
            if all(f"_{name}_" in f"_{address}_" for name in (*named, regency)):
                return f"{words.clean(row.get('district_id'), 20)}:{words.clean(row.get('subdistrict_id'), 20)}"
        return ""

    def rates(self, shipment: Shipment, *, timeout_s: float) -> Sequence[CourierRate]:
        """Return what couriers ask, cheapest first; asked again for 15 minutes."""
        asked = _question(shipment)
        key = repr(asked)
        kept: list[CourierRate] | None = self._rates.find(key)
        if kept is not None:
            return kept
        answer = self._caller.call(
            "POST", "/api/mitra/v6.1/shipping_price", json=asked, patience_s=timeout_s
        )
        read = [_rate(row) for row in rows(_good(answer).get("results"))]
        found = sorted((rate for rate in read if rate), key=lambda rate: rate.price_idr)
        self._rates.keep(key, found)
        return found

    def book(self, shipment: Shipment) -> Booked:
        """Order a pick-up, or adopt the one that is there under our key."""
        sent = _package(shipment)
        if shipment.repeated and (known := self._find(shipment.key)):
            return replace(known, sent=sent)
        sent["schedule"] = self._schedule() if shipment.pickup else "2026-01-01 10:00:00"
        body = _good(self._caller.call("POST", "/api/mitra/v6.1/request_pickup", json=sent))
        detail = next(iter(rows(body.get("details"))), {})
        payment = words.clean(body.get("payment_status"), 20)
        number = words.clean(body.get("pickup_number"), 40)
        return Booked(
            shipment.key,
            tracking_id=words.clean(detail.get("kj_order_id"), 80),
            resi=words.clean(detail.get("awb"), 40),
            note="" if payment != "unpaid" else f"Pick-up {number} belum dibayar di KiriminAja.",
            sent=sent,
        )

    def cancel(self, order: Consignment, reason: str) -> bool:
        """Ask for it by waybill number; without one there is nothing to ask by yet."""
        if not order.resi:
            raise CourierSilent("nomor resi belum ada")
        asked = {"awb": order.resi, "reason": words.clean(reason, 200).ljust(5, ".")}
        body = _good(self._caller.call("POST", "/api/mitra/v3/cancel_shipment", json=asked))
        return words.clean(texts(body.get("data")).get("success"), 20).lower() in {
            "true",
            "success",
        }

    def track(self, order: Consignment) -> Sequence[Notice]:
        """Return the pick-up, if there was one, and where the parcel is now."""
        body = self._tracking(order.order_id)
        return [] if body is None else _news(order.order_id, body)

    def is_probe(self, body: object) -> bool:
        """Empty: what is sent when an address is entered."""
        return body is None

    def proves(self, headers: Mapping[str, str]) -> bool:
        """Say whether the bearer is the key, or one that was until lately."""
        shown = {name.lower(): value for name, value in headers.items()}.get("authorization", "")
        fits = [hmac.compare_digest(shown.encode(), proof) for proof in self._proofs]
        return any(fits)

    def read_webhook(self, body: Mapping[str, Any]) -> Sequence[Notice]:
        """Return the news of each package that is named."""
        method = words.plain(body.get("method"))
        return [
            Notice(order_id, {"method": method, "item": dict(row)}, _signal(method, row))
            for row in rows(body.get("data"))
            if (order_id := words.clean(row.get("order_id"), 80))
        ]

    def _find(self, key: str) -> Booked | None:
        body = self._tracking(key)
        if body is None:
            return None
        details = texts(body.get("details"))
        return Booked(
            key,
            resi=words.clean(details.get("awb"), 40),
            sorting_code=words.clean(details.get("sorting_code"), 40),
            price_idr=words.whole(texts(details.get("costs")).get("shipping_cost")),
        )

    def _tracking(self, order_id: str) -> Mapping[str, Any] | None:
        """Return what tracking says of our id; None if it knows no such order."""
        answer = self._caller.call("POST", "/api/mitra/tracking", json={"order_id": order_id})
        if answer.status in {401, 403}:
            raise refuse(answer.status, answer.body.get("text"))
        known = answer.status < 400 and answer.body.get("status") is True
        fits = words.clean(texts(answer.body.get("details")).get("order_id"), 80) == order_id
        return answer.body if known and fits else None

    def _schedule(self) -> str:
        """Return the first time at which they come. Raises CourierRefused when there is none."""
        body = _good(self._caller.call("POST", "/api/mitra/v2/schedules", json={}))
        for row in rows(body.get("schedules")):
            if not row.get("libur") and (clock := words.clean(row.get("clock"), 19)):
                return clock
        raise CourierRefused("tidak ada jadwal pick-up")


def _news(order_id: str, body: Mapping[str, Any]) -> list[Notice]:
    details = texts(body.get("details"))
    picked = words.clean(details.get("shipped_at"), 40)
    newest = next(iter(rows(body.get("histories"))), {})
    code = words.clean(body.get("status_code"), 10)
    at = words.clean(newest.get("created_at"), 40)
    if details.get("delivered") is True:
        code, at = "200", words.clean(details.get("delivered_at"), 40) or at
    elif details.get("refunded") is True:
        code, at = "400", words.clean(details.get("refunded_at"), 40) or at
    facts = {
        "awb": words.clean(details.get("awb"), 40),
        "sorting_code": words.clean(details.get("sorting_code"), 40),
    }
    told = [("103", picked, "")] if picked and code != "103" else []
    told.append((code, at, words.clean(newest.get("status") or body.get("text"), 200)))
    return [_polled(order_id, *row, facts) for row in told]


def _polled(order_id: str, code: str, at: str, note: str, facts: Mapping[str, str]) -> Notice:
    """Return what tracking says as news: the same body on every call, so it is taken once."""
    body = {"source": "poll", "order_id": order_id, "code": code, "at": at, "note": note, **facts}
    kind, state, why = words.kiriminaja_code(code)
    signal = Signal(
        kind,
        state,
        why,
        occurred_at=words.instant(at),
        resi=facts["awb"],
        sorting_code=facts["sorting_code"],
        note=note,
    )
    return Notice(order_id, body, signal)


def _signal(method: str, row: Mapping[str, Any]) -> Signal:
    at = words.instant(row.get(TIMES.get(method, "")), zone=UTC)
    back = words.instant(row.get("returned_at"), zone=UTC) is not None
    kind, state, code = words.kiriminaja_method(method, returned=back)
    if state is ParcelStatus.BOOKED and at is None:
        at = words.instant(row.get("created_at"), zone=UTC)
    corrected = kind is SignalKind.ATTRIBUTES
    return Signal(
        kind,
        state,
        code,
        occurred_at=at,
        resi=words.clean(row.get("awb"), 40),
        price_idr=words.whole(row.get("shipping_cost")) if corrected else None,
        sorting_code=words.clean(row.get("sorting_code"), 40),
        note=words.clean(row.get("reason"), 200),
    )


def _good(answer: Answer) -> Mapping[str, Any]:
    body = answer.body
    if answer.status < 400 and body.get("status") is not False:
        return body
    why = texts(body.get("results")).get("error") or body.get("text")
    # Too little balance or a wrong PIN are put right by a person, then the same request works.
    ours = words.whole(body.get("code")) in {4001, 4002} or "error" in texts(body.get("results"))
    status = 402 if ours else answer.status if answer.status >= 400 else 422
    raise refuse(status, why)


def _ids(place: Place) -> tuple[int, int]:
    district, _, village = place.area_id.partition(":")
    if not district.isdecimal() or not village.isdecimal():
        raise CourierRefused(f"alamat tidak dikenal: {place.village}, {place.district}")
    return int(district), int(village)


def _question(shipment: Shipment) -> dict[str, Any]:
    origin, from_village = _ids(shipment.origin)
    destination, to_village = _ids(shipment.destination)
    return {
        "origin": origin,
        "subdistrict_origin": from_village,
        "destination": destination,
        "subdistrict_destination": to_village,
        "weight": shipment.weight_g,
        **_box(shipment),
        "insurance": 0,
        "item_value": max(shipment.value_idr, LEAST_VALUE_IDR),
        "courier": list(COURIERS),
    }


def _box(shipment: Shipment) -> dict[str, int]:
    return {
        "length": max(shipment.length_cm, 1),
        "width": max(shipment.width_cm, 1),
        "height": max(shipment.height_cm, 1),
    }


def _package(shipment: Shipment) -> dict[str, Any]:
    """Return a pick-up request for one package, shortened and cleaned as they want it."""
    origin, destination = shipment.origin, shipment.destination
    district, village = _ids(destination)
    from_district, from_village = _ids(origin)
    contents = ", ".join(f"{goods.quantity} {goods.name}" for goods in shipment.goods)
    package = {
        "order_id": shipment.key[:20],
        "destination_name": _name(destination.name),
        "destination_phone": _phone(destination.phone),
        "destination_address": _address(destination, 255),
        "destination_kecamatan_id": district,
        "destination_kelurahan_id": village,
        "destination_zipcode": destination.postal_code[:5],
        "weight": max(shipment.weight_g, 1),
        **_box(shipment),
        "qty": sum(goods.quantity for goods in shipment.goods),
        "item_name": words.clean(contents, 255),
        "item_value": max(shipment.value_idr, LEAST_VALUE_IDR),
        "shipping_cost": shipment.price_idr or 0,
        "service": shipment.courier_code,
        "service_type": shipment.service_code,
        "insurance_amount": 0,
        "cod": 0,
        "package_type_id": PARCEL_TYPE,
        "drop": not shipment.pickup,
        "note": words.clean(destination.note, 50),
    }
    return {
        "address": _address(origin, 200),
        "name": _name(origin.name),
        "phone": _phone(origin.phone),
        "kecamatan_id": from_district,
        "kelurahan_id": from_village,
        "zipcode": origin.postal_code[:5],
        "platform_name": PLATFORM,
        "packages": [package],
    }


def _name(text: str) -> str:
    """Return a name as they take it: letters, digits and spaces, at most 50."""
    kept = "".join(c if c.isalnum() or c == " " else " " for c in text)
    return words.clean(kept, 50) or "Penerima"


def _phone(e164: str) -> str:
    """Return a number as they take it: 62…, no plus. Raises CourierRefused for foreign ones."""
    digits = e164.removeprefix("+")
    if not digits.startswith("62") or len(digits) not in range(9, 14):
        raise CourierRefused("nomor telepon tidak diterima")
    return digits


def _address(place: Place, length: int) -> str:
    return words.clean(place.line, length).ljust(10, ".")


def _rate(row: Mapping[str, Any]) -> CourierRate | None:
    price = words.whole(row.get("cost"))
    courier = words.clean(row.get("service"), 20).lower()
    service = words.clean(row.get("service_type"), 20)
    if price is None or not courier or not service:
        return None
    return CourierRate(
        "kiriminaja",
        courier,
        courier.upper(),
        service,
        words.clean(row.get("service_name"), 40) or service,
        price,
        words.clean(row.get("etd"), 12),
        drop_off=row.get("drop") is True,
    )
