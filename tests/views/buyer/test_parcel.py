"""What the buyer sees of the parcel, and the button that ends the order."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from bazaar import orders, shipments
from bazaar.db import db
from bazaar.models import (
    AuditEntry,
    Booking,
    BookingStatus,
    CourierEvent,
    CourierPage,
    Message,
    OrderStatus,
    ParcelProblem,
    ParcelStatus,
)
from bazaar.rules.parcel_signals import Signal, SignalKind
from bazaar.shipments import problems, returns
from bazaar.views.photos import problem_folder
from tests.builders import HOST, NOW, a_parcel, a_product, an_edition, an_order, keep, order_token
from tests.shipments.parcels import a_parcel_in, told
from tests.uploads import send

RESI = "012345678901"


@pytest.fixture(autouse=True)
def at_seven_in_the_evening(now, time_machine):
    time_machine.move_to(now + timedelta(hours=1))


def tracking(parcel):
    order = parcel.order
    return f"/o/{order_token(order)}/{order.reference}/paket/{parcel.number}"


def a_photo(**given):
    out = io.BytesIO()
    Image.new("RGB", (200, 100), "red").save(out, "JPEG", **given)
    return out.getvalue()


def news(parcel, note, *, hours=1, state="in_transit", number=1):
    """A piece of a courier's news that was taken in."""
    keep(
        CourierEvent(
            key=f"{number:064x}",
            provider="biteship",
            provider_order_id="1",
            parcel_id=parcel.id,
            body="{}",
            headers={},
            occurred_at=NOW + timedelta(hours=hours),
            received_at=NOW + timedelta(hours=hours),
            signal=f"state {state}",
            facts={"kind": "state", "state": state},
            note=note,
            result="applied",
        )
    )


def page_of(client, order):
    return client.get(f"/o/{order_token(order)}").text


def receive(client, order):
    return client.post(f"/o/{order_token(order)}/{order.reference}/diterima")


def test_the_parcel_is_told_of_from_the_payment_on(client, now):
    order = an_order(a_product())
    assert "Menunggu dikemas" not in page_of(client, order)

    orders.mark_paid(order.id, now=now)
    assert "Menunggu dikemas" in page_of(client, order)

    shipments.open_parcels(now)
    parcel = shipments.get_parcel_of(order.id)
    shipments.pack(parcel, actor=HOST, now=now)
    assert "Nomor resi muncul di sini" in page_of(client, order)

    shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=now)
    page = page_of(client, order)
    for text in (f'data-copy="{RESI}"', tracking(parcel), "Barang sudah saya terima"):
        assert text in page
    courier = (
        'href="https://www.jne.co.id/tracking-package" target="_blank" rel="noopener noreferrer"'
    )
    assert courier in client.get(tracking(parcel)).text


def test_the_buyer_ends_the_order(client):
    parcel = a_parcel(resi=RESI)
    order = parcel.order

    answers = [receive(client, order) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == f"/o/{order_token(order)}"
    assert (order.status, parcel.status) == (OrderStatus.DONE, ParcelStatus.DELIVERED)
    told = db.session.query(AuditEntry).filter_by(action="parcel.deliver").all()
    assert [(row.actor, row.subject) for row in told] == [("buyer", f"parcel:{parcel.code}")]
    page = page_of(client, order)
    assert "Diterima" in page
    assert "Barang sudah saya terima" not in page


def test_what_is_not_sent_cannot_be_received(client):
    parcel = a_parcel()

    assert receive(client, parcel.order).status_code == 409
    assert parcel.order.status is OrderStatus.PAID
    assert receive(client, an_order(a_product())).status_code == 404


def test_another_buyers_link_ends_nothing(client):
    parcel, other = a_parcel(resi=RESI), a_parcel(resi="999999999999")
    path = f"/o/{order_token(other.order)}/{parcel.order.reference}/diterima"

    assert client.post(path).status_code == 404
    assert parcel.status is ParcelStatus.HANDED_OVER


@pytest.mark.parametrize("courier", ["Kurir Desa", "Ambil sendiri"])
def test_a_courier_without_a_page_has_no_link(client, courier):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=NOW)
    resi = RESI if courier == "Kurir Desa" else ""
    shipments.hand_over(parcel, courier, resi, actor=HOST, now=NOW)

    page = client.get(tracking(parcel)).text

    assert "Lacak di halaman kurir" not in page
    assert ("Salin resi" in page) == bool(resi)
    assert "Barang sudah saya terima" in page


