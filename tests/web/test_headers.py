"""Every answer carries the headers that keep browsers safe, whatever kind of answer it is."""

import pytest

from bazaar.models import Role
from bazaar.routes import ROUTES
from bazaar.web import Who
from tests.committee import signed_in
from tests.web.evening import MENU, an_evening
from tests.web.strangers import address, name

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
PROMISED = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
TELLING = ("Server", "X-Powered-By", "Access-Control-Allow-Origin", "Access-Control-Allow-Methods")


def faults(response):
    """What is missing or too much in the headers of an answer."""
    headers = response.headers
    wrong = [key for key, value in PROMISED.items() if headers.get(key) != value]
    telling = TELLING[:2] if response.request.path.startswith("/api/") else TELLING
    wrong += [key for key in telling if key in headers]
    directives = dict(
        part.strip().partition(" ")[::2]
        for part in headers.get("Content-Security-Policy", "").split(";")
    )
    # A picture may be stricter, never laxer.
    if directives != POLICY and not directives.keys() <= {"default-src", "sandbox", "style-src"}:
        wrong.append(f"policy {directives}")
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        wrong.append("Referrer-Policy")
    if "Permissions-Policy" not in headers or "Cache-Control" not in headers:
        wrong.append("Permissions-Policy or Cache-Control")
    return wrong


@ON_SQLITE
def test_every_row_of_the_map_answers_with_them(app, client):
    links = an_evening()
    guest = app.test_client()
    signed_in(client, Role.ADMIN)
    wrong = {}
    for browser in (guest, client):
        for route in ROUTES:
            response = browser.open(address(route), method=route.method)
            wrong[name(route)] = faults(response)
    for link in links:
        wrong[link] = faults(guest.get(link))

    assert {key: value for key, value in wrong.items() if value} == {}


@ON_SQLITE
@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"path": "/no-such-page"}, 404),
        ({"path": "/static/nope/app.css"}, 404),
        ({"path": "/masuk", "method": "PUT"}, 405),
        ({"path": "/masuk", "method": "TRACE"}, 405),
        ({"path": "/masuk", "method": "OPTIONS"}, 405),
        ({"path": "/masuk", "method": "POST", "data": {}}, 422),
        ({"path": "/masuk", "method": "POST", "data": b"x" * 7_000_000}, 413),
        ({"path": "/masuk", "method": "POST", "data": {"email": "x" * 600_000}}, 413),
        ({"path": "/akun"}, 303),
        ({"path": "/akun", "method": "HEAD"}, 303),
        ({"path": "/o/tidak-ada"}, 404),
    ],
)
def test_refusals_carry_them_too(client, request_, status):
    given = {"content_type": "application/x-www-form-urlencoded"} if "data" in request_ else {}
    response = client.open(**request_, **given)

    assert (response.status_code, faults(response)) == (status, [])


@ON_SQLITE
def test_a_form_of_too_many_parts_is_too_large(client):
    response = client.post(
        "/masuk", data={f"f{n}": "x" for n in range(1500)}, content_type="multipart/form-data"
    )

    assert (response.status_code, faults(response)) == (413, [])


@ON_SQLITE
def test_files_carry_them_and_are_kept_forever(app, client):
    bundle = f"/static/{app.extensions['bazaar'].assets.name}"
    for file in ("app.css", "js/app.js", "icons/favicon.svg"):
        with client.get(f"{bundle}/{file}") as response:
            assert response.data

        assert (response.status_code, faults(response)) == (200, [])
        assert "immutable" in response.headers["Cache-Control"]
        assert "Set-Cookie" not in response.headers


@ON_SQLITE
@pytest.mark.parametrize("path", ["", "/", "/../app.css", "/%2e%2e/bazaar.db", "/.git/config"])
def test_nothing_else_lies_with_the_files(app, client, path):
    bundle = f"/static/{app.extensions['bazaar'].assets.name}"

    assert client.get(bundle + path).status_code == 404


@ON_SQLITE
@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/instance/bazaar.db", "/bazaar.db", "/console", "/static/",
     "/static/css/10-theme.css", "/requirements.txt", "/metrics", "/admin", "/robots.txt.bak"],
)  # fmt: skip
def test_what_lies_beside_the_application_is_not_served(client, path):
    assert client.get(path).status_code == 404


@ON_SQLITE
def test_private_pages_are_kept_nowhere_and_found_by_nobody(app, client):
    links = [link for link in an_evening() if link.startswith(("/o/", "/k/", "/u/"))]
    signed_in(client, Role.ADMIN)
    private = {route.path for route in ROUTES if route.who is not Who.ANYONE}
    pages = [*links, *(path for path in MENU if path in private)]
    for page in pages:
        response = client.get(page)
        if response.mimetype == "text/html" and response.request.method == "GET":
            assert response.headers["Cache-Control"] == "no-store", page
            assert response.headers["X-Robots-Tag"] == "noindex, nofollow", page


@ON_SQLITE
def test_pages_behind_a_link_do_not_pass_it_on(app, client):
    for link in an_evening():
        if link.startswith(("/o/", "/k/", "/u/")):
            policy = client.get(link).headers["Referrer-Policy"]
            assert policy in {"no-referrer", "same-origin"}


def cookies_of(client, answers):
    return [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]


def test_cookies_are_for_this_host_and_not_for_scripts(production):
    client = production.test_client()
    answers = [
        client.get("/language/en", base_url="https://bazar.test"),
        client.post("/keluar", base_url="https://bazar.test"),
    ]
    for cookie in cookies_of(client, answers):
        name, *attributes = [part.strip() for part in cookie.split(";")]
        assert name.startswith("__Host-"), cookie
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes), cookie
        assert not any(part.startswith("Domain") for part in attributes), cookie


def test_over_https_browsers_are_told_to_stay_there(production):
    client = production.test_client()
    bundle = f"/static/{production.extensions['bazaar'].assets.name}"
    for path in ("/healthz", "/no-such-page", f"{bundle}/app.css"):
        with client.get(path, base_url="https://bazar.test") as response:
            headers = response.headers
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains", path
