import os
import time

import psycopg
import pytest

from bazaar.clockwork import lead_of, leading
from bazaar.clockwork.leading import DatabaseLead, FileLead

WAIT_S = 5


@pytest.fixture
def leads(app):
    made = [lead_of(app), lead_of(app)]
    yield made
    for lead in made:
        lead.drop()


def test_one_of_two_leads_and_the_other_follows_it(leads):
    first, second = leads

    assert [first.hold(), second.hold(), first.hold()] == [True, False, True]
    first.drop()
    until = time.monotonic() + WAIT_S
    while not second.hold():
        assert isinstance(first, DatabaseLead), "a file is free at once"
        assert time.monotonic() < until, "the server has not noticed that the session ended"
        time.sleep(0.01)
    assert not first.hold()


def test_postgresql_has_a_session_of_its_own_and_sqlite_a_file(app, database, leads):
    wanted = {"sqlite": FileLead, "postgresql": DatabaseLead}[database.kind]

    assert [type(lead) for lead in leads] == [wanted, wanted]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_child_does_not_keep_the_lock(leads):
    first, second = leads
    assert first.hold()
    child = os.fork()
    if child == 0:
        time.sleep(WAIT_S)
        os._exit(0)

    first.drop()

    assert second.hold()
    assert os.waitpid(child, os.WNOHANG) == (0, 0), "the child still lives"
    os.kill(child, 9)
    os.waitpid(child, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_child_takes_no_lock_from_its_parent(leads):
    first, second = leads
    assert first.hold()
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

    assert not second.hold()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_file_that_was_thrown_away_is_no_lock(app, leads):
    first, second = leads
    assert first.hold()
    os.unlink(os.path.join(app.instance_path, "clock.lock"))  # noqa: PTH108, PTH118

    assert second.hold()
    assert not first.hold()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_leader_whose_connection_is_cut_knows_it_at_the_next_look(database, leads):
    first, second = leads
    assert first.hold()
    with psycopg.connect(database.database.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = 'pasar clock' AND datname = current_database()"
        )

    assert not first.hold()
    assert [first.hold(), second.hold()].count(True) == 1


def test_a_leader_that_gives_no_sign_of_life_loses_the_lead(leads):
    """It stands still: PostgreSQL ends its session, beside SQLite another takes the file away."""
    first, second = leads
    assert first.hold()
    assert not second.hold()

    deadline = time.monotonic() + 4 * WAIT_S
    while not second.hold():
        assert time.monotonic() < deadline
        time.sleep(0.2)

    assert not first.hold()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_leader_that_looks_after_its_file_keeps_it(leads, monkeypatch):
    monkeypatch.setattr(leading, "SILENT_MS", 1000)
    first, second = leads
    until = time.monotonic() + 2.5
    while time.monotonic() < until:
        assert first.hold()
        assert not second.hold()
        time.sleep(0.1)
