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
        k, t = r.choice(ways)
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


def col_of(r, t, c, ent):
    """How a column of another table is named in a list: "customer name", "name of the customer"."""
    s = r.choice(c.says)
    one = r.choice(t.nouns)[0]
    if c is t.label and c.kind in ("person", "title") and r.random() < 0.3:
        return r.choice((f"{one} name", f"{one} name", f"name of the {one}", f"{one}'s name"))
    if s.startswith(one):
        return s
    return r.choice((f"{one} {s}", f"{one} {s}", f"{s} of the {one}", f"{one}'s {s}", f"the {s} of the {one}"))
