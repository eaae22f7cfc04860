"""After the show: what really happened on a channel's day, and the recording's chapters."""

from collections.abc import Sequence
from datetime import date, datetime
from http import HTTPStatus

from flask import Response, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from bazaar import accounts, editions, show, times
from bazaar.db import forget
from bazaar.models import Edition
from bazaar.reports import airings
from bazaar.reports.airings import Airing
from bazaar.rules.show.chapters import chapters
from bazaar.rules.show.standing import State
from bazaar.show import ChannelDay
from bazaar.show import viewers as watching
from bazaar.views.committee import show as pages
from bazaar.views.committee import show_words as words
from bazaar.views.forms.show import read_counts, read_time
from bazaar.web import see_other
from bazaar.web.answers import sentence
from bazaar.web.downloads import list_file


def page(number: int) -> ResponseReturnValue:
    edition = editions.get_current()
    return _page(edition, _channel(edition, number))


def sheet(number: int, ext: str) -> Response:
    edition = editions.get_current()
    channel = _channel(edition, number)
    table = airings.sheet(edition, channel, times.now())
    name = f"siaran-{edition.slug}-{channel.number}-{channel.day}"
    return list_file(table, name, ext, by=f"account:{g.person.id}")


def watch(number: int) -> ResponseReturnValue:
    edition = editions.get_current()
    channel = _channel(edition, number)
    counts, errors = read_counts(request.form)
    if errors:
        forget()
        return _page(edition, channel, errors), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        changed = watching.set_viewers(
            channel, counts, actor=accounts.actor(g.person), now=times.now()
        )
    except watching.NotACount as refusal:
        forget()
        wrong = {uid: sentence(refusal) for uid, n in counts.items() if (n or 0) > watching.MOST}
        return _page(edition, channel, wrong), HTTPStatus.UNPROCESSABLE_ENTITY
    text = ngettext("%(num)s jumlah penonton dicatat.", "%(num)s jumlah penonton dicatat.", changed)
    flash(text, "success")
    back = url_for("committee.show_reports.page", number=number, hari=channel.day.isoformat())
    return see_other(back)


def _channel(edition: Edition, number: int) -> ChannelDay:
    asked = times.read_day(request.args.get("hari", ""))
    day = asked or show.day_at(edition, times.now())
    return show.of_number(show.days(edition, day), number)


def _page(edition: Edition, channel: ChannelDay, errors: dict[str, str] | None = None) -> str:
    now = times.now()
    found = airings.of_day(channel, now)
    begun = [(one.line.began_at, one.seller.name) for one in found if one.line.began_at]
    first = min((at for at, _name in begun), default=None)
    recorded, wrong = _recorded(edition, channel.day, first)
    made = chapters(begun, recorded_from=recorded, opening=_("Pembukaan")) if recorded else ()
    return render_template(
        "committee/show_report.html",
        channel=channel,
        day=channel.day,
        airings=found,
        states=words.STATES,
        summary=_summary(found),
        season=airings.of_season(edition, now),
        chapters="\n".join(each.line for each in made),
        recorded=f"{recorded.astimezone(edition.zone):%H:%M:%S}" if recorded else "",
        recorded_wrong=wrong,
        may_act=pages.may_act(),
        errors=errors or {},
        typed=request.form,
        signed=words.signed,
        channels=edition.channels,
    )


def _recorded(edition: Edition, day: date, first: datetime | None) -> tuple[datetime | None, str]:
    """Return when the recording began: as asked for, else with the first turn; and a complaint."""
    typed = request.args.get("rekaman", "")
    if not typed or first is None:
        return first, ""
    clock = read_time(typed)
    if clock is None:
        return first, _("Isi jam mulai rekaman, misalnya 18:55:00.")
    return times.at(day, clock, edition.zone), ""


def _summary(found: Sequence[Airing]) -> dict[str, int]:
    return {
        "begun": sum(one.line.began_at is not None for one in found),
        "filled": sum(one.filled for one in found),
        "missed": sum(one.line.state is State.NO_SHOW for one in found),
        "orders": sum(one.sales.orders for one in found),
        "goods_idr": sum(one.sales.goods_idr for one in found),
    }
