"""The overlay's pages and their state, as the program that makes the broadcast asks for them."""

import base64
import io
import json
from dataclasses import replace
from datetime import timedelta
from importlib import import_module

import pytest
import zxingcpp
from PIL import Image

from bazaar import show
from bazaar.db import db
from bazaar.models import ClosedKind, ClosedTime, Role
from bazaar.rules.show.acts import ActKind
from bazaar.show import overlays
from bazaar.show.overlays import Part
from bazaar.web import services
from tests import builders as a
from tests.committee import signed_in
from tests.overlays import a_link, an_evening

VARIANTS = ("", "/bawah", "/qr", "/jeda")


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now, time_machine):
    time_machine.move_to(now)
    evening = an_evening(now)
    db.session.commit()
    return evening


@pytest.fixture
def state(client, evening):
    def ask(path="", **args):
        return json.loads(client.get(f"{path or evening.path}/keadaan", query_string=args).data)

    return ask


def decoded(data_uri):
    picture = io.BytesIO(base64.b64decode(data_uri.partition(",")[2]))
    image = Image.open(picture)
    large = image.resize((image.width * 6, image.height * 6), Image.Resampling.NEAREST)
    return zxingcpp.read_barcodes(large.convert("L"))


def act(evening, kind, now, **more):
    revision = show.kept(evening.edition, now)[0].revision
    show.act(evening.edition, 1, kind, revision=revision, actor=a.HOST, now=now, **more)
    db.session.commit()


def test_the_state_tells_what_a_viewer_should_see(evening, state, now):
    for _ in range(2):
        a.an_order(evening.product, at=now, turn=evening.turns[0])
    told = state()

    assert told["scene"] == "now"
    assert told["until"] == (now + minutes(9)).timestamp() * 1000
    host = services().settings.public_url.partition("//")[2]
    assert told["texts"] == {
        "edition": "Pasar Virtual Ramadan",
        "title": "Sebentar, ya",
        "line": "Siaran segera dilanjutkan.",
        "before": "sisa",
        "over": "Segera berganti",
        "seller": "Batik Sekar Jagad",
        "place": "Batik · Kec. Sumbersari",
        "next": "Kopi Argopuro",
        "next_place": "Kopi & Kakao · Kec. Panti",
        "next_at": "19.09",
        "product": "Kain batik tulis motif tembakau",
        "price": "Rp275.000",
        "code": "B07",
        "stock": "Sisa 10",
        "address": f"{host}/b/B07",
        "sold": "2 pesanan",
    }
    assert [good["code"] for good in told["goods"]] == ["B07"]


def test_the_code_is_the_short_link_at_level_m(evening, state):
    told = state()

    for picture in (told["qr"], told["goods"][0]["qr"]):
        (found,) = decoded(picture)
        assert found.text == f"{services().settings.public_url}/b/B07"
        assert found.ec_level == "M"


def test_there_is_never_a_payment_code(evening, state):
    a.a_sticker(evening.batik)

    told = json.dumps(state())

    assert "ID.CO" not in told
    assert all("QRIS" not in text for text in state()["texts"].values())


def test_what_is_sold_out_says_so(evening, state, now):
    evening.product.stock = 0
    told = state()

    assert (told["sold_out"], told["texts"]["stock"], told["goods"]) == (True, "Habis", [])


def test_without_a_product_the_code_leads_to_all_stalls(evening, state):
    evening.product.active = False
    told = state()

    assert "product" not in told["texts"]
    assert decoded(told["qr"])[0].text == f"{services().settings.public_url}/"


def test_english_is_english(evening, state, now):
    link = a_link(evening.channel, now, language="en")
    token = overlays.token_of(link, services().links)

    texts = state(f"/overlay/{token}")["texts"]

    assert (texts["price"], texts["next_at"], texts["stock"]) == ("Rp275,000", "19:09", "12 left")


def test_the_language_of_who_asks_does_not_matter(evening, client, state):
    client.set_cookie("language", "en")

    assert state()["texts"]["price"] == "Rp275.000"


@pytest.mark.parametrize(
    ("at", "scene", "title", "line"),
    [
        (-10, "opening", "Segera dimulai", "Mulai pukul 18.54 WIB"),
        (15, "now", "Sebentar, ya", "Siaran segera dilanjutkan."),
        (40, "closing", "Terima kasih sudah menonton", "Lapak tetap buka. Sampai jumpa!"),
    ],
)
def test_scenes_follow_the_clock(state, now, time_machine, at, scene, title, line):
    time_machine.move_to(now + minutes(at))

    told = state()

    assert (told["scene"], told["texts"]["title"], told["texts"]["line"]) == (scene, title, line)


