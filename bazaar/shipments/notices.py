"""What people are told about parcels: a letter where there is an address, else words to send.

Buyers give a telephone number and no mail address, so what they are told stands on their page and
as ready words for WhatsApp; sellers with a mail address get a letter when their parcel is in
trouble. Each hangs on the row of the step or of the changed number, so nobody is told twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from bazaar import outbox
from bazaar.audit import BUYER
from bazaar.db import db
from bazaar.errors import N_
from bazaar.models import Message, Parcel, ParcelProblem, ParcelStatus, ParcelStep, ResiChange
from bazaar.ports import Letter

WORDS: Final = {
    ParcelStatus.HANDED_OVER: N_("Paket {parcel} dari {seller} sudah diserahkan ke {courier}."),
    ParcelStatus.OUT_FOR_DELIVERY: N_(
        "Paket {parcel} dari {seller} sedang diantar {courier}. Mohon ada orang di rumah."
    ),
    ParcelStatus.DELIVERED: N_(
        "Paket {parcel} dari {seller} tercatat sudah diterima. Kalau belum, balas pesan ini."
    ),
    ParcelStatus.EXCEPTION: N_(
        "Pengiriman paket {parcel} dari {seller} terkendala. Kami sedang menanyakannya ke {courier}."
    ),
    ParcelStatus.RETURNING: N_(
        "Paket {parcel} dari {seller} sedang dikirim balik oleh {courier}. Kami akan menghubungi "
        "Anda tentang kelanjutannya."
    ),
    ParcelStatus.RETURNED: N_(
        "Paket {parcel} dari {seller} sudah kembali ke penjual. Kami menghubungi Anda: dikirim "
        "ulang, atau uang kembali."
    ),
    ParcelStatus.DESTROYED: N_(
        "Paket {parcel} dari {seller} rusak atau ditahan di perjalanan {courier}. Kami menghubungi "
        "Anda: dikirim ulang, atau uang kembali."
    ),
    ParcelStatus.LOST: N_(
        "Paket {parcel} dari {seller} tidak ditemukan {courier}. Kami sedang mengurusnya."
    ),
}
"""What the buyer is told when a parcel comes into a state; other states say nothing."""

NUMBER: Final = N_("Nomor resi {courier}: {resi}.")
NEW_NUMBER: Final = N_(
    "Nomor resi paket {parcel} dari {seller} diperbarui. Nomor resi {courier} yang baru: {resi}."
)
ANSWER: Final = N_("Jawaban laporan Anda tentang paket {parcel} dari {seller}: {answer}")

_TROUBLE: Final = frozenset(
    {ParcelStatus.EXCEPTION, ParcelStatus.RETURNING, ParcelStatus.RETURNED, ParcelStatus.LOST}
)
_TO_SELLER: Final = {
    ParcelStatus.EXCEPTION: "Pengiriman terkendala",
    ParcelStatus.RETURNING: "Paket sedang dikirim balik",
    ParcelStatus.RETURNED: "Paket kembali ke Anda",
    ParcelStatus.LOST: "Paket dinyatakan hilang",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Words for the buyer, untranslated, with their facts; `key` is the same for the same news."""

    key: str
    text: str
    facts: dict[str, str]


def of_step(parcel: Parcel, step: ParcelStep) -> tuple[Notice, ...]:
    """Return what the buyer is told because of this step, nothing for most; order loaded."""
    text = WORDS.get(step.status)
    if text is None:
        return ()
    facts = _facts(parcel)
    notices = [Notice(f"parcel-step:{step.id}", text, facts)]
    if step.status is ParcelStatus.HANDED_OVER and parcel.resi:
        notices.append(Notice(f"parcel-step:{step.id}:resi", NUMBER, facts))
    return tuple(notices)


def of_change(parcel: Parcel, change: ResiChange) -> Notice:
    """Return what the buyer is told because of a changed number."""
    facts = _facts(parcel) | {"resi": change.new, "courier": change.courier}
    return Notice(f"resi-change:{change.id}", NEW_NUMBER, facts)


def of_answer(parcel: Parcel, problem: ParcelProblem) -> Notice:
    """Return what the buyer is told because a complaint was answered."""
    facts = _facts(parcel) | {"answer": problem.answer}
    return Notice(f"parcel-problem:{problem.id}:answer", ANSWER, facts)


PREFIXES: Final = {
    ParcelStep: f"{outbox.BY_HAND}parcel-step:",
    ResiChange: f"{outbox.BY_HAND}resi-change:",
    ParcelProblem: f"{outbox.BY_HAND}parcel-problem:",
}
"""What the keys of letters to buyers begin with; the number of the row follows."""


