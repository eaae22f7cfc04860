"""`flask audit`: work out again what can be worked out, and tell every difference.

Each check is a query for rows that contradict each other; a sound database gives none. The same
checks judge the database after races and crashes in the tests.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from bazaar import closings, reports
from bazaar.db import db
from bazaar.gateways import soundness as soundness_of_gateways
from bazaar.manifests import soundness as soundness_of_manifests
from bazaar.models import (
    Charge,
    Edition,
    Order,
    OrderLine,
    OrderStatus,
    Parcel,
    ParcelStatus,
    ParcelStep,
    Payment,
    Product,
    Release,
    StockMove,
    StockReason,
    Turn,
    WaitingEntry,
    WaitState,
)
from bazaar.payments import soundness as soundness_of_money
from bazaar.reports import sums
from bazaar.rotation import soundness
from bazaar.rules import qris
from bazaar.rules.order_states import ENDED
from bazaar.settlement import soundness as soundness_of_settlement
from bazaar.shipments import soundness as soundness_of_parcels
from bazaar.show import soundness as soundness_of_reminders
from bazaar.statements import soundness as soundness_of_statements

FOR_OFFERS = (StockReason.OFFERED, StockReason.OFFER_ENDED)
FOR_ORDERS = (StockReason.HELD, StockReason.GIVEN_BACK)
GIVES_BACK = {OrderStatus.EXPIRED, OrderStatus.CANCELLED}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two things that ought to agree and do not."""

    check: str
    subject: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: expected {self.expected}, found {self.found}"


def differences() -> list[Difference]:
    """Run every check; return what does not agree, empty for a sound database."""
    return [found for check in CHECKS for found in sorted(check(), key=lambda one: one.subject)]


def _stock_is_the_sum_of_its_moves() -> Iterator[Difference]:
    moved = sa.func.coalesce(sa.func.sum(StockMove.pieces), 0)
    query = (
        sa.select(Product.claim_code, moved, Product.stock)
        .outerjoin(StockMove, StockMove.product_id == Product.id)
        .group_by(Product.id, Product.claim_code, Product.stock)
        .having(moved != Product.stock)
    )
    for code, expected, found in db.session.execute(query):
        yield Difference("stock", f"product {code}", int(expected), found)


def _orders_hold_what_they_must() -> Iterator[Difference]:
    """A living order holds its pieces; one that expired or was cancelled has given them back.

    Where whoever pays first gets the goods, an order holds none until it is paid.
    """
    held, back = aliased(StockMove), aliased(StockMove)
    query = (
        sa.select(
            Order.reference,
            Order.status,
            Order.holds,
            OrderLine.quantity,
            sa.func.coalesce(held.pieces, 0),
            sa.func.coalesce(back.pieces, 0),
        )
        .join(OrderLine.order)
        .outerjoin(held, _move(held, StockReason.HELD))
        .outerjoin(back, _move(back, StockReason.GIVEN_BACK))
        .select_from(OrderLine)
    )
    for reference, status, holds, pieces, held_pieces, back_pieces in db.session.execute(query):
        quantity = pieces if holds or status in reports.PAID else 0
        expected = (-quantity, quantity if status in GIVES_BACK else 0)
        if (held_pieces, back_pieces) != expected:
            yield Difference("hold", f"order {reference}", expected, (held_pieces, back_pieces))


def _nothing_is_held_without_a_line() -> Iterator[Difference]:
    query = (
        sa.select(Product.claim_code, StockMove.order_id, StockMove.pieces)
        .join(Product, Product.id == StockMove.product_id)
        .outerjoin(OrderLine, _move(StockMove, StockMove.reason))
        .where(StockMove.reason.in_(FOR_ORDERS), OrderLine.id.is_(None))
    )
    for code, order_id, pieces in db.session.execute(query):
        yield Difference("stray hold", f"product {code} for order {order_id}", 0, pieces)


def _offers_hold_what_moves_say() -> Iterator[Difference]:
    """What was set aside and not ended is what the open offers of a product hold."""
    moved = (
        sa.select(sa.func.coalesce(sa.func.sum(StockMove.pieces), 0))
        .where(StockMove.product_id == Product.id, StockMove.reason.in_(FOR_OFFERS))
        .scalar_subquery()
    )
    offered = (
        sa.select(sa.func.coalesce(sa.func.sum(WaitingEntry.offered), 0))
        .where(
            WaitingEntry.product_id == Product.id,
            WaitingEntry.state == WaitState.OFFERED,
        )
        .scalar_subquery()
    )
    query = sa.select(Product.claim_code, offered, -moved).where(offered != -moved)
    for code, expected, found in db.session.execute(query):
        yield Difference("offers", f"product {code}", int(expected), int(found))


