"""Which columns a bank's statement has: a table of known headers, and headers told by a person.

Columns go by the plain form of their header (`plain`): `Tgl. Val.` is `tgl val`. The second of a
name is `description #2`; a column without a name is the one before it with a plus: `jumlah +`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bazaar.errors import N_
from bazaar.rules.statements.grids import HEADER_WITHIN, Row

GENERIC: Final = "generic"


@dataclass(frozen=True, slots=True)
class Profile:
    """Where what stands, by column. Empty: the statement has no such column.

    Sums stand in `debit` and `credit`, or in `amount` with the side beside it (`side`), behind it
    in the same cell (`799,700.00 CR`) or, if `signed`, told by a minus. `amount` is the gross sum
    where a merchant's app tells gross and net. `identity` is an id that no other transaction has;
    `reference` what the bank calls it, which may repeat. Columns in `optional` may be missing.
    """

    key: str
    name: str
    day: str
    text: tuple[str, ...]
    time: str = ""
    amount: str = ""
    side: str = ""
    debit: str = ""
    credit: str = ""
    balance: str = ""
    reference: str = ""
    identity: str = ""
    fee: str = ""
    status: str = ""
    account: str = ""
    currency: str = ""
    signed: bool = False
    also: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """All columns that the profile knows; `also` are those it only recognises."""
        single = (getattr(self, role) for role in ROLES if role != "text")
        return frozenset(filter(None, (*single, *self.text, *self.also)))

    @property
    def required(self) -> frozenset[str]:
        """The columns without which a header is not this one."""
        return self.columns - set(self.optional)

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns that hold sums of money."""
        return tuple(filter(None, (self.amount, self.debit, self.credit, self.balance, self.fee)))

    def packed(self) -> dict[str, Any]:
        """Return the profile for storing as JSON."""
        return asdict(self)

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> "Profile":
        """Return a stored profile."""
        lists = {name: tuple(packed.get(name, ())) for name in ("text", "also", "optional")}
        return cls(**{**packed, **lists})


ROLES: Final[Mapping[str, str]] = {
    "day": N_("Tanggal"),
    "time": N_("Jam"),
    "text": N_("Keterangan"),
    "amount": N_("Jumlah (kotor)"),
    "side": N_("Masuk atau keluar"),
    "credit": N_("Uang masuk (kredit)"),
    "debit": N_("Uang keluar (debit)"),
    "balance": N_("Saldo"),
    "reference": N_("Nomor referensi"),
    "identity": N_("ID transaksi"),
    "fee": N_("Biaya (MDR)"),
    "status": N_("Status"),
    "account": N_("Nomor rekening"),
    "currency": N_("Mata uang"),
}
"""What a column may be for, in the order of the mapping page."""


def _bca(key: str, name: str, columns: str, **more: Any) -> Profile:
    day, text, branch, amount, balance = columns.split(", ")
    return Profile(key, name, day, (text,), amount=amount, balance=balance, also=(branch,), **more)


