"""Parcel codes in what scanners and people give."""

import pytest

from bazaar.rules import parcel_codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PK-7XK2Q", "PK-7XK2Q"),
        (" pk7xk2q ", "PK-7XK2Q"),
        ("PK 7XK2Q 2", "PK-7XK2Q-2"),
        ("PK-7XK2Q-02", "PK-7XK2Q-2"),
        ("https://bazar.example/l/PK-7XK2Q-12?x=1", "PK-7XK2Q-12"),
        ("PK-7XKZQ", "PK-7XK2Q"),
        ("PK123456789012", None),
        ("XPK-7XK2Q", None),
        ("PK-1ILEO", None),
        ("012345678901", None),
        ("", None),
    ],
)
def test_a_code_is_found_or_nothing_is_guessed(text, code):
    assert parcel_codes.read(text) == code
