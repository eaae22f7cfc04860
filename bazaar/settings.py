"""How this installation runs: typed, read once, every fault told at once.

The environment variable of a field is BAZAAR_ and its name in capitals; `docs/settings.md` lists
them all (a test keeps it complete).
"""

import secrets
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
SECRET_BYTES = 32
SAMPLE_SECRETS = {"change-me", "changeme", "secret", "dev", "development", "test"}


class SettingsError(Exception):
    """The installation cannot start as it is configured; the text names everything wrong."""


class Mode(StrEnum):
    """What kind of installation this is."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """How this installation runs."""

    model_config = SettingsConfigDict(env_prefix="BAZAAR_", frozen=True, extra="forbid")

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
    clock: bool = Field(
        False, description="Run the clock inside the web process (else: `flask clock`)."
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
    release_slack_minutes: int = Field(
        10,
        ge=0,
        description="Held goods are given back so long after the buyer's deadline.",
    )
    smtp_url: str = Field(
        "",
        description="smtp://user:password@host:587; empty: letters stay in the outbox.",
    )
    mail_from: str = Field("panitia@localhost", description="Sender of letters.")
    rate_limit_storage: str = Field(
        "memory://",
        description="Where sign-in limits are counted; redis://… when several processes serve.",
    )
    log_level: str = Field("INFO", description="Least level of log lines written.")

    @model_validator(mode="after")
    def _secure_in_production(self) -> Self:
        if self.mode is not Mode.PRODUCTION:
            return self
        wrong = []
        if (
            len(self.secret_key) < SECRET_BYTES
            or len(set(self.secret_key)) < SECRET_BYTES // 4
        ):
            wrong.append(
                "BAZAAR_SECRET_KEY must be at least 32 random characters in production"
            )
        if self.secret_key.lower() in SAMPLE_SECRETS:
            wrong.append("BAZAAR_SECRET_KEY is a sample value")
        if urlsplit(self.public_url).scheme != "https":
            wrong.append("BAZAAR_PUBLIC_URL must begin with https:// in production")
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

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
            self.instance_path.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(SECRET_BYTES))
        return file.read_text()


def from_environment() -> Settings:
    """Read the environment. Raises SettingsError naming everything wrong at once."""
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            " ".join(
                [*(f"BAZAAR_{part}".upper() for part in fault["loc"]), fault["msg"]]
            )
            for fault in error.errors(include_url=False, include_input=False)
        )
        raise SettingsError("\n".join(faults)) from None
