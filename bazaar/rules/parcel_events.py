"""What a courier's news makes of a parcel: one pure function, total over state and signal.

Couriers tell things twice, late, out of order and sometimes wrongly. The rules: nothing leads out
of an end, except that what was lost may turn up; a late scan never moves a parcel back; an end is
believed even when it comes late; what contradicts what we know is kept for a person to look at.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.rules.parcel_states import ENDED, RANKS, ParcelStatus

APPLIED: Final = "applied"
IGNORED: Final = "ignored"
REVIEW: Final = "review"

MOVING_AFTER_CLOSE: Final = "moving_after_close"
RESI_CONFLICT: Final = "resi_conflict"
RESI_CHANGED: Final = "resi_changed"
UNKNOWN_STATUS: Final = "unknown_status"
CONFLICT_AFTER: Final = "conflict_after_"
DELIVERED_WHILE_RETURNING: Final = "delivered_while_returning"
CANCEL_AFTER_HANDOVER: Final = "cancel_after_handover"
REJECTED_AFTER_HANDOVER: Final = "rejected_after_handover"
REBOOK_NEEDED: Final = "rebook_needed"

REJECTED: Final = "rejected"
"""The word of a CLOSE by which a courier says that it does not take the parcel."""

_FATES: Final = frozenset(
    {
        ParcelStatus.DELIVERED,
        ParcelStatus.RETURNING,
        ParcelStatus.RETURNED,
        ParcelStatus.LOST,
        ParcelStatus.DESTROYED,
    }
)
_FOUND: Final = frozenset({ParcelStatus.DELIVERED, ParcelStatus.RETURNING, ParcelStatus.RETURNED})
_TAKEN: Final = RANKS[ParcelStatus.HANDED_OVER]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is known of a parcel before the news. `resume` and `code` belong to an exception."""

    status: ParcelStatus
    resume: ParcelStatus | None = None
    code: str = ""
    last_event_at: datetime | None = None
    cancel_requested: bool = False
    resi: str = ""

    @property
    def base(self) -> ParcelStatus:
        """Where the parcel stands; in an exception, where it stood before."""
        if self.status is ParcelStatus.EXCEPTION:
            return self.resume or ParcelStatus.HANDED_OVER
        return self.status


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the news changes: `after` is the parcel then, `reviews` what a person must look at.

    `closed` is why the booking ended, "" if it did not. `old_resi` is the number that `after.resi`
    replaced or that ended with its booking. `takes_attributes`: price, driver and link are news.
    """

    result: str
    why: str
    after: Snapshot
    reviews: tuple[str, ...] = ()
    closed: str = ""
    old_resi: str = ""
    takes_attributes: bool = False


def apply(
    before: Snapshot, signal: Signal, *, current: bool = True, resi_taken: bool = False
) -> Outcome:
    """Return what `signal` makes of the parcel.

    `current`: the news is about the parcel's current booking, not an old one. `resi_taken`: its
    waybill number belongs to another parcel of the same courier.
    """
    if not current:
        if _is_moving(signal):
            return Outcome(REVIEW, "old_booking", before, (MOVING_AFTER_CLOSE,))
        return Outcome(IGNORED, "old_booking", before)
    stale = _is_stale(before, signal)
    known, reviews, old_resi = _with_resi(before, signal, stale=stale, taken=resi_taken)
    outcome = _moved(known, signal, stale=stale)
    after = outcome.after
    if outcome.result == APPLIED and not stale and signal.occurred_at and not outcome.closed:
        newest = max(filter(None, (after.last_event_at, signal.occurred_at)))
        after = replace(after, last_event_at=newest)
    reviews += outcome.reviews
    news = not stale and bool(
        signal.price_idr is not None or signal.driver or signal.link or signal.sorting_code
    )
    result, why = outcome.result, outcome.why
    if result == IGNORED and reviews:
        result, why = REVIEW, reviews[0]
    elif result == IGNORED and (news or known.resi != before.resi):
        result, why = APPLIED, "attributes"
    return Outcome(result, why, after, reviews, outcome.closed, outcome.old_resi or old_resi, news)


def _is_stale(before: Snapshot, signal: Signal) -> bool:
    return (
        signal.occurred_at is not None
        and before.last_event_at is not None
        and signal.occurred_at < before.last_event_at
    )


def _is_moving(signal: Signal) -> bool:
    """Whether the news says that a courier has the parcel, or had it."""
    if signal.kind is not SignalKind.STATE or signal.state is None:
        return False
    return signal.state in _FATES or RANKS.get(signal.state, 0) >= _TAKEN


def _with_resi(
    before: Snapshot, signal: Signal, *, stale: bool, taken: bool
) -> tuple[Snapshot, tuple[str, ...], str]:
    """Return the parcel with the number that the news brings, what to look at, and the old one."""
    if not signal.resi or stale or signal.resi == before.resi:
        return before, (), ""
    if taken:
        return before, (RESI_CONFLICT,), ""
    known = replace(before, resi=signal.resi)
    return (known, (RESI_CHANGED,), before.resi) if before.resi else (known, (), "")


def _moved(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    """Return what becomes of the parcel's state; `before` has its new attributes already."""
    if signal.kind is SignalKind.ATTRIBUTES:
        return Outcome(IGNORED, "attributes", before)
    if signal.kind is SignalKind.UNKNOWN or (
        signal.kind is SignalKind.STATE
        and (signal.state not in _FATES and signal.state not in RANKS)
    ):
        return Outcome(REVIEW, UNKNOWN_STATUS, before, (UNKNOWN_STATUS,))
    if before.status in ENDED:
        return _after_the_end(before, signal, stale=stale)
    if before.status is ParcelStatus.RETURNING:
        return _while_returning(before, signal, stale=stale)
    return _on_the_way(before, signal, stale=stale)


