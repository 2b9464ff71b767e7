"""Conditions on text: equal, other than, one of, LIKE."""

import values as V
from schema import KINDS


KNOWN = {"country": V.COUNTRIES + V.MORE_COUNTRIES, "city": V.CITIES, "category": V.CATEGORIES + V.MORE_CATEGORIES, "specialty": V.SPECIALTIES + V.MORE_SPECIALTIES}
KNOWN = {kind: {V.spaced(x) for x in words} for kind, words in KNOWN.items()}


def spaced_choice(r, known):
    return r.choice(sorted(known))


def quote(v):
    return "'" + str(v).replace("'", "''") + "'"


def said(r, v):
    """A text value in a question: bare mostly, sometimes in quotes."""
    x = r.random()
    return v if x < 0.86 else f"'{v}'" if x < 0.93 else f'"{v}"'


def label_said(r, v):
    if v == "paypal":
        return r.choice(("PayPal", "paypal", "PayPal", "Paypal"))
    return r.choice(("no-show", "no_show", "no show", "no-show")) if v == "no_show" else v.replace("_", " ")


def article(noun):
    return ("an " if noun[0].lower() in "aeiou" else "a ") + noun


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
    make = KINDS[c.kind][1]
    v = make(r)
    if c.kind == "comment":
        return like_filter(r, ref, c, s)
    say = said(r, v)
    if c.kind in ("category", "specialty") and v in V.CATEGORIES + V.SPECIALTIES and r.random() < 0.06:
        say = v.lower()
    # "from Skurp" says neither country nor city, "in Skurp" neither city nor specialty: an unknown word needs the column's noun.
    known = KNOWN.get(c.kind)
    if known and v not in known:
        if r.random() < 0.5:
            v = spaced_choice(r, known)
            say = said(r, v)
        else:
            return f"{ref} = {quote(v)}", [(a, t.replace("{v}", say)) for a, t in generic_text(c, s, "eq")]
    k = r.random()
    if k < 0.7 or c.kind == "person":
        forms = list(c.forms.get("eq", ())) * 2 + generic_text(c, s, "eq")
        if c.kind in ("person", "title"):
            forms = [("part", "named {v}"), ("part", "called {v}"), ("part", "named {v}"), ("with", "the name {v}"), *generic_text(c, s, "eq")]
        if c.kind == "country" and v in V.DEMONYMS and r.random() < 0.36:
            return f"{ref} = {quote(v)}", [("adj", V.DEMONYMS[v])] * 4 + [("vp", f"are {V.DEMONYMS[v]}")]
        if c.kind == "specialty" and v in V.SPECIALISTS and r.random() < 0.36:
            return f"{ref} = {quote(v)}", [("noun", V.SPECIALISTS[v])] * 4 + [("vp", f"are {V.SPECIALISTS[v]}")]
        out = []
        for kind, t in forms:
            if "{dem}" in t:
                if v in V.DEMONYMS and r.random() < 0.3:
                    out.append((kind, V.DEMONYMS[v]))
            elif "{spec}" in t:
                if v in V.SPECIALISTS and r.random() < 0.4:
                    out.append((kind, V.SPECIALISTS[v]))
            elif kind == "adj" and v in V.CATEGORIES + V.SPECIALTIES and r.random() < 0.4:
                out.append((kind, v.lower()))
            else:
                out.append((kind, t.replace("{v}", say)))
        return f"{ref} = {quote(v)}", out
    if k < 0.8:
        forms = list(c.forms.get("ne", ())) * 2 + generic_text(c, s, "ne")
        return f"{ref} <> {quote(v)}", [(kk, t.replace("{v}", say)) for kk, t in forms]
    if known and r.random() < 0.8:
        make = lambda r: spaced_choice(r, known)
    vs = [v, make(r)] + ([make(r)] if r.random() < 0.2 else [])
    vs = list(dict.fromkeys(vs))
    if len(vs) < 2:
        return f"{ref} = {quote(v)}", [("whose", f"{s} is {say}")]
    says = [v if say == v else quote(v) for v in vs]
    if k < 0.95:
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
            v = r.choice((".com", ".org", ".net", ".test", ".example")) if r.random() < 0.4 else "@" + V.made_up(r, True) + r.choice((".com", ".org", ".net", ""))
        say = f"the letter {v}" if len(v) == 1 and r.random() < 0.3 else said(r, v)
        return f"{ref} LIKE {quote('%' + v)}", [("whose", f"{s} ends with {say}"), ("whose", f"{s} ends in {say}"), ("with", f"{a} ending in {say}"), ("with", f"{a} ending with {say}"), ("with", f"{a} that ends with {say}")]
    say = said(r, v)
    say = f"the word {say}" if r.random() < 0.25 else say
    out = [("whose", f"{s} contains {say}"), ("with", f"{a} containing {say}"), ("with", f"{say} in the {s}"), ("whose", f"{s} includes {say}"), ("with", f"{say} in their {s}"), ("with", f"{a} that contains {say}"), ("where", f"{the} contains {say}")]
    if c.kind == "comment":
        out += [("whose", f"{s} mentions {say}"), ("vp", f"mention {say}"), ("part", f"mentioning {say}"), ("with", f"{a} mentioning {say}")] * 2
    return f"{ref} LIKE {quote('%' + v + '%')}", out
