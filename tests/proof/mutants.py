"""Faults put in on purpose: each takes a guard away or forgets a step. The machine finds them all.

A fault is put in by replacing a name where it is used, and taken out again after the run.
"""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bazaar import catalog, ledger, orders, payments, shipments, times
from bazaar.db import db
from bazaar.models import Edition, Product
from bazaar.ordering import deciding, finding, reviving, states, writing
from bazaar.payments import (
    acts,
    cases,
    receiving,
    refunds,
    settling,
    taking_back,
)
from bazaar.rules import money
from bazaar.rules.money import Outcome, Verdict
from bazaar.rules.order_states import OrderStatus, Step

Fault = Callable[[pytest.MonkeyPatch], None]
FAULTS: dict[str, Fault] = {}


class Instead:
    """A module with some names replaced."""

    def __init__(self, real: Any, **other: Any) -> None:
        self.__dict__.update(other)
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def fault(put_in: Fault) -> Fault:
    FAULTS[put_in.__name__] = put_in
    return put_in


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _no_books(patch: pytest.MonkeyPatch, module: Any) -> None:
    patch.setattr(module, "ledger", Instead(ledger, book=_nothing))


def _also(patch: pytest.MonkeyPatch, step: Step, status: OrderStatus) -> None:
    """Let a step be taken from a state that does not allow it."""
    honest = vars(states)["before"]
    patch.setattr(states, "before", lambda each: honest(each) + ((status,) if each is step else ()))


@fault
def stock_is_taken_without_a_condition(patch):
    def take(pieces: Mapping[int, int]) -> bool:
        for product_id, n in pieces.items():
            new = sa.case((Product.stock > n, Product.stock - n), else_=0)
            db.session.execute(sa.update(Product).where(Product.id == product_id).values(stock=new))
        return True

    patch.setattr(catalog, "take", take)
    patch.setattr(deciding.Counter, "_require_enough", _nothing)


@fault
def stock_is_not_taken(patch):
    patch.setattr(catalog, "take", lambda _: True)


@fault
def goods_of_expired_orders_stay_away(patch):
    patch.setattr(states, "catalog", Instead(catalog, give_back=_nothing))


@fault
def goods_of_called_off_orders_stay_away(patch):
    patch.setattr(shipments.acts, "catalog", Instead(catalog, give_back=_nothing))


@fault
def expiry_overwrites_a_payment(patch):
    _also(patch, Step.EXPIRE, OrderStatus.PAID)


@fault
def a_paid_order_can_be_cancelled(patch):
    _also(patch, Step.CANCEL, OrderStatus.PAID)


@fault
def an_expired_order_can_be_cancelled(patch):
    _also(patch, Step.CANCEL, OrderStatus.EXPIRED)


@fault
def expiry_forgets_money_that_waits(patch):
    patch.setattr(states, "_money_waits", sa.false)


@fault
def orders_are_released_with_the_countdown(patch):
    honest = writing._new_order
    patch.setattr(
        writing, "_new_order", lambda *a: replace(one := honest(*a), release_at=one.pay_before)
    )


@fault
def the_same_click_is_not_known(patch):
    patch.setattr(finding, "asked_before", lambda *_: (set(), set()))


@fault
def placing_is_not_booked(patch):
    patch.setattr(writing, "_worth", lambda _: [])


@fault
def being_paid_is_not_booked(patch):
    honest = states._book
    patch.setattr(
        states, "_book", lambda kind, *rest: None if kind == "paid" else honest(kind, *rest)
    )


@fault
def a_payment_is_not_booked(patch):
    _no_books(patch, receiving)


@fault
def the_key_of_a_payment_counts_for_nothing(patch):
    honest, numbers = receiving._write, itertools.count()

    def write(received: Any, *rest: Any) -> Any:
        return honest(replace(received, key=f"{received.key}#{next(numbers)}"), *rest)

    patch.setattr(receiving, "_write", write)


@fault
def a_settled_payment_is_settled_again(patch):
    patch.setattr(receiving, "untouched", sa.true)


@fault
def a_payment_is_allocated_twice(patch):
    honest = vars(settling)["allocate"]

    def allocate(*a: Any, **b: Any) -> None:
        honest(*a, **b)
        honest(*a, **b)

    patch.setattr(settling, "allocate", allocate)


@fault
def the_discount_is_not_booked(patch):
    patch.setattr(settling, "book_difference", _nothing)


@fault
def the_discount_stays_when_an_order_ends(patch):
    patch.setattr(states, "_discount_back", lambda *_: [])


@fault
def too_little_is_enough(patch):
    _decide(patch, Outcome.UNDER, lambda one: Verdict(Outcome.SERVED, one.counts_idr, 0))


@fault
def what_is_too_much_is_kept(patch):
    _decide(
        patch,
        Outcome.OVER,
        lambda one: Verdict(Outcome.SERVED, one.counts_idr + one.stake_idr, 0),
    )


def _decide(patch: pytest.MonkeyPatch, kind: Outcome, other: Callable[[Verdict], Verdict]) -> None:
    def decide(*a: Any, **b: Any) -> Verdict:
        verdict = honest(*a, **b)
        return other(verdict) if verdict.outcome is kind else verdict

    honest = money.decide
    patch.setattr(settling, "money", Instead(money, decide=decide))


@fault
def odd_money_opens_no_case(patch):
    patch.setattr(settling, "cases", Instead(cases, open_for=_nothing))


@fault
def unknown_money_opens_no_case(patch):
    patch.setattr(
        receiving, "cases", Instead(cases, open_for_nobody=lambda *_, **__: Outcome.UNKNOWN)
    )


@fault
def the_case_of_a_rest_that_came_stays_open(patch):
    patch.setattr(settling, "cases", Instead(cases, complete=_nothing))


@fault
def a_refund_is_not_booked(patch):
    _no_books(patch, refunds)


@fault
def more_may_be_given_back_than_came(patch):
    honest = vars(refunds)["rest_of"]
    patch.setattr(
        refunds, "rest_of", lambda p: replace(honest(p), free_idr=honest(p).free_idr + p.amount_idr)
    )


@fault
def a_case_stays_open_when_its_money_went_back(patch):
    patch.setattr(refunds, "cases", Instead(cases, close_all=_nothing))


@fault
def a_mistake_is_not_booked_out(patch):
    _no_books(patch, taking_back)


@fault
def an_order_stays_paid_without_its_payment(patch):
    patch.setattr(taking_back, "let_wait", _nothing)


@fault
def goods_of_revived_orders_are_not_looked_for(patch):
    patch.setattr(reviving, "catalog", Instead(catalog, hold=_nothing))


@fault
def money_owed_is_forgotten(patch):
    patch.setattr(payments, "open_owed", lambda _: 0)


@fault
def accepting_less_serves_nobody(patch):
    patch.setattr(acts, "orders", Instead(orders, serve=lambda *_, **__: orders.Served.PAID))


@fault
def signed_days_are_booked_on(patch):
    def booking_day(edition_id: int, now: Any) -> Any:
        zone = db.session.scalars(sa.select(Edition.zone_name)).one()
        return times.day_of(now, ZoneInfo(zone))

    patch.setattr(ledger, "booking_day", booking_day)
