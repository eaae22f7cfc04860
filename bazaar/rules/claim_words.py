"""The words and shapes of which claims in a chat consist: a closed vocabulary, nothing guessed."""

import re
import unicodedata
from typing import Final

MAX_LENGTH: Final = 500
"""Of a longer message the rest is not read."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS: Final = _words(
    "jadi jd jdi fix fiks fik pix keep kip order pesan pesen psn beli bli ambil ambl cf sold mine"
    " book booking take checkout co sido tuku"
)
WEAK: Final = _words("mau mw want buy")
"""Keywords only right before a code."""
CANCEL: Final = _words("batal batalkan cancel pass gajadi gakjadi gjadi gajd")
NOT: Final = _words("gak ga g gk nggak ngga enggak tidak tdk ndak nda ora ra")
NOT_YET: Final = _words("belum blm jangan jgn bukan")
WAITLIST: Final = _words("wl waitlist waitinglist antri antre")
ADD: Final = _words("tambah nambah tambahin tmbh")
QUESTION: Final = _words(
    "berapa brp harga hrg masih ada ready stok stock ongkir bahan ukuran gimana bagaimana siapa"
    " spill bisa boleh cod nego tanya nanya apa kapan kenapa dimana mana apakah"
)
JOIN: Final = _words("dan sama and & + /")
TITLES: Final = _words("bu pak bpk ibu bapak mbak mas kak bunda sis bang")
FILLERS: Final = TITLES | _words(
    "ya yaa dong nih min bun pls please makasih mksh terima kasih saya aku sy aja saja ini itu yang"
    " yg sudah sdh ok oke juga kode warna size ukuran untuk utk buat maaf mimin admin deh lah kaka"
    " kakak nya the satu-satunya hp wa nomor no"
)
ADDRESS: Final = _words("jl jln jalan rt rw gang gg desa dusun kecamatan kec kelurahan kel")
UNITS: Final = (
    "pcs|pc|biji|bks|bungkus|pak|pack|buah|bh|lembar|lbr|botol|btl|toples|kotak|dus|box|ikat|ekor"
    "|potong|ptg|helai|set|karung|sachet"
)
NUMBERS: Final = {
    word: number
    for number, words in {
        1: "satu siji one", 2: "dua loro two", 3: "tiga telu three", 4: "empat papat four",
        5: "lima limo five", 6: "enam enem six", 7: "tujuh pitu seven", 8: "delapan wolu eight",
        9: "sembilan songo nine", 10: "sepuluh ten", 12: "selusin dozen",
    }.items()
    for word in words.split()
}  # fmt: skip

PHONE: Final = re.compile(r"(?<![0-9A-Za-z])\+?[0-9](?:[ .()-]{0,2}[0-9]){9,15}(?![0-9])", re.ASCII)
MONEY: Final = re.compile(
    r"(?<![a-z0-9])(?:rp\.?\s*[0-9][0-9.,]*(?:\s*(?:rb|ribu|jt|juta|k))?"
    r"|[0-9]+(?:[.,][0-9]+)?\s*(?:rb|ribu|jt|juta)|[0-9]{1,3}(?:\.[0-9]{3})+)(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
MENTION: Final = re.compile(r"@[\w.-]+")
ENDS: Final = re.compile(r"[;!\n]|\.(?![0-9])|,(?![0-9])|\?")
CODE: Final = re.compile(
    r"([a-z]{1,3}?)[\s\-.#]{0,2}([0-9oil]*[0-9][0-9oil]*)"
    r"(?:(?![a-z0-9])|(?=[x×][0-9]{1,4}(?![a-z0-9])))",
    re.IGNORECASE,
)
TIMES: Final = re.compile(r"[x×]\s*([0-9]{1,4})(?![a-z0-9])", re.IGNORECASE | re.ASCII)
"""A quantity right behind a code, also where a product has a code such as X02."""
LOOKS: Final = re.compile(r"[a-z]{1,3}[\-.#]?[0-9]{1,4}(?![a-z0-9])", re.IGNORECASE | re.ASCII)
QTY: Final = re.compile(
    r"(?:[x×*=]\s*([0-9]{1,4})(?![a-z0-9])|([0-9]{1,4})\s*[x×](?![a-z0-9])"
    rf"|([0-9]{{1,4}})\s*(?:{UNITS})(?![a-z0-9])|(?:qty|jml|jumlah)\s*[:=]?\s*([0-9]{{1,4}})"
    r"(?![a-z0-9]))",
    re.IGNORECASE | re.ASCII,
)
PLUS: Final = re.compile(r"\+\s*([0-9]{1,4})(?![a-z0-9])", re.IGNORECASE | re.ASCII)
NUMBER: Final = re.compile(r"[0-9]{1,4}(?![a-z0-9])", re.IGNORECASE | re.ASCII)
WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
UNIT: Final = re.compile(rf"(?:{UNITS})(?![a-z0-9])", re.IGNORECASE)
DIGITS: Final = str.maketrans("oilOIL", "011011")


def tidy(message: str) -> str:
    """Return the message in plain letters, without pictures and what cannot be seen."""
    text = unicodedata.normalize("NFKC", message[:MAX_LENGTH])
    kept = (" " if unicodedata.category(c) in {"So", "Sk", "Cs", "Co"} else c for c in text)
    return "".join(
        c for c in kept if c == "\n" or unicodedata.category(c) not in {"Cf", "Cc", "Cn", "Mn"}
    )


def plain(word: str) -> str:
    """Return a word as our lists have it: small letters, lengthened ones once."""
    small = word.casefold()
    once = re.sub(r"(.)\1{2,}", r"\1", small)
    if once in VOCABULARY:
        return once
    short = re.sub(r"(.)\1+", r"\1", small)
    return short if short in VOCABULARY else once


VOCABULARY: Final = (
    KEYWORDS | WEAK | CANCEL | NOT | NOT_YET | WAITLIST | ADD | QUESTION | JOIN | FILLERS
    | ADDRESS | NUMBERS.keys() | {"semua", "list", "waiting"}
)  # fmt: skip
