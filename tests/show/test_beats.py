from datetime import timedelta

from bazaar import show, times
from bazaar.db import db


def test_before_the_first_tick_there_is_no_pulse(app, now):
    assert show.pulse(now) is None


def test_ticks_are_counted_and_the_last_one_is_told(app, now):
    show.beat("satu:1", ticks=1, done=True, now=now)
    show.beat("dua:2", ticks=3, done=False, now=now + timedelta(seconds=2))

    pulse = show.pulse(now + timedelta(seconds=5))

    assert (pulse.age, pulse.ticks, pulse.process) == (timedelta(seconds=3), 4, "dua:2")
    assert not pulse.silent
    assert show.pulse(now + timedelta(seconds=13)).silent


def test_machines_are_told_how_old_the_last_tick_is(client):
    assert client.get("/readyz").json == {"status": "ready", "clock": "never", "clock_age_s": None}
    show.beat("satu:1", ticks=1, done=True, now=times.now() - timedelta(seconds=60))
    db.session.commit()

    told = client.get("/readyz").json

    assert (told["status"], told["clock"]) == ("ready", "silent")
    assert 60 <= told["clock_age_s"] < 70
