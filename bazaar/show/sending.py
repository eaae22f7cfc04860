"""What leaves the outbox about turns: only what is still wanted, with links, not at night.

The outbox holds no addresses and no links of sellers; both are put in when a message leaves, so
whoever has ended a way in the meantime gets nothing by it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import editions, outbox, sellers, times
from bazaar.db import db
from bazaar.models import ContactKind, Seller, Turn
from bazaar.ports import Letter
from bazaar.rotation import current_release_id
from bazaar.rules.show.cues import CueKind
from bazaar.rules.show.quiet import Quiet
from bazaar.seals import Seals
from bazaar.show import contacts, texts
from bazaar.show.contacts import TO_SELLER, WAYS
from bazaar.show.telling import Name, read_key
from bazaar.tokens import Links

ENDED: Final = "ended by the seller"
CHANGED: Final = "the turn has changed"
CAN_WAIT: Final = frozenset({CueKind.DAY_BEFORE})
"""What is not about the next hours: it is not sent in quiet hours."""

_KINDS: Final = {way: kind for kind, way in WAYS.items()}


@dataclass(frozen=True, slots=True)
class Desk:
    """What sending needs of this installation. `site` is its public address."""

    site: str
    links: Links
    seals: Seals
    quiet: Quiet


def pick(now: datetime, ways: Collection[str], desk: Desk) -> Letter | None:
    """Claim the next letter of these ways that may leave now, complete; or None.

    What nobody wants any more is given up, what can wait waits until the quiet hours end.
    """
    while (letter := outbox.pick(now, ways)) is not None:
        if not letter.to.startswith(TO_SELLER):
            return letter
        name = read_key(letter.key)
        if name is not None and not _is_planned(name):
            outbox.give_up(letter.key, CHANGED)
            continue
        if name is not None and name.kind in CAN_WAIT and _waits(letter, desk.quiet, now):
            continue
        ready = _complete(letter, desk, now)
        if ready is not None:
            return ready
        outbox.give_up(letter.key, ENDED)
    return None


def own_page(seller: Seller, desk: Desk) -> str:
    """Return the address of the seller's own page."""
    return f"{desk.site}/u/{sellers.link_token(seller, desk.links)}"


def stall_page(seller: Seller, site: str) -> str:
    """Return the address of the seller's stall, for everybody."""
    return f"{site}/s/{seller.slug}"


def stop_page(seller: Seller, kind: ContactKind, desk: Desk) -> str:
    """Return the address that ends this way of reaching the seller."""
    return f"{desk.site}/berhenti/{contacts.stop_token(seller, kind, desk.links)}"


def complete(text: str, seller: Seller, kind: ContactKind, desk: Desk) -> str:
    """Return the text with the seller's links, among them the one that ends this way.

    In which language it is was decided when it was written, for every line of it.
    """
    links = {
        texts.OWN_PAGE: own_page(seller, desk),
        texts.STALL: stall_page(seller, desk.site),
        texts.STOP: stop_page(seller, kind, desk),
    }
    return texts.fill(text, links)


def _complete(letter: Letter, desk: Desk, now: datetime) -> Letter | None:
    kind = _KINDS[letter.way]
    seller = db.session.get(Seller, int(letter.to.removeprefix(TO_SELLER)))
    if seller is None:
        return None
    to = contacts.address_now(seller, kind, seals=desk.seals, links=desk.links, now=now)
    if not to:
        return None
    return replace(
        letter,
        to=to,
        text=complete(letter.text, seller, kind, desk),
        unsubscribe=stop_page(seller, kind, desk),
    )


def _is_planned(name: Name) -> bool:
    """Say whether the turn still stands as it did when the message was written."""
    query = sa.select(Turn.id).where(
        Turn.release_id == current_release_id(),
        Turn.uid == name.uid,
        Turn.sequence == name.sequence,
    )
    return db.session.scalar(query) is not None


def _waits(letter: Letter, quiet: Quiet, now: datetime) -> bool:
    """Put the letter off until the quiet hours end, if they reign; say whether they do."""
    edition = editions.find_current()
    until = quiet.ends_at(now, edition.zone if edition else times.WIB)
    if until is None:
        return False
    outbox.postpone(letter.key, until)
    return True
