"""The tap grid: what a seller says about when it can come."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import availabilities
from bazaar.audit import Actor
from bazaar.availabilities import AnsweredElsewhere, BadSpan
from bazaar.db import db, reading
from bazaar.models import AuditEntry, Availability, Edition, Participation, Presence, Seller
from tests.builders import (
    NOW,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    keep,
    seller_token,
)
from tests.test_races import at_once, in_a_transaction

TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW)


@pytest.fixture
def edition(app):
    """Monday morning and evening, Saturday evening."""
    edition = an_edition(availability_until=NOW + timedelta(days=2))
    a_window(edition, opens_at=TOMORROW - timedelta(hours=10), minutes=150)  # 09.00-11.30
    a_window(edition, opens_at=TOMORROW, minutes=120)  # 19.00-21.00
    a_window(edition, opens_at=NOW + timedelta(days=6), minutes=120)
    return edition


@pytest.fixture
def windows(edition):
    return list(availabilities.windows_of(edition))


@pytest.fixture
def seller(edition):
    return a_seller(edition=edition, name="Batik Sekar")


@pytest.fixture
def path(seller):
    return f"/u/{seller_token(seller)}/hadir"


def form_of(page, **given):
    """What a browser would send of this page; `None` takes a field out."""
    sent = dict.fromkeys(re.findall(r'<select[^>]* name="([^"]+)"', page), "")
    for box in re.findall(r'<input[^>]*type="checkbox"[^>]*>', page):
        if " checked" in box and " disabled" not in box and 'name="' in box:
            sent[re.search(r'name="([^"]+)"', box)[1]] = "1"
    for select in re.findall(r"<select.*?</select>", page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', select)
        if chosen:
            sent[re.search(r'name="([^"]+)"', select)[1]] = chosen[1]
    for name in ("seen", "shape"):
        sent[name] = re.search(rf'name="{name}" value="([^"]*)"', page)[1]
    sent.update(given)
    return {name: value for name, value in sent.items() if value is not None}


def keep_answer(edition_id, seller_id, spans):
    availabilities.save(
        db.session.get_one(Edition, edition_id),
        db.session.get_one(Seller, seller_id),
        spans,
        seen=None,
        actor=Actor(f"seller:{seller_id}", "Batik Sekar"),
        now=NOW,
    )


def presences(seller):
    number = seller if isinstance(seller, int) else seller.id
    query = sa.select(Presence).where(Presence.seller_id == number)
    return {
        row.window_id: (row.starts_at, row.ends_at)
        for row in db.session.scalars(query.execution_options(populate_existing=True))
    }


def noted():
    query = sa.select(AuditEntry.actor, AuditEntry.facts).where(
        AuditEntry.action == "availability.answer"
    )
    return [tuple(row) for row in db.session.execute(query)]


def test_an_answer_is_kept_window_by_window(client, seller, path, windows):
    one, two, three = windows
    page = client.get(path).text
    sent = form_of(page, **{f"w-{three.id}": None, f"until-{two.id}": "20:00"})

    answer = client.post(path, data=sent)

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert presences(seller) == {
        one.id: (one.opens_at, one.closes_at),
        two.id: (two.opens_at, two.opens_at + timedelta(hours=1)),
    }
    row = db.session.get(Participation, (windows[0].show_day.edition_id, seller.id))
    assert (row.answered_at, row.answered_window) == (NOW, three.id)
    assert noted() == [(f"seller:{seller.id}", {"windows": 2, "minutes": 210, "of": 3})]
    shown = client.get(path).text
    assert "Diminta 3 jam 30 menit." in shown
    assert 'value="20:00" selected' in shown


def test_weekly_hours_speak_until_the_first_answer(client, seller, path, windows):
    keep(
        Availability(
            seller_id=seller.id,
            weekday=0,
            from_time=NOW.replace(hour=19).time(),
            until=NOW.replace(hour=20).time(),
        )
    )
    page = client.get(path).text

    assert "Belum diisi" in page
    sent = form_of(page)
    assert [name for name in sent if name.startswith("w-")] == [f"w-{windows[1].id}"]
    assert sent[f"until-{windows[1].id}"] == "20:00"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("20:00", "19:30"), "Jam mulai harus sebelum jam selesai."),
        (("20:00", "20:00"), "Jam mulai harus sebelum jam selesai."),
        (("18:00", ""), "Jam siarannya hanya 19.00 sampai 21.00."),
        (("", "22:15"), "Jam siarannya hanya 19.00 sampai 21.00."),
        (("20:00", "20:10"), "Terlalu pendek: satu giliran 15 menit."),
        (("malam", ""), "Tulis jam seperti 19.30."),
        (("25:00", ""), "Tulis jam seperti 19.30."),
        (("20:00+07:00", ""), "Tulis jam seperti 19.30."),
        (("20:00:30", ""), "Tulis jam seperti 19.30."),
    ],
)
def test_a_wrong_time_has_its_sentence_and_stays(client, seller, path, windows, given, sentence):
    number = windows[1].id
    sent = form_of(client.get(path).text)
    sent |= {f"from-{number}": given[0], f"until-{number}": given[1]}

    page = client.post(path, data=sent)

    assert page.status_code == 422
    assert re.search(rf'id="from-{number}-error">.*?{re.escape(sentence)}', page.text, re.DOTALL)
    for text in filter(None, given):
        assert f'<option value="{text}" selected>' in page.text
    assert presences(seller) == {}
    assert noted() == []


def test_a_wrong_time_of_a_window_that_is_not_chosen_does_not_matter(client, path, windows):
    number = windows[1].id
    sent = form_of(client.get(path).text, **{f"w-{number}": None, f"from-{number}": "03:00"})

    assert client.post(path, data=sent).status_code == 303


def test_a_window_over_midnight_can_be_halved(client, edition, seller, path):
    late = a_window(edition, opens_at=TOMORROW + timedelta(hours=4), minutes=120)  # 23.00-01.00
    sent = form_of(client.get(path).text, **{f"from-{late.id}": "00:15"})

    assert client.post(path, data=sent).status_code == 303
    assert presences(seller)[late.id] == (late.opens_at + timedelta(minutes=75), late.closes_at)


def test_the_second_phone_is_told_and_loses_nothing(client, seller, path, windows):
    page = client.get(path).text
    client.post(path, data=form_of(page, **{f"w-{windows[0].id}": None}))

    told = client.post(path, data=form_of(page, **{f"w-{windows[1].id}": None}))

    assert told.status_code == 409
    assert "sudah disimpan dari perangkat lain" in told.text
    assert set(presences(seller)) == {windows[1].id, windows[2].id}
    again = form_of(told.text)
    assert f"w-{windows[1].id}" not in again
    assert client.post(path, data=again).status_code == 303
    assert set(presences(seller)) == {windows[0].id, windows[2].id}


def test_the_same_tap_twice_is_one_answer(client, path):
    sent = form_of(client.get(path).text)

    assert [client.post(path, data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(noted()) == 1


@pytest.mark.parametrize(
    "seen",
    ["kemarin", "2026-03-01", "2031-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00"],
)
def test_an_odd_version_is_another_phone(client, path, seen):
    assert client.post(path, data=form_of(client.get(path).text, seen=seen)).status_code == 409


def test_hours_that_changed_meanwhile_are_told(client, seller, path, windows):
    sent = form_of(client.get(path).text)
    windows[1].closes_at += timedelta(minutes=30)
    db.session.flush()

    page = client.post(path, data=sent)

    assert page.status_code == 409
    assert "Jam siaran berubah" in page.text
    assert presences(seller) == {}
    assert client.post(path, data=form_of(page.text)).status_code == 303


def test_windows_added_later_are_new_until_answered(client, edition, path):
    client.post(path, data=form_of(client.get(path).text))
    added = a_window(edition, opens_at=NOW + timedelta(days=3))

    page = client.get(path).text

    assert "1 jam siaran baru belum dijawab" in page
    assert f"w-{added.id}" not in form_of(page)
    client.post(path, data=form_of(page))
    assert "baru belum dijawab" not in client.get(path).text


def test_what_has_opened_stays_as_it_was(client, seller, path, windows, time_machine):
    client.post(path, data=form_of(client.get(path).text))
    time_machine.move_to(windows[0].opens_at)
    page = client.get(path).text
    sent = form_of(page, quick="none")
    cleared = client.post(path, data=sent)

    assert cleared.status_code == 200
    assert "Tekan Simpan" in cleared.text
    assert len(presences(seller)) == 3
    client.post(path, data=form_of(cleared.text))
    assert set(presences(seller)) == {windows[0].id}


@pytest.mark.parametrize(
    ("quick", "chosen"), [("evenings", [1, 2]), ("weekends", [2]), ("all", [0, 1, 2]), ("none", [])]
)
def test_quick_choices_work_without_script(client, path, windows, quick, chosen):
    sent = form_of(client.get(path).text, quick=quick)
    for window in windows:
        sent.pop(f"w-{window.id}")
    page = client.post(path, data=sent).text

    found = [name for name in form_of(page) if name.startswith("w-")]
    assert found == [f"w-{windows[place].id}" for place in chosen]


def test_after_the_deadline_it_is_only_to_be_read(client, edition, seller, path, time_machine):
    edition.contact_phone = "+6281234500000"
    sent = form_of(client.get(path).text)
    time_machine.move_to(edition.availability_until)

    page = client.get(path).text

    assert "Batas pengisian sudah lewat" in page
    assert "wa.me/6281234500000" in page
    assert 'name="quick"' not in page
    told = client.post(path, data=sent)
    assert told.status_code == 409
    assert "Minta panitia mengubah jadwal Anda." in told.text
    assert presences(seller) == {}


def test_who_withdrew_can_only_look(client, edition, seller, path):
    sent = form_of(client.get(path).text)
    db.session.get(Participation, (edition.id, seller.id)).withdrawn_at = NOW
    db.session.flush()

    assert "Anda sudah mundur" in client.get(path).text
    assert client.post(path, data=sent).status_code == 409


def test_empty_pages_say_why(client, app):
    stranger = f"/u/{seller_token(a_seller())}/hadir"
    assert "Anda belum terdaftar sebagai peserta" in client.get(stranger).text
    edition = an_edition()
    assert "Anda belum terdaftar sebagai peserta" in client.get(stranger).text
    assert client.post(stranger, data={"seen": ""}).status_code == 409
    member = f"/u/{seller_token(a_seller(edition=edition))}/hadir"
    assert "Jam siaran belum ada" in client.get(member).text


def test_granted_turns_are_marked_and_clashes_told(client, edition, seller, path, windows):
    release = a_release(edition)
    a_turn(release, seller, starts_at=windows[0].opens_at)
    a_turn(release, seller, starts_at=windows[1].opens_at)
    client.post(path, data=form_of(client.get(path).text, **{f"w-{windows[1].id}": None}))

    page = client.get(path).text

    assert "Dapat 2 giliran." in page
    assert page.count('class="avail-turn"') == 2
    assert "Giliran di jam yang tidak bisa" in page


def test_a_month_costs_no_more_queries_than_a_day(client, edition, seller, path, queries):
    for day in range(7, 37):
        for hour in (0, 5, 10):
            a_window(edition, opens_at=NOW + timedelta(days=day, hours=hour), minutes=90)
    db.session.commit()
    queries.clear()
    page = client.get(path).text

    assert len(queries) <= 10
    queries.clear()
    assert client.post(path, data=form_of(page)).status_code == 303
    assert len([text for text in queries if "presences" in text]) <= 3
    assert len(queries) <= 16
    assert len(presences(seller)) == 93


def test_two_phones_at_once_one_is_told(app, edition, seller, windows):
    spans = [{w.id: (w.opens_at, w.closes_at)} for w in windows[:2]]
    keys = (edition.id, seller.id)
    db.session.commit()

    def phone(chosen):
        def act():
            try:
                keep_answer(*keys, chosen)
            except AnsweredElsewhere:
                return "told"
            return "kept"

        return lambda: in_a_transaction(app, act)

    ended = at_once([phone(chosen) for chosen in spans])

    assert sorted(ended) == ["kept", "told"]
    with reading():
        assert presences(keys[1]) == spans[ended.index("kept")]
        assert len(noted()) == 1


def test_two_taps_at_once_are_one_answer(app, edition, seller, windows):
    spans = {w.id: (w.opens_at, w.closes_at) for w in windows}
    keys = (edition.id, seller.id)
    db.session.commit()

    at_once([lambda: in_a_transaction(app, lambda: keep_answer(*keys, spans))] * 4)

    with reading():
        assert presences(keys[1]) == spans
        assert len(noted()) == 1


def test_a_span_that_no_form_would_send_is_refused(app, edition, seller, windows):
    whole = (windows[0].opens_at, windows[0].closes_at)
    for odd in ({windows[0].id: (whole[0], whole[1] + timedelta(hours=1))}, {99_999: whole}):
        with pytest.raises(BadSpan):
            keep_answer(edition.id, seller.id, odd)
