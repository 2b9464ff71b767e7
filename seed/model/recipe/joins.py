"""Questions over two or more tables, along the foreign keys."""

import values as V
from filters import OPS, article, make_filter, quote, said
from grammar import (AGG, Ask, agg_pick, ask_list, choose_cols, det, direction, group_cols, order_words, phrase, say_cols, shown, where)
from phrases import VERBS, join_words, noun_phrase, plural, relative, verb_phrase
from schemas import DATES, NUMS, forms

GENERIC_UP = forms("pp:of {b}; pp:for {b}; vp:belong to {b}; part:belonging to {b}; part:linked to {b}; pp:of {b}")
GENERIC_DOWN = forms("with:{b}; vp:have {b}; with:{b}; part:linked to {b}")


def edges(schema):
    for t in schema.tables:
        for c in t.columns:
            if c.ref:
                p = next((x for x in schema.tables if x.name == c.ref), None)
                if p and p is not t:
                    yield t, c, p


def path(schema, a, b, longest=3):
    """Tables and join conditions from a to b: [(table, "child.fk = parent.id"), ...], or None."""
    seen, queue = {a.name}, [(a, [])]
    links = list(edges(schema))
    while queue:
        at, steps = queue.pop(0)
        if at is b:
            return steps
        if len(steps) == longest:
            continue
        for child, fk, parent in links:
            on = f"{child.name}.{fk.name} = {parent.name}.id"
            for x, y in ((child, parent), (parent, child)):
                if x is at and y.name not in seen:
                    seen.add(y.name)
                    queue.append((y, steps + [(y, on)]))
    return None


def join_sql(steps):
    return "".join(f" JOIN {t.name} ON {on}" for t, on in steps)


def pairs(schema):
    """Every two tables that a question may relate, with the ways to say it, known phrases first."""
    out = []
    for x in schema.tables:
        for y in schema.tables:
            if x is y:
                continue
            f = schema.links.get((x.canon, y.canon))
            p = path(schema, x, y)
            if not p:
                continue
            direct = len(p) == 1
            if f:
                out += [(x, y, f, p)] * (3 if direct else 2 if len(p) == 2 else 1)
            elif direct:
                up = any(c.ref == y.name for c in x.columns)
                out += [(x, y, GENERIC_UP if up else GENERIC_DOWN, p)] * 2
            elif len(p) == 2 and not schema.links:
                out.append((x, y, GENERIC_UP, p))
    for x, y, middle, f in schema.via:
        stops = [schema.table(t) for t in (x, *middle, y)]
        steps = [path(schema, s, t, 1) for s, t in zip(stops, stops[1:])]
        if all(steps):
            out += [(stops[0], stops[-1], f, [p[0] for p in steps])] * 2
    return out


def pair(a):
    ps = pairs(a.schema)
    return a.r.choice(ps) if ps else None


def is_child(x, y):
    return any(c.ref == y.name for c in x.columns)


def related(a, b, need=True, always_np=False):
    """The other table as it is mentioned: (words, [conditions])."""
    r = a.r
    label = b.label
    if label.kind in ("person", "title") and r.random() < 0.34 and not always_np:
        v = (V.person if label.kind == "person" else V.title)(r)
        s = said(r, v)
        one = r.choice(b.nouns)[0]
        w = r.choice((s, s, s, f"{one} {s}", f"the {one} {s}", f"{'a ' if one[0] not in 'aeiou' else 'an '}{one} named {s}", f"the {one} named {s}", f"{r.choice(b.nouns)[1]} named {s}", f"the {one} called {s}"))
        return w, [f"{a.ref(label)} = {quote(v)}"]
    sqls, fs = a.conds(b, (0, 0.85, 0.15) if need else (0.4, 0.5, 0.1))
    one = r.random() < 0.16
    np, order = noun_phrase(r, b, fs, one)
    if one:
        np = article(np)
    elif r.random() < 0.08:
        np = "the " + np
    return np, [sqls[i] for i in order]


