"""The page that proposes a Ramadan edition."""

import re
from datetime import date

import pytest

from bazaar import editions
from bazaar.models import Role
from tests.builders import an_edition, sign_in

HERE = "/panitia/penyelenggaraan/ramadan"
FORM = {
    "year": "1448",
    "name": "Ramadan 1448",
    "slug": "ramadan-1448",
    "regency_code": "35.09",
    "zone_name": "Asia/Makassar",
    "first": "2027-02-09",
    "days": "29",
    "opens1": "09:00",
    "closes1": "11:30",
    "weight1": "6",
    "opens2": "",
    "closes2": "",
    "weight2": "",
    "opens3": "20.00",
    "closes3": "22.00",
    "weight3": "15",
    "channels": "2",
    "turn_minutes": "15",
    "gap_minutes": "2",
}


@pytest.fixture
def host(client, time_machine, now):
    time_machine.move_to(now)
    return sign_in(client, Role.HOST)


def test_the_calendar_proposes_and_says_how_far_to_trust_it(client, host):
    page = client.get(HERE).text

    assert "Ramadan 1447 H" in page
    assert 'value="2026-02-18"' in page
    assert "Pemerintah menetapkannya dengan melihat hilal" in page
    other = client.get(f"{HERE}?tahun=1448").text
    assert 'value="2027-02-08"' in other
    assert 'value="29"' in other
    assert "Ramadan 1447 H" in client.get(f"{HERE}?tahun=seribu").text


def test_a_preview_makes_nothing_and_can_be_sent_on(client, host):
    running = an_edition(slug="ramadan-1448", name="Yang berjalan")
    assert 'value="ramadan-1448-2"' in client.get(f"{HERE}?tahun=1448").text

    page = client.post(HERE, data=FORM | {"slug": "ramadan-baru"})

    assert page.status_code == 200
    for text in ("Selasa, 9 Februari 2027", "29 hari", "870 giliran", "Yang berjalan", "bobot 15"):
        assert text in page.text
    assert editions.find_current() == running

    preview = page.text.partition("pratinjau")[2].partition("</form>")[0]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', preview))
    assert sent["step"] == "create"
    assert client.post(HERE, data=sent).status_code == 303

    made = editions.get_current()
    assert (made.slug, made.zone_name, len(made.channels)) == ("ramadan-baru", "Asia/Makassar", 2)
    assert (made.show_days[0].day, len(made.show_days)) == (date(2027, 2, 9), 29)
    assert [len(day.windows) for day in made.show_days] == [2] * 29


def test_the_same_click_again_makes_no_second_edition(client, host):
    create = FORM | {"step": "create"}
    assert client.post(HERE, data=create).status_code == 303

    again = client.post(HERE, data=create)

    assert again.status_code == 422
    assert "Nama pendek ramadan-1448 sudah dipakai" in again.text
    assert editions.others() == []


NO_OPENINGS = {f"{end}{n}": "" for end in ("opens", "closes") for n in (1, 2, 3)}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": " "}, "name", "Tulis nama penyelenggaraan"),
        ({"zone_name": "Asia/Tokyo"}, "zone_name", "Zona waktu Asia/Tokyo tidak dikenal."),
        ({"first": "2027-12-01"}, "first", "Hari pertama terlalu jauh dari Ramadan"),
        ({"days": "90"}, "days", "Isi dengan angka 1 sampai 60."),
        ({"channels": "0"}, "channels", "Isi dengan angka 1 sampai 60."),
        ({"opens3": "11:00", "closes3": "12:00"}, "closes3", "Bertumpuk dengan jam siaran"),
        ({"closes3": "19:00"}, "closes3", "Jam tutup harus sesudah jam buka."),
        ({"weight3": "500"}, "weight3", "Bobot penonton diisi angka 1 sampai 100."),
        (NO_OPENINGS, "opens1", "Isi paling sedikit satu jam siaran."),
        ({"closes1": ""}, "closes1", "Isi jam buka dan jam tutup, atau kosongkan keduanya."),
        ({"opens1": "pagi"}, "opens1", "Tulis jam seperti 19:00."),
        ({"turn_minutes": "140"}, "closes3", "Satu giliran 140 menit tidak muat"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(client, host, changes, field, sentence):
    page = client.post(HERE, data=FORM | {"step": "create"} | changes)

    assert page.status_code == 422
    assert sentence in page.text
    assert f'id="{field}-error"' in page.text
    assert editions.find_current() is None
