"""What the committee writes for messages about turns."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar.show import texts
from bazaar.show.texts import SUBJECT_LENGTH, TEXT_LENGTH, UnknownField, Words
from bazaar.web.answers import sentence


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class CueTextForm(Form):
    """Subject and text of one message in one language."""

    subject = StringField(
        _l("Judul (hanya di surel)"),
        [
            DataRequired(_l("Isi judulnya.")),
            Length(max=SUBJECT_LENGTH, message=_l("Judul paling banyak 120 huruf.")),
        ],
        filters=[_plain],
    )
    text = TextAreaField(
        _l("Isi"),
        [
            DataRequired(_l("Isi pesannya.")),
            Length(max=TEXT_LENGTH, message=_l("Isi paling banyak 1000 huruf.")),
        ],
        filters=[_plain],
    )

    def validate_subject(self, field: StringField) -> None:
        """Refuse a field that is none, and line breaks."""
        _require_known(field.data or "")
        if not (field.data or "").isprintable():
            raise ValidationError(_l("Judul ditulis dalam satu baris."))

    def validate_text(self, field: TextAreaField) -> None:
        """Refuse a field that is none."""
        _require_known(field.data or "")

    def words(self) -> Words:
        """Return what was written."""
        return Words(self.subject.data or "", self.text.data or "")


def _require_known(text: str) -> None:
    unknown = texts.unknown_field(text)
    if unknown is not None:
        raise ValidationError(sentence(UnknownField(unknown)))
