"""The control room: what it shows, what it does, and what it refuses."""

import re
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import show, times
from bazaar.db import db, reading
from bazaar.models import AuditEntry, Beat, CheckIn, Role, ShowAct, Standby
from bazaar.rules.show.acts import ActKind
from tests.builders import (
    HOST,
    a_channel,
    a_product,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    an_order,
)
from tests.committee import a_member, bring_in, signed_in

ROOM = "/panitia/siaran/1"


def minutes(n):
    return timedelta(minutes=n)


class Evening:
    """Batik 19.00, Kopi 19.15, Tempe 19.30, Sambal 19.45, each for a quarter of an hour."""

    def __init__(self, start):
        self.edition = an_edition()
        a_window(self.edition, opens_at=start, minutes=75)
        released = a_release(self.edition)
        names = ("Batik Sri", "Kopi Ijen", "Tempe Bu Tin", "Sambal Mak")
        self.sellers = [a_seller(edition=self.edition, name=name) for name in names]
        self.turns = [
            a_turn(released, seller, starts_at=start + minutes(15 * n))
            for n, seller in enumerate(self.sellers)
        ]
        self.spare = a_seller(edition=self.edition, name="Keripik Cadangan")
        self.batik = a_product(seller=self.sellers[0], name="Kain Batik", price_idr=150_000)
        db.session.commit()

    def day(self, at):
        (day,) = show.kept(self.edition, at)
        return day


@pytest.fixture
def evening(client, now, time_machine):
    time_machine.move_to(now + minutes(5))
    made = Evening(now)
    signed_in(client, Role.HOST)
    db.session.commit()
    return made


def do(client, kind, *, revision=0, fragment=True, **fields):
    return client.post(
        ROOM,
        data={"aksi": kind, "revisi": str(revision), **fields},
        headers={"X-Fragment": "1"} if fragment else {},
    )


def standing(evening):
    with reading():
        return evening.day(times.now()).stand(times.now())


def test_the_room_shows_who_is_on_who_comes_and_how_late(client, evening, now):
    page = client.get(ROOM).text

    assert re.search(r'id="now-who">Batik Sri<', page)
    assert "Kain Batik" in page
    assert re.search(r"Lanjut: Kopi Ijen", page)
    assert "tepat waktu" in page
    assert f'data-end="{(now + minutes(15)).isoformat()}"' in page
    assert [name for name in ("Tempe Bu Tin", "Sambal Mak") if name in page] == [
        "Tempe Bu Tin",
        "Sambal Mak",
    ]


def test_the_living_part_is_304_until_something_happens(client, evening, time_machine, now):
    first = client.get(ROOM, headers={"X-Fragment": "1"})
    same = {"X-Fragment": "1", "If-None-Match": first.headers["ETag"]}
    time_machine.move_to(now + minutes(5.5))
    assert client.get(ROOM, headers=same).status_code == 304

    do(client, "add", giliran=evening.turns[0].uid, detik="60")
    changed = client.get(ROOM, headers=same)
    assert changed.status_code == 200
    assert re.search(r'class="added">\+1 menit', changed.text)


def test_each_act_is_kept_told_and_audited(client, evening, now):
    first, second, third, fourth = (turn.uid for turn in evening.turns)
    for number, (kind, fields) in enumerate(
        [
            ("add", {"giliran": first, "detik": "300"}),
            ("hold", {"alasan": "Sambungan putus"}),
            ("resume", {}),
            ("pin", {"produk": str(evening.batik.id)}),
            ("unpin", {}),
            ("note", {"alasan": "Dekatkan mikrofon"}),
            ("guard", {}),
            ("unguard", {}),
            ("by_host", {}),
            ("by_clock", {}),
            ("delay", {"menit": "4"}),
            ("extend", {"menit": "10"}),
            ("skip", {"giliran": third}),
            ("no_show", {"giliran": second}),
            ("end", {"giliran": first}),
            ("start", {"giliran": fourth, "yakin": "1"}),
            ("close", {"alasan": "Listrik padam"}),
        ]
    ):
        answer = do(client, kind, revision=number, **fields)
        assert (kind, answer.status_code) == (kind, 200), answer.text

    kept = db.session.scalars(sa.select(ShowAct).order_by(ShowAct.number)).all()
    assert len(kept) == 17
    assert len({act.actor_name for act in kept}) == 1
    noted = db.session.scalars(
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action.startswith("show."))
    ).all()
    assert {entry.action for entry in noted} == {f"show.{act.kind.value}" for act in kept}
    (closed,) = [entry for entry in noted if entry.action == "show.close"]
    assert closed.facts["why"] == "Listrik padam"
    assert "Siaran selesai" in client.get(ROOM).text


def test_without_script_an_act_answers_with_the_room_again(client, evening):
    answer = do(client, "hold", fragment=False, alasan="Azan")

    assert (answer.status_code, answer.headers["Location"]) == (303, ROOM)
    page = client.get(ROOM).text
    assert "Siaran ditahan: Azan" in page
    assert "Lanjutkan" in page


