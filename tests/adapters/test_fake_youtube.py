"""The pretended YouTube behaves as Google says, over real HTTP: what adapters will be built on."""

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from bazaar.adapters.fakes import youtube
from bazaar.adapters.fakes.serving import Served

SCHEMA = json.loads((Path(__file__).parents[1] / "data/youtube_live_subset.json").read_text())
SPEC: dict[str, Any] = {
    "snippet": {"title": "Pasar Virtual, Saluran 1", "scheduledStartTime": "2026-03-01T19:00:00Z"},
    "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": False},
    "contentDetails": {
        "enableAutoStart": False,
        "enableAutoStop": False,
        "monitorStream": {"enableMonitorStream": False},
    },
}


class Calls:
    """What an adapter does, without one."""

    def __init__(self, served):
        self.served = served
        self.http = httpx.Client(
            base_url=f"{served.url}{youtube.BASE}/",
            headers={"Authorization": "Bearer tok-1"},
            timeout=10,
            trust_env=False,
        )

    def control(self, **acts):
        return self.served.control(**acts)

    def insert(self, **changes):
        parts = {"part": "id,snippet,status,contentDetails"}
        return self.http.post("liveBroadcasts", params=parts, json=SPEC | changes)

    def day(self, **changes):
        """A broadcast that is bound to a stream; returns both ids and the chat's."""
        made = self.insert(**changes).json()
        stream = self.http.post(
            "liveStreams",
            params={"part": "id,snippet,cdn,status,contentDetails"},
            json={
                "snippet": {"title": "Musim 2026"},
                "cdn": {"ingestionType": "rtmp", "resolution": "variable", "frameRate": "variable"},
                "contentDetails": {"isReusable": True},
            },
        ).json()
        self.http.post(
            "liveBroadcasts/bind",
            params={"id": made["id"], "streamId": stream["id"], "part": "id,status"},
        )
        return made["id"], stream["id"], made["snippet"]["liveChatId"]

    def go(self, broadcast, to="live"):
        parts = {"id": broadcast, "broadcastStatus": to, "part": "id,status"}
        return self.http.post("liveBroadcasts/transition", params=parts)

    def state(self, broadcast):
        parts = {"id": broadcast, "part": "id,status"}
        (one,) = self.http.get("liveBroadcasts", params=parts).json()["items"]
        return one["status"]["lifeCycleStatus"]

    def chat(self, chat, **more):
        parts = {"liveChatId": chat, "part": "id,snippet,authorDetails"} | more
        return self.http.get("liveChat/messages", params=parts)

    def say(self, chat, text):
        line = {
            "liveChatId": chat,
            "type": "textMessageEvent",
            "textMessageDetails": {"messageText": text},
        }
        return self.http.post(
            "liveChat/messages", params={"part": "snippet"}, json={"snippet": line}
        )


@pytest.fixture
def facts():
    return {}


@pytest.fixture
def calls(facts):
    with Served(youtube.make(SCHEMA, **facts)) as served:
        yield Calls(served)


def reason(answer):
    (one,) = answer.json()["error"]["errors"]
    return answer.status_code, one["reason"]


def test_a_day_from_creation_to_its_end(calls):
    broadcast, stream, chat = calls.day()
    assert calls.state(broadcast) == "ready"
    assert chat

    assert reason(calls.go(broadcast)) == (403, "errorStreamInactive")  # no bytes yet
    calls.control(stream={"id": stream, "status": "active"})
    begun = calls.go(broadcast)
    assert begun.json()["status"]["lifeCycleStatus"] == "liveStarting"
    assert [calls.state(broadcast) for _ in range(3)] == ["liveStarting", "liveStarting", "live"]
    assert reason(calls.go(broadcast)) == (403, "redundantTransition")

    assert calls.go(broadcast, "complete").status_code == 200
    assert reason(calls.go(broadcast, "complete")) == (403, "redundantTransition")
    assert reason(calls.go(broadcast)) == (403, "invalidTransition")  # no way back


