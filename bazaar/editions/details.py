"""Setting up an edition: its name, zone, and the lengths of its turns."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit, phones, regions, times
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.editions.current import leave_current
from bazaar.editions.hours import TurnLongerThanWindow
from bazaar.errors import N_, BazaarError, Conflict, Invalid
from bazaar.models import Draw, Edition, ShowDay, Window
from bazaar.rules.coordinates import LATITUDES, LONGITUDES

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 40
MAX_TURN = 240
MAX_GAP = 60
HOLD = (5, 2880)
MAX_FREEZE_HOURS = 336
LIMITS = {
    "turn_minutes": (1, MAX_TURN),
    "gap_minutes": (0, MAX_GAP),
    "hold_minutes": HOLD,
    "buffer_every": (0, 50),
    "buffer_minutes": (0, 60),
    "max_turns_per_day": (1, 50),
    "min_gap_minutes": (0, 1440),
    "request_hours": (0, 336),
    "veto_hours": (0, 168),
    "unpaid_per_phone": (1, 100),
    "offer_minutes": (5, 1440),
    "warn_s": (0, 600),
    "danger_s": (0, 600),
}
"""The least and the most of each number."""


@dataclass(eq=False)
class UnknownZone(Invalid):
    """Indonesia has no such zone."""

    zone: str
    text = N_("Zona waktu {zone} tidak dikenal. Pilih WIB, WITA, atau WIT.")


class ZoneInUse(Conflict):
    """Show days stand already; in another zone their hours would be others."""

    text = N_("Zona waktu tidak dapat diganti setelah ada jam siaran.")


class UnknownRegency(Invalid):
    """No regency or city has this code."""

    text = N_("Pilih kabupaten atau kota dari daftar.")


class NameMissing(Invalid):
    """An edition needs a name."""

    text = N_("Tulis nama penyelenggaraan, paling panjang 120 huruf.")


class SlugUnreadable(Invalid):
    """The short name cannot stand in addresses."""

    text = N_("Pakai huruf kecil, angka, dan tanda hubung saja, paling panjang 40.")


@dataclass(eq=False)
class SlugTaken(Conflict):
    """Another edition has this short name."""

    slug: str
    text = N_("Nama pendek {slug} sudah dipakai penyelenggaraan lain.")


class SlugDrawn(Conflict):
    """Draws are reckoned with the short name; with another one nobody could verify them."""

    text = N_("Nama pendek tidak dapat diganti lagi: undian sudah dihitung dengannya.")


@dataclass(eq=False)
class OutOfRange(Invalid):
    """A length lies outside of what makes sense."""

    least: int
    most: int
    text = N_("Isi dengan angka {least} sampai {most}.")


@dataclass(eq=False)
class FreezeTooLong(Invalid):
    """Turns would stay as they are for longer than anybody plans."""

    hours: int
    text = N_("Isi dengan 0 sampai {hours} jam.")


class BufferHalf(Invalid):
    """A buffer needs both: after how many turns, and how long."""

    text = N_(
        "Isi keduanya: sesudah berapa giliran, dan berapa menit. Isi 0 di keduanya bila tanpa."
    )


class VetoAfterTurn(Invalid):
    """A swap could be vetoed when its turn is over."""

    text = N_("Waktu veto tidak boleh lebih lama dari batas permintaan penjual.")


class DangerBeforeWarning(Invalid):
    """A turn would turn red before it turns yellow."""

    text = N_("Merah tidak boleh lebih awal daripada kuning.")


class NotInIndonesia(Invalid):
    """Prayer times are reckoned for places in Indonesia."""

    text = N_("Titik ini di luar Indonesia: lintang −11,5 sampai 6,5 dan bujur 94,5 sampai 141,5.")


class HalfAPlace(Invalid):
    """One coordinate without the other is no place."""

    text = N_("Isi lintang dan bujur, atau kosongkan keduanya.")


class NotAPhone(Invalid):
    """Nobody can have this number."""

    text = N_("Nomor telepon ini tidak dikenali. Contoh: 0812-3456-7890.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionWish:
    """What an edition shall be. Minutes and seconds are whole; `contact_phone` as people type it, or empty.

    Without coordinates those known of the regency count (`rules.coordinates`).
    """

    name: str
    slug: str
    zone_name: str = times.WIB.key
    regency_code: str = "35.09"
    turn_minutes: int = 15
    gap_minutes: int = 0
    hold_minutes: int = 60
    contact_phone: str = ""
    buffer_every: int = 0
    buffer_minutes: int = 0
    max_turns_per_day: int | None = None
    min_gap_minutes: int = 0
    freeze_minutes: int = 1440
    request_hours: int = 24
    veto_hours: int = 12
    availability_until: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    unpaid_per_phone: int | None = None
    offer_minutes: int = 15
    warn_s: int = 120
    danger_s: int = 60


def faults(wish: EditionWish, edition: Edition | None = None) -> dict[str, BazaarError]:
    """Return what is wrong with a wish, by field; empty when it can be had.

    `edition`: the one to be changed, None for a new one.
    """
    found: dict[str, BazaarError | None] = {
        "name": None if 0 < len(wish.name) <= 120 else NameMissing(),
        "slug": _slug_fault(wish.slug, edition),
        "zone_name": _zone_fault(wish.zone_name, edition),
        "regency_code": None if _is_regency(wish.regency_code) else UnknownRegency(),
        "contact_phone": None
        if not wish.contact_phone or phones.read_phone(wish.contact_phone)
        else NotAPhone(),
        "latitude": _place_fault(wish.latitude, wish.longitude, LATITUDES),
        "longitude": _place_fault(wish.longitude, wish.latitude, LONGITUDES),
        **{name: _range_fault(getattr(wish, name), *limits) for name, limits in LIMITS.items()},
    }
    if not 0 <= wish.freeze_minutes <= MAX_FREEZE_HOURS * 60:
        found["freeze_minutes"] = FreezeTooLong(MAX_FREEZE_HOURS)
    if (wish.buffer_every == 0) != (wish.buffer_minutes == 0):
        found["buffer_every" if wish.buffer_every == 0 else "buffer_minutes"] = BufferHalf()
    if wish.veto_hours > wish.request_hours:
        found["veto_hours"] = found["veto_hours"] or VetoAfterTurn()
    if wish.danger_s > wish.warn_s:
        found["danger_s"] = found["danger_s"] or DangerBeforeWarning()
    if edition is not None:
        found["turn_minutes"] = found["turn_minutes"] or _turn_fault(edition, wish.turn_minutes)
    return {field: fault for field, fault in found.items() if fault}


def create(wish: EditionWish, *, actor: Actor, now: datetime) -> Edition:
    """Set up an edition and make it the current one; what was current before is history.

    Raises the first of `faults`.
    """
    _refuse(faults(wish))
    leave_current()
    edition = Edition(**_facts(wish), is_current=True, created_at=now)
    try:
        with db.session.begin_nested():
            db.session.add(edition)
    except sa.exc.IntegrityError:
        raise SlugTaken(wish.slug) from None
    audit.note(actor, "edition.create", f"edition:{wish.slug}", now=now, **_shown(wish))
    return edition


def change(edition: Edition, wish: EditionWish, *, actor: Actor, now: datetime) -> None:
    """Give the edition these facts. Plans that are out stay; the next draft uses the new lengths.

    Raises the first of `faults`.
    """
    _refuse(faults(wish, edition))
    for name, value in _facts(wish).items():
        setattr(edition, name, value)
    db.session.flush()
    audit.note(actor, "edition.change", f"edition:{wish.slug}", now=now, **_shown(wish))


def free_slug(slug: str) -> str:
    """Return the short name, with a number behind it if another edition has it."""
    taken = set(db.session.scalars(sa.select(Edition.slug).where(Edition.slug.startswith(slug))))
    names = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _facts(wish: EditionWish) -> dict[str, Any]:
    return asdict(wish) | {"contact_phone": phones.read_phone(wish.contact_phone) or ""}


def _shown(wish: EditionWish) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(wish).items() if name != "contact_phone"}
    if wish.availability_until is not None:
        shown["availability_until"] = wish.availability_until.isoformat()
    return shown


def _refuse(found: dict[str, BazaarError]) -> None:
    for fault in found.values():
        raise fault


def _slug_fault(slug: str, edition: Edition | None) -> BazaarError | None:
    if len(slug) > MAX_SLUG or not SLUG.fullmatch(slug):
        return SlugUnreadable()
    others = sa.select(Edition.id).where(Edition.slug == slug)
    if edition is not None:
        others = others.where(Edition.id != edition.id)
        drawn = sa.select(Draw.id).where(Draw.edition_id == edition.id).limit(1)
        if slug != edition.slug and db.session.scalar(drawn):
            return SlugDrawn()
    return SlugTaken(slug) if db.session.scalar(others) else None


def _zone_fault(zone: str, edition: Edition | None) -> BazaarError | None:
    if zone not in times.ZONES:
        return UnknownZone(zone)
    if edition is not None and zone != edition.zone_name and edition.show_days:
        return ZoneInUse()
    return None


def _range_fault(value: int | None, least: int, most: int) -> BazaarError | None:
    return None if value is None or least <= value <= most else OutOfRange(least, most)


def _place_fault(
    value: float | None, other: float | None, limits: tuple[float, float]
) -> BazaarError | None:
    if value is None:
        return None if other is None else HalfAPlace()
    return None if limits[0] <= value <= limits[1] else NotInIndonesia()


def _turn_fault(edition: Edition, turn_minutes: int) -> BazaarError | None:
    """Refuse a turn that no longer fits into the shortest opening."""
    windows = db.session.scalars(
        sa.select(Window).join(ShowDay).where(ShowDay.edition_id == edition.id)
    ).all()
    shortest = min((w.closes_at - w.opens_at for w in windows), default=None)
    if shortest is None or turn_minutes * 60 <= shortest.total_seconds():
        return None
    return TurnLongerThanWindow(turn_minutes, int(shortest.total_seconds()) // 60)


def _is_regency(code: str) -> bool:
    return any(region.code == code for region in regions.regencies(code[:2]))