def joined_np(a, x, f, b_words, own=(0.6, 0.35, 0.05), singular=False):
    """"pending orders placed by customers from Brazil": (words, own conditions before, after)."""
    r = a.r
    sqls, fs = a.conds(x, own)
    kind, text = r.choice(f)
    rel = relative(r, x, kind, text.replace("{b}", b_words))
    noun = r.choice(x.nouns)[1]
    before, after, pre, post = [], [], "", ""
    for s, ways in zip(sqls, fs):
        k, t = r.choice(ways)
        if k == "adj":
            pre += t + " "
            before.append(s)
        elif k == "noun":
            noun = t
            before.append(s)
        elif r.random() < 0.6 and k in ("part", "pp", "with"):
            post += " " + relative(r, x, k, t)
            before.append(s)
        else:
            after.append((s, k, t))
    words = f"{pre}{noun}{post} {rel}"
    for s, k, t in after:
        words += r.choice((" and ", ", ", " and ")) + relative(r, x, k, t) if k not in ("with", "pp") else " " + relative(r, x, k, t)
    return words, before, [s for s, *_ in after]


def col_of(r, t, c, ent):
    """How a column of another table is named in a list: "customer name", "name of the customer"."""
    s = r.choice(c.says)
    one = r.choice(t.nouns)[0]
    if c is t.label and c.kind in ("person", "title") and r.random() < 0.3:
        return r.choice((f"{one} name", f"{one} name", f"name of the {one}", f"{one}'s name"))
    if s.startswith(one):
        return s
    return r.choice((f"{one} {s}", f"{one} {s}", f"{s} of the {one}", f"{one}'s {s}", f"the {s} of the {one}"))


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
    sql = f"SELECT {dist}{sel} FROM {x.name}{join_sql(steps)}{wh}{tail_sql}"
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
    return q + tail, isq, sql


def join_show(a):
    """Columns of both tables: "ids of the orders with the customer's name"."""
    r = a.r
    ps = [q for q in pairs(a.schema) if is_child(q[0], q[1]) or len(q[3]) == 2 and not is_child(q[1], q[0]) and is_child(q[0], q[3][0][0])]
    if not ps:
        return None
    x, y, f, steps = r.choice(ps)
    a.qual = True
    more = []
    if r.random() < 0.2:
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
    if r.random() < 0.4:
        r.shuffle(parts)
    sel = ", ".join(a.ref(c) for c, _ in parts)
    tail = tail_sql = ""
    if r.random() < 0.15:
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


def join_count(a):
    """One number over two tables."""
    r = a.r
    p = pair(a)
    if not p:
        return None
    x, y, f, steps = p
    a.qual = True
    bw, bc = related(a, y)
    k = r.random()
    if k < 0.3:
        kind, text = r.choice(f)
        vp = verb_phrase(r, kind, text.replace("{b}", bw))
        if vp:
            d = r.random() < 0.25 and not is_child(x, y)
            sel = f"COUNT(DISTINCT {x.name}.id)" if d else "COUNT(*)"
            return f"How many {r.choice(('different ', 'distinct ')) if d else ''}{r.choice(x.nouns)[1]} {vp}", True, f"SELECT {sel} FROM {x.name}{join_sql(steps)}{where(r, bc)}"
    words, before, after = joined_np(a, x, f, bw)
    wh = where(r, before + bc + after)
    if k < 0.62:
        q, isq = r.choice(((f"How many {words} are there", True), (f"Count {r.choice(('the ', 'all ', ''))}{words}", False), (f"What is the number of {words}", True), (f"Number of {words}", False), (f"How many {words} do we have", True), (f"{r.choice(VERBS)} the number of {words}", False)))
        return q, isq, f"SELECT COUNT(*) FROM {x.name}{join_sql(steps)}{wh}"
    ag = agg_pick(a, x)
    if not ag:
        return None
    fn, c, w = ag
    sel = f"{fn}({a.ref(c)})"
    if x.canon == "order_items" and r.random() < 0.5:
        q_, u = x.col("quantity"), x.col("unit_price")
        if q_ and u:
            sel, w = f"SUM({a.ref(q_)} * {a.ref(u)})", r.choice(("total revenue", "revenue", "total sales value", "total of quantity times unit price", "sum of quantity times unit price"))
            if r.random() < 0.5 and y.canon == "products":
                return f"{r.choice(('What is', 'Show', 'Give me', 'Calculate'))} the {w} {r.choice(('from', 'of', 'for'))} {bw}", False, f"SELECT {sel} FROM {x.name}{join_sql(steps)}{where(r, bc)}"
            if r.random() < 0.2 and y.canon == "products":
                return r.choice((f"How many units of {bw} were sold", f"How many units of {bw} have been ordered", f"How many units of {bw} were ordered")), True, f"SELECT SUM({a.ref(q_)}) FROM {x.name}{join_sql(steps)}{where(r, bc)}"
    if x.canon == "orders" and y.canon == "customers" and r.random() < 0.25 and x.col("total"):
        return r.choice((f"How much did {bw} spend", f"How much have {bw} spent in total", f"How much did {bw} spend in total", f"How much money did {bw} spend")), True, f"SELECT SUM({a.ref(x.col('total'))}) FROM {x.name}{join_sql(steps)}{where(r, bc)}"
    q, isq = r.choice(((f"What is the {w} of {words}", True), (f"{r.choice(VERBS + ['Calculate', 'Compute'])} the {w} of {words}", False), (f"{w[0].upper()}{w[1:]} {r.choice(('of', 'for'))} {words}", False), (f"What is the {w} for {words}", True)))
    return q, isq, f"SELECT {sel} FROM {x.name}{join_sql(steps)}{wh}"


