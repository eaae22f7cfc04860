"""The demo: a real-looking edition, its pictures, and a bazaar that is alive.

Everything goes through the doors that real data uses: the import, the rotation, the checkout.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bazaar import editions, installation
from bazaar.accounts import demo as committee
from bazaar.db import db
from bazaar.demo import asking, clearing, control, evening, parcels, programme, welcome
from bazaar.errors import N_, BazaarError, Conflict
from bazaar.models import Account
from bazaar.web import Services


class NotTheDemo(Conflict):
    """The database holds something, and it is not the demo."""

    text = N_("Basis data ini bukan demo; tidak ada yang dihapus.")


def refresh(services: Services, *, now: datetime) -> Sequence[str]:
    """Build the demo, or bring it up to the present: somebody is on air, orders in every state.

    Returns the lines to print: addresses and sign-ins to try. Run again it only adds what time
    has used up; where people have changed the plan so that this is refused (a draw of theirs is
    open), it stays as it is and a line says why. An edition of their own gets no plan from us.
    Raises RealData on a database that holds anything else.
    """
    installation.mark_demo(now)
    if db.session.scalar(sa.select(sa.func.count(Account.id))) == 0:
        committee.create_team(seals=services.seals, now=now)
    if editions.find_current() is None:
        programme.open_edition(services, now=now)
    edition = editions.get_current()
    parts: list[Callable[[], None]] = [
        lambda: parcels.fill(edition, services, now=now),
        lambda: evening.fill(edition, services, now=now),
    ]
    if edition.slug == programme.SLUG:
        parts.insert(0, lambda: programme.keep_on_air(edition, services, now=now))
        parts.append(lambda: asking.fill(edition, now=now))
        parts.append(lambda: control.fill(edition, now=now))
    refused = []
    for part in parts:
        try:
            with db.session.begin_nested():
                part()
        except BazaarError as refusal:
            refused.append(f"  ({refusal})")
    return [*welcome.lines(services, now=now), *refused]


def clear() -> None:
    """Remove every row of the demo. Raises NotTheDemo on a database that is not marked as one."""
    if not installation.is_demo():
        if installation.holds_data():
            raise NotTheDemo
        return
    clearing.remove_all()
