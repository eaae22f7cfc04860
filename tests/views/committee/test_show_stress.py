"""The control room when the evening does not go as planned: hand-overs, notes, gaps, the trail."""

import re
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from bazaar import phones, show_papers
from bazaar.db import db
from bazaar.models import AuditEntry, Role, ShowAct
from tests.committee import signed_in
from tests.views.committee.test_show import ROOM, Evening, do, minutes, standing


@pytest.fixture
def evening(client, now, time_machine):
    time_machine.move_to(now + minutes(5))
    made = Evening(now)
    signed_in(client, Role.HOST)
    db.session.commit()
    return made


def steps(client):
    page = client.get(ROOM).text
    return re.findall(r'<span class="box" aria-hidden="true"></span>([^<]+)<', page)


def here(client, seller):
    client.post(f"{ROOM}/hadir", data={"umkm": str(seller.id), "hadir": "1"})


def test_the_hand_over_is_printed_from_before_it_until_it_is_done(
    client, evening, time_machine, now
):
    # In good time: who comes, and who goes.
    whole = [
        "Masukkan Kopi Ijen dari ruang tunggu",
        "Cek suara dan gambar Kopi Ijen",
        "Sorot (spotlight) Kopi Ijen",
        "Hapus sorotan dari Batik Sri",
        "Bisukan Batik Sri",
    ]
    assert steps(client) == whole

    # Nobody is on between the two: it is now that the host does it.
    do(client, "end", giliran=evening.turns[0].uid)
    assert steps(client) == whole

    do(client, "start", revision=1, giliran=evening.turns[1].uid, yakin="1")
    time_machine.shift(60)
    assert steps(client) == whole
    time_machine.shift(120)
    assert steps(client)[-1] == "Bisukan Kopi Ijen"


def test_after_the_last_turn_its_seller_is_taken_off_the_screen(client, evening, time_machine, now):
    time_machine.move_to(now + minutes(61))
    signed_in(client, Role.HOST)
    assert steps(client) == ["Hapus sorotan dari Sambal Mak", "Bisukan Sambal Mak"]
    time_machine.move_to(now + minutes(71))
    assert steps(client) == []


def test_who_fills_a_slot_and_is_next_too_is_not_muted_between(client, evening):
    first, second = evening.turns[0], evening.sellers[1]
    here(client, second)
    do(client, "no_show", giliran=first.uid, umkm=str(second.id))
    do(client, "start", revision=1, giliran=evening.turns[1].uid)

    assert steps(client) == ["Kopi Ijen tetap tampil: tanpa pergantian"]


def test_a_slot_that_was_given_up_is_filled_while_it_runs(client, evening, time_machine, now):
    time_machine.move_to(now + minutes(14))
    do(client, "guard")
    time_machine.move_to(now + minutes(20))  # Kopi Ijen never came
    client.post(f"{ROOM}/cadangan", data={"umkm": str(evening.spare.id)})
    assert "Slot Kopi Ijen masih kosong" not in client.get(ROOM).text
    here(client, evening.spare)

    page = client.get(ROOM).text
    assert "Slot Kopi Ijen masih kosong" in page
    assert "Cadangan: Keripik Cadangan" in page
    do(client, "no_show", revision=1, giliran=evening.turns[1].uid, umkm=str(evening.spare.id))

    on = standing(evening).on_air
    # Batik Sri went on for three minutes, so the slot's quarter of an hour began at 18.
    assert (on.seller, on.off_at) == (evening.spare.id, now + minutes(33))
    assert "masih kosong" not in client.get(ROOM).text


def test_a_note_that_would_reach_nobody_is_not_sent(client, evening, time_machine, now):
    first, second = (turn.uid for turn in evening.turns[:2])
    time_machine.move_to(now + minutes(16))
    late = do(client, "note", giliran=first, alasan="Sebut kode Anda", fragment=False)
    assert late.status_code == 409
    assert "Batik Sri sudah tidak siaran, jadi pesan tidak dikirim." in late.text
    assert 'value="Sebut kode Anda"' in late.text

    do(client, "end", giliran=second)
    nobody = do(client, "note", revision=1, alasan="Halo")
    assert nobody.status_code == 409
    assert "Tidak ada yang siaran, jadi pesan tidak dikirim." in nobody.text
    unknown = do(client, "note", revision=1, giliran="0" * 32, alasan="Halo")
    assert unknown.status_code == 404
    assert db.session.query(ShowAct).count() == 1


