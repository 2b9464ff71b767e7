"""Noun phrases and sentence shells: "the active customers from Brazil who signed up in 2024"."""

VERBS = """List|List|List|Show|Show|Show me|Give me|Give me|Find|Find|Get|Get|Display|Return|Retrieve|Fetch|Print|Provide|Tell me|I need|I want|I want to see|I would like
I'd like to see|Let me see|Output|Select|Report|Pull up|Look up|Present|Give|Show us|Get me|Find me|List out|Can I see|Can I get""".replace("\n", "|").split("|")
ASK = {"Can I see", "Can I get"}
PRE = ["Please ", "Can you ", "Could you ", "Could you please ", "Can you please ", "Would you ", "Kindly ", "Hi, please ", "Hey, ", "Now ", "Help me: "]


def plural(s):
    if s in ("stock", "stock level", "units in stock", "number in stock", "quantity in stock", "days", "points", "loyalty points", "refills", "pay", "ID") or s.startswith("number of"):
        return s + "s" if s in ("ID", "stock level") else s.replace("number of", "numbers of") if s.startswith("number of") else s
    for mid in (" of ", " in "):
        if mid in s:
            a, b = s.split(mid, 1)
            return plural(a) + mid + b
    if s.endswith("y") and s[-2] not in "aeiou":
        return s[:-1] + "ies"
    return s + ("es" if s.endswith(("s", "x", "ch", "sh", "ss")) else "s")


def join_words(r, words, word="and"):
    if len(words) == 1:
        return words[0]
    if len(words) == 2:
        return f"{words[0]} {word} {words[1]}" if r.random() < 0.93 or word != "and" else f"{words[0]} {r.choice(('as well as', 'plus', 'together with', '&'))} {words[1]}"
    return ", ".join(words[:-1]) + ("," if r.random() < 0.3 else "") + f" {word} {words[-1]}"


def relative(r, t, kind, text):
    """A way to say a condition, as words behind a noun."""
    w = "who" if t.person else r.choice(("that", "that", "which"))
    if kind == "vp":
        return f"{w} {text}"
    if kind == "with":
        x = r.random()
        return f"with {text}" if x < 0.65 else f"{w} have {text}" if x < 0.85 else f"having {text}"
    if kind == "whose":
        return f"whose {text}"
    if kind == "where":
        return f"where {text}"
    if kind in ("pp", "part") and r.random() < 0.18 and not text.startswith("not "):
        return f"{w} {'were' if kind == 'part' and r.random() < 0.5 else 'are'} {text}"
    return text


def verb_phrase(r, kind, text):
    """A condition as a predicate of "Which customers …", or None where that is not English."""
    if kind == "vp":
        return text
    if kind == "with":
        return "have " + text
    if kind == "pp":
        return "are " + text
    if kind == "part":
        return r.choice(("are ", "were ")) + text
    return "are " + text if kind == "adj" else None


SINGULAR = {"women": "woman", "men": "man", "ladies": "lady"}


HE = {"are": "is", "have": "has", "were": "was", "do": "does", "live": "lives", "come": "comes", "reside": "resides", "earn": "earns", "make": "makes", "work": "works", "practice": "practices", "practise": "practises", "specialize": "specializes", "specialise": "specialises", "use": "uses", "lack": "lacks", "hold": "holds", "own": "owns", "belong": "belongs", "carry": "carries", "bring": "brings", "get": "gets", "receive": "receives", "still": "still", "weren't": "wasn't", "aren't": "isn't", "don't": "doesn't", "haven't": "hasn't"}


def one_does(vp):
    """A predicate of many, said of one: "live in Oslo" -> "lives in Oslo"."""
    first, _, rest = vp.partition(" ")
    return f"{HE.get(first, first)} {rest}".strip()


def noun_phrase(r, t, conds, one=False, word="and"):
    """Noun with its conditions (a list of ways for each), in the order in which SQL gets them.

    Returns (words, order): order lists the indices of conds as they are mentioned.
    """
    noun = r.choice(t.nouns)[0 if one else 1]
    adjs, posts = [], []
    last = None
    for i, forms in enumerate(conds):
        ok = [f for f in forms if not (one and f[0] == "vp") and not (word == "or" and f[0] in ("adj", "noun"))]
        # What stands before the noun is what gets lost.
        front = [f for f in ok if f[0] in ("adj", "noun")] if r.random() < 0.22 else []
        kind, text = r.choice(front or ok or forms)
        if kind == "noun":
            noun = SINGULAR.get(text, text.removesuffix("s")) if one else text
            adjs.append((i, None))
        elif kind == "adj":
            adjs.append((i, text))
        else:
            posts.append((i, kind, text))
    if r.random() < 0.6:
        posts.sort(key=lambda p: p[1] in ("vp", "whose", "where"))
    out = [a for _, a in adjs if a] + [noun]
    text = (", " if len(adjs) > 1 and r.random() < 0.3 else " ").join(out[:-1]) + " " * (len(out) > 1) + out[-1]
    for n, (_, kind, p) in enumerate(posts):
        rel = relative(r, t, kind, p)
        if n == 0:
            text += " " + rel
        else:
            same = last[0] == kind and kind in ("vp", "with", "whose")
            if same and kind == "vp":
                rel = p if r.random() < 0.7 else rel
            elif same and kind == "with" and rel.startswith("with ") and r.random() < 0.5:
                rel = rel[5:]
            sep = f" {word} " if word == "or" or r.random() < (0.85 if same or rel.startswith("whose") else 0.5) else r.choice((" ", " ", ", ", " but "))
            text += sep + rel
        last = (kind, p)
    return text, [i for i, _ in adjs] + [i for i, *_ in posts]


def finish(r, q, question=False):
    """Politeness, case and the closing mark."""
    if question:
        if r.random() < 0.04:
            q = r.choice(("Tell me, ", "Quick question: ", "I wonder, ", "Please tell me: ", "Hi, ")) + q[0].lower() + q[1:]
        if r.random() < 0.88:
            q += "?"
    else:
        if r.random() < 0.09 and q.split()[0] in VERBS and not q.startswith(("I ", "I'd", "Can I")):
            p = r.choice(PRE)
            q = p + q[0].lower() + q[1:] + ("?" if p.startswith(("C", "W")) and r.random() < 0.8 else "")
        elif q.startswith("Can I"):
            q += "?"
        elif r.random() < 0.05:
            q += r.choice((", please", " please"))
        if q[-1] != "?" and r.random() < 0.4:
            q += "."
    if r.random() < 0.09:
        q = q[0].lower() + q[1:]
    return q[0].upper() + q[1:] if r.random() < 0.9 else q
