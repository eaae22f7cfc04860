"""The page between a change of airtime and its cost: released turns that lose their time."""

from http import HTTPStatus

import sqlalchemy as sa
from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from bazaar import rotation
from bazaar.db import db
from bazaar.editions import TurnsLoseTime
from bazaar.models import Turn
from bazaar.web import csrf

SHOWN = 12
WRITTEN_ANEW = {"agreed", csrf.FIELD}


def agreed() -> int:
    """Return how many turns the operator has agreed to lose."""
    return request.form.get("agreed", 0, int)


def ask(loss: TurnsLoseTime, act: str, back: str) -> ResponseReturnValue:
    """Answer with the question whether to do `act` all the same; the form is sent again with it."""
    first = rotation.with_names(sa.select(Turn).where(Turn.id.in_(loss.turn_ids))).limit(SHOWN)
    page = render_template(
        "committee/edition_agreement.html",
        act=act,
        back=back,
        count=loss.turns,
        turns=db.session.scalars(first).all(),
        sent=[pair for pair in request.form.items(multi=True) if pair[0] not in WRITTEN_ANEW],
    )
    return page, HTTPStatus.CONFLICT


def tell(turns: int) -> None:
    """Say what a change cost, and what is to be done now."""
    if turns:
        flash(
            ngettext(
                "%(num)s giliran terbit kehilangan waktunya. Tambal jadwal supaya UMKM itu "
                "mendapat giliran lain.",
                "%(num)s giliran terbit kehilangan waktunya. Tambal jadwal supaya UMKM itu "
                "mendapat giliran lain.",
                turns,
            ),
            "warning",
        )
