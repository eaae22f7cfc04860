"""What sellers ask about their turns, step by step, alone and all at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import availabilities, rotation
from bazaar.audit import Actor
from bazaar.db import db, reading
from bazaar.errors import Conflict
from bazaar.models import (
    AuditEntry,
    BlockedPair,
    Channel,
    DrawKind,
    Edition,
    Message,
    Participation,
    PlanEdit,
    Release,
    RequestKind,
    RequestState,
    Turn,
    TurnRequest,
)
from bazaar.ports import Letter
from bazaar.rotation import digests, drafts, explanations, gathering, requests, settling
from bazaar.rotation.faults import RuleBroken
from bazaar.rotation.needs import NeedKind, needs_repair
from bazaar.rotation.possible import TurnChanged, free_slots, partners
from bazaar.rules.rotation.timetable import Timetable
from bazaar.web import services
from tests.builders import (
    HOST,
    NOW,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    keep,
    seller_token,
)
from tests.test_races import at_once, in_a_transaction

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


class Bazaar:
    """Two evenings a day apart; Sekar and Tin have turns on the first, Kopi on the second."""

    def __init__(self, **given):
        fields = {"request_hours": 24, "veto_hours": 12, "freeze_minutes": 0}
        self.edition = an_edition(**fields | given)
        self.windows = [
            a_window(self.edition, opens_at=NOW + 3 * DAY, minutes=60),
            a_window(self.edition, opens_at=NOW + 4 * DAY, minutes=60),
        ]
        self.sekar = self.seller("Batik Sekar", cluster="Batik")
        self.tin = self.seller("Keripik Bu Tin", cluster="Pangan")
        self.kopi = self.seller("Kopi Silo", cluster="Minuman")
        release = a_release(self.edition)
        self.first = a_turn(release, self.sekar, starts_at=NOW + 3 * DAY)
        self.second = a_turn(release, self.tin, starts_at=NOW + 3 * DAY + timedelta(minutes=15))
        self.third = a_turn(release, self.kopi, starts_at=NOW + 4 * DAY)
        db.session.flush()

    def seller(self, name, **given):
        email = f"{name.split()[-1].lower()}@contoh.id"
        return a_seller(edition=self.edition, name=name, email=email, **given)

    def ask(self, **given):
        fields = {"actor": who(self.sekar), "now": NOW}
        return requests.ask_swap(
            self.edition, self.first, self.second, "Anak sakit", **fields | given
        )

    def agreed(self):
        request = self.ask()
        requests.accept(request, actor=who(self.tin), now=NOW)
        return request


def who(seller):
    return Actor(f"seller:{seller.id}", seller.name)


@pytest.fixture
def bazaar(app):
    return Bazaar()


def plan(edition):
    """Who is on when in the release in force, by name, and the release's number."""
    release = rotation.find_current_release(edition)
    turns = db.session.scalars(
        rotation.find_turns(release).execution_options(populate_existing=True)
    )
    return release.number, {(turn.starts_at - NOW): turn.seller.name for turn in turns}


def acts():
    query = sa.select(AuditEntry.action).where(AuditEntry.action.startswith("request."))
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def letters():
    query = sa.select(Message.to, Message.subject).order_by(Message.id)
    return [tuple(row) for row in db.session.execute(query)]


def state_of(request):
    query = sa.select(TurnRequest.state).where(TurnRequest.id == request.id)
    return db.session.scalar(query)


def test_a_swap_is_asked_agreed_and_comes_into_force_by_the_clock(bazaar):
    uids = {bazaar.sekar.id: bazaar.first.uid, bazaar.tin.id: bazaar.second.uid}
    request = bazaar.ask()
    assert (request.state, request.answer_by) == (RequestState.ASKED, NOW + DAY)
    assert letters() == [("tin@contoh.id", "Batik Sekar mengajak tukar giliran")]

    requests.accept(request, actor=who(bazaar.tin), now=NOW + HOUR)
    assert (request.state, request.veto_by) == (RequestState.AGREED, NOW + 13 * HOUR)
    assert plan(bazaar.edition)[0] == 1
    assert settling.settle(NOW + 12 * HOUR) == 0

    assert settling.settle(NOW + 13 * HOUR) == 1
    assert settling.settle(NOW + 13 * HOUR) == 0

    number, turns = plan(bazaar.edition)
    assert number == 2
    assert turns == {
        3 * DAY: "Keripik Bu Tin",
        3 * DAY + timedelta(minutes=15): "Batik Sekar",
        4 * DAY: "Kopi Silo",
    }
    release = rotation.find_current_release(bazaar.edition)
    assert release.note == "Tukar giliran Batik Sekar ↔ Keripik Bu Tin, disepakati keduanya."
    assert {turn.seller_id: turn.uid for turn in release.turns if turn.seller_id in uids} == uids
    edit = db.session.query(PlanEdit).one()
    assert (edit.kind.value, edit.release_id, edit.made_by) == ("swap", release.id, "Jam")
    assert acts() == ["request.ask", "request.accept", "request.grant"]
    assert [to for to, _ in letters()[1:]] == [
        "sekar@contoh.id",
        "sekar@contoh.id",
        "tin@contoh.id",
    ]


