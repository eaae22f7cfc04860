"""The committee's notes on courier companies: which page tells of a parcel, whom to call.

`bazaar.courier_pages` reads them. A row replaces what `rules.couriers` knows of the company as a
whole; taking the row away brings that back. A company is named as `couriers.company` says, so it
has one row however people write it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.courier_pages import NUMBER, Page, find_all
from bazaar.db import claim, db, insert_once
from bazaar.editions.channels import is_https
from bazaar.errors import N_, BazaarError, Conflict, Invalid, NotFound
from bazaar.models import CourierPage
from bazaar.rules import couriers

MAX_COMPANY: Final = 40
MAX_URL: Final = 200
_PHONE: Final = re.compile(r"\+?[0-9(][0-9 ().-]{2,18}")
_DIGITS: Final = range(4, 16)


class NoSuchPage(NotFound):
    """Nothing was written down about this company, or not any more."""

    text = N_("Kurir ini tidak ada dalam daftar, mungkin sudah dihapus.")


@dataclass(eq=False)
class PageExists(Conflict):
    """Something is written down about the company already."""

    company: str
    text = N_("{company} sudah ada dalam daftar. Ubah yang itu.")


class CompanyMissing(Invalid):
    """The name is empty, too long or of signs only."""

    text = N_("Isi nama kurir, paling banyak 40 huruf.")


@dataclass(eq=False)
class NoCompany(Invalid):
    """The name is of a way without a courier."""

    company: str
    text = N_("{company} tidak memakai kurir, jadi tidak punya halaman lacak.")


class NotHttps(Invalid):
    """The address is no complete https address."""

    text = N_("Tulis alamat lengkap yang dimulai dengan https://, tanpa spasi.")


class AddressTooLong(Invalid):
    """The address is longer than a row holds."""

    text = N_("Alamatnya terlalu panjang, paling banyak 200 huruf.")


class OddPlaceholder(Invalid):
    """Something in braces that is not the number, or the number twice, or in the site's name."""

    text = N_("Tempat nomor resi ditulis {{resi}}, satu kali, setelah nama situs.")


class OddPhone(Invalid):
    """Nobody can dial this."""

    text = N_("Isi nomor telepon, misalnya 1500 123 atau (021) 2927 8888.")


class NothingKnown(Invalid):
    """Neither page nor telephone of a company that is not known otherwise."""

    text = N_("Isi alamat halaman atau telepon, paling tidak salah satu.")


@dataclass(frozen=True, slots=True)
class Known:
    """A company on the list. `name` is how people write it; `own`: the committee wrote it down."""

    name: str
    page: Page
    own: bool


def listed(in_use: Iterable[str]) -> list[Known]:
    """Return the companies known here, written down, or in use under these names; by name.

    Ways without a courier are left out. Two questions, however many companies.
    """
    names = {couriers.company(name): name for name in in_use if couriers.gives_number(name)}
    names |= {known.name: known.name for known in couriers.COURIERS if known.gives_number}
    own = set(db.session.scalars(sa.select(CourierPage.company)))
    names = {company: company for company in own} | names
    pages = find_all(names)
    found = [
        Known(name, pages[company], company in own) for company, name in names.items() if company
    ]
    return sorted(found, key=lambda known: known.name.casefold())


def get_known(company: str, in_use: Iterable[str]) -> Known:
    """Return what is known of a company of the list. Raises NoSuchPage."""
    for known in listed(in_use):
        if known.page.company == company:
            return known
    raise NoSuchPage


def faults(company: str, tracking_url: str, phone: str) -> dict[str, BazaarError]:
    """Return what is wrong, by field; the first fault of each. The texts are as they were typed."""
    found: dict[str, BazaarError] = {}
    if fault := _fault_of_company(company):
        found["company"] = fault
    if fault := _fault_of_address(tracking_url):
        found["tracking_url"] = fault
    if phone and not _is_phone(phone):
        found["phone"] = OddPhone()
    if not found and not (tracking_url or phone or couriers.find(company)):
        found["tracking_url"] = NothingKnown()
    return found


def add(company: str, tracking_url: str, phone: str, *, actor: Actor, now: datetime) -> str:
    """Write down a company that nothing is written down about; return its name as stored.

    Raises what `faults` finds, and PageExists, also for the later of two at once.
    """
    _require(company, tracking_url, phone)
    key = couriers.company(company)
    values = {"tracking_url": tracking_url, "phone": phone}
    if not insert_once(CourierPage, company=key, **values):
        raise PageExists(key)
    audit.note(actor, "courier_page.add", _subject(key), now=now, **values)
    return key


def change(company: str, tracking_url: str, phone: str, *, actor: Actor, now: datetime) -> None:
    """Write down something else about a company; what is only known by default becomes a row.

    Raises what `faults` finds, and NoSuchPage if the company is neither known nor written down.
    """
    _require(company, tracking_url, phone)
    values = {"tracking_url": tracking_url, "phone": phone}
    row = _row(company)
    if row is None:
        add(company, tracking_url, phone, actor=actor, now=now)
        return
    before = {"tracking_url": row.tracking_url, "phone": row.phone}
    if before == values:
        return
    if not claim(sa.update(CourierPage).where(CourierPage.id == row.id).values(**values)):
        raise NoSuchPage
    db.session.refresh(row)
    audit.note(actor, "courier_page.change", _subject(company), now=now, before=before, **values)


def remove(company: str, *, actor: Actor, now: datetime) -> None:
    """Take away what was written down. Raises NoSuchPage, also for the later of two clicks."""
    row = _row(company)
    if row is None:
        raise NoSuchPage
    before = {"tracking_url": row.tracking_url, "phone": row.phone}
    gone = sa.delete(CourierPage).where(CourierPage.id == row.id).returning(CourierPage.id)
    if db.session.execute(gone).scalar() is None:
        raise NoSuchPage
    db.session.expunge(row)
    audit.note(actor, "courier_page.remove", _subject(company), now=now, **before)


def _row(company: str) -> CourierPage | None:
    return db.session.scalars(
        sa.select(CourierPage).where(CourierPage.company == company)
    ).one_or_none()


def _require(company: str, tracking_url: str, phone: str) -> None:
    for fault in faults(company, tracking_url, phone).values():
        raise fault


def _fault_of_company(company: str) -> BazaarError | None:
    key = couriers.company(company)
    if not key or len(company) > MAX_COMPANY or not company.isprintable():
        return CompanyMissing()
    return None if couriers.gives_number(company) else NoCompany(key)


def _fault_of_address(url: str) -> BazaarError | None:
    if not url:
        return None
    if len(url) > MAX_URL:
        return AddressTooLong()
    rest = url.replace(NUMBER, "0", 1)
    if set(rest) & set("{}") or NUMBER in url.partition("//")[2].partition("/")[0]:
        return OddPlaceholder()
    return None if rest.isascii() and is_https(rest) else NotHttps()


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and sum(c.isdigit() for c in text) in _DIGITS


def _subject(company: str) -> str:
    return f"courier:{company}"
