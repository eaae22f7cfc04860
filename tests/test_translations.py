"""The English catalogue: complete, in step with the source, and on every page."""

import io
import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from flask_babel import force_locale
from werkzeug.test import TestResponse

from bazaar.models import Role
from bazaar.settings import ROOT
from tests.committee import signed_in
from tests.web.evening import MENU, START, an_evening, walk

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ENGLISH = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
COMPILE = "run: make translations/en/LC_MESSAGES/messages.mo"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%")
SAME = {
    "%(buyer)s, %(at)s",
    "%(num)s label",
    "%(num)s slot",
    "%(who)s, %(at)s.",
    "100 × 150 mm",
    "Admin",
    "Overlay %(channel)s",
    "Telegram",
    "Bank",
    "Batik",
    "CSV",
    "Kalimantan",
    "Label",
    "Menu",
    "ON AIR",
    "QRIS",
    "Slot",
    "Status",
    "Sulawesi",
    "Sumatra",
    "WhatsApp",
}
"""What is called the same in both languages."""

TELLTALES = re.compile(
    r"\b(alamat|atau|barang|bayar|belum|berikutnya|cari|dari|dengan|giliran|hapus|hari|isi|jadwal"
    r"|jumlah|kembali|keranjang|kirim|kurir|lapak|lihat|masuk|menit|nama|nomor|ongkir|paket|panitia"
    r"|pembeli|penjual|pesan|pesanan|pilih|sampai|saluran|semua|siaran|simpan|stok|sudah|tautan"
    r"|tidak|ubah|untuk|yang)\b",
    re.IGNORECASE,
)
DATA = re.compile(r"\b(?:Barang|Lapak|Saluran) \d+|\bsetiap hari\b|\S+@\S+|https?://\S+")
"""What tests call things, and hours of availability, which are written as the lists have them."""

HTML = re.compile(r'<html lang="(\w+)"')
UNSEEN = re.compile(
    r"<(script|style|code|textarea)\b.*?</\1>|<!--.*?-->|<(p|div) [^>]*lang=\"id\">.*?</\2>",
    re.DOTALL,
)
"""What is not read, and letters shown as they are sent: in Indonesian."""
SPOKEN = re.compile(r'\b(?:alt|aria-label|data-\w+-text|placeholder|title)="([^"]*)"')


@cache
def the_source() -> Catalog:
    """Every text of the source, found the way `make translations` finds it."""
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8")
    keywords = DEFAULT_KEYWORDS | parse_keywords(re.findall(r" -k (\S+)", recipe))
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    found = Catalog()
    for name, line, text, comments, context in extract_from_dir(
        ROOT,
        methods,
        options,
        keywords,
        directory_filter=lambda path: not Path(path).name.startswith("."),
    ):
        found.add(text, None, [(name, line)], auto_comments=comments, context=context)
    return found