def _order_totals_add_up() -> Iterator[Difference]:
    lines = sa.func.coalesce(sa.func.sum(OrderLine.amount_idr), 0)
    query = (
        sa.select(Order.reference, lines + Order.shipping_idr, Order.total_idr)
        .outerjoin(OrderLine)
        .group_by(Order.id, Order.reference, Order.shipping_idr, Order.total_idr)
        .having(lines + Order.shipping_idr != Order.total_idr)
    )
    for reference, expected, found in db.session.execute(query):
        yield Difference("total", f"order {reference}", int(expected), found)


def _states_have_their_instants() -> Iterator[Difference]:
    """Paid orders know since when, ended ones too, and no others."""
    query = sa.select(Order.reference, Order.status, Order.paid_at, Order.ended_at)
    for reference, status, paid_at, ended_at in db.session.execute(query):
        expected = (status in reports.PAID, status in ENDED)
        found = (paid_at is not None, ended_at is not None)
        if found != expected:
            yield Difference("instants", f"order {reference} is {status.value}", expected, found)


def _charges_ask_for_the_total() -> Iterator[Difference]:
    """A request begins with its order's reference, for its total less the unique code."""
    query = sa.select(
        Order.reference,
        Order.total_idr,
        Charge.reference,
        Charge.full_idr,
        Charge.amount_idr,
        Charge.qr_payload,
    ).join(Charge, Charge.order_id == Order.id)
    for reference, total_idr, asked, full_idr, amount_idr, payload in db.session.execute(query):
        if (asked[: len(reference)], full_idr) != (reference, total_idr):
            expected, found = (reference, total_idr), (asked, full_idr)
            yield Difference("charge", f"order {reference}", expected, found)
        in_code = qris.split_amount(payload)
        if in_code not in {None, amount_idr}:
            yield Difference("qr code", f"order {reference}", amount_idr, in_code)


def _money_agrees() -> Iterator[Difference]:
    for check in soundness_of_money.CHECKS:
        yield from (Difference(*told) for told in check())


def _gateways_agree() -> Iterator[Difference]:
    for check in soundness_of_gateways.CHECKS:
        yield from (Difference(*told) for told in check())


def _statements_agree() -> Iterator[Difference]:
    for check in soundness_of_statements.CHECKS:
        yield from (Difference(*told) for told in check())


def _reminders_agree() -> Iterator[Difference]:
    for check in soundness_of_reminders.CHECKS:
        yield from (Difference(*told) for told in check())


def _books_agree_with_orders() -> Iterator[Difference]:
    """What the ledger says was ordered, waits and came is what orders and payments say."""
    for edition in db.session.scalars(sa.select(Edition)):
        total = reports.of_season(edition).total
        of_edition = Order.edition_id == edition.id
        expected = {
            "placed": _sum(Order.total_idr, of_edition),
            "waiting": _sum(Order.total_idr, of_edition, Order.status.in_(reports.WAITING)),
            "received": _sum(Payment.amount_idr, Payment.edition_id == edition.id),
        }
        found = {
            "placed": total.placed_idr,
            "waiting": total.placed_idr - total.gross_idr - total.lapsed_idr,
            "received": total.received_idr + total.mistaken_idr,
        }
        for name, value in expected.items():
            if value != found[name]:
                yield Difference(f"books: {name}", edition.slug, value, found[name])


def _sum(column: Any, *which: sa.ColumnElement[bool]) -> int:
    return int(db.session.scalar(sa.select(sa.func.sum(column)).where(*which)) or 0)


def _signed_days_stand() -> Iterator[Difference]:
    """The figures and entries of a closed day are those that were signed."""
    for edition in db.session.scalars(sa.select(Edition)):
        for closing in closings.signed_days(edition.id):
            for name, (signed, found) in closings.differences(closing).items():
                yield Difference(
                    f"closed day: {name}", f"{edition.slug} {closing.day}", signed, found
                )


def _turns_never_overlap() -> Iterator[Difference]:
    """In one release neither a channel nor a seller has two turns at one time."""
    for owner in (Turn.channel_id, Turn.seller_id):
        query = (
            sa.select(Turn.release_id, owner, Turn.starts_at, Turn.ends_at)
            .join(Turn.release)
            .where(Release.number.is_not(None))
            .order_by(Turn.release_id, owner, Turn.starts_at)
        )
        for before, turn in pairwise(db.session.execute(query)):
            if before[:2] == turn[:2] and turn.starts_at < before.ends_at:
                subject = f"{owner.key} {turn[1]} in release {turn.release_id}"
                yield Difference("overlap", subject, before.ends_at, turn.starts_at)


def _orders_are_credited_to_turns_of_their_seller() -> Iterator[Difference]:
    query = (
        sa.select(Order.reference, Order.seller_id, Turn.seller_id)
        .join(Order.turn)
        .where(Order.seller_id != Turn.seller_id)
    )
    for reference, expected, found in db.session.execute(query):
        yield Difference("turn", f"order {reference}", expected, found)


