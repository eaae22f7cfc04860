"""Couriers' own pages for waybill numbers: what the committee wrote down, else what is known.

A row of the committee's wins as a whole, also with an empty address: then there is no page. What
such pages take as a parameter is documented nowhere, so most addresses have none and the number
is copied by hand.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import CourierPage
from bazaar.rules import couriers

NUMBER: Final = "{resi}"
"""Where an address takes the waybill number, if it does."""


@dataclass(frozen=True, slots=True)
class Page:
    """How a company can be asked about a parcel; empty texts are not known."""

    company: str
    tracking_url: str = ""
    phone: str = ""

    @property
    def takes_number(self) -> bool:
        """Whether the address opens at the parcel, so that nothing is to be copied."""
        return NUMBER in self.tracking_url


def find(courier: str) -> Page:
    """Return what is known of the company of `courier`, a name as people write it (`JNE REG`)."""
    return find_all([courier])[courier]


def find_all(names: Iterable[str]) -> dict[str, Page]:
    """Return what is known of these couriers' companies, by the name given, with one question."""
    companies = {name: couriers.company(name) for name in names}
    rows = {row.company: row for row in db.session.scalars(sa.select(CourierPage))}
    return {name: _page(company, _row_of(company, rows)) for name, company in companies.items()}


def link(page: Page, resi: str) -> str:
    """Return the address to open for this parcel, empty if there is none.

    Only https; a page that takes the number gets it, and is none before there is a number.
    """
    if not page.tracking_url.startswith("https://") or (page.takes_number and not resi):
        return ""
    return page.tracking_url.replace(NUMBER, quote(resi, safe=""))


def _row_of(company: str, rows: Mapping[str, CourierPage]) -> CourierPage | None:
    """Return the company's row; a service of an unknown one (`WAHANADENO`) has the one it begins with."""
    begins = [known for known in rows if company.startswith(known)]
    if couriers.find(company) or not begins:
        return rows.get(company)
    return rows[max(begins, key=len)]


def _page(company: str, row: CourierPage | None) -> Page:
    if row is not None:
        return Page(company, row.tracking_url, row.phone)
    known = couriers.find(company)
    return Page(company, known.tracking_page if known else "")
