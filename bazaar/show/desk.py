"""The control room's desk: what people do about a channel's day, each act once and in order."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bazaar import audit
from bazaar.audit import Actor
from bazaar.db import db, insert_once
from bazaar.errors import N_, Conflict, Invalid, NotFound
from bazaar.models import Edition, Participation, Product, Seller, ShowAct
from bazaar.rules.show.acts import ASIDE, Act, ActKind, undoable
from bazaar.rules.show.standing import Standing, State, stand
from bazaar.show.days import ChannelDay, day_at, days, of_number

TRIES = 3
"""So often an act that disturbs nobody is tried again when another one took its number."""

NEEDS_TURN = frozenset({ActKind.START, ActKind.SKIP, ActKind.NO_SHOW})
SECONDS = {
    ActKind.ADD: (-3600, 3600),
    ActKind.DELAY: (60, 3 * 3600),
    ActKind.EXTEND: (60, 3 * 3600),
}
"""From and up to how many seconds an act may move time."""


class NotToday(NotFound):
    """The turn is not one of this channel's show day."""

    text = N_("Giliran ini tidak ada di siaran hari ini.")


@dataclass(eq=False)
class Stale(Conflict):
    """Somebody else acted meanwhile; nothing was done. `who` did `did`, a word of ActKind."""

    who: str
    did: str
    text = N_("{who} baru saja bertindak lebih dulu. Lihat keadaan sekarang, lalu ulangi.")


class MeansNothing(Conflict):
    """As things stand the act would change nothing."""

    text = N_("Tidak ada yang berubah: keadaan siaran sudah begitu.")


class UndoTooLate(Conflict):
    """The act is older than the time for taking back, or something was built on it."""

    text = N_("Tindakan ini tidak dapat dibatalkan lagi.")


@dataclass(eq=False)
class OnAirElsewhere(Conflict):
    """The seller is on air on another channel."""

    channel: str
    text = N_("Penjual ini sedang siaran di {channel}.")


class NobodyOnAir(Conflict):
    """There is nobody whom a note would reach."""

    text = N_("Tidak ada yang siaran, jadi pesan tidak dikirim.")


@dataclass(eq=False)
class OffAir(Conflict):
    """The turn that a note is for is over; it reached nobody."""

    name: str
    text = N_("{name} sudah tidak siaran, jadi pesan tidak dikirim.")


class CannotFill(Invalid):
    """The seller does not take part in this edition, so it cannot have a slot."""

    text = N_("Penjual ini tidak ikut penyelenggaraan ini.")


class NotOnSale(Invalid):
    """The product is not one of who is on air."""

    text = N_("Produk ini bukan milik penjual yang sedang siaran.")


@dataclass(eq=False)
class TooLong(Invalid):
    """The time given lies outside what an act may move."""

    least: int
    most: int
    text = N_("Isi antara {least} dan {most} detik.")


def act(  # noqa: PLR0913  # an act has as many parts as this
    edition: Edition,
    channel_number: int,
    kind: ActKind,
    *,
    revision: int,
    actor: Actor,
    now: datetime,
    turn: str | None = None,
    seller: int | None = None,
    product: int | None = None,
    seconds: int = 0,
    text: str = "",
) -> Standing:
    """Do something about a channel's day, as seen at `revision`; return how it stands then.

    Of two who saw the same only the first acts; acts that disturb nobody (ASIDE) always do.
    A note without a turn is for the one on air. Raises NoSuchChannel, NotToday, Stale,
    MeansNothing, OnAirElsewhere, CannotFill, NotOnSale, TooLong, NobodyOnAir, OffAir.
    """
    day = day_at(edition, now)
    for _ in range(TRIES if kind in ASIDE else 1):
        all_days = days(edition, day)
        channel = of_number(all_days, channel_number)
        _must_be_new(channel, kind, revision)
        number, at = channel.revision + 1, _after(channel, now)
        done = Act(number, kind, at, turn, seller, product, seconds, text, who=actor.name)
        before = channel.stand(at)
        if kind is ActKind.NOTE:
            done = replace(done, turn=_reached(before, turn))
        elif kind is ActKind.PIN and before.on_air is not None:
            done = replace(done, turn=before.on_air.turn.uid)
        _must_be_possible(edition, all_days, channel, before, done)
        after = stand(replace(channel.plan, acts=(*channel.plan.acts, done)), at)
        if replace(after, revision=0) == replace(before, revision=0):
            raise MeansNothing
        if _write(channel, done, actor):
            return after
    last = _last(of_number(days(edition, day), channel_number))
    raise Stale(last.actor_name, last.kind.value)


