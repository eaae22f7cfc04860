import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog

from bazaar import (
    attempts,
    catalog,
    courier_inbox,
    label_sheets,
    orders,
    outbox,
    payments,
    shipments,
    times,
)
from bazaar.accounts import sessions
from bazaar.clockwork import Job, run_job, safely
from bazaar.db import db, reading
from bazaar.models import (
    Booking,
    BookingStatus,
    ChargeAmount,
    CourierEvent,
    Cue,
    IdempotentAnswer,
    Message,
    Payment,
    Role,
    WaitingEntry,
    WaitState,
)
from bazaar.outbox import Timed
from bazaar.ports import Notice
from bazaar.rules.label_layouts import Layout
from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.rules.show.cues import CueKind
from bazaar.scheduler import ERRANDS, JOBS
from bazaar.settings import ROOT
from tests.builders import (
    HOST,
    a_member,
    a_parcel,
    a_product,
    a_release,
    a_request,
    a_seller,
    a_sticker,
    a_turn,
    a_window,
    an_edition,
    an_order,
    keep,
)
from tests.house import SECRET


@pytest.fixture
def late(app, now):
    """A moment by which there is work for every job."""
    edition = an_edition()
    _a_photo_of_old(now + timedelta(days=40))
    parcel = a_parcel()
    _lost_a_week_before(now + timedelta(days=40))
    turn = a_turn(a_release(edition), a_seller(), starts_at=now)
    a_request(turn)
    a_window(edition, opens_at=now + timedelta(days=41))
    a_seller(edition=edition)
    an_order(a_product(), at=now)
    orders.mark_paid(an_order(a_product(), at=now).id, now=now)
    sessions.begin(a_member(Role.CHAIR), agent="", now=now)
    attempts.spend(attempts.Limit("sign-in", 5, timedelta(minutes=5)), "seseorang", now=now)
    later = now + timedelta(days=40)
    _news_before_its_booking(parcel, later)
    label_sheets.make([parcel.code], Layout.THERMAL, actor=HOST, now=now)
    _money_in_need(later)
    _kept_answer(now)
    _somebody_waits(now)
    outbox.write_timed(
        [Timed("way-test:1:email:1", "mail", "seller:1", "Giliran", "Halo", now)], now=now
    )
    return later


def _a_photo_of_old(now):
    """A parcel that arrived a season ago, and its photo."""
    then = now - timedelta(days=100)
    parcel = a_parcel(paid_at=then)
    shipments.packing.set_photo(parcel, "0" * 64, actor=HOST, now=then)
    shipments.pack(parcel, actor=HOST, now=then)
    shipments.hand_over(parcel, parcel.courier, "012345678999", actor=HOST, now=then)
    shipments.deliver(parcel, actor=HOST, now=then)


def _money_in_need(now):
    """Money that nobody settled, of a called-off order, and a proof that nobody looked at."""
    seller = a_seller(email="sekar@umkm.test")
    a_sticker(seller)
    product = a_product(seller=seller)
    before = now - timedelta(hours=7)
    called_off, unsettled, proven = (an_order(product, at=before) for _ in range(3))
    payments.confirm(payments.charge_of(called_off, now=before), actor=HOST, now=before)
    orders.call_off(called_off.id, now=before)
    charge = payments.charge_of(unsettled, now=before)
    keep(
        Payment(
            key="midtrans:1",
            charge_id=charge.id,
            account_id=charge.account_id,
            edition_id=unsettled.edition_id,
            amount_idr=charge.amount_idr,
            method="qris",
            source="midtrans",
            received_at=before,
            confirmed_by="Midtrans",
        )
    )
    keep(
        ChargeAmount(
            charge_id=charge.id,
            account_id=charge.account_id,
            amount_idr=charge.amount_idr,
            free_at=before,
        )
    )
    payments.proofs.send(proven.id, "0" * 64, "", now=before)


def _kept_answer(now):
    keep(
        IdempotentAnswer(
            owner="api", key="k" * 8, body_hash="0" * 64, status=201, body="{}", kept_until=now
        )
    )


def _somebody_waits(now):
    product = a_product(stock=0)
    keep(
        WaitingEntry(
            key="0" * 64,
            link_hash="0" * 64,
            product_id=product.id,
            quantity=1,
            name="Siti",
            phone="+6281200000001",
            state=WaitState.WAITING,
            asked_at=now,
        )
    )
    catalog.set_stock(product, 2, now=now)


def _lost_a_week_before(now):
    parcel = a_parcel(resi="012345678901")
    lost_at = now - timedelta(days=8)
    shipments.acts.lose(parcel, "tidak ditemukan", actor=HOST, now=lost_at)


def _news_before_its_booking(parcel, now):
    booking = keep(
        Booking(
            parcel_id=parcel.id,
            key="PK-LATE-1",
            provider="biteship",
            provider_order_id="abc",
            status=BookingStatus.OPEN,
            charged_idr=11_000,
            made_by="Rina",
            made_at=now,
        )
    )
    notice = Notice("abc", {}, Signal(SignalKind.UNKNOWN))
    courier_inbox.store(booking.provider, [notice], now=now)
    db.session.execute(sa.update(CourierEvent).values(result=courier_inbox.UNMATCHED))


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_every_job_does_its_work_once(late, job):
    assert job.run(late) > 0
    assert job.run(late) == 0


@pytest.mark.parametrize("job", JOBS, ids=[job.name for job in JOBS])
def test_a_job_without_work_does_nothing(app, now, job):
    assert job.run(now) == 0


def test_names_are_given_once():
    names = [job.name for job in JOBS] + [errand.name for errand in ERRANDS]

    assert sorted(set(names)) == sorted(names)


def test_a_job_that_fails_is_told_and_leaves_nothing_behind(app, now):
    def fail(_):
        keep(Message(key="x", to="", subject="", text="", created_at=now))
        raise RuntimeError("rusak")

    job = Job("broken", timedelta(seconds=5), fail)
    with structlog.testing.capture_logs() as logs:
        safely(app, job.name, lambda: run_job(job))

    assert [(entry["event"], entry["work"]) for entry in logs] == [("clock_work_failed", "broken")]
    assert db.session.query(Message).count() == 0


def test_the_clock_in_a_process_of_its_own_writes_down_what_happens(app, database):
    began_at = times.now() - timedelta(minutes=1)
    a_turn(a_release(an_edition()), a_seller(), starts_at=began_at)
    db.session.commit()
    environment = os.environ | {
        "BAZAAR_MODE": "development",
        "BAZAAR_SECRET_KEY": SECRET,
        "BAZAAR_DATABASE_URL": database.database.url,
        "BAZAAR_INSTANCE_PATH": app.instance_path,
    }
    command = [sys.executable, "-m", "flask", "--app", "bazaar", "clock"]
    clock = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        found = 0
        until = time.monotonic() + 60
        while not found and time.monotonic() < until:
            time.sleep(0.2)
            with reading():
                on_air = sa.select(sa.func.count(Cue.id)).where(Cue.kind == CueKind.ON_AIR)
                found = db.session.scalar(on_air.where(~Cue.late)) or 0
        assert found == 2, "host and seller"
    finally:
        clock.send_signal(signal.SIGTERM)
        ended = clock.wait(timeout=60)
    assert ended == 0
