"""Chapters of a recording as YouTube reads them in a description.

Its rules (support.google.com/youtube/answer/9884579): the first begins at 00:00, they ascend, each
lasts at least ten seconds, and there are at least three; otherwise it shows none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

SHORTEST = timedelta(seconds=10)
FEWEST = 3
MOST_LETTERS = 100
START = timedelta(0)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the recording: how long after its start it begins, and what it is called."""

    at: timedelta
    title: str

    @property
    def line(self) -> str:
        """The line for the description: `07:30 Batik Sri`, from one hour on `1:02:05 Kopi Ijen`."""
        seconds = int(self.at.total_seconds())
        hours, minutes = seconds // 3600, f"{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{hours}:{minutes} {self.title}" if hours else f"{minutes} {self.title}"


def chapters(
    begun: Iterable[tuple[datetime, str]], *, recorded_from: datetime, opening: str
) -> Sequence[Chapter]:
    """Return the chapters of what began when; empty when there are too few for YouTube.

    What began before the recording counts from its start, of several the last. `opening` is the
    chapter before the first when that begins later. A part shorter than ten seconds is left out.
    """
    ordered = sorted(begun, key=lambda each: each[0])
    found = [Chapter(START, opening)]
    for at, title in ordered:
        offset = timedelta(seconds=int(max(at - recorded_from, START).total_seconds()))
        if offset - found[-1].at < SHORTEST:
            offset = found.pop().at
        found.append(Chapter(offset, _plain(title)))
    return found if len(found) >= FEWEST else ()


def _plain(title: str) -> str:
    """Return a title on one line, without the angle brackets that YouTube refuses."""
    return " ".join(title.replace("<", " ").replace(">", " ").split())[:MOST_LETTERS]
