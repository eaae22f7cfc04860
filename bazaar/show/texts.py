"""The words of messages about turns: the house's own, in two languages, and the committee's.

A text holds fields in braces, `{penjual}`; which there are is in `FIELDS`. Two of them are links
that the database does not know, and are filled in when the message leaves.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, Invalid
from bazaar.models import CueText, Edition, Seller
from bazaar.rules.show.cues import CueKind

LANGUAGES: Final = ("id", "en")
SUBJECT_LENGTH: Final = 120
TEXT_LENGTH: Final = 1000

OWN_PAGE: Final = "halaman"
STALL: Final = "lapak"
STOP: Final = "berhenti"
"""The link that ends a way. Only the last line has it, so it is no field for the committee."""

LAST_LINE: Final[Mapping[str, str]] = {
    "id": "Tidak mau pengingat ini lagi? {berhenti}",
    "en": "No more of these reminders? {berhenti}",
}
BY_HAND: Final[Mapping[str, str]] = {"id": "tautan pribadi Anda", "en": "your personal link"}
"""Stands for the seller's own page: whoever sends by hand need not hold it."""

FIELDS: Final[Mapping[str, str]] = {
    "penjual": N_("Nama lapak"),
    "pemilik": N_("Nama pemilik; kalau kosong, nama lapak"),
    "bazar": N_("Nama bazar"),
    "hari": N_("Hari dan tanggal giliran"),
    "waktu": N_("Jam menurut jadwal, dari–sampai"),
    "perkiraan": N_("Perkiraan jam mulai sekarang"),
    "saluran": N_("Nama saluran"),
    "zoom": N_("Tautan ruang Zoom"),
    "youtube": N_("Tautan siaran YouTube"),
    OWN_PAGE: N_("Tautan halaman pribadi penjual; tidak ikut di WhatsApp"),
    STALL: N_("Tautan lapak untuk pembeli"),
    "pesanan": N_("Banyaknya pesanan selama giliran"),
    "total": N_("Jumlah belanja selama giliran"),
}
"""What may stand in braces, and what comes there."""

_FIELD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """A message before its fields are filled. Chats show no subject."""

    subject: str
    text: str


@dataclass(eq=False)
class UnknownField(Invalid):
    """A text holds something in braces that is no field."""

    field: str
    text = N_("{{{field}}} bukan isian yang dikenal. Pakai hanya isian dari daftar di bawah.")


class BadWords(Invalid):
    """A subject or a text is empty or too long, or the subject holds a line break."""

    text = N_("Judul 1–120 huruf tanpa ganti baris, isi 1–1000 huruf.")


class NoSuchText(Invalid):
    """There is no message of this kind, or not in this language."""

    text = N_("Pesan itu tidak ada.")


