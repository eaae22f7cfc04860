"""judge.py - independent judge of a rotation plan. Standard library only; shares no code with any solver.

    python judge.py instance.json plan.json            human-readable report, exit 1 if a hard rule is broken
    python judge.py instance.json plan.json --json     the same as one JSON object
    python judge.py instance.json --instance           checks the instance itself (slots vs closed times, ids)

Formats: see generator.py. HARD rules, each violation is listed by its code:
  H0 unknown slot / unknown seller / a slot assigned twice
  H1 seller not available in the slot's block, or outside his "cuts"
  H2 one seller in two overlapping slots                 H3 less than min_gap_minutes between two of his slots
  H4 more than max_turns_per_day on one day              H5 a pin not honoured (unless its seller was dropped)
  H6 blocked pair: overlapping times, or consecutive slots of one channel
  H7 more than the seller's own max_turns                H8 a slot inside a closed period (instance fault)
  H9 replan: a frozen slot changed although its seller was not dropped, or a dropped seller in a slot >= now

FIGURES
  filled / empty; turns min..max, spread, sum of squares; zero = sellers without any turn
  prime (audience weight): W = sum of weights; B = W + carry, carry = clip(prime_before - mean, +-carry_cap)
     min/mean, max/mean, coefficient of variation, Gini; prime_slots min..max per seller
  prime_B_full: the same for the sellers with at least floor(filled/sellers) turns
  L1_share: sum |B - entitlement| / sum W, entitlement = mean W (scaled down for sellers whose turns are below
     floor(filled/sellers)); 0 = perfectly even, compare it with the reference or with an LP bound
  EF1: ordered pairs (i, j) where i would still prefer j's slots (those i could attend) after removing j's best
       one; "now" = this edition only, "ledger" = with the carry of both added.
       Exact up to 1,500 sellers, above that on 400 sampled i (reported as a share).
  adjacent_same_cluster, same_time_over_cap; stability (only for a replan)
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta


def _t(s):
    return int(datetime.fromisoformat(s).timestamp())


def gini(xs):
    xs = sorted(xs)
    n, tot = len(xs), sum(xs)
    if n == 0 or tot <= 0 or xs[0] < 0:
        return None
    return sum((2 * i - n + 1) * x for i, x in enumerate(xs)) / (n * tot)


def spread_figures(xs):
    n = len(xs)
    m = sum(xs) / n
    sd = (sum((x - m) ** 2 for x in xs) / n) ** 0.5
    g = gini(xs)
    s = sorted(xs)
    return dict(
        mean=round(m, 2),
        min=s[0],
        max=s[-1],
        min_over_mean=round(s[0] / m, 4) if m else None,
        p5_over_mean=round(s[int(n * 0.05)] / m, 4) if m else None,
        p95_over_mean=round(s[min(n - 1, int(n * 0.95))] / m, 4) if m else None,
        max_over_mean=round(s[-1] / m, 4) if m else None,
        cv=round(sd / m, 4) if m else None,
        gini=round(g, 4) if g is not None else None,
    )


def check_instance(inst):
    bad = []
    closed = [(_t(a), _t(b), w) for a, b, w in inst["closed"]]
    closed.sort()
    for s in inst["slots"]:
        a, b = _t(s["start"]), _t(s["end"])
        if a >= b:
            bad.append("H8 slot %s has no length" % s["id"])
        for c in closed:
            if c[0] >= b:
                break
            if a < c[1] and b > c[0]:
                bad.append("H8 slot %s overlaps %s" % (s["id"], c[2]))
    return bad


def check(inst, plan, ef1=True):
    R = inst["rules"]
    slots = {s["id"]: s for s in inst["slots"]}
    T = {i: (_t(s["start"]), _t(s["end"])) for i, s in slots.items()}
    block_day = {b["id"]: b["day"] for b in inst["blocks"]}
    sellers = {s["id"]: s for s in inst["sellers"]}
    avail = {k: set(s["blocks"]) for k, s in sellers.items()}
    cuts = {k: {c[0]: (_t(c[1]), _t(c[2])) for c in s["cuts"]} for k, s in sellers.items()}
    dropped = set(inst.get("dropped") or [])
    pub = inst.get("published")
    now = _t(pub["now"]) if pub else None

    def can(i, sid):
        b = slots[sid]["block"]
        if b not in avail[i]:
            return False
        c = cuts[i].get(b)
        return c is None or (T[sid][0] >= c[0] and T[sid][1] <= c[1])

    bad, who, by_seller = [], {}, defaultdict(list)
    for a in plan["assignments"]:
        sid, i = a["slot"], a["seller"]
        if sid not in slots or i not in sellers:
            bad.append("H0 unknown slot or seller %r %r" % (sid, i))
            continue
        if sid in who:
            bad.append("H0 slot %s assigned twice" % sid)
            continue
        who[sid] = i
        by_seller[i].append(sid)
        if not can(i, sid):
            bad.append("H1 seller %s is not available in slot %s" % (i, sid))
    gap = R["min_gap_minutes"] * 60
    for i, ss in by_seller.items():
        ss.sort(key=lambda x: T[x])
        perday = Counter(block_day[slots[x]["block"]] for x in ss)
        for d, n in perday.items():
            if n > R["max_turns_per_day"]:
                bad.append("H4 seller %s has %d turns on day %d" % (i, n, d))
        for x, y in zip(ss, ss[1:]):
            if T[y][0] < T[x][1]:
                bad.append("H2 seller %s overlaps in slots %s,%s" % (i, x, y))
            elif T[y][0] - T[x][1] < gap:
                bad.append(
                    "H3 seller %s: only %d min between slots %s,%s"
                    % (i, (T[y][0] - T[x][1]) // 60, x, y)
                )
        m = sellers[i].get("max_turns")
        if m is not None and len(ss) > m:
            bad.append("H7 seller %s has %d turns, limit %d" % (i, len(ss), m))
    for p in inst["pins"]:
        if p["seller"] in dropped and now is not None and T[p["slot"]][0] >= now:
            continue
        if who.get(p["slot"]) != p["seller"]:
            bad.append("H5 pin of slot %s to %s not honoured" % (p["slot"], p["seller"]))
    # consecutive slots
    chain = defaultdict(list)
    for s in inst["slots"]:
        chain[s["block"], s["channel"]].append(s)
    consecutive = []
    for c in chain.values():
        c.sort(key=lambda s: s["pos"])
        consecutive += [(a["id"], b["id"]) for a, b in zip(c, c[1:]) if not b.get("break_before")]
    pairs = {frozenset(p) for p in inst["blocked_pairs"]}
    paired = {x for p in pairs for x in p}
    adj = 0
    for a, b in consecutive:
        if a in who and b in who:
            if sellers[who[a]]["cluster"] == sellers[who[b]]["cluster"]:
                adj += 1
            if frozenset((who[a], who[b])) in pairs:
                bad.append(
                    "H6 blocked pair %s,%s consecutive in slots %s,%s" % (who[a], who[b], a, b)
                )
    # same time: sweep over blocks (slots of different blocks never overlap in our instances; checked anyway)
    per_block = defaultdict(list)
    for sid, i in who.items():
        per_block[slots[sid]["block"]].append(sid)
    over = 0
    cap = R["cluster_same_time_max"]
    for ss in per_block.values():
        marks = sorted({T[x][0] for x in ss})
        starts = defaultdict(list)
        for x in ss:
            starts[T[x][0]].append(x)
        longest = max(T[x][1] - T[x][0] for x in ss)
        for m in marks:
            air = [
                x
                for s0 in marks
                if m - longest <= s0 <= m
                for x in starts[s0]
                if T[x][0] <= m < T[x][1]
            ]
            n = Counter(sellers[who[x]]["cluster"] for x in air)
            over += sum(max(0, v - cap) for v in n.values())
            ps = [x for x in air if who[x] in paired]
            for k, x in enumerate(ps):
                for y in ps[k + 1 :]:
                    if frozenset((who[x], who[y])) in pairs:
                        bad.append(
                            "H6 blocked pair %s,%s on air together (%s,%s)" % (who[x], who[y], x, y)
                        )
    out = {}
    if pub:
        old = {a["slot"]: a["seller"] for a in pub["assignments"]}
        frz = now + R.get("freeze_minutes", 0) * 60
        kept = moved = emptied = forced = filled = 0
        people = set()
        for sid, (s0, _) in T.items():
            o, n = old.get(sid), who.get(sid)
            if o == n:
                kept += o is not None
                continue
            gone = o in dropped and s0 >= now
            if s0 < now and o != n:
                bad.append("H9 slot %s already aired/started was changed" % sid)
            elif s0 < frz and o is not None and not gone:
                bad.append("H9 frozen slot %s changed from %s to %s" % (sid, o, n))
            if o is None:
                filled += 1
            elif gone:
                forced += 1
            elif n is None:
                emptied += 1
                people.add(o)
            else:
                moved += 1
                people.add(o)
        for sid, i in who.items():
            if i in dropped and T[sid][0] >= now:
                bad.append("H9 dropped seller %s still in slot %s" % (i, sid))
        future = [s for s in old if T[s][0] >= now]
        out["stability"] = dict(
            published_future=len(future),
            kept=kept,
            forced=forced,
            forced_refilled=sum(1 for s in future if old[s] in dropped and s in who),
            needlessly_changed=moved + emptied,
            newly_filled=filled,
            sellers_disturbed=len(people),
        )
    ids = list(sellers) if not pub else [i for i in sellers if i not in dropped]
    turns = {i: len(by_seller.get(i, ())) for i in ids}
    W = {i: sum(slots[x]["weight"] for x in by_seller.get(i, ())) for i in ids}
    mb = sum(sellers[i]["prime_before"] for i in ids) / len(ids)
    cc = R["carry_cap"]
    B = {i: W[i] + max(-cc, min(cc, sellers[i]["prime_before"] - mb)) for i in ids}
    tv = sorted(turns.values())
    modal = Counter(tv).most_common(1)[0][0]
    pw = R["prime_weight"]
    pc = sorted(sum(slots[x]["weight"] >= pw for x in by_seller.get(i, ())) for i in ids)
    out.update(
        slots=len(slots),
        filled=len(who),
        empty=len(slots) - len(who),
        sellers=len(ids),
        turns=dict(
            min=tv[0],
            max=tv[-1],
            spread=tv[-1] - tv[0],
            sumsq=sum(x * x for x in tv),
            zero=tv.count(0),
            below_modal=sum(x < modal for x in tv),
            modal=modal,
            histogram={str(k): v for k, v in sorted(Counter(tv).items())},
        ),
        prime_W=spread_figures(list(W.values())),
        prime_B=spread_figures([round(x, 2) for x in B.values()]),
        prime_B_full=spread_figures(
            [round(B[i], 2) for i in ids if turns[i] >= len(who) // len(ids)]
        ),
        prime_slots=dict(min=pc[0], median=pc[len(pc) // 2], max=pc[-1]),
        consecutive_pairs=len(consecutive),
        adjacent_same_cluster=adj,
        same_time_over_cap=over,
    )
    mean_W = sum(W.values()) / len(ids)
    floor = max(1, len(who) // len(ids))
    ent = {i: mean_W * min(1.0, turns[i] / floor) for i in ids}
    out["L1_share"] = round(sum(abs(B[i] - ent[i]) for i in ids) / max(1, sum(W.values())), 5)
    if ef1:
        bundles = {
            i: sorted(((slots[x]["weight"], x) for x in by_seller.get(i, ())), reverse=True)
            for i in ids
        }
        who_i = ids if len(ids) <= 1500 else random.Random(5).sample(ids, 400)
        for name, V in (("EF1_now", W), ("EF1_ledger", B)):
            C = {i: V[i] - W[i] for i in ids}
            upper = {i: V[i] - (bundles[i][0][0] if bundles[i] else 0) for i in ids}
            order = sorted(ids, key=lambda i: upper[i], reverse=True)
            pairs_bad = sell_bad = 0
            for i in who_i:
                hit = 0
                for j in order:
                    if upper[j] <= V[i]:
                        break
                    if j == i or not bundles[j]:
                        continue
                    v = [w for w, x in bundles[j] if can(i, x)]
                    if v and sum(v) - v[0] + C[j] > V[i]:
                        hit += 1
                pairs_bad += hit
                sell_bad += hit > 0
            out[name] = dict(
                sellers_with_envy=sell_bad,
                of=len(who_i),
                pairs=pairs_bad,
                share_of_pairs=round(pairs_bad / max(1, len(who_i) * (len(ids) - 1)), 6),
            )
    out["hard_violations"] = len(bad)
    out["violations"] = Counter(b[:2] for b in bad)
    out["examples"] = bad[:10]
    return out


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("instance")
    ap.add_argument("plan", nargs="?")
    ap.add_argument("--json", action="store_true")
    ap.add_argument("--instance-only", "--instance", dest="only", action="store_true")
    a = ap.parse_args()
    inst = json.load(open(a.instance))
    bad = check_instance(inst)
    if a.only or not a.plan:
        print(
            "\n".join(bad)
            or "instance ok: %d slots, %d sellers" % (len(inst["slots"]), len(inst["sellers"]))
        )
        return 1 if bad else 0
    r = check(inst, json.load(open(a.plan)))
    r["hard_violations"] += len(bad)
    r["examples"] += bad[:5]
    if a.json:
        print(json.dumps(r))
    else:
        for k, v in r.items():
            print("%-24s %s" % (k, dict(v) if isinstance(v, Counter) else v))
    return 1 if r["hard_violations"] else 0


if __name__ == "__main__":
    sys.exit(main())
