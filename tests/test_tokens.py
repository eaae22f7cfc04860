"""Links nobody can guess, and that the server can give again."""

import re

from bazaar.tokens import Links, fingerprint, new_key

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def test_the_same_key_gives_the_same_link_again() -> None:
    assert Links("s" * 32).token("order", "k") == Links("s" * 32).token("order", "k")


def test_links_differ_by_secret_kind_and_key() -> None:
    links = Links("s" * 32)
    tokens = {
        links.token("order", "k"),
        links.token("order", "l"),
        links.token("seller", "k"),
        Links("t" * 32).token("order", "k"),
    }

    assert len(tokens) == 4
    assert all(TOKEN.fullmatch(token) for token in tokens)


def test_ten_thousand_keys_are_all_different_and_long_enough() -> None:
    keys = {new_key() for _ in range(10_000)}

    assert len(keys) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", key) for key in keys)


def test_a_fingerprint_is_the_sha_256_and_takes_any_text() -> None:
    assert fingerprint("a") == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
    assert len(fingerprint("\ud800")) == 64
