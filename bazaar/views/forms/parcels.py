from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar import shipments
from bazaar.errors import Invalid
from bazaar.rules import couriers

MAX_DIGITS = 9


class HandOverForm(Form):
    """What the courier gave for a parcel. `courier` is one of a list, but any name will do."""

    courier = StringField(_l("Kurir"))
    resi = StringField(_l("Nomor resi"))

    def validate_courier(self, field: StringField) -> None:
        try:
            shipments.read_courier(field.data or "")
        except Invalid as wrong:
            raise ValidationError(_(wrong.text)) from wrong

    def validate_resi(self, field: StringField) -> None:
        if not (field.data or "").strip() and not couriers.gives_number(self.courier.data or ""):
            return
        try:
            shipments.read_resi(field.data or "")
        except Invalid as wrong:
            raise ValidationError(_(wrong.text)) from wrong


class ChangeResiForm(HandOverForm):
    """Another number for a parcel that is under way, and why."""

    reason = StringField(
        _l("Alasan"),
        [
            DataRequired(_l("Tulis alasannya, misalnya salah ketik.")),
            Length(max=120, message=_l("Paling banyak 120 huruf.")),
        ],
    )


class MeasureForm(Form):
    """What the box weighs and measures; empty is not known."""

    weight_g = StringField(_l("Berat"))
    length_cm = StringField(_l("Panjang"))
    width_cm = StringField(_l("Lebar"))
    height_cm = StringField(_l("Tinggi"))
    fragile = BooleanField(_l("Mudah pecah"))

    def validate_weight_g(self, field: StringField) -> None:
        _whole(field)

    def validate_length_cm(self, field: StringField) -> None:
        _whole(field)

    def validate_width_cm(self, field: StringField) -> None:
        _whole(field)

    def validate_height_cm(self, field: StringField) -> None:
        _whole(field)

    @property
    def grams(self) -> int | None:
        """The weight; use it only when the form is valid."""
        return _number(self.weight_g)

    @property
    def sides(self) -> tuple[int, int, int] | None:
        """Length, width and height, or None. One or two alone are WrongWeight."""
        numbers = [_number(field) for field in (self.length_cm, self.width_cm, self.height_cm)]
        known = [number for number in numbers if number is not None]
        if known and len(known) < len(numbers):
            raise shipments.WrongWeight
        return (known[0], known[1], known[2]) if known else None


def _whole(field: StringField) -> None:
    text = (field.data or "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise ValidationError(_("Isi dengan angka bulat, tanpa titik dan koma."))


def _number(field: StringField) -> int | None:
    text = (field.data or "").strip()
    return int(text) if text else None


def odd_resi(courier: str, resi: str) -> str | None:
    """A sentence if the number that was stored looks odd for this courier."""
    looks = couriers.odd_number(courier, resi) if resi else None
    if looks is None:
        return None
    return _(
        "Resi %(resi)s sudah dicatat, tetapi bentuknya tidak biasa. Resi %(courier)s biasanya "
        "%(looks)s. Periksa sekali lagi.",
        resi=resi,
        courier=courier,
        looks=_(looks),
    )
