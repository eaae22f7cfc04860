"""Changes by hand: what each does, which rule refuses it, and that undoing leaves no trace."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db
from bazaar.models import (
    AuditEntry,
    Availability,
    BlockedPair,
    ClosedKind,
    ClosedTime,
    EditKind,
    Participation,
    Pin,
    PlanEdit,
    Seller,
    Share,
    Turn,
)
from bazaar.rotation import boards, edits
from bazaar.rotation.edits import Edit, NoLongerSo, NothingThere, NothingToUndo, RevisionChanged
from bazaar.rotation.faults import RuleBroken
from bazaar.rotation.releases import DraftOvertaken
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, keep

SOON = timedelta(hours=2)
SLOT = timedelta(minutes=15)


@pytest.fixture
def edition(app, now):
    """Two channels, four slots each, two hours from now, 21.00 to 22.00."""
    edition = an_edition(channels=2, freeze_minutes=0)
    a_window(edition, opens_at=now + SOON, minutes=60)
    return edition


@pytest.fixture
def batik(edition):
    return a_seller(edition=edition, name="Batik Sari")


@pytest.fixture
def kopi(edition):
    return a_seller(edition=edition, name="Kopi Argopuro", cluster="Pangan")


@pytest.fixture
def draft(edition, batik, kopi, now):
    """Batik at 21.00 on channel 1, kopi at 21.30 on channel 2, the rest is empty."""
    draft = a_release(edition, number=None)
    a_turn(draft, batik, starts_at=now + SOON)
    a_turn(draft, kopi, starts_at=now + SOON + 2 * SLOT, channel=edition.channels[1])
    return draft


@pytest.fixture
def at(edition, now):
    """at(1, 0) is the first slot of channel 1."""
    return lambda channel, n: (edition.channels[channel - 1].id, now + SOON + n * SLOT)


@pytest.fixture
def change(draft, now):
    def change(kind, place, to=None, *, seller="", why=""):
        edit = Edit(EditKind(kind), place, to, seller)
        revision = draft.revision
        return edits.apply(draft, edit, revision=revision, why=why, actor=HOST, now=now)

    return change


def plan(draft):
    """The plan to the letter, without the numbers of rows."""
    db.session.expire_all()
    turns = db.session.scalars(
        sa.select(Turn).where(Turn.release_id == draft.id).order_by(Turn.starts_at, Turn.channel_id)
    )
    columns = [c.key for c in sa.inspect(Turn).column_attrs if c.key != "id"]
    rows = [tuple(getattr(turn, name) for name in columns) for turn in turns]
    pins = db.session.execute(
        sa.select(Pin.channel_id, Pin.starts_at, Pin.seller_id, Pin.made_by, Pin.made_at).order_by(
            Pin.channel_id, Pin.starts_at
        )
    ).all()
    shares = db.session.execute(
        sa.select(Share.seller_id, Share.turns, Share.prime).order_by(Share.seller_id)
    ).all()
    return rows, [tuple(pin) for pin in pins], [tuple(row) for row in shares]


def who(draft):
    """Names by channel's number and minutes after the first slot."""
    db.session.expire_all()
    query = sa.select(Turn).where(Turn.release_id == draft.id).order_by(Turn.starts_at)
    turns = db.session.scalars(query).all()
    return {(t.channel.number, t.starts_at): t.seller.name for t in turns}


def uids(draft):
    query = sa.select(Turn.seller_id, Turn.uid).where(Turn.release_id == draft.id)
    return dict(db.session.execute(query).all())


def test_a_turn_moves_and_keeps_its_name(draft, change, at, batik):
    before = uids(draft)

    done = change("move", at(1, 0), at(2, 1), why="Permintaan UMKM")

    assert uids(draft) == before
    moved = db.session.scalars(sa.select(Turn).filter_by(seller_id=batik.id)).one()
    assert (moved.channel_id, moved.starts_at) == at(2, 1)
    assert moved.ends_at - moved.starts_at == SLOT
    assert moved.reasons == {"decided": "hand", "edit": 1, "release": draft.id}
    assert (done.edit.number, done.edit.why, done.edit.made_by) == (1, "Permintaan UMKM", "Rina")
    assert [(row["channel"], row["before"], row["after"]) for row in done.edit.changes] == [
        (at(1, 0)[0], batik.code, None),
        (at(2, 1)[0], None, batik.code),
    ]
    assert draft.revision == 1


