"""generator.py - generator of rotation instances (time slots of a virtual bazaar, sellers, rules).

Standard library only, deterministic: one (profile, seed) always gives one byte-identical file.

    python generator.py --profile jember73 --seed 1 -o a.json
    python generator.py --list
    python generator.py --sellers 200 --days 14 --channels 3 --seed 7 -o x.json
    python generator.py dropout a.json --plan plan.json --share 0.05 --seed 9 -o a_drop.json

INSTANCE FORMAT  ("format": "rotation-instance/1")
  name, seed            free text / int
  timezone              IANA name; every time in the file is ISO 8601 with its UTC offset
  rules
    max_turns_per_day   hard: at most so many slots of one seller on one local day
    min_gap_minutes     hard: between the end of one slot of a seller and the start of his next one
    cluster_adjacent    "soft": two sellers of one cluster in consecutive slots of one channel
    cluster_same_time_max  soft: at most so many sellers of one cluster on air at the same time
                        (generated as ceil(channels x share of the largest cluster), at least 1)
    prime_weight        a slot with weight >= this counts as prime time
    carry_cap           carry-over of a seller used in the prime balance is clipped to +-carry_cap
  channels              [{"id": 0, "name": "Kanal 1"}]
  closed                [[start, end, why]] nobody may be on air (Maghrib/iftar, Friday prayer, ...)
  blocks                [{"id", "day", "window", "start", "end"}] one opening of the programme
                        (the same for all channels); day = 0-based day of the edition
  slots                 [{"id", "block", "channel", "pos", "start", "end", "weight"}]
                        pos = order inside (block, channel); slots pos and pos+1 are CONSECUTIVE
                        unless "break_before": true stands at pos+1 (a closed period lies between).
                        weight = audience value (integer, larger = better hour)
  clusters              [name]
  sellers               [{"id", "cluster", "blocks": [block ids he can do],
                          "cuts": [[block, from, to]] in that block only slots inside from..to,
                          "turns_before", "prime_before", "max_turns" (null = no limit)}]
  pins                  [{"slot", "seller"}] hard
  blocked_pairs         [[seller, seller]] hard: never on air at overlapping times, never consecutive
  published             null or {"now": iso, "assignments": [{"slot","seller"}]} for a replan:
                        slots that start before now + freeze_minutes keep their seller (hard) unless
                        he is in "dropped"; others should stay (soft: stability)
  dropped               [seller ids] who may not appear in a slot that starts at or after now

PLAN FORMAT  ("format": "rotation-plan/1")
  {"format": "rotation-plan/1", "instance": name, "assignments": [{"slot": id, "seller": id}]}
  An empty slot is left out. Any further keys are ignored by judge.py.
"""

import argparse
import hashlib
import json
import random
from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7))
CLUSTERS = [
    "makanan",
    "minuman",
    "batik",
    "kerajinan",
    "fesyen",
    "kopi",
    "herbal",
    "kosmetik",
    "pertanian",
    "tembakau-rajut",
    "perikanan",
    "mainan",
    "jasa",
]
SKEW = [30, 9, 12, 11, 9, 7, 5, 4, 4, 3, 3, 2, 1]  # food is large, as in the real city
FLAT = [1] * 13

PROFILES = {
    # name: sellers, days, channels, pitch (slot+gap), options
    "jember73": dict(sellers=73, days=30, channels=2, pitch=20, gap=2),
    "jember800": dict(sellers=800, days=30, channels=4, pitch=20, gap=2),
    "jember1142": dict(sellers=1142, days=30, channels=4, pitch=20, gap=2),
    "nation10k": dict(sellers=10000, days=30, channels=40, pitch=20, gap=2, skew="flat"),
    "tight73": dict(sellers=73, days=30, channels=2, pitch=15, gap=1, avail=(0.30, 0.50)),
    "twoaday": dict(sellers=40, days=14, channels=2, pitch=20, gap=2, max_day=2),
    "tiny": dict(sellers=12, days=7, channels=1, pitch=30, gap=5, max_day=2, min_gap=150),
}


def _weight(d, day, days, window, frac, channel, rng):
    base = (60, 80, 150)[window]
    shape = (1.0 + 0.20 * frac, 1.15 - 0.25 * abs(frac - 0.3), 1.25 - 0.45 * abs(frac - 0.35))[
        window
    ]
    weekend = 1.2 if d.weekday() >= 5 else 1.0
    lebaran = 1.0 + 0.35 * max(0.0, (day - days * 0.6) / max(1, days * 0.4))
    ch = 1.0 if channel == 0 else 0.88 if channel < 4 else 0.75
    return max(10, int(base * shape * weekend * lebaran * ch + rng.randint(-3, 3)))


