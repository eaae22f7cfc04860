"""What a start refuses, and that every setting is documented."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bazaar import app
from bazaar.settings import ROOT, Mode, Settings, SettingsError, from_environment

STRONG = "Zx8Qe2Vw5Rt9Yk1Lm4Np7Bd3Gh6Jf0Ca"
GOOD = {"BAZAAR_SECRET_KEY": STRONG, "BAZAAR_PUBLIC_URL": "https://bazar.test"}


@pytest.fixture
def environment(monkeypatch):
    """Set exactly these variables of ours, and read them."""

    def read(**variables):
        for name in [name for name in os.environ if name.startswith(("BAZAAR_", "FLASK_"))]:
            monkeypatch.delenv(name)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return from_environment()

    return read


def test_a_good_production_starts(environment):
    settings = environment(**GOOD)

    assert (settings.mode, settings.secure, settings.host) == (Mode.PRODUCTION, True, "bazar.test")


@pytest.mark.parametrize(
    "secret",
    ["", "short", "x" * 64, "abcd" * 16, "change-me-please-change-me-please-42", "Secret" + STRONG,
     "rahasia-bazar-jember-2026-oktober", "contoh-kunci-yang-harus-diganti!!"],
)  # fmt: skip
def test_production_refuses_weak_and_sample_secrets(environment, secret):
    with pytest.raises(SettingsError, match=r"^BAZAAR_SECRET_KEY [^\n]*$"):
        environment(**GOOD | {"BAZAAR_SECRET_KEY": secret})


@pytest.mark.parametrize("url", ["http://bazar.test", "bazar.test", "", "ftp://x", "https://x/y"])
def test_production_refuses_an_address_that_is_not_https(environment, url):
    with pytest.raises(SettingsError, match=r"^BAZAAR_PUBLIC_URL [^\n]*$"):
        environment(**GOOD | {"BAZAAR_PUBLIC_URL": url})


@pytest.mark.parametrize("debug", ["1", "true", "yes"])
def test_production_refuses_the_debugger(environment, debug):
    with pytest.raises(SettingsError, match="FLASK_DEBUG"):
        environment(**GOOD, FLASK_DEBUG=debug)
    assert environment(BAZAAR_MODE="development", FLASK_DEBUG=debug)


@pytest.mark.parametrize(
    "play",
    [
        {"BAZAAR_MIDTRANS_KEY": "SB-Mid-server-abc"},
        {"BAZAAR_MIDTRANS_URL": "https://api.sandbox.midtrans.com"},
        {"BAZAAR_XENDIT_KEY": "xnd_development_abc"},
    ],
)
def test_production_takes_no_play_money(environment, play):
    (name,) = play
    with pytest.raises(SettingsError, match=rf"^{name} is for trying out"):
        environment(**GOOD, **play)
    assert environment(BAZAAR_MODE="development", **play)


def test_the_gateway_offered_first_is_one_of_two(environment):
    with pytest.raises(SettingsError, match=r"^BAZAAR_GATEWAY must be midtrans, xendit or empty"):
        environment(**GOOD, BAZAAR_GATEWAY="doku")
    assert environment(**GOOD, BAZAAR_GATEWAY="xendit").gateway == "xendit"


def test_every_fault_is_told_at_once(environment):
    with pytest.raises(SettingsError) as caught:
        environment(
            BAZAAR_MODE="live",
            BAZAAR_PUBLIC_URL="http://bazar.test",
            BAZAAR_TRUSTED_PROXIES="many",
            BAZAAR_SMTP_URL="mail.test",
            BAZAAR_LOG_LEVEL="LOUD",
            BAZAAR_SECRT_KEY="x",
        )

    named = [line.split()[0] for line in str(caught.value).splitlines()]
    assert sorted(named) == [
        "BAZAAR_LOG_LEVEL",
        "BAZAAR_MODE",
        "BAZAAR_PUBLIC_URL",
        "BAZAAR_SECRET_KEY",
        "BAZAAR_SECRT_KEY",
        "BAZAAR_SMTP_URL",
        "BAZAAR_TRUSTED_PROXIES",
    ]


def test_values_of_secrets_are_not_repeated_in_the_refusal(environment):
    with pytest.raises(SettingsError) as caught:
        environment(**GOOD | {"BAZAAR_SECRET_KEY": "kopi-tubruk-pagi", "BAZAAR_SMTP_URL": "x:pw@y"})

    assert "kopi" not in str(caught.value)
    assert "pw@y" not in str(caught.value)


@pytest.mark.parametrize("mode", ["demo", "development"])
def test_elsewhere_a_secret_is_made_once_and_kept_private(environment, tmp_path, mode):
    first = environment(BAZAAR_MODE=mode, BAZAAR_INSTANCE_PATH=str(tmp_path))
    second = environment(BAZAAR_MODE=mode, BAZAAR_INSTANCE_PATH=str(tmp_path))

    assert len(first.secret()) >= 32
    assert first.secret() == second.secret()
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


def test_settings_do_not_change_while_running():
    settings = Settings(mode=Mode.DEVELOPMENT)

    with pytest.raises(Exception, match="frozen"):
        settings.mode = Mode.DEMO  # type: ignore[misc]


def test_a_weak_production_does_not_start(tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("BAZAAR_")
    }
    result = subprocess.run(
        [sys.executable, "-c", "import bazaar; bazaar.create_app()"],
        cwd=ROOT,
        env=environment | {"BAZAAR_INSTANCE_PATH": str(tmp_path), "BAZAAR_SECRET_KEY": "dev"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert result.returncode != 0
    assert "BAZAAR_SECRET_KEY must be at least 32 random characters" in result.stderr
    assert "BAZAAR_PUBLIC_URL must begin with https://" in result.stderr


def test_every_setting_is_documented_with_its_default():
    page = Path("docs/settings.md").read_text()
    rows = re.findall(r"^\| `BAZAAR_(\w+)` \| (?:`([^`]*)`|empty) \| (.+) \|$", page, re.MULTILINE)
    documented = {name.lower(): default for name, default, _ in rows}
    actual = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        actual[name] = default.value if isinstance(default, Mode) else str(default)

    assert documented == actual, "bring docs/settings.md up to date"
    assert all(field.description for field in Settings.model_fields.values())


PICKUP = {
    "BAZAAR_PICKUP_NAME": "Panitia",
    "BAZAAR_PICKUP_PHONE": "0812-0000-0001",
    "BAZAAR_PICKUP_STREET": "Jl. Sudarman 1",
    "BAZAAR_PICKUP_VILLAGE": "35.09.21.1002",
}


@pytest.mark.parametrize("key", ["BAZAAR_BITESHIP_KEY", "BAZAAR_KIRIMINAJA_KEY"])
def test_a_courier_provider_needs_a_place_to_come_to(environment, key):
    assert environment(**GOOD, **PICKUP, **{key: "kunci"})
    for name in PICKUP:
        with pytest.raises(SettingsError, match="BAZAAR_PICKUP_VILLAGE"):
            environment(**GOOD, **PICKUP | {name: ""}, **{key: "kunci"})


@pytest.mark.parametrize("secrets", ["short", "a" * 16 + "," + "b" * 16 + "," + "c" * 16])
def test_secrets_of_webhooks_are_long_and_two_at_most(environment, secrets):
    with pytest.raises(SettingsError, match="BAZAAR_BITESHIP_WEBHOOK_SECRETS"):
        environment(**GOOD, BAZAAR_BITESHIP_WEBHOOK_SECRETS=secrets)
    two = f" {'a' * 16} , {'b' * 16} "
    settings = environment(**GOOD, BAZAAR_BITESHIP_WEBHOOK_SECRETS=two)
    assert settings.biteship_webhook_secrets == f"{'a' * 16},{'b' * 16}"


def test_production_calls_providers_encrypted_only(environment):
    with pytest.raises(SettingsError, match="BAZAAR_BITESHIP_URL"):
        environment(**GOOD, BAZAAR_BITESHIP_URL="http://api.biteship.com")


@pytest.mark.parametrize(
    ("name", "value"),
    [("BAZAAR_PICKUP_VILLAGE", "35.09.99.9999"), ("BAZAAR_PICKUP_PHONE", "tidak tahu")],
)
def test_a_place_to_come_to_exists(environment, tmp_path, name, value):
    given = {"BAZAAR_MODE": "development", "BAZAAR_INSTANCE_PATH": str(tmp_path)}
    settings = environment(**given, **PICKUP | {name: value}, BAZAAR_BITESHIP_KEY="kunci")
    with pytest.raises(SettingsError, match=name):
        app.build_services(settings)


def test_providers_with_a_key_are_offered(environment, tmp_path):
    given = {"BAZAAR_MODE": "development", "BAZAAR_INSTANCE_PATH": str(tmp_path)}
    assert list(app.build_couriers(environment(**given))) == ["manual"]
    keys = {"BAZAAR_BITESHIP_KEY": "kunci", "BAZAAR_KIRIMINAJA_KEY": "kunci"}
    settings = environment(**given, **PICKUP, **keys)

    assert list(app.build_couriers(settings)) == ["manual", "biteship", "kiriminaja"]
    assert app.build_services(settings).pickup.district == "Sumbersari"
