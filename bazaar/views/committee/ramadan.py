"""A Ramadan edition proposed from the calendar: choose, look at it, make it."""

from http import HTTPStatus

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, editions, times
from bazaar.editions import programmes, ramadan
from bazaar.editions.ramadan import YEARS, Ramadan, UnknownYear
from bazaar.errors import BazaarError
from bazaar.views.forms.editions import agreed
from bazaar.views.forms.ramadan import RamadanForm
from bazaar.web import see_other

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
YEARS_AHEAD = 4


def new() -> ResponseReturnValue:
    before = editions.find_current()
    month = _month(request.args.get("tahun", ""))
    return _page(RamadanForm.about(month, before), month)


def make() -> ResponseReturnValue:
    """Show the edition that would be made, or with `step=create` make it."""
    form = RamadanForm(request.form)
    month = _month(form.year.data or "")
    if not (form.validate() and agreed(form, _faults(form))):
        return _page(form, month), WRONG
    wish = form.wish()
    if request.form.get("step") != "create":
        return _page(form, month, preview=wish)
    edition = programmes.create(wish, actor=accounts.actor(g.person), now=times.now())
    flash(
        _("%(name)s dibuat. Berikutnya: waktu tutup dan tautan saluran.", name=edition.name),
        "success",
    )
    return see_other(url_for("committee.editions.show"))


def _faults(form: RamadanForm) -> dict[str, BazaarError]:
    """Put what is wrong with the n-th opening beside the row it was written in."""
    rows = [number for number, _opening in form.openings()]
    found: dict[str, BazaarError] = {}
    for name, fault in programmes.faults(form.wish()).items():
        kind = name.rstrip("123")
        numbered = kind in {"closes", "weight"} and kind != name
        found[f"{kind}{rows[int(name[-1]) - 1]}" if numbered else name] = fault
    return found


def _month(year: str) -> Ramadan:
    today = times.day_of(times.now(), times.WIB)
    try:
        return ramadan.ramadan_of(int(year) if year.isdecimal() and len(year) == 4 else 0)
    except UnknownYear:
        return ramadan.coming(today)


def _page(form: RamadanForm, month: Ramadan, preview: programmes.RamadanWish | None = None) -> str:
    coming = ramadan.coming(times.day_of(times.now(), times.WIB)).year
    years = sorted({month.year, *range(coming, min(coming + YEARS_AHEAD, YEARS[-1] + 1))})
    return render_template(
        "committee/edition_ramadan.html",
        form=form,
        month=month,
        year_options=[
            (year, f"{year} H · {ramadan.ramadan_of(year).first.year}") for year in years
        ],
        preview=preview,
        turns=programmes.turns(preview) if preview else 0,
    )
