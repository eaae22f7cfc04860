"""YouTube Live pretended: the Data API's paths, life cycle, quota and error bodies, without video.

Source: Google's reference of liveBroadcasts, liveStreams and liveChatMessages, and its discovery
document, of which a caller may bring the part that bodies are checked against. Where Google does
not say, the stricter is chosen. Time is the fake's own (`moment`); the day of the quota is what the
door `new_day` ends.

Door `POST /_control`: `stream`, `say`, `end_chat`, `quota`, `fail`, `expire`, `cut`, `wait`, `new_day`.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Final

from flask import Flask, Response, jsonify, request

from bazaar.adapters.fakes.google_words import Refused, Schema, check_body, check_parameters
from bazaar.adapters.fakes.youtube_chat import Chat, Talk

BASE: Final = "/youtube/v3"
CHAT: Final = "liveChat/messages"
COSTS: Final = {"list": 1, "chat": 5, "say": 20, "write": 50}
LOOKS_TO_START: Final = 2
"""So many times a starting broadcast is looked at before it has started."""
TARGETS: Final = {"testing": "testStarting", "live": "liveStarting", "complete": "complete"}
STARTED: Final = {"testStarting": "testing", "liveStarting": "live"}

Body = dict[str, Any]
View = Callable[[], Any]


@dataclass
class Broadcast:
    """One broadcast; `looks` counts down while it is starting."""

    body: Body
    stream: str = ""
    state: str = "created"
    looks: int = 0
    chat: str = ""


@dataclass
class YouTube:
    """One channel of one project."""

    schema: Schema | None = None
    units: int = 10_000
    broadcasts_a_day: int = 100
    used: int = 0
    made_today: int = 0
    faults: list[Body] = field(default_factory=list)
    tokens: set[str] = field(default_factory=lambda: {"tok-1"})
    broadcasts: dict[str, Broadcast] = field(default_factory=dict)
    streams: dict[str, Body] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    calls: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # -- at the door -----------------------------------------------------------------------

    def served(self, name: str, cost: str) -> Callable[[View], View]:
        """Wrap a call: who asks, what it costs, whether it is asked rightly, faults on demand."""

        def wrapped(view: View) -> View:
            @wraps(view)
            def answer() -> Any:
                self.calls.append(name)
                try:
                    fault = self._enter(name, cost)
                    found = view()
                    # What was done although its answer is lost stays done.
                    return found if fault is None else Refused(fault["reason"]).answer()
                except Refused as refusal:
                    return refusal.answer()

            return answer

        return wrapped

    def _enter(self, name: str, cost: str) -> Body | None:
        """Let a call in; return the fault whose answer is to be lost after it was done."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        public = name.startswith("liveChatMessages.") and request.method == "GET"
        if token not in self.tokens and not (public and request.args.get("key")):
            raise Refused("authError", "Invalid Credentials")
        units = COSTS[cost]
        if self.used + units > self.units:
            raise Refused("quotaExceeded", "The request cannot be completed: quota exceeded.")
        self.used += 1  # also what is asked wrongly
        if self.schema is not None and name in self.schema["methods"]:
            method = self.schema["methods"][name]
            check_parameters(method, request.args)
            if "request" in method:
                defs = self.schema["defs"]
                check_body({"$ref": method["request"]["$ref"]}, defs, request.get_json())
        self.used += units - 1
        for fault in self.faults:
            if fault.get("call", name) == name:
                self.faults.remove(fault)
                if fault.get("lost"):
                    return fault
                raise Refused(fault["reason"])
        return None

    def token(self) -> Any:
        """Answer `POST /token` as oauth2.googleapis.com does for a refresh token."""
        if request.form.get("refresh_token") != "refresh-1":
            return jsonify(error="invalid_grant", error_description="Bad Request"), 400
        made = f"tok-{next(self.numbers)}"
        self.tokens.add(made)
        return jsonify(access_token=made, expires_in=3599, token_type="Bearer", scope="")  # noqa: S106

    # -- broadcasts and streams ------------------------------------------------------------

    def add_stream(self) -> Any:
        """Make a stream with its secret key."""
        body = request.get_json()
        if not body.get("snippet", {}).get("title"):
            raise Refused("titleRequired", domain="youtube.liveStream")
        id_ = f"stream-{next(self.numbers)}"
        info = {"ingestionAddress": "rtmp://a.rtmp.test/live2", "streamName": f"key-{id_}"}
        body |= {
            "kind": "youtube#liveStream",
            "id": id_,
            "cdn": body.get("cdn", {}) | {"ingestionInfo": info},
            "status": {"streamStatus": "ready", "healthStatus": {"status": "noData"}},
        }
        self.streams[id_] = body
        return jsonify(body)

    def list_streams(self) -> Any:
        """Answer the streams asked for."""
        ids = _one_of("id", "mine")
        found = [body for id_, body in self.streams.items() if ids is None or id_ in ids]
        return jsonify(_list("liveStream", found))

    def drop_stream(self) -> Any:
        """Delete a stream."""
        if self.streams.pop(request.args["id"], None) is None:
            raise Refused("liveStreamNotFound", domain="youtube.liveStream")
        return Response(status=204)

    def add(self) -> Any:
        """Make a broadcast, to begin later."""
        body = request.get_json()
        self._require_usable(body)
        if self.made_today >= self.broadcasts_a_day:
            raise Refused("userRequestsExceedRateLimit", "The user has sent too many requests.")
        self.made_today += 1
        id_ = f"broadcast-{next(self.numbers)}"
        broadcast = Broadcast(body | {"id": id_, "kind": "youtube#liveBroadcast"})
        broadcast.chat = f"chat-{id_}"
        self.broadcasts[id_], self.talk.chats[broadcast.chat] = broadcast, Chat()
        return jsonify(self._shown(broadcast))

    def _require_usable(self, body: Body) -> None:
        snippet = body.get("snippet", {})
        title, begins = snippet.get("title", ""), snippet.get("scheduledStartTime", "")
        if not title:
            raise Refused("titleRequired")
        if len(title) > 100 or set("<>") & set(title):
            raise Refused("invalidTitle")
        if not begins:
            raise Refused("scheduledStartTimeRequired")
        if _instant(begins) <= self.talk.moment:
            raise Refused("invalidScheduledStartTime")
        if body.get("status", {}).get("privacyStatus") not in {"public", "unlisted", "private"}:
            raise Refused("privacyStatusRequired")

    def list(self) -> Any:
        """Answer the broadcasts asked for; a starting one starts after some looks."""
        ids = _one_of("id", "mine", "broadcastStatus")
        found = [one for id_, one in self.broadcasts.items() if ids is None or id_ in ids]
        for one in found:
            self._look(one)
        return jsonify(_list("liveBroadcast", [self._shown(one) for one in found]))

    def update(self) -> Any:
        """Replace the parts that are named: what a part leaves out is gone."""
        body = request.get_json()
        broadcast = self._get(body.get("id", ""))
        kept = {name: broadcast.body.get(name, {}) for name in ("snippet", "status")}
        self._require_usable(kept | body)
        for part in request.args["part"].split(","):
            if part in {"snippet", "status", "contentDetails"}:
                broadcast.body[part] = body.get(part, {})
        return jsonify(self._shown(broadcast))

    def drop(self) -> Any:
        """Delete a broadcast."""
        self._get(request.args["id"])
        del self.broadcasts[request.args["id"]]
        return Response(status=204)

    def bind(self) -> Any:
        """Bind a broadcast to a stream, or (without one) to none."""
        broadcast, stream = self._get(request.args["id"]), request.args.get("streamId", "")
        if broadcast.state not in {"created", "ready"}:
            raise Refused("liveBroadcastBindingNotAllowed")
        if stream and stream not in self.streams:
            raise Refused("liveStreamNotFound")
        broadcast.stream, broadcast.state = stream, "ready" if stream else "created"
        return jsonify(self._shown(broadcast))

    def transition(self) -> Any:
        """Move a broadcast on; the answer already holds the state in between."""
        broadcast, wanted = self._get(request.args["id"]), request.args["broadcastStatus"]
        if wanted not in TARGETS:
            raise Refused("invalid", f"Invalid value at 'broadcast_status', \"{wanted}\"")
        if wanted in {broadcast.state, STARTED.get(broadcast.state)}:
            raise Refused("redundantTransition", "Redundant transition")
        if not self._may_become(broadcast, wanted):
            raise Refused("invalidTransition", "Invalid transition")
        if wanted != "complete" and not self._is_active(broadcast):
            raise Refused("errorStreamInactive", "Stream is inactive")
        self._become(broadcast, TARGETS[wanted])
        return jsonify(self._shown(broadcast))

    def _may_become(self, broadcast: Broadcast, wanted: str) -> bool:
        details = broadcast.body.get("contentDetails", {})
        monitored = details.get("monitorStream", {}).get("enableMonitorStream", True)
        if wanted == "testing":
            return broadcast.state == "ready" and monitored
        if wanted == "live":
            return broadcast.state == ("testing" if monitored else "ready")
        return broadcast.state in {"testing", "live"}

    def _become(self, broadcast: Broadcast, state: str) -> None:
        broadcast.state = state
        if state in STARTED:
            broadcast.looks = LOOKS_TO_START
        if state == "complete":
            self.talk.end(broadcast.chat)

    def _look(self, broadcast: Broadcast) -> None:
        if broadcast.state in STARTED:
            broadcast.looks -= 1
            if broadcast.looks < 0:
                broadcast.state = STARTED[broadcast.state]

    def _is_active(self, broadcast: Broadcast) -> bool:
        stream = self.streams.get(broadcast.stream)
        return stream is not None and stream["status"]["streamStatus"] == "active"

    def _get(self, id_: str) -> Broadcast:
        if id_ not in self.broadcasts:
            raise Refused("liveBroadcastNotFound")
        return self.broadcasts[id_]

    def _shown(self, broadcast: Broadcast) -> Body:
        body, details = broadcast.body, broadcast.body.get("contentDetails", {})
        return body | {
            "snippet": body.get("snippet", {}) | {"liveChatId": broadcast.chat},
            "status": body.get("status", {}) | {"lifeCycleStatus": broadcast.state},
            "contentDetails": details | {"boundStreamId": broadcast.stream},
            "statistics": {"concurrentViewers": "0"},
        }

    def videos(self) -> Any:
        """Answer where a broadcast's chat is: the other way to its id."""
        ids = _one_of("id") or set()
        found = [
            {"id": id_, "liveStreamingDetails": {"activeLiveChatId": one.chat}}
            for id_, one in self.broadcasts.items()
            if id_ in ids
        ]
        return jsonify(_list("video", found))

    # -- the control door ------------------------------------------------------------------

    def control(self, acts: Mapping[str, Any]) -> Body:
        """Do what a test asks for; return what came of it."""
        doors: dict[str, Callable[[Any], Any]] = {
            "stream": self._set_stream,
            "say": lambda wish: self.talk.hear(wish)["id"],
            "end_chat": self.talk.end,
            "quota": lambda left: setattr(self, "used", self.units - left),
            "fail": self.faults.append,
            "expire": lambda _: self.tokens.clear(),
            "cut": lambda after: setattr(self.talk, "cut_after", after),
            "new_day": lambda _: self._new_day(),
            "wait": self.talk.wait,
        }
        return {act: doors[act](given) for act, given in acts.items()}

    def _set_stream(self, wish: Body) -> None:
        """Let bytes come or stop; broadcasts with enableAutoStart begin by themselves."""
        is_active = wish["status"] == "active"
        health = wish.get("health", "good" if is_active else "noData")
        self.streams[wish["id"]]["status"] = {
            "streamStatus": wish["status"],
            "healthStatus": {"status": health},
        }
        for broadcast in self.broadcasts.values():
            by_itself = broadcast.body.get("contentDetails", {}).get("enableAutoStart")
            bound = broadcast.stream == wish["id"]
            if is_active and bound and by_itself and broadcast.state == "ready":
                self._become(broadcast, "liveStarting")

    def _new_day(self) -> None:
        self.used = self.made_today = 0


