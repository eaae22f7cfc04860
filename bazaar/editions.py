"""Editions of the bazaar and their airtime."""

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Edition


def find_current() -> Edition | None:
    """Return the edition that is being held or prepared now, or None before the first one."""
    return db.session.scalars(
        sa.select(Edition).where(Edition.is_current)
    ).one_or_none()
