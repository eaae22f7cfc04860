"""Zoom pretended: its REST paths, limits and signed webhooks, without anybody meeting.

Source: Zoom's reference of server-to-server OAuth, meetings, registrants, live streaming and
webhooks. Where that does not say, the stricter is chosen. Time is the fake's own (`moment`).

Door `POST /_control`: `start`, `arrive`, `admit`, `leave`, `end`, `validate`, `replay`, `fail`,
`expire`, `wait`, `webhook`. What happens is told at once, signed over the bytes that are sent.
"""

import hashlib
import hmac
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Final

import httpx
from flask import Flask, Response, jsonify, request

from bazaar.adapters.fakes.serving import FIRST_MOMENT

WRITES_A_DAY: Final = 100
"""So often meetings of one host may be made or changed, until midnight UTC."""
TOKEN_LASTS: Final = timedelta(hours=1)
ACTIONS: Final = {"end", "recover"}
EVENTS: Final = {
    "recording.start",
    "recording.stop",
    "recording.pause",
    "recording.resume",
    "participant.invite",
    "participant.invite.callout",
    "waiting_room.update",
}
"""All that can be asked of a running meeting: nobody is admitted, muted or shown by the API."""

Body = dict[str, Any]
View = Callable[..., Any]


@dataclass
class Refused(Exception):
    """What the service says no with. `code` is not dependable; the status is."""

    status: int
    code: int
    message: str
    headers: dict[str, str] = field(default_factory=dict)

    def answer(self) -> Response:
        """Return the body as Zoom writes it."""
        answer = jsonify(code=self.code, message=self.message)
        answer.status_code = self.status
        answer.headers.update(self.headers)
        return answer


@dataclass
class Meeting:
    """One meeting; `inside` and `waiting` hold who is where."""

    body: Body
    status: str = "waiting"
    registrants: list[Body] = field(default_factory=list)
    livestream: Body = field(default_factory=dict)
    is_streaming: bool = False
    waiting_text: Body = field(default_factory=dict)
    waiting: dict[str, Body] = field(default_factory=dict)
    inside: dict[str, Body] = field(default_factory=dict)


