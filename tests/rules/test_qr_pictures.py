"""Pictures of codes are read back by an independent reader."""

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from bazaar.rules import qr_pictures


def read(picture: bytes) -> str:
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    return found.text


@given(st.text(st.characters(categories=("Lu", "Ll", "Nd", "Po", "Lo")), min_size=1, max_size=120))
def test_what_is_drawn_is_read(payload):
    assert read(qr_pictures.draw(payload)) == payload


def test_every_module_is_equally_large_with_a_white_quiet_zone_of_four():
    picture = Image.open(io.BytesIO(qr_pictures.draw("PV-7XK2Q" * 20))).convert("L")
    side, height = picture.size
    assert side == height
    assert side >= 600
    box = ImageOps.invert(picture).getbbox()
    assert box
    left, top, right, bottom = box
    assert left == top == side - right == side - bottom
    scale, rest = divmod(left, 4)
    assert rest == 0
    line = "".join(" " if picture.getpixel((x, top)) else "#" for x in range(left, right))
    assert all(len(run) % scale == 0 for run in [*line.split(" "), *line.split("#")])
    assert picture.getextrema() == (0, 255)


def test_level_m_is_used():
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_pictures.draw("PV"))).convert("L"))
    assert found.ec_level == "M"


def test_a_text_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="version"):
        qr_pictures.draw("x" * 5000)
