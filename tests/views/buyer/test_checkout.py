"""The one screen between basket and order."""

import re
from html import unescape

import pytest
import sqlalchemy as sa

from bazaar import baskets, orders, payments
from bazaar.db import db
from bazaar.models import BasketLine, Charge, Checkout, FreeShipping, Order, Product
from bazaar.tokens import new_key
from tests.builders import a_product, a_rate, a_seller, a_sticker, an_edition

SUMBERSARI = "35.09.21.1002"


@pytest.fixture(autouse=True)
def clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture(autouse=True)
def edition(app):
    return an_edition(hold_minutes=45)


def a_basket(now, *products: Product, quantity: int = 1) -> str:
    basket, token = baskets.open_basket(source="code", now=now)
    baskets.add(basket, {product.id: quantity for product in products}, now=now)
    return f"/k/{token}/pesan"


def a_form(*products: Product, **given: str) -> dict[str, str]:
    """What a person sends who filled in everything right; shipping 12,000 a stall."""
    form = {
        "key": new_key(),
        "buyer_name": "Siti Aminah",
        "phone": "0812 3456 7890",
        "country": "ID",
        "village": SUMBERSARI,
        "street": "Jalan Jawa 10",
        "note": "",
        "agreed_idr": str(sum(p.price_idr for p in products) + 12_000 * len(products)),
    }
    couriers = {f"courier-{product.seller_id}": "JNE REG" for product in products}
    return form | couriers | given


def an_abroad_form(product: Product, **given: str) -> dict[str, str]:
    form = a_form(product, country="SG", phone="9123 4567", street="10 Orchard Road")
    return form | {"village": "", "postal_code": "238841", "agreed_idr": "205000"} | given


def count(model) -> int:
    return db.session.scalars(sa.select(sa.func.count()).select_from(model)).one()


