"""What the board says: names of slots in addresses, changes and faults as sentences."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bazaar.errors import Conflict, Invalid
from bazaar.models import Edition, EditKind
from bazaar.rotation.boards import Board
from bazaar.rotation.desk import Desk, Place
from bazaar.rotation.edits import NoSuchPlace, RevisionChanged, Told
from bazaar.rotation.faults import RuleBroken, word
from bazaar.rotation.shares import Fairness
from bazaar.rules.rotation import Violation
from bazaar.rules.rotation.check import Warned
from bazaar.web.answers import sentence
from bazaar.web.formats import clock, translated

KEY = re.compile(r"(\d{1,6})-(\d{8}T\d{4})")
REASONS = (
    _l("Permintaan UMKM"),
    _l("UMKM berhalangan"),
    _l("Tamu atau pembukaan"),
    _l("Klaster berdekatan"),
    _l("Pemerataan giliran"),
    _l("Kendala saluran"),
)
"""What people mostly write as the reason of a change; anything else may be written."""

NOTICEABLE = 0.005
"""So much more difference in prime time is mentioned: half a percentage point."""

DONE = {
    EditKind.PIN.value: _l("%(seller)s disematkan pada %(where)s."),
    EditKind.UNPIN.value: _l("Sematan pada %(where)s dilepas."),
    EditKind.SWAP.value: _l("%(seller)s dan %(other)s bertukar tempat."),
    EditKind.MOVE.value: _l("%(seller)s pindah ke %(where)s."),
    EditKind.EMPTY.value: _l("%(where)s dibiarkan kosong."),
    EditKind.PUT.value: _l("%(seller)s mengisi %(where)s."),
}


def all_warned(board: Board, *, most: int) -> list[tuple[str, Place]]:
    """Return `most` of the board's faults as sentences with their places, the hard ones first."""
    faults = [
        (said(board.desk, fault), (slot.channel, slot.start))
        for fault in board.faults[:most]
        for slot in [board.desk.table.slots[fault.slot]]
    ]
    return faults + warned(board.desk, board.warned[: most - len(faults)])


def warned(desk: Desk, found: Iterable[Warned]) -> list[tuple[str, Place]]:
    """Return soft faults as sentences, each with its place."""
    found_words = []
    for each in found:
        slot = desk.table.slots[each.slot or 0]
        person = desk.people[each.seller]
        facts = {
            "cluster": translated(person.cluster),
            "at": clock(slot.start),
            "channel": desk.channel_name(slot.channel),
            "count": each.count,
            "seller": person.name,
        }
        if each.kind == "adjacent":
            other = desk.people[desk.who[each.other_slot or 0]].name
            text = _(
                "Klaster %(cluster)s berturut-turut di %(channel)s: %(other)s, lalu %(seller)s"
                " pukul %(at)s.",
                other=other,
                **facts,
            )
        else:
            text = _("%(count)s UMKM klaster %(cluster)s tampil bersamaan pukul %(at)s.", **facts)
        found_words.append((text, (slot.channel, slot.start)))
    return found_words


def less_even(before: Fairness, after: Fairness) -> list[str]:
    """Return in what the plan became less even by a change, as sentences."""
    said = []
    if after.most - after.least > before.most - before.least:
        ends = {"least": str(after.least), "most": str(after.most)}
        said.append(_("Giliran per UMKM kini %(least)s sampai %(most)s.", **ends))
    if None not in {before.cv, after.cv} and (after.cv or 0) - (before.cv or 0) >= NOTICEABLE:
        was, now = percent(before.cv), percent(after.cv)
        said.append(_("Beda jam ramai naik dari %(was)s menjadi %(now)s.", was=was, now=now))
    return said


def percent(share: float | None) -> str:
    """Write a share of one as people read it: 0.0312 is `3,1%`; a dash for None."""
    return "—" if share is None else format_decimal(share * 100, "0.0") + "%"


def refusal(refused: Conflict | Invalid) -> list[str]:
    """Return why a change was refused, a sentence for each reason."""
    if isinstance(refused, RuleBroken):
        return [sentence(fault) for fault in refused.faults]
    if isinstance(refused, RevisionChanged):
        facts = {"who": refused.who, "what": told(refused.what)}
        if refused.undone:
            first = _("%(who)s baru saja mengurungkan: %(what)s", **facts)
        else:
            first = _("%(who)s baru saja mengubah rancangan ini: %(what)s", **facts)
        return [first, _("Perubahan Anda belum disimpan. Periksa lagi, lalu ulangi.")]
    return [sentence(refused)]


def said(desk: Desk, fault: Violation | None) -> str:
    """Return a broken rule as a sentence; nothing for none."""
    return sentence(word(desk, fault)) if fault else ""


def told(told: Told) -> str:
    """Return a change as a sentence."""
    words = DONE[told.kind]
    return str(words) % {"seller": told.seller, "other": told.other, "where": told.where}


def key(edition: Edition, place: Place) -> str:
    """Return the name of a slot in addresses: its channel's number and its start in UTC."""
    return keys(edition)(place)


def keys(edition: Edition) -> Callable[[Place], str]:
    """Return `key` for pages that name many places."""
    numbers = {each.id: each.number for each in edition.channels}
    starts: dict[datetime, str] = {}

    def named(place: Place) -> str:
        channel, start = place
        if start not in starts:
            starts[start] = f"{start.astimezone(UTC):%Y%m%dT%H%M}"
        return f"{numbers[channel]}-{starts[start]}"

    return named


def place(edition: Edition, key: str) -> Place:
    """Read what `key` wrote. Raises NoSuchPlace."""
    found = KEY.fullmatch(key)
    channels = {each.number: each.id for each in edition.channels}
    if found is None or int(found[1]) not in channels:
        raise NoSuchPlace
    try:
        start = datetime.strptime(found[2], "%Y%m%dT%H%M").replace(tzinfo=UTC)
    except ValueError:
        raise NoSuchPlace from None
    return channels[int(found[1])], start
