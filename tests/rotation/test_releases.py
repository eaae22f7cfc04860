"""Releases in a row: which turns keep their names, and who is told."""

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bazaar import rotation, scheduler
from bazaar.adapters.fakes import FakeMessenger
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, ClosedKind, ClosedTime, Message, Release, Turn
from bazaar.ports import Letter
from bazaar.rotation import digests
from bazaar.rotation.releases import HoursChanged
from bazaar.web import services
from tests.builders import (
    HOST,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    keep,
    seller_token,
)


@pytest.fixture
def bazaar(app, now):
    edition = an_edition(channels=2)
    for day in range(3):
        a_window(edition, opens_at=now + timedelta(days=day), minutes=180)
    return edition


@pytest.fixture
def sri(bazaar):
    return a_seller(edition=bazaar, name="Batik Sri", email="sri@contoh.id")


@pytest.fixture
def ani(bazaar):
    return a_seller(edition=bazaar, name="Kopi Ani", email="ani@contoh.id")


@pytest.fixture
def plan(bazaar, now):
    """Release a plan of {(seller, slot): …}: a slot is a number of quarters of an hour."""

    def release(*turns, note="", at=now - timedelta(hours=1)):
        base = rotation.find_current_release(bazaar)
        draft = a_release(bazaar, number=None, base_id=base.id if base else None)
        for seller, slot, *channel in turns:
            channels = {one.number: one for one in bazaar.channels}
            a_turn(
                draft,
                seller,
                starts_at=now + timedelta(minutes=15 * slot),
                channel=channels[channel[0] if channel else 1],
            )
        return rotation.release(draft, actor=HOST, now=at, note=note)

    return release


def names(release):
    """(uid, sequence) of the turns of a release, by start."""
    query = sa.select(Turn.uid, Turn.sequence).where(Turn.release_id == release.id)
    return [tuple(row) for row in db.session.execute(query.order_by(Turn.starts_at))]


def letters():
    rows = db.session.scalars(sa.select(Message).order_by(Message.id))
    return {row.to: row for row in rows}


def test_an_untouched_turn_keeps_name_and_sequence(plan, sri, ani):
    first = plan((sri, 0), (ani, 1))
    second = plan((sri, 0), (ani, 2))

    assert [sequence for _, sequence in names(first)] == [1, 1]
    assert names(second)[0] == names(first)[0]


def test_a_moved_turn_keeps_its_name_through_three_releases(plan, sri):
    found = [names(plan((sri, slot, channel))) for slot, channel in [(0, 1), (4, 1), (4, 2)]]

    ((uid, _),) = found[0]
    assert found == [[(uid, number)] for number in (1, 2, 3)]


def test_a_slot_that_changes_hands_is_another_turn(plan, bazaar, sri, ani, now):
    first = plan((sri, 0))
    uid = names(first)[0][0]
    draft = a_release(bazaar, number=None, base_id=first.id)
    copy = a_turn(draft, ani, starts_at=now)
    copy.uid, copy.sequence = uid, 1  # a hand put somebody else into a copied row
    db.session.flush()

    second = rotation.release(draft, actor=HOST, now=now - timedelta(hours=1))

    ((other, sequence),) = names(second)
    assert other != uid
    assert sequence == 2


def test_two_sellers_who_swap_take_their_names_along(plan, sri, ani):
    first = plan((sri, 0), (ani, 1))
    second = plan((ani, 0), (sri, 1))

    (a, _), (b, _) = names(first)
    assert names(second) == [(b, 2), (a, 2)]


def test_a_cancelled_turn_that_comes_back_is_the_same_turn(plan, sri, ani):
    first = plan((sri, 0), (sri, 8), (ani, 1))
    plan((sri, 8), (ani, 1))
    third = plan((sri, 0), (sri, 8), (ani, 1))

    assert names(third) == [(names(first)[0][0], 3), *names(first)[1:]]


def test_a_name_that_moved_on_is_not_given_twice(plan, sri):
    first = plan((sri, 0))
    plan((sri, 4))
    third = plan((sri, 0), (sri, 4))

    (back, moved) = names(third)
    assert moved == (names(first)[0][0], 2)
    assert back[0] != moved[0]


