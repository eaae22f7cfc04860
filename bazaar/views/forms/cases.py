"""What people write about money that does not fit."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length

from bazaar.payments import Back
from bazaar.rules.numbers import read_rupiah
from bazaar.views.forms.cells import ChoiceField
from bazaar.views.forms.rates import one_line

MAX_NOTE = 200
HOW = (
    SelectChoice("bank", _l("Transfer bank")),
    SelectChoice("wallet", _l("Dompet digital (OVO, DANA, GoPay, …)")),
    SelectChoice("cash", _l("Tunai, diserahkan langsung")),
    SelectChoice("other", _l("Cara lain")),
)
"""How people give money back by hand."""


class AssignForm(Form):
    """The order that money is for."""

    reference = StringField(
        _l("Kode bayar pesanan"),
        [DataRequired(_l("Isi kode bayarnya, misalnya PV-7XK2Q."))],
        filters=[one_line],
        description=_l("Huruf yang mirip boleh tertukar; kami cocokkan."),
    )


class NoteForm(Form):
    """A few words for the trail."""

    note = StringField(
        _l("Catatan"),
        [
            DataRequired(_l("Tulis catatan singkat.")),
            Length(max=MAX_NOTE, message=_l("Catatan paling panjang %(max)d huruf.", max=MAX_NOTE)),
        ],
        filters=[one_line],
    )


class GiveBackForm(Form):
    """Money that was given back; a picture that shows it comes beside it."""

    key = HiddenField()
    amount = StringField(_l("Jumlah"), [DataRequired(_l("Isi jumlahnya."))], filters=[one_line])
    how = ChoiceField(_l("Lewat"), choices=HOW)
    reference = StringField(
        _l("Nomor transaksi"),
        [Length(max=MAX_NOTE, message=_l("Paling panjang %(max)d huruf.", max=MAX_NOTE))],
        filters=[one_line],
    )
    note = StringField(
        _l("Catatan"),
        [Length(max=MAX_NOTE, message=_l("Catatan paling panjang %(max)d huruf.", max=MAX_NOTE))],
        filters=[one_line],
    )

    def validate_amount(self, field: StringField) -> None:
        """Refuse what is no sum."""
        if not read_rupiah(field.data or ""):
            raise ValidationError(_("Isi dengan angka rupiah, misalnya 15.000."))

    @property
    def amount_idr(self) -> int:
        """What was typed; only after it was found right."""
        return read_rupiah(self.amount.data or "") or 0

    def back(self, proof: str | None) -> Back:
        """How it was given back."""
        return Back(self.how.data, self.reference.data or "", self.note.data or "", proof)

    @property
    def labels(self) -> dict[str, Any]:
        """The label of each field by its name."""
        return {field.name: field.label.text for field in self} | {"photo": _("Foto bukti")}