def test_two_turns_change_places_and_keep_their_names(draft, change, at, batik, kopi):
    before = uids(draft)

    change("swap", at(1, 0), at(2, 2))

    assert uids(draft) == before
    names = dict(who(draft).items())
    assert set(names.values()) == {"Batik Sari", "Kopi Argopuro"}
    assert names[1, at(1, 0)[1]] == "Kopi Argopuro"


def test_two_at_the_same_time_change_channels(draft, change, at, edition, now):
    teh = a_seller(edition=edition, name="Teh Ijen")
    a_turn(draft, teh, starts_at=at(2, 0)[1], channel=edition.channels[1])

    change("swap", at(1, 0), at(2, 0))

    assert who(draft)[1, at(1, 0)[1]] == "Teh Ijen"
    assert who(draft)[2, at(1, 0)[1]] == "Batik Sari"


def test_a_slot_is_left_empty_in_every_later_draft_too(draft, change, at):
    change("empty", at(1, 0))

    assert who(draft) == {(2, at(2, 2)[1]): "Kopi Argopuro"}
    pin = db.session.scalars(sa.select(Pin)).one()
    assert ((pin.channel_id, pin.starts_at), pin.seller_id, pin.made_by) == (at(1, 0), None, "Rina")


def test_who_comes_to_an_emptied_slot_takes_the_mark_off(draft, change, at, edition):
    change("empty", at(1, 0))
    change("put", at(1, 0), seller=a_seller(edition=edition, name="Teh Ijen").code)

    assert who(draft)[1, at(1, 0)[1]] == "Teh Ijen"
    assert db.session.scalars(sa.select(Pin)).all() == []


def test_somebody_from_standby_takes_an_empty_or_a_taken_slot(draft, change, at, edition):
    teh = a_seller(edition=edition, name="Teh Ijen")
    db.session.get_one(Participation, (edition.id, teh.id)).standby = True

    change("put", at(1, 3), seller=teh.code)
    change("put", at(1, 0), seller=a_seller(edition=edition, name="Tas Rajut").code)

    assert sorted(who(draft).values()) == ["Kopi Argopuro", "Tas Rajut", "Teh Ijen"]
    assert len(set(uids(draft).values())) == 3


def test_a_pin_stays_until_it_is_taken_off(draft, change, at, batik):
    change("pin", at(1, 0))

    assert db.session.scalars(sa.select(Pin)).one().seller_id == batik.id
    with pytest.raises(RuleBroken, match=r"disematkan untuk Batik Sari\. Lepas dulu"):
        change("move", at(1, 0), at(1, 1))
    db.session.rollback()


def test_unpinned_it_can_move(draft, change, at):
    change("pin", at(1, 0))
    change("unpin", at(1, 0))
    change("move", at(1, 0), at(1, 1))

    assert db.session.scalars(sa.select(Pin)).all() == []
    assert who(draft)[1, at(1, 1)[1]] == "Batik Sari"


STEPS = (
    ("pin", (1, 0), None),
    ("unpin", (1, 0), None),
    ("move", (1, 0), (2, 0)),
    ("swap", (2, 0), (2, 2)),
    ("empty", (2, 0), None),
    ("put", (2, 0), None),
    ("put", (2, 2), None),
)


def test_undone_step_by_step_the_plan_is_as_it_was_to_the_letter(
    draft, change, at, edition, batik, kopi, now
):
    keep(Share(release_id=draft.id, seller_id=batik.id, **NOTHING))
    keep(Share(release_id=draft.id, seller_id=kopi.id, **NOTHING))
    others = [a_seller(edition=edition).code for _ in STEPS]
    states = []
    for (kind, place, to), other in zip(STEPS, others, strict=True):
        states.append((plan(draft), draft.figures))
        change(kind, at(*place), at(*to) if to else None, seller=other if kind == "put" else "")

    while states:
        edits.undo(draft, revision=draft.revision, actor=HOST, now=now)
        assert (plan(draft), draft.figures) == states.pop()

    with pytest.raises(NothingToUndo):
        edits.undo(draft, revision=draft.revision, actor=HOST, now=now)


