"""From draft to numbered release: once, and never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.editions.current import lock
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import AuditEntry, Channel, ClosedTime, Edition, Release, ShowDay, Turn, Window
from bazaar.rotation import digests, identities
from bazaar.rotation.begun import begun_uids
from bazaar.rotation.changes import ChangeKind, Changes, compare
from bazaar.rotation.digests import Digest
from bazaar.rotation.plans import drafts

ACTION = "rotation.release"


class DraftOvertaken(Conflict):
    """The draft was replaced, or another plan was released meanwhile; nothing was released."""

    text = N_("Rancangan ini sudah diganti atau jadwal lain sudah terbit. Muat ulang halaman.")


class DraftTooOld(Conflict):
    """Turns began since the draft was made that it would rewrite; nothing was released."""

    text = N_("Rancangan ini sudah terlalu lama: ada giliran yang telanjur tayang. Susun ulang.")


class DraftEdited(Conflict):
    """Somebody has edited the draft since it was looked at; nothing was released."""

    text = N_("Rancangan ini baru saja diubah orang lain. Periksa lagi, lalu terbitkan.")


class NoSuchRelease(NotFound):
    """No release of the edition has this number."""

    text = N_("Terbitan ini tidak ada.")


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


def release(
    draft: Release, *, actor: Actor, now: datetime, note: str = "", revision: int | None = None
) -> Release:
    """Make the draft the next numbered release of its edition; from then on it never changes.

    Turns keep the names calendars know them by (`identities`), and each affected seller with an
    e-mail address gets one digest. `note` (at most 200 characters) is told to all of them;
    `revision` is the one that was looked at. Raises DraftOvertaken for the second of two
    operators, DraftEdited, DraftTooOld when turns that have begun, by the clock or because they
    were put on air early, are not in the draft as they were, HoursChanged when a coming turn that
    is new lies in no window, in a closed time or on a lost channel. What the release in force has
    of those is for a repair to mend.
    """
    edition = db.session.get_one(Edition, draft.edition_id)
    lock(edition)
    found = _revision(draft)
    if revision is not None and revision != found:
        raise DraftEdited
    base = base_of(draft)
    if base and (_begun(base, now) != _begun(draft, now) or not _early(base, now) <= _turns(draft)):
        raise DraftTooOld
    if _stranded(draft, base, now):
        raise HoursChanged
    number = _next_number(base)
    if not _number(draft.id, number, note, now):
        raise DraftOvertaken
    changes = compare(base, draft)
    identities.carry_over(changes, base, draft, number)
    told = digests.digests(draft, base, changes, number=number, note=note, now=now)
    letters = digests.write(told, now=now)
    db.session.expire_all()
    counts = {kind.value: changes.count(kind) for kind in ChangeKind}
    facts = {"number": number, **counts, "told": len(told), "letters": letters}
    audit.note(actor, ACTION, f"edition:{edition.slug}", now=now, **facts)
    return draft


def preview(draft: Release, *, now: datetime, note: str = "") -> list[Digest]:
    """Return what releasing the draft now would tell whom, in the order of `digests`."""
    base = base_of(draft)
    changes = compare(base, draft)
    number = _next_number(base)
    return digests.digests(draft, base, changes, number=number, note=note, now=now)


def told_of(release: Release, changes: Changes | None = None) -> list[Digest]:
    """Return what a numbered release has told whom, in the order of `digests`.

    `changes` are those against its base, if they are known already.
    """
    base, at = base_of(release), release.released_at
    assert release.number is not None
    assert at is not None
    if changes is None:
        changes = compare(base, release)
    return digests.digests(release, base, changes, number=release.number, note=release.note, now=at)


def base_of(release: Release) -> Release | None:
    """Return the release that was in force when this one was drafted, or None for the first."""
    return db.session.get(Release, release.base_id) if release.base_id else None


def releases_of(edition: Edition) -> sa.Select[Release]:
    """Return the query for the numbered releases of an edition, newest first."""
    return (
        sa.select(Release)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc())
    )


def get_release(edition: Edition, number: int) -> Release:
    """Return the release with this number. Raises NoSuchRelease."""
    query = releases_of(edition).where(Release.number == number)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise NoSuchRelease
    return found


def acts(edition: Edition) -> dict[int, AuditEntry]:
    """Return who released what and what it changed: the trail's entries, by release number."""
    query = audit.about(f"edition:{edition.slug}").where(AuditEntry.action == ACTION)
    return {entry.facts["number"]: entry for entry in db.session.scalars(query)}


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


def _early(release: Release, now: datetime) -> set[tuple[int, datetime, int]]:
    """Return the turns to come that were on air before their time."""
    query = sa.select(Turn.channel_id, Turn.starts_at, Turn.seller_id).where(
        Turn.release_id == release.id,
        Turn.starts_at > now,
        Turn.uid.in_(begun_uids(release.edition_id, now)),
    )
    return {(channel, start, seller) for channel, start, seller in db.session.execute(query)}


def _stranded(draft: Release, base: Release | None, now: datetime) -> bool:
    """Say whether a coming turn of the draft, and not of its base, has no airtime any more."""
    around = (
        sa.select(Window.id)
        .join(ShowDay)
        .where(
            ShowDay.edition_id == draft.edition_id,
            Window.opens_at <= Turn.starts_at,
            Window.closes_at >= Turn.ends_at,
        )
    )
    closed = sa.select(ClosedTime.id).where(
        ClosedTime.edition_id == draft.edition_id,
        ClosedTime.starts_at < Turn.ends_at,
        ClosedTime.ends_at > Turn.starts_at,
    )
    lost = sa.select(Channel.id).where(
        Channel.id == Turn.channel_id, Channel.lost_from < Turn.ends_at
    )
    old = aliased(Turn)
    before = sa.select(old.id).where(
        old.release_id == (base.id if base else None),
        old.channel_id == Turn.channel_id,
        old.starts_at == Turn.starts_at,
        old.ends_at == Turn.ends_at,
    )
    stray = sa.select(Turn.id).where(
        Turn.release_id == draft.id,
        Turn.starts_at > now,
        sa.or_(~around.exists(), closed.exists(), lost.exists()),
        ~before.exists(),
    )
    return db.session.scalar(stray.limit(1)) is not None


def _next_number(base: Release | None) -> int:
    return (base.number or 0) + 1 if base else 1


def _revision(draft: Release) -> int | None:
    """Return how often the draft was edited; until the transaction ends nobody edits it."""
    query = sa.select(Release.revision).where(Release.id == draft.id)
    return db.session.scalar(query.with_for_update())


def _number(draft_id: int, number: int, note: str, now: datetime) -> bool:
    """Give the draft its number, unless the draft or the number is taken."""
    statement = (
        sa.update(Release)
        .where(Release.id == draft_id, Release.number.is_(None), Release.replaced_at.is_(None))
        .values(number=number, released_at=now, note=note)
    )
    try:
        with db.session.begin_nested():
            return claim(statement)
    except sa.exc.IntegrityError:
        return False
