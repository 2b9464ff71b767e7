"""Conditions: each is a piece of SQL and the many ways to say it.

A way is (kind, text). Kinds: adj "active customers", pp "customers from X", with "customers with X / that have X",
part "customers born in X", vp "customers who live in X", whose "customers whose X", noun "cardiologists".
"""

import datetime as dt

import values as V
from schemas import DATES, NUMS, TEXT

OPS = {
    ">": ["more than", "over", "above", "greater than", "higher than", "more than", "over", "above", "exceeding"],
    "<": ["less than", "under", "below", "lower than", "fewer than", "less than", "under", "below", "smaller than"],
    ">=": ["at least", "at least", "no less than", "a minimum of", "not less than", "{v} or more", "{v} and above", "{v} or above"],
    "<=": ["at most", "at most", "no more than", "up to", "a maximum of", "not more than", "{v} or less", "{v} or fewer"],
}


def quote(v):
    return "'" + str(v).replace("'", "''") + "'"


def said(r, v):
    """A text value in a question: bare mostly, sometimes in quotes."""
    x = r.random()
    return v if x < 0.86 else f"'{v}'" if x < 0.93 else f'"{v}"'


def label_said(r, v):
    return r.choice(("no-show", "no_show", "no show", "no-show")) if v == "no_show" else v.replace("_", " ")


def article(noun):
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


def date_phrase(r, ref, c):
    """(words, sql, kind) of a condition on a date; ranges are half open, days of a timestamp go through ::date."""
    make = V.birthday if c.kind == "birth" else V.day
    d = make(r)
    day = f"{ref}::date" if c.kind == "ts" else ref
    y, m = d.year, V.MONTHS[d.month - 1]
    first, nxt = dt.date(y, d.month, 1), V.month_after(d)
    x = r.random()
    if x < 0.46:
        say = V.say_day(r, d)
        k = r.random()
        if k < 0.24:
            return r.choice(("before", "before", "before", "earlier than", "prior to")) + " " + say, f"{ref} < '{d}'"
        if k < 0.5:
            return r.choice(("after", "after", "after", "later than")) + " " + say, f"{day} > '{d}'"
        if k < 0.62:
            return r.choice((f"on or after {say}", f"since {say}", f"from {say} on", f"from {say} onwards", f"starting {say}", f"since {say}")), f"{ref} >= '{d}'"
        if k < 0.7:
            return r.choice(("on or before", "until", "up to", "no later than", "by")) + " " + say, f"{day} <= '{d}'"
        if k < 0.85:
            return "on " + say, f"{day} = '{d}'"
        e = d + dt.timedelta(days=r.randrange(5, 700))
        a, b = V.say_day(r, d), V.say_day(r, e)
        return r.choice((f"between {a} and {b}", f"between {a} and {b}", f"from {a} to {b}")), f"{day} BETWEEN '{d}' AND '{e}'"
    if x < 0.78:
        k = r.random()
        if k < 0.56:
            return r.choice((f"in {y}", f"in {y}", f"in {y}", f"during {y}", f"in the year {y}", f"in the course of {y}")), f"{ref} >= '{y}-01-01' AND {ref} < '{y + 1}-01-01'"
        if k < 0.7:
            return r.choice((f"before {y}", f"prior to {y}", f"before the year {y}")), f"{ref} < '{y}-01-01'"
        if k < 0.8:
            return r.choice((f"after {y}", f"later than {y}")), f"{ref} >= '{y + 1}-01-01'"
        if k < 0.9:
            return r.choice((f"since {y}", f"from {y} on", f"from {y} onwards", f"in {y} or later", f"since the start of {y}")), f"{ref} >= '{y}-01-01'"
        z = y + r.randint(1, 4)
        return r.choice((f"between {y} and {z}", f"from {y} to {z}")), f"{ref} >= '{y}-01-01' AND {ref} < '{z + 1}-01-01'"
    k = r.random()
    if k < 0.7:
        return r.choice((f"in {m} {y}", f"in {m} {y}", f"in {m} {y}", f"during {m} {y}", f"in {m} of {y}")), f"{ref} >= '{first}' AND {ref} < '{nxt}'"
    if k < 0.78:
        return f"before {m} {y}", f"{ref} < '{first}'"
    if k < 0.84:
        return f"after {m} {y}", f"{ref} >= '{nxt}'"
    if k < 0.92:
        return f"since {m} {y}", f"{ref} >= '{first}'"
    if k < 0.96:
        q = r.randint(1, 4)
        a = dt.date(y, 3 * q - 2, 1)
        b = V.month_after(dt.date(y, 3 * q, 1))
        return f"in the {('first', 'second', 'third', 'fourth')[q - 1]} quarter of {y}", f"{ref} >= '{a}' AND {ref} < '{b}'"
    e = d + dt.timedelta(days=r.randrange(35, 500))
    return r.choice((f"between {m} {y} and {V.MONTHS[e.month - 1]} {e.year}", f"from {m} {y} to {V.MONTHS[e.month - 1]} {e.year}")), f"{ref} >= '{first}' AND {ref} < '{V.month_after(e)}'"


