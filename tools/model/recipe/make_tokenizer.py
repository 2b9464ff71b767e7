"""Learns the tokenizer from generated text and writes tokenizer.json. Run once; the model depends on the file."""

import random
import re
import sys
from collections import Counter

from clinic import CLINIC
from shop import SHOP
from chatml import SQL_SYSTEM
from task_critic import critic
from task_read import extract
from task_repair import repair
from task_revise import revise
from task_route import ROUTE_SYSTEM, route
from task_sql import sql
from task_talk import small_talk
import tokenizer as T

SEED = 1


def main(out):
    r = random.Random(SEED)
    words = Counter()
    prompt = Counter()
    for i in range(900):
        make = r.choice((sql, sql, sql, repair, extract, extract, small_talk, route, critic))
        prefix, branches = make(r, 6)
        for f in T.fragments(T.SPECIALS.sub("\n", prefix + "".join(b + a for b, a, _ in branches))):
            w = f.strip()
            if w and not any(c.isdigit() for c in w):
                words[w] += 1
                if f.startswith(" "):
                    prompt[w] += 1
    letters_only = {w: int(n**0.6) + 1 for w, n in words.items() if w.isalpha()}
    schema = Counter(re.findall(r"[a-z]+", "\n".join(s.text() for s in (SHOP, CLINIC)) + SQL_SYSTEM + ROUTE_SYSTEM))
    keywords = """SELECT FROM WHERE AND OR NOT IN LIKE BETWEEN IS NULL NULLS LAST ORDER BY DESC LIMIT OFFSET GROUP HAVING COUNT SUM AVG MIN MAX
        DISTINCT JOIN ON EXISTS EXTRACT YEAR LEFT""".split()
    common = [w for w, n in prompt.most_common(560) if w.isascii() and w.isalpha() and w.islower() and len(w) > 1 or w in ("a", "A", "I", "K")]
    starts = [w for w, n in words.most_common(600) if w.isascii() and w.isalpha() and w[0].isupper() and n > 25 and w.title() == w]
    whole = list(dict.fromkeys(keywords + [w for w in schema if len(w) > 1] + common + starts))
    
    spaced = list(dict.fromkeys(keywords + [w for w in schema] + common + ["a", "-", "=", "<", ">", "<>", ">=", "<=", "'", '"', "("]))
    joined = ["(*)", "<>", ">=", "<=", "->", "::", "."]
    merges = T.learn(letters_only, 330, whole + joined, spaced)
    t = T.Tokenizer(merges)
    t.save(out)
    print(len(t.tokens), "tokens")
    return t


if __name__ == "__main__":
    t = main(sys.argv[1])
    r = random.Random(5)
    for make in (sql, route, repair, extract, small_talk, revise, critic):
        tot = Counter()
        for _ in range(60):
            prefix, branches = make(r, 8)
            tot["prefix"] += len(t.encode(prefix))
            for b, a, _ in branches:
                tot["branch"] += len(t.encode(b)) / 8
                tot["answer"] += len(t.encode(a)) / 8
        print(make.__name__, {k: round(v / 60, 1) for k, v in tot.items()})
    prefix, branches = sql(r, 2)
    print("|".join(t.tokens[i] for i in t.encode(prefix + branches[0][0] + branches[0][1])))