HOUSE: Final[Mapping[tuple[CueKind, str], Words]] = {
    (CueKind.DAY_BEFORE, "id"): Words(
        "Giliran siaran Anda: {hari}, {waktu}",
        "Halo {pemilik},\n\n{penjual} tayang di {bazar}: {hari}, {waktu}, {saluran}.\n\n"
        "Siapkan produk di meja, cahaya dari depan, HP terisi penuh, kuota cukup, dan tempat yang "
        "tenang. Masuk ruang tunggu 15 menit sebelumnya.\n\nRuang Zoom: {zoom}\n"
        "Halaman Anda: {halaman}\n\nTidak bisa datang? Kabari panitia sekarang juga.",
    ),
    (CueKind.DAY_BEFORE, "en"): Words(
        "Your turn on air: {hari}, {waktu}",
        "Hello {pemilik},\n\n{penjual} is on air at {bazar}: {hari}, {waktu}, {saluran}.\n\n"
        "Have ready: your products on the table, light from the front, a charged phone, enough "
        "data and a quiet place. Join the waiting room 15 minutes before.\n\nZoom room: {zoom}\n"
        "Your page: {halaman}\n\nYou cannot come? Tell the committee right now.",
    ),
    (CueKind.HOUR_BEFORE, "id"): Words(
        "Satu jam lagi: {waktu}",
        "Halo {pemilik}, kira-kira satu jam lagi giliran {penjual}: {waktu}, {saluran}.\n\n"
        "Periksa suara, kamera, dan sinyal. Masuk ruang tunggu 15 menit sebelumnya.\n\n"
        "Ruang Zoom: {zoom}\nHalaman Anda: {halaman}",
    ),
    (CueKind.HOUR_BEFORE, "en"): Words(
        "In one hour: {waktu}",
        "Hello {pemilik}, the turn of {penjual} is in about one hour: {waktu}, {saluran}.\n\n"
        "Check sound, camera and signal. Join the waiting room 15 minutes before.\n\n"
        "Zoom room: {zoom}\nYour page: {halaman}",
    ),
    (CueKind.CALL, "id"): Words(
        "15 menit lagi: masuk ruang tunggu sekarang",
        "{penjual}: kira-kira 15 menit lagi Anda tayang (perkiraan {perkiraan}, {saluran}). "
        "Masuk ruang tunggu sekarang: {zoom}\n\nHalaman Anda: {halaman}",
    ),
    (CueKind.CALL, "en"): Words(
        "15 minutes left: join the waiting room now",
        "{penjual}: you are on air in about 15 minutes (expected at {perkiraan}, {saluran}). "
        "Join the waiting room now: {zoom}\n\nYour page: {halaman}",
    ),
    (CueKind.CHECK, "id"): Words(
        "Kami belum melihat Anda di ruang tunggu",
        "Halo {pemilik}, kami belum melihat {penjual} di ruang tunggu. Anda tayang kira-kira pukul "
        "{perkiraan} di {saluran}. Masuk sekarang: {zoom}\n\nAda kendala? Balas pesan ini.",
    ),
    (CueKind.CHECK, "en"): Words(
        "We do not see you in the waiting room",
        "Hello {pemilik}, we do not see {penjual} in the waiting room. You are on air at about "
        "{perkiraan} on {saluran}. Join now: {zoom}\n\nIs something wrong? Answer this message.",
    ),
    (CueKind.STANDBY, "id"): Words(
        "Siap-siap, dua menit lagi",
        "{penjual}: siap-siap, kira-kira dua menit lagi Anda tayang ({perkiraan}, {saluran}). "
        "Tetap di ruang Zoom, nyalakan kamera.",
    ),
    (CueKind.STANDBY, "en"): Words(
        "Stand by, two minutes",
        "{penjual}: stand by, you are on air in about two minutes ({perkiraan}, {saluran}). "
        "Stay in the Zoom room, camera on.",
    ),
    (CueKind.NO_SHOW, "id"): Words(
        "Giliran Anda terlewat",
        "Halo {pemilik}, giliran {penjual} pukul {waktu} di {saluran} terlewat karena Anda belum "
        "ada di ruang Zoom. Hubungi panitia kalau masih ingin tayang hari ini: {zoom}",
    ),
    (CueKind.NO_SHOW, "en"): Words(
        "Your turn has passed",
        "Hello {pemilik}, the turn of {penjual}, {waktu} on {saluran}, has passed because you were "
        "not in the Zoom room. Tell the committee if you still want to be on air today: {zoom}",
    ),
    (CueKind.DONE, "id"): Words(
        "Terima kasih, giliran Anda selesai",
        "Terima kasih, {pemilik}! Selama giliran {penjual} ada {pesanan} pesanan, {total}. "
        "Pembeli masih bisa memesan di {lapak}\n\n"
        "Lihat dan kemas pesanan di halaman Anda: {halaman}",
    ),
    (CueKind.DONE, "en"): Words(
        "Thank you, your turn is over",
        "Thank you, {pemilik}! During the turn of {penjual} came {pesanan} orders, {total}. "
        "Buyers can still order at {lapak}\n\nSee and pack the orders on your page: {halaman}",
    ),
}
"""What is told as a message. All other cues are told on screens only."""

