import binascii
import csv
import re
from collections import Counter
from pathlib import Path

import phonenumbers
import pytest
import qriskit
from lokal import wilayah

from bazaar.demo.stickers import static_sticker
from bazaar.imports import entries
from bazaar.regions import districts
from bazaar.rules import qris, sheets
from bazaar.rules.clusters import CLUSTERS
from bazaar.rules.hours import read_hours
from bazaar.rules.qris import QrisInfo
from bazaar.rules.sheets import Sheet
from tools import make_demo_edition

FOLDER = Path(__file__).parents[2] / "bazaar" / "demo" / "edition"
SELLER_COLUMNS = (
    "kode,nama_usaha,pemilik,klaster,kecamatan,desa,telepon,email,media_sosial,cerita,"
    "ketersediaan,qris"
)
PRODUCT_COLUMNS = "kode_penjual,kode_produk,nama_produk,keterangan,harga,berat_gram,stok"
NOT_FOR_SALE = re.compile(
    r"\b(rokok|cerutu|arak|tuak|bir|obat kuat|menyembuhkan|mengobati)\b", re.IGNORECASE
)


def rows(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SELLERS = rows("penjual.csv")
PRODUCTS = rows("produk.csv")


def test_the_columns_are_those_of_the_committees_list():
    assert ",".join(SELLERS[0]) == SELLER_COLUMNS
    assert ",".join(PRODUCTS[0]) == PRODUCT_COLUMNS


def test_seventy_three_sellers_with_names_of_their_own():
    assert len(SELLERS) == 73
    for column in ("kode", "nama_usaha", "telepon", "email", "media_sosial", "cerita", "qris"):
        assert len({row[column] for row in SELLERS}) == 73, column
    assert max(len(row["nama_usaha"]) for row in SELLERS) <= 25


def test_they_come_from_all_thirteen_clusters_most_of_them_food():
    clusters = Counter(row["klaster"] for row in SELLERS)

    assert set(clusters) == {cluster.name for cluster in CLUSTERS}
    assert min(clusters.values()) >= 3
    assert clusters.most_common(1) == [("Pangan", 22)]


def test_they_come_from_all_districts_and_from_villages_that_exist():
    found = {district.name: district.code for district in wilayah.list_wilayah("35.09")}

    assert {row["kecamatan"] for row in SELLERS} == set(found)
    assert len(found) == 31
    for row in SELLERS:
        villages = {v.name for v in wilayah.list_wilayah(found[row["kecamatan"]])}
        assert row["desa"] in villages, row["kode"]


@pytest.mark.parametrize("row", SELLERS, ids=lambda row: row["kode"])
def test_phones_are_well_formed_and_addresses_lead_nowhere(row):
    phone = phonenumbers.parse(row["telepon"], "ID")

    assert phonenumbers.is_valid_number(phone)
    assert re.fullmatch(r"0812-0000-00\d\d", row["telepon"])
    assert row["email"].endswith("@contoh.example")
    assert row["media_sosial"].endswith(".contoh")


def test_most_can_come_every_day():
    assert all(read_hours(row["ketersediaan"]) is not None for row in SELLERS)
    assert sum(read_hours(row["ketersediaan"]) == () for row in SELLERS) >= 45
    assert len({row["ketersediaan"] for row in SELLERS}) >= 8


@pytest.mark.parametrize("row", SELLERS, ids=lambda row: row["kode"])
def test_every_sticker_is_read_without_a_complaint(row):
    sticker = row["qris"]
    read = qriskit.parse(sticker)

    assert qriskit.validate(sticker) == []
    assert isinstance(qris.inspect(sticker), QrisInfo)
    assert f"{binascii.crc_hqx(sticker[:-4].encode(), 0xFFFF):04X}" == sticker[-4:]
    assert read.merchant_name == row["nama_usaha"].upper()
    assert read.merchant_city == "JEMBER"
    assert read.postal_code in postal_codes(row["kecamatan"])
    assert read.get("62") == "0703A01"


def postal_codes(district):
    (code,) = (d.code for d in wilayah.list_wilayah("35.09") if d.name == district)
    return wilayah.postal_codes_in(code)


def test_about_two_hundred_products_two_to_four_each():
    each = Counter(row["kode_penjual"] for row in PRODUCTS)

    assert len(PRODUCTS) == 206
    assert set(each) == {row["kode"] for row in SELLERS}
    assert set(each.values()) == {2, 3, 4}
    assert len({row["kode_produk"] for row in PRODUCTS}) == 206
    assert len({row["nama_produk"] for row in PRODUCTS}) == 206


@pytest.mark.parametrize("row", PRODUCTS, ids=lambda row: row["kode_produk"])
def test_products_are_honest(row):
    assert 10_000 <= int(row["harga"]) <= 600_000
    assert int(row["harga"]) % 1000 == 0
    assert 20 <= int(row["berat_gram"]) <= 6_000
    assert 0 <= int(row["stok"]) <= 150
    assert 5 <= len(row["nama_produk"]) <= 40
    assert row["keterangan"].endswith(".")
    assert len(row["keterangan"]) <= 90
    assert not NOT_FOR_SALE.search(f"{row['nama_produk']} {row['keterangan']}")


def test_some_are_sold_out_and_most_are_not():
    assert sum(row["stok"] == "0" for row in PRODUCTS) == 2


def test_the_committees_import_takes_every_row():
    sellers = sheets.read((FOLDER / "penjual.csv").read_bytes(), entries.SELLERS)
    products = sheets.read((FOLDER / "produk.csv").read_bytes(), entries.PRODUCTS)
    assert isinstance(sellers, Sheet)
    assert isinstance(products, Sheet)

    checked = [
        *(entries.check_seller(row, districts("35.09")) for row in sellers.rows),
        *(entries.check_product(row) for row in products.rows),
    ]

    assert len(checked) == 73 + 206
    assert [(one.key, one.faults) for one in checked if one.faults] == []


def test_what_is_computed_in_the_files_is_up_to_date(capsys):
    assert make_demo_edition.main(["--check"]) == 0, "run python tools/make_demo_edition.py"
    assert capsys.readouterr().out == "73 penjual, 206 produk\n"


def test_a_sticker_is_written_as_the_standard_says():
    assert static_sticker(
        "BATIK CONTOH JEMBER",
        serial=17,
        category_code="5651",
        postal_code="68118",
        terminal="A01",
    ) == (
        "000201010211"
        "26680016ID.CO.CONTOH.WWW01189360999900000000170215MC00000000000170303UMI"
        "51440014ID.CO.QRIS.WWW0215ID10990000000170303UMI"
        "5204565153033605802ID5919BATIK CONTOH JEMBER6006JEMBER610568118"
        "62070703A016304053F"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "A" * 26},
        {"name": "KOPI ÉNAK"},
        {"city": "A" * 16},
        {"serial": 0},
        {"serial": 10**9},
    ],
)
def test_a_sticker_that_no_reader_would_take_is_refused(wrong):
    right = {"name": "KOPI", "serial": 1, "city": "JEMBER"}
    with pytest.raises(ValueError, match=r"serial|name|ASCII"):
        static_sticker(**(right | wrong), category_code="5499", postal_code="68111", terminal="A01")
