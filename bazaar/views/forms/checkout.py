"""The one screen on which a buyer says who and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar import phones, regions
from bazaar.regions import ForeignForm, Village
from bazaar.rules.shipping import PICK_UP
from bazaar.tokens import new_key

HOME = phones.HOME
_KEY = re.compile(r"[A-Za-z0-9_-]{22,64}", re.ASCII)
_ABROAD = ("city_area", "city", "country_area", "postal_code", "sorting_code")


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the parcels go, as it is stored. `village_code` is dotted, empty abroad."""

    country: str
    village_code: str
    street: str
    area: str
    postal_code: str


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class CheckoutForm(Form):
    """Who buys and where it goes. Use `e164` and `destination` only when it is valid."""

    key = HiddenField()
    buyer_name = StringField(
        _l("Nama penerima"),
        [
            DataRequired(_l("Tulis nama penerima paket.")),
            Length(max=120, message=_l("Nama paling panjang 120 huruf.")),
        ],
        filters=[_tidy],
    )
    phone = StringField(_l("Nomor HP / WhatsApp"), filters=[_tidy])
    fetch = HiddenField()
    country = StringField(_l("Negara tujuan"), default=HOME, filters=[_tidy])
    find = StringField(_l("Desa, kecamatan, kode pos"), filters=[_tidy])
    village = StringField(filters=[_tidy])
    street = StringField(
        _l("Alamat lengkap"),
        [
            DataRequired(_l("Tulis jalan, nomor rumah, atau RT/RW.")),
            Length(max=200, message=_l("Alamat paling panjang 200 huruf.")),
        ],
        filters=[_tidy],
    )
    city_area = StringField(_l("Bagian kota"), filters=[_tidy])
    city = StringField(_l("Kota"), filters=[_tidy])
    country_area = StringField(_l("Provinsi atau negara bagian"), filters=[_tidy])
    postal_code = StringField(_l("Kode pos"), filters=[_tidy])
    sorting_code = StringField(_l("Kode sortir"), filters=[_tidy])
    note = StringField(
        _l("Catatan untuk penjual"),
        [Length(max=200, message=_l("Catatan paling panjang 200 huruf."))],
        filters=[_tidy],
    )

    @property
    def fetching(self) -> bool:
        """Whether the buyer fetches the goods at the stall; then no address is asked for."""
        return bool(self.fetch.data)

    @property
    def at_home(self) -> bool:
        """Whether the parcels stay in Indonesia."""
        return self.fetching or bool(self.country.data == HOME)

    @property
    def abroad(self) -> ForeignForm | None:
        """What an address in the chosen country asks for; None at home."""
        return None if self.at_home else regions.foreign_form(self.country.data or "")

    def chosen_village(self) -> Village | None:
        """Return the chosen village, None while there is none."""
        if self.fetching or not self.at_home:
            return None
        return regions.find_village(self.village.data or "")

    @property
    def labels(self) -> dict[str, object]:
        """Names of the fields whose sentences do not say which field they are about."""
        return {name: self[name].label.text for name in ("street", *_ABROAD)} if self.abroad else {}

    @property
    def place_known(self) -> bool:
        """Whether shipping can be asked for."""
        if self.fetching:
            return True
        return self.chosen_village() is not None if self.at_home else self.abroad is not None

    @property
    def village_code(self) -> str:
        """The chosen village's dotted code; empty abroad and while there is none."""
        village = self.chosen_village()
        return village.code if village else ""

    @cached_property
    def e164(self) -> str | None:
        """The telephone number, None if nobody can have it."""
        country = HOME if self.at_home else self.country.data or HOME
        return phones.read_phone(self.phone.data or "", country)

    def destination(self) -> Destination:
        """Return where the parcels go."""
        if self.fetching:
            return Destination(HOME, "", PICK_UP, "", "")
        village = self.chosen_village()
        street = self.street.data or ""
        if village is not None:
            area = village.line.removesuffix(village.postal_code).rstrip()
            return Destination(HOME, self.village_code, street, area, village.postal_code)
        sent = self._sent_abroad()
        area = ", ".join(sent[name] for name in _ABROAD if name != "postal_code" and sent.get(name))
        country = self.country.data or ""
        return Destination(country, "", street, area[:200], sent.get("postal_code", ""))

    def validate_key(self, field: HiddenField) -> None:
        """Refuse a click without a key of ours; the form comes back with one."""
        if not _KEY.fullmatch(field.data or ""):
            field.data = new_key()
            raise ValidationError(_("Formulir ini tidak lengkap. Periksa, lalu kirim sekali lagi."))

    def validate_phone(self, field: StringField) -> None:
        """Refuse what no telephone has."""
        if not field.data:
            raise ValidationError(_("Tulis nomor HP; kurir menghubungi nomor ini."))
        if self.e164 is None and self.at_home:
            raise ValidationError(
                _("Nomor ini tidak dikenal. Tulis misalnya 0812-3456-7890 atau +65 9123 4567.")
            )
        if self.e164 is None:
            raise ValidationError(
                _("Nomor ini tidak dikenal. Tulis dengan kode negara, misalnya +62 812-3456-7890.")
            )

    def validate_country(self, field: StringField) -> None:
        """Refuse what is no country."""
        if not self.at_home and self.abroad is None:
            raise ValidationError(_(regions.NO_SUCH_COUNTRY))

    def validate_village(self, field: StringField) -> None:
        """Ask for the village at home."""
        if self.at_home and not self.fetching and self.chosen_village() is None:
            raise ValidationError(
                _("Cari lalu pilih desa atau kelurahan tujuan, supaya ongkirnya tepat.")
            )

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        """Check every field; abroad also what the country's post asks for."""
        if self.fetching:
            self.street.validators = ()
        valid = bool(super().validate())
        if self.abroad is None:
            return valid
        problems = regions.foreign_problems(self.country.data or "", self._sent_abroad())
        for name, sentence in problems.items():
            field = self["street" if name == "street_address" else name]
            if not field.errors or field is self.street:
                field.errors = [_(sentence)]
        for name in _ABROAD:
            if len(self[name].data or "") > _LONGEST.get(name, 60):
                self[name].errors = [_("Terlalu panjang.")]
        return valid and not any(self[name].errors for name in (*_ABROAD, "street"))

    def _sent_abroad(self) -> dict[str, str]:
        form = self.abroad
        names = form.fields if form else ()
        sent = {name: self[name].data or "" for name in _ABROAD if name in names}
        return sent | {"street_address": self.street.data or ""}


_LONGEST = {"postal_code": 12}
