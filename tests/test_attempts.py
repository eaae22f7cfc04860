import threading
from datetime import timedelta

import sqlalchemy as sa

from bazaar import attempts
from bazaar.attempts import Limit
from bazaar.db import db, transaction
from bazaar.models import Allowance

LIMIT = Limit("guess", 3, timedelta(minutes=5))
A_SECOND = timedelta(seconds=1)


def test_attempts_over_the_limit_are_told_when_to_come_back(app, now):
    first = [attempts.spend(LIMIT, "siti", now=now + A_SECOND * n) for n in range(3)]

    assert first == [None, None, None]
    assert attempts.spend(LIMIT, "siti", now=now + A_SECOND * 9) == now + LIMIT.within


def test_each_key_and_each_kind_has_its_own_allowance(app, now):
    for _ in range(4):
        attempts.spend(LIMIT, "siti", now=now)

    assert attempts.spend(LIMIT, "budi", now=now) is None
    assert attempts.spend(Limit("other", 1, LIMIT.within), "siti", now=now) is None


def test_only_time_renews_an_allowance(app, now):
    for _ in range(4):
        attempts.spend(LIMIT, "siti", now=now)
    almost = now + LIMIT.within - A_SECOND

    assert attempts.find_end(LIMIT, "siti", now=almost) == now + LIMIT.within
    assert attempts.spend(LIMIT, "siti", now=almost) is not None
    assert attempts.find_end(LIMIT, "siti", now=now + LIMIT.within) is None
    assert attempts.spend(LIMIT, "siti", now=now + LIMIT.within) is None
    assert db.session.scalar(sa.select(Allowance.spent)) == 1


def test_right_attempts_are_given_back(app, now):
    for _ in range(20):
        assert attempts.spend(LIMIT, "siti", now=now) is None
        attempts.give_back(LIMIT, "siti", now=now)
    attempts.give_back(LIMIT, "siti", now=now)

    assert db.session.scalar(sa.select(Allowance.spent)) == 0


def test_of_eight_parallel_attempts_three_are_let_through(app, now):
    start = threading.Barrier(8)
    results = []

    def attempt():
        with app.app_context():
            start.wait()
            with transaction():
                results.append(attempts.spend(LIMIT, "siti", now=now))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results.count(None) == 3


def test_addresses_are_not_kept(app, now):
    attempts.spend(LIMIT, "siti@panitia.test", now=now)

    assert "siti" not in repr(db.session.execute(sa.text("SELECT * FROM allowances")).all())


def test_old_allowances_are_removed_once(app, now):
    attempts.spend(LIMIT, "siti", now=now)
    attempts.spend(LIMIT, "budi", now=now + A_SECOND)

    assert attempts.forget_old(now + LIMIT.within) == 1
    assert attempts.forget_old(now + LIMIT.within) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Allowance)) == 1