NUMBER_PREFIX: Final = f"{outbox.BY_HAND}parcel-number:"
"""The same for a number that came after the hand-over; the number of its step follows."""


def key_of(fact: ParcelStep | ResiChange | ParcelProblem) -> str:
    """Return the key of the letter that tells a buyer of it."""
    return f"{PREFIXES[type(fact)]}{fact.id}"


def tell_buyer(
    parcel: Parcel,
    fact: ParcelStep | ResiChange | ParcelProblem,
    news: tuple[Notice, ...],
    *,
    now: datetime,
) -> None:
    """Put words for the buyer into the outbox, once, for a person to send (`tidings`)."""
    if not news:
        return
    text = " ".join(notice.text.format(**notice.facts) for notice in news)
    key = key_of(fact).removeprefix(outbox.BY_HAND)
    letter = Letter(key, parcel.order.checkout.phone, f"WhatsApp: {parcel.code}", text)
    outbox.write_by_hand([letter], now=now)


def tell_number(parcel: Parcel, *, now: datetime) -> None:
    """Tell the buyer the parcel's first number, if it came after the words of the hand-over went.

    As long as these wait to be sent, they bring the number along.
    """
    handed = [step for step in parcel.steps if step.status is ParcelStatus.HANDED_OVER]
    told = [Message.key == key_of(step) for step in handed]
    if not told or not db.session.scalar(
        sa.select(sa.func.max(Message.sent_at)).where(sa.or_(*told))
    ):
        return
    text = NUMBER.format(**_facts(parcel))
    key = f"{NUMBER_PREFIX}{handed[-1].id}".removeprefix(outbox.BY_HAND)
    letter = Letter(key, parcel.order.checkout.phone, f"WhatsApp: {parcel.code}", text)
    outbox.write_by_hand([letter], now=now)


def of_number(parcel: Parcel, step: ParcelStep) -> Notice:
    """Return what the buyer is told of a first number that came after the hand-over."""
    return Notice(f"parcel-number:{step.id}", NUMBER, _facts(parcel))


def tell_problem(parcel: Parcel, problem: ParcelProblem, kind: str, *, now: datetime) -> None:
    """Write to the seller that its buyer complains, if it has a mail address; once."""
    subject = f"Laporan pembeli: {parcel.code}"
    text = (
        f"Halo {parcel.order.seller.name},\n\nPembeli melaporkan paket {parcel.code}, pesanan "
        f"{parcel.order.reference}: {kind}.\n\n{problem.text}\n\n"
        "Jawab lewat tautan pribadi Anda, bagian Kemas, atau tunggu panitia menjawabnya."
    )
    letter = Letter(f"parcel-problem:{problem.id}", parcel.order.seller.email, subject, text)
    outbox.write_each([letter], now=now)


def tell(parcel: Parcel, step: ParcelStep, *, now: datetime) -> None:
    """Put what the buyer is told into the outbox, and write to the seller of trouble; once a step.

    The seller hears only if it has a mail address.
    """
    if step.by != BUYER.name:  # what the buyer said is no news to it
        tell_buyer(parcel, step, of_step(parcel, step), now=now)
    if step.status not in _TROUBLE:
        return
    subject = f"{_TO_SELLER[step.status]}: {parcel.code}"
    because = f" Keterangan: {step.note}." if step.note else ""
    text = (
        f"Halo {parcel.order.seller.name},\n\n{subject}, pesanan {parcel.order.reference}, "
        f"kurir {parcel.courier}, resi {parcel.resi or '(belum ada)'}.{because}\n\n"
        "Panitia mengurus kelanjutannya dan menghubungi Anda bila perlu."
    )
    key = f"parcel-step:{step.id}"
    letter = Letter(key, parcel.order.seller.email, subject[: outbox.HEADER_LENGTH], text)
    outbox.write_each([letter], now=now)


def tell_resi(parcel: Parcel, change: ResiChange, *, now: datetime) -> None:
    """Tell the buyer and the seller, if it has a mail address, of another number; once."""
    if change.new:
        tell_buyer(parcel, change, (of_change(parcel, change),), now=now)
    subject = f"Nomor resi diperbarui: {parcel.code}"
    text = (
        f"Halo {parcel.order.seller.name},\n\nNomor resi paket {parcel.code} sekarang "
        f"{change.new} ({change.courier}); sebelumnya {change.old or '(ditarik kurir)'}."
    )
    key = f"resi-change:{change.id}"
    letter = Letter(key, parcel.order.seller.email, subject[: outbox.HEADER_LENGTH], text)
    outbox.write_each([letter], now=now)


def _facts(parcel: Parcel) -> dict[str, str]:
    return {
        "parcel": parcel.code,
        "seller": parcel.order.seller.name,
        "courier": parcel.courier,
        "resi": parcel.resi,
    }
