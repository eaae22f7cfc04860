"""Words of providers: every listed one has its meaning, every other goes to a person."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules import courier_words as words
from bazaar.rules.parcel_signals import SignalKind
from bazaar.rules.parcel_states import ParcelStatus

OFFICIAL = [
    "confirmed",
    "scheduled",
    "allocated",
    "picking_up",
    "picked",
    "cancelled",
    "on_hold",
    "dropping_off",
    "return_in_transit",
    "returned",
    "rejected",
    "disposed",
    "courier_not_found",
    "delivered",
]


@pytest.mark.parametrize("word", OFFICIAL)
def test_every_official_word_is_known_however_it_is_spelt(word):
    first, *rest = word.split("_")
    camel = first + "".join(part.title() for part in rest)
    spellings = (word, word.upper(), camel, word.replace("_", "-"), f" {word.replace('_', ' ')} ")

    assert {words.biteship(spelling) for spelling in spellings} == {words.biteship(word)}
    assert words.biteship(word)[0] is not SignalKind.UNKNOWN


def test_one_l_is_cancelled_too():
    assert words.biteship("Canceled") == words.biteship("cancelled")


@pytest.mark.parametrize("word", ["", None, 7, [], "delivered_maybe", "x" * 500])
def test_other_words_go_to_a_person(word):
    kind, state, code = words.biteship(word)

    assert (kind, state) == (SignalKind.UNKNOWN, None)
    assert len(code) <= 40


@pytest.mark.parametrize(
    ("code", "kind", "state", "why"),
    [
        (100, SignalKind.STATE, ParcelStatus.BOOKED, ""),
        ("103", SignalKind.STATE, ParcelStatus.HANDED_OVER, ""),
        (106.0, SignalKind.STATE, ParcelStatus.IN_TRANSIT, ""),
        (200, SignalKind.STATE, ParcelStatus.DELIVERED, ""),
        (211, SignalKind.CLEAR, None, ""),
        (302, SignalKind.CLOSE, None, "cancelled"),
        (350, SignalKind.ATTRIBUTES, None, "cancel_requested"),
        (400, SignalKind.STATE, ParcelStatus.RETURNED, ""),
        (405, SignalKind.STATE, ParcelStatus.RETURNING, "return_refused"),
        (702, SignalKind.EXCEPTION, None, "damaged"),
        (703, SignalKind.STATE, ParcelStatus.LOST, ""),
        (555, SignalKind.STATE, ParcelStatus.DESTROYED, ""),
        (999, SignalKind.UNKNOWN, None, "999"),
        (None, SignalKind.UNKNOWN, None, ""),
    ],
)
def test_kiriminajas_codes(code, kind, state, why):
    assert words.kiriminaja_code(code) == (kind, state, why)


@pytest.mark.parametrize("method", ["cancelled_packages", "canceledPackages", "CANCELED_PACKAGES"])
def test_kiriminajas_methods_however_they_are_spelt(method):
    assert words.kiriminaja_method(method, returned=False)[0] is SignalKind.CLOSE


@pytest.mark.parametrize(
    ("value", "number"),
    [(12, 12), ("12000", 12_000), ("0.6", 1), (5466.0, 5466), ("", None), ("x", None), (True, None),
     (-1, None), ("1e99", None), (float("nan"), None), (10**400, None), (None, None), ([], None)],
)  # fmt: skip
def test_numbers_come_as_anything(value, number):
    assert words.whole(value) == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2021-03-16T18:17:00+07:00", datetime(2021, 3, 16, 11, 17, tzinfo=UTC)),
        ("2021-03-16 18:17:00", datetime(2021, 3, 16, 11, 17, tzinfo=UTC)),
        ("2021-03-16T18:17:00Z", datetime(2021, 3, 16, 18, 17, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("kemarin", None),
        (None, None),
    ],
)
def test_instants_without_a_zone_are_western_indonesian(text, moment):
    assert words.instant(text) == moment


def test_only_https_is_a_link():
    assert words.link("https://x.id/a") == "https://x.id/a"
    for text in ("http://x.id", "javascript:alert(1)", "https://x.id/a b", None, 3):
        assert words.link(text) == ""


@given(
    st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.lists(st.text()), st.booleans())
)
def test_nothing_that_is_sent_breaks_the_reading(value):
    assert words.clean(value, 10).isprintable() or words.clean(value, 10) == ""
    assert len(words.clean(value, 10)) <= 10
    words.biteship(value)
    words.kiriminaja_code(value)
    words.kiriminaja_method(value, returned=True)
    words.instant(value)
    words.whole(value)
    words.link(value)
