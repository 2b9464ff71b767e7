"""The same words over a schema whose names, columns or order differ."""

from dataclasses import replace

import values as V
from clinic import CLINIC
from made_up import MADE_UP
from schema import C
from shop import SHOP

DISTRACTORS = "notes~comment updated_at~ts created_at~ts phone~code region~word source~word score~int version~int archived~bool currency~word postcode~code priority~int language~word".split()


def vary(schema, r, rename=0.3, drop=0.12, add=0.25, shuffle=0.3):
    """The same words over a schema whose names, columns or order differ: the model must read, not remember."""
    names = {}
    tables = []
    for t in schema.tables:
        names[t.name] = r.choice(t.alts) if t.alts and r.random() < rename * 0.6 else t.name
    if len(set(names.values())) < len(names):
        names = {k: k for k in names}
    for t in schema.tables:
        cols = []
        used = set()
        for c in t.columns:
            name = c.name
            if c.kind not in ("id", "fk"):
                if c.kind not in ("person", "title") and r.random() < drop:
                    continue
                if r.random() < rename:
                    name = r.choice(c.alts) if c.alts else f"{t.nouns[0][0].replace(' ', '_')}_{c.name}" if r.random() < 0.5 else f"{c.name}_{V.made_up(r, True)}"
            elif c.ref and r.random() < rename * 0.3:
                name = names[c.ref].rstrip("s") + r.choice(("_id", "_ref", "_fk"))
            if name in used:
                name = c.name
            used.add(name)
            cols.append(replace(c, name=name, table=names[t.name], ref=names.get(c.ref, "")))
        if r.random() < add:
            n, kind = r.choice(DISTRACTORS).split("~")
            if n not in used:
                cols.append(replace(C(n, kind, lo=0, hi=100), table=names[t.name]))
        if r.random() < shuffle:
            rest = cols[1:]
            r.shuffle(rest)
            cols = cols[:1] + rest
        tables.append(replace(t, name=names[t.name], columns=cols))
    if r.random() < shuffle:
        r.shuffle(tables)
    return replace(schema, tables=tables)


def rename_one(schema, r):
    """Drift: exactly one column has another name now. Returns (new schema, old column, new column)."""
    t = r.choice(schema.tables)
    c = r.choice([c for c in t.columns if c.kind not in ("id", "fk")])
    x = r.random()
    one = t.nouns[0][0].replace(" ", "_")
    new = r.choice(c.alts) if c.alts and x < 0.6 else r.choice((f"{c.name}_{r.choice(('value', 'text', 'new', 'v2', 'info', 'code', 'of_record'))}", f"{one}_{c.name}", f"{r.choice(('the', 'main', 'current', 'raw'))}_{c.name}", f"{c.name}_{V.made_up(r, True)}"))
    if any(x.name == new for x in t.columns):
        new = c.name + "_new"
    tables = [replace(x, columns=[replace(y, name=new) if y is c else y for y in x.columns]) if x is t else x for x in schema.tables]
    return replace(schema, tables=tables), c, new


def pick(r):
    """A schema for one prefix: the seeded databases mostly as they are, sometimes changed, sometimes another database."""
    x = r.random()
    if x < 0.9:
        return r.choice((SHOP, CLINIC))
    if x < 0.97:
        base = r.choice((SHOP, CLINIC))
        if r.random() < 0.35:
            return rename_one(base, r)[0]
        return vary(base, r, rename=r.choice((0.15, 0.4, 0.7)))
    s = r.choice(MADE_UP)
    return vary(s, r, rename=r.choice((0, 0.1, 0.4))) if r.random() < 0.7 else s
