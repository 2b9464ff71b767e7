"""One call: a question and its SQL over a schema, of any shape the model is to know."""

import grammar as G
import joins as J
from phrases import finish

TABLE = [(G.plain, 26), (G.lookup, 9), (G.count, 9), (G.distinct, 5), (G.aggregate, 7), (G.special_agg, 3), (G.ordered, 9), (G.top, 9), (G.paged, 8),
         (G.grouped, 9), (G.having_only, 4), (G.top_group, 5), (G.yearly, 5), (G.compare, 5), (G.everything, 0.6)]
WIDE = [(J.join_select, 20), (J.join_show, 11), (J.join_count, 9), (J.join_group, 13), (J.join_year, 1), (J.anti, 9), (J.left_group, 0.7)]
BUILDERS = [(f, w, True) for f, w in TABLE] + [(f, w, False) for f, w in WIDE]
WEIGHTS = [w for _, w, _ in BUILDERS]


def question(r, schema):
    """(question, sql, columns used, shape)."""
    while True:
        f, _, single = r.choices(BUILDERS, WEIGHTS)[0]
        a = G.Ask(r, schema)
        out = f(a, r.choice(schema.tables)) if single else f(a)
        if not out:
            continue
        q, isq, sql = out
        q = finish(r, " ".join(q.split()), isq)
        if len(q) < 120 and len(q) + len(sql) < 285:
            return q, sql, a.used, f.__name__
