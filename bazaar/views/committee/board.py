"""The board: the draft day by day, changed by hand; by links, keys, or by dragging."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from flask import flash, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, rotation, times
from bazaar.db import db, forget
from bazaar.errors import Conflict, Invalid
from bazaar.models import Edition, EditKind, Release, Role, Seller
from bazaar.rotation import boards, drafts, edits
from bazaar.rotation.desk import days_at, lay
from bazaar.rotation.edits import Edit, NoSuchPlace
from bazaar.views.committee import board_words as words
from bazaar.web import see_other
from bazaar.web.answers import STATUS
from bazaar.web.formats import translated

MOST_WARNINGS = 50
MOST_ROWS = 2**31


@dataclass(frozen=True, slots=True)
class Notice:
    """A message above the board. `kind` as in the macro `notice`; `key` of the cell it is about."""

    kind: str
    text: str
    key: str = ""


def _number(text: str) -> int:
    """Read the number of a row; what no row can have is read as none."""
    if not 0 <= (number := int(text)) < MOST_ROWS:
        raise ValueError(text)
    return number


def show() -> ResponseReturnValue:
    edition = editions.find_current()
    if edition is None:
        return render_template("committee/board.html", edition=None, may_change=_may_change())
    page = "_board.html" if _is_fragment() else "board.html"
    return render_template(f"committee/{page}", **_board(edition))


def menu(key: str) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.find_draft(edition)
    if draft is None:
        return see_other(url_for("committee.board.show"))
    place = words.place(edition, key)
    day = next(iter(days_at(edition, [place])))
    asked = times.read_day(request.args.get("ke", "")) or day
    search = request.args.get("q", "").strip()
    query = boards.claims(edition, draft, search=search).with_only_columns(Seller.id)
    ids = db.session.scalars(query.limit(boards.CLAIMANTS)).all()
    desk = lay(draft, {day, asked}, now=times.now(), others=ids)
    if place not in desk.place:
        raise NoSuchPlace
    slot = desk.place[place]
    claimants = boards.claimants(desk, place, ids)
    targets = boards.targets(desk, place, asked)
    page = "_board_menu.html" if _is_fragment() else "board_menu.html"
    return render_template(
        f"committee/{page}",
        edition=edition,
        draft=draft,
        key=key,
        place=place,
        day=day,
        asked=asked,
        days=boards.days(edition),
        holder=desk.people.get(desk.who.get(slot, "")),
        turn=desk.turns.get(slot),
        stuck=words.said(desk, desk.hands.fault({slot: None})),
        pinned=desk.pins.get(slot),
        emptied=slot in desk.emptied,
        pin_fault=words.said(desk, boards.may_stay(desk, place)) if slot in desk.turns else "",
        allowed=[each for each in targets if each.fault is None],
        refused=[(each, words.said(desk, each.fault)) for each in targets if each.fault],
        claimants=[each for each in claimants if each.fault is None],
        unfit=[(each, words.said(desk, each.fault)) for each in claimants if each.fault],
        search=search,
        reasons=words.REASONS,
        key_of=words.keys(edition),
        channel_name=desk.channel_name,
    )


def targets(key: str) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.get_draft(edition, request.args.get("rancangan", 0, type=_number))
    place = words.place(edition, key)
    day = times.read_day(request.args.get("hari", "")) or next(iter(days_at(edition, [place])))
    desk = lay(draft, {day, *days_at(edition, [place])}, now=times.now())
    if place not in desk.place:
        raise NoSuchPlace
    found = boards.targets(desk, place, day)
    key_of = words.keys(edition)
    return jsonify({key_of(each.place): words.said(desk, each.fault) for each in found})


def openings(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.get_draft(edition, request.args.get("rancangan", 0, type=_number))
    day = times.read_day(request.args.get("hari", ""))
    seller = edits.get_seller(code)
    desk = lay(draft, {day} if day else (), now=times.now(), others={seller.id})
    key_of = words.keys(edition)
    taken = _("Slot sudah terisi. Buka selnya untuk menggantinya.")
    return jsonify(
        {
            key_of(each.place): taken if each.person else words.said(desk, each.fault)
            for each in boards.openings_for(desk, code)
        }
    )


def edit() -> ResponseReturnValue:
    edition = editions.get_current()
    return _answer(edition, lambda draft: _changed(edition, draft))


def undo() -> ResponseReturnValue:
    edition = editions.get_current()
    return _answer(edition, lambda draft: _undone(edition, draft))


def open_released() -> ResponseReturnValue:
    edition = editions.get_current()
    drafts.from_release(edition, actor=accounts.actor(g.person), now=times.now())
    flash(_("Salinan jadwal terbit siap diubah. Yang berlaku tetap terbitan lama."), "success")
    return see_other(url_for("committee.board.show", hari=request.form.get("hari") or None))


def _answer(edition: Edition, act: Callable[[Release], list[Notice]]) -> ResponseReturnValue:
    """Do it and show the board; what was refused is said above the board as it is now."""
    status = HTTPStatus.OK
    try:
        draft = rotation.get_draft(edition, request.form.get("rancangan", 0, type=_number))
        notices = act(draft)
    except (Conflict, Invalid) as refused:
        forget()
        status = STATUS[Conflict if isinstance(refused, Conflict) else Invalid]
        notices = [Notice("error", text) for text in words.refusal(refused)]
    if _is_fragment() or status is not HTTPStatus.OK:
        page = "_board.html" if _is_fragment() else "board.html"
        return render_template(f"committee/{page}", **_board(edition, notices)), status
    for each in notices:
        flash(each.text, {"needs": "warning"}.get(each.kind, each.kind))
    key = notices[0].key
    where = url_for("committee.board.show", hari=request.form.get("hari") or None)
    return see_other(f"{where}#c-{key}" if key else where)


def _changed(edition: Edition, draft: Release) -> list[Notice]:
    form = request.form
    wanted = _wanted(edition, draft)
    done = edits.apply(
        draft,
        wanted,
        revision=form.get("revisi", -1, type=_number),
        why=form.get("alasan", ""),
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    told = edits.told_of(done.desk, wanted)
    key = words.key(edition, wanted.to or wanted.place)
    said = [Notice("success", words.told(told), key)]
    said += [Notice("needs", text) for text in words.less_even(done.before, done.after)]
    return said + [
        Notice("needs", text, words.key(edition, place))
        for text, place in words.warned(done.desk, done.warnings)
    ]


def _undone(edition: Edition, draft: Release) -> list[Notice]:
    undone = edits.undo(
        draft,
        revision=request.form.get("revisi", -1, type=_number),
        actor=accounts.actor(g.person),
        now=times.now(),
    )
    text = _("Diurungkan: %(what)s", what=words.told(edits.told_of_kept(edition, undone)))
    first = undone.changes[0]
    place = first["channel"], datetime.fromisoformat(first["starts_at"])
    return [Notice("success", text, words.key(edition, place))]


def _wanted(edition: Edition, draft: Release) -> Edit:
    """Return the edit that the form asks for. `bring`: what is at `ke` comes here."""
    form = request.form
    here, kind = words.place(edition, form.get("slot", "")), form.get("aksi", "")
    if kind in {"go", "bring"}:
        there = words.place(edition, form.get("ke", ""))
        if kind == "bring":
            here, there = there, here
        taken = boards.is_taken(draft, there)
        return Edit(EditKind.SWAP if taken else EditKind.MOVE, here, there)
    if kind == EditKind.PUT.value:
        return Edit(EditKind.PUT, here, seller=form.get("umkm", ""))
    if kind not in {each.value for each in (EditKind.PIN, EditKind.UNPIN, EditKind.EMPTY)}:
        raise NoSuchPlace
    return Edit(EditKind(kind), here)


def _board(edition: Edition, notices: Iterable[Notice] = ()) -> dict[str, object]:
    draft = rotation.find_draft(edition)
    shown = draft or rotation.find_current_release(edition)
    now = times.now()
    days = boards.days(edition)
    chosen = times.read_day(request.values.get("hari", "")) or boards.near(days, edition, now)
    numbers = [channel.number for channel in edition.channels]
    channel = request.values.get("saluran", 0, type=int)
    found: dict[str, object] = {}
    if shown:
        board = boards.board(shown, chosen, now=now)
        last = edits.find_last(shown) if draft else None
        found = {
            "board": board,
            "fair": rotation.fairness(shown, per_seller=False),
            "warnings": words.all_warned(board, most=MOST_WARNINGS),
            "warned": len(board.faults) + len(board.warned),
            "percent": words.percent,
            "clusters": {c: translated(c) for c in {p.cluster for p in board.desk.people.values()}},
            "waiting": boards.waiting(edition, shown) if draft else [],
            "last": words.told(edits.told_of_kept(edition, last)) if last else "",
        }
    return {
        "edition": edition,
        "draft": draft,
        "shown": shown,
        "days": days,
        "today": times.day_of(now, edition.zone),
        "chosen": chosen,
        "channel": channel if channel in numbers else (numbers or [1])[0],
        "may_change": _may_change(),
        "notices": notices,
        "reasons": words.REASONS,
        "key_of": words.keys(edition),
        **found,
    }


def _is_fragment() -> bool:
    return "X-Fragment" in request.headers


def _may_change() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})
