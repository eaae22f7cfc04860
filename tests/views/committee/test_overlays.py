"""The committee gives, sets up and revokes addresses of overlays."""

import pytest

from bazaar.db import db
from bazaar.models import OverlayLink, Role
from bazaar.show import overlays
from bazaar.show.overlays import Look
from bazaar.times import now as clock
from bazaar.web import services
from tests.builders import a_channel, an_edition
from tests.committee import signed_in
from tests.overlays import a_link

PAGE = "/panitia/siaran/1/overlay"
SENT = {
    "name": "Laptop studio",
    "corner": "bottom-left",
    "theme": "light",
    "language": "en",
    "scale": "115",
    "parts": ["qr", "timer"],
}


@pytest.fixture
def channel(client):
    signed_in(client, Role.HOST)
    channel = an_edition().channels[0]
    db.session.commit()
    return channel


def the_link():
    return db.session.query(OverlayLink).one()


def token():
    return overlays.token_of(the_link(), services().links)


def test_an_address_is_made_and_opens(client, channel):
    assert "Belum ada tautan overlay" in client.get(PAGE).text
    assert 'value="bottom-right"' in client.get(f"{PAGE}/baru").text

    made = client.post(PAGE, data=SENT)

    page = client.get(made.location)
    assert Look.read(the_link().look).facts() == {
        "corner": "bottom-left",
        "theme": "light",
        "language": "en",
        "scale": 115,
        "parts": ["timer", "qr"],
    }
    for variant in ("", "/bawah", "/qr", "/jeda"):
        address = f"{services().settings.public_url}/overlay/{token()}{variant}"
        assert f'data-copy="{address}"' in page.text
        assert client.get(f"/overlay/{token()}{variant}").status_code == 200
    assert "Laptop studio" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "Tulis di mana tautan ini dipakai."),
        ("name", "x" * 61, "Paling panjang 60 huruf."),
        ("corner", "middle", None),
        ("scale", "99", None),
        ("language", "fr", None),
        ("theme", "", "Pilih salah satu."),
        ("parts", ["price"], None),
    ],
)
def test_what_is_wrong_is_said_next_to_it(client, channel, field, value, said):
    refused = client.post(PAGE, data=SENT | {field: value})

    assert refused.status_code == 422
    assert f'href="#{field}"' in refused.text
    assert said is None or said in refused.text
    assert db.session.query(OverlayLink).count() == 0


def test_a_refused_change_leaves_it_as_it_was(client, channel):
    client.post(PAGE, data=SENT)
    page = f"{PAGE}/{the_link().id}"

    refused = client.post(page, data=SENT | {"name": ""})

    assert refused.status_code == 422
    assert the_link().name == "Laptop studio"
    client.post(page, data=SENT | {"name": "Laptop dua", "parts": []})
    db.session.expire_all()
    assert (the_link().name, the_link().look["parts"]) == ("Laptop dua", [])


def test_a_revoked_address_is_empty_and_stays_so(client, channel):
    client.post(PAGE, data=SENT)
    page, address = f"{PAGE}/{the_link().id}", f"/overlay/{token()}"

    client.post(f"{page}/cabut")

    assert client.get(address).status_code == 404
    assert "sudah dicabut" in client.get(page).text
    assert address not in client.get(page).text
    for again in (client.post(f"{page}/cabut"), client.post(page, data=SENT)):
        assert again.status_code == 409
        assert "Tautan overlay ini sudah dicabut." in again.text


def test_one_too_many_is_refused(client, channel):
    for _ in range(overlays.MOST):
        a_link(channel, clock())

    refused = client.post(PAGE, data=SENT)

    assert refused.status_code == 409
    assert "sudah punya 10 tautan overlay" in refused.text


def test_what_belongs_to_another_channel_is_not_found(client, channel):
    a_channel(channel.edition, number=2)
    link = a_link(channel, clock())
    db.session.commit()

    for page in (
        f"/panitia/siaran/2/overlay/{link.id}",
        f"{PAGE}/999",
        "/panitia/siaran/9/overlay",
    ):
        assert client.get(page).status_code == 404


@pytest.mark.parametrize("role", [Role.TREASURER, Role.CHAIR, Role.DISPATCHER])
def test_only_hosts_see_the_addresses(client, role):
    signed_in(client, role)
    an_edition()

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data=SENT).status_code == 403


@pytest.mark.parametrize("more", [1, 4])
def test_more_addresses_cost_no_more_queries(client, channel, queries, more):
    for _ in range(more):
        a_link(channel, clock())
    db.session.commit()
    queries.clear()

    client.get(PAGE)

    assert len([q for q in queries if "overlay_links" in q]) == 1
    assert len(queries) <= 6
