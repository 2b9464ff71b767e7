"""Questions and their SQL, one function a query shape. Every builder returns (question, is_interrogative, sql)."""

import values as V
from filters import OPS, article, date_phrase, fill, filterable, like_filter, make_filter, quote, said
from phrases import VERBS, finish, join_words, noun_phrase, plural, relative, verb_phrase
from schemas import DATES, NUMS, TEXT


class Ask:
    """One question in the making: the random source, the schema, and the columns it used (for repair tasks)."""

    def __init__(self, r, schema):
        self.r, self.schema, self.qual, self.used = r, schema, False, []

    def ref(self, c):
        self.used.append(c)
        return f"{c.table}.{c.name}" if self.qual else c.name

    def cond(self, t, ops=("like", "null"), cols=None):
        c = self.r.choice(cols or filterable(t))
        return make_filter(self.r, c, self.ref(c), ops)

    def conds(self, t, weights=(0.25, 0.5, 0.22, 0.03), skip=()):
        """Up to three conditions on different columns: (list of sql, list of ways)."""
        n = self.r.choices(range(len(weights)), weights)[0]
        seen, sqls, forms = set(skip), [], []
        for _ in range(n):
            c = self.r.choice(filterable(t))
            if c.name in seen:
                continue
            seen.add(c.name)
            sql, f = make_filter(self.r, c, self.ref(c))
            if f:
                sqls.append(sql)
                forms.append(f)
        return sqls, forms


def where(r, sqls, word="AND"):
    return " WHERE " + f" {word} ".join(sqls) if sqls else ""


def phrase(a, t, weights=(0.25, 0.5, 0.22, 0.03), one=False, skip=()):
    """Noun phrase of a table with random conditions and its WHERE clause."""
    r = a.r
    sqls, forms = a.conds(t, weights, skip)
    word = "and"
    if len(sqls) == 2 and r.random() < 0.2:
        word = "or"
    np, order = noun_phrase(r, t, forms, one, word)
    sqls = [sqls[i] for i in order]
    if word == "or":
        return np, " WHERE " + " OR ".join(sqls), sqls
    return np, where(r, sqls), sqls


def predicate(a, t, n=1):
    """("live in Brazil and are active", where) or None."""
    r = a.r
    sqls, forms = a.conds(t, (0, 0.75, 0.25))
    vps, used = [], []
    for s, f in zip(sqls, forms):
        ok = [v for k, x in f if (v := verb_phrase(r, k, x))]
        if ok:
            vps.append(r.choice(ok))
            used.append(s)
    if not vps:
        return None
    word = "or" if len(vps) == 2 and r.random() < 0.2 else "and"
    return f" {word} ".join(vps), where(r, used, word.upper())


def det(r, np=""):
    return r.choice(("", "", "the ", "all ", "all the ", "every one of the ", "all of the ")) if r.random() < 0.5 else r.choice(("", "the ", "all "))


def shown(t):
    """Columns a question may ask to see."""
    return [c for c in t.columns if c.kind not in ("fk",) and c.kind != "bool" or c.kind == "fk" and len(t.columns) < 5]


def choose_cols(r, t, n=None):
    cols = shown(t)
    n = n or r.choices((1, 2, 3, 4), (0.42, 0.36, 0.17, 0.05))[0]
    n = min(n, len(cols))
    w = [4 if c is t.label else 1.4 for c in cols]
    out = []
    while len(out) < n:
        c = r.choices(cols, w)[0]
        if c not in out:
            out.append(c)
    if r.random() < 0.6:
        out.sort(key=lambda c: c is not t.label)
    return out


def say_cols(r, cols, many, the=True):
    w = [r.choice(c.says) for c in cols]
    w = [plural(x) if many and r.random() < 0.85 else x for x in w]
    s = join_words(r, w)
    if the and len(w) == 2 and r.random() < 0.1:
        s = s.replace(" and ", " and the ")
    return s


