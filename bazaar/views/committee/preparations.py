"""What a new committee has to do before the bazaar opens, in order, and where."""

from typing import NamedTuple

from flask import g, url_for
from flask_babel import gettext as _

from bazaar import rates, rotation, sellers
from bazaar.models import Edition, Role


class Step(NamedTuple):
    """One thing to do. `url`: where it is done."""

    done: bool
    label: str
    url: str


def steps(edition: Edition) -> list[Step]:
    """Return all steps; none when nothing is left to do, or for who does not prepare an edition."""
    if not g.person.roles & {Role.HOST, Role.ADMIN}:
        return []
    found = [
        Step(
            bool(edition.channels),
            _("Tambah saluran (Zoom dan YouTube)"),
            url_for("committee.editions.show", _anchor="saluran"),
        ),
        Step(
            bool(edition.show_days),
            _("Tambah hari dan jam siaran"),
            url_for("committee.editions.show", _anchor="hari"),
        ),
        Step(
            bool(sellers.participants(edition)),
            _("Masukkan UMKM peserta"),
            url_for("committee.sellers.index"),
        ),
        Step(
            bool(rates.couriers_in_use()), _("Isi tabel ongkir"), url_for("committee.rates.index")
        ),
        Step(
            rotation.find_current_release(edition) is not None,
            _("Susun dan terbitkan jadwal"),
            url_for("committee.rotation.plan"),
        ),
    ]
    return [] if all(step.done for step in found) else found
