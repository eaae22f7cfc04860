"""The liaison's page, and the words of messages."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from bazaar import show
from bazaar.models import ContactKind, Role
from bazaar.rules.show.cues import CueKind
from bazaar.show import contacts, texts
from tests.builders import a_release, a_seller, a_turn, an_edition, sign_in
from tests.show.cueing import messages, minutes, tell


@pytest.fixture
def turn(app, now, time_machine):
    edition = an_edition()
    seller = a_seller(name="Batik Sekar & Co", phone="+6281234567890")
    turn = a_turn(a_release(edition), seller, starts_at=now + timedelta(days=2))
    time_machine.move_to(turn.starts_at - minutes(15))
    return turn


def called(turn):
    edition = turn.channel.edition
    tell(edition, turn.starts_at - minutes(15), CueKind.CALL)
    show.forget()


def test_the_liaison_taps_a_link_with_the_words_ready(client, turn):
    called(turn)
    sign_in(client, Role.HOST)
    page = client.get("/panitia/hubungi")

    link = urlsplit(unescape(re.search(r'href="(https://wa\.me/[^"]+)"', page.text)[1]))
    assert link.path == "/6281234567890"
    assert parse_qs(link.query)["text"][0].startswith("Batik Sekar & Co: kira-kira 15 menit lagi")
    assert 'href="tel:+6281234567890"' in page.text


def test_marking_takes_it_off_and_the_second_is_told(client, turn):
    called(turn)
    sign_in(client, Role.HOST)
    path = f"/panitia/hubungi/{messages('hand')[0].id}"

    assert client.post(path).status_code == 303
    assert "Tidak ada yang perlu dihubungi" in client.get("/panitia/hubungi").text
    refused = client.post(path)
    assert refused.status_code == 409
    assert "sudah ditandai dihubungi oleh orang lain" in refused.text


def test_the_list_is_asked_for_again_cheaply(client, turn):
    called(turn)
    sign_in(client, Role.HOST)
    first = client.get("/panitia/hubungi/daftar")

    assert "Batik Sekar" in first.text
    again = client.get("/panitia/hubungi/daftar", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_every_message_is_shown_in_both_languages_about_a_real_turn(client, turn):
    sign_in(client, Role.TREASURER)
    page = unescape(client.get("/panitia/hubungi/teks").text)

    for (kind, language), words in texts.HOUSE.items():
        assert f'id="{kind.value}-{language}"' in page
        assert "Batik Sekar & Co" in page
        assert words.text.partition("{")[0] in page
    assert "{" not in re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    assert "/u/…" in page
    assert "Ubah" not in page


def test_without_turns_the_example_is_invented(client, app):
    an_edition(channels=0)
    sign_in(client, Role.HOST)

    assert "Belum ada giliran yang akan datang" in client.get("/panitia/hubungi/teks").text
    assert client.get("/panitia/hubungi/teks/call/id").status_code == 200


def test_the_committee_writes_its_own_words_and_takes_them_back(client, turn):
    sign_in(client, Role.HOST)
    path = "/panitia/hubungi/teks/call/id"
    own = {"subject": "Ayo {penjual}", "text": "Masuk: {zoom}\r\nSampai jumpa <b>ya</b>."}

    shown = client.post(path, data=own | {"preview": "1"})
    assert shown.status_code == 200
    assert "Ayo Batik Sekar &amp; Co" in shown.text
    assert "&lt;b&gt;ya&lt;/b&gt;" in shown.text
    assert texts.changed(turn.channel.edition_id) == {}

    assert client.post(path, data=own).status_code == 303
    page = client.get("/panitia/hubungi/teks").text
    assert "diubah panitia" in page
    assert "Ayo Batik Sekar &amp; Co" in page
    assert client.post(f"{path}/bawaan").status_code == 303
    assert "diubah panitia" not in client.get("/panitia/hubungi/teks").text


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"text": "Halo {nama}"}, "{nama} bukan isian yang dikenal"),
        ({"text": ""}, "Isi pesannya."),
        ({"subject": "x" * 121}, "paling banyak 120 huruf"),
        ({"text": "x" * 1001}, "paling banyak 1000 huruf"),
        ({"subject": "a\nb"}, "dalam satu baris"),
    ],
)
def test_wrong_words_are_refused_with_a_sentence_and_kept_in_the_form(client, turn, wrong, says):
    sign_in(client, Role.HOST)
    sent = {"subject": "Judul", "text": "Isi"} | wrong
    refused = client.post("/panitia/hubungi/teks/call/id", data=sent)

    assert refused.status_code == 422
    assert says in unescape(refused.text)
    assert texts.changed(turn.channel.edition_id) == {}


@pytest.mark.parametrize("path", ["wrap/id", "call/jv", "x/id"])
def test_there_is_no_such_message(client, turn, path):
    sign_in(client, Role.HOST)

    assert client.get(f"/panitia/hubungi/teks/{path}").status_code == 404


def test_the_committee_sets_up_a_way_for_a_seller(client, turn):
    sign_in(client, Role.REGISTRAR)
    path = f"/panitia/umkm/{turn.seller.code}/kabar"

    refused = client.post(f"{path}/lain", data={"address": "json://127.0.0.1/x"})
    assert refused.status_code == 422
    assert "Yang boleh" in refused.text
    assert client.post(f"{path}/surel", data={"address": "a@b.id"}).status_code == 404
    good = {"address": "discord://1234567890/abcdefgh"}
    assert client.post(f"{path}/lain", data=good).status_code == 303
    page = client.get(path).text
    assert "nyala" in page
    assert "abcdefgh" not in page
    known = contacts.of([turn.seller_id])[turn.seller_id]
    assert contacts.open_ways(turn.seller, known) == [ContactKind.OTHER]
    assert client.post(f"{path}/lain/henti").status_code == 303
    assert "dihentikan" in client.get(path).text


def test_ways_that_are_not_set_up_are_said_and_not_offered(client, turn):
    sign_in(client, Role.ADMIN)
    seller, path = turn.seller, f"/panitia/umkm/{turn.seller.code}/kabar"

    queue = client.get("/panitia/hubungi").text
    for missing in ("Surel belum dipasang", "Telegram belum dipasang", "BAZAAR_TELEGRAM_TOKEN"):
        assert missing in queue
    page = client.get(path).text
    assert f'action="{path}/telegram"' not in page
    assert f'action="{path}/lain"' in page
    assert page.count("belum tersedia") == 2
    refused = client.post(f"{path}/telegram", data={"address": "123456789"})
    assert refused.status_code == 409
    assert "Jalan ini belum dipasang" in refused.text
    assert contacts.of([seller.id]) == {}


def test_nothing_is_said_where_all_ways_are_set_up(client, turn, monkeypatch):
    sign_in(client, Role.ADMIN)
    known = client.application.extensions["bazaar"]
    token = "123456789:AAabcdefghijklmnopqrstuvwxyz012345678"
    settings = known.settings.model_copy(update={"telegram_token": token})
    all_ways = replace(known, settings=settings, messenger=known.chats)
    monkeypatch.setitem(client.application.extensions, "bazaar", all_ways)

    assert "belum dipasang" not in client.get("/panitia/hubungi").text
    page = client.get(f"/panitia/umkm/{turn.seller.code}/kabar").text
    assert "belum tersedia" not in page
    assert "/kabar/telegram" in page
