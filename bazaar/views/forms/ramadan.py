"""The form of a proposed Ramadan edition."""

from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired, Optional

from bazaar import times
from bazaar.editions.details import free_slug
from bazaar.editions.hours import Opening
from bazaar.editions.programmes import OPENINGS, RamadanWish
from bazaar.editions.ramadan import Ramadan
from bazaar.models import Edition
from bazaar.views.forms.editions import NamedForm
from bazaar.views.forms.hours import Clock, Day, WholeNumber


class RamadanForm(NamedForm):
    """Everything a Ramadan edition needs; an opening without both hours is left out."""

    year = HiddenField()
    first = Day(
        _l("Hari siaran pertama"),
        [InputRequired(_l("Pilih tanggal."))],
        description=_l("Usulan kalender; ubah bila pemerintah menetapkan sehari lain."),
    )
    days = WholeNumber(_l("Banyaknya hari"), [InputRequired(_l("Isi banyaknya hari."))])
    opens1 = Clock(_l("Buka"), [Optional()])
    closes1 = Clock(_l("Tutup"), [Optional()])
    weight1 = WholeNumber(_l("Bobot"), [Optional()], default=10)
    opens2 = Clock(_l("Buka"), [Optional()])
    closes2 = Clock(_l("Tutup"), [Optional()])
    weight2 = WholeNumber(_l("Bobot"), [Optional()], default=10)
    opens3 = Clock(_l("Buka"), [Optional()])
    closes3 = Clock(_l("Tutup"), [Optional()])
    weight3 = WholeNumber(_l("Bobot"), [Optional()], default=10)
    channels = WholeNumber(
        _l("Banyaknya saluran"), [InputRequired(_l("Isi banyaknya saluran."))], default=2
    )
    turn_minutes = WholeNumber(
        _l("Lama satu giliran"), [InputRequired(_l("Isi lama giliran."))], default=15
    )
    gap_minutes = WholeNumber(
        _l("Jeda pergantian"), [InputRequired(_l("Isi 0 bila tanpa jeda."))], default=2
    )

    @classmethod
    def about(cls, month: Ramadan, before: Edition | None) -> "RamadanForm":
        """Propose what the calendar says, and for the rest what the edition before had."""
        fields: dict[str, Any] = {
            "year": str(month.year),
            "name": f"Pasar Virtual Ramadan {month.year} H",
            "slug": free_slug(f"ramadan-{month.year}"),
            "regency_code": before.regency_code if before else "35.09",
            "zone_name": before.zone_name if before else times.WIB.key,
            "first": month.first,
            "days": month.days,
            "channels": len(before.channels) or 2 if before else 2,
        }
        for number, opening in enumerate(OPENINGS, start=1):
            fields |= {
                f"opens{number}": opening.opens,
                f"closes{number}": opening.closes,
                f"weight{number}": opening.weight,
            }
        return cls(**fields)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for the other hour where only one is given."""
        good = super().validate(extra_validators)
        for number in (1, 2, 3):
            opens, closes = self[f"opens{number}"], self[f"closes{number}"]
            if (opens.data is None) is not (closes.data is None) and not {
                *opens.errors,
                *closes.errors,
            }:
                lacking = opens if opens.data is None else closes
                lacking.errors = [_("Isi jam buka dan jam tutup, atau kosongkan keduanya.")]
                good = False
        return good

    def openings(self) -> list[tuple[int, Opening]]:
        """Return the openings that have both hours, with the number of their row."""
        rows = (
            (n, *(self[f"{name}{n}"].data for name in ("opens", "closes", "weight")))
            for n in (1, 2, 3)
        )
        return [
            (number, Opening(opens, closes, weight if weight is not None else 10))
            for number, opens, closes, weight in rows
            if isinstance(opens, time) and isinstance(closes, time)
        ]

    def wish(self) -> RamadanWish:
        year = self.year.data or ""
        return RamadanWish(
            year=int(year) if year.isdecimal() and len(year) == 4 else 0,
            name=self.name.data or "",
            slug=self.slug.data or "",
            first=self.first.data or date.min,
            days=self.days.data or 0,
            openings=[opening for _number, opening in self.openings()],
            channels=self.channels.data or 0,
            zone_name=self.zone_name.data or "",
            regency_code=self.regency_code.data or "",
            turn_minutes=self.turn_minutes.data or 0,
            gap_minutes=self.gap_minutes.data or 0,
        )
