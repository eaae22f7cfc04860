from flask_babel import lazy_gettext as _l
from wtforms import Form, IntegerField, StringField
from wtforms.validators import Length, Optional

MAX_NOTE = 200


class NoteForm(Form):
    """A sentence that every seller concerned reads, and the revision that was looked at."""

    note = StringField(
        _l("Catatan untuk semua yang dikabari"),
        [Optional(), Length(max=MAX_NOTE, message=_l("Paling banyak 200 huruf."))],
        description=_l("Misalnya mengapa jadwal berubah. Ikut tertulis di setiap kabar."),
    )
    revision = IntegerField(validators=[Optional()])

    @property
    def text(self) -> str:
        """The note on one line."""
        return " ".join((self.note.data or "").split())
