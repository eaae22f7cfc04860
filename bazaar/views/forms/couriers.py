from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from bazaar import shipments
from bazaar.bookings import Wish
from bazaar.errors import Invalid
from bazaar.ports import CourierRate
from bazaar.rules.courier_words import whole
from bazaar.views.forms.rates import one_line

_CHOICE = r"[a-z]{1,20}\|[\w.-]{1,20}\|[\w.-]{1,20}\|(pickup|drop)\|[0-9]{1,9}\|[^|]{1,60}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A price of a provider's as a row to choose."""

    rate: CourierRate
    courier: str
    value: str


def choice_of(rate: CourierRate) -> Choice:
    courier = rate.service_name
    if not courier.casefold().startswith(rate.courier_name.casefold()):
        courier = f"{rate.courier_name} {rate.service_name}"
    courier = courier.replace("|", " ")[:40]
    way = "pickup" if rate.pickup else "drop"
    parts = (rate.provider, rate.courier_code, rate.service_code, way, str(rate.price_idr), courier)
    return Choice(rate, courier, "|".join(parts))


class BookForm(Form):
    """One of the services that were offered, with the price that was seen."""

    choice = StringField(
        _l("Layanan"),
        [
            InputRequired(_l("Pilih salah satu layanan.")),
            Regexp(_CHOICE + "$", message=_l("Pilih salah satu layanan.")),
        ],
    )

    def wish(self) -> Wish:
        provider, courier_code, service_code, way, price, courier = (self.choice.data or "").split(
            "|"
        )
        return Wish(provider, courier, courier_code, service_code, whole(price), way == "pickup")


class PhoneForm(Form):
    """A courier that was ordered by telephone."""

    courier = StringField(_l("Kurir"), filters=[one_line])

    def validate_courier(self, field: StringField) -> None:
        try:
            shipments.read_courier(field.data or "")
        except Invalid as wrong:
            raise ValidationError(_(wrong.text)) from wrong


class CallOffForm(Form):
    """Why a booking is called off."""

    why = StringField(
        _l("Alasan"),
        [
            DataRequired(_l("Tulis alasannya.")),
            Length(max=120, message=_l("Paling banyak 120 huruf.")),
        ],
        filters=[one_line],
    )
