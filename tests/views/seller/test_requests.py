"""Requests on the seller's phone."""

import re
from datetime import timedelta

import pytest

from bazaar.db import db
from bazaar.models import AuditEntry, Message, Participation, RequestState, TurnRequest
from tests.builders import NOW, a_seller, a_turn, seller_token
from tests.rotation.test_requests import DAY, Bazaar, plan


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def bazaar(app):
    return Bazaar()


@pytest.fixture
def sekar(bazaar):
    return f"/u/{seller_token(bazaar.sekar)}"


@pytest.fixture
def tin(bazaar):
    return f"/u/{seller_token(bazaar.tin)}"


@pytest.fixture
def kopi(bazaar):
    return f"/u/{seller_token(bazaar.kopi)}"


def ask(client, bazaar, sekar, **given):
    data = {"other": bazaar.second.uid, "wish": "Anak sakit"} | given
    return client.post(f"{sekar}/giliran/{bazaar.first.uid}/tukar", data=data)


def the_request():
    return db.session.query(TurnRequest).populate_existing().one()


def test_a_whole_swap_on_two_phones(client, bazaar, sekar, tin):
    page = client.get(sekar).text
    for path in ("tukar", "pindah", "kembali"):
        assert f"{sekar}/giliran/{bazaar.second.uid}/{path}" not in page
        assert f"{sekar}/giliran/{bazaar.first.uid}/{path}" in page
    page = client.get(f"{sekar}/giliran/{bazaar.first.uid}/tukar").text
    assert "Keripik Bu Tin" in page
    assert "Kopi Silo" not in page

    answer = ask(client, bazaar, sekar)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{sekar}/permintaan")
    number = the_request().id
    shown = client.get(f"{sekar}/permintaan").text
    assert "menunggu jawaban" in shown
    assert f"https://wa.me/{bazaar.tin.phone.lstrip('+')}" in shown
    assert "menunggu jawaban" in client.get(sekar).text

    home = client.get(tin).text
    assert "Batik Sekar mengajak tukar giliran" in home
    assert "“Anak sakit”" in home
    assert client.post(f"{tin}/permintaan/{number}/setuju").status_code == 303
    assert "disetujui keduanya" in client.get(f"{sekar}/permintaan").text
    assert "Berlaku Sen 2 Mar 07.00 WIB bila panitia tidak keberatan" in (
        client.get(f"{tin}/permintaan").text
    )


def test_with_no_veto_the_second_phone_makes_it_count(client, bazaar, sekar, tin):
    bazaar.edition.veto_hours = 0
    ask(client, bazaar, sekar)
    path = f"{tin}/permintaan/{the_request().id}/setuju"

    client.post(path)

    assert "Giliran sudah ditukar." in client.get(f"{tin}/permintaan").text
    assert plan(bazaar.edition)[1][3 * DAY] == "Keripik Bu Tin"
    assert client.post(path).status_code == 303
    assert plan(bazaar.edition)[0] == 2
    for uid, page in ((bazaar.first.uid, sekar), (bazaar.second.uid, tin)):
        why = client.get(f"{page}/giliran/{uid}/mengapa").text
        assert "sepakat bertukar giliran, sesudah undian." in why
        assert "dengan tangan" not in why
    public = client.get(f"/jadwal/mengapa/{bazaar.first.uid}").text
    assert "Batik Sekar dan Keripik Bu Tin sepakat bertukar giliran" in public


def test_a_no_with_its_reason_reaches_who_asked(client, bazaar, sekar, tin):
    ask(client, bazaar, sekar)
    client.post(f"{tin}/permintaan/{the_request().id}/tolak", data={"why": "  Ada   hajatan "})

    assert "Ada hajatan" in client.get(f"{sekar}/permintaan").text
    assert the_request().state is RequestState.REFUSED


def test_withdrawing_frees_the_turn(client, bazaar, sekar, tin):
    ask(client, bazaar, sekar)
    number = the_request().id
    assert client.post(f"{sekar}/permintaan/{number}/tarik").status_code == 303

    assert "mengajak tukar" not in client.get(tin).text
    late = client.post(f"{tin}/permintaan/{number}/setuju")
    assert late.status_code == 409
    assert "sudah dijawab atau ditutup" in late.text
    assert "/tukar" in client.get(sekar).text


def test_nobody_else_sees_or_answers(client, bazaar, sekar, tin, kopi):
    ask(client, bazaar, sekar)
    number = the_request().id

    assert "Anak sakit" not in client.get(f"{kopi}/permintaan").text
    for who, act in ((kopi, "setuju"), (kopi, "tarik"), (tin, "tarik"), (sekar, "setuju")):
        assert client.post(f"{who}/permintaan/{number}/{act}").status_code == 404
    assert client.post(f"{kopi}/permintaan/{number}/tolak").status_code == 404
    for path in ("tukar", "pindah", "kembali"):
        assert client.get(f"{kopi}/giliran/{bazaar.first.uid}/{path}").status_code == 409
        assert client.post(f"{kopi}/giliran/{bazaar.first.uid}/{path}").status_code == 409
    assert the_request().state is RequestState.ASKED


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"other": ""}, "Pilih dulu giliran yang ingin Anda tukar."),
        ({"wish": "x" * 201}, "Paling panjang 200 huruf."),
    ],
)
def test_a_wrong_swap_form_has_its_sentence(client, bazaar, sekar, data, sentence):
    page = ask(client, bazaar, sekar, **data)

    assert page.status_code == 422
    assert sentence in page.text
    if data.get("wish"):
        assert "x" * 201 in page.text
        assert f'value="{bazaar.second.uid}" checked' in page.text
    assert db.session.query(TurnRequest).count() == 0