NOTHING = {"place": 1, "rounds": 1, "turns": 1, "prime": 10, "carry": 0, "share": 10}


def test_what_was_undone_stays_on_record(draft, change, at, now):
    change("move", at(1, 0), at(1, 1), why="Klaster berdekatan")
    edits.undo(draft, revision=1, actor=HOST, now=now)

    kept = db.session.scalars(sa.select(PlanEdit)).one()
    assert (kept.undone_at, kept.why, draft.revision) == (now, "Klaster berdekatan", 2)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["rotation.edit", "rotation.undo_edit"]


def test_what_was_changed_in_another_way_since_is_not_undone(draft, change, at, now):
    change("move", at(1, 0), at(1, 1))
    db.session.execute(sa.delete(Turn).where(Turn.starts_at == at(1, 1)[1]))

    with pytest.raises(NoLongerSo):
        edits.undo(draft, revision=1, actor=HOST, now=now)


def test_shares_follow_the_hand(draft, change, at, edition, batik):
    change("put", at(1, 2), seller=batik.code)

    share = db.session.scalars(sa.select(Share).filter_by(seller_id=batik.id)).one()
    assert (share.turns, share.prime) == (2, 20)


# What the hard rules refuse


def refused(change, *given, **more):
    with pytest.raises(RuleBroken) as error:
        change(*given, **more)
    db.session.rollback()
    return error.value.reasons


def test_who_is_away_is_not_put_there(draft, change, at, edition, now, kopi):
    weekday = now.astimezone(edition.zone).weekday()
    hours = {"weekday": weekday, "from_time": clock(21, 30), "until": clock(23, 0)}
    keep(Availability(seller_id=kopi.id, **hours))
    db.session.commit()

    said = refused(change, "swap", at(1, 0), at(2, 2))

    assert said == "Kopi Argopuro tidak hadir pada jam itu (pukul 21.00)."
    change("move", at(2, 2), at(1, 3))


def clock(hour, minute):
    from datetime import time

    return time(hour, minute)


def test_nobody_is_in_two_places_at_once(draft, change, at, batik):
    db.session.commit()

    said = refused(change, "put", at(2, 0), seller=batik.code)

    assert said == "Batik Sari sudah tampil pukul 21.00 di Saluran 1."


def test_the_pause_between_two_turns_is_kept(draft, change, at, batik, edition):
    edition.min_gap_minutes = 180
    db.session.commit()

    said = refused(change, "put", at(1, 3), seller=batik.code)

    assert said == ("Jeda Batik Sari kurang dari 3 jam: ia juga tampil pukul 21.00 di Saluran 1.")


def test_a_day_has_only_so_many_turns_of_one_seller(draft, change, at, batik, edition):
    edition.max_turns_per_day = 1
    db.session.commit()

    said = refused(change, "put", at(1, 3), seller=batik.code)

    assert said == "Batik Sari sudah punya giliran pada hari itu; batasnya 1 sehari."
    change("move", at(1, 0), at(1, 3))


def test_a_blocked_pair_is_neither_together_nor_one_after_the_other(
    draft, change, at, edition, batik, kopi
):
    one, other = sorted((batik.id, kopi.id))
    keep(BlockedPair(edition_id=edition.id, seller_id=one, other_id=other))
    db.session.commit()

    together = refused(change, "move", at(1, 0), at(1, 2))
    after = refused(change, "move", at(1, 0), at(2, 3))

    assert together == (
        "Batik Sari dan Kopi Argopuro pasangan yang diblokir: tidak tampil bersamaan atau"
        " berurutan (pukul 21.30 di Saluran 2)."
    )
    assert "pasangan yang diblokir" in after
    change("move", at(1, 0), at(1, 1))


