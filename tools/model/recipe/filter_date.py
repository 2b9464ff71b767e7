"""Conditions on dates: days, months, quarters, years; ranges are half open."""

import datetime as dt

import values as V
from filter_text import article


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
