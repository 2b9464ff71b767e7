"""Turns groups of text into padded arrays. Batch i depends on (seed, i) alone, so a run can be replayed or resumed."""

import hashlib
import json
import os
import random
import unicodedata

import numpy as np

from task_critic import critic
from task_read import extract
from task_repair import repair
from task_revise import revise
from task_route import route
from task_sql import sql
from task_talk import recall, small_talk

# task -> (groups in a batch, branches in a group, prefixes in a pool, groups cut from each prefix)
SHAPES = {"sql": (1, 32, 4, 3), "extract": (2, 10, 2, 1), "route": (2, 16, 2, 1), "repair": (1, 12, 1, 2), "small_talk": (1, 32, 1, 2), "revise": (1, 12, 2, 1), "critic": (1, 32, 6, 2), "recall": (1, 24, 2, 2)}
MAKE = {"sql": sql, "extract": extract, "route": route, "repair": repair, "small_talk": small_talk, "revise": revise, "critic": critic, "recall": recall}
MIX = {"main": ((("extract", 4), ("repair", 1.6), ("route", 2.4), ("small_talk", 2.4), ("revise", 0.8)), "sql"), "critic": ((("critic", 1),), "critic")}
DRILL = 100  # rounds during which every other step drills copying
ROUND = 12  # optimizer steps made from one seeded round of text


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
        prefix, branches = MAKE[task](r, k * cuts)
        marks = [fingerprint(q) for _, _, q in branches]
        if EXCLUDED.intersection(marks):
            kept = [b for b, m in zip(branches, marks) if m not in EXCLUDED]
            branches = [kept[i % len(kept)] for i in range(len(branches))]
            marks = [m for m in marks if m not in EXCLUDED]
        asked.update(marks)
        p = tok.encode(prefix)
        rows = sorted(((tok.encode(b), tok.encode(a) + [tok.end]) for b, a, _ in branches), key=lambda x: len(x[0]) + len(x[1]))
        groups += [(p, rows[i * k:(i + 1) * k]) for i in range(cuts)]
    groups.sort(key=lambda g: max(len(a) + len(b) for a, b in g[1]))
    out = [pack(groups[i:i + groups_in], tok.pad) for i in range(0, len(groups), groups_in)]
    r.shuffle(out)
    return out


def pack(groups, pad):
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
    return {"prefix": prefix, "prefix_len": np.array([len(p) for p, _ in groups]), "branch": branch, "where": np.array(where), "target": np.array(target)}


def round_of(seed, i, tok, mix):
    """One round: a list of ROUND steps, each a list of (task, batch); and the fingerprints of its questions."""
    r = random.Random(f"{seed}/{i}")
    side, main = MIX[mix]
    asked = set()
    mains, others, drill = [], [], []
    while len(mains) < ROUND:
        mains += [(main, b) for b in pool(r, tok, main, asked)]
    r.shuffle(mains)
    if mix == "main":
        names, weights = zip(*side)
        while 4 * len(others) < ROUND:
            t = r.choices(names, weights)[0]
            others += [(t, b) for b in pool(r, tok, t, asked)][:2]
        r.shuffle(others)
        while i < DRILL and 2 * len(drill) < ROUND:
            drill += [("recall", b) for b in pool(r, tok, "recall", asked)]
    return [mains[s:s + 1] + (others[s // 4:s // 4 + 1] if s % 4 == 3 else drill[s // 2:s // 2 + 1] if not s % 2 else []) for s in range(ROUND)], asked
