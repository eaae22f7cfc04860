"""Hours of many days at once."""

from datetime import date, time

import pytest

from bazaar.db import db
from bazaar.editions import hours
from bazaar.editions.hours import Opening
from bazaar.models import Role, Window
from tests.builders import HOST, a_release, a_seller, a_turn, an_edition, sign_in

HERE = "/panitia/penyelenggaraan"
SUNDAY = date(2026, 3, 1)
MANY = {
    "which": "19.00–21.00",
    "first": "2026-03-01",
    "last": "2026-03-31",
    "weekdays": list("0123456"),
    "opens": "19:00",
    "closes": "22:00",
    "weight": "20",
}


@pytest.fixture
def host(client, time_machine, now):
    time_machine.move_to(now)
    return sign_in(client, Role.HOST)


@pytest.fixture
def edition(app, now):
    edition = an_edition()
    week = hours.days_between(SUNDAY, date(2026, 3, 7), range(7))
    hours.add(edition, week, Opening(time(19), time(21)), actor=HOST, now=now)
    hours.add(edition, week[:2], Opening(time(9), time(11)), actor=HOST, now=now)
    return edition


def count():
    return db.session.query(Window).count()


def test_days_are_listed_by_what_is_on_them(client, host, edition):
    page = client.get(HERE).text

    assert page.index("5 hari") < page.index("2 hari")
    assert "jam ramai lebih besar" in page


def test_hours_of_a_weekday_change_at_once(client, host, edition):
    page = client.get(f"{HERE}/jam/banyak").text
    assert "19.00–21.00 (7 hari)" in page
    assert 'value="2026-03-07"' in page

    done = client.post(f"{HERE}/jam/banyak", data=MANY | {"weekdays": ["6"]})

    assert done.status_code == 303
    assert "Jam siaran 1 hari disimpan." in client.get(HERE).text
    sunday = hours.matching(edition, time(19), time(22), {SUNDAY})
    assert [window.weight for window in sunday] == [20]


def test_many_are_removed_at_once(client, host, edition):
    done = client.post(f"{HERE}/jam/banyak/hapus", data=MANY)

    assert done.status_code == 303
    assert count() == 2
    assert "7 jam siaran dihapus." in client.get(HERE).text


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"which": "10.00–11.00"}, "which", "Tidak ada jam siaran yang cocok"),
        ({"which": "apa"}, "which", "Tidak ada jam siaran yang cocok"),
        ({"first": "2026-05-01", "last": "2026-05-02"}, "which", "Tidak ada jam siaran"),
        ({"opens": "10:00", "closes": "12:00"}, "closes", "Bertumpuk dengan jam siaran"),
        ({"closes": "19:05"}, "closes", "Satu giliran 15 menit tidak muat"),
        ({"weight": "0"}, "weight", "Bobot penonton diisi angka"),
        ({"last": ""}, "last", "Pilih tanggal terakhir."),
    ],
)
def test_what_cannot_be_is_refused_for_all(client, host, edition, changes, field, sentence):
    page = client.post(f"{HERE}/jam/banyak", data=MANY | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{field}-error"' in page.text
    assert len(hours.matching(edition, time(19), time(21), {SUNDAY})) == 1


def test_released_turns_are_told_of_before_their_hours_go(client, host, edition, now):
    a_turn(a_release(edition), a_seller(), starts_at=now)

    for path in ("banyak/hapus", "banyak"):
        asked = client.post(f"{HERE}/jam/{path}", data=MANY | {"opens": "20:00"})
        assert asked.status_code == 409
        assert 'name="agreed" value="1"' in asked.text
        assert asked.text.count('name="weekdays"') == 7
    assert count() == 9

    client.post(f"{HERE}/jam/banyak/hapus", data=MANY | {"agreed": "1"})
    assert count() == 2


def test_without_hours_there_is_nothing_to_change(client, host):
    an_edition()

    assert "Belum ada jam siaran" in client.get(f"{HERE}/jam/banyak").text
    assert client.post(f"{HERE}/jam/banyak/hapus", data=MANY).status_code == 422


def test_a_weekday_that_is_no_number_is_said_beside_the_days(client, host, edition):
    refused = client.post(f"{HERE}/jam/banyak", data=MANY | {"weekdays": ["0", "Senin"]})

    assert refused.status_code == 422
    assert refused.text.count("Pilih hari dari Senin sampai Minggu.") == 2
    assert "Invalid" not in refused.text
    assert 'id="weekdays-error"' in refused.text
