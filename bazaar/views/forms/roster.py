"""What the committee says about one participant."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from bazaar.rotation.replans import MOST_TURNS
from bazaar.views.forms.hours import WholeNumber

MAX_LINE = 200
TOO_LONG = Length(max=MAX_LINE, message=_l("Paling panjang %(max)d huruf.", max=MAX_LINE))


def tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class WithdrawForm(Form):
    """Why a seller leaves the edition."""

    why = StringField(
        _l("Alasan mundur"),
        filters=[tidy],
        validators=[DataRequired(_l("Tulis alasannya, supaya tercatat.")), TOO_LONG],
    )


class LimitForm(Form):
    """How many turns a seller wants at most; empty for no limit."""

    most = WholeNumber(
        _l("Paling banyak berapa giliran"),
        validators=[
            Optional(),
            NumberRange(0, MOST_TURNS, _l("Isi angka 0 sampai %(max)s.", max=MOST_TURNS)),
        ],
    )


class PairForm(Form):
    """With whom a seller must not be on air, and why."""

    other = StringField(validators=[DataRequired(_l("Pilih UMKM-nya."))])
    note = StringField(_l("Alasan"), filters=[tidy], validators=[Optional(), TOO_LONG])


class MissedForm(Form):
    """Why a seller was not there, and whether that is excused."""

    excused = BooleanField(_l("Dimaafkan: giliran ini tidak dihitung, dan diganti"))
    why = StringField(_l("Alasan"), filters=[tidy], validators=[Optional(), TOO_LONG])
