"""Merchant QRIS codes: read a seller's printed sticker, give it the amount of one order.

Sources: EMV QR Code Specification for Payment Systems (merchant-presented mode); the Indonesian
QRIS standard as seen in real codes; PBI 23/6/PBI/2021 article 52(1), which forbids a surcharge
on the buyer; PADG 24/1/PADG/2022 for the limit of one transaction. Reading, checksum and
conversion are `qriskit`'s. It repairs a wrong checksum when it writes and converts dynamic,
foreign and transfer codes too, so nothing here is converted that `inspect` has not accepted.

A payload is a run of two-digit id, two-digit length in characters, value; ids 26-51 and 62 hold
such runs again. 01 says static or dynamic, 54 is the amount, 62.05 the reference, 63 the checksum.
"""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import qriskit

from bazaar.errors import N_, Invalid
from bazaar.rules import numbers

QRIS_MAX_IDR: Final = 10_000_000
"""The most that one QRIS payment may ask for, in whole rupiah."""

MAX_PAYLOAD: Final = 512
"""Characters in one code, by the EMV specification. Real stickers have about 200."""

MAX_REFERENCE: Final = 25
MAX_TEMPLATE: Final = 99
MAX_NAME: Final = 25
MAX_CITY: Final = 15
MAX_NMID: Final = 15
MAX_AMOUNT: Final = 13

REJECTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "too_long": N_("Teks ini terlalu panjang untuk sebuah QRIS."),
        "unreadable": N_("Ini bukan isi kode QRIS. Salin seluruh isi QR dari stiker."),
        "not_emv": N_("Kode QR ini bukan kode pembayaran."),
        "crc": N_("Isi QRIS rusak atau terpotong. Pindai ulang stiker aslinya."),
        "not_qris": N_("Ini kode pembayaran negara lain, bukan QRIS dalam rupiah."),
        "duplicate": N_("Isi QRIS rusak: ada bagian yang tertulis dua kali."),
        "template": N_("Isi QRIS rusak: ada bagian yang tidak terbaca."),
        "not_merchant": N_("Ini QRIS transfer atau tarik/setor tunai, bukan QRIS toko."),
        "not_static": N_("Ini QRIS sekali bayar. Gunakan stiker QRIS statis milik toko."),
        "no_account": N_("QRIS ini tidak memuat nomor akun toko."),
        "no_name": N_("QRIS ini tidak memuat nama atau kota toko."),
    }
)
"""Why a text is no seller's sticker. Of several faults, the first in this order is named."""

WARNINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "crc_lowercase": N_("Angka pemeriksa ditulis dengan huruf kecil; sudah dirapikan."),
        "fixed_amount": N_("Stiker memuat jumlah tetap; jumlah pesanan akan menggantikannya."),
        "tip": N_("Stiker meminta tip atau biaya tambahan; bagian itu akan dibuang."),
        "name_long": N_("Nama toko lebih panjang dari 25 huruf."),
        "city_long": N_("Nama kota lebih panjang dari 15 huruf."),
        "postal_missing": N_("Stiker tidak memuat kode pos."),
        "nmid_missing": N_("Stiker tidak memuat NMID."),
        "nmid_unusual": N_("Bentuk NMID tidak lazim."),
        "acquirer_unknown": N_("Penyelenggara QRIS ini tidak ada dalam daftar Bank Indonesia."),
        "criteria": N_("Kriteria usaha tidak tertulis atau reguler (URE)."),
        "mcc": N_("Kode kategori usaha tidak ada atau tidak lazim."),
        "order": N_("Urutan bagian di dalam kode tidak lazim."),
        "private": N_("Stiker memuat bagian khusus penyelenggara."),
    }
)
"""What a curator should look at although the sticker is accepted."""

TRANSFER_PURPOSES: Final = frozenset({"BOOK", "DMCT", "XBCT", "CWDL", "CDPT"})
TRANSFER_MCC: Final = "4829"

