from datetime import timedelta
from importlib import import_module

import pytest
import sqlalchemy as sa

from bazaar import show
from bazaar.db import db, transaction
from bazaar.models import AuditEntry, Channel, ClosedKind, ClosedTime, OverlayLink
from bazaar.rules.show.acts import ActKind
from bazaar.rules.show.scenes import Scene
from bazaar.show import overlays
from bazaar.show.overlays import (
    Corner,
    Look,
    NoSuchOverlay,
    OverlayRevoked,
    Part,
    Theme,
    TooManyOverlays,
)
from bazaar.show.pictures import picture, sample
from bazaar.web import services
from tests import builders as a
from tests.overlays import a_link, an_evening
from tests.test_races import at_once


def minutes(n):
    return timedelta(minutes=n)


@pytest.fixture
def evening(app, now):
    evening = an_evening(now)
    db.session.commit()
    return evening


def seen(evening, at):
    return picture(evening.channel, evening.edition, at)


def act(evening, kind, now, **more):
    revision = show.kept(evening.edition, now)[0].revision
    show.act(evening.edition, 1, kind, revision=revision, actor=a.HOST, now=now, **more)


def noted(action):
    query = sa.select(AuditEntry).order_by(AuditEntry.id).where(AuditEntry.action == action)
    return [entry.facts for entry in db.session.scalars(query)]


def test_an_address_opens_its_channel_with_its_look(evening, now):
    wished = Look(Corner.TOP_LEFT, Theme.LIGHT, "en", 130, frozenset({Part.QR, Part.TIMER}))
    link = overlays.make(
        evening.channel, "Laptop 2", wished, links=services().links, actor=a.HOST, now=now
    )
    token = overlays.token_of(link, services().links)

    opened = overlays.get_overlay(token)

    assert (opened.link.id, opened.channel.id, opened.edition.id) == (
        link.id,
        evening.channel.id,
        evening.edition.id,
    )
    assert opened.look == wished
    assert len(token) == 43
    assert token not in str([row.__dict__ for row in db.session.scalars(sa.select(OverlayLink))])
    assert noted("overlay.make")[-1] == {"name": "Laptop 2", "channel": 1, **wished.facts()}


def test_a_look_from_before_a_choice_existed_is_as_by_default():
    assert Look.read({}) == Look()
    assert Look.read(Look(scale=80).facts()) == Look(scale=80)


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_other_tokens_open_nothing(evening, token):
    with pytest.raises(NoSuchOverlay):
        overlays.get_overlay(token)


def test_a_revoked_address_is_as_if_it_never_was(evening, now):
    token = overlays.token_of(evening.link, services().links)

    overlays.revoke(evening.link, evening.channel, actor=a.HOST, now=now)

    with pytest.raises(NoSuchOverlay):
        overlays.get_overlay(token)
    with pytest.raises(OverlayRevoked):
        overlays.revoke(evening.link, evening.channel, actor=a.HOST, now=now)
    with pytest.raises(OverlayRevoked):
        overlays.change(evening.link, evening.channel, "x", Look(), actor=a.HOST, now=now)
    assert noted("overlay.revoke") == [{"name": "Laptop studio", "channel": 1}]


def test_a_change_is_noted_once_and_nothing_changed_is_no_act(evening, now):
    wished = Look(corner=Corner.TOP_RIGHT)
    for _ in range(2):
        overlays.change(evening.link, evening.channel, "Studio", wished, actor=a.HOST, now=now)

    assert Look.read(evening.link.look) == wished
    assert len(noted("overlay.change")) == 1


def test_an_address_belongs_to_its_channel(evening):
    other = a.a_channel(evening.edition, number=2)

    with pytest.raises(NoSuchOverlay):
        overlays.get_link(other, evening.link.id)


def test_a_channel_has_only_so_many_addresses_that_work(evening, now):
    while len(overlays.links_of(evening.channel)) < overlays.MOST:
        a_link(evening.channel, now)
    with pytest.raises(TooManyOverlays):
        a_link(evening.channel, now)

    overlays.revoke(evening.link, evening.channel, actor=a.HOST, now=now)

    newest = a_link(evening.channel, now)
    listed = overlays.links_of(evening.channel)
    assert (listed[0].id, listed[-1].id) == (newest.id, evening.link.id)


def test_of_two_who_want_the_last_address_one_gets_it(evening, now, app):
    while len(overlays.links_of(evening.channel)) < overlays.MOST - 1:
        a_link(evening.channel, now)
    channel_id = evening.channel.id
    db.session.commit()

    def another():
        with app.app_context(), transaction():
            channel = db.session.get_one(Channel, channel_id)
            try:
                a_link(channel, now)
            except TooManyOverlays:
                return False
        return True

    assert sorted(at_once([another, another])) == [False, True]


