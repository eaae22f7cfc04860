"""Bar codes and QR codes in a photo: for telephones whose browser cannot read codes itself.

The photo is read and forgotten. Only JPEG, PNG and WebP are decoded, measured before
(`bazaar.pixels`), as photos of products are.
"""

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from bazaar import pixels
from bazaar.errors import N_, Invalid
from bazaar.pixels import FORMATS, MAX_BYTES

MAX_CODES: Final = 30
LONGEST: Final = 2_400
"""Codes are sought at this many pixels a side: labels on a photo stay readable, the time short."""


class CodePhotoRefused(Invalid):
    """What was sent is no photo."""

    text = N_("Berkas ini bukan foto. Pilih foto JPEG, PNG, atau WebP.")


class CodePhotoTooBig(CodePhotoRefused):
    """More bytes or pixels than are taken."""

    text = pixels.TOO_BIG


class CodePhotoHeif(CodePhotoRefused):
    """A photo in a form that is not read."""

    text = pixels.HEIF


def read(data: bytes) -> list[str]:
    """Return the texts of Code 128 and QR codes in the photo, each once; at most `MAX_CODES`.

    In the order in which they were found; empty when there is none. Raises CodePhotoRefused,
    CodePhotoHeif, CodePhotoTooBig.
    """
    import zxingcpp  # noqa: PLC0415 (0.05 s, only when a photo is sent)

    formats = (zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(_decoded(data), formats=zxingcpp.BarcodeFormats(formats))
    texts = (code.text for code in found if code.valid and code.text.isprintable())
    return list(dict.fromkeys(texts))[:MAX_CODES]


def grey(data: bytes, longest: int) -> Image.Image:
    """Return the pixels of a photo in grey, at most `longest` a side. Raises as `read` does."""
    picture = _decoded(data)
    picture.thumbnail((longest, longest))
    return picture


def _decoded(data: bytes) -> Image.Image:
    if len(data) > MAX_BYTES:
        raise CodePhotoTooBig
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
            if not pixels.fit(sent, data, mode="L", side=LONGEST):
                raise CodePhotoTooBig
            sent.load()
            return _flat(ImageOps.exif_transpose(sent))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise CodePhotoTooBig from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise (CodePhotoHeif if pixels.is_heif(data) else CodePhotoRefused) from None


def _flat(picture: Image.Image) -> Image.Image:
    """Return the picture in grey on white, not larger than is needed."""
    picture.thumbnail((LONGEST, LONGEST))
    if picture.mode.startswith("I;16"):
        picture = picture.point(lambda value: value / 256).convert("L")
    if picture.mode in {"RGBA", "LA", "PA", "P"}:
        shown = picture.convert("RGBA")
        flat = Image.new("RGB", shown.size, "white")
        flat.paste(shown, mask=shown.getchannel("A"))
        return flat.convert("L")
    return picture.convert("L")
