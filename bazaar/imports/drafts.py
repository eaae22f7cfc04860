"""Uploads that wait for review: the lists as they were read, kept as JSON."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import ImportDraft
from bazaar.rules.sheets import Row, Sheet

KEPT: Final = timedelta(days=30)
"""Lists hold telephone numbers; uploads older than this go with the next one."""

SELLERS_AND_PRODUCTS: Final = ("sellers", "products", "both")


class NoSuchDraft(NotFound):
    """There is no such upload."""

    text = N_("Unggahan ini tidak ditemukan.")


@dataclass(frozen=True, slots=True)
class Draft:
    """An upload: its row, and its lists by kind (`sellers`, `products`)."""

    row: ImportDraft
    sheets: Mapping[str, Sheet]


def make(
    sheets: Sequence[Sheet], file_names: Sequence[str], *, actor: Actor, now: datetime
) -> Draft:
    """Keep what was read for review. Sellers and products stay as they are."""
    db.session.execute(sa.delete(ImportDraft).where(ImportDraft.made_at < now - KEPT))
    names = ["".join(filter(str.isprintable, name))[-90:] for name in file_names]
    row = ImportDraft(
        kind="both" if len(sheets) > 1 else sheets[0].kind,
        file_name=", ".join(names)[:200],
        rows={"sheets": [_packed(sheet) for sheet in sheets]},
        made_by=actor.name,
        made_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.note(
        actor,
        "import.upload",
        f"import:{row.id}",
        now=now,
        rows={sheet.kind: len(sheet.rows) for sheet in sheets},
    )
    return Draft(row, {sheet.kind: sheet for sheet in sheets})


def get(draft_id: int, kinds: Collection[str] = SELLERS_AND_PRODUCTS) -> Draft:
    """Return the upload of one of these kinds. Raises NoSuchDraft."""
    row = db.session.get(ImportDraft, draft_id)
    if row is None or row.kind not in kinds:
        raise NoSuchDraft
    sheets = [_unpacked(packed) for packed in row.rows["sheets"]]
    return Draft(row, {sheet.kind: sheet for sheet in sheets})


def latest(limit: int = 5, kinds: Collection[str] = SELLERS_AND_PRODUCTS) -> Sequence[ImportDraft]:
    """Return the last uploads of these kinds, newest first, without their rows."""
    query = (
        sa.select(ImportDraft)
        .where(ImportDraft.kind.in_(kinds))
        .order_by(ImportDraft.id.desc())
        .limit(limit)
    )
    return db.session.scalars(
        query.options(sa.orm.defer(ImportDraft.rows))  # megabytes that nobody asks for
    ).all()


def _packed(sheet: Sheet) -> dict[str, Any]:
    return {
        "kind": sheet.kind,
        "columns": list(sheet.columns),
        "ignored": list(sheet.ignored),
        "rows": [[row.number, dict(row.cells), dict(row.spoilt)] for row in sheet.rows],
    }


def _unpacked(packed: dict[str, Any]) -> Sheet:
    rows = tuple(Row(number, cells, spoilt) for number, cells, spoilt in packed["rows"])
    return Sheet(packed["kind"], tuple(packed["columns"]), tuple(packed["ignored"]), rows)
