r"""The chat half of the pretended YouTube: pages, the array that grows, and saying something.

The stream's body is one JSON array that is never finished while the chat goes on:
`[{page},\r\n{page},…`. It comes in pieces of any size, also through the middle of a letter.
"""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Response, jsonify, request

from bazaar.adapters.fakes.google_words import Refused
from bazaar.adapters.fakes.serving import FIRST_MOMENT

LONGEST: Final = 200
POLL_MS: Final = 5000
MOST_LINES: Final = 3
"""So many lines one account may say within `SAYS_WITHIN`."""
SAYS_WITHIN: Final = timedelta(seconds=30)
DOMAIN: Final = "youtube.liveChat"

Body = dict[str, Any]


@dataclass
class Chat:
    """One chat: lines in the order they came."""

    lines: list[Body] = field(default_factory=list)
    ended_at: datetime | None = None
    news: threading.Condition = field(default_factory=threading.Condition)


@dataclass
class Talk:
    """All chats, and the fake's own time.

    A stream without news ends after `stream_s`; it comes in pieces of `chunk` bytes, and the next
    one breaks off after `cut_after`.
    """

    stream_s: float = 2.0
    chunk: int = 4096
    cut_after: int | None = None
    moment: datetime = FIRST_MOMENT
    chats: dict[str, Chat] = field(default_factory=dict)
    said_at: list[datetime] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def list(self) -> Any:
        """Answer `GET liveChat/messages`: a page, and where the next begins."""
        chat, start = self._asked(), _start()
        most = int(request.args.get("maxResults", 500))
        if not 200 <= most <= 2000:
            raise Refused("invalid", f"Invalid value at 'max_results', {most}", DOMAIN)
        if chat.ended_at is not None and len(chat.lines) <= start > 0:
            raise Refused("liveChatEnded", "The live chat is no longer live.", DOMAIN)
        return jsonify(_page(chat, start, most))

    def stream(self) -> Response:
        """Answer `GET liveChat/messages/stream`: pages as they come, in one array."""
        chat, start = self._asked(), _start()
        if chat.ended_at is not None and start >= len(chat.lines):
            raise Refused("liveChatEnded", "The live chat is no longer live.", DOMAIN)
        cut, self.cut_after = self.cut_after, None
        pieces = _pieces(_growing(chat, start, self.stream_s), self.chunk, cut)
        return Response(pieces, mimetype="application/json")

    def say(self) -> Any:
        """Answer `POST liveChat/messages`: the committee says something."""
        snippet = request.get_json().get("snippet", {})
        text = snippet.get("textMessageDetails", {}).get("messageText", "")
        for name, reason in (("liveChatId", "liveChatIdRequired"), ("type", "typeRequired")):
            if not snippet.get(name):
                raise Refused(reason, domain=DOMAIN)
        if not text:
            raise Refused("messageTextRequired", domain=DOMAIN)
        if len(text) > LONGEST:
            raise Refused("messageTextInvalid", domain=DOMAIN)
        if self._chat(snippet["liveChatId"]).ended_at is not None:
            raise Refused("liveChatEnded", domain=DOMAIN)
        self._spend_a_line()
        wish = {"chat": snippet["liveChatId"], "author": "Panitia", "owner": True, "text": text}
        return jsonify(self.hear(wish))

    def hear(self, wish: Body) -> Body:
        """Add a line to a chat and return it."""
        chat = self.chats[wish["chat"]]
        self.moment += timedelta(seconds=1)
        line = _line(f"line-{next(self.numbers)}", wish, self.moment)
        with chat.news:
            chat.lines.append(line)
            chat.news.notify_all()
        return line

    def end(self, id_: str) -> None:
        """End a chat; who reads it is told."""
        chat = self.chats[id_]
        with chat.news:
            chat.ended_at = self.moment
            chat.news.notify_all()

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)

    def _asked(self) -> Chat:
        return self._chat(request.args.get("liveChatId", ""))

    def _chat(self, id_: str) -> Chat:
        if id_ not in self.chats:
            raise Refused("liveChatNotFound", domain=DOMAIN)
        return self.chats[id_]

    def _spend_a_line(self) -> None:
        self.said_at = [at for at in self.said_at if at > self.moment - SAYS_WITHIN]
        if len(self.said_at) >= MOST_LINES:
            raise Refused("rateLimitExceeded", "The request was sent too quickly.")
        self.said_at.append(self.moment)


def _line(id_: str, wish: Body, at: datetime) -> Body:
    """Return a line of a chat as the API tells it."""
    text, author = wish["text"], wish.get("author", "Penonton")
    return {
        "kind": "youtube#liveChatMessage",
        "id": id_,
        "snippet": {
            "type": "textMessageEvent",
            "liveChatId": wish["chat"],
            "authorChannelId": f"UC-{author}",
            "publishedAt": _written(at),
            "hasDisplayContent": True,
            "displayMessage": text,
            "textMessageDetails": {"messageText": text},
        },
        "authorDetails": {
            "channelId": f"UC-{author}",
            "displayName": author,
            "isChatOwner": wish.get("owner", False),
        },
    }


def _page(chat: Chat, start: int, most: int = 500) -> Body:
    lines = chat.lines[start : start + most]
    page: Body = {
        "kind": "youtube#liveChatMessageListResponse",
        "nextPageToken": f"page-{start + len(lines)}",
        "pollingIntervalMillis": POLL_MS,
        "items": lines,
    }
    if chat.ended_at is not None:
        page["offlineAt"] = _written(chat.ended_at)
    return page


def _start() -> int:
    token = request.args.get("pageToken", "page-0")
    number = token.removeprefix("page-")
    if token == number or not number.isdecimal():
        raise Refused("invalidPageToken", "The page token is not valid.", DOMAIN)
    return int(number)


def _growing(chat: Chat, start: int, patience_s: float) -> Iterator[str]:
    """Give pages as lines come, until the chat ends or nothing came for so long."""
    opening, until = "[", time.monotonic() + patience_s
    while True:
        with chat.news:
            while start >= len(chat.lines) and chat.ended_at is None:
                left = until - time.monotonic()
                if left <= 0 or not chat.news.wait(left):
                    yield "]" if opening != "[" else "[]"
                    return
            page = _page(chat, start)
        yield opening + json.dumps(page, ensure_ascii=False)
        opening, start = ",\r\n", start + len(page["items"])
        if chat.ended_at is not None and start >= len(chat.lines):
            yield "]"
            return


def _pieces(texts: Iterator[str], size: int, cut: int | None) -> Iterator[bytes]:
    """Give the bytes in pieces; break off after `cut` of them, wherever that is."""
    sent = 0
    for text in texts:
        data = text.encode()
        for at in range(0, len(data), size):
            piece = data[at : at + size]
            if cut is not None and sent + len(piece) >= cut:
                yield piece[: cut - sent]
                return
            sent += len(piece)
            yield piece


def _written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
