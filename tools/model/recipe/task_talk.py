"""Small talk, and drills in copying."""

import chat as CHAT
import values as V
from chatml import ASK, said, system, user


def told(r):
    """What a person says of themselves, the reply, and what may be asked about it later: (message, reply, question, answer)."""
    x = r.random()
    if x < 0.6:
        n = V.person(r).split()[0] if r.random() < 0.7 else V.made_up(r)
        say = r.choice((f"My name is {n}", f"I am {n}", f"Hello, I am {n}", f"Hi, my name is {n}", f"Call me {n}", f"I'm {n}", f"Please call me {n}", f"Hi! I'm {n}", f"My name is {n}. Remember it", f"My name is {n}, please remember that", f"Hello, my name is {n}"))
        return say, f"Hello, {n}! How can I help you?", r.choice(("What is my name?", "What's my name?", "Do you remember my name?", "Who am I?", "Tell me my name", "What did I say my name is?", "Can you tell me my name?", "And what is my name?", "What was my name?", "Remind me of my name", "Do you know my name?", "What am I called?")), f"Your name is {n}."
    what = r.choice(("favourite colour", "favourite number", "city", "dog's name", "job", "password", "favourite animal", "code word", "favorite color", "order number", "favourite food", "lucky number", "car", "hobby"))
    v = str(r.randint(1, 999)) if "number" in what else V.city(r) if what == "city" else r.choice(("red", "blue", "green", "yellow", "purple", "orange", "black", "white", "pink", "brown")) if "colo" in what else r.choice((V.made_up(r), V.made_up(r, True), r.choice(V.NOUN).lower()))
    say = r.choice((f"My {what} is {v}", f"Remember that my {what} is {v}", f"Note that my {what} is {v}", f"My {what} is {v}, please remember it"))
    return say, "All right, I will remember that.", r.choice((f"What is my {what}?", f"What's my {what}?", f"Do you remember my {what}?", f"Tell me my {what}", f"What did I say my {what} is?", f"What was my {what}?")), f"Your {what} is {v}."


def looking_back(r):
    """A conversation that asks for what was said some turns ago, or never: (turns so far, question, answer)."""
    say, reply, q, a = told(r)
    turns = [(CHAT.polish(r, say) if a.startswith("Your name") else say, reply)]
    for _ in range(r.choice((0, 0, 1, 1, 1, 2))):
        turns.insert(r.choice((0, len(turns), len(turns))), CHAT.pair(r))
    if r.random() < 0.12:
        turns = [t for t in turns if t[1] != reply] or [CHAT.pair(r)]
        if not any("name is" in m.lower() or "call me" in m.lower() or " am " in m.lower() for m, _ in turns):
            return turns, "What is my name?" if r.random() < 0.5 else "Do you know my name?", "You have not told me."
        return turns, "What is my lucky number?", "You have not told me."
    return turns, q, a


def small_talk(r, k):
    s = r.choice(CHAT.SYSTEMS)
    out = []
    for _ in range(k):
        head = ""
        if r.random() < 0.26:
            turns, q, a = looking_back(r)
            out.append(("".join(user(m) + said(n) for m, n in turns) + user(q) + ASK, a, q))
            continue
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
