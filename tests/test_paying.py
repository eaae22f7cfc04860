"""Choosing how to pay, exact amounts, proofs, and the page by which others pay."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image

from bazaar import inspection, orders, payments
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.models import AccountKind, CaseKind, Charge, ChargeAmount, Message, PaymentProof
from bazaar.ordering.charging import Charging
from bazaar.payments import NoSuchMethod, NotWaiting, Wanted, proofs
from bazaar.payments.proofs import AlreadySeen, ProofNotWanted, TooManyProofs
from bazaar.rules import qr_pictures
from tests.builders import (
    HOST,
    TREASURER,
    a_product,
    a_sticker,
    an_order,
    order_token,
    seller_token,
)
from tests.test_money_coming import kinds, receive, status_of

HOW = Charging(10_000_000)
BANK = Wanted(kind=AccountKind.BANK, bank="BRI", number="0021456789012", holder="Sri Wahyuni")


@pytest.fixture
def order(app, now):
    product = a_product(price_idr=25_000, stock=90)
    product.seller.email = "bu.sri@contoh.id"
    a_sticker(product.seller)
    payments.propose(product.seller_id, BANK, actor=HOST, now=now)
    return an_order(product, quantity=2)


def picture(colour=10):
    sent = io.BytesIO()
    Image.new("RGB", (200, 300), (colour, 120, 30)).save(sent, "PNG")
    sent.seek(0)
    return sent, "bukti.png"


# Ways to pay


def test_choosing_a_bank_asks_for_an_amount_of_its_own(order, now):
    charge = payments.choose(order, AccountKind.BANK, HOW, now=now)

    assert charge.account.number == "0021456789012"
    assert 1 <= charge.unique_idr <= 99
    assert charge.amount_idr == order.total_idr - charge.unique_idr
    assert payments.choose(order, AccountKind.BANK, HOW, now=now).id == charge.id
    assert len(payments.charges_of([order.id])[order.id]) == 2
    assert inspection.differences() == []


def test_no_two_orders_ask_one_bank_for_the_same_amount(app, now):
    product = a_product(price_idr=25_000, stock=90)
    payments.propose(product.seller_id, BANK, actor=HOST, now=now)
    several = [an_order(product) for _ in range(30)]

    amounts = [payments.choose(one, AccountKind.BANK, HOW, now=now).amount_idr for one in several]

    assert len(set(amounts)) == len(several)


def test_an_order_paid_in_part_is_asked_for_no_less_by_another_way(order, now):
    receive(order, order.total_idr - 20, now=now)

    charge = payments.choose(order, AccountKind.BANK, HOW, now=now)

    assert (charge.amount_idr, charge.unique_idr) == (order.total_idr, 0)
    assert kinds() == [(CaseKind.UNDER, 20)]
    assert inspection.differences() == []


def test_money_for_any_of_the_requests_pays(order, now):
    charge = payments.choose(order, AccountKind.BANK, HOW, now=now)

    payments.confirm(charge, actor=HOST, now=now)

    assert status_of(order).value == "paid"
    assert inspection.differences() == []


def test_what_the_seller_does_not_take_cannot_be_chosen(order, now):
    with pytest.raises(NoSuchMethod):
        payments.choose(order, AccountKind.OTHER, HOW, now=now)
    with pytest.raises(NoSuchMethod):
        payments.choose(order, AccountKind.GATEWAY, HOW, now=now)
    with pytest.raises(NotWaiting):
        payments.choose(order, AccountKind.BANK, HOW, now=order.pay_before)


def test_amounts_are_free_again_after_their_grace(order, now):
    payments.choose(order, AccountKind.BANK, HOW, now=now)
    free_at = db.session.scalars(sa.select(ChargeAmount.free_at)).all()[-1]
    assert free_at >= order.release_at + timedelta(days=7)

    assert payments.release_amounts(free_at - timedelta(seconds=1)) in {0, 1}
    assert payments.release_amounts(free_at) >= 1
    assert payments.release_amounts(free_at) == 0


def test_the_buyer_chooses_on_the_order_page(client, order, now, time_machine):
    time_machine.move_to(now)
    token, reference = order_token(order), order.reference
    db.session.commit()

    answer = client.post(f"/o/{token}/{reference}/cara", data={"kind": "bank"})
    page = client.get(answer.location).text

    assert "0021456789012" in page
    assert "kode unik" in page
    assert client.post(f"/o/{token}/{reference}/cara", data={"kind": "x"}).status_code == 404
    assert client.post(f"/o/{token}/{reference}/cara", data={"kind": "other"}).status_code == 404
    assert db.session.scalar(sa.select(sa.func.count(Charge.id))) == 2


def test_the_sticker_stands_beside_the_code_and_can_be_made_the_only_one(
    client, order, now, time_machine
):
    time_machine.move_to(now)
    token = order_token(order)
    db.session.commit()
    page = client.get(f"/o/{token}").text
    assert "/qr.png" in page
    assert "/stiker.png" in page

    db.session.execute(sa.text("UPDATE editions SET dynamic_qris = :no"), {"no": False})
    db.session.commit()
    page = client.get(f"/o/{token}").text
    assert "/qr.png" not in page
    assert "/stiker.png" in page
    assert client.get(f"/o/{token}/{order.reference}/qr.png").status_code == 404


# Somebody else pays


def test_the_page_for_others_shows_no_address(client, order, now, time_machine):
    time_machine.move_to(now)
    token = order_token(order)
    db.session.commit()
    own = client.get(f"/o/{token}").text
    start = own.index(f"/bayar/{order.reference}/")
    link = own[start : own.index('"', start)]

    page = client.get(link).text

    assert order.seller.name in page
    assert order.reference in page
    for secret in ("Siti", "Aminah", "Jalan Jawa", "Sumbersari", "81234567890", token):
        assert secret not in page
    assert client.get(f"{link}/qr.png").mimetype == "image/png"
    assert client.get(f"{link}/stiker.png").mimetype == "image/png"
    assert client.get(f"/bayar/{order.reference}/{'x' * 22}").status_code == 404
    assert client.get(link.replace(order.reference, "PV-22222")).status_code == 404


def test_others_are_told_when_it_is_paid_or_over(client, order, now, time_machine):
    time_machine.move_to(now)
    with client.application.test_request_context():
        from bazaar.views.buyer.order import family_key

        link = f"/bayar/{order.reference}/{family_key(order.reference)}"
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
    db.session.commit()
    assert "Sudah dibayar" in client.get(link).text

    other = an_order(a_product())
    with client.application.test_request_context():
        link = f"/bayar/{other.reference}/{family_key(other.reference)}"
    orders.cancel(other, now=now)
    db.session.commit()
    assert "Tidak menunggu pembayaran" in client.get(link).text


# Proofs


def test_a_proof_is_sent_seen_and_answered(client, order, now, time_machine):
    time_machine.move_to(now)
    token, reference = order_token(order), order.reference
    seller = seller_token(order.seller)
    db.session.commit()

    refused = client.post(f"/o/{token}/{reference}/bukti", data={"note": ""})
    assert f'href="#photo-{reference}"' in refused.text
    assert refused.status_code == 422
    assert "Pilih fotonya dulu" in refused.text
    client.post(f"/o/{token}/{reference}/bukti", data={"photo": picture(), "note": "dari Siti"})
    proof = db.session.scalars(sa.select(PaymentProof)).one()
    assert "sedang diperiksa" in client.get(f"/o/{token}").text
    assert client.get(f"/o/{token}/{reference}/bukti/{proof.id}.webp").mimetype == "image/webp"

    page = client.get(f"/u/{seller}/pesanan").text
    assert "Bukti dari pembeli" in page
    assert client.get(f"/u/{seller}/uang/bukti/{proof.id}.webp").status_code == 200
    client.post(f"/u/{seller}/uang/bukti/{proof.id}/tolak", data={"answer": "Belum terlihat."})
    assert "Belum terlihat." in client.get(f"/o/{token}").text


def test_nobody_else_sees_a_proof(client, order, now, time_machine):
    time_machine.move_to(now)
    proof = proofs.send(order.id, "0" * 64, "", now=now)
    other = an_order(a_product())
    token, stranger = order_token(other), seller_token(other.seller)
    db.session.commit()

    assert client.get(f"/o/{token}/{other.reference}/bukti/{proof.id}.webp").status_code == 404
    assert client.get(f"/u/{stranger}/uang/bukti/{proof.id}.webp").status_code == 404
    answer = client.post(f"/u/{stranger}/uang/bukti/{proof.id}/tolak", data={"answer": "x"})
    assert answer.status_code == 404


def test_proofs_have_limits(order, now):
    for number in range(5):
        proofs.send(order.id, f"{number:064}", "", now=now)
    assert proofs.send(order.id, f"{0:064}", "", now=now).id
    with pytest.raises(TooManyProofs):
        proofs.send(order.id, f"{9:064}", "", now=now)
    orders.cancel(order, now=now)
    with pytest.raises(ProofNotWanted):
        proofs.send(order.id, f"{8:064}", "", now=now)


def test_a_refused_picture_may_be_sent_again(order, now):
    first = proofs.send(order.id, f"{1:064}", "", now=now)
    assert proofs.send(order.id, f"{1:064}", "", now=now) is first
    proofs.refuse(first, "belum", actor=HOST, now=now)
    db.session.expire_all()

    again = proofs.send(order.id, f"{1:064}", "sekarang sudah", now=now)

    assert again is not first
    assert db.session.scalars(proofs.unseen()).all() == [again]


def test_a_proof_is_answered_once(order, now):
    proof = proofs.send(order.id, f"{1:064}", "", now=now)
    proofs.refuse(proof, "belum", actor=HOST, now=now)

    with pytest.raises(AlreadySeen):
        proofs.refuse(proof, "belum", actor=TREASURER, now=now)


def test_money_that_came_answers_the_proof(order, now):
    proof = proofs.send(order.id, f"{1:064}", "", now=now)

    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)

    db.session.refresh(proof)
    assert (proof.accepted, proof.seen_by) == (True, HOST.name)


def test_a_seller_is_reminded_once_of_a_proof_nobody_looked_at(order, now):
    proofs.send(order.id, f"{1:064}", "", now=now)
    later = now + proofs.REMIND_AFTER

    assert proofs.remind(later - timedelta(seconds=1)) == 0
    assert (proofs.remind(later), proofs.remind(later)) == (1, 0)
    subjects = db.session.scalars(sa.select(Message.subject)).all()
    assert len([one for one in subjects if "Bukti pembayaran" in one]) == 2


# Stickers by photo


def photo_of(payload):
    return io.BytesIO(qr_pictures.draw(payload)), "stiker.png"


def test_a_seller_sends_a_photo_of_its_sticker(client, order, now, time_machine):
    time_machine.move_to(now)
    seller = order.seller
    old = payments.find_account(seller.id).payload
    token = seller_token(seller)
    other = a_product().seller
    new = a_sticker(other, name="STIKER BARU")
    db.session.commit()
    address = f"/u/{token}/uang/rekening"

    answer = client.post(address, data={"kind": "qris", "photo": photo_of(new)})

    assert answer.status_code == 303
    (proposal,) = payments.proposed()
    assert (proposal.payload, proposal.merchant_name) == (new, "STIKER BARU")
    assert proposal.photo
    assert payments.find_account(seller.id).payload == old
    page = client.get(f"/u/{token}/uang").text
    assert "menunggu panitia" in page
    assert client.get(f"/u/{token}/uang/rekening/{proposal.id}.webp").status_code == 200


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Pilih foto stikernya"),
        ({"photo": b"halo"}, "bukan foto"),
        ({"text": "halo"}, "Ini bukan isi kode QRIS"),
    ],
)
def test_what_is_no_sticker_is_told(client, order, now, time_machine, sent, told):
    time_machine.move_to(now)
    token = seller_token(order.seller)
    db.session.commit()

    if "photo" in sent:
        sent = {"photo": (io.BytesIO(sent["photo"]), "x.png")}

    page = client.post(f"/u/{token}/uang/rekening", data={"kind": "qris", **sent})

    assert page.status_code == 422
    assert told in page.text


def test_a_photo_without_a_code_is_told(client, order, now, time_machine):
    time_machine.move_to(now)
    token = seller_token(order.seller)
    db.session.commit()

    page = client.post(f"/u/{token}/uang/rekening", data={"kind": "qris", "photo": picture()})

    assert page.status_code == 422
    assert "Tidak ada kode QR yang terbaca" in page.text


def test_a_wrong_number_of_an_account_keeps_what_was_typed(client, order, now, time_machine):
    time_machine.move_to(now)
    token = seller_token(order.seller)
    db.session.commit()
    wrong = {"kind": "bank", "bank": "BCA", "number": "12a", "holder": "Sri"}

    page = client.post(f"/u/{token}/uang/rekening", data=wrong)

    assert page.status_code == 422
    assert page.text.count("5 sampai 20 angka") == 2, "at the field and at the head of the page"
    assert 'value="BCA"' in page.text
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids)), "a label belongs to one thing"


def test_a_seller_records_what_it_gave_back(client, order, now, time_machine):
    time_machine.move_to(now)
    payments.confirm(payments.get_charge(order.reference), actor=HOST, now=now)
    extra = payments.receive(
        payments.Received(
            key="x",
            amount_idr=62_000,
            method="qris",
            source="midtrans",
            edition_id=order.edition_id,
            order_id=order.id,
        ),
        actor=Actor("clock", "Jam"),
        now=now,
    )
    (case,) = db.session.scalars(payments.find_cases()).all()
    token, stranger = seller_token(order.seller), seller_token(a_product().seller)
    db.session.commit()
    sent = {"key": "k", "amount": "62.000", "how": "bank"}
    address = f"/uang/{case.id}/kembalikan"

    assert client.post(f"/u/{stranger}{address}", data=sent).status_code == 404
    assert client.post(f"/u/{token}{address}", data=sent).status_code == 422
    done = client.post(f"/u/{token}{address}", data=sent | {"photo": picture()})
    assert done.status_code == 303
    assert [one.amount_idr for one in payments.given_back(extra.payment_id)] == [62_000]
    assert "Semua uang cocok" in client.get(f"/u/{token}/uang").text
