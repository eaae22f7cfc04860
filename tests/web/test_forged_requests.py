"""What another site makes a browser send changes nothing (docs/decisions/0003-…)."""

import pytest

from bazaar.db import db
from bazaar.models import Role
from bazaar.routes import ROUTES
from bazaar.web import Who
from tests.committee import bring_in, signed_in
from tests.house import _csrf_token
from tests.web import strangers
from tests.web.strangers import address, name

PROGRAMS = {Who.MACHINE, Who.PROGRAM}
"""Who sends no cookie, so no other site can act in their name."""

FORMS = [route for route in ROUTES if route.method == "POST" and route.who not in PROGRAMS]

CROSS_SITE = {
    "another origin": {"Origin": "https://evil.example"},
    "another port": {"Origin": "http://localhost:1"},
    "another subdomain": {"Origin": "http://evil.localhost"},
    "the browser says so": {"Sec-Fetch-Site": "cross-site"},
    "a sister site": {"Sec-Fetch-Site": "same-site"},
}


def send(client, headers):
    """Post to every form with these headers; return what was not refused."""
    return [
        f"{name(route)}: {response.status_code}"
        for route in FORMS
        if (response := client.post(address(route, number=1), headers=headers)).status_code != 422
        or "Formulir ini sudah kedaluwarsa" not in response.text
    ]


@pytest.mark.parametrize("headers", CROSS_SITE.values(), ids=CROSS_SITE)
def test_other_sites_are_refused_although_the_token_is_right(app, client, headers):
    signed_in(client, Role.ADMIN)
    db.session.commit()
    before = strangers.tables()

    assert send(client, headers) == []
    assert strangers.tables() == before


@pytest.mark.parametrize("token", ["", "x", "IiI.x", "a.b.c", "\xff"])
def test_without_the_token_nothing_happens(app, client, token):
    signed_in(client, Role.ADMIN)
    db.session.commit()
    before = strangers.tables()

    assert send(client, {"X-CSRFToken": token}) == []
    assert strangers.tables() == before


def test_the_token_of_another_session_or_of_nobody_does_not_do(app, client):
    other, nobody = app.test_client(), app.test_client()
    bring_in(other, member := signed_in(client, Role.ADMIN))
    assert member
    for stranger in (other, nobody):
        token = strangers.aside(_csrf_token, app, stranger)
        db.session.commit()
        before = strangers.tables()

        assert send(client, {"X-CSRFToken": token}) == []
        assert strangers.tables() == before


def test_the_token_dies_with_the_session(client):
    signed_in(client)
    token = strangers.aside(_csrf_token, client.application, client)
    client.post("/keluar")

    answer = client.post("/masuk", data={}, headers={"X-CSRFToken": token})
    assert "Formulir ini sudah kedaluwarsa" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_our_own_pages_are_let_through(client, headers):
    page = client.post("/masuk", data={}, headers=headers)

    assert "Isi alamat surel Anda." in page.text


def test_a_page_cannot_be_framed_or_fed(client):
    headers = client.get("/masuk").headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "form-action 'self'" in headers["Content-Security-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
