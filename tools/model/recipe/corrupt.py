"""Wrong answers, and what is wrong with them."""

import re

import chat as CHAT
import values as V

VALUES = re.compile(r"'((?:[^']|'')*)'")


# How often a way is tried first: what is plainly wrong more than what is nearly right.
PLAIN = {"value": 4, "table": 3, "number": 2.5, "column": 2, "drop": 2, "count": 2, "limit": 1.5, "operator": 0.8, "order": 0.8}


def corrupt(r, answer, schema):
    """A wrong query and what is wrong with it, or None."""
    ways = sorted(PLAIN, key=lambda w: r.random() ** (1 / PLAIN[w]), reverse=True)
    for w in ways:
        if w == "value" and (m := VALUES.findall(answer)):
            v = r.choice(m)
            new = r.choice((V.made_up(r), V.country(r), V.city(r), V.person(r))) if not re.match(r"\d{4}-", v) else V.day(r).isoformat()
            if new not in answer:
                return answer.replace(f"'{v}'", f"'{new.replace(chr(39), '')}'"), f"Problem: the query filters on {new.replace(chr(39), '')}, the question does not."
        if w == "number" and (m := re.findall(r"(?<=[<>=] )\d+(?:\.\d+)?", answer)):
            v, new = r.choice(m), str(r.randint(1, 999))
            if new != v:
                return re.sub(rf"(?<=[<>=] ){re.escape(v)}(?![\d.])", new, answer, 1), f"Problem: the query compares with {new}, the question does not."
        if w == "table":
            t = re.search(r" FROM (\w+)", answer).group(1)
            other = r.choice([x.name for x in schema.tables if x.name != t])
            if " JOIN " not in answer:
                return answer.replace(f" FROM {t}", f" FROM {other}", 1), f"Problem: the query reads the wrong table, {other}."
        if w == "column" and (m := re.match(r"SELECT (?:DISTINCT )?((?:\w+\.)?\w+)(, | FROM)", answer)):
            old = m.group(1).split(".")[-1]
            t = next((t for t in schema.tables if re.search(rf"\b{t.name}\b", answer) and any(c.name == old for c in t.columns)), None)
            if t and len(t.columns) > 2:
                new = r.choice([c.name for c in t.columns if c.name != old])
                if new not in answer.split(" FROM ")[0]:
                    return answer.replace(old, new, 1), f"Problem: the query selects the wrong column, {new}."
        if w == "operator" and (m := re.findall(r" (>=|<=|>|<) ", answer)):
            o = m[0]
            n = {">": "<", "<": ">", ">=": "<=", "<=": ">="}[o]
            if len(m) == 1:
                return answer.replace(f" {o} ", f" {n} ", 1), "Problem: the comparison is the wrong way round."
        if w == "drop" and " WHERE " in answer and "(SELECT" not in answer:
            bad = re.sub(r" WHERE .*?(?= GROUP BY| ORDER BY| HAVING| LIMIT|$)", "", answer, 1)
            return bad, "Problem: a condition of the question is missing."
        if w == "order" and " ORDER BY " in answer:
            if " DESC" in answer:
                return answer.replace(" DESC NULLS LAST", "").replace(" DESC", "", 1), "Problem: the order is the wrong way round."
            return re.sub(r"( ORDER BY .*?)( LIMIT| OFFSET|$)", r"\1 DESC\2", answer, 1), "Problem: the order is the wrong way round."
        if w == "limit" and (m := re.search(r" LIMIT (\d+)", answer)):
            n = r.randint(1, 60)
            if str(n) != m.group(1):
                return answer.replace(m.group(0), f" LIMIT {n}", 1), "Problem: the number of rows is wrong."
        if w == "count" and "COUNT(*)" in answer and "GROUP" not in answer:
            return answer.replace("COUNT(*)", "*", 1), "Problem: the question asks for a count."
    return None


def bad_chat(r, q, a):
    x = r.random()
    if x < 0.25:
        return r.choice(("...", "?", "-", "")) or ".", "Problem: the answer is empty."
    if x < 0.5:
        return r.choice(("Go away.", "That is a stupid question.", "I will not help you.", "Leave me alone.", "You are an idiot.", "Shut up.", "What a dumb question.", "Figure it out yourself.", "I do not care.")), "Problem: the answer is rude."
    other = a
    while other == a:
        other = r.choice((CHAT.pair(r)[1], f"The {V.made_up(r)} {r.choice(('lamp', 'river', 'song'))} is {r.choice(('green', 'old', 'heavy'))}.", " ".join(V.made_up(r, True) for _ in range(r.randint(3, 7)))))
    return other, "Problem: the answer does not fit the question."
