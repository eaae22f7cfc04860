"""Which edition is being held."""

import sqlalchemy as sa

from bazaar.db import db
from bazaar.errors import N_, Conflict
from bazaar.models import Edition


class NoEdition(Conflict):
    """No edition has been set up yet."""

    text = N_("Belum ada penyelenggaraan yang dibuka.")


_CURRENT = sa.select(Edition).where(Edition.is_current)
"""Asked by every page, so built once."""


def find_current() -> Edition | None:
    """Return the edition that is being held or prepared now, or None before the first one."""
    return db.session.scalars(_CURRENT).one_or_none()


def get_current() -> Edition:
    """Return the current edition. Raises NoEdition."""
    edition = find_current()
    if edition is None:
        raise NoEdition
    return edition


def lock(edition: Edition) -> None:
    """Let one operator at a time change the edition's airtime, until the transaction ends.

    On SQLite a transaction that writes is alone anyway.
    """
    row = sa.select(Edition.id).where(Edition.id == edition.id)
    db.session.execute(row.with_for_update())
