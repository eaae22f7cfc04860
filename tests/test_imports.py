"""Importing lists: nothing before it is confirmed, everything once, again nothing new."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from bazaar import catalog, imports, payments, regions, sellers
from bazaar.db import db, reading, transaction
from bazaar.editions import NoEdition
from bazaar.imports import Status
from bazaar.imports.entries import LAYOUTS
from bazaar.models import (
    AuditEntry,
    Availability,
    Participation,
    Product,
    ReceivingAccount,
    Seller,
    StockMove,
)
from bazaar.rules import sheets
from bazaar.rules.sheets import Sheet
from bazaar.tokens import fingerprint
from bazaar.web import services
from tests.builders import HOST, NOW, a_product, a_seller, a_sticker, an_edition
from tests.lists import PRODUCT, SELLER, a_draft, changes, faults, lines

STORED = (Seller, Product, StockMove, Participation, Availability, ReceivingAccount)


def counts():
    return [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in STORED]


def contents():
    return [
        [tuple(row) for row in db.session.execute(sa.select(one.__table__).order_by(sa.text("1")))]
        for one in STORED
    ]


def apply(draft):
    return imports.apply(draft, links=services().links, actor=HOST, now=NOW)


def sticker():
    seller = a_seller()
    payload = a_sticker(seller, name="BATIK SEKAR")
    db.session.execute(sa.delete(ReceivingAccount))
    db.session.execute(sa.delete(Seller).where(Seller.id == seller.id))
    return payload


def test_a_list_becomes_sellers_and_products(app):
    edition = an_edition()
    payload = sticker()

    applied = apply(a_draft([SELLER | {"qris": payload}], [PRODUCT]))

    assert applied.outcome == {
        kind: {"new": 1, "changed": 0, "same": 0, "wrong": 0} for kind in ("sellers", "products")
    }
    seller = sellers.get_by_code("J-001")
    assert (seller.name, seller.slug, seller.cluster) == ("Batik Sekar", "batik-sekar", "Batik")
    assert (seller.district_code, seller.district) == ("35.09.21", "Sumbersari")
    assert (seller.phone, seller.village) == ("+6281234567890", "Tegalgede")
    assert sellers.participants(edition) == {seller.id}
    assert sellers.get_by_link(sellers.link_token(seller, services().links)) is seller
    assert [h.weekday for h in sellers.hours_of([seller.id])[seller.id]] == [0, 1, 2, 3, 4]
    account = payments.find_account(seller.id)
    assert account is not None
    assert account.payload == payload
    product = catalog.get_product("A01")
    assert (product.code, product.price_idr, product.weight_g, product.stock) == (
        ("J-001-1", 285_000, 450, 12)
    )
    assert product.description == "Katun primisima."


def test_a_review_stores_nothing(app):
    an_edition()
    a_product()
    db.session.commit()
    before = counts()
    draft = a_draft([SELLER], [PRODUCT])
    db.session.commit()

    with reading():
        assert len(lines(draft, Status.NEW)) == 2

    assert counts() == before


def test_the_same_list_again_changes_nothing(app):
    an_edition()
    apply(a_draft([SELLER | {"qris": sticker()}], [PRODUCT]))
    draft = a_draft([SELLER | {"qris": sticker_in_use()}], [PRODUCT])
    before = contents()

    assert [line.status for line in lines(draft)] == [Status.SAME, Status.SAME]
    apply(draft)

    assert contents() == before


def sticker_in_use():
    return db.session.scalars(sa.select(ReceivingAccount.payload)).one()


def test_a_second_click_applies_nothing(app):
    an_edition()
    draft = a_draft([SELLER], [PRODUCT])
    first = apply(draft)
    catalog.set_stock(catalog.get_product("A01"), 3, now=NOW)

    second = apply(draft)

    assert (second.again, second.outcome) == (True, first.outcome)
    assert catalog.get_product("A01").stock == 3


SIZES = {
    "panjang_cm": "30",
    "lebar_cm": "25",
    "tinggi_cm": "4",
    "berat_bersih_gram": "400",
    "kode_hs": "6217.10",
    "keterangan_bea_cukai": "Cotton scarf",
    "paling_banyak": "2",
}


def test_sizes_and_customs_come_with_the_products(app, now):
    an_edition()
    apply(a_draft([SELLER], [PRODUCT | SIZES]))
    product = db.session.scalars(sa.select(Product)).one()

    def known():
        db.session.refresh(product)
        sizes = (product.length_cm, product.width_cm, product.height_cm)
        texts = (product.hs_code, product.customs_text, product.most_per_order)
        return sizes, product.net_weight_g, *texts

    assert known() == ((30, 25, 4), 400, "621710", "Cotton scarf", 2)
    apply(a_draft([SELLER], [PRODUCT]))
    assert known() == ((30, 25, 4), 400, "621710", "Cotton scarf", 2)
    empty = dict.fromkeys(SIZES, "")
    (line,) = (one for one in lines(a_draft([SELLER], [PRODUCT | empty])) if one.changes)
    told = {change.column: (change.old, change.new) for change in line.changes}
    assert told["panjang_cm"] == ("30", "")
    apply(a_draft([SELLER], [PRODUCT | empty]))
    assert known() == ((None, None, None), None, "", "", None)


def test_a_list_with_other_values_changes_only_those(app):
    an_edition()
    apply(a_draft([SELLER], [PRODUCT]))
    link = sellers.get_by_code("J-001").link_hash
    payload = sticker()
    draft = a_draft(
        [
            SELLER
            | {"nama_usaha": "Batik Sekar Jati", "telepon": "0812 3456 7891", "qris": payload}
            | {"kecamatan": "Kec. Kaliwates", "ketersediaan": "Sab-Min"}
        ],
        [PRODUCT | {"harga": "Rp 300.000", "stok": "7"}],
    )

    assert changes(draft) == {
        "nama_usaha": ("Batik Sekar", "Batik Sekar Jati"),
        "telepon": ("0812-3456-7890", "0812-3456-7891"),
        "kecamatan": ("Sumbersari", "Kaliwates"),
        "ketersediaan": ("Sen-Jum 16.00-21.00", "Sab-Min"),
        "qris": ("", "BATIK SEKAR · " + str(qris_nmid(payload))),
        "harga": ("285.000", "300.000"),
        "stok": ("12", "7"),
    }
    apply(draft)

    seller, product = sellers.get_by_code("J-001"), catalog.get_product("A01")
    assert (seller.name, seller.slug, seller.link_hash) == ("Batik Sekar Jati", "batik-sekar", link)
    assert (product.price_idr, product.stock, product.claim_code) == (300_000, 7, "A01")
    moves = db.session.scalars(sa.select(StockMove.pieces).order_by(StockMove.id)).all()
    assert moves == [12, -5]
    noted = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "import.apply").order_by(AuditEntry.id)
    ).all()[-1]
    assert noted.facts["prices"] == [["A01", 285_000, 300_000]]


def qris_nmid(payload):
    start = payload.index("ID1099")
    return payload[start : start + 15]


def test_columns_the_file_does_not_have_are_left_alone(app):
    an_edition()
    apply(a_draft([SELLER | {"qris": sticker()}], [PRODUCT]))
    before = contents()
    needed = {column: SELLER[column] for column in LAYOUTS["sellers"].required}

    draft = a_draft([needed])

    assert [line.status for line in lines(draft)] == [Status.SAME]
    apply(draft)
    assert contents() == before


def test_an_empty_cell_empties_but_never_takes_a_sticker_away(app):
    an_edition()
    payload = sticker()
    apply(a_draft([SELLER | {"qris": payload}]))

    apply(a_draft([SELLER | {"cerita": "", "ketersediaan": "", "qris": ""}]))

    seller = sellers.get_by_code("J-001")
    assert seller.story == ""
    assert sellers.hours_of([seller.id]) == {}
    assert sticker_in_use() == payload


def test_a_known_seller_joins_the_present_edition(app):
    first = an_edition()
    apply(a_draft([SELLER]))
    first.is_current = False
    db.session.flush()
    second = an_edition(name="Pasar Virtual Idul Adha")
    draft = a_draft([SELLER])

    assert changes(draft) == {"penyelenggaraan": ("", "Pasar Virtual Idul Adha")}
    apply(draft)

    assert sellers.participants(second) == sellers.participants(first)


def test_keys_are_the_same_whatever_their_case(app):
    an_edition()
    apply(a_draft([SELLER], [PRODUCT]))

    draft = a_draft([SELLER | {"kode": " j-001 "}], [PRODUCT | {"kode_penjual": "j-001"}])

    assert [line.status for line in lines(draft)] == [Status.SAME, Status.SAME]


def test_two_sellers_of_one_name_get_pages_of_their_own(app):
    an_edition()
    apply(a_draft([SELLER, SELLER | {"kode": "J-002"}]))

    assert [sellers.get_by_code(f"J-00{n}").slug for n in (1, 2)] == [
        "batik-sekar",
        "batik-sekar-2",
    ]


WRONG_SELLER = {
    "kode": "J 0/1",
    "nama_usaha": "",
    "pemilik": "x" * 121,
    "klaster": "Panganan",
    "kecamatan": "Sumbersarri",
    "telepon": "12345",
    "desa": "y" * 121,
    "email": "sekar@",
    "media_sosial": "z" * 201,
    "cerita": "c" * 2_001,
    "ketersediaan": "kapan-kapan",
    "qris": "0002010102",
}
WRONG_PRODUCT = {
    "kode_penjual": "J-404",
    "kode_produk": "",
    "nama_produk": "",
    "harga": "15rb",
    "berat_gram": "1,5 kg",
    "stok": "-3",
    "keterangan": "k" * 2_001,
    "panjang_cm": "0",
    "lebar_cm": "lebar",
    "tinggi_cm": "201",
    "berat_bersih_gram": "0",
    "kode_hs": "62",
    "keterangan_bea_cukai": "kain café",
    "paling_banyak": "51",
}


def test_every_wrong_cell_has_its_sentence(app):
    an_edition()
    found = faults(a_draft([WRONG_SELLER, SELLER, WRONG_SELLER], [WRONG_PRODUCT, WRONG_PRODUCT]))

    assert [(row, column) for row, column, _ in found] == [
        *((row, column) for row in (2, 4) for column in WRONG_SELLER),
        *((row, column) for row in (2, 3) for column in WRONG_PRODUCT if column != "kode_penjual"),
    ]
    assert len(found) == 50
    said = {column: sentence for _, column, sentence in found}
    assert said["klaster"] == "“Panganan” bukan klaster. Mungkin maksudnya Pangan?"
    assert said["kecamatan"] == (
        "“Sumbersarri” bukan kecamatan di sini. Mungkin maksudnya Sumbersari?"
    )
    assert said["telepon"] == "“12345” bukan nomor telepon yang ada. Contoh: 0812-3456-7890."
    assert said["harga"] == "“15rb” bukan harga. Ketik rupiah bulat, contoh 15000."
    assert said["qris"] == "Ini bukan isi kode QRIS. Salin seluruh isi QR dari stiker."


def test_forty_wrong_cells_give_forty_sentences_and_the_good_rows_are_stored(app):
    an_edition()
    wrong = [PRODUCT | {"kode_produk": f"W{n}", "harga": "x", "stok": "x"} for n in range(20)]
    draft = a_draft([SELLER], [*wrong, PRODUCT])

    assert len(faults(draft)) == 40
    assert [line.status for line in lines(draft)] == [Status.WRONG] * 20 + [Status.NEW] * 2
    apply(draft)
    assert db.session.scalars(sa.select(Product.code)).all() == ["J-001-1"]


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("harga", "99", "Harga 99 di luar batas. Isi antara Rp100 dan Rp100.000.000."),
        ("harga", "", "Wajib diisi."),
        ("berat_gram", "0", "Berat 0 gram di luar batas. Isi antara 1 dan 100.000 gram."),
        ("stok", "100001", "Stok 100001 di luar batas. Isi antara 0 dan 100.000."),
        (
            "kode_penjual",
            "J-9",
            "Penjual J-9 belum ada, juga tidak di berkas penjual unggahan ini.",
        ),
        ("kode_produk", "CONTOH-1", "Ini baris contoh dari templat. Hapus barisnya."),
    ],
)
def test_numbers_out_of_reason_are_refused(app, column, text, sentence):
    an_edition()

    assert faults(a_draft([SELLER], [PRODUCT | {column: text}])) == [(2, column, sentence)]


def test_a_key_that_stands_twice_is_wrong_in_every_row(app):
    an_edition()
    draft = a_draft([SELLER, SELLER | {"kode": "J-002"}, SELLER | {"pemilik": "Lain"}])

    assert faults(draft) == [
        (2, "kode", "Kode ini juga ada di baris 4. Satu kode hanya boleh satu baris."),
        (4, "kode", "Kode ini juga ada di baris 2. Satu kode hanya boleh satu baris."),
    ]
    apply(draft)
    assert db.session.scalars(sa.select(Seller.code)).all() == ["J-002"]


def test_products_of_a_wrong_seller_wait_for_that_row(app):
    an_edition()
    found = faults(a_draft([SELLER | {"telepon": ""}], [PRODUCT]))

    assert found[1] == (
        2,
        "kode_penjual",
        "Baris penjual J-001 di unggahan ini masih salah; perbaiki itu dulu.",
    )


def test_a_sticker_of_somebody_else_is_told_but_taken(app):
    an_edition()
    a_sticker(other := a_seller(code="U-9", name="Warung Lain"))
    payload = sticker_in_use()

    line = lines(a_draft([SELLER | {"qris": payload}]))[0]

    assert line.status is Status.NEW
    assert [str(note) for note in line.notes] == [
        "QRIS ini sama dengan milik U-9 Warung Lain. Pastikan tidak tertukar."
    ]
    assert other.name == "Warung Lain"


def test_hostile_names_stay_text(app):
    an_edition()
    name = '=HYPERLINK("http://evil.example","klik")'
    apply(a_draft([SELLER | {"nama_usaha": name}], [PRODUCT | {"nama_produk": "<b>x</b>{0}%s"}]))

    assert sellers.get_by_code("J-001").name == name
    assert catalog.get_product("A01").name == "<b>x</b>{0}%s"


def test_without_an_edition_nothing_is_reviewed(app):
    with pytest.raises(NoEdition):
        imports.review(a_draft([SELLER]))


def test_new_claim_codes_are_free_ones(app):
    an_edition()
    a_product(claim_code="A01")
    apply(a_draft([SELLER], [PRODUCT, PRODUCT | {"kode_produk": "2"}]))

    codes = db.session.scalars(sa.select(Product.claim_code).order_by(Product.id)).all()
    assert codes == ["A01", "B01", "C01"]


def test_many_clicks_at_once_apply_once(app):
    an_edition()
    ids = [a_draft([SELLER], [PRODUCT]).row.id, a_draft([SELLER], [PRODUCT]).row.id]
    db.session.commit()

    def click(draft_id):
        with app.app_context(), transaction():
            return apply(imports.get(draft_id)).again

    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(click, ids * 4))

    assert sorted(again) == [False] * 2 + [True] * 6
    with reading():
        assert counts()[:4] == [1, 1, 1, 1]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["sellers", "products"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_template_can_be_filled_in_and_sent(app, kind, form):
    an_edition()
    name, media_type, content = imports.example(kind, form, regions.districts("35.09"))

    sheet = sheets.read(content, LAYOUTS[kind])
    assert isinstance(sheet, Sheet)
    assert set(sheet.columns) == set(LAYOUTS[kind].columns)
    assert name.endswith(form)
    assert media_type == imports.EXAMPLES[form]
    draft = imports.make([sheet], [name], actor=HOST, now=NOW)
    key = "kode" if kind == "sellers" else "kode_penjual"
    wrong = {column for _, column, _ in faults(draft)}
    assert wrong == ({"kode"} if kind == "sellers" else {"kode_penjual", "kode_produk"})
    assert key in wrong


def test_a_template_keeps_telephone_numbers_as_text():
    _, _, content = imports.example("sellers", "xlsx", regions.districts("35.09"))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Penjual"]

    assert sheet.column_dimensions["G"].number_format == "@" or sheet["G2"].number_format == "@"
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == [
        "Petunjuk!$A$16:$A$28",
        "Petunjuk!$B$16:$B$46",
    ]


def test_a_csv_template_opens_in_indonesian_excel():
    _, _, content = imports.example("products", "csv", ())

    assert content.startswith(b"\xef\xbb\xbfkode_penjual;kode_produk;")
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))) == 2


def test_there_are_no_other_templates():
    with pytest.raises(imports.NoSuchExample):
        imports.example("orders", "csv", ())
    with pytest.raises(imports.NoSuchExample):
        imports.example("sellers", "exe", ())


def test_uploads_go_after_a_month(app):
    an_edition()
    old = a_draft([SELLER], at=NOW - timedelta(days=31)).row.id
    recent = a_draft([SELLER], at=NOW - timedelta(days=29)).row.id
    a_draft([SELLER])
    db.session.expire_all()

    assert imports.get(recent).row.kind == "sellers"
    with pytest.raises(imports.NoSuchDraft):
        imports.get(old)


def test_names_of_files_lose_what_cannot_be_stored(app):
    sheet = a_draft([SELLER]).sheets["sellers"]
    draft = imports.make([sheet], ["a\0b\ud800\n.csv" + "x" * 300], actor=HOST, now=NOW)

    assert draft.row.file_name == "x" * 90


def test_an_unknown_upload_is_not_found(app):
    with pytest.raises(imports.NoSuchDraft):
        imports.get(77)


def test_links_are_stored_as_fingerprints_only(app):
    an_edition()
    apply(a_draft([SELLER]))
    seller = sellers.get_by_code("J-001")

    assert seller.link_hash == fingerprint(sellers.link_token(seller, services().links))
