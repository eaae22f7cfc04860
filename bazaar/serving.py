"""The server of `make run` and of small installations: one process with the clock inside."""

import socket
import threading
from urllib.parse import urlsplit

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from bazaar import regions, scheduler
from bazaar.clockwork import Clock

THREADS = 8
LAST_WORK_S = 3.0
"""So long the clock's work may take to end; gunicorn waits five seconds for the whole process."""
FIRST_SEARCH = "jember"
"""Asked once at start: the first search for an address reads all villages, for about a second."""


class AddressTaken(Exception):
    """Something else listens where this server should."""


class _Foreman(Arbiter):  # type: ignore[misc]  # gunicorn has no types
    """Stops when its terminal is closed; gunicorn's own would take that as "load anew"."""

    def handle_hup(self) -> None:
        self.handle_term()


class OneProcess(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with one worker that serves `app` and, unless `clock` is off, runs the clock."""

    def __init__(self, app: Flask, address: str, *, clock: bool = True) -> None:
        self._app = app
        self._address = address
        self._clock = clock
        self._running: Clock | None = None
        super().__init__()

    def load_config(self) -> None:
        """Few threads: SQLite has one writer, and one process holds a district's evening."""
        chosen = {
            "bind": self._address,
            "workers": 1,
            "worker_class": "gthread",
            "threads": THREADS,
            "graceful_timeout": 5,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._begin,
            "worker_exit": self._finish,
        }
        for name, value in chosen.items():
            self.cfg.set(name, value)

    def run(self) -> None:
        """Serve until told to stop."""
        _Foreman(self).run()

    def load(self) -> Flask:
        """Return the WSGI application."""
        return self._app

    def _begin(self, worker: ThreadWorker) -> None:
        """Start what runs beside requests; after the fork, because threads do not survive it."""
        threading.Thread(target=regions.search, args=(FIRST_SEARCH,), daemon=True).start()
        if self._clock:
            self._running = scheduler.start(self._app)

    def _finish(self, _foreman: object, _worker: object) -> None:
        """Give up the lead before the process ends, and begin no more work."""
        if self._running is not None:
            self._running.stop(LAST_WORK_S)


def serve(app: Flask, public_url: str) -> None:
    """Serve `app` where `public_url` says, until told to stop. Raises AddressTaken."""
    host, port = address_of(public_url)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressTaken(f"{host}:{port} is taken: {error.strerror}") from None
    OneProcess(app, f"{host}:{port}").run()


def address_of(public_url: str) -> tuple[str, int]:
    """Return host and port of an address such as `http://127.0.0.1:8000`."""
    parts = urlsplit(public_url)
    return parts.hostname or "127.0.0.1", parts.port or 8000