def test_starting_who_is_not_in_the_room_asks_first(client, evening):
    second = evening.turns[1].uid
    asked = do(client, "start", giliran=second)
    assert "Kopi Ijen belum tercatat di ruang. Tetap mulai?" in asked.text
    assert db.session.query(ShowAct).count() == 0
    whole = do(client, "start", giliran=second, fragment=False)
    assert (whole.status_code, "Tetap mulai?" in whole.text) == (200, True)

    client.post(f"{ROOM}/hadir", data={"umkm": str(evening.sellers[1].id), "hadir": "1"})
    assert do(client, "start", giliran=second).status_code == 200
    assert standing(evening).on_air.turn.uid == second


def test_the_second_of_two_hears_what_the_first_did_and_nothing_happens(client, evening):
    do(client, "add", giliran=evening.turns[0].uid, detik="60")

    late = do(client, "add", giliran=evening.turns[0].uid, detik="60")

    assert late.status_code == 409
    assert re.search(r"Anggota \d+ baru saja mengubah waktu giliran\.", late.text)
    assert "Tindakan Anda tidak dijalankan" in late.text
    assert db.session.query(ShowAct).count() == 1


def test_of_two_at_the_same_instant_one_wins(app, evening):
    """Real threads, real requests, on both databases."""
    hosts = [app.test_client() for _ in range(4)]
    for host in hosts:
        bring_in(host, a_member(Role.HOST))
    uid = evening.turns[0].uid
    db.session.commit()
    answers = []
    together = threading.Barrier(len(hosts))

    def press(host):
        with app.app_context():
            together.wait()
            answers.append(do(host, "add", giliran=uid, detik="60"))

    threads = [threading.Thread(target=press, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert all("baru saja" in each.text for each in answers if each.status_code == 409)
    with reading():
        assert db.session.query(ShowAct).count() == 1
    assert standing(evening).on_air.added == minutes(1)


def test_an_act_is_taken_back_within_half_a_minute(client, evening, time_machine, now):
    do(client, "skip", giliran=evening.turns[1].uid)
    page = client.get(ROOM).text
    assert "Kopi Ijen dilewati" in page
    assert f'data-undo="{(now + minutes(5.5)).isoformat()}"' in page

    time_machine.move_to(now + minutes(5) + timedelta(seconds=30))
    undone = client.post(f"{ROOM}/urungkan", data={"tindakan": "1"}, headers={"X-Fragment": "1"})
    assert undone.status_code == 200
    assert standing(evening).next.turn.uid == evening.turns[1].uid


def test_taking_back_too_late_is_refused(client, evening, time_machine, now):
    do(client, "skip", giliran=evening.turns[1].uid)
    time_machine.move_to(now + minutes(5) + timedelta(seconds=31))

    refused = client.post(f"{ROOM}/urungkan", data={"tindakan": "1"}, headers={"X-Fragment": "1"})

    assert refused.status_code == 409
    assert "tidak dapat dibatalkan lagi" in refused.text
    assert "data-undo" not in client.get(ROOM).text


def test_a_missing_seller_is_filled_by_a_standby_in_the_room(client, evening, now, time_machine):
    spare, absent = evening.spare.id, evening.turns[1].uid
    client.post(f"{ROOM}/cadangan", data={"umkm": str(spare)})
    assert "Cadangan: Keripik Cadangan" not in client.get(ROOM).text
    client.post(f"{ROOM}/hadir", data={"umkm": str(spare), "hadir": "1"})
    time_machine.move_to(now + minutes(16))

    page = client.get(ROOM).text
    assert "Cadangan: Keripik Cadangan" in page
    do(client, "no_show", giliran=absent, umkm=str(spare))

    on = standing(evening).on_air
    assert (on.turn.uid, on.seller) == (absent, spare)
    assert "mengisi giliran Kopi Ijen" in client.get(ROOM).text


def test_standbys_come_and_go_once(client, evening):
    spare = {"umkm": str(evening.spare.id)}
    assert client.post(f"{ROOM}/cadangan", data=spare).status_code == 303
    again = client.post(f"{ROOM}/cadangan", data=spare)
    assert (again.status_code, "sudah ada di daftar cadangan" in again.text) == (409, True)
    client.post(f"{ROOM}/cadangan", data={**spare, "aksi": "hapus"})
    assert db.session.query(Standby).count() == 0


@pytest.mark.parametrize("umkm", ["", "abc", "999999"])
def test_nobody_stands_by_who_does_not_take_part(client, evening, umkm):
    assert client.post(f"{ROOM}/cadangan", data={"umkm": umkm}).status_code == 422
    assert client.post(f"{ROOM}/hadir", data={"umkm": umkm, "hadir": "1"}).status_code == 422
    assert db.session.query(CheckIn).count() == 0


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"aksi": "tari"}, 422, "Tindakan ini tidak dikenal"),
        ({"aksi": "undo"}, 422, "Tindakan ini tidak dikenal"),
        ({"aksi": "note"}, 422, "Tulis pesannya dulu"),
        ({"aksi": "hold", "alasan": "x" * 201}, 422, "paling panjang 200 huruf"),
        ({"aksi": "delay", "menit": ""}, 422, "Isi menit dengan angka"),
        ({"aksi": "delay", "menit": "lima"}, 422, "Isi menit dengan angka"),
        ({"aksi": "delay", "menit": "999"}, 422, "Isi menit dengan angka"),
        ({"aksi": "add", "detik": "99999999999999999999"}, 422, "Isi menit dengan angka"),
        ({"aksi": "resume"}, 409, "Tidak ada yang berubah"),
        ({"aksi": "skip", "giliran": "tidakada"}, 404, "tidak ada di siaran hari ini"),
        ({"aksi": "start"}, 404, "tidak ada di siaran hari ini"),
        ({"aksi": "pin", "produk": "1000000"}, 422, "bukan milik penjual"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(client, evening, fields, status, sentence):
    for headers in ({"X-Fragment": "1"}, {}):
        refused = client.post(ROOM, data={"revisi": "0", **fields}, headers=headers)
        assert (refused.status_code, sentence in refused.text) == (status, True)
    assert db.session.query(ShowAct).count() == 0


def test_another_channel_is_not_found(client, evening):
    assert client.get("/panitia/siaran/9").status_code == 404
    assert client.post("/panitia/siaran/9", data={"aksi": "close"}).status_code == 404
    assert client.post("/panitia/siaran/9/urungkan", data={"tindakan": "1"}).status_code == 404


def test_who_only_watches_sees_no_buttons(app, evening):
    guest = app.test_client()
    signed_in(guest, Role.TREASURER)
    db.session.commit()

    page = guest.get(ROOM)
    assert page.status_code == 200
    assert "Batik Sri" in page.text
    assert 'name="aksi"' not in page.text
    assert do(guest, "close").status_code == 403


def test_before_and_after_the_show_and_on_an_empty_day(client, evening, time_machine, now):
    time_machine.move_to(now - minutes(20))
    before = client.get(ROOM).text
    assert "Belum ada yang siaran" in before
    assert "Mulai: Batik Sri" in before

    time_machine.move_to(now + minutes(62))
    signed_in(client, Role.HOST)
    db.session.commit()
    assert "Siaran selesai" in client.get(ROOM).text

    time_machine.move_to(now + timedelta(days=2))
    signed_in(client, Role.HOST)
    db.session.commit()
    assert "Tidak ada giliran hari ini" in client.get(ROOM).text


def test_who_falls_off_is_named(client, evening):
    do(client, "delay", menit="40")

    page = client.get(ROOM).text

    assert "Tidak kebagian waktu: Sambal Mak" in page
    assert "+40" in page


def test_all_channels_at_a_glance_with_their_alarms(client, evening, time_machine, now):
    a_channel(evening.edition, number=2, name="Dapur")
    db.session.commit()
    time_machine.move_to(now + minutes(13))

    page = client.get("/panitia/siaran").text

    assert "Saluran 1" in page
    assert "Dapur" in page
    assert "Kopi Ijen belum di ruang" in page
    assert client.get("/panitia/siaran", headers={"X-Fragment": "1"}).headers["ETag"]


def test_the_age_of_the_clocks_last_tick_is_told(client, evening, now):
    assert "Jam belum berdetak" in client.get("/panitia/siaran/jam").text
    db.session.add(Beat(id=1, at=now, ticks=4, process="web", done_until=now))
    db.session.commit()

    assert f'data-beat="{now.isoformat()}"' in client.get("/panitia/siaran/jam").text


def test_no_edition_no_room(client):
    signed_in(client, Role.HOST)
    db.session.commit()

    assert "Belum ada penyelenggaraan" in client.get("/panitia/siaran").text
    assert client.get(ROOM).status_code == 409


@pytest.mark.parametrize("more", [0, 6])
def test_a_longer_evening_costs_no_more_queries(client, evening, now, queries, more):
    released = evening.turns[0].release
    for n in range(more):
        seller = a_seller(edition=evening.edition)
        a_turn(released, seller, starts_at=now + minutes(60 + 2 * n), minutes=2)
        a_product(seller=evening.sellers[0])
        show.add_standby(evening.day(now), seller.id, actor=HOST, now=now)
    an_order(evening.batik, turn=evening.turns[0])
    db.session.commit()
    client.get(ROOM)
    queries.clear()

    client.get(ROOM, headers={"X-Fragment": "1"})

    assert len(queries) <= 16


def test_acts_have_words(app):
    from bazaar.views.committee import show_words as words

    assert set(words.DONE) == set(ActKind)


@pytest.mark.parametrize("more", [0, 4])
def test_more_channels_cost_no_more_queries(client, evening, now, queries, more):
    released = evening.turns[0].release
    for number in range(2, 2 + more):
        channel = a_channel(evening.edition, number=number)
        seller = a_seller(edition=evening.edition)
        a_turn(released, seller, starts_at=now, channel=channel)
    db.session.commit()
    client.get("/panitia/siaran")
    queries.clear()

    client.get("/panitia/siaran", headers={"X-Fragment": "1"})

    assert len(queries) <= 8
