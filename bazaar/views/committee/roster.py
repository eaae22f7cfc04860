"""The participants of the edition: who leaves, waits in reserve, has a limit, was not there."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, sellers, times
from bazaar.audit import Actor
from bazaar.models import Edition, Role, Seller
from bazaar.rotation import replans, roster
from bazaar.rotation.replans import PairOfOne
from bazaar.rotation.roster import NoSuchParticipant
from bazaar.views.forms.editions import agreed
from bazaar.views.forms.roster import LimitForm, MissedForm, PairForm, WithdrawForm
from bazaar.web import page_of, see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
MAX_SEARCH = 80


def index() -> ResponseReturnValue:
    edition = editions.find_current()
    if edition is None:
        return render_template("committee/roster.html", edition=None, may_change=_may_change())
    text, only = request.args.get("q", "")[:MAX_SEARCH], request.args.get("hanya", "")
    page = page_of(roster.search(edition, text, only))
    now = times.now()
    return render_template(
        "committee/roster.html",
        page=page,
        parts=roster.parts(edition, [seller.id for seller in page.items], now),
        totals=roster.totals(edition),
        only=only,
        searched=bool(text or only),
        may_change=_may_change(),
    )


def show(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    return _page(edition, roster.get_seller(edition, code))


def withdraw(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    form = WithdrawForm(request.form)
    if not form.validate():
        return _page(edition, seller, withdraw_form=form), WRONG
    why = form.why.data or ""
    freed = replans.withdraw(edition, seller, why, actor=_actor(), now=times.now())
    flash(
        ngettext(
            "%(name)s mundur. %(num)s giliran mendatangnya menjadi kosong setelah ditambal.",
            "%(name)s mundur. %(num)s giliran mendatangnya menjadi kosong setelah ditambal.",
            freed,
            name=seller.name,
        )
        if freed
        else _(
            "%(name)s mundur. Tidak ada giliran mendatang yang menjadi kosong.", name=seller.name
        ),
        "success",
    )
    return _back(seller)


def come_back(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    replans.come_back(edition, seller, actor=_actor(), now=times.now())
    flash(_("%(name)s ikut lagi mulai penyusunan berikutnya.", name=seller.name), "success")
    return _back(seller)


def set_standby(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    standby = request.form.get("standby") == "1"
    replans.set_standby(edition, seller, standby=standby, actor=_actor(), now=times.now())
    flash(
        _("%(name)s sekarang cadangan.", name=seller.name)
        if standby
        else _("%(name)s bukan cadangan lagi dan ikut dibagi.", name=seller.name),
        "success",
    )
    return _back(seller)


def set_limit(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    form = LimitForm(request.form)
    if not form.validate():
        return _page(edition, seller, limit_form=form), WRONG
    replans.set_max_turns(edition, seller, form.most.data, actor=_actor(), now=times.now())
    flash(_("Batas giliran dicatat; berlaku mulai penyusunan berikutnya."), "success")
    return _back(seller)


def block(code: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    form = PairForm(request.form)
    if not form.validate():
        return _page(edition, seller, pair_form=form), WRONG
    note = form.note.data or ""
    try:
        other = roster.get_seller(edition, form.other.data or "")
        replans.block_pair(edition, seller, other, note, actor=_actor(), now=times.now())
    except (NoSuchParticipant, PairOfOne) as fault:
        agreed(form, {"other": fault})
        return _page(edition, seller, pair_form=form), WRONG
    flash(
        _(
            "%(one)s dan %(other)s tidak akan tampil bersamaan atau beruntun.",
            one=seller.name,
            other=other.name,
        ),
        "success",
    )
    return _back(seller)


def unblock(code: str, other: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    replans.unblock_pair(
        edition, seller, sellers.get_by_code(other), actor=_actor(), now=times.now()
    )
    return _back(seller)


def missed(code: str, uid: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    turn = roster.get_turn(edition, seller, uid)
    form = MissedForm(request.form)
    if not form.validate():
        return _page(edition, seller), WRONG
    replans.note_missed(
        turn,
        excused=form.excused.data,
        why=form.why.data or "",
        actor=_actor(),
        now=times.now(),
    )
    flash(
        _("Dicatat tidak hadir, dimaafkan: penyusunan berikutnya mengganti giliran ini.")
        if form.excused.data
        else _("Dicatat tidak hadir. Giliran ini tetap dihitung terpakai."),
        "success",
    )
    return _back(seller)


def not_missed(code: str, uid: str) -> ResponseReturnValue:
    edition = editions.get_current()
    seller = roster.get_seller(edition, code)
    turn = roster.get_turn(edition, seller, uid)
    replans.take_back_missed(turn, actor=_actor(), now=times.now())
    return _back(seller)


def _page(edition: Edition, seller: Seller, **forms: object) -> str:
    now = times.now()
    part = roster.parts(edition, [seller.id], now)[seller.id]
    text = request.args.get("q", "")[:MAX_SEARCH].strip()
    known = {
        "withdraw_form": WithdrawForm(),
        "limit_form": LimitForm(data={"most": part.participation.max_turns}),
        "pair_form": PairForm(),
    }
    return render_template(
        "committee/roster_seller.html",
        seller=seller,
        part=part,
        turns=roster.turns_of(edition, seller),
        missed=roster.missed_of(edition, seller),
        pairs=roster.pairs_of(edition, seller),
        likely=[(one.code, one.name) for one in roster.likely(edition, seller, text)]
        if text
        else (),
        search=text,
        now=now,
        may_change=_may_change(),
        **known | forms,
    )


def _back(seller: Seller) -> ResponseReturnValue:
    return see_other(url_for("committee.roster.show", code=seller.code))


def _may_change() -> bool:
    return bool(g.person.roles & {Role.HOST, Role.ADMIN})


def _actor() -> Actor:
    return accounts.actor(g.person)