def test_the_first_release_tells_everybody_their_turns(plan, sri, ani):
    plan((sri, 0), (sri, 8), (ani, 1))

    letter = letters()["sri@contoh.id"]
    assert letter.subject == "Giliran siaran Anda: Pasar Virtual Ramadan"
    assert letter.text == (
        "Halo Batik Sri,\n\n"
        "Jadwal Pasar Virtual Ramadan sudah terbit.\n\n"
        "Giliran Anda:\n"
        "- Minggu 1 Maret, 19.00–19.15 WIB, Saluran 1\n"
        "- Minggu 1 Maret, 21.00–21.15 WIB, Saluran 1\n\n"
        "Halaman Anda: {tautan-pribadi}"
    )
    assert set(letters()) == {"sri@contoh.id", "ani@contoh.id"}


def test_one_letter_says_what_was_cancelled_moved_and_new(plan, sri, ani):
    plan((sri, 0), (sri, 8), (ani, 1))
    first = plan((sri, 1, 2), (ani, 1))
    plan((sri, 1, 2), (ani, 1), (ani, 9), note="Azan lebih awal.")

    assert first.number == 2
    texts = db.session.scalars(
        sa.select(Message.text).where(Message.to == "sri@contoh.id").order_by(Message.id)
    ).all()
    assert len(texts) == 2  # the third release did not touch her
    assert "Yang berlaku sekarang terbitan 2." in texts[1]
    assert "Dibatalkan:\n- Minggu 1 Maret, 21.00–21.15 WIB, Saluran 1" in texts[1]
    assert (
        "Dipindah:\n- Minggu 1 Maret, 19.00–19.15 WIB, Saluran 1"
        " → Minggu 1 Maret, 19.15–19.30 WIB, Saluran 2"
    ) in texts[1]
    others = db.session.scalars(
        sa.select(Message.text).where(Message.to == "ani@contoh.id").order_by(Message.id)
    ).all()
    assert len(others) == 2  # the second did not touch her
    assert "Giliran baru:\n- Minggu 1 Maret, 21.15–21.30 WIB" in others[1]
    assert "Catatan panitia: Azan lebih awal." in others[1]


def test_who_has_nothing_left_is_told_so(plan, sri, ani):
    plan((sri, 0), (ani, 1))
    plan((ani, 1))

    last = (
        db.session.scalars(
            sa.select(Message.text).where(Message.to == "sri@contoh.id").order_by(Message.id.desc())
        ).first()
        or ""
    )
    assert "Sekarang tidak ada giliran lagi untuk Anda." in last


def test_who_has_no_address_is_still_listed(plan, bazaar, sri, now):
    without = a_seller(edition=bazaar, name="Tape Bu Nur", email="")
    broken = a_seller(edition=bazaar, name="Zaitun", email="a\nb@contoh.id")

    released = plan((without, 0), (sri, 1), (broken, 2))

    assert set(letters()) == {"sri@contoh.id"}
    told = rotation.told_of(released)
    assert [one.to.name for one in told] == ["Batik Sri", "Tape Bu Nur", "Zaitun"]
    assert "{" not in told[1].chat
    assert "tautan pribadi" in told[1].chat
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert entry.facts == {
        "number": 1,
        "lost": 0,
        "moved": 0,
        "gained": 3,
        "told": 3,
        "letters": 1,
    }


def test_releasing_again_tells_nobody_again(plan, sri, now):
    released = plan((sri, 0))

    with pytest.raises(rotation.DraftOvertaken):
        rotation.release(released, actor=HOST, now=now)
    assert digests.write(rotation.told_of(released), now=now) == 0
    assert db.session.query(Message).count() == 1


def test_a_draft_that_was_edited_meanwhile_is_refused(plan, bazaar, sri, now):
    draft = a_release(bazaar, number=None, revision=3)
    a_turn(draft, sri, starts_at=now)

    with pytest.raises(rotation.DraftEdited):
        rotation.release(draft, actor=HOST, now=now, revision=2)
    assert db.session.query(Message).count() == 0
    assert rotation.release(draft, actor=HOST, now=now, revision=3).number == 1


