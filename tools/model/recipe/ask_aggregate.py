"""SUM, AVG, MIN and MAX over one table."""

from ask import phrase
from phrases import VERBS, plural
from schema import DATES, NUMS

AGG = {"AVG": ["average", "average", "mean"], "SUM": ["total", "sum of the", "combined", "total", "overall", "sum of"], "MIN": ["lowest", "minimum", "smallest", "minimum"], "MAX": ["highest", "maximum", "largest", "maximum", "biggest"]}


def agg_pick(a, t, allow_dates=True):
    """(function, column, words) of a random aggregate over a table's column, or None."""
    r = a.r
    cols = [c for c in t.columns if c.kind in NUMS] * 3 + ([c for c in t.columns if c.kind in DATES] if allow_dates else [])
    if not cols:
        return None
    c = r.choice(cols)
    s = r.choice(c.says)
    if c.kind in DATES:
        f = r.choice(("MIN", "MAX"))
        w = r.choice(("earliest", "first", "oldest")) if f == "MIN" else r.choice(("latest", "most recent", "last", "newest"))
        return f, c, f"{w} {s}"
    f = r.choice(("AVG", "AVG", "SUM", "MIN", "MAX"))
    if f == "SUM" and c.canon in ("price", "rating", "birth_date", "discount"):
        f = "AVG"
    if f == "AVG" and c.says[0] in ("days",):
        s = r.choice(("number of days", "duration in days"))
    w = r.choice(AGG[f])
    if w.startswith("sum of"):
        s = plural(s)
    return f, c, f"{w} {s}"


def aggregate(a, t):
    r = a.r
    p = agg_pick(a, t)
    if not p:
        return None
    f, c, w = p
    np, wh, _ = phrase(a, t, (0.5, 0.4, 0.1), skip=(c.name,))
    sel = f"{f}({a.ref(c)})"
    of = r.choice(("of ", "of ", "of all ", "for ", "among ", "across all ", "of the "))
    if r.random() < 0.06 and c.kind in NUMS:
        s, sel = r.choice(c.says), f"MIN({a.ref(c)}), MAX({a.ref(c)})"
        w = r.choice((f"{s} range", f"range of {plural(s)}", f"lowest and highest {s}", f"smallest and largest {s}", f"minimum and maximum {s}", f"{r.choice(AGG['MIN'])} and the {r.choice(AGG['MAX'])} {s}"))
    elif r.random() < 0.2 and c.kind in NUMS:
        g = r.choice([x for x in ("AVG", "MIN", "MAX") if x != f])
        s = r.choice(c.says)
        first, second = r.choice(AGG[f]), r.choice(AGG[g])
        if not first.startswith("sum of"):
            w = f"{first} and {second} {s}" if r.random() < 0.6 else f"{first} {s} and the {second} {s}"
            sel = f"{f}({a.ref(c)}), {g}({a.ref(c)})"
    if r.random() < 0.08:
        sel = f"COUNT(*), {sel}"
        w = f"{r.choice(('number of ' + t.nouns[0][1], 'count'))} and the {w}"
    sql = f"SELECT {sel} FROM {t.name}{wh}"
    x = r.random()
    if not wh and ", " not in sel and not w.startswith("sum of") and r.random() < 0.3 and not any(w.split(" ", 1)[1].startswith(n[0]) for n in t.nouns):
        one = r.choice(t.nouns)[0]
        first, rest = w.split(" ", 1)
        w = f"{first} {one} {rest}" if not rest.startswith("of") else w
        return r.choice((f"What {r.choice(('is', 'was', 'is'))} the {w}", f"{r.choice(VERBS)} the {w}", f"What {r.choice(('is', 'was'))} the {w} {r.choice(('ever', 'so far', 'overall', 'of all', 'on record'))}", f"{w[0].upper()}{w[1:]}")), False, sql
    if x < 0.5:
        return f"What {'are' if ', ' in sel else r.choice(('is', 'is', 'was'))} the {w} {of}{np}", True, sql
    if x < 0.8:
        return f"{r.choice(VERBS + ['Calculate', 'Compute', 'Calculate', 'Compute', 'Work out', 'Determine'])} the {w} {of}{np}", False, sql
    if x < 0.9:
        return f"{w[0].upper()}{w[1:]} {of}{np}", False, sql
    if f == "AVG" and ", " not in sel:
        s = r.choice(c.says)
        return f"What {s} do {np} have on average", True, sql
    return f"For {np}, what is the {w}", True, sql


def special_agg(a, t):
    """Aggregates people ask for with a verb."""
    r = a.r
    table = {"products": [("price", "AVG", "How much do {np} cost on average"), ("stock", "SUM", "How many units are in stock of {np}"), ("stock", "SUM", "How many units of {np} are in stock in total"), ("weight_kg", "AVG", "How much do {np} weigh on average")],
             "doctors": [("salary", "AVG", "How much do {np} earn on average"), ("salary", "SUM", "How much do {np} earn in total"), ("salary", "AVG", "What do {np} earn on average")],
             "appointments": [("fee", "SUM", "How much money did {np} bring in"), ("fee", "SUM", "What is the total revenue from {np}"), ("duration_minutes", "AVG", "How long do {np} last on average"), ("duration_minutes", "AVG", "How many minutes do {np} take on average"), ("duration_minutes", "SUM", "How many minutes did {np} take in total"), ("fee", "SUM", "How much did {np} cost in total"), ("fee", "AVG", "How much do {np} cost on average")],
             "orders": [("total", "SUM", "How much money did {np} bring in"), ("total", "SUM", "What is the total revenue from {np}"), ("total", "AVG", "How much are {np} worth on average"), ("total", "SUM", "What is the total value of {np}"), ("total", "AVG", "What is the average value of {np}"), ("total", "SUM", "What is the revenue of {np}"), ("total", "SUM", "How much are {np} worth in total")],
             "order_items": [("quantity", "SUM", "How many units were sold in {np}"), ("quantity", "SUM", "How many units are there in {np}"), ("quantity * unit_price", "SUM", "What is the total revenue of {np}"), ("quantity * unit_price", "SUM", "Total revenue from {np}"), ("quantity * unit_price", "SUM", "What is the revenue of {np}")],
             "prescriptions": [("days", "AVG", "How many days do {np} last on average"), ("dose_mg", "AVG", "What dose do {np} have on average"), ("refills", "SUM", "How many refills do {np} have in total")],
             "customers": [("loyalty_points", "SUM", "How many loyalty points do {np} have in total"), ("loyalty_points", "SUM", "How many loyalty points do {np} have altogether"), ("loyalty_points", "AVG", "How many loyalty points do {np} have on average")],
             "reviews": [("rating", "AVG", "How are {np} rated on average"), ("rating", "AVG", "What rating do {np} have on average")]}.get(t.canon)
    if not table:
        return aggregate(a, t)
    canon, f, q = r.choice(table)
    parts = canon.split(" * ")
    cols = [t.col(p) for p in parts]
    if not all(cols):
        return aggregate(a, t)
    np, wh, _ = phrase(a, t, (0.3, 0.55, 0.15), skip=(cols[0].name,))
    return q.replace("{np}", r.choice(("", "", "all ", "the ")) + np), True, f"SELECT {f}({' * '.join(a.ref(c) for c in cols)}) FROM {t.name}{wh}"
