"""The errand that asks providers how orders go, because their messages may never come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bazaar import courier_inbox
from bazaar.db import claim, db
from bazaar.errors import Unavailable
from bazaar.models import Booking, BookingStatus, Parcel
from bazaar.ports import Consignment, Courier, CourierSilent, Notice
from bazaar.rules.courier_polls import poll_wait

CANDIDATES = 20


@dataclass
class PollTask:
    """A question on its way; `carry_poll` puts the answer into `notices`."""

    provider: str
    order: Consignment
    notices: Sequence[Notice] = ()


def pick_poll(now: datetime) -> PollTask | None:
    """Claim one open booking that is to be asked about, or None. The next time is set at once."""
    due = (
        sa.select(Booking, Parcel.status, Parcel.resi)
        .join(Parcel, Parcel.id == Booking.parcel_id)
        .where(Booking.status == BookingStatus.OPEN, Booking.next_poll_at <= now)
        .order_by(Booking.next_poll_at, Booking.id)
        .limit(CANDIDATES)
    )
    for booking, status, resi in db.session.execute(due).all():
        wait = poll_wait(status)
        won = claim(
            sa.update(Booking)
            .where(Booking.id == booking.id, Booking.next_poll_at == booking.next_poll_at)
            .values(next_poll_at=now + wait if wait else None)
        )
        if won and wait:
            order_id = booking.provider_order_id or ""
            order = Consignment(booking.key, order_id, booking.tracking_id, resi)
            return PollTask(booking.provider, order)
    return None


def carry_poll(task: PollTask, providers: Mapping[str, Courier]) -> None:
    """Ask the provider. Raises CourierSilent or CourierRefused."""
    courier = providers.get(task.provider)
    if courier is None:
        raise CourierSilent("penyedia ini tidak dipasang lagi")
    task.notices = courier.track(task.order)


def close_poll(task: PollTask, failure: Unavailable | None, *, now: datetime) -> None:
    """Put what is new into the inbox. A failure needs nothing: the next time is set."""
    if failure is None:
        courier_inbox.store(task.provider, task.notices, now=now)