def test_going_live_twice_while_it_starts_is_redundant(calls):
    broadcast, stream, _ = calls.day()
    calls.control(stream={"id": stream, "status": "active"})
    calls.go(broadcast)

    assert reason(calls.go(broadcast)) == (403, "redundantTransition")


def test_bytes_alone_begin_only_what_starts_by_itself(calls):
    by_itself, stream, _ = calls.day(contentDetails={"enableAutoStart": True})
    waits, other, _ = calls.day()
    for id_ in (stream, other):
        calls.control(stream={"id": id_, "status": "active"})

    assert calls.state(by_itself) == "liveStarting"
    assert calls.state(waits) == "ready"
    assert reason(calls.go(by_itself)) == (403, "redundantTransition")


def test_with_a_monitor_testing_comes_first(calls):
    details = {"monitorStream": {"enableMonitorStream": True}}
    broadcast, stream, _ = calls.day(contentDetails=details)
    calls.control(stream={"id": stream, "status": "active"})

    assert reason(calls.go(broadcast)) == (403, "invalidTransition")
    assert calls.go(broadcast, "testing").json()["status"]["lifeCycleStatus"] == "testStarting"
    assert [calls.state(broadcast) for _ in range(3)][-1] == "testing"
    assert calls.go(broadcast).status_code == 200


def test_a_stream_is_bound_only_before(calls):
    broadcast, stream, _ = calls.day()
    calls.control(stream={"id": stream, "status": "active"})
    calls.go(broadcast)
    bind = calls.http.post(
        "liveBroadcasts/bind", params={"id": broadcast, "streamId": stream, "part": "id"}
    )

    assert reason(bind) == (403, "liveBroadcastBindingNotAllowed")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"snippet": {"scheduledStartTime": "2026-03-01T19:00:00Z"}}, (400, "titleRequired")),
        (
            {"snippet": SPEC["snippet"] | {"title": "<b>"}},
            (400, "invalidTitle"),
        ),
        ({"snippet": {"title": "x"}}, (400, "scheduledStartTimeRequired")),
        (
            {"snippet": {"title": "x", "scheduledStartTime": "2020-01-01T00:00:00Z"}},
            (400, "invalidScheduledStartTime"),
        ),
        ({"status": {}}, (400, "privacyStatusRequired")),
        ({"status": {"privacyStatus": "secret"}}, (400, "invalid")),
        ({"snipet": {}}, (400, "invalid")),
        (
            {"status": {"privacyStatus": "public", "selfDeclaredMadeForKids": "no"}},
            (400, "invalid"),
        ),
    ],
)
def test_bodies_are_checked_as_google_does(calls, changes, expected):
    assert reason(calls.insert(**changes)) == expected


def test_parameters_are_checked(calls):
    assert reason(calls.http.post("liveBroadcasts", json=SPEC)) == (400, "required")
    odd = {"part": "id", "mine": "true", "limit": "3"}
    assert reason(calls.http.get("liveBroadcasts", params=odd)) == (400, "unknownParameter")
    two = {"part": "id", "mine": "true", "id": "x"}
    assert reason(calls.http.get("liveBroadcasts", params=two)) == (400, "incompatibleParameters")
    none = calls.http.get("liveBroadcasts", params={"part": "id"})
    assert reason(none) == (400, "missingRequiredParameter")
    assert reason(calls.go("broadcast-99")) == (404, "liveBroadcastNotFound")


def test_an_update_replaces_the_whole_part(calls):
    broadcast, *_ = calls.day()
    part = {"part": "snippet"}
    bare = {"id": broadcast, "snippet": {"title": "Baru"}}
    assert reason(calls.http.put("liveBroadcasts", params=part, json=bare)) == (
        400,
        "scheduledStartTimeRequired",
    )
    whole = {"id": broadcast, "snippet": SPEC["snippet"] | {"title": "Baru"}}
    changed = calls.http.put("liveBroadcasts", params=part, json=whole).json()
    assert changed["snippet"]["title"] == "Baru"
    assert changed["status"]["privacyStatus"] == "public"


