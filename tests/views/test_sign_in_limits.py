"""Guessing is slow: counted for the account and for the address, and only what was wrong."""

from datetime import timedelta

import pytest

from bazaar import times
from tests.builders import a_product, an_order, order_token
from tests.committee import PASSWORD, a_member, bring_in, code_of


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Stand still: a window must not end within a test."""
    began = times.now()
    time_machine.move_to(began)
    return lambda **later: time_machine.move_to(began + timedelta(**later))


def give_password(client, email, password="salah sekali", address="10.0.0.1"):
    return client.post(
        "/masuk",
        data={"email": email, "password": password},
        environ_base={"REMOTE_ADDR": address},
    )


def test_the_eleventh_wrong_password_for_an_account_waits_also_when_right(client, clock):
    member = a_member(email="siti@panitia.test")
    for n in range(10):
        assert give_password(client, member.email, address=f"10.0.0.{n}").status_code == 422

    refused = give_password(client, "Siti@Panitia.test", PASSWORD, "10.0.1.1")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 301
    assert give_password(client, "budi@panitia.test").status_code == 422

    clock(minutes=5)
    assert give_password(client, member.email, PASSWORD).status_code == 303


def test_the_eleventh_wrong_password_from_an_address_waits(client):
    member = a_member()
    for n in range(10):
        assert give_password(client, f"nobody{n}@panitia.test").status_code == 422

    assert give_password(client, member.email, PASSWORD).status_code == 429
    assert give_password(client, member.email, PASSWORD, "10.0.0.2").status_code == 303


def test_a_made_up_forwarding_header_changes_nothing(client):
    for n in range(10):
        give_password(client, f"nobody{n}@panitia.test")

    answer = client.post(
        "/masuk",
        data={"email": "a@b.id", "password": "x"},
        headers={"X-Forwarded-For": "10.9.9.9"},
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )
    assert answer.status_code == 429


def test_right_passwords_are_not_counted(client, app):
    member = a_member()
    for _ in range(12):
        assert give_password(app.test_client(), member.email, PASSWORD).status_code == 303


def test_the_sixth_wrong_code_waits_also_when_right(client, app, clock):
    member = a_member()
    bring_in(client, member, half=True)
    for _ in range(5):
        assert client.post("/masuk/kode", data={"code": "000000"}).status_code == 422

    other = app.test_client()
    bring_in(other, member, half=True)
    for browser in (client, other):
        code = code_of(member, times.now())
        assert browser.post("/masuk/kode", data={"code": code}).status_code == 429

    clock(minutes=5)
    code = code_of(member, times.now())
    assert client.post("/masuk/kode", data={"code": code}).status_code == 303


def test_the_old_password_cannot_be_guessed_from_within(client):
    member = a_member()
    bring_in(client, member)
    wish = {"current": "salah", "password": "kopi susu panas", "repeated": "kopi susu panas"}
    for _ in range(10):
        assert client.post("/akun/sandi", data=wish).status_code == 422

    assert client.post("/akun/sandi", data=wish | {"current": PASSWORD}).status_code == 429


def test_thirty_wrong_links_a_minute_are_enough(client, clock):
    addresses = ["/o/{}", "/k/{}", "/undangan/{}", "/u/{}/lapak"]
    for n in range(30):
        assert client.get(addresses[n % 4].format(f"salah{n}")).status_code == 404

    refused = client.get("/o/salah")
    assert (refused.status_code, int(refused.headers["Retry-After"]) <= 61) == (429, True)
    elsewhere = client.get("/o/salah", environ_base={"REMOTE_ADDR": "10.0.0.2"})
    assert elsewhere.status_code == 404

    clock(minutes=1)
    assert client.get("/o/salah").status_code == 404


def test_right_links_work_from_an_address_that_guesses(client, an_order_token):
    for n in range(31):
        client.get(f"/o/salah{n}")

    assert client.get(f"/o/{an_order_token}").status_code == 200


@pytest.fixture
def an_order_token(app):
    return order_token(an_order(a_product()))
