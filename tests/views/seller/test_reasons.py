"""A seller asks why, and why not."""

from datetime import timedelta

import pytest

from bazaar import rotation, times
from bazaar.db import db
from bazaar.models import DrawKind
from bazaar.rotation import draws, work
from bazaar.web import services
from tests.builders import (
    HOST,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    seller_token,
)


@pytest.fixture
def starts_at():
    return times.now().replace(microsecond=0, second=0) + timedelta(days=1)


@pytest.fixture
def edition(app, starts_at):
    edition = an_edition(freeze_minutes=60, max_turns_per_day=1)
    a_window(edition, opens_at=starts_at, minutes=30)
    return edition


@pytest.fixture
def seller(edition):
    return a_seller(edition=edition, name="Batik Sri")


@pytest.fixture
def token(seller):
    return seller_token(seller)


@pytest.fixture
def drawn(edition, seller):
    """Two sellers, two slots on one day, drawn and released."""
    a_seller(edition=edition, name="Kopi Ijen")
    seals = services().draw_seals
    now = times.now()
    draws.begin(edition, kind=DrawKind.PLAN, iterations=0, seals=seals, actor=HOST, now=now)
    db.session.commit()
    assert work.work(seals=seals) == 1
    return rotation.release(rotation.find_draft(edition), actor=HOST, now=now)


def test_each_turn_leads_to_its_reason(client, token, drawn):
    turn = next(turn for turn in drawn.turns if turn.seller.name == "Batik Sri")
    path = f"/u/{token}/giliran/{turn.uid}/mengapa"
    assert path in client.get(f"/u/{token}").text

    page = client.get(path).text

    assert "Ini giliran Anda yang ke-1." in page
    assert "Urutan undian" in page
    assert 'href="/keadilan/undian/1"' in page


def test_the_turn_of_somebody_else_is_not_explained_here(client, token, drawn):
    other = next(turn for turn in drawn.turns if turn.seller.name != "Batik Sri")

    assert client.get(f"/u/{token}/giliran/{other.uid}/mengapa").status_code == 404


def test_a_seller_asks_why_not_another_slot(client, token, drawn):
    other = next(turn for turn in drawn.turns if turn.seller.name != "Batik Sri")
    page = client.get(f"/u/{token}/mengapa-bukan").text
    slot = f"{other.channel_id}@{other.starts_at.isoformat()}"
    assert f'value="{slot}"' in page

    answer = client.get(f"/u/{token}/mengapa-bukan", query_string={"slot": slot}).text

    assert "Pada hari ini Anda sudah punya giliran sebanyak yang boleh dalam sehari." in answer
    assert "Kopi Ijen" in answer


@pytest.mark.parametrize(
    "slot", ["x", "1@", "1@gestern", "1@2026-03-01T12:00:00", "x@2026-03-01T12:00:00+00:00"]
)
def test_a_slot_that_is_none_is_not_found(client, token, drawn, slot):
    answer = client.get(f"/u/{token}/mengapa-bukan", query_string={"slot": slot})

    assert answer.status_code == 404


def test_a_day_that_is_none_is_today_or_the_next(client, token, drawn):
    for odd in ("besok", "0001-01-01", "9999-12-31"):
        assert "Tanyakan" in client.get(f"/u/{token}/mengapa-bukan?hari={odd}").text


def test_before_a_release_there_is_nothing_to_ask(client, token):
    page = client.get(f"/u/{token}/mengapa-bukan").text

    assert "Jadwal belum terbit" in page


def test_a_plan_without_draw_says_so(client, edition, seller, token, starts_at):
    a_turn(a_release(edition), seller, starts_at=starts_at)

    page = client.get(f"/u/{token}/mengapa-bukan").text

    assert "Hari ini tidak ada dalam undian" in page


def test_a_wrong_link_opens_nothing(client, drawn):
    turn = drawn.turns[0]

    assert client.get(f"/u/salah/giliran/{turn.uid}/mengapa").status_code == 404
    assert client.get("/u/salah/mengapa-bukan").status_code == 404
