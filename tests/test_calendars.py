"""Feeds read back by the library that others read them with, and judged by RFC 5545's letter."""

import gzip
from datetime import timedelta

import pytest
from icalendar import Calendar

from bazaar import calendars, rotation
from bazaar.db import db
from bazaar.editions import channels
from tests.builders import HOST, a_release, a_seller, a_turn, a_window, an_edition, seller_token

SITE = "https://bazar.example"


@pytest.fixture
def bazaar(app, now):
    edition = an_edition(channels=2)
    for day in range(3):
        a_window(edition, opens_at=now + timedelta(days=day), minutes=180)
    return edition


@pytest.fixture
def sri(bazaar):
    return a_seller(edition=bazaar, name="Batik Sri, Sumbersari; \\ " + "ä" * 40, cluster="Batik")


@pytest.fixture
def plan(bazaar, now):
    """Release turns given as (seller, quarter of an hour, number of the channel)."""

    def release(*turns, at=now - timedelta(hours=2)):
        base = rotation.find_current_release(bazaar)
        draft = a_release(bazaar, number=None, base_id=base.id if base else None)
        by_number = {one.number: one for one in bazaar.channels}
        for seller, slot, *channel in turns:
            a_turn(
                draft,
                seller,
                starts_at=now + timedelta(minutes=15 * slot),
                channel=by_number[channel[0] if channel else 1],
            )
        return rotation.release(draft, actor=HOST, now=at)

    return release


def mine(edition, seller, now):
    page = f"{SITE}/u/rahasia"
    return calendars.private_feed(edition, seller, site=SITE, own_page=page, now=now)


def read(feed):
    return Calendar.from_ical(calendars.ical(feed))


def events(feed):
    return {str(event["uid"]): event for event in read(feed).walk("VEVENT")}


def told(feed):
    return [
        (str(event["status"]), int(event["sequence"]), event["dtstart"].dt)
        for event in read(feed).walk("VEVENT")
    ]


def test_a_feed_is_what_the_standard_asks_for(bazaar, plan, sri, now):
    plan((sri, 0), (sri, 8, 2))
    text = calendars.ical(mine(bazaar, sri, now))

    lines = text.split(b"\r\n")
    assert lines[-1] == b""
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert {b"VERSION:2.0", b"REFRESH-INTERVAL;VALUE=DURATION:PT1H"} <= set(lines)
    assert any(line.startswith(b"PRODID:") for line in lines)
    for event in Calendar.from_ical(text).walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS"} <= set(event)
        assert event["dtstart"].dt.utcoffset() == timedelta(0)
        for name in ("DTSTAMP", "DTSTART", "DTEND", "LAST-MODIFIED"):
            assert event[name].to_ical().endswith(b"Z")
    assert not read(mine(bazaar, sri, now)).errors


def test_the_private_feed_knows_the_room_and_rings(bazaar, plan, sri, now):
    other = a_seller(edition=bazaar)
    plan((sri, 0), (other, 1))

    (event,) = events(mine(bazaar, sri, now)).values()

    assert event["location"] == "https://zoom.us/j/9001"
    assert event["url"] == f"{SITE}/u/rahasia"
    (alarm,) = event.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(minutes=-15)
    assert event["uid"].endswith("@bazar.example")


def test_the_public_feed_keeps_rooms_and_links_to_itself(bazaar, plan, sri, now):
    plan((sri, 0))

    text = calendars.ical(calendars.public_feed(bazaar, site=SITE, now=now)).decode()
    (event,) = events(calendars.public_feed(bazaar, site=SITE, now=now)).values()

    assert "zoom" not in text
    assert "/u/" not in text
    assert "VALARM" not in text
    assert event["summary"] == sri.name
    assert event["url"] == f"{SITE}/s/{sri.slug}"


def test_one_channel_has_its_own_feed(bazaar, plan, sri, now):
    plan((sri, 0, 1), (sri, 4, 2))
    second = bazaar.channels[1]

    feed = calendars.public_feed(bazaar, site=SITE, now=now, channel=second)

    assert told(feed) == [("CONFIRMED", 1, now + timedelta(hours=1))]
    assert read(feed)["name"] == "Pasar Virtual Ramadan, Saluran 2"


def test_a_moved_turn_is_the_same_event_with_a_higher_sequence(bazaar, plan, sri, now):
    plan((sri, 0))
    (before,) = events(mine(bazaar, sri, now))
    plan((sri, 4))

    feed = mine(bazaar, sri, now)

    assert list(events(feed)) == [before]
    assert told(feed) == [("CONFIRMED", 2, now + timedelta(hours=1))]