def test_a_note_says_to_whom_it_went(client, evening):
    sent = do(client, "note", alasan="Dekatkan mikrofon")

    assert "Pesan ke Batik Sri: Dekatkan mikrofon" in sent.text
    assert standing(evening).notes == {evening.turns[0].uid: "Dekatkan mikrofon"}


def test_who_falls_off_is_listed_at_the_announced_time(client, evening):
    do(client, "delay", menit="70")

    page = client.get(ROOM).text
    row = re.search(r'<li class="state-fell_off"><span class="coming-when">([^<]+)<', page)
    assert row
    assert row[1] == "19.15"


def test_the_trail_tells_acts_with_names(client, evening):
    first = evening.turns[0].uid
    here(client, evening.spare)
    do(client, "add", giliran=first, detik="60")
    do(client, "pin", revision=1, produk=str(evening.batik.id))
    do(client, "no_show", revision=2, giliran=first, umkm=str(evening.spare.id))
    client.post(f"{ROOM}/urungkan", data={"tindakan": "3"})

    noted = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action.startswith("show.")).order_by(AuditEntry.id)
    )
    facts = {entry.action: dict(entry.facts) for entry in noted}
    assert facts["show.check_in"] == {"channel": 1, "seller": "Keripik Cadangan"}
    assert facts["show.add"] == {"channel": 1, "seller": "Batik Sri", "seconds": 60}
    assert facts["show.pin"] == {
        "channel": 1,
        "seller": "Batik Sri",
        "product": f"{evening.batik.claim_code} Kain Batik",
    }
    assert facts["show.no_show"]["filled_by"] == "Keripik Cadangan"
    assert facts["show.undo"] == {"channel": 1, "seller": "Batik Sri", "undoes": "no_show"}
    told = client.get("/panitia/jejak?action=show.").text
    assert "saluran: 1 · penjual: Batik Sri · detik: 60" in told
    assert "yang diurungkan: mencatat giliran tidak hadir" in told


def test_the_rundown_on_paper_breaks_no_number(client, evening, now):
    sheet = show_papers.pdf(evening.edition, now.date(), now=now)

    words = pypdfium2.PdfDocument(sheet)[0].get_textpage().get_text_range()
    lines = [line.strip() for line in words.splitlines()]
    numbers = [phones.show(seller.phone) for seller in evening.sellers]
    assert [number for number in numbers if not any(number in line for line in lines)] == []


def test_early_and_late_by_seconds_are_told_apart(client, evening, time_machine, now):
    time_machine.move_to(now - timedelta(seconds=38))
    do(client, "start", giliran=evening.turns[0].uid, yakin="1")
    do(client, "by_host", revision=1)
    time_machine.move_to(now + minutes(15) + timedelta(seconds=20))
    do(client, "start", revision=2, giliran=evening.turns[1].uid, yakin="1")

    report = client.get(f"{ROOM}/laporan").text
    assert "−0:38" in report
    assert "+0:20" in report


@pytest.fixture
def night(client, now, time_machine):
    """Four turns from 22.45 on: the opening ends at midnight."""
    eve = now + timedelta(hours=3, minutes=45)
    time_machine.move_to(eve + minutes(50))
    made = Evening(eve)
    signed_in(client, Role.HOST)
    db.session.commit()
    return made


def test_an_evening_that_was_extended_goes_on_after_midnight(client, night, time_machine):
    do(client, "by_host")  # overtime counts up
    do(client, "extend", revision=1, menit="20")
    time_machine.shift(34 * 60)  # 00.09
    signed_in(client, Role.HOST)

    page = client.get(ROOM).text
    assert 'id="now-who">Sambal Mak<' in page
    assert do(client, "add", revision=2, giliran=night.turns[3].uid, detik="60").status_code == 200
    assert "22.45" in client.get(f"{ROOM}/laporan").text
    assert "Sambal Mak" in client.get("/panitia/siaran/susunan").text

    time_machine.shift(12 * 60)  # 00.21: past the extended end
    assert "Tidak ada giliran hari ini" in client.get(ROOM).text


def test_an_evening_that_was_not_extended_ends_at_midnight(client, night, time_machine):
    do(client, "by_host")
    time_machine.shift(26 * 60)

    assert "Tidak ada giliran hari ini" in client.get(ROOM).text
