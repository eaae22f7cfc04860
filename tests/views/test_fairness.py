"""The public pages about fairness."""

import csv
import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import (
    DrawStage,
    EditKind,
    PlanEdit,
    RequestKind,
    RequestState,
    Share,
    TurnRequest,
)
from tests.builders import (
    a_draw,
    a_release,
    a_seller,
    a_share,
    a_turn,
    an_edition,
    keep,
)

DIGEST = "ab" * 32


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def edition(app):
    return an_edition(slug="ramadan")


@pytest.fixture
def release(edition):
    return a_release(edition)


def lines(page):
    """The names in the ledger, from top to bottom."""
    body = page.text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [part.partition("</a>")[0].rpartition(">")[2] for part in body.split("<tr>")[1:]]


@pytest.mark.parametrize("path", ["", "/undian", "/perubahan"])
def test_without_edition_each_page_says_what_will_be_there(app, client, path):
    page = client.get(f"/keadilan{path}")

    assert page.status_code == 200
    assert 'class="empty"' in page.text


def test_before_the_first_release_the_ledger_leads_to_the_draws(client, edition):
    page = client.get("/keadilan").text

    assert "Belum ada jadwal yang terbit" in page
    assert 'href="/keadilan/undian"' in page


def test_the_ledger_shows_each_seller_against_the_fair_share(client, release):
    sri = a_seller(name="Batik Sri", code="U7", cluster="Batik")
    a_share(release, sri, turns=3, prime=27, carry=-3, share=30, place=2)
    a_share(release, a_seller(name="Kopi Ijen"), turns=2, prime=30, carry=0, share=30, place=1)

    page = client.get("/keadilan")

    assert lines(page) == ["Kopi Ijen", "Batik Sri"]
    row = page.text.partition("Batik Sri")[2].partition("</tr>")[0]
    cells = [cell.rpartition(">")[2] for cell in row.split("</td>")[:-1]]
    assert cells == ["3", "27 -3 / 30", "80%", "2"]
    assert "Selisih antar-UMKM paling banyak satu giliran." in page.text
    assert "Batik · U7" in row


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("", ["A", "C", "B"]),
        ("nama", ["A", "B", "C"]),
        ("tersedikit", ["C", "B", "A"]),
        ("prime", ["B", "A", "C"]),
        ("ngawur", ["A", "C", "B"]),
    ],
)
def test_the_ledger_can_be_sorted(client, release, order, names):
    a_share(release, a_seller(name="A"), place=1, turns=3, prime=30, share=30)
    a_share(release, a_seller(name="B"), place=3, turns=2, prime=10, share=30)
    a_share(release, a_seller(name="C"), place=2, turns=1, prime=40, share=30)

    assert lines(client.get(f"/keadilan?urut={order}")) == names


def test_a_stall_can_be_looked_for(client, release):
    a_share(release, a_seller(name="Batik Sri"))
    a_share(release, a_seller(name="Kopi Ijen", code="K9"))

    assert lines(client.get("/keadilan?q=ijen")) == ["Kopi Ijen"]
    assert lines(client.get("/keadilan?q=K9")) == ["Kopi Ijen"]
    assert "Tidak ada lapak bernama “teh”" in client.get("/keadilan?q=teh").text


def test_envy_is_told_as_it_is(client, release):
    a_share(release, a_seller())
    assert "lebih suka giliran" not in client.get("/keadilan").text

    release.figures = {"EF1_ledger": {"sellers_with_envy": 0, "of": 1}}
    assert "Tidak ada UMKM yang lebih diuntungkan" in client.get("/keadilan").text

    release.figures = {"EF1_ledger": {"sellers_with_envy": 7, "of": 9}}
    assert "7 dari 9 UMKM masih lebih suka giliran" in client.get("/keadilan").text


