"""What is told to people whom goods are offered, for a person to send by WhatsApp."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bazaar.errors import N_
from bazaar.models import WaitingEntry, WaitState
from bazaar.tokens import Links

SOURCE = "waiting"
FROM_HOST = "host"
"""How a buyer came to the basket in which the pieces lie."""

BY_HOST = "h."
"""Keys of what a host sets aside begin so; no form of ours sends such a key."""

OFFERED_WORDS = N_(
    "Halo {name}, {product} tersedia lagi: {pieces} buah disisihkan untuk Anda sampai {until}."
    " Ambil di sini: {link}"
)


LINE_WORDS = N_("Halo {name}, ini tempat Anda di daftar tunggu {product}: {link}")


@dataclass(frozen=True, slots=True)
class Letters:
    """What the words of an offer need: links, the address of the site, how an instant is told."""

    links: Links
    public_url: str
    clock: Callable[[datetime], str]


def link_of(entry: WaitingEntry, letters: Letters) -> str:
    """Return the address of somebody's place in line, or of the basket a host made for them."""
    if entry.key.startswith(BY_HOST):
        key = entry.key.removeprefix(BY_HOST).removesuffix(f"-{entry.product_id}")
        return f"{letters.public_url}/k/{letters.links.token('basket', key)}"
    return f"{letters.public_url}/t/{letters.links.token(SOURCE, entry.key)}"


def words_of(entry: WaitingEntry, letters: Letters) -> str:
    """Return what to write to somebody who waits or whom goods are offered, in Indonesian."""
    words = OFFERED_WORDS if entry.state is WaitState.OFFERED else LINE_WORDS
    return words.format(
        name=entry.name,
        product=entry.product.name,
        pieces=entry.offered,
        until=letters.clock(entry.offer_until) if entry.offer_until else "",
        link=link_of(entry, letters),
    )
