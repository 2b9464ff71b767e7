"""Mending a query, given Postgres's error."""

import re

import values as V
from chatml import ASK, SQL_SYSTEM, said, system, user
from clinic import CLINIC
from found import Contents
from questions import question
from schema import TEXT
from shop import SHOP
from vary import pick, rename_one


def swap(text, old, new):
    return re.sub(rf"(?<![\w']){re.escape(old)}(?![\w'])", new, text)


def mistyped(r, name):
    """A name that is nearly right: a letter less, two swapped, something added."""
    x, i = r.random(), r.randrange(len(name))
    if x < 0.35 and len(name) > 3:
        return name[:-1] if r.random() < 0.5 else name[:i] + name[i + 1:]
    if x < 0.5 and 0 < i < len(name) - 1:
        return name[:i] + name[i + 1] + name[i] + name[i + 2:]
    if x < 0.6 and "_" in name:
        return name.replace("_", "", 1)
    return f"{name}{r.choice(('s', '_name', '_value', 'x', '_id', '_date', '_1'))}"


JOIN = re.compile(r" JOIN (\w+) ON \S+ = \S+")


def misjoined(r, answer, schema):
    """A join gone wrong: left out, said twice, or a column taken from the wrong table: (sql, message, None) or None."""
    joins = list(JOIN.finditer(answer))
    x = r.random()
    m = r.choice(joins)
    if x < 0.3:
        return answer.replace(m.group(0), "", 1), f'missing FROM-clause entry for table "{m.group(1)}"', None
    if x < 0.5:
        other = re.search(r" FROM (\w+)", answer).group(1) if r.random() < 0.6 else r.choice(joins).group(1)
        on = m.group(0).split(" ON ")[1]
        if r.random() < 0.5:
            return answer.replace(m.group(0), f" JOIN {other} ON {on}", 1) if other != m.group(1) else answer.replace(m.group(0), m.group(0) * 2, 1), f'table name "{other}" specified more than once', None
        return answer.replace(m.group(0), f"{m.group(0)} JOIN {other} ON {on}", 1), f'table name "{other}" specified more than once', None
    tables = [t for t in schema.tables if re.search(rf"\b{t.name}\.", answer)]
    if x < 0.75:
        refs = [(t, c) for t in tables for c in t.columns if c.kind not in ("id", "fk") and f"{t.name}.{c.name}" in answer]
        if refs:
            t, c = r.choice(refs)
            wrong = [u for u in tables if u is not t and not any(k.name == c.name for k in u.columns)]
            if wrong:
                u = r.choice(wrong)
                return swap(answer, f"{t.name}.{c.name}", f"{u.name}.{c.name}"), f"column {u.name}.{c.name} does not exist", f'Perhaps you meant to reference the column "{t.name}.{c.name}".' if r.random() < 0.4 else None
    first = next(t for t in schema.tables if t.name == re.search(r" FROM (\w+)", answer).group(1))
    bare = JOIN.sub("", answer)
    for t in schema.tables:
        bare = re.sub(rf"(?<!['\w]){t.name}\.(?=\w)", "", bare)
    own = {c.name for c in first.columns}
    for w in re.findall(r"(?<=[ (])[a-z_]+\b", re.sub(r"'(?:[^']|'')*'", "''", bare)):
        if w not in own and w != first.name and any(c.name == w for t in schema.tables for c in t.columns):
            return bare, f'column "{w}" does not exist', None
    return None


TEXTS = re.compile(r"(?:(\w+)\.)?(\w+) (=|<>) '((?:[^']|'')*)'")


def misplaced(r, answer, schema):
    """A value compared with another column than its own, and what the service says of it, or None."""
    first = re.search(r" FROM (\w+)", answer)
    texts = [(t, c, m) for m in TEXTS.finditer(answer) for t in schema.tables if t.name == (m.group(1) or first and first.group(1)) for c in t.columns if c.name == m.group(2) and c.kind in TEXT]
    if not texts:
        return None
    t, c, m = r.choice(texts)
    wrong = [(u, k) for u in schema.tables for k in u.columns if k is not c and k.kind in TEXT and (u is t or m.group(1) and re.search(rf"\b{u.name}\b", answer))]
    if not wrong:
        return None
    u, k = r.choice(wrong)
    bad = f"{u.name + '.' if m.group(1) else ''}{k.name} {m.group(3)} '{m.group(4)}'"
    value = m.group(4).replace("''", "'")
    return answer[:m.start()] + bad + answer[m.end():], f"no row of {u.name} has {k.name} = '{value}'", f'Perhaps you meant to reference the column "{t.name}.{c.name}".'


