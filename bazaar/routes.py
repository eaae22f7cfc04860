"""THE URL MAP: one row = method, path, view, who may call it. Rows are grouped by audience.

`url_for("buyer.catalog.stall", …)`: the name is the module under `views` and the function.
"""

from bazaar.views import account, health
from bazaar.views.buyer import basket, catalog, checkout, home, language, order, payment
from bazaar.views.committee import team, trail
from bazaar.web import Route, Who, get, post

# fmt: off
ROUTES: tuple[Route, ...] = (
    # Buyers: what is on and on offer
    get("/", home.show, Who.ANYONE),
    get("/lapak", catalog.stalls, Who.ANYONE),
    get("/cari", catalog.search, Who.ANYONE),
    get("/s/<slug>", catalog.stall, Who.ANYONE),
    get("/b/<claim_code>", catalog.product, Who.ANYONE),
    get("/language/<code>", language.choose, Who.ANYONE),

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

    # Machines
    get("/healthz", health.healthz, Who.ANYONE),
    get("/readyz", health.readyz, Who.ANYONE),
)
# fmt: on
