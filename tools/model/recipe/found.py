"""Values of the database that a question names, as the service looks them up and shows them (servers/reference/sql/values).

    python3 found.py ../dev/value-matches.json

The matching is the same there and here, and those cases hold both to it. What a database contains is made
up: lists of its kind for every text column, and mostly what the question's own SQL compares with.
"""

import json
import re
import sys
import unicodedata

import values as V
from filter_text import quote
from schema import KINDS, TEXT

LONGEST = 6  # words of a value
SHOWN = 6  # matches
PLACES = 3  # columns of one value
CATEGORIES = 100  # a column of at most so many values is one of categories: their derived words count, too
WORD = re.compile(r"(?<![^\W_])[^\W_]{1,2}[+-](?![^\W_])|[^\W_]+")
SMALL = frozenset("a an and any are as at be by did do does for from had has have how i in is it its me my no not of on or our so than that the their them they this to was we were what when which who with you your".split())


def words(text):
    """Words as they are compared: no case, no accents, no plural; a sign stays with its letters (O-)."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c)[0] != "M").lower()
    return [singular(w) for w in WORD.findall(bare)]


def singular(w):
    if len(w) < 4 or not w.endswith("s") or w.endswith("ss"):
        return w
    if w.endswith("ies") and len(w) > 4:
        return w[:-3] + "y"
    return w[:-2] if w.endswith(("ches", "shes", "xes", "sses")) else w[:-1]


class Index:
    """values: (table, column, value) in the order of the schema's columns."""

    def __init__(self, values, schema_words=frozenset(), categories=frozenset()):
        self.places, self.derived, self.schema_words = {}, {}, schema_words
        for table, column, value in values:
            self.add(table, column, value, (table, column) in categories)

    def add(self, table, column, value, category=False):
        ws = words(value)
        key = " ".join(ws)
        if not ws or len(ws) > LONGEST or not any(c.isalpha() for c in key) or key in SMALL or key.isalpha() and len(key) < 2:
            return
        place = self.places.setdefault(key, [])
        if (table, column, value) not in place:
            place.append((table, column, value))
        if category and len(ws) == 1 and len(key) > 3 and key not in self.derived.setdefault(key[:4], []):
            self.derived[key[:4]].append(key)

    def near(self, word):
        """The category that a word is derived from: "cardiologists" from Cardiology, "Japanese" from Japan."""
        if len(word) < 5 or word in self.schema_words:
            return None
        best, much = None, 0
        for key in self.derived.get(word[:4], ()):
            same = next((i for i, (a, b) in enumerate(zip(word, key)) if a != b), min(len(word), len(key)))
            if same > much and same >= len(key) - 2 and len(word) - same <= 5:
                best, much = key, same
        return best

    def matches(self, question, hidden=frozenset()):
        """[(table, column, value)] in the order of the question; the longest match at a place wins."""
        ws, out, i = words(question), [], 0
        while i < len(ws):
            for n in range(min(LONGEST, len(ws) - i), 0, -1):
                key = " ".join(ws[i:i + n])
                key = key if key in self.places else self.near(key) if n == 1 else None
                if key and key not in hidden:
                    out += [m for m in self.places[key][:PLACES] if m not in out]
                    i += n - 1
                    break
            i += 1
        return out[:SHOWN]


def show(matches):
    """The line behind a question, or nothing."""
    return "\nFound: " + ", ".join(f"{t}.{c} = {quote(v)}" for t, c, v in matches) if matches else ""


LISTS = {"country": (V.COUNTRIES, V.MORE_COUNTRIES), "city": (V.CITIES, []), "category": (V.CATEGORIES, V.MORE_CATEGORIES), "specialty": (V.SPECIALTIES, V.MORE_SPECIALTIES), "insurer": (V.INSURERS, []),
         "blood": (V.BLOOD, []), "drug": (V.DRUGS, []), "disease": (V.DISEASES, []), "reason": (V.REASONS, [])}


