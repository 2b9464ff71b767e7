"""A question in the making, and the parts that every shape shares."""

from filters import filterable, make_filter
from phrases import VERBS, join_words, noun_phrase, plural, verb_phrase


class Ask:
    """One question in the making: the random source, the schema, and the columns it used (for repair tasks)."""

    def __init__(self, r, schema):
        self.r, self.schema, self.qual, self.used = r, schema, False, []

    def ref(self, c):
        self.used.append(c)
        return f"{c.table}.{c.name}" if self.qual else c.name

    def cond(self, t, ops=("like", "null"), cols=None):
        c = self.r.choice(cols or filterable(t))
        return make_filter(self.r, c, self.ref(c), ops)

    def conds(self, t, weights=(0.22, 0.42, 0.34, 0.02), skip=()):
        """Up to three conditions on different columns: (list of sql, list of ways)."""
        n = self.r.choices(range(len(weights)), weights)[0]
        seen, sqls, forms = set(skip), [], []
        for _ in range(n):
            c = self.r.choice(filterable(t))
            if c.name in seen:
                continue
            seen.add(c.name)
            sql, f = make_filter(self.r, c, self.ref(c))
            if f:
                sqls.append(sql)
                forms.append(f)
        return sqls, forms


def where(r, sqls, word="AND"):
    return " WHERE " + f" {word} ".join(sqls) if sqls else ""


ANYWHERE = ("in the database", "on record", "in the system", "on file", "that we have", "we know of", "stored here", "in total", "overall")
OF_TABLE = {"customers": ("of the shop", "who have an account", "we serve", "in our books"), "products": ("we sell", "that we sell", "in the catalogue", "in the catalog", "in our range", "in the shop", "on offer", "we carry", "that are offered"), "orders": ("ever placed", "so far", "we have received", "on the books"),
            "reviews": ("ever written", "so far", "we have received"), "patients": ("of the clinic", "we treat", "in our care"), "doctors": ("of the clinic", "who work here", "on the staff", "in the clinic", "we employ"), "appointments": ("so far", "in the calendar", "at the clinic"), "diagnoses": ("ever made", "so far"), "prescriptions": ("ever issued", "so far")}


def no_condition(r, t, np):
    """Words behind a noun that sound like a condition and are none: "products in the catalogue"."""
    own = OF_TABLE.get(t.canon, ())
    return f"{np} {r.choice(own if own and r.random() < 0.6 else ANYWHERE)}"


def phrase(a, t, weights=(0.22, 0.42, 0.34, 0.02), one=False, skip=()):
    """Noun phrase of a table with random conditions and its WHERE clause."""
    r = a.r
    sqls, forms = a.conds(t, weights, skip)
    word = "and"
    if len(sqls) == 2 and r.random() < 0.2:
        word = "or"
    np, order = noun_phrase(r, t, forms, one, word)
    sqls = [sqls[i] for i in order]
    if not sqls and not one and r.random() < 0.16:
        np = no_condition(r, t, np)
    if word == "or":
        return np, " WHERE " + " OR ".join(sqls), sqls
    return np, where(r, sqls), sqls


def predicate(a, t, n=1):
    """("live in Brazil and are active", where) or None."""
    r = a.r
    sqls, forms = a.conds(t, (0, 0.75, 0.25))
    vps, used = [], []
    for s, f in zip(sqls, forms):
        ok = [v for k, x in f if (v := verb_phrase(r, k, x))]
        if ok:
            vps.append(r.choice(ok))
            used.append(s)
    if not vps:
        return None
    word = "or" if len(vps) == 2 and r.random() < 0.2 else "and"
    return f" {word} ".join(vps), where(r, used, word.upper())


def det(r, np=""):
    return r.choice(("", "", "the ", "all ", "all the ", "every one of the ", "all of the ")) if r.random() < 0.5 else r.choice(("", "the ", "all "))


def shown(t):
    """Columns a question may ask to see."""
    return [c for c in t.columns if c.kind not in ("fk",) and c.kind != "bool" or c.kind == "fk" and len(t.columns) < 5]


def choose_cols(r, t, n=None):
    cols = shown(t)
    n = n or r.choices((1, 2, 3, 4), (0.28, 0.46, 0.2, 0.06))[0]
    n = min(n, len(cols))
    w = [4 if c is t.label else 1.4 for c in cols]
    out = []
    while len(out) < n:
        c = r.choices(cols, w)[0]
        if c not in out:
            out.append(c)
    if r.random() < 0.6:
        out.sort(key=lambda c: c is not t.label)
    return out


def say_cols(r, cols, many, the=True):
    w = [r.choice(c.says) for c in cols]
    w = [plural(x) if many and r.random() < 0.85 else x for x in w]
    s = join_words(r, w)
    if the and len(w) == 2 and r.random() < 0.1:
        s = s.replace(" and ", " and the ")
    return s


def ask_list(a, t, np, cols, many=True):
    """A sentence that asks for columns (None: the label) of a noun phrase. Returns (text, is_question)."""
    r = a.r
    if cols is None:
        x = r.random()
        if x < 0.66:
            return f"{r.choice(VERBS)} {det(r)}{np}", False
        if x < 0.76:
            return f"{'Who are the' if t.person else 'What are the'} {np}" if r.random() < 0.5 else f"Which {np} are there", True
        if x < 0.9:
            return f"{det(r).capitalize()}{np}".strip(), False
        return r.choice((f"I am looking for {det(r)}{np}", f"Show a list of {det(r)}{np}", f"List of {det(r)}{np}", f"I need a list of {det(r)}{np}", f"Give me a list of {det(r)}{np}")), False
    c = say_cols(r, cols, many)
    d = det(r) if many else r.choice(("the ", "the ", ""))
    x = r.random()
    if x < 0.42:
        return f"{r.choice(VERBS)} {r.choice(('the ', 'the ', ''))}{c} {r.choice(('of ', 'of ', 'of ', 'for '))}{d}{np}", False
    if x < 0.58:
        be = "is" if len(cols) == 1 and " and " not in c and not many else "are"
        return f"What {be} the {c} {r.choice(('of ', 'of ', 'for '))}{d}{np}", True
    if x < 0.7:
        return f"{c[0].upper()}{c[1:]} {r.choice(('of ', 'of ', 'for '))}{d}{np}", False
    if x < 0.78 and many:
        return f"For {r.choice(('all ', 'each of the ', 'all the ', 'the ', 'all of the '))}{np}, {r.choice(VERBS[:12]).lower()} {r.choice(('the ', 'their ', ''))}{c}", False
    if x < 0.88 and many:
        # "Customers with their cities" shows who they are, too.
        if t.label not in cols:
            cols.insert(0, t.label)
        return f"{r.choice(VERBS)} {d}{np}{r.choice((' with their ', ' and their ', ', showing ', ': ', ', with ', ' by ', ' together with their ', ', giving ', ' including their '))}{c}".replace(" by ", " with "), False
    if x < 0.94:
        return f"{np[0].upper()}{np[1:]}{r.choice((': ', ' - ', ', '))}{c}{r.choice((' only', '', ''))}", False
    return f"{r.choice(('I need', 'I want to know', 'I would like to know', 'We need', 'Let me know', 'Tell me'))} {r.choice(('the ', ''))}{c} {r.choice(('of ', 'for '))}{d}{np}", False


def select_sql(a, cols, t, rest, distinct=False, joins=""):
    return f"SELECT {'DISTINCT ' if distinct else ''}{', '.join(a.ref(c) for c in cols)} FROM {t.name}{joins}{rest}"
