"""The list on paper: two copies, every bar code read back from what a 203 dpi printer puts there."""

from datetime import UTC, datetime

import pypdfium2
import pytest
import zxingcpp

from bazaar import manifest_sheets, manifests, times
from bazaar.manifest_sheets import Sender
from bazaar.models import Manifest, ManifestLine, ManifestStatus, Parcel

DPI = 203
AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SENDER = Sender("Bazar Ramadan Jember", "Jalan Jawa 10, Sumbersari", "0812-3456-7890")
LONG = "Raden Mas Haryo Suryaningrat Kusumadiningrat bin Abdurrahman Wahid Hasyim Asy'ari"


def a_manifest(count=3, *, missing=(), signed=False, **row):
    codes = [f"PK-{number:05}".translate(str.maketrans("01", "XY")) for number in range(count)]
    rows = [
        manifests.Row(
            **{
                "parcel": code if number % 3 else f"{code}-12",
                "resi": "012345678901" if number % 2 else "",
                "recipient": "Siti Aminah",
                "place": "Kec. Sumbersari, Kabupaten Jember",
                "courier": "JNE REG",
                "weight_g": 1250,
                "fragile": number == 1,
            }
            | row
        )
        for number, code in enumerate(codes)
    ]
    written = manifests.written_down(rows)
    lines = [
        ManifestLine(parcel=Parcel(code=one.parcel), missing=number in missing, void=False)
        for number, one in enumerate(rows)
    ]
    return Manifest(
        number="MAN-20260301-ANTERAJA-01",
        courier="AnterAja",
        branch="Cabang Jember Kota",
        vehicle="P 1234 AB",
        pickup=True,
        status=ManifestStatus.SIGNED if signed else ManifestStatus.LOCKED,
        rows=written,
        digest=manifests.digest_of("MAN-20260301-ANTERAJA-01", written),
        made_by="Rina",
        made_at=AT,
        locked_at=AT,
        signed_at=AT if signed else None,
        signer="Budi Santoso" if signed else "",
        signer_contact="0812",
        received_count=count - len(missing) if signed else None,
        remark="",
        lines=lines,
    )


def pages_of(manifest):
    """The pages in black and white, and their text."""
    document = pypdfium2.PdfDocument(manifest_sheets.pdf(manifest, SENDER, zone=times.WIB))
    pages, texts = [], []
    for page in document:
        picture = page.render(scale=DPI / 72).to_pil().convert("L")
        pages.append(picture.point(lambda grey: 255 if grey > 127 else 0))
        text = page.get_textpage()
        texts.append(" ".join(text.get_text_bounded().split()))
        text.close()
        page.close()
    document.close()
    return pages, texts


def bars(pages):
    return [code.text for page in pages for code in zxingcpp.read_barcodes(page)]


@pytest.mark.parametrize("count", [1, 3, 11, 12, 17, 40])
@pytest.mark.parametrize("row", [{}, {"recipient": LONG, "place": LONG, "courier": LONG[:40]}])
def test_every_bar_code_is_read_on_both_copies(count, row):
    manifest = a_manifest(count, **row)
    pages, texts = pages_of(manifest)
    codes = [one.parcel for one in manifests.rows_of(manifest)]

    half = len(pages) // 2
    for copy in (pages[:half], pages[half:]):
        assert sorted(bars(copy)) == sorted([*codes, manifest.number])
    assert "untuk pengirim" in texts[0]
    assert "untuk kurir" in texts[half]
    assert all(manifest.digest in text for text in texts)
    assert sum("Yang menerima" in text for text in texts) == 2


def test_head_totals_and_signature_are_said():
    _, texts = pages_of(a_manifest(3, missing={1}, signed=True))

    for told in (
        "MAN-20260301-ANTERAJA-01",
        "Bazar Ramadan Jember",
        "P 1234 AB",
        "1 Maret 2026 17.00 WIB",
        "2 koli · 2,50 kg",
        "Diterima kurir: 2 koli",
        "tidak dibawa",
        "Budi Santoso",
        "MUDAH PECAH",
    ):
        assert told in texts[0], told
