"""Labels as a thermal printer prints them: 203 dpi, black or white, read back by a scanner."""

import pypdfium2
import pytest
import structlog
import zxingcpp
from PIL import Image

from bazaar import labels, shipments
from bazaar.db import db
from bazaar.models import Booking, BookingStatus
from bazaar.rules import parcel_codes
from bazaar.rules.label_layouts import Layout
from tests.builders import HOST, a_parcel, a_product, a_seller, keep

DPI = 203
LONG_NAME = "Raden Mas Haryo Suryaningrat Kusumadiningrat bin Abdurrahman Wahid Hasyim Asy'ari"
LONG_STREET = (
    "Perumahan Griya Mangli Indah Permai Blok AA-12 Nomor 345 RT 004 RW 017 Dusun Krajan " * 2
)
LONG_AREA = (
    "Sidomulyo Baru, Kec. Semboro Kidul, Kabupaten Kepulauan Siau Tagulandang Biaro, Sulut " * 2
)
BOTH = pytest.mark.parametrize("layout", Layout)


def a_label(resi="", **given):
    return labels.Label(
        **{
            "code": "PK-7XK2Q",
            "order": "PV-7XK2Q",
            "number": 1,
            "total": 1,
            "version": "3FA2C1",
            "courier": "JNE REG",
            "resi": resi,
            "weight_g": 1250,
            "origin": "Kab. Jember",
            "destination": "Kota Surabaya",
            "recipient": "Siti Aminah",
            "phone": "0812-3456-7890",
            "address": "Jalan Jawa 10, Sumbersari, Kabupaten Jember, Jawa Timur 68121",
            "sender": "Dapur Bu Sri",
            "sender_phone": "0812-0000-0001",
            "sender_address": "Tegal Gede, Sumbersari, Kab. Jember",
            "contents": "1 × Kain batik tulis motif daun tembakau khas Jember",
        }
        | given
    )


def printed(*given, layout=Layout.THERMAL):
    """The pages as the printer's head sees them."""
    document = pypdfium2.PdfDocument(labels.pdf(given, layout))
    pages = []
    for page in document:
        size = [100, 150] if layout is Layout.THERMAL else [210, 297]
        assert [round(side / 72 * 25.4) for side in page.get_size()] == size
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        pages.append(picture.point(lambda grey: 255 if grey > 127 else 0))
        page.close()
    document.close()
    return pages


def codes(picture: Image.Image):
    return {(code.format.name, code.text) for code in zxingcpp.read_barcodes(picture)}


def text_of(*given, layout=Layout.THERMAL):
    document = pypdfium2.PdfDocument(labels.pdf(given, layout))
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


