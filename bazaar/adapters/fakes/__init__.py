"""The outside world pretended, with the same promises: for tests, training days and the demo."""

from bazaar.ports import Letter, Undeliverable


class FakeMessenger:
    """A Messenger that keeps letters in `carried`, one per key, and refuses what SMTP refuses."""

    def __init__(self) -> None:
        self.carried: dict[str, Letter] = {}

    def send(self, letter: Letter) -> None:
        """Keep the letter. Raises Undeliverable for an address no server takes."""
        if "@" not in letter.to or not (letter.to + letter.subject).isprintable():
            raise Undeliverable
        self.carried[letter.key] = letter