def test_without_time_for_a_veto_it_counts_at_once(app):
    bazaar = Bazaar(veto_hours=0)
    request = bazaar.agreed()

    assert request.state is RequestState.GRANTED
    assert plan(bazaar.edition)[0] == 2
    requests.accept(request, actor=who(bazaar.tin), now=NOW)  # the second tap
    assert plan(bazaar.edition)[0] == 2


def test_a_veto_ends_long_enough_before_the_turns(bazaar):
    request = bazaar.ask(now=NOW + 3 * DAY - 25 * HOUR)
    requests.accept(request, actor=who(bazaar.tin), now=NOW + 3 * DAY - 24.5 * HOUR)

    assert request.veto_by == NOW + 3 * DAY - 12.5 * HOUR


def test_the_freeze_period_does_not_hinder_those_who_agree(app):
    bazaar = Bazaar(freeze_minutes=7 * 24 * 60, veto_hours=0)
    bazaar.agreed()

    assert plan(bazaar.edition)[1][3 * DAY] == "Keripik Bu Tin"


def test_the_committee_lets_it_count_at_once_or_stops_it(bazaar):
    request = bazaar.agreed()
    requests.veto(request, "Sponsor", actor=HOST, now=NOW)

    assert request.state is RequestState.VETOED
    assert [to for to, what in letters() if "membatalkan" in what] == [
        "sekar@contoh.id",
        "tin@contoh.id",
    ]
    with pytest.raises(requests.AlreadyClosed):
        requests.approve(request, actor=HOST, now=NOW)
    requests.veto(request, "Sponsor", actor=HOST, now=NOW)
    again = bazaar.agreed()
    requests.approve(again, actor=HOST, now=NOW)
    assert (again.state, plan(bazaar.edition)[0]) == (RequestState.GRANTED, 2)
    assert acts().count("request.veto") == 1


def test_no_is_told_and_leaves_everything(bazaar):
    request = bazaar.ask()
    requests.decline(request, "Tidak sempat", actor=who(bazaar.tin), now=NOW)
    requests.decline(request, "Tidak sempat", actor=who(bazaar.tin), now=NOW)

    assert request.state is RequestState.REFUSED
    text = db.session.scalar(sa.select(Message.text).where(Message.to == "sekar@contoh.id"))
    assert text
    assert "Alasannya: Tidak sempat." in text
    with pytest.raises(requests.AlreadyClosed):
        requests.accept(request, actor=who(bazaar.tin), now=NOW)
    assert acts() == ["request.ask", "request.decline"]


def test_who_asked_may_withdraw_also_after_a_yes(bazaar):
    request = bazaar.agreed()
    requests.withdraw(request, actor=who(bazaar.sekar), now=NOW)

    assert request.state is RequestState.WITHDRAWN
    assert letters()[-1] == ("tin@contoh.id", "Batik Sekar menarik permintaan tukar")
    assert settling.settle(NOW + 2 * DAY) == 0
    assert plan(bazaar.edition)[0] == 1


def test_the_same_question_twice_is_one_another_is_refused(bazaar):
    request = bazaar.ask()

    assert bazaar.ask().id == request.id
    with pytest.raises(requests.AlreadyAsked):
        requests.ask_move(bazaar.edition, bazaar.first, "", [], actor=who(bazaar.sekar), now=NOW)
    assert acts() == ["request.ask"]
    requests.withdraw(request, actor=who(bazaar.sekar), now=NOW)
    assert bazaar.ask().id != request.id


