"""When a seller can come to the windows of an edition: its own answer, window by window.

Until a seller answers, its weekly hours count. With the first answer the windows themselves
count, exactly as given. Two phones never overwrite each other: who answers says which answer was
on the screen, and one UPDATE decides whether that is still the one in force.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, Invalid
from bazaar.models import Availability, Edition, Participation, Presence, Seller, ShowDay, Window
from bazaar.rules import availability
from bazaar.rules.availability import Span


class NotTakingPart(Conflict):
    """The seller takes no part in this edition, or not any more; nothing was kept."""

    text = N_("UMKM ini tidak ikut penyelenggaraan ini, jadi jadwalnya tidak dapat diubah.")


class AnswerTooLate(Conflict):
    """The time for answers is over; nothing was kept. The committee can still change it."""

    text = N_("Batas pengisian sudah lewat. Minta panitia mengubah jadwal Anda.")


class AnsweredElsewhere(Conflict):
    """Somebody saved another answer since this page was opened; nothing was overwritten."""

    text = N_(
        "Jadwal ini sudah disimpan dari perangkat lain. Isian Anda di bawah belum tersimpan: "
        "periksa, lalu simpan sekali lagi."
    )


class BadSpan(Invalid):
    """A time lies outside its window, is over before it begins, or is too short for a turn."""

    text = N_("Ada jam yang tidak dapat dipakai.")


@dataclass(frozen=True, slots=True)
class Answer:
    """When a seller can come, by window id; windows that are missing it cannot come to.

    `answered_at` is None as long as the weekly hours speak for it. Windows with a higher id than
    `known` were added after the answer.
    """

    spans: Mapping[int, Span]
    answered_at: datetime | None
    known: int | None
    withdrawn_at: datetime | None
    standby: bool

    def is_new(self, window: Window) -> bool:
        """Say whether the seller has not been asked about this window yet."""
        return self.answered_at is not None and self.known is not None and window.id > self.known


def windows_of(edition: Edition) -> Sequence[Window]:
    """Return all windows of the edition, by start."""
    query = (
        sa.select(Window)
        .join(ShowDay, ShowDay.id == Window.show_day_id)
        .where(ShowDay.edition_id == edition.id)
        .order_by(Window.opens_at, Window.id)
    )
    return db.session.scalars(query).all()


def find_answer(edition: Edition, seller_id: int, windows: Sequence[Window]) -> Answer | None:
    """Return when the seller can come to these windows, or None if it takes no part."""
    row = db.session.get(Participation, (edition.id, seller_id), populate_existing=True)
    if row is None:
        return None
    spans = (
        _presences(seller_id, windows)
        if row.answered_at is not None
        else _weekly(edition, seller_id, windows)
    )
    return Answer(spans, row.answered_at, row.answered_window, row.withdrawn_at, row.standby)


def find_part(edition: Edition, seller_id: int) -> Participation | None:
    """Return how the seller takes part in the edition, or None."""
    return db.session.get(Participation, (edition.id, seller_id))


def is_open(edition: Edition, now: datetime) -> bool:
    """Say whether sellers may still answer for themselves."""
    return edition.availability_until is None or now < edition.availability_until


def save(
    edition: Edition,
    seller: Seller,
    spans: Mapping[int, Span],
    *,
    seen: datetime | None,
    actor: Actor,
    now: datetime,
    late: bool = False,
) -> None:
    """Keep when the seller can come to the windows that are still to come; all or nothing.

    Windows without a span it cannot come to; those that have opened stay as they were. `seen` is
    the `answered_at` of the answer the change began with. The same answer again changes nothing.
    Raises AnswerTooLate (unless `late`, which is for the committee), NotTakingPart, BadSpan, and
    AnsweredElsewhere when another answer was kept since `seen`.
    """
    if not (late or is_open(edition, now)):
        raise AnswerTooLate
    windows = windows_of(edition)
    before = find_answer(edition, seller.id, windows)
    if before is None or before.withdrawn_at is not None:
        raise NotTakingPart
    coming = [window for window in windows if window.opens_at > now]
    _check(edition, spans, coming)
    kept = {w.id: before.spans[w.id] for w in windows if w.opens_at <= now and w.id in before.spans}
    wanted = {**kept, **spans}
    if _stands(edition, seller.id, windows, wanted):
        return
    ours = sa.update(Participation).where(
        Participation.edition_id == edition.id,
        Participation.seller_id == seller.id,
        Participation.answered_at.is_not_distinct_from(seen),
        Participation.withdrawn_at.is_(None),
    )
    known = max((window.id for window in windows), default=0)
    if not claim(ours.values(answered_at=now, answered_window=known)):
        if _stands(edition, seller.id, windows, wanted):
            return  # the second of two taps
        raise AnsweredElsewhere
    _replace(seller.id, windows, wanted)
    subject = f"seller:{seller.code}"
    facts = {"windows": len(spans), "minutes": minutes(spans), "of": len(coming)}
    audit.note(actor, "availability.answer", subject, now=now, **facts)


def leave_out(
    edition: Edition,
    seller: Seller,
    span: Span,
    *,
    keep: Collection[Span] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Take a time out of what the seller can come to: of its window one part stays.

    The part with the times to `keep`, else the longer one; if they lie in both, nothing changes.
    A part that is too short for a turn goes. Also when the weekly hours spoke so far: they become
    an answer. Harmless when the seller cannot come then anyway.
    """
    windows = windows_of(edition)
    answer = find_answer(edition, seller.id, windows)
    window = next((w for w in windows if w.opens_at <= span[0] < w.closes_at), None)
    if answer is None or window is None or window.id not in answer.spans:
        return
    start, end = answer.spans[window.id]
    needed = [one for one in keep if one != span and start <= one[0] and one[1] <= end]
    turn = timedelta(minutes=edition.turn_minutes)
    parts = [
        part
        for part in ((start, span[0]), (span[1], end))
        if part[1] - part[0] >= turn
        and all(part[0] <= one[0] and one[1] <= part[1] for one in needed)
    ]
    if needed and not parts:
        return
    spans = {number: each for number, each in answer.spans.items() if number != window.id}
    if parts:
        spans[window.id] = max(parts, key=lambda part: part[1] - part[0])
    known = answer.known if answer.answered_at else max(w.id for w in windows)
    ours = sa.update(Participation).where(
        Participation.edition_id == edition.id, Participation.seller_id == seller.id
    )
    claim(ours.values(answered_at=now, answered_window=known))
    _replace(seller.id, windows, spans)
    subject = f"seller:{seller.code}"
    audit.note(actor, "availability.leave_out", subject, now=now, starts_at=span[0].isoformat())


