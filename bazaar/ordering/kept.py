"""Answers that are kept for programs that ask again."""

from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import IdempotentAnswer

AT_ONCE = 5_000
"""How many answers one run of `forget_answers` forgets at most."""


def forget_answers(now: datetime) -> int:
    """Forget answers that nobody may ask for again; return how many."""
    old = (
        sa.select(IdempotentAnswer.id)
        .where(IdempotentAnswer.kept_until <= now)
        .order_by(IdempotentAnswer.kept_until)
        .limit(AT_ONCE)
    )
    ids = db.session.scalars(old).all()
    if ids:
        db.session.execute(
            sa.delete(IdempotentAnswer).where(IdempotentAnswer.id.in_(ids)),
            execution_options={"synchronize_session": False},
        )
    return len(ids)
