"""The way in, as a member's browser sees it."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import accounts, times
from bazaar.accounts import codes, members, sessions
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import Account, Role, Session
from tests.committee import PASSWORD, SEALS, a_member, bring_in, code_of, signed_in

NEW = "kopi susu panas"
BY = Actor("committee:1", "Rina")


def give_password(client, member, password=PASSWORD, **more):
    return client.post("/masuk", data={"email": member.email, "password": password, **more})


def give_code(client, member, **more):
    data = {"code": code_of(member, times.now()), **more}
    return client.post("/masuk/kode", data=data)


def find(token):
    return sessions.find_session(token, now=times.now())


def cookie(client):
    found = client.get_cookie(accounts.cookie_name(secure=False))
    return found.value if found else None


def test_password_and_code_lead_where_one_wanted_to_go(client):
    member = a_member()

    asked = client.get("/panitia/jejak?action=order.")
    assert (asked.status_code, asked.location) == (
        303,
        "/masuk?next=/panitia/jejak?action%3Dorder.",
    )
    assert 'value="/panitia/jejak?action=order."' in client.get(asked.location).text

    first = give_password(client, member, next="/panitia/jejak?action=order.")
    assert first.status_code == 303
    assert first.location == "/masuk/kode?next=/panitia/jejak?action%3Dorder."

    second = give_code(client, member, next="/panitia/jejak?action=order.")
    assert (second.status_code, second.location) == (303, "/panitia/jejak?action=order.")
    assert client.get(second.location).status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "/\\evil.example", "https:evil.example", "\t//e", "/%5cevil", "/%09/e"],
)
def test_nobody_is_sent_to_another_site(client, elsewhere):
    member = a_member()
    give_password(client, member, next=elsewhere)

    assert give_code(client, member, next=elsewhere).location == "/panitia"
    assert client.get("/masuk", query_string={"next": elsewhere}).location == "/panitia"


def test_known_and_unknown_addresses_get_the_same_answer(client):
    member = a_member(email="siti@panitia.test")

    wrong = give_password(client, member, "salah sekali")
    unknown = client.post("/masuk", data={"email": "budi@panitia.test", "password": "salah sekali"})

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert "Alamat surel atau kata sandi salah." in wrong.text
    assert body_of(wrong).replace("siti@", "x@") == body_of(unknown).replace("budi@", "x@")
    assert "salah sekali" not in wrong.text
    assert cookie(client) is None


def body_of(response):
    [main] = re.findall(r"<main.*</main>", response.text, re.DOTALL)
    return main


@pytest.mark.parametrize(
    ("data", "sentences"),
    [
        ({}, ["Isi alamat surel Anda.", "Isi kata sandi Anda."]),
        ({"email": "siti@panitia.test"}, ["Isi kata sandi Anda."]),
        ({"email": "x" * 201, "password": "y"}, ["Alamat surel terlalu panjang."]),
    ],
)
def test_each_wrong_field_has_its_sentence_and_typing_is_kept(client, data, sentences):
    page = client.post("/masuk", data=data)

    assert page.status_code == 422
    for sentence in sentences:
        assert sentence in page.text
    assert f'value="{data.get("email", "")}"' in page.text


def test_a_session_gets_a_new_token_with_each_factor(client):
    member = a_member()
    give_password(client, member)
    half = cookie(client)
    give_code(client, member)
    whole = cookie(client)

    assert half
    assert whole
    assert half != whole
    client.set_cookie(accounts.cookie_name(secure=False), half)
    assert client.get("/akun").location == "/masuk?next=/akun"


def test_the_password_alone_opens_nothing_but_the_next_step(client):
    bring_in(client, a_member(), half=True)

    assert client.get("/akun").location == "/masuk/kode?next=/akun"
    assert client.get("/masuk/kode").status_code == 200
    assert client.get("/masuk").location == "/masuk/kode"


def test_a_wrong_code_keeps_one_where_one_is(client):
    bring_in(client, a_member(), half=True)

    wrong = client.post("/masuk/kode", data={"code": "000000"})
    odd = client.post("/masuk/kode", data={"code": "abc"})

    assert (wrong.status_code, odd.status_code) == (422, 422)
    assert "Kode ini salah atau sudah dipakai." in wrong.text
    assert "Isi enam angka yang tampil di ponsel." in odd.text


def test_a_code_does_not_work_twice(client, app):
    member = a_member()
    code = code_of(member, times.now())
    bring_in(client, member, half=True)
    assert client.post("/masuk/kode", data={"code": code}).status_code == 303

    other = app.test_client()
    bring_in(other, member, half=True)
    assert other.post("/masuk/kode", data={"code": code}).status_code == 422


def test_without_a_phone_one_enrols_first_and_cannot_go_round_it(client):
    member = a_member(enrolled=False)
    give_password(client, member)

    assert client.get("/masuk/kode").location == "/masuk/pasang-kode"
    assert client.get("/akun").location == "/masuk/kode?next=/akun"
    page = client.get("/masuk/pasang-kode")
    secret = codes.secret_of(member, seals=SEALS)
    assert " ".join(re.findall("....", secret)) in page.text
    assert 'src="data:image/png;base64,' in page.text

    assert client.post("/masuk/pasang-kode", data={"code": "000000"}).status_code == 422
    done = client.post("/masuk/pasang-kode", data={"code": code_of(member, times.now())})
    assert (done.status_code, done.location) == (303, "/panitia")
    assert client.get("/akun").status_code == 200


def test_the_secret_of_an_enrolled_phone_is_not_shown_again(client):
    bring_in(client, a_member(), half=True)

    assert client.get("/masuk/pasang-kode").location == "/masuk/kode"
    assert client.post("/masuk/pasang-kode", data={"code": "1"}).location == "/masuk/kode"


def test_a_member_who_never_signed_in_gets_a_secret_with_the_password(client):
    member = a_member(totp_secret=None, enrolled=False)
    member.totp_secret = None
    give_password(client, member)

    assert client.get("/masuk/pasang-kode").status_code == 200


def test_signing_out_kills_copies_of_the_cookie_too(client, app):
    signed_in(client)
    copy = cookie(client)

    answer = client.post("/keluar")

    assert (answer.status_code, answer.location) == (303, "/masuk")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert cookie(client) is None
    thief = app.test_client()
    thief.set_cookie(accounts.cookie_name(secure=False), copy)
    assert thief.get("/akun").status_code == 303


def test_signing_out_without_being_in_is_no_fault(client):
    assert client.post("/keluar").status_code == 303


def test_an_invitation_leads_to_a_password_once(client):
    token = members.invite("siti@panitia.test", "Siti", {Role.HOST}, by=BY, now=times.now())
    address = f"/undangan/{token}"

    assert "Selamat datang, Siti" in client.get(address).text
    bad = client.post(address, data={"password": "umkm umkm", "repeated": "umkm umkm"})
    assert (bad.status_code, "tidak boleh memuat" in bad.text) == (422, True)
    differs = client.post(address, data={"password": NEW, "repeated": "lain"})
    assert (differs.status_code, "Tidak sama dengan yang di atas." in differs.text) == (422, True)

    done = client.post(address, data={"password": NEW, "repeated": NEW})
    assert (done.status_code, done.location) == (303, "/masuk?email=siti@panitia.test")
    assert "Kata sandi tersimpan." in client.get(done.location).text
    assert client.get(address).status_code == 404
    assert client.post(address, data={"password": NEW, "repeated": NEW}).status_code == 404
    member = db.session.scalars(sa.select(Account)).one()
    assert give_password(client, member, NEW).status_code == 303


def test_my_account_lists_my_devices_only_and_ends_one(client, app):
    member = signed_in(client)
    other = app.test_client()
    bring_in(other, member)
    bring_in(app.test_client(), a_member())

    page = client.get("/akun")
    [doomed] = re.findall(r'action="(/akun/sesi/\d+/akhiri)"', page.text)
    assert client.post(doomed).status_code == 303
    assert other.get("/akun").status_code == 303
    assert client.get("/akun").status_code == 200
    assert client.post(doomed).status_code == 404


def test_others_sessions_cannot_be_ended(client, app):
    signed_in(client)
    victim = app.test_client()
    token = bring_in(victim, a_member())
    session_id = find(token).id

    assert client.post(f"/akun/sesi/{session_id}/akhiri").status_code == 404
    assert victim.get("/akun").status_code == 200


def test_everywhere_means_here_too(client, app):
    member = signed_in(client)
    other = app.test_client()
    bring_in(other, member)

    assert client.post("/akun/keluar-semua").location == "/masuk"
    assert client.get("/akun").status_code == 303
    assert other.get("/akun").status_code == 303


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(client, app):
    member = signed_in(client)
    other = app.test_client()
    bring_in(other, member)
    wish = {"current": "salah sekali", "password": NEW, "repeated": NEW}

    refused = client.post("/akun/sandi", data=wish)
    assert (refused.status_code, "Kata sandi sekarang salah." in refused.text) == (422, True)
    assert other.get("/akun").status_code == 200

    assert client.post("/akun/sandi", data=wish | {"current": PASSWORD}).status_code == 303
    assert client.get("/akun").status_code == 200
    assert other.get("/akun").status_code == 303


def test_using_a_page_keeps_the_session_alive(client, time_machine):
    began = times.now()
    time_machine.move_to(began)
    signed_in(client)
    for minutes in (20, 40, 60):
        time_machine.move_to(began + timedelta(minutes=minutes))
        assert client.get("/akun").status_code == 200
    assert db.session.scalars(sa.select(Session)).one().seen_at == began + timedelta(hours=1)

    time_machine.move_to(began + timedelta(minutes=91))
    assert client.get("/akun").status_code == 303


def test_use_is_written_down_once_a_minute(client, time_machine, queries):
    began = times.now()
    time_machine.move_to(began)
    signed_in(client)

    time_machine.move_to(began + timedelta(seconds=59))
    queries.clear()
    client.get("/akun")
    assert not any(sql.startswith("UPDATE sessions") for sql in queries)

    time_machine.move_to(began + timedelta(seconds=61))
    client.get("/akun")
    client.get("/akun")
    assert len([sql for sql in queries if sql.startswith("UPDATE sessions")]) == 1