def minutes(spans: Mapping[int, Span]) -> int:
    """Return how many minutes the spans have together."""
    return sum((end - start) // timedelta(minutes=1) for start, end in spans.values())


def _check(edition: Edition, spans: Mapping[int, Span], coming: Sequence[Window]) -> None:
    turn = timedelta(minutes=edition.turn_minutes)
    bounds = {window.id: (window.opens_at, window.closes_at) for window in coming}
    for number, span in spans.items():
        if number not in bounds or availability.fault(span, bounds[number], turn):
            raise BadSpan


def _stands(
    edition: Edition, seller_id: int, windows: Sequence[Window], wanted: Mapping[int, Span]
) -> bool:
    """Say whether this is the answer already, with every window asked about."""
    answer = find_answer(edition, seller_id, windows)
    if answer is None or answer.answered_at is None or any(map(answer.is_new, windows)):
        return False
    return answer.spans == wanted


def _replace(seller_id: int, windows: Sequence[Window], spans: Mapping[int, Span]) -> None:
    numbers = [window.id for window in windows]
    db.session.execute(
        sa.delete(Presence).where(Presence.seller_id == seller_id, Presence.window_id.in_(numbers))
    )
    rows = [
        {"seller_id": seller_id, "window_id": number, "starts_at": start, "ends_at": end}
        for number, (start, end) in sorted(spans.items())
    ]
    if rows:
        db.session.execute(sa.insert(Presence), rows)


def _presences(seller_id: int, windows: Collection[Window]) -> dict[int, Span]:
    query = sa.select(Presence.window_id, Presence.starts_at, Presence.ends_at).where(
        Presence.seller_id == seller_id,
        Presence.window_id.in_([window.id for window in windows]),
    )
    return {number: (start, end) for number, start, end in db.session.execute(query)}


def _weekly(edition: Edition, seller_id: int, windows: Collection[Window]) -> dict[int, Span]:
    """Return what the weekly hours make of the windows: of each its longest useful part."""
    turn = timedelta(minutes=edition.turn_minutes)
    hours = db.session.scalars(
        sa.select(Availability).where(Availability.seller_id == seller_id)
    ).all()
    found: dict[int, Span] = {}
    for window in windows:
        whole = (window.opens_at, window.closes_at)
        parts = availability.spans(hours, *whole, edition.zone) if hours else [whole]
        useful = [part for part in parts if not availability.fault(part, whole, turn)]
        if useful:
            found[window.id] = max(useful, key=lambda part: part[1] - part[0])
    return found
