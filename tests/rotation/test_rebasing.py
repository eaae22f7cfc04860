"""A draft put onto another release keeps what it can of its changes, and tells the rest."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import inspection, rotation, times
from bazaar.db import db
from bazaar.models import EditKind, PlanEdit, Seller, Turn
from bazaar.rotation import drafts, rebasing, shares
from tests.builders import HOST, a_seller, a_window, an_edition, keep


@pytest.fixture
def bazaar(app, now):
    """One channel, eight slots from in two hours on, four sellers, released."""
    edition = an_edition(channels=1, freeze_minutes=0)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=120)
    for n in range(4):
        a_seller(edition=edition, name=f"Lapak {n}")
    draft = rotation.make_draft(edition, seed="benih", actor=HOST, now=now)
    rotation.release(draft, actor=HOST, now=now)
    return edition


def turns(release):
    query = sa.select(Turn).where(Turn.release_id == release.id).order_by(Turn.starts_at)
    return db.session.scalars(query).all()


def owners(release):
    db.session.expire_all()
    return [turn.seller.code for turn in turns(release)]


def copy(edition, now, *, beside=False):
    return drafts.from_release(edition, actor=HOST, now=now, beside=beside)


def give(draft, at, code, number=1):
    """Give the draft's turn number `at` to another seller by hand."""
    turn = turns(draft)[at]
    change = {
        "channel": turn.channel_id,
        "starts_at": turn.starts_at.isoformat(),
        "before": turn.seller.code,
        "after": code,
    }
    keep(
        PlanEdit(
            release_id=draft.id,
            number=number,
            kind=EditKind.PUT,
            changes=[change],
            made_by="Rina",
            made_at=times.now(),
        )
    )
    turn.seller_id = db.session.scalars(sa.select(Seller.id).where(Seller.code == code)).one()
    draft.revision += 1
    db.session.flush()
    db.session.expire(turn)
    shares.rewrite(draft)


def other_than(release, at):
    """A seller who has neither this turn nor its neighbours."""
    near = {turn.seller.code for turn in turns(release)[max(0, at - 1) : at + 2]}
    return next(code for code in sorted(set(owners(release))) if code not in near)


def test_an_edit_elsewhere_is_done_again(bazaar, now):
    draft = copy(bazaar, now)
    mine = other_than(draft, 1)
    give(draft, 1, mine)
    released = copy(bazaar, now, beside=True)
    theirs = other_than(released, 5)
    give(released, 5, theirs)
    rotation.release(released, actor=HOST, now=now)

    done = rebasing.rebase(draft, released, actor=HOST, now=now)

    assert (done.applied, done.lost) == (1, [])
    assert (draft.base_id, draft.revision) == (released.id, 2)
    expected = owners(released)
    expected[1] = mine
    assert owners(draft) == expected
    assert rotation.release(draft, actor=HOST, now=now).number == 3
    assert inspection.differences() == []


def test_an_edit_of_the_same_place_is_told_not_done(bazaar, now):
    draft = copy(bazaar, now)
    mine = other_than(draft, 1)
    give(draft, 1, mine)
    released = copy(bazaar, now, beside=True)
    theirs = next(c for c in sorted(set(owners(released))) if c not in {mine, owners(released)[1]})
    give(released, 1, theirs)
    rotation.release(released, actor=HOST, now=now)

    done = rebasing.rebase(draft, released, actor=HOST, now=now)

    assert done.applied == 0
    (lost,) = done.lost
    names = dict(db.session.execute(sa.select(Seller.code, Seller.name)).all())
    assert (lost.wanted, lost.now) == (names[mine], names[theirs])
    assert owners(draft) == owners(released)
    assert db.session.query(PlanEdit).filter_by(release_id=draft.id).one().undone_at == now
    assert inspection.differences() == []


def test_an_edit_that_would_break_a_rule_now_is_told(bazaar, now):
    bazaar.min_gap_minutes = 15
    draft = copy(bazaar, now)
    code = other_than(draft, 1)
    give(draft, 1, code)
    released = copy(bazaar, now, beside=True)
    give(released, 0, code)
    rotation.release(released, actor=HOST, now=now)

    done = rebasing.rebase(draft, released, actor=HOST, now=now)

    assert (done.applied, len(done.lost)) == (0, 1)
    assert owners(draft) == owners(released)


def test_what_a_draw_decided_is_taken_along_as_an_edit(bazaar, now):
    released = rotation.find_current_release(bazaar)
    # A draw may come out as the last one did.
    drafts = (rotation.make_draft(bazaar, seed=f"lain {n}", actor=HOST, now=now) for n in range(20))
    drawn = next(draft for draft in drafts if owners(draft) != owners(released))
    changed = [
        n for n, (a, b) in enumerate(zip(owners(drawn), owners(released), strict=True)) if a != b
    ]
    wanted = owners(drawn)
    swap = copy(bazaar, now, beside=True)
    rotation.release(swap, actor=HOST, now=now)

    done = rebasing.rebase(drawn, swap, actor=HOST, now=now)

    assert done.applied == len(changed) > 0
    assert owners(drawn) == wanted
    assert len(db.session.query(PlanEdit).one().changes) == len(changed)
    assert inspection.differences() == []


def test_a_draft_that_is_gone_cannot_be_put_onto_anything(bazaar, now):
    draft = copy(bazaar, now)
    drafts.discard(draft, actor=HOST, now=now)

    with pytest.raises(rotation.DraftOvertaken):
        rebasing.rebase(draft, rotation.find_current_release(bazaar), actor=HOST, now=now)


def test_a_second_operator_gets_the_draft_that_is_open(bazaar, now):
    draft = copy(bazaar, now)

    assert copy(bazaar, now) == draft
    assert copy(bazaar, now, beside=True) != draft


def test_without_a_release_there_is_nothing_to_copy(app, now):
    with pytest.raises(drafts.NothingToCopy):
        drafts.from_release(an_edition(), actor=HOST, now=now)


def test_a_draft_in_hand_follows_a_release_if_all_of_it_fits(bazaar, now):
    draft = copy(bazaar, now)
    mine = other_than(draft, 1)
    give(draft, 1, mine)
    released = copy(bazaar, now, beside=True)
    give(released, 5, other_than(released, 5))
    rotation.release(released, actor=HOST, now=now)

    assert rebasing.follow(released, actor=HOST, now=now) == 1

    assert draft.base_id == released.id
    assert owners(draft)[1] == mine


def test_a_draft_that_would_lose_something_stays_where_it_is(bazaar, now):
    draft = copy(bazaar, now)
    before = draft.base_id
    give(draft, 1, other_than(draft, 1))
    released = copy(bazaar, now, beside=True)
    both = {owners(draft)[1], owners(released)[1]}
    give(released, 1, next(c for c in sorted(set(owners(released))) if c not in both))
    rotation.release(released, actor=HOST, now=now)
    mine = owners(draft)

    assert rebasing.follow(released, actor=HOST, now=now) == 0

    db.session.refresh(draft)
    assert (draft.base_id, owners(draft)) == (before, mine)
    assert inspection.differences() == []
