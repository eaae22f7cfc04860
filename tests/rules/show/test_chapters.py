from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bazaar.rules.show.chapters import FEWEST, SHORTEST, chapters

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def after(seconds):
    return START + timedelta(seconds=seconds)


def lines(*begun, recorded_from=START):
    found = chapters(begun, recorded_from=recorded_from, opening="Pembukaan")
    return [each.line for each in found]


def test_chapters_are_written_as_a_description_wants_them():
    begun = ((after(450), "Batik Sri"), (after(3725), "Kopi <Ijen>\n"), (after(1350), "Tempe"))

    assert lines(*begun) == [
        "00:00 Pembukaan",
        "07:30 Batik Sri",
        "22:30 Tempe",
        "1:02:05 Kopi Ijen",
    ]


def test_a_recording_that_began_with_or_after_the_first_needs_no_opening():
    begun = ((after(0), "Batik"), (after(900), "Kopi"), (after(1800), "Tempe"))

    assert lines(*begun) == ["00:00 Batik", "15:00 Kopi", "30:00 Tempe"]
    assert lines(*begun, recorded_from=after(4))[:2] == ["00:00 Batik", "14:56 Kopi"]
    late = lines(*begun, (after(2700), "Sambal"), recorded_from=after(1000))
    assert late == ["00:00 Kopi", "13:20 Tempe", "28:20 Sambal"]


def test_what_was_on_for_a_moment_only_has_no_chapter():
    begun = ((after(0), "Batik"), (after(900), "Salah"), (after(908), "Kopi"), (after(1800), "Teh"))

    assert lines(*begun) == ["00:00 Batik", "15:00 Kopi", "30:00 Teh"]


def test_fewer_than_three_are_none():
    assert lines((after(0), "Batik"), (after(900), "Kopi")) == []
    assert lines() == []


@given(
    st.lists(st.integers(-90_000, 90_000), max_size=40),
    st.integers(-5_000, 5_000),
)
def test_whatever_happened_youtube_takes_them(seconds, recorded):
    begun = [(after(n), f"Penjual {n}") for n in seconds]

    found = chapters(begun, recorded_from=after(recorded), opening="Pembukaan")

    assert len(found) == 0 or len(found) >= FEWEST
    if found:
        assert found[0].line.startswith("00:00 ")
    assert all(b.at - a.at >= SHORTEST for a, b in pairwise(found))
