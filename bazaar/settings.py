"""How this installation runs: typed, read once, every fault told at once.

The environment variable of a field is BAZAAR_ and its name in capitals; `docs/settings.md` lists
them all (a test keeps it complete).
"""

import os
import re
import secrets
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
SECRET_BYTES = 32
SAMPLE_WORDS = (
    "change",
    "secret",
    "example",
    "sample",
    "password",
    "rahasia",
    "contoh",
    "12345678",
)
TRIAL_WORDS = ("SB-Mid-", "sandbox", "xnd_development")
"""In keys and addresses of payment gateways that move no money."""

PREFIX = "BAZAAR_"
WEBHOOK_SECRET_LENGTH = 16
NO = {"", "0", "false", "no"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(Exception):
    """The installation cannot start as it is configured; the text names everything wrong."""


class Mode(StrEnum):
    """What kind of installation this is."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", validate_default=True
    )

    mode: Mode = Field(
        Mode.PRODUCTION,
        description="demo (play data, known sign-ins), development or production.",
    )
    secret_key: str = Field(
        "",
        description="Signs links, forms and sessions; at least 32 random characters. "
        "In demo and development one is made in the instance folder when it is empty.",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL; empty: SQLite in the instance folder."
    )
    instance_path: Path = Field(
        ROOT / "instance",
        description="Folder for the SQLite file, photos and static bundle.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="Address of the site as people see it; https switches on secure cookies.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=5,
        description="How many proxies in front write X-Forwarded-For and -Proto.",
    )
    qris_max_idr: int = Field(
        10_000_000,
        ge=1,
        description="The most one QRIS payment may ask for, whole rupiah.",
    )
    dynamic_qris: bool = Field(
        True,
        description="Make a seller's QRIS sticker into a code with amount and reference; "
        "false: buyers see the sticker and type the amount.",
    )
    amount_grace_days: int = Field(
        7,
        ge=1,
        le=60,
        description="An exact amount is asked of nobody else so long after its goods were given "
        "back: money may still come.",
    )
    release_slack_minutes: int = Field(
        10,
        ge=0,
        description="Held goods are given back so long after the buyer's deadline.",
    )
    photo_days: int = Field(
        90,
        ge=14,
        le=365,
        description="Photos of parcels, complaints and payments are deleted so many days after "
        "their order ended.",
    )
    smtp_url: str = Field(
        "",
        description="smtp://user:password@host:587; empty: letters stay in the outbox.",
    )
    mail_from: str = Field("panitia@localhost", description="Sender of letters.")
    streams: bool = Field(
        False, description="The proxy sends /live/…/events to `flask live`; pages listen there."
    )
    live_address: str = Field(
        "127.0.0.1:8001", description="Where `flask live` serves streams, behind the proxy."
    )
    live_connections: int = Field(
        5_000, ge=10, le=100_000, description="Connections of that process; a fifth stays free."
    )
    telegram_token: str = Field(
        "", description="Token of the committee's Telegram bot; empty: Telegram is not offered."
    )
    telegram_bot: str = Field(
        "", description="The bot's name, without @, for the link that sellers open once."
    )
    quiet_from: int = Field(
        21, ge=0, le=23, description="From this hour, in the edition's zone, nothing is sent …"
    )
    quiet_until: int = Field(
        6, ge=0, le=23, description="… until this one, but what is about the next hours."
    )
    biteship_url: str = Field("https://api.biteship.com", description="Address of Biteship's API.")
    biteship_key: str = Field("", description="Key of Biteship's API; empty: not offered.")
    biteship_couriers: str = Field(
        "jne,jnt,sicepat,anteraja,pos,tiki",
        description="Codes of the couriers that Biteship is asked about.",
    )
    biteship_webhook_header: str = Field(
        "X-Bazaar-Secret", description="Name of the header set for webhooks in its dashboard."
    )
    biteship_webhook_secrets: str = Field(
        "",
        description="Value of that header; during a change the new and the old one with a comma.",
    )
    kiriminaja_url: str = Field(
        "https://client.kiriminaja.com", description="Address of KiriminAja's API."
    )
    kiriminaja_key: str = Field("", description="Key of KiriminAja's API; empty: not offered.")
    kiriminaja_old_key: str = Field(
        "", description="The key before; webhooks may still show it during a change."
    )
    gateway: str = Field(
        "",
        description="Payment gateway asked first where both are set: midtrans or xendit.",
    )
    midtrans_url: str = Field("https://api.midtrans.com", description="Address of Midtrans' API.")
    midtrans_key: str = Field("", description="Server key of Midtrans; empty: not offered.")
    midtrans_old_key: str = Field(
        "", description="The server key before; notifications may still be signed with it."
    )
    midtrans_acquirer: str = Field(
        "gopay", description="Acquirer of Midtrans' QRIS: gopay or airpay shopee."
    )
    xendit_url: str = Field("https://api.xendit.co", description="Address of Xendit's API.")
    xendit_key: str = Field("", description="Secret key of Xendit; empty: not offered.")
    xendit_tokens: str = Field(
        "",
        description="Verification token of Xendit's webhooks; during a change the new and the old "
        "one with a comma.",
    )
    xendit_for_user: str = Field(
        "", description="Sub-account at Xendit in whose name money is asked for, if any."
    )
    xendit_send_expiry: bool = Field(
        False, description="Send our deadline to Xendit with each code."
    )
    pickup_name: str = Field(
        "", description="Who hands parcels to booked couriers; needed with a provider's key."
    )
    pickup_phone: str = Field("", description="Their telephone number.")
    pickup_street: str = Field("", description="Street and number where couriers come.")
    pickup_village: str = Field(
        "", description="Kemendagri's code of the village there: 35.09.21.1002."
    )
    log_level: str = Field("INFO", description="Least level of log lines written.")

    @field_validator("mode", mode="after")
    @classmethod
    def _no_debugger_in_production(cls, mode: Mode) -> Mode:
        if mode is Mode.PRODUCTION and os.environ.get("FLASK_DEBUG", "0").lower() not in NO:
            raise ValueError("must not be production while FLASK_DEBUG is set")
        return mode

    @field_validator("secret_key", mode="after")
    @classmethod
    def _strong_in_production(cls, secret: str, known: ValidationInfo) -> str:
        if not _is_production(known):
            return secret
        if len(secret) < SECRET_BYTES or len(set(secret)) < SECRET_BYTES // 4:
            raise ValueError("must be at least 32 random characters in production")
        if any(word in secret.lower() for word in SAMPLE_WORDS):
            raise ValueError("is a sample value")
        return secret

    @field_validator("public_url", mode="after")
    @classmethod
    def _encrypted_in_production(cls, url: str, known: ValidationInfo) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
            raise ValueError("must be an address like https://bazaar.example without a path")
        if _is_production(known) and parts.scheme != "https":
            raise ValueError("must begin with https:// in production")
        return url.rstrip("/")

    @field_validator("smtp_url", mode="after")
    @classmethod
    def _mail_server(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be like smtp://user:password@host:587 or empty")
        return url

    @field_validator("biteship_url", "kiriminaja_url", "midtrans_url", "xendit_url", mode="after")
    @classmethod
    def _provider_address(cls, url: str, known: ValidationInfo) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be an address like https://api.example.com")
        if _is_production(known) and parts.scheme != "https":
            raise ValueError("must begin with https:// in production")
        return url.rstrip("/")

    @field_validator("midtrans_key", "midtrans_url", "xendit_key", mode="after")
    @classmethod
    def _real_money_in_production(cls, value: str, known: ValidationInfo) -> str:
        if _is_production(known) and any(word in value for word in TRIAL_WORDS):
            raise ValueError("is for trying out: in production anybody could pay with play money")
        return value

    @field_validator("telegram_token", mode="after")
    @classmethod
    def _bot_token(cls, token: str) -> str:
        if token and not re.fullmatch(r"[0-9]{5,15}:[A-Za-z0-9_-]{30,60}", token):
            raise ValueError("must be like 123456789:AA…, as BotFather gives it, or empty")
        return token

    @field_validator("telegram_bot", mode="after")
    @classmethod
    def _bot_name(cls, name: str) -> str:
        if name and not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{4,31}", name):
            raise ValueError("must be the name of a Telegram bot, without @, or empty")
        return name

    @field_validator("gateway", mode="after")
    @classmethod
    def _known_gateway(cls, name: str) -> str:
        if name not in {"", "midtrans", "xendit"}:
            raise ValueError("must be midtrans, xendit or empty")
        return name

    @field_validator("biteship_webhook_secrets", "xendit_tokens", mode="after")
    @classmethod
    def _few_long_secrets(cls, text: str) -> str:
        secrets_ = [secret.strip() for secret in text.split(",") if secret.strip()]
        if len(secrets_) > 2 or any(len(secret) < WEBHOOK_SECRET_LENGTH for secret in secrets_):
            raise ValueError("must be one or two values of at least 16 characters")
        return ",".join(secrets_)

    @field_validator("pickup_village", mode="after")
    @classmethod
    def _pickup_is_known(cls, village: str, known: ValidationInfo) -> str:
        keys = (known.data.get(name) for name in ("biteship_key", "kiriminaja_key"))
        parts = ("pickup_name", "pickup_phone", "pickup_street")
        if any(keys) and not (village and all(known.data.get(name) for name in parts)):
            raise ValueError(
                "and _NAME, _PHONE, _STREET must be set where a provider has a key:"
                " couriers come there"
            )
        return village

    @field_validator("log_level", mode="after")
    @classmethod
    def _known_level(cls, level: str) -> str:
        if level.upper() not in LEVELS:
            raise ValueError(f"must be one of {', '.join(LEVELS)}")
        return level.upper()

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https."""
        return urlsplit(self.public_url).scheme == "https"

    @property
    def host(self) -> str:
        """The host name that links and the Host header use."""
        return urlsplit(self.public_url).netloc

    def database(self) -> str:
        """Return the SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.instance_path / 'bazaar.db'}"

    def secret(self) -> str:
        """Return the secret in force; outside production make and keep one if none is set."""
        if self.secret_key:
            return self.secret_key
        file = self.instance_path / "secret.key"
        if not file.exists():
            _make_secret(file)
        return file.read_text()


def from_environment() -> Settings:
    """Read the environment. Raises SettingsError naming everything wrong at once."""
    faults = [f"{name} is not a setting" for name in _unknown()]
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            names = [f"{PREFIX}{part}".upper() for part in fault["loc"]]
            faults.append(" ".join([*names, fault["msg"].removeprefix("Value error, ")]))
    if settings is None or faults:
        raise SettingsError("\n".join(faults))
    return settings


def _unknown() -> list[str]:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)


def _is_production(known: ValidationInfo) -> bool:
    """Say whether the installation is one that must be safe; a wrong mode counts as one."""
    return known.data.get("mode", Mode.PRODUCTION) is Mode.PRODUCTION


def _make_secret(file: Path) -> None:
    """Write a new secret, complete or not at all; of two starting processes one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    made.touch(mode=0o600)
    made.write_text(secrets.token_urlsafe(SECRET_BYTES))
    with suppress(FileExistsError):
        file.hardlink_to(made)
    made.unlink()
