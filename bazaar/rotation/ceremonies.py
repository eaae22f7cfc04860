"""Ending a draw that is not to be computed: openly, with a reason, and with its secret told."""

from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.models import Draw, DrawStage, Edition
from bazaar.rotation.draws import OPEN, DrawMoved
from bazaar.seals import Seals


def end(draw: Draw, *, why: str, seals: Seals, actor: Actor, now: datetime) -> Draw:
    """End a draw that was announced and not computed: FAILED, with `why` and its secret told.

    It keeps its number and stays in the list. Whoever ends a draw cannot have known what it
    would have brought: the public value was not there yet. Raises DrawMoved.
    """
    statement = (
        sa.update(Draw)
        .where(Draw.id == draw.id, Draw.stage.in_(OPEN))
        .values(
            stage=DrawStage.FAILED,
            failure=why,
            secret=seals.open(draw.sealed_secret),
            done_at=now,
        )
    )
    if not claim(statement):
        raise DrawMoved
    db.session.refresh(draw)
    edition = db.session.get_one(Edition, draw.edition_id)
    subject = f"edition:{edition.slug}"
    audit.note(actor, "rotation.draw_end", subject, now=now, number=draw.number, why=why)
    return draw