def undo(
    edition: Edition, channel_number: int, number: int, *, actor: Actor, now: datetime
) -> Standing:
    """Take an act back as if it had never been; return how the channel stands then.

    Raises NoSuchChannel, UndoTooLate: something was built on it, or it is not fresh any more.
    """
    channel = of_number(days(edition, day_at(edition, now)), channel_number)
    at = _after(channel, now)
    fresh = undoable(channel.plan.acts, at)
    back = next((each for each in fresh if each.number == number), None)
    if back is None:
        raise UndoTooLate
    undoing = Act(channel.revision + 1, ActKind.UNDO, at, back.turn, undoes=number, who=actor.name)
    if not _write(channel, undoing, actor):
        raise UndoTooLate
    return stand(replace(channel.plan, acts=(*channel.plan.acts, undoing)), at)


def _after(channel: ChannelDay, now: datetime) -> datetime:
    """Return the instant of a new act: never before the last one, also if the clock was moved."""
    return max([now, *(each.at for each in channel.plan.acts)])


def _must_be_new(channel: ChannelDay, kind: ActKind, revision: int) -> None:
    if kind in ASIDE:
        return
    aside = {act.number for act in channel.plan.acts if act.kind in ASIDE}
    for each in reversed(channel.plan.acts):
        if each.number <= revision:
            return
        if each.kind not in ASIDE and each.undoes not in aside:
            raise Stale(each.who, each.kind.value)


def _must_be_possible(
    edition: Edition,
    all_days: list[ChannelDay],
    channel: ChannelDay,
    before: Standing,
    done: Act,
) -> None:
    planned = {turn.uid: turn for turn in channel.plan.turns}
    if done.kind in NEEDS_TURN and not done.turn:
        raise NotToday
    if done.turn and done.turn not in planned:
        raise NotToday
    if done.kind in SECONDS:
        least, most = SECONDS[done.kind]
        if not least <= done.seconds <= most:
            raise TooLong(least, most)
    if done.kind is ActKind.PIN:
        _must_be_on_sale(before, done)
    comes = done.seller
    if done.kind is ActKind.START and comes is None and done.turn:
        comes = planned[done.turn].seller
    if comes is not None:
        _must_be_free(edition, all_days, channel, comes, done)


def _reached(before: Standing, turn: str | None) -> str:
    """Return the turn that a note reaches. Raises NotToday, NobodyOnAir, OffAir."""
    if turn is None:
        if before.on_air is None:
            raise NobodyOnAir
        return before.on_air.turn.uid
    line = next((line for line in before.lines if line.turn.uid == turn), None)
    if line is None:
        raise NotToday
    if line.state not in {State.ON_AIR, State.COMING}:
        raise OffAir(_name(line.seller) or "")
    return turn


def _name(seller: int | None) -> str | None:
    return db.session.scalar(sa.select(Seller.name).where(Seller.id == seller)) if seller else None


def _must_be_on_sale(before: Standing, done: Act) -> None:
    owner = db.session.scalar(sa.select(Product.seller_id).where(Product.id == done.product))
    if before.on_air is None or owner != before.on_air.seller:
        raise NotOnSale


def _must_be_free(
    edition: Edition, all_days: list[ChannelDay], channel: ChannelDay, seller: int, done: Act
) -> None:
    if done.seller is not None:
        takes_part = sa.select(Participation.seller_id).join(
            Seller, Seller.id == Participation.seller_id
        )
        here = Participation.edition_id == edition.id, Participation.seller_id == seller
        if db.session.scalar(takes_part.where(*here, Seller.active)) is None:
            raise CannotFill
    for other in all_days:
        on_air = other.stand(done.at).on_air
        if other is not channel and on_air and on_air.seller == seller:
            raise OnAirElsewhere(other.name)


_PRODUCT = sa.select(Product.claim_code + " " + Product.name).where(
    Product.id == sa.bindparam("product")
)


def _write(channel: ChannelDay, done: Act, actor: Actor) -> bool:
    written = insert_once(
        ShowAct,
        channel_id=channel.channel_id,
        day=channel.day,
        number=done.number,
        kind=done.kind,
        turn_uid=done.turn,
        seller_id=done.seller,
        product_id=done.product,
        seconds=done.seconds,
        text=done.text,
        undoes=done.undoes,
        actor=actor.key,
        actor_name=actor.name,
        at=done.at,
    )
    if written:
        turns = {turn.uid: turn.seller for turn in channel.plan.turns}
        undone = next((act for act in channel.plan.acts if act.number == done.undoes), None)
        facts = {
            "seller": _name(turns.get(done.turn or "")),
            "filled_by": _name(done.seller),
            "product": done.product and db.session.scalar(_PRODUCT, {"product": done.product}),
            "seconds": done.seconds,
            "why": done.text,
            "undoes": undone and undone.kind.value,
        }
        audit.note(
            actor,
            f"show.{done.kind.value}",
            f"turn:{done.turn}" if done.turn else f"channel:{channel.number}",
            now=done.at,
            channel=channel.number,
            **{name: value for name, value in facts.items() if value},
        )
    return written


def _last(channel: ChannelDay) -> ShowAct:
    query = (
        sa.select(ShowAct)
        .where(ShowAct.channel_id == channel.channel_id, ShowAct.day == channel.day)
        .order_by(ShowAct.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()
