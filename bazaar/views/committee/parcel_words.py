"""What people call states, needs, acts and reasons of parcels."""

from flask_babel import lazy_gettext as _l

from bazaar.models import ParcelStatus
from bazaar.rules.parcel_states import ParcelAct
from bazaar.shipments.overview import Need

STATES = {
    ParcelStatus.DRAFT: _l("Perlu dikemas"),
    ParcelStatus.PACKED: _l("Sudah dikemas"),
    ParcelStatus.BOOKED: _l("Menunggu diambil kurir"),
    ParcelStatus.HANDED_OVER: _l("Diserahkan ke kurir"),
    ParcelStatus.IN_TRANSIT: _l("Dalam perjalanan"),
    ParcelStatus.OUT_FOR_DELIVERY: _l("Sedang diantar"),
    ParcelStatus.DELIVERED: _l("Diterima"),
    ParcelStatus.EXCEPTION: _l("Ada kendala"),
    ParcelStatus.RETURNING: _l("Dikirim balik"),
    ParcelStatus.RETURNED: _l("Kembali ke penjual"),
    ParcelStatus.LOST: _l("Hilang"),
    ParcelStatus.DESTROYED: _l("Rusak atau disita"),
    ParcelStatus.CANCELLED: _l("Dibatalkan"),
}

HAPPENED = STATES | {
    ParcelStatus.DRAFT: _l("Kemasan dibuka"),
    ParcelStatus.PACKED: _l("Dikemas"),
    ParcelStatus.BOOKED: _l("Kurir dipesan"),
    ParcelStatus.DELIVERED: _l("Diterima pembeli"),
}
"""The states as steps in a story."""

NEEDS = {
    Need.PROBLEM: _l("Laporan pembeli"),
    Need.REVIEW: _l("Perlu dicek"),
    Need.EXCEPTION: _l("Ada kendala"),
    Need.LOST: _l("Hilang, belum diputuskan"),
    Need.RETURNING: _l("Dikirim balik"),
    Need.RETURNED: _l("Kembali, belum diputuskan"),
    Need.SILENT: _l("Lama di kurir"),
    Need.LATE: _l("Terlambat"),
}

# The button, and what is asked for as the reason.
ACTS = {
    ParcelAct.UNBOOK: (_l("Kurir batal mengambil"), _l("Mengapa?")),
    ParcelAct.MOVE: (_l("Dalam perjalanan"), _l("Dari mana kabarnya?")),
    ParcelAct.BRING: (_l("Sedang diantar"), _l("Dari mana kabarnya?")),
    ParcelAct.RESUME: (_l("Kendala selesai"), _l("Bagaimana selesainya?")),
    ParcelAct.FAIL: (_l("Ada kendala"), _l("Apa yang terjadi?")),
    ParcelAct.RETURN: (_l("Sedang dikirim balik"), _l("Mengapa?")),
    ParcelAct.TAKE_BACK: (_l("Sudah kembali ke penjual"), _l("Siapa yang menerima, kapan?")),
    ParcelAct.LOSE: (_l("Hilang"), _l("Apa kata kurir?")),
    ParcelAct.DESTROY: (_l("Rusak atau disita"), _l("Apa kata kurir?")),
    ParcelAct.CORRECT: (_l("Ternyata belum diterima"), _l("Bagaimana ketahuan?")),
    ParcelAct.CANCEL: (_l("Batalkan paket"), _l("Mengapa?")),
}

TROUBLES = {
    "nobody_home": _l("Rumah kosong"),
    "refused": _l("Ditolak penerima"),
    "wrong_address": _l("Alamat tidak ketemu"),
    "damaged": _l("Rusak di jalan"),
    "delayed": _l("Tertahan di kurir"),
    "failed": _l("Lainnya"),
}

REVIEWS = {
    "moving_after_close": _l(
        "Kurir memindai paket ini padahal pemesanannya sudah ditutup. Pastikan paket di mana."
    ),
    "resi_conflict": _l("Kurir memberi nomor resi yang sudah dipakai paket lain."),
    "resi_changed": _l("Nomor resi berganti. Beri tahu pembeli."),
    "resi_unreadable": _l("Kurir memberi nomor resi yang tidak terbaca."),
    "unknown_status": _l("Kurir memakai kata yang tidak dikenal. Lihat kabarnya, lalu tentukan."),
    "conflict_after_delivered": _l("Paket tercatat diterima, tetapi kurir mengabarkan lain."),
    "conflict_after_returned": _l("Paket tercatat kembali, tetapi kurir mengabarkan lain."),
    "conflict_after_lost": _l("Paket tercatat hilang, tetapi kurir mengabarkan lain."),
    "conflict_after_destroyed": _l("Paket tercatat rusak, tetapi kurir mengabarkan lain."),
    "delivered_while_returning": _l(
        "Kurir mengabarkan “diterima” saat paket dikirim balik. Biasanya penjual yang menerima."
    ),
    "cancel_after_handover": _l("Kurir membatalkan padahal paket sudah diserahkan. Tanyakan."),
    "rejected_after_handover": _l("Kurir menolak paket yang sudah diserahkan. Ambil kembali."),
    "rebook_needed": _l("Kurir batal mengambil. Pesan kurir lagi atau antar sendiri."),
    "claim_due": _l("Ajukan klaim ke kurir sebelum batas waktunya."),
    "address_changed": _l("Alamat berubah sesudah kurir dipesan. Beri tahu kurir."),
}

FACTS = {
    "state": _l("kabar kurir"),
    "code": _l("kata kurir"),
    "resi": _l("resi"),
    "given": _l("tertulis"),
    "holder": _l("dipakai paket"),
    "old": _l("lama"),
    "new": _l("baru"),
    "changed": _l("berubah"),
    "claim_before": _l("sebelum"),
    "at": _l("terjadi"),
}
"""What is known about a review."""

DECISIONS = {
    "restock": _l("Kembali ke stok"),
    "write_off": _l("Dihapus dari stok"),
    "reship": _l("Dikirim ulang"),
    "replace": _l("Diganti dari stok"),
    "refund": _l("Uang dikembalikan"),
    "compensation": _l("Ganti rugi kurir"),
}
