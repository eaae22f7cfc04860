"""Receiving accounts as people write them down: a sticker by photo or text, a bank account, words."""

import re
from pathlib import Path

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar import code_photos, photos, pixels
from bazaar.code_photos import CodePhotoRefused
from bazaar.models import AccountKind
from bazaar.payments import Wanted
from bazaar.rules import qris
from bazaar.rules.qris import QrisInfo, QrisRejected
from bazaar.views.forms.cells import sent_file
from bazaar.views.forms.rates import one_line
from bazaar.web.answers import sentence

MAX_WORDS = 600
_NUMBER = re.compile(r"[0-9]{5,20}", re.ASCII)


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class StickerForm(Form):
    """A photo of the sticker, or the text in its code."""

    text = TextAreaField(
        _l("Atau tempel isi kode QR"),
        filters=[_plain],
        description=_l("Teks panjang yang berawal 000201. Kosongkan bila mengirim foto."),
    )
    photo_errors: tuple[str, ...] = ()

    def wanted(self, folder: Path) -> Wanted | None:
        """Return the account that was sent, its photo kept below `folder`; None if it is no good.

        Then the sentences stand at the fields.
        """
        file = sent_file("photo")
        if file is None:
            return self._of_text()
        data = file.stream.read(pixels.MAX_BYTES + 1)
        try:
            payload = self._found(code_photos.read(data))
            name = photos.keep(data, folder) if payload else None
        except (CodePhotoRefused, photos.PhotoRefused) as refusal:
            self.photo_errors = (sentence(refusal),)
            return None
        return Wanted(kind=AccountKind.QRIS, payload=payload, photo=name) if payload else None

    def _of_text(self) -> Wanted | None:
        text = self.text.data or ""
        if not text:
            self.photo_errors = (_("Pilih foto stikernya, atau tempel isi kodenya."),)
            return None
        info = qris.inspect(text)
        if isinstance(info, QrisRejected):
            self.text.errors = (*self.text.errors, _(info.message_id))
            return None
        return Wanted(kind=AccountKind.QRIS, payload=text)

    def _found(self, texts: list[str]) -> str:
        """Return the one sticker among the codes of a photo."""
        looked_at = [qris.inspect(text) for text in texts]
        stickers = [info for info in looked_at if isinstance(info, QrisInfo)]
        rejected = [info for info in looked_at if isinstance(info, QrisRejected)]
        if len(stickers) == 1:
            return stickers[0].payload
        if stickers:
            told = _("Ada beberapa stiker di foto ini. Foto satu stiker saja.")
        elif rejected:
            told = _(rejected[0].message_id)
        else:
            told = _("Tidak ada kode QR yang terbaca. Foto dari dekat, terang, dan lurus.")
        self.photo_errors = (told,)
        return ""


class BankForm(Form):
    """An Indonesian bank account."""

    bank = StringField(
        _l("Bank"),
        [DataRequired(_l("Isi nama banknya, misalnya BRI.")), Length(max=60)],
        filters=[one_line],
    )
    number = StringField(
        _l("Nomor rekening"),
        [DataRequired(_l("Isi nomor rekeningnya."))],
        filters=[lambda text: re.sub(r"[\s.-]+", "", text or "")],
    )
    holder = StringField(
        _l("Atas nama"),
        [DataRequired(_l("Isi nama pemilik rekening seperti di buku tabungan.")), Length(max=120)],
        filters=[one_line],
    )

    def validate_number(self, field: StringField) -> None:
        """Refuse what is no number of an account."""
        if not _NUMBER.fullmatch(field.data or ""):
            raise ValidationError(_("Nomor rekening terdiri dari 5 sampai 20 angka."))

    def wanted(self) -> Wanted:
        """Return the account; only after it was found right."""
        return Wanted(
            kind=AccountKind.BANK,
            bank=self.bank.data or "",
            number=self.number.data or "",
            holder=self.holder.data or "",
        )


class OtherForm(Form):
    """Another way, in the seller's words."""

    words = TextAreaField(
        _l("Cara membayar"),
        [
            DataRequired(_l("Tulis bagaimana pembeli membayar.")),
            Length(max=MAX_WORDS, message=_l("Paling banyak 600 huruf.")),
        ],
        filters=[_plain],
        description=_l("Misalnya alamat PayPal. Jumlahnya selalu dalam rupiah."),
    )

    def wanted(self) -> Wanted:
        """Return the account; only after it was found right."""
        return Wanted(kind=AccountKind.OTHER, words=self.words.data or "")