def test_a_cancelled_turn_stays_struck_out_until_it_is_old(bazaar, plan, sri, now):
    other = a_seller(edition=bazaar)
    plan((sri, 0), (sri, 4), at=now - timedelta(hours=3))
    plan((sri, 4), (other, 0), at=now - timedelta(hours=2))
    plan((sri, 4), (other, 1), at=now - timedelta(hours=1))

    feed = mine(bazaar, sri, now)

    assert told(feed) == [
        ("CANCELLED", 2, now),
        ("CONFIRMED", 1, now + timedelta(hours=1)),
    ]
    cancelled = next(iter(read(feed).walk("VEVENT")))
    assert cancelled["dtstamp"].dt == now - timedelta(hours=2)
    assert cancelled["summary"].startswith("BATAL: ")
    assert not cancelled.walk("VALARM")
    public = calendars.public_feed(bazaar, site=SITE, now=now)
    assert [status for status, _, _ in told(public)].count("CANCELLED") == 1
    later = mine(bazaar, sri, now + timedelta(days=8))
    assert told(later) == [("CONFIRMED", 1, now + timedelta(hours=1))]


def test_a_turn_that_comes_back_is_confirmed_again_above_its_cancellation(bazaar, plan, sri, now):
    other = a_seller(edition=bazaar)
    plan((sri, 0), (other, 4))
    (uid,) = (uid for uid in events(mine(bazaar, sri, now)))
    plan((other, 4))
    assert told(mine(bazaar, sri, now)) == [("CANCELLED", 2, now)]
    plan((sri, 0), (other, 4))

    feed = mine(bazaar, sri, now)

    assert told(feed) == [("CONFIRMED", 3, now)]
    assert list(events(feed)) == [uid]


def test_of_a_turn_that_moved_and_then_went_only_the_last_place_is_struck_out(
    bazaar, plan, sri, now
):
    other = a_seller(edition=bazaar)
    plan((sri, 0), (other, 8))
    plan((sri, 4), (other, 8))
    plan((other, 8))

    assert told(mine(bazaar, sri, now)) == [("CANCELLED", 3, now + timedelta(hours=1))]


def test_sequences_never_fall(bazaar, plan, sri, now):
    other = a_seller(edition=bazaar)
    seen: dict[str, int] = {}
    for turns in (
        [(sri, 0), (sri, 4), (other, 1)],
        [(sri, 2), (sri, 4), (other, 1)],
        [(other, 0), (other, 4)],
        [(sri, 4), (other, 0), (other, 1)],
        [(sri, 4), (sri, 0), (other, 1)],
    ):
        plan(*turns)
        for uid, event in events(calendars.public_feed(bazaar, site=SITE, now=now)).items():
            assert int(event["sequence"]) >= seen.get(uid, 0)
            seen[uid] = int(event["sequence"])


def test_before_the_first_release_a_feed_is_empty(bazaar, sri, now):
    assert told(mine(bazaar, sri, now)) == []
    assert told(calendars.public_feed(bazaar, site=SITE, now=now)) == []


def test_an_unchanged_feed_is_the_same_to_the_byte(bazaar, plan, sri, now):
    plan((sri, 0))
    first = mine(bazaar, sri, now)
    calendars.ical.cache_clear()
    once = calendars.ical(first)
    calendars.ical.cache_clear()

    again = mine(bazaar, sri, now + timedelta(minutes=5))

    assert (calendars.ical(again), again.etag) == (once, first.etag)
    bazaar.channels[0].zoom_url = "https://zoom.us/j/1"
    db.session.flush()
    assert mine(bazaar, sri, now).etag != first.etag


def test_a_single_turn_to_keep(bazaar, plan, sri, now):
    release = plan((sri, 0))
    (turn,) = rotation.turns_on(release, now.date())

    feed = calendars.single(bazaar, turn.uid, site=SITE)

    assert told(feed) == [("CONFIRMED", 1, now)]
    link = calendars.google_link(feed)
    assert link.startswith("https://calendar.google.com/calendar/render?action=TEMPLATE&text=Batik")
    assert "dates=20260301T120000Z%2F20260301T121500Z" in link
    assert "zoom" not in link


@pytest.mark.parametrize("uid", ["salah", "", "0" * 32])
def test_a_turn_nobody_has_is_not_found(bazaar, plan, sri, now, uid):
    plan((sri, 0))
    with pytest.raises(calendars.NoSuchTurn):
        calendars.single(bazaar, uid, site=SITE)


