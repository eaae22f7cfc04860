"""Letters: written in the transaction of the fact they tell of, carried later, tried again.

A letter goes out at least once: a sender that dies after handing it over sends it again, under
the same message id, which mail systems use to drop the second.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from bazaar.bulk import Rows
from bazaar.db import claim, db, insert_each, insert_once
from bazaar.errors import N_, Invalid, Unavailable
from bazaar.models import Message
from bazaar.ports import Letter, Messenger, Undeliverable

log = structlog.get_logger()

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
)
"""How long after each try the next one comes; after one more the letter is given up."""
QUICK_WAITS = tuple(timedelta(seconds=s) for s in (20, 40, 80, 160, 300, 600, 1200, 1200, 3600))
"""The same for what is worth nothing after its `valid_until`, which may be minutes away."""
CANDIDATES = 20
BY_HAND = "hand:"
MAIL, HAND, TELEGRAM, OTHER = "mail", "hand", "telegram", "other"
"""Ways: who carries a letter. What goes by hand nobody picks."""
EXPIRED = "expired"
FAILURE_LENGTH = HEADER_LENGTH = 200


class BrokenLetter(Invalid):
    """An address or a subject is too long or holds a line break or other control character."""

    text = N_("Alamat surel atau judul surat tidak dapat dipakai.")


@dataclass(frozen=True, slots=True)
class Timed:
    """A message that is worth sending only until `valid_until`, and by whom it goes."""

    key: str
    way: str
    to: str
    subject: str
    text: str
    valid_until: datetime


def write(key: str, to: str, subject: str, text: str, *, now: datetime) -> bool:
    """Put a letter into the outbox unless `key` was used before; say whether it is new.

    Does nothing when `to` is empty. Raises BrokenLetter.
    """
    if not to:
        return False
    if not _usable(to, subject):
        raise BrokenLetter
    return insert_once(
        Message,
        key=key,
        to=to,
        subject=subject,
        text=text,
        tries=0,
        created_at=now,
        next_try_at=now,
        failure="",
    )


def write_by_hand(letters: Sequence[Letter], *, now: datetime) -> int:
    """Put letters into the outbox that a person sends, by telephone; return how many are new.

    Their keys begin with `BY_HAND`. Nobody picks them; whoever has sent one says so.
    """
    rows = [
        {
            "key": f"{BY_HAND}{letter.key}",
            "way": HAND,
            "to": letter.to,
            "subject": letter.subject[:HEADER_LENGTH],
            "text": letter.text,
            "tries": 0,
            "created_at": now,
            "next_try_at": None,
            "failure": "",
        }
        for letter in letters
        if letter.to
    ]
    return insert_each(Message, rows)


def write_each(letters: Sequence[Letter], *, now: datetime) -> int:
    """Put many letters into the outbox, as `write` does; return how many are new.

    Those without an address, and those whose address or subject cannot be used, are left out.
    """
    return insert_each(Message, _rows(letters, now))


def write_new(letters: Sequence[Letter], *, now: datetime) -> None:
    """Put letters into the outbox, as `write_each` does, whose keys nothing else ever has."""
    _NEW.insert(_rows(letters, now))


def write_timed(rows: Sequence[Timed], *, now: datetime) -> int:
    """Put messages into the outbox that are worth nothing later; return how many are new.

    Subjects that are too long are cut; those by hand wait for a person, who marks them.
    """
    return insert_each(Message, [_timed(row, now) for row in rows])


def drop_expired(now: datetime) -> int:
    """Give up what was not sent while it was worth sending; return how much that was."""
    gone = (
        sa.update(Message)
        .where(Message.next_try_at.is_not(None), Message.valid_until < now)
        .values(next_try_at=None, failure=EXPIRED)
        .returning(Message.key)
    )
    keys = db.session.scalars(gone, execution_options={"synchronize_session": False}).all()
    if keys:
        log.info("letters_expired", count=len(keys), first=keys[0])
    return len(keys)


def give_up(key: str, why: str) -> None:
    """Let a letter that was picked not be sent at all."""
    _set(key, next_try_at=None, failure=why[:FAILURE_LENGTH])


def postpone(key: str, until: datetime) -> None:
    """Let a letter that was picked be tried at `until`, as if it had not been tried now."""
    _set(key, next_try_at=until, tries=Message.tries - 1)


def pick(now: datetime, ways: Collection[str] = (MAIL,)) -> Letter | None:
    """Claim one due letter of these ways, or None; what is no longer worth sending stays.

    A sender that dies loses its claim after the wait.
    """
    due = (
        sa.select(Message)
        .where(
            Message.next_try_at <= now,
            Message.way.in_(ways),
            sa.or_(Message.valid_until.is_(None), Message.valid_until >= now),
        )
        .order_by(Message.next_try_at, Message.id)
        .limit(CANDIDATES)
    )
    for message in db.session.scalars(due):
        won = claim(
            sa.update(Message)
            .where(Message.id == message.id, Message.next_try_at == message.next_try_at)
            .values(tries=Message.tries + 1, next_try_at=_next_try(message, now))
        )
        if won:
            return Letter(message.key, message.to, message.subject, message.text, message.way)
    return None


def carry(letter: Letter, messenger: Messenger | None) -> None:
    """Hand the letter over. Raises Unavailable, also when nobody carries letters here."""
    if messenger is None:
        raise Unavailable
    messenger.send(letter)


def close(letter: Letter, failure: Unavailable | None, *, now: datetime) -> None:
    """Write down how it went: sent, to be tried again, or given up."""
    message = db.session.scalars(sa.select(Message).where(Message.key == letter.key)).one()
    if failure is None:
        message.sent_at = now
        message.next_try_at = None
        message.failure = ""
        return
    message.failure = f"{failure.__cause__ or failure}"[:FAILURE_LENGTH]
    if isinstance(failure, Undeliverable):
        message.next_try_at = None
    if message.next_try_at is None:
        log.error("letter_given_up", key=message.key, tries=message.tries)


_NEW = Rows(Message)


def _rows(letters: Sequence[Letter], now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "key": letter.key,
            "way": MAIL,
            "to": letter.to,
            "subject": letter.subject,
            "text": letter.text,
            "tries": 0,
            "created_at": now,
            "next_try_at": now,
            "failure": "",
        }
        for letter in letters
        if letter.to and _usable(letter.to, letter.subject)
    ]


def _usable(to: str, subject: str) -> bool:
    return (to + subject).isprintable() and max(len(to), len(subject)) <= HEADER_LENGTH


def _timed(row: Timed, now: datetime) -> dict[str, Any]:
    return {
        "key": row.key,
        "way": row.way,
        "to": row.to,
        "subject": row.subject[:HEADER_LENGTH],
        "text": row.text,
        "tries": 0,
        "created_at": now,
        "next_try_at": None if row.way == HAND else now,
        "valid_until": row.valid_until,
        "failure": "",
    }


def _set(key: str, **values: Any) -> None:
    statement = sa.update(Message).where(Message.key == key).values(**values)
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _next_try(message: Message, now: datetime) -> datetime | None:
    waits = WAITS if message.valid_until is None else QUICK_WAITS
    return now + waits[message.tries] if message.tries < len(waits) else None
