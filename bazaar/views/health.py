"""What machines ask: is the process alive, can it serve."""

from http import HTTPStatus

import sqlalchemy as sa
from flask import jsonify
from flask.typing import ResponseReturnValue

from bazaar import show, times
from bazaar.db import db


def healthz() -> ResponseReturnValue:
    return jsonify(status="ok")


def readyz() -> ResponseReturnValue:
    try:
        db.session.execute(sa.text("SELECT 1 FROM alembic_version"))
        pulse = show.pulse(times.now())
    except sa.exc.SQLAlchemyError as error:
        return jsonify(status="unavailable", reason=type(error).__name__), (
            HTTPStatus.SERVICE_UNAVAILABLE
        )
    # Ready whatever the clock does: pages work out by themselves who is on air.
    clock = "never" if pulse is None else "silent" if pulse.silent else "ticking"
    age_s = round(pulse.age.total_seconds(), 1) if pulse else None
    return jsonify(status="ready", clock=clock, clock_age_s=age_s)
