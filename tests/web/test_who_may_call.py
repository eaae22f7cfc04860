"""The whole URL map, called by every kind of stranger: a new row is tested by itself."""

import re
from pathlib import Path

import pytest

from bazaar.db import db
from bazaar.routes import ROUTES
from bazaar.web import Who
from tests.web import strangers
from tests.web.strangers import CODE, IN, KINDS, NOBODY, REFUSED, SIGN_IN, address, name

# The guard asks the database one thing only, who is signed in: tests/accounts does that on both.
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

# Their own answers look like the guard's; where they lead is tested in tests/views/test_account.py.
LEAD_TO_SIGN_IN = {"/masuk", "/masuk/kode", "/masuk/pasang-kode", "/keluar", "/akun/keluar-semua"}


def outcome(response):
    if response.status_code == 403:
        return REFUSED
    if response.status_code == 303:
        if response.location.partition("?")[0] == "/masuk":
            return SIGN_IN
        if response.location.partition("?")[0] == "/masuk/kode":
            return CODE
    return IN


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_each_row_lets_in_whom_it_names_and_nobody_else(app, kind):
    client = strangers.come(app, kind)
    wrong = []
    for route in ROUTES:
        if route.path in LEAD_TO_SIGN_IN:
            continue
        response = client.open(address(route), method=route.method)
        promised = strangers.expected(route.who, kind)
        if outcome(response) != promised or response.status_code >= 500:
            wrong.append(f"{name(route)}: {response.status_code}, promised {promised}")

    assert wrong == []


@ON_SQLITE
@pytest.mark.parametrize("kind", KINDS)
def test_who_is_kept_out_changes_nothing(app, kind):
    client = strangers.come(app, kind)
    db.session.commit()
    before = strangers.tables()
    for route in ROUTES:
        if route.method == "POST" and strangers.expected(route.who, kind) != IN:
            client.open(address(route, number=1), method="POST")
    assert strangers.tables() == before


@ON_SQLITE
@pytest.mark.parametrize("route", [r for r in ROUTES if r.who is Who.LINK], ids=name)
def test_a_wrong_link_is_not_found_and_says_no_more(app, route):
    client = strangers.come(app, NOBODY)
    pages = {
        client.open(address(route, value), method=route.method).text.partition("request-id")[0]
        for value in ("x", "A" * 43, "-" * 22, "PV-7XK2Q")
    }

    responses = [client.open(address(route, value), method=route.method) for value in ("x", "y")]
    assert {response.status_code for response in responses} == {404}
    assert len({without_time(page) for page in pages}) == 1


def without_time(page):
    page = re.sub(r'<meta name="server-now"[^>]*>', "", page)
    return re.sub(r"next=[^\"]*", "", page)


def test_reading_and_acting_have_their_methods():
    assert {route.method for route in ROUTES} == {"GET", "POST"}


def test_no_two_rows_share_an_endpoint_or_an_address():
    assert len({route.endpoint for route in ROUTES}) == len(ROUTES)
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)


@ON_SQLITE
def test_nothing_answers_outside_the_map(app):
    known = {route.endpoint for route in ROUTES}

    assert set(app.view_functions) == known


def test_the_list_of_permissions_is_the_map():
    lines = Path("docs/permissions.md").read_text().splitlines()
    listed = [line for line in lines if line.startswith(("| GET", "| POST"))]

    expected = [f"| {r.method} | `{r.path}` | {r.who.value} |" for r in ROUTES]
    assert sorted(listed) == sorted(expected), "run: python tools/list_permissions.py"
