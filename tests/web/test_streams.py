"""Streams of events: what they send, how many there may be, and that they really stream."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bazaar import sellers, show, times
from bazaar.accounts import sessions
from bazaar.db import db
from bazaar.errors import NotFound
from bazaar.live_process import gunicorn_line as live_process_words
from bazaar.rules.show.acts import ActKind
from bazaar.settings import ROOT
from bazaar.show import overlays
from bazaar.views import streams as views
from bazaar.web import streams
from bazaar.web.streams import Streams, Told
from tests.builders import (
    HOST,
    a_product,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    an_order,
    seller_token,
)
from tests.committee import signed_in
from tests.house import SECRET
from tests.slowness import within

KEY = ("public", 1)


def told(mark, data="{}"):
    return {KEY: Told(mark, data)}


@pytest.fixture
def hub(app):
    """Streams whose news the test publishes itself."""
    hub = Streams(app, lambda: told("a"), connections=10, standing=frozenset)
    yield hub
    hub.end()


# -- what a stream sends


def test_a_listener_gets_the_newest_and_then_each_change(hub):
    hub.publish(told("a", '{"n":1}'))
    events = hub.events(KEY)

    retry = next(events).decode()
    assert retry.startswith("retry: ")
    assert 2_000 <= int(retry.split()[1]) <= 8_000
    assert next(events) == b'id: a\nevent: onair\ndata: {"n":1}\n\n'
    hub.publish(told("b"))
    hub.publish(told("c"))
    assert next(events) == b"id: c\nevent: onair\ndata: {}\n\n"


def test_nothing_is_sent_twice_and_silence_is_filled_with_signs_of_life(hub, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.05)
    hub.publish(told("a"))
    events = hub.events(KEY)
    next(events), next(events)
    hub.publish(told("a", '{"server_time":"later"}'))

    assert [next(events), next(events)] == [b": hb\n\n", b": hb\n\n"]


def test_many_wait_and_all_are_woken_by_one_change(hub):
    heard: list[bytes] = []

    def listen():
        events = hub.events(KEY)
        next(events)
        heard.append(next(events))

    threads = [threading.Thread(target=listen) for _ in range(20)]
    for thread in threads:
        thread.start()
    hub.publish(told("a"))
    for thread in threads:
        thread.join(5)
    assert heard == [b"id: a\nevent: onair\ndata: {}\n\n"] * 20


def test_a_channel_that_is_gone_ends_its_streams(hub):
    hub.publish(told("a"))
    events = hub.events(("public", 9))

    next(events)
    assert list(events) == []


def test_an_unknown_channel_is_not_there_once_the_channels_are_known(app, hub):
    hub.publish(told("a"))

    with app.test_request_context(), pytest.raises(NotFound):
        hub.follow(("public", 9))
    assert hub.open == 0


def test_above_the_limit_a_fifth_stays_free_and_who_leaves_makes_room(app, hub):
    with app.test_request_context():
        listeners = [hub.follow(KEY) for _ in range(8)]
        refused = hub.follow(KEY)

        assert {answer.status_code for answer in listeners} == {200}
        assert refused.status_code == 503
        assert 5 <= int(refused.headers["Retry-After"]) <= 15
        listeners[0].close()
        listeners[0].close()
        assert hub.open == 7
        assert hub.follow(KEY).status_code == 200
        for answer in listeners:
            answer.close()


def test_who_has_lost_its_proof_is_cut_off_and_all_others_stay(app):
    holding = {("overlay", "a"), ("overlay", "b")}
    hub = Streams(app, lambda: told("a"), connections=10, standing=holding.intersection)
    hub.publish(told("a"))
    with app.test_request_context():
        answers = [hub.follow(KEY, proof) for proof in (("overlay", "a"), ("overlay", "b"), None)]
    kept, lost, open_to_all = (iter(answer.response) for answer in answers)
    for each in (kept, lost, open_to_all):
        next(each), next(each)
    hub.cut_off()

    holding.remove(("overlay", "b"))
    hub.cut_off()
    hub.publish(told("b"))

    assert list(lost) == []
    assert next(kept) == next(open_to_all) == b"id: b\nevent: onair\ndata: {}\n\n"
    answers[1].close()
    assert hub.open == 2
    hub.end()


def test_a_database_that_is_away_is_waited_for(app, monkeypatch):
    monkeypatch.setattr(streams, "EVERY_S", 0.01)
    answers = iter([RuntimeError("away"), told("a")])

    def read():
        answer = next(answers, told("a"))
        if isinstance(answer, Exception):
            raise answer
        return answer

    hub = Streams(app, read, connections=10, standing=frozenset)
    with app.test_request_context():
        listener = hub.follow(KEY)
    events = iter(listener.response)
    next(events)

    assert next(events) == b"id: a\nevent: onair\ndata: {}\n\n"
    assert db.engine.pool.checkedout() <= 1  # type: ignore[attr-defined]  # the test's own; the stream holds none
    listener.close()
    hub.end()


# -- who may read what


@pytest.fixture
def evening(app, now, time_machine):
    time_machine.move_to(now)
    edition = an_edition()
    edition.channels[0].public_delay_s = 30
    batik = a_seller(edition=edition, name="Batik Sri")
    turn = a_turn(a_release(edition), batik, starts_at=now)
    product = a_product(seller=batik)
    token = seller_token(batik)
    db.session.commit()
    return edition, turn, product, token


def test_what_each_kind_is_told(evening, now, time_machine):
    edition, turn, product, _ = evening
    show.act(edition, 1, ActKind.NOTE, revision=0, actor=HOST, now=now, text="pelan")
    an_order(product, turn=turn)
    time_machine.move_to(now + timedelta(seconds=10))

    news = {kind: told.data for (kind, _), told in views.read().items()}

    assert '"scene":"opening"' in news["public"]  # the picture is 30 seconds behind
    assert '"scene":"now"' in news["stage"]
    assert '"sold":{"orders":1,"goods_idr":25000}' in news["stage"]
    assert ("pelan" in news["public"], "pelan" in news["stage"], "pelan" in news["room"]) == (
        False,
        False,
        True,
    )
    assert "Siti" not in "".join(news.values())


def test_marks_change_with_what_is_seen_only(evening, now, time_machine):
    edition, turn, product, _ = evening
    first = {key: told.mark for key, told in views.read().items()}

    time_machine.move_to(now + timedelta(seconds=1))
    assert {key: told.mark for key, told in views.read().items()} == first
    (day,) = show.kept(edition, now)
    show.check_in(day, turn.seller_id, here=True, actor=HOST, now=times.now())
    present = {key: told.mark for key, told in views.read().items()}
    assert present["public", 1] == first["public", 1]
    assert present["stage", 1] != first["stage", 1]
    an_order(product, turn=turn)
    assert views.read()["stage", 1].mark != present["stage", 1]


@pytest.mark.parametrize("turns", [1, 5])
def test_reading_costs_a_few_queries_whatever_the_evening_holds(app, now, queries, turns):
    edition = an_edition(channels=2)
    released = a_release(edition)
    for place in range(turns):
        for channel in edition.channels:
            seller = a_seller(edition=edition)
            starts_at = times.now() + timedelta(minutes=15 * place - 1)
            a_turn(released, seller, starts_at=starts_at, channel=channel)
            a_product(seller=seller)
    db.session.commit()
    views.read()
    queries.clear()

    views.read()

    assert len(queries) <= 9


def test_the_ordinary_process_sends_listeners_away_at_once(evening, client):
    *_, token = evening
    signed_in(client)

    for address in ("/live/1/events", f"/live/u/{token}/events", "/live/ruang/1/events"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
        assert 5 <= int(answer.headers["Retry-After"]) <= 15


def test_the_address_of_an_overlay_opens_its_channel_of_the_edition_that_is_held(
    evening, client, app, monkeypatch
):
    edition, *_ = evening
    links = app.extensions["bazaar"].links
    link = overlays.make(
        edition.channels[0], "OBS", overlays.Look(), links=links, actor=HOST, now=times.now()
    )
    address = f"/live/overlay/{overlays.token_of(link, links)}/events"
    hub = Streams(app, dict, connections=10, standing=frozenset)
    hub.publish({("stage", 1): Told("a", "{}")})
    monkeypatch.setitem(app.extensions, streams.EXTENSION, hub)
    monkeypatch.setattr(hub, "_keep_reading", lambda: None)
    with client.get(address) as answer:
        assert answer.status_code == 200
        events = iter(answer.iter_encoded())
        assert next(events).startswith(b"retry: ")
        assert next(events).startswith(b"id: a")
    assert hub.open == 0
    edition.is_current = False
    assert client.get(address).status_code == 503
    overlays.revoke(link, edition.channels[0], actor=HOST, now=times.now())
    assert client.get(address).status_code == 404
    hub.end()


def test_the_room_is_for_the_committee_only(evening, client):
    assert "/masuk" in client.get("/live/ruang/1/events").location


def test_a_page_is_told_to_listen_only_where_there_are_streams(evening, client, app, monkeypatch):
    *_, token = evening
    assert "data-events" not in client.get(f"/u/{token}/siaran").text
    known = app.extensions["bazaar"]
    settings = known.settings.model_copy(update={"streams": True})
    monkeypatch.setitem(app.extensions, "bazaar", replace(known, settings=settings))

    assert f'data-events="/live/u/{token}/events"' in client.get(f"/u/{token}/siaran").text


# -- a real process

HASTY = """
from bazaar.web import streams
streams.HEARTBEAT_S = 0.3
streams.EVERY_S = 0.2
streams.PROVEN_EVERY_S = 0.5
from bazaar import create_live_app
"""


class Listener:
    """Somebody who listens, over a socket of its own."""

    def __init__(self, port, path="/live/1/events", **headers):
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.line.request("GET", path, headers=headers)
        self.answer = self.line.getresponse()

    def next(self, start="data: "):
        while (line := self.answer.fp.readline().decode()) and not line.startswith(start):
            pass
        return line

    def vanish(self):
        self.answer.close()
        self.line.close()


@pytest.fixture
def listen(live_process):
    """Makes listeners of the process, and hangs up at the end."""
    port, _ = live_process
    made = []

    def listen(path="/live/1/events", **headers):
        made.append(Listener(port, path, **headers))
        return made[-1]

    yield listen
    for each in made:
        each.vanish()


@pytest.fixture
def live_process(app, database, tmp_path):
    """The process for streams on this test's database, hasty; its port and the process."""
    (tmp_path / "hasty.py").write_text(HASTY)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [
        "hasty:create_live_app()" if word.startswith("bazaar:") else word
        for word in live_process_words(f"127.0.0.1:{port}", 10)
    ]
    env = {name: value for name, value in os.environ.items() if not name.startswith("BAZAAR_")} | {
        "BAZAAR_MODE": "development",
        "BAZAAR_SECRET_KEY": SECRET,
        "BAZAAR_DATABASE_URL": database.database.url,
        "BAZAAR_INSTANCE_PATH": str(app.instance_path),
        "BAZAAR_LIVE_CONNECTIONS": "10",
        "BAZAAR_LOG_LEVEL": "ERROR",
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
    }
    process = subprocess.Popen([sys.executable, "-m", *words], env=env)
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    deadline = time.monotonic() + 60
    while True:
        try:
            line.request("GET", "/healthz")
            assert line.getresponse().status == 200
            break
        except ConnectionError:
            assert process.poll() is None
            assert time.monotonic() < deadline, "the process did not start"
            time.sleep(0.1)
        finally:
            line.close()
    yield port, process
    process.kill()
    process.wait(60)


