"""`flask audit` looks at manifests: rows, digests, counts, and whether parcels have left."""

import pytest
import sqlalchemy as sa

from bazaar import inspection, manifests, shipments, times
from bazaar.db import db
from bazaar.manifests import Signing
from bazaar.manifests.rows import digest_of
from bazaar.models import Manifest, ParcelStatus
from bazaar.web import services
from tests.builders import HOST, a_parcel


def found():
    db.session.flush()
    told = [one for one in inspection.differences() if "manifest" in one.check + one.subject]
    signed = [one for one in inspection.differences() if one.check == "signed parcel"]
    return {one.check for one in [*told, *signed]}


@pytest.fixture
def signed(app, now):
    """A list of two parcels, one of which the courier did not take."""
    day = times.day_of(now, times.WIB)
    manifest = manifests.make("JNE", day, links=services().links, actor=HOST, now=now)
    parcels = [a_parcel() for _ in range(2)]
    for parcel in parcels:
        shipments.pack(parcel, actor=HOST, now=now)
        manifests.scan(manifest, parcel.code, actor=HOST, now=now)
    manifests.lock(manifests.get(manifest.number), actor=HOST, now=now)
    missing = frozenset({parcels[1].code})
    said = Signing("Budi", "0812000", received=1, missing=missing, remark="penuh", accepted=True)
    manifests.sign(manifests.get(manifest.number), said, actor=HOST, now=now)
    return manifests.get(manifest.number)


def test_a_signed_list_is_sound(signed):
    assert found() == set()


def test_rows_that_were_changed_are_told(signed):
    rows = {"rows": [dict(row) for row in signed.rows["rows"]]}
    rows["rows"][0]["recipient"] = "Orang Lain"
    signed.rows = rows
    assert found() == {"manifest rows"}
    signed.digest = digest_of(signed.number, rows)
    assert found() == {"manifest digest"}


def test_a_count_that_does_not_fit_is_told(signed):
    db.session.execute(sa.update(Manifest).values(received_count=2))
    assert found() == {"manifest count"}


def test_a_signed_parcel_that_is_still_here_is_told(signed):
    parcel = next(line.parcel for line in signed.lines if not line.void)
    parcel.status = ParcelStatus.PACKED
    assert "signed parcel" in found()
