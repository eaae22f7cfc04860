"""Facts that everybody sees are read once a moment in production, and at once elsewhere."""

import threading

import pytest
from flask import Flask

from bazaar.db import db
from bazaar.models import Product
from bazaar.settings import Mode
from bazaar.web import moments, services
from tests.builders import a_product, a_seller, an_edition

KEPT = moments._EXTENSION


@pytest.fixture
def kain(app: Flask) -> Product:
    seller = a_seller(edition=an_edition(), slug="batik", name="Batik")
    product = a_product(seller=seller, name="Kain")
    db.session.commit()
    return product


@pytest.fixture
def production(app, monkeypatch):
    settings = services().settings.model_copy(update={"mode": Mode.PRODUCTION})
    changed = type(services())(
        **{name: getattr(services(), name) for name in services().__slots__}
        | {"settings": settings}
    )
    monkeypatch.setitem(app.extensions, "bazaar", changed)
    yield
    app.extensions.pop(KEPT, None)


def test_who_builds_or_tests_sees_every_change_at_once(client, kain):
    assert "Kain" in client.get("/s/batik").text
    kain.name = "Selendang"

    assert "Selendang" in client.get("/s/batik").text


def test_in_production_a_page_is_asked_of_the_database_once_a_moment(
    production, client, kain, queries, monkeypatch
):
    client.get("/s/batik")
    kain.name = "Selendang"
    db.session.commit()
    queries.clear()

    page = client.get("/s/batik").text
    assert "Kain" in page
    assert queries == []

    monkeypatch.setattr(moments, "LENGTH_S", 0)
    client.application.extensions[KEPT].clear()
    assert "Selendang" in client.get("/s/batik").text


def test_a_page_that_is_alike_for_all_is_made_once_a_language(
    production, client, kain, app, monkeypatch
):
    made: list[str] = []

    def render(name, **_):
        made.append(name)
        return f"{name} {len(made)}"

    monkeypatch.setattr(moments, "render_template", render)

    def look(path="/sekarang", language="id"):
        client.set_cookie("language", language)
        return client.get(path, headers={"X-Fragment": "1"}).text

    first = look()
    assert look() == first
    assert look(language="en") != first
    assert look(language="en") == look(language="en")
    assert len(made) == 2
    assert look("/sekarang?k=keranjang") not in {first, look(language="en")}
    assert look("/sekarang?k=lain") != look("/sekarang?k=keranjang")
    app.extensions[KEPT].clear()
    assert look() != first


@pytest.fixture
def words(monkeypatch):
    """Pages are what was read."""
    monkeypatch.setattr(moments, "render_template", lambda _, name: name)


def look(app, read):
    with app.test_request_context():
        return moments.render_shared("x", "x.html", read)


def test_while_one_reads_anew_others_get_what_was_read_last(production, app, words, monkeypatch):
    monkeypatch.setattr(moments, "LENGTH_S", 0.0)
    monkeypatch.setattr(moments, "STALE_S", 60.0)
    read, reading, go_on = [], threading.Event(), threading.Event()

    def slowly():
        read.append(1)
        if len(read) > 1:
            reading.set()
            assert go_on.wait(10)
        return {"name": f"{len(read)}"}

    assert look(app, slowly) == "1"
    first = threading.Thread(target=look, args=(app, slowly))
    first.start()
    assert reading.wait(10)
    assert [look(app, slowly), look(app, slowly)] == ["1", "1"]
    go_on.set()
    first.join()
    assert len(read) == 2
    assert look(app, slowly) == "3"  # the moment was over again


def test_many_who_come_first_wait_for_one_who_reads(production, app, words):
    read, start = [], threading.Barrier(8)
    found = []

    def slowly():
        read.append(1)
        threading.Event().wait(0.2)
        return {"name": "x"}

    def visit():
        start.wait()
        found.append(look(app, slowly))

    visitors = [threading.Thread(target=visit) for _ in range(8)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()

    assert (found, len(read)) == (["x"] * 8, 1)


def test_what_fails_to_be_read_can_be_read_again(production, app, words, monkeypatch):
    monkeypatch.setattr(moments, "LENGTH_S", 0.0)

    def fail():
        raise ZeroDivisionError

    assert look(app, lambda: {"name": "a"}) == "a"
    with pytest.raises(ZeroDivisionError):
        look(app, fail)
    assert look(app, lambda: {"name": "b"}) == "b"


def test_pages_of_many_addresses_do_not_pile_up(production, app, words, monkeypatch):
    monkeypatch.setattr(moments, "MOST", 3)
    with app.test_request_context():
        for number in range(10):
            moments.render_shared(number, "x.html", lambda: {"name": "x"})
    assert len(app.extensions[KEPT]) <= 3
