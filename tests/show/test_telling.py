from datetime import timedelta

import pytest

from bazaar import audit, show
from bazaar.db import db
from bazaar.models import ContactKind
from bazaar.rules.show.cues import CueKind
from bazaar.show import contacts, presence, telling, texts
from bazaar.show.texts import Words
from bazaar.web import services
from tests.builders import HOST, a_product, a_release, a_seller, a_turn, an_edition, an_order
from tests.show.cueing import due, messages, minutes, telegram, tell


@pytest.fixture
def edition(app):
    return an_edition()


@pytest.fixture
def turn(edition, now):
    """A turn in two days, so that each test chooses its own moment."""
    seller = a_seller(name="Batik Sekar", owner_name="Bu Sekar", email="sekar@umkm.test")
    return a_turn(a_release(edition), seller, starts_at=now + timedelta(days=2))


def test_a_cue_becomes_a_message_by_every_way_that_reaches_the_seller(edition, turn, now):
    telegram(turn.seller, now)
    at = turn.starts_at - minutes(15)

    assert tell(edition, at, CueKind.CALL) == 3
    mail, chat, hand = (messages(way)[0] for way in ("mail", "telegram", "hand"))
    assert mail.key == f"cue:{turn.uid}:{turn.sequence}:call:seller:mail"
    assert mail.to == chat.to == hand.to == f"seller:{turn.seller_id}"
    assert hand.key == f"hand:cue:{turn.uid}:{turn.sequence}:call:seller:hand"
    assert hand.next_try_at is None  # nobody picks it
    assert {one.valid_until for one in messages()} == {turn.starts_at - minutes(6)}


def test_the_same_cue_tells_once_and_again_when_the_turn_moves(edition, turn, now):
    at = turn.starts_at - minutes(15)
    assert tell(edition, at, CueKind.CALL) == 2
    assert tell(edition, at + minutes(1), CueKind.CALL) == 0

    turn.sequence += 1
    assert tell(edition, at + minutes(2), CueKind.CALL) == 2


def test_the_words_hold_the_evening_in_the_zone_of_the_edition(edition, turn, now):
    edition.zone_name = "Asia/Makassar"
    tell(edition, turn.starts_at - timedelta(hours=24), CueKind.DAY_BEFORE)

    (mail,) = messages("mail")
    assert mail.subject == "Giliran siaran Anda: Selasa 3 Maret, 20.00–20.15 WITA"
    assert "Halo Bu Sekar,\n\nBatik Sekar tayang di Pasar Virtual Ramadan" in mail.text
    assert "Saluran 1" in mail.text
    assert "https://zoom.us/j/9001" in mail.text
    assert "{halaman}" in mail.text  # put in when it leaves


def test_a_seller_is_written_to_in_its_language(edition, turn, now):
    turn.seller.language = "en"
    tell(edition, turn.starts_at - minutes(60), CueKind.HOUR_BEFORE)

    assert "is in about one hour" in messages("mail")[0].text


def test_the_committees_words_beat_the_houses(edition, turn, now):
    own = Words("Ayo {penjual}", "Pukul {perkiraan} di {saluran}.")
    texts.change(edition, CueKind.CALL, "id", own, actor=HOST, now=now)
    tell(edition, turn.starts_at - minutes(15), CueKind.CALL)

    mail = messages("mail")[0]
    last = "Tidak mau pengingat ini lagi? {berhenti}"
    text = f"Pukul 19.00 WIB di Saluran 1.\n\n{last}"
    assert (mail.subject, mail.text) == ("Ayo Batik Sekar", text)


def test_late_and_expired_cues_tell_nothing(edition, turn, now):
    at = turn.starts_at - minutes(15)
    (one,) = due(edition, at, CueKind.CALL)
    late = due(edition, at + minutes(10), CueKind.CALL)

    assert late[0][1].late
    assert telling.tell(edition, late, now=at + minutes(10)) == 0
    assert telling.tell(edition, [one], now=at + minutes(10)) == 0
    assert messages() == []


def test_what_only_concerns_screens_is_no_message(edition, turn, now):
    during = turn.ends_at - minutes(1)
    kinds = {CueKind.ON_AIR, CueKind.WARN, CueKind.WRAP, CueKind.LAST_CHECK, CueKind.END}
    cues = [each for each in due(edition, during) if each[1].kind in kinds]

    assert cues
    assert telling.tell(edition, cues, now=during) == 0


def test_who_is_in_the_room_is_neither_called_nor_looked_for(edition, turn, now):
    at = turn.starts_at - minutes(8)
    assert tell(edition, at, CueKind.CHECK) == 1
    hand = messages("hand")[0]
    assert "kami belum melihat Batik Sekar di ruang tunggu" in hand.text
    db.session.delete(hand)
    db.session.flush()
    (channel,) = show.days(edition, show.day_at(edition, at))
    presence.check_in(channel, turn.seller_id, here=True, actor=HOST, now=at)

    assert tell(edition, at, CueKind.CHECK) == 0
    assert tell(edition, at, CueKind.CALL) == 0


