"""The platform that goes nowhere keeps every promise of the ports."""

from datetime import timedelta

import pytest

from bazaar.adapters.typed_links import TypedLinks
from bazaar.live_ports import (
    ChatSource,
    DaySpec,
    LiveLink,
    LivePlatform,
    LiveState,
    NeedsHuman,
    StageAccess,
)


@pytest.fixture
def spec(now):
    return DaySpec(
        "ref:1:2026-03-01",
        "Pasar Virtual",
        "",
        now,
        now + timedelta(hours=3),
        "Asia/Jakarta",
        typed_url="https://zoom.us/j/9001",
    )


def test_it_is_a_platform_a_stage_and_a_chat():
    links = TypedLinks()
    platform: LivePlatform = links
    stage: StageAccess = links
    chat: ChatSource = links
    assert {platform, stage, chat} == {links}


def test_links_typed_by_hand_are_the_links(spec):
    links = TypedLinks()
    link = links.ensure_day(spec, None)

    assert link == links.ensure_day(spec, link)
    assert links.personal_link(link, "Batik Sekar", "") == "https://zoom.us/j/9001"
    assert links.go_live(link) is LiveState.LIVE
    assert links.finish(link) is LiveState.ENDED
    assert links.health(link).is_receiving is None
    links.update_day(link, spec)
    links.cancel_day(link)
    links.waiting_room_text(link, "Berikut: Batik Sekar")


def test_a_link_that_is_not_typed_any_more_stays(spec):
    kept = LiveLink("ref:1:2026-03-01", "https://zoom.us/j/9002")
    bare = DaySpec(spec.reference, "x", "", spec.starts_at, spec.ends_at, spec.zone_name)

    assert TypedLinks().ensure_day(bare, kept).url == kept.url


def test_nobody_reads_the_chat_and_somebody_has_to_write_in_it(spec):
    links = TypedLinks()
    link = links.ensure_day(spec, None)

    (page,) = links.messages(link, "")
    assert (page.lines, page.is_over) == ((), True)
    with pytest.raises(NeedsHuman):
        links.say(link, "Berikutnya Batik Sekar")
