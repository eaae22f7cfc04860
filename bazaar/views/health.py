"""What machines ask: is the process alive, can it serve."""

from http import HTTPStatus

import sqlalchemy as sa
from flask import jsonify
from flask.typing import ResponseReturnValue

from bazaar.db import db


def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    try:
        db.session.execute(sa.text("SELECT 1 FROM alembic_version"))
    except sa.exc.SQLAlchemyError as error:
        return jsonify(status="unavailable", reason=type(error).__name__), (
            HTTPStatus.SERVICE_UNAVAILABLE
        )
    return jsonify(status="ready")
