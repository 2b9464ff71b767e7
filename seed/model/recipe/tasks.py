"""What the model is trained to do: each function returns a group, (prefix text, [(branch text, answer), ...])."""

import re

import chat as CHAT
import schemas as S
import values as V
from passages import passage, subject, value
from questions import question

END = "<|im_end|>\n"
ASK = "<|im_start|>assistant\n"


def system(text):
    return f"<|im_start|>system\n{text}{END}" if text is not None else ""


def user(text):
    return f"<|im_start|>user\n{text}{END}"


def said(text):
    return f"{ASK}{text}{END}"


SQL_SYSTEM = "Write one PostgreSQL query that answers the question.\n"


def sql(r, k):
    schema = S.pick(r)
    out = []
    for _ in range(k):
        q, answer, *_ = question(r, schema)
        out.append((user(q) + ASK, answer, q))
    return system(SQL_SYSTEM + schema.text()), out


# ---- route

ROUTE_SYSTEM = "Name the database that can answer the question, or none.\n"


def route(r, k):
    x = r.random()
    dbs = [S.SHOP, S.CLINIC]
    if x < 0.5:
        if x < 0.08:
            dbs = dbs[::-1]
        elif x < 0.2:
            dbs = [S.vary(d, r) for d in dbs]
    elif x < 0.68:
        dbs = r.sample(S.MADE_UP, r.choice((1, 2, 3)))
        if r.random() < 0.5:
            dbs.insert(r.randrange(len(dbs) + 1), r.choice((S.SHOP, S.CLINIC)))
    elif x < 0.76:
        dbs = [r.choice(dbs)]
    else:
        dbs = dbs + r.sample(S.MADE_UP, r.choice((1, 2)))
        r.shuffle(dbs)
    names = [d.name if r.random() < 0.86 else r.choice((d.name + r.choice(("_b", "_test", "_drifted", "_2", "_prod")), V.made_up(r, True))) for d in dbs]
    if len(set(names)) < len(names):
        names = [d.name for d in dbs]
    lines = [f"{n}: {', '.join(t.name for t in d.tables)}" for n, d in zip(names, dbs)]
    there = {d.name for d in dbs}
    strangers = [d for d in S.MADE_UP + [S.SHOP, S.CLINIC] if d.name not in there]
    out = []
    for _ in range(k):
        y = r.random()
        if y < 0.66:
            i = r.randrange(len(dbs))
            q, answer = question(r, dbs[i])[0], names[i]
        elif y < 0.86 or not strangers or len(dbs) > 2:
            q, answer = CHAT.off_topic(r), "none"
        else:
            s = r.choice(strangers)
            if any(t.name in {u.name for d in dbs for u in d.tables} for t in s.tables):
                q = CHAT.off_topic(r)
            else:
                q = question(r, s)[0]
            answer = "none"
        out.append((user(q) + ASK, answer, q))
    return system(ROUTE_SYSTEM + "\n".join(lines)), out


# ---- repair

def swap(text, old, new):
    return re.sub(rf"(?<![\w']){re.escape(old)}(?![\w'])", new, text)


