"""Waybill numbers and couriers' names as they are stored, and each number for one parcel only."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Parcel
from bazaar.rules import couriers
from bazaar.shipments.refusals import ResiTaken, WrongCourier, WrongResi

RESI_LENGTHS: Final = range(6, 31)


def read_resi(text: str) -> str:
    """Return a waybill number as it is stored: capitals and digits only. Raises WrongResi."""
    number = compact(text)
    if len(number) not in RESI_LENGTHS:
        raise WrongResi
    return number


def read_courier(text: str) -> str:
    """Return a courier's name as it is stored: without blanks to spare. Raises WrongCourier."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise WrongCourier
    return name


def compact(text: str) -> str:
    """Return the capitals and digits of a text."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", text).upper())


def number_for(courier: str, resi: str) -> str:
    """Return the number as it is stored; empty only where the courier gives none."""
    return read_resi(resi) if resi.strip() or couriers.gives_number(courier) else ""


def holder(parcel: Parcel, courier: str, number: str) -> str | None:
    """Return the code of another parcel that has this number of the same company, or None."""
    holders = sa.select(Parcel.code, Parcel.courier).where(
        Parcel.resi == number, Parcel.id != parcel.id
    )
    for code, other in db.session.execute(holders):
        if couriers.company(other) == couriers.company(courier):
            return code
    return None


@contextmanager
def taken_once(parcel: Parcel, courier: str, resi: str) -> Iterator[None]:
    """Refuse a number that is another parcel's, also one given at the same moment (ResiTaken)."""
    if resi:
        _require_free(parcel, courier, resi)
    try:
        with db.session.begin_nested():
            yield
    except sa.exc.IntegrityError:
        if resi:
            _require_free(parcel, courier, resi)
        raise


def _require_free(parcel: Parcel, courier: str, number: str) -> None:
    other = holder(parcel, courier, number)
    if other is not None:
        raise ResiTaken(number, other)
