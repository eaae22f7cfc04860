"""What people do in the control room: each act once, as of what they saw, and back again."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, show, times
from bazaar.db import forget
from bazaar.errors import BazaarError, Conflict, Invalid
from bazaar.models import Edition
from bazaar.rules.show.acts import Act, ActKind
from bazaar.show import ChannelDay
from bazaar.views.committee import show as pages
from bazaar.views.committee import show_rooms as rooms
from bazaar.views.committee import show_words as words
from bazaar.views.forms.show import ActForm, parse_act, read_number
from bazaar.web import see_other
from bazaar.web.answers import STATUS, sentence


class NotThere(Exception):
    """The seller that shall start is not in the room, and nobody said to start all the same."""

    def __init__(self, form: ActForm, name: str) -> None:
        super().__init__(name)
        self.form, self.name = form, name


def act(number: int) -> ResponseReturnValue:
    form = parse_act(request.form)
    if form.error:
        return _refused(number, form.error, STATUS[Invalid])
    unsent = form.facts["text"] if form.kind is ActKind.NOTE else ""
    return _answer(number, lambda edition: _done(edition, number, form), unsent=unsent)


def undo(number: int) -> ResponseReturnValue:
    def take_back(edition: Edition) -> str:
        wanted = read_number(request.form.get("tindakan", "")) or 0
        show.undo(edition, number, wanted, actor=accounts.actor(g.person), now=times.now())
        return _("Diurungkan; keadaan kembali seperti sebelumnya.")

    return _answer(number, take_back)


def check_in(number: int) -> ResponseReturnValue:
    def note(edition: Edition) -> str:
        seller = _seller(edition)
        here = request.form.get("hadir") == "1"
        actor, now = accounts.actor(g.person), times.now()
        show.check_in(_channel(edition, number), seller, here=here, actor=actor, now=now)
        return _("Dicatat: hadir di ruang.") if here else _("Dicatat: tidak di ruang.")

    return _answer(number, note)


def standby(number: int) -> ResponseReturnValue:
    def change(edition: Edition) -> str:
        channel, seller = _channel(edition, number), _seller(edition)
        actor, now = accounts.actor(g.person), times.now()
        if request.form.get("aksi") == "hapus":
            show.remove_standby(channel, seller, actor=actor, now=now)
            return _("Dikeluarkan dari cadangan.")
        show.add_standby(channel, seller, actor=actor, now=now)
        return _("Ditambahkan ke cadangan.")

    return _answer(number, change)


def _done(edition: Edition, number: int, form: ActForm) -> str:
    """Do the act; return what to say. Raises NotThere before anything is done."""
    now = times.now()
    if form.kind is ActKind.START and not form.sure:
        _ask_if_absent(edition, number, form)
    actor = accounts.actor(g.person)
    standing = show.act(
        edition, number, form.kind, revision=form.revision, actor=actor, now=now, **form.facts
    )
    done = Act(0, form.kind, now, **form.facts)
    if form.kind is ActKind.NOTE and done.turn is None and standing.on_air:
        done = replace(done, turn=standing.on_air.turn.uid)
    lines = {line.turn.uid: line for line in standing.lines}
    line = lines.get(done.turn or "")
    names = rooms.names({done.seller, line.turn.seller if line else None})
    return words.told(done, lines, names)


def _ask_if_absent(edition: Edition, number: int, form: ActForm) -> None:
    channel = _channel(edition, number)
    turn = next((one for one in channel.plan.turns if one.uid == form.facts["turn"]), None)
    seller = form.facts["seller"] or (turn.seller if turn else None)
    if seller is not None and not show.is_here(channel, seller):
        raise NotThere(form, rooms.names({seller})(seller))


def _answer(number: int, do: Callable[[Edition], str], *, unsent: str = "") -> ResponseReturnValue:
    """Do it and say so; what is refused is said above the room as it is now.

    `unsent`: the words of a note, which stand in their field again if it is refused.
    """
    edition = editions.get_current()
    try:
        text = do(edition)
    except NotThere as absent:
        forget()
        return _page(number, HTTPStatus.OK, ask=absent)
    except show.Stale as stale:
        return _refused(number, _stale(stale), STATUS[Conflict])
    except BazaarError as refusal:
        kind = next(kind for kind in STATUS if isinstance(refusal, kind))
        return _refused(number, sentence(refusal), STATUS[kind], unsent)
    if "X-Fragment" in request.headers:
        return render_template("committee/_show_said.html", text=text, kind="success")
    flash(text, "success")
    return see_other(pages.address(number))


def _stale(stale: show.Stale) -> str:
    did = words.DONE[ActKind(stale.did)]
    return _(
        "%(who)s baru saja %(did)s. Tindakan Anda tidak dijalankan; lihat keadaan sekarang.",
        who=stale.who,
        did=did,
    )


def _refused(number: int, text: str, status: HTTPStatus, unsent: str = "") -> ResponseReturnValue:
    forget()
    return _page(number, status, text=text, unsent=unsent)


def _page(
    number: int,
    status: HTTPStatus,
    *,
    text: str = "",
    ask: NotThere | None = None,
    unsent: str = "",
) -> ResponseReturnValue:
    said = {"text": text, "kind": "error", "ask": ask, "number": number, "unsent": unsent}
    if "X-Fragment" in request.headers:
        return render_template("committee/_show_said.html", **said), status
    return pages.whole(number, said), status


def _channel(edition: Edition, number: int) -> ChannelDay:
    return show.of_number(show.kept(edition, times.now()), number)


def _seller(edition: Edition) -> int:
    """Return who the form is about. Raises CannotFill if that seller does not take part."""
    seller = read_number(request.form.get("umkm", ""))
    if seller is None or not rooms.takes_part(edition, seller):
        raise show.CannotFill
    return seller
