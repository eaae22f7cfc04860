"""What must hold of messages about turns, for `flask audit`."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import sqlalchemy as sa

from bazaar import outbox
from bazaar.db import db
from bazaar.models import Cue, Message
from bazaar.show.telling import CUE, read_key

Told = tuple[str, str, object, object]

ON_THE_WAY = timedelta(minutes=1)
"""So long a message that left in time may take to be handed over."""


def _every_message_tells_a_cue() -> Iterator[Told]:
    """A message about a turn was written with its cue, and never for one that was late."""
    query = sa.select(Cue.turn_uid, Cue.sequence, Cue.kind, Cue.target, Cue.late)
    cues = {(row[0], row[1], row[2], row[3]): row[4] for row in db.session.execute(query)}
    for key in db.session.scalars(sa.select(Message.key).where(_about_turns())):
        name = read_key(key)
        late = cues.get((name.uid, name.sequence, name.kind, name.target)) if name else None
        if late is None:
            yield "reminders", f"message {key}", "a cue that it tells", "none"
        elif late:
            yield "reminders", f"message {key}", "a cue in time", "a late one"


def _nothing_was_sent_too_late() -> Iterator[Told]:
    query = sa.select(Message.key, Message.valid_until, Message.sent_at).where(
        _about_turns(), Message.sent_at.is_not(None)
    )
    for key, until, sent_at in db.session.execute(query):
        if until is None or sent_at is None or sent_at > until + ON_THE_WAY:
            yield "reminders", f"message {key}", f"sent by {until}", f"sent {sent_at}"


def _about_turns() -> sa.ColumnElement[bool]:
    return sa.or_(
        Message.key.startswith(CUE, autoescape=True),
        Message.key.startswith(f"{outbox.BY_HAND}{CUE}", autoescape=True),
    )


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _every_message_tells_a_cue,
    _nothing_was_sent_too_late,
)