def ask_list(a, t, np, cols, many=True):
    """A sentence that asks for columns (None: the label) of a noun phrase. Returns (text, is_question)."""
    r = a.r
    if cols is None:
        x = r.random()
        if x < 0.66:
            return f"{r.choice(VERBS)} {det(r)}{np}", False
        if x < 0.76:
            return f"{'Who are the' if t.person else 'What are the'} {np}" if r.random() < 0.5 else f"Which {np} are there", True
        if x < 0.9:
            return f"{det(r).capitalize()}{np}".strip(), False
        return r.choice((f"I am looking for {det(r)}{np}", f"Show a list of {det(r)}{np}", f"List of {det(r)}{np}", f"I need a list of {det(r)}{np}", f"Give me a list of {det(r)}{np}")), False
    c = say_cols(r, cols, many)
    d = det(r) if many else r.choice(("the ", "the ", ""))
    x = r.random()
    if x < 0.42:
        return f"{r.choice(VERBS)} {r.choice(('the ', 'the ', ''))}{c} {r.choice(('of ', 'of ', 'of ', 'for '))}{d}{np}", False
    if x < 0.58:
        be = "is" if len(cols) == 1 and " and " not in c and not many else "are"
        return f"What {be} the {c} {r.choice(('of ', 'of ', 'for '))}{d}{np}", True
    if x < 0.7:
        return f"{c[0].upper()}{c[1:]} {r.choice(('of ', 'of ', 'for '))}{d}{np}", False
    if x < 0.78 and many:
        return f"For {r.choice(('all ', 'each of the ', 'all the ', 'the ', 'all of the '))}{np}, {r.choice(VERBS[:12]).lower()} {r.choice(('the ', 'their ', ''))}{c}", False
    if x < 0.88 and many:
        return f"{r.choice(VERBS)} {d}{np}{r.choice((' with their ', ' and their ', ', showing ', ': ', ', with ', ' by ', ' together with their ', ', giving ', ' including their '))}{c}".replace(" by ", " with "), False
    if x < 0.94:
        return f"{np[0].upper()}{np[1:]}{r.choice((': ', ' - ', ', '))}{c}{r.choice((' only', '', ''))}", False
    return f"{r.choice(('I need', 'I want to know', 'I would like to know', 'We need', 'Let me know', 'Tell me'))} {r.choice(('the ', ''))}{c} {r.choice(('of ', 'for '))}{d}{np}", False


def select_sql(a, cols, t, rest, distinct=False, joins=""):
    return f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(a.ref(c) for c in cols)} FROM {t.name}{joins}{rest}"


# ---- one table

def plain(a, t):
    r = a.r
    if r.random() < 0.32:
        p = predicate(a, t)
        if p:
            vp, wh = p
            noun = r.choice(t.nouns)[1]
            x = r.random()
            if x < 0.55:
                q = f"{'Who are the' if False else r.choice(('Which', 'Which', 'What'))} {noun} {vp}"
                return q, True, select_sql(a, [t.label], t, wh)
            cols = choose_cols(r, t)
            c = say_cols(r, cols, True)
            q = r.choice((f"Which {noun} {vp}? {r.choice(VERBS[:12])} {r.choice(('their ', 'the ', 'me their ' if False else 'their '))}{c}",
                          f"{r.choice(VERBS)} the {c} of {r.choice(('the ', '', 'all '))}{noun} {'who' if t.person else 'that'} {vp}",
                          f"Which {noun} {vp}, and what are their {c}" if len(cols) == 1 and cols[0] is not t.label else f"{r.choice(VERBS)} {r.choice(('the ', '', 'all '))}{noun} {'who' if t.person else 'that'} {vp} with their {c}"))
            if q.startswith(f"Which {noun} {vp}, and"):
                cols = [t.label] + cols
                return q, True, select_sql(a, cols, t, wh)
            return q, False, select_sql(a, cols, t, wh)
    np, wh, _ = phrase(a, t)
    if r.random() < 0.3 and wh:
        q, isq = ask_list(a, t, np, None)
        return q, isq, select_sql(a, [t.label], t, wh)
    if not wh and r.random() < 0.15:
        q, isq = ask_list(a, t, np, None)
        return q, isq, select_sql(a, [t.label], t, "")
    cols = choose_cols(r, t)
    q, isq = ask_list(a, t, np, cols)
    return q, isq, select_sql(a, cols, t, wh)


