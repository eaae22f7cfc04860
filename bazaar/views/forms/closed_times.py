"""Forms of closed times: proposals that are ticked, times entered by hand, one that is edited."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Optional

from bazaar.editions import closed_times
from bazaar.editions.closed_times import Pause
from bazaar.editions.hours import days_between
from bazaar.errors import BazaarError
from bazaar.models import ClosedKind
from bazaar.views.forms.editions import tidy
from bazaar.views.forms.hours import Clock, Day, Weekdays
from bazaar.web.answers import sentence

KINDS = {kind: _l(name) for kind, name in closed_times.KINDS.items()}
"""What people call a kind of closed time, in the language of whoever looks."""

_KEY = re.compile(r"(\d{4}-\d{2}-\d{2})\.([a-z]+)", re.ASCII)
_CLOCK = re.compile(r"([01]?\d|2[0-4])[:.]([0-5]\d)", re.ASCII)


class FastingForm(Form):
    """First and last day of Ramadan as the committee has it; both empty: not in Ramadan."""

    first = Day(_l("Puasa dari"), [Optional()], name="puasa")
    last = Day(_l("sampai"), [Optional()], name="sampai")

    def days(self) -> tuple[date, date] | None:
        first, last = self.first.data, self.last.data
        return (first, last) if first and last else None


@dataclass
class Ticked:
    """The proposals that were ticked, with the times that stand beside them now."""

    pauses: list[Pause] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong, by the proposal's key."""

    def blame(self, pause: Pause, faults: Iterable[BazaarError]) -> None:
        """Write down the first fault of a pause, if it has one."""
        for fault in faults:
            self.faults.setdefault(pause.key, sentence(fault))


def read_ticked(sent: "MultiDict[str, str]", notes: Mapping[str, str]) -> Ticked:
    """Read ticked proposals. `notes` by key are kept with them; keys nobody proposed are skipped."""
    ticked = Ticked()
    for key in dict.fromkeys(sent.getlist("pick")):
        match = _KEY.fullmatch(key)
        if match is None or match[2] not in {kind.value for kind in ClosedKind}:
            continue
        try:
            day = date.fromisoformat(match[1])
        except ValueError:
            continue
        starts = _clock(sent.get(f"starts-{key}", ""))
        ends = _clock(sent.get(f"ends-{key}", ""))
        if starts is None or ends is None:
            ticked.faults[key] = _("Tulis jam seperti 19:00.")
        else:
            note = notes.get(key, "")
            ticked.pauses.append(Pause(ClosedKind(match[2]), day, starts, ends, note))
    return ticked


class PauseForm(Form):
    """One closed time on its day."""

    kind = SelectField(_l("Jenis"), validate_choice=False)
    starts = Clock(_l("Mulai"))
    ends = Clock(_l("Selesai"), description=_l("00:00 berarti tengah malam."))
    note = StringField(
        _l("Keterangan"), filters=[tidy], description=_l("Untuk hari libur: namanya.")
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.kind.choices = [SelectChoice(kind.value, name) for kind, name in KINDS.items()]

    @classmethod
    def about(cls, pause: Pause) -> "PauseForm":
        return cls(kind=pause.kind.value, starts=pause.starts, ends=pause.ends, note=pause.note)

    def validate_kind(self, field: SelectField) -> None:
        if field.data not in {kind.value for kind in ClosedKind}:
            raise ValidationError(_("Pilih salah satu dari daftar."))

    def pause(self, day: date) -> Pause:
        starts, ends = self.starts.data or time.min, self.ends.data or time.min
        return Pause(ClosedKind(self.kind.data), day, starts, ends, self.note.data or "")


class PausesForm(PauseForm):
    """The same closed time on many days."""

    first = Day(_l("Dari tanggal"), [InputRequired(_l("Pilih tanggal pertama."))])
    last = Day(_l("Sampai tanggal"), [InputRequired(_l("Pilih tanggal terakhir."))])
    weekdays = Weekdays(_l("Pada hari"))

    def pauses(self, show_days: Iterable[date]) -> list[Pause]:
        """Return one for each show day among the days that were chosen."""
        first, last = self.first.data, self.last.data
        on_air = set(show_days)
        if not first or not last:
            return []
        chosen = days_between(first, last, self.weekdays.data or [])
        return [self.pause(day) for day in chosen if day in on_air]


def _clock(text: str) -> time | None:
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2])
    if hour == 24:
        return time.min if minute == 0 else None
    return time(hour, minute)
