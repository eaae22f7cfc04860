"""The bound of fill and turns: an optimal semi-matching, on a network that shares no code with
the planner. Sellers -> (seller, day) -> (seller, block) -> moment, that is all slots of a block
that start and end together. Pins are fixed in it. It knows no blocked pairs and no gaps
across blocks, so no plan can be better; a plan that is as good is optimal.
"""

from collections import defaultdict, deque

from bazaar.rules.rotation import Instance


def bound(instance: Instance) -> tuple[int, int]:
    """Return the most slots that can be filled, and then the least sum of squared turns."""
    network = Network(instance)
    turns = network.pinned
    active, level = list(range(len(turns))), 0
    while active:
        for i in [i for i in active if turns[i] == level]:
            if turns[i] < network.most[i] and network.augment(i):
                turns[i] += 1
            else:
                active.remove(i)
        level += 1
    return sum(turns), sum(n * n for n in turns)


class Network:
    """Nodes are tuples; `used` counts the flow between two of them."""

    def __init__(self, instance: Instance) -> None:
        rules = instance.rules
        many = len(instance.slots)
        self.limit = many if rules.max_turns_per_day is None else rules.max_turns_per_day
        self.day = {block.id: block.day for block in instance.blocks}
        self.room: defaultdict[tuple, int] = defaultdict(int)
        slots = defaultdict(list)
        for slot in instance.slots:
            self.room["moment", slot.block, slot.start, slot.end] += 1
            slots[slot.block].append(slot)
        gap = rules.min_gap_minutes * 60
        self.fits = {block: min(self.limit, longest(some, gap)) for block, some in slots.items()}
        self.most = [many if who.max_turns is None else who.max_turns for who in instance.sellers]
        self.days, self.blocks, self.moments = defaultdict(list), defaultdict(list), {}
        for i, who in enumerate(instance.sellers):
            cuts = {cut.block: cut for cut in who.cuts}
            for block in sorted(who.blocks & slots.keys()):
                cut = cuts.get(block)
                self.moments["block", i, block] = sorted(
                    {
                        ("moment", block, slot.start, slot.end)
                        for slot in slots[block]
                        if cut is None or (cut.start <= slot.start and slot.end <= cut.end)
                    }
                )
                self.blocks["day", i, self.day[block]].append(("block", i, block))
        for day in self.blocks:
            self.days["seller", day[1]].append(day)
        self.used: defaultdict[tuple, int] = defaultdict(int)
        self.holders: defaultdict[tuple, set] = defaultdict(set)
        self.pinned = [0] * len(instance.sellers)
        number = {who.id: i for i, who in enumerate(instance.sellers)}
        slot_of = {slot.id: slot for slot in instance.slots}
        for pin in instance.pins:
            self.pin(number[pin.seller], slot_of[pin.slot])

    def pin(self, i, slot):
        self.pinned[i] += 1
        self.room["moment", slot.block, slot.start, slot.end] -= 1
        day, block = ("day", i, self.day[slot.block]), ("block", i, slot.block)
        for edge in ((("seller", i), day), (day, block), (block, "pinned")):
            self.used[edge] += 1

    def augment(self, source: int) -> bool:
        """Give seller `source` one turn more along a shortest augmenting path, if there is one."""
        start = ("seller", source)
        came: dict = {start: None}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            if node[0] == "moment" and self.room[node] > 0:
                self.flow(came, node)
                return True
            for step in self.steps(node):
                if step not in came:
                    came[step] = node
                    queue.append(step)
        return False

    def steps(self, node: tuple) -> list[tuple]:
        used = self.used
        if node[0] == "seller":
            return [day for day in self.days[node] if used[node, day] < self.limit]
        if node[0] == "day":
            onward: list[tuple] = [b for b in self.blocks[node] if used[node, b] < self.fits[b[2]]]
            seller = ("seller", node[1])
            fixed = sum(used[b, "pinned"] for b in self.blocks[node])
            return onward + ([seller] if used[seller, node] > fixed else [])
        if node[0] == "block":
            onward = [m for m in self.moments[node] if not used[node, m]]
            day = ("day", node[1], self.day[node[2]])
            return onward + ([day] if used[day, node] > used[node, "pinned"] else [])
        return sorted(self.holders[node])

    def flow(self, came, node):
        self.room[node] -= 1
        order = ("seller", "day", "block", "moment")
        while came[node] is not None:
            before = came[node]
            if order.index(before[0]) < order.index(node[0]):
                self.used[before, node] += 1
                if node[0] == "moment":
                    self.holders[node].add(before)
            else:
                self.used[node, before] -= 1
                if before[0] == "moment":
                    self.holders[before].discard(node)
            node = before


def longest(slots, gap):
    """Return how many of the slots one seller could take, one after the other."""
    count, until = 0, None
    for slot in sorted(slots, key=lambda slot: slot.end):
        if until is None or (slot.start - until).total_seconds() >= gap:
            count, until = count + 1, slot.end
    return count