def test_a_seller_has_no_more_turns_than_it_wants(draft, change, at, edition, batik):
    db.session.get_one(Participation, (edition.id, batik.id)).max_turns = 1
    db.session.commit()

    said = refused(change, "put", at(1, 3), seller=batik.code)

    assert said == "Batik Sari sudah mencapai batas gilirannya sendiri (1)."


def test_turns_of_other_days_count_too(draft, change, at, edition, batik, now):
    a_window(edition, opens_at=now + timedelta(days=3), minutes=60)
    a_turn(draft, batik, starts_at=now + timedelta(days=3))
    db.session.get_one(Participation, (edition.id, batik.id)).max_turns = 2
    db.session.commit()

    assert "batas gilirannya sendiri (2)" in refused(change, "put", at(1, 3), seller=batik.code)


def test_closed_times_have_no_slots_to_move_to(draft, change, at, edition, now):
    begins = now + SOON + SLOT
    closed = {"kind": ClosedKind.BREAK, "starts_at": begins, "ends_at": begins + 2 * SLOT}
    keep(ClosedTime(edition_id=edition.id, **closed))
    db.session.commit()

    with pytest.raises(edits.NoSuchPlace):
        change("move", at(1, 0), (at(1, 1)[0], begins))
    db.session.rollback()
    stray = refused(change, "swap", at(1, 0), at(2, 2))
    assert stray.startswith("Pukul 21.30 waktu tutup.")


def test_what_is_over_stays(draft, at, now, batik):
    edit = Edit(EditKind.PUT, at(1, 1), seller=batik.code)
    db.session.commit()

    with pytest.raises(RuleBroken, match=r"Pukul 21\.15 di Saluran 1 sudah berlalu\."):
        edits.apply(draft, edit, revision=0, why="", actor=HOST, now=now + SOON + 2 * SLOT)


@pytest.fixture
def published(edition, draft, batik, now):
    """Batik's turn is released already; the draft is a copy."""
    released = a_release(edition)
    a_turn(released, batik, starts_at=now + SOON)
    draft.base_id = released.id
    db.session.flush()
    return released


def test_what_is_published_and_soon_stays(published, draft, change, at, edition):
    edition.freeze_minutes = 1440
    db.session.commit()

    said = refused(change, "move", at(1, 0), at(1, 1))

    assert said == (
        "Pukul 21.00 di Saluran 1 sudah beku: giliran terbit yang mulai sebelum 2/3 19.00 tetap."
    )
    change("move", at(2, 2), at(2, 3))


def test_who_withdrew_is_replaced_even_there_and_not_put_again(
    published, draft, change, at, edition, batik, kopi, now
):
    edition.freeze_minutes = 1440
    db.session.get_one(Participation, (edition.id, batik.id)).withdrawn_at = now
    teh = a_seller(edition=edition, name="Teh Ijen")
    db.session.commit()

    assert refused(change, "put", at(1, 3), seller=batik.code).startswith(
        "Batik Sari sudah mundur atau tidak aktif."
    )
    change("put", at(1, 0), seller=teh.code)
    assert who(draft)[1, at(1, 0)[1]] == "Teh Ijen"


def test_who_takes_no_part_is_not_put(draft, change, at):
    stranger = a_seller(name="Bukan Peserta")

    assert "mundur atau tidak aktif" in refused_with(change, at(1, 1), stranger)


def refused_with(change, place, seller: Seller):
    code = seller.code
    db.session.commit()
    return refused(change, "put", place, seller=code)


@pytest.mark.parametrize(
    ("kind", "place", "to"),
    [
        ("swap", (1, 0), (1, 1)),
        ("move", (1, 0), (2, 2)),
        ("move", (1, 1), (1, 2)),
        ("move", (1, 0), (1, 0)),
        ("pin", (1, 1), None),
        ("unpin", (1, 0), None),
    ],
)
def test_what_makes_no_sense_is_refused(draft, change, at, kind, place, to):
    with pytest.raises(NothingThere):
        change(kind, at(*place), at(*to) if to else None)