def join_group(a):
    """Something of one table for each value of another."""
    r = a.r
    ps = [q for q in pairs(a.schema) if is_child(q[0], q[1]) or len(q[3]) == 2 and is_child(q[0], q[3][0][0]) and is_child(q[3][0][0], q[1])]
    if not ps:
        return None
    x, y, f, steps = r.choice(ps)
    a.qual = True
    cols = [y.label] * 4 + group_cols(y) * 2
    g = r.choice(cols)
    one = r.choice(y.nouns)[0]
    s = r.choice(g.says)
    if g is y.label and g.kind in ("person", "title"):
        gw = r.choice((one, one, f"{one} name", one))
        gp = plural(gw)
    else:
        gw = r.choice((s, f"{one} {s}", f"{s} of the {one}", f"{one} {s}")) if not s.startswith(one) else s
        gp = plural(gw)
    sqls, fs = a.conds(x, (0.7, 0.3))
    np, order = noun_phrase(r, x, fs)
    conds = [sqls[i] for i in order]
    m, w, ask = "COUNT(*)", f"number of {np}", f"how many {np} are there"
    if r.random() < 0.45:
        p = agg_pick(a, x, r.random() < 0.3)
        if x.canon == "order_items" and r.random() < 0.5 and x.col("quantity") and x.col("unit_price"):
            m = f"SUM({a.ref(x.col('quantity'))} * {a.ref(x.col('unit_price'))})"
            w = r.choice(("total revenue", "revenue", "sales revenue", "total of quantity times unit price", "sum of quantity times unit price"))
            conds, np = [], r.choice(x.nouns)[1]
            ask = f"what is the {w}"
        elif p:
            fn, c, pw = p
            m, w, ask = f"{fn}({a.ref(c)})", f"{pw} of {np}", f"what is the {pw} of {np}"
            if not conds and r.random() < 0.25 and s != r.choice(c.says):
                w, ask = pw + " of the " + np, f"what is the {pw} of their {np}" if g is y.label else ask
    gr = a.ref(g)
    frm = f" FROM {x.name}{join_sql(steps)}{where(r, conds)} GROUP BY {gr}"
    k = r.random()
    noun = np
    if k < 0.55:
        extra = tail = ""
        if r.random() < 0.15:
            desc = r.random() < 0.75
            tail = r.choice((", highest first", ", largest first", " in descending order", ", from highest to lowest")) if desc else r.choice((", lowest first", ", from lowest to highest", " in ascending order"))
            extra = f" ORDER BY {m}{' DESC' if desc else ''}"
        per = r.choice((f"per {gw}", f"for each {gw}", f"by {gw}", f"per {gw}", f"for every {gw}", f"grouped by {gw}"))
        q, isq = r.choice(((f"{r.choice(VERBS)} the {w} {per}", False), (f"{ask[0].upper()}{ask[1:]} {per}", True), (f"For each {gw}, {r.choice(VERBS[:12]).lower()} the {w}", False), (f"For each {gw}, {ask}", False), (f"{w[0].upper()}{w[1:]} {per}", False), (f"What is the {w} {per}", True)))
        if m == "COUNT(*)" and r.random() < 0.25 and g is y.label:
            kind, text = "with", ""
            q, isq = r.choice(((f"How many {np} does each {gw} have", True), (f"For each {gw}, how many {np} are there", False), (f"{r.choice(VERBS)} each {gw} and {r.choice(('the', 'their'))} number of {np}", False), (f"{r.choice(VERBS)} every {gw} with {r.choice(('the', 'their'))} number of {np}", False), (f"{gp[0].upper()}{gp[1:]} and {r.choice(('the', 'their'))} number of {np}", False)))
        return q + tail, isq, f"SELECT {gr}, {m}{frm}{extra}"
    if k < 0.75:
        op = r.choice((">", ">", ">=", "<", "<="))
        n = r.choice((r.randint(1, 20), 5, 10, 3, 2)) if m == "COUNT(*)" else r.choice((r.randint(1, 2000), 100, 50, 500, 1000))
        ws = o.replace("{v}", str(n)) if "{v}" in (o := r.choice(OPS[op])) else f"{o} {V.say_count(r, n) if m == 'COUNT(*)' else n}"
        if op == ">" and m == "COUNT(*)" and r.random() < 0.08:
            op, ws = "=", f"exactly {n}"
        both = r.random() < 0.25
        if m == "COUNT(*)":
            ext = r.choice((" and how many", f" and the number of {x.nouns[0][1]}", ", with the number", " and the count")) if both else ""
            verb = r.choice([t.replace("{b}", f"{ws} {np}") for kk, t in a.schema.links.get((y.canon, x.canon), ()) if kk == "vp" and t.endswith("{b}")] or [f"have {ws} {np}"]) if g is y.label else f"have {ws} {np}"
            q, isq = r.choice(((f"Which {gp} {verb}{ext}", True), (f"{r.choice(VERBS)} the {gp} with {ws} {np}{ext}", False), (f"{r.choice(VERBS)} {r.choice(('all ', 'the ', ''))}{gp} {'who' if y.person and g is y.label else 'that'} {verb}{ext}", False), (f"{gp[0].upper()}{gp[1:]} with {ws} {np}{ext}", False)))
        else:
            ext = r.choice((f" and the {w}", ", with that value", f" and that {w}")) if both else ""
            q, isq = r.choice(((f"Which {gp} have {article(w)} {ws}{ext}".replace("have a sum", "have a sum"), True), (f"{r.choice(VERBS)} the {gp} where the {w} is {ws}{ext}", False), (f"{r.choice(VERBS)} {gp} with {article(w)} {'of ' if ws[0] in 'aefmn' and r.random() < .5 else ''}{ws}{ext}", False), (f"{r.choice(VERBS)} {gp} whose {w} is {ws}{ext}", False)))
        return q, isq, f"SELECT {gr}{', ' + m if both else ''}{frm} HAVING {m} {op} {n}"
    desc = r.random() < 0.8
    n = 1 if r.random() < 0.5 else r.choice((2, 3, 5, 10, 3, 5))
    one_ = n == 1
    both = r.random() < 0.3
    say = "" if one_ else V.say_count(r, n) + " "
    gs = gw if one_ else gp
    if m == "COUNT(*)":
        top = r.choice((f"most {np}", f"most {np}", f"highest number of {np}", f"largest number of {np}")) if desc else r.choice((f"fewest {np}", f"fewest {np}", f"lowest number of {np}", f"smallest number of {np}"))
        ext = r.choice((" and how many", f" and the number of {x.nouns[0][1]}", ", with the number", " and the count", f", with their number of {x.nouns[0][1]}" if not one_ else f", with its number of {x.nouns[0][1]}")) if both else ""
    else:
        top = f"{'highest' if desc else 'lowest'} {w}"
        ext = f" and the {w}" if both else ""
    verb = ""
    if g is y.label and m == "COUNT(*)":
        vs = [t.replace("{b}", "the " + top) for kk, t in a.schema.links.get((y.canon, x.canon), ()) if kk == "vp" and t.endswith("{b}") and not t.startswith("have")]
        verb = r.choice(vs) if vs and r.random() < 0.5 else ""
    q, isq = r.choice(((f"Which {say}{gs} {verb or ('has' if one_ else 'have') + ' the ' + top}{ext}", True), (f"{r.choice(VERBS)} the {say}{gs} with the {top}{ext}", False), (f"{r.choice(('Top', 'Show the top', 'List the top', 'The top') if desc else ('Bottom', 'Show the bottom'))} {say}{gs} by {w}{ext}", False), (f"{'Who' if y.person and g is y.label else 'What'} {'is' if one_ else 'are'} the {say}{gs} with the {top}{ext}", True)))
    return q, isq, f"SELECT {gr}{', ' + m if both else ''}{frm} ORDER BY {m}{' DESC' if desc else ''} LIMIT {n}"


