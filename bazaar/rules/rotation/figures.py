"""What a plan is worth, in figures: fill, turns, prime time, envy, clashes, stability.

They are those of the judge that stands with the tests, by the same definitions, so that anybody
can compare a plan of ours with a plan of another house.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any

from bazaar.rules.rotation.timetable import Timetable
from bazaar.rules.rotation.words import Assignment, Instance

MOST_ENVIERS = 1_500
"""Up to so many sellers everybody's envy is looked at, above it that of `SAMPLE` sellers."""
SAMPLE = 400


@dataclass(frozen=True, slots=True)
class Turns:
    """Turns per seller. `below_modal` sellers have fewer than the most frequent number, `modal`."""

    min: int
    max: int
    spread: int
    sumsq: int
    zero: int
    below_modal: int
    modal: int
    histogram: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spread:
    """How something is spread over sellers, mostly against its mean. None: has no meaning."""

    mean: float
    min: float
    max: float
    min_over_mean: float | None
    p5_over_mean: float | None
    p95_over_mean: float | None
    max_over_mean: float | None
    cv: float | None
    gini: float | None


@dataclass(frozen=True, slots=True)
class Envy:
    """Who would rather have another's slots, of those he could take, even without the best one."""

    sellers_with_envy: int
    of: int
    pairs: int
    share_of_pairs: float


@dataclass(frozen=True, slots=True)
class Stability:
    """What a replan did to the published slots that were still to come."""

    published_future: int
    kept: int
    forced: int
    forced_refilled: int
    needlessly_changed: int
    newly_filled: int
    sellers_disturbed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a plan.

    `prime` is audience weight, `balance` is that with the clipped carry-over, `balance_full` only
    of sellers with at least the floor of turns; `deviation` is the sum of |balance - entitlement|
    and `deviation_share` its part of all weight.
    """

    slots: int
    filled: int
    empty: int
    sellers: int
    turns: Turns
    prime: Spread
    balance: Spread
    balance_full: Spread
    prime_slots: Mapping[str, int]
    consecutive_pairs: int
    adjacent_same_cluster: int
    same_time_over_cap: int
    deviation: int
    deviation_share: float
    envy_now: Envy | None
    envy_ledger: Envy | None
    stability: Stability | None


NAMES = {
    "prime": "prime_W",
    "balance": "prime_B",
    "balance_full": "prime_B_full",
    "deviation": "L1",
    "deviation_share": "L1_share",
    "envy_now": "EF1_now",
    "envy_ledger": "EF1_ledger",
}
"""As the judge calls them, where that is another name."""


def as_judged(figures: Figures) -> dict[str, Any]:
    """Return the figures by the judge's names, those that are None left out."""
    found: dict[str, Any] = {}
    for field in fields(figures):
        value = getattr(figures, field.name)
        if value is not None:
            plain = (
                {f.name: getattr(value, f.name) for f in fields(value)} if _nested(value) else value
            )
            found[NAMES.get(field.name, field.name)] = plain
    return found


def _nested(value: object) -> bool:
    return isinstance(value, Turns | Spread | Envy | Stability)


def figures(
    instance: Instance,
    assignments: Iterable[Assignment],
    *,
    envy: bool = True,
    table: Timetable | None = None,
) -> Figures:
    """Return the figures of assignments that break no hard rule.

    On a replan those who dropped out do not count. Without `envy`, the one slow figure, it is
    None. `table` saves reading the instance again.
    """
    table = table or Timetable(instance)
    book = _Book(table, {a.slot: a.seller for a in assignments})
    deviation = book.deviation()
    return Figures(
        slots=len(table.slots),
        filled=len(book.who),
        empty=len(table.slots) - len(book.who),
        sellers=len(book.ids),
        turns=_turns(book.turns.values()),
        prime=_spread(list(book.prime.values())),
        balance=_spread([round(x, 2) for x in book.balance.values()]),
        balance_full=_spread(
            [
                round(book.balance[i], 2)
                for i in book.ids
                if book.turns[i] >= len(book.who) // book.many
            ]
        ),
        prime_slots=book.prime_slots(),
        consecutive_pairs=len(table.consecutive),
        adjacent_same_cluster=book.adjacent(),
        same_time_over_cap=book.over_cap(),
        deviation=round(deviation),
        deviation_share=round(deviation / max(1, sum(book.prime.values())), 5),
        envy_now=book.envy(book.prime) if envy else None,
        envy_ledger=book.envy(book.balance) if envy else None,
        stability=_stability(table, book.who),
    )


