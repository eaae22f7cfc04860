"""What a person says about money that came."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import Length

MAX_NOTE = 200


class ConfirmForm(Form):
    """A note on the money of one order."""

    note = StringField(
        _l("Catatan"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            Length(max=MAX_NOTE, message=_l("Catatan paling panjang %(max)d huruf.", max=MAX_NOTE))
        ],
    )
