"""A season's page reads kept sums of signed days; they are what the entries add up to."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from bazaar import closings, inspection
from bazaar.db import db
from bazaar.models import TotalSum
from bazaar.reports import books, seasons
from tests.builders import NOW, a_product, a_release, a_seller, a_turn, an_edition, an_order
from tests.settling import DAY, SECOND, a_gateway, close, through

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def edition(app):
    return an_edition()


def sell(edition, day, *, turns=2):
    """Orders of two sellers on a day, some on air, some not, some paid."""
    at = NOW + timedelta(days=(day - DAY).days)
    release = a_release(edition, number=day.day)
    gateway = a_gateway() if day == DAY else None
    for n in range(turns):
        seller = a_seller(edition=edition, cluster=("Batik", "Kopi")[n % 2])
        turn = a_turn(release, seller, starts_at=at + timedelta(minutes=15 * n))
        product = a_product(seller=seller, stock=9, price_idr=20_000 + 1_000 * n)
        on_air, off_air = an_order(product, at=at, turn=turn), an_order(product, at=at)
        an_order(product, at=at, quantity=2)
        if gateway:
            through(gateway, on_air, at=at, fee_idr=100)
            through(gateway, off_air, at=at + timedelta(hours=1))
    return at


def as_numbers(totals):
    return {
        axis: {label: (dict(figures.idr), dict(figures.rows)) for label, figures in lines}
        for axis, lines in totals.by.items()
    } | {"total": (dict(totals.total.idr), dict(totals.total.rows))}


def test_signing_days_changes_no_figure_of_the_season(edition, now):
    sell(edition, DAY)
    sell(edition, NEXT)
    before = as_numbers(seasons.of_season(edition))
    assert seasons.open_days(edition.id) == [DAY, NEXT]

    close(edition, DAY)
    one = as_numbers(seasons.of_season(edition))
    close(edition, NEXT, at=NOW + timedelta(days=1))
    both = as_numbers(seasons.of_season(edition))

    assert before == one == both
    assert seasons.open_days(edition.id) == []
    assert inspection.differences() == []


def test_every_axis_adds_up_to_the_total(edition, now):
    sell(edition, DAY)
    close(edition)

    totals = seasons.of_season(edition)

    assert set(totals.by) == set(books.AXES)
    for axis, lines in totals.by.items():
        for name in ("orders", "placed_idr", "gross_idr", "net_idr", "received_idr"):
            added = sum(getattr(figures, name) for _, figures in lines)
            assert added == getattr(totals.total, name), (axis, name)


@pytest.mark.parametrize("signed", [False, True])
def test_a_page_holds_the_busiest_turns_only_and_sheets_all(edition, now, signed):
    sell(edition, DAY, turns=4)
    if signed:
        close(edition)

    shown = seasons.of_season(edition, most_turns=2).by["turn"]
    every = seasons.of_season(edition, most_turns=None).by["turn"]

    best = sorted((figures.placed_idr for _, figures in every), reverse=True)[:2]
    assert len(every) == 5
    assert sorted((figures.placed_idr for _, figures in shown), reverse=True) == best


def test_sums_that_were_tampered_with_are_found(edition, now):
    sell(edition, DAY)
    close(edition)
    db.session.execute(
        sa.update(TotalSum)
        .where(TotalSum.axis == "day", TotalSum.kind == "fee")
        .values(amount_idr=1)
    )

    (found,) = inspection.differences()

    assert (found.check, found.expected, found.found) == ("season", (2, 200), (2, 1))


def test_an_edition_without_entries_has_nothing(edition):
    totals = seasons.of_season(edition)

    assert not totals.total
    assert seasons.open_days(edition.id) == []


def test_an_empty_day_can_be_signed(edition, now):
    closings.prepare(edition, date(2026, 2, 28), actor=SECOND, now=now)
    close(edition)

    assert db.session.scalars(sa.select(TotalSum)).all() == []
