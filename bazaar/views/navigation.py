"""What the menus hold: one row an entry."""

from flask import Flask, current_app, g, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

COMMITTEE = (
    (_l("Hari ini"), "committee.day.today", "day"),
    (_l("Siaran"), "committee.show.index", "show"),
    (_l("Jadwal"), "committee.rotation.plan", "rotation"),
    (_l("UMKM"), "committee.sellers.index", "sellers"),
    (_l("Pesanan"), "committee.orders.index", "orders"),
    (_l("Uang"), "committee.money.index", "money"),
    (_l("Paket"), "committee.parcels.index", "parcels"),
    (_l("Ongkir"), "committee.rates.index", "rates"),
    (_l("Tim"), "committee.team.index", "team"),
    (_l("Jejak audit"), "committee.trail.index", "trail"),
)
PLAN = (
    (_l("Ringkasan"), "committee.rotation.plan", "plan"),
    (_l("Papan"), "committee.board.show", "board"),
    (_l("Peserta"), "committee.roster.index", "roster"),
    (_l("Permintaan"), "committee.requests.index", "requests"),
    (_l("Terbitan"), "committee.releases.index", "releases"),
    (_l("Undian"), "committee.draws.index", "draws"),
    (_l("Jam siaran"), "committee.editions.show", "editions"),
)
"""The second row of the menu on the pages about the rotation."""
SELLER = (
    (_l("Giliran"), "seller.turns.home", "turns"),
    (lazy_pgettext("availability", "Hadir"), "seller.availability.show", "availability"),
    (_l("Pesanan"), "seller.orders.index", "orders"),
    (_l("Uang"), "seller.money.index", "money"),
    (_l("Kemas"), "seller.packing.index", "packing"),
    (lazy_pgettext("one", "Lapak"), "seller.stall.show", "stall"),
)


def seller_nav(token: str) -> list[tuple[object, str, str]]:
    """Return the seller's menu as (label, address, key) for the link with this token."""
    return [
        (label, url_for(endpoint, token=token), key)
        for label, endpoint, key in SELLER
        if endpoint in current_app.view_functions
    ]


def install(app: Flask) -> None:
    """Give templates the committee's menu as (label, address, key)."""

    @app.context_processor
    def menus() -> dict[str, object]:
        if g.get("person") is None:  # nobody else is shown them, and every page asks
            return {}
        return {"committee_nav": _entries(app, COMMITTEE), "plan_nav": _entries(app, PLAN)}


def _entries(
    app: Flask, rows: tuple[tuple[object, str, str], ...]
) -> list[tuple[object, str, str]]:
    return [
        (label, url_for(endpoint), key)
        for label, endpoint, key in rows
        if endpoint in app.view_functions
    ]
