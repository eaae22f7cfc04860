"""Draws are computed aside, written once, and survive whoever computes them."""

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bazaar import inspection, rotation, times
from bazaar.db import db, reading, transaction
from bazaar.errors import BazaarError
from bazaar.models import (
    AuditEntry,
    Draw,
    DrawKind,
    DrawStage,
    Edition,
    EditKind,
    Participation,
    PlanEdit,
    Presence,
    Release,
    Seller,
    Share,
    Turn,
)
from bazaar.rotation import drafts, draws, gathering, needs, replans, shares, work
from bazaar.rotation.needs import NeedKind
from bazaar.rules import rotation as rule
from bazaar.rules.rotation import draw as drawing
from bazaar.rules.rotation.format import WrittenPlan, read_instance, read_plan
from bazaar.settings import ROOT
from bazaar.web import services
from tests.builders import HOST, a_seller, a_window, an_edition, keep
from tests.house import SECRET


def seals():
    return services().draw_seals


@pytest.fixture
def bazaar(app, time_machine, now):
    """Two channels, two hours tomorrow in turns of 15 minutes, six sellers."""
    time_machine.move_to(now)
    edition = an_edition(channels=2, freeze_minutes=60)
    a_window(edition, opens_at=now + timedelta(days=1))
    for n in range(6):
        a_seller(edition=edition, cluster="Batik" if n < 3 else "Kopi")
    return edition


def begin(edition, *, kind=DrawKind.PLAN, **more):
    return draws.begin(edition, kind=kind, seals=seals(), actor=HOST, now=times.now(), **more)


def compute():
    db.session.commit()
    return work.work(seals=seals())


def test_a_draw_becomes_a_draft_with_its_secret_revealed(bazaar):
    draw = begin(bazaar, iterations=200)

    assert compute() == 1

    assert (draw.stage, draw.percent, draw.failure) == (DrawStage.DONE, 100, "")
    assert drawing.commitment(bytes.fromhex(draw.secret)) == draw.commitment
    seed = drawing.seed_of(
        bytes.fromhex(draw.secret), bazaar.slug, draw.instance_digest, "", draw.number
    )
    assert seed == draw.seed
    plan = gzip.decompress(draw.plan)
    assert hashlib.sha256(plan).hexdigest() == draw.plan_digest
    draft = rotation.find_draft(bazaar)
    assert (draft.draw_id, draft.seed, draft.rule) == (draw.id, draw.seed, draw.rule)
    assert rotation.fairness(draft).turns == 16
    turns = db.session.scalars(sa.select(Turn).where(Turn.release_id == draft.id)).all()
    assert len(turns) == len(read_plan(plan).plan.assignments) == 16
    assert db.session.scalar(sa.select(sa.func.sum(Share.turns))) == 16
    assert compute() == 0


def test_the_frozen_input_is_computed_whatever_changes_meanwhile(bazaar):
    draw = begin(bazaar, iterations=50)
    late = a_seller(edition=bazaar)
    compute()

    draft = rotation.find_draft(bazaar)
    owners = db.session.scalars(sa.select(Turn.seller_id).where(Turn.release_id == draft.id))
    assert late.id not in set(owners)
    assert len(read_instance(gzip.decompress(draw.instance)).sellers) == 6


def test_draws_are_numbered_and_stay(bazaar):
    for _ in range(2):
        begin(bazaar, iterations=0)
        compute()

    assert [draw.number for draw in draws.all_of(bazaar)] == [2, 1]
    assert db.session.query(Release).filter(Release.replaced_at.is_(None)).count() == 1
    assert db.session.query(Turn).count() == 16


def test_without_sellers_who_can_come_nothing_is_begun(app, now):
    edition = an_edition()
    a_window(edition, opens_at=now + timedelta(days=1))
    seller = a_seller(edition=edition)
    part = db.session.get(Participation, (edition.id, seller.id))
    part.answered_at = now
    db.session.flush()

    with pytest.raises(rotation.NobodyCanCome):
        draws.begin(edition, kind=DrawKind.PLAN, seals=seals(), actor=HOST, now=now)


