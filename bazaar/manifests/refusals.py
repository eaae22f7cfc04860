"""What manifests refuse, each with its facts."""

from dataclasses import dataclass

from bazaar.errors import N_, Conflict, Invalid, NotFound


class NoSuchManifest(NotFound):
    """No manifest has this number or link."""

    text = N_("Berita acara ini tidak ditemukan.")


class LinkEnded(NotFound):
    """The courier's link of a manifest that is void, or was signed long ago."""

    text = N_("Tautan berita acara ini sudah berakhir. Tanyakan kepada panitia.")


@dataclass(eq=False)
class ManifestClosed(Conflict):
    """The list is frozen: nothing comes on or off any more."""

    number: str
    text = N_("Berita acara {number} sudah dikunci, jadi isinya tidak berubah lagi.")


@dataclass(eq=False)
class NotLocked(Conflict):
    """Only a frozen list can be signed."""

    number: str
    text = N_("Berita acara {number} belum dikunci panitia. Tunggu sebentar, lalu muat ulang.")


@dataclass(eq=False)
class SignedAlready(Conflict):
    """Somebody signed before; nothing was changed."""

    number: str
    signer: str
    text = N_("Berita acara {number} sudah ditandatangani {signer}. Tidak ada yang berubah.")


@dataclass(eq=False)
class ManifestVoid(Conflict):
    """The manifest was made void."""

    number: str
    text = N_("Berita acara {number} sudah dibatalkan. Jangan serahkan paket dengan daftar ini.")


class EmptyManifest(Invalid):
    """There is nothing to hand over."""

    text = N_("Belum ada paket di berita acara ini.")


@dataclass(eq=False)
class ParcelStopped(Conflict):
    """A parcel on the list must not go; nothing was changed."""

    parcel: str
    text = N_(
        "Paket {parcel} tidak boleh diserahkan lagi: dibatalkan, belum dikemas, atau labelnya lama. "
        "Sisihkan paket itu dulu."
    )


class WrongSigner(Invalid):
    """Nobody can be found again by these."""

    text = N_("Isi nama (2 sampai 80 huruf) dan nomor identitas atau telepon (4 sampai 40 huruf).")


@dataclass(eq=False)
class WrongCount(Invalid):
    """The courier counted something else than the list says."""

    listed: int
    received: int
    text = N_(
        "Menurut daftar ada {listed} paket yang dibawa, tetapi Anda menghitung {received}. "
        "Hitung sekali lagi, atau centang paket yang tidak ada."
    )


class NoSignature(Invalid):
    """Neither a signature nor the tick."""

    text = N_("Tanda tangani di kotak, atau centang “saya menerima”.")


class WrongPicture(Invalid):
    """The drawn signature is no picture that we made."""

    text = N_("Tanda tangan tidak terbaca. Hapus, lalu tanda tangani lagi.")
