"""An installation as in production, for what only that does."""

from collections.abc import Iterator

import flask_migrate
import pytest
import structlog
from flask import Flask

from bazaar.app import create_app
from bazaar.db import db
from bazaar.settings import Mode, Settings

STRONG = "Zx8Qe2Vw5Rt9Yk1Lm4Np7Bd3Gh6Jf0Ca"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application at https://bazar.test, on SQLite, writing JSON lines."""
    before = structlog.get_config()
    app = create_app(
        Settings(
            mode=Mode.PRODUCTION,
            secret_key=STRONG,
            public_url="https://bazar.test",
            instance_path=tmp_path_factory.mktemp("production"),
        )
    )
    with app.app_context():
        flask_migrate.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()
    structlog.configure(**before)
