"""Turns that were on air before their announced time, because the control room started them."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar.models import Channel, ShowAct
from bazaar.rules.show.acts import ActKind


def begun_uids(edition_id: int, now: datetime) -> sa.Select[str | None]:
    """Return the query for an edition's turns of these days that were put on air, at whatever time.

    An act that was taken back counts for nothing. Turns of earlier days need no act to be over.
    """
    undoing = aliased(ShowAct)
    taken_back = sa.select(undoing.id).where(
        undoing.channel_id == ShowAct.channel_id,
        undoing.day == ShowAct.day,
        undoing.undoes == ShowAct.number,
    )
    put_on = sa.or_(
        ShowAct.kind == ActKind.START,
        sa.and_(ShowAct.kind == ActKind.NO_SHOW, ShowAct.seller_id.is_not(None)),
    )
    channels = sa.select(Channel.id).where(Channel.edition_id == edition_id)
    return sa.select(ShowAct.turn_uid).where(
        ShowAct.channel_id.in_(channels),
        # A show day may run past midnight, and the zones of editions are ahead of UTC.
        ShowAct.day >= now.date() - timedelta(days=1),
        ShowAct.turn_uid.is_not(None),
        put_on,
        ~taken_back.exists(),
    )
