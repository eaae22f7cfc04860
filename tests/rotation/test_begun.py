"""What the control room put on air before its time has begun: no plan moves it any more."""

from datetime import timedelta

import pytest

from bazaar import rotation, show
from bazaar.db import db
from bazaar.models import DrawKind, EditKind
from bazaar.rotation import edits, gathering, needs, replans
from bazaar.rotation.edits import Edit
from bazaar.rotation.faults import Past, RuleBroken
from bazaar.rotation.releases import DraftTooOld
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.format import read_instance, write_instance
from bazaar.rules.rotation.solving import solve
from bazaar.rules.show.acts import ActKind
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def edition(app, now):
    """One channel, three slots from now on and two tomorrow; nothing is frozen by its time."""
    edition = an_edition(freeze_minutes=0, max_turns_per_day=2)
    a_window(edition, opens_at=now, minutes=45)
    a_window(edition, opens_at=now + timedelta(days=1), minutes=30)
    return edition


@pytest.fixture
def sellers(edition):
    return [a_seller(edition=edition, name=name) for name in ("Batik", "Kopi", "Tempe")]


@pytest.fixture
def release(edition, sellers, now):
    """Batik is on, Kopi comes in a quarter of an hour, Tempe after it."""
    release = a_release(edition)
    for n, seller in enumerate(sellers):
        a_turn(release, seller, starts_at=now + minutes(15 * n))
    return release


@pytest.fixture
def later(now):
    return now + minutes(5)


def turn_of(release, n):
    db.session.refresh(release)
    return sorted(release.turns, key=lambda turn: turn.starts_at)[n]


@pytest.fixture
def act(edition, later):
    """act(kind, …) does it five minutes after the start of the evening."""

    def act(kind, **what):
        db.session.flush()
        show.forget()
        revision = show.kept(edition, later)[0].revision
        return show.act(edition, 1, kind, revision=revision, actor=HOST, now=later, **what)

    return act


def placed(found, turn):
    return next(slot for slot, place in found.keys.items() if place[1] == turn.starts_at)


def planned(edition, base, now, *, rebuild):
    """The slot of the last turn, its seller in a new plan, and the seller's code."""
    kind = DrawKind.PLAN if rebuild else DrawKind.REPAIR
    found = gathering.gather(edition, now=now, base=base, kind=kind)
    turn = turn_of(base, 2)
    plan = solve(found.instance, "benih", rebuild=rebuild)
    assert read_instance(write_instance(found.instance)) == found.instance
    slot = placed(found, turn)
    given = {each.slot: each.seller for each in plan.assignments}
    return given.get(slot), turn.seller.code, violations(found.instance, plan.assignments)


@pytest.mark.parametrize("rebuild", [False, True], ids=["repair", "rebuild"])
def test_who_was_put_on_air_early_stays_also_when_it_has_left(
    edition, release, sellers, act, later, rebuild
):
    act(ActKind.START, turn=turn_of(release, 2).uid)
    replans.withdraw(edition, sellers[2], "sakit", actor=HOST, now=later)

    has, had, faults = planned(edition, release, later + minutes(1), rebuild=rebuild)

    assert (has, faults) == (had, [])


def test_a_slot_that_a_standby_fills_early_has_begun(edition, release, sellers, act, later):
    act(ActKind.NO_SHOW, turn=turn_of(release, 2).uid, seller=sellers[1].id)
    replans.withdraw(edition, sellers[2], "sakit", actor=HOST, now=later)

    has, had, _ = planned(edition, release, later + minutes(1), rebuild=False)

    assert has == had


@pytest.mark.parametrize("how", ["taken back", "given up"])
def test_who_was_not_really_on_air_has_not_begun(edition, release, sellers, act, later, how):
    uid = turn_of(release, 2).uid
    if how == "taken back":
        act(ActKind.START, turn=uid)
        show.undo(edition, 1, 1, actor=HOST, now=later + minutes(0.25))
    else:
        act(ActKind.NO_SHOW, turn=uid)
    replans.withdraw(edition, sellers[2], "sakit", actor=HOST, now=later)

    has, had, _ = planned(edition, release, later + minutes(1), rebuild=False)

    assert has != had


def test_an_older_draft_that_moves_it_is_not_released(edition, release, sellers, act, later):
    draft = a_release(edition, number=None, base_id=release.id)
    spots = [turn_of(release, n).starts_at for n in range(3)]
    for seller, starts_at in zip((sellers[0], sellers[2], sellers[1]), spots, strict=True):
        a_turn(draft, seller, starts_at=starts_at)
    act(ActKind.START, turn=turn_of(release, 2).uid)

    with pytest.raises(DraftTooOld):
        rotation.release(draft, actor=HOST, now=later + minutes(1))
    assert draft.number is None


def test_a_draft_that_leaves_it_where_it_was_is_released(edition, release, act, later):
    draft = a_release(edition, number=None, base_id=release.id)
    for n in range(3):
        turn = turn_of(release, n)
        a_turn(draft, turn.seller, starts_at=turn.starts_at)
    early = turn_of(release, 2)
    act(ActKind.START, turn=early.uid)

    rotation.release(draft, actor=HOST, now=later + minutes(1))

    assert turn_of(draft, 2).uid == early.uid
    show.forget()
    (day,) = show.kept(edition, later + minutes(1))
    assert day.stand(later + minutes(1)).on_air.turn.uid == early.uid


def test_no_hand_moves_it(edition, release, sellers, act, later):
    draft = a_release(edition, number=None, base_id=release.id)
    for n in range(3):
        turn = turn_of(release, n)
        a_turn(draft, turn.seller, starts_at=turn.starts_at)
    act(ActKind.START, turn=turn_of(release, 2).uid)
    channel = edition.channels[0].id
    here, there = ((channel, turn_of(draft, n).starts_at) for n in (1, 2))

    with pytest.raises(RuleBroken) as refused:
        edits.apply(
            draft,
            Edit(EditKind.SWAP, here, there, ""),
            revision=draft.revision,
            why="",
            actor=HOST,
            now=later + minutes(1),
        )
    assert [type(fault) for fault in refused.value.faults] == [Past]


def test_it_needs_no_repair(edition, release, sellers, act, later):
    act(ActKind.START, turn=turn_of(release, 2).uid)
    for seller in sellers[1:]:
        replans.withdraw(edition, seller, "sakit", actor=HOST, now=later)

    found = needs.needs_repair(edition, later + minutes(1))

    assert [need.name for need in found if need.kind is needs.NeedKind.LEFT] == ["Kopi"]
