"""Buyers over HTTP who do not let go: they ask with the same key until they are told something.

What they were told is the truth that the database is held against afterwards.
"""

import json
import random
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

import sqlalchemy as sa

from bazaar import inspection
from bazaar.db import db, reading
from bazaar.models import Checkout, Order, OrderStatus, Product
from bazaar.tokens import fingerprint

CREATED, SOLD_OUT, AWAY = 201, 409, 503
STILL_RUNNING = -409
"""A 409 that says when to come again."""
IN_VAIN_S = 120
VILLAGE = "35.09.21.1002"


@dataclass
class Told:
    """Answers of all buyers together: links by key, keys that were cancelled, and the rest."""

    codes: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    cancelled: set[str] = field(default_factory=set)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    last: float = 0.0
    gap_s: float = 0.0


class Buyers:
    """So many threads that order pieces of these products until `stop`."""

    def __init__(self, port: int, codes: list[str], *, count: int, seed: int) -> None:
        self.told = Told()
        self._port, self._codes = port, codes
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [
            threading.Thread(target=self._shop, args=(random.Random(seed + number),))
            for number in range(count)
        ]

    def start(self) -> None:
        self.told.last = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no new wishes; wait until everybody was told about the last one."""
        self._over.set()
        for thread in self._threads:
            thread.join(IN_VAIN_S)

    def so_far(self) -> dict[str, str]:
        """Return the links told until now, by key; buyers go on."""
        with self._lock:
            return dict(self.told.codes)

    def _shop(self, chance: random.Random) -> None:
        while not self._over.is_set():
            key = secrets.token_hex(8)
            status, body = self._insist("/api/v1/orders", key, self._wish(key, chance))
            with self._lock:
                if status == SOLD_OUT:
                    self.told.refused.add(key)
                    continue
                if status != CREATED:
                    self.told.wrong.append(f"{status}: {body}")
                    return
                self.told.codes[key] = body["code"]
            if chance.random() < 0.2:
                self._ask_again(key, body["code"], chance)

    def _ask_again(self, key: str, code: str, chance: random.Random) -> None:
        if chance.random() < 0.5:
            status, _ = self._insist(f"/api/v1/orders/{code}/cancel", key, None)
            if status == 200:
                with self._lock:
                    self.told.cancelled.add(key)

    def _wish(self, key: str, chance: random.Random) -> dict[str, Any]:
        return {
            "lines": [{"product": chance.choice(self._codes), "quantity": chance.randint(1, 2)}],
            "buyer": {
                "name": "Siti Aminah",
                "phone": f"+62812{chance.randrange(10**8):08}",
                "village_code": VILLAGE,
                "street": f"Jalan {key}",
            },
        }

    def _insist(self, path: str, key: str, wish: dict[str, Any] | None) -> tuple[int, Any]:
        deadline = time.monotonic() + IN_VAIN_S
        while time.monotonic() < deadline:
            try:
                status, body = self._ask(path, key, wish)
            except (OSError, HTTPException, ValueError):
                time.sleep(0.02)
                continue
            with self._lock:
                self.told.statuses[status] += 1
                if status > 0 and status != AWAY:
                    now = time.monotonic()
                    self.told.gap_s = max(self.told.gap_s, now - self.told.last)
                    self.told.last = now
            if status in {AWAY, STILL_RUNNING}:
                time.sleep(0.05)
                continue
            return status, body
        return 0, "nobody answered"

    def _ask(self, path: str, key: str, wish: dict[str, Any] | None) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            sent = json.dumps(wish) if wish is not None else None
            connection.request("POST", path, sent, headers)
            answer = connection.getresponse()
            body = json.loads(answer.read() or b"{}")
            running = answer.status == SOLD_OUT and answer.getheader("Retry-After")
            return STILL_RUNNING if running else answer.status, body
        finally:
            connection.close()


@dataclass
class Verdict:
    """What is wrong in the database by what buyers were told; all empty if nothing is."""

    lost: list[str]
    doubled: list[str]
    negative: int
    not_cancelled: list[str]
    differences: list[str]

    @property
    def sound(self) -> bool:
        return self == Verdict([], [], 0, [], [])


def missing_and_doubled(codes: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return keys whose order was told of and is not there, and keys with two orders."""
    with reading():
        rows = db.session.execute(
            sa.select(Checkout.street, Checkout.link_hash).join(
                Order, Order.checkout_id == Checkout.id
            )
        ).all()
    by_key = Counter(street.removeprefix("Jalan ") for street, _ in rows)
    links = {link for _, link in rows}
    return (
        [key for key, code in codes.items() if fingerprint(code) not in links],
        [key for key, count in by_key.items() if count > 1],
    )


def judge(told: Told) -> Verdict:
    """Hold the database against what buyers were told. Reads only the database and `told`."""
    with reading():
        rows = db.session.execute(
            sa.select(Checkout.street, Checkout.link_hash, Order.status).join(
                Order, Order.checkout_id == Checkout.id
            )
        ).all()
        negative = db.session.scalars(
            sa.select(sa.func.count()).select_from(Product).where(Product.stock < 0)
        ).one()
        differences = [str(each) for each in inspection.differences()]
    by_key = Counter(street.removeprefix("Jalan ") for street, _, _ in rows)
    links = {link for _, link, _ in rows}
    ended = {link for _, link, status in rows if status is OrderStatus.CANCELLED}
    return Verdict(
        lost=[key for key, code in told.codes.items() if fingerprint(code) not in links],
        doubled=[key for key, count in by_key.items() if count > 1],
        negative=negative,
        not_cancelled=[key for key in told.cancelled if fingerprint(told.codes[key]) not in ended],
        differences=differences,
    )
