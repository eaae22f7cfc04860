"""The demo's lists, through the import, and their drawings, made once."""

import json

import sqlalchemy as sa

from bazaar import payments, photos
from bazaar.db import db
from bazaar.demo import edition_loader
from bazaar.demo.edition_loader import Motif
from bazaar.models import Participation, Product, ReceivingAccount, Seller, StockMove
from bazaar.rules.clusters import CLUSTERS
from bazaar.web import services
from tests.builders import NOW, a_product, an_edition

MOTIFS = [
    Motif("Kain batik tulis", "Batik", "J-1-1"),
    Motif("Kopi lanang", "Kopi & Kakao", "J-2-1"),
]


def count(model):
    return db.session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_lists_have_no_fault_and_load_twice_as_once(app):
    edition = an_edition()
    edition_loader.import_lists(edition, services().links, now=NOW)
    first = [count(one) for one in (Seller, Product, Participation, ReceivingAccount, StockMove)]

    edition_loader.import_lists(edition, services().links, now=NOW)

    assert first[0] == first[2] == first[3] == 73
    assert first[1] >= 200
    assert not payments.proposed(), "a stall whose account waits cannot sell"
    assert [
        count(one) for one in (Seller, Product, Participation, ReceivingAccount, StockMove)
    ] == first
    clusters = set(db.session.scalars(sa.select(Seller.cluster).distinct()))
    assert clusters == {cluster.name for cluster in CLUSTERS}
    assert db.session.scalar(sa.select(sa.func.count(Seller.district.distinct()))) == 31


def test_drawings_are_made_once(tmp_path):
    first = edition_loader.drawings(MOTIFS, tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    assert edition_loader.drawings(MOTIFS, tmp_path) == first
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    assert len(set(first.values())) == 2
    assert all(photos.exists(name, tmp_path) for name in first.values())


def test_a_lost_drawing_or_list_of_drawings_is_made_again(tmp_path):
    first = edition_loader.drawings(MOTIFS, tmp_path)
    photos.find(first[MOTIFS[0]], 320, tmp_path).unlink()
    assert edition_loader.drawings(MOTIFS, tmp_path) == first

    (tmp_path / edition_loader.DRAWN).write_text("{")
    assert edition_loader.drawings(MOTIFS, tmp_path) == first
    assert len(json.loads((tmp_path / edition_loader.DRAWN).read_text())) == 2


def test_several_processes_draw_the_same(tmp_path):
    alone = edition_loader.drawings(MOTIFS, tmp_path / "alone", processes=1)

    assert edition_loader.drawings(MOTIFS, tmp_path / "together", processes=2) == alone


def test_products_without_a_photo_get_one(app, tmp_path):
    one, other = a_product(name="Kopi lanang"), a_product(name="Kain batik")

    assert edition_loader.give_photos(tmp_path) == 2
    assert photos.exists(one.photo, tmp_path)
    assert one.photo != other.photo
    assert edition_loader.give_photos(tmp_path) == 0