class _Book:
    """Assignments counted per seller."""

    def __init__(self, table: Timetable, who: Mapping[int, str]) -> None:
        self.table = table
        self.who = who
        instance = table.instance
        left: Collection[str] = instance.dropped if table.now is not None else ()
        self.ids = [i for i in table.sellers if i not in left]
        self.has: dict[str, list[int]] = {i: [] for i in table.sellers}
        for slot, seller in who.items():
            self.has[seller].append(slot)
        weight = {slot.id: slot.weight for slot in instance.slots}
        self.weight = weight
        self.turns = {i: len(self.has[i]) for i in self.ids}
        self.prime = {i: sum(weight[slot] for slot in self.has[i]) for i in self.ids}
        before = {i: table.sellers[i].prime_before for i in self.ids}
        self.many = max(1, len(self.ids))
        mean, cap = sum(before.values()) / self.many, instance.rules.carry_cap
        self.balance = {i: self.prime[i] + max(-cap, min(cap, before[i] - mean)) for i in self.ids}

    def deviation(self) -> float:
        mean = sum(self.prime.values()) / self.many
        floor = max(1, len(self.who) // self.many)
        entitled = {i: mean * min(1.0, self.turns[i] / floor) for i in self.ids}
        return sum(abs(self.balance[i] - entitled[i]) for i in self.ids)

    def prime_slots(self) -> dict[str, int]:
        least = self.table.instance.rules.prime_weight
        counts = sorted(sum(self.weight[slot] >= least for slot in self.has[i]) for i in self.ids)
        counts = counts or [0]
        return {"min": counts[0], "median": counts[len(counts) // 2], "max": counts[-1]}

    def adjacent(self) -> int:
        cluster = {slot: self.table.sellers[i].cluster for slot, i in self.who.items()}
        return sum(
            one in cluster and cluster[one] == cluster.get(other)
            for one, other in self.table.consecutive
        )

    def over_cap(self) -> int:
        """Count, at each start of a slot, who is on air beyond the cap of his cluster."""
        cap, over = self.table.instance.rules.cluster_same_time_max, 0
        blocks: defaultdict[int, list[int]] = defaultdict(list)
        for slot in self.who:
            blocks[self.table.slots[slot].block].append(slot)
        for slots in blocks.values():
            spans = [(*self.table.span[s], self.table.sellers[self.who[s]].cluster) for s in slots]
            for moment in {start for start, _, _ in spans}:
                count = Counter(c for start, end, c in spans if start <= moment < end)
                over += sum(max(0, n - cap) for n in count.values())
        return over

    def envy(self, worth: Mapping[str, float]) -> Envy:
        """Count pairs (i, j): i would rather have j's slots that i could take, less the best."""
        bundles = {
            i: sorted(((self.weight[s], s) for s in self.has[i]), reverse=True) for i in self.ids
        }
        best = {i: worth[i] - (bundles[i][0][0] if bundles[i] else 0) for i in self.ids}
        order = sorted(self.ids, key=best.__getitem__, reverse=True)
        enviers = _sample(self.ids)
        pairs = sellers = 0
        for i in enviers:
            hits = 0
            for j in order:
                if best[j] <= worth[i]:
                    break
                if j != i and bundles[j]:
                    could = [w for w, slot in bundles[j] if self.table.can_come(i, slot)]
                    carry = worth[j] - self.prime[j]
                    hits += bool(could) and sum(could[1:]) + carry > worth[i]
            pairs += hits
            sellers += hits > 0
        share = pairs / max(1, len(enviers) * (len(self.ids) - 1))
        return Envy(sellers, len(enviers), pairs, round(share, 6))


def _sample(ids: Sequence[str]) -> Sequence[str]:
    """Return everybody, or of very many the same few every time."""
    if len(ids) <= MOST_ENVIERS:
        return ids
    return sorted(ids, key=lambda i: sha256(i.encode()).digest())[:SAMPLE]


def _turns(counts: Iterable[int]) -> Turns:
    ordered = sorted(counts) or [0]
    histogram = Counter(ordered)
    modal = histogram.most_common(1)[0][0]
    return Turns(
        min=ordered[0],
        max=ordered[-1],
        spread=ordered[-1] - ordered[0],
        sumsq=sum(n * n for n in ordered),
        zero=histogram[0],
        below_modal=sum(n < modal for n in ordered),
        modal=modal,
        histogram={str(n): many for n, many in sorted(histogram.items())},
    )


def _spread(of: Sequence[float]) -> Spread:
    values = of or [0]
    many, ordered = len(values), sorted(values)
    mean = sum(values) / many
    deviation = (sum((x - mean) ** 2 for x in values) / many) ** 0.5

    def over_mean(value: float) -> float | None:
        return round(value / mean, 4) if mean else None

    gini = _gini(ordered)
    return Spread(
        mean=round(mean, 2),
        min=ordered[0],
        max=ordered[-1],
        min_over_mean=over_mean(ordered[0]),
        p5_over_mean=over_mean(ordered[int(many * 0.05)]),
        p95_over_mean=over_mean(ordered[min(many - 1, int(many * 0.95))]),
        max_over_mean=over_mean(ordered[-1]),
        cv=over_mean(deviation),
        gini=None if gini is None else round(gini, 4),
    )


def _gini(ordered: Sequence[float]) -> float | None:
    many, total = len(ordered), sum(ordered)
    if total <= 0 or ordered[0] < 0:
        return None
    return sum((2 * n - many + 1) * x for n, x in enumerate(ordered)) / (many * total)


def _stability(table: Timetable, who: Mapping[int, str]) -> Stability | None:
    published = table.instance.published
    if published is None:
        return None
    old = {a.slot: a.seller for a in published.assignments if a.slot in table.slots}
    count: Counter[str] = Counter()
    disturbed: set[str] = set()
    for slot in table.slots:
        had, has = old.get(slot), who.get(slot)
        if had == has:
            count["kept"] += had is not None
        elif had is None:
            count["new"] += 1
        elif table.has_left(had, slot):
            count["forced"] += 1
        else:
            count["changed"] += 1
            disturbed.add(had)
    future = [slot for slot in old if not table.has_started(slot)]
    return Stability(
        published_future=len(future),
        kept=count["kept"],
        forced=count["forced"],
        forced_refilled=sum(table.has_left(old[slot], slot) and slot in who for slot in future),
        needlessly_changed=count["changed"],
        newly_filled=count["new"],
        sellers_disturbed=len(disturbed),
    )
