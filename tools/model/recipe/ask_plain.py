"""Columns of one table; one thing by its name or id."""

import values as V
from ask import ask_list, choose_cols, det, phrase, predicate, say_cols, select_sql, shown
from filter_text import quote, said
from phrases import VERBS, one_does


def plain(a, t):
    r = a.r
    if r.random() < 0.32:
        p = predicate(a, t)
        if p:
            vp, wh = p
            noun = r.choice(t.nouns)[1]
            x = r.random()
            if t.person and x < 0.25 and whose_only(a, t):
                q = f"Who {one_does(vp)}" if r.random() < 0.8 else f"{r.choice(('Tell me who', 'Show who', 'Find out who', 'Find everyone who', 'List everybody who', 'I want to know who', 'Anyone who'))} {one_does(vp)}"
                return q.replace(" and are ", " and is ").replace(" and have ", " and has "), q.startswith("Who"), select_sql(a, [t.label], t, wh)
            if x < 0.55:
                q = f"{r.choice(('Which', 'Which', 'What'))} {noun} {vp}"
                return q, True, select_sql(a, [t.label], t, wh)
            cols = choose_cols(r, t)
            c = say_cols(r, cols, True)
            q = r.choice((f"Which {noun} {vp}? {r.choice(VERBS[:12])} {r.choice(('their ', 'the ', 'their '))}{c}",
                          f"{r.choice(VERBS)} the {c} of {r.choice(('the ', '', 'all '))}{noun} {'who' if t.person else 'that'} {vp}",
                          f"Which {noun} {vp}, and what are their {c}" if len(cols) == 1 and cols[0] is not t.label else f"{r.choice(VERBS)} {r.choice(('the ', '', 'all '))}{noun} {'who' if t.person else 'that'} {vp} with their {c}"))
            if q.startswith(f"Which {noun} {vp}, and"):
                cols = [t.label] + cols
                return q, True, select_sql(a, cols, t, wh)
            if " with their " in q and t.label not in cols:
                cols = [t.label] + cols
            return q, False, select_sql(a, cols, t, wh)
    np, wh, _ = phrase(a, t, (0.34, 0.34, 0.3, 0.02))
    if r.random() < 0.3 and wh:
        q, isq = ask_list(a, t, np, None)
        return q, isq, select_sql(a, [t.label], t, wh)
    if not wh and r.random() < 0.25:
        if r.random() < 0.2 and not t.person:
            q = r.choice((f"{r.choice(VERBS)} every {t.nouns[0][0]}", f"What {r.choice(t.nouns)[1]} do you have", f"Which {r.choice(t.nouns)[1]} are there", f"{r.choice(VERBS)} everything we sell" if t.canon == "products" else f"{r.choice(VERBS)} each {t.nouns[0][0]}", f"What do we sell" if t.canon == "products" else f"{r.choice(VERBS)} every single {t.nouns[0][0]}"))
            return q, q.startswith("W"), select_sql(a, [t.label], t, "")
        q, isq = ask_list(a, t, np, None)
        return q, isq, select_sql(a, [t.label], t, "")
    cols = choose_cols(r, t)
    q, isq = ask_list(a, t, np, cols)
    return q, isq, select_sql(a, cols, t, wh)


def whose_only(a, t):
    """"Who …" names no table, so its columns must be of one table of people alone."""
    others = [x for x in a.schema.tables if x.person and x is not t]
    return not any(x.col(c.canon) for c in a.used if c.table == t.name for x in others)


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


def everything(a, t):
    r = a.r
    np, wh, _ = phrase(a, t, (0.3, 0.7))
    q = r.choice((f"{r.choice(VERBS)} all columns of {det(r)}{np}", f"{r.choice(VERBS)} everything about {det(r)}{np}", f"{r.choice(VERBS)} all details of {det(r)}{np}", f"{r.choice(VERBS)} all the information about {det(r)}{np}", f"{r.choice(VERBS)} all data on {np}"))
    return q, False, f"SELECT * FROM {t.name}{wh}"
