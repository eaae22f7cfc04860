"""Lists in pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request

from bazaar.db import db

PER_PAGE = 50
LAST_PAGE = 10_000

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a long list. `page` counts from 1."""

    items: Sequence[Item]
    page: int
    pages: int
    total: int

    @property
    def prev_num(self) -> int | None:
        """The page before, if any."""
        return self.page - 1 if self.page > 1 else None

    @property
    def next_num(self) -> int | None:
        """The page after, if any."""
        return self.page + 1 if self.page < self.pages else None


def page_of(query: sa.Select[Any], *, per_page: int = PER_PAGE) -> Page[Any]:
    """Return the page of `query` that the request asks for with `?page=`; odd numbers give 1."""
    total = count_of(query)
    number, pages = _asked(total, per_page)
    rows = db.session.scalars(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, number, pages, total)


def count_of(query: sa.Select[Any]) -> int:
    """Return how many rows `query` finds."""
    rows = query.order_by(None).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def page_among(items: Sequence[Item], *, per_page: int = PER_PAGE) -> Page[Item]:
    """Return the page of a list at hand that the request asks for, as `page_of` does."""
    number, pages = _asked(len(items), per_page)
    start = (number - 1) * per_page
    return Page(items[start : start + per_page], number, pages, len(items))


def _asked(total: int, per_page: int) -> tuple[int, int]:
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    pages = max(1, -(-total // per_page))
    return min(max(number, 1), pages, LAST_PAGE), pages
