"""Passages of made-up facts and questions about them, some of which the passage does not answer."""

import values as V
from documents import fact
from passages import ATTRS, COLORS, FILLER, attribute, story, subject, value

HEADINGS = "Guideline|Policy|Manual|Report|Handbook|Notes|Instructions|Contract|Summary|Safety|Overview|Procedure|Appendix|Section {n}|Chapter {n}|{n}. General|{n}.{m} Scope|Treatment|Follow-up|Leave|Care|Getting started|Prices|Contacts|Delivery|Version {n}".split("|")
SIZES = (1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 9, 11)


def asked_of(r, sents, pool, used):
    """Adds one fact, now and then the like of it for something else, to sentences and pool."""
    x = r.random()
    if x < 0.55:
        s, qa, i = fact(r)
        if i in used:
            return
        used.add(i)
        sents.append(s)
        pairs = [(set(qs), a) for qs, a in qa]
        if r.random() < 0.2:
            # The same kind of fact about something else: only questions that say which of the two count.
            s2, qa2, _ = fact(r, i)
            sents.append(s2)
            more = [(set(qs), a) for qs, a in qa2]
            one, two = (set().union(*(q for q, _ in p)) if p else set() for p in (pairs, more))
            pairs = [(q - (two if p is pairs else one), a) for p in (pairs, more) for q, a in p]
        pool += [(sorted(q), a) for q, a in pairs if q]
    elif x < 0.82:
        s = subject(r)
        kind = r.choice(list(ATTRS))
        attr = r.choice(ATTRS[kind])
        todo = [(s, kind, attr)]
        if r.random() < 0.4:
            todo.append((subject(r), kind, attr))
        if r.random() < 0.4:
            todo.append((s, None, None))
        for s, k, at in todo:
            sent, qs, v, key = attribute(r, s, k, at)
            if key in used:
                continue
            used.add(key)
            sents.append(sent)
            pool.append((qs, v))
    else:
        sent, items, key = story(r)
        if key not in used:
            used.add(key)
            sents.append(sent)
            pool += items


def strange(r, used):
    """A question that the passage does not answer: of another fact, or of the like of one it has."""
    x = r.random()
    if x < 0.3:
        return r.choice(attribute(r, subject(r))[1])
    if x < 0.45:
        items = story(r)[1]
        return r.choice(items[0][0]) if items else None
    likes = [i for i in used if isinstance(i, int)]
    like = r.choice(likes) if likes and r.random() < 0.4 else None
    _, qa, i = fact(r, like)
    if not qa or like is None and i in used:
        return None
    return r.choice(r.choice(qa)[0])


KEYS = "colour name price weight size owner place number code age date speed height rate limit contact address score grade dose fee term root level".split()
LIKE = (("The {k} of {s} is {v}.", "What is the {k} of {s}?"), ("{s} has the {k} {v}.", "Which {k} does {s} have?"), ("For {s}, the {k} is {v}.", "What is the {k} for {s}?"), ("{v} is the {k} of {s}.", "What is the {k} of {s}?"), ("{s}: {k} {v}.", "What is the {k} of {s}?"), ("The {k} for {s} was {v}.", "What was the {k} for {s}?"))


PLAIN = "{s} {v}|{s}: {v}|{s} is {v}|{s} = {v}|{s} has {v}|{v} for {s}|the {s} is {v}|{s} costs {v}|{s} got {v}".split("|")


def pairs_of(r, asked):
    """Words and what belongs to each, nothing else: the least that looking up takes."""
    names = r.choice((V.NOUN, V.NOUN, V.CITIES, V.FIRST, V.MONTHS, V.DRUGS, COLORS, V.COUNTRIES, [str(n) for n in range(1, 40)]))
    keys = [V.spaced(k) for k in r.sample(names, min(len(names), r.choice((2, 3, 3, 4, 5, 6, 8))))]
    keys = [k.lower() for k in keys] if r.random() < 0.5 else keys
    kind = r.random()
    values = [str(r.randint(1, 999)) if kind < 0.4 else r.choice(V.NOUN).lower() if kind < 0.6 else r.choice(V.FIRST + V.CITIES).replace("_", " ") if kind < 0.8 else V.made_up(r) for _ in keys]
    say, ask = r.choice(PLAIN), r.choice(("{s}?", "What is {s}?", "What about {s}?", "Tell me {s}", "What does it say about {s}?", "And {s}?"))
    text = r.choice((", ", ". ", "; ", "\n")).join(say.replace("{s}", k).replace("{v}", v) for k, v in zip(keys, values)) + "."
    return text, [(ask.replace("{s}", keys[i]), values[i]) for i in (r.randrange(len(keys)) for _ in range(asked))]


