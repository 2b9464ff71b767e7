"""Conditions: each is a piece of SQL and the many ways to say it.

A way is (kind, text). Kinds: adj "active customers", pp "customers from X", with "customers with X / that have X",
part "customers born in X", vp "customers who live in X", whose "customers whose X", noun "cardiologists".
"""

from filter_date import date_filter
from filter_number import number_filter
from filter_text import article, generic_text, label_said, quote, said, text_filter
from more_words import LABELS
from schema import DATES, NUMS, TEXT


def enum_filter(r, ref, c, s):
    labels = list(c.labels)
    r.shuffle(labels)
    k = r.random()
    say = label_said(r, labels[0])
    if k < 0.76:
        aka = LABELS.get(f"{c.labels[0]}:{labels[0]}")
        if aka and r.random() < 0.3:
            return f"{ref} = '{labels[0]}'", list(aka)
        forms = list(c.forms.get("eq", ())) * 2 + generic_text(c, s, "eq") + ([("adj", "{v}"), ("vp", "are {v}")] if not c.forms else [])
        return f"{ref} = '{labels[0]}'", [(a, t.replace("{v}", said(r, say) if a in ("with", "whose") else say)) for a, t in forms]
    if k < 0.87:
        forms = list(c.forms.get("ne", ())) * 2 + generic_text(c, s, "ne")
        return f"{ref} <> '{labels[0]}'", [(a, t.replace("{v}", say)) for a, t in forms]
    n = 3 if len(labels) > 3 and r.random() < 0.15 else 2
    two = labels[:n]
    w = ", ".join(label_said(r, x) for x in two[:-1]) + " or " + label_said(r, two[-1])
    if k < 0.97 or len(labels) < 3:
        if r.random() < 0.2:
            w = "either " + w
        forms = [f for f in c.forms.get("eq", ()) if f[0] != "noun"] * 2 + [("whose", f"{s} is {{v}}"), ("with", f"{s} {{v}}")]
        return f"{ref} IN ({', '.join(map(quote, two))})", [(a, t.replace("{v}", w)) for a, t in forms if not (a == "adj" and "either" in w)]
    return f"{ref} NOT IN ({', '.join(map(quote, two))})", [("vp", f"are neither {label_said(r, two[0])} nor {label_said(r, two[1])}"), ("whose", f"{s} is neither {label_said(r, two[0])} nor {label_said(r, two[1])}"), ("whose", f"{s} is not {w}")]


def bool_filter(r, ref, c, s):
    yes = r.random() < 0.52
    words = c.name.replace("is_", "").replace("_", " ")
    if c.forms:
        forms = list(c.forms["yes" if yes else "no"])
    else:
        forms = [("vp", f"are {words}"), ("part", f"marked as {words}"), ("adj", words)] if yes else [("vp", f"are not {words}"), ("part", f"not marked as {words}"), ("part", f"not {words}")]
    return (f"{ref}" if yes else f"NOT {ref}"), forms


def null_filter(r, ref, c, s):
    if r.random() < 0.6:
        forms = list(c.forms.get("isnull", ())) * 2 + [("pp", f"without {article(s)}"), ("with", f"no {s}"), ("whose", f"{s} is missing"), ("whose", f"{s} is unknown"), ("whose", f"{s} is null"), ("whose", f"{s} is not known"), ("whose", f"{s} is empty"), ("vp", f"lack {article(s)}"), ("vp", f"do not have {article(s)}"), ("pp", f"without a known {s}"), ("with", f"a missing {s}"), ("whose", f"{s} is not set"), ("whose", f"{s} is not recorded"), ("pp", f"without any {s}"), ("part", f"missing {article(s)}"), ("with", f"no known {s}"), ("with", f"an unknown {s}"), ("whose", f"{s} was not recorded"), ("whose", f"{s} we do not know"), ("where", f"no {s} is recorded"), ("where", f"the {s} is missing"), ("where", f"no {s} was given"), ("with", f"no {s} on file"), ("with", f"no {s} on record"), ("with", f"an empty {s}"), ("vp", f"have no {s}"), ("whose", f"{s} is blank"), ("whose", f"{s} was never recorded"), ("part", f"lacking {article(s)}"), ("vp", f"are missing {article(s)}"), ("where", f"we have no {s}")]
        return f"{ref} IS NULL", forms
    forms = list(c.forms.get("notnull", ())) * 2 + [("with", article(s)), ("whose", f"{s} is known"), ("with", f"a known {s}"), ("whose", f"{s} is not null"), ("whose", f"{s} is set"), ("whose", f"{s} is recorded"), ("whose", f"{s} is not missing"), ("with", f"a recorded {s}"), ("with", f"{article(s)} on file"), ("whose", f"{s} is filled in")]
    return f"{ref} IS NOT NULL", forms


def make_filter(r, c, ref, ops=("like", "null")):
    """(sql, forms) of one random condition on column c, written as ref in SQL."""
    s = r.choice(c.says)
    if c.null and "null" in ops and r.random() < 0.3:
        return null_filter(r, ref, c, s)
    if c.kind in TEXT:
        return text_filter(r, ref, c, s, ops)
    if c.kind in NUMS:
        return number_filter(r, ref, c, s, ops)
    if c.kind in DATES:
        return date_filter(r, ref, c, s)
    if c.kind == "enum":
        return enum_filter(r, ref, c, s)
    if c.kind == "bool":
        return bool_filter(r, ref, c, s)
    n = r.choice((r.randint(1, 99), r.randint(1, 3000)))
    if r.random() < 0.2:
        return f"{ref} < {n}", [("with", f"an id below {n}"), ("whose", f"id is less than {n}"), ("with", f"an id under {n}")]
    w = s if c.kind == "fk" else "id"
    if c.kind == "fk" and r.random() < 0.6:
        one = c.name.removesuffix("_id").replace("_", " ")
        return f"{ref} = {n}", [("pp", f"of {one} {n}"), ("pp", f"for {one} {n}"), ("pp", f"of {one} number {n}"), ("pp", f"in {one} {n}"), ("part", f"belonging to {one} {n}"), ("vp", f"belong to {one} {n}"), ("pp", f"of the {one} with id {n}")]
    return f"{ref} = {n}", [("with", f"{w} {n}"), ("with", f"the {w} {n}"), ("whose", f"{w} is {n}"), ("with", f"{w} equal to {n}"), ("with", f"{w} number {n}")]


def filterable(t):
    """Columns of a table that a condition may be on, the likelier ones more than once."""
    out = []
    for c in t.columns:
        if c.kind == "id":
            out.append(c) if len(t.columns) < 4 else None
        elif c.kind == "fk":
            out.append(c)
        elif c.kind in ("person", "title", "email", "code"):
            out += [c] * 2
        else:
            out += [c] * 4
    return out or t.columns
