"""How an edition asks buyers for money."""

from datetime import datetime

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Edition


def ask_by(
    edition: Edition, *, dynamic_qris: bool, unique_codes: str, actor: Actor, now: datetime
) -> None:
    """Say whether codes name the amount, and whether amounts get a unique code.

    For orders from now on; `unique_codes` is subtract, add or off. What is so already is no change.
    """
    if (edition.dynamic_qris, edition.unique_codes) == (dynamic_qris, unique_codes):
        return
    edition.dynamic_qris, edition.unique_codes = dynamic_qris, unique_codes
    db.session.flush()
    audit.note(
        actor,
        "edition.ask_by",
        f"edition:{edition.slug}",
        now=now,
        dynamic_qris=dynamic_qris,
        unique_codes=unique_codes,
    )
