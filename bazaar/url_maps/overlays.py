"""Addresses of overlays: what the broadcast shows, and where the committee sets it up."""

from bazaar.views import overlay
from bazaar.views.committee import overlays
from bazaar.web import Route, Who, get, post

# fmt: off
OVERLAYS: tuple[Route, ...] = (
    # What stands in the picture of the broadcast
    get("/overlay/<token>", overlay.show, Who.LINK),
    get("/overlay/<token>/bawah", overlay.lower, Who.LINK),
    get("/overlay/<token>/qr", overlay.code, Who.LINK),
    get("/overlay/<token>/jeda", overlay.slide, Who.LINK),
    get("/overlay/<token>/keadaan", overlay.state, Who.LINK),

    # Committee: addresses of overlays
    get("/panitia/siaran/<int:number>/overlay", overlays.index, Who.HOST),
    get("/panitia/siaran/<int:number>/overlay/baru", overlays.new, Who.HOST),
    post("/panitia/siaran/<int:number>/overlay", overlays.make, Who.HOST),
    get("/panitia/siaran/<int:number>/overlay/<int:link_id>", overlays.show, Who.HOST),
    post("/panitia/siaran/<int:number>/overlay/<int:link_id>", overlays.change, Who.HOST),
    post("/panitia/siaran/<int:number>/overlay/<int:link_id>/cabut", overlays.revoke, Who.HOST),
)