# Who was first


def test_the_second_is_told_who_changed_what(draft, change, at, now):
    change("swap", at(1, 0), at(2, 2))
    late = Edit(EditKind.EMPTY, at(1, 0))

    with pytest.raises(RevisionChanged) as error:
        edits.apply(draft, late, revision=0, why="", actor=HOST, now=now)

    assert str(error.value).startswith(
        "Rina baru saja mengubah rancangan ini: Batik Sari ↔ Kopi Argopuro."
    )


def test_an_undone_change_counts_as_one_too(draft, change, at, now):
    change("move", at(1, 0), at(1, 1))
    edits.undo(draft, revision=1, actor=HOST, now=now)

    with pytest.raises(RevisionChanged) as error:
        edits.undo(draft, revision=1, actor=HOST, now=now)

    assert error.value.undone


def test_what_was_released_meanwhile_is_not_changed(draft, change, at, now):
    draft.number, draft.released_at = 1, now
    db.session.flush()

    with pytest.raises(DraftOvertaken):
        change("empty", at(1, 0))


def test_a_turn_outside_the_hours_can_leave_but_not_come_back(
    draft, change, at, edition, batik, kopi, now
):
    """The hours were changed after the draft: it is on air five minutes beside every slot."""
    stray = edition.channels[0].id, at(1, 1)[1] + timedelta(minutes=5)
    a_turn(draft, a_seller(edition=edition, name="Teh Ijen"), starts_at=stray[1])
    board = boards.board(draft, now.astimezone(edition.zone).date(), now=now)
    assert [fault.code for fault in board.rows[stray[1]][stray[0]].faults] == ["H1"]
    assert at(1, 1)[1] not in {start for start, row in board.rows.items() if stray[0] in row}

    change("move", stray, at(2, 0))

    assert who(draft)[2, at(2, 0)[1]] == "Teh Ijen"
    with pytest.raises(edits.NoSuchPlace):
        change("move", at(2, 0), stray)


def test_new_neighbours_of_one_cluster_are_mentioned(draft, change, at, edition):
    tenun = a_seller(edition=edition, name="Tenun Jaya", cluster="Batik")

    done = change("put", at(1, 1), seller=tenun.code)

    assert [(each.kind, each.seller) for each in done.warnings] == [("adjacent", tenun.code)]


def test_the_next_draft_keeps_what_was_pinned_and_what_was_left_empty(edition, at, now):
    for _ in range(8):
        a_seller(edition=edition)
    first = rotation.make_draft(edition, seed="satu", actor=HOST, now=now)
    pinned = seller_at(first, at(1, 0))
    for revision, (kind, place) in enumerate((("pin", at(1, 0)), ("empty", at(2, 3)))):
        edit = Edit(EditKind(kind), place)
        edits.apply(first, edit, revision=revision, why="", actor=HOST, now=now)

    second = rotation.make_draft(edition, seed="dua", actor=HOST, now=now)

    assert seller_at(second, at(1, 0)) == pinned
    assert seller_at(second, at(2, 3)) is None
    assert len(who(second)) == 7


def seller_at(draft, place):
    query = sa.select(Turn.seller_id).filter_by(release_id=draft.id)
    return db.session.scalar(query.filter_by(channel_id=place[0], starts_at=place[1]))


def test_a_changed_draft_is_released_with_the_change(edition, at, now):
    sellers = [a_seller(edition=edition) for _ in range(4)]
    draft = rotation.make_draft(edition, seed="satu", actor=HOST, now=now)
    taken = next(t for t in draft.turns if t.seller_id == sellers[0].id)
    place = taken.channel_id, taken.starts_at
    edits.apply(draft, Edit(EditKind.EMPTY, place), revision=0, why="", actor=HOST, now=now)

    released = rotation.release(draft, actor=HOST, now=now)

    assert seller_at(released, place) is None
    late = Edit(EditKind.PUT, place, seller=sellers[0].code)
    with pytest.raises(DraftOvertaken):
        edits.apply(released, late, revision=1, why="", actor=HOST, now=now)