def test_the_preview_is_what_will_be_sent(bazaar, sri, ani, now):
    draft = a_release(bazaar, number=None)
    a_turn(draft, sri, starts_at=now)
    shown = rotation.preview(draft, now=now, note="Sampai jumpa.")

    rotation.release(draft, actor=HOST, now=now, note="Sampai jumpa.")

    assert [(one.to.email, one.text) for one in shown] == [
        (row.to, row.text) for row in letters().values()
    ]
    assert draft.note == "Sampai jumpa."


def test_the_personal_link_is_put_in_when_the_letter_leaves(app, plan, sri, now, monkeypatch):
    token = seller_token(sri)
    plan((sri, 0), at=now)
    db.session.commit()
    messenger = FakeMessenger()
    monkeypatch.setitem(app.extensions, "bazaar", replace(services(), messenger=messenger))
    errand = scheduler.ERRANDS[0]

    letter = errand.pick(now)
    errand.do(letter, services())

    (carried,) = messenger.carried.values()
    assert carried.text.endswith(f"Halaman Anda: {services().settings.public_url}/u/{token}")
    assert token not in letters()["sri@contoh.id"].text


def test_who_is_gone_gets_no_link_and_other_letters_stay_as_they_are(app, plan, sri, now):
    sri.active = False
    plan((sri, 0))
    links, site = services().links, "https://bazar.example"
    row = letters()["sri@contoh.id"]
    letter = Letter(row.key, row.to, row.subject, row.text)
    other = Letter("paid:PV-1", row.to, "Dibayar", f"{digests.OWN_PAGE}")

    assert "Halaman Anda" not in digests.addressed(letter, site=site, links=links).text
    assert digests.addressed(other, site=site, links=links) == other


def test_ten_thousand_letters_need_few_statements(bazaar, now, queries):
    draft = a_release(bazaar, number=None)
    for n in range(60):
        seller = a_seller(edition=bazaar, email=f"u{n}@contoh.id")
        a_turn(draft, seller, starts_at=now + timedelta(minutes=15 * n))
    db.session.commit()
    queries.clear()

    # Three windows hold only some of them: what is asked here is how often, not whether.
    found = rotation.preview(draft, now=now)
    assert len(queries) <= 6
    queries.clear()
    assert digests.write(found, now=now) == 60
    assert len(queries) == 1


def test_of_two_operators_at_once_one_releases_and_each_seller_gets_one_letter(
    app, bazaar, sri, ani, now
):
    draft = a_release(bazaar, number=None)
    a_turn(draft, sri, starts_at=now)
    a_turn(draft, ani, starts_at=now + timedelta(minutes=15))
    its_id, outcomes, together = draft.id, [], Barrier(4)
    db.session.commit()

    def press():
        with app.app_context():
            together.wait()
            try:
                with transaction():
                    mine = db.session.get_one(Release, its_id)
                    rotation.release(mine, actor=HOST, now=now, revision=0)
                outcomes.append("released")
            except rotation.DraftOvertaken:
                outcomes.append("lost")

    threads = [Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["lost"] * 3 + ["released"]
    assert db.session.query(Message).count() == 2


@pytest.mark.parametrize("gone", ["closed", "channel"])
def test_a_new_turn_without_airtime_is_refused_but_an_old_one_waits_for_repair(
    plan, bazaar, sri, ani, now, gone
):
    plan((sri, 4), (ani, 0))
    if gone == "closed":
        hour = now + timedelta(hours=1)
        keep(
            ClosedTime(
                edition_id=bazaar.id,
                kind=ClosedKind.BREAK,
                starts_at=hour,
                ends_at=hour + timedelta(hours=1),
            )
        )
    else:
        bazaar.channels[0].lost_from = now + timedelta(hours=1)

    assert plan((sri, 4), (ani, 1)).number == 2
    with pytest.raises(HoursChanged):
        plan((sri, 4), (ani, 5))


def test_a_release_is_found_by_its_number(plan, bazaar, sri):
    plan((sri, 0))
    second = plan((sri, 1))

    assert rotation.get_release(bazaar, 2) == second
    assert [one.number for one in db.session.scalars(rotation.releases_of(bazaar))] == [2, 1]
    with pytest.raises(rotation.NoSuchRelease):
        rotation.get_release(bazaar, 3)
    assert db.session.query(Release).count() == 2
    assert keep(second) == second
