"""Why a turn is where it is, for the committee: in any release, and in drafts."""

from flask import render_template
from flask.typing import ResponseReturnValue

from bazaar import editions
from bazaar.db import db
from bazaar.models import Release
from bazaar.rotation import explanations


def turn(release_id: int, uid: str) -> ResponseReturnValue:
    edition = editions.get_current()
    release = db.session.get(Release, release_id)
    if release is None or release.edition_id != edition.id:
        raise explanations.NoSuchTurn
    why = explanations.explain(explanations.get_turn_of(release, uid))
    return render_template("committee/why.html", why=why)
