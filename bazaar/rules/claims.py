"""What viewers type to order: `JADI B07 x2`, `keep b12 biru dua`, `gak jadi`, and what is none.

A closed vocabulary and no guessing: a code is taken for another only where O stands for 0, I or L
for 1, zeros in front are left out, or something separates letter and number. What is not sure is
for a person to confirm (`Decision.REVIEW`).
"""

import enum
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

MAX_LENGTH: Final = 500
"""Of a longer message the rest is not read."""


class Decision(enum.Enum):
    """What is to be done with a message."""

    AUTO = "auto"
    REVIEW = "review"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Goods:
    """What can be claimed: variants by claim code. `pinned` is the one being shown, or None."""

    variants: Mapping[str, Sequence[str]]
    pinned: str | None = None
    max_qty: int = 10


@dataclass(frozen=True, slots=True)
class Claim:
    """So many pieces of a product; `add`: beside what was claimed before, not instead of it."""

    code: str
    qty: int = 1
    variant: str | None = None
    add: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a message says.

    `cancels`: codes, None for the newest claim of its author, `*` for all of them. `unknown`:
    codes that no product has. `flags`: why a person is asked, or what the message also holds.
    """

    claims: Sequence[Claim] = ()
    cancels: Sequence[str | None] = ()
    question: bool = False
    unknown: Sequence[str] = ()
    flags: Sequence[str] = ()
    decision: Decision = Decision.IGNORE


@dataclass(frozen=True, slots=True)
class Typed:
    """What a host typed for a viewer: `B07 x2, Bu Rini, 0812…`. `name` and `phone` may be empty."""

    claims: Sequence[Claim]
    unknown: Sequence[str]
    name: str
    phone: str


ALL: Final = "*"
REVIEWED: Final = frozenset(
    {"bare_off_air", "condition", "inferred", "mention", "no_code", "qty_over_limit"}
    | {"unknown_code"}
)
"""Flags for which a person is asked. `condition` is not told."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_KEYWORDS: Final = _words(
    "jadi jd jdi fix fiks fik pix keep kip order pesan pesen psn beli bli ambil ambl cf sold mine"
    " book booking take checkout co sido tuku"
)
_WEAK: Final = _words("mau mw want buy")
"""Keywords only right before a code."""
_CANCEL: Final = _words("batal batalkan cancel pass gajadi gakjadi gjadi gajd")
_NOT: Final = _words("gak ga g gk nggak ngga enggak tidak tdk ndak nda ora ra")
_NOT_YET: Final = _words("belum blm jangan jgn bukan")
_WAITLIST: Final = _words("wl waitlist waitinglist antri antre")
_ADD: Final = _words("tambah nambah tambahin tmbh")
_QUESTION: Final = _words(
    "berapa brp harga hrg masih ada ready stok stock ongkir bahan ukuran gimana bagaimana siapa"
    " spill bisa boleh cod nego tanya nanya apa kapan kenapa dimana mana apakah"
)
_JOIN: Final = _words("dan sama and & + /")
_TITLES: Final = _words("bu pak bpk ibu bapak mbak mas kak bunda sis bang")
_FILLERS: Final = _TITLES | _words(
    "ya yaa dong nih min bun pls please makasih mksh terima kasih saya aku sy aja saja ini itu yang"
    " yg sudah sdh ok oke juga kode warna size ukuran untuk utk buat maaf mimin admin deh lah kaka"
    " kakak nya the satu-satunya hp wa nomor no"
)
_ADDRESS: Final = _words("jl jln jalan rt rw gang gg desa dusun kecamatan kec kelurahan kel")
_UNITS: Final = (
    "pcs|pc|biji|bks|bungkus|pak|pack|buah|bh|lembar|lbr|botol|btl|toples|kotak|dus|box|ikat|ekor"
    "|potong|ptg|helai|set|karung|sachet"
)
_NUMBERS: Final = {
    word: number
    for number, words in {
        1: "satu siji one", 2: "dua loro two", 3: "tiga telu three", 4: "empat papat four",
        5: "lima limo five", 6: "enam enem six", 7: "tujuh pitu seven", 8: "delapan wolu eight",
        9: "sembilan songo nine", 10: "sepuluh ten", 12: "selusin dozen",
    }.items()
    for word in words.split()
}  # fmt: skip

