"""Why a statement file, or one line of it, is not taken: a sentence each."""

from typing import Final

from bazaar.errors import N_
from bazaar.rules.sheets import Fault

TOO_BIG: Final = Fault(
    N_("Berkas lebih besar dari 5 MB. Unduh mutasi untuk masa yang lebih pendek.")
)
TOO_LONG: Final = Fault(
    N_("Mutasi berisi lebih dari 20.000 baris. Unduh untuk masa yang lebih pendek.")
)
EMPTY: Final = Fault(N_("Berkas ini kosong."))
NO_LINES: Final = Fault(N_("Di bawah judul kolom belum ada satu pun mutasi."))
NOT_A_STATEMENT: Final = Fault(
    N_("Ini bukan berkas CSV atau XLSX. Unduh mutasi rekening sebagai salah satunya.")
)
OLD_EXCEL: Final = Fault(
    N_("Ini berkas Excel lama (.xls) atau bersandi. Unduh mutasinya sebagai CSV.")
)
BROKEN: Final = Fault(
    N_("Berkas XLSX ini rusak. Buka di Excel atau LibreOffice, simpan ulang, lalu coba lagi.")
)
NO_TABLE: Final = Fault(N_("Di berkas ini tidak ada tabel: baris judul kolom tidak ditemukan."))
OTHER_COLUMNS: Final = N_("Kolom ini tidak ada di berkas: {columns}. Apakah bentuknya berubah?")
QUOTES: Final = N_("Tanda petik di baris {row} tidak ditutup. Unduh ulang mutasinya.")
BOTH_KINDS: Final = N_(
    "Angka ditulis dengan dua cara: “{english}” (baris {english_row}) dan “{indonesian}” "
    "(baris {indonesian_row}). Tidak jelas mana ribuan dan mana sen, jadi tidak ada yang dibaca."
)
SEVERAL_ACCOUNTS: Final = N_(
    "Berkas memuat beberapa rekening: {accounts}. Unduh mutasi satu rekening saja."
)

NO_DAY: Final = N_("Tanggalnya kosong.")
BAD_DAY: Final = N_("“{value}” bukan tanggal.")
NO_YEAR: Final = N_("“{value}” tanpa tahun, dan masa mutasi di atas tabel tidak memuatnya.")
BAD_TIME: Final = N_("“{value}” bukan jam.")
BAD_AMOUNT: Final = N_("“{value}” bukan jumlah uang.")
NO_AMOUNT: Final = N_("Tidak ada jumlah uangnya.")
TWO_AMOUNTS: Final = N_("Debit dan kredit terisi dua-duanya.")
NO_SIDE: Final = N_("Tidak jelas apakah uang masuk atau keluar (“{value}”).")
EXTRA_CELLS: Final = N_(
    "Baris ini punya lebih banyak kolom daripada judulnya. Mungkin ada koma di dalam angkanya."
)
OTHER_CURRENCY: Final = N_("Mata uangnya {value}, bukan rupiah.")
BELOW_FOOTER: Final = N_("Baris ini ada di bawah penutup mutasi (“{value}”), jadi tidak dibaca.")

NOT_SUCCESSFUL: Final = N_("Statusnya “{value}”: uang ini tidak masuk.")
REPEATED: Final = N_("Nomor transaksi {value} sudah ada di baris {row}.")
