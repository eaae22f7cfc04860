"""Who did what: the audit trail, newest first."""

from datetime import date, datetime

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from bazaar import audit, editions, times
from bazaar.web import page_of

WORDS = {
    "account.accept_invitation": _l("menerima undangan"),
    "account.activate": _l("mengaktifkan anggota"),
    "account.change_password": _l("mengganti kata sandi"),
    "account.deactivate": _l("menonaktifkan anggota"),
    "account.enrol": _l("mendaftarkan QRIS"),
    "account.invite": _l("mengundang anggota"),
    "account.invite_again": _l("mengundang lagi"),
    "account.pair_phone": _l("memasang kode masuk"),
    "account.replace": _l("mengganti QRIS"),
    "account.reset_second_factor": _l("menyetel ulang kode masuk"),
    "account.set_roles": _l("mengubah tugas"),
    "account.sign_in": _l("masuk"),
    "account.sign_out_everywhere": _l("mengeluarkan dari semua perangkat"),
    "availability.answer": _l("mengisi jadwal bisa siaran"),
    "availability.leave_out": _l("jam dikosongkan karena giliran dikembalikan"),
    "booking.book": _l("memesankan kurir"),
    "booking.call_off": _l("membatalkan pesanan kurir"),
    "booking.cancel": _l("pesanan kurir dibatalkan"),
    "booking.fail": _l("gagal memesankan kurir"),
    "booking.want": _l("memesan kurir"),
    "channel.add": _l("menambah saluran"),
    "channel.bring_back": _l("memakai saluran lagi"),
    "channel.change": _l("mengubah saluran"),
    "channel.lose": _l("menandai saluran hilang"),
    "channel.remove": _l("menghapus saluran"),
    "edition.add_hours": _l("menambah jam siaran"),
    "edition.change": _l("mengubah penyelenggaraan"),
    "edition.change_closed": _l("mengubah waktu tutup"),
    "edition.change_hours": _l("mengubah jam siaran"),
    "edition.close_times": _l("menetapkan waktu tutup"),
    "edition.create": _l("membuat penyelenggaraan"),
    "edition.open_again": _l("menjalankan lagi penyelenggaraan"),
    "edition.open_closed": _l("membuka lagi waktu tutup"),
    "edition.propose_ramadan": _l("mengusulkan edisi Ramadan"),
    "edition.remove_hours": _l("menghapus jam siaran"),
    "import.apply": _l("menerapkan impor"),
    "import.upload": _l("mengunggah impor"),
    "manifest.add": _l("memasukkan paket ke berita acara"),
    "manifest.lock": _l("mengunci berita acara"),
    "manifest.make": _l("membuat berita acara"),
    "manifest.renew_link": _l("mengganti tautan kurir"),
    "manifest.sign": _l("kurir menandatangani berita acara"),
    "manifest.take_off": _l("mengeluarkan paket dari berita acara"),
    "manifest.void": _l("membatalkan berita acara"),
    "order.cancel": _l("membatalkan pesanan"),
    "order.expire": _l("pesanan lewat waktu"),
    "order.place": _l("memesan"),
    "parcel.book": _l("memesan kurir lewat telepon"),
    "parcel.bring": _l("paket sedang diantar"),
    "parcel.cancel": _l("membatalkan paket"),
    "parcel.change_address": _l("mengganti alamat paket"),
    "parcel.change_resi": _l("memperbaiki resi"),
    "parcel.clear_review": _l("membereskan catatan paket"),
    "parcel.compensation": _l("mencatat ganti rugi kurir"),
    "parcel.correct": _l("meralat paket sampai"),
    "parcel.deliver": _l("paket sampai"),
    "parcel.destroy": _l("paket rusak atau disita"),
    "parcel.fail": _l("paket terkendala"),
    "parcel.hand_over": _l("menyerahkan paket"),
    "parcel.lose": _l("paket hilang"),
    "parcel.measure": _l("menimbang paket"),
    "parcel.move": _l("paket dalam perjalanan"),
    "parcel.note": _l("pesan ke kurir"),
    "parcel.open": _l("membuat paket lagi"),
    "parcel.pack": _l("mengemas paket"),
    "parcel.refund": _l("memutuskan uang kembali"),
    "parcel.replace": _l("mengambil barang pengganti"),
    "parcel.request_cancel": _l("minta kurir membatalkan"),
    "parcel.reship": _l("memutuskan kirim ulang"),
    "parcel.restock": _l("mengembalikan ke stok"),
    "parcel.resume": _l("kendala paket selesai"),
    "parcel.return": _l("paket dikirim balik"),
    "parcel.split": _l("memisah paket"),
    "parcel.take_back": _l("paket kembali ke penjual"),
    "parcel.told": _l("kabar kurir"),
    "parcel.unbook": _l("kurir batal mengambil"),
    "parcel.unpack": _l("membuka kemasan"),
    "parcel.write_off": _l("menghapus barang kembali"),
    "payment.confirm": _l("mencatat pembayaran"),
    "product.change": _l("mengubah produk"),
    "product.photo": _l("mengganti foto produk"),
    "free.add": _l("menambah gratis ongkir"),
    "free.change": _l("mengubah gratis ongkir"),
    "free.remove": _l("menghapus gratis ongkir"),
    "order.quote": _l("menetapkan ongkir"),
    "rate.add": _l("menambah ongkir"),
    "rate.change": _l("mengubah ongkir"),
    "rate.remove": _l("menghapus ongkir"),
    "request.accept": _l("menyetujui tukar giliran"),
    "request.ask": _l("mengajukan permintaan giliran"),
    "request.decline": _l("menolak tukar giliran"),
    "request.grant": _l("mengabulkan permintaan giliran"),
    "request.lapse": _l("permintaan giliran berakhir"),
    "request.refuse": _l("menolak permintaan pindah"),
    "request.veto": _l("membatalkan tukar giliran"),
    "request.withdraw": _l("menarik permintaan giliran"),
    "resi.apply": _l("menerapkan daftar resi"),
    "roster.block_pair": _l("memisahkan dua UMKM"),
    "roster.come_back": _l("UMKM ikut lagi"),
    "roster.max_turns": _l("membatasi giliran"),
    "roster.missed": _l("mencatat tidak hadir"),
    "roster.no_standby": _l("keluar dari cadangan"),
    "roster.not_missed": _l("membatalkan catatan tidak hadir"),
    "roster.standby": _l("masuk cadangan"),
    "roster.unblock_pair": _l("mempertemukan lagi dua UMKM"),
    "roster.withdraw": _l("UMKM mundur"),
    "rotation.draft": _l("membuat rancangan jadwal"),
    "rotation.draft_copy": _l("menyalin jadwal terbit untuk diubah"),
    "rotation.draft_discard": _l("membuang rancangan"),
    "rotation.draw_commit": _l("mengumumkan undian"),
    "rotation.draw_done": _l("undian selesai dihitung"),
    "rotation.draw_end": _l("mengakhiri undian tanpa hasil"),
    "rotation.draw_fail": _l("undian gagal dihitung"),
    "rotation.draw_freeze": _l("membekukan masukan undian"),
    "rotation.draw_queue": _l("menjalankan undian"),
    "rotation.edit": _l("mengubah rancangan jadwal"),
    "rotation.rebase": _l("menyesuaikan rancangan"),
    "rotation.release": _l("menerbitkan jadwal"),
    "rotation.undo_edit": _l("mengurungkan perubahan rancangan"),
    "seller.change": _l("mengubah data UMKM"),
    "seller.issue_link": _l("mengganti tautan penjual"),
    "seller.show_link": _l("melihat tautan penjual"),
    "seller.story": _l("mengubah cerita lapak"),
}
"""What people call an act; one that is not here shows its code."""


def index() -> ResponseReturnValue:
    edition = editions.find_current()
    zone = edition.zone if edition else times.WIB
    day = _day(request.args.get("day", ""))
    query = audit.entries(
        actor=request.args.get("actor", "").strip(),
        action=request.args.get("action", "").strip(),
        subject=request.args.get("subject", "").strip(),
        between=times.day_bounds(day, zone) if day else None,
    )
    return render_template(
        "committee/trail.html",
        page=page_of(query),
        day=day,
        words=WORDS,
        searched=any(request.args.values()),
    )


def _day(text: str) -> date | None:
    """Return the day of a date field; anything else is no day."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None
    return day if date(2000, 1, 1) < day < date(2200, 1, 1) else None
