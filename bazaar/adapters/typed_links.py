"""The live platform that always works: somebody types the link and presses the buttons there."""

from collections.abc import Iterator

from bazaar.live_ports import ChatPage, DaySpec, LiveHealth, LiveLink, LiveState, NeedsHuman

PRESS = "links are typed by hand here"


class TypedLinks:
    """A LivePlatform, StageAccess and ChatSource that goes nowhere."""

    def ensure_day(self, spec: DaySpec, known: LiveLink | None) -> LiveLink:
        """Return the link that was typed; one that was typed anew takes the old one's place."""
        return LiveLink(spec.reference, spec.typed_url or (known.url if known else ""))

    def update_day(self, link: LiveLink, spec: DaySpec) -> None:
        """Nobody is told."""

    def cancel_day(self, link: LiveLink) -> None:
        """Nobody is told."""

    def go_live(self, link: LiveLink) -> LiveState:
        """Take it that somebody has begun."""
        return LiveState.LIVE

    def finish(self, link: LiveLink) -> LiveState:
        """Take it that somebody has ended it."""
        return LiveState.ENDED

    def health(self, link: LiveLink) -> LiveHealth:
        """Nobody can say."""
        return LiveHealth(LiveState.PLANNED, None)

    def personal_link(self, link: LiveLink, name: str, email: str) -> str:
        """Everybody comes in by the same link."""
        return link.url

    def waiting_room_text(self, link: LiveLink, text: str) -> None:
        """Nobody shows it."""

    def messages(self, link: LiveLink, cursor: str) -> Iterator[ChatPage]:
        """Nobody reads the chat."""
        yield ChatPage((), cursor, is_over=True)

    def say(self, link: LiveLink, text: str) -> None:
        """Raise NeedsHuman: somebody has to type it."""
        raise NeedsHuman(PRESS)
