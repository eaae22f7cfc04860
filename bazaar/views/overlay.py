"""What stands in the picture beside the video: pages for the program that makes the broadcast.

Nothing here ever shows a fault: a page that cannot be answered is empty (`bazaar.web.answers`),
and the script keeps what it showed last.
"""

import base64
import hashlib
import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Response, g, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from bazaar import broadcast, times
from bazaar.models import ClosedKind, Product, Seller
from bazaar.rules import qr_pictures
from bazaar.rules.show.scenes import Scene
from bazaar.show import overlays, pictures
from bazaar.show.overlays import Overlay
from bazaar.show.pictures import Picture
from bazaar.views.forms.closed_times import KINDS
from bazaar.web import services, streams
from bazaar.web.formats import clock, day, photo_url, rupiah, translated, zone_label

PREVIEW = "pratinjau"
SCENES = {scene.value: scene for scene in Scene}
PHOTO_PX = 640
ONE_PIXEL = 1
"""A code is sent with one pixel a module; the page enlarges it by whole pixels."""

LONGEST_COUNT = timedelta(hours=12)
"""What is further away is told by day and clock alone."""

State = dict[str, object]


def show(token: str) -> Response:
    return _page(token, "card")


def lower(token: str) -> Response:
    return _page(token, "strip")


def code(token: str) -> Response:
    return _page(token, "code")


def slide(token: str) -> Response:
    return _page(token, "slide")