def join_year(a):
    """Per year, with a condition on a related table; or a distinct count over a join."""
    r = a.r
    ps = [q for q in pairs(a.schema) if is_child(q[0], q[1])]
    if not ps:
        return None
    x, y, f, steps = r.choice(ps)
    dates = [c for c in x.columns if c.kind in DATES]
    if not dates:
        return None
    a.qual = True
    bw, bc = related(a, y)
    words, before, after = joined_np(a, x, f, bw, (0.9, 0.1))
    e = f"EXTRACT(YEAR FROM {a.ref(dates[0])})"
    q, isq = r.choice(((f"How many {words} are there per year", True), (f"Number of {words} per year", False), (f"{r.choice(VERBS)} the number of {words} for each year", False), (f"{r.choice(VERBS)} the yearly number of {words}", False)))
    if len(dates) > 1:
        q += " of the " + r.choice(dates[0].says)
    return q, isq, f"SELECT {e}, COUNT(*) FROM {x.name}{join_sql(steps)}{where(r, before + bc + after)} GROUP BY {e}"


NEVER = {("customers", "orders"): ["who have never placed an order", "who never ordered anything", "who have never ordered anything", "who never placed an order", "who have not ordered anything", "who have not placed any order", "who did not place any orders", "who haven't ordered yet"],
         ("customers", "reviews"): ["who have never written a review", "who never wrote a review", "who have not written any reviews", "who never reviewed anything", "who did not write a review", "who have not reviewed anything", "who have never left a review"],
         ("products", "reviews"): ["that have never been reviewed", "that nobody has reviewed", "that were never reviewed", "that have not been reviewed", "nobody reviewed", "that no one has reviewed"],
         ("products", "order_items"): ["that have never been ordered", "that were never ordered", "that nobody has ordered", "never ordered by anyone", "that have never been sold", "that were never sold", "that have not been ordered", "that nobody bought", "that do not appear in any order", "that were never bought"],
         ("orders", "order_items"): ["that are empty", "that contain no items"],
         ("patients", "appointments"): ["who have never had an appointment", "who never had an appointment", "who have never booked an appointment", "who have not had any appointments", "who never came in for an appointment", "who never booked an appointment"],
         ("doctors", "appointments"): ["who have never had an appointment", "who never had an appointment", "who have not had any appointments", "who do not have a single appointment"],
         ("appointments", "diagnoses"): ["that did not lead to a diagnosis", "that were never followed by a diagnosis", "that resulted in no diagnosis"],
         ("appointments", "prescriptions"): ["that did not lead to a prescription", "that resulted in no prescription", "where nothing was prescribed", "in which no drug was prescribed"]}
