"""After the show: what really happened, how many watched, the recording's chapters, on paper."""

import io
import re
from datetime import timedelta

import openpyxl
import pypdfium2
import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db
from bazaar.models import AirWatch, ClosedKind, ClosedTime, Product, Role
from bazaar.reports import airings
from bazaar.rules.show.acts import ActKind
from tests.builders import (
    HOST,
    a_product,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    an_order,
    keep,
)
from tests.committee import signed_in

HERE = "/panitia/siaran/1/laporan"
RUNDOWN = "/panitia/siaran/susunan"


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(client, now, time_machine):
    """Batik began two minutes late, Kopi did not come and was filled, Tempe was on time."""
    edition = an_edition()
    a_window(edition, opens_at=now, minutes=75)
    released = a_release(edition)
    names = ("Batik Sri", "Kopi Ijen", "Tempe Bu Tin")
    sellers = [a_seller(edition=edition, name=name) for name in names]
    spare = a_seller(edition=edition, name="Keripik Cadangan")
    turns = [
        a_turn(released, one, starts_at=now + minutes(15 * n)) for n, one in enumerate(sellers)
    ]
    a_product(seller=sellers[0], name="Kain <Batik>")
    db.session.flush()

    def act(at, kind, **what):
        revision = show.kept(edition, at)[0].revision
        show.act(edition, 1, kind, revision=revision, actor=HOST, now=at, **what)

    act(now - minutes(1), ActKind.BY_HOST)
    act(now + minutes(2), ActKind.START, turn=turns[0].uid)
    act(now + minutes(16), ActKind.NO_SHOW, turn=turns[1].uid, seller=spare.id)
    act(now + minutes(30), ActKind.START, turn=turns[2].uid)
    act(now + minutes(45), ActKind.END, turn=turns[2].uid)
    (day,) = show.kept(edition, now)
    show.check_in(day, sellers[2].id, here=True, actor=HOST, now=now + minutes(20))
    time_machine.move_to(now + minutes(50))
    signed_in(client, Role.HOST)
    db.session.commit()
    return edition, turns, sellers


def test_each_turn_is_told_as_it_was(client, evening):
    page = client.get(HERE).text

    rows = re.findall(r"<tr>\s*<th scope=\"row\">(19.*?)</tr>", page, re.DOTALL)
    told = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)) for row in rows]
    assert "Batik Sri 19.02 19.16 +2:00" in told[0]
    assert "Kopi Ijen tampil: Keripik Cadangan 19.16 19.30 +1:00" in told[1]
    assert "Tempe Bu Tin 19.30 19.45 0:00" in told[2]


def test_how_sellers_keep_their_turns(app, evening, now):
    edition, *_ = evening

    found = {one.seller.name: one for one in airings.of_season(edition, now + minutes(50))}

    assert [(n, o.turns, o.missed, o.late, o.mean_late) for n, o in found.items()] == [
        ("Kopi Ijen", 1, 1, 0, 0),
        ("Batik Sri", 1, 0, 1, 120),
        ("Tempe Bu Tin", 1, 0, 0, 0),
    ]
    assert found["Tempe Bu Tin"].in_room == 1


def test_chapters_can_be_copied_and_follow_the_recordings_start(client, evening):
    own = client.get(HERE).text
    assert "00:00 Batik Sri\n14:00 Keripik Cadangan\n28:00 Tempe Bu Tin" in own

    earlier = client.get(f"{HERE}?rekaman=18:55:00").text
    assert "00:00 Pembukaan\n07:00 Batik Sri\n21:00 Keripik Cadangan" in earlier
    wrong = client.get(f"{HERE}?rekaman=malam").text
    assert "Isi jam mulai rekaman" in wrong
    assert "00:00 Batik Sri" in wrong


def test_viewers_are_written_down_changed_and_taken_back(client, evening):
    _, turns, _ = evening
    field = f"penonton-{turns[0].uid}"

    assert client.post(HERE, data={field: "1.250"}).status_code == 303
    assert 'value="1250"' in client.get(HERE).text
    client.post(HERE, data={field: "1300"})
    assert db.session.get_one(AirWatch, turns[0].uid).viewers == 1300
    client.post(HERE, data={field: "", "penonton-tidakada": "5"})
    assert db.session.query(AirWatch).count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("banyak", "Isi dengan angka."), ("-4", "Isi dengan angka."), ("99999999", "10.000.000")],
)
def test_what_is_no_number_of_viewers_stays_in_its_field(client, evening, typed, sentence):
    _, turns, _ = evening

    page = client.post(HERE, data={f"penonton-{turns[0].uid}": typed})

    assert (page.status_code, sentence in page.text) == (422, True)
    assert f'value="{typed}"' in page.text
    assert db.session.query(AirWatch).count() == 0


def test_who_only_reads_cannot_write_viewers(app, evening):
    guest = app.test_client()
    signed_in(guest, Role.CHAIR)
    db.session.commit()

    assert 'name="penonton-' not in guest.get(HERE).text
    assert guest.post(HERE, data={}).status_code == 403


