"""Only our own host name is answered, and only our own proxy is believed."""

import pytest
import structlog

from bazaar.app import create_app
from bazaar.settings import Mode, Settings
from tests.web.conftest import STRONG


@pytest.mark.parametrize("path", ["/healthz", "/masuk", "/", "/no-such-page", "/o/x"])
@pytest.mark.parametrize("host", ["evil.example", "bazar.test.evil.example", "evil@bazar.test"])
def test_another_host_name_is_refused(production, host, path):
    answer = production.test_client().get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert host not in answer.text
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("host", ["bazar.test", "bazar.test:443"])
def test_our_host_name_is_served(production, host):
    client = production.test_client()

    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_a_forwarded_host_changes_nothing(production):
    answer = production.test_client().get(
        "/akun", base_url="https://bazar.test", headers={"X-Forwarded-Host": "evil.example"}
    )

    assert answer.location == "/masuk?next=/akun"


def test_pages_are_served_over_https_with_their_forms(production):
    client = production.test_client()
    page = client.get("/masuk", base_url="https://bazar.test").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    data = {"csrf_token": token}

    right = client.post("/masuk", data=data, base_url="https://bazar.test",
                        headers={"Origin": "https://bazar.test"})  # fmt: skip
    wrong = client.post("/masuk", data=data, base_url="https://bazar.test",
                        headers={"Origin": "https://evil.test"})  # fmt: skip

    assert "Isi alamat surel Anda." in right.text
    assert "Formulir ini sudah kedaluwarsa" in wrong.text


@pytest.fixture
def behind_a_proxy(tmp_path, production):
    before = structlog.get_config()
    settings = {"secret_key": STRONG, "public_url": "https://bazar.test", "trusted_proxies": 1}
    database = production.config["SQLALCHEMY_DATABASE_URI"]
    yield create_app(
        Settings(mode=Mode.PRODUCTION, instance_path=tmp_path, database_url=database, **settings)
    )
    structlog.configure(**before)


def test_behind_a_proxy_the_address_it_wrote_last_counts(behind_a_proxy):
    client = behind_a_proxy.test_client()
    statuses = [
        client.get(
            "/o/salah",
            base_url="https://bazar.test",
            headers={"X-Forwarded-For": f"10.{n}.0.1, 192.0.2.7", "X-Forwarded-Proto": "https"},
        ).status_code
        for n in range(32)
    ]

    assert statuses[-1] == 429


def test_an_invitation_from_the_command_line_leads_to_our_host(production):
    args = ["invite-committee", "ketua@panitia.test", "--name", "Ibu Ratna", "--role", "admin"]
    with production.app_context():
        said = production.test_cli_runner().invoke(args=args)

    assert said.exit_code == 0, said.output
    link = said.output.strip().splitlines()[-1]
    assert link.startswith("https://bazar.test/undangan/")
    path = link.removeprefix("https://bazar.test")
    assert production.test_client().get(path, base_url="https://bazar.test").status_code == 200
