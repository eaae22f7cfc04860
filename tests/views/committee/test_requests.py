"""Sellers' requests before the committee."""

import pytest

from bazaar.db import db
from bazaar.models import RequestState, Role, TurnRequest
from bazaar.rotation import requests
from tests.builders import NOW, a_release, a_turn, sign_in
from tests.rotation.test_requests import DAY, Bazaar, plan, who

LIST = "/panitia/permintaan"


@pytest.fixture
def bazaar(app, time_machine):
    time_machine.move_to(NOW)
    return Bazaar()


@pytest.fixture
def host(client, bazaar):
    return sign_in(client, Role.HOST, name="Rina")


def a_move(bazaar):
    wanted = [bazaar.windows[1].id]
    return requests.ask_move(
        bazaar.edition, bazaar.first, "Malam saja", wanted, actor=who(bazaar.sekar), now=NOW
    )


def state_of(request):
    return db.session.get(TurnRequest, request.id, populate_existing=True).state


def test_what_waits_for_the_committee_comes_first(client, bazaar, host):
    assert "Belum ada permintaan" in client.get(LIST).text
    old = bazaar.ask(now=NOW)
    requests.withdraw(old, actor=who(bazaar.sekar), now=NOW)
    requests.ask_swap(
        bazaar.edition, bazaar.second, bazaar.third, "", actor=who(bazaar.tin), now=NOW
    )
    a_move(bazaar)

    page = client.get(LIST).text

    assert "1 permintaan menunggu panitia." in page
    order = [page.index(text) for text in ("minta pindah", "menunggu jawaban", "ditarik")]
    assert order == sorted(order)


def test_the_overview_says_how_many_wait(client, bazaar, host):
    assert "permintaan penjual menunggu" not in client.get("/panitia/jadwal").text
    a_move(bazaar)
    assert "1 permintaan penjual menunggu" in client.get("/panitia/jadwal").text


def test_a_swap_is_let_through_at_once(client, bazaar, host):
    request = bazaar.agreed()
    assert "Berlakukan sekarang" in client.get(f"{LIST}/{request.id}").text

    answers = [client.post(f"{LIST}/{request.id}/setujui") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert plan(bazaar.edition)[0] == 2
    assert state_of(request) is RequestState.GRANTED


def test_a_veto_needs_a_reason(client, bazaar, host):
    request = bazaar.agreed()
    page = client.post(f"{LIST}/{request.id}/batalkan", data={"why": ""})
    assert page.status_code == 422
    assert "Tulis alasannya; pihak lain membacanya." in page.text

    assert client.post(f"{LIST}/{request.id}/batalkan", data={"why": "Sponsor"}).status_code == 303
    assert state_of(request) is RequestState.VETOED
    assert "Sponsor" in client.get(LIST).text
    late = client.post(f"{LIST}/{request.id}/setujui")
    assert late.status_code == 409


def test_a_move_is_answered_with_a_free_slot(client, bazaar, host):
    request = a_move(bazaar)
    page = client.get(f"{LIST}/{request.id}").text
    assert "Malam saja" in page
    assert page.count('name="place"') == 3
    place = f"{bazaar.third.channel_id}|2026-03-05T12:30:00+00:00"
    assert f'value="{place}"' in page

    answer = client.post(f"{LIST}/{request.id}/pindahkan", data={"place": place})

    assert answer.status_code == 303
    assert plan(bazaar.edition)[1][4 * DAY] == "Kopi Silo"
    assert "Batik Sekar" in plan(bazaar.edition)[1].values()
    assert state_of(request) is RequestState.GRANTED


@pytest.mark.parametrize(
    ("place", "status"), [("", 422), ("satu|besok", 422), ("1|2026-03-05T03:00:00+00:00", 422)]
)
def test_an_odd_place_is_refused(client, bazaar, host, place, status):
    request = a_move(bazaar)
    page = client.post(f"{LIST}/{request.id}/pindahkan", data={"place": place})

    assert page.status_code == status
    assert "Slot itu tidak ada." in page.text
    assert state_of(request) is RequestState.ASKED


def test_other_days_can_be_chosen(client, bazaar, host):
    request = a_move(bazaar)
    page = client.get(f"{LIST}/{request.id}?hari=2026-03-04").text
    assert page.count('name="place"') == 2
    assert "Tidak ada slot kosong" in client.get(f"{LIST}/{request.id}?hari=2026-03-20").text


def test_a_move_is_refused_with_a_reason(client, bazaar, host):
    request = a_move(bazaar)
    assert client.post(f"{LIST}/{request.id}/tolak", data={"why": ""}).status_code == 422
    assert client.post(f"{LIST}/{request.id}/tolak", data={"why": "Penuh"}).status_code == 303
    assert state_of(request) is RequestState.REFUSED


def test_a_turn_that_changed_meanwhile_is_told(client, bazaar, host):
    request = a_move(bazaar)
    a_turn(a_release(bazaar.edition, number=2), bazaar.sekar, starts_at=NOW + 3 * DAY)
    page = client.get(f"{LIST}/{request.id}").text

    assert "sudah berubah karena terbitan baru" in page
    assert 'name="place"' not in page


def test_only_hosts_decide_everybody_of_the_committee_looks(client, bazaar):
    sign_in(client, Role.CHAIR)
    swap = bazaar.agreed()
    move = requests.ask_move(
        bazaar.edition, bazaar.third, "Pagi", [], actor=who(bazaar.kopi), now=NOW
    )
    for request in (swap, move):
        page = client.get(f"{LIST}/{request.id}")
        assert page.status_code == 200
        assert "Berlakukan sekarang" not in page.text
        assert "Pindahkan dan terbitkan" not in page.text
    for request, act in (
        (swap, "setujui"),
        (swap, "batalkan"),
        (move, "pindahkan"),
        (move, "tolak"),
    ):
        assert client.post(f"{LIST}/{request.id}/{act}").status_code == 403


def test_an_unknown_request_is_not_found(client, bazaar, host):
    assert client.get(f"{LIST}/999").status_code == 404
