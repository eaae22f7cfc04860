"""What couriers tell: every state with every signal, fresh and stale; and any order of news."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.parcel_events import APPLIED, IGNORED, REVIEW, Snapshot, apply
from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.rules.parcel_states import ENDED, RANKS, ParcelStatus

LAST = datetime(2026, 3, 3, 12, tzinfo=UTC)
LATER, EARLIER = LAST + timedelta(hours=1), LAST - timedelta(hours=1)
OTHERS = ("exception", "clear", "cancelled", "rejected", "attributes", "unknown")
SIGNALS = [status.value for status in ParcelStatus] + list(OTHERS)

# A row a state; a cell a signal. A word is the state after; `.` nothing, `,` news that moves
# nothing, `?word` for a person. Signals: the states from draft to cancelled in their order (draft
# is never told; a courier saying so scans late), then those of OTHERS. `exc/x`: an exception that
# came from x.
FRESH = """
draft      , packed booked handed transit out delivered ?unk returning returned lost destroyed ?unk | exc . packed?rebook packed?rebook . ?unk
packed     . , booked handed transit out delivered ?unk returning returned lost destroyed ?unk | exc . packed?rebook packed?rebook . ?unk
booked     . . , handed transit out delivered ?unk returning returned lost destroyed ?unk | exc . packed?rebook packed?rebook . ?unk
handed     . . . , transit out delivered ?unk returning returned lost destroyed ?unk | exc . ?cah exc?rah . ?unk
transit    . . . . , out delivered ?unk returning returned lost destroyed ?unk | exc . ?cah exc?rah . ?unk
out        . . . . transit , delivered ?unk returning returned lost destroyed ?unk | exc . ?cah exc?rah . ?unk
exc/booked . . booked handed transit out delivered ?unk returning returned lost destroyed ?unk | exc booked packed?rebook packed?rebook . ?unk
exc/out    . . . . transit out delivered ?unk returning returned lost destroyed ?unk | exc out ?cah exc?rah . ?unk
delivered  . . . . . . . ?unk ?conflict ?conflict ?conflict ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
returning  . . . . . . ?dwr ?unk . returned lost destroyed ?unk | , . ?cah ?cah . ?unk
returned   . . . . . . ?conflict ?unk ?conflict . ?conflict ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
lost       . . . . . . delivered ?unk returning returned . ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
destroyed  . . . . . . ?conflict ?unk ?conflict ?conflict ?conflict . ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
cancelled  . . . ?mac ?mac ?mac ?mac ?unk ?mac ?mac ?mac ?mac ?unk | . . . . . ?unk
"""
STALE = """
draft      . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . packed?rebook packed?rebook . ?unk
packed     . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . packed?rebook packed?rebook . ?unk
booked     . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . packed?rebook packed?rebook . ?unk
handed     . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . ?cah . . ?unk
transit    . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . ?cah . . ?unk
out        . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . ?cah . . ?unk
exc/booked . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . packed?rebook packed?rebook . ?unk
exc/out    . . . . . . delivered ?unk returning returned lost destroyed ?unk | . . ?cah . . ?unk
delivered  . . . . . . . ?unk ?conflict ?conflict ?conflict ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
returning  . . . . . . ?dwr ?unk . returned lost destroyed ?unk | . . ?cah ?cah . ?unk
returned   . . . . . . ?conflict ?unk ?conflict . ?conflict ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
lost       . . . . . . ?conflict ?unk ?conflict ?conflict . ?conflict ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
destroyed  . . . . . . ?conflict ?unk ?conflict ?conflict ?conflict . ?unk | ?conflict ?conflict ?conflict ?conflict . ?unk
cancelled  . . . ?mac ?mac ?mac ?mac ?unk ?mac ?mac ?mac ?mac ?unk | . . . . . ?unk
"""
SHORT = {"handed": "handed_over", "transit": "in_transit", "out": "out_for_delivery"}
SHORT |= {"exc": "exception"}
REASONS = {
    "unk": "unknown_status",
    "rebook": "rebook_needed",
    "cah": "cancel_after_handover",
    "rah": "rejected_after_handover",
    "dwr": "delivered_while_returning",
    "mac": "moving_after_close",
}


def state(word):
    return ParcelStatus(SHORT.get(word, word))


def table(text):
    for line in text.strip().splitlines():
        name, *cells = line.replace("|", " ").split()
        yield from zip([name] * len(cells), SIGNALS, cells, strict=True)


def signal(name, occurred_at=None, **given):
    kinds = {"cancelled": SignalKind.CLOSE, "rejected": SignalKind.CLOSE}
    kinds |= {word: SignalKind(word) for word in ("exception", "clear", "attributes", "unknown")}
    return Signal(kinds[name], code=name, occurred_at=occurred_at, **given)


def signals(occurred_at):
    told = [
        Signal(SignalKind.STATE, state=status, occurred_at=occurred_at) for status in ParcelStatus
    ]
    return dict(enumerate(told + [signal(name, occurred_at) for name in OTHERS]))


def parcel(name, **given):
    status, _, base = name.partition("/")
    resume = state(base) if base else None
    return Snapshot(state(status), resume=resume, last_event_at=LAST, **given)


def rows(text, occurred_at):
    told = signals(occurred_at)
    for at, (name, word, cell) in enumerate(table(text)):
        news = told[at % len(SIGNALS)]
        yield pytest.param(name, news, cell, id=f"{name}-{at % len(SIGNALS)}-{word}")


def test_the_tables_are_total():
    assert {name.partition("/")[0] for name, *_ in table(FRESH)} == {
        word for status in ParcelStatus for word in [short(status)]
    }
    assert [row[:2] for row in table(FRESH)] == [row[:2] for row in table(STALE)]


def short(status):
    return {full: word for word, full in SHORT.items()}.get(status.value, status.value)


def check(before, news, cell):
    moved, _, reason = cell.partition("?")
    outcome = apply(before, news)
    reasons: tuple[str, ...] = ()
    if reason:
        conflict = f"conflict_after_{before.status.value}"
        reasons = (conflict if reason == "conflict" else REASONS[reason],)
    assert outcome.reviews == reasons
    if moved in {"", ".", ","}:
        assert outcome.after.status is before.status
        assert outcome.result == {"": REVIEW, ".": IGNORED, ",": APPLIED}[moved]
        return outcome
    assert outcome.result == APPLIED
    assert outcome.after.status is state(moved)
    return outcome


@pytest.mark.parametrize(("name", "news", "cell"), list(rows(FRESH, LATER)))
def test_every_pair_of_state_and_fresh_news(name, news, cell):
    before = parcel(name, code="on_hold" if "/" in name else "")
    outcome = check(before, news, cell)
    if outcome.result == APPLIED and not outcome.closed:
        assert outcome.after.last_event_at == LATER
    elif not outcome.closed:
        assert outcome.after.last_event_at == LAST
    if outcome.after.status is not ParcelStatus.EXCEPTION:
        assert outcome.after.resume is None
    else:
        assert outcome.after.resume is before.base


@pytest.mark.parametrize(("name", "news", "cell"), list(rows(STALE, EARLIER)))
def test_every_pair_of_state_and_stale_news(name, news, cell):
    outcome = check(parcel(name), news, cell)
    assert outcome.after.last_event_at == (None if outcome.closed else LAST)


def test_news_without_an_instant_is_fresh_and_moves_no_clock():
    news = Signal(SignalKind.STATE, state=ParcelStatus.IN_TRANSIT)
    outcome = apply(parcel("handed"), news)
    assert outcome.after == Snapshot(ParcelStatus.IN_TRANSIT, last_event_at=LAST)
    again = apply(parcel("out"), news)  # back only with a later instant
    assert (again.result, again.why) == (IGNORED, "backwards")
    assert apply(replace(parcel("out"), last_event_at=None), replace(news, occurred_at=LATER)).why


def test_an_old_booking_only_asks_for_a_person_when_its_parcel_moves():
    for status in ParcelStatus:
        news = Signal(SignalKind.STATE, state=status, occurred_at=LATER, resi="JX1300026767")
        outcome = apply(parcel("packed"), news, current=False)
        moving = status.value in {"delivered", "returning", "returned", "lost", "destroyed"}
        moving = moving or RANKS.get(status, 0) >= RANKS[ParcelStatus.HANDED_OVER]
        assert outcome.reviews == (("moving_after_close",) if moving else ())
        assert outcome.after == parcel("packed")
    assert apply(parcel("packed"), signal("cancelled"), current=False).result == IGNORED


def test_closing_before_the_hand_over_gives_the_parcel_back():
    before = parcel("exc/booked", code="on_hold", resi="JX1300026767")
    outcome = apply(before, signal("rejected"))
    assert outcome.after == Snapshot(ParcelStatus.PACKED)
    assert (outcome.closed, outcome.old_resi) == ("rejected", "JX1300026767")

    ours = apply(replace(before, cancel_requested=True), signal("cancelled"))
    assert ours.after.status is ParcelStatus.CANCELLED
    assert ours.reviews == ()


@pytest.mark.parametrize("kind", ["attributes", "exception", "unknown", "clear"])
def test_any_news_may_bring_a_number(kind):
    news = signal(kind, LATER, resi="JX2", price_idr=26_000)
    first = apply(parcel("transit"), news)
    assert (first.after.resi, first.old_resi, first.takes_attributes) == ("JX2", "", True)
    assert "resi_changed" not in first.reviews
    changed = apply(parcel("transit", resi="JX1"), news)
    assert (changed.after.resi, changed.old_resi) == ("JX2", "JX1")
    assert changed.reviews[0] == "resi_changed"
    taken = apply(parcel("transit", resi="JX1"), news, resi_taken=True)
    assert (taken.after.resi, taken.reviews[0]) == ("JX1", "resi_conflict")
    stale = apply(parcel("transit", resi="JX1"), replace(news, occurred_at=EARLIER))
    assert (stale.after.resi, stale.takes_attributes) == ("JX1", False)
    same = apply(parcel("transit", resi="JX2"), news)
    assert "resi_changed" not in same.reviews


def test_attributes_alone_are_applied_only_when_they_say_something():
    assert apply(parcel("transit"), signal("attributes")).result == IGNORED
    priced = apply(parcel("transit"), signal("attributes", LATER, price_idr=1))
    assert (priced.result, priced.after.last_event_at) == (APPLIED, LAST)


def test_a_repeated_exception_replaces_its_word_only():
    before = parcel("exc/out", code="on_hold")
    outcome = apply(before, replace(signal("exception", LATER), code="refused"))
    assert outcome.after == replace(before, code="refused", last_event_at=LATER)


def test_an_exception_while_returning_keeps_it_returning():
    outcome = apply(parcel("returning"), replace(signal("exception", LATER), code="refused"))
    assert (outcome.after.status, outcome.after.code) == (ParcelStatus.RETURNING, "refused")


# Any order, any repetition

NEWS = st.builds(
    Signal,
    kind=st.sampled_from(SignalKind),
    state=st.sampled_from(ParcelStatus),
    code=st.sampled_from(["", "rejected", "on_hold"]),
    occurred_at=st.one_of(
        st.none(), st.integers(0, 8).map(lambda hours: LAST + timedelta(hours=hours))
    ),
)
PARCELS = st.builds(
    Snapshot,
    status=st.sampled_from(ParcelStatus),
    resume=st.sampled_from(list(RANKS)),
    last_event_at=st.one_of(st.none(), st.just(LAST)),
    cancel_requested=st.booleans(),
)


@given(PARCELS, st.lists(NEWS, max_size=12))
def test_whatever_comes_nothing_leads_out_of_an_end(before, news):
    for told in news:
        after = apply(before, told).after
        if before.status in ENDED and before.status is not ParcelStatus.LOST:
            assert after.status is before.status
        if before.status is ParcelStatus.LOST:
            found = {"lost", "delivered", "returning", "returned"}
            assert after.status.value in found
        if before.last_event_at and after.last_event_at:
            assert after.last_event_at >= before.last_event_at
        before = after


@given(PARCELS, st.lists(NEWS, max_size=12))
def test_ranks_fall_only_by_another_attempt_or_a_closed_booking(before, news):
    for told in news:
        outcome = apply(before, told)
        if before.base in RANKS and outcome.after.base in RANKS:
            fell = RANKS[outcome.after.base] < RANKS[before.base]
            again = told.state is ParcelStatus.IN_TRANSIT and told.occurred_at is not None
            assert not fell or outcome.closed or again
        before = outcome.after


WAY = ["booked", "handed_over", "in_transit", "out_for_delivery"]


@given(st.data(), st.sampled_from(["delivered", "returned", "lost", "destroyed"]))
def test_in_any_order_and_twice_a_couriers_story_ends_the_same(data, end):
    """A story with one end comes to it, whatever is late or repeated; no scan undoes it."""
    hours = enumerate([*WAY, end])
    story = [
        Signal(SignalKind.STATE, state=ParcelStatus(word), occurred_at=LAST + timedelta(hours=at))
        for at, word in hours
    ]
    told = data.draw(st.permutations(story)) + data.draw(st.lists(st.sampled_from(story)))
    parcel = Snapshot(ParcelStatus.PACKED)
    best = 0
    for news in told:
        parcel = apply(parcel, news).after
        rank = RANKS.get(parcel.status)
        if rank is not None:
            assert rank >= best
            best = rank
    assert parcel.status is ParcelStatus(end)


@pytest.mark.parametrize(("first", "second"), list(product(WAY, repeat=2)))
def test_the_same_news_twice_changes_nothing(first, second):
    news = Signal(SignalKind.STATE, state=ParcelStatus(first), occurred_at=LATER)
    other = Signal(SignalKind.STATE, state=ParcelStatus(second), occurred_at=LATER)
    once = apply(apply(Snapshot(ParcelStatus.PACKED), news).after, other).after
    twice = apply(apply(once, news).after, other).after
    assert twice == once