def failed(r, q, answer, used, schema):
    """A query that fails and Postgres's words about it: (sql, message, hint or None)."""
    x = r.random()
    qual = "." in answer.split(" FROM ")[0] or " JOIN " in answer or "EXISTS" in answer
    if x < 0.55 and used:
        c = r.choice(used)
        wrong = c.canon if c.canon != c.name else r.choice(c.alts) if c.alts and r.random() < 0.7 else f"{c.name}{r.choice(('s', '_name', '_value', 'x', '_id', '_date'))}"
        if wrong == c.name:
            wrong += "_1"
        old, new = (f"{c.table}.{c.name}", f"{c.table}.{wrong}") if qual else (c.name, wrong)
        bad = swap(answer, old, new)
        if bad != answer:
            say = f"column {new} does not exist" if qual else f'column "{wrong}" does not exist'
            hint = f'Perhaps you meant to reference the column "{c.table}.{c.name}".' if r.random() < 0.6 else None
            return bad, say, hint
    if x < 0.66:
        t = r.choice([t for t in schema.tables if re.search(rf"\b{t.name}\b", answer)])
        wrong = r.choice(t.alts) if t.alts and r.random() < 0.7 else t.name.rstrip("s") if t.name.endswith("s") and r.random() < 0.5 else t.name + r.choice(("_table", "_list", "s"))
        return swap(answer, t.name, wrong), f'relation "{wrong}" does not exist', None
    m = re.search(r" JOIN (\w+) ON \S+ = \S+", answer)
    if x < 0.78 and m:
        bad = answer.replace(m.group(0), "", 1)
        return bad, f'missing FROM-clause entry for table "{m.group(1)}"', None
    enums = [(c, lab) for t in schema.tables for c in t.columns for lab in c.labels if f"'{lab}'" in answer]
    if x < 0.88 and enums:
        c, lab = r.choice(enums)
        wrong = r.choice((lab.capitalize(), lab.upper(), lab + "s", lab.replace("_", " "), lab.replace("_", "-"), lab[:-1], V.made_up(r, True)))
        if wrong != lab:
            kind = {"status": f"{c.table.rstrip('s')}_status"}.get(c.name, c.name)
            return answer.replace(f"'{lab}'", f"'{wrong}'"), f'invalid input value for enum {kind}: "{wrong}"', None
    g = re.search(r" GROUP BY (.+?)( HAVING| ORDER BY|$)", answer)
    if x < 0.94 and g and answer.startswith("SELECT " + g.group(1)):
        col = g.group(1) if "." in g.group(1) else f"{re.search(r'FROM (.w+)'.replace('.w', chr(92) + 'w'), answer).group(1)}.{g.group(1)}"
        if "EXTRACT" not in col:
            return answer.replace(f" GROUP BY {g.group(1)}", "", 1), f'column "{col}" must appear in the GROUP BY clause or be used in an aggregate function', None
    y = r.random()
    if y < 0.5:
        w = r.choice(("FROM", "WHERE", "SELECT"))
        typo = {"FROM": "FORM", "WHERE": "WERE", "SELECT": "SELCT"}[w]
        if w in answer:
            bad = answer.replace(w, typo, 1)
            near = answer.split(w, 1)[1].split()[0] if w != "SELECT" else typo
            return bad, f'syntax error at or near "{near if w == "SELECT" else typo if r.random() < .3 else near}"', None
    if "EXTRACT(YEAR FROM" in answer:
        return re.sub(r"EXTRACT\(YEAR FROM (\S+?)\)", r"YEAR(\1)", answer), "function year(date) does not exist", "No function matches the given name and argument types. You might need to add explicit type casts."
    bad = re.sub(r" (=|>|<|>=|<=) (\d+)", r" \1 'x\2'", answer, 1)
    if bad != answer:
        return bad, f"invalid input syntax for type {r.choice(('integer', 'numeric'))}: \"{re.search(chr(39) + '(x' + chr(92) + 'd+)', bad).group(1)}\"", None
    if r.random() < 0.5:
        return answer[: max(20, len(answer) - r.randint(1, 8))], "syntax error at end of input", None
    return answer + r.choice((")", ";)", " AND", " LIMIT")), f'syntax error at {r.choice(("end of input", "or near " + chr(34) + ")" + chr(34)))}', None


def repair(r, k):
    x = r.random()
    schema = S.pick(r) if x < 0.45 else S.rename_one(r.choice((S.SHOP, S.CLINIC)), r)[0]
    drifted = {c.name for t in schema.tables for c in t.columns if c.canon != c.name}
    out = []
    while len(out) < k:
        q, answer, used, _ = question(r, schema)
        # A drifted column is what a stale query trips over: prefer questions that touch it.
        if x >= 0.45 and drifted and not any(c.name in drifted for c in used) and r.random() < 0.8:
            continue
        if x >= 0.45 and r.random() < 0.8:
            used = [c for c in used if c.name in drifted]
        bad, say, hint = failed(r, q, answer, used, schema)
        fix = f"That query failed: {say}{f'{chr(10)}HINT: {hint}' if hint else ''}\nWrite a corrected query."
        if len(q) + len(answer) + len(bad) < 330:
            out.append((user(q) + said(bad) + user(fix) + ASK, answer, q))
            if r.random() < 0.2 and len(q) + 2 * len(bad) < 250:
                out[-1] = (user(q) + said(bad) + user(fix) + said(bad) + user(fix) + ASK, answer, q)
    return system(SQL_SYSTEM + schema.text()), out


