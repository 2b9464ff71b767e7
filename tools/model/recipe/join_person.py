"""What one person, or one product, has to do with: "Which drugs was Ana Silva prescribed?"."""

import values as V
from ask import choose_cols, say_cols, where
from ask_aggregate import AGG
from ask_order import direction, order_words
from filter_text import quote, said
from paths import join_sql, path
from phrases import VERBS
from schema import DATES, NUMS

# (wanted, named, by way of): what the named one did | did it, in words behind the noun
DID = {
    ("orders", "customers", ()): "did {p} place|has {p} placed|did {p} make|were placed by {p}|does {p} have|belong to {p}|came from {p}",
    ("products", "customers", ("order_items", "orders")): "did {p} buy|did {p} order|has {p} bought|has {p} ordered|did {p} purchase|has {p} purchased|were bought by {p}|were ordered by {p}",
    ("products", "customers", ("reviews",)): "did {p} review|has {p} reviewed|did {p} rate|were reviewed by {p}|has {p} rated|did {p} write a review of|did {p} comment on",
    ("reviews", "customers", ()): "did {p} write|has {p} written|did {p} leave|did {p} post|were written by {p}|come from {p}|has {p} posted",
    ("customers", "products", ("orders", "order_items")): "bought {p}|ordered {p}|have bought {p}|have ordered {p}|purchased {p}",
    ("customers", "products", ("reviews",)): "reviewed {p}|have reviewed {p}|rated {p}|wrote a review of {p}|left a review for {p}",
    ("reviews", "products", ()): "did {p} get|did {p} receive|has {p} received|are there of {p}|are about {p}|were written about {p}|are there for {p}|does {p} have",
    ("orders", "products", ("order_items",)): "contain {p}|include {p}|contained {p}|included {p}",
    ("order_items", "products", ()): "are for {p}|contain {p}|mention {p}|refer to {p}",
    ("appointments", "patients", ()): "did patient {p} have|has patient {p} booked|did patient {p} book|did patient {p} make|does patient {p} have|were booked by patient {p}|were made by patient {p}|has patient {p} had|are for patient {p}|did patient {p} attend",
    ("appointments", "doctors", ()): "did doctor {p} handle|does doctor {p} have|did doctor {p} hold|were handled by {p}|are with doctor {p}|has doctor {p} had|are assigned to doctor {p}|were held by {p}",
    ("doctors", "patients", ("appointments",)): "did {p} see|has {p} seen|treated {p}|did {p} visit|has {p} visited|saw {p}|have treated {p}|have seen {p}|had an appointment with {p}|did {p} have an appointment with|did {p} have appointments with",
    ("patients", "doctors", ("appointments",)): "did {p} treat|has {p} treated|did {p} see|has {p} seen|saw {p}|visited {p}|were treated by {p}|were seen by {p}|had an appointment with {p}|have an appointment with {p}",
    ("prescriptions", "patients", ("appointments",)): "did {p} get|did {p} receive|was {p} given|has {p} received|were issued to {p}|were written for {p}|are for patient {p}",
    ("prescriptions", "doctors", ("appointments",)): "did {p} write|did {p} issue|has {p} written|has {p} issued|were written by {p}|were issued by {p}",
    ("diagnoses", "patients", ("appointments",)): "did {p} get|did {p} receive|has {p} received|was {p} given|were given to {p}|does {p} have|were made for {p}",
    ("diagnoses", "doctors", ("appointments",)): "did {p} make|has {p} made|were made by {p}|did {p} give|come from doctor {p}",
}
# Columns that have questions of their own.
COLUMN = {
    ("prescriptions", "patients"): {"drug": "Which drugs was {p} prescribed|What drugs does {p} take|Which drugs were prescribed to {p}|Which medication was {p} given|What was {p} prescribed|Which drugs has {p} been prescribed|List the drugs that were prescribed to {p}|List the drugs prescribed to {p}|What medicine does {p} take|List every drug prescribed for {p}|Which drugs did {p} get"},
    ("prescriptions", "doctors"): {"drug": "Which drugs did {p} prescribe|What drugs has {p} prescribed|Which drugs were prescribed by {p}|List the drugs prescribed by {p}|List the drugs that doctor {p} prescribed|What does doctor {p} prescribe"},
    ("diagnoses", "patients"): {"description": "What was {p} diagnosed with|What has {p} been diagnosed with|Which conditions was {p} diagnosed with|What did the doctors find in {p}|What illnesses does {p} have"},
    ("diagnoses", "doctors"): {"description": "What did {p} diagnose|Which conditions has {p} diagnosed"},
    ("appointments", "patients"): {"scheduled_at": "When did {p} come in|When are the appointments of patient {p}|When does patient {p} have appointments|When was patient {p} here|When did patient {p} have appointments", "reason": "Why did {p} come in|For what reasons did patient {p} come|What did {p} come in for", "fee": "How much was {p} charged|What fees did {p} pay"},
    ("appointments", "doctors"): {"scheduled_at": "When does doctor {p} have appointments|When are the appointments of doctor {p}"},
    ("orders", "customers"): {"ordered_at": "When did {p} order|When did {p} place orders|On which dates did {p} order", "payment_method": "How did {p} pay|How were the orders of {p} paid", "status": "What is the status of {p}'s orders|What is the state of the orders of {p}"},
    ("reviews", "products"): {"comment": "What do people say about {p}|What was written about {p}|What do the reviews of {p} say", "rating": "How was {p} rated|How did people rate {p}|Which ratings did {p} get|Which ratings did {p} receive"},
    ("products", "customers", "reviews"): {"category": "Which product categories has {p} reviewed|Which categories did {p} review|Which categories do the products that {p} reviewed belong to|Which kinds of products did {p} review"},
    ("products", "customers"): {"category": "Which categories did {p} buy from|From which categories did {p} buy|Which product categories has {p} ordered from"},
}


