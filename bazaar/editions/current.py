"""Which edition is being held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import Prepared, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Edition


class NoEdition(Conflict):
    """No edition has been set up yet."""

    text = N_("Belum ada penyelenggaraan yang dibuka.")


class NoSuchEdition(NotFound):
    """No edition has this short name."""

    text = N_("Penyelenggaraan ini tidak ada.")


_CURRENT = sa.select(Edition).where(Edition.is_current)
_TERMS = Prepared(
    sa.select(
        Edition.id,
        Edition.hold_minutes,
        Edition.dynamic_qris,
        Edition.unique_codes,
        Edition.unpaid_per_phone,
    ).where(Edition.is_current)
)
"""Asked by every page and every order, so built once."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order needs to know of its edition."""

    id: int
    hold_minutes: int
    dynamic_qris: bool
    unique_codes: str
    unpaid_per_phone: int | None


def find_current() -> Edition | None:
    """Return the edition that is being held or prepared now, or None before the first one."""
    return db.session.scalars(_CURRENT).one_or_none()


def get_current() -> Edition:
    """Return the current edition. Raises NoEdition."""
    edition = find_current()
    if edition is None:
        raise NoEdition
    return edition


def get_terms() -> Terms:
    """Return what orders of the current edition go by. Raises NoEdition."""
    row = _TERMS.run().one_or_none()
    if row is None:
        raise NoEdition
    return Terms(*row)


def others() -> Sequence[Edition]:
    """Return the editions that are not current, newest first."""
    query = sa.select(Edition).where(~Edition.is_current).order_by(Edition.created_at.desc())
    return db.session.scalars(query).all()


def open_again(slug: str, *, actor: Actor, now: datetime) -> Edition:
    """Make this edition the current one instead of the one that is. Raises NoSuchEdition."""
    edition = db.session.scalars(sa.select(Edition).where(Edition.slug == slug)).one_or_none()
    if edition is None:
        raise NoSuchEdition
    leave_current()
    edition.is_current = True
    db.session.flush()
    audit.note(actor, "edition.open_again", f"edition:{slug}", now=now)
    return edition


def leave_current() -> None:
    """Make the current edition history. The caller names another one in the same transaction."""
    db.session.execute(sa.update(Edition).where(Edition.is_current).values(is_current=False))


def lock(edition: Edition) -> None:
    """Let one operator at a time change the edition's airtime, until the transaction ends.

    On SQLite a transaction that writes is alone anyway.
    """
    row = sa.select(Edition.id).where(Edition.id == edition.id)
    db.session.execute(row.with_for_update())
