"""Who hears of a request: the other side of every step, in a letter of their own.

What was granted needs no letter here: the release it became tells both (`digests`). Where a
letter names the seller's own page, `digests.addressed` puts the link in when it leaves.
"""

from datetime import datetime

from babel.dates import format_datetime

from bazaar import outbox, times
from bazaar.db import db
from bazaar.models import Edition, RequestKind, Seller, TurnRequest
from bazaar.ports import Letter
from bazaar.rotation.digests import OWN_PAGE


def asked(request: TurnRequest, *, now: datetime) -> None:
    """Tell the other seller what is asked of it, and until when to answer."""
    one, other = _people(request)
    wish = f"\n\nPesan: {request.wish}" if request.wish else ""
    _write(
        request,
        "asked",
        other,
        f"{one.name} mengajak tukar giliran",
        f"{one.name} ingin menukar gilirannya ({_when(request, request.starts_at)}) dengan giliran"
        f" Anda ({_when(request, request.other_starts_at)}).{wish}\n\nJawab setuju atau tidak di"
        f" halaman Anda paling lambat {_when(request, request.answer_by)}. Tanpa jawaban, tidak"
        " ada yang berubah.",
        now,
    )


def agreed(request: TurnRequest, *, now: datetime) -> None:
    """Tell who asked that the other agrees, and when it counts."""
    one, other = _people(request)
    _write(
        request,
        "agreed",
        one,
        f"{other.name} setuju bertukar giliran",
        f"{other.name} setuju bertukar giliran {_when(request, request.starts_at)}. Bila panitia"
        f" tidak keberatan, tukar berlaku {_when(request, request.veto_by)}, dan Anda diberi tahu.",
        now,
    )


def refused(request: TurnRequest, *, now: datetime) -> None:
    """Tell who asked that the answer is no, and why."""
    one, other = _people(request)
    who = other.name if request.kind is RequestKind.SWAP else "Panitia"
    what = "bertukar giliran" if request.kind is RequestKind.SWAP else "memindah giliran"
    _write(
        request,
        "refused",
        one,
        f"{who} tidak dapat {what}",
        f"Permintaan Anda untuk giliran {_when(request, request.starts_at)} tidak dikabulkan."
        f"{_because(request)} Giliran Anda tetap seperti semula.",
        now,
    )


def vetoed(request: TurnRequest, *, now: datetime) -> None:
    """Tell both that the committee stopped their swap, and why."""
    one, other = _people(request)
    for to, partner, start in (
        (one, other, request.starts_at),
        (other, one, request.other_starts_at),
    ):
        _write(
            request,
            "vetoed",
            to,
            "Panitia membatalkan tukar giliran",
            f"Tukar giliran {_when(request, start)} dengan {partner.name} tidak jadi."
            f"{_because(request)} Giliran Anda tetap seperti semula.",
            now,
        )


def withdrawn(request: TurnRequest, *, now: datetime) -> None:
    """Tell the other seller of a swap that there is nothing to answer any more."""
    if request.kind is not RequestKind.SWAP:
        return
    one, other = _people(request)
    _write(
        request,
        "withdrawn",
        other,
        f"{one.name} menarik permintaan tukar",
        f"Permintaan tukar untuk giliran Anda {_when(request, request.other_starts_at)} ditarik."
        " Giliran Anda tetap seperti semula.",
        now,
    )


def lapsed(request: TurnRequest, *, now: datetime) -> None:
    """Tell everybody concerned that the request is over without having changed anything."""
    one, other = _people(request)
    sides = [(one, request.starts_at)]
    if request.kind is RequestKind.SWAP:
        sides.append((other, request.other_starts_at or request.starts_at))
    for to, start in sides:
        _write(
            request,
            "lapsed",
            to,
            "Permintaan giliran berakhir",
            f"Permintaan untuk giliran {_when(request, start)} berakhir."
            f"{_because(request)} Permintaan ini tidak mengubah giliran Anda.",
            now,
        )


def _people(request: TurnRequest) -> tuple[Seller, Seller]:
    """Return who asked and who was asked; where that is the committee, who asked twice."""
    one = db.session.get_one(Seller, request.seller_id)
    return one, db.session.get_one(Seller, request.other_id) if request.other_id else one


def _because(request: TurnRequest) -> str:
    return f" Alasannya: {request.answer.rstrip('.')}." if request.answer else ""


def _when(request: TurnRequest, instant: datetime | None) -> str:
    edition = db.session.get_one(Edition, request.edition_id)
    local = (instant or request.starts_at).astimezone(edition.zone)
    zone = times.ZONES.get(edition.zone_name, edition.zone_name)
    return f"{format_datetime(local, 'EEEE d MMMM HH.mm', locale='id')} {zone}"


def _write(
    request: TurnRequest, event: str, to: Seller, subject: str, text: str, now: datetime
) -> None:
    whole = f"Halo {to.name},\n\n{text}\n\nHalaman Anda: {OWN_PAGE}"
    key = f"request:{request.id}-{event}:{to.id}"
    letter = Letter(key, to.email, subject[: outbox.HEADER_LENGTH], whole)
    outbox.write_each([letter], now=now)
