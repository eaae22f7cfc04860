"""A seller's tax number."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired

from bazaar import tax_ids
from bazaar.views.forms.account import stripped


class TaxForm(Form):
    """An NPWP or a NIK, with or without the dots of the card."""

    number = StringField(
        _l("NPWP atau NIK"), [DataRequired(_l("Isi nomornya."))], filters=[stripped]
    )

    def validate_number(self, field: StringField) -> None:
        """Refuse what is no such number."""
        try:
            tax_ids.read(field.data or "")
        except tax_ids.NoTaxNumber as refusal:
            raise ValidationError(gettext(refusal.text)) from None
