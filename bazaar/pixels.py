"""How large a picture that somebody sent may be, measured before anything of it is decoded.

A small file can hold a picture of a billion pixels. PNG and WebP are decoded whole, so their
limit is low. A JPEG can be decoded at a half, a quarter or an eighth, row by row, and then costs
next to nothing, as photos of telephones do: 48 megapixels 0.1 s and 15 MB, 200 megapixels 0.2 s
and 15 MB. But one whose colours or refinements come one after the other (several scans: progressive
ones) is kept whole until its last byte, 3 to 6 bytes a pixel: 150 MB for 48 megapixels.

Source: ITU-T T.81, annex B, for the segments; libjpeg-turbo buffers the whole picture when its
first scan has not all colours or it is progressive. Pillow warns at its own pixel limit and refuses
only at twice of it, so that the limits are checked here.
"""

import warnings
from typing import Final

from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from bazaar.errors import N_

MAX_BYTES: Final = 15 * 1024 * 1024
"""Photos of 48 megapixels have 8 to 15 megabytes."""

MAX_PIXELS: Final = 25_000_000
"""So many are decoded at most."""

MAX_SHRUNK: Final = 200_000_000
"""So many may be in a JPEG that is decoded smaller: the largest of today's telephones."""

FORMATS: Final = ("JPEG", "PNG", "WEBP")

TOO_BIG: Final = N_(
    "Foto ini terlalu besar. Paling besar 15 MB dan 25 megapiksel, foto JPEG dari ponsel 200 "
    "megapiksel. Perkecil dulu, misalnya dengan tangkapan layar."
)
HEIF: Final = N_(
    "Foto HEIC dari iPhone belum dapat dibaca. Kirim tangkapan layarnya, atau pilih format "
    "Paling Kompatibel di pengaturan kamera lalu foto lagi."
)

_HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
_IN_ROWS: Final = (0xC0, 0xC1)
_BESIDE: Final = (0xC4, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE)
_SCAN: Final = 0xDA

Image.MAX_IMAGE_PIXELS = MAX_SHRUNK
warnings.simplefilter("error", Image.DecompressionBombWarning)


def fit(sent: ImageFile, data: bytes, *, mode: str, side: int) -> bool:
    """Have a picture that was opened, not loaded, decoded not far above `side` pixels a side.

    `data` is its file. Says whether it may be loaded: False when it is too large for that.
    """
    pixels = sent.width * sent.height
    if pixels > MAX_PIXELS and not _shrinks(sent, data):
        return False
    part = 1
    while pixels > MAX_PIXELS * part**2:
        part *= 2
    sent.draft(mode, (min(side, sent.width // part), min(side, sent.height // part)))
    return sent.width * sent.height <= MAX_PIXELS


def is_heif(data: bytes) -> bool:
    """Say whether a file is a photo as iPhones keep it (HEIC), or a relative: not read here.

    Source: ISO/IEC 23008-12, section 10.
    """
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF


def _shrinks(sent: ImageFile, data: bytes) -> bool:
    small_enough = sent.width * sent.height <= MAX_SHRUNK
    return small_enough and isinstance(sent, JpegImageFile) and _in_one_scan(data)


def _in_one_scan(data: bytes) -> bool:
    """Say whether a JPEG is decoded row by row. What is written in an odd way is not."""
    at, colours = 2, 0
    while at + 10 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if marker == _SCAN:
            return colours > 0 and data[at + 4] == colours
        if marker in _IN_ROWS:
            colours = data[at + 9]
        elif marker not in _BESIDE:
            return False
        at += 2 + length
    return False
