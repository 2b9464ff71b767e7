"""Something for each value of a column."""

import values as V
from ask import phrase
from ask_aggregate import agg_pick
from filter_number import OPS
from phrases import VERBS
from schema import DATES


def group_cols(t):
    return [c for c in t.columns if c.kind in ("fk", "country", "city", "category", "specialty", "insurer", "blood", "enum", "bool", "drug", "word", "code", "disease", "reason") and c is not t.label and not (c.kind == "bool")] + [c for c in t.columns if c.canon in ("rating", "dose_mg", "days", "refills", "quantity", "duration_minutes")]


def group_words(r, g):
    """"Per customer" means the customer's name; a foreign key is always called an id."""
    return g.says[0] if g.kind == "fk" else r.choice(g.says)


def measure(a, t, np):
    """What is computed for each group: (sql, short words, question words, aggregate's column or None)."""
    r = a.r
    x = r.random()
    if x < 0.55:
        return "COUNT(*)", f"number of {np}", f"how many {np} are there", None
    p = agg_pick(a, t, allow_dates=r.random() < 0.3)
    if not p:
        return "COUNT(*)", f"number of {np}", f"how many {np} are there", None
    f, c, w = p
    of = f" of {r.choice(('', 'the '))}{np}" if r.random() < 0.75 else ""
    return f"{f}({{{c.name}}})", w + of, f"what is the {w}{of}", c


def grouped(a, t):
    r = a.r
    cols = group_cols(t)
    if not cols:
        return None
    g = r.choice(cols)
    s = group_words(r, g)
    np, wh, sqls = phrase(a, t, (0.66, 0.3, 0.04), skip=(g.name,))
    m, words, ask, c = measure(a, t, np)
    if c:
        if not words.endswith(np) and wh:
            words, ask = f"{words} of {np}", f"{ask} of {np}"
        if not words.endswith(np) and t.canon not in ("products", "reviews", "doctors"):
            words, ask = f"{words} of {np}", f"{ask} of {np}"
        m = m.replace("{" + c.name + "}", a.ref(c))
    gr = a.ref(g)
    sel, extra = f"{gr}, {m}", ""
    if r.random() < 0.08 and m != "COUNT(*)":
        sel, words, ask = f"{gr}, COUNT(*), {m}", f"number of {t.nouns[0][1]} and the {words}", f"how many {t.nouns[0][1]} are there and {ask}"
    base = f" FROM {t.name}{wh} GROUP BY {gr}"
    x = r.random()
    tail = ""
    if x < 0.27:
        desc = r.random() < 0.7
        k = r.random()
        if k < 0.6:
            tail = r.choice((", highest first", ", largest first", " sorted from highest to lowest", ", in descending order", ", from most to least", " in descending order of the number" if m == "COUNT(*)" else ", highest first", ", biggest first", " sorted by the result, descending")) if desc else r.choice((", lowest first", ", smallest first", " sorted from lowest to highest", ", in ascending order", ", fewest first" if m == "COUNT(*)" else ", lowest first"))
            if m == "COUNT(*)" and r.random() < 0.3:
                tail = f", sorted by {r.choice(('count', 'the count', 'that number', 'number of ' + t.nouns[0][1]))}" + (r.choice((" descending", ", highest first", " from highest to lowest", " in descending order")) if desc else r.choice((" ascending", "", ", lowest first")))
            extra = f" ORDER BY {m}{' DESC' if desc else ''}"
        else:
            tail = r.choice((f", sorted by {s}", f", ordered by {s}", f" sorted by {s}", f", in order of {s}")) + (r.choice((" descending", " in descending order")) if (d := r.random() < 0.2) else "")
            extra = f" ORDER BY {gr}{' DESC' if d else ''}"
        if r.random() < 0.2 and k < 0.6:
            n = r.choice((3, 5, 10, 2))
            say = V.say_count(r, n)
            tail += r.choice((f", top {say}", f", only the first {say}", f", limited to {say}", f", top {say} only"))
            extra += f" LIMIT {n}"
    having, over = "", ""
    if 0.27 < x < 0.4:
        having, over = have(a, t, m, c)
    sql = f"SELECT {sel}{base}{having}{extra}"
    per = r.choice((f"per {s}", f"for each {s}", f"by {s}", f"per {s}", f"for every {s}", f"in each {s}" if g.kind in ("country", "city", "category", "specialty") else f"for each {s}", f"grouped by {s}", f"broken down by {s}", f"with each {s}" if g.kind in ("enum", "blood") else f"per {s}", f"in every {s}" if g.kind in ("country", "city", "category", "specialty") else f"per {s}", f"split by {s}"))
    y = r.random()
    if y < 0.26:
        q = f"{ask[0].upper()}{ask[1:]} {per}"
        return q + over + tail, True, sql
    if y < 0.36 and m == "COUNT(*)" and "COUNT(*), " not in sel:
        q = f"How many {np} {r.choice(('does', 'does'))} each {s} have" if r.random() < 0.5 else f"How many {np} {per} {r.choice(('do we have', 'are there'))}"
        return q + over + tail, True, sql
    if y < 0.6:
        return f"{r.choice(VERBS)} the {words} {per}{over}{tail}", False, sql
    if y < 0.72:
        return f"{words[0].upper()}{words[1:]} {per}{over}{tail}", False, sql
    if y < 0.93:
        lead = r.choice((f"For each {s}", f"For every {s}", f"Per {s}", f"For each {s}", f"By {s}"))
        return r.choice((f"{lead}, {r.choice(VERBS).lower() if r.random() < 0.8 else 'give'} the {words}".replace(" i ", " I ").replace(" i'd", " I'd"), f"{lead}, {ask}", f"{lead}, {ask}", f"{lead}: the {words}")) + over + tail, False, sql
    if m == "COUNT(*)" and "COUNT(*), " not in sel:
        return f"Count {r.choice(('the ', 'all ', ''))}{np} {per}{over}{tail}", False, sql
    return f"What is the {words} {per}{over}{tail}", True, sql


def have(a, t, m, c):
    """A HAVING clause and its words behind a grouped question."""
    r = a.r
    op = r.choice((">", ">", ">=", "<", "<="))
    n = r.choice((r.randint(1, 20), 10, 5, 20, 50, 100, 2, 3, r.randint(10, 200))) if m == "COUNT(*)" else None
    if n is None:
        if not c or c.kind in DATES:
            return "", ""
        n = c.number(r)
    w = r.choice(OPS[op])
    w = w.replace("{v}", str(n)) if "{v}" in w else f"{w} {n}"
    noun = r.choice(t.nouns)[1]
    if m == "COUNT(*)":
        return f" HAVING {m} {op} {n}", r.choice((f", only where there are {w}", f", but only those with {w} {noun}", f", only those with {w}", f", keeping only those with {w} {noun}", f" having {w} {noun}", f" with {w} {noun}", f", for those with {w} {noun}"))
    return f" HAVING {m} {op} {n}", r.choice((f", only where it is {w}", f", but only where that is {w}", f", keeping only those {w}", f", only if it is {w}"))
