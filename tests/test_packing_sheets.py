"""The packing list on paper: each seller's pages, boxes to tick, few personal data."""

import pypdfium2
import pytest

from bazaar import packing_sheets, shipments, times
from bazaar.rules.parcel_states import HERE
from tests.builders import HOST, a_parcel, a_product, a_seller


def text_of(parcels, now):
    data = packing_sheets.pdf(parcels, zone=times.WIB, printed_at=now)
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    for page in document:
        assert [round(side / 72 * 25.4) for side in page.get_size()] == [210, 297]
    document.close()
    return pages


def test_the_sheet_says_what_goes_into_which_box(app, now):
    seller = a_seller(name="Dapur Bu Sri")
    parcel = a_parcel(
        a_product(seller=seller, name="Keripik tempe", claim_code="K12"),
        quantity=3,
        note="Jangan pedas",
        area="Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur",
    )
    shipments.measure(parcel, 1_250, (10, 20, 30), fragile=True, actor=HOST, now=now)

    (page,) = text_of(packing_sheets.parcels_of(seller.id, HERE), now)

    for words in (
        "Daftar kemas: Dapur Bu Sri",
        "1 paket",
        parcel.code,
        parcel.order.reference,
        "Siti, Kabupaten Jember",
        "JNE REG",
        "MUDAH PECAH · 1.250 g · 10 × 20 × 30 cm",
        "3 × Keripik tempe (K12)",
        "Catatan: Jangan pedas",
        "1 Maret 2026 19.00 WIB",
        "halaman 1 dari 1",
    ):
        assert words in page
    for secret in ("Aminah", "Jalan Jawa", "812"):
        assert secret not in page


def test_what_is_not_known_is_said(app, now):
    parcel = a_parcel(a_product(weight_g=300))
    (page,) = text_of(packing_sheets.parcels_of(None, HERE), now)

    assert "300 g (perkiraan) · ukuran kotak: ....." in page
    assert parcel.code in page


def test_sellers_do_not_share_pages(app, now):
    sellers = [a_seller(code=f"U000{number}") for number in (1, 2)]
    for seller in sellers:
        for _ in range(2):
            a_parcel(a_product(seller=seller))
    pages = text_of(packing_sheets.parcels_of(None, HERE), now)

    assert ["U0001" in page for page in pages] == [True, False]
    assert all("2 paket" in page for page in pages)


def test_many_parcels_take_several_pages(app, now):
    seller = a_seller()
    product = a_product(seller=seller, stock=99)
    parcels = [a_parcel(product) for _ in range(25)]
    pages = text_of(packing_sheets.parcels_of(seller.id, HERE), now)

    assert len(pages) == 3
    assert "halaman 3 dari 3" in pages[2]
    assert all(sum(one.code in page for page in pages) == 1 for one in parcels)


def test_nothing_to_pack_is_a_page_too(app, now):
    (page,) = text_of([], now)
    assert "Tidak ada yang perlu dikemas." in page


@pytest.mark.parametrize("parcels", [1, 3])
def test_more_parcels_cost_no_more_questions(app, now, queries, parcels):
    for _ in range(parcels):
        a_parcel()
    queries.clear()

    packing_sheets.pdf(packing_sheets.parcels_of(None, HERE), zone=times.WIB, printed_at=now)

    assert len(queries) == 5
