"""What the committee writes down about couriers' pages and telephones."""

import threading
from datetime import timedelta

import pytest

from bazaar import courier_desk, courier_pages
from bazaar.courier_desk import (
    AddressTooLong,
    CompanyMissing,
    NoCompany,
    NoSuchPage,
    NothingKnown,
    NotHttps,
    OddPhone,
    OddPlaceholder,
    PageExists,
)
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, CourierPage
from tests.builders import HOST, NOW

PAGE = "https://www.wahana.com/lacak"


def add(company="Wahana", url=PAGE, phone=""):
    return courier_desk.add(company, url, phone, actor=HOST, now=NOW)


def change(company, url="", phone=""):
    courier_desk.change(company, url, phone, actor=HOST, now=NOW)


def test_what_is_known_by_default_is_on_the_list_and_ways_without_a_courier_are_not(app):
    known = courier_desk.listed(["JNE REG", "Ambil sendiri", "Kurir Kecamatan"])

    names = [each.name for each in known]
    assert names == sorted(names, key=str.casefold)
    assert {"JNE", "J&T", "Kurir Kecamatan"} <= set(names)
    assert not {"Ambil sendiri", "JNE REG"} & set(names)
    assert not any(each.own for each in known)
    jne = courier_desk.get_known("JNE", [])
    assert jne.page.tracking_url == "https://www.jne.co.id/tracking-package"


def test_a_row_of_the_committees_wins_and_taking_it_away_brings_the_default_back(app):
    default = courier_pages.find("JNE YES").tracking_url

    change("JNE", "https://jne.test/lacak?awb={resi}", "(021) 2927 8888")
    page = courier_pages.find("JNE YES")
    assert courier_pages.link(page, "A/1") == "https://jne.test/lacak?awb=A%2F1"
    assert page.phone == "(021) 2927 8888"
    assert courier_desk.get_known("JNE", []).own

    change("JNE")
    assert courier_pages.link(courier_pages.find("JNE"), "1") == ""
    courier_desk.remove("JNE", actor=HOST, now=NOW)
    assert courier_pages.find("JNE").tracking_url == default
    with pytest.raises(NoSuchPage):
        courier_desk.remove("JNE", actor=HOST, now=NOW)


def test_a_company_has_one_row_however_it_is_written(app):
    assert add("Wahana Express") == "WAHANAEXPRESS"
    with pytest.raises(PageExists):
        add("wahana-express")
    with pytest.raises(PageExists):
        add("JNE REG") and add("jne yes")
    assert db.session.query(CourierPage).count() == 2


def test_saving_the_same_again_leaves_no_trace(app):
    add()
    change("WAHANA", PAGE)
    assert db.session.query(AuditEntry).count() == 1


@pytest.mark.parametrize(
    ("company", "url", "phone", "field", "kind"),
    [
        ("", PAGE, "", "company", CompanyMissing),
        ("!?", PAGE, "", "company", CompanyMissing),
        ("W" * 41, PAGE, "", "company", CompanyMissing),
        ("Wa\x00hana", PAGE, "", "company", CompanyMissing),
        ("ambil sendiri", PAGE, "", "company", NoCompany),
        ("Wahana", "http://wahana.com", "", "tracking_url", NotHttps),
        ("Wahana", "wahana.com", "", "tracking_url", NotHttps),
        ("Wahana", "javascript:alert(1)", "", "tracking_url", NotHttps),
        ("Wahana", "https://a b.com", "", "tracking_url", NotHttps),
        ("Wahana", "https://me:pw@wahana.com", "", "tracking_url", NotHttps),
        ("Wahana", "https://localhost/x", "", "tracking_url", NotHttps),
        ("Wahana", "https://wahana.com:x/", "", "tracking_url", NotHttps),
        ("Wahana", 'https://wahana.com/"x', "", "tracking_url", NotHttps),
        ("Wahana", "https://wahana.com/" + "x" * 200, "", "tracking_url", AddressTooLong),
        ("Wahana", "https://{resi}.wahana.com/", "", "tracking_url", OddPlaceholder),
        ("Wahana", "https://wahana.com/{resi}/{resi}", "", "tracking_url", OddPlaceholder),
        ("Wahana", "https://wahana.com/{awb}", "", "tracking_url", OddPlaceholder),
        ("Wahana", PAGE, "telepon saja", "phone", OddPhone),
        ("Wahana", PAGE, "12", "phone", OddPhone),
        ("Wahana", PAGE, "0" * 16, "phone", OddPhone),
        ("Wahana", "", "", "tracking_url", NothingKnown),
    ],
)
def test_each_wrong_field_has_its_reason(app, company, url, phone, field, kind):
    found = courier_desk.faults(company, url, phone)

    assert {name: type(fault) for name, fault in found.items()} == {field: kind}
    with pytest.raises(kind):
        courier_desk.add(company, url, phone, actor=HOST, now=NOW)
    assert db.session.query(CourierPage).count() == 0


def test_the_number_may_stand_anywhere_behind_the_sites_name(app):
    for url in (
        "https://cekresi.com/?noresi={resi}",
        "https://x.id/{resi}",
        "https://x.id/a#{resi}",
    ):
        assert courier_desk.faults("Wahana", url, "1500 123") == {}


def test_of_two_at_once_one_adds_and_the_other_reads_that_it_is_there(app):
    outcomes = []
    ready = threading.Barrier(2, timeout=30)

    def work():
        with app.app_context():
            ready.wait()
            try:
                with transaction():
                    outcomes.append(add("Wahana"))
            except PageExists as late:
                outcomes.append(type(late))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timedelta(seconds=20).total_seconds())

    assert sorted(outcomes, key=str) == sorted(["WAHANA", PageExists], key=str)