def together(app, act, times=2):
    """Run `act` in threads at one moment; return what each returned or raised."""
    outcomes, start = [], Barrier(times)

    def run():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    outcomes.append(act())
            except BazaarError as refusal:
                outcomes.append(type(refusal))

    threads = [Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes, key=str)


def test_of_two_operators_one_begins_the_draw(app, bazaar):
    edition_id = bazaar.id
    db.session.commit()

    def press():
        return begin(db.session.get_one(Edition, edition_id)).number

    outcomes = together(app, press)

    assert outcomes[0] == 1
    assert outcomes[1] in {draws.DrawRunning, draws.DrawTaken}
    with reading():
        assert db.session.query(Draw).count() == 1


def test_of_two_workers_one_takes_the_draw(app, bazaar):
    draw_id = begin(bazaar).id
    db.session.commit()

    outcomes = together(app, lambda: work.take(draw_id, times.now()) is not None)

    assert outcomes == [False, True]


def test_a_draw_without_a_sign_of_life_is_taken_again_and_written_once(bazaar):
    now = times.now()
    draw = begin(bazaar, iterations=50)
    dead = work.take(draw.id, now)
    assert work.take(draw.id, now + timedelta(seconds=14)) is None

    alive = work.take(draw.id, now + timedelta(seconds=16))

    assert alive is not None
    with pytest.raises(work.DrawLost):
        work.beat(dead, 50, now + timedelta(seconds=17))
    work.beat(alive, 50, now + timedelta(seconds=17))
    assert db.session.get(Draw, draw.id, populate_existing=True).percent == 50
    instance = gathering.frozen(draw)
    plan = rule.plan(instance, dead.seed, iterations=0)
    written = WrittenPlan("", plan, rule=rule.RULE)
    with pytest.raises(work.DrawLost):
        work.finish(dead, written, b"{}", instance, figures={}, seals=seals(), now=now)
    assert db.session.query(Turn).count() == 0


@pytest.fixture
def slow_planner(monkeypatch, tmp_path):
    """A planner that says once that it lives, and then nothing more."""
    program = tmp_path / "slow.py"
    program.write_text("import time; print('progress 0.10', flush=True); time.sleep(600)")
    monkeypatch.setattr(work, "PLANNER", [sys.executable, str(program)])


