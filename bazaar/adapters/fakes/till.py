"""What the pretended payment gateways share: faults on demand, notifications, doors for trying out.

The doors are `POST /_fake/<door>` with values in the query or a form; `GET /` is a page with them.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import httpx
from flask import Flask, Response, jsonify, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import run_simple

View = Callable[..., ResponseReturnValue]
Body = dict[str, Any]
Values = Mapping[str, str]

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
<title>{{ name }}</title><h1>{{ name }}</h1><p>{{ unsent }} notifications to send to {{ url }}
<form method="post" action="/_fake/notify"><button>Send them</button></form>
{% for row in rows %}<h2>{{ row.reference }}</h2><p>Rp{{ row.amount }}, {{ row.status }}</p>
<p><textarea rows="4" cols="60" readonly>{{ row.payload }}</textarea></p>
{% for door in ("pay", "expire", "refund-bank-confirm") %}
<form method="post" action="/_fake/{{ door }}"><input type="hidden" name="page" value="1">
<input type="hidden" name="reference" value="{{ row.reference }}"><button>{{ door }}</button></form>
{% endfor %}{% else %}<p>No charge yet.</p>{% endfor %}"""


@dataclass
class Message:
    """A notification and how often it was sent."""

    body: Body
    sent: int = 0


@dataclass
class Fault:
    """What the next call gets instead of its answer; `done`: after it was done.

    `method`: the next call of this method, empty: any. Status 0 is silence: the answer comes after `Till.slow_s`.
    """

    status: int
    done: bool
    method: str = ""


@dataclass
class Till:
    """One pretended gateway's stage. `whims` are quirks that are switched on."""

    name: str
    is_keyed: Callable[[], bool]
    refusal: Callable[[], ResponseReturnValue]
    headers_for: Callable[[Values], dict[str, str]]
    retries_after: Callable[[int], int]
    altered: Callable[[Body, Values], Body] = lambda body, _: body
    notify_url: str = ""
    auto: bool = False
    slow_s: float = 1.0
    delay_s: float = 0.0
    whims: set[str] = field(default_factory=set)
    faults: deque[Fault] = field(default_factory=deque)
    unsent: list[Message] = field(default_factory=list)
    again: list[Message] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def tell(self, body: Body) -> None:
        """Queue a notification; in `auto` send it from a thread of its own."""
        if not self.auto:
            self.unsent.append(Message(body))
            return
        threading.Thread(target=self._send, args=([Message(body)], {}), daemon=True).start()

    def served(self, view: View) -> View:
        """Return the view behind the key, with the faults and delays that are due."""

        @wraps(view)
        def served(**path: Any) -> ResponseReturnValue:
            self.calls.append(f"{request.method} {request.path}")
            if not self.is_keyed():
                return self.refusal()
            fault = self._due()
            if fault is not None and not fault.done:
                return self._broken(fault)
            answer = view(**path)
            time.sleep(self.delay_s)
            return answer if fault is None else self._broken(fault)

        return served

    def notify(self, given: Values) -> list[int]:
        """Send what is unsent; return the statuses answered.

        `dup`: so often each; `order=reverse`: the newest first; `drop`: throw away instead.
        What else is given goes to the gateway's own ways of forging.
        """
        messages, self.unsent = self.unsent, []
        if given.get("drop"):
            return []
        if given.get("order") == "reverse":
            messages.reverse()
        return self._send(
            [message for message in messages for _ in range(int(given.get("dup", 1)))], given
        )

    def retry(self, _: Values) -> list[int]:
        """Let the gateway's plan of retries come to its next time."""
        messages, self.again = self.again, []
        return self._send(messages, {})

    def fail_next(self, given: Values) -> None:
        """Let the next `times` calls (of `method`) get `status`, with `done` after they were done."""
        status, method = int(given.get("status", 503)), given.get("method", "")
        fault = Fault(status, bool(given.get("done")), method)
        self.faults.extend([fault] * int(given.get("times", 1)))

    def set(self, given: Values) -> None:
        """Set `notify_url`, `delay` and `slow` (seconds), whims `on` and `off` (with commas)."""
        self.notify_url = given.get("notify_url", self.notify_url)
        self.delay_s = float(given.get("delay", self.delay_s))
        self.slow_s = float(given.get("slow", self.slow_s))
        self.whims |= set(filter(None, given.get("on", "").split(",")))
        self.whims -= set(given.get("off", "").split(","))

    def _due(self) -> Fault | None:
        if self.faults and self.faults[0].method in {"", request.method}:
            return self.faults.popleft()
        return None

    def _broken(self, fault: Fault) -> Response:
        if fault.status == 0:
            time.sleep(self.slow_s)
        answer = jsonify({"error": "pretended fault"})
        answer.status_code = fault.status or 500
        return answer

    def _send(self, messages: Iterable[Message], given: Values) -> list[int]:
        statuses = []
        for message in messages:
            answer = httpx.post(
                self.notify_url,
                content=json.dumps(self.altered(message.body, given)),
                headers={"content-type": "application/json", **self.headers_for(given)},
                timeout=10,
                trust_env=False,
            )
            message.sent += 1
            statuses.append(answer.status_code)
            if message.sent <= self.retries_after(answer.status_code):
                self.again.append(message)
        self.answers += statuses
        return statuses


def open_doors(
    app: Flask,
    till: Till,
    doors: Mapping[str, Callable[[Values], Any]],
    listed: Callable[[], list[Body]],
) -> None:
    """Add the doors for trying out, and the page."""
    known = {
        **doors,
        "notify": till.notify,
        "retry": till.retry,
        "fail-next": till.fail_next,
        "set": till.set,
    }

    @app.post("/_fake/<door>")
    def _door(door: str) -> ResponseReturnValue:
        given = request.values.to_dict()
        done = known[door](given)
        return redirect("/") if "page" in given else jsonify({"done": done})

    @app.get("/")
    def _page() -> str:
        return render_template_string(
            PAGE, name=till.name, unsent=len(till.unsent), url=till.notify_url, rows=listed()
        )


def serve(app: Flask, port: int, *, notify_url: str, tell: Callable[[str], object]) -> None:
    """Answer on 127.0.0.1 until Ctrl-C; notifications go out by themselves."""
    till: Till = app.extensions["fake"].till
    till.notify_url, till.auto = notify_url, True
    tell(f"{till.name}, pretended: http://127.0.0.1:{port}/ (pay and expire there)")
    run_simple("127.0.0.1", port, app, threaded=True)


def emv(fields: Iterable[tuple[str, str]]) -> str:
    """Return data objects as EMV writes them, in this order."""
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in fields)
