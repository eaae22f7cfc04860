"""Labels as a thermal printer prints them: 203 dpi, black or white, read back by a scanner."""

from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from bazaar import labels
from bazaar.models import Checkout, Order, OrderLine, Parcel, ParcelStatus, Seller

DPI = 203
LONG_NAME = "Raden Mas Haryo Suryaningrat Kusumadiningrat bin Abdurrahman Wahid Hasyim Asy'ari"
LONG_STREET = (
    "Perumahan Griya Mangli Indah Permai Blok AA-12 Nomor 345 RT 004 RW 017 Dusun Krajan " * 2
)
LONG_AREA = (
    "Sidomulyo Baru, Kec. Semboro Kidul, Kabupaten Kepulauan Siau Tagulandang Biaro, Sulut " * 2
)


def a_parcel(resi="", courier="JNE REG", lines=1, seller_name="Dapur Bu Sri", **to):
    checkout = Checkout(
        **{
            "buyer_name": "Siti Aminah",
            "phone": "+6281234567890",
            "country": "ID",
            "street": "Jalan Jawa 10",
            "area": "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur 68121",
            "postal_code": "68121",
            "note": "",
        }
        | to
    )
    order = Order(
        reference="PV-7XK2Q",
        weight_g=1250,
        checkout=checkout,
        seller=Seller(
            name=seller_name, phone="+6281200000001", village="Tegal Gede", district="Sumbersari"
        ),
        lines=[
            OrderLine(name="Kain batik tulis motif daun tembakau khas Jember", quantity=at + 1)
            for at in range(lines)
        ],
    )
    return Parcel(
        code="PK-7XK2Q",
        resi=resi,
        courier=courier,
        order=order,
        status=ParcelStatus.PACKED,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


def printed(*parcels):
    """The pages as the printer's head sees them."""
    document = pypdfium2.PdfDocument(labels.pdf(parcels))
    pages = []
    for page in document:
        assert [round(side / 72 * 25.4) for side in page.get_size()] == [100, 150]
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        pages.append(picture.point(lambda grey: 255 if grey > 127 else 0))
        page.close()
    document.close()
    return pages


def codes(picture: Image.Image):
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)}


WORST = {
    "buyer_name": LONG_NAME[:120],
    "street": LONG_STREET[:200],
    "area": LONG_AREA[:200],
    "note": "Titip di rumah tetangga sebelah kanan yang pagarnya hijau. " * 4,
    "seller_name": "Kelompok Wanita Tani Sumber Rejeki Makmur Sejahtera Abadi Bersama Desa Karangpring",
    "courier": "Kurir Nusantara Ekspres Cepat Sekali Aja",
    "lines": 12,
}


@pytest.mark.parametrize(
    "resi",
    [
        "0123456789",
        "012345678901",
        "012345678901234",
        "JX1300026767",
        "SPXID034567890123",
        "A" * 30,
    ],
)
@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_the_scanner_reads_number_and_parcel(resi, given):
    (picture,) = printed(a_parcel(resi, **given))

    assert codes(picture) == {("Code128", resi), ("QRCode", "PK-7XK2Q")}


@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_before_there_is_a_number_the_bars_say_the_parcel(given):
    (picture,) = printed(a_parcel(**given))

    assert codes(picture) == {("Code128", "PK-7XK2Q"), ("QRCode", "PK-7XK2Q")}


@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_nothing_is_written_over_rules_and_edges(given):
    (picture,) = printed(a_parcel("012345678901", **given))
    pixels = picture.load()
    width, height = picture.size

    def dark(x, y):
        return pixels[x, y] == 0

    rules = [y for y in range(height) if sum(dark(x, y) for x in range(width)) > 0.9 * width]
    groups = [y for y in rules if y - 1 not in rules]
    assert len(groups) == 6, "the frame's two edges and four rules, each apart from text"
    for y in groups[1:-1]:
        for beside in (y - 2, y + 5):
            row = [x for x in range(width) if dark(x, beside)]
            frame = [x for x in row if x < 25 or x > width - 26]
            assert row == frame, f"text touches the rule at {y}"
    outside = [x for x in range(width) for y in range(8) if dark(x, y) or dark(x, height - 1 - y)]
    assert outside == []


def test_what_people_read_is_on_it():
    document = pypdfium2.PdfDocument(labels.pdf([a_parcel("012345678901", note="Titip tetangga")]))
    page = document[0]
    text = page.get_textpage().get_text_range()
    document.close()

    for words in (
        "JNE REG",
        "NON-COD",
        "012345678901",
        "Siti Aminah",
        "0812-3456-7890",
        "Jalan Jawa 10",
        "68121",
        "Dapur Bu Sri",
        "0812-0000-0001",
        "1 × Kain batik tulis",
        "1.250 g",
        "PK-7XK2Q",
        "PV-7XK2Q",
        "Catatan: Titip tetangga",
    ):
        assert words in text
    assert text.count("68121") == 1
    assert "tempel resi" not in text


def test_abroad_the_country_stands_in_capitals():
    parcel = a_parcel(country="JP", area="Chuo-ku, Tokyo 104-0061", postal_code="104-0061")
    document = pypdfium2.PdfDocument(labels.pdf([parcel]))
    text = document[0].get_textpage().get_text_range()
    document.close()

    assert "JAPAN" in text
    assert "tempel resi di sini" in text


def test_each_parcel_has_its_page():
    assert len(printed(*[a_parcel() for _ in range(3)])) == 3


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Siti  Aminah\n", "Siti Aminah"),
        ("Zoë Müller-Łódź", "Zoë Müller-Łódz"),
        ("Nguyễn Văn Ở", "Nguyen Van O"),
        ("Anu 日本", "Anu ??"),
        ("e\u0301", "é"),
        ("a\u200bb", "ab"),
        ("Ｆｕｌｌ", "Full"),
    ],
)
def test_letters_that_the_font_lacks_are_made_simple(text, shown):
    assert labels.printable(text) == shown


def test_long_text_gets_smaller_then_is_cut():
    assert labels.fitted("Siti", 100, 1, (14, 8), labels.PLAIN) == (["Siti"], 14)
    lines, size = labels.fitted("Siti Aminah binti Umar", 100, 1, (14, 8), labels.PLAIN)
    assert (lines, size) == (["Siti Aminah binti Umar"], 8)
    lines, size = labels.fitted("x" * 500, 100, 2, (14, 8), labels.PLAIN)
    assert (len(lines), size) == (2, 8)
    assert lines[1].endswith("…")
    lines, _ = labels.fitted("satu dua tiga empat lima enam", 60, 9, (10,), labels.PLAIN, room=24)
    assert len(lines) == 2
