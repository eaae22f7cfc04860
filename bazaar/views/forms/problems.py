"""What a buyer says about a parcel, and what is answered."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from bazaar.shipments import problems


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").strip()


class ProblemForm(Form):
    """What is wrong, in one choice and a few words; a photo comes beside it."""

    kind = StringField(_l("Apa masalahnya?"))
    text = TextAreaField(
        _l("Ceritakan singkat"),
        [
            DataRequired(_l("Tulis apa yang terjadi, satu kalimat sudah cukup.")),
            Length(max=problems.TEXT_LENGTH, message=_l("Paling banyak 600 huruf.")),
        ],
        filters=[_plain],
    )

    def validate_kind(self, field: StringField) -> None:
        if field.data not in problems.KINDS:
            raise ValidationError(str(_l("Pilih salah satu dari daftar.")))


class AnswerForm(Form):
    """What the buyer reads."""

    answer = TextAreaField(
        _l("Jawaban untuk pembeli"),
        [
            DataRequired(_l("Tulis jawabannya.")),
            Length(max=problems.TEXT_LENGTH, message=_l("Paling banyak 600 huruf.")),
        ],
        filters=[_plain],
    )
