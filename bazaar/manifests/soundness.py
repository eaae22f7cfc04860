"""What must agree about manifests; `bazaar.inspection` runs these checks.

Each gives (check, subject, expected, found) for what does not.
"""

from collections.abc import Callable, Iterator
from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.manifests.rows import digest_of
from bazaar.models import AuditEntry, Manifest, ManifestLine, ManifestStatus, Parcel
from bazaar.rules.parcel_states import HERE

Told = tuple[str, str, object, object]
AT_ONCE: Final = 100


def _rows_are_those_written_down() -> Iterator[Told]:
    """The rows of a list that was locked still have the digest printed under every sheet."""
    query = sa.select(Manifest.number, Manifest.rows, Manifest.digest).where(
        Manifest.locked_at.is_not(None)
    )
    for number, rows, digest in db.session.execute(query).yield_per(AT_ONCE):
        found = digest_of(number, rows)
        if found != digest:
            yield "manifest rows", f"manifest {number}", digest, found


def _digests_are_those_in_the_trail() -> Iterator[Told]:
    """Whoever changed rows and digest together did not lock the list."""
    locked: dict[str, str] = {}
    entries = sa.select(AuditEntry.subject, AuditEntry.facts).where(
        AuditEntry.action == "manifest.lock"
    )
    for subject, facts in db.session.execute(entries).yield_per(AT_ONCE):
        locked[subject.removeprefix("manifest:")] = facts.get("digest", "")
    query = sa.select(Manifest.number, Manifest.digest).where(Manifest.locked_at.is_not(None))
    for number, digest in db.session.execute(query):
        if locked.get(number) != digest:
            yield "manifest digest", f"manifest {number}", locked.get(number), digest


def _signed_lists_count_what_was_taken() -> Iterator[Told]:
    taken = (
        sa.select(sa.func.count())
        .where(ManifestLine.manifest_id == Manifest.id, ~ManifestLine.void)
        .correlate(Manifest)
        .scalar_subquery()
    )
    query = sa.select(Manifest.number, Manifest.received_count, taken).where(
        Manifest.status == ManifestStatus.SIGNED, Manifest.received_count != taken
    )
    for number, received, found in db.session.execute(query):
        yield "manifest count", f"manifest {number}", received, found


def _what_was_signed_for_has_left() -> Iterator[Told]:
    query = (
        sa.select(Parcel.code, Manifest.number, Parcel.status)
        .join(ManifestLine, ManifestLine.parcel_id == Parcel.id)
        .join(Manifest, Manifest.id == ManifestLine.manifest_id)
        .where(
            Manifest.status == ManifestStatus.SIGNED, ~ManifestLine.void, Parcel.status.in_(HERE)
        )
    )
    for code, number, status in db.session.execute(query):
        yield "signed parcel", f"parcel {code}", f"left with {number}", status.value


CHECKS: tuple[Callable[[], Iterator[Told]], ...] = (
    _rows_are_those_written_down,
    _digests_are_those_in_the_trail,
    _signed_lists_count_what_was_taken,
    _what_was_signed_for_has_left,
)
