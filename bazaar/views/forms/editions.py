"""Forms of the edition: its facts, its channels, its hours. What they hold is judged by `editions`."""

from collections.abc import Mapping
from datetime import date, time
from functools import cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Form,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from bazaar import regions, times
from bazaar.editions import EditionWish
from bazaar.editions.channels import ChannelWish
from bazaar.editions.hours import Opening, days_between
from bazaar.errors import BazaarError
from bazaar.models import Channel, Edition, Window
from bazaar.web.answers import sentence

WEEKDAYS = (
    (0, _l("Senin")),
    (1, _l("Selasa")),
    (2, _l("Rabu")),
    (3, _l("Kamis")),
    (4, _l("Jumat")),
    (5, _l("Sabtu")),
    (6, _l("Minggu")),
)


def tidy(text: str | None) -> str:
    return " ".join((text or "").split())


def agreed(form: Form, faults: Mapping[str, BazaarError]) -> bool:
    """Write each refusal next to its field; say whether there was none."""
    for name, fault in faults.items():
        form[name].errors = [*form[name].errors, sentence(fault)]
    return not faults


@cache
def regencies() -> list[SelectChoice]:
    """Return regencies and cities by province, for a list to choose from."""
    return [
        SelectChoice(one.code, one.name, optgroup=province.name)
        for province in regions.provinces()
        for one in regions.regencies(province.code)
    ]


class WholeNumber(IntegerField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Isi dengan angka bulat.")) from None


class Day(DateField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Pilih tanggal, misalnya 2026-03-01.")) from None


class Clock(TimeField):
    def __init__(self, label: Any, **rest: Any) -> None:
        super().__init__(label, [InputRequired(_l("Isi jam."))], ["%H:%M", "%H.%M"], **rest)

    def process_formdata(self, valuelist: list[Any]) -> None:
        valuelist = ["00:00" if text in {"24:00", "24.00"} else text for text in valuelist]
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Tulis jam seperti 19:00.")) from None


class EditionForm(Form):
    name = StringField(
        _l("Nama"), [InputRequired(_l("Tulis nama penyelenggaraan."))], filters=[tidy]
    )
    slug = StringField(
        _l("Nama pendek"),
        [InputRequired(_l("Tulis nama pendek, misalnya ramadan-1447."))],
        filters=[tidy],
        description=_l("Untuk alamat dan undian: huruf kecil, angka, tanda hubung."),
    )
    regency_code = SelectField(_l("Kabupaten atau kota"), validate_choice=False)
    zone_name = SelectField(
        _l("Zona waktu"),
        choices=[SelectChoice(zone, label) for zone, label in times.ZONES.items()],
        validate_choice=False,
    )
    turn_minutes = WholeNumber(
        _l("Lama satu giliran"), [InputRequired(_l("Isi lama giliran."))], default=15
    )
    gap_minutes = WholeNumber(
        _l("Jeda pergantian"),
        [InputRequired(_l("Isi 0 bila tanpa jeda."))],
        default=2,
    )
    hold_minutes = WholeNumber(
        _l("Batas waktu bayar"),
        [InputRequired(_l("Isi batas waktu bayar."))],
        default=60,
        description=_l("Selama itu barang disimpan untuk pembeli."),
    )
    contact_phone = StringField(
        _l("WhatsApp panitia"),
        filters=[tidy],
        description=_l("Tampil di halaman pembeli yang butuh bantuan."),
    )

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.regency_code.choices = regencies()

    @classmethod
    def about(cls, edition: Edition | None) -> "EditionForm":
        return cls(obj=edition) if edition else cls(regency_code="35.09")

    def wish(self) -> EditionWish:
        return EditionWish(**self.data)


class ChannelForm(Form):
    name = StringField(
        _l("Nama saluran"), [InputRequired(_l("Tulis nama saluran."))], filters=[tidy]
    )
    zoom_url = StringField(
        _l("Tautan Zoom"), filters=[tidy], description=_l("Hanya tampil untuk penjual dan panitia.")
    )
    youtube_url = StringField(
        _l("Tautan YouTube"), filters=[tidy], description=_l("Tampil untuk semua orang.")
    )

    @classmethod
    def about(cls, channel: Channel | None) -> "ChannelForm":
        return cls(obj=channel)

    def wish(self) -> ChannelWish:
        return ChannelWish(**self.data)


class HoursForm(Form):
    """Hours of one opening on the clocks of the edition's zone."""

    opens = Clock(_l("Buka"))
    closes = Clock(_l("Tutup"), description=_l("00:00 berarti tengah malam."))
    weight = WholeNumber(
        _l("Bobot penonton"),
        [InputRequired(_l("Isi bobot penonton."))],
        default=10,
        description=_l("Makin ramai jamnya, makin besar angkanya (1 sampai 100)."),
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
    weekdays = SelectMultipleField(
        _l("Pada hari"),
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in WEEKDAYS],
        default=list(range(7)),
        validate_choice=False,
        option_widget=CheckboxInput(),
    )

    def days(self) -> list[date]:
        first, last = self.first.data, self.last.data
        return days_between(first, last, self.weekdays.data or []) if first and last else []
