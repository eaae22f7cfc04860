"""Which edition is being held, and back again after a mistake."""

import pytest

from bazaar import editions
from bazaar.db import db
from bazaar.editions.current import NoSuchEdition
from bazaar.models import AuditEntry
from tests.builders import HOST, an_edition


def test_an_edition_left_by_mistake_is_opened_again(app, now):
    first = an_edition(slug="ramadan", is_current=False)
    second = an_edition(slug="salah-buat")
    assert editions.find_current() == second
    assert editions.others() == [first]

    assert editions.open_again("ramadan", actor=HOST, now=now) == first

    assert editions.find_current() == first
    assert editions.others() == [second]
    (entry,) = db.session.query(AuditEntry)
    assert (entry.action, entry.subject) == ("edition.open_again", "edition:ramadan")


def test_the_current_edition_stays_when_there_is_no_such(app, now):
    edition = an_edition()

    with pytest.raises(NoSuchEdition):
        editions.open_again("tidak-ada", actor=HOST, now=now)
    assert editions.find_current() == edition
