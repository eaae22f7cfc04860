"""Who waits for what is sold out."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, IntegerField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, NumberRange

from bazaar import phones
from bazaar.baskets import MAX_QUANTITY
from bazaar.tokens import new_key

_KEY = re.compile(r"[A-Za-z0-9_-]{22,40}", re.ASCII)


def _tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class WaitForm(Form):
    """Name, number and how many. `e164` only when it is valid."""

    key = HiddenField()
    name = StringField(
        _l("Nama"),
        [
            DataRequired(_l("Tulis nama Anda.")),
            Length(max=120, message=_l("Nama paling panjang 120 huruf.")),
        ],
        filters=[_tidy],
    )
    phone = StringField(_l("Nomor HP / WhatsApp"), filters=[_tidy])
    quantity = IntegerField(
        _l("Jumlah"),
        [NumberRange(1, MAX_QUANTITY, message=_l("Isi dengan angka 1 sampai %(max)s."))],
        default=1,
    )

    @property
    def e164(self) -> str | None:
        """The telephone number, None if nobody can have it."""
        return phones.read_phone(self.phone.data or "")

    def validate_key(self, field: HiddenField) -> None:
        """Refuse a click without a key of ours; the form comes back with one."""
        if not _KEY.fullmatch(field.data or ""):
            field.data = new_key()
            raise ValidationError(_("Formulir ini tidak lengkap. Periksa, lalu kirim sekali lagi."))

    def validate_phone(self, field: StringField) -> None:
        """Refuse what no telephone has."""
        if self.e164 is None:
            raise ValidationError(
                _("Nomor ini tidak dikenal. Tulis misalnya 0812-3456-7890 atau +65 9123 4567.")
            )