def _numbers_of_releases_have_no_holes() -> Iterator[Difference]:
    query = (
        sa.select(Release.edition_id, sa.func.count(), sa.func.max(Release.number))
        .where(Release.number.is_not(None))
        .group_by(Release.edition_id)
        .having(sa.func.count() != sa.func.max(Release.number))
    )
    for edition_id, expected, found in db.session.execute(query):
        yield Difference("release numbers", f"edition {edition_id}", expected, found)


def _turns_keep_their_names() -> Iterator[Difference]:
    """From one release to the next a uid stays with its seller, and sequences never fall."""
    old, new = aliased(Turn), aliased(Turn)
    before, after = aliased(Release), aliased(Release)
    query = (
        sa.select(
            after.edition_id,
            after.number,
            new.uid,
            old.seller_id,
            new.seller_id,
            old.sequence,
            new.sequence,
        )
        .select_from(after)
        .join(
            before,
            sa.and_(before.edition_id == after.edition_id, before.number == after.number - 1),
        )
        .join(new, new.release_id == after.id)
        .join(old, sa.and_(old.release_id == before.id, old.uid == new.uid))
        .where(sa.or_(new.sequence < old.sequence, new.seller_id != old.seller_id))
    )
    for edition_id, number, uid, *found in db.session.execute(query):
        had, has, sequence, later = found
        subject = f"turn {uid} in release {number} of edition {edition_id}"
        yield Difference("turn's name", subject, (had, sequence), (has, later))


def _plans_are_as_drawn_and_edited() -> Iterator[Difference]:
    for check in soundness.CHECKS:
        yield from (Difference(*told) for told in check())


def _parcels_stand_where_their_last_step_says() -> Iterator[Difference]:
    last = (
        sa.select(ParcelStep.parcel_id, sa.func.max(ParcelStep.id).label("step_id"))
        .group_by(ParcelStep.parcel_id)
        .subquery()
    )
    begins = sa.literal(ParcelStatus.DRAFT, Parcel.status.type)
    stands = sa.func.coalesce(ParcelStep.status, begins)
    query = (
        sa.select(Parcel.code, stands, Parcel.status)
        .outerjoin(last, last.c.parcel_id == Parcel.id)
        .outerjoin(ParcelStep, ParcelStep.id == last.c.step_id)
        .where(stands != Parcel.status)
    )
    for code, expected, found in db.session.execute(query):
        yield Difference("parcel", code, expected, found)


def _parcels_belong_to_paid_orders() -> Iterator[Difference]:
    query = (
        sa.select(Parcel.code, Order.status)
        .join(Parcel.order)
        .where(Order.status.not_in(reports.PAID), Parcel.status != ParcelStatus.CANCELLED)
    )
    for code, status in db.session.execute(query):
        yield Difference("unpaid parcel", code, "paid or done", status.value)


def _parcels_are_as_decided_and_counted() -> Iterator[Difference]:
    for check in soundness_of_parcels.CHECKS:
        yield from (Difference(*told) for told in check())


def _kept_sums_add_up() -> Iterator[Difference]:
    yield from (Difference(*told) for told in sums.differences())


def _statements_add_up() -> Iterator[Difference]:
    for check in soundness_of_settlement.CHECKS:
        yield from (Difference(*told) for told in check())


def _manifests_are_as_signed() -> Iterator[Difference]:
    for check in soundness_of_manifests.CHECKS:
        yield from (Difference(*told) for told in check())


def _move(
    move: type[StockMove], reason: StockReason | sa.SQLColumnExpression[StockReason]
) -> sa.ColumnElement[bool]:
    return sa.and_(
        move.order_id == OrderLine.order_id,
        move.product_id == OrderLine.product_id,
        move.reason == reason,
    )


CHECKS: tuple[Callable[[], Iterator[Difference]], ...] = (
    _stock_is_the_sum_of_its_moves,
    _orders_hold_what_they_must,
    _nothing_is_held_without_a_line,
    _offers_hold_what_moves_say,
    _order_totals_add_up,
    _states_have_their_instants,
    _charges_ask_for_the_total,
    _money_agrees,
    _statements_agree,
    _reminders_agree,
    _gateways_agree,
    _books_agree_with_orders,
    _signed_days_stand,
    _kept_sums_add_up,
    _statements_add_up,
    _turns_never_overlap,
    _orders_are_credited_to_turns_of_their_seller,
    _numbers_of_releases_have_no_holes,
    _plans_are_as_drawn_and_edited,
    _turns_keep_their_names,
    _parcels_stand_where_their_last_step_says,
    _parcels_belong_to_paid_orders,
    _parcels_are_as_decided_and_counted,
    _manifests_are_as_signed,
)
