"""The bound on turns: how many slots can be filled, and how evenly, whatever the planner.

A flow network, sellers to (seller, day) to block, of what no plan can avoid: who can come when,
turns a day and in all, slots a block, how many of a block's slots keep the gap for one seller,
and the pins. Gaps across blocks and blocked pairs are left out, so no plan can be better. At full
flow the sum of squared turns is the smallest when no path of exchanges leads from a seller to
another with at least two turns fewer (Harvey, Ladner, Lovasz, Tamir: Semi-matchings for bipartite
graphs and load balancing, Journal of Algorithms 59, 2006). It shares nothing with the planner.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

Node = tuple[Any, ...]
"""A seller (id,), one on a day (id, day), or a block (None, None, block)."""


def bound(given: dict[str, Any]) -> tuple[int, int]:
    """Return the most slots that can be filled, and the smallest sum of squared turns then."""
    network = Network(given)
    network.start()
    network.fill()
    network.even_out()
    return network.filled, sum(n * n for n in network.turns.values())


class Network:
    """The flow as it stands: `turns` of a seller, `on_day` of it, and by block."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.most_a_day = given["rules"]["max_turns_per_day"]
        self.gap = given["rules"]["min_gap_minutes"] * 60
        self.day = {block["id"]: block["day"] for block in given["blocks"]}
        self.spans = defaultdict(list)
        for slot in given["slots"]:
            self.spans[slot["block"]].append((_second(slot["start"]), _second(slot["end"])))
        self.free = {block: len(spans) for block, spans in self.spans.items()}
        self.room: dict[tuple[str, int], int] = {}
        self.able: dict[int, list[str]] = {block: [] for block in self.free}
        self.most: dict[str, int] = {}
        for seller in given["sellers"]:
            self._take_in(seller)
        self.turns = dict.fromkeys(self.most, 0)
        self.on_day: Counter[tuple[str, int]] = Counter()
        self.flow: Counter[tuple[str, int]] = Counter()
        self.has: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
        self.days: defaultdict[str, set[int]] = defaultdict(set)
        self.filled = 0
        block_of = {slot["id"]: slot["block"] for slot in given["slots"]}
        for pin in given["pins"]:
            self._pin(pin["seller"], block_of[pin["slot"]])

    def _take_in(self, seller: dict[str, Any]) -> None:
        name = seller["id"]
        self.most[name] = 2**31 if seller["max_turns"] is None else seller["max_turns"]
        cuts = {block: (_second(a), _second(b)) for block, a, b in seller["cuts"]}
        for block in seller["blocks"]:
            first, last = cuts.get(block, (0, 2**62))
            inside = [s for s in self.spans.get(block, ()) if first <= s[0] and s[1] <= last]
            if inside:
                self.able[block].append(name)
                self.room[name, block] = min(_compatible(inside, self.gap), self.most_a_day)

    def _pin(self, seller: str, block: int) -> None:
        """Count the pin; it is no flow that could take another way."""
        self.free[block] -= 1
        self.filled += 1
        self.turns[seller] += 1
        self.on_day[seller, self.day[block]] += 1
        self.room[seller, block] -= 1

    def start(self) -> None:
        """Fill each block with whoever has the fewest turns, the scarcest block first."""
        for block in sorted(self.free, key=lambda b: (len(self.able[b]) / len(self.spans[b]), b)):
            day = self.day[block]
            for i in sorted(self.able[block], key=lambda i: (self.turns[i], i)):
                if not self.free[block]:
                    break
                roomy = self.on_day[i, day] < self.most_a_day and self.room[i, block] > 0
                if roomy and self.turns[i] < self.most[i]:
                    self._follow([(i,), (i, day), (None, None, block)])
                    self.free[block] -= 1
                    self.filled += 1

    def fill(self) -> None:
        """Fill further blocks by moving flow, as long as that can be."""
        dead: set[Node] = set()
        for block in sorted(self.free):
            while self.free[block] and self._augment([(None, None, block)], 2**31, dead):
                self.free[block] -= 1
                self.filled += 1

    def even_out(self) -> None:
        """Move flow from sellers to others with at least two turns fewer, until none can."""
        dead: set[Node] = set()
        most = max(self.turns.values())
        while most >= 2:
            rich: list[Node] = [(i,) for i, turns in self.turns.items() if turns == most]
            if not self._augment(rich, most - 2, dead):
                most -= 1

    def _augment(self, ends: list[Node], most: int, dead: set[Node]) -> bool:
        """Lead a unit from a seller with at most `most` turns to one of the ends.

        What leads to no end is added to `dead`: it will not later either.
        """
        came: dict[Node, Node | None] = dict.fromkeys(end for end in ends if end not in dead)
        queue = deque(came)
        while queue:
            node = queue.popleft()
            for other in self._before(node):
                if other not in came and other not in dead:
                    came[other] = node
                    queue.append(other)
                    if self._is_source(other, most):
                        self._follow(list(_path(came, other)))
                        return True
        dead.update(came)
        return False

    def _is_source(self, node: Node, most: int) -> bool:
        """Tell whether a seller with few turns could have one more, on this day if it is one's."""
        i = node[0]
        if i is None or self.turns[i] > min(most, self.most[i] - 1):
            return False
        return len(node) == 1 or self.on_day[node] < self.most_a_day

    def _before(self, node: Node) -> Iterator[Node]:
        """Yield from where a unit more could reach the node in the residual network."""
        if len(node) == 3:
            block, day = node[2], self.day[node[2]]
            for i in self.able[block]:
                if self.flow[i, block] < self.room[i, block]:
                    yield i, day
        elif len(node) == 2:
            if self.on_day[node] < self.most_a_day:
                yield (node[0],)
            for block in sorted(self.has[node]):
                yield None, None, block
        else:
            for day in sorted(self.days[node[0]]):
                yield node[0], day

    def _follow(self, path: list[Node]) -> None:
        """Let a unit flow along the path, from its first node to its last one."""
        if len(path[0]) == 2:
            path = [path[0][:1], *path]
        self.turns[path[0][0]] += 1
        if len(path[-1]) == 1:
            self.turns[path[-1][0]] -= 1
        for one, other in pairwise(path):
            if len(one) + len(other) == 3:  # a seller and its day
                self.on_day[max(one, other, key=len)] += 1 if len(one) == 1 else -1
            else:
                i, day = min(one, other, key=len)
                block = max(one, other, key=len)[2]
                self.flow[i, block] += 1 if len(one) == 2 else -1
                change = set.add if self.flow[i, block] else set.discard
                change(self.has[i, day], block)
                change_day = set.add if self.has[i, day] else set.discard
                change_day(self.days[i], day)


def _path(came: dict[Node, Node | None], last: Node) -> Iterator[Node]:
    step: Node | None = last
    while step is not None:
        yield step
        step = came[step]


def _compatible(spans: list[tuple[int, int]], gap: int) -> int:
    """Return how many of the spans one seller could have, each `gap` after the one before."""
    count, free = 0, -(2**62)
    for start, end in sorted(spans, key=lambda span: span[1]):
        if start >= free:
            count, free = count + 1, end + gap
    return count


def _second(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