@pytest.mark.parametrize("ask", ["swap", "move", "back"])
def test_too_late_is_too_late(bazaar, ask):
    facts = {"actor": who(bazaar.sekar), "now": NOW + 2 * DAY}
    with pytest.raises(requests.TooLate) as refused:
        if ask == "swap":
            bazaar.ask(**facts)
        elif ask == "move":
            requests.ask_move(bazaar.edition, bazaar.first, "", [], **facts)
        else:
            requests.give_back(bazaar.edition, bazaar.first, "", **facts)
    assert "sampai 24 jam sebelum" in str(refused.value)


def test_what_nobody_answers_ends(bazaar):
    request = bazaar.ask()

    assert settling.settle(NOW + DAY - timedelta(seconds=1)) == 0
    with pytest.raises(requests.AnswerTooLate):
        requests.accept(request, actor=who(bazaar.tin), now=NOW + DAY)
    assert settling.settle(NOW + DAY) == 1
    assert (state_of(request), request.answer) == (RequestState.LAPSED, settling.UNANSWERED)
    assert [to for to, what in letters() if "berakhir" in what] == [
        "sekar@contoh.id",
        "tin@contoh.id",
    ]


def test_a_turn_that_another_release_changed_ends_the_request(bazaar):
    request = bazaar.agreed()
    other = a_release(bazaar.edition, number=2)
    a_turn(other, bazaar.sekar, starts_at=NOW + 3 * DAY)
    db.session.flush()

    with pytest.raises(TurnChanged), db.session.begin_nested():
        requests.approve(request, actor=HOST, now=NOW)
    assert settling.settle(NOW) == 1
    assert (state_of(request), request.answer) == (RequestState.LAPSED, settling.CHANGED)


def test_who_leaves_ends_the_request(bazaar):
    request = bazaar.ask()
    db.session.get(Participation, (bazaar.edition.id, bazaar.tin.id)).withdrawn_at = NOW
    db.session.flush()

    with pytest.raises(RuleBroken), db.session.begin_nested():
        requests.accept(request, actor=who(bazaar.tin), now=NOW)
    assert settling.settle(NOW) == 1
    assert request.answer == settling.LEFT


def test_rules_are_asked_both_ways(bazaar):
    offers = [offer.seller for offer in partners(release_of(bazaar), bazaar.first, day(4), now=NOW)]
    assert offers == ["Kopi Silo"]

    cannot(bazaar, bazaar.kopi, bazaar.windows[0])
    assert partners(release_of(bazaar), bazaar.first, day(4), now=NOW) == []
    cannot(bazaar, bazaar.sekar, bazaar.windows[1])
    with pytest.raises(RuleBroken) as refused:
        requests.ask_swap(
            bazaar.edition, bazaar.first, bazaar.third, "", actor=who(bazaar.sekar), now=NOW
        )
    assert "Batik Sekar tidak hadir" in str(refused.value)
    assert "Kopi Silo tidak hadir" in str(refused.value)


def test_blocked_neighbours_and_open_requests_are_not_offered(bazaar):
    names = [offer.seller for offer in partners(release_of(bazaar), bazaar.third, day(3), now=NOW)]
    assert names == ["Batik Sekar", "Keripik Bu Tin"]
    one, other = sorted((bazaar.kopi.id, bazaar.tin.id))
    keep(BlockedPair(edition_id=bazaar.edition.id, seller_id=one, other_id=other, note=""))
    names = [offer.seller for offer in partners(release_of(bazaar), bazaar.third, day(3), now=NOW)]
    assert names == ["Keripik Bu Tin"]  # in Sekar's place Kopi would be next to Tin
    requests.ask_move(bazaar.edition, bazaar.second, "", [], actor=who(bazaar.tin), now=NOW)
    assert partners(release_of(bazaar), bazaar.third, day(3), now=NOW) == []


def test_partners_are_found_by_name_on_whatever_day(bazaar):
    found = partners(release_of(bazaar), bazaar.first, day(3), search="silo", now=NOW)
    assert [(offer.seller, offer.starts_at) for offer in found] == [("Kopi Silo", NOW + 4 * DAY)]


