"""What the committee says when it has a plan computed."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from bazaar.rotation.draws import FAST, THOROUGH


class EffortForm(Form):
    """How long the planner may look for an evener plan."""

    effort = RadioField(
        _l("Ketelitian"),
        choices=[
            SelectChoice(str(FAST), _l("Cepat: beberapa detik")),
            SelectChoice(str(THOROUGH), _l("Teliti: lebih lama, jam ramai lebih merata")),
        ],
        default=str(FAST),
    )

    @property
    def iterations(self) -> int:
        """How many exchanges are tried; an odd choice is the quick one."""
        return THOROUGH if self.effort.data == str(THOROUGH) else FAST
