"""Who is told what of a release: one short letter to each seller whose turns it changes.

The letter holds everything the seller needs: what changed, what was cancelled, what there is now.
Whoever is not affected is not written to; with the first release everybody gets their turns. A
letter never stores the seller's personal link, which the database does not know (`bazaar.tokens`):
`addressed` puts it in when the letter leaves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.dates import format_date

from bazaar import outbox, sellers, times
from bazaar.db import db
from bazaar.models import Channel, Edition, Message, Release, Seller, Turn
from bazaar.ports import Letter
from bazaar.rotation.changes import Change, ChangeKind, Changes, SellerChanges, Spot
from bazaar.tokens import Links

OWN_PAGE: Final = "{tautan-pribadi}"
"""Stands in a digest for the address of the seller's own page."""

_KEY = re.compile(r"(?:release:\d+|request:\d+-[a-z]+):(\d+)")
_HEADINGS: Final = (
    (ChangeKind.LOST, "Dibatalkan:"),
    (ChangeKind.MOVED, "Dipindah:"),
    (ChangeKind.GAINED, "Giliran baru:"),
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a digest is for."""

    id: int
    code: str
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What all digests of one release have in common. `number` None: a draft, not yet numbered."""

    release_id: int
    number: int
    first: bool
    edition: str
    zone: ZoneInfo
    channels: Mapping[int, str]
    note: str
    now: datetime

    def when(self, spot: Spot) -> str:
        """Write a turn: `Senin 2 Maret, 19.00–19.15 WIB, Saluran 1`."""
        start, end = spot.starts_at.astimezone(self.zone), spot.ends_at.astimezone(self.zone)
        zone = times.ZONES.get(self.zone.key, self.zone.key)
        clock = f"{start:%H.%M}–{end:%H.%M} {zone}"
        return f"{_day(start.date())}, {clock}, {self.channels[spot.channel_id]}"


@dataclass(frozen=True, slots=True)
class Digest:
    """What one seller is told of a release."""

    to: Recipient
    changes: SellerChanges
    terms: Terms

    @property
    def key(self) -> str:
        """The letter's name in the outbox: there is one for each release and seller."""
        return f"release:{self.terms.release_id}:{self.to.id}"

    @property
    def subject(self) -> str:
        """The letter's subject."""
        if self.terms.first:
            return f"Giliran siaran Anda: {self.terms.edition}"
        return f"Giliran Anda berubah (terbitan {self.terms.number}): {self.terms.edition}"

    @property
    def text(self) -> str:
        """The letter, plain; `OWN_PAGE` stands where the link to the seller's page comes."""
        terms = self.terms
        coming = [spot for spot in self.changes.turns if spot.ends_at > terms.now]
        if terms.first:
            opening = f"Jadwal {terms.edition} sudah terbit."
        else:
            opening = (
                f"Jadwal {terms.edition} berubah. Yang berlaku sekarang terbitan {terms.number}."
            )
        parts = [f"Halo {self.to.name},", opening]
        if not terms.first:
            parts += [
                "\n".join([heading, *(self._line(change) for change in self.changes.of(kind))])
                for kind, heading in _HEADINGS
                if self.changes.of(kind)
            ]
        if coming:
            parts.append(
                "\n".join(["Giliran Anda:", *(f"- {terms.when(spot)}" for spot in coming)])
            )
        else:
            parts.append("Sekarang tidak ada giliran lagi untuk Anda.")
        if terms.note:
            parts.append(f"Catatan panitia: {terms.note}")
        parts.append(f"Halaman Anda: {OWN_PAGE}")
        return "\n\n".join(parts)

    @property
    def chat(self) -> str:
        """The same for a chat, sent by hand: nobody but the seller needs to see the link."""
        return self.text.replace(f"Halaman Anda: {OWN_PAGE}", "Lengkapnya di tautan pribadi Anda.")

    def _line(self, change: Change) -> str:
        if change.before and change.after:
            return f"- {self.terms.when(change.before)} → {self.terms.when(change.after)}"
        return f"- {self.terms.when(change.spot)}"


def digests(
    release: Release,
    base: Release | None,
    changes: Changes,
    *,
    number: int,
    note: str,
    now: datetime,
) -> list[Digest]:
    """Return what is told to whom: to those who lose a turn first, then by the seller's name.

    Changes of turns that are over are told to nobody.
    """
    edition = db.session.get_one(Edition, release.edition_id)
    rows = sa.select(Channel.id, Channel.name).where(Channel.edition_id == edition.id)
    terms = Terms(
        release_id=release.id,
        number=number,
        first=base is None,
        edition=edition.name,
        zone=edition.zone,
        channels={row.id: row.name for row in db.session.execute(rows)},
        note=note,
        now=now,
    )
    told = {
        one.seller_id: one
        for one in changes.affected
        if any(change.spot.ends_at > now for change in one.changes)
    }
    found = [Digest(to, told[to.id], terms) for to in recipients(release, base) if to.id in told]
    return sorted(found, key=lambda one: not one.changes.of(ChangeKind.LOST))


def recipients(release: Release, base: Release | None) -> list[Recipient]:
    """Return everybody with a turn in either plan, by name."""
    plans = [release.id, base.id] if base else [release.id]
    there = sa.select(Turn.seller_id).where(Turn.release_id.in_(plans))
    query = (
        sa.select(Seller.id, Seller.code, Seller.name, Seller.email, Seller.phone)
        .where(Seller.id.in_(there))
        .order_by(Seller.name, Seller.id)
    )
    return [Recipient(*row) for row in db.session.execute(query)]


def write(found: Sequence[Digest], *, now: datetime) -> int:
    """Put the digests of sellers with an address into the outbox; return how many were new."""
    letters = [Letter(one.key, one.to.email, one.subject, one.text) for one in found]
    return outbox.write_each(letters, now=now)


def addressed(letter: Letter, *, site: str, links: Links) -> Letter:
    """Return the letter with the seller's own page where it refers to it.

    Other letters come back as they are. A seller who is gone has no page any more.
    """
    key = _KEY.fullmatch(letter.key)
    if key is None or OWN_PAGE not in letter.text:
        return letter
    seller = db.session.get(Seller, int(key[1]))
    if seller is None or not seller.active:
        return replace(letter, text=letter.text.replace(f"\n\nHalaman Anda: {OWN_PAGE}", ""))
    page = f"{site}/u/{sellers.link_token(seller, links)}"
    return replace(letter, text=letter.text.replace(OWN_PAGE, page))


def letters_of(release_id: int) -> dict[int, Message]:
    """Return the letters that tell of a release, by the seller's id."""
    query = sa.select(Message).where(
        Message.key.startswith(f"release:{release_id}:", autoescape=True)
    )
    return {int(one.key.rpartition(":")[2]): one for one in db.session.scalars(query)}


@cache
def _day(day: date) -> str:
    return format_date(day, "EEEE d MMMM", locale="id")
