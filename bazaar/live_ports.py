"""What the bazaar needs of platforms for meetings and live video, in its own words.

The evening works with every platform down: links are typed by hand and the host goes on. So none
of this is called in a web request or in the tick's transaction; an errand calls, in none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Protocol

from bazaar.errors import N_, Unavailable


@dataclass(eq=False)
class RetryLater(Unavailable):
    """The live platform does not answer, or not now; nothing is known of what was asked."""

    seconds: int
    text = N_("Platform siaran belum menjawab. Dicoba lagi dalam {seconds} detik.")


@dataclass(eq=False)
class NeedsHuman(Unavailable):
    """Only a person can go on, on the platform itself. `reason` is the platform's word for it."""

    reason: str
    text = N_("Platform siaran perlu ditangani orang: {reason}.")


class Gone(Unavailable):
    """The platform does not know the thing any more: forget its id, offer to make it again."""

    text = N_("Siaran ini tidak ada lagi di platformnya.")


@dataclass(eq=False)
class QuotaExhausted(Unavailable):
    """Nothing more may be asked until then; what is optional stops."""

    until: datetime
    text = N_("Jatah permintaan ke platform siaran habis.")


@dataclass(eq=False)
class BadRequest(Unavailable):
    """The platform says that we asked wrongly: our fault, asking again is no use."""

    reason: str
    text = N_("Platform siaran menolak permintaan kami: {reason}.")


class LiveState(Enum):
    """Where a broadcast stands. STARTING: asked for, not yet seen by anybody."""

    PLANNED = "planned"
    STARTING = "starting"
    LIVE = "live"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DaySpec:
    """One channel's show day, to be made outside. `reference` is ours: it finds lost answers.

    `typed_url` is what somebody typed by hand.
    """

    reference: str
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    is_public: bool = False
    typed_url: str = ""


@dataclass(frozen=True, slots=True)
class LiveLink:
    """What a platform knows a day by, and where people find it. `facts` may hold secrets."""

    external_id: str
    url: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LiveHealth:
    """How it goes; `is_receiving` is None where nobody can say."""

    state: LiveState
    is_receiving: bool | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChatPage:
    """Lines of the viewers' chat as (id, instant, author's id, author's name, text).

    `cursor` goes on after them; `is_over`: nothing will follow.
    """

    lines: Sequence[tuple[str, datetime, str, str, str]]
    cursor: str
    is_over: bool = False


class LivePlatform(Protocol):
    """Where a day is met or watched. Never called in a web request or in the tick's transaction.

    All of it raises RetryLater, NeedsHuman, Gone, QuotaExhausted, BadRequest.
    """

    def ensure_day(self, spec: DaySpec, known: LiveLink | None) -> LiveLink:
        """Return the day's link; made once, however often this is asked for one reference."""
        ...

    def update_day(self, link: LiveLink, spec: DaySpec) -> None:
        """Tell the platform what has changed."""
        ...

    def cancel_day(self, link: LiveLink) -> None:
        """Take the day away. It is no fault when it is gone already."""
        ...

    def go_live(self, link: LiveLink) -> LiveState:
        """Begin to show it; STARTING means: ask `health` until it is LIVE."""
        ...

    def finish(self, link: LiveLink) -> LiveState:
        """End it for good. It is no fault when it has ended already."""
        ...

    def health(self, link: LiveLink) -> LiveHealth:
        """Return how it goes."""
        ...


class StageAccess(Protocol):
    """Lets sellers into the room."""

    def personal_link(self, link: LiveLink, name: str, email: str) -> str:
        """Return the way in for one seller."""
        ...

    def waiting_room_text(self, link: LiveLink, text: str) -> None:
        """Show this to those who wait."""
        ...


class ChatSource(Protocol):
    """Reads and writes the viewers' chat."""

    def messages(self, link: LiveLink, cursor: str) -> Iterator[ChatPage]:
        """Return what was said after the cursor (empty: what the platform still has)."""
        ...

    def say(self, link: LiveLink, text: str) -> None:
        """Say something as the committee."""
        ...