# What copying and scanning leave around a payload. A payload begins and ends with a digit or a
# letter, so nothing that belongs to it is lost.
_AROUND: Final = " \t\r\n\v\f\u00a0\u200b\u2060\ufeff"
# Never in a name that people are to compare by eye, nor storable everywhere: control characters,
# lone surrogates, line separators, and what turns the direction of writing around.
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_REFERENCE = re.compile(rf"[A-Z0-9-]{{1,{MAX_REFERENCE}}}", re.ASCII)
_WHOLE_RUPIAH = re.compile(r"([0-9]+)(?:\.(?:00)?)?", re.ASCII)
_PAN = re.compile(r"[0-9]{1,19}", re.ASCII)
_NMID = re.compile(r"ID(?!0{13})[0-9]{13}", re.ASCII)
_MCC = re.compile(r"[0-9]{4}", re.ASCII)

_CRC_FAULTS = frozenset({"crc.missing", "crc.not_last", "crc.mismatch"})


@dataclass(frozen=True, slots=True)
class QrisInfo:
    """What an accepted sticker says. Store `payload` and its `sha256`, show the rest.

    PAN and NMID keep to the standard's 19 and 15 characters; any other text has at most 99.
    """

    payload: str
    """Normalised: nothing around it, checksum in capitals."""
    sha256: str
    """Of the UTF-8 payload, in hex: two stickers are the same when these are equal."""
    name: str
    city: str
    postal_code: str | None
    nmid: str | None
    """The shop's number in the national repository (51.02)."""
    pan: str | None
    """The shop's account number at its acquirer, of ids 26-45. Never shown whole."""
    nns: str | None
    """First eight digits of the PAN: the acquirer's number."""
    acquirer: str | None
    """The acquirer's short name, if Bank Indonesia's list has the number."""
    criteria: str | None
    """UMI, UKE, UME, UBE, URE, PSO or BLU; absent means URE."""
    mcc: str | None
    terminal_label: str | None
    fixed_amount_idr: int | None
    """An amount printed into the sticker, if it is whole rupiah."""
    warnings: tuple[str, ...]
    """Keys of `WARNINGS`, in that order."""

    @property
    def pan_masked(self) -> str | None:
        """The PAN as pages show it: acquirer's number and last four digits."""
        if self.pan is None:
            return None
        shown = 8 if len(self.pan) > 12 else 0
        hidden = max(len(self.pan) - shown - 4, 0)
        return self.pan[:shown] + "•" * hidden + self.pan[shown + hidden :]


@dataclass(frozen=True, slots=True)
class QrisRejected:
    """The text is no seller's sticker. `code` is a key of `REJECTIONS` and never changes."""

    code: str
    message_id: str
    """The sentence for people, untranslated."""


class QrisRefused(Invalid):
    """No dynamic code was made. `code` is stable; the subclass holds the facts."""

    code: str
    text = N_("Kode QRIS tidak dapat dibuat.")


@dataclass(eq=False)
class AmountRefused(QrisRefused):
    """The amount is no whole number of rupiah from 1 to the limit."""

    rupiah: object
    limit_idr: int
    limit: str = field(init=False)
    code = "amount"
    text = N_("Sekali bayar dengan QRIS paling sedikit Rp1 dan paling banyak {limit}.")

    def __post_init__(self) -> None:
        self.limit = numbers.rupiah(self.limit_idr)


@dataclass(eq=False)
class ReferenceRefused(QrisRefused):
    """The reference is not 1 to 25 of capital letters, digits and hyphens."""

    reference: str
    code = "reference"
    text = N_("Kode bayar hanya boleh berisi 1–25 huruf besar, angka, dan tanda hubung.")


@dataclass(eq=False)
class TemplateFull(QrisRefused):
    """The sticker's field 62 has no room for the reference; it can be made without one."""

    reference: str
    code = "template_full"
    text = N_("Stiker QRIS ini tidak punya tempat untuk kode bayar.")


@dataclass(eq=False)
class StickerRefused(QrisRefused):
    """The source is no seller's sticker; `code` is the one that `inspect` gives."""

    code: str
    text = N_("Stiker QRIS penjual ini tidak dapat dipakai ({code}). Hubungi panitia.")


