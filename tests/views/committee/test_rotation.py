from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db
from bazaar.models import AuditEntry, Draw, DrawKind, DrawStage, Participation, Release, Role, Turn
from bazaar.rotation import drafts, draws, gathering, replans, work
from bazaar.web import services
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, sign_in

PLAN = "/panitia/jadwal"


@pytest.fixture
def clock(time_machine, now):
    time_machine.move_to(now)
    return time_machine


@pytest.fixture
def host(client, clock):
    return sign_in(client, Role.HOST)


@pytest.fixture
def bazaar(app, now):
    edition = an_edition(channels=2, freeze_minutes=60)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=60)
    for n in range(4):
        a_seller(edition=edition, name=f"Lapak Sri {n}")
    return edition


def draft_of(edition, now, seed="benih"):
    return rotation.make_draft(edition, seed=seed, actor=HOST, now=now)


def released(edition, now):
    return rotation.release(draft_of(edition, now), actor=HOST, now=now)


def compute():
    db.session.commit()
    assert work.work(seals=services().draw_seals) == 1


def test_without_edition_the_page_leads_to_making_one(client, host):
    page = client.get(PLAN).text

    assert "Belum ada penyelenggaraan" in page
    assert 'href="/panitia/penyelenggaraan/baru"' in page


@pytest.mark.parametrize("missing", ["saluran", "jam", "umkm"])
def test_what_is_missing_is_named(client, host, now, missing):
    edition = an_edition(channels=missing != "saluran")
    if missing != "jam":
        a_window(edition, opens_at=now)
    if missing != "umkm":
        a_seller(edition=edition)

    page = client.get(PLAN).text

    assert "Sebelum bazar dibuka" in page
    assert "Susun rancangan</span>" not in page
    refused = client.post(f"{PLAN}/rancangan")
    assert refused.status_code == 409
    assert "Jadwal belum dapat disusun" in refused.text
    assert "Sebelum bazar dibuka" in refused.text
    assert db.session.query(Draw).count() == 0


def test_from_nothing_to_a_draft_on_the_page(client, host, bazaar):
    made = client.post(f"{PLAN}/rancangan", data={"effort": "100000"})

    assert (made.status_code, made.headers["Location"]) == (303, PLAN)
    page = client.get(PLAN).text
    assert "Menyusun rancangan" in page
    assert "Susun rancangan</span>" not in page
    waiting = client.get(f"{PLAN}/kemajuan", headers={"X-Fragment": "1"})
    assert "Menunggu penyusun jadwal" in waiting.text
    assert "X-Reload" not in waiting.headers
    again = client.get(f"{PLAN}/kemajuan", headers={"If-None-Match": waiting.headers["ETag"]})
    assert again.status_code == 304
    draw = db.session.query(Draw).one()
    assert draw.iterations == 100_000

    compute()

    assert client.get(f"{PLAN}/kemajuan").headers["X-Reload"] == "1"
    page = client.get(PLAN).text
    assert "Undian 1" in page
    assert "belum terbit" in page
    assert "Selisih antar-UMKM paling banyak satu giliran" in page
    assert "Lapak Sri 0" in page
    draft = db.session.query(Release).one()
    assert f"/panitia/jadwal/rancangan/{draft.id}/pratinjau" in page


def test_what_is_computed_so_far_is_shown_as_a_preview(client, host, bazaar, now):
    begin(bazaar, now, DrawKind.PLAN)
    keep_preview(now)

    page = client.get(PLAN).text

    assert "sementara" in page
    assert "Lapak Sri 0" in page
    assert "belum terbit" not in page
    preview = db.session.query(Release).one()
    slots = len(gathering.frozen(db.session.query(Draw).one()).slots)
    assert preview.figures == {"slots": slots, "empty": slots - len(preview.turns)}
    assert client.post(f"{PLAN}/rancangan/{preview.id}/terbitkan").status_code == 409
    assert client.post(f"{PLAN}/rancangan/{preview.id}/buang").status_code == 409


def begin(edition, now, kind):
    return draws.begin(edition, kind=kind, seals=services().draw_seals, actor=HOST, now=now)


def keep_preview(now):
    """Do what the worker does first: a complete plan without any improvement."""
    from bazaar.rules import rotation as rule
    from bazaar.rules.rotation.format import WrittenPlan

    draw = db.session.query(Draw).one()
    task = work.take(draw.id, now)
    instance = gathering.frozen(draw)
    plan = rule.plan(instance, task.seed, iterations=0)
    written = WrittenPlan("", plan, rule=rule.RULE)
    work.preview(task, written, instance, now=now)


def test_only_one_draw_is_computed_at_a_time(client, host, bazaar):
    client.post(f"{PLAN}/rancangan")

    refused = client.post(f"{PLAN}/rancangan")

    assert refused.status_code == 409
    assert "Undian 1 sedang dihitung" in refused.text
    assert db.session.query(Draw).count() == 1


def test_a_draw_that_failed_says_why_and_can_be_tried_again(client, host, bazaar, now):
    draw = begin(bazaar, now, DrawKind.PLAN)
    work.fail(work.take(draw.id, now), work.CRASHED, now=now)

    page = client.get(PLAN).text

    assert "Undian 1 gagal dihitung" in page
    assert "berhenti di tengah jalan" in page
    assert client.post("/panitia/undian/1/lagi").status_code == 303
    compute()
    db.session.refresh(draw)
    assert draw.stage is DrawStage.DONE
    assert "gagal dihitung" not in client.get(PLAN).text


