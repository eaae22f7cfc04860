import io
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from bazaar import rotation
from bazaar.db import db
from bazaar.models import AuditEntry, Message, Release, Role, Seller
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, sign_in

INDEX = "/panitia/jadwal/terbitan"


@pytest.fixture
def clock(time_machine, now):
    time_machine.move_to(now)
    return time_machine


@pytest.fixture
def host(client, clock):
    return sign_in(client, Role.HOST)


@pytest.fixture
def bazaar(app, now):
    edition = an_edition(channels=2)
    for day in range(2):
        a_window(edition, opens_at=now + timedelta(days=day, hours=1), minutes=180)
    return edition


@pytest.fixture
def people(bazaar):
    return [
        a_seller(edition=bazaar, name="Batik Sri", email="sri@contoh.id"),
        a_seller(edition=bazaar, name="Kopi Ani", email=""),
        a_seller(edition=bazaar, name="Tape Nur", email="nur@contoh.id"),
    ]


@pytest.fixture
def draft(bazaar, now):
    """Make a draft of (seller, quarter of an hour from 20.00 on)."""

    def make(*turns):
        base = rotation.find_current_release(bazaar)
        draft = a_release(bazaar, number=None, base_id=base.id if base else None)
        for seller, slot in turns:
            a_turn(draft, seller, starts_at=now + timedelta(hours=1, minutes=15 * slot))
        return draft

    return make


@pytest.fixture
def two(draft, people, now):
    """Release 2 takes a turn from the first, moves that of the second, leaves the third."""
    first, second, third = people
    old = draft((first, 0), (first, 1), (second, 2), (third, 3))
    rotation.release(old, actor=HOST, now=now)
    new = draft((first, 0), (second, 5), (third, 3))
    rotation.release(new, actor=HOST, now=now, note="Ada rapat.")


def address(draft, what):
    return f"/panitia/jadwal/rancangan/{draft.id}/{what}"


def test_without_edition_or_release_the_list_says_what_comes(client, host):
    assert "Belum ada penyelenggaraan" in client.get(INDEX).text
    an_edition()
    assert "Belum ada terbitan" in client.get(INDEX).text
    assert "Belum ada dua terbitan" in client.get(f"{INDEX}/banding").text


def test_the_list_says_who_released_what(client, host, two):
    page = client.get(INDEX).text

    assert page.index("Terbitan 2</a>") < page.index("Terbitan 1</a>")
    assert "1 batal, 1 pindah, 0 baru" in page
    assert "terbitan pertama" in page
    assert "Rina" in page
    assert "Ada rapat." in page


def test_a_release_tells_what_it_changed_by_seller(client, host, two):
    page = client.get(f"{INDEX}/2").text

    assert page.index("Batik Sri") < page.index("Kopi Ani")  # who loses comes first
    assert "Tape Nur" not in page
    assert "1 giliran lain tetap" in page
    assert "<del>" in page


def test_a_release_tells_what_it_changed_by_day(client, host, two):
    page = client.get(f"{INDEX}/2?bagian=hari").text

    assert "Minggu, 1 Maret 2026" in page
    assert "2 perubahan" in page
    for day in ("besok", "2027-01-01"):
        assert "Minggu, 1 Maret 2026" in client.get(f"{INDEX}/2?bagian=hari&hari={day}").text


def test_a_release_tells_who_was_told(client, host, two, now):
    sri = db.session.scalars(sa.select(Message).where(Message.to == "sri@contoh.id")).all()[-1]
    sri.sent_at, sri.next_try_at = now, None

    page = client.get(f"{INDEX}/2?bagian=kabar").text

    assert "terkirim" in page
    assert "1 UMKM tanpa alamat surel" in page
    assert "https://wa.me/62812000" in page
    assert "Halo%20Kopi%20Ani" in page
    assert "Tape Nur" not in page
    assert "{tautan-pribadi}" not in page
    only = client.get(f"{INDEX}/2?bagian=kabar&pilih=tanpa-surel").text
    assert "Kopi Ani" in only
    assert "Batik Sri" not in only
    assert "Tidak ada di sini" in client.get(f"{INDEX}/2?bagian=kabar&pilih=gagal").text


def test_a_letter_that_failed_can_be_sent_by_hand(client, host, two):
    sri = db.session.scalars(sa.select(Message).where(Message.to == "sri@contoh.id")).all()[-1]
    sri.next_try_at, sri.failure = None, "550 no such mailbox"

    page = client.get(f"{INDEX}/2?bagian=kabar&pilih=gagal").text

    assert "550 no such mailbox" in page
    assert "Halo%20Batik%20Sri" in page


