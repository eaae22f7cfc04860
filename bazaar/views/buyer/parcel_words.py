"""What buyers read about a parcel."""

from flask_babel import lazy_gettext as _l

from bazaar.models import ParcelStatus

STATES = {
    ParcelStatus.DRAFT: _l("Menunggu dikemas"),
    ParcelStatus.PACKED: _l("Sudah dikemas"),
    ParcelStatus.BOOKED: _l("Menunggu diambil kurir"),
    ParcelStatus.HANDED_OVER: _l("Diserahkan ke kurir"),
    ParcelStatus.IN_TRANSIT: _l("Dalam perjalanan"),
    ParcelStatus.OUT_FOR_DELIVERY: _l("Sedang diantar"),
    ParcelStatus.DELIVERED: _l("Diterima"),
    ParcelStatus.EXCEPTION: _l("Ada kendala pengiriman"),
    ParcelStatus.RETURNING: _l("Dikembalikan ke penjual"),
    ParcelStatus.RETURNED: _l("Sudah kembali ke penjual"),
    ParcelStatus.LOST: _l("Hilang, sedang diurus"),
    ParcelStatus.DESTROYED: _l("Tidak dapat dikirim"),
    ParcelStatus.CANCELLED: _l("Dibatalkan"),
}

NEXT = {
    ParcelStatus.DRAFT: _l("Penjual menyiapkan barang Anda."),
    ParcelStatus.PACKED: _l(
        "Penjual sudah mengemas. Nomor resi muncul di sini begitu paket dipegang kurir."
    ),
    ParcelStatus.BOOKED: _l("Kurir sudah dipesan dan akan mengambil paket dari penjual."),
    ParcelStatus.HANDED_OVER: _l("Kurir membawa paket ini ke daerah Anda."),
    ParcelStatus.IN_TRANSIT: _l("Kurir membawa paket ini ke daerah Anda."),
    ParcelStatus.OUT_FOR_DELIVERY: _l("Kurir menuju alamat Anda. Mohon ada orang di rumah."),
    ParcelStatus.DELIVERED: _l("Semoga cocok. Ada yang tidak beres? Laporkan di bawah."),
    ParcelStatus.EXCEPTION: _l("Panitia sedang menanyakannya ke kurir."),
    ParcelStatus.RETURNING: _l("Panitia menghubungi Anda tentang kelanjutannya."),
    ParcelStatus.RETURNED: _l(
        "Panitia menghubungi Anda: barang dikirim ulang, atau uang dikembalikan."
    ),
    ParcelStatus.LOST: _l(
        "Panitia mengurusnya ke kurir: barang dikirim ulang, atau uang dikembalikan."
    ),
    ParcelStatus.DESTROYED: _l(
        "Panitia menghubungi Anda: barang dikirim ulang, atau uang dikembalikan."
    ),
    ParcelStatus.CANCELLED: _l("Paket ini tidak dikirim."),
}
"""What comes next, or what the buyer can do."""

FETCHED = {ParcelStatus.HANDED_OVER: _l("Sudah diambil")}
FETCHED_NEXT = {
    ParcelStatus.PACKED: _l(
        "Siap diambil. Penjual memberi tahu tempat dan waktunya ke nomor Anda; sebutkan kode "
        "pesanan."
    ),
    ParcelStatus.HANDED_OVER: NEXT[ParcelStatus.DELIVERED],
}
"""Of parcels that the buyer fetches, where that is something else."""

TROUBLES = {
    "nobody_home": _l("Tidak ada orang di rumah."),
    "refused": _l("Paket ditolak di alamat tujuan."),
    "wrong_address": _l("Alamat tidak ditemukan kurir."),
    "damaged": _l("Paket rusak di jalan."),
    "delayed": _l("Paket tertahan di kurir."),
    "on_hold": _l("Paket tertahan di kurir."),
}
"""What keeps a parcel, as far as its word is known."""
