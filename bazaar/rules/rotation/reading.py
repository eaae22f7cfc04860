"""Reading an instance with suspicion: every fault is a sentence that names its place."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bazaar.rules.rotation.check import pin_faults
from bazaar.rules.rotation.words import (
    Assignment,
    Block,
    Candidate,
    Closed,
    Cut,
    Instance,
    Pin,
    Published,
    Rules,
    Slot,
    Violation,
)

INSTANCE = "rotation-instance/1"

MOST = 10**9
"""No number of the file is farther from 0: sums of them stay exact, also as floats."""
MOST_MINUTES = 10**7
"""Some 19 years: added to any time of an edition it is still a time."""

CONTRADICTION = {
    "H1": "{seller} is not available then",
    "H2": "{seller} has slot {other_slot} at the same time",
    "H3": "{seller} has slot {other_slot}, less than min_gap_minutes away",
    "H4": "{seller} has more fixed turns on that day than max_turns_per_day",
    "H6": "{seller} and {other_seller} (slot {other_slot}) are a blocked pair",
    "H7": "{seller} has more fixed turns than max_turns",
    "H8": "the slot lies inside a closed time",
    "H9": "the slot is frozen for {other_seller}, not for {seller}",
}


class BadFile(ValueError):
    """What was given cannot be used; `faults` says why, a sentence for each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(self.faults))


class BadInstance(BadFile):
    """The instance of a rotation is none, or makes no sense."""


class BadPlan(BadFile):
    """The plan of a rotation is none."""


def instance(value: Mapping[str, Any]) -> Instance:
    """Read what JSON made of an instance. Raises BadInstance with all faults.

    First its shape is read; only if nothing is wrong there, whether it makes sense.
    """
    faults: list[str] = []
    top = _Row(value, "", faults)
    if value.get("format") != INSTANCE:
        top.fault("format", f'must be "{INSTANCE}", is {_shown(value.get("format"))}')
    read = Instance(
        name=top.text("name"),
        blocks=[_block(row) for row in top.rows("blocks")],
        slots=[_slot(row) for row in top.rows("slots")],
        sellers=[_seller(row) for row in top.rows("sellers")],
        rules=_rules(top.row("rules")),
        pins=[Pin(row.integer("slot"), row.text("seller")) for row in top.rows("pins")],
        blocked_pairs=_pairs(top),
        closed=[Closed(*spot) for spot in _closed(top)],
        channels={row.integer("id"): row.text("name") for row in top.rows("channels")},
        timezone=top.text("timezone"),
        published=_published(top),
        dropped=frozenset(top.texts("dropped", default=())),
    )
    if not faults:
        clusters = frozenset(top.texts("clusters")) if "clusters" in value else None
        faults += _nonsense(read, clusters)
    if faults:
        raise BadInstance(faults)
    return read


def assignments(value: object, where: str, faults: list[str]) -> list[Assignment]:
    """Read a list of {"slot", "seller"}; what is wrong is added to `faults`."""
    rows = _Row({where: value}, "", faults).rows(where)
    return [Assignment(row.integer("slot"), row.text("seller")) for row in rows]