def lookup(a, t):
    """About one thing, by its name or id."""
    r = a.r
    c = t.label
    if c.kind not in ("person", "title") or r.random() < 0.12:
        c = t.columns[0]
        v = r.randint(1, 4000)
        one = r.choice(t.nouns)[0]
        who = r.choice((f"{one} {v}", f"{one} {v}", f"the {one} with id {v}", f"{one} number {v}", f"the {one} with ID {v}", f"{one} #{v}", f"{one} with id {v}", f"{one} id {v}"))
        cl = f" WHERE {a.ref(c)} = {v}"
    else:
        make = V.person if c.kind == "person" else V.title
        v = make(r)
        one = r.choice(t.nouns)[0]
        s = said(r, v)
        who = r.choice((s, s, s, s, f"{r.choice(('the ', ''))}{one} {s}", f"the {one} named {s}", f"the {one} called {s}", f"{one} {s}"))
        if c.kind == "title" and r.random() < 0.3:
            who = "the " + s
        cl = f" WHERE {a.ref(c)} = {quote(v)}"
    if r.random() < 0.3:
        kinds = {x.canon: x for x in t.columns}
        opts = []
        for canon, qs in SPECIAL.get(t.canon, {}).items():
            if canon in kinds:
                opts += [(kinds[canon], q) for q in qs]
        if opts:
            col, q = r.choice(opts)
            return q.replace("{v}", who), True, select_sql(a, [col], t, cl)
    cols = [x for x in choose_cols(r, t) if x is not c] or [x for x in shown(t) if x is not c][:1]
    w = say_cols(r, cols, False)
    x = r.random()
    if x < 0.45:
        return f"What {'is' if len(cols) == 1 else r.choice(('are', 'is'))} the {w} of {who}", True, select_sql(a, cols, t, cl)
    if x < 0.55 and " " in who[:12] and not who.startswith("the"):
        return f"What {'is' if len(cols) == 1 else 'are'} {who}'s {w}", True, select_sql(a, cols, t, cl)
    if x < 0.62:
        return f"Which {w.split(' and ')[0]} does {who} have", True, select_sql(a, cols[:1], t, cl)
    if x < 0.9:
        return f"{r.choice(VERBS)} the {w} {r.choice(('of', 'of', 'for'))} {who}", False, select_sql(a, cols, t, cl)
    return f"{w[0].upper()}{w[1:]} of {who}", False, select_sql(a, cols, t, cl)


SPECIAL = {
    "customers": {"country": ["Which country is {v} from", "What country does {v} live in", "Which country does {v} come from"], "city": ["Which city does {v} live in", "In which city does {v} live", "What city is {v} from"],
                  "signup_date": ["When did {v} sign up", "When did {v} join", "On what date did {v} sign up"], "birth_date": ["When was {v} born"], "loyalty_points": ["How many loyalty points does {v} have", "How many points does {v} have"],
                  "email": ["How can I reach {v} by email", "What email address does {v} use", "What email does {v} use"]},
    "products": {"price": ["How much does {v} cost", "What does {v} cost", "What is {v} priced at", "How much is {v}"], "stock": ["How many units of {v} are in stock", "How many {v} are in stock", "How many {v} do we have in stock", "How much stock of {v} is left"],
                 "weight_kg": ["How much does {v} weigh", "How heavy is {v}"], "released_on": ["When was {v} released", "When did {v} come out", "When was {v} launched"], "category": ["Which category does {v} belong to", "What category is {v} in", "In which category is {v}"],
                 "discontinued": ["Is {v} discontinued", "Has {v} been discontinued"]},
    "orders": {"status": ["What status does {v} have", "What is the status of {v}"], "total": ["How much was {v}", "How much did {v} cost", "How much is {v} worth"], "ordered_at": ["When was {v} placed"], "shipped_date": ["When was {v} shipped", "When did {v} ship"], "payment_method": ["How was {v} paid", "How was {v} paid for"]},
    "patients": {"city": ["Which city does {v} live in", "Where does {v} live", "In which city does {v} live"], "birth_date": ["When was {v} born"], "insurance": ["Which insurance does {v} have", "Who insures {v}", "Who is {v} insured with"], "blood_type": ["What blood type does {v} have", "Which blood type does {v} have"],
                 "registered_on": ["When did {v} register", "When was {v} registered"], "email": ["What email address does {v} use"]},
    "doctors": {"specialty": ["What is {v} specialised in", "What does {v} specialize in", "Which specialty does {v} have", "What field does {v} work in"], "salary": ["How much does {v} earn", "What does {v} earn", "How much is {v} paid", "How much does {v} make"], "hire_date": ["When was {v} hired", "When did {v} start"], "city": ["Which city does {v} work in", "In which city is {v} based", "What city is {v} from"]},
    "appointments": {"fee": ["How much did {v} cost", "What was the fee of {v}"], "duration_minutes": ["How long did {v} last", "How many minutes did {v} take", "How long was {v}"], "scheduled_at": ["When is {v} scheduled", "When was {v}", "When did {v} take place"], "status": ["What is the status of {v}"]},
    "prescriptions": {"drug": ["Which drug was prescribed in {v}", "What drug is {v} for"], "dose_mg": ["What dose does {v} have"], "issued_on": ["When was {v} issued"], "days": ["For how many days is {v}"]},
}