def errors_on(page: str) -> dict[str, str]:
    found = re.findall(r'id="([a-z_]+)-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return {field: unescape(sentence.strip()) for field, sentence in found}


def test_a_filled_screen_becomes_an_order_with_its_charge(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(price_idr=25_000)
    a_sticker(product.seller)

    answer = client.post(a_basket(now, product), data=a_form(product))

    assert answer.status_code == 303
    assert re.fullmatch(r"/o/[A-Za-z0-9_-]{43}", answer.location)
    checkout = db.session.scalars(sa.select(Checkout)).one()
    assert (checkout.phone, checkout.country) == ("+6281234567890", "ID")
    assert (checkout.village_code, checkout.postal_code) == (SUMBERSARI, "68121")
    assert checkout.area == "Sumbersari, Kec. Sumbersari, Kabupaten Jember, Jawa Timur"
    assert (checkout.source, checkout.language) == ("code", "id")
    charge = db.session.scalars(sa.select(Charge)).one()
    assert charge.full_idr == 37_000
    assert 37_000 - charge.amount_idr in range(1, 100)
    assert count(BasketLine) == 0
    assert "45 menit" not in client.get(answer.location).text


def test_stalls_without_a_sticker_get_no_charge(client, now):
    a_rate(first_kg_idr=12_000)
    paid, unpaid = a_product(), a_product()
    a_sticker(paid.seller)

    client.post(a_basket(now, paid, unpaid), data=a_form(paid, unpaid))

    assert (count(Order), count(Charge)) == (2, 1)
    assert payments.find_account(unpaid.seller_id) is None


def test_ten_clicks_and_the_back_button_are_one_order(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(stock=5)
    address, form = a_basket(now, product), a_form(product)

    answers = [client.post(address, data=form) for _ in range(10)]
    changed = client.post(address, data=form | {"street": "Alamat lain 99"})

    assert {answer.location for answer in [*answers, changed]} == {answers[0].location}
    assert (count(Checkout), product.stock) == (1, 4)
    assert "tidak dibuat dua kali" in client.get(answers[0].location).text


def test_a_key_opens_nothing_from_another_basket(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product()
    form = a_form(product)
    first = client.post(a_basket(now, product), data=form).location

    assert client.post(a_basket(now, product), data=form).location != first


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("buyer_name", " ", "Tulis nama penerima paket."),
        ("buyer_name", "a" * 121, "Nama paling panjang 120 huruf."),
        ("phone", "", "Tulis nomor HP; kurir menghubungi nomor ini."),
        ("phone", "123", "Nomor ini tidak dikenal."),
        ("phone", "0812 3456 789O", "Nomor ini tidak dikenal."),
        ("street", "", "Tulis jalan, nomor rumah, atau RT/RW."),
        ("street", "a" * 201, "Alamat paling panjang 200 huruf."),
        ("note", "a" * 201, "Catatan paling panjang 200 huruf."),
    ],
)
def test_each_wrong_field_gets_its_sentence_and_what_was_typed_stays(
    client, now, field, value, sentence
):
    a_rate()
    product = a_product()

    answer = client.post(a_basket(now, product), data=a_form(product, **{field: value}))

    assert answer.status_code == 422
    assert list(errors_on(answer.text)) == [field]
    assert errors_on(answer.text)[field].startswith(sentence)
    assert 'value="Jalan Jawa 10"' in answer.text or field == "street"
    assert f'value="{SUMBERSARI}" checked' in answer.text
    assert count(Checkout) == 0


@pytest.mark.parametrize("village", ["", "35.09.21", "99.99.99.9999", "Sumbersari"])
def test_without_a_village_nothing_is_ordered(client, now, village):
    a_rate()
    product = a_product()

    answer = client.post(a_basket(now, product), data=a_form(product, village=village))

    assert answer.status_code == 422
    assert errors_on(answer.text)["find"].startswith("Cari lalu pilih desa atau kelurahan")


def test_an_unknown_country_is_refused(client, now):
    product = a_product()

    answer = client.post(a_basket(now, product), data=a_form(product, country="XX"))

    assert answer.status_code == 422
    assert errors_on(answer.text)["country"] == "Pilih negara tujuan dari daftar."


@pytest.mark.parametrize("key", ["", "kurang", "a" * 65, "<script>alert(1)</script>......"])
def test_a_form_without_a_key_of_ours_comes_back_with_one(client, now, key):
    a_rate()
    product = a_product()

    answer = client.post(a_basket(now, product), data=a_form(product, key=key))

    assert answer.status_code == 422
    assert "Formulir ini tidak lengkap." in answer.text
    assert re.search(r'name="key" value="[A-Za-z0-9_-]{22}"', answer.text)


def test_abroad_asks_for_what_the_country_needs(client, now):
    a_rate(prefix="SG", courier="JNE REG", first_kg_idr=180_000)
    product = a_product(price_idr=25_000)

    answer = client.post(a_basket(now, product), data=an_abroad_form(product))

    assert answer.status_code == 303
    checkout = db.session.scalars(sa.select(Checkout)).one()
    assert (checkout.country, checkout.village_code) == ("SG", "")
    assert (checkout.postal_code, checkout.phone) == ("238841", "+6591234567")
    assert "Singapura" in client.get(answer.location).text


@pytest.mark.parametrize(
    ("postal_code", "sentence"),
    [
        ("", "Wajib diisi untuk negara tujuan ini."),
        ("12", "Kode pos tidak sesuai dengan bentuk di negara tujuan."),
    ],
)
def test_a_postal_code_abroad_is_checked(client, now, postal_code, sentence):
    a_rate(prefix="SG", courier="JNE REG")
    product = a_product()
    form = an_abroad_form(product, postal_code=postal_code)

    answer = client.post(a_basket(now, product), data=form)

    assert answer.status_code == 422
    assert errors_on(answer.text) == {"postal_code": sentence}


def test_before_the_total_was_seen_it_is_shown_and_nothing_ordered(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(price_idr=25_000)

    answer = client.post(a_basket(now, product), data=a_form(product, agreed_idr=""))

    assert answer.status_code == 200
    assert "Pesan sekarang, Rp37.000" in answer.text
    assert 'name="agreed_idr" value="37000"' in answer.text
    assert "45 menit" in answer.text
    assert count(Checkout) == 0


def test_another_total_than_agreed_is_shown_anew(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(price_idr=25_000)

    answer = client.post(a_basket(now, product), data=a_form(product, agreed_idr="1"))

    assert answer.status_code == 409
    assert "Harga atau ongkir berubah" in answer.text
    assert "Pesan sekarang, Rp37.000" in answer.text
    assert count(Checkout) == 0


def test_too_few_pieces_are_told_and_nothing_is_held(client, now):
    a_rate(first_kg_idr=12_000)
    plenty, scarce = a_product(stock=9), a_product(stock=1, name="Tas")
    address = a_basket(now, plenty, scarce, quantity=2)
    form = a_form(plenty, scarce)
    form["agreed_idr"] = str(2 * plenty.price_idr + 2 * scarce.price_idr + 24_000)

    answer = client.post(address, data=form)

    assert answer.status_code == 409
    assert "Stok Tas tidak cukup; sisa 1." in answer.text
    assert 'value="Jalan Jawa 10"' in answer.text
    assert (plenty.stock, scarce.stock, count(Checkout)) == (9, 1, 0)


def test_what_is_short_is_fitted_to_the_stock_and_what_was_typed_stays(client, now):
    a_rate(first_kg_idr=12_000)
    plenty, scarce, gone = (a_product(stock=stock, price_idr=10_000) for stock in (9, 1, 0))
    address = a_basket(now, plenty, scarce, gone, quantity=2)
    assert 'value="fit"' in client.get(address).text
    assert "Pesan sekarang" not in client.post(address, data=a_form(plenty, scarce, gone)).text

    page = client.post(address, data=a_form(plenty, scarce, gone) | {"do": "fit"}).text

    assert 'value="Jalan Jawa 10"' in page
    assert f"Pesan sekarang, Rp{30 + 2 * 12}.000" in page
    assert "Isi keranjang sudah disesuaikan." in page
    lines = sa.select(BasketLine.product_id, BasketLine.quantity)
    assert dict(db.session.execute(lines).all()) == {plenty.id: 2, scarce.id: 1}


def test_an_emptied_basket_leads_to_the_last_order(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product()
    address = a_basket(now, product)

    order = client.post(address, data=a_form(product)).location
    back = client.get(client.get(address).location).text

    assert f'href="{order}"' in back
    assert "Pilih barang dulu" not in back
    assert f'href="{order}"' in client.get("/keranjang").text
    client.set_cookie("pesanan", "../evil")
    assert "Pesanan terakhir" not in client.get("/keranjang").text


def test_abroad_each_sentence_says_which_field_it_is_about(client, now):
    a_rate(prefix="SG", courier="JNE REG")
    product = a_product()
    form = an_abroad_form(product, street="", postal_code="", phone="0812 3456 7890")

    page = client.post(a_basket(now, product), data=form).text

    assert "Kode pos: Wajib diisi untuk negara tujuan ini." in page
    assert errors_on(page) == {
        "phone": "Nomor ini tidak dikenal. Tulis dengan kode negara, misalnya +62 812-3456-7890.",
        "street": "Wajib diisi untuk negara tujuan ini.",
        "postal_code": "Wajib diisi untuk negara tujuan ini.",
    }


def test_the_price_of_shipping_comes_first_where_lists_are_narrow(client, now):
    a_rate(courier="JNE REG", first_kg_idr=12_000)
    product = a_product()

    page = client.post(a_basket(now, product), data=a_form(product, agreed_idr="")).text

    assert re.search(r"<option[^>]*>Rp12\.000, JNE REG", page)


def test_a_place_nobody_sends_to_is_told(client, now):
    a_rate(prefix="35.09")
    product = a_product()
    far = a_form(product, village="11.01.01.2001", agreed_idr="")

    answer = client.post(a_basket(now, product), data=far)

    assert "Ongkir ke alamat ini belum ada." in answer.text
    assert "Pesan sekarang" not in answer.text


def test_a_closed_seller_is_told(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(seller=a_seller(name="Kopi Sido"))
    address = a_basket(now, product)
    product.seller.active = False

    answer = client.post(address, data=a_form(product))

    assert answer.status_code == 409
    assert "Lapak Kopi Sido sedang tutup." in answer.text


def test_without_an_edition_nothing_is_ordered(client, now, edition):
    a_rate(first_kg_idr=12_000)
    edition.is_current = False
    product = a_product()

    answer = client.post(a_basket(now, product), data=a_form(product))

    assert answer.status_code == 409
    assert "Belum ada penyelenggaraan" in answer.text


def test_an_empty_basket_leads_back(client, now):
    address = a_basket(now)
    basket = address.removesuffix("/pesan")

    assert client.get(address).location == basket
    assert client.post(address, data={"key": new_key()}).location == basket
    assert client.post(address, data={"do": "find"}).location == basket
    assert "Keranjang ini kosong" in client.get(basket).text


def test_the_cheapest_courier_is_chosen_until_the_buyer_chooses(client, now):
    a_rate(courier="JNE REG", first_kg_idr=12_000)
    a_rate(courier="POS", first_kg_idr=9_000)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)
    fragment = address.replace("/pesan", "/ongkir")

    cheapest = client.get(f"{fragment}?country=ID&village={SUMBERSARI}").text
    chosen = client.get(
        f"{fragment}?country=ID&village={SUMBERSARI}&courier-{product.seller_id}=JNE+REG"
    ).text
    nowhere = client.get(f"{fragment}?country=ID").text

    assert "<html" not in cheapest
    assert "Pesan sekarang, Rp34.000" in cheapest
    assert "Pesan sekarang, Rp37.000" in chosen
    assert "Ongkir muncul setelah tujuan dipilih." in nowhere


def test_places_are_found_without_script_by_search(client, now):
    product = a_product()
    form = {"do": "find", "find": "sumbersari jember", "buyer_name": "Siti", "country": "ID"}

    page = client.post(a_basket(now, product), data=form).text

    assert f'value="{SUMBERSARI}"' in page
    assert 'name="within" value="35.09.21"' in page
    assert 'value="Siti"' in page
    assert errors_on(page) == {}


def test_a_search_without_hits_says_so(client, now):
    form = {"do": "find", "find": "zzzzz", "country": "ID"}

    assert "Tidak ketemu." in client.post(a_basket(now, a_product()), data=form).text


def test_a_found_district_opens_into_its_villages(client, now):
    address = a_basket(now, a_product())

    page = client.post(address, data={"within": "35.09.21", "country": "ID"}).text

    assert page.count('name="village"') == 7
    assert "Antirogo" in page


def test_places_are_found_without_script_from_province_down(client, now):
    address = a_basket(now, a_product())
    form = {"do": "pick", "country": "ID"}

    assert "Kabupaten Jember" in client.post(address, data=form | {"province": "35"}).text
    form |= {"province": "35", "regency": "35.09"}
    assert "Sumbersari" in client.post(address, data=form).text
    page = client.post(address, data=form | {"district": "35.09.21"}).text
    assert f'value="{SUMBERSARI}"' in page


def test_the_country_can_be_changed_without_script(client, now):
    address = a_basket(now, a_product())

    page = client.post(address, data={"do": "country", "country": "AU"}).text

    for field in ("city", "country_area", "postal_code"):
        assert f'name="{field}"' in page
    assert 'name="find"' not in page


def test_places_are_answered_to_scripts(client):
    found = client.get("/wilayah?q=sumbersari+jember").json["places"]
    assert {place["code"] for place in found} >= {SUMBERSARI, "35.09.21"}
    assert client.get("/wilayah?q=a").json == {"places": []}

    below = {
        code: [region["name"] for region in client.get(f"/wilayah/{code}").json["regions"]]
        for code in ("35", "35.09", "35.09.21", "nowhere")
    }
    assert "Kabupaten Jember" in below["35"]
    assert "Sumbersari" in below["35.09"]
    assert "Antirogo" in below["35.09.21"]
    assert below["nowhere"] == []


@pytest.mark.parametrize("products", [1, 3])
def test_more_products_cost_no_more_queries_to_show(client, now, queries, products):
    seller = a_seller()
    address = a_basket(now, *(a_product(seller=seller) for _ in range(products)))
    client.get(address)  # the day is read once, then only when it changed
    queries.clear()

    client.get(address)

    assert len(queries) == 4


def test_text_from_a_buyer_runs_nowhere(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product()
    script = "<script>alert(1)</script>"
    form = a_form(product, buyer_name=script, street=script, note=script)

    answer = client.post(a_basket(now, product), data=form)

    assert script not in client.get(answer.location).text


def test_fetching_needs_a_name_and_a_number_only(client, now):
    a_rate(first_kg_idr=12_000)
    a_rate(courier="Ambil sendiri", first_kg_idr=0, next_kg_idr=0, days="")
    product = a_product(price_idr=25_000)
    address, form = a_basket(now, product), a_form(product)
    assert "Ambil sendiri di lapak" in client.get(address).text
    switched = client.post(address, data=form | {"do": "fetch"}).text
    assert "Kirim saja ke alamat" in switched
    assert 'name="street"' not in switched
    assert "Rp0, Ambil sendiri" in switched.replace("\xa0", "")

    fetched = form | {
        "fetch": "1",
        "village": "",
        "street": "",
        "agreed_idr": "25000",
        f"courier-{product.seller_id}": "Ambil sendiri",
    }
    assert (
        "Tulis nama penerima paket." in client.post(address, data=fetched | {"buyer_name": ""}).text
    )
    assert client.post(address, data=fetched).status_code == 303

    order = db.session.scalars(sa.select(Order)).one()
    assert (order.courier, order.shipping_idr) == ("Ambil sendiri", 0)
    assert (order.checkout.village_code, order.checkout.street) == ("", "Ambil sendiri")


def test_fetching_is_no_way_around_the_price(client, now):
    a_rate(first_kg_idr=12_000)
    a_rate(courier="Ambil sendiri", first_kg_idr=0, next_kg_idr=0)
    product = a_product(price_idr=25_000)
    courier = {f"courier-{product.seller_id}": "Ambil sendiri", "agreed_idr": "25000"}

    answer = client.post(a_basket(now, product), data=a_form(product) | courier)

    assert answer.status_code == 409
    assert count(Order) == 0


def test_free_shipping_is_shown_and_kept_on_the_order(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(price_idr=25_000)
    db.session.add(FreeShipping(prefix="35", min_goods_idr=50_000, up_to_idr=10_000))
    address, form = a_basket(now, product), a_form(product)
    shown = client.get(
        f"{address.removesuffix('/pesan')}/ongkir?country=ID&village={SUMBERSARI}"
    ).text
    assert "Potongan ongkir sampai Rp10.000 mulai Rp50.000" in shown.replace("\xa0", "")
    assert "kurang Rp25.000 lagi" in shown.replace("\xa0", "")

    db.session.scalars(sa.select(FreeShipping)).one().min_goods_idr = 25_000
    assert client.post(address, data=form | {"agreed_idr": "27000"}).status_code == 303

    order = db.session.scalars(sa.select(Order)).one()
    assert (order.shipping_idr, order.shipping_full_idr) == (2_000, 12_000)
    assert order.shipping_quote["free"]["min_goods_idr"] == 25_000
    assert order.shipping_quote["from"] == "table"


def test_a_big_box_costs_what_it_counts_as(client, now):
    a_rate(first_kg_idr=12_000, next_kg_idr=9_000)
    product = a_product(price_idr=25_000, weight_g=1000, length_cm=38, width_cm=29, height_cm=28)

    answer = client.post(a_basket(now, product), data=a_form(product, agreed_idr="73000"))

    assert answer.status_code == 303
    quote = db.session.scalars(sa.select(Order)).one().shipping_quote
    assert (quote["grams"], quote["kg"], quote["box_cm"]) == (5143, 5, [38, 29, 28])


def test_who_has_too_many_unpaid_orders_is_told_what_to_do(client, edition, now):
    a_rate(first_kg_idr=12_000)
    product = a_product()
    edition.unpaid_per_phone = 1
    client.post(a_basket(now, product), data=a_form(product))

    page = client.post(a_basket(now, product), data=a_form(product))

    assert page.status_code == 409
    assert "Nomor ini sudah punya 1 pesanan yang belum dibayar." in page.text
    assert "bayar atau batalkan salah satunya, lalu pesan lagi" in page.text
    other = client.post(a_basket(now, product), data=a_form(product, phone="0812 0000 1111"))
    assert other.status_code == 303
    order = db.session.scalars(sa.select(Order).order_by(Order.id)).first()
    orders.cancel(order, now=now)
    assert client.post(a_basket(now, product), data=a_form(product)).status_code == 303


def test_a_limit_that_came_after_the_basket_is_kept_at_placing(client, now):
    a_rate(first_kg_idr=12_000)
    product = a_product(name="Kopi")
    address = a_basket(now, product, quantity=3)
    product.most_per_order = 2
    db.session.commit()

    form = a_form(product, agreed_idr=str(3 * product.price_idr + 12_000))
    page = client.post(address, data=form)

    assert page.status_code == 409
    assert "Kopi paling banyak 2 per pesanan." in page.text
    assert client.post(address, data=form | {"do": "fit"}).status_code == 200
    form = a_form(product, agreed_idr=str(2 * product.price_idr + 12_000))
    assert client.post(address, data=form).status_code == 303
