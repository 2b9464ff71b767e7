"""Conditions on numbers."""

import values as V
from filter_text import article

OPS = {
    ">": ["more than", "over", "above", "greater than", "higher than", "more than", "over", "above", "exceeding"],
    "<": ["less than", "under", "below", "lower than", "fewer than", "less than", "under", "below", "smaller than"],
    ">=": ["at least", "at least", "no less than", "a minimum of", "not less than", "{v} or more", "{v} and above", "{v} or above"],
    "<=": ["at most", "at most", "no more than", "up to", "a maximum of", "not more than", "{v} or less", "{v} or fewer"],
}


def fill(r, forms, op, say):
    """Puts an operator's words and a value into "{op} {v}" forms."""
    out = []
    for kind, t in forms:
        if "{op}" not in t:
            out.append((kind, t.replace("{v}", say)))
            continue
        w = r.choice(OPS[op])
        if "{v}" in w:
            out.append((kind, t.replace("{op} {v}", w.replace("{v}", say))))
            continue
        before = t.split("{op}")[0].rstrip()
        if kind == "with" and before and w.split()[0] in ("more", "less", "at", "no", "a", "up", "not", "fewer") and r.random() < 0.75:
            w = "of " + w
        out.append((kind, t.replace("{op}", w).replace("{v}", say)))
    return out


def number_filter(r, ref, c, s, ops):
    n = c.number(r)
    say = V.say_number(r, n)
    k = r.random()
    if k < 0.1 and "zero" in c.forms:
        return (f"{ref} = 0", list(c.forms["zero"])) if r.random() < 0.7 else (f"{ref} > 0", list(c.forms["pos"]))
    if k < 0.16 and c.kind == "int" and c.hi > 2:
        m = c.number(r)
        if m != n:
            return f"{ref} IN ({n}, {m})", [(a, t.replace("{v}", f"{n} or {m}")) for a, t in list(c.forms.get("eq", ())) + [("with", f"{article(s)} of {{v}}"), ("whose", f"{s} is {{v}}"), ("whose", f"{s} is either {{v}}")] if "-" not in t]
    if k < 0.28:
        forms = list(c.forms.get("eq", ())) * 2 + [("with", f"{article(s)} of {{v}}"), ("whose", f"{s} is {{v}}"), ("with", f"{s} {{v}}"), ("with", f"{article(s)} of exactly {{v}}"), ("whose", f"{s} equals {{v}}"), ("whose", f"{s} is exactly {{v}}")]
        for kind, t in c.forms.get("cmp", ()):
            forms.append((kind, t.replace("{op}", "exactly")))
        if r.random() < 0.12:
            return f"{ref} <> {n}", [("whose", f"{s} is not {say}"), ("with", f"{article(s)} other than {say}"), ("whose", f"{s} is different from {say}")]
        return f"{ref} = {n}", [(a, t.replace("{v}", say)) for a, t in forms]
    if k < 0.42:
        m = c.number(r)
        if m < n:
            n, m = m, n
        if n != m:
            a, b = V.say_number(r, n), V.say_number(r, m)
            forms = list(c.forms.get("between", ())) * 2 + [("with", f"{article(s)} between {{v}} and {{w}}"), ("whose", f"{s} is between {{v}} and {{w}}"), ("with", f"{s} between {{v}} and {{w}}"), ("with", f"{article(s)} from {{v}} to {{w}}"), ("whose", f"{s} lies between {{v}} and {{w}}"), ("with", f"{article(s)} in the range {{v}} to {{w}}")]
            forms += [(kk, t.replace("{op} {v}", "between {v} and {w}")) for kk, t in c.forms.get("cmp", ())]
            return f"{ref} BETWEEN {n} AND {m}", [(kk, t.replace("{v}", a).replace("{w}", b)) for kk, t in forms]
    op = r.choice((">", ">", ">", "<", "<", ">=", "<="))
    extra = {">": "gt", "<": "lt"}.get(op)
    forms = list(c.forms.get("cmp", ())) * 2 + [("with", f"{article(s)} {{op}} {{v}}"), ("whose", f"{s} is {{op}} {{v}}"), ("with", f"{s} {{op}} {{v}}")]
    if extra:
        forms += list(c.forms.get(extra, ())) * 2
    return f"{ref} {op} {n}", fill(r, forms, op, say)