def state(token: str) -> Response:
    """Answer what is on now; the time of the server goes in a header, so that it has an ETag."""
    answer = Response(
        json.dumps(_state(overlays.get_overlay(token)), ensure_ascii=False),
        mimetype="application/json",
    )
    answer.set_etag(hashlib.sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    answer.headers["X-Server-Now"] = f"{_ms(times.now())}"
    return answer


def _page(token: str, variant: str) -> Response:
    overlay = overlays.get_overlay(token)
    first = _state(overlay)
    with force_locale(overlay.look.language):
        page = render_template(
            "overlay/stage.html",
            variant=variant,
            look=overlay.look,
            parts={part.value for part in overlay.look.parts},
            first=first,
            sent_at=_ms(times.now()),
            state_url=_state_url(token),
            events=streams.address("streams.overlay", token=token),
            channel=overlay.channel,
            preview=PREVIEW in request.args,
        )
    return Response(page, mimetype="text/html")


def _state_url(token: str) -> str:
    asked = request.args.get(PREVIEW)
    if asked is None:
        return url_for("overlay.state", token=token)
    return url_for("overlay.state", token=token, pratinjau=asked)


def _state(overlay: Overlay) -> State:
    """Return what the page shows, in its language; nothing in it changes by time alone."""
    g.zone = overlay.edition.zone
    now = times.now()
    asked = SCENES.get(request.args.get(PREVIEW, ""))
    if asked is None:
        seen = pictures.picture(overlay.channel, overlay.edition, now)
    else:
        seen = pictures.sample(overlay.edition, asked, now)
    with force_locale(overlay.look.language):
        return _told(overlay, seen, now)


def _told(overlay: Overlay, seen: Picture, now: datetime) -> State:
    # A slide that is shown although somebody is on air says no more than that it goes on soon.
    texts = {"edition": overlay.edition.name, **_about(seen, overlay)}
    if seen.seller is not None:
        texts |= {"seller": seen.seller.name, "place": _place(seen.seller)}
    if seen.next is not None:
        texts |= {"next": seen.next.name, "next_place": _place(seen.next)}
        texts["next_at"] = clock(seen.next_at) if seen.next_at else ""
    product = seen.product if seen.scene is Scene.NOW else None
    if product is not None:
        texts |= _of_product(product)
    if seen.turn is not None and seen.scene is Scene.NOW:
        sales = broadcast.sold_in([seen.turn]).get(seen.turn.id)
        texts["sold"] = _("%(count)s pesanan", count=sales.orders) if sales else ""
    address = f"/b/{product.claim_code}" if product else "/"
    until = seen.ends_at if seen.scene is Scene.NOW else seen.back_at or seen.next_at
    if until is not None and until - now > LONGEST_COUNT:
        until = None
    return {
        "version": f"{services().assets.name} {_digest(overlay.look.facts())}",
        "scene": seen.scene.value,
        "key": _digest([seen.scene.value, *(texts.get(t) for t in ("seller", "code", "next"))]),
        "sold_out": product is not None and product.stock == 0,
        "prayer": _is_prayer(seen),
        "texts": texts,
        "qr": _qr(address),
        "until": _ms(until) if until else None,
        "goods": [_good(each) for each in seen.goods],
    }


def _about(seen: Picture, overlay: Overlay) -> dict[str, str]:
    """Return the scene's heading and the line below it, and what stands there at zero."""
    soon = {"over": _("Sebentar lagi")}
    if seen.scene is Scene.NOW:
        return {
            "title": _("Sebentar, ya"),
            "line": _("Siaran segera dilanjutkan."),
            "before": _("sisa"),
            "over": _("Segera berganti"),
        }
    if seen.scene is Scene.OPENING:
        line = _("Mulai pukul %(at)s", at=_at(seen.next_at)) if seen.next_at else ""
        return {"title": _("Segera dimulai"), "line": line or _("Sebentar lagi"), **soon}
    if seen.scene is Scene.NEXT:
        line = _("Mulai pukul %(at)s", at=_at(seen.next_at)) if seen.next_at else ""
        return {"title": _("Berikutnya"), "line": line or _("Sebentar lagi"), **soon}
    if seen.scene is Scene.BREAK:
        line = _("Kami kembali pukul %(at)s", at=_at(seen.back_at)) if seen.back_at else ""
        return {"title": _break(seen), "line": line or _("Kami segera kembali."), **soon}
    title = overlay.edition.name if seen.scene is Scene.IDLE else _("Terima kasih sudah menonton")
    if seen.later_at is None:
        return {"title": title, "line": _("Lapak tetap buka. Sampai jumpa!")}
    when = f"{day(seen.later_at)}, {_at(seen.later_at)}"
    return {"title": title, "line": _("Siaran berikutnya: %(when)s", when=when)}


def _break(seen: Picture) -> str:
    if seen.closed is not None and seen.closed.kind is ClosedKind.HOLIDAY and seen.closed.note:
        return seen.closed.note
    if seen.closed is not None and seen.closed.kind is not ClosedKind.BREAK:
        return str(KINDS[seen.closed.kind])
    return _("Azan") if seen.prayer else _("Jeda sebentar")


def _is_prayer(seen: Picture) -> bool:
    kinds = {ClosedKind.MAGHRIB, ClosedKind.TARAWIH, ClosedKind.FRIDAY}
    of_kind = seen.closed is not None and seen.closed.kind in kinds
    return seen.scene is Scene.BREAK and (seen.prayer or of_kind)


def _of_product(product: Product) -> dict[str, str]:
    left = _("Sisa %(n)s", n=product.stock) if product.stock else _("Habis")
    host = urlsplit(services().settings.public_url).netloc
    return {
        "product": product.name,
        "price": rupiah(product.price_idr),
        "code": product.claim_code,
        "stock": left,
        "address": f"{host}/b/{product.claim_code}",
    }


def _good(product: Product) -> State:
    return {
        "name": product.name,
        "price": rupiah(product.price_idr),
        "code": product.claim_code,
        "qr": _qr(f"/b/{product.claim_code}"),
        "photo": photo_url(product.photo, PHOTO_PX) if product.photo else "",
    }


def _qr(path: str) -> str:
    """Return a code of an address of ours as a picture that needs no request of its own."""
    picture = qr_pictures.draw(f"{services().settings.public_url}{path}", ONE_PIXEL)
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _place(seller: Seller) -> str:
    return _(
        "%(cluster)s · Kec. %(district)s",
        cluster=translated(seller.cluster),
        district=seller.district,
    )


def _at(instant: datetime) -> str:
    return f"{clock(instant)} {zone_label()}"


def _ms(instant: datetime) -> int:
    """Return milliseconds since 1970, as browsers count."""
    return round(instant.timestamp() * 1000)


def _digest(of: object) -> str:
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:12]
