"""Addresses of buyers, and what anybody may read."""

from bazaar.views import calendars, fairness, live, photos
from bazaar.views.buyer import (
    basket,
    catalog,
    checkout,
    gateway,
    home,
    language,
    order,
    parcel,
    payment,
)
from bazaar.web import Route, Who, get, post

# fmt: off
BUYERS: tuple[Route, ...] = (
    # Buyers: what is on and on offer
    get("/", home.show, Who.ANYONE),
    get("/lapak", catalog.stalls, Who.ANYONE),
    get("/cari", catalog.search, Who.ANYONE),
    get("/s/<slug>", catalog.stall, Who.ANYONE),
    get("/b/<claim_code>", catalog.product, Who.ANYONE),
    get("/sekarang", live.on_air, Who.ANYONE),
    get("/jadwal", live.schedule, Who.ANYONE),
    get("/jadwal.ics", calendars.feed, Who.ANYONE),
    get("/jadwal.<kind>", calendars.schedule, Who.ANYONE),
    get("/jadwal/saluran/<int:number>.ics", calendars.channel_feed, Who.ANYONE),
    get("/jadwal/<uid>.ics", calendars.turn, Who.ANYONE),
    get("/jadwal/<uid>", calendars.keep, Who.ANYONE),
    get("/jadwal/<uid>/google", calendars.turn_google, Who.ANYONE),
    get("/jadwal/mengapa/<uid>", fairness.turn, Who.ANYONE),
    get("/keadilan", fairness.show, Who.ANYONE),
    get("/keadilan/pembagian.csv", fairness.sheet, Who.ANYONE),
    get("/keadilan/perubahan", fairness.changes, Who.ANYONE),
    get("/keadilan/undian", fairness.draws, Who.ANYONE),
    get("/keadilan/undian/<int:number>", fairness.draw, Who.ANYONE),
    get("/keadilan/undian/<int:number>.json", fairness.draw_file, Who.ANYONE),
    get("/keadilan/undian/<int:number>/masukan.json", fairness.draw_input, Who.ANYONE),
    get("/keadilan/undian/<int:number>/rancangan.json", fairness.draw_plan, Who.ANYONE),
    get("/keadilan/undian/<int:number>/qr.png", fairness.draw_code, Who.ANYONE),
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
    post("/o/<token>/<reference>/otomatis", gateway.want, Who.LINK),
    get("/o/<token>/<reference>/otomatis.png", gateway.code, Who.LINK),
    post("/o/<token>/<reference>/batal", order.cancel, Who.LINK),
    post("/o/<token>/<reference>/diterima", parcel.receive, Who.LINK),
    get("/o/<token>/<reference>/paket/<int:number>", parcel.show, Who.LINK),
    post("/o/<token>/<reference>/paket/<int:number>/masalah", parcel.complain, Who.LINK),
    get("/o/<token>/<reference>/paket/<int:number>/masalah/<int:problem_id>.webp", parcel.photo, Who.LINK),
)
