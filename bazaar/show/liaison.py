"""Whom the liaison should reach now, with ready words: reminders by hand that work on day one.

The messages stand in the outbox like all others, by hand, and vanish when they are no longer
worth sending, when somebody has marked them, or when there is no need any more: the seller has
come, the turn was moved, left out or filled, or the seller, who was called to the room, is looked
for there by now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit, outbox, sellers
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Edition, Message, Seller, Turn
from bazaar.rotation import current_release_id
from bazaar.rules.show.cues import CueKind, Target
from bazaar.rules.show.standing import Line, State
from bazaar.show import texts
from bazaar.show.contacts import TO_SELLER, WAYS
from bazaar.show.days import kept
from bazaar.show.sending import stall_page
from bazaar.show.telling import CUE, IF_ABSENT, Name, read_key

MOST: Final = 200


class NoSuchCall(NotFound):
    """No message to be sent by hand has this number."""

    text = N_("Pesan itu tidak ada.")


class CalledAlready(Conflict):
    """Somebody else has marked it."""

    text = N_("Penjual ini sudah ditandai dihubungi oleh orang lain.")


class TooLate(Conflict):
    """The message is not worth sending any more."""

    text = N_("Pesan ini sudah tidak berlaku, jadi tidak perlu dikirim lagi.")


@dataclass(frozen=True, slots=True)
class Call:
    """One seller to be reached. `reached`: by which ways the same was sent already."""

    letter: Message
    name: Name
    seller: Seller
    turn: Turn
    line: Line | None
    reached: tuple[str, ...]

    @property
    def is_needed(self) -> bool:
        """Whether nothing else has reached the seller with the same."""
        return not self.reached


def waiting(edition: Edition, now: datetime) -> list[Call]:
    """Return whom to reach: first those nobody reached yet, and of these whose turn is near.

    Otherwise by how soon it is too late: what is about tomorrow may lapse before what is about
    the next minutes, and can still be missed more easily. About one turn a seller is there once.
    At most `MOST`; at most six queries.
    """
    letters = {letter.id: letter for letter in _letters(now)}
    known = {id_: name for id_, letter in letters.items() if (name := read_key(letter.key))}
    overtaken = _overtaken(known.values())
    names = {id_: name for id_, name in known.items() if name not in overtaken}
    turns = _turns(names.values())
    sellers = _sellers(letters.values())
    reached = _reached(names.values())
    lines = _lines(edition, now)
    found = []
    for id_, name in names.items():
        letter, turn = letters[id_], turns.get((name.uid, name.sequence))
        seller = sellers.get(letter.to)
        line = lines.get(name.uid)
        if turn is None or seller is None or not _is_open(name, seller, line):
            continue
        found.append(Call(letter, name, seller, turn, line, tuple(sorted(reached[name]))))
    return sorted(
        found, key=lambda call: (not call.is_needed, call.name.kind is CueKind.DAY_BEFORE)
    )


def words(call: Call, site: str) -> str:
    """Return what to send, ready: no secret link in it."""
    return texts.fill(call.letter.text, {texts.STALL: stall_page(call.seller, site)})


def done(letter_id: int, *, actor: Actor, now: datetime) -> Seller:
    """Somebody has reached the seller; noted. Returns the seller.

    Raises NoSuchCall, CalledAlready, TooLate.
    """
    letter = db.session.get(Message, letter_id)
    name = read_key(letter.key) if letter is not None else None
    if letter is None or name is None or letter.way != outbox.HAND:
        raise NoSuchCall
    unsent = sa.update(Message).where(
        Message.id == letter_id, Message.sent_at.is_(None), Message.valid_until >= now
    )
    if not claim(unsent.values(sent_at=now, tries=1)):
        db.session.refresh(letter)
        raise CalledAlready if letter.sent_at is not None else TooLate
    db.session.refresh(letter)
    seller = db.session.get_one(Seller, int(letter.to.removeprefix(TO_SELLER)))
    facts = {"cue": name.kind.value, "turn": name.uid}
    audit.note(actor, "cue.reach_seller", f"seller:{seller.code}", now=now, **facts)
    return seller


def _letters(now: datetime) -> Sequence[Message]:
    query = (
        sa.select(Message)
        .where(
            Message.way == outbox.HAND,
            Message.key.startswith(f"{outbox.BY_HAND}{CUE}", autoescape=True),
            Message.sent_at.is_(None),
            Message.valid_until >= now,
        )
        .order_by(Message.valid_until, Message.id)
        .limit(MOST)
    )
    return db.session.scalars(query).all()


def _turns(names: Collection[Name]) -> dict[tuple[str, int], Turn]:
    if not names:
        return {}
    query = sa.select(Turn).where(
        Turn.release_id == current_release_id(), Turn.uid.in_({name.uid for name in names})
    )
    return {(turn.uid, turn.sequence): turn for turn in db.session.scalars(query)}


def _sellers(letters: Collection[Message]) -> dict[str, Seller]:
    found = sellers.by_id(int(letter.to.removeprefix(TO_SELLER)) for letter in letters)
    return {f"{TO_SELLER}{id_}": seller for id_, seller in found.items() if seller.active}


def _reached(names: Collection[Name]) -> Mapping[Name, set[str]]:
    """Return by which ways the same cue was sent by a machine."""
    found: dict[Name, set[str]] = {name: set() for name in names}
    others = {
        Name(name.uid, name.sequence, name.kind, name.target, way).key: (name, way)
        for name in names
        for way in WAYS.values()
    }
    if others:
        query = sa.select(Message.key).where(Message.key.in_(others), Message.sent_at.is_not(None))
        for key in db.session.scalars(query):
            name, way = others[key]
            found[name].add(way)
    return found


def _overtaken(names: Collection[Name]) -> set[Name]:
    """Return the calls to the room of sellers who are looked for there by now, found or not."""
    looked_for = {
        Name(name.uid, name.sequence, CueKind.CHECK, Target.LIAISON, outbox.HAND).key: name
        for name in names
        if name.kind is CueKind.CALL
    }
    if not looked_for:
        return set()
    query = sa.select(Message.key).where(Message.key.in_(looked_for))
    return {looked_for[key] for key in db.session.scalars(query)}


def _lines(edition: Edition, now: datetime) -> dict[str, Line]:
    """Return how today's turns stand, by uid."""
    return {line.turn.uid: line for day in kept(edition, now) for line in day.stand(now).lines}


def _is_open(name: Name, seller: Seller, line: Line | None) -> bool:
    if line is None:  # not of today: as planned
        return True
    if name.kind is CueKind.NO_SHOW:
        return line.state is State.NO_SHOW
    if name.kind in IF_ABSENT and line.here and line.seller == seller.id:
        return False
    return line.state is State.COMING
