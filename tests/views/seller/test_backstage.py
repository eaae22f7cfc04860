"""What a seller sees while the show runs."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db
from bazaar.models import AuditEntry, CheckIn, OrderStatus
from bazaar.rules.show.acts import ActKind
from tests.builders import (
    HOST,
    a_product,
    a_release,
    a_seller,
    a_turn,
    a_window,
    an_edition,
    an_order,
    seller_token,
)

FRAGMENT = {"X-Fragment": "1"}


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now, time_machine):
    """Kopi 19.00, then Batik Sri, who holds the link, at 19.15 and at 20.15; it is 19.00."""
    time_machine.move_to(now)
    edition = an_edition()
    a_window(edition, opens_at=now, minutes=90)
    released = a_release(edition)
    kopi = a_seller(edition=edition, name="Kopi Ijen")
    batik = a_seller(edition=edition, name="Batik Sri")
    a_turn(released, kopi, starts_at=now)
    first = a_turn(released, batik, starts_at=now + minutes(15))
    a_turn(released, batik, starts_at=now + minutes(75))
    product = a_product(seller=batik, name="Kain parang", claim_code="B01", stock=3)
    token = seller_token(batik)
    db.session.commit()
    return edition, first, product, token


def page(evening, client, **headers):
    return client.get(f"/u/{evening[3]}/siaran", headers=headers)


def act(evening, kind, at, *, revision=0, **more):
    show.act(evening[0], 1, kind, revision=revision, actor=HOST, now=at, **more)
    db.session.commit()


@pytest.mark.parametrize(
    ("minute", "shown"),
    [
        (-40, ["Giliran Anda nanti", "mulai pukul 19.15 WIB", "B01"]),
        (1, ["Masuk ruang Zoom sekarang", "https://zoom.us/j/9001", "Saya sudah di ruang Zoom"]),
        (14, ["Siap-siap"]),
        (16, ["ON AIR", "sampai 19.30 WIB", "0 pesanan", "Kain parang", "sisa 3"]),
        (28.5, ["Waktu hampir habis"]),
        (29.5, ["Bungkus: sebut kode, ucapkan terima kasih"]),
        (31, ["Selesai, terima kasih!", "lapak Anda tetap buka"]),
        (50, ["Giliran Anda nanti", "mulai pukul 20.15 WIB"]),
        (60 * 24, ["Hari ini Anda tidak siaran"]),
    ],
)
def test_the_page_goes_with_the_evening(evening, client, time_machine, now, minute, shown):
    time_machine.move_to(now + minutes(minute))

    whole, part = page(evening, client).text, page(evening, client, **FRAGMENT).text

    for text in shown:
        assert text in part
        assert text in whole
    assert "<html" not in part


def test_lateness_is_told_with_the_time_that_was_announced(evening, client, time_machine, now):
    act(evening, ActKind.ADD, now + minutes(1), seconds=300)
    time_machine.move_to(now + minutes(2))

    text = page(evening, client).text

    assert "mulai pukul 19.20 WIB" in text
    assert "Perkiraan, 5 menit sesudah jadwal (19.15)." in text
    home = client.get(f"/u/{evening[3]}/giliran").text
    assert "19.20–19.35 WIB" in home
    assert f"/u/{evening[3]}/siaran" in home


def test_over_time_in_a_hold_and_with_a_word_of_the_host(evening, client, time_machine, now):
    _, first, *_ = evening
    act(evening, ActKind.BY_HOST, now + minutes(1))
    act(evening, ActKind.START, now + minutes(15), revision=1, turn=first.uid)
    act(evening, ActKind.NOTE, now + minutes(16), text="Sebut ongkir <gratis>")
    time_machine.move_to(now + minutes(31))

    text = page(evening, client).text
    assert "Waktu Anda sudah habis" in text
    assert 'data-over="+"' in text
    assert "Sebut ongkir &lt;gratis&gt;" in text
    act(evening, ActKind.HOLD, now + minutes(31), revision=3, text="Azan")
    time_machine.move_to(now + minutes(32))
    assert "Sisa waktu Anda tidak berkurang" in page(evening, client).text


def test_who_missed_the_turn_and_who_falls_off_read_why(evening, client, time_machine, now):
    edition, first, _, _ = evening
    filler = a_seller(edition=edition, name="Madu Rimba")
    its_token = seller_token(filler)
    act(evening, ActKind.NO_SHOW, now + minutes(16), turn=first.uid, seller=filler.id)
    time_machine.move_to(now + minutes(17))

    assert "Giliran Anda terlewat" in page(evening, client).text
    its = client.get(f"/u/{its_token}/siaran").text
    assert "Anda mengisi giliran yang kosong." in its
    assert "ON AIR" in its
    act(evening, ActKind.CLOSE, now + minutes(40), revision=1)
    time_machine.move_to(now + minutes(90))
    assert "tidak muat hari ini" in page(evening, client).text
    assert "tidak muat" in client.get(f"/u/{evening[3]}").text


def test_a_seller_says_that_it_is_there_and_that_it_leaves(evening, client, now):
    edition, _, _, token = evening
    address = f"/u/{token}/siaran"

    for here in ("1", "1"):
        answer = client.post(f"{address}/ruang", data={"here": here})
        assert (answer.status_code, answer.location) == (303, address)
    assert "Tercatat di ruang Zoom sejak 19.00" in client.get(address).text
    (day,) = show.kept(edition, now)
    assert show.is_here(day, evening[1].seller_id)
    client.post(f"{address}/ruang", data={"here": "0"})
    assert "Saya sudah di ruang Zoom" in client.get(address).text
    assert db.session.scalar(sa.select(sa.func.count(CheckIn.id))) == 2
    actions = db.session.scalars(
        sa.select(AuditEntry.action)
        .order_by(AuditEntry.id)
        .where(AuditEntry.action.like("show.check%"))
    ).all()
    assert actions == ["show.check_in", "show.check_out"]


def test_on_air_what_is_shown_comes_first_and_the_way_into_the_room_last(
    evening, client, time_machine, now
):
    edition, first, product, _ = evening
    edition.contact_phone = "+6281200000001"
    shown = a_product(seller=product.seller, name="Selendang", claim_code="Z09")
    act(evening, ActKind.PIN, now + minutes(16), product=shown.id)
    other = a_product(seller=product.seller, claim_code="Y09")
    for each in ("Agus", "Dewi", "Tono", "Bu Sri Wahyuni"):
        an_order(other, buyer_name=each, turn=first, at=now + minutes(16))
    time_machine.move_to(now + minutes(17))

    text = page(evening, client).text

    order = ("ON AIR", "4 pesanan", "Bu Sri", "Tono", "Dewi", "Z09", "B01", "Agus", "Buka Zoom")
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert f'href="/u/{evening[3]}/kontak"' in text
    assert 'href="https://wa.me/6281200000001?' in text


def test_without_orders_nothing_is_to_be_packed(evening, client, time_machine, now):
    time_machine.move_to(now + minutes(31))

    assert "Kemas pesanan" not in page(evening, client).text


def test_without_an_edition_nobody_can_be_there(client, app):
    token = seller_token(a_seller())

    assert "Hari ini Anda tidak siaran" in client.get(f"/u/{token}/siaran").text
    assert client.post(f"/u/{token}/siaran/ruang", data={"here": "1"}).status_code == 409


def test_orders_of_the_turn_come_with_first_names_and_amounts_only(
    evening, client, time_machine, now
):
    _, first, product, _ = evening
    time_machine.move_to(now + minutes(16))
    an_order(product, buyer_name="Bu Sri Wahyuni", turn=first, at=now + minutes(16))
    gone = an_order(product, buyer_name="Joko Widodo", turn=first, at=now + minutes(16))
    gone.status = OrderStatus.CANCELLED
    other = a_product()
    an_order(other, buyer_name="Orang Lain", turn=first, at=now + minutes(16))

    text = page(evening, client).text

    assert "Bu Sri" in text
    assert "Rp25.000" in text
    assert "1 pesanan" in text
    for hidden in ("Wahyuni", "+62812", "Jalan Jawa", "Joko", "Orang"):
        assert hidden not in text


def test_the_part_is_sent_again_only_when_it_changed(evening, client, time_machine, now):
    first = page(evening, client, **FRAGMENT)
    known = FRAGMENT | {"If-None-Match": first.headers["ETag"]}

    time_machine.move_to(now + timedelta(seconds=20))
    assert page(evening, client, **known).status_code == 304
    act(evening, ActKind.ADD, now + minutes(1), seconds=60)
    time_machine.move_to(now + minutes(2))
    assert page(evening, client, **known).status_code == 200


@pytest.mark.parametrize("rows", [1, 4])
def test_more_goods_and_orders_cost_no_more_queries(
    evening, client, time_machine, now, queries, rows
):
    _, first, product, _ = evening
    time_machine.move_to(now + minutes(16))
    seller = product.seller
    for _ in range(rows):
        an_order(a_product(seller=seller), turn=first, at=now + minutes(16))
    page(evening, client)
    queries.clear()

    page(evening, client)

    assert len(queries) == 7


def test_a_dead_link_opens_nothing(client, app):
    assert client.get("/u/tidak-ada/siaran").status_code == 404
    assert client.post("/u/tidak-ada/siaran/ruang", data={"here": "1"}).status_code == 404
    assert client.get("/live/u/tidak-ada/events").status_code == 404
