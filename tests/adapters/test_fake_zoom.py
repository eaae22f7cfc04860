"""The pretended Zoom behaves as Zoom says, over real HTTP: what adapters will be built on."""

import hashlib
import hmac
import json
from datetime import datetime

import httpx
import pytest
from flask import Flask, jsonify, request

from bazaar.adapters.fakes import zoom
from bazaar.adapters.fakes.serving import FIRST_MOMENT, Served

SECRET = "rahasia-webhook"
HOST = "mc@panitia.test"
SPEC = {
    "topic": "Pasar Virtual, Saluran 1",
    "type": 2,
    "start_time": "2026-03-01T19:00:00",
    "timezone": "Asia/Jakarta",
    "duration": 240,
    "settings": {"waiting_room": True, "join_before_host": False, "approval_type": 0},
}


class Listener:
    """What will listen one day: believes only what is signed over the very bytes, and fresh."""

    def __init__(self):
        self.heard = []
        self.now = FIRST_MOMENT
        self.app = Flask("listener")
        self.app.add_url_rule("/hook", view_func=self.hook, methods=["POST"])

    def hook(self):
        raw = request.get_data()
        stamp = request.headers["x-zm-request-timestamp"]
        signed = f"v0:{stamp}:".encode() + raw
        digest = "v0=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(digest, request.headers["x-zm-signature"]):
            return "", 401
        if abs(int(stamp) - self.now.timestamp()) > 300:
            return "", 401
        body = json.loads(raw)
        if body["event"] == "endpoint.url_validation":
            token = body["payload"]["plainToken"]
            sealed = hmac.new(SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()
            return jsonify(plainToken=token, encryptedToken=sealed)
        self.heard.append(body)
        return "", 200

    @property
    def events(self):
        return [body["event"] for body in self.heard]


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def served(listener):
    with Served(listener.app) as door, Served(zoom.make(webhook_url=f"{door.url}/hook")) as served:
        yield served


def a_token(served, **changes):
    wish = {"grant_type": "account_credentials", "account_id": "acc-1"} | changes
    auth = ("client-1", "client-fiktif")
    return httpx.post(f"{served.url}/oauth/token", params=wish, auth=auth, trust_env=False)


@pytest.fixture
def api(served):
    token = a_token(served).json()["access_token"]
    with httpx.Client(
        base_url=f"{served.url}/v2/",
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
        trust_env=False,
    ) as client:
        yield client


@pytest.fixture
def meeting(api):
    return str(api.post(f"users/{HOST}/meetings", json=SPEC).json()["id"])


def test_a_token_for_the_right_account_lasts_an_hour(served, api, meeting):
    assert a_token(served, account_id="other").json()["error"] == "invalid_request"
    assert a_token(served, grant_type="x").status_code == 400
    wrong = httpx.post(f"{served.url}/oauth/token", auth=("client-1", "x"), trust_env=False)
    assert wrong.json()["error"] == "invalid_client"
    given = a_token(served).json()
    assert (given["token_type"], given["expires_in"]) == ("bearer", 3600)

    assert api.get(f"meetings/{meeting}").status_code == 200
    served.control(wait=3601)
    assert api.get(f"meetings/{meeting}").status_code == 401
    api.headers["Authorization"] = f"Bearer {a_token(served).json()['access_token']}"
    assert api.get(f"meetings/{meeting}").status_code == 200


def test_a_token_that_dies_in_the_middle(served, api, meeting):
    served.control(expire=True)

    assert api.patch(f"meetings/{meeting}", json={"topic": "x"}).status_code == 401


def test_a_meeting_is_made_changed_read_and_deleted(api, meeting):
    assert api.post(f"users/{HOST}/meetings", json={"type": 2}).status_code == 400
    assert api.patch(f"meetings/{meeting}", json={"duration": 300}).status_code == 204
    read = api.get(f"meetings/{meeting}").json()
    assert (read["duration"], read["topic"]) == (300, SPEC["topic"])
    assert isinstance(read["id"], int)
    assert read["start_url"] != read["join_url"]

    assert api.delete(f"meetings/{meeting}").status_code == 204
    assert api.get(f"meetings/{meeting}").status_code == 404


def test_a_host_may_change_meetings_a_hundred_times_a_day(served, api, meeting):
    answers = [api.patch(f"meetings/{meeting}", json={"agenda": str(n)}) for n in range(100)]
    assert [one.status_code for one in answers] == [204] * 99 + [429]
    after = datetime.fromisoformat(answers[-1].headers["Retry-After"])  # a date, not seconds
    assert after.isoformat() == "2026-03-02T00:00:00+00:00"

    assert api.get(f"meetings/{meeting}").status_code == 200
    other = api.post("users/lain@panitia.test/meetings", json=SPEC)
    assert other.status_code == 201
    served.control(wait=(after - FIRST_MOMENT).total_seconds())
    api.headers["Authorization"] = f"Bearer {a_token(served).json()['access_token']}"
    assert api.patch(f"meetings/{meeting}", json={"agenda": "x"}).status_code == 204


def test_faults_on_demand(served, api, meeting):
    served.control(fail={"status": 429, "after": 2})
    refused = api.get(f"meetings/{meeting}")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "2")
    served.control(fail={"call": "create", "status": 500, "lost": True})
    lost = api.post(f"users/{HOST}/meetings", json=SPEC | {"agenda": "ref:7"})
    assert lost.status_code == 504
    mine = api.get(f"users/{HOST}/meetings").json()["meetings"]
    assert [one["topic"] for one in mine] == [SPEC["topic"]] * 2  # it was made all the same
    agendas = [api.get(f"meetings/{one['id']}").json().get("agenda", "") for one in mine]
    assert agendas == ["", "ref:7"]  # by which the lost one is found


