"""What aggregators ask, on the way to an order: shown in little time, ordered as it was shown."""

import html
import re
import time

import pytest
import sqlalchemy as sa

from bazaar import bookings
from bazaar.db import db
from bazaar.models import Order
from bazaar.views.buyer import offers
from tests.builders import a_product, a_rate, an_edition
from tests.couriers import installed
from tests.slowness import within
from tests.views.buyer.test_checkout import SUMBERSARI, a_basket, a_form


@pytest.fixture(params=["biteship", "kiriminaja"])
def provider(request, app, monkeypatch):
    monkeypatch.setattr(offers, "_silent_until", 0.0)
    an_edition()
    with installed(app, request.param) as provider:
        yield provider


def shown(client, address, **given):
    query = {"country": "ID", "village": SUMBERSARI} | given
    db.session.commit()
    answer = client.get(f"{address.removesuffix('/pesan')}/ongkir", query_string=query)
    page = html.unescape(answer.text).replace("\xa0", "")
    return re.findall(r'<option value="([^"]+)"[^>]*>Rp([0-9.]+), ([^<(]+)', page)


def ordered(client, address, product, value, price_idr):
    form = a_form(product, agreed_idr=str(product.price_idr + price_idr))
    return client.post(address, data=form | {f"courier-{product.seller_id}": value})


def test_an_offer_is_ordered_at_the_price_that_was_shown(client, now, provider):
    a_rate(first_kg_idr=99_000)
    a_rate(courier="Antar lokal", prefix=SUMBERSARI[:8], first_kg_idr=5_000, next_kg_idr=0)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)

    found = shown(client, address)

    assert "Antar lokal" in {name.strip() for _, _, name in found}
    assert "99.000" not in {price for _, price, _ in found}
    value, price, name = next(each for each in found if each[0].startswith("~"))
    price_idr = int(price.replace(".", ""))
    provider.served.close()  # nobody outside is asked again
    answer = ordered(client, address, product, value, price_idr)
    assert answer.status_code == 303, re.findall(r"alert.*?</p>", answer.text, re.DOTALL)
    order = db.session.scalars(sa.select(Order)).one()
    assert (order.shipping_idr, order.courier) == (price_idr, name.strip())
    assert order.shipping_quote["from"] == provider.name
    assert order.shipping_quote["service_code"]


def test_a_forged_or_foreign_offer_is_refused(client, now, provider):
    a_rate(first_kg_idr=99_000)
    product, other = a_product(price_idr=25_000), a_product(weight_g=9_000)
    address = a_basket(now, product)
    value, price, _ = next(each for each in shown(client, address) if each[0].startswith("~"))
    price_idr = int(price.replace(".", ""))
    foreign, _, _ = next(e for e in shown(client, a_basket(now, other)) if e[0].startswith("~"))

    for wrong in (value[:-1] + "x", "~", "~.", "~" + "a" * 5_000, foreign):
        assert ordered(client, address, product, wrong, price_idr).status_code == 409
    assert db.session.scalars(sa.select(Order)).all() == []


def test_an_old_offer_is_refused(client, now, provider, time_machine):
    time_machine.move_to(now)
    a_rate(first_kg_idr=99_000)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)
    value, price, _ = next(each for each in shown(client, address) if each[0].startswith("~"))
    time_machine.shift(3_601)
    answer = ordered(client, address, product, value, int(price.replace(".", "")))
    assert answer.status_code == 409


def test_the_table_counts_while_providers_are_silent(client, now, provider):
    a_rate(first_kg_idr=99_000)
    address = a_basket(now, a_product())
    provider.served.close()

    begun = time.monotonic()
    pages = [shown(client, address) for _ in range(3)]

    assert [[row[1] for row in page] for page in pages] == [["99.000"]] * 3
    assert time.monotonic() - begun < within(3)


@pytest.mark.parametrize("form", [{"do": "find"}, {"do": "pick"}, {"buyer_name": ""}])
def test_without_scripts_the_same_offers_are_shown(client, now, provider, form):
    a_rate(first_kg_idr=99_000)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)
    db.session.commit()
    page = html.unescape(client.post(address, data=a_form(product, **form)).text)
    assert "~" in re.findall(r'<option value="(.)', page)
    assert "99.000" not in page.replace("\xa0", "")


def test_others_write_while_a_form_waits_for_offers(client, now, provider, monkeypatch):
    asked = []

    def slow(*_, **__):
        connection = db.engine.raw_connection()  # another writer, with little patience
        try:
            cursor = connection.cursor()
            if db.engine.dialect.name == "sqlite":
                cursor.execute("PRAGMA busy_timeout = 200")
                cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("UPDATE sellers SET story = 'sementara itu'")
            asked.append(cursor.rowcount)
            connection.rollback()
        finally:
            connection.invalidate()  # its patience is not for those who come after
        return []

    a_rate(first_kg_idr=99_000)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)
    db.session.commit()
    monkeypatch.setattr(bookings, "rates_to", slow)
    answer = client.post(address, data=a_form(product, do="find"))
    assert (answer.status_code, asked) == (200, [1])


def test_a_page_that_fits_the_basket_asks_nobody(client, now, provider):
    a_rate(first_kg_idr=99_000)
    product = a_product(price_idr=25_000)
    address = a_basket(now, product)
    db.session.commit()
    page = client.post(address, data=a_form(product, do="fit")).text
    assert "99.000" in page
    assert "~" not in re.findall(r'<option value="(.)', page)