def test_who_left_is_told_and_repaired(client, host, bazaar, now):
    released(bazaar, now)
    seller = db.session.scalars(sa.select(Turn.seller_id)).first()
    db.session.execute(
        sa.update(Participation)
        .where(Participation.seller_id == seller)
        .values(withdrawn_at=now, withdrawn_why="sakit")
    )

    page = client.get(PLAN).text
    assert "Jadwal perlu ditambal" in page
    assert "2 giliran menjadi kosong" in page
    client.post(f"{PLAN}/tambal")
    compute()

    page = client.get(PLAN).text
    assert "Tambalan, undian 1" in page
    assert "Rancangan tambalan sudah disiapkan" in page
    draft = rotation.find_draft(bazaar)
    owners = db.session.scalars(sa.select(Turn.seller_id).where(Turn.release_id == draft.id))
    assert seller not in set(owners)


def test_a_rebuild_is_said_to_be_one(client, host, bazaar, now):
    released(bazaar, now)

    page = client.get(f"{PLAN}/susun-ulang").text

    assert "8 giliran milik 4 UMKM" in page
    assert "Peserta cadangan tidak ikut dibagi" in page
    assert client.post(f"{PLAN}/susun-ulang").headers["Location"] == PLAN
    compute()
    assert "Susun ulang, undian 1" in client.get(PLAN).text
    assert db.session.query(Draw).one().kind is DrawKind.REBUILD


def test_nothing_released_leaves_nothing_to_rebuild_or_repair(client, host, bazaar):
    assert client.get(f"{PLAN}/susun-ulang").headers["Location"] == PLAN
    assert client.post(f"{PLAN}/susun-ulang").status_code == 409
    assert client.post(f"{PLAN}/tambal").status_code == 409


def test_a_plan_that_is_all_frozen_is_left_alone(client, host, now):
    edition = an_edition(freeze_minutes=1440)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=60)
    a_seller(edition=edition)
    released(edition, now)

    refused = client.post(f"{PLAN}/tambal")

    assert refused.status_code == 409
    assert "masa beku" in refused.text


def test_a_draft_can_be_thrown_away(client, host, bazaar, now):
    draft = draft_of(bazaar, now)

    client.post(f"{PLAN}/rancangan/{draft.id}/buang")

    assert rotation.find_draft(bazaar) is None
    assert db.session.query(Turn).count() == 0
    assert "Rancangan dibuang" in client.get(PLAN).text
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert "rotation.draft_discard" in actions
    assert client.post(f"{PLAN}/rancangan/{draft.id}/buang").status_code == 409


def test_a_draft_of_an_older_release_is_put_onto_the_new_one(client, host, bazaar, now):
    first = released(bazaar, now)
    draft = drafts.from_release(bazaar, actor=HOST, now=now)
    other = drafts.from_release(bazaar, actor=HOST, now=now, beside=True)
    rotation.release(other, actor=HOST, now=now)

    page = client.get(PLAN).text
    assert "Jadwal lain sudah terbit" in page
    assert "Periksa dan terbitkan" not in page
    client.post(f"{PLAN}/rancangan/{draft.id}/sesuaikan")

    db.session.refresh(draft)
    assert draft.base_id == other.id != first.id
    page = client.get(PLAN).text
    assert "Jadwal lain sudah terbit" not in page
    assert "Periksa dan terbitkan" in page


def test_who_only_reads_sees_no_buttons_and_may_not_press(client, clock, bazaar, now):
    sign_in(client, Role.TREASURER)
    released(bazaar, now)
    draft = draft_of(bazaar, now)

    page = client.get(PLAN).text

    assert "Periksa dan terbitkan" not in page
    assert "Susun" not in page
    assert "Buang" not in page
    for address in ("rancangan", "tambal", "susun-ulang", f"rancangan/{draft.id}/buang"):
        assert client.post(f"{PLAN}/{address}").status_code == 403


def test_a_repair_proposed_by_the_clock_is_told(client, host, bazaar, now):
    plan = released(bazaar, now)
    seller = rotation.turns_on(plan, now.date())[0].seller
    replans.withdraw(bazaar, seller, "sakit", actor=HOST, now=now)

    assert replans.propose(now, seals=services().draw_seals) == 1
    compute()

    page = client.get(PLAN).text
    assert "Tambalan, undian 1" in page


@pytest.mark.parametrize("hours", [1, 4])
def test_a_longer_plan_costs_no_more_queries(client, host, queries, now, hours):
    edition = an_edition(channels=2, freeze_minutes=60)
    a_window(edition, opens_at=now + timedelta(hours=2), minutes=60 * hours)
    for _ in range(8 * hours):
        a_seller(edition=edition)
    rotation.release(draft_of(edition, now), actor=HOST, now=now)
    draft_of(edition, now)
    db.session.commit()
    client.get(PLAN)
    queries.clear()

    client.get(PLAN)

    assert len(queries) <= 30


def test_a_plan_from_elsewhere_shows_too(client, host, now):
    edition = an_edition()
    a_turn(a_release(edition), a_seller(edition=edition), starts_at=now)

    assert "Terbitan 1" in client.get(PLAN).text
