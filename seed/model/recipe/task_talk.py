"""Small talk, and drills in copying."""

import chat as CHAT
import values as V
from chatml import ASK, said, system, user


def small_talk(r, k):
    s = r.choice(CHAT.SYSTEMS)
    out = []
    for _ in range(k):
        head = ""
        for _ in range(r.choice((0, 0, 0, 0, 0, 1))):
            q, a = CHAT.pair(r)
            head += user(q) + said(a)
        q, a = CHAT.pair(r)
        out.append((head + user(q) + ASK, a, q))
    return system(s), out


def phrase_of(r):
    """A few random words, names, numbers: what nobody could guess."""
    return " ".join(r.choice((V.made_up(r), V.made_up(r, True), V.person(r), V.title(r), V.city(r), str(r.randint(1, 9999)), V.day(r).isoformat(), r.choice(V.WORDS))) for _ in range(r.choice((1, 2, 2, 3))))


def recall(r, k):
    """Pure copying and looking up, every answer token a copy: what a small model must learn first, taught densely."""
    out = []
    for _ in range(k):
        x = r.random()
        t = phrase_of(r)
        if x < 0.4:
            q, a = r.choice((f"Repeat after me: {t}", f"Repeat: {t}", f"Say {t}", f"Copy {t}", f"Write down {t}")), t
        elif x < 0.6:
            q, a = r.choice((f"Put {t} in quotes.", f"Quote {t}", f"{t} in quotes, please")), "'" + t.replace("'", "''") + "'"
        else:
            keys = r.sample(V.NOUN, r.randint(2, 4))
            vals = {n: V.made_up(r, r.random() < 0.5) if r.random() < 0.6 else str(r.randint(1, 9999)) for n in keys}
            text = ", ".join(f"{n} {r.choice(('is', 'is', '='))} {v}" for n, v in vals.items())
            ask = r.sample(keys, r.randint(1, 2))
            q, a = f"{text}. {r.choice(('What is', 'Give', 'Name'))} {', '.join(ask)}?", ", ".join(vals[n] for n in ask)
        out.append((user(q) + ASK, a, q))
    return system(None), out
