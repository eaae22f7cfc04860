from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from bazaar.rules.numbers import read_grams, read_rupiah
from bazaar.rules.shipping import HOME, Rate

MAX_IDR = 100_000_000
MAX_GRAMS = 500_000


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class RateForm(Form):
    """A row of the table; the place was chosen before."""

    prefix = HiddenField()
    courier = StringField(
        _l("Kurir"),
        [
            DataRequired(_l("Isi nama kurir.")),
            Length(max=40, message=_l("Paling banyak 40 huruf.")),
        ],
        filters=[one_line],
        description=_l("Seperti yang dibaca pembeli, misalnya JNE REG."),
    )
    first_kg_idr = StringField(_l("Kilogram pertama"), [InputRequired(_l("Isi harganya."))])
    next_kg_idr = StringField(_l("Tiap kilogram berikutnya"), [InputRequired(_l("Isi harganya."))])
    days = StringField(
        _l("Lama kirim (hari)"),
        [Length(max=20, message=_l("Paling banyak 20 huruf."))],
        filters=[one_line],
        description=_l("Misalnya 2-3."),
    )

    def validate_first_kg_idr(self, field: StringField) -> None:
        _require_rupiah(field)

    def validate_next_kg_idr(self, field: StringField) -> None:
        _require_rupiah(field)

    def validate_courier(self, field: StringField) -> None:
        _require_letters(field)

    def validate_days(self, field: StringField) -> None:
        _require_letters(field)

    def rate(self) -> Rate:
        """What was typed; only after it was found right."""
        return Rate(
            self.prefix.data or "",
            self.courier.data or "",
            read_rupiah(self.first_kg_idr.data or "") or 0,
            read_rupiah(self.next_kg_idr.data or "") or 0,
            self.days.data or "",
        )


class TrialForm(Form):
    """Where to and how heavy, to see what the table makes of it."""

    negara = StringField(_l("Negara"), default=HOME)
    tempat = StringField(
        _l("Desa, kelurahan, atau kode pos"),
        filters=[one_line],
        description=_l("Misalnya Sumbersari Jember. Kosongkan untuk luar negeri."),
    )
    berat = StringField(_l("Berat (gram)"), default="1000")

    def grams(self) -> int | None:
        weight = read_grams(self.berat.data or "")
        return weight if weight and weight <= MAX_GRAMS else None


def _require_rupiah(field: StringField) -> None:
    amount = read_rupiah(field.data or "")
    if amount is None or amount > MAX_IDR:
        raise ValidationError(_("Isi dengan angka rupiah, misalnya 15.000."))


def _require_letters(field: StringField) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError(_("Ada huruf yang tidak dapat dibaca."))
