"""Photos go when their time is over, and not before; rows say so; files nobody names go too."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bazaar import orders, payments, photo_keeping, photos, shipments, times
from bazaar.db import db
from bazaar.models import AuditEntry, CaseKind, MoneyCase, Order, Payment, Refund, Role
from bazaar.shipments import problems
from tests.builders import (
    HOST,
    a_parcel,
    a_product,
    a_seller,
    a_sticker,
    an_edition,
    an_order,
    keep,
    order_token,
    seller_token,
    sign_in,
)

KEPT = timedelta(days=90)
OVER = KEPT + timedelta(days=1)
GONE = "Foto sudah dihapus"


def run(app, at):
    return photo_keeping.remove_old(at, instance_path=folder_of(app), kept=KEPT)


def folder_of(app):
    return Path(app.instance_path)


@pytest.fixture(autouse=True)
def empty_folders(app):
    """Photos of other tests, whose rows were rolled back, are files that nobody names."""
    for name in (photos.PARCELS, photos.PROBLEMS, photos.MONEY):
        shutil.rmtree(folder_of(app) / name, ignore_errors=True)


def a_photo(app, where, colour="teal"):
    return photos.write(Image.new("RGB", (80, 80), colour), folder_of(app) / where)


def is_there(app, where, name):
    return photos.exists(name, folder_of(app) / where)


def delivered(app, now, colour="teal", **given):
    """A parcel with its photo whose order is done."""
    parcel = a_parcel(**given)
    shipments.pack(parcel, actor=HOST, now=now)
    name = a_photo(app, photos.PARCELS, colour)
    shipments.packing.set_photo(parcel, name, actor=HOST, now=now)
    shipments.hand_over(parcel, parcel.courier, f"99{parcel.id:010}", actor=HOST, now=now)
    shipments.deliver(parcel, actor=HOST, now=now)
    return parcel


def test_photos_of_a_parcel_and_its_complaint_go_when_their_time_is_over(app, now):
    parcel = delivered(app, now)
    scar = a_photo(app, photos.PROBLEMS, "maroon")
    problem = problems.tell(parcel, "damaged", "Retak.", scar, now=now)
    problems.answer(problem, "Kami ganti.", actor=HOST, now=now)

    assert run(app, now + KEPT - timedelta(seconds=1)) == 0
    assert is_there(app, photos.PARCELS, parcel.photo)

    assert run(app, now + OVER) == 2
    for row, where in ((parcel, photos.PARCELS), (problem, photos.PROBLEMS)):
        db.session.refresh(row)
        assert row.photo_removed_at == now + OVER
        assert not is_there(app, where, row.photo)
        assert not list((folder_of(app) / where).glob(f"{row.photo}*"))
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.actor) == ("photo.remove", "clock")
    assert entry.subject == f"order:{parcel.order.reference}"
    assert entry.facts == {"parcel": 1, "complaint": 1}

    assert run(app, now + OVER) == 0


def test_a_payment_proof_goes_with_its_expired_order(app, now):
    seller = a_seller()
    a_sticker(seller)
    order = an_order(a_product(seller=seller), at=now)
    name = a_photo(app, photos.MONEY)
    proof = payments.proofs.send(order.id, name, "", now=now)
    ended = now + timedelta(days=1)
    orders.expire_unpaid(ended)

    assert run(app, now + KEPT) == 0
    assert run(app, ended + KEPT) == 1
    db.session.refresh(proof)
    assert proof.photo_removed_at
    assert not is_there(app, photos.MONEY, name)

    a_photo(app, photos.MONEY)
    again = payments.proofs.send(order.id, name, "", now=ended + KEPT)
    assert again.id != proof.id, "the picture is gone, so it is a new proof"


def test_what_waits_for_a_person_keeps_its_photos_for_a_year_at_most(app, now):
    complained, owed = delivered(app, now), delivered(app, now, "navy")
    problems.tell(complained, "damaged", "Retak.", None, now=now)
    payment = keep(
        Payment(
            key="x:1",
            edition_id=owed.order.edition_id,
            amount_idr=1,
            method="qris",
            source="hand",
            received_at=now,
            confirmed_by="Dewi",
        )
    )
    keep(
        MoneyCase(
            key="x:1",
            kind=CaseKind.EXTRA,
            payment_id=payment.id,
            order_id=owed.order_id,
            amount_idr=1,
            opened_at=now,
        )
    )
    assert run(app, now + OVER) == 0
    assert run(app, now + timedelta(days=366)) == 2


def test_an_order_that_never_ended_keeps_them_for_a_year(app, now):
    parcel = a_parcel()
    name = a_photo(app, photos.PARCELS)
    shipments.packing.set_photo(parcel, name, actor=HOST, now=now)
    assert run(app, now + timedelta(days=364)) == 0
    assert run(app, now + timedelta(days=366)) == 1
    anew = a_photo(app, photos.PARCELS, "red")
    shipments.packing.set_photo(parcel, anew, actor=HOST, now=now)
    assert parcel.photo_removed_at is None


def test_a_file_that_another_row_means_stays(app, now):
    old = delivered(app, now)
    young = delivered(app, now + KEPT, paid_at=now + KEPT)
    assert old.photo == young.photo

    assert run(app, now + OVER) == 1
    db.session.refresh(old)
    assert old.photo_removed_at
    assert is_there(app, photos.PARCELS, young.photo)

    assert run(app, now + KEPT + OVER) == 1
    assert not is_there(app, photos.PARCELS, young.photo)


def test_a_voucher_of_a_refund_stays(app, now):
    seller = a_seller()
    a_sticker(seller)
    order = an_order(a_product(seller=seller), at=now)
    name = a_photo(app, photos.MONEY)
    payments.proofs.send(order.id, name, "", now=now)
    orders.cancel(order, now=now)
    keep_refund(name, order, now)
    assert run(app, now + OVER) == 1
    assert is_there(app, photos.MONEY, name)


def keep_refund(name, order, now):
    payments.confirm(payments.charge_of(order, now=now), actor=HOST, now=now)
    case = db.session.scalars(sa.select(MoneyCase)).one()
    back = payments.Back("bank", "TRF-1", proof=name)
    payments.give_case_back(case.id, order.total_idr, back, key="k", actor=HOST, now=now)
    assert db.session.scalars(sa.select(Refund.proof)).one() == name


def test_files_that_no_row_names_go_after_a_day(app, now):
    where = folder_of(app) / photos.PARCELS
    parcel = a_parcel()
    first = a_photo(app, photos.PARCELS, "red")
    second = a_photo(app, photos.PARCELS, "blue")
    for name in (first, second):
        shipments.packing.set_photo(parcel, name, actor=HOST, now=now)
    (where / "catatan.webp").write_text("not ours")
    for file in where.iterdir():
        os.utime(file, (now.timestamp(), now.timestamp()))

    assert run(app, now + timedelta(hours=23)) == 0
    assert run(app, now + timedelta(hours=25)) == 1
    assert not is_there(app, photos.PARCELS, first)
    assert is_there(app, photos.PARCELS, second)
    assert (where / "catatan.webp").exists()


def test_a_picture_sent_again_is_not_swept_away(app, now):
    name = a_photo(app, photos.PARCELS)
    for file in (folder_of(app) / photos.PARCELS).iterdir():
        os.utime(file, (0, 0))
    a_photo(app, photos.PARCELS)  # its row is not written yet
    assert run(app, times.now()) == 0
    assert is_there(app, photos.PARCELS, name)


@pytest.fixture
def told(app, now, client):
    """The addresses of pages and of the photos on them, all removed."""
    edition = an_edition()
    seller = a_seller(edition=edition)
    a_sticker(seller)
    order = an_order(a_product(seller=seller), at=now)
    proof = payments.proofs.send(order.id, a_photo(app, photos.MONEY), "", now=now)
    orders.cancel(order, now=now)
    parcel = delivered(app, now)
    scar = a_photo(app, photos.PROBLEMS, "maroon")
    problem = problems.tell(parcel, "damaged", "Retak.", scar, now=now)
    problems.answer(problem, "Kami ganti.", actor=HOST, now=now)
    run(app, now + OVER)
    db.session.expire_all()
    own = seller_token(db.session.get_one(Order, parcel.order_id).seller)
    buyer = f"/o/{order_token(parcel.order)}/{parcel.order.reference}/paket/1"
    pages = [
        f"/panitia/paket/{parcel.code}",
        "/panitia/masalah",
        f"/panitia/pesanan/{order.reference}",
        buyer,
    ]
    pictures = [
        f"/panitia/paket/{parcel.code}/foto",
        f"/panitia/masalah/{problem.id}.webp",
        f"/panitia/uang/bukti/{proof.id}.webp",
        f"{buyer}/masalah/{problem.id}.webp",
        f"/u/{own}/kendala/{problem.id}.webp",
        f"/u/{own}/kemas/{parcel.code}/foto",
    ]
    return pages, pictures


def test_pages_say_that_the_photo_is_gone(told, client):
    pages, pictures = told
    sign_in(client, Role.DISPATCHER)
    for page in pages:
        text = client.get(page).text
        assert GONE in text, page
        assert not [picture for picture in pictures if picture in text], page
    for picture in pictures:
        answer = client.get(picture)
        assert answer.status_code == 404, picture
        assert GONE in answer.text, picture
