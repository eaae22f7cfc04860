"""When something breaks people read a sentence and a number; nothing inside is shown."""

import re

import pytest

from bazaar.db import db
from bazaar.models import Role
from tests.committee import a_member, bring_in
from tests.house import House
from tests.web.evening import MENU, an_evening
from tests.web.test_headers import faults

INSIDE = ("Traceback", "sqlalchemy", "SELECT", "psycopg", "sqlite", "/bazaar/", ".py", "werkzeug")


@pytest.fixture
def broken(app):
    def view(**path):
        raise RuntimeError("SELECT secret FROM /srv/bazaar/x.py")

    kept = app.view_functions["health.healthz"]
    app.view_functions["health.healthz"] = view
    yield
    app.view_functions["health.healthz"] = kept


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_fault_shows_its_number_and_nothing_else(client, broken, capsys):
    response = client.get("/healthz")

    assert (response.status_code, faults(response)) == (500, [])
    assert "Ada kesalahan di pihak kami." in response.text
    number = response.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    assert number in response.text
    assert number in capsys.readouterr().out
    assert not any(word in response.text for word in INSIDE)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_without_the_database_people_are_asked_to_wait_and_nothing_is_promised(kind, tmp_path):
    house = House(kind, tmp_path)
    with house.app.app_context():
        client = house.app.test_client()
        links = an_evening()
        bring_in(client, a_member(Role.ADMIN))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
        house.database.remove()

        pages = {page: client.get(page) for page in [*links, *MENU]}
        acts = {act: client.post(act) for act in ("/keranjang", "/masuk", "/akun/sandi")}
        acts["/masuk"] = client.post("/masuk", data={"email": "a@b.id", "password": "x"})

        assert house.app.test_client().get("/healthz").status_code == 200
        assert pages["/readyz"].status_code == 503
        for page, response in {**pages, **acts}.items():
            assert not any(word in response.text for word in INSIDE), page
            assert response.status_code == 503, page
            assert faults(response) == [], page
            if page != "/readyz":
                assert response.headers["Retry-After"] == "5", page
                said = "Gangguan biasanya singkat." in response.text
                # What a broadcast shows stays empty.
                assert page.startswith("/api/") or said != page.startswith("/overlay/"), page
        db.session.remove()
    house.close()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_service_returns_by_itself_when_the_database_does(client, monkeypatch):
    """The pool's connections died with the server; the next request makes new ones."""
    db.session.commit()
    assert client.get("/readyz").status_code == 200
    db.engine.dispose()
    assert client.get("/readyz").status_code == 200
