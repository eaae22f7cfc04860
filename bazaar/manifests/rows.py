"""The rows of a manifest: of today while it is open, as they were written down once it is locked."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from bazaar import shipments
from bazaar.models import Checkout, Manifest, ManifestLine, ManifestStatus, Parcel

HOME: Final = "ID"
_DISTRICT: Final = re.compile(r"(?:Kec|Kecamatan|Distrik)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """A parcel as the list says it; one row is one box (koli)."""

    parcel: str
    resi: str
    recipient: str
    place: str
    courier: str
    weight_g: int
    fragile: bool
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """What is to be carried: without the rows that the courier did not get."""

    koli: int
    weight_g: int


def rows_of(manifest: Manifest) -> list[Row]:
    """Return the rows in the order of scanning; lines with parcels must be loaded (`get`)."""
    if not manifest.rows:
        return rows_now(manifest)
    missing = {line.parcel.code for line in manifest.lines if line.missing}
    return [Row(**row, missing=row["parcel"] in missing) for row in manifest.rows["rows"]]


def rows_now(manifest: Manifest) -> list[Row]:
    """Return the rows as parcels are today."""
    lines = live_lines(manifest)
    weights = shipments.weight_of([line.parcel for line in lines])
    return [_row(line.parcel, weights[line.parcel_id]) for line in lines]


def live_lines(manifest: Manifest) -> list[ManifestLine]:
    """Return the lines that count; those of a void manifest were the last that did."""
    return [line for line in manifest.lines if not line.void]


def totals_of(rows: Sequence[Row]) -> Totals:
    """Return boxes and grams of the rows that are there."""
    there = [row for row in rows if not row.missing]
    return Totals(len(there), sum(row.weight_g for row in there))


def written_down(rows: Sequence[Row]) -> dict[str, Any]:
    """Return the rows as a locked manifest keeps them."""
    kept = [asdict(row) for row in rows]
    for row in kept:
        del row["missing"]
    return {"rows": kept}


def digest_of(number: str, rows: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest's rows as written down; it stands under the printed list."""
    said = json.dumps({"number": number, **rows}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def is_open(manifest: Manifest) -> bool:
    """Return whether parcels come on and off."""
    return manifest.status is ManifestStatus.OPEN


def masked(name: str) -> str:
    """Return a name of which only the first letter of each word can be read: `S*** A***`."""
    return " ".join(f"{word[0]}***" for word in name.split())


def place_of(checkout: Checkout) -> str:
    """Return district and regency of the address, or the country's code abroad."""
    if checkout.country != HOME:
        return f"{checkout.area.split(',')[0].strip()}, {checkout.country}"
    parts = [part.strip() for part in checkout.area.split(",")]
    for place, part in enumerate(parts):
        if _DISTRICT.match(part):
            return ", ".join(parts[place : place + 2])
    return ", ".join(parts[1:3] if len(parts) > 2 else parts[:2])


def _row(parcel: Parcel, weight_g: int) -> Row:
    checkout = parcel.order.checkout
    return Row(
        parcel.code,
        parcel.resi,
        checkout.buyer_name,
        place_of(checkout),
        parcel.courier,
        weight_g,
        parcel.fragile,
    )
