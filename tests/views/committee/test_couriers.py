"""The page on which dispatchers order couriers: services, states and failures as sentences."""

import pytest

from bazaar import bookings, shipments
from bazaar.db import db
from bazaar.models import Booking, BookingStatus, ParcelStatus, Role
from tests.builders import HOST, a_parcel, sign_in
from tests.couriers import WISHES, installed, run


@pytest.fixture
def dispatcher(client):
    return sign_in(client, Role.DISPATCHER)


@pytest.fixture(autouse=True)
def standing_clock(time_machine, now):
    time_machine.move_to(now)


@pytest.fixture
def at_biteship(app):
    with installed(app, "biteship") as provider:
        yield provider


@pytest.fixture
def parcel(app, now):
    parcel = a_parcel()
    shipments.pack(parcel, actor=HOST, now=now)
    return parcel


def address(parcel, act=""):
    return f"/panitia/paket/{parcel.code}/kurir{act}"


def test_services_are_offered_with_prices_the_cheapest_first(
    client, dispatcher, at_biteship, parcel
):
    page = client.get(address(parcel)).text

    assert page.index("JNT EZ") < page.index("SICEPAT Reguler") < page.index("JNE Reguler")
    assert "Rp16.000" in page.replace("\xa0", "")
    assert "2-4 hari" in page
    assert 'value="biteship|jne|reg|pickup|18000|JNE Reguler" required checked' in page  # as bought


def test_a_courier_is_ordered_and_the_page_follows(client, dispatcher, at_biteship, parcel):
    answer = client.post(
        address(parcel), data={"choice": "biteship|jne|reg|pickup|18000|JNE Reguler"}
    )
    assert answer.status_code == 303
    page = client.get(address(parcel)).text
    assert "Sedang dipesankan" in page
    assert "X-Reload" not in client.get(address(parcel, "/status")).headers

    run("order_couriers")
    answer = client.get(address(parcel, "/status"))
    assert answer.headers["X-Reload"] == "1"
    page = client.get(address(parcel)).text
    assert "Dipesan" in page
    assert f"{parcel.code}-1" in page
    assert "WYB000000001" in page


@pytest.mark.parametrize(
    "choice",
    ["", "biteship", "biteship|jne|reg|pickup|x|JNE", "biteship|jne|reg|pickup|18000|", "a|b|c|d|1|e",
     "biteship|jne|reg|pickup|18000|JNE|x", "biteship|../../x|reg|pickup|1|JNE"],
)  # fmt: skip
def test_what_was_not_offered_is_refused(client, dispatcher, at_biteship, parcel, choice):
    answer = client.post(address(parcel), data={"choice": choice})

    assert answer.status_code == 422
    assert "Pilih salah satu layanan." in answer.text
    assert db.session.query(Booking).count() == 0


def test_a_provider_that_is_not_there_is_refused(client, dispatcher, parcel):
    answer = client.post(address(parcel), data={"choice": "biteship|jne|reg|pickup|18000|JNE"})

    assert answer.status_code == 422
    assert db.session.query(Booking).count() == 0


def test_without_providers_couriers_are_ordered_by_telephone(client, dispatcher, parcel):
    assert "Tidak ada penyedia kurir yang dipasang" in client.get(address(parcel)).text
    assert client.post(address(parcel, "/telepon"), data={"courier": " "}).status_code == 422
    assert client.post(address(parcel, "/telepon"), data={"courier": "JNE REG"}).status_code == 303

    assert parcel.status is ParcelStatus.BOOKED
    assert "Lewat telepon" in client.get(address(parcel)).text


def test_a_second_booking_is_refused(client, dispatcher, parcel):
    client.post(address(parcel, "/telepon"), data={"courier": "JNE REG"})
    answer = client.post(address(parcel, "/telepon"), data={"courier": "JNE REG"})

    assert answer.status_code == 409
    assert "sudah dipesan" in answer.text


def test_calling_off_needs_a_reason(client, dispatcher, parcel):
    client.post(address(parcel, "/telepon"), data={"courier": "JNE REG"})
    assert client.post(address(parcel, "/batal"), data={"why": " "}).status_code == 422
    assert client.post(address(parcel, "/batal"), data={"why": "tidak datang"}).status_code == 303

    assert parcel.status is ParcelStatus.PACKED
    assert "tidak datang" in client.get(address(parcel)).text


def test_a_provider_is_asked_to_call_off(client, dispatcher, at_biteship, parcel, now):
    booking = bookings.want(parcel, WISHES["biteship"], actor=HOST, now=now)
    run("order_couriers")
    client.post(address(parcel, "/batal"), data={"why": "salah kurir"})
    assert "Pembatalan sedang dimintakan" in client.get(address(parcel)).text

    run("call_couriers_off")
    assert booking.status is BookingStatus.CLOSED


def test_failures_are_listed_with_their_sentence(client, dispatcher, at_biteship, parcel, now):
    assert "Tidak ada pesanan kurir yang bermasalah" in client.get("/panitia/kurir").text
    wish = bookings.Wish("biteship", "JNE", "kurir-lain", "reg")
    bookings.want(parcel, wish, actor=HOST, now=now)
    run("order_couriers")

    for page in (client.get("/panitia/kurir").text, client.get(address(parcel)).text):
        assert "Penyedia kurir menolak: Courier type is missing" in page
    assert "Pesanan terakhir gagal" in client.get(address(parcel)).text


def test_a_silent_provider_is_told_and_the_telephone_remains(
    client, dispatcher, at_biteship, parcel
):
    at_biteship.served.close()
    page = client.get(address(parcel)).text

    assert "Penyedia kurir belum menjawab" in page
    assert "Sudah dipesan lewat telepon" in page


def test_members_without_the_task_see_and_cannot_order(client, parcel):
    sign_in(client, Role.HOST)

    assert "Pesan kurir" not in client.get(address(parcel)).text
    assert client.post(address(parcel, "/telepon"), data={"courier": "JNE"}).status_code == 403


def test_an_unknown_parcel_is_not_found(client, dispatcher):
    assert client.get("/panitia/paket/PK-XXXXX/kurir").status_code == 404
