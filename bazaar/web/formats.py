"""How pages write money, times and addresses of files."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates
from flask import Flask, g
from flask_babel import format_date, format_datetime, get_locale, gettext
from markupsafe import Markup

from bazaar import editions, phones, regions, times
from bazaar.models import Checkout, Edition
from bazaar.rules import numbers
from bazaar.web import csrf
from bazaar.web.services import services


def rupiah(amount_idr: int) -> str:
    """Write whole rupiah: 1250000 is `Rp1.250.000`, in English `Rp1,250,000`."""
    written = numbers.rupiah(amount_idr)
    return written.replace(".", ",") if _in_english() else written


def clock(instant: datetime) -> str:
    """Write the time of day in the edition's zone: `19.05`, in English `19:05`."""
    local = instant.astimezone(_zone())
    return f"{local:%H:%M}" if _in_english() else f"{local:%H.%M}"


def day(value: date | datetime) -> str:
    """Write the day in words: `Minggu, 1 Maret 2026`."""
    if isinstance(value, datetime):
        value = times.day_of(value, _zone())
    return format_date(value, "EEEE, d MMMM y")


def short_day(value: date | datetime) -> str:
    """Write a day for a narrow place: `Min 1 Mar`."""
    if isinstance(value, datetime):
        value = times.day_of(value, _zone())
    return _short_day(value, str(get_locale() or "id"))


def moment(instant: datetime) -> str:
    """Write day, time and zone: `Min 1 Mar 19.05 WIB`."""
    local = instant.astimezone(_zone())
    form = "EEE d MMM HH:mm" if _in_english() else "EEE d MMM HH.mm"
    return f"{format_datetime(local, form, rebase=False)} {zone_label()}"


def weight(grams: int) -> str:
    """Write a weight: `250 g`, `1,5 kg`."""
    if grams < 1000:
        return f"{grams} g"
    point = "." if _in_english() else ","
    return f"{grams / 1000:g} kg".replace(".", point)


def translated(text: str) -> str:
    """Return a word of our own tables, such as a cluster's name, in the reader's language.

    For words that are kept as data: unlike `_()` in a template the result is escaped, and no
    text is no text (in a catalogue it stands for the catalogue's head).
    """
    return gettext(text) if text else ""


def wa_link(e164: str, text: str = "") -> str:
    """Return `phones.wa_link`; what a template's `_()` has escaped is plain text there again."""
    return phones.wa_link(e164, text.unescape() if isinstance(text, Markup) else text)


def zone_label() -> str:
    """Return what people call the edition's zone: WIB, WITA or WIT."""
    zone = _zone()
    return times.ZONES.get(zone.key, zone.key)


def destination(checkout: Checkout) -> str:
    """Write where an order goes, without the street; abroad with postcode and country."""
    if checkout.country == phones.HOME:
        return checkout.area
    place = " ".join(part for part in (checkout.area, checkout.postal_code) if part)
    return ", ".join(part for part in (place, country(checkout.country)) if part)


def country(code: str) -> str:
    """Write a country's name in the reader's language."""
    return dict(regions.countries(str(get_locale() or "id"))).get(code, code)


def current_edition() -> Edition | None:
    """Return the current edition, asked for once a request; None on pages of a fault."""
    if g.get("plain"):
        return None
    if "edition" not in g:
        g.edition = editions.find_current()
    found: Edition | None = g.edition
    return found


def install(app: Flask) -> None:
    """Give templates their filters and variables."""
    for write in (rupiah, clock, day, short_day, moment, weight, translated, country, destination):
        app.jinja_env.filters[write.__name__] = write
    app.jinja_env.filters.update(phone=phones.show, wa_link=wa_link)
    app.jinja_env.globals.update(
        asset=asset,
        photo_url=photo_url,
        csrf_field=csrf.field,
        csrf_token=csrf.token,
        zone_label=zone_label,
    )

    @app.context_processor
    def about_this_request() -> dict[str, object]:
        settings, edition = services().settings, current_edition()
        return {
            "locale": str(get_locale() or "id"),
            "person": g.get("person"),
            "edition": edition,
            "request_id": g.get("request_id", ""),
            "now": times.now(),
            "site": settings.public_url,
            "demo": settings.mode == "demo",
            "dynamic_qris": settings.dynamic_qris and (edition is None or edition.dynamic_qris),
            "qris_max_idr": settings.qris_max_idr,
        }


def asset(name: str) -> str:
    """Return the address of a file of the bundle (`bazaar.assets`)."""
    return f"/static/{services().assets.name}/{name}"


def photo_url(photo: str | None, size: int) -> str:
    """Return the address of a product's photo (`bazaar.photos`), or of a drawing instead."""
    return f"/foto/{photo}-{size}.webp" if photo else asset("icons/photo.svg")


@lru_cache(maxsize=4_000)
def _short_day(value: date, language: str) -> str:
    """A season's page has each day twice, and two hundred of them."""
    return dates.format_date(value, "EEE d MMM", locale=language)


def _in_english() -> bool:
    locale = get_locale()
    return locale is not None and locale.language == "en"


def _zone() -> ZoneInfo:
    """The zone that this page's view has chosen (`g.zone`), else the edition's."""
    own: ZoneInfo | None = g.get("zone")
    if own is not None:
        return own
    edition = current_edition()
    return edition.zone if edition else times.WIB