def generic_text(c, s, op):
    a = article(s)
    if op == "eq":
        return [("whose", f"{s} is {{v}}"), ("with", f"{s} {{v}}"), ("with", f"the {s} {{v}}"), ("where", f"the {s} is {{v}}"), ("whose", f"{s} equals {{v}}"), ("with", f"{{v}} as {s}")]
    if op == "ne":
        return [("whose", f"{s} is not {{v}}"), ("with", f"{a} other than {{v}}"), ("where", f"the {s} is not {{v}}"), ("whose", f"{s} isn't {{v}}"), ("with", f"{a} different from {{v}}")]
    return []


def text_filter(r, ref, c, s, ops):
    k = r.random()
    if "like" in ops and c.kind not in ("blood", "insurer") and k < (0.3 if c.kind in ("person", "title", "email", "comment", "disease") else 0.1):
        return like_filter(r, ref, c, s)
    make = V.__dict__.get(c.kind) or V.word
    from schemas import KINDS
    make = KINDS[c.kind][1]
    v = make(r)
    if c.kind == "comment":
        return like_filter(r, ref, c, s)
    say = said(r, v)
    if c.kind in ("category", "specialty") and v in V.CATEGORIES + V.SPECIALTIES and r.random() < 0.06:
        say = v.lower()
    k = r.random()
    if k < 0.76 or c.kind == "person":
        forms = list(c.forms.get("eq", ())) * 2 + generic_text(c, s, "eq")
        if c.kind in ("person", "title"):
            forms = [("part", "named {v}"), ("part", "called {v}"), ("part", "named {v}"), ("with", "the name {v}"), *generic_text(c, s, "eq")]
        out = []
        for kind, t in forms:
            if "{dem}" in t:
                if v in V.DEMONYMS and r.random() < 0.3:
                    out.append((kind, V.DEMONYMS[v]))
            elif "{spec}" in t:
                if v in V.SPECIALISTS and r.random() < 0.4:
                    out.append((kind, V.SPECIALISTS[v]))
            else:
                out.append((kind, t.replace("{v}", say)))
        return f"{ref} = {quote(v)}", out
    if k < 0.87:
        forms = list(c.forms.get("ne", ())) * 2 + generic_text(c, s, "ne")
        return f"{ref} <> {quote(v)}", [(kk, t.replace("{v}", say)) for kk, t in forms]
    vs = [v, make(r)] + ([make(r)] if r.random() < 0.2 else [])
    vs = list(dict.fromkeys(vs))
    if len(vs) < 2:
        return f"{ref} = {quote(v)}", [("whose", f"{s} is {say}")]
    says = [v if say == v else quote(v) for v in vs]
    if k < 0.96:
        words = ", ".join(says[:-1]) + " or " + says[-1]
        if len(says) == 2 and r.random() < 0.25:
            words = "either " + words
        forms = [f for f in c.forms.get("eq", ()) if f[0] not in ("adj", "noun") and "{v} " not in f[1]] * 2 + [("whose", f"{s} is {{v}}"), ("with", f"{s} {{v}}"), ("whose", f"{s} is one of {{v}}")]
        return f"{ref} IN ({', '.join(map(quote, vs))})", [(kk, t.replace("{v}", words)) for kk, t in forms]
    words = " or ".join(says)
    forms = [f for f in c.forms.get("ne", ()) if "except" not in f[1]] * 2 + [("whose", f"{s} is not {{v}}"), ("whose", f"{s} is neither {' nor '.join(says)}"), ("with", f"{article(s)} other than {{v}}")]
    return f"{ref} NOT IN ({', '.join(map(quote, vs))})", [(kk, t.replace("{v}", words)) for kk, t in forms]


