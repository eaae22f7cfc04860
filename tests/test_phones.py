import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar import phones


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0812-3456-7890", "+6281234567890"),
        ("0812 3456 7890", "+6281234567890"),
        ("0812.3456.7890", "+6281234567890"),
        ("81234567890", "+6281234567890"),
        ("62 812 3456 7890", "+6281234567890"),
        ("+62 812-3456-7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("\u202a+62 812\u20113456\u20117890\u202c", "+6281234567890"),
        ("０８１２３４５６７８９０", "+6281234567890"),
        ("(0331) 334567", "+62331334567"),
        ("+65 9123 4567", "+6591234567"),
        ("00 65 9123 4567", "+6591234567"),
        ("+1 650-253-0000", "+16502530000"),
    ],
)
def test_a_number_is_read_however_it_is_written(text, e164):
    assert phones.read_phone(text) == e164


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "0812",
        "0812345",
        "0819 9999 999999",
        "112",
        "0812 3456 789O",
        "0800FLOWERS",
        "081234567890 (Bu Siti)",
        "0812 3456 7890 / 0813 1111 2222",
        "0331334567 ext 12",
        "+999 123 4567",
        "siti@contoh.id",
        "0" * 300,
        "\x00" * 10,
    ],
)
def test_what_is_no_number_is_not_read(text):
    assert phones.read_phone(text) is None


@pytest.mark.parametrize("country", ["JP", "jp"])
def test_a_number_without_country_is_the_given_countrys(country):
    assert phones.read_phone("090-1234-5678", country) == "+819012345678"
    assert phones.read_phone("+62 812 3456 7890", country) == "+6281234567890"


@pytest.mark.parametrize("country", ["", "XX", "Indonesia"])
def test_in_an_unknown_country_only_full_numbers_are_read(country):
    assert phones.read_phone("0812 3456 7890", country) is None
    assert phones.read_phone("+62 812 3456 7890", country) == "+6281234567890"


@pytest.mark.parametrize(
    ("e164", "shown", "masked"),
    [
        ("+6281234567890", "0812-3456-7890", "08**-****-7890"),
        ("+62331334567", "(0331) 334567", "(03**) **4567"),
        ("+6591234567", "+65 9123 4567", "+65 **** 4567"),
        ("+16502530000", "+1 650-253-0000", "+1 6**-***-0000"),
        ("+29022222", "+290 22222", "+29* ***22"),
        ("bukan nomor", "bukan nomor", "bukan nomor"),
    ],
)
def test_a_number_is_shown_whole_to_its_owner_and_masked_to_others(e164, shown, masked):
    assert phones.show(e164) == shown
    assert phones.mask(e164) == masked


def test_a_whatsapp_link_carries_the_text():
    assert phones.wa_link("+6281234567890") == "https://wa.me/6281234567890"
    assert phones.wa_link("+6281234567890", "Pesanan PV-7XK2Q & ongkir?") == (
        "https://wa.me/6281234567890?text=Pesanan%20PV-7XK2Q%20%26%20ongkir%3F"
    )


@given(text=st.text(), country=st.text(max_size=3))
def test_any_text_is_a_number_or_none(text, country):
    e164 = phones.read_phone(text, country)

    assert e164 is None or phones.read_phone(e164) == e164


@given(st.from_regex(r"\+?[0-9 ()/.-]{6,20}", fullmatch=True))
def test_a_number_read_once_stays_as_it_is(text):
    e164 = phones.read_phone(text)

    assert e164 is None or (
        phones.read_phone(e164) == e164
        and phones.read_phone(phones.show(e164)) == e164
        and phones.mask(e164).count("*") >= 3
    )
