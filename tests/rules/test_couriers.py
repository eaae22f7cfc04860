"""Companies behind courier names, and numbers that look odd."""

import pytest

from bazaar.rules.couriers import (
    COURIERS,
    check_digit_fits,
    company,
    find,
    gives_number,
    odd_number,
)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("JNE REG", "JNE"),
        ("jne yes", "JNE"),
        ("J&T Express", "J&T"),
        ("Si Cepat BEST", "SiCepat"),
        ("Pos Reguler", "Pos Indonesia"),
        ("Lion Parcel", "Lion Parcel"),
        ("Ambil sendiri di panitia", "Ambil sendiri"),
        ("antar lokal", "Antar lokal"),
        ("Anteraja", "AnterAja"),
    ],
)
def test_companies_are_told_by_the_first_words(name, known):
    found = find(name)
    assert found
    assert found.name == known


def test_services_of_one_company_share_their_numbers_others_do_not():
    assert company("JNE REG") == company("jne YES")
    assert company("Wahana") == company("wahana ")
    assert company("Wahana") != company("JNE REG")


def test_only_ways_without_a_courier_give_no_number():
    assert [c.name for c in COURIERS if not gives_number(c.name)] == [
        "Ambil sendiri",
        "Antar lokal",
    ]
    assert gives_number("Kurir baru")


@pytest.mark.parametrize(
    ("courier", "number", "odd"),
    [
        ("JNE REG", "0123456789", False),
        ("JNE REG", "012345678901", False),
        ("JNE REG", "012345678901234", False),
        ("JNE REG", "01234567890", True),
        ("JNE REG", "JP1234567890", False),
        ("J&T Express", "JX1300026767", False),
        ("J&T Express", "1300026767", True),
        ("SiCepat REG", "000123456789", False),
        ("SiCepat REG", "00123456789", True),
        ("Pos Reguler", "P2603010012345", False),
        ("Pos Luar Negeri", "RR473124829ID", False),
        ("Pos Luar Negeri", "RR473124828ID", True),
        ("Kurir baru", "XYZ123", False),
        ("TIKI", "XYZ123", False),
    ],
)
def test_odd_numbers_are_noticed(courier, number, odd):
    assert (odd_number(courier, number) is not None) == odd


@pytest.mark.parametrize(
    ("number", "fits"),
    [("RR473124829GB", True), ("RA123456785ID", True), ("RA123456780ID", False), ("123", True)],
)
def test_postal_numbers_have_a_check_digit(number, fits):
    assert check_digit_fits(number) == fits


def test_tracking_pages_are_safe_addresses():
    assert all(c.tracking_page.startswith("https://") for c in COURIERS if c.tracking_page)
