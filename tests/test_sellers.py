"""Sellers, their fields and their links."""

import pytest
import sqlalchemy as sa

from bazaar import sellers
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, Seller
from bazaar.rules.hours import read_hours
from bazaar.sellers import LinkReplaced, NoSuchSeller, Offer
from bazaar.web import services
from tests.builders import HOST, NOW, a_product, a_seller, an_edition, seller_token


def found(text="", cluster=""):
    return [seller.code for seller in db.session.scalars(sellers.search(text, cluster))]


def facts(**given):
    return {
        "name": "Batik Sekar",
        "owner_name": "Siti",
        "cluster": "Batik",
        "district_code": "35.09.21",
        "district": "Sumbersari",
        "village": "",
        "phone": "+6281234567890",
        "email": "",
        "social": "",
        "story": "",
    } | given


@pytest.mark.parametrize(
    "text",
    ["sekar", "SEKAR batik", "siti", "sumbersari", "U-1", "0812-3456-7890", "081234567890", "7890"],
)
def test_a_seller_is_found_by_what_people_remember(app, text):
    a_seller(code="U-1", name="Batik Sekar", owner_name="Siti", phone="+6281234567890")
    a_seller(code="U-2", name="Tahu Lain", district="Patrang", phone="+6281111111111")

    assert found(text) == ["U-1"]


def test_search_takes_percent_signs_for_themselves(app):
    a_seller(code="U-1", name="Diskon 100%")
    a_seller(code="U-2")

    assert found("%") == ["U-1"]
    assert found("_") == []
    assert found(cluster="Kriya") == []


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Batik Sekar Jati", "batik-sekar-jati"),
        ("D'Café & Ñam!", "dcafe-nam"),
        ("店", "lapak"),
        ("x" * 120, "x" * 60),
    ],
)
def test_public_names_are_plain(app, name, slug):
    taken: set[str] = set()
    made = [
        sellers.create(
            f"U-{n}", facts(name=name), taken_slugs=taken, links=services().links, now=NOW
        ).slug
        for n in range(2)
    ]
    db.session.flush()

    assert made == [slug, f"{slug}-2"]


def test_what_sellers_offer_is_counted(app):
    seller, other = a_seller(), a_seller()
    a_product(seller=seller, stock=3)
    a_product(seller=seller, stock=0)
    a_product(seller=seller, active=False)

    assert sellers.offers([seller.id, other.id]) == {seller.id: Offer(2, 1)}


def test_a_change_is_noted_by_its_fields(app):
    seller = a_seller(name="Batik Sekar")
    sellers.change(
        seller,
        facts(name="Baru"),
        active=False,
        hours=read_hours("Sab-Min") or (),
        actor=HOST,
        now=NOW,
    )

    noted = db.session.scalars(sa.select(AuditEntry)).one()
    assert noted.action == "seller.change"
    assert noted.subject == f"seller:{seller.code}"
    assert {"name", "phone", "active", "hours"} <= set(noted.facts["fields"])
    assert "081" not in str(noted.facts)
    assert sellers.hours_of([seller.id])[seller.id] == read_hours("Sab-Min")


def test_no_change_notes_nothing(app):
    seller = a_seller()
    same = {name: getattr(seller, name) for name in sellers.EDITABLE}
    sellers.change(seller, same, active=True, hours=(), actor=HOST, now=NOW)

    assert db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all() == []


def test_the_code_cannot_be_changed(app):
    with pytest.raises(ValueError, match="code"):
        sellers.update(a_seller(), {"code": "X"}, now=NOW)


def test_joining_twice_is_joining_once(app):
    edition, seller = an_edition(), a_seller()
    for _ in range(2):
        sellers.join(edition, [seller.id], now=NOW)
        db.session.flush()

    assert sellers.participants(edition) == {seller.id}


def test_a_new_link_kills_the_old_one(app):
    seller = a_seller()
    old = seller_token(seller)
    assert sellers.show_link(seller, services().links, actor=HOST, now=NOW) == old

    new = sellers.issue_link(seller, services().links, actor=HOST, now=NOW)

    assert new != old
    assert sellers.get_by_link(new) is seller
    with pytest.raises(NoSuchSeller):
        sellers.get_by_link(old)
    actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["seller.show_link", "seller.issue_link"]
    trail = str(db.session.execute(sa.select(AuditEntry.facts, AuditEntry.subject)).all())
    assert new not in trail
    assert old not in trail


def test_of_two_who_replace_a_link_one_is_told(app):
    seller = a_seller()
    seller_token(seller)
    db.session.commit()
    with transaction():
        db.session.execute(sa.update(Seller.__table__).values(link_serial=2))
    assert seller.link_serial == 2
    seller.__dict__["link_serial"] = 1  # what this one had read before

    with pytest.raises(LinkReplaced):
        sellers.issue_link(seller, services().links, actor=HOST, now=NOW)


def test_who_has_left_has_no_link(app):
    seller = a_seller()
    token = seller_token(seller)
    seller.active = False
    db.session.flush()

    with pytest.raises(NoSuchSeller):
        sellers.get_by_link(token)
    assert sellers.get_by_code(seller.code) is seller