_PHONE: Final = re.compile(
    r"(?<![0-9A-Za-z])\+?[0-9](?:[ .()-]{0,2}[0-9]){9,15}(?![0-9])", re.ASCII
)
_MONEY: Final = re.compile(
    r"(?<![a-z0-9])(?:rp\.?\s*[0-9][0-9.,]*(?:\s*(?:rb|ribu|jt|juta|k))?"
    r"|[0-9]+(?:[.,][0-9]+)?\s*(?:rb|ribu|jt|juta)|[0-9]{1,3}(?:\.[0-9]{3})+)(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_MENTION: Final = re.compile(r"@[\w.-]+")
_ENDS: Final = re.compile(r"[;!\n]|\.(?![0-9])|,(?![0-9])|\?")
_CODE: Final = re.compile(r"([a-z]{1,3}?)[\s\-.#]{0,2}([0-9oil]*[0-9][0-9oil]*)(?![a-z0-9])", re.I)
_LOOKS: Final = re.compile(r"[a-z]{1,3}[\-.#]?[0-9]{1,4}(?![a-z0-9])", re.I | re.ASCII)
_QTY: Final = re.compile(
    r"(?:[x×*=]\s*([0-9]{1,4})(?![a-z0-9])|([0-9]{1,4})\s*[x×](?![a-z0-9])"
    rf"|([0-9]{{1,4}})\s*(?:{_UNITS})(?![a-z0-9])|(?:qty|jml|jumlah)\s*[:=]?\s*([0-9]{{1,4}})"
    r"(?![a-z0-9]))",
    re.I | re.ASCII,
)
_PLUS: Final = re.compile(r"\+\s*([0-9]{1,4})(?![a-z0-9])", re.I | re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,4}(?![a-z0-9])", re.I | re.ASCII)
_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_UNIT: Final = re.compile(rf"(?:{_UNITS})(?![a-z0-9])", re.I)
_DIGITS: Final = str.maketrans("oilOIL", "011011")


class _Token(NamedTuple):
    """A piece of a clause. `kind`: code, unknown, variant, qty, number, plus, or word."""

    kind: str
    text: str
    number: int = 0


@dataclass(slots=True)
class _Item:
    code: str
    qty: int | None = None
    variant: str | None = None


@dataclass(slots=True)
class _Clause:
    """What a clause holds, as it is read word by word."""

    items: list[_Item] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    loose_qty: int | None = None
    variant: str | None = None
    keyword: bool = False
    cancel: bool = False
    everything: bool = False
    waitlist: bool = False
    add: bool = False
    question: bool = False
    stopped: bool = False
    bound: bool = False
    """Whether a bare number here belongs to the code or variant before it."""
    strangers: int = 0
    """Words that no order needs."""

    @property
    def only_goods(self) -> bool:
        """Whether the clause says nothing but what and how many."""
        return bool(self.items or self.unknown) and not self.strangers


class _Codes:
    """The active codes, found however they are written."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._known = {_key(code): code for code in goods.variants}

    def at(self, text: str, start: int) -> tuple[str, int] | None:
        """Return the active code that begins here, and where it ends."""
        match = _CODE.match(text, start)
        if match:
            code = self._known.get(_key(match[1] + match[2].translate(_DIGITS)))
            return (code, match.end()) if code else None
        return None

    def numbered(self, number: str) -> str | None:
        """Return the active code that is only this number."""
        return self._known.get(_key(number))

    def variant(self, code: str, text: str, start: int) -> tuple[str, int] | None:
        """Return the variant of a product that begins here, the longest first."""
        for variant in sorted(self._goods.variants.get(code, ()), key=len, reverse=True):
            spaced = r"\s*".join(
                re.escape(part) for part in re.findall(r"[0-9]+|[^0-9\s]+", variant)
            )
            match = re.compile(rf"{spaced}(?![^\W_])", re.I).match(text, start)
            if match:
                return variant, match.end()
        return None


def parse(message: str, goods: Goods, *, staff: bool = False) -> Parsed:
    """Return what a chat message orders, cancels or asks. Never raises. `staff`: sent by a host."""
    if staff:
        return Parsed(flags=("staff",))
    text = _tidy(message)
    flags: set[str] = set()
    text, phones = _PHONE.subn(" ; ", text)
    text, mentions = _MENTION.subn(" ", text)
    if phones:
        flags.add("pii")
    codes = _Codes(goods)
    only_a_number = re.fullmatch(r"[\s0-9]*", text) is not None
    clauses = (
        []
        if only_a_number
        else [_read(*each, codes, goods, flags) for each in _clauses(text, codes)]
    )
    claims: list[Claim] = []
    cancels: list[str | None] = []
    unknown: list[str] = []
    for clause in clauses:
        _decide(clause, goods, claims, cancels, unknown, flags)
    if mentions and (claims or cancels):
        flags.add("mention")
    claims = _once(claims)
    _note_odd(claims, goods, flags)
    decision = Decision.IGNORE
    if claims or cancels or unknown or "no_code" in flags:
        decision = Decision.REVIEW if flags & REVIEWED else Decision.AUTO
    return Parsed(
        claims,
        cancels,
        any(clause.question for clause in clauses),
        unknown,
        sorted(flags - {"condition"}),
        decision,
    )


def read_typed(text: str, goods: Goods) -> Typed:
    """Return what a host typed for a viewer; what is neither goods nor number is the name."""
    tidy = _tidy(text)
    phone = _PHONE.search(tidy)
    rest = _PHONE.sub(" , ", tidy)
    codes = _Codes(goods)
    clause = _Clause()
    name: list[str] = []
    for token in _tokens(rest, codes, goods):
        if token.kind == "word" and _is_of_a_name(token.text):
            name.append(token.text)
        elif token.kind != "word":
            _take(clause, token, codes, goods)
        elif number := _NUMBERS.get(_plain(token.text)):
            _take(clause, _Token("qty", token.text, number), codes, goods)
    while name and _plain(name[-1]) in _TITLES:
        name.pop()
    claims = _once([Claim(i.code, i.qty or 1, i.variant) for i in clause.items])
    return Typed(claims, clause.unknown, " ".join(name), phone[0].strip() if phone else "")


def _is_of_a_name(word: str) -> bool:
    plain = _plain(word)
    if plain in _TITLES:
        return True
    return plain not in (
        _KEYWORDS | _WEAK | _FILLERS | _JOIN | _WAITLIST | _ADD | _NUMBERS.keys()
    ) and not _UNIT.fullmatch(plain)


def _tidy(message: str) -> str:
    text = unicodedata.normalize("NFKC", message[:MAX_LENGTH])
    kept = (" " if unicodedata.category(c) in {"So", "Sk", "Cs", "Co"} else c for c in text)
    return "".join(
        c for c in kept if c == "\n" or unicodedata.category(c) not in {"Cf", "Cc", "Cn", "Mn"}
    )


def _plain(word: str) -> str:
    """Return a word as our lists have it: small letters, lengthened ones once."""
    small = word.casefold()
    once = re.sub(r"(.)\1{2,}", r"\1", small)
    if once in _VOCABULARY:
        return once
    short = re.sub(r"(.)\1+", r"\1", small)
    return short if short in _VOCABULARY else once


_VOCABULARY: Final = (
    _KEYWORDS | _WEAK | _CANCEL | _NOT | _NOT_YET | _WAITLIST | _ADD | _QUESTION | _JOIN | _FILLERS
    | _ADDRESS | _NUMBERS.keys() | {"semua", "list", "waiting"}
)  # fmt: skip


def _key(code: str) -> str:
    """Return what is equal for all ways to write a code: `B07`, `b7` and `B 007`."""
    letters = re.match(r"[a-z]*", code.casefold())
    assert letters is not None
    digits = code[letters.end() :].lstrip("0")
    return f"{letters[0]}{digits}"


def _clauses(text: str, codes: _Codes) -> Iterator[tuple[str, bool]]:
    """Yield clauses, each with whether a question mark ends it. A comma before a code joins."""
    begin = 0
    for end in _ENDS.finditer(text):
        if end[0] == "," and _joins(text, begin, end, codes):
            continue
        yield text[begin : end.start()], end[0] == "?"
        begin = end.end()
    yield text[begin:], False


def _joins(text: str, begin: int, end: re.Match[str], codes: _Codes) -> bool:
    after = end.end() + len(text[end.end() :]) - len(text[end.end() :].lstrip())
    number = _NUMBER.match(text, after)
    if codes.at(text, after) or (number and codes.numbered(number[0])):
        return True
    if _LOOKS.match(text, after) and not _QTY.match(text, after):
        return True
    last = None
    place = begin
    while place < end.start():
        found = codes.at(text, place)
        last, place = (found[0], found[1]) if found else (last, place + 1)
    return bool(last and codes.variant(last, text, after))


def _tokens(text: str, codes: _Codes, goods: Goods) -> Iterator[_Token]:
    """Yield the pieces of a clause, codes and variants first."""
    place, last = 0, ""
    before_is_word = False
    while place < len(text):
        if before_is_word or text[place].isspace():
            place, before_is_word = place + 1, False
            continue
        token, end = _token_at(text, place, last, codes, goods)
        if token is not None:
            if token.kind == "code":
                last = token.text
            yield token
        place = max(end, place + 1)


def _token_at(
    text: str, place: int, last: str, codes: _Codes, goods: Goods
) -> tuple[_Token | None, int]:
    if last and (variant := codes.variant(last, text, place)):
        return _Token("variant", variant[0]), variant[1]
    if (found := codes.at(text, place)) and text[place].isalpha():
        return _Token("code", found[0]), found[1]
    if money := _MONEY.match(text, place):
        return _Token("word", money[0]), money.end()
    if plus := _PLUS.match(text, place):
        number = int(plus[1])
        code = codes.numbered(plus[1]) if number > goods.max_qty else None
        return (_Token("code", code) if code else _Token("plus", "+", number)), plus.end()
    if qty := _QTY.match(text, place):
        return _Token("qty", qty[0], int(next(n for n in qty.groups() if n))), qty.end()
    if number := _NUMBER.match(text, place):
        return _Token("number", number[0], int(number[0])), number.end()
    if looks := _LOOKS.match(text, place):
        return _Token("unknown", re.sub(r"[^A-Z0-9]", "", looks[0].upper())), looks.end()
    if word := _WORD.match(text, place):
        return _Token("word", word[0]), word.end()
    if text[place] in "&+/":
        return _Token("word", text[place]), place + 1
    return None, place + 1


def _read(text: str, asked: bool, codes: _Codes, goods: Goods, flags: set[str]) -> _Clause:
    clause = _Clause(question=asked)
    tokens = list(_tokens(text, codes, goods))
    words = [_plain(token.text) if token.kind == "word" else "" for token in tokens]
    for place, token in enumerate(tokens):
        if token.kind != "word":
            _take(clause, token, codes, goods)
        elif words[place] in _NUMBERS:
            _take(clause, _Token("qty", token.text, _NUMBERS[words[place]]), codes, goods)
        else:
            _take_word(clause, place, words, tokens, flags)
    return clause


def _take(clause: _Clause, token: _Token, codes: _Codes, goods: Goods) -> None:
    """Read what, which and how many."""
    last = clause.items[-1] if clause.items else None
    if token.kind == "number":
        code = codes.numbered(token.text)
        binds = last is not None and last.qty is None and clause.bound
        if code and (not binds or token.number > goods.max_qty):
            token = _Token("code", code)
        elif binds or last is None:
            token = _Token("qty", token.text, token.number)
    if token.kind == "code":
        clause.items.append(_Item(token.text, clause.loose_qty))
        clause.loose_qty, clause.bound = None, True
    elif token.kind == "unknown":
        clause.unknown.append(token.text)
    elif token.kind == "variant" and last:
        clause.bound = True
        if last.variant is None:
            last.variant = token.text
        else:
            clause.items.append(_Item(last.code, None, token.text))
    elif token.kind in {"qty", "plus"} and token.number:
        clause.add = clause.add or token.kind == "plus"
        if last is None or last.qty is not None:
            clause.loose_qty = token.number
        else:
            last.qty = token.number


def _take_word(
    clause: _Clause, place: int, words: Sequence[str], tokens: Sequence[_Token], flags: set[str]
) -> None:
    """Read what is to be done."""
    word = words[place]
    before = words[place - 1] if place else ""
    after = words[place + 1] if place + 1 < len(words) else ""
    clause.bound = clause.bound and word in _FILLERS
    if word in _CANCEL:
        clause.cancel = clause.cancel or before not in _NOT_YET
        clause.stopped = clause.stopped or before in _NOT_YET
    elif word in _KEYWORDS or (word in _WEAK and _code_follows(tokens, words, place)):
        if before in _NOT:
            clause.cancel = True
        elif before in _NOT_YET:
            clause.stopped = True
        elif _asks(words, place):
            clause.question = True
        else:
            clause.keyword = True
    elif word in _WAITLIST or (word == "waiting" and after == "list"):
        clause.waitlist = clause.keyword = True
    elif word in _ADD:
        clause.add = clause.keyword = True
    elif word == "semua":
        clause.everything = True
    elif word in _QUESTION:
        clause.question = True
    elif word in _ADDRESS:
        flags.add("pii")
        clause.strangers += 1
    elif word not in _FILLERS and word not in _JOIN and word not in _NOT | _NOT_YET | {"list"}:
        clause.strangers += 1
    elif word in _NOT_YET:
        clause.stopped = True


def _code_follows(tokens: Sequence[_Token], words: Sequence[str], place: int) -> bool:
    for token, word in zip(tokens[place + 1 :], words[place + 1 :], strict=True):
        if token.kind in {"code", "unknown"}:
            return True
        if token.kind == "word" and word not in _FILLERS:
            return False
    return False


def _asks(words: Sequence[str], place: int) -> bool:
    """Whether a keyword is followed by a question: `jadi berapa`."""
    for word in words[place + 1 :]:
        if word not in _FILLERS:
            return word in _QUESTION
    return False


def _decide(
    clause: _Clause,
    goods: Goods,
    claims: list[Claim],
    cancels: list[str | None],
    unknown: list[str],
    flags: set[str],
) -> None:
    """Add what a clause asks for."""
    if clause.stopped or (clause.cancel and clause.question):
        return
    if clause.cancel:
        codes = list(dict.fromkeys(item.code for item in clause.items))
        cancels.extend(codes or [ALL if clause.everything else None])
        return
    if not clause.keyword and (clause.question or not clause.only_goods):
        return
    if clause.unknown:
        unknown.extend(clause.unknown)
        flags.add("unknown_code")
    if clause.waitlist:
        flags.add("waitlist")
    if clause.question:
        flags.add("condition")
    if not clause.items and not clause.unknown:
        if clause.strangers or clause.question:
            return
        if goods.pinned is None:
            flags.add("no_code")
            return
        flags.add("inferred")
        clause.items.append(_Item(goods.pinned, clause.loose_qty))
        clause.loose_qty = None
    elif clause.items and not clause.keyword and any(i.code != goods.pinned for i in clause.items):
        flags.add("bare_off_air")
    if clause.loose_qty and len(clause.items) == 1 and clause.items[0].qty is None:
        clause.items[0].qty = clause.loose_qty
    claims.extend(Claim(i.code, i.qty or 1, i.variant, clause.add) for i in clause.items)


def _once(claims: Sequence[Claim]) -> list[Claim]:
    """The same product twice is once, with the larger quantity."""
    found: dict[tuple[str, str | None], Claim] = {}
    for claim in claims:
        key = (claim.code, claim.variant)
        if key not in found or found[key].qty < claim.qty:
            found[key] = claim
    return list(found.values())


def _note_odd(claims: Collection[Claim], goods: Goods, flags: set[str]) -> None:
    for claim in claims:
        if claim.qty > goods.max_qty:
            flags.add("qty_over_limit")
        if claim.variant is None and goods.variants.get(claim.code):
            flags.add("variant_missing")
