"""Making a manifest, freezing it, making it void, and the courier's link to it."""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit, shipments, tokens
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.manifests.finding import get, name_of, stopped
from bazaar.manifests.refusals import (
    EmptyManifest,
    ManifestClosed,
    ManifestVoid,
    ParcelStopped,
    SignedAlready,
)
from bazaar.manifests.rows import digest_of, live_lines, rows_now, written_down
from bazaar.models import Manifest, ManifestLine, ManifestStatus
from bazaar.rules import couriers
from bazaar.shipments.steps import read_reason
from bazaar.tokens import Links

LINK: Final = "manifest"
_SHORT: Final = 12
_TRIES: Final = 20


def make(
    courier: str,
    day: date,
    *,
    branch: str = "",
    pickup: bool = True,
    vehicle: str = "",
    links: Links,
    actor: Actor,
    now: datetime,
) -> Manifest:
    """Begin a list for a courier's company on `day`; the first is MAN-20260301-JNE-01.

    Of two people at once each gets a number of its own. Raises WrongCourier.
    """
    company = name_of(shipments.read_courier(courier))
    beginning = f"MAN-{day:%Y%m%d}-{_short(company)}-"
    for number in range(_next(beginning), _next(beginning) + _TRIES):
        name = f"{beginning}{number:02}"
        made = insert_once(
            Manifest,
            number=name,
            courier=company,
            status=ManifestStatus.OPEN,
            branch=" ".join(branch.split())[:200],
            pickup=pickup,
            vehicle=" ".join(vehicle.split())[:40],
            link_hash=_fingerprint(name, 1, links),
            link_serial=1,
            made_by=actor.name,
            made_at=now,
        )
        if made:
            audit.note(actor, "manifest.make", f"manifest:{name}", now=now, courier=company)
            return get(name)
    raise RuntimeError(f"no free number after {beginning}")


def lock(manifest: Manifest, *, actor: Actor, now: datetime) -> None:
    """Freeze the list and write its rows down, as they are to be printed; again changes nothing.

    Raises EmptyManifest, ManifestVoid, SignedAlready, and ParcelStopped, CustomsMissing or
    TaxNumberMissing when one must not go.
    """
    manifest = hold(manifest)
    if manifest.status is ManifestStatus.LOCKED:
        return
    require_open(manifest)
    lines = live_lines(manifest)
    if not lines:
        raise EmptyManifest
    for line in lines:
        if stopped(line.parcel):
            raise ParcelStopped(line.parcel.code)
    shipments.customs.require([line.parcel for line in lines])
    manifest.rows = written_down(rows_now(manifest))
    manifest.digest = digest_of(manifest.number, manifest.rows)
    manifest.status = ManifestStatus.LOCKED
    manifest.locked_at = now
    db.session.flush()
    facts = {"parcels": len(lines), "digest": manifest.digest}
    audit.note(actor, "manifest.lock", f"manifest:{manifest.number}", now=now, **facts)


def void(manifest: Manifest, why: str, *, actor: Actor, now: datetime) -> None:
    """The list does not count: its parcels may come onto another, its link ends.

    Again changes nothing. Raises ReasonMissing, SignedAlready.
    """
    why = read_reason(why)
    manifest = hold(manifest)
    if manifest.status is ManifestStatus.VOID:
        return
    if manifest.status is ManifestStatus.SIGNED:
        raise SignedAlready(manifest.number, manifest.signer)
    manifest.status = ManifestStatus.VOID
    manifest.void_why = why
    own = sa.update(ManifestLine).where(ManifestLine.manifest_id == manifest.id)
    db.session.execute(own.values(void=True))
    db.session.flush()
    audit.note(actor, "manifest.void", f"manifest:{manifest.number}", now=now, why=why)


def link_of(manifest: Manifest, links: Links) -> str:
    """Return the token of the courier's link."""
    return links.token(LINK, f"{manifest.number}|{manifest.link_serial}")


def renew_link(manifest: Manifest, *, links: Links, actor: Actor, now: datetime) -> None:
    """Give the courier another link; the old one opens nothing any more. Raises ManifestVoid."""
    manifest = hold(manifest)
    if manifest.status is ManifestStatus.VOID:
        raise ManifestVoid(manifest.number)
    manifest.link_serial += 1
    manifest.link_hash = _fingerprint(manifest.number, manifest.link_serial, links)
    db.session.flush()
    audit.note(actor, "manifest.renew_link", f"manifest:{manifest.number}", now=now)


def hold(manifest: Manifest) -> Manifest:
    """Let nobody else change the manifest until this transaction ends; return it read again."""
    db.session.execute(sa.select(Manifest.id).where(Manifest.id == manifest.id).with_for_update())
    return get(manifest.number)


def require_open(manifest: Manifest) -> None:
    """Refuse what is frozen, signed or void, each with its own sentence."""
    match manifest.status:
        case ManifestStatus.LOCKED:
            raise ManifestClosed(manifest.number)
        case ManifestStatus.SIGNED:
            raise SignedAlready(manifest.number, manifest.signer)
        case ManifestStatus.VOID:
            raise ManifestVoid(manifest.number)


def _fingerprint(number: str, serial: int, links: Links) -> str:
    return tokens.fingerprint(links.token(LINK, f"{number}|{serial}"))


def _next(beginning: str) -> int:
    query = sa.select(Manifest.number).where(Manifest.number.startswith(beginning, autoescape=True))
    ends = (number.removeprefix(beginning) for number in db.session.scalars(query))
    return max((int(end) for end in ends if end.isdecimal()), default=0) + 1


def _short(company: str) -> str:
    known = couriers.find(company)
    return (known.words[0] if known else couriers.company(company))[:_SHORT] or "KURIR"
