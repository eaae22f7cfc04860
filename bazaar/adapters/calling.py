"""JSON over HTTPS to one provider, with short waits; every way to fail is one of two.

Only the configured address is called: no redirects are followed, nothing that an answer holds is
fetched. Certificates are checked. Keys go into headers and into no message.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from bazaar.ports import CourierRefused, CourierSilent
from bazaar.rules.courier_words import clean

CONNECT_S = 5.0
PATIENCE_S = 20.0
REASON_LENGTH = 160
REFUSALS = frozenset({400, 404, 409, 422})
"""Statuses that the same request gets again: it is wrong. Others may change (key, balance, load)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered: the status and the JSON object."""

    status: int
    body: Mapping[str, Any]


class Caller:
    """Calls one provider. `patience_s` is how long an answer may take."""

    def __init__(
        self, url: str, headers: Mapping[str, str], *, patience_s: float = PATIENCE_S
    ) -> None:
        self._patience_s = patience_s
        self._client = httpx.Client(
            base_url=url, headers=dict(headers), follow_redirects=False, trust_env=False
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        patience_s: float | None = None,
    ) -> Answer:
        """Return the answer whatever its status below 500. Raises CourierSilent.

        No answer, one that is no JSON object, 5xx and 429 are silence: it is not known whether
        what was asked has been done.
        """
        wait = httpx.Timeout(patience_s or self._patience_s, connect=CONNECT_S)
        try:
            response = self._client.request(method, path, json=json, params=params, timeout=wait)
        except httpx.HTTPError as error:
            raise CourierSilent(type(error).__name__) from error
        try:
            body = response.json()
        except (ValueError, RecursionError) as error:
            raise CourierSilent(f"HTTP {response.status_code}") from error
        if response.status_code >= 500 or response.status_code == 429:
            raise CourierSilent(f"HTTP {response.status_code}")
        if not isinstance(body, dict):
            raise CourierSilent("jawaban tidak terbaca")
        return Answer(response.status_code, body)


def refuse(status: int, reason: object) -> Exception:
    """Return what to raise for an answer that is no success."""
    words = clean(reason, REASON_LENGTH) or f"HTTP {status}"
    return CourierRefused(words) if status in REFUSALS else CourierSilent(words)


def texts(value: object) -> Mapping[str, Any]:
    """Return a nested object of an answer; empty if there is none."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list of an answer; empty if there is none."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


@dataclass
class Remembered:
    """Answers kept for a while in this process, the oldest thrown away first."""

    seconds: float
    most: int = 500
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def find(self, key: str) -> Any:
        """Return what is kept under `key` and still fresh, else None."""
        until, value = self._kept.get(key, (0.0, None))
        return value if until > self.clock() else None

    def keep(self, key: str, value: Any) -> None:
        """Keep a value."""
        while len(self._kept) >= self.most:
            self._kept.pop(next(iter(self._kept)), None)
        self._kept[key] = (self.clock() + self.seconds, value)