@dataclass
class Zoom:
    """One account. `webhook_url` is told what happens, signed with `secret`."""

    account: str = "acc-1"
    client: str = "client-1"
    client_secret: str = "client-fiktif"  # noqa: S105 - everybody may know it
    secret: str = "rahasia-webhook"  # noqa: S105
    webhook_url: str = ""
    moment: datetime = FIRST_MOMENT
    meetings: dict[str, Meeting] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
    writes: Counter[tuple[str, date]] = field(default_factory=Counter)
    faults: list[Body] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- at the door -----------------------------------------------------------------------

    def served(self, name: str) -> Callable[[View], View]:
        """Wrap a call: a token that lives, faults on demand, refusals as Zoom writes them."""

        def wrapped(view: View) -> View:
            @wraps(view)
            def answer(**path: str) -> Any:
                self.calls.append(name)
                try:
                    self._require_token()
                    lost = self._fault(name)
                    found = view(**path)
                    return found if lost is None else Refused(504, 300, "Gateway Timeout").answer()
                except Refused as refusal:
                    return refusal.answer()

            return answer

        return wrapped

    def token(self) -> Any:
        """Answer `POST /oauth/token` for account_credentials."""
        who = request.authorization
        wish = {**request.args, **request.form}
        if who is None or (who.username, who.password) != (self.client, self.client_secret):
            return jsonify(reason="Invalid client_id or client_secret", error="invalid_client"), 400
        if wish.get("grant_type") != "account_credentials":
            return jsonify(reason="unsupported grant type", error="unsupported_grant_type"), 400
        if wish.get("account_id") != self.account:
            return jsonify(reason="Bad Request", error="invalid_request"), 400
        made = f"zoom-{next(self.numbers)}"
        self.tokens[made] = self.moment + TOKEN_LASTS
        return jsonify(
            access_token=made,
            token_type="bearer",  # noqa: S106
            expires_in=3600,
            scope="",
            api_url=request.url_root.rstrip("/"),
        )

    def _require_token(self) -> None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(token, self.moment) <= self.moment:
            raise Refused(401, 124, "Access token is expired.")

    def _fault(self, name: str) -> Body | None:
        for fault in self.faults:
            if fault.get("call", name) == name:
                self.faults.remove(fault)
                if fault.get("lost"):
                    return fault
                status = int(fault["status"])
                headers = {"Retry-After": str(fault["after"])} if "after" in fault else {}
                raise Refused(status, status, "Injected", headers)
        return None

    def _write(self, host: str) -> None:
        """Count a change of a host's meetings; the limit is told until when, as a date."""
        day = self.moment.date()
        if self.writes[host, day] >= WRITES_A_DAY:
            midnight = f"{day + timedelta(days=1)}T00:00:00Z"
            text = "You have exceeded the daily rate limit of (100) for Meeting Create/Update API"
            headers = {"Retry-After": midnight, "X-RateLimit-Type": "Daily-limit"}
            raise Refused(429, 429, text, headers)
        self.writes[host, day] += 1

    # -- meetings --------------------------------------------------------------------------

    def create(self, user: str) -> Any:
        """Make a meeting of this host."""
        wish = request.get_json()
        if not wish.get("topic") or wish.get("type", 2) not in {1, 2, 3, 8, 10}:
            raise Refused(400, 300, "Validation Failed.")
        self._write(user)
        number = 93_000_000_000 + next(self.numbers)
        body = wish | {
            "id": number,
            "uuid": f"/uuid//{number}==",
            "host_id": f"host-{user}",
            "host_email": user,
            "status": "waiting",
            "created_at": _written(self.moment),
            "start_url": f"https://zoom.test/s/{number}?zak=rahasia",
            "join_url": f"https://zoom.test/j/{number}",
        }
        self.meetings[str(number)] = Meeting(body)
        return jsonify(body), 201

    def list(self, user: str) -> Any:
        """Answer a host's meetings, in short."""
        mine = [one.body for one in self.meetings.values() if one.body["host_email"] == user]
        told = [{name: one[name] for name in ("id", "uuid", "topic")} for one in mine]
        return jsonify(meetings=told, total_records=len(told))

    def show(self, id_: str) -> Any:
        """Answer a meeting."""
        meeting = self._get(id_)
        return jsonify(meeting.body | {"status": meeting.status})

    def change(self, id_: str) -> Any:
        """Change what is sent."""
        meeting = self._get(id_)
        self._write(meeting.body["host_email"])
        meeting.body |= request.get_json()
        return Response(status=204)

    def drop(self, id_: str) -> Any:
        """Delete a meeting."""
        self._get(id_)
        del self.meetings[id_]
        return Response(status=204)

    def set_status(self, id_: str) -> Any:
        """End a running meeting."""
        meeting, action = self._get(id_), request.get_json().get("action")
        if action not in ACTIONS:
            raise Refused(400, 300, "Invalid action.")
        if action == "end" and meeting.status != "started":
            raise Refused(400, 3001, "Meeting is not running.")
        if action == "end":
            self.end(id_)
        return Response(status=204)

    def register(self, id_: str) -> Any:
        """Give one person an entrance of its own; its id comes back in webhooks."""
        meeting, wish = self._get(id_), request.get_json()
        if meeting.body.get("settings", {}).get("approval_type", 2) == 2:
            raise Refused(400, 3043, "Registration has not been enabled for this meeting.")
        if not wish.get("first_name") or "@" not in wish.get("email", ""):
            raise Refused(400, 300, "Validation Failed.")
        known = [one for one in meeting.registrants if one["email"] == wish["email"]]
        if len(known) >= 3:
            raise Refused(429, 429, "You have exceeded the rate limit for this registrant.")
        id_of = known[0]["registrant_id"] if known else f"reg-{next(self.numbers)}"
        row = {
            "id": meeting.body["id"],
            "registrant_id": id_of,
            "join_url": f"{meeting.body['join_url']}?tk={id_of}",
            "topic": meeting.body["topic"],
            "email": wish["email"],
            "name": " ".join(filter(None, [wish["first_name"], wish.get("last_name", "")])),
        }
        meeting.registrants.append(row)
        return jsonify({name: row[name] for name in row if name not in {"email", "name"}}), 201

    def invite(self, id_: str) -> Any:
        """Give links that carry a name of ours, without registration."""
        meeting = self._get(id_)
        named = [one["name"] for one in request.get_json().get("attendees", [])]
        return jsonify(
            attendees=[
                {"name": name, "join_url": f"{meeting.body['join_url']}?nm={number}"}
                for number, name in enumerate(named)
            ]
        ), 201

    def livestream(self, id_: str) -> Any:
        """Keep where the meeting is to be streamed to, or answer it."""
        meeting = self._get(id_)
        if request.method == "GET":
            return jsonify(meeting.livestream)
        wish = request.get_json()
        if not all(wish.get(name) for name in ("stream_url", "stream_key", "page_url")):
            raise Refused(400, 300, "Validation Failed.")
        meeting.livestream = wish
        return Response(status=204)

    def stream_status(self, id_: str) -> Any:
        """Start or stop streaming a running meeting."""
        meeting, action = self._get(id_), request.get_json().get("action")
        if action not in {"start", "stop", "mode"}:
            raise Refused(400, 300, "Validation Failed.")
        if meeting.status != "started" or not meeting.livestream:
            raise Refused(400, 3001, "Meeting is not running or has no live stream.")
        meeting.is_streaming = action != "stop"
        word = "started" if action == "start" else "stopped"
        if action != "mode":
            key = {"custom_live_streaming_settings": meeting.livestream}
            self._tell(f"meeting.live_streaming_{word}", meeting, live_streaming=key)
        return Response(status=204)

    def events(self, id_: str) -> Any:
        """Do the little that a running meeting lets the API do."""
        meeting, wish = self._get(id_), request.get_json()
        if wish.get("method") not in EVENTS:
            raise Refused(400, 300, f"Invalid field: method {wish.get('method')}")
        if meeting.status != "started":
            raise Refused(400, 3001, "Meeting is not running.")
        if wish["method"] == "waiting_room.update":
            meeting.waiting_text = wish.get("params", {})
        return Response(status=202)

    def _get(self, id_: str) -> Meeting:
        if id_ not in self.meetings:
            raise Refused(404, 3001, f"Meeting does not exist: {id_}.")
        return self.meetings[id_]

    # -- what happens in the room ----------------------------------------------------------

    def start(self, id_: str) -> int:
        """The host opens the room."""
        meeting = self.meetings[id_]
        meeting.status = "started"
        return self._tell("meeting.started", meeting)

    def arrive(self, wish: Body) -> int:
        """Somebody comes: into the waiting room, where there is one."""
        meeting = self.meetings[wish["id"]]
        person = {
            "user_id": f"{next(self.numbers)}",
            "user_name": wish["name"],
            "participant_uuid": f"p-{next(self.numbers)}",
            "email": "",
        }
        if "registrant_id" in wish:
            person["registrant_id"] = wish["registrant_id"]
        if meeting.body.get("settings", {}).get("waiting_room"):
            meeting.waiting[wish["name"]] = person
            return self._tell("meeting.participant_joined_waiting_room", meeting, person)
        return self._enter(meeting, person)

    def admit(self, wish: Body) -> int:
        """The host lets somebody in, in the client: no API can."""
        meeting = self.meetings[wish["id"]]
        person = meeting.waiting.pop(wish["name"])
        self._tell("meeting.participant_admitted", meeting, person)
        return self._enter(meeting, person)

    def _enter(self, meeting: Meeting, person: Body) -> int:
        meeting.inside[person["user_name"]] = person
        joined = person | {"join_time": _written(self.moment)}
        return self._tell("meeting.participant_joined", meeting, joined)

    def leave(self, wish: Body) -> int:
        """Somebody goes."""
        meeting = self.meetings[wish["id"]]
        person = meeting.inside.pop(wish["name"])
        left = person | {"leave_time": _written(self.moment), "leave_reason": "left the meeting"}
        return self._tell("meeting.participant_left", meeting, left)

    def end(self, id_: str) -> int:
        """The meeting ends for everybody."""
        meeting = self.meetings[id_]
        meeting.status, meeting.inside, meeting.waiting = "ended", {}, {}
        return self._tell("meeting.ended", meeting, end_time=_written(self.moment))

    # -- webhooks --------------------------------------------------------------------------

    def _tell(
        self, event: str, meeting: Meeting, participant: Body | None = None, **more: Any
    ) -> int:
        known = ("uuid", "host_id", "topic", "type", "start_time", "timezone", "duration")
        told = {name: meeting.body[name] for name in known if name in meeting.body}
        number: Any = meeting.body["id"]
        told["id"] = number if event.startswith("meeting.live_streaming") else str(number)
        if participant is not None:
            told["participant"] = participant
        payload = {"account_id": self.account, "object": told | more}
        return self._send({"event": event, "payload": payload})

    def validate(self, token: str) -> Body:
        """Ask the address whether it knows the secret; return what it answered."""
        body = {"event": "endpoint.url_validation", "payload": {"plainToken": token}}
        answer = self._post(self._written_body(body))
        return {"status": answer.status_code, "body": answer.json()}

    def replay(self, wish: Body) -> int:
        """Send the last message once more: `age_s` old, or written anew with another spacing."""
        raw = self.sent[-1]
        if wish.get("rewritten"):
            signed = self._headers(raw, self.moment)
            other = json.dumps(json.loads(raw), indent=1).encode()
            return self._post(other, signed).status_code
        at = self.moment - timedelta(seconds=wish.get("age_s", 0))
        return self._post(raw, self._headers(raw, at)).status_code

    def _send(self, body: Body) -> int:
        raw = self._written_body(body)
        self.sent.append(raw)
        return self._post(raw).status_code if self.webhook_url else 0

    def _written_body(self, body: Body) -> bytes:
        told = body | {"event_ts": int(self.moment.timestamp() * 1000)}
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()

    def _headers(self, raw: bytes, at: datetime) -> dict[str, str]:
        stamp = str(int(at.timestamp()))
        signed = b"v0:" + stamp.encode() + b":" + raw
        digest = hmac.digest(self.secret.encode(), signed, hashlib.sha256).hex()
        return {"x-zm-request-timestamp": stamp, "x-zm-signature": f"v0={digest}"}

    def _post(self, raw: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        signed = headers or self._headers(raw, self.moment)
        sent = {"content-type": "application/json; charset=utf-8", **signed}
        return httpx.post(self.webhook_url, content=raw, headers=sent, timeout=3, trust_env=False)

    # -- the control door ------------------------------------------------------------------

    def control(self, acts: Body) -> Body:
        """Do what a test asks for; return what came of it."""
        doors: dict[str, Callable[[Any], Any]] = {
            "start": self.start,
            "arrive": self.arrive,
            "admit": self.admit,
            "leave": self.leave,
            "end": self.end,
            "validate": self.validate,
            "replay": self.replay,
            "fail": self.faults.append,
            "expire": lambda _: self.tokens.clear(),
            "wait": self._wait,
            "webhook": lambda url: setattr(self, "webhook_url", url),
        }
        return {act: doors[act](given) for act, given in acts.items()}

    def _wait(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


def make(**facts: Any) -> Flask:
    """Return the application; everything lives in memory. `facts` are fields of Zoom."""
    app = Flask("fake_zoom")
    fake = Zoom(**facts)
    app.extensions["fake"] = fake
    meeting = "meetings/<id_>"
    rows: tuple[tuple[str, str, str, View], ...] = (
        ("POST", "users/<user>/meetings", "create", fake.create),
        ("GET", "users/<user>/meetings", "list", fake.list),
        ("GET", meeting, "show", fake.show),
        ("PATCH", meeting, "change", fake.change),
        ("DELETE", meeting, "drop", fake.drop),
        ("PUT", f"{meeting}/status", "status", fake.set_status),
        ("POST", f"{meeting}/registrants", "register", fake.register),
        ("POST", f"{meeting}/invite_links", "invite", fake.invite),
        ("PATCH", f"{meeting}/livestream", "set_livestream", fake.livestream),
        ("GET", f"{meeting}/livestream", "livestream", fake.livestream),
        ("PATCH", f"{meeting}/livestream/status", "stream_status", fake.stream_status),
        ("PATCH", "live_meetings/<id_>/events", "events", fake.events),
    )
    for method, path, name, view in rows:
        app.add_url_rule(f"/v2/{path}", name, fake.served(name)(view), methods=[method])
    app.add_url_rule("/oauth/token", "token", fake.token, methods=["POST"])
    app.add_url_rule(
        "/_control", "control", lambda: jsonify(fake.control(request.get_json())), methods=["POST"]
    )
    return app


def _written(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
