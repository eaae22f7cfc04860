"""What is owed is a sum: cut into statements however, it adds up to the ledger."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.settlement import NOTHING, Figures, Move, figures

BOOKS = (
    "buyer",
    "goods_promised",
    "goods_sold",
    "shipping_sold",
    "discount",
    "money",
    "unknown",
    "fee",
    "courier",
    "courier_owed",
    "paid_out",
)
MOVES = st.builds(
    Move,
    debit=st.sampled_from(BOOKS),
    credit=st.sampled_from(BOOKS),
    own=st.booleans(),
    by_hand=st.booleans(),
    amount_idr=st.integers(1, 10_000_000),
).filter(lambda move: move.debit != move.credit)


def move(debit, credit, amount_idr, *, own=False, by_hand=False):
    return Move(debit, credit, own, by_hand, amount_idr)


def test_money_through_the_committee_is_due():
    sums = figures(
        [
            move("goods_promised", "goods_sold", 50_000),
            move("shipping_promised", "shipping_sold", 12_000),
            move("unknown", "buyer", 61_950),
            move("discount", "buyer", 50),
            move("fee", "money", 434),
            move("courier", "courier_owed", 11_000),
        ]
    )

    assert sums.earned_idr == sums.committee_idr == 61_950
    assert sums.due_idr == 61_950 - 434 - 11_000
    assert sums.to_return_idr == 0


def test_money_that_came_directly_is_not_due_again():
    sums = figures(
        [
            move("goods_promised", "goods_sold", 50_000),
            move("unknown", "buyer", 50_000, own=True),
            move("fee", "money", 350, own=True),
            move("courier", "courier_owed", 11_000, by_hand=True),
        ]
    )

    assert (sums.direct_idr, sums.due_idr) == (50_000, 0)


def test_what_was_called_off_is_not_earned_and_goes_back_to_the_buyer():
    sold = [move("goods_promised", "goods_sold", 50_000), move("unknown", "buyer", 50_000)]
    called_off = [*sold, move("goods_sold", "buyer", 50_000)]
    given_back = [*called_off, move("buyer", "money", 50_000)]

    assert figures(called_off).due_idr == 0
    assert figures(called_off).to_return_idr == 50_000
    assert figures(given_back) == Figures(
        goods_idr=50_000, returned_idr=50_000, committee_in_idr=50_000, committee_back_idr=50_000
    )
    assert figures(given_back).to_return_idr == 0


def test_an_allocation_taken_back_leaves_nothing():
    assert figures([move("unknown", "buyer", 9), move("buyer", "unknown", 9)]) == NOTHING
    assert not NOTHING


@given(st.lists(MOVES, max_size=40), st.lists(st.integers(0, 40), max_size=4))
def test_statements_and_what_is_open_add_up_to_the_ledger(moves, cuts):
    """Entries split over statements, each carried over or paid out, and the rest on none."""
    bounds = sorted({0, *(min(cut, len(moves)) for cut in cuts)})
    carried, owed = 0, 0
    for number, (start, end) in enumerate(pairwise(bounds)):
        due = carried + figures(moves[start:end]).due_idr
        carried, paid = (0, due) if number % 2 else (due, 0)
        owed += paid
    rest = figures(moves[bounds[-1] :]).due_idr

    assert owed + carried + rest == figures(moves).due_idr


@given(st.lists(MOVES, max_size=20), st.lists(MOVES, max_size=20))
def test_figures_of_two_parts_add_up(some, others):
    assert figures(some) + figures(others) == figures([*some, *others])
    assert (figures(some) + figures(others)).due_idr == figures(some).due_idr + figures(
        others
    ).due_idr
