"""How airtime is shared out, for everybody: the ledger, the draws, later changes, and why."""

import gzip
import hashlib
from datetime import datetime

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bazaar.errors import NotFound
from bazaar.models import Draw, Edition
from bazaar.reports import share_sheet
from bazaar.rotation import explanations, ledger, public_files
from bazaar.rotation.plans import find_current_release
from bazaar.rules import qr_pictures
from bazaar.web import page_of, services
from bazaar.web.formats import current_edition

MAX_SEARCH = 80


def show() -> ResponseReturnValue:
    edition = _asked()
    release = find_current_release(edition) if edition else None
    if edition is None or release is None:
        return render_template("fairness/show.html", of=edition, release=None, part="share")
    search = " ".join(request.args.get("q", "")[:MAX_SEARCH].split())
    order = _order()
    page = page_of(ledger.rows(release, search=search, order=order))
    return render_template(
        "fairness/show.html",
        of=edition,
        part="share",
        release=release,
        totals=ledger.totals(release),
        page=page,
        part_of=ledger.part_of,
        order=order,
        orders=ledger.Order,
        search=search,
        earlier=ledger.earlier(edition) if not search and page.page == 1 else [],
    )


def sheet() -> Response:
    edition = _asked()
    release = find_current_release(edition) if edition else None
    if edition is None or release is None:
        raise NotFound
    response = Response(share_sheet(release), mimetype="text/csv")
    name = f"keadilan-{edition.slug}-terbitan-{release.number}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def draws() -> ResponseReturnValue:
    edition = _asked()
    return render_template(
        "fairness/draws.html",
        of=edition,
        part="draws",
        page=page_of(ledger.draws_of(edition)) if edition else None,
        outcomes=ledger.outcomes(edition) if edition else {},
    )


def draw(number: int) -> ResponseReturnValue:
    edition, found = _draw(number)
    return render_template(
        "fairness/draw.html",
        of=edition,
        part="draws",
        draw=found,
        outcome=ledger.outcomes(edition).get(found.id),
    )


def draw_file(number: int) -> ResponseReturnValue:
    edition, found = _draw(number, whole=True)
    return _file(public_files.file_of(found, edition), f"{edition.slug}-undian-{number}.json")


def draw_input(number: int) -> ResponseReturnValue:
    edition, found = _draw(number, whole=True)
    return _file(public_files.input_of(found), f"{edition.slug}-undian-{number}-masukan.json")


def draw_plan(number: int) -> ResponseReturnValue:
    edition, found = _draw(number, whole=True)
    return _file(public_files.plan_of(found), f"{edition.slug}-undian-{number}-rancangan.json")


def draw_code(number: int) -> ResponseReturnValue:
    edition, found = _draw(number)
    address = url_for("fairness.draw", number=found.number, edisi=edition.slug)
    response = Response(
        qr_pictures.draw(f"{services().settings.public_url}{address}"), mimetype="image/png"
    )
    response.cache_control.max_age = 600
    return response


def changes() -> ResponseReturnValue:
    edition = _asked()
    if edition is None:
        return render_template("fairness/changes.html", of=None, part="changes", page=None)
    page = page_of(ledger.changes(edition))
    requests = page_of(ledger.granted(edition)).items if page.page == 1 else []
    return render_template(
        "fairness/changes.html",
        of=edition,
        part="changes",
        page=page,
        rows_of=explanations.rows_of,
        sellers=explanations.names_in(page.items),
        channels=explanations.channels_of(edition),
        numbers=ledger.release_numbers(edition),
        requests=requests,
        names=ledger.names_of(requests),
        instant=datetime.fromisoformat,
    )


def turn(uid: str) -> ResponseReturnValue:
    edition = current_edition()
    found = explanations.get_turn(edition, uid)
    return render_template("fairness/turn.html", of=edition, why=explanations.explain(found))


def _asked() -> Edition | None:
    """Return the edition that `?edisi=` names, else the current one."""
    slug = request.args.get("edisi", "")
    return ledger.get_edition(slug) if slug else current_edition()


def _draw(number: int, *, whole: bool = False) -> tuple[Edition, Draw]:
    edition = _asked()
    found = ledger.get_draw(edition, number, whole=whole)
    assert edition is not None
    return edition, found


def _order() -> ledger.Order:
    try:
        return ledger.Order(request.args.get("urut", ""))
    except ValueError:
        return ledger.Order.PLACE


def _file(content: bytes, name: str) -> ResponseReturnValue:
    """Answer exactly these bytes; the tag is their SHA-256, the same that the page tells.

    The same for everybody, so it goes compressed to whoever takes that, under a tag of its own.
    """
    tag = hashlib.sha256(content).hexdigest()
    packed = request.accept_encodings.quality("gzip") > 0
    response = Response(mimetype="application/json")
    response.set_etag(f"{tag}-gzip" if packed else tag)
    response.cache_control.public = True
    response.cache_control.no_cache = True
    response.vary.add("Accept-Encoding")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    if request.if_none_match.contains(response.get_etag()[0] or ""):
        return response.make_conditional(request)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
        content = gzip.compress(content, 3, mtime=0)
    response.set_data(content)
    return response
