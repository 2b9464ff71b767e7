"""Which groups have more than n, or the most."""

import values as V
from ask import phrase
from ask_aggregate import AGG
from ask_group import group_cols, group_words
from filter_number import OPS
from filter_text import article
from phrases import VERBS, plural
from schema import NUMS


def having_only(a, t):
    """Which cities have more than five customers?"""
    r = a.r
    cols = group_cols(t)
    if not cols:
        return None
    g = r.choice(cols)
    s = group_words(r, g)
    gs = plural(s)
    np, wh, _ = phrase(a, t, (0.72, 0.25, 0.03), skip=(g.name,))
    gr = a.ref(g)
    op = r.choice((">", ">", ">", ">=", "<", "<="))
    nums = [c for c in t.columns if c.kind in NUMS]
    if r.random() < 0.66 or not nums:
        n = r.choice((r.randint(1, 20), 10, 5, 20, 50, 100, 2, r.randint(10, 300)))
        if op == ">" and r.random() < 0.08:
            op, n = "=", r.randint(1, 9)
        w = f"exactly {n}" if op == "=" else (x.replace("{v}", str(n)) if "{v}" in (x := r.choice(OPS[op])) else f"{x} {V.say_count(r, n)}")
        m = "COUNT(*)"
        ways = [f"have {w} {np}"] * 4 + [f"with {w} {np}"] * 4
        extra = r.choice((" and how many they have", ", with the number", " and the count", f" and their number of {t.nouns[0][1]}", " and how many", ", along with the number of " + t.nouns[0][1], " together with the count"))
    else:
        c = r.choice(nums)
        f = r.choice(("AVG", "AVG", "SUM", "MAX", "MIN")) if c.canon not in ("price", "rating") else r.choice(("AVG", "AVG", "MAX"))
        n = c.number(r)
        w = x.replace("{v}", str(n)) if "{v}" in (x := r.choice(OPS[op])) else f"{x} {n}"
        aw = r.choice([y for y in AGG[f] if not y.startswith("sum of")])
        cw = r.choice(c.says)
        m = f"{f}({a.ref(c)})"
        if wh:
            ways = [f"where the {aw} {cw} of {np} is {w}", f"with an {aw} {cw} of {np} {w}" if aw[0] in "aeiou" else f"with a {aw} {cw} of {np} {w}"]
        else:
            ways = [f"with {article(aw)} {cw} {w}", f"where the {aw} {cw} is {w}", f"whose {aw} {cw} is {w}", f"have {article(aw)} {cw} {w}", f"where the {aw} {cw} of {np} is {w}"]
        extra = r.choice((f" and the {aw} {cw}", f", with that {aw}", f" and their {aw} {cw}", f" together with the {aw} {cw}"))
    way = r.choice(ways)
    both = r.random() < 0.22
    sql = f"SELECT {gr}{', ' + m if both else ''} FROM {t.name}{wh} GROUP BY {gr} HAVING {m} {op} {n}"
    if not both:
        extra = ""
    if way.startswith("have"):
        return f"{r.choice(('Which', 'Which', 'What', 'Which'))} {gs} {way}{extra}", True, sql
    x = r.random()
    if x < 0.7:
        return f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{gs} {way}{extra}", False, sql
    return f"{gs[0].upper()}{gs[1:]} {way}{extra}", False, sql


def top_group(a, t):
    r = a.r
    cols = group_cols(t)
    if not cols:
        return None
    g = r.choice(cols)
    s = group_words(r, g)
    np, wh, _ = phrase(a, t, (0.72, 0.25, 0.03), skip=(g.name,))
    gr = a.ref(g)
    desc = r.random() < 0.75
    n = 1 if r.random() < 0.5 else r.choice((2, 3, 5, 10, 3, 5))
    nums = [c for c in t.columns if c.kind in NUMS]
    if r.random() < 0.66 or not nums:
        m = "COUNT(*)"
        w = r.choice((f"most {np}", f"most {np}", f"highest number of {np}", f"largest number of {np}", f"biggest number of {np}")) if desc else r.choice((f"fewest {np}", f"fewest {np}", f"lowest number of {np}", f"smallest number of {np}", f"least {np}"))
        by = f"number of {np}"
        cnt = r.choice((f"number of {t.nouns[0][1]}", "count", f"number of {np}"))
    else:
        c = r.choice(nums)
        f = r.choice(("AVG", "SUM", "AVG", "MAX")) if c.canon not in ("price", "rating") else "AVG"
        aw = r.choice([y for y in AGG[f] if not y.startswith("sum of")])
        cw = r.choice(c.says)
        of = f" of {np}" if wh or r.random() < 0.4 else ""
        m = f"{f}({a.ref(c)})"
        w = f"{r.choice(('highest', 'largest', 'highest') if desc else ('lowest', 'smallest', 'lowest'))} {aw} {cw}{of}"
        if f == "MAX":
            w = f"{'highest' if desc else 'lowest'} maximum {cw}{of}"
        by = f"{aw} {cw}{of}"
        cnt = f"{aw} {cw}"
    both = r.random() < 0.3
    one = n == 1
    say = "" if one else V.say_count(r, n) + " "
    gs = s if one else plural(s)
    extra = r.choice((f" and {'its' if one else 'their'} {cnt}", f", with the {cnt}", f" along with the {cnt}", f" together with the {cnt}", f" and the {cnt}")) if both else ""
    if both and m == "COUNT(*)" and r.random() < 0.3:
        extra = r.choice((" and how many", " and how many there are", ", and how many are there"))
    sql = f"SELECT {gr}{', ' + m if both else ''} FROM {t.name}{wh} GROUP BY {gr} ORDER BY {m}{' DESC' if desc else ''} LIMIT {n}"
    x = r.random()
    if m == "COUNT(*)" and r.random() < 0.3:
        w = r.choice(("most common", "most frequent", "most popular", "commonest", "most usual", "most widespread", "most often used", "most used") if desc else ("least common", "rarest", "least frequent", "least popular", "least used"))
        of = f" {r.choice(('among', 'of', 'for', 'among all', 'of all', 'in', 'across'))} {np}" if wh or r.random() < 0.7 or s not in ("status", "payment method", "severity", "blood type", "drug", "insurance", "specialty", "gender") else ""
        q = r.choice((f"What {'is' if one else 'are'} the {say}{w} {gs}{of}", f"Which {'is' if one else 'are'} the {say}{w} {gs}{of}", f"{r.choice(VERBS)} the {say}{w} {gs}{of}", f"{w.capitalize()} {gs}{of}" if one else f"The {say}{w} {gs}{of}", f"Which {gs} {'is' if one else 'are'} the {say}{w}{of}" if one else f"The {say}{w} {gs}{of}"))
        return q + extra, q.startswith("W"), sql
    if x < 0.45:
        return f"{r.choice(('Which', 'Which', 'What'))} {say}{gs} {'has' if one else 'have'} the {w}{extra}", True, sql
    if x < 0.85:
        return f"{r.choice(VERBS)} the {say}{gs} with the {w}{extra}", False, sql
    return f"{r.choice(('Top', 'The top', 'Show the top', 'Give me the top', 'List the top') if desc else ('Bottom', 'The bottom', 'Show the bottom'))} {say or ''}{gs} by {by}{extra}", False, sql