def test_a_real_process_streams_has_a_limit_notices_who_is_gone_and_ends(app, live_process, listen):
    _, process = live_process
    edition = an_edition()
    seller = a_seller(edition=edition, name="Batik Sri")
    now = times.now()
    released = a_release(edition, made_at=now, released_at=now)
    a_turn(released, seller, starts_at=now - timedelta(minutes=1))
    token = seller_token(seller)
    db.session.commit()

    public, own = listen(), listen(f"/live/u/{token}/events")
    assert public.answer.headers["Content-Type"].startswith("text/event-stream")
    assert public.next("retry: ")
    assert json.loads(public.next()[6:])["on_air"]["name"] == "Batik Sri"
    assert json.loads(own.next()[6:])["phase"] == "running"

    show.act(edition, 1, ActKind.HOLD, revision=0, actor=HOST, now=times.now())
    db.session.commit()
    acted = time.monotonic()
    assert json.loads(public.next()[6:])["held"] is True
    assert json.loads(own.next()[6:])["held"] is True
    assert time.monotonic() - acted < within(3)
    assert public.next(": hb")

    assert listen("/live/9/events").answer.status == 404
    others = [listen() for _ in range(6)]
    refused = listen()
    assert (refused.answer.status, int(refused.answer.headers["Retry-After"]) > 0) == (503, True)
    assert listen("/healthz").answer.status == 200  # it answers others all the while
    refused.vanish()
    others[0].vanish()
    deadline = time.monotonic() + within(10)
    while (again := listen()).answer.status != 200:
        again.vanish()
        assert time.monotonic() < deadline, "nobody noticed who is gone"
        time.sleep(0.2)

    process.send_signal(signal.SIGTERM)
    assert process.wait(within(15)) == 0
    assert public.next("never") == ""


