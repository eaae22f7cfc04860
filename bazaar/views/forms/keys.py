import re

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, Regexp

from bazaar.partners import MAX_NAME, Scope
from bazaar.views.forms.account import stripped

SCOPE_NAMES = {
    Scope.CATALOGUE_READ: _l("membaca lapak, produk, dan siaran"),
    Scope.ORDERS_CREATE: _l("membuat pesanan"),
    Scope.ORDERS_READ: _l("membaca pesanan yang tautannya diketahui"),
    Scope.ORDERS_CANCEL: _l("membatalkan pesanan yang belum dibayar"),
}

# Where orders come from else is written in small letters: no partner is taken for that.
NAME = re.compile(r"[A-Z0-9][\w .&'-]*$")


class KeyForm(Form):
    """Whom a key is for, and what it is good for."""

    name = StringField(
        _l("Nama mitra"),
        [
            InputRequired(_l("Isi nama mitra.")),
            Length(max=MAX_NAME, message=_l("Nama paling banyak 20 huruf.")),
            Regexp(NAME, message=_l("Mulai dengan huruf besar atau angka; tanpa tanda khusus.")),
        ],
        filters=[stripped],
        description=_l("Tampil sebagai asal pada pesanannya, misalnya Toko Mitra."),
    )
    scopes = SelectMultipleField(
        _l("Berlaku untuk"),
        [InputRequired(_l("Pilih paling sedikit satu."))],
        choices=[SelectChoice(scope.value, name) for scope, name in SCOPE_NAMES.items()],
        validate_choice=True,
    )

    def chosen(self) -> set[Scope]:
        return {Scope(value) for value in self.scopes.data or ()}
