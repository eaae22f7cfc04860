"""Matching lines of statements with requests for money: the cases, and what must always hold."""

import json
import time as clock
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.matching import (
    ChargeState,
    Decision,
    Incoming,
    OpenCharge,
    Result,
    match,
)
from bazaar.rules.money import Due
from bazaar.rules.references import make_reference
from bazaar.rules.statements import LineKind, Side
from bazaar.times import WIB

CASES = json.loads((Path(__file__).parents[1] / "data" / "matching_cases.json").read_text())[
    "cases"
]
MADE = datetime(2026, 8, 3, 12, 0, tzinfo=UTC)
ENDS = MADE + timedelta(hours=1)


def a_charge(number=1, amount_idr=147_356, *, reference="", **facts):
    facts = {"account": "S1", "created_at": MADE, "ends_at": ENDS} | facts
    return OpenCharge(number, reference or make_reference(number), amount_idr=amount_idr, **facts)


def a_line(amount_idr=147_356, text="", **facts):
    facts = {
        "account": "S1",
        "side": Side.CREDIT,
        "day": date(2026, 8, 3),
        "at": time(19, 10),
    } | facts
    return Incoming(amount_sen=amount_idr * 100, text=text, **facts)


def decide(lines, charges):
    return match(lines, charges, zone=WIB)


def told(line, decision, numbers):
    """Return a decision in the words of the cases."""
    said = {"line": line["id"], "result": decision.result.value}
    if decision.charge is not None:
        said["order"] = numbers[decision.charge]
    if decision.result is Result.AMBIGUOUS:
        said["candidates"] = [numbers[number] for number in decision.others]
    if decision.result is Result.UNMATCHED:
        said["suggestions"] = [numbers[number] for number in decision.others]
    if decision.result is Result.UNDERPAID:
        said["missing"] = -decision.difference_sen // 100
    if decision.result is Result.OVERPAID:
        said["excess"] = decision.difference_sen // 100
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_case_is_decided_as_written(case):
    numbers = dict(enumerate(order["no"] for order in case["orders"]))
    charges = [
        OpenCharge(
            number,
            order["no"],
            order["account"],
            order["due"],
            datetime.fromisoformat(order["created"]).replace(tzinfo=WIB),
            datetime.fromisoformat(order["expires"]).replace(tzinfo=WIB),
            ChargeState.PAID if order.get("paid") else ChargeState(order["state"]),
        )
        for number, order in enumerate(case["orders"])
    ]
    lines = [
        Incoming(
            line["account"],
            line["amount"] * 100,
            Side(line["dc"]),
            date.fromisoformat(line["date"]) if line["date"] else None,
            time.fromisoformat(line["time"]) if line["time"] else None,
            line["description"],
            line.get("pending", False),
            LineKind(line.get("kind", "line")),
        )
        for line in case["lines"]
    ]

    decisions = decide(lines, charges)

    assert [
        told(line, decision, numbers)
        for line, decision in zip(case["lines"], decisions, strict=True)
    ] == case["expect"]
    assert len(CASES) == 23


@pytest.mark.parametrize(
    "text",
    [
        "PV-7XK2Q",
        "trf pv7xk2q siti",
        "TRSF E-BANKING CR 0308/FTSCY/WS95221 147356.00PV 7XK2QSITI CONTOH",
        "BAYAR PV 7XK 2Q",
        "ＰＶ－７ＸＫ２Ｑ",
        "PV-7XKZQ",  # a Z that was meant for a 2
        "pembayaran pv7xk20 dari siti",  # a zero that was meant for a Q
    ],
)
def test_a_reference_is_found_as_people_and_banks_write_it(text):
    charges = [a_charge(1, 50_000, reference="PV-7XK2Q"), a_charge(2)]

    (decision,) = decide([a_line(50_000, text)], charges)

    assert decision == Decision(Result.PAID, ("M3", "M6"), 1)


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("SETOR PUSAT KOTA", "PV-54TKQ"),  # PUSATKO resembles PV54TKQ
        ("CV XPVSATKO ABADI", "PV-54TKQ"),  # no whole word
        ("PB26-0001234", "PB26-000123"),
        ("PB26-000123 4", "PB26-0001234"),
        ("7XK2Q", "PV-7XK2Q"),
    ],
)
def test_a_banks_own_words_and_longer_numbers_are_no_reference(text, reference):
    (decision,) = decide([a_line(1_000, text)], [a_charge(1, 50_000, reference=reference)])

    assert decision.result is (Result.UNDERPAID if text == "PB26-000123 4" else Result.UNMATCHED)


def test_a_line_that_is_read_in_two_ways_is_for_a_person():
    charges = [a_charge(1, reference="PV-7XK2Q"), a_charge(2, reference="PV-9MMMM")]

    (decision,) = decide([a_line(text="PV-7XKZQ PV-9MMMM")], charges)

    assert decision.charge == 2  # what is written exactly goes before what is resembled
    (decision,) = decide([a_line(text="PV-7XK2Q/PV-9MMMM")], charges)
    assert (decision.result, decision.others) == (Result.AMBIGUOUS, (1, 2))


@pytest.mark.parametrize(
    ("line", "result"),
    [
        (a_line(at=time(18, 55)), Result.PAID),
        (a_line(at=time(18, 54, 59)), Result.UNMATCHED),
        (a_line(at=time(20, 0)), Result.PAID),
        (a_line(at=time(20, 0, 1)), Result.LATE),
        (a_line(day=date(2026, 8, 10), at=time(20, 0)), Result.LATE),
        (a_line(day=date(2026, 8, 10), at=time(20, 0, 1)), Result.UNMATCHED),
        (a_line(day=date(2026, 8, 10), at=None), Result.LATE),
        (a_line(day=date(2026, 8, 11), at=None), Result.UNMATCHED),
        (a_line(day=date(2026, 8, 2), at=None), Result.UNMATCHED),
        (a_line(day=None, at=None), Result.UNMATCHED),
    ],
)
def test_the_window_of_an_amount_ends_to_the_second(line, result):
    (decision,) = decide([line], [a_charge()])

    assert decision.result is result