def test_nobody_keeps_the_turn_of_another_with_its_room(bazaar, plan, sri, now):
    other = a_seller(edition=bazaar)
    release = plan((sri, 0))
    (turn,) = rotation.turns_on(release, now.date())

    with pytest.raises(calendars.NoSuchTurn):
        calendars.single(bazaar, turn.uid, site=SITE, seller=other, own_page="x")


@pytest.mark.parametrize("turns", [2, 12])
def test_more_turns_cost_no_more_queries(bazaar, plan, sri, now, queries, turns):
    plan(*((sri, slot) for slot in range(turns)))
    plan(*((sri, slot, 2) for slot in range(turns - 1)))
    db.session.expire_all()
    queries.clear()

    mine(bazaar, sri, now)
    assert len(queries) <= 7


@pytest.fixture
def clock(time_machine, now):
    time_machine.move_to(now)
    return time_machine


def test_public_feeds_go_compressed_to_whoever_takes_that(client, bazaar, plan, sri, clock):
    plan((sri, 0))
    whole = client.get("/jadwal.ics")
    takes = {"Accept-Encoding": "gzip"}
    packed = client.get("/jadwal.ics", headers=takes)
    assert gzip.decompress(packed.data) == whole.data
    assert packed.headers["ETag"] != whole.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    known = takes | {"If-None-Match": packed.headers["ETag"]}
    assert client.get("/jadwal.ics", headers=known).status_code == 304
    own = client.get(f"/u/{seller_token(sri)}/jadwal.ics", headers=takes)
    assert "Content-Encoding" not in own.headers


def test_who_has_the_feed_already_gets_only_that(client, bazaar, plan, sri, clock):
    plan((sri, 0))
    token = seller_token(sri)

    for address in (f"/u/{token}/jadwal.ics", "/jadwal.ics", "/jadwal/saluran/1.ics"):
        first = client.get(address)
        assert (first.status_code, first.mimetype) == (200, "text/calendar")
        known = {"If-None-Match": first.headers["ETag"]}
        again = client.get(address, headers=known)
        assert (again.status_code, again.data) == (304, b"")
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        assert client.get(address, headers=since).status_code == 304
        plan((sri, 4))
        assert client.get(address, headers=known).status_code == 200
        plan((sri, 0))


def test_a_new_zoom_link_reaches_who_asks_by_date(client, bazaar, plan, sri, clock, now):
    plan((sri, 0))
    address = f"/u/{seller_token(sri)}/jadwal.ics"
    first = client.get(address)
    clock.move_to(now + timedelta(minutes=5))
    changed = channels.get(bazaar, 1)
    wish = channels.ChannelWish("Saluran 1", "https://zoom.us/j/77", changed.youtube_url)
    channels.change(changed, wish, actor=HOST, now=now + timedelta(minutes=5))

    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert "zoom.us/j/77" in client.get(address, headers=since).text


def test_a_private_feed_is_private(client, bazaar, plan, sri, clock):
    plan((sri, 0))
    token = seller_token(sri)

    answer = client.get(f"/u/{token}/jadwal.ics")

    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert client.get("/u/salah/jadwal.ics").status_code == 404
    assert token in answer.text.replace("\r\n ", "")


def test_links_lead_to_both_kinds_of_calendar(client, bazaar, plan, sri, clock, now):
    release = plan((sri, 4))
    (turn,) = rotation.turns_on(release, now.date())
    token = seller_token(sri)

    page = client.get(f"/u/{token}").text
    for path in (f"/u/{token}/jadwal/{turn.uid}", f"/jadwal/{turn.uid}"):
        single = client.get(f"{path}.ics")
        assert single.text.count("BEGIN:VEVENT") == 1
        google = client.get(f"{path}/google")
        assert google.status_code == 303
        assert google.headers["Location"].startswith("https://calendar.google.com/")
        assert ("zoom" in google.headers["Location"]) == path.startswith("/u/")
    assert f"/u/{token}/jadwal/{turn.uid}/google" in page
    assert "webcal://" in page
    public = client.get("/jadwal").text
    assert f"/jadwal/{turn.uid}" in public
    assert "webcal://" in public
    assert "Google Kalender" in client.get(f"/jadwal/{turn.uid}").text


@pytest.mark.parametrize("path", ["/jadwal.ics", "/jadwal/x.ics", "/jadwal/x", "/jadwal.pdf"])
def test_without_edition_or_release_there_is_a_page_that_says_so(client, app, path):
    assert client.get(path).status_code == 404