@cache
def the_catalogue() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def keys(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {
        (message.context, message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id
    }


def strings(message: Message) -> tuple[str, ...]:
    """What the message is in English: one text, or those of one and of many."""
    string = message.string
    return (string,) if isinstance(string, str) else tuple(string)


def messages() -> list[Message]:
    return [message for message in the_catalogue() if message.id]


def source_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def test_the_catalogue_holds_exactly_the_texts_of_the_source():
    assert keys(the_catalogue()) == keys(the_source()), "run: make translations"


def test_every_text_has_its_english():
    empty = [message.id for message in messages() if not all(strings(message))]
    uncertain = [message.id for message in messages() if message.fuzzy]

    assert not empty
    assert not uncertain
    assert not the_catalogue().obsolete
    assert all(
        len(strings(message)) == (2 if message.pluralizable else 1) for message in messages()
    )


def test_placeholders_are_the_same_on_both_sides():
    wrong = {
        source_of(message): string
        for message in messages()
        for string in strings(message)
        if sorted(PLACEHOLDER.findall(string)) != sorted(PLACEHOLDER.findall(source_of(message)))
    }
    assert not wrong


def test_sentences_stay_sentences():
    wrong = {
        source_of(message): string
        for message in messages()
        for string in strings(message)
        if string != string.strip()
        or string.endswith((".", "?", "…")) != source_of(message).endswith((".", "?", "…"))
    }
    assert not wrong


def test_only_a_few_words_are_the_same_in_both_languages():
    same = {source_of(m) for m in messages() if source_of(m) in strings(m)}

    assert same - {text for text in same if "%(" in text and " " not in text} == SAME


class Reader:
    """A client with a language that keeps the pages it has read."""

    def __init__(self, client: FlaskClient, language: str) -> None:
        self._client = client
        self._language = language
        self.application = client.application
        self.pages: dict[str, str] = {}

    def get(self, address: str) -> TestResponse:
        # Anew each time: the walk presses the switch too.
        self._client.set_cookie("language", self._language)
        answer = self._client.get(address)
        if answer.location is None and answer.mimetype == "text/html":
            self.pages[address] = answer.text
        return answer


def spoken(page: str) -> list[str]:
    """The texts of a page that are seen or read aloud, without names that are data."""
    seen = UNSEEN.sub(" ", page)
    texts = [*re.sub(r"<[^>]*>", "\n", seen).splitlines(), *SPOKEN.findall(seen)]
    return [text for text in (DATA.sub("", unescape(raw)).strip() for raw in texts) if text]


def left_over(reader: Reader) -> dict[str, list[str]]:
    found = {
        address: [text for text in spoken(page) if TELLTALES.search(text)]
        for address, page in reader.pages.items()
    }
    return {address: texts for address, texts in found.items() if texts}


@pytest.fixture
def compiled() -> None:
    """The catalogue as the application reads it is the one that is written."""
    binary = ENGLISH.with_suffix(".mo")
    written = io.BytesIO()
    write_mo(written, the_catalogue())
    assert binary.exists(), COMPILE
    assert binary.read_bytes() == written.getvalue(), COMPILE


@ON_SQLITE
@pytest.mark.usefixtures("compiled")
def test_no_page_of_buyers_and_sellers_keeps_indonesian_words(app):
    reader = Reader(app.test_client(), "en")

    walk(reader, an_evening())

    assert len(reader.pages) > 15
    assert left_over(reader) == {}
    assert {tag for page in reader.pages.values() for tag in HTML.findall(page)} == {"en"}


@ON_SQLITE
@pytest.mark.usefixtures("compiled")
def test_no_page_of_the_committee_keeps_indonesian_words(app):
    an_evening()
    client = app.test_client()
    signed_in(client, Role.ADMIN)
    reader = Reader(client, "en")

    walk(reader, MENU)

    assert len(reader.pages) > 25
    assert left_over(reader) == {}


@ON_SQLITE
def test_without_a_choice_pages_are_indonesian(app):
    an_evening()
    reader = Reader(app.test_client(), "id")

    for address in START:
        reader.get(address)

    assert {tag for page in reader.pages.values() for tag in HTML.findall(page)} == {"id"}
    assert set(left_over(reader)) == set(reader.pages)


@ON_SQLITE
@pytest.mark.usefixtures("compiled")
def test_refusals_speak_the_readers_language(app):
    reader = Reader(app.test_client(), "en")

    assert "Page not found" in reader.get("/s/nobody").text
    assert "No product has that code" in reader.get("/b/Z99").text


@ON_SQLITE
@pytest.mark.usefixtures("compiled")
def test_money_and_times_are_written_for_the_reader(app):
    filters = app.jinja_env.filters
    written = {}
    for language in ("id", "en"):
        with app.test_request_context(), force_locale(language):
            written[language] = (
                filters["rupiah"](1_250_000),
                filters["weight"](1_500),
                filters["translated"]("Kriya"),
                filters["translated"](""),
                filters["translated"]("100% <kapas>"),
            )
    assert written == {
        "id": ("Rp1.250.000", "1,5 kg", "Kriya", "", "100% <kapas>"),
        "en": ("Rp1,250,000", "1.5 kg", "Crafts", "", "100% <kapas>"),
    }
