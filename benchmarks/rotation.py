"""The rotation's plans beside three usual ways to give airtime away, and beside the flow bound.

    python -m benchmarks.rotation [--profiles tiny jember73 …] [--seeds 1 2] [--iterations 20000]

All on the same generated instances, in one run. Ours runs as its command does, in a process of
its own that reads and writes files; CPU seconds and memory are of that process. The others keep
the same hard rules: round robin (the list of sellers from top to bottom, who cannot come is
skipped until the next round), lottery (each slot is drawn among those who can take it) and
booking (sellers come in a random order and take the heaviest free slots, at most so many as each
would have). The second table repairs and rebuilds after 5 % of the sellers left on day 10.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bazaar.rules.rotation import Assignment, Instance
from bazaar.rules.rotation.check import violations
from bazaar.rules.rotation.figures import Figures, figures
from bazaar.rules.rotation.format import read_instance, read_plan
from bazaar.rules.rotation.timetable import Timetable
from benchmarks import semi_matching
from tests.rules.rotation import generator

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ["tiny", "twoaday", "jember73", "tight73", "jember800", "jember1142"]
Plan = list[Assignment]


def main() -> None:
    """Print both tables."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--profiles", nargs="+", default=PROFILES, choices=generator.PROFILES)
    options.add_argument("--seeds", nargs="+", type=int, default=[1])
    options.add_argument("--iterations", type=int, default=20_000)
    asked = options.parse_args()
    cases = [(profile, seed) for profile in asked.profiles for seed in asked.seeds]
    with tempfile.TemporaryDirectory() as name:
        replans = []
        print(HEAD)
        for profile, seed in cases:
            given, plan = compare(Path(name), profile, seed, asked.iterations)
            day = min(10, given["blocks"][-1]["day"] // 2)
            replans.append((profile, generator.dropout(given, plan, 0.05, seed, day)))
        print(REPLAN_HEAD)
        for profile, replan in replans:
            compare_replans(Path(name), profile, replan, asked.iterations)


HEAD = (
    "instance      plan         empty  turns   sumsq/bound  zero  clashes   L1      CV     EF1"
    "   CPU s   MB  hard"
)
REPLAN_HEAD = (
    "\ninstance      replan    vacated  refilled  needless  disturbed  sumsq   clashes   CV"
    "    CPU s  hard"
)


def compare(
    folder: Path, profile: str, seed: int, iterations: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Print a line for each way to plan one instance; return it with our plan."""
    made = generator.generate(name=profile, seed=seed, **generator.PROFILES[profile])
    given = json.loads(json.dumps(made))
    instance = read_instance(given)
    table = Timetable(instance)
    started = time.process_time()
    _, least = semi_matching.bound(given)
    spent = time.process_time() - started
    print(f"{profile:<10} {seed:>2} {'flow bound':<34} {least:>7} {spent:47.2f}")
    for name, way in WAYS.items():
        started = time.process_time()
        plan = way(Room(instance, table), random.Random(seed))
        spent = time.process_time() - started
        line(profile, seed, name, table, plan, least, f"{spent:7.2f}     ")
    ours, spent, memory = planned(folder, given, iterations)
    assignments = read_plan(ours).plan.assignments
    line(profile, seed, "ours", table, list(assignments), least, f"{spent:7.2f} {memory:4.0f}")
    return given, ours


def line(
    profile: str, seed: int, name: str, table: Timetable, plan: Plan, least: int, cost: str
) -> None:
    found = figures(table.instance, plan, table=table)
    turns, envy = found.turns, found.envy_ledger
    hard = len(violations(table.instance, plan, table=table))
    print(
        f"{profile:<10} {seed:>2} {name:<12} {found.empty:>5}  {turns.min:>2}..{turns.max:<3}"
        f" {turns.sumsq / least:11.4f} {turns.zero:>5} {clashes(found):>8}"
        f" {found.deviation:>6} {found.balance.cv or 0:7.4f}"
        f" {envy.sellers_with_envy if envy else 0:>6} {cost} {hard:>5}"
    )


def compare_replans(folder: Path, profile: str, given: dict[str, Any], iterations: int) -> None:
    """Print how a repair and a rebuild end after some sellers left."""
    instance = read_instance(json.loads(json.dumps(given)))
    table = Timetable(instance)
    for name, options in (("repair", []), ("rebuild", ["--rebuild"])):
        file, spent, _ = planned(folder, given, iterations, *options)
        plan = read_plan(file).plan.assignments
        found = figures(instance, plan, table=table, envy=False)
        moved = found.stability
        assert moved is not None
        hard = len(violations(instance, plan, table=table))
        print(
            f"{profile:<13} {name:<8} {moved.forced:>8} {moved.forced_refilled:>9}"
            f" {moved.needlessly_changed:>9} {moved.sellers_disturbed:>10}"
            f" {found.turns.sumsq:>7} {clashes(found):>8} {found.balance.cv or 0:7.4f}"
            f" {spent:7.2f} {hard:>5}"
        )


def clashes(found: Figures) -> str:
    return f"{found.adjacent_same_cluster}+{found.same_time_over_cap}"


def planned(
    folder: Path, given: dict[str, Any], iterations: int, *options: str
) -> tuple[dict[str, Any], float, float]:
    """Run our planner in a process of its own; return plan, CPU seconds, megabytes."""
    source, target = folder / "instance.json", folder / "plan.json"
    source.write_text(json.dumps(given))
    command = [sys.executable, "-m", "bazaar.rules.rotation", str(source), "-o", str(target)]
    words = ["--seed", "benchmark", "--iterations", str(iterations), *options]
    running = subprocess.Popen([*command, *words], cwd=ROOT)
    _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        raise SystemExit(f"the planner ended with {running.returncode}")
    return json.loads(target.read_text()), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


class Room:
    """Who has what so far, for ways to plan that only ever add."""

    def __init__(self, instance: Instance, table: Timetable) -> None:
        self.instance, self.table = instance, table
        self.who = {pin.slot: pin.seller for pin in instance.pins}
        self.has: dict[str, list[int]] = {who.id: [] for who in instance.sellers}
        for slot, seller in self.who.items():
            self.has[seller].append(slot)
        self.able: dict[int, list[str]] = {block.id: [] for block in instance.blocks}
        for who in instance.sellers:
            for block in who.blocks:
                self.able[block].append(who.id)
        self.beside: dict[int, list[int]] = {slot: [] for slot in table.slots}
        for one, other in table.consecutive:
            self.beside[one].append(other)
            self.beside[other].append(one)
        self.order = [slot for slot in table.order(table.slots) if slot not in self.who]

    def fits(self, seller: str, slot: int) -> bool:
        """Tell whether the seller could have the slot by every hard rule."""
        table, has = self.table, self.has[seller]
        if slot in self.who or not table.can_come(seller, slot):
            return False
        if any(table.between(slot, other) for other in has):
            return False
        most = self.instance.rules.max_turns_per_day
        if most is not None and sum(table.day[o] == table.day[slot] for o in has) >= most:
            return False
        foes = table.blocked.get(seller, ())
        near = [*self.beside[slot], *table.near(slot)] if foes else []
        return not any(self.who.get(other) in foes for other in near)

    def give(self, seller: str, slot: int) -> None:
        """Give the slot away."""
        self.who[slot] = seller
        self.has[seller].append(slot)

    def plan(self) -> Plan:
        """Return who has what."""
        return [Assignment(slot, seller) for slot, seller in self.who.items()]


def round_robin(room: Room, _: random.Random) -> Plan:
    sellers = [who.id for who in room.instance.sellers]
    turn = 0
    for slot in room.order:
        for n in range(len(sellers)):
            seller = sellers[(turn + n) % len(sellers)]
            if room.fits(seller, slot):
                room.give(seller, slot)
                turn += n + 1
                break
    return room.plan()


def lottery(room: Room, chance: random.Random) -> Plan:
    for slot in room.order:
        drawn = room.able[room.table.slots[slot].block]
        chance.shuffle(drawn)
        winner = next((seller for seller in drawn if room.fits(seller, slot)), None)
        if winner is not None:
            room.give(winner, slot)
    return room.plan()


def booking(room: Room, chance: random.Random) -> Plan:
    slots = room.table.slots
    heaviest = sorted(room.order, key=lambda slot: (-slots[slot].weight, slot))
    sellers = [who.id for who in room.instance.sellers]
    most = -(-len(slots) // len(sellers))
    chance.shuffle(sellers)
    for seller in sellers:
        for slot in wanted(room, seller, heaviest):
            if len(room.has[seller]) >= most:
                break
            if room.fits(seller, slot):
                room.give(seller, slot)
    return room.plan()


def wanted(room: Room, seller: str, heaviest: Iterable[int]) -> Iterable[int]:
    blocks = room.table.sellers[seller].blocks
    return (slot for slot in heaviest if room.table.slots[slot].block in blocks)


WAYS: dict[str, Callable[[Room, random.Random], Plan]] = {
    "round robin": round_robin,
    "lottery": lottery,
    "booking": booking,
}


if __name__ == "__main__":
    main()