# ---- extract, chat, revise

EXTRACT_SYSTEM = "Answer the question from the passage, or say: I do not know.\n"


def extract(r, k):
    text, asked = passage(r, k)
    while len(asked) < k:
        asked += passage(r, 1)[1] if False else asked[: k - len(asked)] or passage(r, k)[1]
    return system(EXTRACT_SYSTEM + text), [(user(q) + ASK, a, q) for q, a in asked[:k]]


def small_talk(r, k):
    s = r.choice(CHAT.SYSTEMS)
    out = []
    for _ in range(k):
        head = ""
        for _ in range(r.choice((0, 0, 0, 0, 0, 1))):
            q, a = CHAT.pair(r)
            head += user(q) + said(a)
        q, a = CHAT.pair(r)
        out.append((head + user(q) + ASK, a, q))
    return system(s), out


def phrase_of(r):
    """A few random words, names, numbers: what nobody could guess."""
    return " ".join(r.choice((V.made_up(r), V.made_up(r, True), V.person(r), V.title(r), V.city(r), str(r.randint(1, 9999)), V.day(r).isoformat(), r.choice(V.WORDS))) for _ in range(r.choice((1, 2, 2, 3))))


def recall(r, k):
    """Pure copying and looking up, every answer token a copy: what a small model must learn first, taught densely."""
    out = []
    for _ in range(k):
        x = r.random()
        t = phrase_of(r)
        if x < 0.4:
            q, a = r.choice((f"Repeat after me: {t}", f"Repeat: {t}", f"Say {t}", f"Copy {t}", f"Write down {t}")), t
        elif x < 0.6:
            q, a = r.choice((f"Put {t} in quotes.", f"Quote {t}", f"{t} in quotes, please")), "'" + t.replace("'", "''") + "'"
        else:
            keys = r.sample(V.NOUN, r.randint(2, 4))
            vals = {n: V.made_up(r, r.random() < 0.5) if r.random() < 0.6 else str(r.randint(1, 9999)) for n in keys}
            text = ", ".join(f"{n} {r.choice(('is', 'is', '='))} {v}" for n, v in vals.items())
            ask = r.sample(keys, r.randint(1, 2))
            q, a = f"{text}. {r.choice(('What is', 'Give', 'Name'))} {', '.join(ask)}?", ", ".join(vals[n] for n in ask)
        out.append((user(q) + ASK, a, q))
    return system(None), out


VALUES = re.compile(r"'((?:[^']|'')*)'")


def corrupt(r, answer, schema):
    """A wrong query and what is wrong with it, or None."""
    ways = ["value", "table", "column", "operator", "drop", "order", "limit", "count", "number"]
    r.shuffle(ways)
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


CRITIC_SYSTEM = "Review the proposed answer. Reply OK, or name the problem."
SAY = "A reviewer says: {c}\nWrite an improved answer."
BLAND = ["It is wrong.", "The answer is wrong.", "That is not correct.", "Please check the answer again.", "This does not answer the question."]


def revise(r, k):
    """Few kinds of conversation, one improved answer each."""
    x = r.random()
    out = []
    if x < 0.5:
        schema = S.pick(r)
        while len(out) < k:
            q, answer, *_ = question(r, schema)
            bad = corrupt(r, answer, schema)
            if not bad or len(q) + 2 * len(answer) > 360:
                continue
            c = bad[1] if r.random() < 0.8 else r.choice(BLAND)
            out.append((user(q) + said(bad[0]) + user(SAY.replace("{c}", c)) + ASK, answer, q))
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


def critic(r, k):
    """Right and wrong answers, half and half, to be judged."""
    x = r.random()
    out = []
    if x < 0.6:
        schema = S.pick(r)
        head = system(CRITIC_SYSTEM) + f"<|im_start|>user\n{schema.text()}\n"
        while len(out) < k:
            q, answer, *_ = question(r, schema)
            verdict = "OK"
            if r.random() < 0.55:
                bad = corrupt(r, answer, schema)
                if not bad:
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
