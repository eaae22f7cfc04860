import re
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bazaar.rules.references import (
    ALPHABET,
    REFERENCES,
    free_claim_codes,
    make_reference,
    normalise,
    normalise_claim_code,
)

numbers = st.integers(0, REFERENCES - 1)
MISREAD = {"Q": "0OD", "2": "Z", "4": "A", "5": "S", "6": "G", "8": "B", "V": "U"}


def test_references_look_like_this():
    assert REFERENCES == 6_436_343
    assert make_reference(0) == "PV-22222"
    assert make_reference(REFERENCES - 1) == "PV-YYYYY"
    assert normalise("PV-7XK2Q") == "PV-7XK2Q"


@pytest.mark.parametrize("number", [-1, REFERENCES])
def test_no_reference_is_made_of_a_number_out_of_range(number):
    with pytest.raises(ValueError, match="number must be from 0 to 6436342"):
        make_reference(number)


@given(numbers)
def test_every_reference_fits_a_qris_and_is_its_own_normal_form(number):
    reference = make_reference(number)

    assert re.fullmatch(r"[A-Z0-9-]{1,25}", reference)
    assert normalise(reference) == reference


@given(numbers, numbers)
def test_different_numbers_give_different_references(one, other):
    assert (make_reference(one) == make_reference(other)) == (one == other)


@given(number=numbers, data=st.data())
def test_a_reference_survives_how_people_write_it(number, data):
    reference = make_reference(number)
    start = data.draw(st.sampled_from([0, 3]))
    written = ""
    for letter in reference[start:]:
        read = data.draw(st.sampled_from(letter + MISREAD.get(letter, "")))
        read = data.draw(st.sampled_from([read, read.lower()]))
        written += read + data.draw(st.sampled_from(["", "", "", " ", "-", ".", " - "]))
    if start == 0 and data.draw(st.booleans()):
        written = written.replace("-", "")

    assert normalise(f" {written}\n") == reference


@pytest.mark.parametrize(
    "text",
    ["", "PV", "PV-", "PV-7XK2", "PV-7XK2QQ", "PB-7XK2Q", "PV-7XK21", "PV-7XKIQ", "7XKLQ", "7XKEQ"],
)
def test_what_cannot_be_read_for_certain_is_no_reference(text):
    assert normalise(text) is None


def test_full_width_letters_are_letters():
    assert normalise("ＰＶ－７ＸＫ２Ｑ") == "PV-7XK2Q"


def test_a_body_that_begins_like_the_prefix_is_a_body():
    assert normalise("PV234") == "PV-PV234"
    assert normalise("PV-PV234") == "PV-PV234"


@given(st.text())
def test_any_text_is_a_reference_or_none(text):
    found = normalise(text)

    assert found is None or re.fullmatch(rf"PV-[{ALPHABET}]{{5}}", found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("B07", "B07"),
        ("b7", "B07"),
        ("b-07", "B07"),
        (" B 07 ", "B07"),
        ("b.07", "B07"),
        ("#B07", "B07"),
        ("BO7", "B07"),
        ("B1l", "B11"),
        ("b007", "B07"),
        ("B100", "B100"),
        ("Z999", "Z999"),
        ("", None),
        ("B", None),
        ("07", None),
        ("7B", None),
        ("B00", None),
        ("BOO", None),
        ("BIL", None),
        ("AB07", None),
        ("B1000", None),
        ("B٠٧", None),
    ],
)
def test_claim_codes_are_read_leniently(text, code):
    assert normalise_claim_code(text) == code


@given(st.text())
@example("B²")
def test_any_text_is_a_claim_code_or_none(text):
    found = normalise_claim_code(text)

    assert found is None or (
        re.fullmatch(r"[A-Z][0-9]{2,3}", found) and normalise_claim_code(found) == found
    )


def test_free_codes_take_one_letter_after_the_other():
    assert list(islice(free_claim_codes({"A01", "c1"}), 3)) == ["B01", "D01", "E01"]


def test_a_cluster_can_keep_its_letter():
    assert list(islice(free_claim_codes({"B01"}, "B"), 2)) == ["B02", "B03"]


def test_there_is_an_end_to_the_codes():
    codes = list(free_claim_codes(()))

    assert len(codes) == len(set(codes)) == 17_982
    assert (codes[0], codes[17], codes[18], codes[-1]) == ("A01", "Y01", "A02", "Y999")
    assert list(free_claim_codes(codes)) == []


@given(st.sets(st.sampled_from(list(free_claim_codes(())))))
def test_a_free_code_is_never_a_taken_one(taken):
    codes = list(islice(free_claim_codes(taken), 50))

    assert not taken & set(codes)
    assert [normalise_claim_code(code) for code in codes] == codes
