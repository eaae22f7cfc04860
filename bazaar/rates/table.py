"""The committee's table of shipping prices: rows, their places and names."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit, regions
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import ShippingRate
from bazaar.regions import Region
from bazaar.rules import couriers as companies
from bazaar.rules.shipping import ANY_COUNTRY, HOME, Rate

IN_ORDER: Final = (
    ShippingRate.prefix,
    ShippingRate.courier,
    ShippingRate.valid_from.nulls_first(),
)


class NoSuchRate(NotFound):
    """There is no such row, or not any more."""

    text = N_("Baris ongkir ini tidak ada, mungkin sudah dihapus.")


class NoSuchPlace(Invalid):
    """No place has this code."""

    text = N_("Pilih tujuan dari daftar.")


@dataclass(eq=False)
class RateExists(Conflict):
    """The courier has a price to the place from the same day on already."""

    courier: str
    place: str
    text = N_(
        "Ongkir {courier} ke {place} sudah ada di tabel. Ubah baris itu, atau isi “Berlaku mulai”"
        " bila ini harga musim berikutnya."
    )


def get_rate(rate_id: int) -> ShippingRate:
    """Return a row of the table. Raises NoSuchRate."""
    rate = db.session.get(ShippingRate, rate_id)
    if rate is None:
        raise NoSuchRate
    return rate


def table(*, courier: str = "", place: str = "", language: str) -> sa.Select[ShippingRate]:
    """Return the question for rows, by place, courier and first day; empty wishes leave all.

    `place` is a part of the name of a province, regency, district or country, or a code.
    """
    query = sa.select(ShippingRate).order_by(*IN_ORDER)
    if courier:
        query = query.where(ShippingRate.courier == courier)
    if place:
        query = query.where(ShippingRate.prefix.in_(_named(place, language)))
    return query


def couriers() -> list[str]:
    """Return the couriers of the table by name, then those known otherwise."""
    query = sa.select(ShippingRate.courier).distinct().order_by(ShippingRate.courier)
    named = list(db.session.scalars(query))
    taken = {companies.company(name) for name in named}
    return named + [known.name for known in companies.COURIERS if known.name not in taken]


def couriers_in_use() -> list[str]:
    """Return the couriers of the table by name."""
    query = sa.select(ShippingRate.courier).distinct().order_by(ShippingRate.courier)
    return list(db.session.scalars(query))


def set_rate(wish: Rate, *, rate_id: int | None = None, actor: Actor, now: datetime) -> None:
    """Add a row, or change the row `rate_id`. Orders keep the price they were placed with.

    A place and courier have one row a first day: those of later seasons wait in the table. A courier is written as in the other rows: JNE and jne are one. Raises NoSuchPlace, NoSuchRate,
    RateExists.
    """
    if not is_place(wish.prefix):
        raise NoSuchPlace
    wish = replace(wish, courier=_as_in_table(wish.courier, rate_id))
    values = asdict(wish)
    if rate_id is None:
        if not insert_once(ShippingRate, **values):
            raise _taken(wish)
        audit.note(actor, "rate.add", _subject(wish), now=now, **told(values))
        return
    known = get_rate(rate_id)
    before = {name: getattr(known, name) for name in values}
    try:
        with db.session.begin_nested():
            changed = claim(
                sa.update(ShippingRate).where(ShippingRate.id == rate_id).values(**values)
            )
    except sa.exc.IntegrityError:
        raise _taken(wish) from None
    if not changed:
        raise NoSuchRate
    db.session.refresh(known)
    if before != values:
        audit.note(
            actor, "rate.change", _subject(wish), now=now, before=told(before), **told(values)
        )


def _as_in_table(courier: str, rate_id: int | None) -> str:
    query = sa.select(ShippingRate.courier).distinct()
    if rate_id is not None:
        query = query.where(ShippingRate.id != rate_id)
    names = {name.casefold(): name for name in db.session.scalars(query)}
    return names.get(courier.casefold(), courier)


def remove_rate(rate_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a row out of the table. Raises NoSuchRate, also for the later of two clicks."""
    rate = get_rate(rate_id)
    values = rate_of(rate)
    removed = db.session.execute(
        sa.delete(ShippingRate).where(ShippingRate.id == rate_id).returning(ShippingRate.id)
    ).scalar()
    if removed is None:
        raise NoSuchRate
    db.session.expunge(rate)
    audit.note(actor, "rate.remove", _subject(values), now=now, **told(asdict(values)))


def rate_of(row: ShippingRate) -> Rate:
    """Return a row as the rule knows it."""
    return Rate(**{each.name: getattr(row, each.name) for each in fields(Rate)})


def told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the trail keeps them: days as text."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def is_place(prefix: str) -> bool:
    """Return whether a row can be for this: Indonesia or a part of it, a country, any other."""
    return prefix in ("", ANY_COUNTRY) or place_name(prefix, "id") != ""


def place_name(prefix: str, language: str) -> str:
    """Return the name of what a prefix covers, from small to large; empty if it is no place.

    All of Indonesia (an empty prefix) and any other country (`*`) have no name here: pages say
    them in the reader's words.
    """
    if prefix.isalpha():
        return _find(prefix if prefix != HOME else "", regions.countries(language))
    levels = {2: _provinces, 5: _regencies, 8: _districts}
    names = [
        _find(prefix[:length], within(prefix))
        for length, within in levels.items()
        if length <= len(prefix)
    ]
    return ", ".join(reversed(names)) if all(names) and len(prefix) in levels else ""


def _provinces(_: str) -> Sequence[Region]:
    return regions.provinces()


def _regencies(code: str) -> Sequence[Region]:
    return regions.regencies(code[:2])


def _districts(code: str) -> Sequence[Region]:
    return regions.districts(code[:5])


def _find(code: str, within: Sequence[Region]) -> str:
    return next((region.name for region in within if region.code == code), "")


def _named(text: str, language: str) -> set[str]:
    """Return the prefixes of the places that `text` may mean."""
    word = _plain(text)
    if is_place(text.strip().upper()):
        return {text.strip().upper()}
    provinces = regions.provinces()
    regencies = [place for province in provinces for place in regions.regencies(province.code)]
    large = [*provinces, *regencies, *regions.countries(language)]
    found = {place.code for place in large if word in _plain(place.name)}
    return found | {place.code[:8] for place in regions.search(text)}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().strip()


def name_at_home(prefix: str) -> str:
    """Return the Indonesian name of what a prefix covers, also of all of Indonesia."""
    return {"": "Indonesia", ANY_COUNTRY: ANY_COUNTRY}.get(prefix) or place_name(prefix, "id")


def _taken(wish: Rate) -> RateExists:
    return RateExists(wish.courier, name_at_home(wish.prefix))


def _subject(rate: Rate) -> str:
    return f"rate:{rate.prefix or HOME}:{rate.courier}"
