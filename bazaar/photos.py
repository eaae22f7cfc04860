"""Photos of products: what people send is decoded and written anew, or refused.

Only JPEG, PNG and WebP are taken, by what the bytes are, not by their name. Nothing of the sent
file is kept but its pixels: no EXIF (a phone writes where it was), no colour profile, no bytes
behind the picture. Each photo becomes three WebP files, named by the SHA-256 of the largest, so
that an address always means the same picture and may be kept for ever.

How large it may be is measured before anything is decoded (`bazaar.pixels`).

Source: OWASP ASVS 5 V5.2 and V5.3.
"""

import hashlib
import io
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bazaar import pixels
from bazaar.errors import N_, Invalid, NotFound
from bazaar.pixels import FORMATS, MAX_BYTES

MIN_SIDE: Final = 64
SIZES: Final = (96, 320, 640)
"""Squares for rows (96) and cards (320), cut from the middle; the whole for a product's page."""

QUALITIES: Final = (75, 55, 35, 20, 10)
MAX_WEBP_BYTES: Final = {96: 1_600, 320: 6_000, 640: 25_000}
"""The first quality that keeps to these is taken: a page with ten cards and one with twenty rows
must stay under 100 kB in all."""

METHOD: Final = 2
"""Half the work of the default for 3 % more bytes."""

PARCELS: Final = "parcel-photos"
PROBLEMS: Final = "problem-photos"
MONEY: Final = "money-photos"
"""Folders of photos for few eyes, which are not kept for ever (`bazaar.photo_keeping`)."""

CLOSE: Final = 1_440
"""Photos in those folders are kept in this size, too: a receipt of a bank must be readable."""

MAX_CLOSE_BYTES: Final = 150_000

_NAME: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


class PhotoRefused(Invalid):
    """What was sent is no photo that can be shown."""

    text = N_("Berkas ini bukan foto. Pilih foto JPEG, PNG, atau WebP.")


class PhotoTooBig(PhotoRefused):
    """More bytes or pixels than are taken."""

    text = pixels.TOO_BIG


class PhotoHeif(PhotoRefused):
    """A photo in a form that is not read."""

    text = pixels.HEIF


class PhotoTooSmall(PhotoRefused):
    """So small that nobody could see anything."""

    text = N_("Foto ini terlalu kecil. Paling sedikit 64 × 64 piksel.")


class NoSuchPhoto(NotFound):
    """There is no photo of this name and size."""


def keep(data: bytes, folder: Path) -> str:
    """Write the photo below `folder` in all `SIZES`; return its name.

    The same photo again is the same name. Raises PhotoRefused, PhotoHeif, PhotoTooBig or
    PhotoTooSmall; then nothing was written.
    """
    return write(_decoded(data), folder)


def write(picture: Image.Image, folder: Path) -> str:
    """Write a picture of our own, in RGB, as `keep` does; return its name."""
    *squares, large = SIZES
    fitting = ImageOps.contain(picture, (large, large)) if _exceeds(picture) else picture
    whole = _webp(fitting, MAX_WEBP_BYTES[large])
    name = hashlib.sha256(whole).hexdigest()
    close = _path(folder, name, CLOSE)
    if folder.name in {PARCELS, PROBLEMS, MONEY} and _exceeds(picture) and not close.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        side = min(CLOSE, max(picture.size))
        _put(close, _webp(ImageOps.contain(picture, (side, side)), MAX_CLOSE_BYTES))
    if not exists(name, folder):
        folder.mkdir(parents=True, exist_ok=True)
        _put(_path(folder, name, large), whole)
        for side in squares:
            _put_square(picture, side, _path(folder, name, side))
    else:
        _path(folder, name, large).touch()  # wanted again just now: nobody may sweep it away
    return name


def find(name: str, size: int, folder: Path) -> Path:
    """Return the file of a photo. Raises NoSuchPhoto, also for names that none can have.

    A square of a size that was not made when the photo came is made now, from the whole.
    """
    if size not in SIZES or not _NAME.fullmatch(name):
        raise NoSuchPhoto
    path, whole = _path(folder, name, size), _path(folder, name, SIZES[-1])
    if not whole.is_file():
        raise NoSuchPhoto
    if not path.is_file():
        with Image.open(whole) as picture:
            _put_square(picture, size, path)
    return path


def find_close(name: str, folder: Path) -> Path:
    """Return the file of a photo in the size in which most can be read. Raises NoSuchPhoto."""
    whole = find(name, SIZES[-1], folder)
    close = _path(folder, name, CLOSE)
    return close if close.is_file() else whole


def exists(name: str, folder: Path) -> bool:
    """Say whether a photo is there in all sizes."""
    return all(_path(folder, name, size).is_file() for size in SIZES)


def remove(name: str, folder: Path) -> None:
    """Delete a photo in all its sizes; one that is not there is no fault."""
    if _NAME.fullmatch(name):
        for file in folder.glob(f"{name}-*.webp"):
            file.unlink(missing_ok=True)


def names_before(instant: datetime, folder: Path) -> set[str]:
    """Return the names of photos that were written, or wanted again, before `instant`."""
    newest: dict[str, float] = {}
    for file in folder.glob("*.webp"):
        name = file.name.partition("-")[0]
        newest[name] = max(newest.get(name, 0.0), file.stat().st_mtime)
    return {
        name
        for name, at in newest.items()
        if _NAME.fullmatch(name) and datetime.fromtimestamp(at, UTC) < instant
    }


def _decoded(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise PhotoTooBig
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
            if min(sent.size) < MIN_SIDE:
                raise PhotoTooSmall
            if not pixels.fit(sent, data, mode="RGB", side=2 * SIZES[-1]):
                raise PhotoTooBig
            sent.load()
            return _flat(ImageOps.exif_transpose(sent))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoTooBig from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise (PhotoHeif if pixels.is_heif(data) else PhotoRefused) from None


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture's pixels alone, in RGB, what is see-through on white."""
    picture.thumbnail((4 * SIZES[-1], 4 * SIZES[-1]))
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    shown = picture.convert("RGBA")
    flat = Image.new("RGB", shown.size, "white")
    flat.paste(shown, mask=shown.getchannel("A"))
    return flat


def _exceeds(picture: Image.Image) -> bool:
    return max(picture.size) > SIZES[-1]


def _webp(picture: Image.Image, limit: int) -> bytes:
    data = b""
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=METHOD)
        data = out.getvalue()
        if len(data) <= limit:
            break
    return data


def _put_square(picture: Image.Image, side: int, path: Path) -> None:
    _put(path, _webp(ImageOps.fit(picture, (side, side)), MAX_WEBP_BYTES[side]))


def _path(folder: Path, name: str, size: int) -> Path:
    return folder / f"{name}-{size}.webp"


def _put(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".photo-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
