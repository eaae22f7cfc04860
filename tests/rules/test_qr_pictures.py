"""Pictures of codes are read back by an independent reader."""

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bazaar.rules import qr_pictures


def read(picture: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found.text


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd", "Po", "Lo")), min_size=1, max_size=120))
def test_what_is_drawn_is_read(payload):
    assert read(qr_pictures.draw(payload)) == payload


def test_every_module_is_equally_large_and_the_quiet_zone_white():
    picture = Image.open(io.BytesIO(qr_pictures.draw("PV-7XK2Q" * 20)))
    assert picture.size == (600, 600)
    black = [(x, y) for x in range(600) for y in range(600) if picture.getpixel((x, y)) == 0]
    left, right = min(x for x, _ in black), max(x for x, _ in black)
    runs = [
        len(run)
        for run in "".join(
            "#" if picture.getpixel((x, left)) == 0 else " " for x in range(left, right + 1)
        ).split()
    ]
    scale = runs[0] // 7  # a finder pattern is seven modules wide
    assert left >= 4 * scale
    assert all(run % scale == 0 for run in runs)


def test_level_m_is_used():
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_pictures.draw("PV"))).convert("L"))
    assert found.ec_level == "M"


def test_a_text_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="version"):
        qr_pictures.draw("x" * 5000)
    with pytest.raises(ValueError, match="do not fit into 20 pixels"):
        qr_pictures.draw("PV", side_px=20)
