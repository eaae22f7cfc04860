"""JSON over HTTPS to one payment gateway: short waits, few repeats, and a pause when it is ill.

Only the configured address is called: no redirects are followed, and an address that an answer
holds is called only where it is the configured one. Certificates are checked. Keys go into headers
and into no message.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from bazaar.adapters.calling import Answer
from bazaar.ports import GatewaySilent

CONNECT_S: Final = 3.0
PATIENCE_S: Final = 10.0
PAUSE_S: Final = 0.2
"""Between two tries of a call that may be repeated."""

FAILURES: Final = 5
WINDOW_S: Final = 60.0


class Circuit:
    """Stops calls for a minute after `FAILURES` failures in a minute, then lets one try.

    It counts in this process only. `clock` gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened_at: float | None = None
        self._lock = threading.Lock()

    @property
    def is_closed(self) -> bool:
        """Whether calls go through; also once the pause is over."""
        opened_at = self._opened_at
        return opened_at is None or self._clock() - opened_at >= WINDOW_S

    def enter(self) -> None:
        """Let a call through, or raise GatewaySilent. After a pause one goes first."""
        with self._lock:
            if not self.is_closed:
                raise GatewaySilent("istirahat semenit setelah lima gangguan")
            if self._opened_at is not None:
                self._opened_at = self._clock()

    def note(self, *, well: bool) -> None:
        """Count how a call went. One that went well ends a pause."""
        with self._lock:
            if well:
                if self._opened_at is not None:
                    self._failures.clear()
                self._opened_at = None
                return
            now = self._clock()
            self._failures.append(now)
            if len(self._failures) == FAILURES and now - self._failures[0] < WINDOW_S:
                self._opened_at = now


class GatewayLine:
    """Calls one gateway. `key` is the user of its basic authentication, without a password."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        headers: Mapping[str, str] | None = None,
        patience_s: float = PATIENCE_S,
        connect_s: float = CONNECT_S,
    ) -> None:
        self.circuit = Circuit()
        self._origin = urlsplit(url)[:2]
        self._client = httpx.Client(
            base_url=url,
            auth=httpx.BasicAuth(key, ""),
            headers={"accept": "application/json", **(headers or {})},
            timeout=httpx.Timeout(patience_s, connect=connect_s),
            follow_redirects=False,
            trust_env=False,
        )

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        tries: int = 1,
    ) -> Answer:
        """Return the answer whatever its status below 500, asking `tries` times at most.

        Raises GatewaySilent: no answer, none that is a JSON object, 5xx and 429.
        """
        request = {"json": json, "params": params, "headers": headers}
        while True:
            tries -= 1
            self.circuit.enter()
            try:
                answer = _read(self._send(method, path, **request))
            except GatewaySilent:
                self.circuit.note(well=False)
                if tries < 1:
                    raise
                time.sleep(PAUSE_S)
            else:
                self.circuit.note(well=True)
                return answer

    def fetch(self, url: str) -> bytes:
        """Return what lies at an address of the gateway's own. Raises GatewaySilent."""
        if urlsplit(url)[:2] != self._origin:
            raise GatewaySilent("alamat gambar QR bukan milik gerbang pembayaran")
        response = self._send("GET", url)
        if response.status_code != httpx.codes.OK:
            raise GatewaySilent(f"HTTP {response.status_code}")
        return response.content

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **request)
        except httpx.HTTPError as error:
            raise GatewaySilent(type(error).__name__) from error


def _read(response: httpx.Response) -> Answer:
    status = response.status_code
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
        raise GatewaySilent(f"HTTP {status}")
    try:
        body = response.json()
    except (ValueError, RecursionError) as error:
        raise GatewaySilent(f"HTTP {status}") from error
    if not isinstance(body, dict):
        raise GatewaySilent("jawaban tidak terbaca")
    return Answer(status, body)
