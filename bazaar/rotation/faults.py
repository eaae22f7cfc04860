"""Why a change by hand is refused: a sentence for each hard rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bazaar.errors import N_, Conflict
from bazaar.rotation.desk import Desk
from bazaar.rules.rotation import Violation


@dataclass(eq=False)
class Fault(Conflict):
    """A hard rule that a change would break. Clocks are the edition's, like 19.20.

    `other` is the other seller, `other_clock` and `other_channel` the other slot, if the rule has
    such; `limit` its number, `until` an instant.
    """

    seller: str
    clock: str
    channel: str
    other: str = ""
    other_clock: str = ""
    other_channel: str = ""
    limit: str = ""
    until: str = ""
    why: str = ""


class NoSlot(Fault):
    """H0: the slot is no part of the airtime any more."""

    text = N_("Pukul {clock} di {channel} tidak ada slot.")


class Away(Fault):
    """H1: the seller is not available during the whole slot."""

    text = N_("{seller} tidak hadir pada jam itu (pukul {clock}).")


class Busy(Fault):
    """H2: the seller is on air at that time."""

    text = N_("{seller} sudah tampil pukul {other_clock} di {other_channel}.")


class TooSoon(Fault):
    """H3: the pause between two turns of the seller is too short."""

    text = N_(
        "Jeda {seller} kurang dari {limit}: ia juga tampil pukul {other_clock} di {other_channel}."
    )


class DayFull(Fault):
    """H4: the seller has as many turns that day as anybody may have."""

    text = N_("{seller} sudah punya giliran pada hari itu; batasnya {limit} sehari.")


class Pinned(Fault):
    """H5: the slot is pinned to another seller."""

    text = N_("Slot pukul {clock} di {channel} disematkan untuk {seller}. Lepas dulu sematannya.")


class BlockedPair(Fault):
    """H6: two sellers who are never together or one after the other."""

    text = N_(
        "{seller} dan {other} pasangan yang diblokir: tidak tampil bersamaan atau berurutan"
        " (pukul {other_clock} di {other_channel})."
    )


class EnoughTurns(Fault):
    """H7: the seller has as many turns as it wants at most."""

    text = N_("{seller} sudah mencapai batas gilirannya sendiri ({limit}).")


class ClosedThen(Fault):
    """H8: nobody is on air at that time."""

    text = N_("Pukul {clock} waktu tutup.")


class Past(Fault):
    """H9: the slot has begun."""

    text = N_("Pukul {clock} di {channel} sudah berlalu.")


class Frozen(Fault):
    """H9: the slot is published and begins so soon that it stays."""

    text = N_(
        "Pukul {clock} di {channel} sudah beku: giliran terbit yang mulai sebelum {until} tetap."
    )


class Gone(Fault):
    """H9: the seller takes no part any more."""

    text = N_("{seller} sudah mundur atau tidak aktif.")


@dataclass(eq=False)
class RuleBroken(Conflict):
    """The change breaks hard rules, each a fault; nothing was changed."""

    faults: tuple[Fault, ...]
    reasons: str
    text = N_("Perubahan ini melanggar aturan jadwal. {reasons}")


_KINDS: dict[str, type[Fault]] = {
    "H0": NoSlot,
    "H1": Away,
    "H2": Busy,
    "H3": TooSoon,
    "H4": DayFull,
    "H5": Pinned,
    "H6": BlockedPair,
    "H7": EnoughTurns,
    "H8": ClosedThen,
}


def refuse(desk: Desk, broken: Iterable[Violation]) -> None:
    """Raise RuleBroken with a sentence for each violation, each only once; none: do nothing."""
    faults = {str(fault): fault for fault in (word(desk, each) for each in broken)}
    if faults:
        raise RuleBroken(tuple(faults.values()), " ".join(faults))


def word(desk: Desk, broken: Violation) -> Fault:
    """Return a violation in words that people on this desk know."""
    person = desk.people.get(broken.seller)
    rules = desk.instance.rules
    limits = {
        "H3": _length(rules.min_gap_minutes),
        "H4": str(rules.max_turns_per_day or ""),
        "H7": str(person.max_turns or 0) if person else "",
    }
    freeze = desk.now + timedelta(minutes=rules.freeze_minutes)
    return _kind(desk, broken)(
        _name(desk, broken.seller),
        *_where(desk, broken.slot),
        _name(desk, broken.other_seller),
        *_where(desk, broken.other_slot),
        limits.get(broken.code, ""),
        clock(desk, freeze, dated=True),
    )


def clock(desk: Desk, instant: datetime, *, dated: bool = False) -> str:
    """Write an instant as the clocks of the edition show it, like 19.20 or 3/4 19.20."""
    local = instant.astimezone(desk.edition.zone)
    return f"{local.day}/{local.month} {local:%H.%M}" if dated else f"{local:%H.%M}"


def _kind(desk: Desk, broken: Violation) -> type[Fault]:
    if broken.code == "H1" and broken.slot in desk.strays:
        return NoSlot
    if broken.code != "H9":
        return _KINDS[broken.code]
    if desk.table.has_left(broken.seller, broken.slot):
        return Gone
    return Past if desk.table.has_started(broken.slot) else Frozen


def _name(desk: Desk, code: str | None) -> str:
    person = desk.people.get(code or "")
    return person.name if person else code or ""


def _where(desk: Desk, slot: int | None) -> tuple[str, str]:
    """Return the clock and the channel's name of a slot."""
    if slot is None or slot not in desk.table.slots:
        return "", ""
    place = desk.table.slots[slot]
    return clock(desk, place.start), desk.channel_name(place.channel)


def _length(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{minutes} menit" if rest or not hours else f"{hours} jam"
