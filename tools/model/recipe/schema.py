"""Databases as the generator knows them: tables, columns, and the words people use for both."""

from dataclasses import dataclass, field

import values as V

# What a column's kind means for the text: SQL type shown in a prompt, and a maker of values.
KINDS = {
    "id": ("int", None), "fk": ("int", None), "person": ("text", V.person), "title": ("text", V.title), "email": ("text", V.email),
    "country": ("text", V.country), "city": ("text", V.city), "category": ("text", V.category), "specialty": ("text", V.specialty),
    "insurer": ("text", V.insurer), "blood": ("text", V.blood), "drug": ("text", V.drug), "disease": ("text", V.disease),
    "reason": ("text", V.reason), "code": ("text", V.code), "word": ("text", V.word), "comment": ("text", V.snippet),
    "int": ("int", None), "num": ("numeric", None), "date": ("date", V.day), "birth": ("date", V.birthday), "ts": ("timestamptz", V.day),
    "enum": (None, None), "bool": ("bool", None),
}

TEXT = {"person", "title", "email", "country", "city", "category", "specialty", "insurer", "blood", "drug", "disease", "reason", "code", "word", "comment"}

DATES = {"date", "birth", "ts"}

NUMS = {"int", "num"}


@dataclass
class Column:
    name: str
    kind: str
    says: tuple  # nouns for it, singular
    forms: dict = field(default_factory=dict)  # op -> ((kind, text), ...)
    alts: tuple = ()  # other names it could have in a database
    lo: float = 0
    hi: float = 100
    step: float = 1
    labels: tuple = ()
    ref: str = ""
    null: bool = False
    table: str = ""
    canon: str = ""  # the name before renaming: the lexicon's key

    def type(self):
        if self.ref:
            return f"int -> {self.ref}"
        return "|".join(self.labels) if self.kind == "enum" else KINDS[self.kind][0]

    def number(self, r):
        if self.kind == "num" and r.random() < 0.4:
            return round(r.uniform(self.lo, self.hi), 2)
        n = r.uniform(self.lo, self.hi)
        if r.random() < 0.5 and self.hi > 20:
            s = 10 ** max(1, len(str(int(self.hi))) - 2) // r.choice((1, 2))
            return max(int(n // s * s), int(self.lo)) or int(s)
        return int(n) if self.hi >= 5 else round(n, 2)


@dataclass
class Table:
    name: str
    nouns: tuple  # ((singular, plural), ...)
    columns: list
    person: bool = False
    canon: str = ""
    alts: tuple = ()

    def col(self, canon):
        return next((c for c in self.columns if c.canon == canon), None)

    @property
    def label(self):
        """What "the customers" means when no column is named."""
        return next((c for c in self.columns if c.kind in ("person", "title")), None) or self.columns[0]


@dataclass
class Schema:
    name: str
    tables: list
    links: dict  # (table, table) -> forms with {b}
    via: tuple = ()  # (from, to, tables between, forms): related otherwise than by the shortest path

    def table(self, canon):
        return next((t for t in self.tables if t.canon == canon), None)

    def text(self):
        return "\n".join(f"{t.name}(" + ", ".join(f"{c.name} {c.type()}" for c in t.columns) + ")" for t in self.tables)


def forms(text):
    """"pp:from {v}; vp:live in {v}" -> (("pp", "from {v}"), ...)"""
    return tuple((k.strip(), f.strip()) for k, f in (p.split(":", 1) for p in text.split(";") if p.strip()))


def C(name, kind, says="", alts="", **k):
    f = {op: forms(v) for op, v in k.items() if isinstance(v, str) and op not in ("ref", "labels")}
    rest = {key: v for key, v in k.items() if key in ("lo", "hi", "null", "ref")}
    return Column(name, kind, tuple(says.split("|")) if says else (name.replace("_", " "),), f, tuple(alts.split()), canon=name,
                  labels=tuple(k.get("labels", "").split()), **rest)


def T(name, nouns, columns, person=False, alts=""):
    pairs = tuple(tuple(n.split("/")) for n in nouns.split("|"))
    for c in columns:
        c.table = name
    return Table(name, pairs, columns, person, name, tuple(alts.split()))


def ID():
    return C("id", "id", "id|id|ID|identifier")


def FK(name, ref, says=""):
    return C(name, "fk", says or name.replace("_", " "), ref=ref)
