"""Text to SQL: one schema, many questions."""

from chatml import ASK, SQL_SYSTEM, system, user
from found import Contents
from questions import question
from vary import pick


def sql(r, k):
    schema = pick(r)
    contents = Contents(r, schema)
    out = []
    for _ in range(k):
        q, answer, *_ = question(r, schema)
        q, found = contents.found(r, q, answer)
        out.append((user(q + found) + ASK, answer, q))
    return system(SQL_SYSTEM + schema.text()), out
