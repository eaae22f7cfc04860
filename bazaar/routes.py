"""THE URL MAP: one row = method, path, view, who may call it. Rows are grouped by audience.

`url_for("buyer.catalog.stall", …)`: the name is the module under `views` and the function.
"""

from bazaar.views import account, health, live, photos
from bazaar.views.buyer import basket, catalog, checkout, home, language, order, parcel, payment
from bazaar.views.committee import (
    availability,
    day,
    editions,
    imports,
    money,
    parcels,
    rates,
    rotation,
    sellers,
    team,
    trail,
)
from bazaar.views.committee import orders as committee_orders
from bazaar.views.seller import availability as seller_availability
from bazaar.views.seller import orders as seller_orders
from bazaar.views.seller import packing, stall, turns
from bazaar.web import Route, Who, get, post

# fmt: off
ROUTES: tuple[Route, ...] = (
    # Buyers: what is on and on offer
    get("/", home.show, Who.ANYONE),
    get("/lapak", catalog.stalls, Who.ANYONE),
    get("/cari", catalog.search, Who.ANYONE),
    get("/s/<slug>", catalog.stall, Who.ANYONE),
    get("/b/<claim_code>", catalog.product, Who.ANYONE),
    get("/sekarang", live.on_air, Who.ANYONE),
    get("/jadwal", live.schedule, Who.ANYONE),
    get("/language/<code>", language.choose, Who.ANYONE),
    get("/foto/<name>-<int:size>.webp", photos.show, Who.ANYONE),

    # Buyers: basket, checkout, orders
    get("/keranjang", basket.mine, Who.ANYONE),
    post("/keranjang", basket.add, Who.ANYONE),
    get("/k/<token>", basket.show, Who.LINK),
    post("/k/<token>", basket.change, Who.LINK),
    get("/k/<token>/pesan", checkout.form, Who.LINK),
    post("/k/<token>/pesan", checkout.send, Who.LINK),
    get("/k/<token>/ongkir", checkout.shipping, Who.LINK),
    get("/wilayah", checkout.find_places, Who.ANYONE),
    get("/wilayah/<code>", checkout.places_in, Who.ANYONE),
    get("/o/<token>", order.show, Who.LINK),
    get("/o/<token>/status", order.status, Who.LINK),
    get("/o/<token>/<reference>/qr.png", payment.qr, Who.LINK),
    get("/o/<token>/<reference>/stiker.png", payment.sticker, Who.LINK),
    post("/o/<token>/<reference>/batal", order.cancel, Who.LINK),
    post("/o/<token>/<reference>/diterima", parcel.receive, Who.LINK),

    # Sellers: their turns
    get("/u/<token>", turns.home, Who.LINK),
    get("/u/<token>/giliran", turns.status, Who.LINK),

    # Sellers: their stall
    get("/u/<token>/lapak", stall.show, Who.LINK),
    post("/u/<token>/lapak/cerita", stall.change_story, Who.LINK),
    post("/u/<token>/lapak/<claim_code>", stall.change, Who.LINK),
    post("/u/<token>/lapak/<claim_code>/foto", stall.change_photo, Who.LINK),

    # Sellers: when they can come
    get("/u/<token>/hadir", seller_availability.show, Who.LINK),
    post("/u/<token>/hadir", seller_availability.save, Who.LINK),

    # Sellers: their orders
    get("/u/<token>/pesanan", seller_orders.index, Who.LINK),
    post("/u/<token>/pesanan/<reference>/masuk", seller_orders.confirm, Who.LINK),

    # Members of the committee: in and out
    get("/masuk", account.sign_in, Who.ANYONE),
    post("/masuk", account.give_password, Who.ANYONE),
    get("/masuk/kode", account.second_factor, Who.PASSWORD),
    post("/masuk/kode", account.give_code, Who.PASSWORD),
    get("/masuk/pasang-kode", account.enrolment, Who.PASSWORD),
    post("/masuk/pasang-kode", account.enrol, Who.PASSWORD),
    get("/undangan/<token>", account.invitation, Who.LINK),
    post("/undangan/<token>", account.accept_invitation, Who.LINK),
    post("/keluar", account.sign_out, Who.ANYONE),
    get("/akun", account.mine, Who.COMMITTEE),
    post("/akun/sandi", account.change_password, Who.COMMITTEE),
    post("/akun/sesi/<int:session_id>/akhiri", account.end_session, Who.COMMITTEE),
    post("/akun/keluar-semua", account.sign_out_everywhere, Who.COMMITTEE),

    # Committee: days, orders, money
    get("/panitia", day.today, Who.COMMITTEE),
    get("/panitia/hari/<day>", day.show, Who.COMMITTEE),
    get("/panitia/hari/<day>.csv", day.order_sheet, Who.COMMITTEE),
    get("/panitia/hari/<day>/ringkasan.csv", day.seller_sheet, Who.COMMITTEE),
    get("/panitia/pesanan", committee_orders.index, Who.COMMITTEE),
    get("/panitia/pesanan/<reference>", committee_orders.show, Who.COMMITTEE),
    get("/panitia/uang", money.index, Who.COMMITTEE),
    post("/panitia/uang/<reference>/masuk", money.confirm, Who.TREASURER),

    # Committee: the plan, and the edition it is for
    get("/panitia/jadwal", rotation.plan, Who.COMMITTEE),
    post("/panitia/jadwal/rancangan", rotation.make_draft, Who.HOST),
    post("/panitia/jadwal/rancangan/<int:draft_id>/terbitkan", rotation.release, Who.HOST),
    get("/panitia/penyelenggaraan", editions.show, Who.COMMITTEE),
    get("/panitia/penyelenggaraan/baru", editions.new, Who.HOST),
    post("/panitia/penyelenggaraan/baru", editions.create, Who.HOST),
    post("/panitia/penyelenggaraan/buka/<slug>", editions.open_again, Who.HOST),
    get("/panitia/penyelenggaraan/ubah", editions.edit, Who.HOST),
    post("/panitia/penyelenggaraan/ubah", editions.change, Who.HOST),
    get("/panitia/penyelenggaraan/saluran", editions.new_channel, Who.HOST),
    post("/panitia/penyelenggaraan/saluran", editions.add_channel, Who.HOST),
    get("/panitia/penyelenggaraan/saluran/<int:number>", editions.edit_channel, Who.HOST),
    post("/panitia/penyelenggaraan/saluran/<int:number>", editions.change_channel, Who.HOST),
    post("/panitia/penyelenggaraan/saluran/<int:number>/hapus", editions.remove_channel, Who.HOST),
    get("/panitia/penyelenggaraan/jam", editions.new_hours, Who.HOST),
    post("/panitia/penyelenggaraan/jam", editions.add_hours, Who.HOST),
    get("/panitia/penyelenggaraan/jam/<int:window_id>", editions.edit_hours, Who.HOST),
    post("/panitia/penyelenggaraan/jam/<int:window_id>", editions.change_hours, Who.HOST),
    post("/panitia/penyelenggaraan/jam/<int:window_id>/hapus", editions.remove_hours, Who.HOST),

    # Committee: sellers, their products, and the lists they come from
    get("/panitia/umkm", sellers.index, Who.COMMITTEE),
    get("/panitia/umkm/impor", imports.form, Who.REGISTRAR),
    post("/panitia/umkm/impor", imports.upload, Who.REGISTRAR),
    get("/panitia/umkm/impor/contoh/<kind>.<ext>", imports.example, Who.REGISTRAR),
    get("/panitia/umkm/impor/<int:draft_id>", imports.show, Who.REGISTRAR),
    post("/panitia/umkm/impor/<int:draft_id>/terapkan", imports.apply, Who.REGISTRAR),
    get("/panitia/umkm/<code>", sellers.show, Who.COMMITTEE),
    get("/panitia/umkm/<code>/ubah", sellers.edit, Who.REGISTRAR),
    post("/panitia/umkm/<code>/ubah", sellers.change, Who.REGISTRAR),
    post("/panitia/umkm/<code>/tautan", sellers.show_link, Who.REGISTRAR),
    post("/panitia/umkm/<code>/tautan/ganti", sellers.issue_link, Who.REGISTRAR),
    get("/panitia/umkm/<code>/hadir", availability.show, Who.COMMITTEE),
    post("/panitia/umkm/<code>/hadir", availability.save, Who.REGISTRAR),
    get("/panitia/umkm/<code>/produk/<claim_code>", sellers.product, Who.REGISTRAR),
    post("/panitia/umkm/<code>/produk/<claim_code>", sellers.change_product, Who.REGISTRAR),

    # Committee: members and trail
    get("/panitia/tim", team.index, Who.COMMITTEE),
    get("/panitia/tim/undang", team.invitation, Who.ADMIN),
    post("/panitia/tim/undang", team.invite, Who.ADMIN),
    get("/panitia/tim/<int:account_id>", team.show, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/tugas", team.set_roles, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/undang", team.invite_again, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/setel-kode", team.reset_second_factor, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/keluarkan", team.sign_out_everywhere, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/nonaktifkan", team.deactivate, Who.ADMIN),
    post("/panitia/tim/<int:account_id>/aktifkan", team.activate, Who.ADMIN),
    get("/panitia/jejak", trail.index, Who.COMMITTEE),

    # Sellers, what to pack
    get("/u/<token>/kemas", packing.index, Who.LINK),
    get("/u/<token>/kemas/<code>/label.pdf", packing.label, Who.LINK),
    post("/u/<token>/kemas/<code>/dikemas", packing.pack, Who.LINK),
    post("/u/<token>/kemas/<code>/batal", packing.unpack, Who.LINK),
    post("/u/<token>/kemas/<code>/serahkan", packing.hand_over, Who.LINK),
    get("/u/<token>/kemas/<code>/resi", packing.number, Who.LINK),
    post("/u/<token>/kemas/<code>/resi", packing.change_number, Who.LINK),

    # Committee: parcels and shipping prices
    get("/panitia/paket", parcels.index, Who.COMMITTEE),
    get("/panitia/paket/label.pdf", parcels.label_sheet, Who.DISPATCHER),
    get("/panitia/paket/<code>", parcels.show, Who.COMMITTEE),
    get("/panitia/paket/<code>/label.pdf", parcels.label, Who.DISPATCHER),
    post("/panitia/paket/<code>/dikemas", parcels.pack, Who.DISPATCHER),
    post("/panitia/paket/<code>/batal", parcels.unpack, Who.DISPATCHER),
    post("/panitia/paket/<code>/serahkan", parcels.hand_over, Who.DISPATCHER),
    post("/panitia/paket/<code>/resi", parcels.change_number, Who.DISPATCHER),
    post("/panitia/paket/<code>/sampai", parcels.deliver, Who.DISPATCHER),
    get("/panitia/ongkir", rates.index, Who.COMMITTEE),
    get("/panitia/ongkir/tambah", rates.choose, Who.DISPATCHER),
    post("/panitia/ongkir/tambah", rates.add, Who.DISPATCHER),
    get("/panitia/ongkir/<int:rate_id>", rates.edit, Who.DISPATCHER),
    post("/panitia/ongkir/<int:rate_id>", rates.change, Who.DISPATCHER),
    post("/panitia/ongkir/<int:rate_id>/hapus", rates.remove, Who.DISPATCHER),

    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
)
# fmt: on
