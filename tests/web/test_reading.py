"""Pages are for reading: opening them changes nothing, and no link on them leads nowhere."""

from datetime import UTC, datetime

from bazaar.models import Role
from tests.committee import signed_in
from tests.web import strangers
from tests.web.evening import MENU, an_evening, walk

FOLLOWED = (
    "/live/1/state",
    "/live/1/events",
    "/live/ruang/1/events",
    "/live/u/tidak-ada/events",
    "/live/overlay/tidak-ada/events",
)
"""Addresses that scripts follow."""


def test_opening_every_page_changes_no_row_and_no_link_is_dead(app, time_machine):
    # Time stands still: a session that is used for over a minute says so.
    time_machine.move_to(datetime.now(UTC))
    links = an_evening()
    guest, admin = app.test_client(), app.test_client()
    signed_in(admin, Role.ADMIN)
    before = strangers.tables()

    seen = [walk(guest, links), walk(admin, MENU)]

    dead = {
        address: status
        for walked in seen
        for address, status in walked.statuses.items()
        # What the menu never links to alone may want something in the query.
        if status >= (500 if address in MENU else 400)
    }
    assert not dead, dead
    assert strangers.tables() == before


def test_the_walk_reaches_nearly_every_page(app):
    links = an_evening()
    admin = app.test_client()
    signed_in(admin, Role.ADMIN)

    reached = walk(admin, [*links, *MENU, *FOLLOWED]).rules

    missed = {path for path in strangers.pages() if path not in reached}
    # Calendars, pictures, what only scripts ask for, and what follows an upload have no links.
    assert len(missed) <= 8, missed
