from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from bazaar.rules.numbers import read_rupiah
from bazaar.rules.shipping import Free
from bazaar.views.forms.rates import MAX_IDR


class FreeForm(Form):
    """A rule of free shipping."""

    prefix = SelectField(_l("Ke mana"))
    seller_id = SelectField(_l("Lapak"))
    min_goods_idr = StringField(
        _l("Mulai belanja"),
        [InputRequired(_l("Isi nilai belanja; 0 berarti selalu."))],
        description=_l("Nilai barang dari satu lapak."),
    )
    up_to_idr = StringField(
        _l("Potongan paling banyak"), description=_l("Kosong berarti seluruh ongkir.")
    )
    off = BooleanField(_l("Jangan dipakai dulu"))

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field by its name, for the summary of what is wrong."""
        return {field.name: str(field.label.text) for field in self}

    def validate_min_goods_idr(self, field: StringField) -> None:
        _require_rupiah(field, 0)

    def validate_up_to_idr(self, field: StringField) -> None:
        if field.data:
            _require_rupiah(field, 1)

    def wish(self) -> Free:
        """What was typed; only after it was found right."""
        seller_id = self.seller_id.data
        up_to_idr = str(self.up_to_idr.data or "")
        return Free(
            self.prefix.data or "",
            int(seller_id) if seller_id else None,
            read_rupiah(str(self.min_goods_idr.data)) or 0,
            read_rupiah(up_to_idr) if up_to_idr else None,
        )


def _require_rupiah(field: StringField, least: int) -> None:
    amount = read_rupiah(str(field.data))
    if amount is None or not least <= amount <= MAX_IDR:
        raise ValidationError(_("Isi dengan angka rupiah, misalnya 15.000."))
