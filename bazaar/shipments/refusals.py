"""What parcels refuse, each with its facts."""

from dataclasses import dataclass

from bazaar.errors import N_, Conflict, Invalid, NotFound


class NoSuchParcel(NotFound):
    """No parcel has this code, or it is not the caller's."""

    text = N_("Paket ini tidak ditemukan.")


class ParcelMoved(Conflict):
    """Somebody else moved the parcel at the same moment."""

    text = N_("Paket ini baru saja diubah orang lain. Muat ulang halaman.")


@dataclass(eq=False)
class ResiTaken(Conflict):
    """Another parcel of this courier has the same waybill number."""

    resi: str
    parcel: str
    text = N_("Nomor resi {resi} sudah dipakai paket {parcel}.")


class WrongResi(Invalid):
    """The text is no waybill number."""

    text = N_("Nomor resi berisi 6 sampai 30 huruf atau angka.")


class WrongCourier(Invalid):
    """The parcel was to be given to nobody, or to a name that does not fit on a label."""

    text = N_("Isi nama kurir, paling banyak 40 huruf.")


class WrongWeight(Invalid):
    """A box weighs something, and no parcel of ours more than 50 kg or 200 cm."""

    text = N_(
        "Berat 1 sampai 50.000 gram; ukuran 1 sampai 200 cm, ketiganya atau tidak sama sekali."
    )


@dataclass(eq=False)
class AtCourier(Conflict):
    """A courier was booked for the parcel: that comes first."""

    parcel: str
    text = N_(
        "Kurir sudah dipesan untuk paket {parcel}. Minta pembatalan kepada kurir dulu, lalu tunggu "
        "jawabannya."
    )


@dataclass(eq=False)
class OnItsWay(Conflict):
    """A courier has a parcel of the order: it can only come back."""

    parcel: str
    text = N_(
        "Paket {parcel} sudah di tangan kurir, jadi pesanan tidak dapat dibatalkan. Tunggu sampai "
        "diterima, atau minta kurir mengembalikannya."
    )


class TooManyPieces(Invalid):
    """More pieces were asked for than the parcel holds, none, or all of them."""

    text = N_("Pilih sebagian isi paket: paling sedikit satu barang pindah dan satu tetap.")


class NotSoMany(TooManyPieces):
    """More pieces came back than the parcel held."""

    text = N_("Isi paket ini tidak sebanyak itu. Hitung barang yang kembali sekali lagi.")


class NothingLeft(Conflict):
    """Every piece of the order is in a parcel."""

    text = N_("Semua barang pesanan ini sudah ada di paket.")


class DecidedAlready(Conflict):
    """Somebody has decided this before."""

    text = N_("Ini sudah diputuskan. Muat ulang halaman untuk melihatnya.")


class NotBack(Conflict):
    """The parcel has not come back and is not lost: there is nothing to decide."""

    text = N_("Paket ini belum kembali dan tidak hilang; belum ada yang perlu diputuskan.")


class WrongAmount(Invalid):
    """A sum of money that cannot be meant."""

    text = N_("Isi jumlah rupiah, lebih dari nol.")


class MoreThanPaid(WrongAmount):
    """More money back, all parcels together, than the whole order cost."""

    text = N_("Jumlah ini lebih besar daripada yang dibayar pembeli. Periksa nolnya.")


class ReviewCleared(Conflict):
    """Somebody has dealt with it before."""

    text = N_("Hal ini sudah ditangani orang lain.")


class NoSuchProblem(NotFound):
    """No buyer has reported this, or it is about another's parcel."""


class NothingToReport(Conflict):
    """The parcel is in time with its seller, or was cancelled: there is nothing to complain of."""

    text = N_("Paket ini belum dikirim dan belum terlambat, jadi belum ada yang dapat dilaporkan.")


class ProblemOpen(Conflict):
    """What the buyer told before is not answered yet."""

    text = N_("Laporan Anda tentang paket ini sudah kami terima dan sedang ditangani.")


class TooManyProblems(Conflict):
    """The buyer has complained of this parcel as often as is taken."""

    text = N_("Paket ini sudah dilaporkan berkali-kali. Hubungi panitia lewat WhatsApp.")


class ProblemAnswered(Conflict):
    """Somebody else has answered the buyer."""

    text = N_("Laporan ini baru saja dijawab orang lain. Muat ulang halaman.")


class NoSuchTiding(NotFound):
    """No news of this number waits for a buyer."""


class ToldAlready(Conflict):
    """Somebody else has told the buyer."""

    text = N_("Pembeli ini sudah dikabari orang lain.")


class LeftAlready(Conflict):
    """The address of what has left cannot change; a note to the courier can be kept."""

    text = N_(
        "Paket ini sudah di tangan kurir. Alamatnya tidak berubah lagi; catat pesan ke kurir."
    )
