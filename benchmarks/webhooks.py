"""How fast couriers' messages are answered while 100 come every second.

    python -m benchmarks.webhooks [--rate 100] [--seconds 20] [--booked 50]

One gunicorn process serves the demo's evening on SQLite (WAL, synchronous=FULL) with its clock
running, so that what comes is also worked on meanwhile. Messages are sent at fixed moments,
whether or not earlier ones were answered; half are of booked parcels, half of nobody's orders.
Prints the median, p95 and the longest wait from the moment a message was due, and how much of
the news was worked on at the end.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import sqlalchemy as sa

from bazaar import times
from bazaar.db import db, reading, transaction
from bazaar.models import Booking, BookingStatus, CourierEvent, Parcel
from benchmarks import evening

SECRET = "only-for-measuring-0123456789"
SENDERS = 16
WARM_UP_S = 3
STATUSES = ("allocated", "picking_up", "picked", "in_transit", "dropping_off")
GUNICORN = """
import sys
from pathlib import Path
from benchmarks import evening
from bazaar.serving import OneProcess
OneProcess(evening.open_app(Path(sys.argv[1])), sys.argv[2], clock=True).run()
"""
SETTINGS = {
    "BAZAAR_MODE": "demo",
    "BAZAAR_BITESHIP_URL": "http://127.0.0.1:9",
    "BAZAAR_BITESHIP_KEY": "nobody-listens",
    "BAZAAR_BITESHIP_WEBHOOK_SECRETS": SECRET,
    "BAZAAR_PICKUP_NAME": "Panitia",
    "BAZAAR_PICKUP_PHONE": "+6281200000001",
    "BAZAAR_PICKUP_STREET": "Jl. Sudarman 1",
    "BAZAAR_PICKUP_VILLAGE": "35.09.21.1002",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--rate", type=int, default=100)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--booked", type=int, default=50)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        app = evening.build(folder)
        with app.app_context(), transaction():
            booked = _book(asked.booked)
        evening.close(app)
        count = (asked.seconds + WARM_UP_S) * asked.rate
        waits = _measure(folder, _messages(count, booked), asked.rate)
        waits = sorted(waits[WARM_UP_S * asked.rate :])
        p95 = waits[int(len(waits) * 0.95)]
        print(f"{len(waits)} messages at {asked.rate}/s")
        print(
            f"median {statistics.median(waits):6.1f} ms   p95 {p95:6.1f} ms   longest {waits[-1]:6.1f} ms"
        )
        _print_results(folder)


def _book(count: int) -> list[str]:
    parcels = db.session.scalars(sa.select(Parcel).order_by(Parcel.id).limit(count)).all()
    taken = set(db.session.scalars(sa.select(Booking.parcel_id)))
    ids = []
    for parcel in parcels:
        if parcel.id in taken:
            continue
        ids.append(f"order-{parcel.id}")
        booking = Booking(
            parcel_id=parcel.id,
            key=f"{parcel.code}-1",
            provider="biteship",
            provider_order_id=ids[-1],
            status=BookingStatus.OPEN,
            made_by="Rina",
            made_at=times.now(),
        )
        db.session.add(booking)
    return ids


def _messages(count: int, booked: list[str]) -> list[bytes]:
    return [
        json.dumps(
            {
                "event": "order.status",
                "order_id": booked[number % len(booked)] if number % 2 else f"nobody-{number}",
                "status": STATUSES[number // 2 % len(STATUSES)],
                "updated_at": f"2026-03-01T12:{number // 60 % 60:02}:{number % 60:02}.{number:06}",
                "courier_waybill_id": "",
                "courier_driver_name": "Slamet",
                "courier_link": "https://track.example/abc",
                "order_price": 18_000,
            }
        ).encode()
        for number in range(count)
    ]


def _measure(folder: Path, messages: list[bytes], rate: int) -> list[float]:
    """Send the messages at their moments; return in milliseconds how long each waited."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-c", GUNICORN, str(folder), f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL,
        env=os.environ | SETTINGS,
    )
    try:
        _wait_for(port)
        return _send(port, messages, rate)
    finally:
        server.terminate()
        server.wait()


def _send(port: int, messages: list[bytes], rate: int) -> list[float]:
    waits = [0.0] * len(messages)
    began = time.perf_counter() + 0.5

    def send(first: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        headers = {"Content-Type": "application/json", "X-Bazaar-Secret": SECRET}
        for number in range(first, len(messages), SENDERS):
            due = began + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            connection.request("POST", "/webhook/biteship", messages[number], headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"a message was answered {answer.status}")
            waits[number] = (time.perf_counter() - due) * 1000

    threads = [threading.Thread(target=send, args=(first,)) for first in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/wilayah?q=jember")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not start")


def _print_results(folder: Path) -> None:
    app = evening.open_app(folder)
    with app.app_context(), reading():
        query = sa.select(CourierEvent.result, sa.func.count()).group_by(CourierEvent.result)
        counts = dict(db.session.execute(query).all())
    print("  ".join(f"{result or 'waiting'}: {count}" for result, count in counts.items()))


if __name__ == "__main__":
    main()
