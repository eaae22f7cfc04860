"""What a person says about money that came."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import DataRequired, Length

MAX_NOTE = 200


class ProofForm(Form):
    """What a buyer says beside the picture that money was sent."""

    note = StringField(
        _l("Catatan"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            Length(max=MAX_NOTE, message=_l("Catatan paling panjang %(max)d huruf.", max=MAX_NOTE))
        ],
    )


class RefuseForm(Form):
    """Why the money that a proof shows is not there, for the buyer."""

    answer = StringField(
        _l("Mengapa belum diterima?"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            DataRequired(_l("Tulis satu kalimat untuk pembeli.")),
            Length(max=MAX_NOTE, message=_l("Paling panjang %(max)d huruf.", max=MAX_NOTE)),
        ],
    )


class ConfirmForm(Form):
    """A note on the money of one order."""

    note = StringField(
        _l("Catatan"),
        filters=[lambda text: " ".join((text or "").split())],
        validators=[
            Length(max=MAX_NOTE, message=_l("Catatan paling panjang %(max)d huruf.", max=MAX_NOTE))
        ],
    )
