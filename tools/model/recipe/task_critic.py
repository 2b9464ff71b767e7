"""Right and wrong answers, to be judged."""

import chat as CHAT
from chatml import ASK, END, system
from corrupt import bad_chat, corrupt
from passages import subject, value
from questions import question
from reading import passage
from vary import pick

CRITIC_SYSTEM = "Review the proposed answer. Reply OK, or name the problem."


def critic(r, k):
    """Right and wrong answers, half and half, to be judged."""
    x = r.random()
    out = []
    if x < 0.6:
        schema = pick(r)
        head = system(CRITIC_SYSTEM) + f"<|im_start|>user\n{schema.text()}\n"
        while len(out) < k:
            q, answer, *_ = question(r, schema)
            verdict = "OK"
            if r.random() < 0.5:
                y = r.random()
                if y < 0.2:
                    other = question(r, schema)[1]
                    bad = (other, "Problem: the query answers another question.") if other.split(" WHERE ")[0] != answer.split(" WHERE ")[0] else None
                elif y < 0.27:
                    bad = bad_chat(r, q, answer)
                else:
                    bad = corrupt(r, answer, schema)
                if not bad or bad[0] == answer:
                    continue
                answer, verdict = bad
            out.append((f"Question: {q}\nAnswer: {answer}{END}{ASK}", verdict, q))
        return head, out
    if x < 0.85:
        text, asked = passage(r, k)
        head = system(CRITIC_SYSTEM) + f"<|im_start|>user\n{text}\n"
        asked = asked or [("What is it?", "I do not know.")]
        answers = [a for _, a in asked]
        for i in range(k):
            q, a = asked[i % len(asked)]
            verdict = "OK"
            if r.random() < 0.5:
                wrong = r.choice([w for w in answers if w != a] + [value(r, r.choice(("money", "date", "person", "place", "measure", "duration", "word"))), subject(r)])
                if wrong != a:
                    a, verdict = wrong, "Problem: the passage does not say that."
            if a not in ("I do not know.",) and r.random() < 0.15:
                a = f"It is {a}." if r.random() < 0.5 else f"The answer is {a}."
            out.append((f"Question: {q}\nAnswer: {a}{END}{ASK}", verdict, q))
        return head, out
    for _ in range(k):
        q, a = CHAT.pair(r)
        verdict = "OK"
        if r.random() < 0.5:
            a, verdict = bad_chat(r, q, a)
        out.append((f"Question: {q}\nAnswer: {a}{END}{ASK}", verdict, q))
    return system(CRITIC_SYSTEM) + "<|im_start|>user\n", out
