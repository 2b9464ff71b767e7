"""Which database is a question about?"""

import chat as CHAT
import values as V
from chatml import ASK, system, user
from clinic import CLINIC
from made_up import MADE_UP
from other_topics import FREE, freely, in_other_words
from questions import question
from shop import SHOP
from vary import vary

ROUTE_SYSTEM = "Name the database that can answer the question, or none.\n"


def route(r, k):
    x = r.random()
    dbs = [SHOP, CLINIC]
    if x < 0.62:
        if x < 0.06:
            dbs = dbs[::-1]
        elif x < 0.14:
            dbs = [vary(d, r) for d in dbs]
    elif x < 0.76:
        dbs = r.sample(MADE_UP, r.choice((1, 2, 3)))
        if r.random() < 0.5:
            dbs.insert(r.randrange(len(dbs) + 1), r.choice((SHOP, CLINIC)))
    elif x < 0.82:
        dbs = [r.choice(dbs)]
    else:
        dbs = dbs + r.sample(MADE_UP, r.choice((1, 2)))
        r.shuffle(dbs)
    names = [d.name if r.random() < 0.86 else r.choice((d.name + r.choice(("_b", "_test", "_drifted", "_2", "_prod")), V.made_up(r, True))) for d in dbs]
    if len(set(names)) < len(names):
        names = [d.name for d in dbs]
    lines = [f"{n}: {', '.join(t.name for t in d.tables)}" for n, d in zip(names, dbs)]
    there = {d.name for d in dbs}
    strangers = [d for d in MADE_UP + [SHOP, CLINIC] if d.name not in there]
    out = []
    for _ in range(k):
        y = r.random()
        if y < 0.7:
            i = r.randrange(len(dbs))
            q, answer = question(r, dbs[i])[0], names[i]
            if dbs[i].name in FREE:
                z = r.random()
                q = freely(r, dbs[i].name) if z < 0.36 else in_other_words(r, q) if z < 0.58 else q
        elif y < 0.88 or not strangers or len(dbs) > 2:
            q, answer = CHAT.off_topic(r), "none"
        else:
            s = r.choice(strangers)
            if any(t.name in {u.name for d in dbs for u in d.tables} for t in s.tables):
                q = CHAT.off_topic(r)
            else:
                q = question(r, s)[0]
            answer = "none"
        out.append((user(q) + ASK, answer, q))
    return system(ROUTE_SYSTEM + "\n".join(lines)), out
