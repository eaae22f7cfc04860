"""Labels on sheets: made once, drawn in the background whatever dies, printed when fetched."""

from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from bazaar import label_sheets, shipments, times
from bazaar.audit import Actor
from bazaar.db import db, transaction
from bazaar.label_sheets import (
    GAVE_UP,
    NONE_LEFT,
    GoneAlready,
    LostSheet,
    NoSuchSheet,
    NotDrawn,
    NothingToPrint,
    Wish,
)
from bazaar.models import AuditEntry, LabelSheet, Parcel, ParcelStatus
from bazaar.rules.label_layouts import Layout
from tests.builders import HOST, a_parcel, a_product, a_seller
from tests.shipments.parcels import RESI, a_parcel_in
from tests.test_labels import codes as codes_on
from tests.test_shipments import in_threads

THERMAL = Layout.THERMAL


def made(*parcels, now, layout=THERMAL, actor=HOST, seller_id=None):
    codes = [parcel.code for parcel in parcels]
    return label_sheets.make(codes, layout, seller_id=seller_id, actor=actor, now=now)


def drawn(*parcels, now, **given):
    sheet = made(*parcels, now=now, **given)
    db.session.commit()
    assert label_sheets.work() == 1
    db.session.refresh(sheet)
    return sheet


def fetched(sheet, now):
    data = label_sheets.fetch(sheet, actor=HOST, now=now)
    db.session.commit()
    return data


def read_back(data):
    document = pypdfium2.PdfDocument(data)
    pages = [page.render(scale=203 / 72).to_pil().convert("L") for page in document]
    document.close()
    return len(pages), set().union(*map(codes_on, pages))


def moved(parcel, now, street="Jalan Kalimantan 37"):
    address = shipments.addresses.address_of(parcel.order.checkout)
    given = {name: getattr(address, name) for name in address.__slots__} | {"street": street}
    new = shipments.addresses.Address(**given)
    assert shipments.change_address(parcel, new, "pembeli pindah", actor=HOST, now=now)


def trail(action):
    query = sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return [(entry.subject, entry.facts) for entry in db.session.scalars(query)]


@pytest.mark.parametrize(("layout", "pages"), [(THERMAL, 5), (Layout.A6_ON_A4, 2)])
def test_a_sheet_is_drawn_and_holds_every_parcel(app, now, layout, pages):
    parcels = [a_parcel() for _ in range(5)]
    sheet = drawn(*parcels, now=now, layout=layout)

    assert (sheet.drawn, sheet.failure, sheet.tries) == (5, "", 1)
    assert sheet.done_at is not None
    assert label_sheets.left_out(sheet) == label_sheets.outdated(sheet) == []
    count, found = read_back(fetched(sheet, now))
    assert count == pages
    assert {text for form, text in found if form == "QRCode"} == {one.code for one in parcels}
    assert label_sheets.work() == 0


def test_labels_lie_by_seller_then_by_code(app, now):
    second, first = a_seller(code="U0002"), a_seller(code="U0001")
    of_second = a_parcel(a_product(seller=second))
    of_first = [a_parcel(a_product(seller=first)) for _ in range(2)]

    sheet = made(of_second, *of_first, now=now)

    assert sheet.codes == [*sorted(one.code for one in of_first), of_second.code]


def test_only_what_is_here_and_ones_own_gets_a_label(app, now, monkeypatch):
    seller = a_seller()
    own, gone = a_parcel(a_product(seller=seller)), a_parcel(a_product(seller=seller), resi=RESI)
    other = a_parcel()

    assert made(own, gone, other, now=now, seller_id=seller.id).codes == [own.code]
    with pytest.raises(NothingToPrint):
        made(other, gone, now=now, seller_id=seller.id)
    with pytest.raises(NothingToPrint):
        label_sheets.make([], THERMAL, actor=HOST, now=now)
    monkeypatch.setattr(label_sheets, "MOST", 1)
    assert len(made(own, other, now=now).codes) == 1


def test_pressing_twice_makes_one_sheet(app, now):
    parcels = [a_parcel() for _ in range(2)]
    first = made(*parcels, now=now)

    assert made(*parcels, now=now) is first
    assert made(parcels[0], now=now) is not first
    assert made(*parcels, now=now, layout=Layout.A6_ON_A4) is not first
    assert made(*parcels, now=now, actor=Actor("committee:2", "Wulan")) is not first
    db.session.commit()
    while label_sheets.work():
        pass
    assert made(*parcels, now=now) is not first


def test_sheets_are_for_who_made_them(app, now):
    seller, other = a_seller(), a_seller()
    own = made(a_parcel(a_product(seller=seller)), now=now, seller_id=seller.id)
    ours = made(a_parcel(), now=now)

    assert label_sheets.get(own.id, seller_id=seller.id) is own
    assert label_sheets.recent(seller.id) == [own]
    assert label_sheets.recent() == [ours]
    assert label_sheets.recent(other.id) == []
    for sheet, seller_id in ((own, other.id), (own, None), (ours, seller.id)):
        with pytest.raises(NoSuchSheet):
            label_sheets.get(sheet.id, seller_id=seller_id)


