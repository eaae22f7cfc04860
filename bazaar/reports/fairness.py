"""The fairness ledger as a sheet."""

from typing import Final

import sqlalchemy as sa

from bazaar.db import db
from bazaar.models import Release, Share
from bazaar.reports.sheets import written
from bazaar.rotation import ledger

COLUMNS: Final = (
    "urutan_undian",
    "kode_umkm",
    "umkm",
    "klaster",
    "giliran",
    "putaran",
    "jam_ramai",
    "bawaan",
    "bagian_adil",
    "persen_dari_bagian",
)


def share_sheet(release: Release) -> str:
    """Return one row a seller in the order of the draw: what the page of the ledger shows."""
    return written(
        COLUMNS,
        (
            (
                share.place,
                share.seller.code,
                share.seller.name,
                share.seller.cluster,
                share.turns,
                share.rounds,
                share.prime,
                share.carry,
                share.share,
                "" if (part := ledger.part_of(share)) is None else part,
            )
            for share in db.session.scalars(_rows(release))
        ),
    )


def _rows(release: Release) -> sa.Select[Share]:
    return ledger.rows(release)
