from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db, reading, transaction
from bazaar.models import AuditEntry, Participation, ShowAct
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.standing import Phase, State
from tests.builders import (
    HOST,
    a_channel,
    a_product,
    a_release,
    a_seller,
    a_turn,
    an_edition,
    keep,
)
from tests.test_races import at_once


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    """Two channels: on the first batik, kopi, keripik for 15 minutes each; on the second madu."""
    edition = an_edition()
    released = a_release(edition)
    second = a_channel(edition, number=2)
    turns = [
        a_turn(released, a_seller(), starts_at=now + minutes(15 * place)) for place in range(3)
    ]
    turns.append(a_turn(released, a_seller(), starts_at=now, channel=second))
    db.session.commit()
    return edition, turns


def do(evening, kind, now, *, revision=0, channel=1, **more):
    return show.act(evening[0], channel, kind, revision=revision, actor=HOST, now=now, **more)


def test_an_act_is_kept_audited_and_seen_by_every_page(evening, now):
    edition, (_, kopi, *_) = evening

    after = do(evening, ActKind.START, now + minutes(5), turn=kopi.uid)

    assert after.on_air.turn.uid == kopi.uid
    (day, standing), _ = show.standings(edition, now + minutes(6))
    assert (day.revision, standing.on_air.turn.uid) == (1, kopi.uid)
    row = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "show.start")).one()
    assert (row.actor, row.subject) == (HOST.key, f"turn:{kopi.uid}")


def test_who_saw_an_older_state_is_told_who_acted_meanwhile(evening, now):
    _, (_, kopi, *_) = evening
    do(evening, ActKind.HOLD, now + minutes(1), text="Azan")

    with pytest.raises(show.Stale) as refusal:
        do(evening, ActKind.START, now + minutes(2), turn=kopi.uid)

    assert (refusal.value.who, refusal.value.did) == (HOST.name, "hold")
    assert db.session.query(ShowAct).count() == 1


def test_what_only_tells_or_shows_disturbs_nobody(evening, now):
    _, (batik, kopi, *_) = evening
    product = a_product(seller=batik.seller)
    do(evening, ActKind.PIN, now + minutes(1), product=product.id)
    do(evening, ActKind.NOTE, now + minutes(1), text="Senyum", turn=batik.uid)

    assert do(evening, ActKind.START, now + minutes(2), turn=kopi.uid).revision == 3


def test_of_two_operators_at_once_one_acts(app, evening, now):
    edition, (_, kopi, keripik, _) = evening

    def start(turn):
        try:
            with app.app_context(), transaction():
                show.act(
                    show_edition(),
                    1,
                    ActKind.START,
                    revision=0,
                    actor=HOST,
                    now=now + minutes(5),
                    turn=turn,
                )
                return 1
        except show.Stale:
            return 0

    def show_edition():
        return db.session.get_one(type(edition), edition_id)

    edition_id, uids = edition.id, (kopi.uid, keripik.uid)
    db.session.rollback()
    done = at_once([partial(start, uid) for uid in uids * 3])

    assert sum(done) == 1
    with reading():
        assert db.session.query(ShowAct).count() == 1


def test_an_act_is_taken_back_while_it_is_fresh(evening, now):
    edition, (_, kopi, *_) = evening
    do(evening, ActKind.SKIP, now + minutes(1), turn=kopi.uid)

    with pytest.raises(show.UndoTooLate):
        show.undo(edition, 1, 1, actor=HOST, now=now + minutes(2))
    do(evening, ActKind.HOLD, now + minutes(2), revision=1, text="Azan")
    with pytest.raises(show.UndoTooLate):
        show.undo(edition, 1, 1, actor=HOST, now=now + minutes(2))
    after = show.undo(edition, 1, 2, actor=HOST, now=now + minutes(2))

    assert after.phase is not Phase.HELD
    assert after.lines[1].state is State.SKIPPED
    assert after.revision == 3


def test_a_start_can_be_taken_back_although_somebody_pinned_a_product_meanwhile(evening, now):
    edition, (_, kopi, *_) = evening
    do(evening, ActKind.START, now + minutes(1), turn=kopi.uid)
    product = a_product(seller=kopi.seller)
    do(evening, ActKind.PIN, now + minutes(1.1), product=product.id)
    do(evening, ActKind.NOTE, now + minutes(1.2), text="Selamat")

    after = show.undo(edition, 1, 1, actor=HOST, now=now + minutes(1.3))

    assert after.on_air.turn.uid != kopi.uid
    assert after.pinned is None, "the product is not that of who is on air again"
    with pytest.raises(show.UndoTooLate):
        show.undo(edition, 1, 1, actor=HOST, now=now + minutes(1.3))


def test_what_would_change_nothing_is_refused(evening, now):
    _, (batik, *_) = evening
    with pytest.raises(show.MeansNothing):
        do(evening, ActKind.START, now + minutes(1), turn=batik.uid)
    with pytest.raises(show.MeansNothing):
        do(evening, ActKind.RESUME, now + minutes(1))


def test_what_cannot_be_is_refused_with_its_reason(evening, now):
    _, (batik, kopi, _, madu) = evening
    stranger, product = a_seller(), a_product()
    later = now + minutes(1)

    with pytest.raises(show.NoSuchChannel):
        do(evening, ActKind.HOLD, later, channel=9)
    with pytest.raises(show.NotToday):
        do(evening, ActKind.START, later, turn="nobody")
    with pytest.raises(show.NotToday):
        do(evening, ActKind.SKIP, later)
    with pytest.raises(show.TooLong):
        do(evening, ActKind.ADD, later, seconds=100_000, turn=batik.uid)
    with pytest.raises(show.NotOnSale):
        do(evening, ActKind.PIN, later, product=product.id)
    with pytest.raises(show.CannotFill):
        do(evening, ActKind.NO_SHOW, later, turn=batik.uid, seller=stranger.id)
    keep(Participation(edition_id=evening[0].id, seller_id=madu.seller_id, joined_at=now))
    with pytest.raises(show.OnAirElsewhere):
        do(evening, ActKind.NO_SHOW, later, turn=kopi.uid, seller=madu.seller_id)
    assert db.session.query(ShowAct).count() == 0


def test_acts_stay_in_order_although_the_clock_was_set_back(evening, now):
    _, (batik, *_) = evening
    do(evening, ActKind.ADD, now + minutes(5), seconds=60, turn=batik.uid)

    after = do(evening, ActKind.ADD, now + minutes(4), seconds=60, turn=batik.uid, revision=1)

    assert after.at == now + minutes(5)
    assert after.on_air.added == timedelta(minutes=2)


def test_who_fills_in_has_the_slot_and_its_orders(evening, now):
    edition, (batik, *_) = evening
    filler = a_seller()
    keep(Participation(edition_id=edition.id, seller_id=filler.id, joined_at=now))

    do(evening, ActKind.NO_SHOW, now + minutes(2), turn=batik.uid, seller=filler.id)

    (_, standing), _ = show.standings(edition, now + minutes(3))
    assert standing.on_air.seller == filler.id
