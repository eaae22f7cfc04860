"""Pages of a first visit go compressed; pages that know somebody do not."""

import gzip

import pytest

from tests import builders as a
from tests.web.evening import an_evening

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ASKING = {"Accept-Encoding": "gzip, deflate, br"}


def test_the_first_page_is_a_fraction_on_the_way(client):
    an_evening()
    plain = client.get("/lapak")

    small = client.get("/lapak", headers=ASKING)

    assert small.headers["Content-Encoding"] == "gzip"
    assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    page = gzip.decompress(small.data).decode()
    assert page.count("<li") == plain.text.count("<li")
    assert page.rstrip().endswith("</html>")


@pytest.mark.parametrize("asked", [{}, {"Accept-Encoding": "br"}, {"Accept-Encoding": "gzip;q=0"}])
def test_who_cannot_read_it_gets_it_plain(client, asked):
    page = client.get("/masuk", headers=asked)

    assert "Content-Encoding" not in page.headers
    assert page.text.rstrip().endswith("</html>")


def test_who_was_here_before_gets_it_plain(client):
    a.sign_in(client)

    for path in ("/", "/panitia"):
        assert "Content-Encoding" not in client.get(path, headers=ASKING).headers


def test_a_sellers_own_pages_stay_small_on_every_visit(client):
    path = f"/u/{a.seller_token(a.a_seller())}"
    client.set_cookie("language", "id")

    assert client.get(path, headers=ASKING).headers["Content-Encoding"] == "gzip"

    a.sign_in(client)
    assert "Content-Encoding" not in client.get(path, headers=ASKING).headers


def test_caches_are_told_what_it_depends_on(client):
    for headers in ({}, ASKING):
        assert client.get("/masuk", headers=headers).headers["Vary"] == "Accept-Encoding, Cookie"


def test_only_whole_pages_are_compressed(client):
    for path in ("/healthz", "/wilayah?q=jember", "/sekarang"):
        assert "Content-Encoding" not in client.get(path, headers=ASKING).headers