def like_filter(r, ref, c, s):
    x = r.random()
    make = {"person": V.FIRST, "title": V.NOUN + V.ADJ, "disease": V.DISEASES}.get(c.kind)
    v = V.spaced(r.choice(make)) if make and r.random() < 0.45 else V.snippet(r) if c.kind in ("comment", "email", "reason") else V.made_up(r)
    if r.random() < 0.12:
        v = v.lower()
    a, the = article(s), "the " + s
    if x < 0.4 and c.kind != "comment":
        if r.random() < 0.55:
            v = r.choice("ABCDEFGHIJKLMNOPRSTVWZ" if c.kind != "email" else "abcdefghijklmnoprst")
        say = f"the letter {v}" if len(v) == 1 and r.random() < 0.4 else said(r, v)
        w = r.choice(("start with", "begin with", "start with"))
        i = {"start with": "starting with", "begin with": "beginning with"}[w]
        ss = w.replace("start ", "starts ").replace("begin ", "begins ")
        return f"{ref} LIKE {quote(v + '%')}", [("whose", f"{s} {ss} {say}"), ("with", f"{a} {i} {say}"), ("with", f"{a} that {ss} {say}"), ("where", f"{the} {ss} {say}")]
    if x < 0.55 and c.kind != "comment":
        if r.random() < 0.3:
            v = r.choice("aeionrst")
        v = v.lower() if c.kind != "title" else v
        if c.kind == "email" and r.random() < 0.6:
            v = "@" + V.made_up(r, True) + r.choice((".com", ".org", ".net", ""))
        say = f"the letter {v}" if len(v) == 1 and r.random() < 0.3 else said(r, v)
        return f"{ref} LIKE {quote('%' + v)}", [("whose", f"{s} ends with {say}"), ("whose", f"{s} ends in {say}"), ("with", f"{a} ending in {say}"), ("with", f"{a} ending with {say}"), ("with", f"{a} that ends with {say}")]
    say = said(r, v)
    say = f"the word {say}" if r.random() < 0.25 else say
    out = [("whose", f"{s} contains {say}"), ("with", f"{a} containing {say}"), ("with", f"{say} in the {s}"), ("whose", f"{s} includes {say}"), ("with", f"{say} in their {s}"), ("with", f"{a} that contains {say}"), ("where", f"{the} contains {say}")]
    if c.kind == "comment":
        out += [("whose", f"{s} mentions {say}"), ("vp", f"mention {say}"), ("part", f"mentioning {say}"), ("with", f"{a} mentioning {say}")] * 2
    return f"{ref} LIKE {quote('%' + v + '%')}", out


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


def date_filter(r, ref, c, s):
    words, sql = date_phrase(r, ref, c)
    forms = []
    for kind, t in list(c.forms.get("cmp", ())) * 2:
        if "{dsince}" in t:
            if words.startswith("since"):
                forms.append((kind, t.replace("{dsince}", words)))
        elif t == "{d}" and words.startswith("in ") and r.random() < 0.5 and words[3] in "012JFMASOND":
            forms.append((kind, "from " + words[3:]))
        else:
            forms.append((kind, t.replace("{d}", words)))
    forms += [("whose", f"{s} is {words}"), ("with", f"{article(s)} {words}"), ("whose", f"{s} falls {words}" if words.startswith(("in", "be", "on")) else f"{s} was {words}")]
    return sql, forms


def enum_filter(r, ref, c, s):
    labels = list(c.labels)
    r.shuffle(labels)
    k = r.random()
    say = label_said(r, labels[0])
    if k < 0.76:
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
        forms = list(c.forms.get("isnull", ())) * 2 + [("pp", f"without {article(s)}"), ("with", f"no {s}"), ("whose", f"{s} is missing"), ("whose", f"{s} is unknown"), ("whose", f"{s} is null"), ("whose", f"{s} is not known"), ("whose", f"{s} is empty"), ("vp", f"lack {article(s)}"), ("vp", f"do not have {article(s)}"), ("pp", f"without a known {s}"), ("with", f"a missing {s}"), ("whose", f"{s} is not set"), ("whose", f"{s} is not recorded"), ("pp", f"without any {s}"), ("part", f"missing {article(s)}"), ("with", f"no known {s}"), ("with", f"an unknown {s}"), ("whose", f"{s} was not recorded")]
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