def test_the_report_can_be_taken_away(client, evening):
    _, turns, _ = evening

    lines = client.get(f"{HERE}.csv").text.splitlines()
    assert [re.split("[,;]", line)[3:6] for line in lines[1:]] == [
        ["Batik Sri", "Batik Sri", "selesai"],
        ["Kopi Ijen", "Keripik Cadangan", "selesai"],
        ["Tempe Bu Tin", "Tempe Bu Tin", "selesai"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{HERE}.xlsx").data))
    assert book.active.max_row == len(turns) + 1
    assert client.get(f"{HERE}.doc").status_code == 404


def test_a_day_without_turns_says_so(client, evening):
    page = client.get(f"{HERE}?hari=2026-02-01").text
    assert "Tidak ada giliran pada hari ini" in page
    assert "Tidak ada giliran pada hari ini" in client.get(f"{RUNDOWN}?hari=2026-02-01").text
    assert client.get(f"{RUNDOWN}.pdf?hari=2026-02-01").status_code == 200
    assert client.get("/panitia/siaran/9/laporan").status_code == 404


def test_the_rundown_is_printed_with_codes_and_telephones(client, evening):
    _, _, sellers = evening
    code = db.session.scalars(sa.select(Product.claim_code)).one()

    page = client.get(RUNDOWN).text
    paper = client.get(f"{RUNDOWN}.pdf")

    document = pypdfium2.PdfDocument(paper.data)
    text = "\n".join(each.get_textpage().get_text_range() for each in document)
    for told in (page, text):
        assert "Saluran 1" in told
        assert code in told
        assert all(one.name in told for one in sellers)
    assert paper.mimetype == "application/pdf"
    assert "Kain <Batik>" in text
    assert "19.15" in text


def _rows(table):
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", row)).strip() for row in rows]


@pytest.fixture
def long_day(client, now, time_machine):
    """An opening with a prayer in it and a free slot, and a second one ten minutes later."""
    edition = an_edition(channels=2)
    a_window(edition, opens_at=now, minutes=120)
    a_window(edition, opens_at=now + minutes(130), minutes=60)
    keep(
        ClosedTime(
            edition_id=edition.id,
            kind=ClosedKind.TARAWIH,
            starts_at=now + minutes(15),
            ends_at=now + minutes(30),
            note="Masjid <Jamik>",
        )
    )
    released = a_release(edition)
    one, other = edition.channels
    for start in (0, 30, 47, 90, 105, 130):
        seller = a_seller(edition=edition, name=f"Lapak {start}")
        a_turn(released, seller, starts_at=now + minutes(start), channel=one)
    for start in (0, 30):
        seller = a_seller(edition=edition, name=f"Sebelah {start}")
        a_turn(released, seller, starts_at=now + minutes(start), minutes=30, channel=other)
    signed_in(client, Role.HOST)
    time_machine.move_to(now)
    db.session.commit()
    return edition


def test_the_rundown_shows_breaks_with_their_times(client, long_day):
    first, second = re.findall(r"<tbody>.*?</tbody>", client.get(RUNDOWN).text, re.DOTALL)

    told = [row.split(" Lapak")[0] for row in _rows(first)]
    assert told == [
        "19.00–19.15",
        "19.15–19.30 Isya dan tarawih, Masjid &lt;Jamik&gt;",
        "19.30–19.45",
        "19.47–20.02",
        "20.02–20.30 Jeda",
        "20.30–20.45",
        "20.45–21.00",
        "21.00–21.10 Jeda",
        "21.10–21.25",
    ]
    assert [row.split(" ")[0] for row in _rows(second)] == ["19.00–19.30", "19.30–20.00"]


def test_the_rundown_on_paper_shows_breaks_as_well(client, long_day):
    document = pypdfium2.PdfDocument(client.get(f"{RUNDOWN}.pdf").data)
    one, other = (page.get_textpage().get_text_range() for page in document)

    lines = [line.strip() for line in one.splitlines()]
    assert [line for line in lines if line.endswith(("Jeda", "Jamik>"))] == [
        "19.15–19.30 Isya dan tarawih, Masjid <Jamik>",
        "20.02–20.30 Jeda",
        "21.00–21.10 Jeda",
    ]
    assert "Jeda" not in other


@pytest.mark.parametrize("more", [0, 5])
def test_longer_reports_cost_no_more_queries(client, evening, now, queries, more):
    edition, turns, _ = evening
    for n in range(more):
        seller = a_seller(edition=edition)
        turn = a_turn(turns[0].release, seller, starts_at=now + minutes(46 + n), minutes=1)
        an_order(a_product(seller=seller), turn=turn)
    db.session.commit()
    client.get(HERE)
    for path, most in ((HERE, 26), (RUNDOWN, 14)):
        queries.clear()
        client.get(path)
        assert len(queries) <= most, path