def test_any_two_releases_are_compared(client, host, two, draft, people, now):
    first, second, third = people
    third_plan = draft((first, 0), (first, 1), (second, 2), (third, 3))
    rotation.release(third_plan, actor=HOST, now=now)

    page = client.get(f"{INDEX}/banding?dari=2&ke=3").text
    assert "Dari terbitan 2 ke terbitan 3" in page
    assert "Batik Sri" in page
    assert "Dari terbitan 2 ke terbitan 3" in client.get(f"{INDEX}/banding?dari=3&ke=2").text
    same = client.get(f"{INDEX}/banding?dari=1&ke=3").text
    assert "Tidak ada giliran yang berubah" in same
    assert "2 perubahan" in client.get(f"{INDEX}/banding?dari=1&ke=2&bagian=hari").text


@pytest.mark.parametrize("asked", ["", "?dari=1&ke=1", "?dari=1&ke=9", "?dari=x&ke=%00"])
def test_two_different_releases_must_be_chosen(client, host, two, asked):
    answer = client.get(f"{INDEX}/banding{asked}")

    assert answer.status_code in {200, 422}
    assert "Dari terbitan" not in answer.text


def test_before_releasing_the_exact_texts_are_shown(client, host, draft, people):
    plan = draft((people[0], 0), (people[1], 1))

    page = client.get(address(plan, "pratinjau")).text

    assert "Terbitan pertama: 2 UMKM dikabari gilirannya." in page
    assert "Surel ke sri@contoh.id" in page
    assert "- Minggu 1 Maret, 20.00–20.15 WIB, Saluran 1" in page
    assert "Halaman Anda: (tautan pribadinya)" in page
    assert "Dikabari lewat WhatsApp sesudah terbit" in page


def test_the_preview_is_filtered_with_losers_first(client, host, two, draft, people):
    first, second, third = people
    plan = draft((second, 5), (third, 2), (first, 8))

    page = client.get(address(plan, "pratinjau")).text
    assert "mengubah giliran 2 UMKM dibanding terbitan 2" in page
    assert "Kehilangan (0)" in page
    assert "Pindah (2)" in page
    assert "Tidak ada di sini" in client.get(f"{address(plan, 'pratinjau')}?pilih=lost").text
    found = client.get(f"{address(plan, 'pratinjau')}?q=nur").text
    assert "Halo Tape Nur" in found
    assert "Halo Batik Sri" not in found


def test_a_draft_that_changes_nothing_tells_nobody(client, host, two, draft, people):
    first, second, third = people
    plan = draft((first, 0), (second, 5), (third, 3))

    page = client.get(address(plan, "pratinjau")).text

    assert "Tidak ada yang perlu dikabari" in page
    assert client.post(address(plan, "terbitkan")).status_code == 303
    assert (
        db.session.query(Message).filter(Message.key.startswith(f"release:{plan.id}")).count() == 0
    )


def test_the_note_is_seen_in_the_texts_before_it_goes_out(client, host, draft, people):
    plan = draft((people[0], 0))

    seen = client.post(address(plan, "terbitkan"), data={"note": "Bawa contoh.", "lihat": "1"})
    assert seen.status_code == 303
    assert "Catatan panitia: Bawa contoh." in client.get(seen.headers["Location"]).text
    assert db.session.get_one(Release, plan.id).number is None

    client.post(address(plan, "terbitkan"), data={"note": " Bawa \n contoh. ", "revision": "0"})
    db.session.refresh(plan)
    assert (plan.number, plan.note) == (1, "Bawa contoh.")
    assert "Bawa contoh." in db.session.scalars(sa.select(Message.text)).one()


def test_releasing_leads_to_who_was_told(client, host, draft, people, now):
    plan = draft((people[0], 0), (people[1], 1))

    released = client.post(address(plan, "terbitkan"), data={"revision": "0"})

    assert released.headers["Location"] == f"{INDEX}/1?bagian=kabar"
    page = client.get(released.headers["Location"]).text
    assert "Terbitan 1 berlaku mulai sekarang." in page
    assert "1 UMKM tidak punya alamat surel" in page
    entry = db.session.scalars(
        sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action == "rotation.release")
    ).one()
    assert (entry.actor_name, entry.facts["letters"]) == ("Wulan", 1)