def _on_the_way(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    if signal.kind is SignalKind.CLOSE:
        return _closed(before, signal, stale=stale)
    if signal.kind is SignalKind.EXCEPTION:
        return _stuck(before, signal, stale=stale)
    if signal.kind is SignalKind.CLEAR:
        return _cleared(before, stale=stale)
    assert signal.state is not None
    if signal.state in _FATES:
        return _at(before, signal.state, signal.code)
    return _along_the_way(before, signal.state, signal.occurred_at, stale=stale)


def _after_the_end(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    state = signal.state if signal.kind is SignalKind.STATE else None
    if state is before.status:
        return Outcome(IGNORED, "same", before)
    if before.status is ParcelStatus.LOST and state in _FOUND and not stale:
        assert state is not None
        return _at(before, state, signal.code)
    if before.status is ParcelStatus.CANCELLED:
        if _is_moving(signal):
            return Outcome(REVIEW, MOVING_AFTER_CLOSE, before, (MOVING_AFTER_CLOSE,))
        return Outcome(IGNORED, "ended", before)
    if state in RANKS:
        return Outcome(IGNORED, "late_scan", before)
    reason = f"{CONFLICT_AFTER}{before.status.value}"
    return Outcome(REVIEW, reason, before, (reason,))


def _while_returning(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    state = signal.state if signal.kind is SignalKind.STATE else None
    if state is ParcelStatus.DELIVERED:  # couriers report so that the sender has it again
        reason = DELIVERED_WHILE_RETURNING
        return Outcome(REVIEW, reason, before, (reason,))
    if state in _FATES and state is not ParcelStatus.RETURNING:
        assert state is not None
        return _at(before, state)
    if signal.kind is SignalKind.EXCEPTION and not stale:
        return Outcome(APPLIED, "exception", replace(before, code=signal.code))
    if signal.kind is SignalKind.CLOSE:
        return Outcome(REVIEW, CANCEL_AFTER_HANDOVER, before, (CANCEL_AFTER_HANDOVER,))
    return Outcome(IGNORED, "stale" if stale else "returning", before)


def _closed(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    if RANKS[before.base] < _TAKEN:
        free = replace(before, resume=None, code="", last_event_at=None, resi="")
        why = signal.code or "cancelled"
        if before.cancel_requested:
            gone = replace(free, status=ParcelStatus.CANCELLED)
            return Outcome(APPLIED, "cancelled", gone, (), why, before.resi)
        packed = replace(free, status=ParcelStatus.PACKED)
        return Outcome(APPLIED, REBOOK_NEEDED, packed, (REBOOK_NEEDED,), why, before.resi)
    if signal.code != REJECTED:
        return Outcome(REVIEW, CANCEL_AFTER_HANDOVER, before, (CANCEL_AFTER_HANDOVER,))
    if stale:
        return Outcome(IGNORED, "stale", before)
    stuck = _stuck(before, signal, stale=False)
    return replace(stuck, reviews=(REJECTED_AFTER_HANDOVER,))


def _stuck(before: Snapshot, signal: Signal, *, stale: bool) -> Outcome:
    if stale:
        return Outcome(IGNORED, "stale", before)
    after = replace(before, status=ParcelStatus.EXCEPTION, resume=before.base, code=signal.code)
    return Outcome(APPLIED, "exception", after)


def _cleared(before: Snapshot, *, stale: bool) -> Outcome:
    if before.status is not ParcelStatus.EXCEPTION:
        return Outcome(IGNORED, "nothing_to_clear", before)
    return Outcome(IGNORED, "stale", before) if stale else _at(before, before.base)


def _along_the_way(
    before: Snapshot, state: ParcelStatus, occurred_at: datetime | None, *, stale: bool
) -> Outcome:
    if stale:
        return Outcome(IGNORED, "stale", before)
    ahead = RANKS[state] - RANKS[before.base]
    if ahead == 0 and before.status is not ParcelStatus.EXCEPTION:
        return Outcome(APPLIED, "same", before)  # counts as news, moves nothing
    again = (  # a second attempt at the door, or another way there
        state is ParcelStatus.IN_TRANSIT
        and occurred_at is not None
        and before.last_event_at is not None
        and occurred_at > before.last_event_at
    )
    if ahead >= 0 or again:
        return _at(before, state)
    return Outcome(IGNORED, "backwards", before)


def _at(before: Snapshot, state: ParcelStatus, code: str = "") -> Outcome:
    return Outcome(APPLIED, state.value, replace(before, status=state, resume=None, code=code))
