"""The harness keeps what it promises: two real databases, empty for each test, a real browser."""

import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from bazaar.db import db, transaction
from bazaar.models import Account, AuditEntry
from tests import databases
from tests.browser import PATIENCE_MS

A_ROW = {"actor": "clock", "actor_name": "Jam", "action": "x.y", "subject": "z:1", "facts": {}}


def an_entry(now):
    return AuditEntry(**A_ROW, at=now)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_every_test_finds_empty_tables_and_numbers_from_one(app, now, turn):
    with transaction():
        db.session.add(entry := an_entry(now))
        db.session.flush()
        assert entry.id == 1
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 1


def test_each_database_is_the_real_one(app, database):
    version = {
        "sqlite": "SELECT 'file ' || file FROM pragma_database_list WHERE name = 'main'",
        "postgresql": "SELECT version()",
    }
    found = db.session.scalar(sa.text(version[database.kind]))
    assert found.startswith(("file /", "PostgreSQL "))


def test_a_request_sees_what_the_test_did_and_the_other_way_round(app, client, now):
    db.session.add(an_entry(now))
    assert client.get("/readyz").status_code == 200
    db.session.add(an_entry(now))
    assert client.get("/readyz").status_code == 200
    assert db.session.scalar(sa.select(sa.func.count(AuditEntry.id))) == 2


def test_the_server_answers_several_people_at_once(server):
    place = urlsplit(server)
    answers = []

    def visit():
        connection = HTTPConnection(place.hostname, place.port)
        connection.request("GET", "/healthz")
        answers.append(connection.getresponse().status)
        connection.close()

    people = [threading.Thread(target=visit) for _ in range(8)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert answers == [200] * 8


def test_queries_lists_what_was_asked(app, queries):
    db.session.scalars(sa.select(Account)).all()
    assert len(queries) == 1
    assert "FROM accounts" in queries[0]


def test_a_transaction_left_open_is_an_error(app, database, now, monkeypatch):
    monkeypatch.setattr(databases, "LOCK_PATIENCE_S", 0.5)
    forgotten = db.engine.connect()
    forgotten.execute(sa.insert(AuditEntry).values(**A_ROW, at=now))
    with pytest.raises(AssertionError, match="left a transaction open"):
        database.database.empty()
    forgotten.invalidate()
    forgotten.close()


def test_breaking_the_policy_is_noticed(visitors):
    page = visitors.open("phone")
    page.goto("/no-such-page")
    assert visitors.problems == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("fetch('https://bazaar.example/').catch(() => 0)")
    page.evaluate("setTimeout(() => { throw new Error('oops') })")
    until = time.monotonic() + PATIENCE_MS / 1000
    while (kinds := kinds_of(visitors.problems)) != {"policy", "console", "script"}:
        assert time.monotonic() < until, kinds
        page.wait_for_timeout(50)
    visitors.problems.clear()


def kinds_of(problems):
    return {problem.partition(":")[0] for problem in problems}