def test_standby_goes_only_by_ways_that_are_fast(edition, turn, now):
    at = turn.starts_at - minutes(2)
    assert tell(edition, at, CueKind.STANDBY) == 0
    telegram(turn.seller, now)

    assert tell(edition, at, CueKind.STANDBY) == 1
    assert messages()[0].way == "telegram"


def test_the_thanks_name_what_was_ordered_during_the_turn(edition, now):
    seller = a_seller(email="sekar@umkm.test")
    turn = a_turn(a_release(edition), seller, starts_at=now)
    product = a_product(seller=seller, price_idr=25_000)
    an_order(product, quantity=2, at=now + minutes(5))

    assert tell(edition, turn.ends_at, CueKind.DONE) == 1
    assert "ada 1 pesanan, Rp50.000." in messages("mail")[-1].text


def test_an_ended_way_gets_nothing(edition, turn, now):
    token = contacts.stop_token(turn.seller, ContactKind.EMAIL, services().links)
    contacts.turn_off(turn.seller, ContactKind.EMAIL, links=services().links, actor=HOST, now=now)
    assert contacts.get_by_link(token).ended_at == now

    tell(edition, turn.starts_at - minutes(15), CueKind.CALL)
    assert [one.way for one in messages()] == ["hand"]


@pytest.mark.parametrize("count", [2, 12])
def test_more_cues_cost_no_more_queries(edition, now, queries, count):
    released = a_release(edition)
    for n in range(count):
        seller = a_seller(email=f"u{n}@umkm.test")
        a_turn(released, seller, starts_at=now + minutes(24 * 60 + 15 * n))
    db.session.flush()
    at = now + minutes(15 * count)
    cues = due(edition, at, CueKind.DAY_BEFORE)
    queries.clear()

    assert telling.tell(edition, cues, now=at) == 2 * count
    assert len(queries) == 5


def test_everything_told_by_hand_or_machine_has_house_words_in_both_languages():
    kinds = {kind for kind, _ in telling.BY}

    assert set(texts.HOUSE) == {(kind, language) for kind in kinds for language in ("id", "en")}
    assert set(telling.BY) >= telling.BY_HAND
    for words in texts.HOUSE.values():
        assert texts.unknown_field(words.subject + words.text) is None
        assert len(words.subject) <= texts.SUBJECT_LENGTH
        assert len(words.text) <= texts.TEXT_LENGTH


@pytest.mark.parametrize("bad", ["Halo {nama}", "Halo {}", "Halo {penjual.email}", "{0}"])
def test_a_field_that_is_none_is_refused_with_its_name(edition, now, bad):
    with pytest.raises(texts.UnknownField) as caught:
        texts.change(edition, CueKind.CALL, "id", Words("Halo", bad), actor=HOST, now=now)
    assert str(caught.value).startswith(bad[bad.index("{") :])


@pytest.mark.parametrize(
    "words",
    [
        Words("", "x"),
        Words("x", ""),
        Words("a\nb", "x"),
        Words("x" * 121, "x"),
        Words("x", "x" * 1001),
    ],
)
def test_words_that_do_not_fit_are_refused(edition, now, words):
    with pytest.raises(texts.BadWords):
        texts.change(edition, CueKind.CALL, "id", words, actor=HOST, now=now)


def test_a_screen_cue_has_no_text_to_change(edition, now):
    with pytest.raises(texts.NoSuchText):
        texts.change(edition, CueKind.WRAP, "id", Words("x", "y"), actor=HOST, now=now)


def test_the_houses_words_come_back(edition, now):
    texts.change(edition, CueKind.CALL, "id", Words("x", "y"), actor=HOST, now=now)
    texts.change(edition, CueKind.CALL, "id", Words("x", "z"), actor=HOST, now=now)
    db.session.flush()
    assert texts.words_of(edition.id, [CueKind.CALL])[CueKind.CALL, "id"].text == "z"

    assert texts.reset(edition, CueKind.CALL, "id", actor=HOST, now=now)
    assert not texts.reset(edition, CueKind.CALL, "id", actor=HOST, now=now)
    house = texts.HOUSE[CueKind.CALL, "id"]
    assert texts.words_of(edition.id, [CueKind.CALL])[CueKind.CALL, "id"] == house
    noted = db.session.scalars(audit.about(f"edition:{edition.slug}")).all()
    assert [one.action for one in noted].count("cue.change_text") == 2
    assert "cue.reset_text" in {one.action for one in noted}
