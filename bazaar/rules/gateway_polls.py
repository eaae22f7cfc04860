"""How often a gateway is asked how a request for money stands: its messages may never come.

No request is asked about more often than every ten seconds, which is what gateways allow. Some
money is found by a gateway only when it counts its day, so an ended request is looked at for two
days more.
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

LEAST: Final = timedelta(seconds=10)
WHILE_OPEN: Final = (
    (timedelta(minutes=3), timedelta(seconds=20)),
    (timedelta(minutes=15), timedelta(minutes=1)),
    (timedelta(days=7), timedelta(minutes=5)),
)
"""Up to this age of the request, so long until the next question."""

AFTER_THE_END: Final = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=48), timedelta(hours=2)),
)
"""The same from the end on; then never again."""

TRIES: Final = MappingProxyType(
    {
        1: timedelta(seconds=10),
        2: timedelta(seconds=20),
        3: timedelta(minutes=1),
        4: timedelta(minutes=5),
        5: timedelta(minutes=15),
        6: timedelta(hours=1),
    }
)
"""After so many tries in vain, so long until the next one; later ones come `SELDOM`."""

SELDOM: Final = timedelta(hours=4)
MOST_TRIES: Final = 18
"""Then a person has to look: two days have gone by."""


def while_open(age: timedelta) -> timedelta | None:
    """Return after how long an open request of this age is asked about, or None: never."""
    return _first(WHILE_OPEN, age)


def after_the_end(age: timedelta) -> timedelta | None:
    """Return after how long a request is asked about that ended so long ago, or None: never."""
    return _first(AFTER_THE_END, age)


def try_again(tries: int) -> timedelta | None:
    """Return after how long what failed `tries` times is tried again, or None: never."""
    return None if tries >= MOST_TRIES else TRIES.get(tries, SELDOM)


def _first(table: tuple[tuple[timedelta, timedelta], ...], age: timedelta) -> timedelta | None:
    return next((wait for until, wait in table if age < until), None)
