import pytest
from argon2 import PasswordHasher

from bazaar.accounts import passwords


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", passwords.TOO_SHORT),
        ("7huruf!", passwords.TOO_SHORT),
        ("x1" * 100 + "y", passwords.TOO_LONG),
        ("password", passwords.TOO_COMMON),
        ("Password123!", passwords.TOO_COMMON),
        ("rahasia2026", passwords.TOO_COMMON),
        ("Selamat Datang", passwords.TOO_COMMON),
        ("12345678", passwords.TOO_COMMON),
        ("qwertyuiop", passwords.TOO_COMMON),
        ("aaaaaaaaaaaa", passwords.TOO_COMMON),
        ("kota Jember raya", passwords.TOO_NEAR),
        ("belanja-di-umkm", passwords.TOO_NEAR),
        ("halo lestari halo", passwords.TOO_NEAR),
        ("dlestari90 kopi", passwords.TOO_NEAR),
        ("delapan8", None),
        ("gudeg kering tanpa santan", None),
        ("🥭🌴🐓🛶🪁🧺🥥🌶" * 25, None),
    ],
)
def test_passwords_that_guessers_try_are_refused(password, fault):
    assert passwords.fault(password, "Dewi Lestari", "dlestari90@contoh.id") == fault


def test_short_words_of_a_name_do_not_forbid_anything():
    assert passwords.fault("kopi susu panas", "Siti Ana", "ana@contoh.id") is None


def test_what_is_kept_is_argon2id_and_salted():
    first, second = passwords.hashed("kopi susu panas"), passwords.hashed("kopi susu panas")

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


def test_every_letter_counts_also_beyond_what_other_hashes_keep():
    long = "🥭🌴🐓🛶🪁🧺🥥🌶" * 25
    stored = passwords.hashed(long)

    assert passwords.fits(long, stored)
    assert not passwords.fits(long[:-1], stored)


def test_keyboards_may_compose_letters_as_they_like():
    assert passwords.fits("cafe\u0301 pagi", passwords.hashed("caf\u00e9 pagi"))


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_without_a_stored_password_nothing_fits(stored):
    assert not passwords.fits("", stored)
    assert not passwords.fits("an account that does not exist", stored)


def test_hashes_with_other_parameters_are_outdated():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")

    assert passwords.outdated(weak)
    assert not passwords.outdated(passwords.hashed("x"))
