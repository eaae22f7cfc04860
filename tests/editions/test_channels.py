from datetime import timedelta

import pytest
import sqlalchemy as sa

from bazaar import rotation
from bazaar.db import db
from bazaar.editions import TurnsLoseTime, channels
from bazaar.editions.channels import ChannelWish
from bazaar.models import AuditEntry, Channel, Turn
from bazaar.rotation import airtime
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition

ZOOM = "https://zoom.us/j/93612345678?pwd=Rahasia"
YOUTUBE = "https://www.youtube.com/watch?v=abc"


def test_channels_are_numbered_one_after_the_other(app, now):
    edition = an_edition(channels=1)

    added = channels.add(edition, ChannelWish("Dapur", ZOOM, YOUTUBE), actor=HOST, now=now)

    assert (added.number, added.name, added.zoom_url) == (2, "Dapur", ZOOM)
    assert channels.get(edition, 2) == added


def test_a_channel_can_be_renamed_and_lose_its_links(app, now):
    edition = an_edition(channels=1)
    channel = channels.get(edition, 1)

    channels.change(channel, ChannelWish("Alun-alun"), actor=HOST, now=now)

    assert (channel.name, channel.zoom_url, channel.youtube_url) == ("Alun-alun", "", "")


def test_the_trail_does_not_hold_the_key_to_the_room(app, now):
    channels.add(an_edition(), ChannelWish("Dapur", ZOOM, YOUTUBE), actor=HOST, now=now)

    (entry,) = db.session.query(AuditEntry)
    assert "Rahasia" not in str(entry.facts)


@pytest.mark.parametrize(
    "url",
    [
        "http://zoom.us/j/1",
        "zoom.us/j/1",
        "javascript:alert(1)",
        "https://",
        "https://localhost",
        "https://user@zoom.us/j/1",
        "https://zoom.us/j/1 2",
        "https://zoom.us:99999/",
        "https://[zoom",
        "https://zoom.us/" + "x" * 200,
        "https://zoom.us\\@elsewhere.example/",
    ],
)
def test_what_is_not_an_https_address_is_refused(app, now, url):
    edition = an_edition()

    assert list(channels.faults(ChannelWish("Dapur", url, url))) == ["zoom_url", "youtube_url"]
    with pytest.raises(channels.NotALink):
        channels.add(edition, ChannelWish("Dapur", zoom_url=url), actor=HOST, now=now)


def test_a_channel_needs_a_name(app, now):
    with pytest.raises(channels.ChannelNameMissing):
        channels.add(an_edition(), ChannelWish(""), actor=HOST, now=now)


def test_a_channel_with_turns_stays(app, now):
    edition = an_edition(channels=2)
    a_turn(a_release(edition), a_seller(), channel=channels.get(edition, 1))

    with pytest.raises(channels.ChannelHasTurns):
        channels.remove(channels.get(edition, 1), actor=HOST, now=now)
    channels.remove(channels.get(edition, 2), actor=HOST, now=now)
    assert [channel.number for channel in edition.channels] == [1]


def test_a_channel_that_only_a_draft_uses_goes_with_the_draft(app, now):
    edition = an_edition(channels=2)
    draft = a_release(edition, number=None)
    a_turn(draft, a_seller(), channel=channels.get(edition, 1))
    a_turn(draft, a_seller(), channel=channels.get(edition, 2))

    channels.remove(channels.get(edition, 2), actor=HOST, now=now)

    assert [channel.number for channel in edition.channels] == [1]
    assert rotation.find_draft(edition) is None
    assert db.session.query(Turn).count() == 0


def test_an_unknown_channel_is_not_found(app):
    with pytest.raises(channels.NoSuchChannel):
        channels.get(an_edition(channels=1), 9)


def test_a_lost_channel_keeps_its_released_turns_until_the_plan_is_repaired(app, now):
    edition = an_edition(channels=2)
    a_window(edition, opens_at=now)
    first, second = edition.channels
    released = a_release(edition)
    for minutes in (0, 15, 30):
        a_turn(
            released,
            a_seller(),
            starts_at=now + timedelta(minutes=minutes),
            channel=second,
        )
    a_turn(released, a_seller(), starts_at=now + timedelta(minutes=30), channel=first)
    lost_from = now + timedelta(minutes=20)

    with pytest.raises(TurnsLoseTime, match="Ada 2 giliran"):
        channels.lose(second, lost_from, actor=HOST, now=now)
    assert second.lost_from is None
    assert channels.lose(second, lost_from, agreed=2, actor=HOST, now=now) == 2

    assert len(released.turns) == 4
    slots = airtime.slots(edition, airtime.blocks(edition))
    assert [slot.start for slot in slots if slot.channel == second.id] == [now]
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.facts["turns_lost"]) == ("channel.lose", 2)


def test_a_lost_channel_is_brought_back_once(app, now):
    edition = an_edition()
    (channel,) = edition.channels
    a_window(edition, opens_at=now)
    channels.lose(channel, now, actor=HOST, now=now)
    assert airtime.slots(edition, airtime.blocks(edition)) == []

    channels.bring_back(channel, actor=HOST, now=now)

    assert len(airtime.slots(edition, airtime.blocks(edition))) == 8
    with pytest.raises(channels.ChannelNotLost):
        channels.bring_back(channel, actor=HOST, now=now)


@pytest.mark.parametrize("years", [-2, 2])
def test_nobody_means_years_away(app, now, years):
    (channel,) = an_edition().channels

    with pytest.raises(channels.LostTooFar):
        channels.lose(channel, now + timedelta(days=366 * years), actor=HOST, now=now)


def test_a_channel_that_went_meanwhile_is_not_lost(app, now):
    (channel,) = an_edition().channels
    db.session.execute(sa.delete(Channel).execution_options(synchronize_session=False))

    with pytest.raises(channels.NoSuchChannel):
        channels.lose(channel, now, actor=HOST, now=now)
