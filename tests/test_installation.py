"""Play data and a real bazaar never mix."""

from datetime import datetime

import pytest
from flask import Flask

from bazaar import installation
from bazaar.db import db
from bazaar.installation import RealData
from bazaar.models import Account
from bazaar.settings import Mode, SettingsError


def somebody(now: datetime) -> None:
    db.session.add(Account(email="a@b.example", name="A", created_at=now))
    db.session.flush()


def test_an_empty_database_becomes_a_demo_once(app: Flask, now: datetime) -> None:
    assert not installation.is_demo()

    installation.mark_demo(now)
    installation.mark_demo(now)

    assert installation.is_demo()


def test_real_data_never_becomes_a_demo(app: Flask, now: datetime) -> None:
    somebody(now)

    with pytest.raises(RealData):
        installation.mark_demo(now)


def test_demo_mode_refuses_real_data(app: Flask, now: datetime) -> None:
    somebody(now)

    with pytest.raises(SettingsError, match="holds a real bazaar"):
        installation.require_fits(Mode.DEMO)
    installation.require_fits(Mode.PRODUCTION)


def test_production_refuses_the_demo(app: Flask, now: datetime) -> None:
    installation.mark_demo(now)
    somebody(now)

    with pytest.raises(SettingsError, match="known sign-ins"):
        installation.require_fits(Mode.PRODUCTION)
    installation.require_fits(Mode.DEMO)


def test_a_database_without_tables_fits_every_mode(app_without_tables: Flask) -> None:
    for mode in Mode:
        installation.require_fits(mode)