def test_a_turn_given_back_is_gone_at_once_and_not_given_again(bazaar):
    request = requests.give_back(
        bazaar.edition, bazaar.first, "Anak sakit", actor=who(bazaar.sekar), now=NOW
    )

    assert request.state is RequestState.GRANTED
    assert plan(bazaar.edition) == (
        2,
        {3 * DAY + timedelta(minutes=15): "Keripik Bu Tin", 4 * DAY: "Kopi Silo"},
    )
    answer = availabilities.find_answer(bazaar.edition, bazaar.sekar.id, bazaar.windows)
    one = bazaar.windows[0]
    assert answer.spans[one.id] == (one.opens_at + timedelta(minutes=15), one.closes_at)
    assert [to for to, _ in letters()] == ["sekar@contoh.id"]
    found = requests.find_given_back(bazaar.edition, bazaar.sekar.id, bazaar.first.uid)
    assert found.id == request.id
    with pytest.raises(TurnChanged):
        requests.find_own(bazaar.edition, bazaar.sekar.id, bazaar.first.uid)


def test_a_repair_gives_a_turn_that_came_back_to_others(bazaar):
    requests.give_back(bazaar.edition, bazaar.first, "", actor=who(bazaar.sekar), now=NOW)
    assert [need.kind for need in needs_repair(bazaar.edition, NOW)] == [NeedKind.GIVEN_BACK]
    gathered = gathering.gather(
        bazaar.edition, now=NOW, base=release_of(bazaar), kind=DrawKind.REPAIR
    )
    table = Timetable(gathered.instance)
    slot = next(slot.id for slot in gathered.instance.slots if slot.start == NOW + 3 * DAY)

    assert not table.can_come(bazaar.sekar.code, slot)
    assert table.can_come(bazaar.tin.code, slot)


def test_letters_lead_to_the_sellers_own_page(bazaar):
    token = seller_token(bazaar.tin)
    bazaar.ask()
    row = db.session.query(Message).one()
    letter = Letter(row.key, row.to, row.subject, row.text)
    sent = digests.addressed(letter, site="https://contoh.id", links=services().links)

    assert "{" not in sent.text
    assert f"https://contoh.id/u/{token}" in sent.text


@pytest.mark.parametrize(
    ("others", "left"), [([], (30, 60)), ([0], (0, 15)), ([45], (30, 60)), ([0, 45], (0, 60))]
)
def test_of_the_hours_around_a_turn_given_back_those_with_other_turns_stay(bazaar, others, left):
    opens = bazaar.windows[1].opens_at
    seller = bazaar.seller("Tenun Jaya")
    release = release_of(bazaar)
    for minute in others:
        at = opens + timedelta(minutes=minute)
        channel = keep(Channel(edition_id=bazaar.edition.id, number=9 + minute, name="Lain"))
        a_turn(release, seller, starts_at=at, channel=channel)
    turn = a_turn(release, seller, starts_at=opens + timedelta(minutes=15))
    requests.give_back(bazaar.edition, turn, "", actor=who(seller), now=NOW)

    answer = availabilities.find_answer(bazaar.edition, seller.id, bazaar.windows)
    assert answer.spans[bazaar.windows[1].id] == tuple(
        opens + timedelta(minutes=minute) for minute in left
    )


def test_a_move_goes_to_a_free_slot_that_the_rules_allow(bazaar):
    request = requests.ask_move(
        bazaar.edition,
        bazaar.first,
        "Besoknya saja",
        [bazaar.windows[1].id],
        actor=who(bazaar.sekar),
        now=NOW,
    )
    assert requests.count_open(bazaar.edition) == 1
    free = free_slots(release_of(bazaar), bazaar.first, [day(4)], now=NOW)
    assert [slot.start - NOW - 4 * DAY for slot in free] == [
        timedelta(minutes=15),
        timedelta(minutes=30),
        timedelta(minutes=45),
    ]

    requests.grant_move(request, (free[0].channel, free[0].start), actor=HOST, now=NOW)

    number, turns = plan(bazaar.edition)
    assert number == 2
    assert 3 * DAY not in turns
    assert turns[4 * DAY + timedelta(minutes=15)] == "Batik Sekar"
    moved = requests.find_own(bazaar.edition, bazaar.sekar.id, bazaar.first.uid)
    assert moved.sequence == 2
    assert requests.count_open(bazaar.edition) == 0
    why = explanations.explain(moved)
    assert why.wish == explanations.Wish(RequestKind.MOVE, None)


