"""What buyers are to be told about parcels: in the outbox with the fact, sent by a person.

Buyers leave a telephone number and no mail address, and nothing here can send to a telephone. So
each piece of news waits in the outbox, once, until somebody has sent the ready words by WhatsApp
and says so. Of several states of one parcel only the newest is worth a message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bazaar import audit, outbox
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.models import Message, Parcel, ParcelProblem, ParcelStep, ResiChange
from bazaar.shipments import notices
from bazaar.shipments.finding import with_order
from bazaar.shipments.notices import Notice
from bazaar.shipments.refusals import NoSuchTiding, ToldAlready

FRESH: Final = timedelta(days=7)
"""Older news nobody needs any more."""
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Tiding:
    """News that waits to be sent: its letter, the parcel, and the words, untranslated."""

    letter: Message
    parcel: Parcel
    notices: tuple[Notice, ...]


def waiting(now: datetime) -> list[Tiding]:
    """Return what is to be sent, the oldest first, at most `MOST`; orders and buyers are loaded."""
    query = (
        sa.select(Message)
        .where(*_unsent(), Message.created_at > now - FRESH)
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    letters = db.session.scalars(query).all()
    facts = _facts_of(letters)
    ids = {fact.parcel_id for fact in facts.values()}
    of_parcels = with_order().where(Parcel.id.in_(ids))
    parcels = {one.id: one for one in db.session.scalars(of_parcels)} if ids else {}
    newest = _newest(ids)
    found: list[Tiding] = []
    for letter in reversed(letters):
        fact = facts.get(letter.key)
        if fact is None or (_is_step(letter) and fact.id not in newest):
            continue
        parcel = parcels[fact.parcel_id]
        found.append(Tiding(letter, parcel, _words(letter, parcel, fact)))
    return found


def count(now: datetime) -> int:
    """Return how many are to be sent."""
    return len(waiting(now))


def done(letter_id: int, *, actor: Actor, now: datetime) -> None:
    """Somebody has sent it; older states of the same parcel need no message any more.

    Raises NoSuchTiding, and ToldAlready when somebody else was faster.
    """
    letter = db.session.get(Message, letter_id)
    if letter is None or not letter.key.startswith(outbox.BY_HAND) or letter.valid_until:
        raise NoSuchTiding
    sent = sa.update(Message).where(Message.id == letter_id, Message.sent_at.is_(None))
    if not claim(sent.values(sent_at=now, tries=1)):
        raise ToldAlready
    db.session.refresh(letter)
    fact = _facts_of([letter]).get(letter.key)
    if fact is None:
        return
    if isinstance(fact, ParcelStep) and _is_step(letter):
        _drop_older(fact, now=now)
    parcel = db.session.get_one(Parcel, fact.parcel_id)
    audit.note(actor, "parcel.tell_buyer", f"parcel:{parcel.code}", now=now, about=letter.key)


def _drop_older(step: ParcelStep, *, now: datetime) -> None:
    older = sa.select(ParcelStep).where(
        ParcelStep.parcel_id == step.parcel_id, ParcelStep.id < step.id
    )
    keys = [notices.key_of(one) for one in db.session.scalars(older)]
    unsent = sa.update(Message).where(Message.key.in_(keys), *_unsent())
    db.session.execute(unsent.values(sent_at=now, failure="a newer one was sent"))


def _newest(parcel_ids: set[int]) -> set[int]:
    """Return the newest step of each parcel that buyers are told of, or told of themselves."""
    query = (
        sa.select(sa.func.max(ParcelStep.id))
        .where(ParcelStep.parcel_id.in_(parcel_ids), ParcelStep.status.in_(list(notices.WORDS)))
        .group_by(ParcelStep.parcel_id)
    )
    return set(db.session.scalars(query))


def _unsent() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Message.key.startswith(outbox.BY_HAND, autoescape=True),
        Message.next_try_at.is_(None),
        Message.sent_at.is_(None),
        Message.valid_until.is_(None),  # those that lapse are the liaison's (`bazaar.show`)
    )


Fact = ParcelStep | ResiChange | ParcelProblem


def _facts_of(letters: Sequence[Message]) -> Mapping[str, Fact]:
    """Return what each letter tells of, by its key."""
    facts: dict[str, Fact] = {}
    for model in (ParcelStep, ResiChange, ParcelProblem):
        numbers = set(_numbers(letters, notices.PREFIXES[model]))
        if numbers:
            rows: Iterable[Fact] = db.session.scalars(sa.select(model).where(model.id.in_(numbers)))
            facts |= {notices.key_of(row): row for row in rows}
    late = set(_numbers(letters, notices.NUMBER_PREFIX))
    if late:
        steps = db.session.scalars(sa.select(ParcelStep).where(ParcelStep.id.in_(late)))
        facts |= {f"{notices.NUMBER_PREFIX}{step.id}": step for step in steps}
    return facts


def _is_step(letter: Message) -> bool:
    return letter.key.startswith(notices.PREFIXES[ParcelStep])


def _numbers(letters: Sequence[Message], prefix: str) -> Iterable[int]:
    for letter in letters:
        rest = letter.key.removeprefix(prefix)
        if rest != letter.key and rest.isdigit():
            yield int(rest)


def _words(letter: Message, parcel: Parcel, fact: Fact) -> tuple[Notice, ...]:
    if isinstance(fact, ParcelStep) and not _is_step(letter):
        return (notices.of_number(parcel, fact),)
    if isinstance(fact, ParcelStep):
        return notices.of_step(parcel, fact)
    if isinstance(fact, ResiChange):
        return (notices.of_change(parcel, fact),)
    return (notices.of_answer(parcel, fact),)
