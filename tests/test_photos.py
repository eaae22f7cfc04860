"""Photos: pixels are kept, everything else and everything hostile is not."""

import io
import subprocess
import sys
import time
import zlib
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bazaar import photos, pixels
from bazaar.photos import NoSuchPhoto, PhotoHeif, PhotoRefused, PhotoTooBig, PhotoTooSmall
from bazaar.settings import ROOT


def a_photo(kind="JPEG", size=(800, 600), mode="RGB", **options):
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    picture.save(out, kind, **options)
    return out.getvalue()


def stored(name, size, folder):
    return photos.find(name, size, folder).read_bytes()


MODES = {
    "JPEG": ("RGB", "L", "CMYK"),
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    "WEBP": ("RGB", "RGBA"),
}


@pytest.mark.parametrize(
    ("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes]
)
def test_photos_of_every_kind_are_kept_in_three_sizes(tmp_path, kind, mode):
    data = a_photo(kind, mode=mode)

    name = photos.keep(data, tmp_path)

    for size, shown in ((96, (96, 96)), (320, (320, 320)), (640, (640, 480))):
        with Image.open(io.BytesIO(stored(name, size, tmp_path))) as picture:
            assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGB", shown)
    assert photos.exists(name, tmp_path)


def test_the_same_photo_is_kept_once(tmp_path):
    names = {photos.keep(a_photo(), tmp_path) for _ in range(2)}

    assert len(names) == 1
    assert len(list(tmp_path.iterdir())) == 3


def test_receipts_are_kept_so_that_they_can_be_read(tmp_path):
    receipt = Image.new("RGB", (1080, 2400), "white")
    for row in range(40, 2400, 24):  # lines of small print
        receipt.paste("black", (40, row, 1040, row + 2))
    out = io.BytesIO()
    receipt.save(out, "PNG")
    folder = tmp_path / photos.MONEY

    name = photos.keep(out.getvalue(), folder)

    with Image.open(photos.find_close(name, folder)) as picture:
        assert picture.size == (648, 1440)
        shades = picture.convert("L").crop((300, 400, 301, 800)).tobytes()
    between = sum(min(shades[n : n + 14]) < 160 < max(shades[n : n + 14]) for n in range(380))
    assert between > 300, "lines run together"
    photos.remove(name, folder)
    assert not list(folder.iterdir())


def test_what_buyers_see_is_not_kept_larger_nor_small_photos_twice(tmp_path):
    product = photos.keep(a_photo(size=(2000, 2000)), tmp_path / "photos")
    receipt = photos.keep(a_photo(size=(600, 500)), tmp_path / photos.MONEY)

    assert photos.find_close(product, tmp_path / "photos").name == f"{product}-640.webp"
    assert photos.find_close(receipt, tmp_path / photos.MONEY).name == f"{receipt}-640.webp"


def test_a_square_that_is_missing_is_cut_from_the_whole(tmp_path):
    name = photos.keep(a_photo(), tmp_path)
    for size in (96, 320):
        photos.find(name, size, tmp_path).unlink()

        with Image.open(photos.find(name, size, tmp_path)) as picture:
            assert (picture.format, picture.size) == ("WEBP", (size, size))


def test_a_photo_without_its_whole_is_not_found(tmp_path):
    name = photos.keep(a_photo(), tmp_path)
    photos.find(name, 640, tmp_path).unlink()

    with pytest.raises(NoSuchPhoto):
        photos.find(name, 640, tmp_path)


def test_a_small_photo_is_not_blown_up(tmp_path):
    name = photos.keep(a_photo(size=(100, 64)), tmp_path)

    with Image.open(photos.find(name, 640, tmp_path)) as picture:
        assert picture.size == (100, 64)


def test_nothing_but_pixels_is_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "rahasia-deskripsi"
    exif.get_ifd(0x8825).update({1: "S", 2: (8.0, 10.0, 22.5), 3: "E", 4: (113.0, 42.0, 9.0)})
    data = a_photo(exif=exif, icc_profile=b"rahasia-profil", comment=b"rahasia-komentar")
    assert b"rahasia" in data
    data += b"<script>rahasia-di-belakang</script>"

    name = photos.keep(data, tmp_path)

    for size in photos.SIZES:
        kept = stored(name, size, tmp_path)
        assert b"rahasia" not in kept
        with Image.open(io.BytesIO(kept)) as picture:
            assert dict(picture.getexif()) == {}
            assert "icc_profile" not in picture.info


def test_a_photo_is_turned_the_way_it_was_taken(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the top is at the right

    name = photos.keep(a_photo(size=(800, 400), exif=exif), tmp_path)

    with Image.open(photos.find(name, 640, tmp_path)) as picture:
        assert picture.size == (320, 640)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def gif():
    return a_photo("GIF", size=(100, 100), mode="P") + b"*/=1;alert(1)//"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7\n" + b"\0" * 100,
        gif(),
        a_photo("BMP", size=(100, 100)),
        a_photo("TIFF", size=(100, 100)),
        a_photo("ICO", size=(100, 100)),
        b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>",
        b"\x89PNG\r\n\x1a\n" + SVG,
        b"RIFF\x00\x00\x00\x00WEBPVP8 " + SVG,
        a_photo()[:700],
        a_photo("PNG")[:-300],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    ],
)
def test_what_is_no_photo_is_refused(tmp_path, data):
    with pytest.raises(PhotoRefused):
        photos.keep(data, tmp_path)
    assert list(tmp_path.iterdir()) == []