def test_whoever_has_lost_its_right_hears_nothing_more_after_some_seconds(app, client, listen):
    edition = an_edition()
    seller, other = a_seller(edition=edition), a_seller(edition=edition)
    now = times.now()
    released = a_release(edition, made_at=now, released_at=now)
    a_turn(released, seller, starts_at=now - timedelta(minutes=1))
    links, channel = app.extensions["bazaar"].links, edition.channels[0]
    link, spare = (
        overlays.make(channel, "OBS", overlays.Look(), links=links, actor=HOST, now=now)
        for _ in range(2)
    )
    token, its_token = seller_token(seller), seller_token(other)
    member, session = signed_in(client), client.get_cookie("panitia")
    db.session.commit()
    screen, kept = (
        listen(f"/live/overlay/{overlays.token_of(each, links)}/events") for each in (link, spare)
    )
    own, its = listen(f"/live/u/{token}/events"), listen(f"/live/u/{its_token}/events")
    room, public = listen("/live/ruang/1/events", Cookie=f"panitia={session.value}"), listen()
    everybody = (screen, own, room, kept, its, public)
    for each in everybody:
        assert json.loads(each.next()[6:])["held"] is False

    overlays.revoke(link, channel, actor=HOST, now=times.now())
    sellers.issue_link(seller, links, actor=HOST, now=times.now())
    sessions.end_all(member)
    db.session.commit()
    revoked = time.monotonic()

    for gone in (screen, own, room):
        assert gone.next("never") == ""
    assert time.monotonic() - revoked < within(5)
    show.act(edition, 1, ActKind.HOLD, revision=0, actor=HOST, now=times.now())
    db.session.commit()
    for each in (kept, its, public):
        assert json.loads(each.next()[6:])["held"] is True
