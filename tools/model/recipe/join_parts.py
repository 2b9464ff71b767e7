"""The other table of a question, as it is mentioned."""

import values as V
from filter_text import article, quote, said
from phrases import noun_phrase, relative


def related(a, b, need=True, always_np=False):
    """The other table as it is mentioned: (words, [conditions])."""
    r = a.r
    label = b.label
    if label.kind in ("person", "title") and r.random() < 0.27 and not always_np:
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


def joined_np(a, x, f, b_words, own=(0.5, 0.44, 0.06), singular=False):
    """"pending orders placed by customers from Brazil": (words, own conditions before, after)."""
    r = a.r
    sqls, fs = a.conds(x, own)
    kind, text = r.choice(f)
    rel = relative(r, x, kind, text.replace("{b}", b_words))
    noun = r.choice(x.nouns)[1]
    before, after, pre, post = [], [], "", ""
    for s, ways in zip(sqls, fs):
        front = [f for f in ways if f[0] in ("adj", "noun")] if r.random() < 0.25 else []
        k, t = r.choice(front or ways)
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


WHO = {("orders", "customers"): "who placed it|who placed them|who ordered|the buyer|the customer who placed it", ("reviews", "customers"): "who wrote it|the author|who wrote them|its author|the customer who wrote it", ("reviews", "products"): "the product|the product it is about|which product it is about|the reviewed product", ("order_items", "products"): "the product|what was ordered|the ordered product|which product it is",
       ("appointments", "patients"): "the patient|who it is for|who it was for|which patient it is for", ("appointments", "doctors"): "the doctor|who handled it|which doctor it is with|the doctor who handled it", ("prescriptions", "patients"): "the patient|who it is for|who got it", ("prescriptions", "doctors"): "the doctor|who wrote it|who issued it|the prescribing doctor", ("diagnoses", "patients"): "the patient|whose it is", ("diagnoses", "doctors"): "the doctor|who made it|the doctor who made it"}


def col_of(r, t, c, ent):
    """How a column of another table is named in a list: "customer name", "name of the customer"."""
    s = r.choice(c.says)
    one = r.choice(t.nouns)[0]
    if c is t.label and c.kind in ("person", "title") and r.random() < 0.3:
        return r.choice((f"{one} name", f"{one} name", f"name of the {one}", f"{one}'s name"))
    if c is t.label and c.kind in ("person", "title") and r.random() < 0.22:
        return r.choice(WHO.get((ent.canon, t.canon), f"{one}|the {one}").split("|") + [one])
    if s.startswith(one):
        return s
    return r.choice((f"{one} {s}", f"{one} {s}", f"{s} of the {one}", f"{one}'s {s}", f"the {s} of the {one}"))