def contents(r, schema):
    """A made-up filling: (table, column, value) of every text column."""
    for t in schema.tables:
        for c in t.columns:
            if c.kind == "enum":
                yield from ((t.name, c.name, x) for x in c.labels)
            elif c.kind in LISTS:
                sure, more = LISTS[c.kind]
                some = sure if r.random() < 0.5 else r.sample(sure, max(1, int(len(sure) * r.uniform(0.3, 1))))
                yield from ((t.name, c.name, V.spaced(x)) for x in (*some, *(r.sample(more, len(more) // 3) if r.random() < 0.3 else ())))
            elif c.kind == "comment":
                yield from ((t.name, c.name, V.snippet(r)) for _ in range(4))
            elif c.kind in TEXT:
                yield from ((t.name, c.name, KINDS[c.kind][1](r)) for _ in range(12))


LITERAL = re.compile(r"(?:(\w+)\.)?(\w+) (?:=|<>|(?:NOT )?IN) (\((?:'(?:[^']|'')*'(?:, )?)+\)|'(?:[^']|'')*')")


class Contents:
    """What one schema's database holds, for the questions of one group."""

    def __init__(self, r, schema):
        self.schema, self.on = schema, r.random() < 0.96
        self.columns = {(t.name, c.name): c for t in schema.tables for c in t.columns}
        names = {w for t in schema.tables for name in (t.name, *(c.name for c in t.columns)) for w in words(name.replace("_", " "))}
        categories = {at for at, c in self.columns.items() if c.kind in ("country", "category", "specialty", "insurer", "drug", "disease", "reason", "city")}
        self.index = Index(contents(r, schema), names, categories)

    def compared(self, sql):
        """(table, column, value) of the texts that a query compares a column with."""
        first = re.search(r" FROM (\w+)", sql)
        for table, column, values in LITERAL.findall(sql):
            table = table or first and first.group(1)
            c = self.columns.get((table, column))
            if c and (c.kind in TEXT or c.kind == "enum"):
                for v in re.findall(r"'((?:[^']|'')*)'", values):
                    yield table, column, c, v.replace("''", "'")

    def found(self, r, q, sql):
        """(the question, now and then with a value in another case, the line of matches or nothing)."""
        if not self.on or r.random() < 0.04:
            return q, ""
        hidden, added = set(), []
        for table, column, c, v in self.compared(sql):
            key = " ".join(words(v))
            if r.random() < 0.05:
                hidden.add(key)
                continue
            if c.kind != "enum" and (table, column, v) not in self.index.places.get(key, ()):
                also = [at for at, o in self.columns.items() if o.kind == c.kind and at != (table, column)]
                for at in [(table, column)] + [at for at in also if r.random() < 0.15]:
                    self.index.add(*at, v)
                    added.append((key, (*at, v)))
            if c.kind != "enum" and len(v) > 3 and v in q and r.random() < 0.12:
                q = q.replace(v, other_case(r, v))
        out = show(self.index.matches(q, hidden))
        for key, place in added:
            left = [p for p in self.index.places.get(key, ()) if p != place]
            if left:
                self.index.places[key] = left
            else:
                self.index.places.pop(key, None)
        return q, out


def other_case(r, v):
    bare = "".join(c for c in unicodedata.normalize("NFKD", v) if not unicodedata.combining(c))
    return r.choice((v.lower(), v.lower(), v.lower(), bare, v.upper()))


def main():
    """The cases that the service is held to, too: prints those that differ."""
    with open(sys.argv[1]) as f:
        d = json.load(f)
    labels = {(t["name"], c) for t in d["tables"] for c in t.get("labels", ())}
    values = [(c["table"], c["column"], v) for c in d["contents"] for v in c["values"]]
    categories = {(c["table"], c["column"]) for c in d["contents"] if len(c["values"]) <= CATEGORIES} - labels
    index = Index(values, {w for t in d["tables"] for n in (t["name"], *t["columns"]) for w in words(n.replace("_", " "))}, categories)
    wrong = [(q, want, got) for q, want in d["cases"] if (got := show(index.matches(q)).removeprefix("\nFound: ")) != want]
    print(*wrong, f"{len(d['cases']) - len(wrong)} of {len(d['cases'])} as expected", sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