def test_the_quota_ends_everything_until_the_next_day(calls):
    broadcast, _, chat = calls.day()
    calls.control(quota=6)
    assert calls.chat(chat).status_code == 200  # 5 units
    assert calls.state(broadcast)  # 1 unit

    assert reason(calls.chat(chat)) == (403, "quotaExceeded")
    assert reason(calls.go(broadcast)) == (403, "quotaExceeded")
    calls.control(new_day=True)
    assert calls.chat(chat).status_code == 200


def test_what_is_asked_wrongly_costs_too(calls):
    calls.control(quota=2)
    for _ in range(2):
        calls.http.get("liveBroadcasts", params={"mine": "true"})

    assert reason(calls.http.get("liveBroadcasts", params={"part": "id", "mine": "true"})) == (
        403,
        "quotaExceeded",
    )


@pytest.mark.parametrize("facts", [{"broadcasts_a_day": 1}])
def test_a_channel_may_make_only_so_many_broadcasts_a_day(calls):
    assert calls.insert().status_code == 200
    assert reason(calls.insert()) == (403, "userRequestsExceedRateLimit")


def test_a_lost_answer_was_done_all_the_same(calls):
    calls.control(fail={"call": "liveBroadcasts.insert", "reason": "backendError", "lost": True})
    assert reason(calls.insert()) == (503, "backendError")

    mine = calls.http.get("liveBroadcasts", params={"part": "id,snippet", "mine": "true"}).json()
    assert [one["snippet"]["title"] for one in mine["items"]] == [SPEC["snippet"]["title"]]


def test_a_fault_comes_once(calls):
    calls.control(fail={"reason": "internalError"})
    asked = {"part": "id", "mine": "true"}
    answers = [calls.http.get("liveBroadcasts", params=asked) for _ in range(2)]

    assert [one.status_code for one in answers] == [500, 200]


def test_a_token_that_ended_is_renewed(calls):
    calls.control(expire=True)
    assert reason(calls.insert()) == (401, "authError")
    wrong = httpx.post(f"{calls.served.url}/token", data={"refresh_token": "x"}, trust_env=False)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_grant")
    fresh = httpx.post(
        f"{calls.served.url}/token",
        data={"grant_type": "refresh_token", "refresh_token": "refresh-1"},
        trust_env=False,
    ).json()
    calls.http.headers["Authorization"] = f"Bearer {fresh['access_token']}"

    assert calls.insert().status_code == 200


# -- the chat -----------------------------------------------------------------------------------


def test_a_public_chat_is_read_with_a_key_alone_in_pages_without_gaps(calls):
    _, _, chat = calls.day()
    for n in range(250):
        calls.control(say={"chat": chat, "text": f"jadi B{n}"})
    del calls.http.headers["Authorization"]
    first = calls.chat(chat, key="kunci", maxResults=200).json()
    second = calls.chat(chat, key="kunci", pageToken=first["nextPageToken"]).json()
    third = calls.chat(chat, key="kunci", pageToken=second["nextPageToken"]).json()

    texts = [one["snippet"]["displayMessage"] for one in first["items"] + second["items"]]
    assert texts == [f"jadi B{n}" for n in range(250)]
    assert third["items"] == []
    assert first["pollingIntervalMillis"] == 5000
    assert reason(calls.chat(chat)) == (401, "authError")
    assert reason(calls.chat(chat, key="kunci", pageToken="x")) == (400, "invalidPageToken")
    assert reason(calls.chat("chat-x", key="kunci")) == (404, "liveChatNotFound")


def read_stream(calls, chat, **more):
    """All bytes of a chat stream, in the pieces in which they came."""
    parts = {"liveChatId": chat, "part": "id,snippet,authorDetails"} | more
    with calls.http.stream("GET", "liveChat/messages/stream", params=parts) as answer:
        if answer.status_code != 200:
            answer.read()
            return answer
        return list(answer.iter_raw())


