"""The plans there are, and whose turn it is in the one in force."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import times
from bazaar.db import db
from bazaar.models import Channel, Draw, DrawStage, Edition, Release, Seller, Turn


def find_current_release(edition: Edition) -> Release | None:
    """Return the release in force: the one with the highest number, or None."""
    query = (
        sa.select(Release)
        .where(Release.edition_id == edition.id, Release.number.is_not(None))
        .order_by(Release.number.desc())
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def find_draft(edition: Edition) -> Release | None:
    """Return the newest draft that is neither released nor replaced, or None."""
    return db.session.scalars(drafts(edition).limit(1)).one_or_none()


def current_release_id() -> sa.ScalarSelect[int]:
    """Return a subquery for the id of the release in force of the current edition."""
    return (
        sa.select(Release.id)
        .join(Edition, Edition.id == Release.edition_id)
        .where(Edition.is_current, Release.number.is_not(None))
        .order_by(Release.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def turns_on(release: Release, day: date) -> Sequence[Turn]:
    """Return the turns that begin on `day` of the edition's zone, by start and channel number.

    Sellers and channels are loaded.
    """
    edition = db.session.get_one(Edition, release.edition_id)
    start, end = times.day_bounds(day, edition.zone)
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == release.id, Turn.starts_at >= start, Turn.starts_at < end
        )
    )
    return db.session.scalars(query).all()


def turns_of(seller_id: int) -> Sequence[Turn]:
    """Return all turns of a seller in the release in force, by start, channels loaded."""
    query = with_names(
        sa.select(Turn).where(Turn.release_id == current_release_id(), Turn.seller_id == seller_id)
    )
    return db.session.scalars(query).all()


def next_turn(seller_id: int, now: datetime) -> Turn | None:
    """Return the seller's turn that is on or comes next in the release in force, or None."""
    query = with_names(
        sa.select(Turn).where(
            Turn.release_id == current_release_id(),
            Turn.seller_id == seller_id,
            Turn.ends_at > now,
        )
    )
    return db.session.scalars(query.limit(1)).one_or_none()


def find_turns(
    release: Release,
    *,
    search: str = "",
    day: date | None = None,
    ends_after: datetime | None = None,
) -> sa.Select[Turn]:
    """Return the query for turns of a release, by start and channel number, names loaded.

    `search` is part of a stall's name; `day` (of the edition's zone) is when turns begin;
    `ends_after` leaves out what is over.
    """
    query = with_names(sa.select(Turn).where(Turn.release_id == release.id))
    if search:
        matching = Seller.name.icontains(search, autoescape=True)
        query = query.where(Turn.seller.has(matching))
    if day is not None:
        edition = db.session.get_one(Edition, release.edition_id)
        start, end = times.day_bounds(day, edition.zone)
        query = query.where(Turn.starts_at >= start, Turn.starts_at < end)
    if ends_after is not None:
        query = query.where(Turn.ends_at > ends_after)
    return query


def days_of(release: Release) -> dict[date, int]:
    """Return how many turns begin on each day of the edition's zone, in order of days."""
    zone = db.session.get_one(Edition, release.edition_id).zone
    starts = db.session.scalars(
        sa.select(Turn.starts_at).where(Turn.release_id == release.id).order_by(Turn.starts_at)
    )
    return dict(Counter(times.day_of(start, zone) for start in starts))


def with_names(query: sa.Select[Turn]) -> sa.Select[Turn]:
    """Order turns by start and channel number, and load sellers and channels with them."""
    return (
        query.join(Turn.channel)
        .options(joinedload(Turn.seller), joinedload(Turn.channel))
        .order_by(Turn.starts_at, Channel.number)
    )


def drafts(edition: Edition) -> sa.Select[Release]:
    """Return the query for what can still be edited and released, newest first.

    While its draw is being computed a draft is only a preview, see `find_preview`.
    """
    return _open(edition).where(sa.or_(Release.draw_id.is_(None), Draw.stage == DrawStage.DONE))


def find_preview(edition: Edition) -> Release | None:
    """Return what the draw that is being computed has so far: complete, not yet improved."""
    query = _open(edition).where(Draw.stage == DrawStage.RUNNING)
    return db.session.scalars(query.limit(1)).one_or_none()


def _open(edition: Edition) -> sa.Select[Release]:
    return (
        sa.select(Release)
        .outerjoin(Draw, Draw.id == Release.draw_id)
        .where(
            Release.edition_id == edition.id,
            Release.number.is_(None),
            Release.replaced_at.is_(None),
        )
        .order_by(Release.id.desc())
    )