HEIC = b"\0\0\0\x24ftypheic\0\0\0\0mif1heic" + b"\0" * 200


def test_photos_of_iphones_are_called_by_their_name(tmp_path):
    with pytest.raises(PhotoHeif, match="Foto HEIC dari iPhone belum dapat dibaca"):
        photos.keep(HEIC, tmp_path)
    with pytest.raises(PhotoRefused, match="bukan foto"):
        photos.keep(HEIC.replace(b"heic", b"mp42"), tmp_path)


def bomb(side):
    """A PNG of `side` squared pixels in a few kilobytes."""

    def chunk(kind, data):
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    packed = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    pixels = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    head = pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "size", [(8000, 6000), (8160, 6120), (12_000, 9000), (65_496, 1000), (16_000, 12_500)]
)
def test_photos_of_telephones_are_taken_however_large(tmp_path, size):
    name = photos.keep(flat_jpeg(*size), tmp_path)

    with Image.open(photos.find(name, 640, tmp_path)) as picture:
        assert picture.size == (640, round(640 * size[1] / size[0]))


def test_a_large_photo_is_turned_and_cut_as_others_are(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    bands = Image.linear_gradient("L").resize((5200, 5000)).convert("RGB")  # dark above
    out = io.BytesIO()
    bands.save(out, "JPEG", exif=exif, quality=40)

    name = photos.keep(out.getvalue(), tmp_path)

    with Image.open(photos.find(name, 640, tmp_path)) as picture:
        assert picture.size == (616, 640)
        row = picture.convert("L").tobytes()[320 * 616 :][:616]
    assert row[600] < 20
    assert row[15] > 235


@pytest.mark.parametrize("name", ["apart", "refined"])
def test_large_jpegs_that_are_not_decoded_row_by_row_are_refused(tmp_path, name):
    data = {"apart": flat_jpeg_apart, "refined": progressive}[name](8000, 6000)

    with pytest.raises(PhotoTooBig):
        photos.keep(data, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["apart", "refined"])
def test_smaller_ones_of_them_are_taken(tmp_path, name):
    data = {"apart": flat_jpeg_apart, "refined": progressive}[name](4000, 3000)

    assert photos.exists(photos.keep(data, tmp_path), tmp_path)


@pytest.mark.parametrize(("width", "height"), [(16_000, 12_512), (65_496, 65_496)])
def test_jpegs_of_more_than_any_telephone_are_refused(tmp_path, width, height):
    data = flat_jpeg(width, height, rows=1)
    began = time.process_time()

    with pytest.raises(PhotoTooBig):
        photos.keep(data, tmp_path)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("at", range(2, 24))
def test_large_jpegs_written_in_an_odd_way_are_refused(tmp_path, at):
    data = flat_jpeg(8000, 6000)
    data = data[:at] + b"\0" + data[at:]

    with pytest.raises(PhotoRefused):
        photos.keep(data, tmp_path)


def test_the_largest_photo_costs_little_memory(tmp_path):
    (tmp_path / "large.jpg").write_bytes(flat_jpeg(16_000, 12_500))
    used = subprocess.run(
        [sys.executable, "-c", KEEP_AND_TELL, tmp_path / "large.jpg", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert float(used.stdout) < 80, "megabytes more than before"


KEEP_AND_TELL = """
import sys
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from bazaar import photos
data, before = Path(sys.argv[1]).read_bytes(), getrusage(RUSAGE_SELF).ru_maxrss
photos.keep(data, Path(sys.argv[2]))
print((getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def parts_of(width, height):
    """A JPEG's header and the start of its scan, for pixels of all colours in one or three scans."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(out, "JPEG", subsampling=0)
    data = out.getvalue()
    frame = data.index(b"\xff\xc0") + 5
    scan = data.index(b"\xff\xda")
    head = data[:frame] + pack(">HH", height, width) + data[frame + 4 : scan]
    return head, data[scan : scan + 14]


def bits(pattern, times):
    whole, rest = divmod(times, 8)
    text = pattern * 8
    eight = int(text, 2).to_bytes(len(pattern))
    left = pattern * rest
    left += "1" * (-len(left) % 8)
    return eight * whole + (int(left, 2).to_bytes(len(left) // 8) if left else b"")


def flat_jpeg(width, height, rows=None):
    """A grey JPEG as telephones write them: all colours together, row by row."""
    head, scan = parts_of(width, height)
    across, down = -(-width // 8), -(-height // 8)
    return head + scan + bits("00101000000000", across * (rows or down)) + b"\xff\xd9"


def flat_jpeg_apart(width, height):
    """The same with each colour in a scan of its own."""
    head, _ = parts_of(width, height)
    blocks = -(-width // 8) * -(-height // 8)
    for colour, (tables, pattern) in enumerate(((0, "001010"), (0x11, "0000"), (0x11, "0000"))):
        head += b"\xff\xda" + pack(">HBBBBBB", 8, 1, colour + 1, tables, 0, 63, 0)
        head += bits(pattern, blocks)
    return head + b"\xff\xd9"


def progressive(width, height):
    out = io.BytesIO()
    Image.new("RGB", (width, height), "grey").save(out, "JPEG", progressive=True, quality=30)
    return out.getvalue()


@pytest.mark.parametrize("side", [5_001, 6_000, 20_000])
def test_bombs_are_refused_before_they_are_decoded(tmp_path, side):
    data = bomb(side)
    assert len(data) < 100_000
    began = time.process_time()

    with pytest.raises(PhotoTooBig):
        photos.keep(data, tmp_path)
    assert time.process_time() - began < 0.5


def test_the_largest_photo_is_taken(tmp_path):
    assert photos.exists(photos.keep(bomb(5_000), tmp_path), tmp_path)


def test_too_many_bytes_are_refused(tmp_path):
    with pytest.raises(PhotoTooBig):
        photos.keep(a_photo() + b"\0" * pixels.MAX_BYTES, tmp_path)


def test_a_photo_of_nothing_is_refused(tmp_path):
    with pytest.raises(PhotoTooSmall):
        photos.keep(a_photo(size=(63, 400)), tmp_path)


@given(st.integers(0, 4_000), st.binary(min_size=1, max_size=40))
def test_damaged_photos_are_kept_or_refused(tmp_path_factory, at, damage):
    data = a_photo(size=(100, 80))
    data = data[:at] + damage + data[at + len(damage) :]
    folder = tmp_path_factory.mktemp("photos")
    try:
        assert photos.exists(photos.keep(data, folder), folder)
    except PhotoRefused:
        assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "size"),
    [("a" * 64, 320), ("a" * 64, 641), ("..", 320), ("../" * 20, 320), ("A" * 64, 320), ("", 320)],
)
def test_other_names_are_not_found(tmp_path, name, size):
    with pytest.raises(NoSuchPhoto):
        photos.find(name, size, tmp_path)
