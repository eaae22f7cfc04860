"""Forms of hours: one opening, the same on many days, or many at once to be changed."""

from datetime import date, time
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import DateField, Form, IntegerField, SelectField, SelectMultipleField, TimeField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from bazaar.editions import hours
from bazaar.editions.hours import Opening, days_between
from bazaar.models import Edition, Window

WEEKDAYS = (
    (0, _l("Senin")),
    (1, _l("Selasa")),
    (2, _l("Rabu")),
    (3, _l("Kamis")),
    (4, _l("Jumat")),
    (5, _l("Sabtu")),
    (6, _l("Minggu")),
)
SENSIBLE = (date(2000, 1, 1), date(2200, 1, 1))


class WholeNumber(IntegerField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Isi dengan angka bulat.")) from None
        if self.data is not None and abs(self.data) > 10**6:
            self.data = None
            raise ValueError(_("Angka ini terlalu besar."))


class Day(DateField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Pilih tanggal, misalnya 2026-03-01.")) from None
        if self.data is not None and not SENSIBLE[0] < self.data < SENSIBLE[1]:
            self.data = None
            raise ValueError(_("Periksa tahunnya."))


class Clock(TimeField):
    def __init__(self, label: Any, validators: Any = None, **rest: Any) -> None:
        needed = [InputRequired(_l("Isi jam."))] if validators is None else validators
        super().__init__(label, needed, ["%H:%M", "%H.%M"], **rest)

    def process_formdata(self, valuelist: list[Any]) -> None:
        valuelist = ["00:00" if text in {"24:00", "24.00"} else text for text in valuelist]
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Tulis jam seperti 19:00.")) from None


class Weekdays(SelectMultipleField):
    def __init__(self, label: Any, **rest: Any) -> None:
        super().__init__(
            label,
            coerce=int,
            choices=[SelectChoice(number, name) for number, name in WEEKDAYS],
            default=list(range(7)),
            validate_choice=False,
            option_widget=CheckboxInput(),
            **rest,
        )

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Pilih hari dari Senin sampai Minggu.")) from None


class HoursForm(Form):
    """Hours of one opening on the clocks of the edition's zone."""

    opens = Clock(_l("Buka"))
    closes = Clock(_l("Tutup"), description=_l("00:00 berarti tengah malam."))
    weight = WholeNumber(
        _l("Bobot penonton"),
        [InputRequired(_l("Isi bobot penonton."))],
        default=10,
        description=_l(
            "Jam ramai lebih besar, 1 sampai 100: jam berbobot 20 dihitung dua kali jam berbobot "
            "10 ketika jam ramai dibagi rata."
        ),
    )

    @classmethod
    def about(cls, window: Window, edition: Edition) -> "HoursForm":
        return cls(
            opens=window.opens_at.astimezone(edition.zone).time(),
            closes=window.closes_at.astimezone(edition.zone).time(),
            weight=window.weight,
        )

    def opening(self) -> Opening:
        opens, closes = self.opens.data, self.closes.data
        return Opening(opens or time.min, closes or time.min, self.weight.data or 0)


class DaysForm(HoursForm):
    """The same hours on many days."""

    first = Day(_l("Dari tanggal"), [InputRequired(_l("Pilih tanggal pertama."))])
    last = Day(_l("Sampai tanggal"), [InputRequired(_l("Pilih tanggal terakhir."))])
    weekdays = Weekdays(_l("Pada hari"))

    def days(self) -> list[date]:
        first, last = self.first.data, self.last.data
        return days_between(first, last, self.weekdays.data or []) if first and last else []


class ManyForm(DaysForm):
    """Other hours for the openings of many days that have the same ones now."""

    which = SelectField(_l("Jam yang diubah"), validate_choice=False)

    def offering(self, edition: Edition) -> Self:
        """Offer the hours that the edition has, those of most days first."""
        counts: dict[str, int] = {}
        for group in hours.alike_days(edition):
            for one in group.openings:
                name = f"{one.opens:%H.%M}–{one.closes:%H.%M}"
                counts[name] = counts.get(name, 0) + len(group.days)
        self.which.choices = [
            SelectChoice(
                name,
                ngettext("%(hours)s (%(num)s hari)", "%(hours)s (%(num)s hari)", count, hours=name),
            )
            for name, count in sorted(counts.items(), key=lambda item: -item[1])
        ]
        return self

    @property
    def hours(self) -> tuple[time, time] | None:
        """The hours that were chosen, or None if they are none of ours."""
        opens, _dash, closes = (self.which.data or "").partition("–")
        try:
            return time.fromisoformat(opens.replace(".", ":")), time.fromisoformat(
                closes.replace(".", ":")
            )
        except ValueError:
            return None

    @classmethod
    def about_hours(cls, edition: Edition, which: str) -> "ManyForm":
        """Begin with these hours, or those of most days, and all days of the edition."""
        days = [show_day.day for show_day in edition.show_days]
        form = cls(which=which, first=min(days, default=None), last=max(days, default=None))
        form.offering(edition)
        offered = [value for value, *_rest in form.which.iter_choices()]
        if which not in offered:
            form.which.data = offered[0] if offered else None
        if form.hours:
            form.opens.data, form.closes.data = form.hours
            found = hours.matching(edition, *form.hours, set(days))
            form.weight.data = found[0].weight if found else form.weight.data
        return form
