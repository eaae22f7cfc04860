"""Server-sent events: who follows a channel is told within a second what changed on it.

One reader in the process asks the database once a second; the streams touch no database. News are
whole snapshots: a slow listener simply gets the newest. Only the process for streams has them
(`bazaar.create_live_app`); the ordinary one says so at once, and pages ask now and then instead.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from flask import Flask, Response, current_app, request, url_for

from bazaar.db import reading
from bazaar.errors import NotFound
from bazaar.web.services import services

log = structlog.get_logger()

EXTENSION = "bazaar.streams"

EVERY_S = 1.0
"""How often the reader asks."""

PROVEN_EVERY_S = 3.0
"""How often the reader asks which proofs still hold; whose does not is cut off."""

HEARTBEAT_S = 15.0
"""A stream without news says that it lives; a listener that is gone is noticed so."""

RETRY_MS = (2_000, 8_000)
"""So long a listener waits before it comes back: not all at once after a restart."""

COME_BACK_S = (5, 15)
"""After so many seconds somebody may ask again whether there is room."""

FREE = 0.2
"""This part of the connections is kept for everything that is not a stream."""

Key = tuple[str, int]
"""What is followed: for whom (`public`, `stage`, `room`), and the channel's number."""

Proof = tuple[str, str]
"""By what somebody may listen: a kind of proof, and which one of it."""


@dataclass(frozen=True, slots=True)
class Told:
    """The newest of one key: its mark, and the snapshot as one line of JSON."""

    mark: str
    data: str

    def event(self) -> bytes:
        """Return it as an event."""
        return f"id: {self.mark}\nevent: onair\ndata: {self.data}\n\n".encode()


News = Mapping[Key, Told]


class Streams:
    """All streams of this process.

    Inside `app`, `read` answers what there is to tell, and `standing` which of some proofs hold.
    """

    def __init__(
        self,
        app: Flask,
        read: Callable[[], News],
        *,
        connections: int,
        standing: Callable[[Collection[Proof]], Collection[Proof]],
    ) -> None:
        self.most = int(connections * (1 - FREE))
        self._app = app
        self._read = read
        self._standing = standing
        self._proofs: Counter[Proof] = Counter()
        self._lost: Collection[Proof] = frozenset()
        self._open = 0
        self._lock = threading.Lock()
        self._reader: threading.Thread | None = None
        self._now: tuple[News | None, threading.Event] = (None, threading.Event())
        self._ended = False

    @property
    def open(self) -> int:
        """How many streams run."""
        return self._open

    def follow(self, key: Key, proof: Proof | None = None) -> Response:
        """Answer with a stream of `key`, or 503 when there are as many as there may be.

        It ends within seconds when `proof`, which the caller has seen, does not hold any more.
        Raises NotFound when there is no such channel. Before the reader has read for the first
        time nobody knows; then the stream of an unknown one ends by itself.
        """
        news, _ = self._now
        if news is not None and key not in news:
            raise NotFound
        with self._lock:
            if self._open >= self.most:
                return no_room()
            self._open += 1
            if proof is not None:
                self._proofs[proof] += 1
            if self._reader is None or not self._reader.is_alive():
                self._reader = threading.Thread(target=self._keep_reading, daemon=True)
                self._reader.start()
        answer = Response(_Listener(self, key, proof), mimetype="text/event-stream")
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Accel-Buffering"] = "no"
        return answer

    def events(self, key: Key, proof: Proof | None = None) -> Iterator[bytes]:
        """Yield what a listener of `key` is sent, until the channel or its proof is gone."""
        yield f"retry: {random.randint(*RETRY_MS)}\n\n".encode()  # noqa: S311 (not a secret)
        seen = ""
        spoke = time.monotonic()
        while not self._ended:
            news, changed = self._now
            if proof in self._lost:
                return
            told = news.get(key) if news is not None else None
            if news is not None and told is None:
                return
            if told is not None and told.mark != seen:
                seen, spoke = told.mark, time.monotonic()
                yield told.event()
                continue
            left = spoke + HEARTBEAT_S - time.monotonic()
            if left <= 0:
                spoke = time.monotonic()
                yield b": hb\n\n"
            else:
                changed.wait(left)

    def publish(self, news: News) -> None:
        """Tell everybody who has not heard it yet."""
        known, changed = self._now
        if known is not None and _marks(known) == _marks(news):
            return
        self._now = (news, threading.Event())
        changed.set()

    def cut_off(self) -> None:
        """End the streams whose proof does not hold any more."""
        with self._lock:
            asked = frozenset(self._proofs)
        self._lost = asked.difference(self._standing(asked)) if asked else frozenset()
        if self._lost:
            news, changed = self._now
            self._now = (news, threading.Event())
            changed.set()

    def end(self) -> None:
        """End all streams."""
        self._ended = True
        self._now[1].set()

    def leave(self, proof: Proof | None) -> None:
        """Count a listener that is gone, and forget its proof with the last one that had it."""
        with self._lock:
            self._open -= 1
            if proof is not None:
                self._proofs[proof] -= 1
                if not self._proofs[proof]:
                    del self._proofs[proof]

    def _keep_reading(self) -> None:
        """Ask again and again while anybody listens. A database that is away is waited for."""
        proven = time.monotonic()
        while not self._ended:
            with self._lock:
                if not self._open:
                    self._reader = None
                    self._now = (None, threading.Event())
                    return
            try:
                with self._app.app_context(), reading():
                    news = self._read()
                    if time.monotonic() - proven >= PROVEN_EVERY_S:
                        self.cut_off()
                        proven = time.monotonic()
            except Exception as error:  # noqa: BLE001 (listeners keep the last; the next may do)
                log.warning("streams_wait", error=type(error).__name__)
            else:
                self.publish(news)
            time.sleep(EVERY_S)


class _Listener:
    """The body of one stream. Closed by the server when its listener is gone."""

    def __init__(self, streams: Streams, key: Key, proof: Proof | None) -> None:
        self._streams = streams
        self._proof = proof
        self._events = streams.events(key, proof)
        self._left = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._events)

    def close(self) -> None:
        """Make room for another one."""
        if not self._left:
            self._left = True
            self._streams.leave(self._proof)


def here() -> bool:
    """Say whether this process has streams."""
    return EXTENSION in current_app.extensions


def follow(key: Key, proof: Proof | None = None) -> Response:
    """Answer with a stream of `key` where this process has streams, else 503."""
    streams: Streams | None = current_app.extensions.get(EXTENSION)
    if streams is None or request.method != "GET":  # the body of HEAD is never closed
        return no_room()
    return streams.follow(key, proof)


def address(endpoint: str, **facts: str | int) -> str | None:
    """Return where a page can listen, or None where the installation has no process for streams."""
    return url_for(endpoint, **facts) if services().settings.streams else None  # type: ignore[arg-type]


def no_room() -> Response:
    """Return the answer that sends a listener away, to ask now and then instead."""
    answer = Response(
        "No stream here now.\n", HTTPStatus.SERVICE_UNAVAILABLE, mimetype="text/plain"
    )
    answer.headers["Retry-After"] = str(random.randint(*COME_BACK_S))  # noqa: S311 (not a secret)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _marks(news: News) -> dict[Key, str]:
    return {key: told.mark for key, told in news.items()}