def test_a_move_to_where_somebody_is_is_refused(bazaar):
    request = requests.ask_move(
        bazaar.edition, bazaar.first, "", [], actor=who(bazaar.sekar), now=NOW
    )
    place = (bazaar.third.channel_id, bazaar.third.starts_at)
    with pytest.raises(Exception, match="Slot itu tidak ada"):
        requests.grant_move(request, place, actor=HOST, now=NOW)


def test_a_move_is_refused_with_a_reason(bazaar):
    request = requests.ask_move(
        bazaar.edition, bazaar.first, "", [], actor=who(bazaar.sekar), now=NOW
    )
    requests.refuse_move(request, "Semua penuh", actor=HOST, now=NOW)

    assert request.state is RequestState.REFUSED
    assert letters() == [("sekar@contoh.id", "Panitia tidak dapat memindah giliran")]
    swap = bazaar.ask()
    with pytest.raises(requests.AlreadyClosed):
        requests.refuse_move(swap, "", actor=HOST, now=NOW)
    with pytest.raises(requests.AlreadyClosed):
        requests.grant_move(swap, (1, NOW), actor=HOST, now=NOW)


def test_a_swap_the_rules_forbid_by_now_ends(bazaar):
    request = bazaar.agreed()
    cannot(bazaar, bazaar.sekar, bazaar.windows[0])

    assert settling.settle(request.veto_by) == 1
    assert (state_of(request), request.answer) == (RequestState.LAPSED, settling.BROKEN)
    assert plan(bazaar.edition)[0] == 1


def test_turns_that_wait_for_a_repair_do_not_hinder_a_swap(bazaar):
    request = bazaar.agreed()
    bazaar.windows[1].opens_at += timedelta(minutes=30)  # Kopi's turn lies outside now
    db.session.flush()

    assert settling.settle(request.veto_by) == 1
    assert state_of(request) is RequestState.GRANTED
    assert plan(bazaar.edition)[1][4 * DAY] == "Kopi Silo"


def test_an_open_draft_of_the_committee_stays(bazaar):
    draft = drafts.from_release(bazaar.edition, actor=HOST, now=NOW)
    requests.approve(bazaar.agreed(), actor=HOST, now=NOW)
    db.session.expire_all()

    assert draft.replaced_at is None
    assert db.session.query(Turn).filter_by(release_id=draft.id).count() == 3


def release_of(bazaar):
    return rotation.find_current_release(bazaar.edition)


def day(number):
    return (NOW + number * DAY + 7 * HOUR).date()


def cannot(bazaar, seller, window):
    """Let the seller answer that it can come to the other window only."""
    spans = {w.id: (w.opens_at, w.closes_at) for w in bazaar.windows if w.id != window.id}
    row = db.session.get(Participation, (bazaar.edition.id, seller.id))
    availabilities.save(
        bazaar.edition, seller, spans, seen=row.answered_at, actor=who(seller), now=NOW
    )


# All at once


def race(app, *acts_of):
    """Do the acts in threads, each in its own transaction; return "ok" or the refusal's name."""

    def one(act):
        def run():
            try:
                return str(in_a_transaction(app, act) or "ok")
            except Conflict as refused:
                return type(refused).__name__

        return run

    return at_once([one(act) for act in acts_of])


def fresh(request_id):
    return db.session.get_one(TurnRequest, request_id)


def test_yes_and_withdrawal_at_once_one_wins(app):
    bazaar = Bazaar(veto_hours=0)
    number, tin, sekar, edition = bazaar.ask().id, who(bazaar.tin), who(bazaar.sekar), 0
    edition = bazaar.edition.id
    db.session.commit()

    ended = race(
        app,
        lambda: requests.accept(fresh(number), actor=tin, now=NOW),
        lambda: requests.withdraw(fresh(number), actor=sekar, now=NOW),
    )

    assert sorted(ended) == ["AlreadyClosed", "ok"]
    with reading():
        state = fresh(number).state
        release = plan(db.session.get_one(Edition, edition))[0]
        assert (state, release) in {(RequestState.GRANTED, 2), (RequestState.WITHDRAWN, 1)}


def test_four_taps_on_yes_are_one_release(app):
    bazaar = Bazaar(veto_hours=0)
    number, tin, edition = bazaar.ask().id, who(bazaar.tin), bazaar.edition.id
    db.session.commit()

    ended = race(app, *[lambda: requests.accept(fresh(number), actor=tin, now=NOW)] * 4)

    assert ended == ["ok"] * 4
    with reading():
        assert plan(db.session.get_one(Edition, edition))[0] == 2
        assert acts() == ["request.ask", "request.accept", "request.grant"]