def lookup(r, asked):
    """Facts all alike, of which only the name asked for tells which: what reading comes down to, taught densely."""
    kind = r.choice((*ATTRS, "word", "count"))
    names = lambda: r.choice((V.made_up(r), V.made_up(r), V.person(r), V.city(r), V.title(r), f"the {r.choice(V.NOUN).lower()}", f"the {r.choice(V.ADJ).lower()} {r.choice(V.NOUN).lower()}", r.choice(V.DRUGS), f"room {r.randint(1, 99)}"))
    n = r.choice((1, 2, 3, 4, 5, 6, 8))
    keys = [r.choice(KEYS)] * n if r.random() < 0.6 else r.sample(KEYS, n)
    subjects = [names()] * n if len(set(keys)) == n > 1 and r.random() < 0.5 else list({names() for _ in range(n)})
    facts = list(zip(keys, subjects))
    say, ask = r.choice(LIKE)
    fill = lambda t, k, s, v="": (t.replace("{k}", k).replace("{s}", s).replace("{v}", v))
    values = [value(r, kind) for _ in facts]
    text = [(x := fill(say, k, s, v))[0].upper() + x[1:] for (k, s), v in zip(facts, values)]
    out = []
    for _ in range(asked):
        if r.random() < 0.1:
            s = names()
            k = r.choice(keys)
            if (k, s) not in facts:
                out.append((fill(ask, k, s), "I do not know."))
                continue
        i = r.randrange(len(facts))
        out.append((fill(ask, *facts[i]), values[i]))
    return (" " if r.random() < 0.7 else "\n").join(text), out


def passage(r, asked=6):
    """(passage, [(question, answer), ...]); one question in six has no answer in it."""
    x = r.random()
    if x < 0.5:
        return (pairs_of if x < 0.15 else lookup)(r, asked)
    sents, pool, used = [], [], set()
    for _ in range(r.choice(SIZES)):
        asked_of(r, sents, pool, used)
        if r.random() < 0.18:
            sents.append(r.choice(FILLER))
    if r.random() < 0.5:
        r.shuffle(sents)
    text = lay_out(r, sents)
    known = {q for qs, _ in pool for q in qs}
    out = []
    for _ in range(asked * 3):
        if len(out) == asked:
            break
        if r.random() < 0.17 or not pool:
            q = strange(r, used)
            if q and q not in known:
                out.append((polish(r, q), "I do not know."))
        else:
            qs, v = r.choice(pool)
            out.append((polish(r, r.choice(qs)), v))
    return text, out


def lay_out(r, sents):
    """One paragraph, several, a list, or chunks under headings."""
    x = r.random()
    head = lambda: r.choice(HEADINGS).replace("{n}", str(r.randint(1, 12))).replace("{m}", str(r.randint(1, 9))) + r.choice(("", "", f" {V.made_up(r)}"))
    if x < 0.6:
        text = " ".join(sents)
    elif x < 0.7:
        text = "\n".join(f"- {s}" for s in sents) if r.random() < 0.5 else "\n".join(sents)
    else:
        text, at = "", 0
        while at < len(sents):
            n = r.randint(1, 4)
            text += ("\n" if text else "") + (head() + "\n" if r.random() < 0.4 else "") + " ".join(sents[at:at + n])
            at += n
    return f"{head()}\n{text}" if r.random() < 0.2 else text


def polish(r, q):
    if r.random() < 0.06:
        q = q.rstrip("?.")
    if r.random() < 0.06:
        q = q[0].lower() + q[1:]
    return q