EVER = {("customers", "orders"): ["who have placed at least one order", "who have ordered at least once", "who have placed an order at least once", "who ordered at least once"], ("customers", "reviews"): ["who have written at least one review", "who wrote at least one review", "who have reviewed at least one product"],
        ("products", "reviews"): ["that have been reviewed at least once", "that were reviewed at least once", "that got at least one review"], ("products", "order_items"): ["that have been ordered at least once", "that were ordered at least once", "that have been sold at least once"],
        ("patients", "appointments"): ["who have had at least one appointment", "who had at least one appointment", "who have booked at least one appointment"], ("doctors", "appointments"): ["who have had at least one appointment"],
        ("appointments", "diagnoses"): ["that led to at least one diagnosis", "that resulted in at least one diagnosis"], ("appointments", "prescriptions"): ["that led to at least one prescription", "that resulted in at least one prescription"]}


def anti(a):
    """Without any, with at least one: NOT EXISTS and EXISTS."""
    r = a.r
    links = [(c, fk, p) for c, fk, p in edges(a.schema)]
    if not links:
        return None
    child, fk, parent = r.choice(links)
    no = r.random() < 0.68
    nouns = r.choice(child.nouns)
    a.qual = True
    csql, cwords = [], nouns
    if r.random() < 0.3:
        csql, fs = a.conds(child, (0, 1))
        cwords = (noun_phrase(r, child, fs, True)[0], noun_phrase(r, child, fs, False)[0]) if len(fs) else nouns
        if fs:
            one = [f for f in fs[0] if f[0] != "vp"] or fs[0]
            pickd = r.choice(one)
            cwords = (noun_phrase(r, child, [[pickd]], True)[0], noun_phrase(r, child, [[pickd]], False)[0])
    who = "who" if parent.person else r.choice(("that", "which"))
    sub = f"EXISTS (SELECT 1 FROM {child.name} WHERE {child.name}.{fk.name} = {parent.name}.id{''.join(' AND ' + s for s in csql)})"
    vps = [t for k, t in a.schema.links.get((parent.canon, child.canon), ()) if k == "vp" and t.endswith("{b}")]
    if no:
        sub = "NOT " + sub
        ways = [f"without any {cwords[1]}", f"without {cwords[1]}", f"without {article(cwords[0])}", f"with no {cwords[1]}", f"{who} have no {cwords[1]}", f"{who} do not have any {cwords[1]}", f"{who} don't have any {cwords[1]}", f"{who} have no {cwords[0]}", f"without a single {cwords[0]}", f"for which there are no {cwords[1]}", f"lacking any {cwords[1]}", f"{who} do not have {article(cwords[0])}"]
        if not csql:
            ways += NEVER.get((parent.canon, child.canon), []) * 2
    else:
        ways = [f"with at least one {cwords[0]}", f"{who} have at least one {cwords[0]}", f"that have one or more {cwords[1]}" if not parent.person else f"who have one or more {cwords[1]}", f"with one or more {cwords[1]}", f"having at least one {cwords[0]}", f"for which at least one {cwords[0]} exists"]
        for t in vps:
            if not t.startswith("have"):
                ways.append(f"{who} {t.replace('{b}', f'at least one {cwords[0]}')}")
        if not csql:
            ways += EVER.get((parent.canon, child.canon), []) * 2
    w = r.choice(ways)
    own, fs = a.conds(parent, (0.72, 0.28))
    a_np, order = noun_phrase(r, parent, fs)
    np = f"{a_np} {w}" if not own else f"{a_np}{r.choice((' and ', ' ')) if w.startswith('with') else ' '}{w}"
    wh = where(r, own + [sub])
    k = r.random()
    if k < 0.22:
        q, isq = r.choice(((f"How many {np} are there", True), (f"Count the {np}", False), (f"Number of {np}", False), (f"How many {np} do we have", True)))
        if not own and w.startswith(who) and r.random() < 0.6:
            q, isq = f"How many {r.choice(parent.nouns)[1]} {w[len(who) + 1:]}", True
        return q, isq, f"SELECT COUNT(*) FROM {parent.name}{wh}"
    if k < 0.42 and not own and (w.startswith(who + " ") or w.startswith("with")):
        n = r.choice(parent.nouns)[1]
        vp = w[len(who) + 1:] if w.startswith(who + " ") else "are " + w if w.startswith("without") else "have " + w[5:]
        return f"Which {n} {vp}", True, f"SELECT {a.ref(parent.label)} FROM {parent.name}{wh}"
    cols = None if r.random() < 0.45 else choose_cols(r, parent)
    q, isq = ask_list(a, parent, np, cols)
    return q, isq, f"SELECT {', '.join(a.ref(c) for c in cols or [parent.label])} FROM {parent.name}{wh}"


def left_group(a):
    """Counts that keep those with none."""
    r = a.r
    links = list(edges(a.schema))
    if not links:
        return None
    child, fk, parent = r.choice(links)
    a.qual = True
    np = r.choice(child.nouns)[1]
    one = r.choice(parent.nouns)[0]
    gr = a.ref(parent.label)
    tail = r.choice((", including those without any", f", including {r.choice(parent.nouns)[1]} without any", ", also those with none", f", including {r.choice(parent.nouns)[1]} with none", ", zero included"))
    q, isq = r.choice(((f"For each {one}, the number of {np}", False), (f"{r.choice(VERBS)} the number of {np} per {one}", False), (f"How many {np} does each {one} have", True), (f"Number of {np} for every {one}", False)))
    return q + tail, isq, f"SELECT {gr}, COUNT({child.name}.id) FROM {parent.name} LEFT JOIN {child.name} ON {child.name}.{fk.name} = {parent.name}.id GROUP BY {gr}"
