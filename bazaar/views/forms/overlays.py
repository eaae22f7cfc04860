"""The form of an overlay's address: which machine it is for, and how it looks."""

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from bazaar.show.overlays import LANGUAGES, SCALES, Corner, Look, Part, Theme
from bazaar.views.forms.account import stripped

MAX_NAME = 60

CORNERS = {
    Corner.BOTTOM_RIGHT: _l("Kanan bawah"),
    Corner.BOTTOM_LEFT: _l("Kiri bawah"),
    Corner.TOP_RIGHT: _l("Kanan atas"),
    Corner.TOP_LEFT: _l("Kiri atas"),
}
THEMES = {Theme.DARK: _l("Gelap"), Theme.LIGHT: _l("Terang")}
LANGUAGE_NAMES = {"id": "Bahasa Indonesia", "en": "English"}
SIZES = {
    80: _l("Kecil"),
    100: _l("Biasa"),
    115: _l("Besar"),
    130: _l("Sangat besar"),
}
PARTS = {
    Part.PLACE: _l("klaster dan kecamatan"),
    Part.TIMER: _l("sisa waktu giliran"),
    Part.QR: _l("kode QR pesanan"),
    Part.STOCK: _l("sisa stok"),
    Part.SOLD: _l("jumlah pesanan"),
    Part.NEXT: _l("penjual berikutnya"),
}
"""What people call what may be left out."""

_needed = InputRequired(_l("Pilih salah satu."))


class OverlayForm(Form):
    """Name and look of an address."""

    name = StringField(
        _l("Dipakai di mana"),
        [
            InputRequired(_l("Tulis di mana tautan ini dipakai.")),
            Length(max=MAX_NAME, message=_l("Paling panjang 60 huruf.")),
        ],
        filters=[stripped],
        description=_l("Misalnya laptop OBS di studio, supaya jelas mana yang dicabut."),
    )
    corner = RadioField(
        _l("Letak"), [_needed], choices=[SelectChoice(c.value, name) for c, name in CORNERS.items()]
    )
    theme = RadioField(
        _l("Warna"), [_needed], choices=[SelectChoice(t.value, name) for t, name in THEMES.items()]
    )
    language = RadioField(
        _l("Bahasa"),
        [_needed],
        choices=[SelectChoice(code, LANGUAGE_NAMES[code]) for code in LANGUAGES],
    )
    scale = RadioField(
        _l("Ukuran"), [_needed], choices=[SelectChoice(str(n), SIZES[n]) for n in SCALES]
    )
    parts = SelectMultipleField(
        _l("Yang ditampilkan"),
        choices=[SelectChoice(part.value, name) for part, name in PARTS.items()],
        validate_choice=True,
    )

    def look(self) -> Look:
        """Return the look that was chosen; the form must be valid."""
        return Look(
            Corner(self.corner.data),
            Theme(self.theme.data),
            self.language.data,
            int(self.scale.data),
            frozenset(map(Part, self.parts.data or ())),
        )

    @staticmethod
    def facts(name: str, look: Look) -> dict[str, object]:
        """Return the form's data for what stands."""
        return {**look.facts(), "name": name, "scale": str(look.scale)}
