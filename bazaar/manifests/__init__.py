"""Manifests (berita acara serah terima): the list that a courier signs for at one pick-up.

Open, parcels come on and off (`scanning`); locked, its rows are written down under one digest;
signed, all its parcels are handed over in one transaction (`signing`); before that it can be made
void. A parcel is on one live manifest at most, which a unique index holds.
"""

from bazaar.manifests.finding import (
    LINK_LASTS,
    MOST,
    Waiting,
    candidates,
    faults,
    get,
    get_by_link,
    listed,
    name_of,
    of_parcels,
    parcels_of,
    waiting,
)
from bazaar.manifests.making import link_of, lock, make, renew_link, void
from bazaar.manifests.refusals import (
    EmptyManifest,
    LinkEnded,
    ManifestClosed,
    ManifestVoid,
    NoSignature,
    NoSuchManifest,
    NotLocked,
    ParcelStopped,
    SignedAlready,
    WrongCount,
    WrongPicture,
    WrongSigner,
)
from bazaar.manifests.rows import (
    Row,
    Totals,
    digest_of,
    masked,
    place_of,
    rows_of,
    totals_of,
    written_down,
)
from bazaar.manifests.scanning import Answer, Scanned, scan, scan_each, take_off
from bazaar.manifests.signing import (
    Signing,
    data_address,
    read_picture,
    read_sheet,
    sign,
)

__all__ = [
    "LINK_LASTS",
    "MOST",
    "Answer",
    "EmptyManifest",
    "LinkEnded",
    "ManifestClosed",
    "ManifestVoid",
    "NoSignature",
    "NoSuchManifest",
    "NotLocked",
    "ParcelStopped",
    "Row",
    "Scanned",
    "SignedAlready",
    "Signing",
    "Totals",
    "Waiting",
    "WrongCount",
    "WrongPicture",
    "WrongSigner",
    "candidates",
    "data_address",
    "digest_of",
    "faults",
    "get",
    "get_by_link",
    "link_of",
    "listed",
    "lock",
    "make",
    "masked",
    "name_of",
    "of_parcels",
    "parcels_of",
    "place_of",
    "read_picture",
    "read_sheet",
    "renew_link",
    "rows_of",
    "scan",
    "scan_each",
    "sign",
    "take_off",
    "totals_of",
    "void",
    "waiting",
    "written_down",
]
