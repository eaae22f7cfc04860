from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from bazaar.manifests import Signing

NO_NUMBER = _l("Isi jumlahnya dengan angka.")


class Count(IntegerField):
    """A whole number; what is none is told in our words, not in the library's."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NO_NUMBER)) from None


class MakeForm(Form):
    """A new list: whose courier comes, and how."""

    courier = StringField(
        _l("Kurir"),
        [
            DataRequired(_l("Isi nama kurirnya.")),
            Length(max=40, message=_l("Paling banyak 40 huruf.")),
        ],
    )
    branch = StringField(
        _l("Cabang atau agen"), [Length(max=120, message=_l("Paling banyak 120 huruf."))]
    )
    vehicle = StringField(
        _l("Nomor kendaraan"), [Length(max=40, message=_l("Paling banyak 40 huruf."))]
    )


class SignForm(Form):
    """What the courier says when it takes the parcels."""

    signer = StringField(
        _l("Nama kurir"),
        [
            DataRequired(_l("Isi nama Anda.")),
            Length(2, 80, message=_l("Nama 2 sampai 80 huruf.")),
        ],
    )
    contact = StringField(
        _l("Nomor telepon atau KTP"),
        [
            DataRequired(_l("Isi nomor telepon atau KTP.")),
            Length(4, 40, message=_l("Nomor 4 sampai 40 huruf atau angka.")),
        ],
    )
    received = Count(
        _l("Jumlah paket yang diterima"),
        [
            InputRequired(NO_NUMBER),
            NumberRange(0, 5_000, message=NO_NUMBER),
        ],
    )
    remark = StringField(
        _l("Catatan atau pengecualian"), [Length(max=120, message=_l("Paling banyak 120 huruf."))]
    )
    accepted = BooleanField(_l("Saya menerima paket-paket ini dalam keadaan baik."))

    def __init__(self, sent: MultiDict[str, str] | None = None, **rest: Any) -> None:
        super().__init__(sent, **rest)
        self.missing = frozenset(sent.getlist("missing")) if sent else frozenset()
        self.drawn = sent.get("signature", "") if sent else ""

    def signing(self, picture: bytes | None, *, on_paper: bool = False) -> Signing:
        return Signing(
            self.signer.data or "",
            self.contact.data or "",
            self.received.data or 0,
            self.missing,
            self.remark.data or "",
            picture,
            on_paper or bool(self.accepted.data),
        )
