import re
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Form, HiddenField, StringField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from bazaar.rules.numbers import read_grams, read_rupiah
from bazaar.rules.shipping import DIVISOR, HOME, TOLERANCE_G, Box, Rate

MAX_IDR = 100_000_000
MAX_GRAMS = 500_000
MAX_KG = 1_000
_SIZES = re.compile(
    r"([0-9]{1,3})(?: ?[x*×/, ] ?)([0-9]{1,3})(?: ?[x*×/, ] ?)([0-9]{1,3})", re.IGNORECASE
)


def one_line(text: str | None) -> str:
    return " ".join((text or "").split())


class RateForm(Form):
    """A row of the table; the place was chosen before."""

    prefix = HiddenField()
    courier = StringField(
        _l("Kurir"),
        [
            DataRequired(_l("Isi nama kurir.")),
            Length(max=40, message=_l("Paling banyak 40 huruf.")),
        ],
        filters=[one_line],
        description=_l("Seperti yang dibaca pembeli, misalnya JNE REG."),
    )
    first_kg_idr = StringField(_l("Kilogram pertama"), [InputRequired(_l("Isi harganya."))])
    next_kg_idr = StringField(_l("Tiap kilogram berikutnya"), [InputRequired(_l("Isi harganya."))])
    days = StringField(
        _l("Lama kirim (hari)"),
        [Length(max=20, message=_l("Paling banyak 20 huruf."))],
        filters=[one_line],
        description=_l("Misalnya 2-3."),
    )

    min_kg = StringField(
        _l("Berat minimum (kg)"),
        default="1",
        description=_l("Harga kilogram pertama berlaku untuk berat ini."),
    )
    max_kg = StringField(
        _l("Berat maksimum (kg)"),
        description=_l("Kosong berarti tanpa batas."),
    )
    divisor = StringField(
        _l("Pembagi volume"),
        default=str(DIVISOR),
        description=_l("Panjang x lebar x tinggi (cm) dibagi ini = kilogram. Kargo sering 4000."),
    )
    tolerance_g = StringField(
        _l("Toleransi (gram)"),
        default=str(TOLERANCE_G),
        description=_l("Sebanyak ini di atas kilogram penuh tidak dihitung."),
    )
    valid_from = StringField(_l("Berlaku mulai"))
    valid_until = StringField(_l("Berlaku sampai"))
    off = BooleanField(_l("Jangan dipakai dulu"))

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field by its name, for the summary of what is wrong."""
        return {field.name: str(field.label.text) for field in self}

    def validate_min_kg(self, field: StringField) -> None:
        _require_number(field, 1, MAX_KG)

    def validate_max_kg(self, field: StringField) -> None:
        if field.data:
            _require_number(field, read_count(self.min_kg.data) or 1, MAX_KG)

    def validate_divisor(self, field: StringField) -> None:
        _require_number(field, 1_000, 10_000)

    def validate_tolerance_g(self, field: StringField) -> None:
        _require_number(field, 0, 999)

    def validate_valid_from(self, field: StringField) -> None:
        _require_day(field)

    def validate_valid_until(self, field: StringField) -> None:
        _require_day(field)
        since, until = read_day(self.valid_from.data), read_day(field.data)
        if since and until and until < since:
            raise ValidationError(_("Hari terakhir tidak boleh sebelum hari pertama."))

    def validate_first_kg_idr(self, field: StringField) -> None:
        _require_rupiah(field)

    def validate_next_kg_idr(self, field: StringField) -> None:
        _require_rupiah(field)

    def validate_courier(self, field: StringField) -> None:
        _require_letters(field)

    def validate_days(self, field: StringField) -> None:
        _require_letters(field)

    def rate(self) -> Rate:
        """What was typed; only after it was found right."""
        return Rate(
            self.prefix.data or "",
            self.courier.data or "",
            read_rupiah(self.first_kg_idr.data or "") or 0,
            read_rupiah(self.next_kg_idr.data or "") or 0,
            self.days.data or "",
            min_kg=read_count(self.min_kg.data) or 1,
            max_kg=read_count(self.max_kg.data),
            divisor=read_count(self.divisor.data) or DIVISOR,
            tolerance_g=read_count(self.tolerance_g.data) or 0,
            valid_from=read_day(self.valid_from.data),
            valid_until=read_day(self.valid_until.data),
            active=not self.off.data,
        )


class TrialForm(Form):
    """Where to and how heavy, to see what the table makes of it."""

    negara = StringField(_l("Negara"), default=HOME)
    tempat = StringField(
        _l("Desa, kelurahan, atau kode pos"),
        filters=[one_line],
        description=_l("Misalnya Sumbersari Jember. Kosongkan untuk luar negeri."),
    )
    berat = StringField(_l("Berat (gram)"), default="1000")

    ukuran = StringField(
        _l("Ukuran kotak (cm)"),
        filters=[one_line],
        description=_l("Panjang x lebar x tinggi, misalnya 38x29x28. Boleh kosong."),
    )

    def box(self) -> Box | None:
        """The sizes that were typed, None without any."""
        sizes = re.fullmatch(_SIZES, self.ukuran.data or "")
        box = Box(*map(int, sizes.groups())) if sizes else None
        return box if box and min(box) > 0 else None

    def box_wrong(self) -> bool:
        """Whether something was typed that is no sizes."""
        return bool(self.ukuran.data) and self.box() is None

    def grams(self) -> int | None:
        weight = read_grams(self.berat.data or "")
        return weight if weight and weight <= MAX_GRAMS else None


def _require_rupiah(field: StringField) -> None:
    amount = read_rupiah(field.data or "")
    if amount is None or amount > MAX_IDR:
        raise ValidationError(_("Isi dengan angka rupiah, misalnya 15.000."))


def _require_letters(field: StringField) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError(_("Ada huruf yang tidak dapat dibaca."))


def read_count(text: str | int | None) -> int | None:
    """Return a whole number as people type it, None if it is none."""
    plain = str("" if text is None else text).strip().replace(".", "")
    return int(plain) if re.fullmatch(r"[0-9]{1,6}", plain, re.ASCII) else None


def read_day(text: str | date | None) -> date | None:
    """Return a day such as 2026-03-01, None without any."""
    if isinstance(text, date):
        return text
    try:
        return date.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None


def _require_number(field: StringField, least: int, most: int) -> None:
    number = read_count(field.data)
    if number is None or not least <= number <= most:
        raise ValidationError(
            _("Isi angka bulat dari %(least)s sampai %(most)s.", least=least, most=most)
        )


def _require_day(field: StringField) -> None:
    if field.data and read_day(field.data) is None:
        raise ValidationError(_("Pilih tanggal, misalnya 2026-03-01."))
