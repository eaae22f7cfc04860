"""Whatever is sent as a path, a query or a form, nobody sees a fault of ours."""

import re
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest

from bazaar.db import db
from bazaar.models import Role
from bazaar.routes import ROUTES
from tests.committee import a_member, bring_in
from tests.web.evening import MENU, an_evening, walk
from tests.web.strangers import address, name

ODD_IN_PATHS = [
    "a%00b", "%ED%A0%80", "99999999999999999999", "-1", "1e308", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "x" * 3000, "%D9%A3", "%0d%0aX:y", "%25",
]  # fmt: skip
ODD_TEXTS = [
    "a\0b", "\ud800", "9223372036854775808", "-1", "1e308", "NaN", "٣", "x" * 5000, "a\r\nX: y",
    "' OR 1=1--{{7*7}}<script>", "",
]  # fmt: skip
ODD_VALUES = {
    "sqlite": ["9223372036854775808"],  # it has no limits of its own but that of a number
    "postgresql": ["9223372036854775808", "-1", "1e308", "x" * 5000],
}
NAMES = sorted(
    {
        found
        for path in Path("bazaar").rglob("*.py")
        for found in re.findall(r'args(?:\.get\(|\.getlist\(|\[)"(\w+)"', path.read_text())
    }
)


@pytest.fixture
def admin(app, client):
    bring_in(client, a_member(Role.ADMIN))
    return client


def faults_of(answers):
    return {key: status for key, status in answers.items() if status >= 500}


def test_odd_paths_are_not_found(admin):
    answers = {}
    for route, odd in product(ROUTES, ODD_IN_PATHS):
        if "<" in route.path:
            path = re.sub(r"<(\w+:)?\w+>", odd, route.path)
            answers[name(route), odd[:20]] = admin.open(path, method=route.method).status_code

    assert faults_of(answers) == {}


def test_odd_queries_are_no_fault(admin):
    links = [link for link in an_evening() if link.startswith(("/o/", "/k/", "/u/"))]
    pages = [*MENU, *links]
    answers = {}
    for page, odd in product(pages, ODD_TEXTS):
        encoded = quote(odd, errors="surrogatepass")
        query = "&".join(f"{key}={encoded}" for key in NAMES)
        answers[page, odd[:20]] = admin.get(f"{page}?{query}").status_code
    for page in pages:
        answers[page, "odd name"] = admin.get(f"{page}?%00=1&%ED%A0%80=2&=3").status_code
        answers[page, "twice"] = admin.get(f"{page}?q=a&q=%00&page=1&page=%00").status_code

    assert faults_of(answers) == {}


def test_odd_forms_are_no_fault(app, admin):
    odd_values = ODD_VALUES[db.engine.name]
    forms = walk(admin, an_evening()).forms | walk(admin, MENU).forms
    assert len(forms) > 10
    answers = {}
    for rule, (action, fields) in forms.items():
        known = [field for field in fields if field != "csrf_token"]
        # What no text may hold is refused before any form is read: one field shows that.
        for field, odd in [*product(known[:1], ODD_TEXTS), *product(known[1:], odd_values)]:
            data = "&".join(
                f"{quote(key)}={quote(odd if key == field else value, errors='surrogatepass')}"
                for key, value in fields.items()
            )
            response = admin.post(
                action, data=data, content_type="application/x-www-form-urlencoded"
            )
            answers[rule, field, odd[:20]] = response.status_code
            if response.headers.get("Location", "").startswith("/masuk"):
                bring_in(admin, a_member(Role.ADMIN))

    assert faults_of(answers) == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\xff\xfe=\x00", "application/x-www-form-urlencoded"),
        (b"%ED%A0%80=%00", "application/x-www-form-urlencoded"),
        (b"{" * 10_000, "application/json"),
        (b'--x\r\nContent-Disposition: form-data; name="a', "multipart/form-data; boundary=x"),
        (b"anything", "multipart/form-data"),
        (b"anything", "text/plain; charset=utf-16"),
        (b"", ""),
    ],
)  # fmt: skip
def test_broken_bodies_are_no_fault(admin, body, kind):
    answers = {
        name(route): admin.post(address(route), data=body, content_type=kind).status_code
        for route in ROUTES
        if route.method == "POST" and route.path != "/keluar"
    }

    assert faults_of(answers) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "panitia=%00; language=\xff; keranjang=%ED%A0%80"},
        {"Cookie": "panitia=" + "x" * 5000},
        {"Cookie": "notes=eyJhIjoxfQ.x.y; ;=;"},
        {"User-Agent": "\xff\xfe" * 500},
        {"Accept-Language": "x" * 500},
        {"If-None-Match": '"' + "x" * 500},
        {"If-Modified-Since": "yesterday"},
        {"Range": "bytes=0-,5-2"},
        {"X-Forwarded-For": "\xff, 1.2.3.4"},
    ],
)
def test_odd_headers_are_no_fault(client, headers):
    answers = {page: client.get(page, headers=headers).status_code for page in MENU}

    assert faults_of(answers) == {}


def test_an_odd_user_agent_can_sign_in_and_is_shown(client):
    member = a_member()
    agent = "\xff<script>" + "x" * 1000
    data = {"email": member.email, "password": "gudeg kering tanpa santan"}

    answer = client.post("/masuk", data=data, headers={"User-Agent": agent})
    assert answer.status_code == 303
