"""What sellers and the committee write about requests."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext
from wtforms import Form, SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

LONGEST = 200
TOO_LONG = _l("Paling panjang 200 huruf.")


def tidy(text: str | None) -> str:
    return " ".join((text or "").split())


class WishForm(Form):
    """A message to the other seller."""

    wish = TextAreaField(
        lazy_pgettext("message", "Pesan"),
        filters=[tidy],
        validators=[Length(max=LONGEST, message=TOO_LONG)],
    )


class WhyForm(Form):
    """A reason that the other side reads."""

    why = StringField(
        _l("Alasan"),
        filters=[tidy],
        validators=[
            DataRequired(_l("Tulis alasannya; pihak lain membacanya.")),
            Length(max=LONGEST, message=TOO_LONG),
        ],
    )


class MoveForm(Form):
    """When else a turn would suit: in words, by windows, or both."""

    windows = SelectMultipleField(
        _l("Jam yang cocok"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    wish = TextAreaField(
        _l("Alasan atau keinginan"),
        filters=[tidy],
        validators=[Length(max=LONGEST, message=TOO_LONG)],
    )

    @classmethod
    def of(cls, windows: list[SelectChoice], sent: Any = None) -> "MoveForm":
        """Return the form with these windows to choose from."""
        form = cls(sent)
        form.windows.choices = windows
        return form

    def validate_wish(self, field: TextAreaField) -> None:
        """Refuse a form that says nothing."""
        if not field.data and not self.windows.data:
            raise ValidationError(_l("Pilih jam yang cocok, atau tulis keinginan Anda."))
