from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar import shipments
from bazaar.errors import Invalid
from bazaar.rules import couriers


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
