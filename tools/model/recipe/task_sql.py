"""Text to SQL: one schema, many questions."""

from chatml import ASK, SQL_SYSTEM, system, user
from found import Contents
from questions import question
from vary import pick


def sql(r, k):
    schema = pick(r)
    contents = Contents(r, schema)
    out = []
    while len(out) < k:
        q, answer, *_ = question(r, schema)
        q, found = contents.found(r, q, answer)
        # What was found has to be used, or left alone: more to learn than where nothing was.
        if found or r.random() < 0.7:
            out.append((user(q + found) + ASK, answer, q))
    return system(SQL_SYSTEM + schema.text()), out
