import pytest

from bazaar.seals import BrokenSeal, Seals


def test_what_was_closed_opens_again_and_looks_different_each_time():
    seals = Seals("a secret", "totp")
    first, second = seals.close("kopi"), seals.close("kopi")

    assert first != second
    assert "kopi" not in first
    assert seals.open(first) == seals.open(second) == "kopi"


@pytest.mark.parametrize("other", [Seals("another", "totp"), Seals("a secret", "ktp")])
def test_another_installation_or_kind_cannot_open_it(other):
    sealed = Seals("a secret", "totp").close("kopi")

    with pytest.raises(BrokenSeal):
        other.open(sealed)