BROKEN = {
    "it crashes": ("raise SystemExit(1)", "berhenti di tengah jalan"),
    "it is killed": ("import os; os.kill(os.getpid(), 9)", "berhenti di tengah jalan"),
    "it writes nothing": ("pass", "berhenti di tengah jalan"),
    "the input is wrong": (
        "import sys; sys.stderr.write('slots: there are none'); sys.exit(2)",
        "slots: there are none",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_planner_that_fails_is_told_and_can_be_tried_again(bazaar, monkeypatch, tmp_path, case):
    program, sentence = BROKEN[case]
    (tmp_path / "broken.py").write_text(program)
    draw = begin(bazaar, iterations=50)
    with monkeypatch.context() as patch:
        patch.setattr(work, "PLANNER", [sys.executable, str(tmp_path / "broken.py")])
        assert compute() == 1

    assert (draw.stage, draw.secret) == (DrawStage.FAILED, None)
    assert sentence in draw.failure
    assert rotation.find_draft(bazaar) is None
    assert compute() == 0
    seed = draw.seed

    draws.retry(draw, actor=HOST, now=times.now())
    compute()

    assert (draw.stage, draw.seed, draw.number) == (DrawStage.DONE, seed, 1)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert "rotation.draw_fail" in actions


def test_a_planner_that_hangs_is_stopped(bazaar, monkeypatch, slow_planner):
    monkeypatch.setattr(work, "PATIENCE", timedelta(seconds=1))
    draw = begin(bazaar, iterations=50)

    compute()

    assert draw.stage is DrawStage.FAILED
    assert "terlalu lama" in draw.failure


def test_a_seller_who_was_deleted_meanwhile_fails_the_draw(bazaar):
    draw = begin(bazaar, iterations=50)
    db.session.execute(sa.delete(Participation))
    db.session.execute(sa.delete(Seller))

    compute()

    assert draw.stage is DrawStage.FAILED
    assert "dihapus" in draw.failure


def test_a_worker_that_is_killed_leaves_the_draw_to_the_next(app, database, bazaar, slow_planner):
    draw = begin(bazaar, iterations=50)
    db.session.commit()
    program = (
        "import sys\n"
        "from bazaar import create_app\n"
        "from bazaar.rotation import work\n"
        "from bazaar.web import services\n"
        f"work.PLANNER = {work.PLANNER!r}\n"
        "with create_app().app_context():\n"
        "    work.work(seals=services().draw_seals)\n"
    )
    environment = os.environ | {
        "BAZAAR_MODE": "development",
        "BAZAAR_SECRET_KEY": SECRET,
        "BAZAAR_DATABASE_URL": database.database.url,
        "BAZAAR_INSTANCE_PATH": app.instance_path,
    }
    worker = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        until = time.monotonic() + 60
        stage = None
        while stage is not DrawStage.RUNNING and time.monotonic() < until:
            time.sleep(0.1)
            with reading():
                stage = db.session.scalar(sa.select(Draw.stage))
        assert stage is DrawStage.RUNNING
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    work.PLANNER = [sys.executable, "-m", "bazaar.rules.rotation"]
    db.session.execute(sa.update(Draw).values(beat_at=times.now()))
    assert compute() == 0  # its sign of life is too young
    db.session.execute(sa.update(Draw).values(beat_at=times.now() - timedelta(seconds=16)))

    assert compute() == 1

    db.session.refresh(draw)
    assert draw.stage is DrawStage.DONE
    assert db.session.query(Release).count() == 1
    assert db.session.query(Turn).count() == 16


def test_a_preview_can_be_neither_edited_nor_released(bazaar):
    now = times.now()
    draw = begin(bazaar)
    task = work.take(draw.id, now)
    instance = gathering.frozen(draw)
    plan = rule.plan(instance, task.seed, iterations=0)
    work.preview(task, WrittenPlan("", plan, rule=rule.RULE), instance, now=now)

    preview = rotation.find_preview(bazaar)

    assert preview is not None
    assert rotation.fairness(preview).turns == 16
    assert rotation.find_draft(bazaar) is None
    with pytest.raises(rotation.DraftOvertaken):
        rotation.get_draft(bazaar, preview.id)
    work.fail(task, "rusak", now=now)
    assert rotation.find_preview(bazaar) is None
    assert db.session.query(Turn).count() == 0


def test_a_release_while_the_planner_works_leaves_a_draft_to_be_put_onto_it(bazaar):
    now = times.now()
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    begin(bazaar, kind=DrawKind.REBUILD, iterations=50)
    swap = drafts.from_release(bazaar, actor=HOST, now=now, beside=True)
    rotation.release(swap, actor=HOST, now=now)

    compute()

    draft = rotation.find_draft(bazaar)
    assert draft.base_id == first.id
    with pytest.raises(rotation.DraftOvertaken):
        rotation.release(draft, actor=HOST, now=now)


def test_what_the_clock_proposes_gives_way_to_hands(bazaar):
    now = times.now()
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    seller = db.session.get(Seller, db.session.scalars(sa.select(Turn.seller_id)).first())
    replans.withdraw(bazaar, seller, "sakit", actor=HOST, now=now)
    assert replans.propose(now, seals=seals()) == 1
    draft = drafts.from_release(bazaar, actor=HOST, now=now)
    an_edit(draft)

    compute()

    assert rotation.find_draft(bazaar) == draft
    assert db.session.query(Draw).one().stage is DrawStage.DONE
    assert inspection.differences() == []


def test_the_clock_proposes_nothing_over_a_rebuild(bazaar):
    now = times.now()
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    begin(bazaar, kind=DrawKind.REBUILD, iterations=50)
    compute()
    rebuilt = rotation.find_draft(bazaar)

    seller = db.session.get(Seller, db.session.scalars(sa.select(Turn.seller_id)).first())
    replans.withdraw(bazaar, seller, "sakit", actor=HOST, now=now)

    assert replans.propose(now, seals=seals()) == 0
    assert rotation.find_draft(bazaar) == rebuilt
    drafts.discard(rebuilt, actor=HOST, now=now)
    assert replans.propose(now, seals=seals()) == 1


def an_edit(draft):
    """Leave the draft's last turn empty by hand."""
    turn = rotation.turns_on(draft, draft.turns[-1].starts_at.date())[-1]
    change = {
        "channel": turn.channel_id,
        "starts_at": turn.starts_at.isoformat(),
        "before": turn.seller.code,
        "after": None,
    }
    keep(
        PlanEdit(
            release_id=draft.id,
            number=1,
            kind=EditKind.EMPTY,
            changes=[change],
            made_by="Rina",
            made_at=times.now(),
        )
    )
    db.session.delete(turn)
    db.session.flush()
    shares.rewrite(draft)
    return turn


def test_a_repair_is_proposed_once_for_each_need(bazaar):
    now = times.now()
    assert replans.propose(now, seals=seals()) == 0
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    assert replans.propose(now, seals=seals()) == 0
    a_window(bazaar, opens_at=now + timedelta(days=2))

    assert replans.propose(now, seals=seals()) == 1
    assert replans.propose(now, seals=seals()) == 0
    compute()
    draft = rotation.find_draft(bazaar)
    assert rotation.fairness(draft).turns == 32
    assert replans.propose(now, seals=seals()) == 0
    drafts.discard(draft, actor=HOST, now=now)
    assert replans.propose(now, seals=seals()) == 0

    bazaar.channels[1].lost_from = now
    db.session.flush()
    assert replans.propose(now, seals=seals()) == 1
    compute()
    kinds = [need.kind for need in needs.needs_repair(bazaar, now)]
    assert kinds == [NeedKind.LOST_CHANNEL, NeedKind.NEW_HOURS]
    assert rotation.fairness(rotation.find_draft(bazaar)).turns == 16


def test_needless_changes_of_a_repair_are_none(bazaar):
    now = times.now()
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    leaver = rotation.turns_on(first, (now + timedelta(days=1)).date())[0].seller
    replans.withdraw(bazaar, leaver, "sakit", actor=HOST, now=now)
    replans.repair(bazaar, seals=seals(), actor=HOST, now=now)
    compute()

    draft = rotation.find_draft(bazaar)

    changed = rotation.compare(first, draft)
    assert {one.seller_id for one in changed.affected if one.of(rotation.ChangeKind.LOST)} == {
        leaver.id
    }
    assert rotation.fairness(draft).empty == 0
    assert draft.figures["stability"]["needlessly_changed"] == 0
    assert inspection.differences() == []


def test_a_repair_that_cannot_be_planned_leaves_nothing_behind(bazaar):
    now = times.now()
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    leaver = rotation.turns_on(first, (now + timedelta(days=1)).date())[0].seller
    replans.withdraw(bazaar, leaver, "sakit", actor=HOST, now=now)
    db.session.execute(sa.update(Seller).values(active=False))
    db.session.expire_all()

    assert replans.propose(now, seals=seals()) == 0
    assert replans.propose(now, seals=seals()) == 0
    assert db.session.query(Draw).count() == 0
    db.session.execute(sa.update(Seller).values(active=True))
    assert replans.propose(now + timedelta(minutes=6), seals=seals()) == 1


def test_hours_that_nobody_can_come_to_are_tried_once(bazaar):
    now = times.now()
    for part in db.session.scalars(sa.select(Participation)):
        part.answered_at = now
    window = bazaar.show_days[0].windows[0]
    for part in db.session.scalars(sa.select(Participation)):
        keep(
            Presence(
                seller_id=part.seller_id,
                window_id=window.id,
                starts_at=window.opens_at,
                ends_at=window.closes_at,
            )
        )
    first = rotation.make_draft(bazaar, seed="benih", actor=HOST, now=now)
    rotation.release(first, actor=HOST, now=now)
    a_window(bazaar, opens_at=now + timedelta(days=2))
    a_window(bazaar, opens_at=now + timedelta(days=3), minutes=5)  # too short for a turn
    assert len(needs.needs_repair(bazaar, now)) == 1
    assert replans.propose(now, seals=seals()) == 1

    compute()

    assert db.session.query(Draw).one().stage is DrawStage.DONE
    assert rotation.find_draft(bazaar) is None
    assert needs.needs_repair(bazaar, now) == []
    assert replans.propose(now, seals=seals()) == 0
    assert inspection.differences() == []
