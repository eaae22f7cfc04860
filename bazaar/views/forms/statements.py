"""What a person says the columns of a statement are."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from bazaar.rules.statements import ROLES, Header, Profile, by_hand

SEVERAL = frozenset({"text"})
"""What more than one column may be."""


@dataclass(frozen=True, slots=True)
class MappingForm:
    """What was chosen for each column, by its place. Use `profile` only if it is there."""

    roles: dict[int, str]
    profile: Profile | None
    errors: Mapping[str, str]


def read_mapping(header: Header, sent: Mapping[str, str]) -> MappingForm:
    """Read `column-<place>` of every column of the header."""
    roles: dict[int, str] = {}
    columns: dict[str, list[str]] = {}
    for place, name in enumerate(header.names):
        role = sent.get(f"column-{place}", "")
        if role in ROLES and name:
            roles[place] = role
            columns.setdefault(role, []).append(name)
    twice = [role for role, names in columns.items() if len(names) > 1 and role not in SEVERAL]
    errors: dict[str, str] = {}
    if twice:
        words = ", ".join(_(ROLES[role]) for role in twice)
        errors["columns"] = _("Pilih hanya satu kolom untuk: %(words)s.", words=words)
        return MappingForm(roles, None, errors)
    profile = by_hand(_("Kolom pilihan sendiri"), columns)
    if profile is None:
        errors["columns"] = _(
            "Paling sedikit pilih kolom tanggal, dan kolom uang masuk atau kolom jumlah."
        )
    return MappingForm(roles, profile, errors)


def roles_of(header: Header, profile: Profile) -> dict[int, str]:
    """Return what a profile takes each column of the header for, by its place."""
    roles: dict[int, str] = {}
    for role in ROLES:
        told = getattr(profile, role)
        for name in told if isinstance(told, tuple) else (told,):
            if name and name in header.names:
                roles[header.names.index(name)] = role
    return roles
