"""How a seller can be reached without a person: mail, Telegram, and what the committee set up.

Addresses are sealed (`bazaar.seals`). Mail goes to the address in the seller's record unless the
seller gave another for reminders. Every way can be ended by a link that needs no sign-in, and the
database keeps only that link's fingerprint.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from bazaar import audit, outbox
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import ContactKind, ContactWay, Message, Seller
from bazaar.outbox import Timed
from bazaar.rules.show import addresses
from bazaar.rules.show.addresses import SCHEMES
from bazaar.seals import BrokenSeal, Seals
from bazaar.show import texts
from bazaar.tokens import Links, fingerprint

TO_SELLER: Final = "seller:"
"""Begins the address of messages that go to a seller by whichever address is good that minute."""

TEST_LASTS: Final = timedelta(minutes=30)

WAYS: Final[Mapping[ContactKind, str]] = {
    ContactKind.EMAIL: outbox.MAIL,
    ContactKind.TELEGRAM: outbox.TELEGRAM,
    ContactKind.OTHER: outbox.OTHER,
}
"""Under which way messages to each kind of address stand in the outbox."""


class NoSuchWay(NotFound):
    """No way to reach a seller has this link."""

    text = N_("Tautan berhenti ini tidak dikenal.")


class WayNotSetUp(Conflict):
    """Nothing can leave this installation by this way, so nobody is promised messages by it."""

    text = N_("Jalan ini belum dipasang panitia, jadi pesan tidak dapat dikirim lewat situ.")


class NoSuchLanguage(Invalid):
    """We write in Indonesian and English only."""

    text = N_("Pilih Bahasa Indonesia atau Inggris.")


class BadMail(Invalid):
    """The text is no mail address."""

    text = N_("Tulis alamat surel seperti nama@contoh.id.")


class BadChat(Invalid):
    """The text is no number or name of a chat on Telegram."""

    text = N_("Tulis nomor chat Telegram, misalnya 123456789.")


class BadAddress(Invalid):
    """The address is none of those the committee may use."""

    text = N_("Alamat ini tidak dapat dipakai. Yang boleh, tanpa pilihan tambahan: {schemes}.")

    def __init__(self) -> None:
        super().__init__()
        self.schemes = ", ".join(f"{name}://" for name in sorted(SCHEMES))


def of(seller_ids: Collection[int]) -> dict[int, dict[ContactKind, ContactWay]]:
    """Return the known ways of these sellers, ended ones too, by seller and kind; one query."""
    found: dict[int, dict[ContactKind, ContactWay]] = {}
    query = sa.select(ContactWay).where(ContactWay.seller_id.in_(seller_ids))
    for way in db.session.scalars(query):
        found.setdefault(way.seller_id, {})[way.kind] = way
    return found


def open_ways(seller: Seller, known: Mapping[ContactKind, ContactWay]) -> list[ContactKind]:
    """Return by which ways the seller is reached: mail also by the address in its record."""
    return [kind for kind in ContactKind if _is_open(seller, kind, known.get(kind))]


def set_address(
    seller: Seller,
    kind: ContactKind,
    address: str,
    *,
    seals: Seals,
    links: Links,
    actor: Actor,
    now: datetime,
) -> None:
    """Reach the seller there from now on; an empty mail address is the one in its record. Noted.

    Raises BadMail, BadChat, BadAddress.
    """
    address = address.strip()
    _require_usable(kind, address)
    way = _way(seller, kind, links=links, now=now)
    way.sealed = seals.close(address) if address else ""
    way.ended_at = None
    way.made_at = now
    _note("contact.set", seller, kind, actor=actor, now=now)


def turn_off(
    seller: Seller, kind: ContactKind, *, links: Links, actor: Actor, now: datetime
) -> None:
    """Send nothing by this way any more. Noted."""
    way = _way(seller, kind, links=links, now=now)
    if way.ended_at is None:
        way.ended_at = now
        _note("contact.end", seller, kind, actor=actor, now=now)


def set_language(seller: Seller, language: str, *, actor: Actor, now: datetime) -> None:
    """Write to the seller in this language from now on. Noted. Raises NoSuchLanguage."""
    if language not in texts.LANGUAGES:
        raise NoSuchLanguage
    if seller.language != language:
        seller.language = language
        audit.note(actor, "seller.language", f"seller:{seller.code}", now=now, language=language)


def send_test(seller: Seller, kind: ContactKind, *, bazaar: str, now: datetime) -> bool:
    """Let a message try this way out; False: there was one within this minute."""
    language = texts.language_of(seller)
    words = texts.TEST[language]
    values = {
        "bazar": bazaar,
        "penjual": seller.name,
        "pemilik": seller.owner_name or seller.name,
    }
    row = Timed(
        f"{_tests(seller)}{kind.value}:{now:%Y%m%d%H%M}",
        WAYS[kind],
        f"{TO_SELLER}{seller.id}",
        texts.fill(words.subject, values),
        texts.to_send(texts.fill(words.text, values), language),
        now + TEST_LASTS,
    )
    return outbox.write_timed([row], now=now) == 1


def last_tests(seller: Seller) -> dict[ContactKind, Message]:
    """Return the newest test of each way, with how it went."""
    query = (
        sa.select(Message)
        .where(Message.key.startswith(_tests(seller), autoescape=True))
        .order_by(Message.id)
    )
    kinds = {way: kind for kind, way in WAYS.items()}
    return {kinds[message.way]: message for message in db.session.scalars(query)}


def _tests(seller: Seller) -> str:
    return f"way-test:{seller.id}:"


def get_by_link(token: str) -> ContactWay:
    """Return the way that this link ends. Raises NoSuchWay."""
    query = sa.select(ContactWay).where(ContactWay.token_hash == fingerprint(token))
    way = db.session.scalars(query).one_or_none()
    if way is None:
        raise NoSuchWay
    return way


def unsubscribe(token: str, *, now: datetime) -> ContactWay:
    """End the way of this link; a second time changes nothing. Noted. Raises NoSuchWay."""
    way = get_by_link(token)
    if way.ended_at is None:
        way.ended_at = now
        seller = db.session.get_one(Seller, way.seller_id)
        actor = Actor(f"seller:{seller.id}", seller.name)
        _note("contact.end", seller, way.kind, actor=actor, now=now)
    return way


def stop_token(seller: Seller, kind: ContactKind, links: Links) -> str:
    """Return the token of the link that ends this way."""
    return links.token("stop", f"{seller.code}|{kind.value}")


def address_now(
    seller: Seller, kind: ContactKind, *, seals: Seals, links: Links, now: datetime
) -> str:
    """Return where a message of this kind goes at this moment; empty: nowhere, or not any more.

    Makes sure that the link that ends the way is known.
    """
    way = _way(seller, kind, links=links, now=now)
    if not seller.active or not _is_open(seller, kind, way):
        return ""
    try:
        return seals.open(way.sealed) if way.sealed else seller.email
    except BrokenSeal:  # the installation's secret was changed: it must be given anew
        return ""


def shown(way: ContactWay | None, seals: Seals) -> str:
    """Return the address for its owner, or nothing."""
    try:
        return seals.open(way.sealed) if way is not None and way.sealed else ""
    except BrokenSeal:
        return ""


def _way(seller: Seller, kind: ContactKind, *, links: Links, now: datetime) -> ContactWay:
    """Return the row of this way, made when there was none."""
    query = sa.select(ContactWay).where(ContactWay.seller_id == seller.id, ContactWay.kind == kind)
    way = db.session.scalars(query).one_or_none()
    if way is not None:
        return way
    insert_once(
        ContactWay,
        seller_id=seller.id,
        kind=kind,
        sealed="",
        token_hash=fingerprint(stop_token(seller, kind, links)),
        made_at=now,
    )
    return db.session.scalars(query).one()


def _is_open(seller: Seller, kind: ContactKind, way: ContactWay | None) -> bool:
    if way is not None and way.ended_at is not None:
        return False
    if way is not None and way.sealed:
        return True
    return kind is ContactKind.EMAIL and bool(seller.email)


def _require_usable(kind: ContactKind, address: str) -> None:
    if kind is ContactKind.EMAIL:
        if address and not addresses.is_mail(address):
            raise BadMail
    elif kind is ContactKind.TELEGRAM:
        if not addresses.is_chat(address):
            raise BadChat
    elif not addresses.is_service(address):
        raise BadAddress


def _note(action: str, seller: Seller, kind: ContactKind, *, actor: Actor, now: datetime) -> None:
    audit.note(actor, action, f"seller:{seller.code}", now=now, way=kind.value)
