"""Every message as somebody would get it, about a real turn that is still to come."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar.db import db
from bazaar.models import Edition, Seller
from bazaar.models import Turn as PlannedTurn
from bazaar.rotation import current_release_id
from bazaar.rules.show.cues import CueKind
from bazaar.rules.show.standing import Line, State, Turn
from bazaar.show import texts
from bazaar.show.sales import Sales
from bazaar.show.sending import stall_page
from bazaar.show.telling import About, Room, Terms, fields, filled, terms_of
from bazaar.show.texts import KINDS, LANGUAGES, Words

HIDDEN: Final = "…"
"""Stands for what only the seller may know."""

SAMPLE_SOLD: Final = Sales(7, 315_000)


@dataclass(frozen=True, slots=True)
class Previews:
    """What messages look like in this edition. `is_real`: it has a turn to come."""

    terms: Terms
    about: About
    is_real: bool
    site: str

    def values(self, language: str) -> dict[str, str]:
        """Return what each field would hold."""
        return {
            **fields(self.terms, self.about, language),
            texts.OWN_PAGE: f"{self.site}/u/{HIDDEN}",
            texts.STALL: stall_page(self.about.seller, self.site),
        }

    def words(self, kind: CueKind, language: str) -> Words:
        """Return the message in the words in force."""
        return self.of(self.terms.words[kind, language], language)

    def of(self, words: Words, language: str) -> Words:
        """Return how these words would read."""
        return filled(words, self.values(language))

    def each(self) -> Iterator[tuple[CueKind, str, Words]]:
        """Return every message in every language."""
        for kind in KINDS:
            for language in LANGUAGES:
                yield kind, language, self.words(kind, language)


def previews(edition: Edition, *, site: str, now: datetime) -> Previews:
    """Return the messages about the next turn that begins; about an invented one without any."""
    terms = terms_of(edition, KINDS)
    query = (
        sa.select(PlannedTurn)
        .where(PlannedTurn.release_id == current_release_id(), PlannedTurn.starts_at > now)
        .order_by(PlannedTurn.starts_at, PlannedTurn.id)
        .options(joinedload(PlannedTurn.seller))
        .limit(1)
    )
    turn = db.session.scalars(query).one_or_none()
    if turn is not None and turn.channel_id in terms.rooms:
        line = _line(turn.starts_at, turn.ends_at)
        return Previews(terms, About(turn.seller, turn.channel_id, line, SAMPLE_SOLD), True, site)
    starts_at = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    line = _line(starts_at, starts_at + timedelta(minutes=edition.turn_minutes))
    seller = Seller(name="Batik Sekar", owner_name="Bu Sekar", slug="batik-sekar", language="id")
    channel = min(terms.rooms, default=0)
    if not terms.rooms:
        terms = replace(terms, rooms={channel: Room("Saluran 1", "", "")})
    return Previews(terms, About(seller, channel, line, SAMPLE_SOLD), False, site)


def _line(starts_at: datetime, ends_at: datetime) -> Line:
    turn = Turn("", 0, starts_at, ends_at, ends_at)
    return Line(turn, State.COMING, 0, None, None, starts_at, ends_at, ends_at)