PROFILES: Final[tuple[Profile, ...]] = (
    _bca(
        "bca_klikbca",
        "BCA KlikBCA",
        "tanggal transaksi, keterangan, cabang, jumlah, saldo",
        side="jumlah +",
    ),
    _bca(
        "bca_klikbca",
        "BCA KlikBCA (Inggris)",
        "date, description, branch, amount, balance",
        side="amount +",
    ),
    _bca("bca_bisnis", "BCA Bisnis", "tanggal transaksi, keterangan, cabang, jumlah, saldo"),
    _bca("bca_bisnis", "BCA Bisnis (Inggris)", "date, description, branch, amount, balance"),
    Profile(
        "bca_bisnis",
        "BCA Bisnis",
        "tanggal",
        ("keterangan",),
        debit="debit",
        credit="kredit",
        balance="saldo",
        also=("no",),
    ),
    Profile(
        "mandiri_semicolon",
        "Mandiri (Kopra/MCM)",
        "postdate",
        ("remarks", "additionaldesc"),
        debit="debit amount",
        credit="credit amount",
        balance="close balance",
        account="accountno",
        currency="ccy",
    ),
    Profile(
        "mandiri_comma",
        "Mandiri",
        "date",
        ("description", "description #2"),
        debit="debit",
        credit="credit",
        balance="balance",
        reference="reference no",
        account="account no",
        also=("val date", "transaction code"),
        optional=("balance",),
    ),
    Profile(
        "mandiri_sheet",
        "Mandiri (lembar kerja)",
        "tgl",
        ("rincian transaksi",),
        debit="debit",
        credit="kredit",
        balance="saldo",
        reference="no referensi",
        also=("tgl val", "branch code"),
        optional=("branch code",),
    ),
    *(
        Profile(
            "bri",
            "BRI",
            "tgl tran",
            ("desk tran", "trremk", "remark custom"),
            time="jam tran",
            debit=debit,
            credit="mutasi kredit",
            balance="saldo akhir mutasi",
            account="norek",
            optional=("jam tran", "saldo akhir mutasi", "trremk", "remark custom", "norek"),
        )
        for debit in ("mutasi debet", "mutasi debit")
    ),
    Profile(
        "bni",
        "BNI",
        "tanggal kirim",
        ("deskripsi",),
        amount="amount",
        side="db cr",
        reference="journal no",
        also=("cabang",),
    ),
    *(
        Profile(
            "bni_direct",
            "BNIDirect",
            "posting date",
            (text,),
            amount="amount",
            side=side,
            balance="balance",
            reference=journal,
            optional=(journal,),
        )
        for text in ("transaction description", "description")
        for side in ("db cr", "dbcr")
        for journal in ("journal", "journal no")
    ),
    Profile(
        "jatim",
        "Bank Jatim",
        "post date",
        ("description",),
        debit="debit",
        credit="credit",
        balance="balance",
        reference="reference no",
        account="account",
        currency="currency",
        also=("effective date", "name"),
        optional=("name",),
    ),
    *(
        Profile(
            "xendit",
            "Xendit",
            day,
            ("channel", "channel name", "invoice id"),
            amount="amount",
            side="type",
            reference="reference",
            identity="transaction id",
            fee="total fee",
            status="status",
            currency="currency",
            optional=("channel", "channel name", "invoice id", "total fee", "currency"),
        )
        for day in ("payment date", "timestamp created")
    ),
)
"""One row a header as banks write it. The row with the most columns of a file wins."""


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: its place among the rows of the grid, its cells, their names as columns."""

    place: int
    cells: tuple[str, ...]
    names: tuple[str, ...]


def plain(text: str) -> str:
    """Return the form by which headers and words are compared: `TGL_TRAN` is `tgl tran`."""
    return " ".join(re.findall(r"[a-z0-9]+", unicodedata.normalize("NFKC", text).casefold()))


def header_at(place: int, cells: Sequence[str]) -> Header:
    """Return these cells as a header."""
    names: list[str] = []
    before = ""
    for cell in cells:
        name = plain(cell) or (f"{before} +" if before and not before.endswith("+") else "")
        before, count = name, 2
        while name and name in names:
            name, count = f"{before} #{count}", count + 1
        names.append(name)
    return Header(place, tuple(cells), tuple(names))


def headers(rows: Sequence[Row]) -> Iterator[Header]:
    """Yield every row near the beginning that may be a header: no row of sums and dates is."""
    for place, (_, cells) in enumerate(rows[:HEADER_WITHIN]):
        if sum(1 for cell in cells if re.search(r"[A-Za-z]", cell)) >= 3:
            yield header_at(place, cells)


def recognise(rows: Sequence[Row], known: Iterable[Profile]) -> tuple[Profile, Header] | None:
    """Return the profile that fits a header of these rows with the most columns, or None."""
    best: tuple[int, Profile, Header] | None = None
    profiles = list(known)
    for header in headers(rows):
        names = set(header.names)
        for profile in profiles:
            if profile.required <= names:
                fitting = len(profile.columns & names)
                if best is None or fitting > best[0]:
                    best = fitting, profile, header
    return best[1:] if best else None


_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "day": ("tanggal", "tgl", "date", "waktu", "timestamp"),
    "time": ("jam", "time", "pukul"),
    "text": (
        "keterangan",
        "deskripsi",
        "uraian",
        "rincian",
        "description",
        "remarks",
        "berita",
        "ket",
    ),
    "credit": ("kredit", "credit", "masuk", "cr"),
    "debit": ("debet", "debit", "keluar", "db"),
    "amount": ("nominal", "jumlah", "amount", "nilai", "gross", "bruto", "kotor", "uang"),
    "side": ("db cr", "d k", "dk", "jenis", "tipe", "type", "mutasi"),
    "balance": ("saldo", "balance"),
    "identity": ("id transaksi", "transaction id", "id"),
    "reference": ("referensi", "reference", "ref", "jurnal", "journal", "rrn"),
    "fee": ("mdr", "biaya", "fee", "admin"),
    "status": ("status",),
    "account": ("rekening", "norek", "account"),
    "currency": ("mata uang", "currency", "ccy"),
}
_NOT: Final[Mapping[str, str]] = {
    "amount": r"bersih|net|saldo|fee|biaya",
    "day": r"val\b|valuta|efektif|effective|settle",
    "credit": r"saldo|total",
    "debit": r"saldo|total",
}
_MORE_TEXT: Final = ("issuer", "penerbit", "nama", "name", "pengirim", "channel", "metode")


def guess(header: Header) -> Profile:
    """Return a first idea of what the columns of an unknown header are, for a person to correct."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for role, words in _WORDS.items():
        bad = _NOT.get(role)
        for word in words:
            for name in header.names:
                fits = re.search(rf"\b{word}\b", name) and not (bad and re.search(bad, name))
                if role not in found and name not in taken and fits:
                    found[role] = name
                    taken.add(name)
    text = [found.pop("text")] if "text" in found else []
    text += [n for n in header.names if n not in taken and n.split(" ")[0] in _MORE_TEXT]
    if "credit" in found and "debit" in found:
        found.pop("amount", None)
        found.pop("side", None)
    else:
        found.pop("credit", None)
        found.pop("debit", None)
    found.setdefault("day", "")
    profile = Profile(GENERIC, "", text=tuple(text), **found)  # type: ignore[arg-type]
    return replace(profile, signed=bool(profile.amount and not profile.side))


def by_hand(name: str, roles: Mapping[str, Sequence[str]]) -> Profile | None:
    """Return the profile of a mapping that a person made, or None if it cannot be read by.

    `roles` maps words of `ROLES` to columns. It needs a day, and either `credit` (with or without
    `debit`) or `amount`.
    """
    single = {role: next(iter(columns), "") for role, columns in roles.items() if role in ROLES}
    single.pop("text", None)
    if not single.get("day") or not (single.get("credit") or single.get("amount")):
        return None
    if single.get("credit"):
        single |= {"amount": "", "side": ""}
    else:
        single["debit"] = ""
    signed = bool(single.get("amount") and not single.get("side"))
    return Profile(
        GENERIC,
        name[:80],
        text=tuple(roles.get("text", ())),
        signed=signed,
        **single,  # type: ignore[arg-type]
    )
