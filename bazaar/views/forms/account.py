from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Form, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, Regexp, ValidationError

from bazaar.accounts import passwords
from bazaar.models import Role

ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+$"
ROLE_NAMES = {
    Role.ADMIN: _l("Admin"),
    Role.REGISTRAR: _l("Pendaftaran"),
    Role.HOST: _l("Pemandu siaran"),
    Role.TREASURER: _l("Bendahara"),
    Role.DISPATCHER: _l("Pengiriman"),
    Role.CHAIR: _l("Ketua"),
}


def stripped(text: str | None) -> str:
    return (text or "").strip()


class SignInForm(Form):
    email = StringField(
        _l("Alamat surel"),
        [
            InputRequired(_l("Isi alamat surel Anda.")),
            Length(max=200, message=_l("Alamat surel terlalu panjang.")),
        ],
        filters=[stripped],
    )
    password = PasswordField(_l("Kata sandi"), [InputRequired(_l("Isi kata sandi Anda."))])


class CodeForm(Form):
    code = StringField(
        _l("Kode 6 angka"),
        [
            InputRequired(_l("Isi enam angka yang tampil di ponsel.")),
            Regexp(r"\s*\d{3}\s*\d{3}\s*$", message=_l("Isi enam angka yang tampil di ponsel.")),
        ],
    )


class NewPasswordForm(Form):
    """Judged against the person's name and address: give them as `about`."""

    password = PasswordField(
        _l("Kata sandi baru"),
        [InputRequired(_l("Isi kata sandi baru."))],
        description=_l("Paling sedikit 8 huruf; empat kata yang tidak berkaitan lebih baik."),
    )
    repeated = PasswordField(
        _l("Ulangi kata sandi baru"), [InputRequired(_l("Ketik sekali lagi."))]
    )

    about: tuple[str, ...] = ()

    def validate_password(self, field: PasswordField) -> None:
        if fault := passwords.fault(field.data or "", *self.about):
            raise ValidationError(gettext(fault))

    def validate_repeated(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError(gettext("Tidak sama dengan yang di atas."))


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(
        _l("Kata sandi sekarang"), [InputRequired(_l("Isi kata sandi yang sekarang."))]
    )


class RolesForm(Form):
    roles = SelectMultipleField(
        _l("Tugas"),
        choices=[SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()],
        validate_choice=True,
    )

    def chosen(self) -> set[Role]:
        return {Role(value) for value in self.roles.data or ()}


class InviteForm(RolesForm):
    name = StringField(
        _l("Nama"),
        [
            InputRequired(_l("Isi nama anggota.")),
            Length(max=120, message=_l("Nama paling banyak 120 huruf.")),
        ],
        filters=[stripped],
    )
    email = StringField(
        _l("Alamat surel"),
        [
            InputRequired(_l("Isi alamat surel.")),
            Length(max=200, message=_l("Alamat surel terlalu panjang.")),
            Regexp(ADDRESS, message=_l("Tulis seperti nama@contoh.id.")),
        ],
        filters=[stripped],
    )

    def validate_name(self, field: StringField) -> None:
        _require_one_line(field)

    def validate_email(self, field: StringField) -> None:
        _require_one_line(field)


def _require_one_line(field: StringField) -> None:
    if not (field.data or "").isprintable():
        raise ValidationError(gettext("Ada huruf yang tidak dapat dibaca."))
