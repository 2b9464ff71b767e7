"""Text to SQL: one schema, many questions."""

from chatml import ASK, SQL_SYSTEM, system, user
from questions import question
from vary import pick


def sql(r, k):
    schema = pick(r)
    out = []
    for _ in range(k):
        q, answer, *_ = question(r, schema)
        out.append((user(q) + ASK, answer, q))
    return system(SQL_SYSTEM + schema.text()), out