@pytest.mark.parametrize(
    ("kind", "note", "title"),
    [
        (ClosedKind.MAGHRIB, "", "Maghrib dan buka puasa"),
        (ClosedKind.TARAWIH, "", "Isya dan tarawih"),
        (ClosedKind.FRIDAY, "", "Salat Jumat"),
        (ClosedKind.HOLIDAY, "Hari Lahir Pancasila", "Hari Lahir Pancasila"),
        (ClosedKind.BREAK, "teknisi makan", "Jeda sebentar"),
    ],
)
def test_a_break_says_which(evening, state, now, kind, note, title):
    ends_at = now + minutes(20)
    a.keep(
        ClosedTime(
            edition_id=evening.edition.id,
            kind=kind,
            note=note,
            starts_at=now - minutes(1),
            ends_at=ends_at,
        )
    )
    act(evening, ActKind.HOLD, now, text="rahasia")

    told = state()

    assert (told["scene"], told["texts"]["title"]) == ("break", title)
    assert told["texts"]["line"] == "Kami kembali pukul 19.20 WIB"
    assert told["until"] == ends_at.timestamp() * 1000
    assert "rahasia" not in json.dumps(told)


def test_a_hold_without_closed_time_promises_no_time(evening, state, now):
    act(evening, ActKind.HOLD, now, text="Azan")
    assert (state()["texts"]["title"], state()["until"]) == ("Azan", None)

    act(evening, ActKind.RESUME, now)
    act(evening, ActKind.HOLD, now, text="Sambungan putus")
    told = state()
    assert (told["texts"]["title"], told["texts"]["line"], told["prayer"]) == (
        "Jeda sebentar",
        "Kami segera kembali.",
        False,
    )


def test_it_tells_the_room_not_the_delayed_picture(evening, state, now):
    evening.channel.public_delay_s = 60
    db.session.commit()
    show.forget()

    act(evening, ActKind.START, now, turn=evening.turns[1].uid)

    assert state()["texts"]["seller"] == "Kopi Argopuro"


def test_the_same_state_is_not_sent_twice(evening, client, now, time_machine):
    path = f"{evening.path}/keadaan"
    first = client.get(path)
    time_machine.move_to(now + timedelta(seconds=7))

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["X-Server-Now"] == str(round((now.timestamp() + 7) * 1000))
    evening.product.price_idr = 250_000
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


@pytest.mark.parametrize("variant", VARIANTS)
def test_pages_are_kept_nowhere_and_found_by_nobody(evening, client, variant):
    page = client.get(evening.path + variant)

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "Set-Cookie" not in page.headers
    assert '<meta name="robots" content="noindex, nofollow">' in page.text


@pytest.mark.parametrize("variant", [*VARIANTS, "/keadaan", "/tidak-ada"])
def test_revoked_and_unknown_are_one_empty_page(evening, client, variant, now):
    overlays.revoke(evening.link, evening.channel, actor=a.HOST, now=now)
    answers = [client.get(path + variant) for path in (evening.path, "/overlay/tidak-ada")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "<body" not in answers[0].text
    assert "<title>-</title>" in answers[0].text


def test_no_fault_is_ever_in_the_picture(evening, client, monkeypatch):
    monkeypatch.setattr("bazaar.views.overlay.times.now", lambda: None)
    client.application.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        answer = client.get(evening.path)
    finally:
        client.application.config["PROPAGATE_EXCEPTIONS"] = None

    assert answer.status_code == 500
    assert "<body" not in answer.text
    assert 'http-equiv="refresh"' in answer.text


@pytest.mark.parametrize("scene", ["opening", "now", "next", "break", "closing", "idle"])
def test_a_scene_can_be_tried_out(state, scene):
    assert state(pratinjau=scene)["scene"] == scene


def test_a_preview_is_marked_as_one(evening, client):
    assert "preview-note" not in client.get(evening.path).text

    page = client.get(f"{evening.path}/bawah?pratinjau=sekarang").text

    assert "preview-note" in page
    assert "keadaan?pratinjau=sekarang" in page


@pytest.mark.parametrize("on", [True, False])
def test_the_stream_of_events_wakes_it_where_there_is_one(evening, client, monkeypatch, on):
    made = client.application.extensions["bazaar"]
    settings = made.settings.model_copy(update={"streams": on})
    monkeypatch.setitem(client.application.extensions, "bazaar", replace(made, settings=settings))

    page = client.get(evening.path).text

    token = evening.path.rpartition("/")[2]
    assert (f'data-events="/live/overlay/{token}/events"' in page) is on


def test_another_look_is_another_version(evening, client, state, now):
    before = state()["version"]
    signed_in(client, Role.HOST)
    sent = {"name": "Studio", "corner": "top-left", "theme": "light", "language": "id"}
    page = f"/panitia/siaran/1/overlay/{evening.link.id}"

    client.post(page, data=sent | {"scale": "115", "parts": ["qr"]})

    assert state()["version"].split()[0] == before.split()[0]
    assert state()["version"] != before
    shown = client.get(evening.path).text
    assert "at-top-left theme-light scale-115 with-qr" in shown
    assert f"with-{Part.SOLD.value}" not in shown


def test_a_state_costs_few_queries(evening, client, queries, monkeypatch):
    monkeypatch.setattr(import_module("bazaar.show.days"), "LASTS", 60.0)
    path = f"{evening.path}/keadaan"
    client.get(path)
    queries.clear()

    client.get(path)

    # The address; what changed; sellers, goods, the turn, what was sold.
    assert len(queries) == 6, [q[:150] for q in queries]