TEST: Final[Mapping[str, Words]] = {
    "id": Words(
        "Pesan percobaan dari {bazar}",
        "Halo {pemilik}, ini pesan percobaan. Pengingat giliran {penjual} datang lewat sini.",
    ),
    "en": Words(
        "A test message from {bazar}",
        "Hello {pemilik}, this is a test. Reminders of the turns of {penjual} come this way.",
    ),
}

KINDS: Final = tuple(dict.fromkeys(kind for kind, _ in HOUSE))


def language_of(seller: Seller) -> str:
    """Return the language in which the seller is written to."""
    return seller.language if seller.language in LANGUAGES else LANGUAGES[0]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return the text with the values of its fields; fields without a value stay as they are."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def to_send(text: str, language: str) -> str:
    """Return the text as a machine sends it: below it, how to get no more of these."""
    return f"{text}\n\n{LAST_LINE[language]}"


def to_hand_on(text: str, language: str) -> str:
    """Return the text as a person sends it, without the seller's personal link."""
    return fill(text, {OWN_PAGE: BY_HAND[language]})


def unknown_field(text: str) -> str | None:
    """Return what stands in braces and is no field, or None."""
    return next((name for name in _FIELD.findall(text) if name not in FIELDS), None)


def words_of(edition_id: int, kinds: Collection[CueKind]) -> dict[tuple[CueKind, str], Words]:
    """Return the words in force for these kinds in each language; one query."""
    query = sa.select(CueText.kind, CueText.language, CueText.subject, CueText.text).where(
        CueText.edition_id == edition_id, CueText.kind.in_(kinds)
    )
    own = {
        (row.kind, row.language): Words(row.subject, row.text) for row in db.session.execute(query)
    }
    return {key: own.get(key, words) for key, words in HOUSE.items() if key[0] in kinds}


def changed(edition_id: int) -> dict[tuple[CueKind, str], CueText]:
    """Return the committee's own words, where it has any."""
    query = sa.select(CueText).where(CueText.edition_id == edition_id)
    return {(row.kind, row.language): row for row in db.session.scalars(query)}


def change(
    edition: Edition, kind: CueKind, language: str, words: Words, *, actor: Actor, now: datetime
) -> None:
    """Put the committee's words in the place of the house's; noted.

    Raises NoSuchText, BadWords, UnknownField.
    """
    if (kind, language) not in HOUSE:
        raise NoSuchText
    _require_usable(words)
    row = _find(edition.id, kind, language)
    if row is None:
        row = CueText(edition_id=edition.id, kind=kind, language=language)
        db.session.add(row)
    row.subject, row.text = words.subject, words.text
    row.changed_by, row.changed_at = actor.name, now
    audit.note(actor, "cue.change_text", _subject(edition), now=now, **_facts(kind, language))


def reset(edition: Edition, kind: CueKind, language: str, *, actor: Actor, now: datetime) -> bool:
    """Let the house's words hold again; say whether there were others. Noted."""
    row = _find(edition.id, kind, language)
    if row is None:
        return False
    db.session.delete(row)
    audit.note(actor, "cue.reset_text", _subject(edition), now=now, **_facts(kind, language))
    return True


def _require_usable(words: Words) -> None:
    fits = 0 < len(words.subject) <= SUBJECT_LENGTH and 0 < len(words.text) <= TEXT_LENGTH
    if not (fits and words.subject.isprintable()):
        raise BadWords
    field = unknown_field(words.subject + words.text)
    if field is not None:
        raise UnknownField(field)


def _find(edition_id: int, kind: CueKind, language: str) -> CueText | None:
    query = sa.select(CueText).where(
        CueText.edition_id == edition_id, CueText.kind == kind, CueText.language == language
    )
    return db.session.scalars(query).one_or_none()


def _subject(edition: Edition) -> str:
    return f"edition:{edition.slug}"


def _facts(kind: CueKind, language: str) -> dict[str, str]:
    return {"cue": kind.value, "language": language}
