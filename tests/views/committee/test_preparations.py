"""A committee that begins with nothing is led from its first page to an open bazaar."""

import pytest

from bazaar.models import Role
from tests.builders import a_rate, a_release, a_seller, a_window, an_edition, sign_in

TITLE = "Sebelum bazar dibuka"
NEW = 'href="/panitia/penyelenggaraan/baru"'


@pytest.mark.parametrize(("role", "led"), [(Role.HOST, True), (Role.TREASURER, False)])
def test_the_first_page_leads_to_the_edition(client, role, led):
    sign_in(client, role)

    page = client.get("/panitia").text

    assert "Belum ada penyelenggaraan" in page
    assert (NEW in page) is led


def test_what_is_left_is_named_until_nothing_is(client, now):
    sign_in(client, Role.HOST)
    edition = an_edition(channels=False)
    page = client.get("/panitia").text
    for place in ("penyelenggaraan#saluran", "penyelenggaraan#hari", "umkm", "ongkir", "jadwal"):
        assert f'class="btn btn-quiet" href="/panitia/{place}"' in page

    a_window(edition, opens_at=now)
    a_seller(edition=edition)
    a_release(edition)
    for path in ("/panitia", "/panitia/jadwal"):
        page = client.get(path).text
        assert TITLE in page
        assert 'class="btn btn-quiet" href="/panitia/ongkir"' in page
        assert 'class="btn btn-quiet" href="/panitia/umkm"' not in page


def test_an_open_bazaar_is_not_told_how_to_open(client, now):
    sign_in(client, Role.HOST)
    edition = an_edition()
    a_window(edition, opens_at=now)
    a_seller(edition=edition)
    a_rate()
    a_release(edition)

    assert TITLE not in client.get("/panitia").text
    assert TITLE not in client.get("/panitia/jadwal").text
