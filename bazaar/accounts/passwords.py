"""Passwords: what is good enough, how they are kept and checked.

Source: OWASP ASVS 5.0, V6.2 (policy) and V11.4.2 (argon2id with at least 19 MiB and 2 passes).
"""

import string
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from bazaar.errors import N_

LEAST = 8
MOST = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash("an account that does not exist")

_GUESSED_FIRST = """
    abcd abcdef abcdefgh admin administrator allahuakbar anjing aku akucinta asdfgh asdfghjk
    asdfghjkl bandung bangsat baseball batik bismillah bola cantik changeme cintaku computer
    dragon facebook football garuda ganteng ganti gantisandi google guest hallo halo hello
    iloveyou indonesia internet jakarta jawatimur juara katasandi kucing kosong letmein login
    malang manchester master merdeka monkey mustika naruto pancasila panitia pasar pasarvirtual
    passw0rd password persib princess qazwsx qazwsxedc qwer qwerty qwertyui qwertyuiop rahasia
    rahasiaku root sandi saya sayang sayangku secret selamat selamatdatang semangat shadow
    starwars sunshine superman surabaya terserah test tester trustno trustnoone user virtual
    welcome whatever yogyakarta zxcvbn zxcvbnm
"""
COMMON = frozenset(_GUESSED_FIRST.split())
"""What guessers try first; with digits and signs behind them they are no better."""

FORBIDDEN_WORDS = ("jember", "umkm")
ROWS = ("0123456789", "9876543210", string.ascii_lowercase, "qwertyuiop", "asdfghjkl")

TOO_SHORT = N_("Kata sandi paling sedikit 8 huruf. Lebih panjang lebih aman.")
TOO_LONG = N_("Kata sandi paling banyak 200 huruf.")
TOO_COMMON = N_("Kata sandi ini terlalu mudah ditebak. Pilih beberapa kata yang tidak berkaitan.")
TOO_NEAR = N_("Kata sandi tidak boleh memuat nama Anda, alamat surel, “jember” atau “umkm”.")


def fault(password: str, *about: str) -> str | None:
    """Return what is wrong with a chosen password as a sentence to translate, or None.

    `about`: the person's name and address, whose words it may not hold.
    """
    plain = _plain(password).casefold()
    if len(plain) < LEAST:
        return TOO_SHORT
    if len(plain) > MOST:
        return TOO_LONG
    words = {word for text in about for word in _words(text)}
    if any(word in plain for word in words.union(FORBIDDEN_WORDS)):
        return TOO_NEAR
    return TOO_COMMON if _easily_guessed(plain) else None


def hashed(password: str) -> str:
    """Return what is stored of a password: argon2id with its parameters and salt."""
    return _hasher.hash(_plain(password))


def fits(password: str, stored: str | None) -> bool:
    """Say whether this is the password; without a stored one it takes as long and is not."""
    try:
        _hasher.verify(stored or _NOBODYS, _plain(password))
    except (VerifyMismatchError, InvalidHashError):
        return False
    return bool(stored)


def outdated(stored: str) -> bool:
    """Say whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _plain(password: str) -> str:
    """Return the same text for the same keys, whatever the keyboard composes."""
    return unicodedata.normalize("NFC", password)


def _words(text: str) -> list[str]:
    """Return the words of a name or the name in an e-mail address that are worth refusing."""
    name = text.casefold().partition("@")[0]
    parts = "".join(letter if letter.isalnum() else " " for letter in name).split()
    return [part for part in parts if len(part) > 3]


def _easily_guessed(plain: str) -> bool:
    core = plain.strip(string.digits + string.punctuation + " ")
    return (
        len(set(plain)) < 4
        or core in COMMON
        or core.replace(" ", "") in COMMON
        or any(plain in row * 3 for row in ROWS)
    )
