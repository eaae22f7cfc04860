"""Parcels come onto an open manifest by scanning, and off it again.

Scanning refuses nothing: every scan has an answer, because whoever scans looks at a box and not at
a page. The same scan sent again (its `key`, made by the scanning page) gives the same answer.
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit, shipments
from bazaar.audit import Actor
from bazaar.db import claim, db, insert_once
from bazaar.manifests.finding import (
    READY,
    company_fits,
    is_called_off,
    meant,
    of_parcels,
)
from bazaar.manifests.making import hold, require_open
from bazaar.manifests.rows import is_open
from bazaar.models import Manifest, ManifestLine, Parcel, ParcelStatus

LONGEST: Final = 200
_KEY: Final = re.compile(r"[\w-]{8,40}", re.ASCII)


class Answer(enum.Enum):
    """What a scan says to the person with the box."""

    ADDED = "added"
    AGAIN = "again"
    OTHER_COURIER = "other_courier"
    NOT_PACKED = "not_packed"
    OUTDATED = "outdated"
    NO_CUSTOMS = "no_customs"
    CANCELLED = "cancelled"
    GONE = "gone"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    TAKEN_OFF = "taken_off"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Scanned:
    """An answer: `text` as scanned, the parcel's code if one was meant, `other`: manifest or courier.

    `count` is how many parcels are on the list now.
    """

    answer: Answer
    text: str
    parcel: str = ""
    other: str = ""
    count: int = 0


def scan(manifest: Manifest, text: str, *, key: str = "", actor: Actor, now: datetime) -> Scanned:
    """Put the parcel that the text means onto the list, if it may; say what became of it."""
    manifest = hold(manifest)
    text = " ".join(text.split())[:LONGEST]
    key = key if _KEY.fullmatch(key) else ""
    found = _scanned(manifest, text, key, actor, now)
    live = sa.select(sa.func.count()).where(
        ManifestLine.manifest_id == manifest.id, ~ManifestLine.void
    )
    return Scanned(*found, count=db.session.scalar(live) or 0)


def scan_each(
    manifest: Manifest, texts: Sequence[str], *, actor: Actor, now: datetime
) -> list[Scanned]:
    """Scan all codes of one photo; a parcel whose bars and QR code were both read counts once.

    A text that means nothing is told only when nothing else was found.
    """
    told: dict[str, Scanned] = {}
    for text in texts:
        seen = {parcel.code for parcel in meant(text)}
        if seen & told.keys():
            continue
        answer = scan(manifest, text, actor=actor, now=now)
        told[answer.parcel or f"?{text}"] = answer
    known = [answer for answer in told.values() if answer.parcel]
    return known or list(told.values())


def take_off(manifest: Manifest, code: str, *, actor: Actor, now: datetime) -> bool:
    """Take a parcel off an open list; return whether it was on it.

    Raises ManifestClosed, SignedAlready, ManifestVoid.
    """
    manifest = hold(manifest)
    require_open(manifest)
    ids = {line.parcel.code: line.id for line in manifest.lines if not line.void}
    if code not in ids:
        return False
    own = sa.update(ManifestLine).where(ManifestLine.id == ids[code], ~ManifestLine.void)
    taken = claim(own.values(void=True))
    db.session.expire(manifest)
    audit.note(actor, "manifest.take_off", f"manifest:{manifest.number}", now=now, parcel=code)
    return taken


def _scanned(
    manifest: Manifest, text: str, key: str, actor: Actor, now: datetime
) -> tuple[Answer, str, str, str]:
    for line in manifest.lines:
        if key and line.scan_key == key:
            was = Answer.TAKEN_OFF if line.void else Answer.ADDED
            return was, text, line.parcel.code, ""
    found = sorted(meant(text), key=lambda one: not company_fits(one.courier, manifest.courier))
    if not found:
        return Answer.UNKNOWN, text, "", ""
    parcel = found[0]
    shipments.lock(parcel)
    on = of_parcels([parcel.id]).get(parcel.id, "")
    if on == manifest.number:
        return Answer.AGAIN, text, parcel.code, ""
    if not is_open(manifest):
        return Answer.CLOSED, text, parcel.code, manifest.number
    if refused := _refused(manifest, parcel, on):
        return refused[0], text, parcel.code, refused[1]
    added = insert_once(
        ManifestLine,
        manifest_id=manifest.id,
        parcel_id=parcel.id,
        void=False,
        missing=False,
        scan_key=key,
        scanned_by=actor.name,
        scanned_at=now,
    )
    if not added:
        return Answer.ELSEWHERE, text, parcel.code, of_parcels([parcel.id]).get(parcel.id, "")
    db.session.expire(manifest)
    audit.note(actor, "manifest.add", f"manifest:{manifest.number}", now=now, parcel=parcel.code)
    return Answer.ADDED, text, parcel.code, ""


def _refused(manifest: Manifest, parcel: Parcel, on: str) -> tuple[Answer, str] | None:
    if is_called_off(parcel):
        return Answer.CANCELLED, ""
    if on:
        return Answer.ELSEWHERE, on
    if parcel.status is ParcelStatus.DRAFT:
        return Answer.NOT_PACKED, ""
    if parcel.status not in READY:
        return Answer.GONE, ""
    if not company_fits(parcel.courier, manifest.courier):
        return Answer.OTHER_COURIER, parcel.courier
    if shipments.label_is_void(parcel):
        return Answer.OUTDATED, ""
    lacks = shipments.customs.missing_of(parcel)
    return (Answer.NO_CUSTOMS, "") if lacks and any(lacks) else None