WORST = {
    "recipient": LONG_NAME[:120],
    "address": f"{LONG_STREET[:200]}, {LONG_AREA[:200]}",
    "note": "Titip di rumah tetangga sebelah kanan yang pagarnya hijau. " * 4,
    "sender": "Kelompok Wanita Tani Sumber Rejeki Makmur Sejahtera Abadi Bersama Desa Karangpring",
    "sender_address": LONG_AREA[:120],
    "courier": "Kurir Nusantara Ekspres Cepat Sekali Aja",
    "contents": "; ".join(["12 × Kain batik tulis motif daun tembakau khas Jember"] * 12),
    "fragile": True,
    "cashless": True,
    "sorting_code": "SUB-SDA-10-0042-KEPULAUAN-SIAU-TAGULAN",
    "origin": "Kab. Kepulauan Siau Tagulandang Biaro",
    "destination": "Kab. Kepulauan Siau Tagulandang Biaro",
    "number": 12,
    "total": 12,
    "country": "SOUTH GEORGIA & SOUTH SANDWICH ISLANDS",
    "weight_g": 50_000,
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
@BOTH
@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_the_scanner_reads_number_and_parcel(resi, given, layout):
    (picture,) = printed(a_label(resi, **given), layout=layout)

    assert codes(picture) == {("Code128", resi), ("QRCode", "PK-7XK2Q")}


@BOTH
@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_before_there_is_a_number_the_bars_say_the_parcel(given, layout):
    (picture,) = printed(a_label(**given), layout=layout)

    assert codes(picture) == {("Code128", "PK-7XK2Q"), ("QRCode", "PK-7XK2Q")}


@BOTH
def test_every_label_of_a_sheet_is_read(layout):
    numbers = [f"{number:012}" for number in range(6)] + [""] * 6
    given = [
        a_label(resi, code=f"PK-2222{letter}", **(WORST if at % 2 else {}))
        for at, (resi, letter) in enumerate(zip(numbers, "23456789CFHJ", strict=True))
    ]
    pages = printed(*given, layout=layout)

    assert len(pages) == (12 if layout is Layout.THERMAL else 3)
    found = set().union(*map(codes, pages))
    bars = {("Code128", label.resi or label.code) for label in given}
    assert found == bars | {("QRCode", label.code) for label in given}
    read = {parcel_codes.read(text) for form, text in found if form == "QRCode"}
    assert read == {label.code for label in given}


@BOTH
@pytest.mark.parametrize("resi", ["012345678901", ""])
@pytest.mark.parametrize("given", [{}, WORST], ids=["short", "longest"])
def test_nothing_is_written_over_rules_and_edges(given, resi, layout):
    (picture,) = printed(a_label(resi, **given), layout=layout)
    if layout is Layout.A6_ON_A4:
        picture = picture.crop((0, 0, round(104.5 / 25.4 * DPI), round(148 / 25.4 * DPI)))
    pixels = picture.load()
    width, height = picture.size

    def dark(x, y):
        return pixels[x, y] == 0

    inner = range(round(0.06 * width), round(0.94 * width))
    rules = [y for y in range(height) if all(dark(x, y) for x in inner)]
    groups = [y for y in rules if y - 1 not in rules]
    assert len(groups) == 6, "the frame's two edges and four rules, each apart from text"
    for y in groups[1:-1]:
        for beside in (y - 2, y + 5):
            row = [x for x in inner if dark(x, beside)]
            assert row == [], f"text touches the rule at {y}"
    edge = groups[0] - 4
    outside = [x for x in range(width) for y in range(edge) if dark(x, y)]
    assert outside == []


def test_what_people_read_is_on_it():
    text = text_of(
        a_label(
            "012345678901",
            note="Titip tetangga",
            number=1,
            total=2,
            fragile=True,
            cashless=True,
            sorting_code="SUB-10",
        )
    )

    for words in (
        "JNE REG",
        "CASHLESS",
        "NON-COD",
        "012345678901",
        "SUB-10",
        "KOTA SURABAYA · dari Kab. Jember",
        "Siti Aminah",
        "0812-3456-7890",
        "Jalan Jawa 10",
        "68121",
        "Dapur Bu Sri",
        "0812-0000-0001",
        "Tegal Gede, Sumbersari, Kab. Jember",
        "1 × Kain batik tulis",
        "1.250 g · koli 1/2",
        "FRAGILE · MUDAH PECAH",
        "PK-7XK2Q",
        "PV-7XK2Q · versi 3FA2C1",
        "Catatan: Titip tetangga",
    ):
        assert words in text
    assert "tempel resi" not in text


def test_what_does_not_apply_is_not_on_it():
    text = text_of(a_label())

    assert "tempel resi di sini" in text
    for words in ("CASHLESS", "FRAGILE", "Catatan"):
        assert words not in text


def test_what_had_to_be_cut_is_told_without_what_it_says():
    with structlog.testing.capture_logs() as logs:
        labels.pdf([a_label(), a_label(**WORST)])

    (entry,) = logs
    assert (entry["event"], entry["code"]) == ("label_cut", "PK-7XK2Q")
    assert entry["parts"] == ["recipient", "sender"]


def test_each_parcel_has_its_page():
    assert len(printed(*[a_label() for _ in range(3)])) == 3
    assert len(printed(*[a_label() for _ in range(5)], layout=Layout.A6_ON_A4)) == 2


def test_a_label_says_what_the_parcel_is_today(app, now):
    seller = a_seller(
        name="Dapur Bu Sri", phone="+6281200000001", village="Tegal Gede", district="Sumbersari"
    )
    parcel = a_parcel(
        a_product(seller=seller, name="Keripik", weight_g=300),
        quantity=3,
        village_code="35.78.08.1001",
        note="Titip tetangga",
    )

    (label,) = labels.read([parcel])

    assert label == labels.Label(
        code=parcel.code,
        order=parcel.order.reference,
        number=1,
        total=1,
        version=shipments.label_hash(parcel)[:6].upper(),
        courier="JNE REG",
        resi="",
        weight_g=900,
        origin="Kab. Jember",
        destination="Kota Surabaya",
        recipient="Siti Aminah",
        phone="0812-3456-7890",
        address="Jalan Jawa 10, Sumbersari, Sumbersari, Jember, Jawa Timur 68121",
        note="Titip tetangga",
        sender="Dapur Bu Sri",
        sender_phone="0812-0000-0001",
        sender_address="Tegal Gede, Sumbersari, Kab. Jember",
        contents="3 × Keripik",
    )


def test_boxes_of_an_order_are_counted_and_hold_their_own(app, now):
    first = a_parcel(a_product(name="Keripik"), quantity=3)
    (line,) = first.lines
    second = shipments.split(first, {line.order_line_id: 1}, actor=HOST, now=now)
    shipments.measure(second, 250, None, fragile=True, actor=HOST, now=now)
    db.session.expire_all()

    told = labels.read([second, first])

    assert [(one.number, one.total, one.contents) for one in told] == [
        (2, 2, "1 × Keripik"),
        (1, 2, "2 × Keripik"),
    ]
    assert [(one.weight_g, one.fragile) for one in told] == [(250, True), (600, False)]
    shipments.cancel(first, "batal sebagian", actor=HOST, now=now)
    (alone,) = labels.read([second])
    assert (alone.number, alone.total) == (1, 1)


@pytest.mark.parametrize(
    ("provider", "courier", "pickup", "cashless"),
    [
        ("biteship", "JNE REG", False, True),
        ("biteship", "JNE REG", True, False),
        ("biteship", "SiCepat BEST", False, False),
        ("manual", "JNE REG", False, False),
    ],
)
def test_what_was_booked_is_on_it(app, now, provider, courier, pickup, cashless):
    parcel = a_parcel()
    parcel.courier = courier
    booking = Booking(
        parcel_id=parcel.id,
        key="PK-1",
        provider=provider,
        status=BookingStatus.OPEN,
        sorting_code="SUB-10",
        sent={"pickup": pickup},
        made_by="Rina",
        made_at=now,
    )
    keep(booking)

    (label,) = labels.read([parcel])

    assert (label.sorting_code, label.cashless) == ("SUB-10", cashless)
    booking.status = BookingStatus.CLOSED
    db.session.flush()
    (label,) = labels.read([parcel])
    assert (label.sorting_code, label.cashless) == ("", False)


def test_abroad_the_country_stands_in_capitals(app):
    parcel = a_parcel()
    checkout = parcel.order.checkout
    checkout.country, checkout.village_code = "JP", ""
    checkout.area, checkout.postal_code = "Chuo-ku, Tokyo 104-0061", "104-0061"

    (label,) = labels.read([parcel])

    assert (label.country, label.destination) == ("JAPAN", "JAPAN")
    assert label.sender_phone.startswith("+62 ")
    assert label.sender_address.endswith(", INDONESIA")
    assert label.address == "Jalan Jawa 10, Chuo-ku, Tokyo 104-0061"
    assert "JAPAN" in text_of(label)


@pytest.mark.parametrize("parcels", [1, 3])
def test_more_labels_cost_no_more_questions(app, now, queries, parcels):
    made = [shipments.get_parcel(a_parcel().code) for _ in range(parcels)]
    queries.clear()

    labels.read(made)

    assert len(queries) == 3


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
