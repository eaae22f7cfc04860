"""What the committee does with one parcel: tell its state, split, weigh, move, decide, clear.

What was typed wrongly is shown again on the parcel's page with the reason; what somebody else has
changed meanwhile is a conflict, with a page of its own.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import flash, g, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bazaar import accounts, phones, reports, shipments, times
from bazaar.audit import Actor
from bazaar.db import forget
from bazaar.errors import N_, Invalid
from bazaar.models import Parcel
from bazaar.rules import numbers, references
from bazaar.rules.parcel_states import ParcelAct
from bazaar.shipments import acts, addresses, returns, reviews
from bazaar.views.committee import parcels
from bazaar.views.committee.parcel_words import ACTS, TROUBLES
from bazaar.web import see_other
from bazaar.web.answers import sentence

MAX_DIGITS = 12

_BY_ACT: dict[ParcelAct, Callable[..., object]] = {
    ParcelAct.UNBOOK: acts.unbook,
    ParcelAct.MOVE: acts.move,
    ParcelAct.BRING: acts.bring,
    ParcelAct.RESUME: acts.resume,
    ParcelAct.RETURN: acts.send_back,
    ParcelAct.TAKE_BACK: acts.take_back,
    ParcelAct.LOSE: acts.lose,
    ParcelAct.DESTROY: acts.destroy,
    ParcelAct.CORRECT: acts.correct,
    ParcelAct.CANCEL: acts.request_cancel,
}


class NoSuchAct(Invalid):
    """The form names an act that there is not."""


class WrongNumber(Invalid):
    """A field for a number holds something else."""

    text = N_("Isi dengan angka bulat, tanpa titik dan koma.")


class WrongPhone(Invalid):
    """Nobody can be called there."""

    text = N_("Nomor telepon ini tidak dapat dihubungi. Periksa lagi.")


class NothingChosen(Invalid):
    """No decision was chosen."""

    text = N_("Pilih dulu apa yang diputuskan.")


def tell(code: str) -> ResponseReturnValue:
    """Take the act that the form names, with its reason."""

    def do(parcel: Parcel, who: Actor) -> str:
        act, why = _act(request.form.get("act", "")), request.form.get("why", "")
        now = times.now()
        if act is ParcelAct.FAIL:
            kind = request.form.get("kind", "")
            trouble = kind if kind in TROUBLES else "failed"
            acts.fail(parcel, why, code=trouble, actor=who, now=now)
        elif _BY_ACT[act](parcel, why, actor=who, now=now) is False:
            return _("Kurir diminta membatalkan. Paket dibatalkan begitu kurir menjawab.")
        return _("Paket %(code)s: %(state)s.", code=code, state=str(ACTS[act][0]))

    return _do(code, "tell", do)


def measure(code: str) -> ResponseReturnValue:
    def do(parcel: Parcel, who: Actor) -> str:
        sides = [_number(name) for name in ("length_cm", "width_cm", "height_cm")]
        given = [side for side in sides if side is not None]
        if given and len(given) < len(sides):
            raise shipments.WrongWeight
        box = (given[0], given[1], given[2]) if given else None
        fragile = bool(request.form.get("fragile"))
        weight_g = _number("weight_g")
        shipments.measure(parcel, weight_g, box, fragile=fragile, actor=who, now=times.now())
        return _("Berat dan ukuran paket %(code)s disimpan.", code=code)

    return _do(code, "measure", do)


def split(code: str) -> ResponseReturnValue:
    def do(parcel: Parcel, who: Actor) -> str:
        made = shipments.split(parcel, _pieces(parcel), actor=who, now=times.now())
        return _("Sebagian isi %(code)s pindah ke paket %(made)s.", code=code, made=made.code)

    return _do(code, "split", do)


def address(code: str) -> ResponseReturnValue:
    def do(parcel: Parcel, who: Actor) -> str:
        checkout = parcel.order.checkout
        phone = phones.read_phone(request.form.get("phone", ""), checkout.country)
        if phone is None:
            raise WrongPhone
        new = addresses.Address(
            buyer_name=_line("buyer_name"),
            phone=phone,
            street=_line("street"),
            area=checkout.area,
            village_code=checkout.village_code,
            postal_code=_line("postal_code")[:12],
            note=_line("note")[:200],
        )
        why = request.form.get("why", "")
        changed = shipments.change_address(parcel, new, why, actor=who, now=times.now())
        if not changed:
            return _("Alamatnya sama; tidak ada yang berubah.")
        return _("Alamat diganti. Cetak label baru; label lama tidak berlaku.")

    return _do(code, "address", do)


def note(code: str) -> ResponseReturnValue:
    def do(parcel: Parcel, who: Actor) -> str:
        text = request.form.get("why", "")
        addresses.note_to_courier(parcel, text, actor=who, now=times.now())
        return _("Pesan ke kurir dicatat di jejak audit.")

    return _do(code, "note", do)


def clear(code: str, review_id: int) -> ResponseReturnValue:
    def do(parcel: Parcel, who: Actor) -> str:
        answer = request.form.get("why", "")
        reviews.clear(parcel, review_id, answer, actor=who, now=times.now())
        return _("Sudah ditandai beres.")

    return _do(code, f"review-{review_id}", do)


def decide(code: str) -> ResponseReturnValue:
    """Decide about goods that came back, the buyer, or note a compensation."""

    def do(parcel: Parcel, who: Actor) -> str:
        kind, why, now = request.form.get("decision", ""), request.form.get("why", ""), times.now()
        if kind == returns.RESTOCK:
            returns.put_back(parcel, _pieces(parcel), why, actor=who, now=now)
        elif kind == returns.WRITE_OFF:
            returns.write_off(parcel, why, actor=who, now=now)
        elif kind == "reship":
            made = returns.send_again(parcel, why, actor=who, now=now)
            return _("Paket baru %(made)s menunggu dikemas.", made=made.code)
        elif kind == "refund":
            returns.refund(parcel, _rupiah("amount_idr"), why, actor=who, now=now)
        elif kind == returns.COMPENSATION:
            returns.compensate(parcel, _rupiah("amount_idr"), why, actor=who, now=now)
        else:
            raise NothingChosen
        return _("Keputusan tentang paket %(code)s dicatat.", code=code)

    return _do(code, "decide", do)


def cancel_order(reference: str) -> ResponseReturnValue:
    order = reports.get_order(references.normalise(reference) or reference)
    why = request.form.get("why", "")
    shipments.cancel_order(order, why, actor=accounts.actor(g.person), now=times.now())
    flash(
        _(
            "Pesanan %(reference)s dibatalkan. Kembalikan uangnya lewat halaman Uang.",
            reference=order.reference,
        ),
        "success",
    )
    return see_other(url_for("committee.orders.show", reference=order.reference))


def open_rest(reference: str) -> ResponseReturnValue:
    order = reports.get_order(references.normalise(reference) or reference)
    made = shipments.open_rest(order, actor=accounts.actor(g.person), now=times.now())
    flash(_("Paket baru %(made)s menunggu dikemas.", made=made.code), "success")
    return see_other(url_for("committee.parcels.show", code=made.code))


def _do(code: str, form: str, do: Callable[[Parcel, Actor], str]) -> ResponseReturnValue:
    """Do it and go back to the parcel; show what was typed again if it cannot be used."""
    parcel = shipments.get_parcel(code)
    try:
        done = do(parcel, accounts.actor(g.person))
    except Invalid as wrong:
        forget()
        shown = parcels.detail(shipments.get_parcel(code), wrong_form=form, wrong=sentence(wrong))
        return shown, HTTPStatus.UNPROCESSABLE_ENTITY
    flash(done, "success")
    return see_other(url_for("committee.parcels.show", code=code))


def _act(word: str) -> ParcelAct:
    known = {act.value: act for act in ACTS}
    if word not in known:
        raise NoSuchAct
    return known[word]


def _number(name: str) -> int | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise WrongNumber
    return int(text)


def _rupiah(name: str) -> int:
    """Return a sum as people write it (`120.000`)."""
    amount = numbers.read_rupiah(request.form.get(name, ""))
    if amount is None:
        raise shipments.WrongAmount
    return amount


def _pieces(parcel: Parcel) -> dict[int, int]:
    lines = [line.order_line_id for line in parcel.lines]
    return {line: _number(f"pieces-{line}") or 0 for line in lines}


def _line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())
