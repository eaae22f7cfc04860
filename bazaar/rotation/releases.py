"""From draft to numbered release: once, and never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict
from bazaar.models import Edition, Release, ShowDay, Turn, Window
from bazaar.rotation.plans import drafts


class DraftOvertaken(Conflict):
    """The draft was replaced, or another plan was released meanwhile; nothing was released."""

    text = N_("Rancangan ini sudah diganti atau jadwal lain sudah terbit. Muat ulang halaman.")


class DraftTooOld(Conflict):
    """Turns began since the draft was made that it would rewrite; nothing was released."""

    text = N_("Rancangan ini sudah terlalu lama: ada giliran yang telanjur tayang. Susun ulang.")


class HoursChanged(Conflict):
    """The draft has turns where there are no hours any more; nothing was released."""

    text = N_("Jam siaran berubah sejak rancangan ini disusun. Susun ulang, lalu terbitkan.")


@dataclass(frozen=True, slots=True)
class Difference:
    """What a plan changes against another: turns that appear, and turns that go."""

    added: int
    removed: int
    sellers: int


def get_draft(edition: Edition, draft_id: int) -> Release:
    """Return this draft. Raises DraftOvertaken when it has been replaced or released."""
    draft = db.session.scalars(drafts(edition).where(Release.id == draft_id)).one_or_none()
    if draft is None:
        raise DraftOvertaken
    return draft


def release(draft: Release, *, actor: Actor, now: datetime) -> Release:
    """Make the draft the next numbered release of its edition; from then on it never changes.

    Raises DraftOvertaken for the second of two operators, DraftTooOld when turns that have
    begun are not in the draft as they were, HoursChanged when coming turns lie in no window.
    """
    edition = db.session.get_one(Edition, draft.edition_id)
    lock(edition)
    base = db.session.get(Release, draft.base_id) if draft.base_id else None
    if base and _begun(base, now) != _begun(draft, now):
        raise DraftTooOld
    if _outside(draft, now):
        raise HoursChanged
    number = (base.number or 0) + 1 if base else 1
    if not _number(draft.id, number, now):
        raise DraftOvertaken
    db.session.refresh(draft)
    audit.note(actor, "rotation.release", f"edition:{edition.slug}", now=now, number=number)
    return draft


def difference(draft: Release, current: Release | None) -> Difference:
    """Return what releasing the draft would change."""
    new, old = _turns(draft), _turns(current) if current else set()
    touched = {seller for _, _, seller in new ^ old}
    return Difference(len(new - old), len(old - new), len(touched))


def _turns(release: Release, before: datetime | None = None) -> set[tuple[int, datetime, int]]:
    query = sa.select(Turn.channel_id, Turn.starts_at, Turn.seller_id).where(
        Turn.release_id == release.id
    )
    if before is not None:
        query = query.where(Turn.starts_at <= before)
    return {(channel, start, seller) for channel, start, seller in db.session.execute(query)}


def _begun(release: Release, now: datetime) -> set[tuple[int, datetime, int]]:
    return _turns(release, before=now)


def _outside(release: Release, now: datetime) -> bool:
    """Say whether a turn that is still to come lies in no window of the edition."""
    around = (
        sa.select(Window.id)
        .join(ShowDay)
        .where(
            ShowDay.edition_id == release.edition_id,
            Window.opens_at <= Turn.starts_at,
            Window.closes_at >= Turn.ends_at,
        )
    )
    stray = sa.select(Turn.id).where(
        Turn.release_id == release.id, Turn.starts_at > now, ~around.exists()
    )
    return db.session.scalar(stray.limit(1)) is not None


def _number(draft_id: int, number: int, now: datetime) -> bool:
    """Give the draft its number, unless the draft or the number is taken."""
    statement = (
        sa.update(Release)
        .where(Release.id == draft_id, Release.number.is_(None), Release.replaced_at.is_(None))
        .values(number=number, released_at=now)
    )
    try:
        with db.session.begin_nested():
            return claim(statement)
    except sa.exc.IntegrityError:
        return False
