"""Static QRIS stickers of an acquirer that does not exist, for the demo edition.

The form is that of a printed QRIS code (EMV merchant-presented mode; merchant account in
tag 26, NMID in tag 51, terminal label in 62.07), so every reader and our own converter
accept it. Nobody can pay one: no acquirer owns the number 93609999, the domain
CONTOH.CO.ID, or an NMID of the series ID1099.
"""

from binascii import crc_hqx

ACQUIRER_DOMAIN = "ID.CO.CONTOH.WWW"
ACQUIRER_NUMBER = "93609999"
NATIONAL_DOMAIN = "ID.CO.QRIS.WWW"
MICRO = "UMI"

MAX_NAME = 25
MAX_CITY = 15
MAX_SERIAL = 10**9 - 1


def static_sticker(
    name: str,
    *,
    serial: int,
    category_code: str,
    postal_code: str,
    terminal: str,
    city: str = "JEMBER",
) -> str:
    """Return the text of a static QRIS code that looks real and cannot be paid.

    `serial` (1 to 999,999,999) makes the merchant's numbers its own; `category_code` is the
    four-digit ISO 18245 code. The same arguments give the same text. Raises ValueError for
    a name over 25 or a city over 15 characters, or anything that is not plain ASCII.
    """
    if not 1 <= serial <= MAX_SERIAL:
        raise ValueError(f"serial must be 1 to {MAX_SERIAL}, got {serial}")
    if not 1 <= len(name) <= MAX_NAME or not 1 <= len(city) <= MAX_CITY:
        raise ValueError(f"name or city is empty or too long: {name=} {city=}")
    if not (name + city + category_code + postal_code + terminal).isascii():
        raise ValueError(f"only plain ASCII fits every reader: {name=} {city=}")
    account = _fields(
        ("00", ACQUIRER_DOMAIN),
        ("01", f"{ACQUIRER_NUMBER}{serial:010}"),
        ("02", f"MC{serial:013}"),
        ("03", MICRO),
    )
    repository = _fields(("00", NATIONAL_DOMAIN), ("02", f"ID1099{serial:09}"), ("03", MICRO))
    body = _fields(
        ("00", "01"),
        ("01", "11"),
        ("26", account),
        ("51", repository),
        ("52", category_code),
        ("53", "360"),
        ("58", "ID"),
        ("59", name),
        ("60", city),
        ("61", postal_code),
        ("62", _fields(("07", terminal))),
    )
    unsealed = f"{body}6304"
    return f"{unsealed}{crc_hqx(unsealed.encode(), 0xFFFF):04X}"


def _fields(*pairs: tuple[str, str]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in pairs)
