"""Sums, dates and times as statements write them."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.statements import days, money
from bazaar.rules.statements.money import Kind, Sum
from bazaar.times import WIB

E, N = Kind.ENGLISH, Kind.INDONESIAN


@pytest.mark.parametrize(
    ("text", "kind", "sen"),
    [
        ("1,500,000.00", E, 150_000_000),
        ("1.500.000,00", N, 150_000_000),
        (".00", E, 0),
        (",00", N, 0),
        ("147356", E, 14_735_600),
        ("147356", N, 14_735_600),
        ("311,495.70", E, 31_149_570),
        ("13838932.64", E, 1_383_893_264),
        ("937.3", E, 93_730),
        ("1.500", N, 150_000),
        ("1,500", E, 150_000),
        ("Rp 15.000,00", N, 1_500_000),
        ("Rp15.000,-", N, 1_500_000),
        ("IDR 15,000.00", E, 1_500_000),
    ],
)
def test_sums_are_read(text, kind, sen):
    assert money.read(text, kind) == Sum(sen, negative=False)
    assert money.kind_of(text) in {kind, None}


@pytest.mark.parametrize("text", ["-15,000.00", "(15,000.00)", "Rp -15,000.00", "\u221215,000.00"])
def test_a_minus_or_brackets_are_kept(text):
    assert money.read(text, E) == Sum(1_500_000, negative=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1.2.3",
        "1,50,000.00",
        "1,500,00",
        "１２",
        "1e5",
        "12.345",
        "abc",
        "9" * 19,
        "1 500",
        "0x10",
        "--5",
        "10.00 CR",
    ],
)
def test_what_is_no_sum_is_none(text):
    assert money.read(text, E) is None


@given(st.integers(0, 10**13), st.sampled_from(Kind))
def test_every_sum_is_read_as_it_is_written(sen, kind):
    whole = f"{sen // 100:,}".replace(",", kind.group)
    text = f"{whole}{kind.point}{sen % 100:02}"

    assert money.read(text, kind) == Sum(sen, negative=False)
    assert money.decide([(1, text)]) is kind


def test_plain_digits_and_wrong_sums_decide_nothing():
    assert money.decide([(1, "147356"), (2, "31/08"), (3, "1.5.00")]) is E
    assert money.decide([(1, "147356"), (2, "1.500")]) is N


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("05/09/2026", date(2026, 9, 5), None),
        ("05/09/26", date(2026, 9, 5), None),
        ("5-9-2026", date(2026, 9, 5), None),
        ("05.09.2026", date(2026, 9, 5), None),
        ("2026-09-05", date(2026, 9, 5), None),
        ("03 August 2026 11:27:10", date(2026, 8, 3), time(11, 27, 10)),
        ("07 Agustus 2026", date(2026, 8, 7), None),
        ("05 Sep 2026", date(2026, 9, 5), None),
        ("04 Agu 2026", date(2026, 8, 4), None),
        ("4-Okt-26 09.15", date(2026, 10, 4), time(9, 15)),
        ("1 MEI 2026", date(2026, 5, 1), None),
        ("31 Des 2026", date(2026, 12, 31), None),
        ("2026-08-03 00:00:00", date(2026, 8, 3), None),
        ("2026-08-03T12:04:11Z", date(2026, 8, 3), time(19, 4, 11)),
        ("2026-08-03T12:04:11.123+08:00", date(2026, 8, 3), time(11, 4, 11)),
        ("03/08/2026 19:04:11 WIB", date(2026, 8, 3), time(19, 4, 11)),
    ],
)
def test_dates_are_read_the_day_first(text, day, at):
    assert days.read_moment(text, period=None, zone=WIB) == days.Moment(day, at)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/06/2026",
        "29/02/2026",
        "13/13/2026",
        "00/01/2026",
        "2026-13-01",
        "05/09/1999",
        "03 Foo 2026",
        "x",
        "2026-08-03 25:00:00",
        "05/09/026",
        "０５/09/2026",
        "30/02",
    ],
)
def test_what_is_no_date_is_none(text):
    assert days.read_moment(text, period=None, zone=WIB) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("19:04:11", time(19, 4, 11)),
        ("19.04", time(19, 4)),
        ("091500", time(9, 15)),
        ("91500", time(9, 15)),
        ("19:04 WIB", time(19, 4)),
        ("24:00", None),
        ("196000", None),
        ("1904", None),
        ("", None),
    ],
)
def test_times_are_read(text, at):
    assert days.read_time(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "Periode : 28/12/2026 - 03/01/2027",
        "Periode : 28 Des 2026 s/d 3 Jan 2027",
        "Period ; 2026-12-28 - 2027-01-03",
        "PERIODE 28/12/26 sampai 03/01/27",
    ],
)
def test_the_period_above_the_table_tells_the_year(text):
    period = days.find_period(f"Nama : BUDI\n{text}\nMata Uang : IDR")

    assert period == days.Period(date(2026, 12, 28), date(2027, 1, 3))
    assert days.read_moment("31/12", period=period, zone=WIB).day == date(2026, 12, 31)
    assert days.read_moment("02/01", period=period, zone=WIB).day == date(2027, 1, 2)
    assert days.read_moment("05/06", period=period, zone=WIB).day is None
