"""Couriers' own pages: the committee's row wins, and nothing but https is ever opened."""

import pytest

from bazaar import courier_pages
from bazaar.courier_pages import Page
from bazaar.models import CourierPage
from tests.builders import keep

RESI = "012345678901"


def test_what_is_known_stands_until_the_committee_knows_better(app):
    assert courier_pages.find("JNE REG").tracking_url == "https://www.jne.co.id/tracking-package"
    keep(CourierPage(company="JNE", tracking_url="https://lacak.example/{resi}", phone="021"))

    page = courier_pages.find("jne yes")

    assert page == Page("JNE", "https://lacak.example/{resi}", "021")
    assert courier_pages.link(page, RESI) == f"https://lacak.example/{RESI}"
    assert courier_pages.find("J&T").tracking_url == "https://jet.co.id/track"


def test_an_emptied_row_is_no_page_and_strangers_have_none(app):
    keep(CourierPage(company="JNE", tracking_url="", phone=""))
    assert courier_pages.link(courier_pages.find("JNE REG"), RESI) == ""
    assert courier_pages.find("Kurir Desa") == Page("KURIRDESA")
    assert courier_pages.find_all([]) == {}


def test_a_service_of_an_unknown_company_has_the_row_it_begins_with(app):
    for company in ("WAHANA", "WAHANADE", "JN"):
        keep(CourierPage(company=company, tracking_url=f"https://{company}.example/", phone=""))
    assert courier_pages.find("Wahana Deno").tracking_url == "https://WAHANADE.example/"
    assert courier_pages.find("Wahana").tracking_url == "https://WAHANA.example/"
    assert courier_pages.find("JNE REG").tracking_url.startswith("https://www.jne.co.id/")


def test_many_couriers_are_one_question(app, queries):
    found = courier_pages.find_all(["JNE REG", "JNE YES", "SiCepat", "Ambil sendiri"])
    assert len(queries) == 1
    assert {page.company for page in found.values()} == {"JNE", "SiCepat", "Ambil sendiri"}


@pytest.mark.parametrize(
    ("url", "resi", "address"),
    [
        ("https://a.example/?n={resi}", "A/B C", "https://a.example/?n=A%2FB%20C"),
        ("https://a.example/?n={resi}", "", ""),
        ("https://a.example/", RESI, "https://a.example/"),
        ("http://a.example/{resi}", RESI, ""),
        ("javascript:alert(1)", RESI, ""),
    ],
)
def test_the_address_to_open(url, resi, address):
    assert courier_pages.link(Page("X", url), resi) == address
