"""Improving an answer after a review."""

import chat as CHAT
from chatml import ASK, SQL_SYSTEM, said, system, user
from corrupt import bad_chat, corrupt
from found import Contents
from reading import passage
from questions import question
from task_read import EXTRACT_SYSTEM
from vary import pick

SAY = "A reviewer says: {c}\nWrite an improved answer."

BLAND = ["It is wrong.", "The answer is wrong.", "That is not correct.", "Please check the answer again.", "This does not answer the question."]


def revise(r, k):
    """Few kinds of conversation, one improved answer each."""
    x = r.random()
    out = []
    if x < 0.5:
        schema = pick(r)
        contents = Contents(r, schema)
        while len(out) < k:
            q, answer, *_ = question(r, schema)
            bad = corrupt(r, answer, schema)
            if not bad or len(q) + 2 * len(answer) > 360:
                continue
            c = bad[1] if r.random() < 0.8 else r.choice(BLAND)
            q, found = contents.found(r, q, answer)
            out.append((user(q + found) + said(bad[0]) + user(SAY.replace("{c}", c)) + ASK, answer, q))
        return system(SQL_SYSTEM + schema.text()), out
    if x < 0.8:
        text, asked = passage(r, k)
        while len(asked) < k:
            asked += passage(r, k)[1][:0] or asked[:1] or passage(r, k)[1]
        answers = [a for _, a in asked]
        for q, a in asked[:k]:
            wrong = r.choice([w for w in answers if w != a] or ["I am not sure"])
            c = r.choice(("Problem: the passage does not say that.", "Problem: the answer is not in the passage.", *BLAND))
            if r.random() < 0.2:
                wrong, c = a, r.choice(("OK", "OK"))
            out.append((user(q) + said(wrong) + user(SAY.replace("{c}", c)) + ASK, a, q))
        return system(EXTRACT_SYSTEM + text), out
    while len(out) < k:
        q, a = CHAT.pair(r)
        wrong, c = bad_chat(r, q, a)
        out.append((user(q) + said(wrong) + user(SAY.replace("{c}", c if r.random() < 0.8 else r.choice(BLAND))) + ASK, a, q))
    return system(r.choice(CHAT.SYSTEMS)), out