@lru_cache(maxsize=1024)
def inspect(text: str) -> QrisInfo | QrisRejected:
    """Return what the sticker says, or why it cannot receive money for a shop.

    For payloads that a seller pastes or uploads; safe on any text. White space and byte-order
    marks around the payload are dropped. Accepted is only an intact, static, rupiah code of a
    merchant with an account, a name and a city. What is odd but payable becomes a warning.
    """
    payload = text.strip(_AROUND)
    if len(payload) > MAX_PAYLOAD:
        return _rejected("too_long")
    qris = _parse(payload)
    if qris is None:
        return _rejected("unreadable")
    issues = qriskit.validate(qris)
    code = _rejection(qris, issues)
    return _rejected(code) if code else _info(payload, qris, issues)


def make_dynamic(
    static_text: str, rupiah: int, reference: str | None, *, limit_idr: int = QRIS_MAX_IDR
) -> str:
    """Return a one-time payload of the sticker that asks for exactly `rupiah`.

    `reference` goes into field 62.05, `None` leaves that field alone. A tip or fee of the
    sticker (54-57) is dropped, everything else stays as it is and where it is; the same input
    gives the same payload. The result names no deadline: it can be paid days later.

    Raises AmountRefused, ReferenceRefused, StickerRefused, or TemplateFull, after which the
    caller may ask again without reference.
    """
    if type(rupiah) is not int or not 1 <= rupiah <= limit_idr:
        raise AmountRefused(rupiah, limit_idr)
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise ReferenceRefused(reference)
    sticker = inspect(static_text)
    if isinstance(sticker, QrisRejected):
        raise StickerRefused(sticker.code)
    source = _source(sticker.payload)
    if reference is not None and _length_of_62(source, reference) > MAX_TEMPLATE:
        raise TemplateFull(reference)
    payload = source.to_dynamic(rupiah, reference=reference).dumps()
    if len(payload) > MAX_PAYLOAD:
        raise StickerRefused("too_long")
    return payload


def split_amount(text: str) -> int | None:
    """Return the whole rupiah that a payload, static or dynamic, asks for.

    None if it names no amount, a fraction of a rupiah or another currency, or if it is not an
    intact payload at all. Reads `147356`, `147356.` and `147356.00`.
    """
    payload = text.strip(_AROUND)
    qris = _parse(payload) if len(payload) <= MAX_PAYLOAD else None
    if qris is None or qris.currency != "360":
        return None
    if any(issue.code in _CRC_FAULTS for issue in qriskit.validate(qris)):
        return None
    return _whole_rupiah(qris.get("54"))


@lru_cache(maxsize=1024)
def _source(payload: str) -> qriskit.QRIS:
    """Return the fields of an accepted sticker; they are never changed in place."""
    return qriskit.parse(payload)


def _parse(payload: str) -> qriskit.QRIS | None:
    """Return the payload's fields, or None if it is unreadable or unfit to be shown."""
    if any(unicodedata.category(c) in _UNPRINTABLE or c in _TURNING for c in payload):
        return None
    try:
        return qriskit.parse(payload)
    except qriskit.QRISParseError:
        return None


def _rejected(code: str) -> QrisRejected:
    return QrisRejected(code, REJECTIONS[code])


def _rejection(qris: qriskit.QRIS, issues: list[qriskit.Issue]) -> str | None:
    """Return the first reason of `REJECTIONS` that holds for a readable payload."""
    found = {(issue.code, issue.path or "") for issue in issues}
    codes = {code for code, _ in found}
    is_transfer_account = qris.get("40") is not None
    reasons = (
        ("not_emv", "pfi.invalid" in codes),
        ("crc", bool(codes & _CRC_FAULTS)),
        ("not_qris", qris.currency != "360" or qris.country != "ID"),
        ("duplicate", any(c == "tag.duplicate" and _counts_twice(path) for c, path in found)),
        ("template", any(c == "template.malformed" and _holds_money(path) for c, path in found)),
        (
            "not_merchant",
            is_transfer_account
            and (qris.additional_data.purpose in TRANSFER_PURPOSES or qris.mcc == TRANSFER_MCC),
        ),
        ("not_static", qris.get("01") not in (None, "11")),
        ("no_account", _account(qris) is None and not _nmid(qris)),
        ("no_name", not _shown(qris.merchant_name) or not _shown(qris.merchant_city)),
    )
    return next((code for code, holds in reasons if holds), None)


