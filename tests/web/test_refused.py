"""A refusal leaves nobody stranded: it leads back to where the reader works."""

import pytest

from bazaar.models import Role
from tests.builders import a_seller, an_edition, seller_token, sign_in


def test_a_member_without_the_task_is_not_told_to_sign_in(client):
    sign_in(client, Role.TREASURER)

    refused = client.get("/panitia/tim/undang")

    assert refused.status_code == 403
    assert "Bukan bagian tugas Anda" in refused.text
    assert "Masuk dulu" not in refused.text
    assert 'class="btn btn-primary" href="/panitia"' in refused.text


def test_a_refused_step_leads_back_to_its_page(client):
    sign_in(client, Role.HOST)
    an_edition(channels=False)
    page = "/panitia/jadwal?versi=rancangan"

    refused = client.post(
        "/panitia/jadwal/rancangan/9/buang", headers={"Referer": f"http://localhost{page}"}
    )

    assert refused.status_code == 409
    assert f'class="btn btn-primary" href="{page}"' in refused.text


@pytest.mark.parametrize("elsewhere", ["https://evil.test/x", "http://localhost.evil.test/"])
def test_nobody_is_led_to_another_site(client, elsewhere):
    sign_in(client, Role.HOST)
    an_edition(channels=False)

    refused = client.post("/panitia/jadwal/rancangan/9/buang", headers={"Referer": elsewhere})

    assert "evil" not in refused.text
    assert 'class="btn btn-primary" href="/panitia"' in refused.text


def test_a_seller_keeps_the_link_and_a_dead_link_is_not_repeated(app, client):
    token = seller_token(a_seller(edition=an_edition()))

    forged = {"Sec-Fetch-Site": "cross-site"}
    refused = client.post(f"/u/{token}/lapak/cerita", headers=forged)
    assert refused.status_code == 422
    assert f'class="btn btn-primary" href="/u/{token}"' in refused.text

    dead = client.get("/u/nobody/pesanan")
    assert dead.status_code == 404
    assert 'class="btn btn-primary" href="/"' in dead.text


def test_who_is_no_longer_signed_in_is_told_and_led_back_after(client):
    form = "/panitia/penyelenggaraan/ubah"
    sent = client.post(form, headers={"Referer": f"http://localhost{form}"})

    assert sent.location == f"/masuk?next={form}"
    assert "langkah tadi belum tersimpan" in client.get(sent.location).text
    # A page that only reads is asked for again by itself.
    assert "belum tersimpan" not in client.get(client.get("/panitia").location).text


def test_a_dead_personal_link_says_who_gives_a_new_one(client):
    assert "dari panitia" in client.get("/u/nobody").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/panitia/tim/undang", 403), ("/panitia/siaran/7", 404), ("/panitia/siaran/1", 409)],
)
def test_the_committee_stays_in_its_frame(client, path, status):
    sign_in(client, Role.TREASURER)
    if status == 404:
        an_edition()

    refused = client.get(path)

    assert refused.status_code == status
    assert '<body class="committee">' in refused.text
    assert 'href="/panitia/siaran"' in refused.text
    assert "site-foot" not in refused.text
    assert "Keranjang" not in refused.text
    assert refused.text.count("<h1") == 1


def test_an_address_of_the_committee_that_is_none_shows_strangers_no_menu(client):
    refused = client.get("/panitia/siarang")

    assert refused.status_code == 404
    assert '<body class="committee">' in refused.text
    assert 'href="/panitia"' in refused.text
    assert 'href="/panitia/siaran"' not in refused.text


def test_what_cannot_be_opened_yet_is_not_said_to_have_changed(client):
    sign_in(client, Role.HOST)

    refused = client.get("/panitia/siaran/susunan")

    assert refused.status_code == 409
    assert "Belum dapat dibuka" in refused.text
    assert "Belum ada penyelenggaraan yang dibuka." in refused.text
    assert "sudah berubah" not in refused.text