def test_sen_that_nobody_asked_for_match_nothing():
    line = Incoming("S1", 14_735_650, Side.CREDIT, date(2026, 8, 3), time(19, 10))

    (decision,) = decide([line], [a_charge()])

    assert decision == Decision(Result.UNMATCHED, ("M5",), others=(1,))


DUE = Due.of(147_400, [147_356])


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([147_356], [(Result.PAID, 0)]),
        ([147_400], [(Result.PAID, 0)]),  # the code was left out
        ([147_380], [(Result.PAID, 0)]),
        ([147_401], [(Result.OVERPAID, 100)]),
        ([150_000], [(Result.OVERPAID, 260_000)]),
        ([147_355], [(Result.UNDERPAID, -100)]),
        ([100_000, 47_356], [(Result.UNDERPAID, -4_735_600), (Result.PAID, 0)]),
        ([100_000, 47_400], [(Result.UNDERPAID, -4_735_600), (Result.PAID, 0)]),
        ([100_000, 20_000], [(Result.UNDERPAID, -4_735_600), (Result.UNDERPAID, -2_735_600)]),
        ([100_000, 50_000], [(Result.UNDERPAID, -4_735_600), (Result.OVERPAID, 260_000)]),
    ],
)
def test_what_pays_an_order_is_what_money_says(amounts, expected):
    charge = a_charge(reference="PV-7XK2Q", due=DUE)

    decisions = decide([a_line(amount_idr, "PV-7XK2Q") for amount_idr in amounts], [charge])

    assert [(one.result, one.difference_sen) for one in decisions] == expected


def test_what_was_counted_before_is_not_asked_for_again():
    charge = a_charge(reference="PV-7XK2Q", due=DUE, paid_idr=100_000)

    (rest,) = decide([a_line(47_356, "PV-7XK2Q")], [charge])
    (whole,) = decide([a_line(147_356)], [charge])

    assert rest.result is Result.PAID
    assert (whole.result, whole.difference_sen) == (Result.OVERPAID, 9_995_600)


def test_suggestions_are_near_in_amount_and_few():
    charges = [a_charge(number, 100_000 + number * 40) for number in range(1, 101)]

    (decision,) = decide([a_line(102_010)], charges)

    assert len(decision.others) == 20
    assert all(abs(100_000 + number * 40 - 102_010) <= 999 for number in decision.others)


charges_and_lines = st.tuples(
    st.lists(
        st.builds(
            a_charge,
            st.integers(0, 40),
            st.integers(1_000, 1_010),
            account=st.sampled_from(["S1", "S2"]),
            state=st.sampled_from(ChargeState),
            created_at=st.integers(0, 3).map(lambda days: MADE + timedelta(days=days)),
            ends_at=st.integers(4, 5).map(lambda days: MADE + timedelta(days=days)),
        ),
        max_size=12,
        unique_by=lambda charge: charge.id,
    ),
    st.lists(
        st.builds(
            a_line,
            st.integers(999, 1_011),
            st.integers(0, 45).map(lambda n: make_reference(n) if n < 41 else ""),
            account=st.sampled_from(["S1", "S2"]),
            side=st.sampled_from(Side),
            day=st.integers(1, 15).map(lambda day: date(2026, 8, day)),
            at=st.none() | st.just(time(12, 0)),
        ),
        max_size=12,
    ),
)


@given(charges_and_lines)
def test_nothing_is_paid_twice_or_by_another_account(both):
    charges, lines = both
    by_id = {charge.id: charge for charge in charges}

    decisions = decide(lines, charges)

    assert decisions == decide(lines, charges)
    paid = [d.charge for d in decisions if d.result in {Result.PAID, Result.OVERPAID}]
    assert len(paid) == len(set(paid))
    for line, decision in zip(lines, decisions, strict=True):
        known = [by_id[number] for number in {*decision.others, decision.charge} - {None}]
        assert {charge.account for charge in known} <= {line.account}
        if line.side is Side.DEBIT:
            assert decision.result is Result.IGNORED
        if decision.result in {Result.PAID, Result.OVERPAID, Result.UNDERPAID}:
            assert by_id[decision.charge].state is ChargeState.WAITING
        if decision.charge is not None:
            asked = by_id[decision.charge].amount_idr * 100
            assert decision.difference_sen == line.amount_sen - asked


@pytest.mark.parametrize("amounts", [1, 99, 100_000])
@pytest.mark.parametrize("named", [True, False])
def test_ten_thousand_lines_are_matched_in_a_moment(amounts, named):
    charges = [
        a_charge(number, 100_000 + number * 7_919 % amounts, reference=make_reference(number * 600))
        for number in range(10_000)
    ]
    lines = [
        a_line(
            charge.amount_idr,
            f"TRSF E-BANKING CR 0308/FTSCY/WS95221 {charge.amount_idr}.00 "
            f"{charge.reference if named else 'PEMBELI CONTOH'} SITI",
        )
        for charge in reversed(charges)
    ]
    begun = clock.process_time()

    decisions = decide(lines, charges)

    assert clock.process_time() - begun < 8  # a second here; a busy machine is no fault
    if named:
        assert {decision.result for decision in decisions} == {Result.PAID}