def failed(r, q, answer, used, schema):
    """A query that fails and Postgres's words about it: (sql, message, hint or None)."""
    if r.random() < 0.2 and (bad := misplaced(r, answer, schema)):
        return bad
    if " JOIN " in answer and "(SELECT" not in answer and r.random() < 0.5 and (bad := misjoined(r, answer, schema)) and bad[0] != answer:
        return bad
    x = r.random()
    qual = "." in answer.split(" FROM ")[0] or " JOIN " in answer or "EXISTS" in answer
    drift = any(c.canon != c.name for c in used)
    if x < (0.93 if drift else 0.5) and used:
        c = r.choice(used)
        wrong = c.canon if c.canon != c.name else r.choice(c.alts) if c.alts and r.random() < 0.7 else mistyped(r, c.name)
        if wrong == c.name:
            wrong += "_1"
        old, new = (f"{c.table}.{c.name}", f"{c.table}.{wrong}") if qual else (c.name, wrong)
        bad = swap(answer, old, new)
        if bad != answer:
            say = f"column {new} does not exist" if qual else f'column "{wrong}" does not exist'
            hint = f'Perhaps you meant to reference the column "{c.table}.{c.name}".' if r.random() < 0.6 else None
            return bad, say, hint
    if x < 0.66:
        t = r.choice([t for t in schema.tables if re.search(rf"\b{t.name}\b", answer)])
        wrong = r.choice(t.alts) if t.alts and r.random() < 0.7 else t.name.rstrip("s") if t.name.endswith("s") and r.random() < 0.5 else t.name + r.choice(("_table", "_list", "s"))
        return swap(answer, t.name, wrong), f'relation "{wrong}" does not exist', None
    m = re.search(r" JOIN (\w+) ON \S+ = \S+", answer)
    if x < 0.78 and m:
        bad = answer.replace(m.group(0), "", 1)
        return bad, f'missing FROM-clause entry for table "{m.group(1)}"', None
    enums = [(c, lab) for t in schema.tables for c in t.columns for lab in c.labels if f"'{lab}'" in answer]
    if x < 0.88 and enums:
        c, lab = r.choice(enums)
        wrong = r.choice((lab.capitalize(), lab.upper(), lab + "s", lab.replace("_", " "), lab.replace("_", "-"), lab[:-1], V.made_up(r, True)))
        if wrong != lab:
            kind = {"status": f"{c.table.rstrip('s')}_status"}.get(c.name, c.name)
            return answer.replace(f"'{lab}'", f"'{wrong}'"), f'invalid input value for enum {kind}: "{wrong}"', None
    g = re.search(r" GROUP BY (.+?)( HAVING| ORDER BY|$)", answer)
    if x < 0.94 and g and answer.startswith("SELECT " + g.group(1)):
        col = g.group(1) if "." in g.group(1) else f"{re.search(r'FROM (.w+)'.replace('.w', chr(92) + 'w'), answer).group(1)}.{g.group(1)}"
        if "EXTRACT" not in col:
            return answer.replace(f" GROUP BY {g.group(1)}", "", 1), f'column "{col}" must appear in the GROUP BY clause or be used in an aggregate function', None
    y = r.random()
    if y < 0.5:
        w = r.choice(("FROM", "WHERE", "SELECT"))
        typo = {"FROM": "FORM", "WHERE": "WERE", "SELECT": "SELCT"}[w]
        if w in answer:
            bad = answer.replace(w, typo, 1)
            near = answer.split(w, 1)[1].split()[0] if w != "SELECT" else typo
            return bad, f'syntax error at or near "{near if w == "SELECT" else typo if r.random() < .3 else near}"', None
    if "EXTRACT(YEAR FROM" in answer:
        return re.sub(r"EXTRACT\(YEAR FROM (\S+?)\)", r"YEAR(\1)", answer), "function year(date) does not exist", "No function matches the given name and argument types. You might need to add explicit type casts."
    bad = re.sub(r" (=|>|<|>=|<=) (\d+)", r" \1 'x\2'", answer, 1)
    if bad != answer:
        return bad, f"invalid input syntax for type {r.choice(('integer', 'numeric'))}: \"{re.search(chr(39) + '(x' + chr(92) + 'd+)', bad).group(1)}\"", None
    if r.random() < 0.5:
        return answer[: max(20, len(answer) - r.randint(1, 8))], "syntax error at end of input", None
    return answer + r.choice((")", ";)", " AND", " LIMIT")), f'syntax error at {r.choice(("end of input", "or near " + chr(34) + ")" + chr(34)))}', None


def repair(r, k):
    x = r.random()
    schema = pick(r) if x < 0.35 else rename_one(r.choice((SHOP, CLINIC)), r)[0]
    contents = Contents(r, schema)
    drifted = {c.name for t in schema.tables for c in t.columns if c.canon != c.name}
    out = []
    while len(out) < k:
        q, answer, used, _ = question(r, schema)
        # A drifted column is what a stale query trips over: prefer questions that touch it.
        if x >= 0.35 and drifted and not any(c.name in drifted for c in used) and r.random() < 0.8:
            continue
        if x >= 0.35 and r.random() < 0.9:
            used = [c for c in used if c.name in drifted]
        bad, say, hint = failed(r, q, answer, used, schema)
        fix = f"That query failed: {say}{f'{chr(10)}HINT: {hint}' if hint else ''}\nWrite a corrected query."
        if len(q) + len(answer) + len(bad) < 330:
            q, found = contents.found(r, q, answer)
            out.append((user(q + found) + said(bad) + user(fix) + ASK, answer, q))
            if r.random() < 0.2 and len(q) + 2 * len(bad) < 250:
                out[-1] = (user(q + found) + said(bad) + user(fix) + said(bad) + user(fix) + ASK, answer, q)
    return system(SQL_SYSTEM + schema.text()), out
