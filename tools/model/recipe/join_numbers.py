"""One number over two or more tables."""

from ask import where
from ask_aggregate import agg_pick
from join_parts import joined_np, related
from paths import edges, is_child, join_sql, pair, pairs
from phrases import VERBS, verb_phrase
from schema import DATES


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
    if k < 0.5:
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
