from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from bazaar.quoting import NoFee
from bazaar.rules.numbers import read_rupiah
from bazaar.views.forms.rates import MAX_IDR, one_line
from bazaar.web.answers import sentence


class QuoteForm(Form):
    """Who carries it, and for how much."""

    courier = StringField(
        _l("Kurir"),
        [
            DataRequired(_l("Isi nama kurir.")),
            Length(max=40, message=_l("Paling banyak 40 huruf.")),
        ],
        filters=[one_line],
    )
    fee_idr = StringField(_l("Ongkir"), [InputRequired(_l("Isi ongkirnya."))])

    def validate_courier(self, field: StringField) -> None:
        """Refuse what cannot be read on a label."""
        if not (field.data or "").isprintable():
            raise ValidationError(_("Ada huruf yang tidak dapat dibaca."))

    def validate_fee_idr(self, field: StringField) -> None:
        """Refuse what is no sum, and nothing: a fee is fixed once, and the buyer pays it."""
        amount = read_rupiah(field.data or "")
        if amount is None or amount > MAX_IDR:
            raise ValidationError(_("Isi dengan angka rupiah, misalnya 15.000."))
        if amount < 1:
            raise ValidationError(sentence(NoFee()))

    @property
    def fee(self) -> int:
        """What was typed; only after it was found right."""
        return read_rupiah(self.fee_idr.data or "") or 0