class _Row:
    """One object of the file. What it lacks or has wrong becomes a fault at its place."""

    def __init__(self, value: object, where: str, faults: list[str]) -> None:
        self.value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        self.where = where
        self.faults = faults
        if not isinstance(value, Mapping):
            faults.append(f"{where}: must be an object with keys, is {_shown(value)}")

    def place(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def fault(self, key: str, sentence: str) -> None:
        self.faults.append(f"{self.place(key)}: {sentence}")

    def integer(
        self,
        key: str,
        *,
        least: int | None = None,
        most: int = MOST,
        default: int | None = None,
    ) -> int:
        found = self.value.get(key, default)
        if not isinstance(found, int) or isinstance(found, bool):
            self.fault(key, f"must be a whole number, is {_shown(found)}")
            return 0
        if least is not None and found < least:
            self.fault(key, f"must be {least} or more, is {_shown(found)}")
        elif abs(found) > most:
            self.fault(key, f"must be no farther from 0 than {most}")
        return found

    def limit(self, key: str, *, least: int) -> int | None:
        return None if self.value.get(key) is None else self.integer(key, least=least)

    def text(self, key: str) -> str:
        return self._text(self.value.get(key), self.place(key))

    def texts(self, key: str, *, default: object = None) -> list[str]:
        return [self._text(found, place) for place, found in self._list(key, default)]

    def row(self, key: str) -> "_Row":
        return _Row(self.value.get(key), self.place(key), self.faults)

    def rows(self, key: str) -> list["_Row"]:
        return [_Row(found, place, self.faults) for place, found in self._list(key)]

    def integers(self, key: str) -> list[int]:
        found = [value for _, value in self._list(key)]
        if all(type(value) is int for value in found):
            return found
        self.fault(key, "must be a list of whole numbers")
        return []

    def tuples(self, key: str, width: int) -> Iterator[tuple[str, list[Any]]]:
        """Yield place and value of lists of exactly `width` things."""
        for place, found in self._list(key):
            if isinstance(found, list | tuple) and len(found) == width:
                yield place, list(found)
            else:
                self.faults.append(f"{place}: must be a list of {width}, is {_shown(found)}")

    def instant(self, key: str) -> datetime:
        return self.time(self.value.get(key), self.place(key))

    def time(self, found: object, place: str) -> datetime:
        try:
            read = datetime.fromisoformat(found)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            self.faults.append(f"{place}: must be a time in ISO 8601, is {_shown(found)}")
            return datetime.min  # noqa: DTZ901 (never compared: there is a fault)
        if read.tzinfo is None:
            self.faults.append(f"{place}: {found} has no offset from UTC, such as +07:00")
        return read

    def _text(self, found: object, place: str) -> str:
        if isinstance(found, str) and found and found.isprintable():
            return found
        self.faults.append(f"{place}: must be a text of printable letters, is {_shown(found)}")
        return ""

    def _list(self, key: str, default: object = None) -> list[tuple[str, Any]]:
        found = self.value.get(key, default)
        if not isinstance(found, list | tuple):
            self.fault(key, f"must be a list, is {_shown(found)}")
            return []
        return [(f"{self.place(key)}[{n}]", value) for n, value in enumerate(found)]


def _shown(value: object) -> str:
    if value is None:
        return "missing or null"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _block(row: _Row) -> Block:
    day = row.integer("day", least=0)
    return Block(row.integer("id"), day, row.instant("start"), row.instant("end"))


def _slot(row: _Row) -> Slot:
    lone = row.value.get("break_before", False)
    if not isinstance(lone, bool):
        row.fault("break_before", f"must be true or false, is {_shown(lone)}")
    return Slot(
        row.integer("id"),
        row.integer("block"),
        row.integer("channel"),
        row.integer("pos", least=0),
        row.instant("start"),
        row.instant("end"),
        row.integer("weight", least=1),
        break_before=bool(lone),
    )


def _seller(row: _Row) -> Candidate:
    cuts = []
    for place, (block, start, end) in row.tuples("cuts", 3):
        if type(block) is not int:
            row.faults.append(f"{place}: its block must be a whole number, is {_shown(block)}")
            block = 0  # noqa: PLW2901 (there is a fault)
        cuts.append(Cut(block, row.time(start, place), row.time(end, place)))
    return Candidate(
        row.text("id"),
        row.text("cluster"),
        frozenset(row.integers("blocks")),
        tuple(cuts),
        turns_before=row.integer("turns_before", least=0),
        prime_before=row.integer("prime_before", least=0),
        max_turns=row.limit("max_turns", least=0),
        owed=row.integer("owed", least=0, default=0),
    )


def _rules(row: _Row) -> Rules:
    if row.value.get("cluster_adjacent", "soft") != "soft":
        row.fault("cluster_adjacent", 'only "soft" is known: an empty slot is worse')
    return Rules(
        max_turns_per_day=row.limit("max_turns_per_day", least=0),
        min_gap_minutes=row.integer("min_gap_minutes", least=0, most=MOST_MINUTES),
        cluster_same_time_max=row.integer("cluster_same_time_max", least=1),
        prime_weight=row.integer("prime_weight"),
        carry_cap=row.integer("carry_cap", least=0),
        freeze_minutes=row.integer("freeze_minutes", least=0, most=MOST_MINUTES, default=0),
    )


def _pairs(top: _Row) -> list[tuple[str, str]]:
    found = [pair for _, pair in top.tuples("blocked_pairs", 2)]
    for pair in found:
        if not all(isinstance(seller, str) for seller in pair):
            top.fault("blocked_pairs", f"must be pairs of sellers, there is {_shown(pair)}")
            return []
    return [(one, other) for one, other in found]


def _closed(top: _Row) -> Iterator[tuple[datetime, datetime, str]]:
    for place, (start, end, why) in top.tuples("closed", 3):
        yield top.time(start, place), top.time(end, place), str(why)


def _published(top: _Row) -> Published | None:
    if top.value.get("published") is None:
        return None
    row = top.row("published")
    rows = row.rows("assignments")
    return Published(
        row.instant("now"),
        tuple(Assignment(given.integer("slot"), given.text("seller")) for given in rows),
        frozenset(row.integers("begun") if "begun" in row.value else ()),
    )


def _nonsense(read: Instance, clusters: frozenset[str] | None) -> list[str]:
    """Return what makes no sense in an instance that can be read."""
    found = [*_zone(read), *_twice(read), *_blocks(read), *_slots(read)]
    found += _sellers(read, clusters)
    found += [*_references(read), *_begun(read)]
    return found or [_contradiction(fault) for fault in pin_faults(read)]


def _begun(read: Instance) -> Iterator[str]:
    begun = read.published.begun if read.published else frozenset[int]()
    for slot in sorted(begun - {slot.id for slot in read.slots}):
        yield f"published: begun slot {slot} is unknown"


def _zone(read: Instance) -> Iterator[str]:
    try:
        ZoneInfo(read.timezone)
    except (OSError, ValueError, LookupError):
        yield f"timezone: {read.timezone!r} is not a zone of the IANA list"


def _twice(read: Instance) -> Iterator[str]:
    pinned = [pin.slot for pin in read.pins]
    given = [a.slot for a in read.published.assignments] if read.published else []
    for name, ids in (
        ("blocks: block", [block.id for block in read.blocks]),
        ("slots: slot", [slot.id for slot in read.slots]),
        ("sellers: seller", [who.id for who in read.sellers]),
        ("pins: slot", pinned),
        ("published: slot", given),
    ):
        seen: set[int | str] = set()
        for one in ids:
            if one in seen:
                yield f"{name} {one} is there twice"
            seen.add(one)


def _blocks(read: Instance) -> Iterator[str]:
    before: Block | None = None
    for block in sorted(read.blocks, key=lambda block: (block.start, block.id)):
        if block.start >= block.end:
            yield f"blocks: block {block.id} has no length ({block.start.isoformat()})"
        elif before is not None and block.start < before.end:
            yield f"blocks: block {block.id} overlaps block {before.id}"
        before = block
    for closed in read.closed:
        if closed.start >= closed.end:
            yield f"closed: {closed.why} has no length ({closed.start.isoformat()})"


def _slots(read: Instance) -> Iterator[str]:
    blocks = {block.id: block for block in read.blocks}
    if not read.slots:
        yield "slots: there are none"
    for slot in read.slots:
        block = blocks.get(slot.block)
        if slot.channel not in read.channels:
            yield f"slots: slot {slot.id} is on the unknown channel {slot.channel}"
        if slot.start >= slot.end:
            yield f"slots: slot {slot.id} has no length ({slot.start.isoformat()})"
        elif block is None:
            yield f"slots: slot {slot.id} is in the unknown block {slot.block}"
        elif slot.start < block.start or slot.end > block.end:
            yield f"slots: slot {slot.id} does not fit into its block {block.id}"
    yield from _rows(read.slots)
    yield from _shut(read)


def _shut(read: Instance) -> Iterator[str]:
    times = sorted(read.closed, key=lambda closed: closed.start)
    for slot in read.slots:
        for closed in times:
            if closed.start >= slot.end:
                break
            if closed.end > slot.start:
                yield f"slots: slot {slot.id} lies in a closed time ({closed.why})"


def _rows(slots: Iterable[Slot]) -> Iterator[str]:
    """Look along each channel: nothing overlaps, and `pos` counts up with the time."""
    before: dict[int, Slot] = {}
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.end, slot.id)):
        last = before.get(slot.channel)
        if last is not None and slot.start < last.end:
            yield f"slots: slot {slot.id} overlaps slot {last.id} on channel {slot.channel}"
        elif last is not None and last.block == slot.block and last.pos >= slot.pos:
            yield f"slots: slot {slot.id} has pos {slot.pos} after pos {last.pos} of slot {last.id}"
        before[slot.channel] = slot


