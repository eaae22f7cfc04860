"""What the forms of the control room hold. Values and a sentence for what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from flask_babel import gettext as _

from bazaar.rules.show.acts import ActKind

MOST_TEXT = 200
MOST_ROWS = 2**31
MOST_MINUTES = 180
SECONDS_A_MINUTE = 60


@dataclass(frozen=True, slots=True)
class ActForm:
    """An act as it was sent. Use the values only when `error` is empty.

    `sure`: whoever sent it was asked and says yes.
    """

    kind: ActKind
    revision: int
    facts: Mapping[str, Any]
    sure: bool
    error: str = ""


def parse_act(sent: Mapping[str, str]) -> ActForm:
    """Read `aksi`, `revisi`, `giliran`, `umkm`, `produk`, `detik` or `menit`, `alasan`, `yakin`."""
    kinds = {kind.value: kind for kind in ActKind if kind is not ActKind.UNDO}
    kind = kinds.get(sent.get("aksi", ""))
    text = " ".join(sent.get("alasan", "").split())
    error = ""
    if kind is None:
        error, kind = _("Tindakan ini tidak dikenal. Muat ulang halaman."), ActKind.NOTE
    elif len(text) > MOST_TEXT:
        error = _("Tulis paling panjang %(n)s huruf.", n=MOST_TEXT)
    elif kind is ActKind.NOTE and not text:
        error = _("Tulis pesannya dulu.")
    seconds = read_number(sent.get("detik", "0"), least=-MOST_ROWS)
    if "menit" in sent:
        given = read_number(sent["menit"])
        seconds = given * SECONDS_A_MINUTE if given else None
    if seconds is None or abs(seconds) > MOST_MINUTES * SECONDS_A_MINUTE:
        error, seconds = error or _("Isi menit dengan angka 1 sampai %(n)s.", n=MOST_MINUTES), 0
    facts: dict[str, Any] = {
        "turn": sent.get("giliran") or None,
        "seller": read_number(sent.get("umkm", "")) or None,
        "product": read_number(sent.get("produk", "")) or None,
        "seconds": seconds,
        "text": text[:MOST_TEXT],
    }
    revision = read_number(sent.get("revisi", "")) or 0
    return ActForm(kind, revision, facts, sent.get("yakin") == "1", error)


def read_number(text: str, *, least: int = 0) -> int | None:
    """Read a whole number that fits a row; None for anything else."""
    plain = text.strip()
    digits = plain.removeprefix("-")
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 10:
        return None
    return int(plain) if least <= int(plain) < MOST_ROWS else None


def read_counts(sent: Mapping[str, str]) -> tuple[dict[str, int | None], dict[str, str]]:
    """Read `penonton-<uid>` of each turn, empty for unknown; return counts and what is wrong."""
    counts: dict[str, int | None] = {}
    errors: dict[str, str] = {}
    for field, value in sent.items():
        uid = field.removeprefix("penonton-")
        if uid == field:
            continue
        plain = value.replace(".", "").replace(" ", "")
        counts[uid] = read_number(plain) if plain else None
        if plain and counts[uid] is None:
            errors[uid] = _("Isi dengan angka.")
    return counts, errors


def read_time(text: str) -> time | None:
    """Read a time of day with or without seconds, `18:55:00` or `18.55`; None for anything else."""
    try:
        return time.fromisoformat(text.strip().replace(".", ":")).replace(tzinfo=None)
    except ValueError:
        return None
