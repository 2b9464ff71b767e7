"""Sorted lists."""

import values as V
from ask import ask_list, choose_cols, phrase, select_sql
from schema import DATES, NUMS


def sort_col(a, t):
    r = a.r
    cols = [c for c in t.columns if c.kind in NUMS | DATES] * 3 + [t.label] * 2 + [c for c in t.columns if c.kind in ("city", "country", "email", "drug", "category", "specialty")]
    return r.choice(cols)


def order_words(r, c, desc):
    s = r.choice(c.says)
    base = r.choice((f"sorted by {s}", f"ordered by {s}", f"sorted by {s}", f"ordered by {s}", f"in order of {s}", f"arranged by {s}", f"sorted on {s}"))
    if c.kind in NUMS:
        tail = ("descending", "in descending order", "from highest to lowest", "highest first", "largest first", "desc", "from high to low", "starting with the highest", "with the highest first", "from largest to smallest") if desc else ("", "", "ascending", "in ascending order", "from lowest to highest", "lowest first", "smallest first", "from low to high", "starting with the lowest", "with the lowest first")
    elif c.kind in DATES:
        tail = ("descending", "newest first", "latest first", "most recent first", "in descending order", "from newest to oldest", "with the most recent first", "starting with the most recent", "from latest to earliest") if desc else ("", "", "oldest first", "earliest first", "ascending", "in ascending order", "from oldest to newest", "with the oldest first", "from earliest to latest", "starting with the earliest")
        if c.kind == "birth":
            base, tail = base, (("descending", "youngest first", "from youngest to oldest", "in descending order", "with the youngest first") if desc else ("", "oldest first", "ascending", "from oldest to youngest", "in ascending order"))
    else:
        if not desc and r.random() < 0.5:
            return r.choice((f"alphabetically by {s}", f"in alphabetical order of {s}", f"in alphabetical order by {s}", f"sorted alphabetically by {s}", "in alphabetical order", "alphabetically", "sorted alphabetically") if c.kind in ("person", "title") else (f"alphabetically by {s}", f"sorted alphabetically by {s}"))
        tail = ("descending", "in descending order", "from Z to A", "in reverse alphabetical order", "in reverse order", "Z to A") if desc else ("", "", "ascending", "from A to Z", "in alphabetical order", "in ascending order", "A to Z")
    t = r.choice(tail)
    first = c.canon in ("price", "fee", "total")
    if t and first and r.random() < 0.2:
        return ("most expensive first" if desc else "cheapest first") if r.random() < 0.5 else f"from {'most expensive to cheapest' if desc else 'cheapest to most expensive'}"
    sep = ", " if t.endswith("first") and r.random() < 0.6 else " "
    if t and r.random() < 0.15 and t.endswith("first") and c.kind != "birth" and c.kind in DATES:
        return t
    return (base + (sep + t if t else "")).strip()


def direction(c, desc, limit=False):
    return " DESC" + (" NULLS LAST" if c.null and limit else "") if desc else ""


def ordered(a, t):
    r = a.r
    np, wh, _ = phrase(a, t, (0.4, 0.48, 0.12))
    c = sort_col(a, t)
    desc = r.random() < 0.5
    cols = None if r.random() < 0.3 else choose_cols(r, t)
    q, isq = ask_list(a, t, np, cols)
    words = order_words(r, c, desc)
    lim, tail = "", ""
    x = r.random()
    if x < 0.22:
        n = r.choice((3, 5, 10, 15, 20, 25, r.randint(1, 50)))
        say = V.say_count(r, n)
        tail = r.choice((f", limited to {say}", f", only the first {say}", f", first {say} only", f", just {say} of them", f", limit {n}", f", {say} rows only", f", at most {say} rows", f"; show only {say}", f", no more than {say}", f", top {say} only", f", limited to {say} rows", f", just the first {say}"))
        lim = f" LIMIT {n}"
    sql = select_sql(a, cols or [t.label], t, wh) + f" ORDER BY {a.ref(c)}{direction(c, desc, bool(lim))}{lim}"
    sep = r.choice((" ", ", ", " "))
    if isq and not tail and r.random() < 0.4:
        return f"{q}? {r.choice(('Sort', 'Order'))} {r.choice(('them ', 'the result ', ''))}by {words.split(' by ', 1)[1]}" if " by " in words else f"{q}{sep}{words}", " by " not in words, sql
    return q + sep + words + tail, isq, sql