def test_a_seller_comes_by_a_link_of_its_own_and_is_known_again(served, api, meeting, listener):
    wish = {"first_name": "Batik", "last_name": "Sekar", "email": "sekar@umkm.test"}
    given = api.post(f"meetings/{meeting}/registrants", json=wish).json()
    plain = api.get(f"meetings/{meeting}").json()["join_url"]
    assert given["join_url"] != plain
    served.control(start=meeting)
    who = {"id": meeting, "name": "Batik Sekar"}
    served.control(arrive=who | {"registrant_id": given["registrant_id"]})
    served.control(admit=who)
    served.control(leave=who)
    served.control(end=meeting)

    assert listener.events == [
        "meeting.started",
        "meeting.participant_joined_waiting_room",
        "meeting.participant_admitted",
        "meeting.participant_joined",
        "meeting.participant_left",
        "meeting.ended",
    ]
    people = [body["payload"]["object"].get("participant") for body in listener.heard[1:5]]
    assert {person["registrant_id"] for person in people} == {given["registrant_id"]}
    assert listener.heard[0]["payload"]["object"]["id"] == meeting  # a string here


def test_a_registrant_is_added_at_most_three_times_a_day(api, meeting):
    wish = {"first_name": "Batik", "email": "sekar@umkm.test"}
    answers = [api.post(f"meetings/{meeting}/registrants", json=wish) for _ in range(4)]

    assert [one.status_code for one in answers] == [201, 201, 201, 429]
    assert api.post(f"meetings/{meeting}/registrants", json={"email": "x"}).status_code == 400


def test_invitations_carry_names_of_ours(api, meeting):
    names = ["Batik Sekar - B07", "Keripik Bu Tin - K01"]
    wish = {"attendees": [{"name": name} for name in names], "ttl": 7200}
    given = api.post(f"meetings/{meeting}/invite_links", json=wish).json()["attendees"]

    assert [one["name"] for one in given] == names
    assert len({one["join_url"] for one in given}) == 2


def test_streaming_needs_a_running_meeting_and_an_address(served, api, meeting, listener):
    path = f"meetings/{meeting}/livestream"
    start = {"action": "start", "settings": {"display_name": "Pasar Virtual"}}
    assert api.patch(path, json={"stream_url": "rtmp://a"}).status_code == 400
    wish = {"stream_url": "rtmp://a.test", "stream_key": "kunci", "page_url": "https://y.test"}
    assert api.patch(path, json=wish).status_code == 204
    assert api.patch(f"{path}/status", json=start).status_code == 400
    served.control(start=meeting)
    assert api.patch(f"{path}/status", json=start).status_code == 204

    assert api.get(path).json()["stream_key"] == "kunci"
    told = listener.heard[-1]["payload"]["object"]
    assert listener.events[-1] == "meeting.live_streaming_started"
    assert isinstance(told["id"], int)  # a number here
    assert "kunci" in json.dumps(told)  # so bodies must not be logged


def test_only_little_can_be_done_in_a_running_meeting(served, api, meeting):
    path = f"live_meetings/{meeting}/events"
    text = {"method": "waiting_room.update", "params": {"waiting_room_title": "Berikut: Batik"}}
    assert api.patch(path, json=text).status_code == 400
    served.control(start=meeting)
    assert api.patch(path, json=text).status_code == 202
    for method in ("participant.spotlight", "participant.admit", "participant.mute"):
        assert api.patch(path, json={"method": method}).status_code == 400
    assert api.put(f"meetings/{meeting}/status", json={"action": "end"}).status_code == 204


def test_a_webhooks_signature_is_over_the_very_bytes(served, api, meeting, listener):
    assert served.control(start=meeting)["start"] == 200
    assert served.control(replay={})["replay"] == 200  # Zoom repeats: told apart by its bytes
    assert listener.heard[0] == listener.heard[1]
    assert served.control(replay={"rewritten": True})["replay"] == 401
    assert served.control(replay={"age_s": 301})["replay"] == 401
    assert len(listener.heard) == 2


def test_the_address_proves_that_it_knows_the_secret(served):
    answer = served.control(validate="qgg8vlvZRS6UYooatFL8Aw")["validate"]

    expected = hmac.new(SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
    assert answer["status"] == 200
    assert answer["body"]["encryptedToken"] == expected
