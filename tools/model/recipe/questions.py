"""One call: a question and its SQL over a schema, of any shape the model is to know."""

from ask import Ask
from ask_aggregate import aggregate, special_agg
from ask_count import count, distinct
from ask_group import grouped
from ask_order import ordered
from ask_plain import everything, lookup, plain
from ask_special import compare, yearly
from ask_top import paged, top
from ask_top_group import having_only, top_group
from join_groups import join_group
from join_none import anti
from join_numbers import join_count, join_year, left_group
from join_rows import join_select, join_show
from join_person import by_person
from join_value import by_value
from loosely import loosely
from phrases import finish

TABLE = [(plain, 38), (lookup, 9), (count, 13), (distinct, 6), (aggregate, 10), (special_agg, 5), (ordered, 10), (top, 9), (paged, 11),
         (grouped, 9), (having_only, 4), (top_group, 5), (yearly, 5), (compare, 5), (everything, 0.6)]
WIDE = [(join_select, 66), (join_show, 44), (join_count, 32), (join_group, 34), (join_year, 1), (anti, 24), (left_group, 0.7), (by_person, 27), (by_value, 30)]
BUILDERS = [(f, w, True) for f, w in TABLE] + [(f, w, False) for f, w in WIDE]
WEIGHTS = [w for _, w, _ in BUILDERS]


def question(r, schema):
    """(question, sql, columns used, shape)."""
    while True:
        f, _, single = r.choices(BUILDERS, WEIGHTS)[0]
        a = Ask(r, schema)
        out = f(a, r.choice(schema.tables)) if single else f(a)
        if not out:
            continue
        q, isq, sql = out
        q = loosely(r, finish(r, " ".join(q.split()), isq), sql)
        # As people ask: 60 characters mostly, seldom over 90. Long ones cost the most and teach the least.
        if len(q) < (135 if r.random() < 0.35 else 92) and len(q) + len(sql) < r.choice((180, 230, 285)):
            return q, sql, a.used, f.__name__
