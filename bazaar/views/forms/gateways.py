"""What a treasurer says about money that goes back through a gateway."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, StringField
from wtforms.validators import DataRequired, Length, NumberRange

from bazaar.rules.gateway_words import MAX_IDR

MAX_REASON = 100


class RefundForm(Form):
    """Which payment, how much of it, and why: the payer may read the reason."""

    payment_id = IntegerField(validators=[NumberRange(1, 2**53)])
    amount_idr = IntegerField(
        _l("Jumlah"),
        validators=[
            NumberRange(1, MAX_IDR, message=_l("Isi jumlah dalam rupiah, tanpa titik.")),
        ],
    )
    reason = StringField(
        _l("Alasan"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            DataRequired(_l("Isi alasannya.")),
            Length(
                max=MAX_REASON, message=_l("Alasan paling panjang %(max)d huruf.", max=MAX_REASON)
            ),
        ],
    )
