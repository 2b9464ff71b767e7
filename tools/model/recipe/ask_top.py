"""The n cheapest, the third oldest, page 3 with 10 per page."""

import values as V
from ask import ask_list, choose_cols, phrase, say_cols, select_sql, where
from ask_order import direction, order_words, sort_col
from phrases import VERBS, noun_phrase
from schema import DATES, NUMS

SUPER = {"price": (("cheapest", "least expensive", "lowest-priced"), ("most expensive", "priciest", "dearest", "highest-priced", "costliest")), "weight_kg": (("lightest",), ("heaviest",)), "released_on": (("oldest", "earliest"), ("newest", "latest", "most recently released", "most recent")),
         "signup_date": (("earliest", "oldest", "longest-standing"), ("newest", "most recent", "latest", "most recently signed up")), "birth_date": (("oldest",), ("youngest",)), "total": (("smallest", "cheapest", "lowest"), ("largest", "biggest", "most expensive", "highest")),
         "ordered_at": (("earliest", "oldest", "first"), ("most recent", "latest", "newest", "last")), "review_date": (("earliest", "oldest", "first"), ("most recent", "latest", "newest")), "rating": (("worst", "lowest-rated", "lowest"), ("best", "highest-rated", "highest")),
         "salary": (("lowest-paid", "worst-paid", "lowest paid"), ("best-paid", "highest-paid", "best paid", "highest paid", "highest earning")), "hire_date": (("longest-serving", "earliest hired"), ("newest", "most recently hired", "latest")), "fee": (("cheapest", "least expensive"), ("most expensive", "priciest", "costliest")),
         "duration_minutes": (("shortest",), ("longest",)), "scheduled_at": (("earliest", "first", "oldest"), ("latest", "most recent", "last")), "issued_on": (("earliest", "oldest", "first"), ("most recent", "latest", "newest")), "registered_on": (("earliest", "oldest"), ("newest", "most recent", "latest", "most recently registered")),
         "days": (("shortest",), ("longest",)), "dose_mg": (("weakest", "lowest-dose"), ("strongest", "highest-dose")), "shipped_date": ((), ("most recently shipped", "last shipped")), "quantity": (("smallest",), ("largest", "biggest")), "discount": ((), ("most discounted",)), "unit_price": (("cheapest",), ("most expensive",))}


def superlative(a, t, nth=False):
    """The n cheapest, the oldest, top 5 by …: (phrase, order by, limit)."""
    r = a.r
    cols = [c for c in t.columns if c.kind in NUMS | DATES]
    if not cols:
        return None
    c = r.choice(cols)
    desc = r.random() < 0.6
    s = r.choice(c.says)
    n = 1 if r.random() < 0.3 else r.choice((2, 3, 5, 10, 3, 5, 10, 4, 20, r.randint(2, 30)))
    one = n == 1
    skip = ""
    ordinal = ""
    if nth and r.random() < 0.7:
        k = r.randint(2, 10)
        one, n = True, 1
        ordinal = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")[k - 2] + " " if r.random() < 0.8 else f"{k}{('th', 'st', 'nd', 'rd')[k if k < 4 else 0]} "
        skip = f" OFFSET {k - 1}"
    sqls, forms = a.conds(t, (0.55, 0.38, 0.07), skip=(c.name,))
    np, order = noun_phrase(r, t, forms, one)
    wh = where(r, [sqls[i] for i in order])
    say = "" if one else V.say_count(r, n) + " "
    words = SUPER.get(c.canon, ((), ()))[desc]
    x = r.random()
    if words and x < 0.62:
        w = r.choice(words)
        p = f"{ordinal}{say}{w} {np}" if r.random() < 0.8 or one else f"{w} {say}{np}"
    elif x < 0.8 or one or ordinal:
        hi = r.choice(("highest", "largest", "biggest", "highest", "greatest", "most") if desc else ("lowest", "smallest", "lowest", "fewest", "least"))
        if c.kind in DATES:
            hi = r.choice(("latest", "most recent") if desc else ("earliest", "oldest"))
        if hi in ("most", "fewest", "least") and s not in ("loyalty points", "points", "refills", "days", "stock", "units in stock"):
            hi = "highest" if desc else "lowest"
        bare, order2 = noun_phrase(r, t, forms, one)
        wh = where(r, [sqls[i] for i in order2])
        p = f"{say}{bare} with the {ordinal}{hi} {s}"
        if ordinal and not r.random():
            p = p
    else:
        p = f"{r.choice(('top', 'top', 'first')) if desc else r.choice(('bottom', 'last'))} {say}{np} by {s}" if c.kind in NUMS else f"{say}{np} with the {'latest' if desc else 'earliest'} {s}"
        if p.startswith("first"):
            p = f"top {say}{np} by {s}"
        if p.startswith("last"):
            p = f"bottom {say}{np} by {s}"
    if c.null and not desc:
        pass
    return p, c, wh + f" ORDER BY {{ref}}{direction(c, desc, True)} LIMIT {n}{skip}", one


