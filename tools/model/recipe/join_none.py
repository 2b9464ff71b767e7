"""Without any, with at least one: NOT EXISTS and EXISTS."""

from ask import ask_list, choose_cols, where
from filter_text import article
from paths import edges
from phrases import noun_phrase

NEVER = {("customers", "orders"): ["who have never placed an order", "who never ordered anything", "who have never ordered anything", "who never placed an order", "who have not ordered anything", "who have not placed any order", "who did not place any orders", "who haven't ordered yet"],
         ("customers", "reviews"): ["who have never written a review", "who never wrote a review", "who have not written any reviews", "who never reviewed anything", "who did not write a review", "who have not reviewed anything", "who have never left a review"],
         ("products", "reviews"): ["that have never been reviewed", "that nobody has reviewed", "that were never reviewed", "that have not been reviewed", "nobody reviewed", "that no one has reviewed"],
         ("products", "order_items"): ["that have never been ordered", "that were never ordered", "that nobody has ordered", "never ordered by anyone", "that have never been sold", "that were never sold", "that have not been ordered", "that nobody bought", "that do not appear in any order", "that were never bought"],
         ("orders", "order_items"): ["that are empty", "that contain no items"],
         ("patients", "appointments"): ["who have never had an appointment", "who never had an appointment", "who have never booked an appointment", "who have not had any appointments", "who never came in for an appointment", "who never booked an appointment"],
         ("doctors", "appointments"): ["who have never had an appointment", "who never had an appointment", "who have not had any appointments", "who do not have a single appointment"],
         ("appointments", "diagnoses"): ["that did not lead to a diagnosis", "that were never followed by a diagnosis", "that resulted in no diagnosis"],
         ("appointments", "prescriptions"): ["that did not lead to a prescription", "that resulted in no prescription", "where nothing was prescribed", "in which no drug was prescribed"]}

EVER = {("customers", "orders"): ["who have placed at least one order", "who have ordered at least once", "who have placed an order at least once", "who ordered at least once"], ("customers", "reviews"): ["who have written at least one review", "who wrote at least one review", "who have reviewed at least one product"],
        ("products", "reviews"): ["that have been reviewed at least once", "that were reviewed at least once", "that got at least one review"], ("products", "order_items"): ["that have been ordered at least once", "that were ordered at least once", "that have been sold at least once"],
        ("patients", "appointments"): ["who have had at least one appointment", "who had at least one appointment", "who have booked at least one appointment"], ("doctors", "appointments"): ["who have had at least one appointment"],
        ("appointments", "diagnoses"): ["that led to at least one diagnosis", "that resulted in at least one diagnosis"], ("appointments", "prescriptions"): ["that led to at least one prescription", "that resulted in at least one prescription"]}


def anti(a):
    """Without any, with at least one: NOT EXISTS and EXISTS."""
    r = a.r
    links = [(c, fk, p) for c, fk, p in edges(a.schema)]
    if not links:
        return None
    child, fk, parent = r.choice(links)
    no = r.random() < 0.68
    nouns = r.choice(child.nouns)
    a.qual = True
    csql, cwords = [], nouns
    if r.random() < 0.3:
        csql, fs = a.conds(child, (0, 1))
        cwords = (noun_phrase(r, child, fs, True)[0], noun_phrase(r, child, fs, False)[0]) if len(fs) else nouns
        if fs:
            one = [f for f in fs[0] if f[0] != "vp"] or fs[0]
            pickd = r.choice(one)
            cwords = (noun_phrase(r, child, [[pickd]], True)[0], noun_phrase(r, child, [[pickd]], False)[0])
    who = "who" if parent.person else r.choice(("that", "which"))
    sub = f"EXISTS (SELECT 1 FROM {child.name} WHERE {child.name}.{fk.name} = {parent.name}.id{''.join(' AND ' + s for s in csql)})"
    vps = [t for k, t in a.schema.links.get((parent.canon, child.canon), ()) if k == "vp" and t.endswith("{b}")]
    if no:
        sub = "NOT " + sub
        ways = [f"without any {cwords[1]}", f"without {cwords[1]}", f"without {article(cwords[0])}", f"with no {cwords[1]}", f"{who} have no {cwords[1]}", f"{who} do not have any {cwords[1]}", f"{who} don't have any {cwords[1]}", f"{who} have no {cwords[0]}", f"without a single {cwords[0]}", f"for which there are no {cwords[1]}", f"lacking any {cwords[1]}", f"{who} do not have {article(cwords[0])}"]
        if not csql:
            ways += NEVER.get((parent.canon, child.canon), []) * 2
    else:
        ways = [f"with at least one {cwords[0]}", f"{who} have at least one {cwords[0]}", f"that have one or more {cwords[1]}" if not parent.person else f"who have one or more {cwords[1]}", f"with one or more {cwords[1]}", f"having at least one {cwords[0]}", f"for which at least one {cwords[0]} exists"]
        for t in vps:
            if not t.startswith("have"):
                ways.append(f"{who} {t.replace('{b}', f'at least one {cwords[0]}')}")
        if not csql:
            ways += EVER.get((parent.canon, child.canon), []) * 2
    w = r.choice(ways)
    own, fs = a.conds(parent, (0.44, 0.56))
    a_np, order = noun_phrase(r, parent, fs)
    np = f"{a_np} {w}" if not own else f"{a_np}{r.choice((' and ', ' ')) if w.startswith('with') else ' '}{w}"
    wh = where(r, own + [sub])
    k = r.random()
    if k < 0.22:
        q, isq = r.choice(((f"How many {np} are there", True), (f"Count the {np}", False), (f"Number of {np}", False), (f"How many {np} do we have", True)))
        if not own and w.startswith(who) and r.random() < 0.6:
            q, isq = f"How many {r.choice(parent.nouns)[1]} {w[len(who) + 1:]}", True
        return q, isq, f"SELECT COUNT(*) FROM {parent.name}{wh}"
    if k < 0.42 and not own and (w.startswith(who + " ") or w.startswith("with")):
        n = r.choice(parent.nouns)[1]
        vp = w[len(who) + 1:] if w.startswith(who + " ") else "are " + w if w.startswith("without") else "have " + w[5:]
        return f"Which {n} {vp}", True, f"SELECT {a.ref(parent.label)} FROM {parent.name}{wh}"
    cols = None if r.random() < 0.45 else choose_cols(r, parent)
    q, isq = ask_list(a, parent, np, cols)
    return q, isq, f"SELECT {', '.join(a.ref(c) for c in cols or [parent.label])} FROM {parent.name}{wh}"
