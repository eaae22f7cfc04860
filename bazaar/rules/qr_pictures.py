"""QR codes as pictures that wallets read: from the screen, and saved from the gallery.

Level M reads best in a given space (higher levels need more modules); the quiet zone is the four
modules of ISO/IEC 18004. Always black on white, also where the page is dark, with nothing inside.
"""

import io
from functools import lru_cache
from typing import Final

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

SIDE_PX: Final = 600
QUIET_MODULES: Final = 4
KEPT: Final = 256
WHITE: Final = 1


@lru_cache(maxsize=KEPT)
def draw(payload: str, side_px: int = SIDE_PX) -> bytes:
    """Return a square PNG of `payload` (as UTF-8), `side_px` wide, every module equally large.

    What is left over by whole pixels a module widens the quiet zone. The last pictures are kept.
    Raises ValueError when the text does not fit into a code, or the code into the picture.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(payload.encode())
    code.make()
    modules = code.get_matrix()
    count = len(modules)
    scale = side_px // count
    if scale < 1:
        raise ValueError(f"{count} modules do not fit into {side_px} pixels")
    drawn = Image.frombytes("L", (count, count), bytes(0 if m else 255 for r in modules for m in r))
    drawn = drawn.resize((count * scale, count * scale), Image.Resampling.NEAREST)
    picture = Image.new("1", (side_px, side_px), WHITE)
    corner = (side_px - count * scale) // 2
    picture.paste(drawn, (corner, corner))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
