import re

import pytest
import sqlalchemy as sa

from bazaar import times
from bazaar.accounts import members
from bazaar.db import db
from bazaar.models import Account, AuditEntry, Role
from tests.committee import a_member, bring_in, signed_in


def test_everybody_of_the_committee_sees_the_team_and_only_admins_change_it(client):
    a_member(Role.TREASURER, name="Sulastri")
    signed_in(client, Role.CHAIR)

    page = client.get("/panitia/tim")

    assert "Sulastri" in page.text
    assert "Bendahara" in page.text
    assert "/panitia/tim/undang" not in page.text
    assert client.get("/panitia/tim/undang").status_code == 403


def test_an_invitation_shows_its_link_once_and_leads_in(client, app):
    signed_in(client, Role.ADMIN)
    wish = {"name": "Siti", "email": "siti@panitia.test", "roles": ["host", "chair"]}

    page = client.post("/panitia/tim/undang", data=wish)

    [link] = re.findall(r'data-copy="http[^"]+(/undangan/[^"]+)"', page.text)
    assert "Selamat datang, Siti" in app.test_client().get(link).text
    siti = db.session.scalars(sa.select(Account).filter_by(email="siti@panitia.test")).one()
    assert siti.roles == frozenset({Role.HOST, Role.CHAIR})
    assert link not in client.get("/panitia/tim").text


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"name": ""}, "Isi nama anggota."),
        ({"name": "x" * 121}, "Nama paling banyak 120 huruf."),
        ({"name": "Siti\r\nBcc: x"}, "Ada huruf yang tidak dapat dibaca."),
        ({"email": ""}, "Isi alamat surel."),
        ({"email": "siti"}, "Tulis seperti nama@contoh.id."),
        ({"email": "siti@panitia.test\r\nBcc:x@y.id"}, "Tulis seperti nama@contoh.id."),
        ({"email": f"{'x' * 190}@contoh.test"}, "Alamat surel terlalu panjang."),
        ({"email": "Rina@panitia.test"}, "Alamat surel ini sudah dipakai anggota lain."),
        ({"roles": ["owner"]}, "owner"),
    ],
)
def test_each_wrong_field_of_an_invitation_has_its_sentence(client, wish, sentence):
    a_member(email="rina@panitia.test")
    signed_in(client, Role.ADMIN)
    before = db.session.scalar(sa.select(sa.func.count(Account.id)))

    data = {"name": "Siti Baru", "email": "siti@panitia.test"} | wish
    page = client.post("/panitia/tim/undang", data=data)

    assert page.status_code == 422
    assert sentence in page.text
    assert db.session.scalar(sa.select(sa.func.count(Account.id))) == before
    if "name" not in wish:
        assert 'value="Siti Baru"' in page.text


def test_roles_are_set_and_the_member_is_signed_out(client, app):
    member = a_member(Role.HOST)
    theirs = app.test_client()
    bring_in(theirs, member)
    admin = signed_in(client, Role.ADMIN)

    done = client.post(f"/panitia/tim/{member.id}/tugas", data={"roles": ["treasurer"]})

    assert done.status_code == 303
    assert member.roles == frozenset({Role.TREASURER})
    assert theirs.get("/akun").status_code == 303
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.actor, entry.action, entry.subject, entry.facts) == (
        f"committee:{admin.id}",
        "account.set_roles",
        f"account:{member.id}",
        {"before": ["host"], "after": ["treasurer"]},
    )


def test_unknown_roles_are_refused(client):
    member = a_member(Role.HOST)
    signed_in(client, Role.ADMIN)

    assert client.post(f"/panitia/tim/{member.id}/tugas", data={"roles": "x"}).status_code == 422
    assert member.roles == frozenset({Role.HOST})


@pytest.mark.parametrize("act", ["setel-kode", "keluarkan", "nonaktifkan"])
def test_these_acts_end_the_members_sessions(client, app, act):
    member = a_member(Role.HOST)
    theirs = app.test_client()
    bring_in(theirs, member)
    signed_in(client, Role.ADMIN)

    assert client.post(f"/panitia/tim/{member.id}/{act}").status_code == 303
    assert theirs.get("/akun").location == "/masuk?next=/akun"


def test_a_deactivated_member_can_be_brought_back(client):
    member = a_member(Role.HOST, active=False)
    signed_in(client, Role.ADMIN)

    assert client.post(f"/panitia/tim/{member.id}/undang").status_code == 409
    assert client.post(f"/panitia/tim/{member.id}/aktifkan").status_code == 303
    assert client.post(f"/panitia/tim/{member.id}/undang").status_code == 200


def test_the_last_admin_stays(client):
    admin = signed_in(client, Role.ADMIN)

    for act, data in (("nonaktifkan", {}), ("tugas", {"roles": ["host"]})):
        page = client.post(f"/panitia/tim/{admin.id}/{act}", data=data)
        assert (page.status_code, "satu admin yang aktif" in page.text) == (409, True)
    assert client.get("/panitia/tim").status_code == 200


def test_unknown_members_are_not_found(client):
    signed_in(client, Role.ADMIN)

    assert client.get("/panitia/tim/404").status_code == 404
    assert client.post("/panitia/tim/404/nonaktifkan").status_code == 404


@pytest.mark.parametrize("more", [1, 5])
def test_a_larger_team_costs_no_more_queries(client, queries, more):
    for _ in range(more):
        a_member(Role.HOST, Role.CHAIR)
    signed_in(client, Role.ADMIN)
    db.session.commit()
    queries.clear()

    client.get("/panitia/tim")

    assert len(queries) <= 5


def test_the_operator_invites_from_the_command_line(app, client):
    run = app.test_cli_runner().invoke
    db.session.commit()

    first = run(args=["invite-committee", "Rina@Panitia.test", "--name", "Rina"])
    again = run(args=["invite-committee", "rina@panitia.test", "--name", "Rina", "--role", "host"])

    old, new = (result.output.strip().rpartition("/undangan/")[2] for result in (first, again))
    assert first.output.startswith("http://127.0.0.1:")
    assert client.get(f"/undangan/{old}").status_code == 404
    assert client.get(f"/undangan/{new}").status_code == 200
    assert members.get_invited(new, now=times.now()).roles == frozenset({Role.ADMIN})


def test_the_command_refuses_a_deactivated_member(app):
    a_member(email="rina@panitia.test", active=False)
    db.session.commit()

    result = app.test_cli_runner().invoke(
        args=["invite-committee", "rina@panitia.test", "--name", "Rina"]
    )

    assert result.exit_code == 1
    assert "tidak aktif" in result.output


def test_the_operator_can_let_in_a_member_without_phone_and_password(app, client):
    member = a_member(Role.ADMIN, email="rina@panitia.test")
    db.session.commit()

    result = app.test_cli_runner().invoke(
        args=["invite-committee", "rina@panitia.test", "--name", "Rina", "--reset-code"]
    )

    assert "/undangan/" in result.output
    assert (member.totp_secret, member.totp_confirmed_at) == (None, None)
