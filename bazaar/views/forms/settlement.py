"""What a treasurer writes down when a seller was paid."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

from bazaar.views.forms.cases import MAX_NOTE
from bazaar.views.forms.rates import one_line


class PaidForm(Form):
    """The transfer's reference; a picture of it comes beside it."""

    reference = StringField(
        _l("Nomor transaksi"),
        [
            DataRequired(_l("Isi nomor transaksinya, atau tulis cara menyerahkannya.")),
            Length(max=MAX_NOTE, message=_l("Paling panjang %(max)d huruf.", max=MAX_NOTE)),
        ],
        filters=[one_line],
    )