def test_an_order_in_two_parcels_is_done_with_the_second(client, now):
    order = an_order(a_product(), quantity=3)
    orders.mark_paid(order.id, now=now)
    shipments.open_parcels(now)
    first = shipments.get_parcel_of(order.id)
    shipments.split(first, {order.lines[0].id: 1}, actor=HOST, now=now)
    second = shipments.get_parcel_of(order.id, number=2)
    for parcel, resi in ((first, RESI), (second, "012345678902")):
        shipments.pack(parcel, actor=HOST, now=now)
        shipments.hand_over(parcel, "JNE REG", resi, actor=HOST, now=now)
    path = f"/o/{order_token(order)}/{order.reference}/diterima"

    page = page_of(client, order)
    assert "Paket 1 dari 2" in page
    assert "Paket 2 dari 2" in page
    assert page.count("Barang sudah saya terima") == 2

    client.post(path, data={"number": "2"})
    assert (order.status, first.status) == (OrderStatus.PAID, ParcelStatus.HANDED_OVER)
    assert second.status is ParcelStatus.DELIVERED
    assert client.post(path, data={"number": "3"}).status_code == 404
    client.post(path, data={"number": "1"})
    assert order.status is OrderStatus.DONE


def test_receiving_says_whether_something_is_still_to_come(client, now):
    order = an_order(a_product(), quantity=3)
    orders.mark_paid(order.id, now=now)
    shipments.open_parcels(now)
    first = shipments.get_parcel_of(order.id)
    shipments.split(first, {order.lines[0].id: 1}, actor=HOST, now=now)
    for parcel, resi in ((first, RESI), (shipments.get_parcel_of(order.id, number=2), "99999999")):
        shipments.pack(parcel, actor=HOST, now=now)
        shipments.hand_over(parcel, "JNE REG", resi, actor=HOST, now=now)
    reference, path = order.reference, f"/o/{order_token(order)}"

    for number, said in ((2, "Paket lainnya masih menyusul"), (1, f"Pesanan {reference} selesai")):
        # As for a buyer: nothing of the order is in this process's hands.
        db.session.commit()
        db.session.remove()
        client.post(f"{path}/{reference}/diterima", data={"number": number})
        assert said in client.get(path).text


def test_the_page_tells_the_way_and_the_couriers_news_without_who_and_where(client):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=NOW)
    shipments.unpack(parcel, actor=HOST, now=NOW)
    shipments.pack(parcel, actor=HOST, now=NOW)
    shipments.hand_over(parcel, "JNE REG", RESI, actor=HOST, now=NOW)
    shipments.apply(None, parcel, told("in_transit"), now=NOW)
    news(parcel, f"[JEMBER] {RESI} ke SITI AMINAH, Jalan Jawa 10, 0812-3456-7890", number=1)
    news(parcel, "", hours=2, state="out_for_delivery", number=2)
    news(parcel, "<b>Gudang</b> Surabaya", hours=-1, number=3)

    answer = client.get(tracking(parcel))

    page = answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert f"[JEMBER] {RESI} ke S*** A***, ***, ***" in page
    assert "&lt;b&gt;Gudang&lt;/b&gt; Surabaya" in page
    assert page.index("Sedang diantar") < page.index("[JEMBER]") < page.index("Surabaya")
    assert page.count('<span class="step-label">Sudah dikemas</span>') == 1
    assert "Kemasan dibuka" not in page
    for secret in ("Siti", "Aminah", "Jalan Jawa", "0812"):
        assert secret not in page
    assert "S*** A***" in page
    assert "Sumbersari, Jember, Jawa Timur" in page
    assert "Perkiraan tiba: Sel 3 Mar sampai Rab 4 Mar." in page
    assert f'data-copy="{RESI}"' in page