def test_who_died_while_drawing_is_followed_by_another(app, now):
    sheet = made(*[a_parcel() for _ in range(2)], now=now)
    sheet.beat_at, sheet.drawn, sheet.tries = times.now(), 1, 1
    db.session.commit()
    assert label_sheets.work() == 0, "somebody draws it"

    sheet.beat_at = times.now() - label_sheets.STALE - timedelta(seconds=1)
    db.session.commit()
    assert label_sheets.work() == 1
    db.session.refresh(sheet)
    assert (sheet.drawn, sheet.tries, len(sheet.versions)) == (2, 2, 2)


def test_a_sheet_that_kills_whoever_draws_it_is_given_up(app, now):
    sheet = made(a_parcel(), now=now)
    sheet.beat_at, sheet.tries = times.now() - timedelta(hours=1), label_sheets.TRIES
    db.session.commit()

    assert label_sheets.work() == 0
    db.session.refresh(sheet)
    assert sheet.failure == GAVE_UP
    assert sheet.done_at is not None
    with pytest.raises(NotDrawn):
        label_sheets.fetch(sheet, actor=HOST, now=now)


def test_who_was_overtaken_keeps_nothing(app, now):
    sheet = made(a_parcel(), now=now)
    sheet.beat_at = times.now()
    db.session.commit()

    with pytest.raises(LostSheet):
        label_sheets._draw(sheet.id, sheet.beat_at - timedelta(seconds=30))
    db.session.refresh(sheet)
    assert (sheet.done_at, sheet.versions, sheet.drawn) == (None, {}, 0)


def test_of_two_at_once_one_draws(app, database, now):
    sheet = made(*[a_parcel() for _ in range(3)], now=now)
    sheet_id = sheet.id
    db.session.commit()

    done = []
    assert in_threads(app, *[lambda: done.append(label_sheets.work())] * 4) == [None] * 4
    assert sorted(done) == [0, 0, 0, 1]
    sheet = db.session.get_one(LabelSheet, sheet_id)
    assert (sheet.tries, sheet.failure, len(sheet.versions)) == (1, "", 3)


def test_what_left_meanwhile_is_left_out(app, now):
    stays, goes = a_parcel(), a_parcel()
    sheet = made(stays, goes, now=now)
    shipments.cancel(goes, "batal", actor=HOST, now=now)
    db.session.commit()
    label_sheets.work()
    db.session.refresh(sheet)

    assert label_sheets.left_out(sheet) == [goes.code]
    assert list(sheet.versions) == [stays.code]
    assert read_back(fetched(sheet, now))[0] == 1


def test_when_all_have_left_the_sheet_says_so(app, now):
    parcel = a_parcel()
    sheet = made(parcel, now=now)
    shipments.cancel(parcel, "batal", actor=HOST, now=now)
    db.session.commit()
    label_sheets.work()
    db.session.refresh(sheet)

    assert sheet.failure == NONE_LEFT
    with pytest.raises(NotDrawn):
        label_sheets.fetch(sheet, actor=HOST, now=now)


def test_labels_are_printed_when_they_are_fetched(app, now):
    parcel = a_parcel()
    sheet = drawn(parcel, now=now)
    assert parcel.label_printed_at is None

    fetched(sheet, now)

    db.session.refresh(parcel)
    assert parcel.label_printed_at == sheet.read_at
    assert shipments.label_is_current(parcel)
    assert trail("label.make") == [(f"labels:{sheet.id}", {"labels": 1, "layout": "thermal"})]
    assert trail("label.print") == [(f"labels:{sheet.id}", {"labels": 1})]


def test_what_changed_since_it_was_drawn_is_void_at_once(app, now):
    parcel, other = a_parcel(), a_parcel()
    sheet = drawn(parcel, other, now=now)
    moved(parcel, now)

    assert label_sheets.outdated(sheet) == [parcel.code]
    fetched(sheet, now)
    db.session.expire_all()
    assert shipments.label_is_void(parcel)
    assert shipments.label_is_current(other)


def test_an_old_sheet_does_not_take_the_place_of_a_new_label(app, now):
    parcel = a_parcel()
    sheet = drawn(parcel, now=now)
    moved(parcel, now)
    label_sheets.print_one(parcel, actor=HOST, now=times.now())

    fetched(sheet, now)

    db.session.refresh(parcel)
    assert shipments.label_is_current(parcel)
    assert label_sheets.outdated(sheet) == [parcel.code]


