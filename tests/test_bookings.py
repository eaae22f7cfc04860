"""Bookings: wished, ordered by the clock, called off, asked about; with everything that goes wrong."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import bookings, regions, shipments
from bazaar.adapters.by_hand import ByHand
from bazaar.bookings import Wish
from bazaar.bookings.ordering import WAITS
from bazaar.db import db, transaction
from bazaar.errors import Unavailable
from bazaar.models import (
    AuditEntry,
    BookingStatus,
    CourierEvent,
    ParcelStatus,
    ProviderArea,
)
from bazaar.ports import CourierSilent, Goods
from tests.builders import HOST, a_parcel
from tests.couriers import IMPATIENT_S, ORIGIN, SILENCE_S, WISHES, installed, run, work

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture(params=["biteship", "kiriminaja"])
def provider(request, app):
    with installed(app, request.param) as provider:
        yield provider


@pytest.fixture
def at_biteship(app):
    with installed(app, "biteship") as provider:
        yield provider


@pytest.fixture
def at_kiriminaja(app):
    with installed(app, "kiriminaja") as provider:
        yield provider


@pytest.fixture
def clock(time_machine, now):
    """The clock stands; `clock(hours=1)` moves it on and gives the moment."""
    moment = [now]
    time_machine.move_to(now)

    def move(**length):
        moment[0] += timedelta(**length)
        time_machine.move_to(moment[0])
        return moment[0]

    return move


def packed(**given):
    parcel = a_parcel(**given)
    shipments.pack(parcel, actor=HOST, now=parcel.created_at)
    return parcel


def wish_for(parcel, provider, now, **other):
    wish = replace(WISHES[provider], **other)
    return bookings.want(parcel, wish, actor=HOST, now=now)


def actions():
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


# Wishes


def test_a_wish_is_written_before_anybody_is_called(app, now):
    parcel = packed()
    booking = wish_for(parcel, "biteship", now)

    assert (booking.status, booking.key) == (BookingStatus.WANTED, f"{parcel.code}-1")
    assert parcel.status is ParcelStatus.PACKED
    assert actions()[-1] == "booking.want"


def test_by_hand_a_wish_is_a_booking_at_once(app, now):
    parcel = packed()
    booking = wish_for(parcel, "manual", now)

    assert (booking.status, parcel.status) == (BookingStatus.OPEN, ParcelStatus.BOOKED)
    bookings.call_off(parcel, "kurir tidak datang", actor=HOST, now=now)
    assert (booking.status, parcel.status) == (BookingStatus.CLOSED, ParcelStatus.PACKED)
    assert wish_for(parcel, "manual", now).key == f"{parcel.code}-2"


def test_only_packed_parcels_are_booked(app, now):
    with pytest.raises(bookings.NotPacked):
        wish_for(a_parcel(), "biteship", now)


def test_a_parcel_is_booked_once(app, now):
    parcel = packed()
    wish_for(parcel, "biteship", now)

    with pytest.raises(bookings.AlreadyBooked):
        wish_for(parcel, "manual", now)


def test_a_number_typed_in_keeps_a_parcel_from_being_booked(app, now):
    parcel = packed()
    parcel.resi = "JP1234567890"
    db.session.flush()

    with pytest.raises(bookings.HasNumber):
        wish_for(parcel, "biteship", now)
    assert wish_for(parcel, "manual", now).status is BookingStatus.OPEN


def test_providers_do_not_go_abroad(app, now):
    parcel = packed()
    parcel.order.checkout.country = "SG"

    with pytest.raises(bookings.NotAbroad):
        wish_for(parcel, "biteship", now)


def test_the_parcel_keeps_its_couriers_name_unless_the_company_is_another(app, now):
    parcel, other = packed(), packed()
    wish_for(parcel, "biteship", now, courier="JNE Reguler")
    wish_for(other, "biteship", now, courier="SiCepat Reguler", courier_code="sicepat")

    assert (parcel.courier, other.courier) == ("JNE REG", "SiCepat Reguler")


def test_of_two_who_book_at_once_one_wins(app, now):
    parcel = packed()
    code = parcel.code
    db.session.commit()
    start, outcomes = threading.Barrier(2), []

    def book():
        with app.app_context():
            start.wait()
            try:
                with transaction():
                    wish_for(shipments.get_parcel(code), "biteship", now)
                outcomes.append("won")
            except bookings.AlreadyBooked:
                outcomes.append("lost")

    threads = [threading.Thread(target=book) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["lost", "won"]


# Ordering


def test_the_clock_orders_what_is_wished(provider, clock):
    parcel = packed()
    booking = wish_for(parcel, provider.name, clock())

    assert run("order_couriers") == 1
    assert run("order_couriers") == 0
    assert (booking.status, parcel.status) == (BookingStatus.OPEN, ParcelStatus.BOOKED)
    assert booking.provider_order_id
    assert len(provider.orders) == 1
    assert booking.sent != {}
    assert "booking.book" in actions()
    assert bool(parcel.resi) is (provider.name == "biteship")
    assert booking.next_poll_at == clock() + timedelta(hours=3)


def test_villages_are_asked_for_once(at_kiriminaja, clock):
    for _ in range(2):
        wish_for(packed(), "kiriminaja", clock())
    bookings.asking._found_lately.clear()

    assert run("order_couriers") == 2
    searches = [call for call in at_kiriminaja.fake.stage.calls if call == "search"]
    assert len(searches) == 1  # where it comes from is where it goes to
    assert db.session.query(ProviderArea).count() == 1


@pytest.mark.parametrize("how", ["timeout", "500", "429"])
def test_a_lost_answer_makes_no_second_order(provider, clock, how):
    parcel = packed()
    booking = wish_for(parcel, provider.name, clock())
    provider.control(set={"fail_next": 1, "how": how, "slow_s": SILENCE_S})
    provider.install(patience_s=IMPATIENT_S)

    run("order_couriers")
    provider.install()
    assert booking.status is BookingStatus.WANTED
    assert booking.failure.startswith("Penyedia kurir belum menjawab")
    clock(minutes=1)
    run("order_couriers")

    assert (booking.status, booking.failure) == (BookingStatus.OPEN, "")
    assert len(provider.orders) == 1
    assert parcel.status is ParcelStatus.BOOKED


def test_who_died_between_call_and_note_adopts_the_order(provider, clock):
    booking = wish_for(packed(), provider.name, clock())
    db.session.commit()
    task = bookings.pick(clock(), origin=ORIGIN)
    db.session.commit()
    bookings.carry(task, db_couriers())  # and nobody wrote it down

    assert run("order_couriers") == 0
    clock(minutes=2)
    assert run("order_couriers") == 1
    assert len(provider.orders) == 1
    assert booking.status is BookingStatus.OPEN


def db_couriers():
    from bazaar.web import services

    return services().couriers


def test_a_refused_wish_fails_with_the_providers_words(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock(), courier_code="tidak-ada")
    run("order_couriers")

    assert booking.status is BookingStatus.FAILED
    assert booking.failure == "Penyedia kurir menolak: Courier type is missing"
    assert parcel.status is ParcelStatus.PACKED
    assert db.session.scalars(bookings.troubled()).all() == [booking]
    assert wish_for(parcel, "biteship", clock()).key.endswith("-2")


def test_silence_is_given_up_in_the_end(at_biteship, clock):
    booking = wish_for(packed(), "biteship", clock())
    db.session.commit()
    at_biteship.served.close()
    for wait in WAITS:
        run("order_couriers")
        clock(seconds=wait.total_seconds())

    assert booking.status is BookingStatus.FAILED
    assert booking.tries == len(WAITS)
    assert "dasbor" in booking.failure


def test_who_died_in_the_last_try_leaves_no_wish_for_ever(at_biteship, clock):
    booking = wish_for(packed(), "biteship", clock())
    booking.tries = len(WAITS)
    run("order_couriers")

    assert booking.status is BookingStatus.FAILED


def test_an_address_that_no_provider_knows_fails(at_kiriminaja, clock):
    parcel = packed(village_code="35.73.05.1011", area="Malang")
    booking = wish_for(parcel, "kiriminaja", clock())
    run("order_couriers")

    assert booking.status is BookingStatus.FAILED
    assert regions.get_village("35.73.05.1011").name in booking.failure


def test_nothing_is_ordered_without_a_provider(app, now):
    wish_for(packed(), "biteship", now)
    assert bookings.pick(now, origin=None) is None
    task = bookings.pick(now, origin=ORIGIN)
    with pytest.raises(CourierSilent):
        bookings.carry(task, {"manual": ByHand()})


# Calling off


def test_a_wish_nobody_was_called_for_is_off_at_once(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    bookings.call_off(parcel, "salah kurir", actor=HOST, now=clock())

    assert booking.status is BookingStatus.CLOSED
    assert run("order_couriers") == 0
    assert at_biteship.orders == {}
    assert wish_for(parcel, "manual", clock()).status is BookingStatus.OPEN


def test_biteship_gives_a_parcel_back_at_once(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    run("order_couriers")
    bookings.call_off(parcel, "salah kurir", actor=HOST, now=clock())
    assert booking.status is BookingStatus.OPEN

    assert run("call_couriers_off") == 1
    assert run("call_couriers_off") == 0
    assert (booking.status, parcel.status) == (BookingStatus.CLOSED, ParcelStatus.PACKED)
    assert parcel.resi == ""


def test_kiriminaja_decides_later(at_kiriminaja, clock):
    parcel = packed()
    booking = wish_for(parcel, "kiriminaja", clock())
    run("order_couriers")
    bookings.call_off(parcel, "salah kurir", actor=HOST, now=clock())
    run("call_couriers_off")
    assert "nomor resi belum ada" in booking.remark

    at_kiriminaja.control(
        advance={"order_id": booking.key, "do": "processed"}, deliver={"drop": True}
    )
    parcel.resi = "KJAWB0000001"
    clock(minutes=1)
    run("call_couriers_off")

    assert booking.status is BookingStatus.OPEN
    assert booking.remark == "Permintaan batal diterima penyedia; keputusannya menyusul."
    assert booking.next_cancel_at is None


def test_a_provider_may_refuse_to_call_off(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    run("order_couriers")
    at_biteship.control(advance={"status": "picked"}, deliver={"drop": True})
    bookings.call_off(parcel, "salah", actor=HOST, now=clock())
    run("call_couriers_off")

    assert booking.remark == "Penyedia kurir menolak: Order can not be cancelled"
    assert run("call_couriers_off") == 0


def test_a_cancelled_parcel_is_asked_back(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    run("order_couriers")
    assert shipments.request_cancel(parcel, "pesanan batal", actor=HOST, now=clock()) is False
    run("call_couriers_off")

    assert (booking.status, parcel.status) == (BookingStatus.CLOSED, ParcelStatus.CANCELLED)


def test_a_cancelled_parcel_is_not_ordered_any_more(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    shipments.request_cancel(parcel, "pesanan batal", actor=HOST, now=clock())
    run("order_couriers")

    assert (booking.status, parcel.status) == (BookingStatus.FAILED, ParcelStatus.CANCELLED)
    assert at_biteship.orders == {}


def test_nothing_booked_cannot_be_called_off(app, now):
    with pytest.raises(bookings.NothingBooked):
        bookings.call_off(packed(), "x", actor=HOST, now=now)


def test_what_the_courier_has_cannot_be_called_off(app, now):
    with pytest.raises(bookings.TooLate):
        bookings.call_off(a_parcel(resi="JP1234567890"), "x", actor=HOST, now=now)


# Asking


def test_histories_are_taken_event_by_event_and_once(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    run("order_couriers")
    at_biteship.control(advance={"status": "picked"}, deliver={"drop": True})
    at_biteship.control(advance={"status": "dropping_off"}, deliver={"drop": True})
    moment = clock(hours=3)

    assert run("ask_couriers") == 1
    assert work(moment) == 4  # confirmed, picked, dropping_off, and the number
    assert parcel.status is ParcelStatus.OUT_FOR_DELIVERY
    assert booking.next_poll_at == moment + timedelta(minutes=30)

    clock(minutes=30)
    assert run("ask_couriers") == 1
    assert work(moment) == 0


def test_kiriminaja_is_asked_too(at_kiriminaja, clock):
    parcel = packed()
    booking = wish_for(parcel, "kiriminaja", clock())
    run("order_couriers")
    for do in ("processed", "shipped"):
        at_kiriminaja.control(advance={"order_id": booking.key, "do": do}, deliver={"drop": True})
    run("ask_couriers")
    clock(hours=3)
    run("ask_couriers")
    work(clock())

    assert (parcel.status, parcel.resi) == (ParcelStatus.IN_TRANSIT, "KJAWB0000001")


def test_at_the_end_nobody_is_asked_any_more(at_biteship, clock):
    parcel = packed()
    booking = wish_for(parcel, "biteship", clock())
    run("order_couriers")
    parcel.status = ParcelStatus.DELIVERED
    clock(hours=3)

    assert run("ask_couriers") == 0
    assert booking.next_poll_at is None


def test_silence_of_tracking_is_asked_again_later(at_biteship, clock):
    wish_for(packed(), "biteship", clock())
    run("order_couriers")
    at_biteship.served.close()
    clock(hours=3)

    assert run("ask_couriers") == 1
    assert run("ask_couriers") == 0
    assert db.session.query(CourierEvent).count() == 0
    clock(hours=3)
    assert run("ask_couriers") == 1


# Prices


def test_prices_of_all_providers(provider, now):
    shipment = bookings.shipment_of(packed(), ORIGIN)
    found = bookings.rates(db_couriers(), shipment)

    assert {rate.provider for rate in found} == {provider.name}
    assert [rate.price_idr for rate in found] == sorted(rate.price_idr for rate in found)
    assert bookings.rates({"manual": ByHand()}, shipment) == []


def test_prices_before_anything_is_ordered(provider):
    goods = [Goods("Kopi", 2, 45_000, 250)]
    found = bookings.rates_to(
        db_couriers(), ORIGIN, "35.09.21.1002", goods, weight_g=500, timeout_s=2
    )

    assert found
    assert bookings.rates_to(db_couriers(), None, "x", goods, weight_g=500, timeout_s=2) == []


def test_prices_of_a_silent_provider_are_unavailable(provider, now):
    shipment = bookings.shipment_of(packed(), ORIGIN)
    provider.served.close()
    bookings.asking._found_lately.clear()

    with pytest.raises(Unavailable):
        bookings.rates(db_couriers(), shipment, timeout_s=0.2)


@ON_SQLITE
def test_a_wish_without_a_courier_is_refused(app, now):
    with pytest.raises(shipments.WrongCourier):
        bookings.want(packed(), Wish("manual", " "), actor=HOST, now=now)
