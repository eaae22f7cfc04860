"""Facts that everybody sees are read once a moment in production, and at once elsewhere."""

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
    made = []
    monkeypatch.setattr(
        moments, "render_template", lambda name, **_: made.append(name) or f"{name} {len(made)}"
    )

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
