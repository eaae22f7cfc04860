"""What the pretended providers share: a control door, faults on demand, messages sent by HTTP."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import BaseWSGIServer, make_server

FIRST_MOMENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=10)
"""So much time passes between two steps of an order; nothing reads the real clock."""


@dataclass
class Stage:
    """What a pretended provider does next, and the messages it has not sent yet.

    `fail_next` calls that change something are done and then answered by `how`: `timeout` (after
    `slow_s`), `500` or `429`.
    """

    webhook_url: str = ""
    webhook_headers: dict[str, str] = field(default_factory=dict)
    fail_next: int = 0
    how: str = "timeout"
    slow_s: float = 1.0
    moment: datetime = FIRST_MOMENT
    calls: list[str] = field(default_factory=list)
    unsent: deque[dict[str, Any]] = field(default_factory=deque)

    def tick(self) -> datetime:
        """Let time pass and return it."""
        self.moment += STEP
        return self.moment

    def failed(self) -> Response | None:
        """Return the fault to answer with, if one is due."""
        if self.fail_next <= 0:
            return None
        self.fail_next -= 1
        if self.how == "timeout":
            time.sleep(self.slow_s)
        status = 429 if self.how == "429" else 500
        answer = jsonify({"success": False, "status": False, "error": "busy"})
        answer.status_code = status
        if status == 429:
            answer.headers["Retry-After"] = "30"
        return answer

    def deliver(self, wishes: Mapping[str, Any]) -> list[int]:
        """Send what is unsent and return the statuses answered.

        `times`: so often each; `reverse`: the newest first; `drop`: throw them away instead.
        """
        bodies = list(self.unsent)
        self.unsent.clear()
        if wishes.get("drop"):
            return []
        if wishes.get("reverse"):
            bodies.reverse()
        return [self.send(body) for body in bodies for _ in range(int(wishes.get("times", 1)))]

    def send(self, body: object) -> int:
        """Send one message as it is."""
        answer = httpx.post(
            self.webhook_url,
            content=json.dumps(body),
            headers={"content-type": "application/json", **self.webhook_headers},
            timeout=10,
            trust_env=False,
        )
        return answer.status_code


def control(app: Flask, stage: Stage, acts: Mapping[str, Callable[[dict[str, Any]], Any]]) -> None:
    """Add the control door `POST /_control`: {"act": {…}}, or {"set": {field of Stage: value}}."""

    @app.post("/_control")
    def _control() -> ResponseReturnValue:
        done: dict[str, Any] = {}
        for act, given in request.get_json().items():
            if act == "set":
                for name, value in given.items():
                    setattr(stage, name, value)
            elif act == "deliver":
                done[act] = stage.deliver(given)
            elif act == "send":
                done[act] = stage.send(given)
            else:
                done[act] = acts[act](given)
        return jsonify(done)


class Served:
    """A pretended provider behind a port of its own, for as long as the block lasts."""

    def __init__(self, app: Flask) -> None:
        self._server: BaseWSGIServer = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def control(self, **acts: Any) -> dict[str, Any]:
        """Open the control door."""
        answer = httpx.post(f"{self.url}/_control", json=acts, timeout=30, trust_env=False)
        answer.raise_for_status()
        done: dict[str, Any] = answer.json()
        return done