def pages_in(data):
    """Whole pages of an array that may be cut: what a reader can use of it."""
    text, pages, at = data.decode(errors="ignore"), [], 1
    while at < len(text) and text[at] != "]":
        try:
            page, at = json.JSONDecoder().raw_decode(text, at)
        except json.JSONDecodeError:
            break
        pages.append(page)
        while at < len(text) and text[at] in ",\r\n":
            at += 1
    return pages


@pytest.fixture
def small_pieces(calls):
    calls.served._server.app.extensions["fake"].talk.chunk = 7
    calls.served._server.app.extensions["fake"].talk.stream_s = 0.5


def test_the_stream_is_one_array_that_grows(calls, small_pieces):
    _, _, chat = calls.day()
    calls.control(say={"chat": chat, "text": "jadi B07 🎉 Bu Tín"})
    later = threading.Timer(
        0.2, lambda: calls.control(say={"chat": chat, "text": "dua ya kak 🙏", "author": "Ayu"})
    )
    later.start()
    data = b"".join(read_stream(calls, chat))
    later.join()

    found = json.loads(data)
    texts = [one["snippet"]["displayMessage"] for page in found for one in page["items"]]
    assert texts == ["jadi B07 🎉 Bu Tín", "dua ya kak 🙏"]
    assert b"},\r\n{" in data
    assert "🎉".encode() in data  # not escaped, so it can be cut in its middle


def test_a_stream_cut_in_the_middle_of_a_letter_goes_on_at_its_page(calls, small_pieces):
    _, _, chat = calls.day()
    calls.control(say={"chat": chat, "text": "pertama"})
    whole = b"".join(read_stream(calls, chat))
    calls.control(say={"chat": chat, "text": "kedua 🎉"})
    after = pages_in(whole)[-1]["nextPageToken"]
    second = b"".join(read_stream(calls, chat, pageToken=after))
    middle = second.index("🎉".encode()) + 2

    calls.control(cut=middle)
    cut = b"".join(read_stream(calls, chat, pageToken=after))
    assert len(cut) == middle
    with pytest.raises(UnicodeDecodeError):
        cut.decode()
    assert pages_in(cut) == []
    again = pages_in(b"".join(read_stream(calls, chat, pageToken=after)))
    ids = [one["id"] for page in pages_in(whole) + again for one in page["items"]]
    assert len(ids) == len(set(ids)) == 2


def test_the_end_of_the_broadcast_ends_the_chat(calls):
    broadcast, stream, chat = calls.day()
    calls.control(stream={"id": stream, "status": "active"})
    calls.go(broadcast)
    while calls.state(broadcast) != "live":
        pass
    calls.control(say={"chat": chat, "text": "sampai jumpa"})
    ending = threading.Timer(0.2, lambda: calls.go(broadcast, "complete"))
    ending.start()
    pages = json.loads(b"".join(read_stream(calls, chat)))
    ending.join()

    assert pages[-1]["offlineAt"]
    token = pages[-1]["nextPageToken"]
    assert reason(calls.chat(chat, pageToken=token)) == (403, "liveChatEnded")
    assert reason(read_stream(calls, chat, pageToken=token)) == (403, "liveChatEnded")
    assert reason(calls.say(chat, "halo")) == (403, "liveChatEnded")


def test_what_the_committee_says_is_short_and_seldom(calls):
    _, _, chat = calls.day()
    assert reason(calls.say(chat, "x" * 201)) == (400, "messageTextInvalid")
    assert reason(calls.say(chat, "")) == (400, "messageTextRequired")
    said = [calls.say(chat, f"Berikutnya {n}").status_code for n in range(3)]
    assert said == [200, 200, 200]
    assert reason(calls.say(chat, "lagi")) == (403, "rateLimitExceeded")
    calls.control(wait=31)
    assert calls.say(chat, "lagi").json()["authorDetails"]["isChatOwner"] is True


def test_the_chats_id_is_found_by_the_video_too(calls):
    broadcast, _, chat = calls.day()
    found = calls.http.get("videos", params={"part": "liveStreamingDetails", "id": broadcast})

    assert found.json()["items"][0]["liveStreamingDetails"]["activeLiveChatId"] == chat
