"""Who waits for what, and what is set aside for whom."""

from flask import g, request
from flask.typing import ResponseReturnValue

from bazaar import waiting_lines
from bazaar.models import Role
from bazaar.waiting_words import link_of, words_of
from bazaar.web import page_of
from bazaar.web.fragments import living_page
from bazaar.web.services import waiting_letters

MAX_SEARCH = 80


def index() -> ResponseReturnValue:
    text = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    page = page_of(waiting_lines.lines(text))
    letters = waiting_letters()
    return living_page(
        "committee/waiting.html",
        "committee/_waiting.html",
        page=page,
        text=text,
        words={entry.id: words_of(entry, letters) for entry in page.items},
        links={entry.id: link_of(entry, letters) for entry in page.items},
        may_act=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
    )
