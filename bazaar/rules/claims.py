"""What viewers type to order: `JADI B07 x2`, `keep b12 biru dua`, `gak jadi`, and what is none.

A closed vocabulary and no guessing: a code is taken for another only where O stands for 0, I or L
for 1, zeros in front are left out, or something separates letter and number. What is not sure is
for a person to confirm (`Decision.REVIEW`).
"""

import enum
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from bazaar.rules.claim_tokens import Codes, Goods, Token, cut, tokens_of
from bazaar.rules.claim_words import (
    ADD,
    ADDRESS,
    CANCEL,
    FILLERS,
    JOIN,
    KEYWORDS,
    MENTION,
    NOT,
    NOT_YET,
    NUMBERS,
    PHONE,
    QUESTION,
    TITLES,
    UNIT,
    WAITLIST,
    WEAK,
    plain,
    tidy,
)


class Decision(enum.Enum):
    """What is to be done with a message."""

    AUTO = "auto"
    REVIEW = "review"
    IGNORE = "ignore"


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


def parse(message: str, goods: Goods, *, staff: bool = False) -> Parsed:
    """Return what a chat message orders, cancels or asks. Never raises. `staff`: sent by a host."""
    if staff:
        return Parsed(flags=("staff",))
    text = tidy(message)
    flags: set[str] = set()
    text, phones = PHONE.subn(" ; ", text)
    text, mentions = MENTION.subn(" ", text)
    if phones:
        flags.add("pii")
    codes = Codes(goods)
    only_a_number = re.fullmatch(r"[\s0-9]*", text) is not None
    clauses = (
        [] if only_a_number else [_read(*each, codes, goods, flags) for each in cut(text, codes)]
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
    text = tidy(text)
    phone = PHONE.search(text)
    rest = PHONE.sub(" , ", text)
    codes = Codes(goods)
    clause = _Clause()
    name: list[str] = []
    for token in tokens_of(rest, codes, goods):
        if token.kind == "word" and _is_of_a_name(token.text):
            name.append(token.text)
        elif token.kind != "word":
            _take(clause, token, codes, goods)
        elif number := NUMBERS.get(plain(token.text)):
            _take(clause, Token("qty", token.text, number), codes, goods)
    while name and plain(name[-1]) in TITLES:
        name.pop()
    claims = _once([Claim(i.code, i.qty or 1, i.variant) for i in clause.items])
    return Typed(claims, clause.unknown, " ".join(name), phone[0].strip() if phone else "")


def _is_of_a_name(word: str) -> bool:
    small = plain(word)
    if small in TITLES:
        return True
    return small not in (
        KEYWORDS | WEAK | FILLERS | JOIN | WAITLIST | ADD | NUMBERS.keys()
    ) and not UNIT.fullmatch(small)


def _read(text: str, asked: bool, codes: Codes, goods: Goods, flags: set[str]) -> _Clause:
    clause = _Clause(question=asked)
    tokens = list(tokens_of(text, codes, goods))
    words = [plain(token.text) if token.kind == "word" else "" for token in tokens]
    for place, token in enumerate(tokens):
        if token.kind != "word":
            _take(clause, token, codes, goods)
        elif words[place] in NUMBERS:
            _take(clause, Token("qty", token.text, NUMBERS[words[place]]), codes, goods)
        else:
            _take_word(clause, place, words, tokens, flags)
    return clause


def _take(clause: _Clause, token: Token, codes: Codes, goods: Goods) -> None:
    """Read what, which and how many."""
    last = clause.items[-1] if clause.items else None
    if token.kind == "number":
        code = codes.numbered(token.text)
        binds = last is not None and last.qty is None and clause.bound
        if code and (not binds or token.number > goods.max_qty):
            token = Token("code", code)
        elif binds or last is None:
            token = Token("qty", token.text, token.number)
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
    clause: _Clause, place: int, words: Sequence[str], tokens: Sequence[Token], flags: set[str]
) -> None:
    """Read what is to be done."""
    word = words[place]
    before = words[place - 1] if place else ""
    clause.bound = clause.bound and word in FILLERS
    if word in CANCEL:
        clause.cancel = clause.cancel or before not in NOT_YET
        clause.stopped = clause.stopped or before in NOT_YET
    elif word in KEYWORDS or (word in WEAK and _code_follows(tokens, words, place)):
        _take_keyword(clause, before, asks=_asks(words, place))
    elif word in WAITLIST or word in ADD or words[place : place + 2] == ["waiting", "list"]:
        clause.keyword = True
        clause.add = clause.add or word in ADD
        clause.waitlist = clause.waitlist or word not in ADD
    elif word in QUESTION:
        clause.question = True
    elif word in NOT_YET or word == "semua":
        clause.stopped = clause.stopped or word in NOT_YET
        clause.everything = clause.everything or word not in NOT_YET
    elif word not in _NOTHING_NEW:
        clause.strangers += 1
        if word in ADDRESS:
            flags.add("pii")


_NOTHING_NEW: Final = FILLERS | JOIN | NOT | {"list"}


def _take_keyword(clause: _Clause, before: str, *, asks: bool) -> None:
    if before in NOT:
        clause.cancel = True
    elif before in NOT_YET:
        clause.stopped = True
    elif asks:
        clause.question = True
    else:
        clause.keyword = True


def _code_follows(tokens: Sequence[Token], words: Sequence[str], place: int) -> bool:
    for token, word in zip(tokens[place + 1 :], words[place + 1 :], strict=True):
        if token.kind in {"code", "unknown"}:
            return True
        if token.kind == "word" and word not in FILLERS:
            return False
    return False


def _asks(words: Sequence[str], place: int) -> bool:
    """Whether a keyword is followed by a question: `jadi berapa`."""
    for word in words[place + 1 :]:
        if word not in FILLERS:
            return word in QUESTION
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
    named = bool(clause.items or clause.unknown)
    if not named and (clause.strangers or clause.question):
        return
    unknown.extend(clause.unknown)
    flags |= _reasons(clause, goods)
    if not named and goods.pinned is not None:
        clause.items.append(_Item(goods.pinned))
    if clause.loose_qty and len(clause.items) == 1 and clause.items[0].qty is None:
        clause.items[0].qty = clause.loose_qty
    claims.extend(Claim(i.code, i.qty or 1, i.variant, clause.add) for i in clause.items)


def _reasons(clause: _Clause, goods: Goods) -> set[str]:
    """Return the flags of a clause that asks for something."""
    named = bool(clause.items or clause.unknown)
    off_air = any(item.code != goods.pinned for item in clause.items)
    found = {
        "unknown_code": bool(clause.unknown),
        "waitlist": clause.waitlist,
        "condition": clause.question,
        "no_code": not named and goods.pinned is None,
        "inferred": not named and goods.pinned is not None,
        "bare_off_air": off_air and not clause.keyword,
    }
    return {flag for flag, holds in found.items() if holds}


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
