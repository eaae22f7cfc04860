"""The committee's table of shipping prices."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import cycle

import sqlalchemy as sa

from bazaar import audit, regions
from bazaar.audit import Actor
from bazaar.db import Prepared, claim, db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import ShippingRate
from bazaar.regions import Region
from bazaar.rules import couriers as companies
from bazaar.rules import shipping
from bazaar.rules.shipping import ANY_COUNTRY, HOME, Rate, ShippingOption


class NoRate(Conflict):
    """The chosen courier does not go there, or its rate was taken away meanwhile."""

    text = N_("Ongkir kurir ini ke alamat itu tidak tersedia. Pilih kurir lain.")


class NoSuchRate(NotFound):
    """There is no such row, or not any more."""

    text = N_("Baris ongkir ini tidak ada, mungkin sudah dihapus.")


class NoSuchPlace(Invalid):
    """No place has this code."""

    text = N_("Pilih tujuan dari daftar.")


@dataclass(eq=False)
class RateExists(Conflict):
    """The courier has a price to the place already."""

    courier: str
    place: str
    text = N_("Ongkir {courier} ke {place} sudah ada di tabel. Ubah baris itu.")


_PLACES = tuple(f"place_{length}" for length in range(shipping.VILLAGE_CODE_LENGTH + 1))
_COVERING = Prepared(
    sa.select(
        ShippingRate.prefix,
        ShippingRate.courier,
        ShippingRate.first_kg_idr,
        ShippingRate.next_kg_idr,
        ShippingRate.days,
    ).where(ShippingRate.prefix.in_([sa.bindparam(name) for name in _PLACES]))
)


@dataclass(frozen=True, slots=True)
class Quotes:
    """What couriers ask to one place; without any rate nobody goes there."""

    country: str
    village_code: str
    rates: Sequence[Rate]

    def options(self, weight_g: int) -> list[ShippingOption]:
        """Return what they ask for a parcel of so many grams, cheapest first."""
        return shipping.options(
            self.rates, country=self.country, village_code=self.village_code, weight_g=weight_g
        )

    def get_option(self, weight_g: int, courier: str) -> ShippingOption:
        """Return what this courier asks. Raises NoRate."""
        for option in self.options(weight_g):
            if option.courier == courier:
                return option
        raise NoRate


def quotes(*, country: str, village_code: str) -> Quotes:
    """Return what couriers ask to a place: one query, whatever the number of parcels.

    `village_code` is Kemendagri's, dotted (35.09.21.1002; empty abroad).
    """
    covering = cycle(shipping.places(country, village_code))
    rows = _COVERING.run(**dict(zip(_PLACES, covering, strict=False)))
    return Quotes(country, village_code, [Rate(*row) for row in rows])


def get_rate(rate_id: int) -> ShippingRate:
    """Return a row of the table. Raises NoSuchRate."""
    rate = db.session.get(ShippingRate, rate_id)
    if rate is None:
        raise NoSuchRate
    return rate


def table(*, courier: str = "", place: str = "", language: str) -> sa.Select[ShippingRate]:
    """Return the question for rows, by place and courier; empty wishes leave all of them.

    `place` is a part of the name of a province, regency, district or country, or a code.
    """
    query = sa.select(ShippingRate).order_by(ShippingRate.prefix, ShippingRate.courier)
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

    A courier is written as in the other rows: JNE and jne are one. Raises NoSuchPlace, NoSuchRate,
    RateExists.
    """
    if not is_place(wish.prefix):
        raise NoSuchPlace
    wish = replace(wish, courier=_as_in_table(wish.courier, rate_id))
    values = asdict(wish)
    if rate_id is None:
        if not insert_once(ShippingRate, **values):
            raise _taken(wish)
        audit.note(actor, "rate.add", _subject(wish), now=now, **values)
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
        audit.note(actor, "rate.change", _subject(wish), now=now, before=before, **values)


def _as_in_table(courier: str, rate_id: int | None) -> str:
    query = sa.select(ShippingRate.courier).distinct()
    if rate_id is not None:
        query = query.where(ShippingRate.id != rate_id)
    names = {name.casefold(): name for name in db.session.scalars(query)}
    return names.get(courier.casefold(), courier)


def remove_rate(rate_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a row out of the table. Raises NoSuchRate, also for the later of two clicks."""
    rate = get_rate(rate_id)
    values = Rate(rate.prefix, rate.courier, rate.first_kg_idr, rate.next_kg_idr, rate.days)
    removed = db.session.execute(
        sa.delete(ShippingRate).where(ShippingRate.id == rate_id).returning(ShippingRate.id)
    ).scalar()
    if removed is None:
        raise NoSuchRate
    db.session.expunge(rate)
    audit.note(actor, "rate.remove", _subject(values), now=now, **asdict(values))


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


def _taken(wish: Rate) -> RateExists:
    names = {"": "Indonesia", ANY_COUNTRY: ANY_COUNTRY}
    return RateExists(wish.courier, names.get(wish.prefix) or place_name(wish.prefix, "id"))


def _subject(rate: Rate) -> str:
    return f"rate:{rate.prefix or HOME}:{rate.courier}"
