"""A chat message cut into clauses, and clauses into codes, variants, quantities and words."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from bazaar.rules.claim_words import (
    CODE,
    DIGITS,
    ENDS,
    LOOKS,
    MONEY,
    NUMBER,
    PLUS,
    QTY,
    TIMES,
    WORD,
)


@dataclass(frozen=True, slots=True)
class Goods:
    """What can be claimed: variants by claim code. `pinned` is the one being shown, or None."""

    variants: Mapping[str, Sequence[str]]
    pinned: str | None = None
    max_qty: int = 10


class Token(NamedTuple):
    """A piece of a clause. `kind`: code, unknown, variant, qty, number, plus, or word."""

    kind: str
    text: str
    number: int = 0


class Codes:
    """The active codes, found however they are written."""

    def __init__(self, goods: Goods) -> None:
        self._goods = goods
        self._known = {key(code): code for code in goods.variants}

    def at(self, text: str, start: int) -> tuple[str, int] | None:
        """Return the active code that begins here, and where it ends."""
        match = CODE.match(text, start)
        if match:
            code = self._known.get(key(match[1] + match[2].translate(DIGITS)))
            return (code, match.end()) if code else None
        return None

    def numbered(self, number: str) -> str | None:
        """Return the active code that is only this number."""
        return self._known.get(key(number))

    def variant(self, code: str, text: str, start: int) -> tuple[str, int] | None:
        """Return the variant of a product that begins here, the longest first."""
        for variant in sorted(self._goods.variants.get(code, ()), key=len, reverse=True):
            spaced = r"\s*".join(
                re.escape(part) for part in re.findall(r"[0-9]+|[^0-9\s]+", variant)
            )
            match = re.compile(rf"{spaced}(?![^\W_])", re.IGNORECASE).match(text, start)
            if match:
                return variant, match.end()
        return None


def key(code: str) -> str:
    """Return what is equal for all ways to write a code: `B07`, `b7` and `B 007`."""
    letters = re.match(r"[a-z]*", code.casefold())
    assert letters is not None
    digits = code[letters.end() :].lstrip("0")
    return f"{letters[0]}{digits}"


def cut(text: str, codes: Codes) -> Iterator[tuple[str, bool]]:
    """Yield clauses, each with whether a question mark ends it. A comma before a code joins."""
    begin = 0
    for end in ENDS.finditer(text):
        if end[0] == "," and _joins(text, begin, end, codes):
            continue
        yield text[begin : end.start()], end[0] == "?"
        begin = end.end()
    yield text[begin:], False


def _joins(text: str, begin: int, end: re.Match[str], codes: Codes) -> bool:
    after = end.end() + len(text[end.end() :]) - len(text[end.end() :].lstrip())
    number = NUMBER.match(text, after)
    if codes.at(text, after) or (number and codes.numbered(number[0])):
        return True
    if LOOKS.match(text, after) and not QTY.match(text, after):
        return True
    last = None
    place = begin
    while place < end.start():
        found = codes.at(text, place)
        last, place = (found[0], found[1]) if found else (last, place + 1)
    return bool(last and codes.variant(last, text, after))


def tokens_of(text: str, codes: Codes, goods: Goods) -> Iterator[Token]:
    """Yield the pieces of a clause, codes and variants first; but `x2` right behind one counts."""
    place, last = 0, ""
    token: Token | None
    before_is_word = fresh = False
    while place < len(text):
        if before_is_word or text[place].isspace():
            place, before_is_word = place + 1, False
            continue
        times = TIMES.match(text, place) if fresh else None
        if times and 0 < int(times[1]) <= goods.max_qty:
            token, end = Token("qty", times[0], int(times[1])), times.end()
        else:
            token, end = _token_at(text, place, last, codes, goods)
        fresh = token is not None and token.kind in {"code", "variant"}
        if token is not None:
            if token.kind == "code":
                last = token.text
            yield token
        place = max(end, place + 1)


def _token_at(
    text: str, place: int, last: str, codes: Codes, goods: Goods
) -> tuple[Token | None, int]:
    if last and (variant := codes.variant(last, text, place)):
        return Token("variant", variant[0]), variant[1]
    if text[place].isalpha() and (found := codes.at(text, place)):
        return Token("code", found[0]), found[1]
    if plus := PLUS.match(text, place):
        return _plus(plus, codes, goods), plus.end()
    if text[place] in "&+/":
        return Token("word", text[place]), place + 1
    for shape, make in _SHAPES:
        if match := shape.match(text, place):
            return make(match), match.end()
    return None, place + 1


def _plus(match: re.Match[str], codes: Codes, goods: Goods) -> Token:
    code = codes.numbered(match[1]) if int(match[1]) > goods.max_qty else None
    return Token("code", code) if code else Token("plus", "+", int(match[1]))


def _quantity(match: re.Match[str]) -> Token:
    return Token("qty", match[0], int(next(number for number in match.groups() if number)))


def _number(match: re.Match[str]) -> Token:
    return Token("number", match[0], int(match[0]))


def _unknown(match: re.Match[str]) -> Token:
    return Token("unknown", re.sub(r"[^A-Z0-9]", "", match[0].upper()))


def _word(match: re.Match[str]) -> Token:
    return Token("word", match[0])


_Make = Callable[[re.Match[str]], Token]
_SHAPES: Final[Sequence[tuple[re.Pattern[str], _Make]]] = (
    (MONEY, _word),
    (QTY, _quantity),
    (NUMBER, _number),
    (LOOKS, _unknown),
    (WORD, _word),
)
"""What may begin at a place, the first that fits."""
