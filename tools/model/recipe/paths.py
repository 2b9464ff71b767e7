"""How tables are related: along foreign keys, and in words."""

from schema import forms

GENERIC_UP = forms("pp:of {b}; pp:for {b}; vp:belong to {b}; part:belonging to {b}; part:linked to {b}; pp:of {b}")

GENERIC_DOWN = forms("with:{b}; vp:have {b}; with:{b}; part:linked to {b}")


def edges(schema):
    for t in schema.tables:
        for c in t.columns:
            if c.ref:
                p = next((x for x in schema.tables if x.name == c.ref), None)
                if p and p is not t:
                    yield t, c, p


def path(schema, a, b, longest=3):
    """Tables and join conditions from a to b: [(table, "child.fk = parent.id"), ...], or None."""
    seen, queue = {a.name}, [(a, [])]
    links = list(edges(schema))
    while queue:
        at, steps = queue.pop(0)
        if at is b:
            return steps
        if len(steps) == longest:
            continue
        for child, fk, parent in links:
            on = f"{child.name}.{fk.name} = {parent.name}.id"
            for x, y in ((child, parent), (parent, child)):
                if x is at and y.name not in seen:
                    seen.add(y.name)
                    queue.append((y, steps + [(y, on)]))
    return None


def join_sql(steps):
    return "".join(f" JOIN {t.name} ON {on}" for t, on in steps)


def pairs(schema):
    """Every two tables that a question may relate, with the ways to say it, known phrases first."""
    out = []
    for x in schema.tables:
        for y in schema.tables:
            if x is y:
                continue
            f = schema.links.get((x.canon, y.canon))
            p = path(schema, x, y)
            if not p:
                continue
            direct = len(p) == 1
            if f:
                out += [(x, y, f, p)] * (3 if direct else 2 if len(p) == 2 else 1)
            elif direct:
                up = any(c.ref == y.name for c in x.columns)
                out += [(x, y, GENERIC_UP if up else GENERIC_DOWN, p)] * 2
            elif len(p) == 2 and not schema.links:
                out.append((x, y, GENERIC_UP, p))
    for x, y, middle, f in schema.via:
        stops = [schema.table(t) for t in (x, *middle, y)]
        steps = [path(schema, s, t, 1) for s, t in zip(stops, stops[1:])]
        if all(steps):
            out += [(stops[0], stops[-1], f, [p[0] for p in steps])] * 2
    return out


def pair(a):
    ps = pairs(a.schema)
    return a.r.choice(ps) if ps else None


def is_child(x, y):
    return any(c.ref == y.name for c in x.columns)
