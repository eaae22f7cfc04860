"""A whole swap on two phones, in a browser."""

from datetime import timedelta

from bazaar import rotation, times
from bazaar.db import db, reading
from bazaar.models import Edition
from tests.browser import width_of
from tests.builders import a_release, a_seller, a_turn, a_window, an_edition, seller_token


def narrow(page):
    return width_of(page) <= 360


def test_two_phones_swap_their_turns(app, visitors):
    start = times.now().replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=3)
    edition = an_edition(veto_hours=0, request_hours=24)
    a_window(edition, opens_at=start, minutes=60)
    sekar = a_seller(edition=edition, name="Batik Sekar")
    tin = a_seller(edition=edition, name="Keripik Bu Tin")
    release = a_release(edition)
    a_turn(release, sekar, starts_at=start)
    a_turn(release, tin, starts_at=start + timedelta(minutes=15))
    links = [f"/u/{seller_token(seller)}" for seller in (sekar, tin)]
    number = edition.id
    db.session.commit()
    one, other = visitors.open("phone"), visitors.open("phone", script=False)

    one.goto(links[0])
    one.get_by_text("Ubah").first.tap()
    one.get_by_role("link", name="Tukar").tap()
    one.locator("label", has_text="Keripik Bu Tin").tap()
    one.get_by_label("Pesan untuknya").fill("Anak sakit")
    assert narrow(one)
    one.get_by_role("button", name="Kirim permintaan").tap()
    one.get_by_text("Permintaan terkirim.").wait_for()
    assert narrow(one)

    other.goto(links[1])
    other.get_by_text("Batik Sekar mengajak tukar giliran").wait_for()
    assert narrow(other)
    other.get_by_role("button", name="Setuju, tukar").tap()
    other.get_by_text("Giliran sudah ditukar.").wait_for()

    one.reload()
    one.get_by_text("berlaku", exact=True).wait_for()
    with reading():
        current = rotation.find_current_release(db.session.get_one(Edition, number))
        turns = [(turn.seller.name, turn.starts_at - start) for turn in current.turns]
    assert turns == [("Keripik Bu Tin", timedelta(0)), ("Batik Sekar", timedelta(minutes=15))]