def _counts_twice(path: str) -> bool:
    """Whether a doubled field is one that wallets read: at the root, or in 26-51 or 62."""
    tag, _, inside = path.partition(".")
    return not inside or _holds_money(tag)


def _holds_money(tag: str) -> bool:
    """Whether the template says where the money goes. Private ones may hold anything."""
    return "26" <= tag <= "51" or tag == "62"


def _info(payload: str, qris: qriskit.QRIS, issues: list[qriskit.Issue]) -> QrisInfo:
    normal = payload[:-4] + payload[-4:].upper()
    account = _account(qris)
    acquirer = account.acquirer if account else None
    national = qris.national
    return QrisInfo(
        payload=normal,
        sha256=hashlib.sha256(normal.encode()).hexdigest(),
        name=_shown(qris.merchant_name),
        city=_shown(qris.merchant_city),
        postal_code=_shown(qris.postal_code) or None,
        nmid=_nmid(qris),
        pan=account.pan if account else None,
        nns=account.nns if account else None,
        acquirer=acquirer.name if acquirer else None,
        criteria=(account and account.criteria) or (national and national.criteria) or None,
        mcc=qris.mcc or None,
        terminal_label=qris.additional_data.terminal_label or None,
        fixed_amount_idr=_whole_rupiah(qris.get("54")),
        warnings=_warnings(qris, issues),
    )


def _warnings(qris: qriskit.QRIS, issues: list[qriskit.Issue]) -> tuple[str, ...]:
    codes = {issue.code for issue in issues}
    account, nmid = _account(qris), _nmid(qris)
    criteria = (account and account.criteria) or (qris.national and qris.national.criteria)
    tags = {node.tag for node in qris.nodes}
    signs = {
        "crc_lowercase": "crc.lowercase" in codes,
        "fixed_amount": "54" in tags,
        "tip": bool(tags & {"55", "56", "57"}),
        "name_long": len(qris.merchant_name or "") > MAX_NAME,
        "city_long": len(qris.merchant_city or "") > MAX_CITY,
        "postal_missing": not _shown(qris.postal_code),
        "nmid_missing": nmid is None,
        "nmid_unusual": nmid is not None and not _NMID.fullmatch(nmid),
        "acquirer_unknown": account is None or account.acquirer is None,
        "criteria": criteria in (None, "", "URE"),
        "mcc": not _MCC.fullmatch(qris.mcc or ""),
        "order": "tag.order" in codes,
        "private": any(tag >= "80" for tag in tags)
        or any(node.tag >= "50" for node in qris.additional_data.nodes),
    }
    return tuple(code for code in WARNINGS if signs[code])


def _shown(value: str | None) -> str:
    """Return the text without the padding that some acquirers print."""
    return (value or "").strip()


def _account(qris: qriskit.QRIS) -> qriskit.MerchantAccount | None:
    """Return the first domestic account (26-45) with a numeric PAN."""
    return next(
        (
            account
            for account in qris.merchant_accounts
            if account.tag <= "45" and _PAN.fullmatch(account.pan or "")
        ),
        None,
    )


def _nmid(qris: qriskit.QRIS) -> str | None:
    """Return 51.02, if it is short enough to be one."""
    return qris.nmid if qris.nmid and len(qris.nmid) <= MAX_NMID else None


def _whole_rupiah(text: str | None) -> int | None:
    if text is None or len(text) > MAX_AMOUNT:
        return None
    match = _WHOLE_RUPIAH.fullmatch(text)
    return (int(match[1]) or None) if match else None


def _length_of_62(qris: qriskit.QRIS, reference: str) -> int:
    """Return how long field 62 becomes with `reference` in 62.05."""
    kept = sum(4 + len(node.value) for node in qris.additional_data.nodes if node.tag != "05")
    return kept + 4 + len(reference)
