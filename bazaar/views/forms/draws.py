"""What the committee says in the ceremony of a draw."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length

from bazaar.models import DrawKind
from bazaar.rotation.draws import FAST, THOROUGH

MAX_LINE = 200

TOO_LONG = Length(max=MAX_LINE, message=_l("Paling panjang %(max)d huruf.", max=MAX_LINE))


def tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class AnnounceForm(Form):
    """A new draw: what it is for, and the public value it will wait for."""

    kind = RadioField(
        _l("Untuk apa"),
        choices=[
            SelectChoice(
                DrawKind.REPAIR.value, _l("Mengisi jam kosong; giliran yang terbit tetap")
            ),
            SelectChoice(DrawKind.REBUILD.value, _l("Menyusun ulang semua yang belum dibekukan")),
        ],
        validate_choice=False,
    )
    witness = StringField(
        _l("Angka saksi"),
        filters=[tidy],
        validators=[DataRequired(_l("Sebutkan angka apa, oleh siapa, dan kapan.")), TOO_LONG],
    )
    effort = RadioField(
        _l("Ketelitian"),
        choices=[
            SelectChoice(str(FAST), _l("Biasa, cepat selesai")),
            SelectChoice(str(THOROUGH), _l("Teliti, lebih lama dan lebih merata")),
        ],
        default=str(FAST),
        validate_choice=False,
    )

    @property
    def iterations(self) -> int:
        """How many exchanges are tried; what our page does not offer means the quick way."""
        return THOROUGH if self.effort.data == str(THOROUGH) else FAST

    def draw_kind(self, *, released: bool) -> DrawKind:
        """Return what is asked for; the first plan of an edition leaves no choice."""
        if not released:
            return DrawKind.PLAN
        return DrawKind.REPAIR if self.kind.data == DrawKind.REPAIR.value else DrawKind.REBUILD


class ValueForm(Form):
    """The public value, as it was read out or printed."""

    public_value = StringField(
        _l("Angka saksi yang diumumkan"),
        filters=[tidy],
        validators=[DataRequired(_l("Tulis angkanya persis seperti diumumkan.")), TOO_LONG],
    )


class EndForm(Form):
    """Why a draw is not gone on with."""

    why = StringField(
        _l("Alasan tidak dilanjutkan"),
        filters=[tidy],
        validators=[DataRequired(_l("Tulis alasannya; semua orang dapat membacanya.")), TOO_LONG],
    )
