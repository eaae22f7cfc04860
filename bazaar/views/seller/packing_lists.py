"""The seller's packing list to take away, as CSV and XLSX."""

from flask import Response

from bazaar import reports, sellers, times
from bazaar.web.downloads import list_file
from bazaar.web.formats import current_edition


def own(token: str, ext: str) -> Response:
    seller = sellers.get_by_link(token)
    edition = current_edition()
    table = reports.packing_list(
        reports.to_pack(seller_id=seller.id), edition.zone if edition else times.WIB
    )
    return list_file(table, f"daftar-kemas-{seller.slug}", ext, by=f"seller:{seller.id}")
