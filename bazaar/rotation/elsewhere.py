"""Why a seller did not get a slot: the first rule that stood in the way, on the frozen input.

Of the frozen input only what the question concerns is read: the day of the slot with its
neighbours, the other turns of the seller, and who could meet it there.
"""

import enum
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from bazaar import times
from bazaar.db import db
from bazaar.errors import N_, NotFound
from bazaar.models import Draw, Edition, Release, Seller, Share, Turn
from bazaar.rotation import draws
from bazaar.rotation.explanations import Wish, explain
from bazaar.rotation.plans import turns_on
from bazaar.rules.rotation import Assignment, Decided, Hindrance
from bazaar.rules.rotation.format import read_instance
from bazaar.rules.rotation.why_not import BALANCE, CLUSTER, KEPT, PIN, TURNS, why_not


class NoSuchSlot(NotFound):
    """The input of the draw has no slot at this place and time."""

    text = N_("Jam ini tidak ada dalam undian.")


class Obstacle(enum.Enum):
    """What stood between a seller and a slot: a hard rule, or what spoke for another."""

    OWN = "own"
    OUTSIDE = "outside"
    DROPPED = Hindrance.DROPPED.value
    AVAILABILITY = Hindrance.AVAILABILITY.value
    BUSY = Hindrance.BUSY.value
    GAP = Hindrance.GAP.value
    DAY = Hindrance.DAY.value
    MAX_TURNS = Hindrance.MAX_TURNS.value
    BLOCKED_PAIR = Hindrance.BLOCKED_PAIR.value
    PIN = PIN
    KEPT = KEPT
    HAND = "hand"
    TURNS = TURNS
    CLUSTER = CLUSTER
    BALANCE = BALANCE
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Spot:
    """A slot of the frozen input; `turn` is who has it in the release, None: nobody."""

    channel: str
    channel_id: int
    starts_at: datetime
    ends_at: datetime
    turn: Turn | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Why not. `same_day`: the seller's turns on that day; shares as the release has them.

    `wish`: what the sellers had asked for, when a hand only carried that out.
    """

    spot: Spot
    obstacle: Obstacle
    same_day: Sequence[Turn]
    own: Share | None
    other: Share | None
    wish: Wish | None = None


class Slots:
    """The slots of one day as the draw of a release saw them; of releases without draw, none."""

    def __init__(self, edition: Edition, release: Release, day: date) -> None:
        self._edition = edition
        self._release = release
        self._day = day
        draw = draws.of_release(release)
        self._raw: dict[str, Any] = _raw(draw) if draw and draw.instance else {}
        self.turns = turns_on(release, day)
        channels = {channel.id: channel.name for channel in edition.channels}
        has = {(turn.channel_id, turn.starts_at): turn for turn in self.turns}
        self._ids: dict[tuple[int, datetime], int] = {}
        self.spots: list[Spot] = []
        for slot in self._raw.get("slots", ()):
            start = datetime.fromisoformat(slot["start"])
            if times.day_of(start, edition.zone) == day and slot["channel"] in channels:
                self._ids[slot["channel"], start] = slot["id"]
                end = datetime.fromisoformat(slot["end"])
                name, turn = channels[slot["channel"]], has.get((slot["channel"], start))
                self.spots.append(Spot(name, slot["channel"], start, end, turn))
        self.spots.sort(key=lambda spot: (spot.starts_at, spot.channel_id))

    def ask(self, seller: Seller, channel_id: int, starts_at: datetime) -> Answer:
        """Return why the seller does not have the slot. Raises NoSuchSlot."""
        spot = self._spot(channel_id, starts_at)
        obstacle = self._obstacle(seller, spot)
        return Answer(
            spot,
            obstacle,
            [turn for turn in self.turns if turn.seller_id == seller.id],
            self._share(seller.id),
            self._share(spot.turn.seller_id) if spot.turn else None,
            explain(spot.turn).wish if spot.turn and obstacle is Obstacle.HAND else None,
        )

    def _share(self, seller_id: int) -> Share | None:
        return db.session.get(Share, (self._release.id, seller_id))

    def _spot(self, channel_id: int, starts_at: datetime) -> Spot:
        for spot in self.spots:
            if (spot.channel_id, spot.starts_at) == (channel_id, starts_at):
                return spot
        raise NoSuchSlot

    def _obstacle(self, seller: Seller, spot: Spot) -> Obstacle:
        turn = spot.turn
        if turn is not None and turn.seller_id == seller.id:
            return Obstacle.OWN
        if turn is not None and turn.reasons.get("decided") == Decided.HAND.value:
            return Obstacle.HAND
        who = next((who for who in self._raw["sellers"] if who["id"] == seller.code), None)
        if who is None:
            return Obstacle.OUTSIDE
        slot = self._ids[spot.channel_id, spot.starts_at]
        block = next(s["block"] for s in self._raw["slots"] if s["id"] == slot)
        if block not in who["blocks"]:
            return Obstacle.DROPPED if self._has_left(seller, spot) else Obstacle.AVAILABILITY
        concerned = {seller.id, turn.seller_id} if turn else {seller.id}
        found = self._why_not(seller.code, concerned, slot)
        return Obstacle.NOTHING if found is None else Obstacle(getattr(found, "value", found))

    def _has_left(self, seller: Seller, spot: Spot) -> bool:
        published = self._raw["published"]
        return (
            published is not None
            and seller.code in self._raw["dropped"]
            and spot.starts_at >= datetime.fromisoformat(published["now"])
            and self._ids[spot.channel_id, spot.starts_at] not in published.get("begun", ())
        )

    def _why_not(self, code: str, concerned: set[int], slot: int) -> Hindrance | str | None:
        """Ask the rule with as much of the input as the question about these sellers needs."""
        of = next(s["block"] for s in self._raw["slots"] if s["id"] == slot)
        day = next(b["day"] for b in self._raw["blocks"] if b["id"] == of)
        blocks = {b["id"] for b in self._raw["blocks"] if abs(b["day"] - day) <= 1}
        turns = _turns(self._release, Turn.seller_id.in_(concerned))
        theirs = {(turn.channel_id, turn.starts_at) for turn in turns}
        slots = [s for s in self._raw["slots"] if s["block"] in blocks or _place(s) in theirs]
        placed = {_place(s): s["id"] for s in slots}
        first, last = self._around()
        turns += _turns(self._release, Turn.starts_at.between(first, last))
        given = {
            placed[turn.channel_id, turn.starts_at]: turn.seller.code
            for turn in turns
            if (turn.channel_id, turn.starts_at) in placed
        }
        instance = read_instance(_part(self._raw, slots, {code, *given.values()}))
        known = {who.id for who in instance.sellers}
        assignments = [Assignment(s, whose) for s, whose in given.items() if whose in known]
        return why_not(instance, assignments, slot, code)

    def _around(self) -> tuple[datetime, datetime]:
        zone = self._edition.zone
        before, after = self._day - timedelta(days=1), self._day + timedelta(days=1)
        return times.day_bounds(before, zone)[0], times.day_bounds(after, zone)[1]


def _raw(draw: Draw) -> dict[str, Any]:
    assert draw.instance is not None
    raw: dict[str, Any] = json.loads(gzip.decompress(draw.instance))
    return raw


def _place(slot: Mapping[str, Any]) -> tuple[int, datetime]:
    return slot["channel"], datetime.fromisoformat(slot["start"])


def _turns(release: Release, which: sa.ColumnElement[bool]) -> list[Turn]:
    query = sa.select(Turn).where(Turn.release_id == release.id, which)
    return list(db.session.scalars(query.options(joinedload(Turn.seller))))


def _part(
    raw: dict[str, Any], slots: Sequence[dict[str, Any]], sellers: set[str]
) -> dict[str, Any]:
    """Return the instance with these slots and sellers only."""
    ids = {slot["id"] for slot in slots}
    blocks = {slot["block"] for slot in slots}
    published = raw["published"]
    return raw | {
        "slots": slots,
        "blocks": [block for block in raw["blocks"] if block["id"] in blocks],
        "sellers": [
            who
            | {
                "blocks": [block for block in who["blocks"] if block in blocks],
                "cuts": [cut for cut in who["cuts"] if cut[0] in blocks],
            }
            for who in raw["sellers"]
            if who["id"] in sellers
        ],
        "pins": [pin for pin in raw["pins"] if pin["slot"] in ids and pin["seller"] in sellers],
        "blocked_pairs": [pair for pair in raw["blocked_pairs"] if sellers.issuperset(pair)],
        "published": published
        and published
        | {
            "assignments": [
                given
                for given in published["assignments"]
                if given["slot"] in ids and given["seller"] in sellers
            ]
        }
        | {"begun": [slot for slot in published.get("begun", ()) if slot in ids]},
        "dropped": [code for code in raw["dropped"] if code in sellers],
    }
