"""Something of one table for each value of another."""

import values as V
from ask import where
from ask_aggregate import agg_pick
from ask_group import group_cols, group_words
from filter_number import OPS
from filter_text import article
from paths import is_child, join_sql, pairs
from phrases import VERBS, noun_phrase, plural


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
    s = group_words(r, g)
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
        elif x.canon == "order_items" and y.canon in ("products", "customers", "orders") and r.random() < 0.6 and x.col("quantity"):
            m = f"SUM({a.ref(x.col('quantity'))})"
            w = r.choice(("number of units sold", "total quantity sold", "quantity sold", "total number of units sold", "number of pieces sold", "units sold", "total quantity ordered", "number of units ordered", "sold quantity", "sales in units"))
            conds, np = [], r.choice(x.nouns)[1]
            ask = r.choice(("how many units were sold", "how many units have been sold", "how many pieces were sold", "how many units were ordered", f"what is the {w}"))
        elif x.canon == "reviews" and y.canon == "products" and r.random() < 0.5 and x.col("rating"):
            m = f"AVG({a.ref(x.col('rating'))})"
            w = r.choice(("average rating", "average number of stars", "mean rating", "average review rating", "average score", "average rating of the reviews"))
            conds, np = [], r.choice(x.nouns)[1]
            ask = r.choice(("what is the average rating", "how were the products rated on average", "how good are the reviews on average", f"what is the {w}"))
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
