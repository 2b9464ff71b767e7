"""Turns groups of text into padded arrays. Batch i depends on (seed, i) alone, so a run can be replayed or resumed."""

import hashlib
import json
import os
import random
import unicodedata

import numpy as np

from task_critic import critic
from task_read import extract, pairs
from task_repair import repair
from task_revise import revise
from task_route import route
from task_sql import sql
from task_talk import recall, small_talk

# task -> (groups in a batch, branches in a group, prefixes in a pool, groups cut from each prefix)
FIRST = {"critic": 5, "extract": 3}  # how many times the first word of an answer counts: a verdict is all that a critic decides
SHAPES = {"sql": (1, 32, 4, 3), "extract": (4, 8, 8, 1), "route": (2, 16, 2, 1), "repair": (1, 12, 1, 2), "small_talk": (1, 32, 1, 2), "revise": (1, 12, 2, 1), "critic": (1, 32, 6, 2), "recall": (1, 24, 2, 2), "pairs": (16, 8, 32, 1)}
MAKE = {"sql": sql, "extract": extract, "route": route, "repair": repair, "small_talk": small_talk, "revise": revise, "critic": critic, "recall": recall, "pairs": pairs}
SIDES = (("extract", 4), ("pairs", 0.8), ("repair", 1.8), ("route", 2.2), ("small_talk", 1.4), ("revise", 0.4), ("critic", 0.4))
MIX = {"main": (SIDES, "sql"), "continued": (SIDES, "sql"), "critic": ((("critic", 1),), "critic")}
DRILL = 100  # rounds of a run from nothing during which every other step drills copying
ROUND = 12  # optimizer steps made from one seeded round of text
SIDE = 3  # every how many steps a batch of another task goes along


def normal(question):
    """Case, punctuation and whitespace gone: what the separation check compares. Kept in step with check-separation.ts."""
    kept = "".join(c if unicodedata.category(c)[0] in "LN" else " " for c in unicodedata.normalize("NFKC", question).lower())
    return " ".join(kept.split())


def fingerprint(question):
    return int.from_bytes(hashlib.sha256(normal(question).encode()).digest()[:6], "big")


def excluded():
    """Fingerprints of the hand-worded questions (exclude.py): generated text that equals one is dropped."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "excluded.json")
    if not os.path.exists(path):
        return frozenset()
    with open(path) as f:
        return frozenset(int(x, 16) for x in json.load(f))


EXCLUDED = excluded()


def pool(r, tok, task, asked):
    """Batches of one task; branches of like length sit together so that little is padding."""
    groups_in, k, prefixes, cuts = SHAPES[task]
    groups = []
    for _ in range(prefixes):
        kept = []
        while not kept:
            prefix, branches = MAKE[task](r, k * cuts)
            marks = [fingerprint(q) for _, _, q in branches]
            kept = [b for b, m in zip(branches, marks) if m not in EXCLUDED]
        if len(kept) < len(branches):
            branches = [kept[i % len(kept)] for i in range(len(branches))]
            marks = [m for m in marks if m not in EXCLUDED]
        asked.update(marks)
        p = tok.encode(prefix)
        rows = sorted(((tok.encode(b), tok.encode(a) + [tok.end]) for b, a, _ in branches), key=lambda x: len(x[0]) + len(x[1]))
        groups += [(p, rows[i * k:(i + 1) * k]) for i in range(cuts)]
    groups.sort(key=lambda g: len(g[0]) if groups_in > 2 else max(len(a) + len(b) for a, b in g[1]))
    out = [pack(groups[i:i + groups_in], tok.pad, FIRST.get(task, 1)) for i in range(0, len(groups), groups_in)]
    r.shuffle(out)
    return out


def pack(groups, pad, first=1):
    """dict of arrays: prefix (G,P), prefix_len (G,), branch (G,K,L), where (flat indices whose next token counts), target."""
    G, K = len(groups), len(groups[0][1])
    P = max(len(p) for p, _ in groups)
    L = max(len(a) + len(b) for _, rows in groups for a, b in rows)
    prefix, branch = np.full((G, P), pad, np.int64), np.full((G, K, L), pad, np.int64)
    where, target = [], []
    for g, (p, rows) in enumerate(groups):
        prefix[g, :len(p)] = p
        for k, (a, b) in enumerate(rows):
            s = a + b
            branch[g, k, :len(s)] = s
            base = (g * K + k) * L
            where += range(base + len(a) - 1, base + len(s) - 1)
            target += b
            where += [base + len(a) - 1] * (first - 1)
            target += b[:1] * (first - 1)
    return {"prefix": prefix, "prefix_len": np.array([len(p) for p, _ in groups]), "branch": branch, "where": np.array(where), "target": np.array(target)}


def size(batch):
    return batch["prefix"].size + batch["branch"].size


def round_of(seed, i, tok, mix):
    """One round: a list of ROUND steps, each a list of (task, batch); and the fingerprints of its questions.

    `seed` is "run/rank". Ranks wait for each other at every step, so the order is drawn from the run alone: at a step
    all have the same tasks and batches of like size.
    """
    r, order = random.Random(f"{seed}/{i}"), random.Random(f"{seed.split('/')[0]}/{i}/order")
    side, main = MIX[mix]
    asked = set()

    def batches_of(task, n):
        out = []
        while len(out) < n:
            out += pool(r, tok, task, asked)
        out = sorted(out[:n], key=size)
        order.shuffle(out)
        return [(task, b) for b in out]

    steps = [[b] for b in batches_of(main, ROUND)]
    if main == "sql":
        names, weights = zip(*side)
        tasks = order.choices(names, weights, k=ROUND // SIDE)
        ready = {t: batches_of(t, tasks.count(t)) for t in sorted(set(tasks))}
        for s, t in enumerate(tasks):
            steps[SIDE * s + SIDE - 1].append(ready[t].pop())
        if mix == "main" and i < DRILL:
            for s, b in enumerate(batches_of("recall", ROUND // SIDE)):
                steps[SIDE * s].append(b)
    return steps, asked
