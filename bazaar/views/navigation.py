"""What the menus hold: one row an entry."""

from flask import Flask, current_app, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

COMMITTEE = (
    (_l("Hari ini"), "committee.day.today", "day"),
    (_l("Jadwal"), "committee.rotation.plan", "rotation"),
    (_l("UMKM"), "committee.sellers.index", "sellers"),
    (_l("Pesanan"), "committee.orders.index", "orders"),
    (_l("Uang"), "committee.money.index", "money"),
    (_l("Paket"), "committee.parcels.index", "parcels"),
    (_l("Ongkir"), "committee.rates.index", "rates"),
    (_l("Tim"), "committee.team.index", "team"),
    (_l("Jejak audit"), "committee.trail.index", "trail"),
)
SELLER = (
    (_l("Giliran"), "seller.turns.home", "turns"),
    (_l("Pesanan"), "seller.orders.index", "orders"),
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
        return {
            "committee_nav": [
                (label, url_for(endpoint), key)
                for label, endpoint, key in COMMITTEE
                if endpoint in app.view_functions
            ],
        }
