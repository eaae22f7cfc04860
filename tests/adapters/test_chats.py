"""Messages to chats, driven over HTTP against something that answers as Telegram does."""

import json

import pytest
from apprise import Apprise
from apprise.plugins.telegram import NotifyTelegram
from flask import Flask, jsonify, request

from bazaar.adapters.chats import Chats
from bazaar.adapters.fakes.serving import Served
from bazaar.errors import Unavailable
from bazaar.ports import Letter, Undeliverable
from bazaar.rules.show.addresses import SCHEMES

TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz012345678"
LETTER = Letter(
    "cue:1", "987654321", "Judul", "Siap-siap <b>dua</b> menit lagi & tenang.", "telegram"
)


class Telegram:
    def __init__(self):
        self.arrived: list[tuple[str, str, dict]] = []
        self.answer = (200, {"ok": True, "result": {"message_id": 1}})
        app = Flask(__name__)

        @app.post("/bot<token>/<method>")
        def call(token, method):
            self.arrived.append((token, method, json.loads(request.get_data())))
            status, body = self.answer
            return jsonify(body), status

        self.app = app


@pytest.fixture
def telegram(monkeypatch):
    fake = Telegram()
    with Served(fake.app) as served:
        monkeypatch.setattr(NotifyTelegram, "notify_url", f"{served.url}/bot")
        yield fake


def test_a_message_arrives_as_plain_text_in_the_sellers_chat(telegram):
    Chats(TOKEN).send(LETTER)

    ((token, method, body),) = telegram.arrived
    assert (token, method) == (TOKEN, "sendMessage")
    assert str(body["chat_id"]) == "987654321"
    assert "Siap-siap" in body["text"]
    assert "Judul" not in body["text"]
    assert "<b>dua</b>" not in body["text"]  # nobody's text becomes markup


@pytest.mark.parametrize("status", [400, 403])
def test_a_chat_that_is_closed_is_not_tried_again(telegram, status):
    telegram.answer = (status, {"ok": False, "error_code": status, "description": "blocked"})

    with pytest.raises(Undeliverable):
        Chats(TOKEN).send(LETTER)


@pytest.mark.parametrize("status", [401, 429, 500, 502])
def test_other_refusals_are_tried_again(telegram, status):
    telegram.answer = (status, {"ok": False, "error_code": status, "description": "later"})

    with pytest.raises(Unavailable) as caught:
        Chats(TOKEN).send(LETTER)
    assert not isinstance(caught.value, Undeliverable)
    assert TOKEN not in f"{caught.value.__cause__}"
    assert LETTER.to not in f"{caught.value.__cause__}"


def test_nothing_answers(monkeypatch):
    monkeypatch.setattr(NotifyTelegram, "notify_url", "http://127.0.0.1:9/bot")

    with pytest.raises(Unavailable):
        Chats(TOKEN).send(LETTER)


def test_without_a_bot_messages_wait():
    with pytest.raises(Unavailable) as caught:
        Chats().send(LETTER)
    assert not isinstance(caught.value, Undeliverable)


@pytest.mark.parametrize(
    ("way", "to"),
    [
        ("telegram", "../../x"),
        ("telegram", "1/2"),
        ("other", "json://127.0.0.1/x"),
        ("other", "file:///etc/passwd"),
        ("other", "discord://1/2?template=/etc/passwd"),
        ("other", "discord://"),
    ],
)
def test_other_addresses_go_nowhere(telegram, way, to):
    with pytest.raises(Undeliverable):
        Chats(TOKEN).send(Letter("x", to, "a", "b", way))
    assert telegram.arrived == []


def test_redirects_are_not_followed(telegram):
    reached: list[str] = []
    inside = Flask("inside")

    @inside.route("/x", methods=["GET", "POST"])
    def reach():
        reached.append(request.method)
        return "ok"

    with Served(inside) as elsewhere:
        telegram.app.after_request(
            lambda answer: (answer.headers.__setitem__("Location", f"{elsewhere.url}/x"), answer)[1]
        )
        telegram.answer = (307, {})
        with pytest.raises(Unavailable):
            Chats(TOKEN).send(LETTER)
    assert reached == []


@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_service_allowed_has_one_fixed_host(scheme):
    """No part of such an address names a host, so it cannot be pointed into our own network."""
    from apprise.manager_plugins import NotificationManager

    Apprise()  # loads the services
    service = NotificationManager()[scheme]
    assert not {"host", "port", "schema_host", "fullpath"} & set(service.template_tokens)