@pytest.mark.parametrize(
    ("village", "time"),
    [
        ("35.09.21.1002", "19.00 WIB"),
        ("73.71.10.1001", "20.00 WITA"),
        ("91.71.01.1001", "21.00 WIT"),
    ],
)
def test_times_are_those_of_the_place_it_goes_to(client, village, time):
    parcel = a_parcel(resi=RESI)
    parcel.order.checkout.village_code = village
    db.session.flush()
    assert time in client.get(tracking(parcel)).text
    assert "19.00 WIB" in page_of(client, parcel.order)


def test_the_committees_address_of_the_courier_wins(client):
    keep(CourierPage(company="JNE", tracking_url="https://lacak.example/?n={resi}", phone=""))
    page = client.get(tracking(a_parcel(resi=RESI))).text
    assert f'href="https://lacak.example/?n={RESI}"' in page
    assert "Salin nomor resi lalu tempel" not in page


def test_a_link_of_the_booking_is_shown(client):
    parcel = a_parcel(resi=RESI)
    booking = Booking(
        parcel_id=parcel.id,
        key="PK-1",
        provider="biteship",
        status=BookingStatus.OPEN,
        link="https://track.example/abc",
        made_by="Rina",
        made_at=NOW,
    )
    keep(booking)
    assert 'href="https://track.example/abc"' in client.get(tracking(parcel)).text