def _list(kind: str, items: list[Body]) -> Body:
    info = {"totalResults": len(items), "resultsPerPage": len(items)}
    return {"kind": f"youtube#{kind}ListResponse", "pageInfo": info, "items": items}


def _one_of(*filters: str) -> set[str] | None:
    """Return the ids asked for, None for all. Exactly one filter may be given."""
    given = [name for name in filters if name in request.args]
    if not given:
        raise Refused("missingRequiredParameter", "No filter selected.")
    if len(given) > 1:
        raise Refused("incompatibleParameters", "Incompatible parameters specified.")
    return set(request.args["id"].split(",")) if given == ["id"] else None


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refused("invalidScheduledStartTime") from None


def make(schema: Schema | None = None, **facts: Any) -> Flask:
    """Return the application; everything lives in memory. `facts` are fields of YouTube."""
    app = Flask("fake_youtube")
    fake = YouTube(schema, **facts)
    app.extensions["fake"] = fake
    rows: tuple[tuple[str, str, str, View, str], ...] = (
        ("POST", "liveStreams", "liveStreams.insert", fake.add_stream, "write"),
        ("GET", "liveStreams", "liveStreams.list", fake.list_streams, "list"),
        ("DELETE", "liveStreams", "liveStreams.delete", fake.drop_stream, "write"),
        ("POST", "liveBroadcasts", "liveBroadcasts.insert", fake.add, "write"),
        ("GET", "liveBroadcasts", "liveBroadcasts.list", fake.list, "list"),
        ("PUT", "liveBroadcasts", "liveBroadcasts.update", fake.update, "write"),
        ("DELETE", "liveBroadcasts", "liveBroadcasts.delete", fake.drop, "write"),
        ("POST", "liveBroadcasts/bind", "liveBroadcasts.bind", fake.bind, "write"),
        (
            "POST",
            "liveBroadcasts/transition",
            "liveBroadcasts.transition",
            fake.transition,
            "write",
        ),
        ("GET", "videos", "videos.list", fake.videos, "list"),
        ("GET", CHAT, "liveChatMessages.list", fake.talk.list, "chat"),
        ("GET", f"{CHAT}/stream", "liveChatMessages.stream", fake.talk.stream, "chat"),
        ("POST", CHAT, "liveChatMessages.insert", fake.talk.say, "say"),
    )
    for method, path, name, view, cost in rows:
        served = fake.served(name, cost)(view)
        app.add_url_rule(f"{BASE}/{path}", name, served, methods=[method])
    app.add_url_rule("/token", "token", fake.token, methods=["POST"])
    app.add_url_rule(
        "/_control", "control", lambda: jsonify(fake.control(request.get_json())), methods=["POST"]
    )
    return app
