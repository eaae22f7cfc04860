"""Releases: what each changed, who was told, and who will be told what before it goes out."""

from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, rotation, times
from bazaar.db import db
from bazaar.models import Channel, Edition, Message, Release, Role, Turn
from bazaar.rotation import Change, ChangeKind, Changes, Digest, SellerChanges, digests, releases
from bazaar.rotation.digests import Recipient
from bazaar.views.forms.releases import NoteForm
from bazaar.web import page_among, page_of, see_other, services
from bazaar.web.sheets import sheet_of

PER_PAGE = 20
TEXTS_PER_PAGE = 10
MAX_SEARCH = 80
BY_SELLER, BY_DAY, TOLD = "umkm", "hari", "kabar"
NO_ADDRESS = "tanpa-surel"


def index() -> ResponseReturnValue:
    edition = editions.find_current()
    if edition is None:
        return render_template("committee/releases.html", edition=None)
    page = page_of(rotation.releases_of(edition), per_page=PER_PAGE)
    return render_template(
        "committee/releases.html",
        page=page,
        acts=releases.acts(edition),
        turns=_turns_in(page.items),
        draft=rotation.find_draft(edition),
        numbers=_numbers(edition),
    )


def show(number: int) -> ResponseReturnValue:
    edition = editions.get_current()
    release = rotation.get_release(edition, number)
    base = releases.base_of(release)
    asked = request.args.get("bagian")
    part = asked if asked in {BY_DAY, TOLD} else BY_SELLER
    changes = rotation.compare(base, release)
    return render_template(
        "committee/release.html",
        release=release,
        act=releases.acts(edition).get(number),
        base=base,
        part=part,
        numbers=_numbers(edition),
        **(_told(release, rotation.told_of(release, changes)) if part == TOLD else {}),
        **_changelog(edition, changes, digests.recipients(release, base), part),
    )


def export(number: int, kind: str) -> ResponseReturnValue:
    edition = editions.get_current()
    return sheet_of(edition, rotation.get_release(edition, number), kind)


def compare() -> ResponseReturnValue:
    edition = editions.get_current()
    numbers = _numbers(edition)
    asked = sorted(n for name in ("dari", "ke") if (n := _number(name)) in numbers)
    old, new = ([*asked, *asked] if asked else [None, None])[:2]
    part = BY_DAY if request.args.get("bagian") == BY_DAY else BY_SELLER
    facts: dict[str, object] = {}
    if old is not None and new is not None and old != new:
        before, after = (rotation.get_release(edition, n) for n in (old, new))
        changes = rotation.compare(before, after)
        people = digests.recipients(after, before)
        facts = _changelog(edition, changes, people, part)
    return render_template(
        "committee/release_compare.html",
        numbers=numbers,
        old=old,
        new=new,
        part=part,
        **facts,
    )