def test_the_open_page_is_told_only_what_is_new(client):
    path = tracking(a_parcel(resi=RESI))
    first = client.get(path, headers={"X-Fragment": "1"})
    again = client.get(path, headers={"X-Fragment": "1", "If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code) == (200, 304)
    assert "<html" not in first.text
    assert "Laporkan masalah" not in first.text, "a form somebody types into is not replaced"


def test_the_buyer_receives_from_the_tracking_page_and_stays_there(client):
    parcel = a_parcel(resi=RESI)
    path = f"/o/{order_token(parcel.order)}/{parcel.order.reference}/diterima"
    answers = [client.post(path, data={"number": "1", "next": tracking(parcel)}) for _ in range(2)]
    assert [(one.status_code, one.location) for one in answers] == [(303, tracking(parcel))] * 2
    away = client.post(path, data={"number": "1", "next": "https://evil.example/"})
    assert away.location == f"/o/{order_token(parcel.order)}"
    assert [step.status.value for step in parcel.steps].count("delivered") == 1


@pytest.mark.parametrize("state", ["lost", "returning"])
def test_what_was_given_up_may_have_arrived(client, state):
    parcel = a_parcel_in(state)
    assert "Ternyata sudah saya terima" in client.get(tracking(parcel)).text
    receive(client, parcel.order)
    assert parcel.status is ParcelStatus.DELIVERED


@pytest.mark.parametrize("state", ["draft", "returned", "destroyed", "cancelled", "delivered"])
def test_what_cannot_arrive_has_no_button(client, state):
    page = client.get(tracking(a_parcel_in(state))).text
    assert "saya terima" not in page


def test_what_was_decided_is_told(client):
    parcel = a_parcel_in("lost")
    assert "Panitia mengurusnya ke kurir" in client.get(tracking(parcel)).text
    returns.refund(parcel, 30_000, "kata bendahara", actor=HOST, now=NOW)
    page = client.get(tracking(parcel)).text
    assert "Uang Anda dikembalikan." in page
    assert "kata bendahara" not in page


def complain(client, parcel, photo=None, **given):
    fields = {"kind": "damaged", "text": "Kardusnya basah."} | given
    path = f"{tracking(parcel)}/masalah"
    if photo is None:
        return client.post(path, data=fields)
    return send(client, path, {"photo": ("foto.jpg", photo)}, fields)


def test_a_complaint_is_shown_until_it_is_answered(client):
    parcel = a_parcel(resi=RESI)
    parcel.order.seller.email = "lapak@contoh.id"
    page = client.get(tracking(parcel)).text
    assert "Laporkan masalah" in page
    assert "Belum dikirim" not in page

    answers = [complain(client, parcel) for _ in range(2)]

    assert [one.location for one in answers] == [f"{tracking(parcel)}#laporan"] * 2
    page = client.get(tracking(parcel)).text
    for text in ("Barang rusak", "Kardusnya basah.", "Sedang ditangani"):
        assert text in page
    assert "Laporkan masalah" not in page
    (problem,) = db.session.query(ParcelProblem).all()
    assert db.session.query(Message).filter(Message.key.startswith("parcel-")).count() == 1
    assert complain(client, parcel, text="Lagi.").status_code == 409

    problems.answer(problem, "Kami kirim pengganti.", actor=HOST, now=NOW)
    page = client.get(tracking(parcel)).text
    assert "Jawaban dari Rina" in page
    assert "Kami kirim pengganti." in page
    assert "Laporkan masalah" in page
    assert complain(client, parcel, text="Lagi.").status_code == 303


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "angry"}, "Pilih salah satu dari daftar."),
        ({"kind": ""}, "Pilih salah satu dari daftar."),
        ({"text": " "}, "Tulis apa yang terjadi"),
        ({"text": "x" * 601}, "Paling banyak 600 huruf."),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(client, given, sentence):
    parcel = a_parcel(resi=RESI)
    answer = complain(client, parcel, **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    if given.get("text", "") == "":
        assert "Kardusnya basah.</textarea>" in answer.text
    assert db.session.query(ParcelProblem).count() == 0


def test_a_photo_is_written_anew_and_only_for_few(client):
    parcel, other = a_parcel(resi=RESI), a_parcel(resi="999999999999")
    exif = Image.Exif()
    exif[0x010E] = "rumah Bu Siti"
    assert complain(client, parcel, photo=a_photo(exif=exif)).status_code == 303
    (problem,) = db.session.query(ParcelProblem).all()

    answer = client.get(f"{tracking(parcel)}/masalah/{problem.id}.webp")

    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"rumah Bu Siti" not in answer.data
    assert not Image.open(io.BytesIO(answer.data)).getexif()
    assert client.get(f"{tracking(other)}/masalah/{problem.id}.webp").status_code == 404
    assert client.get(f"/foto/{problem.photo}-640.webp").status_code == 404
    assert f"/masalah/{problem.id}.webp" in client.get(tracking(parcel)).text


@pytest.mark.parametrize(
    "photo", [b"GIF89a", b"<svg onload=alert(1)>", b"\xff" * (15 * 1024 * 1024 + 1)]
)
def test_what_is_no_photo_keeps_the_complaint_from_being_sent(client, photo):
    parcel = a_parcel(resi=RESI)
    before = sorted(problem_folder().glob("*")) if problem_folder().exists() else []
    answer = complain(client, parcel, photo=photo)
    assert answer.status_code == 422
    assert "Kardusnya basah.</textarea>" in answer.text
    assert db.session.query(ParcelProblem).count() == 0
    assert (sorted(problem_folder().glob("*")) if problem_folder().exists() else []) == before


def test_in_time_there_is_nothing_to_complain_of(client, now, time_machine):
    parcel = a_parcel()
    assert "Laporkan masalah" not in client.get(tracking(parcel)).text
    assert complain(client, parcel).status_code == 409
    time_machine.move_to(now + timedelta(days=3))
    page = client.get(tracking(parcel)).text
    assert "Belum dikirim" in page
    assert "Barang rusak" not in page
    assert complain(client, parcel, kind="not_sent").status_code == 303


def test_another_link_opens_nothing(client):
    parcel, other = a_parcel(resi=RESI), a_parcel(resi="999999999999")
    token = order_token(other.order)
    path = f"/o/{token}/{parcel.order.reference}/paket/1"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/masalah", data={"kind": "other", "text": "x"}).status_code == 404
    assert client.get(tracking(parcel).replace("paket/1", "paket/2")).status_code == 404
    assert client.get(f"/o/x{token}/{other.order.reference}/paket/1").status_code == 404


def test_an_unknown_word_of_a_courier_says_nothing(client):
    an_edition(contact_phone="+6281234500000")
    parcel = a_parcel(resi=RESI)
    signal = Signal(SignalKind.EXCEPTION, code="on_hold", occurred_at=NOW)
    shipments.apply(None, parcel, signal, now=NOW)
    page = client.get(tracking(parcel)).text
    assert "Paket tertahan di kurir." in page
    assert "https://wa.me/6281234500000?text=" in page