def test_a_partner_against_the_rules_is_refused_with_the_rule(client, bazaar, sekar):
    bazaar.edition.max_turns_per_day = 1
    a_turn(
        bazaar.first.release, bazaar.sekar, starts_at=bazaar.third.starts_at + timedelta(hours=0.5)
    )
    page = ask(client, bazaar, sekar, other=bazaar.third.uid)

    assert page.status_code == 409
    assert "Batik Sekar sudah punya giliran pada hari itu" in page.text


def test_too_late_is_told_on_the_page(client, bazaar, sekar, time_machine):
    time_machine.move_to(bazaar.first.starts_at - timedelta(hours=23))

    assert "/tukar" not in client.get(sekar).text
    for path, data in (
        ("tukar", {"other": bazaar.second.uid}),
        ("pindah", {"wish": "Besok"}),
        ("kembali", {"why": "Sakit"}),
    ):
        address = f"{sekar}/giliran/{bazaar.first.uid}/{path}"
        assert "Sudah terlambat" in client.get(address).text
        page = client.post(address, data=data)
        assert page.status_code == 409
        assert "sampai 24 jam sebelum giliran mulai" in page.text


def test_other_days_and_names_can_be_looked_through(client, bazaar, sekar):
    path = f"{sekar}/giliran/{bazaar.first.uid}/tukar"
    other_day = client.get(f"{path}?hari=2026-03-05").text
    assert "Kopi Silo" in other_day
    assert "Keripik" not in other_day
    assert "Kopi Silo" in client.get(f"{path}?q=kopi").text
    assert "Tidak ada yang cocok" in client.get(f"{path}?q=zzz").text
    for odd in ("kemarin", "0001-01-01", "9999-12-31"):
        assert "Keripik" in client.get(f"{path}?hari={odd}").text


def test_a_turn_is_given_back_once(client, bazaar, sekar):
    path = f"{sekar}/giliran/{bazaar.first.uid}/kembali"
    assert "Langsung berlaku" in client.get(path).text
    page = client.post(path, data={"why": " "})
    assert page.status_code == 422
    assert "Tulis alasannya" in page.text

    answers = [client.post(path, data={"why": "Sakit"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert plan(bazaar.edition)[0] == 2
    assert "Batik Sekar" not in plan(bazaar.edition)[1].values()
    text = db.session.query(Message).filter_by(to="sekar@contoh.id").one().text
    assert "Dibatalkan:" in text


def test_a_wish_to_move_needs_words_or_hours(client, bazaar, sekar):
    path = f"{sekar}/giliran/{bazaar.first.uid}/pindah"
    page = client.post(path, data={})
    assert page.status_code == 422
    assert "Pilih jam yang cocok, atau tulis keinginan Anda." in page.text
    odd = client.post(path, data={"windows": ["99999"], "wish": "Besok saja"})
    assert odd.status_code == 422
    assert "Besok saja" in odd.text

    answer = client.post(path, data={"windows": [str(bazaar.windows[1].id)]})

    assert answer.status_code == 303
    assert the_request().preferred == {"windows": [bazaar.windows[1].id]}
    assert "menunggu panitia" in client.get(sekar).text
    assert client.post(path, data={"wish": "Lagi"}).status_code == 303  # the second tap
    swap = ask(client, bazaar, sekar)
    assert swap.status_code == 409
    assert "masih punya permintaan terbuka" in swap.text


def test_standby_and_withdrawn_sellers_are_told(client, bazaar, sekar):
    part = db.session.get(Participation, (bazaar.edition.id, bazaar.sekar.id))
    part.standby = True
    db.session.flush()
    assert "Anda peserta cadangan" in client.get(sekar).text
    part.withdrawn_at = NOW
    db.session.flush()
    page = client.get(sekar).text
    assert "Anda sudah mundur" in page
    assert "/tukar" not in page
    told = client.post(f"{sekar}/giliran/{bazaar.first.uid}/pindah", data={"wish": "Besok"})
    assert told.status_code == 409
    assert "Anda sudah mundur" in told.text


def test_without_requests_the_page_says_where_they_begin(client, sekar):
    assert "Belum ada permintaan" in client.get(f"{sekar}/permintaan").text


def test_without_an_edition_the_page_stands(client, app):
    assert "Belum ada permintaan" in client.get(f"/u/{seller_token(a_seller())}/permintaan").text


def test_fuller_lists_cost_no_more_queries(client, bazaar, sekar, queries):
    path = f"{sekar}/giliran/{bazaar.first.uid}/tukar"
    counts = []
    for more in (0, 12):
        for number in range(more):
            other = a_seller(edition=bazaar.edition)
            release = bazaar.first.release
            a_turn(release, other, starts_at=NOW + 3 * DAY + timedelta(minutes=15 * (number + 2)))
        db.session.commit()
        queries.clear()
        client.get(path)
        counts.append(len(queries))
        queries.clear()
        client.get(sekar)
        counts.append(len(queries))

    assert counts[:2] == counts[2:]


def test_every_step_is_in_the_trail_in_words(client, bazaar, sekar, tin):
    from bazaar.views.committee.trail import WORDS

    ask(client, bazaar, sekar)
    client.post(f"{tin}/permintaan/{the_request().id}/setuju")
    found = db.session.query(AuditEntry).filter(AuditEntry.subject.startswith("request:")).all()

    assert [(one.action, one.actor_name) for one in found] == [
        ("request.ask", "Batik Sekar"),
        ("request.accept", "Keripik Bu Tin"),
    ]
    assert all(one.action in WORDS for one in found)
    assert all(re.search(r"U\d{4}", one.facts["other"]) for one in found)
