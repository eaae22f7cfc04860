"""What is to be paid, as a list for the bank."""

from collections.abc import Iterator, Sequence
from typing import Final

from bazaar.reports.workbooks import Cell, Table
from bazaar.settlement.finding import Transfer

COLUMNS: Final = ("bank", "nomor_rekening", "atas_nama", "jumlah_rp", "berita", "kode_umkm", "umkm")


def transfer_list(found: Sequence[Transfer]) -> Table:
    """Return a row a transfer, for sellers whose bank account is known."""
    return Table("Transfer ke UMKM", COLUMNS, _rows(found), {"atas_nama": 32, "umkm": 32})


def _rows(found: Sequence[Transfer]) -> Iterator[Sequence[Cell]]:
    for transfer in found:
        if (account := transfer.account) is not None:
            yield (
                account.bank,
                account.number,
                account.merchant_name,
                transfer.statement.due_idr,
                transfer.reference,
                transfer.seller.code,
                transfer.seller.name,
            )