def preview(draft_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.get_draft(edition, draft_id)
    return _preview_page(edition, draft, NoteForm(request.args))


def release(draft_id: int) -> ResponseReturnValue:
    edition = editions.get_current()
    draft = rotation.get_draft(edition, draft_id)
    form = NoteForm(request.form)
    if not form.validate():
        return _preview_page(edition, draft, form), 422
    note = form.text
    if "lihat" in request.form:
        return see_other(
            url_for("committee.releases.preview", draft_id=draft_id, note=note or None)
        )
    actor, now = accounts.actor(g.person), times.now()
    released = rotation.release(draft, actor=actor, now=now, note=note, revision=form.revision.data)
    told = releases.acts(edition)[released.number or 0].facts
    flash(_("Terbitan %(number)s berlaku mulai sekarang.", number=released.number), "success")
    if by_hand := told["told"] - told["letters"]:
        flash(
            ngettext(
                "%(num)s UMKM tidak punya alamat surel: kabari lewat WhatsApp.",
                "%(num)s UMKM tidak punya alamat surel: kabari lewat WhatsApp.",
                by_hand,
            ),
            "warning",
        )
    return see_other(url_for("committee.releases.show", number=released.number, bagian=TOLD))


def _preview_page(edition: Edition, draft: Release, form: NoteForm) -> str:
    note = form.text if form.validate() else ""
    found = rotation.preview(draft, now=times.now(), note=note)
    chosen = request.args.get("pilih", "")
    search = _search()
    base = releases.base_of(draft)
    return render_template(
        "committee/release_preview.html",
        draft=draft,
        base=base,
        form=form,
        may_change=bool(g.person.roles & {Role.HOST, Role.ADMIN}),
        told=len(found),
        counts=_counts(found),
        untouched=sum(len(one.changes.untouched) for one in found),
        chosen=chosen,
        search=search,
        page=page_among(_chosen(found, chosen, search), per_page=TEXTS_PER_PAGE),
        **_names(edition),
    )


def _counts(found: Iterable[Digest]) -> dict[str, int]:
    """Return how many sellers each filter shows."""
    counts = {kind.value: 0 for kind in ChangeKind} | {NO_ADDRESS: 0}
    for one in found:
        for kind in {change.kind for change in one.changes.changes}:
            counts[kind.value] += 1
        counts[NO_ADDRESS] += not one.to.email
    return counts


def _chosen(found: Sequence[Digest], chosen: str, search: str) -> list[Digest]:
    def fits(one: Digest) -> bool:
        kinds = {change.kind.value for change in one.changes.changes}
        wanted = chosen in kinds or (chosen == NO_ADDRESS and not one.to.email)
        return (wanted or chosen not in {*_KINDS, NO_ADDRESS}) and _named(one.to, search)

    return [one for one in found if fits(one)]


_KINDS = [kind.value for kind in ChangeKind]


def _told(release: Release, told: Sequence[Digest]) -> dict[str, object]:
    """Return who was told, with the letters and what became of them."""
    letters = digests.letters_of(release.id)
    states = {one.to.id: _state(one, letters) for one in told}
    chosen, search = request.args.get("pilih", ""), _search()
    listed = [
        one
        for one in told
        if (chosen not in _STATES or states[one.to.id] == chosen) and _named(one.to, search)
    ]
    return {
        "letters": letters,
        "states": states,
        "state_counts": {name: list(states.values()).count(name) for name in _STATES},
        "mail_ready": services().messenger is not None,
        "chosen": chosen,
        "told_page": page_among(listed, per_page=PER_PAGE),
    }


_STATES = ("terkirim", "menunggu", "gagal", NO_ADDRESS)


def _state(one: Digest, letters: dict[int, Message]) -> str:
    letter = letters.get(one.to.id)
    if letter is None:
        return NO_ADDRESS
    if letter.sent_at:
        return "terkirim"
    return "menunggu" if letter.next_try_at else "gagal"


def _changelog(
    edition: Edition, changes: Changes, recipients: Iterable[Recipient], part: str
) -> dict[str, object]:
    """Return a page of what changed, by seller or by day; for other parts the figures only."""
    people = {one.id: one for one in recipients}
    facts: dict[str, object] = {
        "counts": {kind.value: changes.count(kind) for kind in ChangeKind},
        "affected": len(changes.affected),
        "untouched": changes.untouched,
        "people": people,
        "search": _search(),
    }
    if part == BY_DAY:
        facts |= _of_day(edition, changes)
    elif part == BY_SELLER:
        facts["page"] = page_among(_of_sellers(changes, people), per_page=PER_PAGE)
    return facts | _names(edition)


def _of_sellers(changes: Changes, people: dict[int, Recipient]) -> list[SellerChanges]:
    search = _search()
    found = [one for one in changes.affected if _named(people[one.seller_id], search)]
    return sorted(found, key=lambda one: (not one.of(ChangeKind.LOST), people[one.seller_id].name))


def _of_day(edition: Edition, changes: Changes) -> dict[str, object]:
    days = changes.by_day(edition.zone)
    try:
        asked = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        asked = None
    day = asked if asked in days else next(iter(days), None)
    lines: list[Change] = days[day] if day else []
    return {
        "days": {each: len(found) for each, found in days.items()},
        "chosen_day": day,
        "page": page_among(lines, per_page=3 * PER_PAGE),
    }


def _named(person: Recipient, search: str) -> bool:
    return search.casefold() in person.name.casefold()


def _search() -> str:
    return " ".join(request.args.get("q", "")[:MAX_SEARCH].split())


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _numbers(edition: Edition) -> list[int]:
    query = sa.select(Release.number).where(
        Release.edition_id == edition.id, Release.number.is_not(None)
    )
    return [n for n in db.session.scalars(query.order_by(Release.number.desc())) if n]


def _names(edition: Edition) -> dict[str, object]:
    rows = sa.select(Channel.id, Channel.name).where(Channel.edition_id == edition.id)
    return {"channels": {row.id: row.name for row in db.session.execute(rows)}}


def _turns_in(found: Iterable[Release]) -> dict[int, int]:
    query = (
        sa.select(Turn.release_id, sa.func.count())
        .where(Turn.release_id.in_([one.id for one in found]))
        .group_by(Turn.release_id)
    )
    return {release_id: turns for release_id, turns in db.session.execute(query)}  # noqa: C416
