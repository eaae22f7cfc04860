from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField

from bazaar.errors import BazaarError
from bazaar.views.forms.rates import one_line
from bazaar.web.answers import sentence


class CourierPageForm(Form):
    """Where a company tells of a parcel, and whom to call. `bazaar.courier_desk` judges it."""

    company = StringField(
        _l("Kurir"),
        filters=[one_line],
        description=_l("Nama perusahaannya, misalnya Wahana; berlaku untuk semua layanannya."),
    )
    tracking_url = StringField(
        _l("Halaman lacak"),
        filters=[one_line],
        description=_l(
            "Dimulai dengan https://. Tulis {resi} di tempat nomor resi bila situsnya menerima; "
            "tanpa itu pembeli menyalin nomornya."
        ),
    )
    phone = StringField(
        _l("Telepon layanan"), filters=[one_line], description=_l("Misalnya 1500 123.")
    )

    @property
    def labels(self) -> dict[str, str]:
        """The label of each field by its name, for the summary of what is wrong."""
        return {field.name: str(field.label.text) for field in self}

    def wish(self) -> tuple[str, str]:
        """The address and the telephone number as they were typed."""
        return self.tracking_url.data or "", self.phone.data or ""

    def blame(self, faults: dict[str, BazaarError]) -> None:
        """Show the sentence of each fault at its field."""
        for name, fault in faults.items():
            self[name].errors = [sentence(fault)]
