"""Who has to do with a value of another table: "Which patients take Metformin?", "Who saw a cardiologist?"."""

import values as V
from ask import choose_cols, say_cols, where
from filter_text import quote
from paths import join_sql, path
from phrases import VERBS, one_does

ONE = {v: k.removesuffix("s") for k, v in ((many, one) for one, many in V.SPECIALISTS.items())}

# (wanted, where the value is, by way of, column): what the wanted did with {v}
DID = {
    ("patients", "prescriptions", ("appointments",), "drug"): "were prescribed {v}|take {v}|have been prescribed {v}|got {v}|received {v}|were given {v}|are on {v}|use {v}|have a prescription for {v}|had {v} prescribed",
    ("doctors", "prescriptions", ("appointments",), "drug"): "prescribed {v}|have prescribed {v}|gave {v}|prescribe {v}|wrote prescriptions for {v}",
    ("patients", "diagnoses", ("appointments",), "description"): "were diagnosed with {v}|have {v}|suffer from {v}|have been diagnosed with {v}|had {v}|got the diagnosis {v}",
    ("doctors", "diagnoses", ("appointments",), "description"): "diagnosed {v}|have diagnosed {v}|found {v}",
    ("patients", "doctors", ("appointments",), "specialty"): "saw a {s}|were treated by a {s}|had an appointment with a {s}|visited a {s}|have seen a {s}|went to a {s}|have an appointment with a {s}|were seen by a {s}|saw a doctor in {v}|saw a doctor of {v}|had an appointment in {v}|were treated in {v}",
    ("appointments", "doctors", (), "specialty"): "are with a {s}|were with a {s}|were handled by a {s}|are in {v}|took place in {v}|belong to {v}",
    ("customers", "products", ("orders", "order_items"), "category"): "bought {v} products|ordered {v} products|bought something from {v}|bought something in the {v} category|ordered from the {v} category|have bought products in {v}|purchased {v} products|bought {v} articles",
    ("orders", "products", ("order_items",), "category"): "contain {v} products|include {v} products|contain products from {v}|contain something from the {v} category|include products in the {v} category|contain {v} articles",
    ("customers", "products", ("reviews",), "category"): "reviewed {v} products|have reviewed {v} products|wrote reviews of {v} products|reviewed something in the {v} category",
    ("reviews", "products", (), "category"): "are about {v} products|were written about {v} products|are for products in {v}|belong to {v} products",
    ("customers", "orders", (), "payment_method"): "paid by {v}|paid with {v}|have paid by {v}|used {v}|paid via {v}|paid using {v}",
    ("customers", "orders", (), "status"): "have {v} orders|have a {v} order|had an order {v}|had orders {v}",
    ("patients", "appointments", (), "status"): "have {v} appointments|have a {v} appointment|had {v} appointments",
    ("patients", "appointments", (), "reason"): "came in for {v}|came because of {v}|had an appointment for {v}|came for {v}",
    ("customers", "reviews", (), "rating"): "gave {v} stars|gave a rating of {v}|have given {v} stars|left a {v}-star review|wrote a {v}-star review",
    ("products", "reviews", (), "rating"): "got {v} stars|received a rating of {v}|got a {v}-star review|have a {v}-star review|were rated {v}|received {v} stars",
}


def value(r, c):
    """(sql, {v} and {s} as said) of a value of the column."""
    if c.kind == "enum":
        v = r.choice(c.labels)
        said = {"no_show": "missed", "transfer": r.choice(("bank transfer", "transfer", "wire transfer")), "card": r.choice(("card", "credit card")), "paypal": r.choice(("PayPal", "paypal"))}.get(v, v)
        return quote(v), said, said
    if c.canon == "rating":
        n = r.randint(1, 5)
        return str(n), r.choice((str(n), V.NUMBER_WORDS[n])), ""
    v = V.spaced(r.choice({"specialty": V.SPECIALTIES, "category": V.CATEGORIES, "drug": V.DRUGS, "disease": V.DISEASES, "reason": V.REASONS}[c.kind]))
    if c.kind in ("drug", "disease") and r.random() < 0.35:
        v = V.made_up(r)
    said = v.lower() if c.kind in ("category", "specialty") and r.random() < 0.3 else v
    return quote(v), said, ONE.get(v, "")


def by_value(a):
    r, schema = a.r, a.schema
    ready = []
    for (x, y, middle, canon), text in DID.items():
        stops = [schema.table(t) for t in (x, *middle, y)]
        if all(stops) and stops[-1].col(canon) and all(steps := [path(schema, s, t, 1) for s, t in zip(stops, stops[1:])]):
            ready.append((stops[0], stops[-1].col(canon), [p[0] for p in steps], text.split("|")))
    if not ready:
        return None
    x, c, steps, did = r.choice(ready)
    a.qual = True
    sql, v, s = value(r, c)
    verb = r.choice([d for d in did if s or "{s}" not in d])
    verb = verb.replace("{v}", v).replace("a {s}", ("an " if s[:1] in "aeiou" else "a ") + s)
    front, own = "", []
    if r.random() < 0.25:
        sqls, fs = a.conds(x, (0, 1))
        ways = [t for f in fs for k, t in f if k == "adj"]
        if ways:
            front, own = r.choice(ways) + " ", sqls
    noun = front + r.choice(x.nouns)[1]
    wh = where(r, own + [f"{a.ref(c)} = {sql}"])
    frm = f" FROM {x.name}{join_sql(steps)}{wh}"
    dist, d = ("DISTINCT ", r.choice(("different ", "distinct ", "unique ", "different "))) if r.random() < 0.45 else ("", "")
    k = r.random()
    if k < 0.25:
        sel = f"COUNT(DISTINCT {x.name}.id)" if dist else "COUNT(*)"
        return f"How many {d}{noun} {verb}", True, f"SELECT {sel}{frm}"
    if k < 0.4 and x.person and not front:
        q = f"Who {one_does(verb)}" + r.choice(("", "", " (each once)", ", without duplicates") if dist else ("",))
        dist = dist if "(" in q or "duplicates" in q else ""
        return q, True, f"SELECT {dist}{a.ref(x.label)}{frm}"
    if k < 0.7:
        return f"{r.choice(('Which', 'Which', 'What'))} {d}{noun} {verb}", True, f"SELECT {dist}{a.ref(x.label)}{frm}"
    who = "who" if x.person else r.choice(("that", "which"))
    if k < 0.85:
        return f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{d}{noun} {who} {verb}", False, f"SELECT {dist}{a.ref(x.label)}{frm}"
    cols = choose_cols(r, x)
    w = say_cols(r, cols, True)
    return f"{r.choice(VERBS)} the {d}{w} of {r.choice(('', 'the ', 'all '))}{noun} {who} {verb}", False, f"SELECT {dist}{', '.join(a.ref(c) for c in cols)}{frm}"
