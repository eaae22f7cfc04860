from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db
from bazaar.models import AuditEntry, BlockedPair, MissedTurn, Participation, Role
from tests.builders import HOST, a_seller, a_window, an_edition, sign_in

ROSTER = "/panitia/jadwal/peserta"


@pytest.fixture
def clock(time_machine, now):
    time_machine.move_to(now)
    return time_machine


@pytest.fixture
def host(client, clock):
    return sign_in(client, Role.HOST)


@pytest.fixture
def bazaar(app, now):
    """Four sellers with two turns each, from in ten minutes on."""
    edition = an_edition(channels=2, freeze_minutes=0)
    a_window(edition, opens_at=now + timedelta(minutes=10), minutes=60)
    for n in range(4):
        a_seller(edition=edition, name=f"Lapak Sri {n}", code=f"S{n}")
    draft = rotation.make_draft(edition, seed="benih", actor=HOST, now=now)
    rotation.release(draft, actor=HOST, now=now)
    return edition


def part(edition, code):
    seller = db.session.execute(sa.text(f"select id from sellers where code = '{code}'")).scalar()
    return db.session.get(Participation, (edition.id, seller), populate_existing=True)


def press(client, code, what, **data):
    return client.post(f"{ROSTER}/{code}/{what}", data=data)


def actions():
    query = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("roster."))
    return db.session.scalars(query.order_by(AuditEntry.id)).all()


def test_without_edition_or_participants_the_page_says_what_to_do(client, host):
    assert "Belum ada penyelenggaraan" in client.get(ROSTER).text
    an_edition()
    assert "Belum ada peserta" in client.get(ROSTER).text


def test_everybody_is_listed_with_turns_and_found_by_name(client, host, bazaar):
    page = client.get(ROSTER).text
    assert all(f"Lapak Sri {n}" in page for n in range(4))
    assert 'class="num">2' in page

    page = client.get(f"{ROSTER}?q=sri+2").text
    assert "Lapak Sri 2" in page
    assert "Lapak Sri 1" not in page
    assert "Tidak ada yang cocok" in client.get(f"{ROSTER}?q=zzz").text
    assert client.get(f"{ROSTER}/XX").status_code == 404


def test_a_seller_withdraws_and_comes_back(client, host, bazaar):
    assert "Tulis alasannya" in press(client, "S1", "mundur", why=" ").text

    press(client, "S1", "mundur", why="Sakit")

    assert part(bazaar, "S1").withdrawn_why == "Sakit"
    page = client.get(f"{ROSTER}/S1").text
    assert "2 giliran mendatangnya menjadi kosong" in page
    assert "2 giliran mendatang masih atas namanya" in page
    assert "Lapak Sri 1" in client.get(f"{ROSTER}?hanya=mundur").text
    refused = press(client, "S1", "mundur", why="Lagi")
    assert refused.status_code == 409
    assert "sudah mundur" in refused.text

    press(client, "S1", "kembali")

    assert part(bazaar, "S1").withdrawn_at is None
    assert press(client, "S1", "kembali").status_code == 409
    assert actions() == ["roster.withdraw", "roster.come_back"]


def test_standby_and_limits(client, host, bazaar):
    press(client, "S2", "cadangan", standby="1")
    press(client, "S2", "batas", most="3")

    assert (part(bazaar, "S2").standby, part(bazaar, "S2").max_turns) == (True, 3)
    page = client.get(f"{ROSTER}?hanya=cadangan").text
    assert "Lapak Sri 2" in page
    assert "paling banyak 3" in page
    wrong = press(client, "S2", "batas", most="-1")
    assert wrong.status_code == 422
    assert "Isi angka 0 sampai 1000" in wrong.text

    press(client, "S2", "cadangan", standby="0")
    press(client, "S2", "batas", most="")

    assert (part(bazaar, "S2").standby, part(bazaar, "S2").max_turns) == (False, None)


def test_two_sellers_are_kept_apart(client, host, bazaar):
    page = client.get(f"{ROSTER}/S0?q=sri").text
    assert 'value="S3"' in page
    assert 'value="S0"' not in page

    press(client, "S3", "pisah", other="S0", note="Serupa")
    press(client, "S0", "pisah", other="S3", note="Serupa")

    pair = db.session.query(BlockedPair).one()
    assert pair.seller_id < pair.other_id
    assert "Serupa" in client.get(f"{ROSTER}/S0").text

    press(client, "S0", "pisah/S3/hapus")

    assert db.session.query(BlockedPair).count() == 0
    assert actions() == ["roster.block_pair", "roster.unblock_pair"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ("S0", "Pilih dua UMKM yang berbeda."),
        ("tidak-ada", "UMKM ini bukan peserta penyelenggaraan yang berjalan."),
        ("", "Pilih UMKM-nya."),
    ],
)
def test_a_pair_that_is_none_is_said_beside_the_choice(client, host, bazaar, other, sentence):
    answer = press(client, "S0", "pisah?q=sri", other=other, note="Serupa")

    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert 'value="Serupa"' in answer.text
    assert 'id="other-error"' in answer.text
    assert db.session.query(BlockedPair).count() == 0


def test_who_was_not_there_is_noted(client, host, clock, bazaar, now):
    seller = db.session.execute(sa.text("select id from sellers where code = 'S0'")).scalar()
    turn = rotation.turns_of(seller)[0]
    early = press(client, "S0", f"absen/{turn.uid}", why="Mogok")
    assert early.status_code == 409
    assert "belum mulai" in early.text
    clock.move_to(turn.starts_at + timedelta(minutes=1))
    sign_in(client, Role.HOST)

    press(client, "S0", f"absen/{turn.uid}", why="Mogok")
    missed = db.session.query(MissedTurn).one()
    assert (missed.excused, missed.why) == (False, "Mogok")
    press(client, "S0", f"absen/{turn.uid}", why="Listrik padam", excused="1")

    db.session.expire_all()
    missed = db.session.query(MissedTurn).one()
    assert (missed.excused, missed.why) == (True, "Listrik padam")
    assert "dimaafkan, diganti" in client.get(f"{ROSTER}/S0").text
    assert press(client, "S1", f"absen/{turn.uid}").status_code == 404
    press(client, "S0", f"absen/{turn.uid}/batal")
    assert db.session.query(MissedTurn).count() == 0


def test_who_only_reads_sees_no_buttons(client, clock, bazaar):
    sign_in(client, Role.TREASURER)

    assert "Lapak Sri 0" in client.get(ROSTER).text
    page = client.get(f"{ROSTER}/S0").text
    assert "Catat mundur" not in page
    assert "Pisahkan" not in page
    assert press(client, "S0", "mundur", why="x").status_code == 403


@pytest.mark.parametrize("sellers", [2, 20])
def test_a_longer_roster_costs_no_more_queries(client, host, queries, now, sellers):
    edition = an_edition()
    for _ in range(sellers):
        a_seller(edition=edition)
    client.get(ROSTER)
    queries.clear()

    client.get(ROSTER)

    assert len(queries) <= 14