def test_one_label_at_once(app, now):
    parcel = shipments.get_parcel(a_parcel().code)

    assert read_back(label_sheets.print_one(parcel, actor=HOST, now=now))[0] == 1

    assert (parcel.label_printed_at, shipments.label_is_current(parcel)) == (now, True)
    assert trail("label.print") == [(f"parcel:{parcel.code}", {})]
    for state in ("handed_over", "cancelled", "delivered"):
        with pytest.raises(GoneAlready):
            label_sheets.print_one(a_parcel_in(state), actor=HOST, now=now)


def test_a_first_number_leaves_the_label_as_it_is_and_another_voids_it(app, now):
    parcel = a_parcel_in("packed")
    label_sheets.print_one(parcel, actor=HOST, now=now)
    shipments.set_resi(parcel, RESI, courier=parcel.courier, actor=HOST, now=now)
    assert shipments.label_is_current(parcel), "the courier's sticker goes on it"

    label_sheets.print_one(parcel, actor=HOST, now=now)
    given = {"courier": parcel.courier, "why": "salah ketik"}
    shipments.set_resi(parcel, "999999999999", **given, actor=HOST, now=now)
    assert shipments.label_is_void(parcel), "its bars say the old number"


def test_parcels_are_chosen(app, now):
    seller = a_seller()
    own = a_parcel(a_product(seller=seller))
    packed = a_parcel()
    shipments.pack(packed, actor=HOST, now=now)
    printed = a_parcel()
    printed.courier = "SiCepat BEST"
    label_sheets.print_one(printed, actor=HOST, now=now)
    void = a_parcel()
    label_sheets.print_one(void, actor=HOST, now=now)
    shipments.measure(void, 700, None, actor=HOST, now=now)
    a_parcel(resi=RESI)

    def found(**wish):
        return set(label_sheets.codes_of(Wish(**wish)))

    everything = {one.code for one in (own, packed, printed, void)}
    assert found() == everything
    assert found(seller_id=seller.id) == {own.code}
    assert found(courier="SiCepat BEST") == {printed.code}
    assert found(statuses=frozenset({ParcelStatus.PACKED})) == {packed.code}
    assert found(statuses=frozenset({ParcelStatus.HANDED_OVER})) == set()
    hour = timedelta(hours=1)
    assert found(packed=(now - hour, now + hour)) == {packed.code}
    assert found(packed=(now + hour, now + 2 * hour)) == set()
    assert found(needed=True) == {own.code, packed.code, void.code}
    assert found(needed=True, seller_id=seller.id) == {own.code}
    assert label_sheets.couriers_here() == ["JNE REG", "SiCepat BEST"]
    assert seller in label_sheets.sellers_here()
    assert [one.code for one in label_sheets.find(Wish(seller_id=seller.id))] == [own.code]


def test_void_labels_are_found_as_each_parcel_says(app, now):
    parcel, other = a_parcel_in("packed"), a_parcel_in("packed", resi=RESI)
    first = a_parcel(a_product(), a_product(), quantity=2)
    line = first.lines[0].order_line_id
    changes = (
        lambda: None,
        lambda: moved(parcel, now),
        lambda: shipments.measure(parcel, 700, None, actor=HOST, now=now),
        lambda: shipments.set_resi(parcel, "1" * 12, courier=parcel.courier, actor=HOST, now=now),
        lambda: shipments.set_resi(
            other, "2" * 12, courier=other.courier, why="salah ketik", actor=HOST, now=now
        ),
        lambda: shipments.unpack(parcel, actor=HOST, now=now),
        lambda: shipments.split(first, {line: 1}, actor=HOST, now=now),
    )
    for change in changes:
        everyone = [shipments.get_parcel(one.code) for one in (parcel, other, first)]
        shipments.mark_printed(everyone, now=now)
        change()
        db.session.expire_all()
        said = [one.id for one in everyone if shipments.label_is_void(one)]
        assert sorted(shipments.void_labels()) == sorted(said)
        assert len(said) <= 1
        for one in everyone:
            mine = [one.id] if one.id in said else []
            assert shipments.void_labels(one.order.seller_id) == mine


def test_old_sheets_are_thrown_away(app, now):
    old, young = made(a_parcel(), now=now - timedelta(days=8)), made(a_parcel(), now=now)
    young_id = young.id

    assert label_sheets.forget_old(now) == 1
    assert label_sheets.forget_old(now) == 0
    assert db.session.scalars(sa.select(LabelSheet.id)).all() == [young_id]
    assert old.id != young_id


def test_printing_many_is_noted_for_each(app, now):
    parcels = [a_parcel() for _ in range(3)]
    sheet = drawn(*parcels, now=now)
    fetched(sheet, now)
    with transaction():
        printed = sa.select(Parcel).where(Parcel.label_printed_at.is_not(None))
        assert {one.code for one in db.session.scalars(printed)} == {one.code for one in parcels}
