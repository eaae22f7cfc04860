"""The bazaar with a fault: the key of a click is kept in a second transaction, a moment later."""

import secrets
import time
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Flask

from bazaar.app import create_app
from bazaar.db import db, transaction
from bazaar.models import Checkout, IdempotentAnswer
from bazaar.ordering.desk import Desk

LATER_S = 0.05


def careless() -> Flask:
    honest = Desk.place

    def place(desk: Desk, wish: Any, **given: Any) -> Any:
        known = db.session.scalar(sa.select(Checkout.id).where(Checkout.key == wish.key))
        db.session.rollback()
        if known:
            return honest(desk, wish, **given)
        draft = secrets.token_hex(16)
        kept = replace(wish.kept, key=draft)
        placed = honest(desk, replace(wish, key=draft, kept=kept), **given)
        time.sleep(LATER_S)
        with transaction():
            for model, new in ((Checkout, wish.key), (IdempotentAnswer, wish.kept.key)):
                db.session.execute(sa.update(model).where(model.key == draft).values(key=new))
        return placed

    Desk.place = place  # type: ignore[method-assign, assignment]
    return create_app()
