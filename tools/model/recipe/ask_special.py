"""Per year; above the average."""

from ask import ask_list, choose_cols, phrase, select_sql, where
from ask_aggregate import agg_pick
from filter_text import article
from phrases import VERBS, noun_phrase, verb_phrase
from schema import DATES, NUMS


def yearly(a, t):
    r = a.r
    cols = [c for c in t.columns if c.kind in DATES and c.kind != "birth"] * 3 + [c for c in t.columns if c.kind == "birth"]
    if not cols:
        return None
    c = r.choice(cols)
    np, wh, _ = phrase(a, t, (0.6, 0.36, 0.04), skip=(c.name,))
    y = f"EXTRACT(YEAR FROM {a.ref(c)})"
    ev = r.choice([text.replace(" {d}", "") for k, text in c.forms.get("cmp", ()) if k == "part" and text.endswith(" {d}")] or [""])
    s = r.choice(c.says)
    m, words = "COUNT(*)", f"number of {np}"
    if r.random() < 0.22:
        p = agg_pick(a, t, False)
        if p and p[1] is not c:
            f, col, w = p
            m, words = f"{f}({a.ref(col)})", f"{w} of {np}"
    sql = f"SELECT {y}, {m} FROM {t.name}{wh} GROUP BY {y}"
    tail = ""
    if c.null:
        pass
    if r.random() < 0.16:
        d = r.random() < 0.3
        tail = r.choice((", sorted by year", ", ordered by year", " in order of year", ", in chronological order", ", by year ascending")) if not d else r.choice((", latest year first", ", newest year first", ", sorted by year descending"))
        sql += f" ORDER BY {y}{' DESC' if d else ''}"
    many = len([x for x in t.columns if x.kind in DATES and x.kind != "birth"]) > 1 or c.kind == "birth"
    if ev and m == "COUNT(*)" and r.random() < 0.6:
        q = r.choice((f"How many {np} were {ev} each year", f"How many {np} were {ev} per year", f"How many {np} were {ev} in each year", f"Number of {np} {ev} per year", f"{r.choice(VERBS)} the number of {np} {ev} per year", f"Count the {np} {ev} in each year", f"For each year, how many {np} were {ev}", f"How many {np} were {ev} in every year", f"{r.choice(VERBS)} the number of {np} {ev} in each year", f"For each year, {r.choice(VERBS[:6]).lower()} the number of {np} {ev}"))
    else:
        yr = f"{s} year" if " " not in s or r.random() < 0.5 else f"year of {s}"
        if yr.startswith(("date", "day")):
            yr = f"year of the {s}"
        per = r.choice((f"per {yr}", f"by {yr}", f"for each {yr}", f"per year of {s}", f"grouped by the year of the {s}", f"for each year of {s}")) if many or r.random() < 0.45 else r.choice(("per year", "by year", "for each year", "each year", "per calendar year", "in each year"))
        q = r.choice((f"{r.choice(VERBS)} the {words} {per}", f"{words[0].upper()}{words[1:]} {per}", f"What is the {words} {per}", f"How many {np} are there {per}" if m == "COUNT(*)" else f"What was the {words} {per}"))
        if not many and m == "COUNT(*)" and r.random() < 0.2:
            q = f"{np[0].upper()}{np[1:]} per year" if r.random() < 0.5 else f"How many {np} {per}"
    return q + tail, q.startswith(("How", "What")), sql


def compare(a, t):
    """Above the average; equal to the maximum."""
    r = a.r
    cols = [c for c in t.columns if c.kind in NUMS]
    if not cols:
        return None
    c = r.choice(cols)
    s = r.choice(c.says)
    ref = a.ref(c)
    if r.random() < 0.8:
        op = r.choice((">", ">", "<"))
        noun = r.choice(t.nouns)
        v = r.choice(("the average", f"the average {s}", "average", f"the average {noun[0]}", f"the mean {s}", f"the average {s} of all {noun[1]}", f"the overall average {s}", "the overall average"))
        forms = [f for f in c.forms.get("cmp", ()) if "{op} {v} " not in f[1]] * 2 + list(c.forms.get("gt" if op == ">" else "lt", ())) * 2
        forms = [(k, x.split(" {v}")[0] + " {v}") for k, x in forms]
        forms += [("with", f"{article(s)} {{op}} {{v}}"), ("whose", f"{s} is {{op}} {{v}}"), ("whose", f"{s} is {{op}} {{v}}"), ("whose", f"{s} exceeds {{v}}" if op == ">" else f"{s} is below {{v}}"), ("with", f"{article(('above' if op == '>' else 'below') + '-average')} {s}"), ("with", f"{'an above' if op == '>' else 'a below'}-average {s}")]
        ops = ["more than", "above", "greater than", "higher than", "over"] if op == ">" else ["less than", "below", "lower than", "under"]
        kind, text = r.choice(forms)
        form = (kind, text.replace("{op}", r.choice(ops)).replace("{v}", v))
        sql = f"{ref} {op} (SELECT AVG({ref}) FROM {t.name})"
    else:
        hi = r.random() < 0.55
        w = r.choice(("highest", "maximum", "largest") if hi else ("lowest", "minimum", "smallest"))
        form = r.choice((("whose", f"{s} is the {w}"), ("whose", f"{s} equals the {w} {s}"), ("whose", f"{s} is equal to the {w} {s}"), ("with", f"{article(s)} equal to the {w} {s}"), ("whose", f"{s} is the {w} of all")))
        sql = f"{ref} = (SELECT {'MAX' if hi else 'MIN'}({ref}) FROM {t.name})"
    sqls, forms = [sql], [[form]]
    if r.random() < 0.25:
        more, f2 = a.conds(t, (0, 1), skip=(c.name,))
        sqls += more
        forms += f2
    x = r.random()
    vp = verb_phrase(r, *form)
    if len(sqls) == 1 and vp and x < 0.4:
        noun = r.choice(t.nouns)[1]
        if r.random() < 0.35:
            return f"How many {noun} {vp}", True, f"SELECT COUNT(*) FROM {t.name} WHERE {sql}"
        return f"Which {noun} {vp}", True, select_sql(a, [t.label], t, f" WHERE {sql}")
    np, order = noun_phrase(r, t, forms)
    wh = where(r, [sqls[i] for i in order])
    if x < 0.5:
        return f"How many {np} are there", True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    cols = None if r.random() < 0.35 else choose_cols(r, t)
    q, isq = ask_list(a, t, np, cols)
    return q, isq, select_sql(a, cols or [t.label], t, wh)