def generate(
    name="custom",
    seed=1,
    sellers=73,
    days=30,
    channels=2,
    pitch=20,
    gap=2,
    max_day=1,
    min_gap=180,
    avail=(0.30, 0.80),
    skew="skew",
    asr_pause=False,
    cuts=0.08,
    pins=0.01,
    blocked=0.02,
    carry=True,
    start=date(2027, 2, 8),
    ramadan=True,
):
    rng = random.Random("rotation/%s/%s" % (name, seed))
    windows = (
        [(540, 690), (780, 960), (1200, 1320)]
        if ramadan
        else [(540, 680), (780, 870), (1140, 1290)]
    )
    iso = lambda day, m: (
        datetime(start.year, start.month, start.day, tzinfo=WIB) + timedelta(days=day, minutes=m)
    ).isoformat()
    closed, blocks, slots = [], [], []
    for day in range(days):
        d = start + timedelta(days=day)
        cl = (
            [(1020, 1140, "maghrib/iftar"), (1140, 1195, "isya/tarawih")]
            if ramadan
            else [(1050, 1100, "maghrib")]
        )
        if d.weekday() == 4:
            cl.append((670, 780, "jumat"))
        if asr_pause:
            cl.append((885, 905, "asar"))
        for a, b, why in sorted(cl):
            closed.append([iso(day, a), iso(day, b), why])
        for w, (a, b) in enumerate(windows):
            bid = len(blocks)
            blocks.append(dict(id=bid, day=day, window=w, start=iso(day, a), end=iso(day, b)))
            for ch in range(channels):
                t, pos, brk = a, 0, False
                while t + pitch - gap <= b:
                    e = t + pitch - gap
                    hit = [c for c in cl if t < c[1] and e > c[0]]
                    if hit:
                        t, brk = max(c[1] for c in hit), pos > 0
                        continue
                    s = dict(
                        id=len(slots),
                        block=bid,
                        channel=ch,
                        pos=pos,
                        start=iso(day, t),
                        end=iso(day, e),
                        weight=_weight(d, day, days, w, (t - a) / (b - a), ch, rng),
                    )
                    if brk:
                        s["break_before"] = True
                    slots.append(s)
                    t, pos, brk = t + pitch, pos + 1, False
    weights = SKEW if skew == "skew" else FLAT
    people = []
    for i in range(sellers):
        p = rng.uniform(*avail)
        kind = rng.random()
        # habits: some cannot do evenings, some only evenings, some not mornings; some are away for days
        pw = [p, p, p]
        if kind < 0.12:
            pw = [min(1, p * 1.3), min(1, p * 1.3), 0.0]
        elif kind < 0.20:
            pw = [0.05, 0.1, min(1.0, p * 1.8)]
        elif kind < 0.28:
            pw = [0.0, min(1, p * 1.4), min(1, p * 1.2)]
        away = set()
        if rng.random() < 0.15:
            a0 = rng.randrange(days)
            away = set(range(a0, min(days, a0 + rng.randint(2, 7))))
        bl = [b["id"] for b in blocks if b["day"] not in away and rng.random() < pw[b["window"]]]
        if rng.random() < 0.02 and bl:  # a few who can come almost never
            bl = sorted(rng.sample(bl, min(len(bl), 3)))
        if not bl:
            bl = [rng.randrange(len(blocks))]
        cu = []
        for b in bl:
            if rng.random() < cuts:
                B = blocks[b]
                s0, e0 = datetime.fromisoformat(B["start"]), datetime.fromisoformat(B["end"])
                half = (e0 - s0) / 2
                cu.append(
                    [b, B["start"], (s0 + half).isoformat()]
                    if rng.random() < 0.5
                    else [b, (s0 + half).isoformat(), B["end"]]
                )
        tb = rng.choice([0, 0, 1, 2, 3]) if carry else 0
        people.append(
            dict(
                id="s%05d" % i,
                cluster=rng.choices(CLUSTERS, weights)[0],
                blocks=bl,
                cuts=cu,
                turns_before=tb,
                prime_before=tb * rng.randint(60, 150),
                max_turns=None,
            )
        )
    tally = {}
    for x in people:
        tally[x["cluster"]] = tally.get(x["cluster"], 0) + 1
    mean_w = sum(s["weight"] for s in slots) / len(slots)
    inst = dict(
        format="rotation-instance/1",
        name=name,
        seed=seed,
        timezone="Asia/Jakarta",
        rules=dict(
            max_turns_per_day=max_day,
            min_gap_minutes=min_gap,
            cluster_adjacent="soft",
            cluster_same_time_max=max(1, -(-channels * max(tally.values()) // sellers)),
            prime_weight=sorted(s["weight"] for s in slots)[int(len(slots) * 0.75)],
            carry_cap=int(mean_w / 2),
            freeze_minutes=1440,
        ),
        channels=[dict(id=c, name="Kanal %d" % (c + 1)) for c in range(channels)],
        closed=closed,
        blocks=blocks,
        slots=slots,
        clusters=CLUSTERS,
        sellers=people,
        pins=[],
        blocked_pairs=[],
        published=None,
        dropped=[],
    )
    # pins: opening shows etc.; kept mutually feasible (one a day for a seller, no overlap)
    by_block = {}
    for s in slots:
        by_block.setdefault(s["block"], []).append(s)
    used, busy = set(), set()
    for _ in range(int(len(slots) * pins)):
        p = rng.choice(people)
        b = rng.choice(p["blocks"])
        if (
            b in [c[0] for c in p["cuts"]]
            or (p["id"], blocks[b]["day"]) in busy
            or not by_block.get(b)
        ):
            continue
        s = rng.choice(by_block[b])
        if s["id"] in used:
            continue
        used.add(s["id"])
        busy.add((p["id"], blocks[b]["day"]))
        inst["pins"].append(dict(slot=s["id"], seller=p["id"]))
    pinned = {x["seller"] for x in inst["pins"]}
    pairs = set()
    for _ in range(int(sellers * blocked)):
        a, b = rng.sample(people, 2)
        if a["id"] in pinned or b["id"] in pinned:
            continue
        pairs.add(tuple(sorted((a["id"], b["id"]))))
    inst["blocked_pairs"] = [list(x) for x in sorted(pairs)]
    return inst


def dropout(inst, plan, share=0.05, seed=1, day=10):
    """A replan instance: on the evening before `day`, `share` of the sellers drop out."""
    rng = random.Random("drop/%s/%s" % (inst["name"], seed))
    ids = [s["id"] for s in inst["sellers"]]
    out = dict(inst)
    out["dropped"] = sorted(rng.sample(ids, max(1, round(len(ids) * share))))
    days = [b for b in inst["blocks"] if b["day"] == day]
    now = datetime.fromisoformat(days[0]["start"]) - timedelta(hours=36)
    out["published"] = dict(now=now.isoformat(), assignments=plan["assignments"])
    return out


def digest(inst):
    return hashlib.sha256(
        json.dumps(inst, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("cmd", nargs="*", default=[])
    ap.add_argument("--list", action="store_true")
    ap.add_argument("--profile")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--sellers", type=int)
    ap.add_argument("--days", type=int)
    ap.add_argument("--channels", type=int)
    ap.add_argument(
        "--opt", action="append", default=[], help="key=json for generate(), e.g. asr_pause=true"
    )
    ap.add_argument("--plan")
    ap.add_argument("--share", type=float, default=0.05)
    ap.add_argument("--day", type=int, default=10)
    ap.add_argument("-o", "--out")
    a = ap.parse_args()
    if a.list:
        for k, v in PROFILES.items():
            print(k, v)
        return
    if a.cmd and a.cmd[0] == "dropout":
        inst = dropout(json.load(open(a.cmd[1])), json.load(open(a.plan)), a.share, a.seed, a.day)
    else:
        o = dict(PROFILES.get(a.profile, {}))
        for k in ("sellers", "days", "channels"):
            if getattr(a, k):
                o[k] = getattr(a, k)
        for kv in a.opt:
            k, v = kv.split("=", 1)
            o[k] = json.loads(v)
        inst = generate(name=a.profile or "custom", seed=a.seed, **o)
    with open(a.out, "w") as f:
        json.dump(inst, f, separators=(",", ":"))
    print(
        a.out,
        "slots",
        len(inst["slots"]),
        "sellers",
        len(inst["sellers"]),
        "pins",
        len(inst["pins"]),
        "pairs",
        len(inst["blocked_pairs"]),
        "sha256",
        digest(inst)[:16],
    )


if __name__ == "__main__":
    main()