def test_a_note_that_is_too_long_is_refused_at_its_place(client, host, draft, people):
    plan = draft((people[0], 0))

    refused = client.post(address(plan, "terbitkan"), data={"note": "x" * 201})

    assert refused.status_code == 422
    assert "Paling banyak 200 huruf." in refused.text
    db.session.refresh(plan)
    assert plan.number is None


def test_who_looked_at_an_older_revision_is_told(client, host, draft, people):
    plan = draft((people[0], 0))
    plan.revision = 4

    refused = client.post(address(plan, "terbitkan"), data={"revision": "3"})

    assert refused.status_code == 409
    assert "baru saja diubah orang lain" in refused.text
    assert client.post(address(plan, "terbitkan"), data={"revision": "4"}).status_code == 303


def test_the_second_of_two_operators_is_told_and_nobody_is_told_twice(client, host, draft, people):
    plan = draft((people[0], 0))
    client.post(address(plan, "terbitkan"))

    refused = client.post(address(plan, "terbitkan"))

    assert refused.status_code == 409
    assert "sudah diganti atau jadwal lain sudah terbit" in refused.text
    assert db.session.query(Message).count() == 1
    assert client.get(address(plan, "pratinjau")).status_code == 409


def test_who_only_reads_sees_everything_but_the_button(client, clock, draft, people):
    sign_in(client, Role.TREASURER)
    plan = draft((people[0], 0))

    page = client.get(address(plan, "pratinjau")).text

    assert "Halo Batik Sri" in page
    assert "Terbitkan</span>" not in page
    assert client.post(address(plan, "terbitkan")).status_code == 403


@pytest.mark.parametrize("path", ["9", "9.pdf", "1.exe", "2?bagian=kabar&page=99"])
def test_what_there_is_not_is_not_found(client, host, two, path):
    answer = client.get(f"{INDEX}/{path}")
    assert answer.status_code == (200 if "page" in path else 404)


def test_every_release_can_be_taken_away(client, host, two):
    for number, turns in ((1, 4), (2, 3)):
        sheet = client.get(f"{INDEX}/{number}.csv")
        assert f"terbitan-{number}.csv" in sheet.headers["Content-Disposition"]
        assert len(sheet.text.splitlines()) == 1 + turns
        book = load_workbook(io.BytesIO(client.get(f"{INDEX}/{number}.xlsx").data))
        assert book.active.max_row == 1 + turns
        assert len(json.loads(client.get(f"{INDEX}/{number}.json").text)["turns"]) == turns
        assert client.get(f"{INDEX}/{number}.pdf").data.startswith(b"%PDF-")


def test_the_public_takes_away_what_is_in_force(client, two, clock):
    assert json.loads(client.get("/jadwal.json").text)["release"]["number"] == 2
    assert "sri@contoh.id" not in client.get("/jadwal.json").text
    assert client.get("/jadwal.csv").mimetype == "text/csv"
    assert client.get("/jadwal.pdf").mimetype == "application/pdf"
    assert client.get("/jadwal.exe").status_code == 404


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "csv", "json"])
def test_a_sheet_is_drawn_once_until_something_in_it_changes(client, two, clock, now, kind):
    first = client.get(f"/jadwal.{kind}")
    again = client.get(f"/jadwal.{kind}")
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    known = {"If-None-Match": first.headers["ETag"]}
    kept = client.get(f"/jadwal.{kind}", headers=known)
    assert (kept.status_code, kept.data) == (304, b"")
    db.session.scalars(sa.select(Seller)).first().name = "Nama Baru"
    db.session.commit()
    renamed = client.get(f"/jadwal.{kind}", headers=known)
    assert (renamed.status_code, renamed.headers["ETag"]) != (304, first.headers["ETag"])
    known = {"If-None-Match": renamed.headers["ETag"]}
    assert client.get(f"/jadwal.{kind}", headers=known).status_code == 304
    clock.move_to(now + timedelta(days=1))
    assert client.get(f"/jadwal.{kind}", headers=known).status_code == 200


@pytest.mark.parametrize("many", [2, 12])
def test_more_sellers_cost_no_more_queries(client, host, bazaar, draft, queries, many):
    sellers = [a_seller(edition=bazaar, email=f"a{n}@contoh.id") for n in range(many)]
    plan = draft(*((seller, at) for at, seller in enumerate(sellers)))
    db.session.commit()
    client.get(address(plan, "pratinjau"))
    queries.clear()
    client.get(address(plan, "pratinjau"))
    assert len(queries) <= 12
    client.post(address(plan, "terbitkan"))
    queries.clear()
    client.get(f"{INDEX}/1?bagian=kabar")
    assert len(queries) <= 16