def test_many_sellers_cost_no_more_queries_than_few(client, release, queries):
    def cost():
        queries.clear()
        assert client.get("/keadilan").status_code == 200
        return len(queries)

    a_share(release, a_seller())
    one = cost()
    for _ in range(60):
        a_share(release, a_seller())

    assert cost() == one <= 12


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_ten_thousand_sellers_are_paged(client, release):
    some = a_seller()
    sellers = [
        {
            column.name: getattr(some, column.name)
            for column in some.__table__.columns
            if column.name != "id"
        }
        | {"code": f"N{n}", "slug": f"n-{n}", "name": f"Lapak {n}", "link_hash": f"n{n:063}"}
        for n in range(10_000)
    ]
    db.session.execute(sa.insert(type(some)), sellers)
    ids = db.session.scalars(db.select(type(some).id).where(type(some).code.like("N%"))).all()
    fact = {"release_id": release.id, "rounds": 2, "turns": 2, "prime": 20, "carry": 0, "share": 20}
    db.session.execute(
        sa.insert(Share),
        [fact | {"seller_id": each, "place": n} for n, each in enumerate(ids, 1)],
    )

    page = client.get("/keadilan?page=200")

    assert len(lines(page)) == 50
    assert "Halaman 200 dari 200" in page.text
    assert len(page.data) < 100_000
    assert client.get("/keadilan/pembagian.csv").text.count("\n") == 10_001


def test_the_ledger_can_be_taken_away(client, release):
    a_share(release, a_seller(name="=Batik", code="U7", cluster="Batik"), carry=-3, place=1)

    sheet = client.get("/keadilan/pembagian.csv")

    assert "keadilan-ramadan-terbitan-1.csv" in sheet.headers["Content-Disposition"]
    head, row = csv.reader(io.StringIO(sheet.text.removeprefix("\ufeff")))
    assert dict(zip(head, row, strict=True)) == {
        "urutan_undian": "1",
        "kode_umkm": "U7",
        "umkm": "'=Batik",
        "klaster": "Batik",
        "giliran": "2",
        "putaran": "2",
        "jam_ramai": "20",
        "bawaan": "-3",
        "bagian_adil": "20",
        "persen_dari_bagian": "85",
    }


def test_there_is_no_sheet_before_a_release(client, edition):
    assert client.get("/keadilan/pembagian.csv").status_code == 404


def test_earlier_editions_stay_in_sight(client, release, now):
    old = an_edition(
        slug="lama",
        name="Pasar Lebaran",
        is_current=False,
        created_at=now - timedelta(days=400),
    )
    a_share(a_release(old), a_seller(name="Dulu"), turns=5)
    a_draw(old, witness="angka lama")

    assert "Pasar Lebaran" in client.get("/keadilan").text
    assert lines(client.get("/keadilan?edisi=lama")) == ["Dulu"]
    assert "angka lama" in client.get("/keadilan/undian?edisi=lama").text
    assert client.get("/keadilan/undian/1.json?edisi=lama").json["edition"] == "lama"
    assert client.get("/keadilan?edisi=tidak-ada").status_code == 404


def test_every_draw_is_listed_with_what_became_of_it(client, edition, now):
    draws = [
        a_draw(edition, number=n, stage=DrawStage.DONE, seed="b", done_at=now) for n in range(1, 4)
    ]
    a_draw(edition, number=4, stage=DrawStage.FAILED, failure="Salah angka")
    a_draw(edition, number=5, witness="angka Bu Sri")
    a_release(edition, draw_id=draws[0].id)
    a_release(edition, number=None, draw_id=draws[1].id, replaced_at=now)
    a_release(edition, number=None, draw_id=draws[2].id)

    page = client.get("/keadilan/undian").text
    told = [part.partition("</li>")[0] for part in page.split("<strong>Undian ")[1:]]

    assert [text[0] for text in told] == ["5", "4", "3", "2", "1"]
    assert "angka Bu Sri" in told[0]
    assert "tidak dilanjutkan" in told[1]
    assert "Salah angka" in told[1]
    assert "Menjadi rancangan, belum terbit." in told[2]
    assert "Tidak diterbitkan: diganti rancangan lain." in told[3]
    assert "Menjadi terbitan 1." in told[4]


