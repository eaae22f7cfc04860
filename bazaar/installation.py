"""Whether this database holds play data or a real bazaar; the two never mix.

A database is a demo only if `flask demo` marked it so while it was still empty. Everything else
that holds data is real: demo mode refuses it, and `flask demo` never touches it. A demo database
has sign-ins that everybody knows, so production refuses that.
"""

from datetime import datetime

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import Conflict
from bazaar.models import Account, Edition, Installation, Order, Seller
from bazaar.settings import Mode, SettingsError

DEMO = "demo"
TELLING = (Account, Edition, Seller, Order)
"""Tables of which one row makes a database somebody's work."""


class RealData(Conflict):
    """The database holds a real bazaar."""

    text = "Basis data ini berisi data sungguhan; mode demo tidak menyentuhnya."


def is_demo() -> bool:
    """Say whether this database was marked as play data."""
    kind = db.session.scalar(sa.select(Installation.kind))
    return kind == DEMO


def mark_demo(now: datetime) -> None:
    """Mark an empty database as play data; a marked one stays so. Raises RealData."""
    if is_demo():
        return
    if holds_data():
        raise RealData
    db.session.add(Installation(id=1, kind=DEMO, marked_at=now))
    db.session.flush()


def require_fits(mode: Mode) -> None:
    """Refuse to run on the wrong kind of database. Raises SettingsError.

    A database without tables fits everything: migrations come next.
    """
    if not sa.inspect(db.session.connection()).has_table(Installation.__tablename__):
        return
    if mode is Mode.DEMO and not is_demo() and holds_data():
        raise SettingsError("BAZAAR_MODE is demo, but the database holds a real bazaar")
    if mode is Mode.PRODUCTION and is_demo():
        raise SettingsError(
            "BAZAAR_MODE is production, but the database holds the demo with its known sign-ins"
        )


def holds_data() -> bool:
    """Say whether anybody's work is in this database."""
    return any(
        db.session.scalar(sa.select(sa.exists().where(model.id.is_not(None)))) for model in TELLING
    )