def named(r, y):
    v = (V.person if y.label.kind == "person" else V.title)(r)
    s = said(r, v)
    x = r.random()
    one = r.choice(y.nouns)[0]
    return v, s if x < 0.72 else f"{r.choice(('the ', ''))}{one} {s}" if x < 0.86 else f"the {one} named {s}" if x < 0.93 else f"the {one} called {s}"


def by_person(a):
    r, schema = a.r, a.schema
    ready = []
    for (x, y, middle), text in DID.items():
        stops = [schema.table(t) for t in (x, *middle, y)]
        if all(stops) and all(steps := [path(schema, s, t, 1) for s, t in zip(stops, stops[1:])]) and stops[-1].label.kind in ("person", "title"):
            ready.append((stops[0], stops[-1], [p[0] for p in steps], text.split("|"), middle))
    if not ready:
        return None
    x, y, steps, did, middle = r.choice(ready)
    a.qual = True
    v, p = named(r, y)
    verb = r.choice(did)
    if verb.split("{p}")[0].endswith(("patient ", "doctor ")):
        p = v
    sqls, fs = a.conds(x, (0.75, 0.25))
    np, order = (r.choice(x.nouns)[1], []) if not sqls else (None, None)
    if np is None:
        ways = [f for f in fs[0] if f[0] == "adj"]
        if ways:
            np = f"{r.choice(ways)[1]} {r.choice(x.nouns)[1]}"
        else:
            sqls, np = [], r.choice(x.nouns)[1]
    verb = verb.replace("{p}", p)
    own = verb.split()[0] in ("did", "has", "does", "was") and (v in verb)
    wh = where(r, sqls + [f"{a.ref(y.label)} = {quote(v)}"])
    frm = f" FROM {x.name}{join_sql(steps)}{wh}"
    k = r.random()
    special = COLUMN.get((x.canon, y.canon), {}) if middle != ("reviews",) else COLUMN.get((x.canon, y.canon, "reviews"), {})
    if special and k < 0.22 and not sqls:
        canon = r.choice(sorted(special))
        c = x.col(canon)
        if c:
            q = r.choice(special[canon].split("|")).replace("{p}", p)
            once = q.startswith("Which ") and r.random() < 0.3
            return q.replace("Which ", f"Which {r.choice(('different', 'distinct', 'different', 'unique'))} ", 1) if once else q, True, f"SELECT {'DISTINCT ' * once}{a.ref(c)}{frm}"
    if k < 0.36 and (x.canon, y.canon) == ("orders", "customers") and x.col("total") and r.random() < 0.7:
        q, f = r.choice((("How much has {p} spent", "SUM"), ("How much did {p} spend in total", "SUM"), ("What is the total value of all orders of {p}", "SUM"), ("What is the sum of all orders placed by {p}", "SUM"), ("How much money did {p} spend with us", "SUM"), ("What does {p} spend on average per order", "AVG"), ("What is {p}'s largest order", "MAX"), ("Total spent by {p}", "SUM"), ("How much did {p} pay in total", "SUM"), ("What do the orders of {p} add up to", "SUM")))
        return q.replace("{p}", p), True, f"SELECT {f}({a.ref(x.col('total'))}){' FROM '}{x.name}{join_sql(steps)} WHERE {a.ref(y.label)} = {quote(v)}"
    # "Appointments of X" are a patient's; a doctor is called one.
    if y.canon == "doctors" and x.canon != "patients" and p == v:
        p = f"{r.choice(('doctor', 'Dr.', 'the doctor', 'Dr'))} {v}"
    mine = f"{p}'s {np}" if (p == v or p.startswith("D")) and r.random() < 0.4 else f"the {np} {r.choice(('of', 'of', 'by' if y.canon in ('customers', 'doctors') and x.canon not in ('appointments',) else 'of'))} {p}"
    odd = (x.canon, y.canon) in (("customers", "products"), ("orders", "products"), ("products", "customers"), ("order_items", "products"))
    if k < 0.5:
        f, c = r.choice(("COUNT", "COUNT", "AVG", "SUM", "MIN", "MAX")), None
        cols = [c for c in x.columns if c.kind in NUMS and c.canon not in ("price", "rating")] or [c for c in x.columns if c.kind in NUMS]
        if f == "COUNT" or not cols or odd:
            q = f"How many {np} {verb}" if odd or r.random() < 0.8 else f"{r.choice(('Count', 'Number of', 'How many are', 'Give me the number of'))} {mine}"
            return q, q.startswith("How"), f"SELECT COUNT(*){frm}"
        c = r.choice(cols)
        w = r.choice([w for w in AGG[f] if not w.startswith("sum of")])
        q = f"{r.choice(('What is the', 'Show the', 'Give me the', 'Calculate the'))} {w} {r.choice(c.says)} of {mine}"
        return q, q.startswith("What"), f"SELECT {f}({a.ref(c)}){frm}"
    dist, d = ("DISTINCT ", r.choice(("different ", "distinct ", "unique "))) if r.random() < 0.2 else ("", "")
    if k < 0.72:
        return f"{r.choice(('Which', 'Which', 'What'))} {d}{np} {verb}", True, f"SELECT {dist}{a.ref(x.label)}{frm}"
    cols = choose_cols(r, x)
    w = say_cols(r, cols, True)
    sel = f"SELECT {dist}{', '.join(a.ref(c) for c in cols)}{frm}"
    tail = ""
    if r.random() < 0.15:
        c = r.choice([c for c in x.columns if c.kind in NUMS | DATES] or [x.label])
        desc = r.random() < 0.5
        tail = r.choice((" ", ", ")) + order_words(r, c, desc)
        sel += f" ORDER BY {a.ref(c)}{direction(c, desc)}"
    that = mine
    if own and (x.canon, y.canon) in (("customers", "products"), ("orders", "products"), ("products", "customers")):
        return f"{r.choice(('Which', 'Which', 'What'))} {d}{np} {verb}", True, f"SELECT {dist}{a.ref(x.label)}{frm}"
    if not own:
        that = f"the {np} that {verb}" if not x.person else f"the {np} who {verb}"
    if dist:
        return f"{r.choice(VERBS)} the {d}{w} of {that}{tail}", False, sel
    if x.label not in cols and r.random() < 0.2:
        w = w.replace("the ", "")
        return f"{r.choice(VERBS)} {that} with {r.choice(('their ', 'the ', ''))}{w}{tail}", False, sel.replace("SELECT ", f"SELECT {a.ref(x.label)}, ", 1)
    q = r.choice((f"{r.choice(VERBS)} the {w} of {that}", f"{r.choice(VERBS)} the {w} {r.choice(('of', 'for'))} {that}", f"What are the {w} of {that}", f"For {that}, {r.choice(VERBS[:12]).lower()} the {w}", f"{w[0].upper()}{w[1:]} of {that}"))
    return q + tail, q.startswith("What"), sel