def test_the_picture_of_who_is_on(evening, now):
    found = seen(evening, now)

    assert (found.scene, found.seller.id, found.next.id) == (
        Scene.NOW,
        evening.batik.id,
        evening.kopi.id,
    )
    assert found.product.id == evening.product.id
    assert found.ends_at == found.next_at == now + minutes(9)
    assert found.turn.id == evening.turns[0].id


def test_the_pinned_product_else_the_first_that_is_left(evening, now):
    sold_out = a.a_product(seller=evening.batik, claim_code="A01", stock=0)
    other = a.a_product(seller=evening.batik, claim_code="C01")
    db.session.commit()
    assert seen(evening, now).product.claim_code == "B07"

    act(evening, ActKind.PIN, now, product=other.id)
    assert seen(evening, now).product.claim_code == "C01"

    act(evening, ActKind.PIN, now + minutes(1), product=sold_out.id)
    assert seen(evening, now + minutes(1)).product.claim_code == "A01"

    sold_out.active = False
    db.session.commit()
    assert seen(evening, now + minutes(1)).product.claim_code == "B07"


def test_who_has_nothing_on_offer_has_no_product(evening, now):
    evening.product.active = False
    db.session.commit()

    assert seen(evening, now).product is None


def test_who_fills_in_is_shown_with_its_goods(evening, now):
    madu = a.a_seller(edition=evening.edition)
    goods = a.a_product(seller=madu)
    db.session.commit()

    act(evening, ActKind.NO_SHOW, now, turn=evening.turns[0].uid, seller=madu.id)

    found = seen(evening, now)
    assert (found.seller.id, found.product.id) == (madu.id, goods.id)


def test_time_that_was_added_counts_and_overtime_does_not_move_the_end(evening, now):
    act(evening, ActKind.ADD, now, seconds=120)
    assert seen(evening, now).ends_at == now + minutes(11)

    act(evening, ActKind.BY_HOST, now)
    late = seen(evening, now + minutes(13))
    assert late.ends_at == now + minutes(11)
    assert late.next_at is None


def test_a_hold_tells_why_only_as_far_as_viewers_should_know(evening, now):
    act(evening, ActKind.HOLD, now, text="Adzan Maghrib")
    found = seen(evening, now + minutes(1))
    assert (found.scene, found.prayer, found.back_at, found.ends_at) == (
        Scene.BREAK,
        True,
        None,
        None,
    )

    act(evening, ActKind.RESUME, now + minutes(2))
    act(evening, ActKind.HOLD, now + minutes(3), text="Penjual panik")
    assert seen(evening, now + minutes(3)).prayer is False


def test_a_closed_time_says_which_and_until_when(evening, now):
    after = evening.turns[1].ends_at + minutes(5)
    a.a_turn(evening.turns[1].release, evening.batik, starts_at=after + minutes(30))
    closed = a.keep(
        ClosedTime(
            edition_id=evening.edition.id,
            kind=ClosedKind.MAGHRIB,
            starts_at=after - minutes(5),
            ends_at=after + minutes(25),
        )
    )
    db.session.commit()

    found = seen(evening, after)

    assert (found.scene, found.closed.id, found.back_at) == (
        Scene.BREAK,
        closed.id,
        after + minutes(30),
    )


def test_after_the_last_turn_the_next_day_is_told(evening, now):
    tomorrow = now + timedelta(days=1)
    a.a_turn(evening.turns[0].release, evening.kopi, starts_at=tomorrow)
    db.session.commit()

    found = seen(evening, now + minutes(40))

    assert (found.scene, found.later_at) == (Scene.CLOSING, tomorrow)


def test_an_edition_that_is_over_shows_nothing(evening, now):
    evening.edition.is_current = False
    db.session.commit()

    assert seen(evening, now).scene is Scene.IDLE


@pytest.mark.parametrize("scene", Scene)
def test_every_scene_can_be_tried_out_before_anything_runs(evening, now, scene):
    found = sample(evening.edition, scene, now)

    assert found.scene is scene
    assert (found.product is not None) == (scene is Scene.NOW)


def test_trying_out_needs_no_goods(app, now):
    assert sample(a.an_edition(), Scene.NOW, now).seller is None


@pytest.mark.parametrize("more", [0, 3])
def test_a_fuller_evening_costs_no_more_queries(evening, queries, now, more, monkeypatch):
    monkeypatch.setattr(import_module("bazaar.show.days"), "LASTS", 60.0)
    for n in range(more):
        seller = a.a_seller(edition=evening.edition)
        a.a_product(seller=evening.batik)
        a.a_turn(evening.turns[0].release, seller, starts_at=now + minutes(60 + 15 * n))
    db.session.commit()
    seen(evening, now)
    db.session.commit()
    queries.clear()

    seen(evening, now)

    # The edition and channel again after the commit; then what changed, sellers, goods, the turn.
    assert len(queries) == 6, queries
