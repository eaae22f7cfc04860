"""Copies of answers that are the same for everybody."""

import threading
from http import HTTPStatus

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from bazaar.app import QUICK, create_app
from bazaar.settings import Mode, Settings
from bazaar.web.quick import LASTS_S, STALE_S, Quick
from tests.house import SECRET


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Counter:
    """An application that tells how often it was asked."""

    def __init__(self):
        self.asked = 0
        self.status = "200 OK"
        self.wait = threading.Event()
        self.wait.set()

    def __call__(self, environ, start):
        self.asked += 1
        mine = self.asked
        self.wait.wait(5)
        assert "HTTP_IF_NONE_MATCH" not in environ or environ["PATH_INFO"] == "/other"
        start(
            self.status,
            [
                ("Content-Type", "application/json"),
                ("ETag", f'W/"{mine}"'),
                ("X-Request-ID", "one"),
                ("Set-Cookie", "a=b"),
                ("Cache-Control", "public"),
            ],
        )
        return [f"{mine}".encode()]


@pytest.fixture
def app():
    return Counter()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def client(app, clock):
    return Client(Quick(app, QUICK, clock=clock))


def test_within_a_second_all_get_one_answer_without_what_was_its_own(app, client, clock):
    answers = [client.get("/live/1/state") for _ in range(5)]
    clock.now += LASTS_S - 0.01
    answers.append(client.get("/live/1/state"))

    assert {answer.text for answer in answers} == {"1"}
    assert app.asked == 1
    headers = answers[-1].headers
    assert (headers["ETag"], headers["Cache-Control"]) == ('W/"1"', "public")
    assert {"Set-Cookie", "X-Request-ID"} & set(headers.keys()) == set()
    clock.now += 0.02
    assert client.get("/live/1/state").text == "2"


def test_who_has_it_already_is_told_so_without_a_body(app, client, clock):
    client.get("/live/1/state")
    known = {"If-None-Match": 'W/"1"'}

    answer = client.get("/live/1/state", headers=known)

    assert (answer.status_code, answer.data) == (HTTPStatus.NOT_MODIFIED, b"")
    assert (answer.headers["ETag"], "Content-Type" in answer.headers) == ('W/"1"', False)
    clock.now += LASTS_S
    assert client.get("/live/1/state", headers=known).text == "2"


def test_channels_are_kept_apart_and_other_paths_and_methods_go_through(app, client):
    client.get("/live/1/state")
    assert client.get("/live/2/state").text == "2"
    assert client.get("/live/1/state").text == "1"
    for _ in range(2):
        client.get("/live/1/state/more")
        client.post("/live/1/state")
        client.get("/other", headers={"If-None-Match": "x"})
    assert app.asked == 8


@pytest.mark.parametrize("status", ["404 NOT FOUND", "503 SERVICE UNAVAILABLE"])
def test_refusals_are_not_kept(app, client, clock, status):
    app.status = status

    assert [client.get("/live/1/state").status_code for _ in range(2)] == [int(status[:3])] * 2
    assert app.asked == 2


def test_while_one_asks_the_others_get_the_old_answer_for_a_while(app, client, clock):
    client.get("/live/1/state")
    clock.now += LASTS_S + 0.1
    app.wait.clear()
    slow: list[TestResponse] = []
    first = threading.Thread(target=lambda: slow.append(client.get("/live/1/state")))
    first.start()
    while app.asked < 2:
        pass

    assert client.get("/live/1/state").text == "1"
    clock.now += STALE_S
    app.wait.set()
    assert client.get("/live/1/state").text in {"2", "3"}
    first.join()
    assert slow[0].text == "2"


def installed(mode: Mode, tmp_path) -> Flask:
    return create_app(
        Settings(
            mode=mode,
            secret_key=SECRET,
            instance_path=tmp_path,
            public_url="https://pasar.example.id",
        )
    )


def test_only_an_installation_in_production_keeps_copies(tmp_path):
    assert not isinstance(installed(Mode.DEVELOPMENT, tmp_path).wsgi_app, Quick)
