"""What tests of reminders have in common."""

from datetime import timedelta

import sqlalchemy as sa

from bazaar import show
from bazaar.db import db
from bazaar.models import ContactKind, Message
from bazaar.rules.show.cues import decide
from bazaar.show import contacts, sending, telling
from bazaar.web import services
from bazaar.web.services import sending_desk
from tests.builders import HOST


def minutes(n):
    return timedelta(minutes=n)


def due(edition, now, kind=None):
    """The channels' days with what is due and, as nothing was told yet, to be told."""
    day = show.day_at(edition, now)
    days = [*show.days(edition, day), *show.days(edition, day + timedelta(days=1))]
    found = [(one, cue) for one in days for cue in decide(one.stand(now), (), now)]
    return [(one, cue) for one, cue in found if kind in {None, cue.kind}]


def tell(edition, now, kind=None):
    show.forget()
    return telling.tell(edition, due(edition, now, kind), now=now)


def messages(way=None):
    db.session.flush()
    query = sa.select(Message).order_by(Message.id).execution_options(populate_existing=True)
    return [one for one in db.session.scalars(query) if way in {None, one.way}]


def reach_by(seller, kind, address, now):
    contacts.set_address(
        seller,
        kind,
        address,
        seals=services().contact_seals,
        links=services().links,
        actor=HOST,
        now=now,
    )


def telegram(seller, now, address="123456789"):
    reach_by(seller, ContactKind.TELEGRAM, address, now)


def leave(now, *ways):
    """The next message of these ways as it leaves, or None."""
    return sending.pick(now, ways or ("mail",), sending_desk())


def pages(seller, now):
    """Somebody to be reached, a way that can be ended; return where its link leads."""
    telegram(seller, now)
    db.session.flush()
    show.forget()
    show.tick(now)
    token = contacts.stop_token(seller, ContactKind.TELEGRAM, services().links)
    return [f"/berhenti/{token}"]
