"""What the bazaar needs from outside, in its own words. Adapters keep these promises."""

from dataclasses import dataclass
from typing import Protocol

from bazaar.errors import Unavailable


class Undeliverable(Unavailable):
    """The letter can never be handed over as it is; trying again is no use."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address. `key` is the same on every try, so that repeats are known."""

    key: str
    to: str
    subject: str
    text: str


class Messenger(Protocol):
    """Carries letters."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over. Repeats carry the same message id.

        Raises Unavailable when it must be tried again later, Undeliverable when it need not.
        """
        ...
