"""NPWP by length and check digit, NIK by length; what people write in between."""

import pytest

from bazaar.rules.tax_numbers import digits_of, kind_of, masked

NPWP = "013000666091000"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("01.300.066.6-091.000", "npwp"),
        (NPWP, "npwp"),
        (f"0{NPWP}", "npwp"),
        ("3509 2141 0190 0001", "nik"),
        ("013000667091000", ""),
        ("0013000667091000", ""),
        ("000000000000000", ""),
        ("0000000000000000", ""),
        ("35092141019000", ""),
        ("35092141019000011", ""),
        ("３５０９２１４１０１９００００１", ""),
        ("350921410190000x", ""),
        ("", ""),
    ],
)
def test_a_number_is_known_by_its_length_and_check_digit(text, kind):
    assert kind_of(digits_of(text)) == kind


@pytest.mark.parametrize("place", range(9))
def test_every_wrong_digit_before_the_check_digit_is_seen(place):
    wrong = str((int(NPWP[place]) + 1) % 10)
    assert not kind_of(NPWP[:place] + wrong + NPWP[place + 1 :])


def test_pages_show_the_beginning_and_the_end():
    assert masked("3509214101900001") == "3509********0001"
    assert masked(NPWP) == "0130*******1000"