def test_a_draw_shows_its_numbers_and_how_to_check_them(client, edition, now):
    a_draw(
        edition,
        stage=DrawStage.DONE,
        witness="angka Bu Sri",
        public_value="7 2 9 1",
        instance_digest=DIGEST,
        secret="cd" * 32,
        seed="ef" * 32,
        plan_digest="12" * 32,
        frozen_at=now,
        done_at=now,
    )

    page = client.get("/keadilan/undian/1").text

    for number in (DIGEST, "cd" * 32, "ef" * 32, "12" * 32, "7 2 9 1", "angka Bu Sri"):
        assert number in page
    assert "flask rotation verify ramadan-undian-1.json" in page


@pytest.mark.parametrize("stage", [DrawStage.QUEUED, DrawStage.RUNNING])
def test_while_a_draw_is_computed_its_page_keeps_the_secret(client, edition, now, stage):
    a_draw(edition, stage=stage, seed="ef" * 32, secret="cd" * 32, frozen_at=now)

    page = client.get("/keadilan/undian/1").text

    assert "ef" * 32 not in page
    assert "cd" * 32 not in page


def test_the_code_of_a_draw_is_a_picture(client, edition):
    a_draw(edition)

    picture = client.get("/keadilan/undian/1/qr.png")

    assert (picture.status_code, picture.mimetype) == (200, "image/png")


def test_a_turn_answers_why(client, release):
    sri = a_seller(name="Batik Sri")
    turn = a_turn(release, sri)
    turn.reasons = {"decided": "only", "candidates": 1, "turns": 1}
    a_share(release, sri, place=3)

    page = client.get(f"/jadwal/mengapa/{turn.uid}").text

    assert "Hanya Batik Sri yang bisa tampil pada jam ini." in page
    assert f'href="/jadwal/mengapa/{turn.uid}"' in client.get("/jadwal").text


def test_a_turn_that_is_not_in_force_is_not_found(client, edition, release):
    draft = a_turn(a_release(edition, number=None), a_seller())

    assert client.get(f"/jadwal/mengapa/{draft.uid}").status_code == 404
    assert client.get("/jadwal/mengapa/tidak-ada").status_code == 404


def an_edit(release, now, *, number=1, **given):
    channel = 1
    row = {"channel": channel, "starts_at": now.isoformat(), "before": "K1", "after": "B1"}
    fields = {"kind": EditKind.SWAP, "changes": [row | {"turn": {"uid": "rahasia"}}]}
    fields |= {"made_by": "Rina", "made_at": now, "why": "sakit"}
    return keep(PlanEdit(release_id=release.id, number=number, **fields | given))


def test_changes_by_hand_are_listed_with_who_why_and_when(client, edition, release, now):
    a_seller(code="K1", name="Kopi Ijen")
    a_seller(code="B1", name="Batik Sri")
    an_edit(release, now)
    an_edit(release, now, number=2, why="keliru", undone_at=now)
    an_edit(a_release(edition, number=None), now, why="belum terbit")

    page = client.get("/keadilan/perubahan").text

    assert "Kopi Ijen → Batik Sri" in page
    assert "Oleh Rina, Min 1 Mar 19.00 WIB." in page
    assert "Alasannya: “sakit”" in page
    assert "Dibatalkan Min 1 Mar 19.00 WIB, jadi tidak berlaku." in page
    assert "belum terbit" not in page
    assert "rahasia" not in page


def test_granted_requests_are_listed_without_their_words(client, edition, now):
    one, other = a_seller(name="Kopi Ijen"), a_seller(name="Batik Sri")
    for state in (RequestState.GRANTED, RequestState.ASKED):
        keep(
            TurnRequest(
                edition_id=edition.id,
                kind=RequestKind.SWAP,
                state=state,
                seller_id=one.id,
                turn_uid=state.value,
                starts_at=now,
                other_id=other.id,
                other_starts_at=now,
                wish="anak sakit",
                answer_by=now,
                asked_at=now,
                closed_at=now,
            )
        )

    page = client.get("/keadilan/perubahan").text

    assert page.count("bertukar dengan Batik Sri") == 1
    assert "anak sakit" not in page
