"""The ceremony of a draw in the committee's pages."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest

from bazaar import editions, rotation, times
from bazaar.db import db, reading, transaction
from bazaar.errors import Conflict
from bazaar.models import AuditEntry, Draw, DrawKind, DrawStage, Role
from bazaar.rotation import ceremonies, draws, work
from bazaar.rules.rotation import planner, repairing
from bazaar.web import services
from tests.builders import (
    HOST,
    a_draw,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    sign_in,
)

DRAWS = "/panitia/undian"
WITNESS = "empat angka yang dibacakan Bu Sri"


@pytest.fixture
def edition(app):
    edition = an_edition(channels=2, freeze_minutes=60)
    start = times.now().replace(microsecond=0, second=0) + timedelta(days=1)
    a_window(edition, opens_at=start)
    for _ in range(6):
        a_seller(edition=edition)
    return edition


@pytest.fixture
def host(client, edition):
    return sign_in(client, Role.HOST)


def announce(client, **given):
    fields = {"witness": WITNESS, "effort": "20000"}
    return client.post(DRAWS, data=fields | given)


def the_draw():
    return db.session.query(Draw).one()


def actions():
    found = db.session.query(AuditEntry.action).order_by(AuditEntry.id)
    return [action for (action,) in found if action.startswith("rotation.")]


def test_without_draws_the_page_says_what_one_is_for(client, host):
    page = client.get(DRAWS).text

    assert "Undian dengan saksi membuktikan kepada penjual" in page
    assert f'href="{DRAWS}/baru"' in page


def test_a_whole_ceremony(client, host):
    answer = announce(client)
    assert answer.location == f"{DRAWS}/1"
    draw = the_draw()
    assert (draw.stage, draw.witness, draw.made_by) == (DrawStage.COMMITTED, WITNESS, host.name)
    assert draw.commitment in client.get("/keadilan/undian/1").text
    page = client.get(f"{DRAWS}/1").text
    assert "Langkah 2: bekukan masukan" in page
    assert draw.commitment in page

    assert client.post(f"{DRAWS}/1/bekukan").location == f"{DRAWS}/1"
    page = client.get(f"{DRAWS}/1").text
    assert draw.instance_digest in page
    assert "Langkah 3: angka saksi" in page
    told = page.partition('<dl class="figures mt-3">')[2].partition("</dl>")[0]
    assert [part.partition("</dd>")[0] for part in told.split("<dd>")[1:]] == ["6", "16", "0", "0"]

    assert client.post(f"{DRAWS}/1/angka", data={"public_value": " 7 2  9 1 "}).status_code == 303
    assert draw.public_value == "7 2 9 1"
    assert "Menunggu giliran hitung" in client.get(f"{DRAWS}/1/status").text
    assert "Sedang dihitung" in client.get(f"{DRAWS}/1").text

    db.session.commit()
    work.work(seals=services().draw_seals)
    assert client.get(f"{DRAWS}/1/status").headers["X-Reload"] == "1"
    page = client.get(f"{DRAWS}/1").text
    assert "Rahasia sudah dibuka" in page
    assert draw.secret in page
    assert "Lihat rancangan" in page
    assert actions() == [
        "rotation.draw_commit",
        "rotation.draw_freeze",
        "rotation.draw_queue",
        "rotation.draw_done",
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"witness": "  "}, "Sebutkan angka apa, oleh siapa, dan kapan."),
        ({"witness": "x" * 201}, "Paling panjang 200 huruf."),
    ],
)
def test_a_draw_needs_a_witness(client, host, given, sentence):
    refused = announce(client, **given)

    assert refused.status_code == 422
    assert 'class="field-error"' in refused.text
    assert db.session.query(Draw).count() == 0
    assert sentence in refused.text


@pytest.mark.parametrize("kind", [DrawKind.REPAIR, DrawKind.REBUILD])
def test_with_a_release_in_force_the_committee_says_what_for(client, edition, host, kind):
    a_release(edition)
    assert "Untuk apa" in client.get(f"{DRAWS}/baru").text

    announce(client, kind=kind.value)

    assert the_draw().kind is kind
    assert the_draw().rule == (repairing.RULE if kind is DrawKind.REPAIR else planner.RULE)


def test_without_release_there_is_nothing_to_choose(client, host):
    assert "Untuk apa" not in client.get(f"{DRAWS}/baru").text

    announce(client, kind="repair", effort="100000")

    assert (the_draw().kind, the_draw().iterations) == (DrawKind.PLAN, 100_000)


def test_a_second_draw_waits_for_the_first(client, host):
    announce(client)

    assert "Undian 1 belum selesai" in client.get(f"{DRAWS}/baru").text
    refused = announce(client)
    assert refused.status_code == 409
    assert "Undian 1 sudah diumumkan dan belum selesai" in refused.text
    assert db.session.query(Draw).count() == 1


@pytest.mark.parametrize(("step", "data"), [("bekukan", {}), ("angka", {"public_value": "7"})])
def test_each_step_happens_once(client, host, step, data):
    announce(client)
    if step == "angka":
        client.post(f"{DRAWS}/1/bekukan")
    assert client.post(f"{DRAWS}/1/{step}", data=data).status_code == 303

    refused = client.post(f"{DRAWS}/1/{step}", data=data | {"public_value": "8"})

    assert refused.status_code == 409
    assert "Tahap undian ini sudah berubah" in refused.text or "sedang dihitung" in refused.text
    assert the_draw().public_value == data.get("public_value", "")
    assert actions().count(f"rotation.draw_{'freeze' if step == 'bekukan' else 'queue'}") == 1


@pytest.mark.parametrize("step", ["freeze", "queue", "end"])
def test_of_two_operators_one_wins_each_step(app, client, host, step):
    announce(client)
    if step == "queue":
        client.post(f"{DRAWS}/1/bekukan")
    barrier, answers = Barrier(2), []

    def press(value):
        with app.app_context():
            with reading():
                draw = draws.get_draw(editions.get_current(), 1)
            barrier.wait()
            try:
                with transaction():
                    do(step, draw, value)
                answers.append(value)
            except Conflict:
                answers.append("late")

    db.session.commit()
    threads = [Thread(target=press, args=[value]) for value in ("7", "8")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers)[1] == "late"
    with reading():
        assert actions().count(f"rotation.draw_{step}") == 1


def do(step, draw, value):
    acting = {"actor": HOST, "now": times.now()}
    seals = services().draw_seals
    if step == "freeze":
        draws.freeze(draw, **acting)
    elif step == "queue":
        draws.queue(draw, public_value=value, seals=seals, **acting)
    else:
        ceremonies.end(draw, why=value, seals=seals, **acting)


def test_the_public_value_cannot_come_before_the_freeze(client, host):
    announce(client)

    assert client.post(f"{DRAWS}/1/angka", data={"public_value": "7"}).status_code == 409
    assert (the_draw().stage, the_draw().public_value) == (DrawStage.COMMITTED, "")


def test_the_public_value_must_be_said(client, host):
    announce(client)
    client.post(f"{DRAWS}/1/bekukan")

    refused = client.post(f"{DRAWS}/1/angka", data={"public_value": " "})

    assert refused.status_code == 422
    assert "Tulis angkanya persis seperti diumumkan." in refused.text
    assert the_draw().stage is DrawStage.FROZEN


def test_a_draw_that_is_not_gone_on_with_stays_in_sight(client, host):
    announce(client)
    assert "Tulis alasannya" in client.post(f"{DRAWS}/1/akhiri", data={"why": ""}).text

    assert client.post(f"{DRAWS}/1/akhiri", data={"why": "Angka bocor"}).status_code == 303

    draw = the_draw()
    assert (draw.stage, draw.failure) == (DrawStage.FAILED, "Angka bocor")
    for path in (DRAWS, f"{DRAWS}/1", "/keadilan/undian", "/keadilan/undian/1"):
        page = client.get(path).text
        assert "tidak dilanjutkan" in page
        assert "Angka bocor" in page
    assert actions()[-1] == "rotation.draw_end"
    assert client.post(f"{DRAWS}/1/akhiri", data={"why": "lagi"}).status_code == 409
    assert client.post(f"{DRAWS}/1/lagi").status_code == 409
    assert announce(client).location == f"{DRAWS}/2"


def test_a_draw_that_is_being_computed_cannot_be_ended(client, host):
    announce(client)
    client.post(f"{DRAWS}/1/bekukan")
    client.post(f"{DRAWS}/1/angka", data={"public_value": "7"})

    assert client.post(f"{DRAWS}/1/akhiri", data={"why": "tidak suka"}).status_code == 409


def test_a_draw_that_failed_can_be_computed_again(client, edition, host):
    a_draw(edition, stage=DrawStage.FAILED, seed="ef" * 32, failure="Berhenti di tengah jalan.")
    page = client.get(f"{DRAWS}/1").text
    assert "Gagal dihitung" in page
    assert "Berhenti di tengah jalan." in page

    assert client.post(f"{DRAWS}/1/lagi").status_code == 303
    assert the_draw().stage is DrawStage.QUEUED


def test_the_leaflet_holds_what_is_promised_and_where_to_look(client, host):
    announce(client)

    page = client.get(f"{DRAWS}/1/lembar").text

    assert the_draw().commitment in page
    assert WITNESS in page
    assert 'src="/keadilan/undian/1/qr.png"' in page
    assert "/keadilan/undian/1</a>" in page


def test_who_may_not_change_sees_no_buttons(client, edition):
    sign_in(client, Role.TREASURER)
    a_draw(edition, witness=WITNESS)

    assert "Bekukan masukan" not in client.get(f"{DRAWS}/1").text
    assert f'href="{DRAWS}/baru"' not in client.get(DRAWS).text
    assert client.post(f"{DRAWS}/1/bekukan").status_code == 403


def test_the_reason_of_a_turn_in_a_draft(client, edition, host):
    draft = rotation.make_draft(edition, seed="benih", actor=HOST, now=times.now())
    turn = draft.turns[0]

    page = client.get(f"/panitia/jadwal/{draft.id}/mengapa/{turn.uid}").text

    assert turn.seller.name in page
    assert "UMKM bisa tampil pada jam ini." in page or "Hanya" in page
    assert client.get(f"/panitia/jadwal/{draft.id + 1}/mengapa/{turn.uid}").status_code == 404
    other = a_turn(a_release(an_edition(is_current=False)), turn.seller)
    path = f"/panitia/jadwal/{other.release_id}/mengapa/{other.uid}"
    assert client.get(path).status_code == 404
