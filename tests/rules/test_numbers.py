"""Whole numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.numbers import read_grams, read_pieces, read_rupiah


@pytest.mark.parametrize(
    "text",
    [
        "15000",
        "15.000",
        "15,000",
        "15 000",
        "Rp15.000",
        "Rp 15.000",
        "rp. 15.000,-",
        "15.000,00",
        "15000.0",
        "15000.00",
        "IDR 15,000.00",
        " 15.000 rupiah ",
    ],
)
def test_rupiah_are_read_in_every_usual_form(text):
    assert read_rupiah(text) == 15_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-5",
        "15rb",
        "15.00.000",
        "1.5000",
        "15,5",
        "15.000,50",
        "Rp",
        "satu",
        "٣٣",
        "1e5",
        "1.000,000",
        "0x10",
        "9" * 16,
        "½",
    ],
)
def test_what_might_mean_something_else_is_not_read(text):
    assert read_rupiah(text) is None


def test_units_may_stand_behind():
    assert read_grams("1.500 gr") == 1_500
    assert read_grams("250g") == 250
    assert read_grams("1,5 kg") is None
    assert read_pieces("40 pcs") == 40


@given(st.integers(0, 10**12))
def test_our_own_way_of_writing_reads_back(number):
    assert read_rupiah(f"Rp{number:,}".replace(",", ".")) == number
