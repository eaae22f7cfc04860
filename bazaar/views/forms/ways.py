"""How an edition asks for money."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from bazaar.views.forms.cells import ChoiceField

CODES = (
    SelectChoice("subtract", _l("Dikurangi beberapa rupiah (disarankan)")),
    SelectChoice("add", _l("Ditambah beberapa rupiah")),
    SelectChoice("off", _l("Tanpa kode unik")),
)


class WaysForm(Form):
    """Codes with the amount, and amounts unlike any other."""

    dynamic_qris = BooleanField(
        _l("Buat kode QRIS dengan jumlah dan kode bayar dari stiker penjual"),
        description=_l("Dimatikan: pembeli melihat stiker asli dan mengetik jumlahnya sendiri."),
    )
    unique_codes = ChoiceField(
        _l("Kode unik"),
        choices=CODES,
        description=_l("Membuat jumlah tiap pesanan berbeda, supaya mutasi rekening dikenali."),
    )
