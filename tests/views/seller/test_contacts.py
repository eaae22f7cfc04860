"""How sellers say how they want to be reached."""

import pytest

from bazaar.models import ContactKind
from bazaar.show import contacts
from bazaar.web import services
from tests.builders import a_seller, an_edition, seller_token
from tests.show.cueing import messages, telegram


@pytest.fixture
def seller(app):
    an_edition()
    return a_seller(name="Batik Sekar", email="sekar@umkm.test")


@pytest.fixture
def page(seller):
    return f"/u/{seller_token(seller)}/kontak"


def ways(seller):
    return contacts.open_ways(seller, contacts.of([seller.id]).get(seller.id, {}))


def test_mail_works_without_doing_anything_and_can_be_ended(client, seller, page):
    assert ways(seller) == [ContactKind.EMAIL]
    assert "sekar@umkm.test" in client.get(page).text

    assert client.post(f"{page}/surel/henti").status_code == 303
    assert ways(seller) == []
    assert "dihentikan" in client.get(page).text
    assert client.post(f"{page}/surel", data={"address": ""}).status_code == 303
    assert ways(seller) == [ContactKind.EMAIL]


def test_another_address_for_reminders(client, seller, page):
    assert client.post(f"{page}/surel", data={"address": "anak@contoh.id"}).status_code == 303

    assert 'value="anak@contoh.id"' in client.get(page).text
    assert seller.email == "sekar@umkm.test"


@pytest.mark.parametrize(
    ("way", "address", "says"),
    [
        ("surel", "bukan surel", "Tulis alamat surel"),
        ("surel", "a@b.id\r\nBcc: c@d.id", "Tulis alamat surel"),
        ("telegram", "json://127.0.0.1", "Tulis nomor chat Telegram"),
        ("telegram", "", "Isi nomornya."),
    ],
)
def test_wrong_addresses_are_refused(client, seller, page, telegram_bot, way, address, says):
    refused = client.post(f"{page}/{way}", data={"address": address})

    assert refused.status_code == 422
    assert says in refused.text
    assert ways(seller) == [ContactKind.EMAIL]


@pytest.fixture
def telegram_bot(app):
    from dataclasses import replace

    kept = app.extensions["bazaar"]
    token = "123456789:AAabcdefghijklmnopqrstuvwxyz012345678"
    settings = kept.settings.model_copy(
        update={"telegram_token": token, "telegram_bot": "pasar_bot"}
    )
    app.extensions["bazaar"] = replace(kept, settings=settings)
    yield
    app.extensions["bazaar"] = kept


def test_telegram_is_offered_where_the_committee_has_a_bot(client, seller, page):
    assert "belum memasang Telegram" in client.get(page).text


def test_telegram_is_set_up_and_tried(client, seller, page, telegram_bot):
    assert "https://t.me/pasar_bot" in client.get(page).text
    assert client.post(f"{page}/telegram", data={"address": " 987654321 "}).status_code == 303
    assert ways(seller) == [ContactKind.EMAIL, ContactKind.TELEGRAM]

    assert client.post(f"{page}/telegram/coba").status_code == 303
    (letter,) = messages("telegram")
    assert letter.to == f"seller:{seller.id}"
    shown = client.get(page).text
    assert "sedang dikirim" in shown
    assert services().settings.telegram_token not in shown


def test_sellers_cannot_name_services(client, seller, page):
    answer = client.post(f"{page}/lain", data={"address": "discord://1234567890/abcdefgh"})

    assert answer.status_code == 404
    assert client.post(f"{page}/x/henti").status_code == 404


def test_the_language_is_chosen(client, seller, page):
    assert client.post(f"{page}/bahasa", data={"language": "en"}).status_code == 303
    assert seller.language == "en"
    assert client.post(f"{page}/bahasa", data={"language": "jv"}).status_code == 422
    assert seller.language == "en"


def stop_link(seller, kind=ContactKind.TELEGRAM):
    return f"/berhenti/{contacts.stop_token(seller, kind, services().links)}"


def test_a_mail_program_ends_it_with_one_request(client, seller, now):
    telegram(seller, now)
    answer = client.post(
        stop_link(seller),
        data={"List-Unsubscribe": "One-Click"},
        headers={"X-CSRFToken": "", "Origin": "https://mail.contoh.id"},
    )

    assert answer.status_code == 200
    assert ways(seller) == [ContactKind.EMAIL]
    assert "sudah dihentikan" in client.get(stop_link(seller)).text


def test_looking_at_the_link_ends_nothing(client, seller, now):
    telegram(seller, now)
    page = client.get(stop_link(seller))

    assert "Ya, berhenti" in page.text
    assert seller_token(seller) not in page.text  # the link may be passed on
    assert ContactKind.TELEGRAM in ways(seller)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_link_ends_nothing(client, seller, now, method):
    telegram(seller, now)
    token = contacts.stop_token(seller, ContactKind.TELEGRAM, services().links)
    for forged in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "1", "x" * 43):
        assert client.open(f"/berhenti/{forged}", method=method).status_code == 404
    assert ContactKind.TELEGRAM in ways(seller)


def test_a_way_that_cannot_work_is_not_promised(client, seller, page, now):
    telegram(seller, now)
    text = client.get(page).text

    assert text.count("belum tersedia") == 2
    assert "Pengingat otomatis belum menyala" in text
    assert "Anda diingatkan sehari" not in text
    assert f'action="{page}/telegram"' not in text
    for way in ("telegram", "telegram/coba", "surel/coba"):
        refused = client.post(f"{page}/{way}", data={"address": "123456789"})
        assert refused.status_code == 409
        assert "Jalan ini belum dipasang" in refused.text
    assert messages() == []


def test_what_works_is_promised(client, seller, page, now, telegram_bot):
    assert "Pengingat otomatis belum menyala" in client.get(page).text
    telegram(seller, now)

    assert "Anda diingatkan sehari" in client.get(page).text