def test_a_veto_while_the_clock_grants_one_wins(app):
    bazaar = Bazaar()
    request = bazaar.agreed()
    number, due, edition = request.id, request.veto_by, bazaar.edition.id
    db.session.commit()

    ended = race(
        app,
        lambda: requests.veto(fresh(number), "Tidak", actor=HOST, now=due),
        lambda: "granted" if settling.settle(due) else "none",
        lambda: "granted" if settling.settle(due) else "none",
    )

    with reading():
        state = fresh(number).state
        release = plan(db.session.get_one(Edition, edition))[0]
    if state is RequestState.VETOED:
        assert (ended, release) == (["ok", "none", "none"], 1)
    else:
        assert (state, release) == (RequestState.GRANTED, 2)
        assert ended[0] == "AlreadyClosed"
        assert sorted(ended[1:]) == ["granted", "none"]


def test_a_yes_in_the_last_moment_is_agreed_or_lapsed_never_both(app):
    bazaar = Bazaar()
    request = bazaar.ask()
    number, tin, over = request.id, who(bazaar.tin), request.answer_by
    db.session.commit()

    ended = race(
        app,
        lambda: requests.accept(fresh(number), actor=tin, now=over - timedelta(seconds=1)),
        lambda: "lapsed" if settling.settle(over) else "none",
    )

    with reading():
        state = fresh(number).state
    assert (state, ended) in [
        (RequestState.AGREED, ["ok", "none"]),
        (RequestState.LAPSED, ["AlreadyClosed", "lapsed"]),
    ]


def test_the_same_turn_given_back_four_times_at_once_is_one_release(app):
    bazaar = Bazaar()
    edition, uid, seller = bazaar.edition.id, bazaar.first.uid, bazaar.sekar.id
    actor = who(bazaar.sekar)
    db.session.commit()

    def act():
        house = db.session.get_one(Edition, edition)
        turn = requests.find_own(house, seller, uid)
        requests.give_back(house, turn, "", actor=actor, now=NOW)

    ended = race(app, *[act] * 4)

    assert ended.count("ok") == 1
    assert set(ended) <= {"ok", "TurnChanged", "AlreadyClosed", "AlreadyAsked"}
    with reading():
        assert plan(db.session.get_one(Edition, edition))[0] == 2
        kinds = list(db.session.scalars(sa.select(TurnRequest.kind)))
        assert kinds == [RequestKind.GIVE_BACK]


def test_two_requests_for_one_turn_at_once_one_is_told(app):
    bazaar = Bazaar()
    edition, uids = bazaar.edition.id, (bazaar.first.uid, bazaar.second.uid)
    actor, ids = who(bazaar.sekar), (bazaar.sekar.id, bazaar.tin.id)
    db.session.commit()

    def swap():
        house = db.session.get_one(Edition, edition)
        own, other = (requests.find_own(house, *pair) for pair in zip(ids, uids, strict=True))
        requests.ask_swap(house, own, other, "", actor=actor, now=NOW)

    def move():
        house = db.session.get_one(Edition, edition)
        turn = requests.find_own(house, ids[0], uids[0])
        requests.ask_move(house, turn, "", [], actor=actor, now=NOW)

    assert sorted(race(app, swap, move)) == ["AlreadyAsked", "ok"]
    with reading():
        assert db.session.query(TurnRequest).count() == 1


def test_a_committee_release_at_the_same_moment_leaves_no_half_swap(app):
    bazaar = Bazaar(veto_hours=0)
    number, tin, edition = bazaar.ask().id, who(bazaar.tin), bazaar.edition.id
    draft = drafts.from_release(bazaar.edition, actor=HOST, now=NOW).id
    db.session.commit()

    ended = race(
        app,
        lambda: requests.accept(fresh(number), actor=tin, now=NOW),
        lambda: rotation.release(db.session.get_one(Release, draft), actor=HOST, now=NOW) and "ok",
    )

    with reading():
        state = fresh(number).state
        release, turns = plan(db.session.get_one(Edition, edition))
    swapped = turns[3 * DAY] == "Keripik Bu Tin"
    assert swapped is (state is RequestState.GRANTED)
    assert release == 1 + ended.count("ok")
