"""How a seller wants to be reached."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, ValidationError
from wtforms.validators import DataRequired, Optional

from bazaar.rules.show import addresses
from bazaar.show.contacts import BadAddress, BadChat, BadMail
from bazaar.views.forms.account import stripped
from bazaar.web.answers import sentence


class MailForm(Form):
    """A mail address for reminders; empty: the one in the seller's record."""

    address = StringField(_l("Surel untuk pengingat"), [Optional()], filters=[stripped])

    def validate_address(self, field: StringField) -> None:
        """Refuse what is no mail address."""
        if not addresses.is_mail(field.data or ""):
            raise ValidationError(gettext(BadMail.text))


class ChatForm(Form):
    """The number of a chat on Telegram."""

    address = StringField(
        _l("Nomor chat Telegram"), [DataRequired(_l("Isi nomornya."))], filters=[stripped]
    )

    def validate_address(self, field: StringField) -> None:
        """Refuse what is no chat."""
        if not addresses.is_chat(field.data or ""):
            raise ValidationError(gettext(BadChat.text))


class ServiceForm(Form):
    """An address of another service, which only the committee knows how to write."""

    address = StringField(
        _l("Alamat layanan"), [DataRequired(_l("Isi alamatnya."))], filters=[stripped]
    )

    def validate_address(self, field: StringField) -> None:
        """Refuse services that are not on the list, and options."""
        if not addresses.is_service(field.data or ""):
            raise ValidationError(sentence(BadAddress()))
