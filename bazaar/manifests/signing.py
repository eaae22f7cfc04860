"""The courier signs: all parcels that it took are handed over, in one transaction, once."""

import base64
import binascii
import io
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PIL import Image, ImageChops, UnidentifiedImageError

from bazaar import audit, code_photos, shipments
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.manifests.finding import stopped
from bazaar.manifests.making import hold
from bazaar.manifests.refusals import (
    ManifestVoid,
    NoSignature,
    NotLocked,
    ParcelStopped,
    SignedAlready,
    WrongCount,
    WrongPicture,
    WrongSigner,
)
from bazaar.manifests.rows import live_lines
from bazaar.models import Manifest, ManifestStatus
from bazaar.shipments.steps import read_reason

DRAWN: Final = "data:image/png;base64,"
MAX_DRAWN: Final = 200_000
"""Characters of a drawn signature as a page sends it."""
SIDES: Final = (1_600, 800)
SHEET_SIDE: Final = 1_400
GREYS: Final = 16


@dataclass(frozen=True, slots=True)
class Signing:
    """What the courier says: who, how many boxes, which are missing, and the proof of it.

    `missing` are codes of parcels that the courier does not take. `picture` is a PNG (`read_picture`,
    `read_sheet`), None when "I received them" was ticked (`accepted`).
    """

    signer: str
    contact: str
    received: int
    missing: frozenset[str] = frozenset()
    remark: str = ""
    picture: bytes | None = None
    accepted: bool = False


def sign(manifest: Manifest, said: Signing, *, actor: Actor, now: datetime) -> int:
    """Hand over all parcels of a locked list but the missing ones; return how many. All or none.

    The missing come off the list and stay with their sellers. Raises SignedAlready, NotLocked,
    ManifestVoid, WrongSigner, WrongCount, NoSignature, ReasonMissing, ParcelStopped.
    """
    manifest = hold(manifest)
    _require_locked(manifest)
    signer, contact = " ".join(said.signer.split()), " ".join(said.contact.split())
    remark = read_reason(said.remark, needed=bool(said.missing))
    if not 2 <= len(signer) <= 80 or not 4 <= len(contact) <= 40 or not _printable(signer, contact):
        raise WrongSigner
    if said.picture is None and not said.accepted:
        raise NoSignature
    lines = live_lines(manifest)
    taken = [line for line in lines if line.parcel.code not in said.missing]
    if said.received != len(taken) or not taken:
        raise WrongCount(len(taken), said.received)
    for line in taken:
        shipments.lock(line.parcel)
        if stopped(line.parcel):
            raise ParcelStopped(line.parcel.code)
    for line in lines:
        if line.parcel.code in said.missing:
            line.void = line.missing = True
    shipments.hand_over_all(
        [line.parcel for line in taken],
        courier=manifest.courier,
        actor=actor,
        now=now,
        note=manifest.number,
    )
    manifest.status = ManifestStatus.SIGNED
    manifest.signed_at = now
    manifest.signer, manifest.signer_contact = signer, contact
    manifest.signature = said.picture
    manifest.received_count = len(taken)
    manifest.remark = remark
    db.session.flush()
    facts = {"parcels": len(taken), "missing": sorted(said.missing & _codes(manifest))}
    audit.note(actor, "manifest.sign", f"manifest:{manifest.number}", now=now, **facts)
    return len(taken)


def read_picture(drawn: str) -> bytes | None:
    """Return what a finger drew, as a small PNG of black on white; None when nothing was drawn.

    `drawn` is a data address of a PNG. Raises WrongPicture.
    """
    if not drawn:
        return None
    if not drawn.startswith(DRAWN) or len(drawn) > MAX_DRAWN:
        raise WrongPicture
    try:
        data = base64.b64decode(drawn.removeprefix(DRAWN), validate=True)
        with Image.open(io.BytesIO(data), formats=("PNG",)) as sent:
            if sent.width > SIDES[0] or sent.height > SIDES[1]:
                raise WrongPicture
            sent.load()
            shown = sent.convert("RGBA")
    except (binascii.Error, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise WrongPicture from None
    flat = Image.new("RGB", shown.size, "white")
    flat.paste(shown, mask=shown.getchannel("A"))
    ink = ImageChops.invert(flat.convert("L")).getbbox()
    if ink is None:
        return None
    return _png(flat.convert("L").crop(ink))


def read_sheet(data: bytes) -> bytes | None:
    """Return the photo of a list signed on paper, small and grey; None without one.

    Raises CodePhotoRefused, CodePhotoTooBig.
    """
    return _png(code_photos.grey(data, SHEET_SIDE)) if data else None


def _require_locked(manifest: Manifest) -> None:
    match manifest.status:
        case ManifestStatus.SIGNED:
            raise SignedAlready(manifest.number, manifest.signer)
        case ManifestStatus.OPEN:
            raise NotLocked(manifest.number)
        case ManifestStatus.VOID:
            raise ManifestVoid(manifest.number)


def _printable(*texts: str) -> bool:
    return all(text.isprintable() for text in texts)


def _codes(manifest: Manifest) -> set[str]:
    return {line.parcel.code for line in manifest.lines}


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.quantize(GREYS).save(file, "PNG", optimize=True)
    return file.getvalue()


def data_address(picture: bytes | None) -> str:
    """Return the picture as an address that holds it, empty without one."""
    return DRAWN + base64.b64encode(picture).decode() if picture else ""
