"""Codes in photos: turned, small, several; and files that are no photos."""

import io

import pypdfium2
import pytest
from PIL import Image

from bazaar import code_photos, labels, pixels
from bazaar.code_photos import CodePhotoHeif, CodePhotoRefused, CodePhotoTooBig
from tests.test_labels import a_label

RESI = "012345678901"


def file_of(picture, form="JPEG", **given):
    file = io.BytesIO()
    picture.save(file, form, **given)
    return file.getvalue()


@pytest.fixture(scope="module")
def label():
    return pypdfium2.PdfDocument(labels.pdf([a_label(RESI)]))[0].render(scale=4).to_pil()


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 4])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_bars_and_qr_code_are_read_however_the_label_lies(label, angle, form):
    turned = label.rotate(angle, expand=True, fillcolor="white")

    assert set(code_photos.read(file_of(turned, form))) == {RESI, "PK-7XK2Q"}


@pytest.mark.parametrize("size", [(8000, 6000), (12_000, 9000)])
def test_a_label_on_a_photo_of_a_large_telephone_is_read(label, size):
    large = Image.new("L", size, "white")
    large.paste(
        label.resize((size[0] // 4, size[0] // 4 * label.height // label.width)), (2400, 600)
    )

    assert RESI in code_photos.read(file_of(large))


def test_twelve_megapixels_and_see_through_pictures_are_read(label):
    large = Image.new("RGB", (4000, 3000), "white")
    large.paste(label, (1200, 300))

    assert RESI in code_photos.read(file_of(large))
    assert RESI in code_photos.read(file_of(label.convert("RGBA"), "PNG"))
    assert code_photos.read(file_of(Image.new("L", (50, 50)), "PNG")) == []


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", CodePhotoRefused),
        (b"halo", CodePhotoRefused),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1" + b"\0" * 40, CodePhotoHeif),
        (b"GIF89a" + b"\0" * 40, CodePhotoRefused),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, CodePhotoRefused),
        (b"x" * (pixels.MAX_BYTES + 1), CodePhotoTooBig),
        (file_of(Image.new("1", (6000, 5000)), "PNG"), CodePhotoTooBig),
        (file_of(Image.new("RGB", (300, 300)))[:400], CodePhotoRefused),
    ],
)
def test_other_files_are_refused_before_they_are_decoded(data, refusal):
    with pytest.raises(refusal):
        code_photos.read(data)
