"""Secret addresses of overlays: what a machine that makes the picture may read, and how it looks.

Whoever knows the address can read what is on air, and nothing else. It ends when it is revoked.
"""

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bazaar import audit, tokens
from bazaar.audit import Actor
from bazaar.db import claim, db
from bazaar.errors import N_, Conflict, NotFound
from bazaar.models import Channel, Edition, OverlayLink
from bazaar.tokens import Links

LINK = "overlay"
MOST = 10
"""So many addresses of one channel work at once; more would only be forgotten ones."""

SCALES = (80, 100, 115, 130)
"""Sizes to choose from, in hundredths; codes never become smaller than they must be."""

LANGUAGES = ("id", "en")


class Corner(enum.Enum):
    """Where the card stands in the picture."""

    BOTTOM_RIGHT = "bottom-right"
    BOTTOM_LEFT = "bottom-left"
    TOP_RIGHT = "top-right"
    TOP_LEFT = "top-left"


class Theme(enum.Enum):
    """Ground and ink."""

    DARK = "dark"
    LIGHT = "light"


class Part(enum.Enum):
    """What may be left out; seller, product, price and claim code always stand there."""

    PLACE = "place"
    TIMER = "timer"
    QR = "qr"
    STOCK = "stock"
    SOLD = "sold"
    NEXT = "next"


class NoSuchOverlay(NotFound):
    """The address never was, or was revoked."""

    text = N_("Tautan overlay ini tidak ada.")


class OverlayRevoked(Conflict):
    """The address was revoked; it never works again."""

    text = N_("Tautan overlay ini sudah dicabut. Buat yang baru.")


@dataclass(eq=False)
class TooManyOverlays(Conflict):
    """The channel has as many working addresses as it may."""

    most: int
    text = N_("Saluran ini sudah punya {most} tautan overlay. Cabut dulu yang tidak dipakai.")


@dataclass(frozen=True, slots=True)
class Look:
    """How an overlay looks. `scale` is in hundredths, one of SCALES."""

    corner: Corner = Corner.BOTTOM_RIGHT
    theme: Theme = Theme.DARK
    language: str = "id"
    scale: int = 100
    parts: frozenset[Part] = field(default_factory=lambda: frozenset(Part))

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Look":
        """Return the look that a row holds; what is missing there is as by default."""
        usual = cls()
        return cls(
            Corner(kept.get("corner", usual.corner.value)),
            Theme(kept.get("theme", usual.theme.value)),
            kept.get("language", usual.language),
            kept.get("scale", usual.scale),
            frozenset(map(Part, kept.get("parts", [part.value for part in Part]))),
        )

    def facts(self) -> dict[str, Any]:
        """Return it as a row and the audit trail hold it."""
        return {
            "corner": self.corner.value,
            "theme": self.theme.value,
            "language": self.language,
            "scale": self.scale,
            "parts": [part.value for part in Part if part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Overlay:
    """An address that works, with where it belongs."""

    link: OverlayLink
    channel: Channel
    edition: Edition

    @property
    def look(self) -> Look:
        """How it looks."""
        return Look.read(self.link.look)


def links_of(channel: Channel) -> Sequence[OverlayLink]:
    """Return the channel's addresses: those that work, then the revoked ones, newest first."""
    query = (
        sa.select(OverlayLink)
        .where(OverlayLink.channel_id == channel.id)
        .order_by(OverlayLink.revoked_at.is_not(None), OverlayLink.id.desc())
    )
    return db.session.scalars(query).all()


def get_link(channel: Channel, link_id: int) -> OverlayLink:
    """Return an address of this channel, revoked or not. Raises NoSuchOverlay."""
    link = db.session.get(OverlayLink, link_id)
    if link is None or link.channel_id != channel.id:
        raise NoSuchOverlay
    return link


def token_of(link: OverlayLink, links: Links) -> str:
    """Return the token of the address."""
    return links.token(LINK, link.key)


def get_overlay(token: str) -> Overlay:
    """Return what the address opens. Raises NoSuchOverlay, also for a revoked one."""
    query = (
        sa.select(OverlayLink, Channel, Edition)
        .join(Channel, Channel.id == OverlayLink.channel_id)
        .join(Edition, Edition.id == Channel.edition_id)
        .where(
            OverlayLink.token_hash == tokens.fingerprint(token), OverlayLink.revoked_at.is_(None)
        )
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise NoSuchOverlay
    return Overlay(*found)


def working(fingerprints: Collection[str]) -> Collection[str]:
    """Return those fingerprints whose address works and belongs to the current edition."""
    query = (
        sa.select(OverlayLink.token_hash)
        .join(Channel, Channel.id == OverlayLink.channel_id)
        .join(Edition, Edition.id == Channel.edition_id)
        .where(
            OverlayLink.token_hash.in_(fingerprints),
            OverlayLink.revoked_at.is_(None),
            Edition.is_current,
        )
    )
    return db.session.scalars(query).all()


def make(
    channel: Channel, name: str, look: Look, *, links: Links, actor: Actor, now: datetime
) -> OverlayLink:
    """Give the channel another address; `name` says which machine it is for.

    Raises TooManyOverlays.
    """
    db.session.execute(sa.select(Channel.id).where(Channel.id == channel.id).with_for_update())
    working = sa.select(sa.func.count(OverlayLink.id)).where(
        OverlayLink.channel_id == channel.id, OverlayLink.revoked_at.is_(None)
    )
    if (db.session.scalar(working) or 0) >= MOST:
        raise TooManyOverlays(MOST)
    key = tokens.new_key()
    link = OverlayLink(
        channel_id=channel.id,
        name=name,
        key=key,
        token_hash=tokens.fingerprint(links.token(LINK, key)),
        look=look.facts(),
        made_by=actor.name,
        made_at=now,
    )
    db.session.add(link)
    db.session.flush()
    _note(actor, "make", link, channel, now, **look.facts())
    return link


def change(
    link: OverlayLink, channel: Channel, name: str, look: Look, *, actor: Actor, now: datetime
) -> None:
    """Change name and look; what runs takes it over by itself. Raises OverlayRevoked."""
    values = {"name": name, "look": look.facts()}
    if {"name": link.name, "look": link.look} == values and link.revoked_at is None:
        return
    if not claim(_working(link).values(**values)):
        raise OverlayRevoked
    db.session.refresh(link)
    _note(actor, "change", link, channel, now, **look.facts())


def revoke(link: OverlayLink, channel: Channel, *, actor: Actor, now: datetime) -> None:
    """End the address for ever: what shows it becomes empty. Raises OverlayRevoked."""
    if not claim(_working(link).values(revoked_at=now)):
        raise OverlayRevoked
    db.session.refresh(link)
    _note(actor, "revoke", link, channel, now)


def _working(link: OverlayLink) -> sa.Update:
    return sa.update(OverlayLink).where(OverlayLink.id == link.id, OverlayLink.revoked_at.is_(None))


def _note(
    actor: Actor, act: str, link: OverlayLink, channel: Channel, now: datetime, **facts: Any
) -> None:
    facts = {"name": link.name, "channel": channel.number, **facts}
    audit.note(actor, f"overlay.{act}", f"overlay:{link.id}", now=now, **facts)
