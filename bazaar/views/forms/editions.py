"""Forms of the edition and its channels. What they hold is judged by `editions`."""

from collections.abc import Mapping
from datetime import datetime, time
from functools import cache
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import TextInput

from bazaar import regions, times
from bazaar.editions import EditionWish
from bazaar.editions.channels import ChannelWish
from bazaar.errors import BazaarError
from bazaar.models import Channel, Edition
from bazaar.views.forms.hours import Clock, Day, WholeNumber
from bazaar.web.answers import sentence


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


class Degrees(Field):
    """A coordinate, with a comma or a point; empty is none."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.typed = (valuelist or [""])[0].strip()
        self.data = None
        if not self.typed:
            return
        try:
            degrees = float(self.typed.replace(",", ".").replace("−", "-"))
        except ValueError:
            raise ValueError(_("Tulis derajat desimal, misalnya -8,17.")) from None
        self.data = degrees if isfinite(degrees) else 999.0

    def _value(self) -> str:
        typed: str | None = getattr(self, "typed", None)
        if typed is not None:
            return typed
        return "" if self.data is None else f"{self.data:g}".replace(".", ",")


class Hours(WholeNumber):
    """Minutes that people count in hours."""

    def process_data(self, value: Any) -> None:
        super().process_data(value if value is None else -(-value // 60))

    @property
    def minutes(self) -> int:
        return (self.data or 0) * 60


class NamedForm(Form):
    """What an edition is called and where it is held."""

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

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.regency_code.choices = regencies()


class EditionForm(NamedForm):
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
    unpaid_per_phone = WholeNumber(
        _l("Pesanan belum dibayar per nomor HP, paling banyak"),
        [Optional()],
        default=5,
        description=_l("Supaya tidak ada yang menimbun barang. Kosong berarti tanpa batas."),
    )
    offer_minutes = WholeNumber(
        _l("Batas waktu tawaran daftar tunggu"),
        [InputRequired(_l("Isi batas waktu tawaran."))],
        default=15,
        description=_l("Selama itu barang yang tersedia lagi disimpan untuk yang menunggu."),
    )
    contact_phone = StringField(
        _l("WhatsApp panitia"),
        filters=[tidy],
        description=_l("Tampil di halaman pembeli yang butuh bantuan."),
    )
    buffer_every = WholeNumber(
        _l("Jeda cadangan sesudah"),
        [InputRequired(_l("Isi 0 bila tanpa jeda cadangan."))],
        default=0,
        description=_l("Menyerap siaran yang molor. 0 berarti tanpa."),
    )
    buffer_minutes = WholeNumber(
        _l("Lama jeda cadangan"), [InputRequired(_l("Isi 0 bila tanpa jeda cadangan."))], default=0
    )
    max_turns_per_day = WholeNumber(
        _l("Giliran satu UMKM per hari, paling banyak"),
        [Optional()],
        default=1,
        description=_l("Kosong berarti sebanyak yang muat."),
    )
    min_gap_minutes = WholeNumber(
        _l("Jarak dua giliran satu UMKM, paling sedikit"),
        [InputRequired(_l("Isi 0 bila tanpa jarak."))],
        default=0,
    )
    freeze_minutes = Hours(
        _l("Giliran terbit tidak digeser bila mulai dalam"),
        [InputRequired(_l("Isi 0 bila boleh digeser sampai saat terakhir."))],
        default=1440,
        description=_l("Hanya giliran UMKM yang mundur dapat diisi orang lain."),
    )
    deadline_day = Day(
        _l("Penjual mengisi jadwal hadir sampai"),
        [Optional()],
        description=_l("Kosong berarti tanpa batas."),
    )
    deadline_time = Clock(_l("Pukul"), [Optional()], default=time(21))
    request_hours = WholeNumber(
        _l("Penjual meminta perubahan paling lambat"),
        [InputRequired(_l("Isi 0 bila boleh sampai giliran mulai."))],
        default=24,
    )
    veto_hours = WholeNumber(
        _l("Panitia dapat memveto pertukaran selama"),
        [InputRequired(_l("Isi 0 bila pertukaran langsung berlaku."))],
        default=12,
    )
    warn_s = WholeNumber(
        _l("Giliran menjadi kuning sebelum habis"),
        [InputRequired(_l("Isi berapa detik sebelum habis."))],
        default=120,
        description=_l("Di ruang kendali dan di layar penjual."),
    )
    danger_s = WholeNumber(
        _l("Giliran menjadi merah sebelum habis"),
        [InputRequired(_l("Isi berapa detik sebelum habis."))],
        default=60,
    )
    latitude = Degrees(_l("Lintang"), description=_l("Selatan bertanda minus, misalnya -8,17."))
    longitude = Degrees(_l("Bujur"), description=_l("Misalnya 113,70."))

    @classmethod
    def about(cls, edition: Edition | None) -> "EditionForm":
        if edition is None:
            return cls(regency_code="35.09")
        until = edition.availability_until
        local = until.astimezone(edition.zone) if until else None
        clock = {"deadline_day": local.date(), "deadline_time": local.time()} if local else {}
        return cls(obj=edition, **clock)

    def wish(self) -> EditionWish:
        sent = dict(self.data)
        day, clock = sent.pop("deadline_day"), sent.pop("deadline_time")
        zone = self.zone_name.data if self.zone_name.data in times.ZONES else times.WIB.key
        until = times.at(day, clock or time(21), ZoneInfo(zone)) if day else None
        sent["freeze_minutes"] = self.freeze_minutes.minutes
        return EditionWish(**sent, availability_until=until)


class LostForm(Form):
    """From when on a channel is lost, on the clocks of the zone."""

    day = Day(_l("Tanggal"), [InputRequired(_l("Pilih tanggal."))])
    clock = Clock(_l("Pukul"))

    def instant(self, edition: Edition) -> datetime:
        assert self.day.data is not None
        return times.at(self.day.data, self.clock.data or time.min, edition.zone)


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
    public_delay_s = WholeNumber(
        _l("Gambar sampai ke penonton sesudah"),
        [InputRequired(_l("Isi 0 bila tanpa jeda."))],
        default=0,
        description=_l(
            "Halaman pembeli berganti sekian detik sesudah ruang Zoom; YouTube biasanya 10 sampai 30."
        ),
    )

    @classmethod
    def about(cls, channel: Channel | None) -> "ChannelForm":
        return cls(obj=channel)

    def wish(self) -> ChannelWish:
        return ChannelWish(**self.data)