def top(a, t, nth=False):
    r = a.r
    p = superlative(a, t, nth)
    if not p:
        return None
    ph, c, rest, one = p
    x = r.random()
    if x < 0.45:
        cols = None
        if one:
            q, isq = r.choice(((f"What is the {ph}", True), (f"Which is the {ph}", True), (f"{r.choice(VERBS)} the {ph}", False), (f"{'Who' if t.person else 'What'} is the {ph}", True), (f"The {ph}", False)))
        else:
            q, isq = r.choice(((f"What are the {ph}", True), (f"{'Who' if t.person else 'Which'} are the {ph}", True), (f"{r.choice(VERBS)} the {ph}", False), (f"{r.choice(VERBS)} {ph}" if r.random() < 0.3 else f"{r.choice(VERBS)} the {ph}", False), (f"The {ph}", False)))
    else:
        cols = choose_cols(r, t)
        w = say_cols(r, cols, not one)
        q, isq = r.choice(((f"{r.choice(VERBS)} the {w} of the {ph}", False), (f"What {'is' if one and len(cols) == 1 else 'are'} the {w} of the {ph}", True), (f"{r.choice(VERBS)} the {ph}{r.choice((' with their ' if not one else ' with its ', ': ', ', showing '))}{w}", False), (f"{w[0].upper()}{w[1:]} of the {ph}", False)))
    if cols and (" with their " in q or " with its " in q or ", showing " in q) and t.label not in cols:
        cols = [t.label] + cols
    if one and " with the " in ph and r.random() < 0.5 and not nth:
        noun, rest2 = ph.split(" with the ", 1)
        if cols is None:
            q, isq = f"Which {noun} has the {rest2}", True
    sql = select_sql(a, cols or [t.label], t, rest.replace("{ref}", a.ref(c)))
    return q, isq, sql


def paged(a, t):
    r = a.r
    if r.random() < 0.22:
        return top(a, t, nth=True)
    np, wh, _ = phrase(a, t, (0.7, 0.27, 0.03))
    c = sort_col(a, t)
    if r.random() < 0.15:
        c = t.columns[0]
    desc = r.random() < 0.3 and c.kind != "id"
    cols = None if r.random() < 0.35 else choose_cols(r, t)
    q, isq = ask_list(a, t, np, cols)
    words = order_words(r, c, desc) if c.kind != "id" else r.choice(("ordered by id", "sorted by id", "by id", "in order of id"))
    n = r.choice((5, 10, 10, 20, 25, 50, 15, r.randint(2, 40)))
    x = r.random()
    if x < 0.38:
        k = r.choice((5, 10, 10, 20, 3, 15, 50, 100, r.randint(1, 60)))
        sk, sn = V.say_count(r, k), V.say_count(r, n)
        if r.random() < 0.22:
            page = r.choice((f"skip the first {sk}", f"skipping the first {sk}", f"leaving out the first {sk}", f"without the first {sk}", f"skip {sk}", f"except the first {sk}", f"starting after the first {sk}"))
            tail = f" OFFSET {k}"
        else:
            page = r.choice((f"skip the first {sk} and show the next {sn}", f"skip {sk} and show {sn}", f"the next {sn} after the first {sk}", f"skipping the first {sk}, show {sn}", f"{sn} rows after skipping {sk}", f"skip the first {sk} and give {sn}", f"limit {n} offset {k}", f"skip the first {sk} rows and return the next {sn}", f"skip {sk}, then take {sn}", f"skipping the first {sk} and taking the next {sn}", f"skip the first {sk}, then list {sn}", f"the {sn} that follow the first {sk}"))
            tail = f" LIMIT {n} OFFSET {k}"
    elif x < 0.72:
        p = r.choice((2, 2, 3, 3, 4, 5, 1, 6, 7, r.randint(2, 12)))
        n = r.choice((5, 10, 10, 20, 25, 50, 15, 10, 20, 12, 8, 30, 100))
        sp = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "11th", "12th")[p - 1]
        sn = V.say_count(r, n)
        page = r.choice((f"page {p} with {sn} per page", f"page {p} of {sn} rows each", f"page {p}, {sn} per page", f"the {sp} page of {sn}", f"page {p} ({sn} per page)", f"page {p} at {sn} per page", f"the {sp} page with {sn} per page", f"page {p} when each page has {sn}", f"show page {p} with {sn} per page", f"{sn} per page, page {p}", f"page {p} with {sn} rows per page", f"page {p} if a page holds {sn}", f"give the {sp} page, {sn} rows a page", f"page {p} with {sn} a page", f"page {p} with {sn} results per page", f"page {p} with pages of {sn}"))
        tail = f" LIMIT {n} OFFSET {(p - 1) * n}"
    else:
        n = r.choice((5, 10, 10, 20, 25, 15, r.randint(2, 30)))
        lo = r.choice((n, n * 2, r.choice((10, 20, 30, 40, 50, 5, 100)), r.randint(1, 60))) + 1
        page = r.choice((f"rows {lo} to {lo + n - 1}", f"rows {lo} through {lo + n - 1}", f"numbers {lo} to {lo + n - 1}", f"the {lo}th to the {lo + n - 1}th", f"entries {lo} to {lo + n - 1}", f"results {lo} to {lo + n - 1}", f"positions {lo} to {lo + n - 1}", f"only rows {lo} to {lo + n - 1}", f"rows {lo}-{lo + n - 1}", f"show rows {lo} to {lo + n - 1}"))
        tail = f" LIMIT {n} OFFSET {lo - 1}"
    sql = select_sql(a, cols or [t.label], t, wh) + f" ORDER BY {a.ref(c)}{direction(c, desc, True) if c.kind != 'id' else ''}{tail}"
    x = r.random()
    if x < 0.55:
        return f"{q}{r.choice((' ', ', '))}{words}{r.choice((', ', ', ', ' and ', ': ', '; ', ' - '))}{page}", False, sql
    page = page.replace("show ", "", 1) if page.startswith("show ") else page
    if x < 0.75 and page.startswith(("page", "rows", "the ", "entries", "results")):
        s = say_cols(r, cols, True) + " of " + np if cols else np
        pg = page if page.startswith("the ") or page[-1].isdigit() else page
        return f"{r.choice(VERBS)} {pg} of the {s}{r.choice((' ', ', '))}{words}", False, sql
    if x < 0.9:
        return f"{words[0].upper()}{words[1:]}, {q[0].lower()}{q[1:]}, {page}", False, sql
    return f"{q} ({words}), {page}", False, sql
