"""Who waits for what, and what is set aside for whom."""

from flask import g, render_template
from flask.typing import ResponseReturnValue

from bazaar import waiting
from bazaar.models import Role, WaitState
from bazaar.waiting_words import link_of, words_of
from bazaar.web import page_of
from bazaar.web.services import waiting_letters


def index() -> ResponseReturnValue:
    page = page_of(waiting.lines())
    letters = waiting_letters()
    offered = [entry for entry in page.items if entry.state is WaitState.OFFERED]
    return render_template(
        "committee/waiting.html",
        page=page,
        words={entry.id: words_of(entry, letters) for entry in offered},
        links={entry.id: link_of(entry, letters) for entry in offered},
        may_act=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
    )