def _sellers(read: Instance, clusters: frozenset[str] | None) -> Iterator[str]:
    known = {block.id for block in read.blocks}
    for who in read.sellers:
        if clusters is not None and who.cluster not in clusters:
            yield f"sellers: {who.id} is of the unknown cluster {who.cluster}"
        for block in sorted(who.blocks - known):
            yield f"sellers: {who.id} can come to the unknown block {block}"
        cut_in: set[int] = set()
        for cut in who.cuts:
            if cut.block not in known:
                yield f"sellers: {who.id} has a cut in the unknown block {cut.block}"
            if cut.start >= cut.end:
                yield f"sellers: {who.id} has a cut without length in block {cut.block}"
            if cut.block in cut_in:
                yield f"sellers: {who.id} has two cuts in block {cut.block}"
            cut_in.add(cut.block)
    if not any(who.blocks for who in read.sellers):
        yield "sellers: nobody can come to any block"


def _references(read: Instance) -> Iterator[str]:
    slots = {slot.id for slot in read.slots}
    sellers = {who.id for who in read.sellers}
    for pin in read.pins:
        if pin.slot not in slots:
            yield f"pins: slot {pin.slot} is unknown"
        if pin.seller not in sellers:
            yield f"pins: slot {pin.slot} is pinned to the unknown seller {pin.seller}"
    for one, other in read.blocked_pairs:
        for seller in sorted({one, other} - sellers):
            yield f"blocked_pairs: seller {seller} is unknown"
        if one == other:
            yield f"blocked_pairs: {one} is blocked with itself"
    for given in read.published.assignments if read.published else ():
        if given.seller not in sellers:  # a slot may be gone with its channel, a seller may not
            yield f"published: slot {given.slot} has the unknown seller {given.seller}"
    for seller in sorted(read.dropped - sellers):
        yield f"dropped: seller {seller} is unknown"


def _contradiction(fault: Violation) -> str:
    sentence = CONTRADICTION[fault.code].format(
        seller=fault.seller, other_slot=fault.other_slot, other_seller=fault.other_seller
    )
    return f"pins: slot {fault.slot}: {sentence}"
