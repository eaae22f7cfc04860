"""The language cookie, and that nobody is led off the site by it."""

import pytest

EVIL = [
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "https://evil.example/lapak",
    "\t//evil.example",
    "/\t/evil.example",
    " //evil.example",
    "/a//evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/" + "a" * 3000,
    "",
]


@pytest.fixture(autouse=True)
def on_one_database_only(database):
    """Both: nothing here depends on it."""


def test_the_language_is_kept_and_the_reader_stays_on_the_page(client):
    answer = client.get("/language/en?next=/lapak?q%3Dkopi")

    assert (answer.status_code, answer.location) == (303, "/lapak?q=kopi")
    cookie = client.get_cookie("language")
    assert cookie.value == "en"
    assert (cookie.http_only, cookie.same_site) == (True, "Lax")


@pytest.mark.parametrize("next_", EVIL)
def test_only_own_pages_are_led_to(client, next_):
    answer = client.get("/language/en", query_string={"next": next_})

    assert answer.location == "/"


@pytest.mark.parametrize("next_", ["/%5cevil.example", "/%09/evil.example"])
def test_what_is_escaped_stays_a_path_of_ours(client, next_):
    location = client.get("/language/en", query_string={"next": next_}).location

    assert location in {"/", next_}


def test_other_languages_are_not_found(client):
    assert client.get("/language/xx").status_code == 404