def count(a, t):
    r = a.r
    noun = r.choice(t.nouns)[1]
    x = r.random()
    if x < 0.4:
        p = predicate(a, t)
        if p:
            vp, wh = p
            return r.choice((f"How many {noun} {vp}", f"How many of the {noun} {vp}", f"How many {noun} {vp}")), True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    np, wh, _ = phrase(a, t, (0.12, 0.6, 0.25, 0.03))
    y = r.random()
    if y < 0.45:
        return f"How many {np} {r.choice(('are there', 'are there', 'do we have', 'are there', 'exist', 'are in the database', 'are there in total', 'are stored', 'can you find'))}", True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    if y < 0.57:
        return f"What is the {r.choice(('number', 'total number', 'count'))} of {np}", True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    q = r.choice((f"Count {r.choice(('the ', 'all ', '', 'all the '))}{np}", f"{r.choice(('Number', 'Total number', 'Count'))} of {np}", f"{r.choice(VERBS)} the {r.choice(('number', 'total number', 'count'))} of {np}", f"{r.choice(VERBS)} how many {np} there are", f"How many {np}"))
    return q, q.startswith("How"), f"SELECT COUNT(*) FROM {t.name}{wh}"


def distinct(a, t):
    r = a.r
    cols = [c for c in t.columns if c.kind in ("country", "city", "category", "specialty", "insurer", "blood", "enum", "drug", "word", "code", "reason", "disease", "int", "person") and c is not t.label]
    if not cols:
        return None
    c = r.choice(cols)
    s = r.choice(c.says)
    many = plural(s)
    np, wh, _ = phrase(a, t, (0.55, 0.38, 0.07), skip=(c.name,))
    word = r.choice(("different", "distinct", "different", "distinct", "unique"))
    if c.null and not wh and r.random() < 0.3:
        pass
    if r.random() < 0.45:
        sql = f"SELECT COUNT(DISTINCT {a.ref(c)}) FROM {t.name}{wh}"
        q = r.choice((f"How many {word} {many} do {np} have", f"How many {word} {many} are there among {np}", f"How many {word} {many} do the {np} have", f"What is the number of {word} {many} of {np}", f"Number of {word} {many} of {np}", f"Count the {word} {many} of {np}", f"In how many {word} {many} are there {np}", f"How many {word} {many} are there for {np}", f"How many {word} {many} do {np} come from", f"How many {word} {many} appear in {np}", f"How many {word} {many} are used by {np}", f"How many {word} {many} are there in {np}", f"Count {word} {many} among {np}"))
        if not wh and r.random() < 0.3:
            q = r.choice((f"How many {word} {t.nouns[0][0]} {many} are there", f"How many {word} {many} are there in the {t.name.replace('_', ' ')} table"))
        return q, q.startswith(("How", "What", "In")), sql
    sql = f"SELECT DISTINCT {a.ref(c)} FROM {t.name}{wh}"
    q = r.choice((f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{word} {many} of {r.choice(('', 'the ', 'all '))}{np}", f"Which {word} {many} do {np} have", f"What are the {word} {many} of {np}", f"What {word} {many} are there among {np}", f"{word.capitalize()} {many} of {np}", f"{r.choice(VERBS)} every {word} {s} of {np}", f"{r.choice(VERBS)} the {word} {many} {np} come from" if c.kind in ("country", "city") else f"{r.choice(VERBS)} all {word} {many} among {np}", f"Which {word} {many} are there among {np}", f"{r.choice(VERBS)} the {many} of {np} without duplicates", f"{r.choice(VERBS)} {word} {many} in {np}"))
    if not wh and r.random() < 0.25:
        q = r.choice((f"{r.choice(VERBS)} the {word} {t.nouns[0][0]} {many}", f"What {word} {t.nouns[0][0]} {many} are there", f"Which {word} {t.nouns[0][0]} {many} exist"))
    return q, q.startswith(("Which", "What")), sql


AGG = {"AVG": ["average", "average", "mean"], "SUM": ["total", "sum of the", "combined", "total", "overall", "sum of"], "MIN": ["lowest", "minimum", "smallest", "minimum"], "MAX": ["highest", "maximum", "largest", "maximum", "biggest"]}


def agg_pick(a, t, allow_dates=True):
    """(function, column, words) of a random aggregate over a table's column, or None."""
    r = a.r
    cols = [c for c in t.columns if c.kind in NUMS] * 3 + ([c for c in t.columns if c.kind in DATES] if allow_dates else [])
    if not cols:
        return None
    c = r.choice(cols)
    s = r.choice(c.says)
    if c.kind in DATES:
        f = r.choice(("MIN", "MAX"))
        w = r.choice(("earliest", "first", "oldest")) if f == "MIN" else r.choice(("latest", "most recent", "last", "newest"))
        return f, c, f"{w} {s}"
    f = r.choice(("AVG", "AVG", "SUM", "MIN", "MAX"))
    if f == "SUM" and c.canon in ("price", "rating", "birth_date", "discount"):
        f = "AVG"
    if f == "AVG" and c.says[0] in ("days",):
        s = r.choice(("number of days", "duration in days"))
    w = r.choice(AGG[f])
    if w.startswith("sum of"):
        s = plural(s)
    return f, c, f"{w} {s}"


def aggregate(a, t):
    r = a.r
    p = agg_pick(a, t)
    if not p:
        return None
    f, c, w = p
    np, wh, _ = phrase(a, t, (0.3, 0.55, 0.15), skip=(c.name,))
    sel = f"{f}({a.ref(c)})"
    of = r.choice(("of ", "of ", "of all ", "for ", "among ", "across all ", "of the "))
    if r.random() < 0.12 and c.kind in NUMS:
        g = r.choice([x for x in ("AVG", "MIN", "MAX") if x != f])
        s = r.choice(c.says)
        first, second = r.choice(AGG[f]), r.choice(AGG[g])
        if not first.startswith("sum of"):
            w = f"{first} and {second} {s}" if r.random() < 0.6 else f"{first} {s} and the {second} {s}"
            sel = f"{f}({a.ref(c)}), {g}({a.ref(c)})"
    if r.random() < 0.08:
        sel = f"COUNT(*), {sel}"
        w = f"{r.choice(('number of ' + t.nouns[0][1], 'count'))} and the {w}"
    sql = f"SELECT {sel} FROM {t.name}{wh}"
    x = r.random()
    if x < 0.5:
        return f"What {'are' if ', ' in sel else r.choice(('is', 'is', 'was'))} the {w} {of}{np}", True, sql
    if x < 0.8:
        return f"{r.choice(VERBS + ['Calculate', 'Compute', 'Calculate', 'Compute', 'Work out', 'Determine'])} the {w} {of}{np}", False, sql
    if x < 0.9:
        return f"{w[0].upper()}{w[1:]} {of}{np}", False, sql
    if f == "AVG" and ", " not in sel:
        s = r.choice(c.says)
        return f"What {s} do {np} have on average", True, sql
    return f"For {np}, what is the {w}", True, sql


def special_agg(a, t):
    """Aggregates people ask for with a verb."""
    r = a.r
    table = {"products": [("price", "AVG", "How much do {np} cost on average"), ("stock", "SUM", "How many units are in stock of {np}"), ("stock", "SUM", "How many units of {np} are in stock in total"), ("weight_kg", "AVG", "How much do {np} weigh on average")],
             "doctors": [("salary", "AVG", "How much do {np} earn on average"), ("salary", "SUM", "How much do {np} earn in total"), ("salary", "AVG", "What do {np} earn on average")],
             "appointments": [("fee", "SUM", "How much money did {np} bring in"), ("fee", "SUM", "What is the total revenue from {np}"), ("duration_minutes", "AVG", "How long do {np} last on average"), ("duration_minutes", "AVG", "How many minutes do {np} take on average"), ("duration_minutes", "SUM", "How many minutes did {np} take in total"), ("fee", "SUM", "How much did {np} cost in total"), ("fee", "AVG", "How much do {np} cost on average")],
             "orders": [("total", "SUM", "How much money did {np} bring in"), ("total", "SUM", "What is the total revenue from {np}"), ("total", "AVG", "How much are {np} worth on average"), ("total", "SUM", "What is the total value of {np}"), ("total", "AVG", "What is the average value of {np}"), ("total", "SUM", "What is the revenue of {np}"), ("total", "SUM", "How much are {np} worth in total")],
             "order_items": [("quantity", "SUM", "How many units were sold in {np}"), ("quantity", "SUM", "How many units are there in {np}"), ("quantity * unit_price", "SUM", "What is the total revenue of {np}"), ("quantity * unit_price", "SUM", "Total revenue from {np}"), ("quantity * unit_price", "SUM", "What is the revenue of {np}")],
             "prescriptions": [("days", "AVG", "How many days do {np} last on average"), ("dose_mg", "AVG", "What dose do {np} have on average"), ("refills", "SUM", "How many refills do {np} have in total")],
             "customers": [("loyalty_points", "SUM", "How many loyalty points do {np} have in total"), ("loyalty_points", "SUM", "How many loyalty points do {np} have altogether"), ("loyalty_points", "AVG", "How many loyalty points do {np} have on average")],
             "reviews": [("rating", "AVG", "How are {np} rated on average"), ("rating", "AVG", "What rating do {np} have on average")]}.get(t.canon)
    if not table:
        return aggregate(a, t)
    canon, f, q = r.choice(table)
    parts = canon.split(" * ")
    cols = [t.col(p) for p in parts]
    if not all(cols):
        return aggregate(a, t)
    np, wh, _ = phrase(a, t, (0.3, 0.55, 0.15), skip=(cols[0].name,))
    return q.replace("{np}", r.choice(("", "", "all ", "the ")) + np), True, f"SELECT {f}({' * '.join(a.ref(c) for c in cols)}) FROM {t.name}{wh}"


# ---- order, limit, offset

SUPER = {"price": (("cheapest", "least expensive", "lowest-priced"), ("most expensive", "priciest", "dearest", "highest-priced", "costliest")), "weight_kg": (("lightest",), ("heaviest",)), "released_on": (("oldest", "earliest"), ("newest", "latest", "most recently released", "most recent")),
         "signup_date": (("earliest", "oldest", "longest-standing"), ("newest", "most recent", "latest", "most recently signed up")), "birth_date": (("oldest",), ("youngest",)), "total": (("smallest", "cheapest", "lowest"), ("largest", "biggest", "most expensive", "highest")),
         "ordered_at": (("earliest", "oldest", "first"), ("most recent", "latest", "newest", "last")), "review_date": (("earliest", "oldest", "first"), ("most recent", "latest", "newest")), "rating": (("worst", "lowest-rated", "lowest"), ("best", "highest-rated", "highest")),
         "salary": (("lowest-paid", "worst-paid", "lowest paid"), ("best-paid", "highest-paid", "best paid", "highest paid", "highest earning")), "hire_date": (("longest-serving", "earliest hired"), ("newest", "most recently hired", "latest")), "fee": (("cheapest", "least expensive"), ("most expensive", "priciest", "costliest")),
         "duration_minutes": (("shortest",), ("longest",)), "scheduled_at": (("earliest", "first", "oldest"), ("latest", "most recent", "last")), "issued_on": (("earliest", "oldest", "first"), ("most recent", "latest", "newest")), "registered_on": (("earliest", "oldest"), ("newest", "most recent", "latest", "most recently registered")),
         "days": (("shortest",), ("longest",)), "dose_mg": (("weakest", "lowest-dose"), ("strongest", "highest-dose")), "shipped_date": ((), ("most recently shipped", "last shipped")), "quantity": (("smallest",), ("largest", "biggest")), "discount": ((), ("most discounted",)), "unit_price": (("cheapest",), ("most expensive",))}


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


# ---- groups

def group_cols(t):
    return [c for c in t.columns if c.kind in ("country", "city", "category", "specialty", "insurer", "blood", "enum", "bool", "drug", "word", "code", "disease", "reason") and c is not t.label and not (c.kind == "bool")] + [c for c in t.columns if c.canon in ("rating", "dose_mg", "days", "refills", "quantity", "duration_minutes")]


def measure(a, t, np):
    """What is computed for each group: (sql, short words, question words, aggregate's column or None)."""
    r = a.r
    x = r.random()
    if x < 0.55:
        return "COUNT(*)", f"number of {np}", f"how many {np} are there", None
    p = agg_pick(a, t, allow_dates=r.random() < 0.3)
    if not p:
        return "COUNT(*)", f"number of {np}", f"how many {np} are there", None
    f, c, w = p
    of = f" of {r.choice(('', 'the '))}{np}" if r.random() < 0.75 else ""
    return f"{f}({{{c.name}}})", w + of, f"what is the {w}{of}", c


def grouped(a, t):
    r = a.r
    cols = group_cols(t)
    if not cols:
        return None
    g = r.choice(cols)
    s = r.choice(g.says)
    np, wh, sqls = phrase(a, t, (0.66, 0.3, 0.04), skip=(g.name,))
    m, words, ask, c = measure(a, t, np)
    if c:
        if not words.endswith(np) and wh:
            words, ask = f"{words} of {np}", f"{ask} of {np}"
        if not words.endswith(np) and t.canon not in ("products", "reviews", "doctors"):
            words, ask = f"{words} of {np}", f"{ask} of {np}"
        m = m.replace("{" + c.name + "}", a.ref(c))
    gr = a.ref(g)
    sel, extra = f"{gr}, {m}", ""
    if r.random() < 0.08 and m != "COUNT(*)":
        sel, words, ask = f"{gr}, COUNT(*), {m}", f"number of {t.nouns[0][1]} and the {words}", f"how many {t.nouns[0][1]} are there and {ask}"
    base = f" FROM {t.name}{wh} GROUP BY {gr}"
    x = r.random()
    tail = ""
    if x < 0.17:
        desc = r.random() < 0.7
        k = r.random()
        if k < 0.6:
            tail = r.choice((", highest first", ", largest first", " sorted from highest to lowest", ", in descending order", ", from most to least", " in descending order of the number" if m == "COUNT(*)" else ", highest first", ", biggest first", " sorted by the result, descending")) if desc else r.choice((", lowest first", ", smallest first", " sorted from lowest to highest", ", in ascending order", ", fewest first" if m == "COUNT(*)" else ", lowest first"))
            if m == "COUNT(*)" and r.random() < 0.3:
                tail = f", sorted by {r.choice(('count', 'the count', 'that number', 'number of ' + t.nouns[0][1]))}" + (r.choice((" descending", ", highest first", " from highest to lowest", " in descending order")) if desc else r.choice((" ascending", "", ", lowest first")))
            extra = f" ORDER BY {m}{' DESC' if desc else ''}"
        else:
            tail = r.choice((f", sorted by {s}", f", ordered by {s}", f" sorted by {s}", f", in order of {s}")) + (r.choice((" descending", " in descending order")) if (d := r.random() < 0.2) else "")
            extra = f" ORDER BY {gr}{' DESC' if d else ''}"
        if r.random() < 0.2 and k < 0.6:
            n = r.choice((3, 5, 10, 2))
            say = V.say_count(r, n)
            tail += r.choice((f", top {say}", f", only the first {say}", f", limited to {say}", f", top {say} only"))
            extra += f" LIMIT {n}"
    having, over = "", ""
    if 0.17 < x < 0.3:
        having, over = have(a, t, m, c)
    sql = f"SELECT {sel}{base}{having}{extra}"
    per = r.choice((f"per {s}", f"for each {s}", f"by {s}", f"per {s}", f"for every {s}", f"in each {s}" if g.kind in ("country", "city", "category", "specialty") else f"for each {s}", f"grouped by {s}", f"broken down by {s}", f"with each {s}" if g.kind in ("enum", "blood") else f"per {s}", f"in every {s}" if g.kind in ("country", "city", "category", "specialty") else f"per {s}", f"split by {s}"))
    y = r.random()
    if y < 0.26:
        q = f"{ask[0].upper()}{ask[1:]} {per}"
        return q + over + tail, True, sql
    if y < 0.36 and m == "COUNT(*)" and "COUNT(*), " not in sel:
        q = f"How many {np} {r.choice(('does', 'does'))} each {s} have" if r.random() < 0.5 else f"How many {np} {per} {r.choice(('do we have', 'are there'))}"
        return q + over + tail, True, sql
    if y < 0.6:
        return f"{r.choice(VERBS)} the {words} {per}{over}{tail}", False, sql
    if y < 0.72:
        return f"{words[0].upper()}{words[1:]} {per}{over}{tail}", False, sql
    if y < 0.93:
        lead = r.choice((f"For each {s}", f"For every {s}", f"Per {s}", f"For each {s}", f"By {s}"))
        if over:
            lead += over.replace(", only ", " ", 1) if False else ""
        return r.choice((f"{lead}, {r.choice(VERBS).lower() if r.random() < 0.8 else 'give'} the {words}".replace(" i ", " I ").replace(" i'd", " I'd"), f"{lead}, {ask}", f"{lead}, {ask}", f"{lead}: the {words}")) + over + tail, False, sql
    if m == "COUNT(*)" and "COUNT(*), " not in sel:
        return f"Count {r.choice(('the ', 'all ', ''))}{np} {per}{over}{tail}", False, sql
    return f"What is the {words} {per}{over}{tail}", True, sql


def have(a, t, m, c):
    """A HAVING clause and its words behind a grouped question."""
    r = a.r
    op = r.choice((">", ">", ">=", "<", "<="))
    n = r.choice((r.randint(1, 20), 10, 5, 20, 50, 100, 2, 3, r.randint(10, 200))) if m == "COUNT(*)" else None
    if n is None:
        if not c or c.kind in DATES:
            return "", ""
        n = c.number(r)
    w = r.choice(OPS[op])
    w = w.replace("{v}", str(n)) if "{v}" in w else f"{w} {n}"
    noun = r.choice(t.nouns)[1]
    if m == "COUNT(*)":
        return f" HAVING {m} {op} {n}", r.choice((f", only where there are {w}", f", but only those with {w} {noun}", f", only those with {w}", f", keeping only those with {w} {noun}", f" having {w} {noun}", f" with {w} {noun}", f", for those with {w} {noun}"))
    return f" HAVING {m} {op} {n}", r.choice((f", only where it is {w}", f", but only where that is {w}", f", keeping only those {w}", f", only if it is {w}"))


def having_only(a, t):
    """Which cities have more than five customers?"""
    r = a.r
    cols = group_cols(t)
    if not cols:
        return None
    g = r.choice(cols)
    s = r.choice(g.says)
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
        return f"{r.choice(('Which', 'Which', 'What', 'In which' if False else 'Which'))} {gs} {way}{extra}", True, sql
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
    s = r.choice(g.says)
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
    if x < 0.45:
        return f"{r.choice(('Which', 'Which', 'What'))} {say}{gs} {'has' if one else 'have'} the {w}{extra}", True, sql
    if x < 0.85:
        return f"{r.choice(VERBS)} the {say}{gs} with the {w}{extra}", False, sql
    return f"{r.choice(('Top', 'The top', 'Show the top', 'Give me the top', 'List the top') if desc else ('Bottom', 'The bottom', 'Show the bottom'))} {say or ''}{gs} by {by}{extra}", False, sql


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


# ---- subqueries on one table

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


def everything(a, t):
    r = a.r
    np, wh, _ = phrase(a, t, (0.3, 0.7))
    q = r.choice((f"{r.choice(VERBS)} all columns of {det(r)}{np}", f"{r.choice(VERBS)} everything about {det(r)}{np}", f"{r.choice(VERBS)} all details of {det(r)}{np}", f"{r.choice(VERBS)} all the information about {det(r)}{np}", f"{r.choice(VERBS)} all data on {np}"))
    return q, False, f"SELECT * FROM {t.name}{wh}"
