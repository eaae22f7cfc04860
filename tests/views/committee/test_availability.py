"""When a seller can come, seen and changed by the committee."""

from datetime import timedelta

import pytest

from bazaar import availabilities
from bazaar.db import db
from bazaar.models import AuditEntry, Role
from tests.builders import NOW, a_seller, a_window, an_edition, sign_in
from tests.views.seller.test_availability import form_of, presences


@pytest.fixture
def seller(app, time_machine):
    time_machine.move_to(NOW)
    edition = an_edition(availability_until=NOW - timedelta(days=1))
    a_window(edition, opens_at=NOW + timedelta(days=1))
    return a_seller(edition=edition, name="Batik Sekar")


def test_the_registrar_changes_it_also_after_the_deadline(client, seller):
    sign_in(client, Role.REGISTRAR, name="Rini")
    path = f"/panitia/umkm/{seller.code}/hadir"
    assert path in client.get(f"/panitia/umkm/{seller.code}").text
    page = client.get(path)
    assert "Batas pengisian sudah lewat bagi penjual." in page.text

    answer = client.post(path, data=form_of(page.text))

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert len(presences(seller)) == 1
    entry = db.session.query(AuditEntry).filter_by(action="availability.answer").one()
    assert (entry.actor_name, entry.subject) == ("Rini", f"seller:{seller.code}")


def test_others_of_the_committee_may_look_only(client, seller):
    sign_in(client, Role.CHAIR)
    path = f"/panitia/umkm/{seller.code}/hadir"
    page = client.get(path)

    assert page.status_code == 200
    assert 'name="quick"' not in page.text
    assert client.post(path, data={}).status_code == 403


def test_a_seller_who_takes_no_part_has_no_grid(client, seller):
    sign_in(client, Role.REGISTRAR)
    stranger = a_seller()

    assert "UMKM ini tidak ikut" in client.get(f"/panitia/umkm/{stranger.code}/hadir").text
    told = client.post(f"/panitia/umkm/{stranger.code}/hadir", data={})
    assert told.status_code == 409
    assert availabilities.NotTakingPart.text in told.text
