"""Counts and distinct values."""

from ask import phrase, predicate
from phrases import VERBS, plural


# What always was done: no condition.
DONE = {"orders": "placed|received|made|taken", "prescriptions": "issued|written|made out", "reviews": "written|posted|left|submitted", "diagnoses": "made|recorded", "appointments": "booked|made|recorded", "customers": "registered", "patients": "registered", "products": "listed|recorded"}


def count(a, t):
    r = a.r
    noun = r.choice(t.nouns)[1]
    x = r.random()
    if x < 0.4:
        p = predicate(a, t)
        if p:
            vp, wh = p
            return r.choice((f"How many {noun} {vp}", f"How many of the {noun} {vp}", f"How many {noun} {vp}")), True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    if x > 0.95 and t.canon in DONE:
        v = r.choice(DONE[t.canon].split("|"))
        q = r.choice((f"How many {noun} {r.choice(('have been', 'were', 'have been'))} {v}", f"How many {noun} {r.choice(('have been', 'were'))} {v} {r.choice(('in total', 'so far', 'altogether', 'overall', 'in all'))}", f"{r.choice(('Total number', 'Number', 'Count'))} of {noun} {v}"))
        return q, q.startswith("How"), f"SELECT COUNT(*) FROM {t.name}"
    np, wh, _ = phrase(a, t, (0.12, 0.6, 0.25, 0.03))
    y = r.random()
    if y < 0.45:
        return f"How many {np} {r.choice(('are there', 'are there', 'do we have', 'are there', 'exist', 'are in the database', 'are there in total', 'are stored', 'can you find'))}", True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    if y < 0.57:
        return f"What is the {r.choice(('number', 'total number', 'count'))} of {np}", True, f"SELECT COUNT(*) FROM {t.name}{wh}"
    q = r.choice((f"Count {r.choice(('the ', 'all ', '', 'all the '))}{np}", f"{r.choice(('Number', 'Total number', 'Count'))} of {np}", f"{r.choice(VERBS)} the {r.choice(('number', 'total number', 'count'))} of {np}", f"{r.choice(VERBS)} how many {np} there are", f"How many {np}"))
    return q, q.startswith("How"), f"SELECT COUNT(*) FROM {t.name}{wh}"


def distinct(a, t):
    r = a.r
    cols = [c for c in t.columns if c.kind in ("country", "city", "category", "specialty", "insurer", "blood", "enum", "drug", "word", "code", "reason", "disease", "int", "person") and c is not t.label]
    if not cols:
        return None
    c = r.choice(cols)
    s = r.choice(c.says)
    many = plural(s)
    np, wh, _ = phrase(a, t, (0.55, 0.38, 0.07), skip=(c.name,))
    word = r.choice(("different", "distinct", "different", "distinct", "unique"))
    if c.null and not wh and r.random() < 0.3:
        pass
    if r.random() < 0.45:
        sql = f"SELECT COUNT(DISTINCT {a.ref(c)}) FROM {t.name}{wh}"
        q = r.choice((f"How many {word} {many} do {np} have", f"How many {word} {many} are there among {np}", f"How many {word} {many} do the {np} have", f"What is the number of {word} {many} of {np}", f"Number of {word} {many} of {np}", f"Count the {word} {many} of {np}", f"In how many {word} {many} are there {np}", f"How many {word} {many} are there for {np}", f"How many {word} {many} do {np} come from", f"How many {word} {many} appear in {np}", f"How many {word} {many} are used by {np}", f"How many {word} {many} are there in {np}", f"Count {word} {many} among {np}"))
        if not wh and r.random() < 0.3:
            q = r.choice((f"How many {word} {t.nouns[0][0]} {many} are there", f"How many {word} {many} are there in the {t.name.replace('_', ' ')} table"))
        return q, q.startswith(("How", "What", "In")), sql
    sql = f"SELECT DISTINCT {a.ref(c)} FROM {t.name}{wh}"
    q = r.choice((f"{r.choice(VERBS)} {r.choice(('the ', 'all ', ''))}{word} {many} of {r.choice(('', 'the ', 'all '))}{np}", f"Which {word} {many} do {np} have", f"What are the {word} {many} of {np}", f"What {word} {many} are there among {np}", f"{word.capitalize()} {many} of {np}", f"{r.choice(VERBS)} every {word} {s} of {np}", f"{r.choice(VERBS)} the {word} {many} {np} come from" if c.kind in ("country", "city") else f"{r.choice(VERBS)} all {word} {many} among {np}", f"Which {word} {many} are there among {np}", f"{r.choice(VERBS)} the {many} of {np} without duplicates", f"{r.choice(VERBS)} {word} {many} in {np}"))
    if not wh and r.random() < 0.25:
        q = r.choice((f"{r.choice(VERBS)} the {word} {t.nouns[0][0]} {many}", f"What {word} {t.nouns[0][0]} {many} are there", f"Which {word} {t.nouns[0][0]} {many} exist"))
    if f"{word} " in q and r.random() < 0.25:
        q = q.replace(f"{word} ", "", 1) + r.choice((", each only once", ", without duplicates", ", no duplicates", " without repeats", ", each one once", ". No duplicates please", ", listing each only once"))
    return q, q.startswith(("Which", "What")), sql
