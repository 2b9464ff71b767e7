"""Rows over two or more tables."""

import values as V
from ask import ask_list, choose_cols, phrase, say_cols, shown, where
from ask_order import direction, order_words
from join_parts import col_of, joined_np, related
from paths import is_child, join_sql, pair, pairs
from phrases import VERBS, join_words, verb_phrase
from schema import DATES, NUMS


def join_select(a):
    """Columns of one table, conditions on another."""
    r = a.r
    p = pair(a)
    if not p:
        return None
    x, y, f, steps = p
    a.qual = True
    bw, bc = related(a, y)
    words, before, after = joined_np(a, x, f, bw)
    wh = where(r, before + bc + after)
    tail_sql, tail = "", ""
    dist = ""
    cols = None if r.random() < 0.36 else choose_cols(r, x)
    if r.random() < 0.15:
        c = r.choice([c for c in x.columns if c.kind in NUMS | DATES] or [x.label])
        desc = r.random() < 0.5
        tail = r.choice((" ", ", ")) + order_words(r, c, desc)
        tail_sql = f" ORDER BY {a.ref(c)}{' DESC' if desc else ''}"
        if r.random() < 0.35:
            n = r.choice((3, 5, 10, 20, r.randint(1, 40)))
            tail_sql = f" ORDER BY {a.ref(c)}{direction(c, desc, True)} LIMIT {n}"
            tail += r.choice((f", limited to {n}", f", only the first {V.say_count(r, n)}", f", first {n} only", f", limit {n}"))
    elif r.random() < 0.22:
        dist = "DISTINCT "
    sel = ", ".join(a.ref(c) for c in cols or [x.label])
    d = r.choice(("different ", "distinct ", "unique ")) if dist else ""
    if cols is None and not tail and r.random() < 0.4:
        kind, text = r.choice(f)
        vp = verb_phrase(r, kind, text.replace("{b}", bw))
        if vp:
            return f"{r.choice(('Which', 'Which', 'What'))} {d}{r.choice(x.nouns)[1]} {vp}", True, f"SELECT {dist}{sel} FROM {x.name}{join_sql(steps)}{where(r, bc)}"
    if not dist:
        q, isq = ask_list(a, x, words, cols)
    elif cols is None:
        q, isq = f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{d}{words}", False
    else:
        w = say_cols(r, cols, True)
        q, isq = r.choice(((f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{d}{w} of {r.choice(('', 'the ', 'all '))}{words}", False), (f"What are the {d}{w} of {words}", True), (f"{d.capitalize()}{w} of {words}", False), (f"{r.choice(VERBS)} the {w} of {words}, without duplicates", False)))
    sel = ", ".join(a.ref(c) for c in cols or [x.label])
    if dist and r.random() < 0.3 and d in q:
        q = q.replace(d, "", 1) + r.choice((", each only once", ", without duplicates", ", no duplicates", " without repeats", ", each one once", ". No duplicates please", ", listing each only once", ", without repetition"))
    return q + tail, isq, f"SELECT {dist}{sel} FROM {x.name}{join_sql(steps)}{wh}{tail_sql}"


def join_show(a):
    """Columns of both tables: "ids of the orders with the customer's name"."""
    r = a.r
    ps = [q for q in pairs(a.schema) if is_child(q[0], q[1]) or len(q[3]) == 2 and not is_child(q[1], q[0]) and is_child(q[0], q[3][0][0])]
    if not ps:
        return None
    x, y, f, steps = r.choice(ps)
    a.qual = True
    more = []
    if r.random() < 0.5:
        third = [q for q in ps if q[0] is x and q[1] is not y and len(q[3]) == 1]
        if third and len(steps) == 1:
            more = [r.choice(third)]
    bconds, bwords = [], None
    if r.random() < 0.4:
        bwords, bconds = related(a, y, always_np=True)
    if bwords:
        np, before, after = joined_np(a, x, f, bwords, (0.8, 0.2))
        conds = before + bconds + after
    else:
        np, wh, conds = phrase(a, x, (0.45, 0.45, 0.1))
        if " OR " in wh:
            conds = [wh[7:]]
    own = choose_cols(r, x, r.choices((1, 2, 3), (0.6, 0.3, 0.1))[0])
    theirs = choose_cols(r, y, r.choices((1, 2), (0.82, 0.18))[0])
    parts = [(c, r.choice(c.says)) for c in own] + [(c, col_of(r, y, c, x)) for c in theirs]
    if more:
        z = more[0][1]
        c = z.label if r.random() < 0.7 else r.choice(shown(z))
        parts.append((c, col_of(r, z, c, x)))
        # Two people's or things' names alone: the second is what gets said twice.
        if c is z.label and theirs == [y.label] and r.random() < 0.6:
            parts = parts[-2:]
    if r.random() < 0.4:
        r.shuffle(parts)
    sel = ", ".join(a.ref(c) for c, _ in parts)
    tail = tail_sql = ""
    if r.random() < 0.24:
        c = r.choice([c for c in x.columns if c.kind in NUMS | DATES] or [x.label])
        desc = r.random() < 0.5
        tail = r.choice((" ", ", ")) + order_words(r, c, desc)
        tail_sql = f" ORDER BY {a.ref(c)}{' DESC' if desc else ''}"
        if r.random() < 0.3:
            n = r.choice((3, 5, 10, 20, r.randint(1, 40)))
            tail_sql = f" ORDER BY {a.ref(c)}{direction(c, desc, True)} LIMIT {n}"
            tail += r.choice((f", limited to {n}", f", only the first {V.say_count(r, n)}", f", first {n} only", f", limit {n}"))
    sql = f"SELECT {sel} FROM {x.name}{join_sql(steps)}{''.join(join_sql(q[3]) for q in more)}{where(r, conds)}{tail_sql}"
    w = [s for _, s in parts]
    noun = r.choice(x.nouns)
    k = r.random()
    if k < 0.3:
        q = f"{r.choice(VERBS)} the {join_words(r, w)} {r.choice(('of', 'of', 'for'))} {r.choice(('each ' + noun[0] if not conds else '', 'all ' + np, 'every ' + noun[0] if not conds else np, np, 'the ' + np)) or np}"
    elif k < 0.5:
        q = f"{r.choice(VERBS)} {r.choice(('', 'all ', 'the '))}{np} {r.choice(('with', 'together with', 'along with', 'and', 'showing'))} {r.choice(('the ', 'their ', ''))}{join_words(r, w)}"
        if not any(c is x.label for c, _ in parts):
            sql = sql.replace("SELECT ", f"SELECT {a.ref(x.label)}, ", 1)
    elif k < 0.65 and len(parts) > 1:
        head, rest = w[0], w[1:]
        q = f"{r.choice(VERBS)} the {head} of {r.choice(('', 'all ', 'the '))}{np} {r.choice(('together with', 'along with', 'with', 'and'))} the {join_words(r, rest)}"
    elif k < 0.78:
        q = f"For {r.choice(('each ' + noun[0] if not conds else 'all ' + np, 'every ' + noun[0] if not conds else np, 'all ' + np))}, {r.choice(VERBS[:12]).lower()} the {join_words(r, w)}"
    elif k < 0.9:
        q = f"What are the {join_words(r, w)} of {r.choice(('', 'all ', 'the '))}{np}"
        return q + tail, True, sql
    else:
        q = f"{join_words(r, w)} {r.choice(('of', 'for'))} {r.choice(('', 'all ', 'the '))}{np}"
        q = q[0].upper() + q[1:]
    return q + tail, False, sql
