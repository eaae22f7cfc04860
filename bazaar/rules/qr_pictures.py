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


@lru_cache(maxsize=KEPT)
def draw(payload: str, side_px: int = SIDE_PX) -> bytes:
    """Return a square PNG of `payload` (as UTF-8), every module equally many pixels wide.

    It is `side_px` wide, or as little more as whole pixels a module ask for. The last pictures
    are kept. Raises ValueError when the text does not fit into any code.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(payload.encode())
    code.make()
    modules = code.get_matrix()
    count = len(modules)
    scale = -(-side_px // count)
    picture = Image.frombytes(
        "L", (count, count), bytes(0 if m else 255 for r in modules for m in r)
    )
    picture = picture.resize((count * scale, count * scale), Image.Resampling.NEAREST).convert("1")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
