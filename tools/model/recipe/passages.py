"""Made-up facts, questions about them, and the span that answers; documents.py has more, reading.py makes passages."""

import values as V

COLORS = "red green blue yellow black white orange grey".split()
THINGS = """clinic|hospital|school|library|museum|bridge|station|factory|laboratory|hotel|ship|committee|foundation|programme|project|pump|engine|printer|scanner|sensor|reactor|vaccine|policy|
contract|course|trial|survey|warehouse|office|garden|stadium|airport|theatre|app|server|battery|camera|drone|ventilator|monitor|unit|device|plan|fund|department|team|study|farm|vineyard|festival|award""".replace("\n", "").split("|")
ATTRS = {
    "money": "annual budget|price|fee|cost|monthly rent|deposit|fine|minimum payment|entry fee|total cost|starting salary|grant|purchase price|membership fee|repair cost|daily rate".split("|"),
    "duration": "warranty period|duration|notice period|trial period|waiting time|shelf life|recovery time|charging time|response time|retention period|maximum stay|contract length|opening time|cooling time|battery life|training period".split("|"),
    "count": "number of employees|number of members|number of rooms|capacity|number of participants|number of students|number of beds|maximum number of visitors|number of pages|population|number of steps|number of doses|number of seats".split("|"),
    "measure": "weight|height|length|maximum load|storage temperature|operating temperature|maximum speed|voltage|depth|range|width|maximum dose|daily dose|recommended dose|target pressure|noise level|diameter|power consumption".split("|"),
    "date": "opening date|deadline|start date|founding date|launch date|expiry date|closing date|review date|inspection date|date of approval".split("|"),
    "person": "director|founder|chairperson|manager|head|owner|designer|lead author|coordinator|contact person|architect|principal investigator|supervisor|inventor|president".split("|"),
    "place": "location|headquarters|birthplace|main office|venue|place of origin|destination|seat".split("|"),
    "word": "code name|brand|main supplier|operating system|first-line treatment|preferred drug|main ingredient|sponsor|official language|password policy|file format|product code|model name|main risk|most common side effect|colour".split("|"),
    "percent": "success rate|interest rate|discount|humidity limit|tax rate|attendance|error rate|share|growth rate|completion rate".split("|"),
}
EFFECTS = "nausea|headache|dizziness|dry mouth|fatigue|rash|insomnia|fever|back pain|blurred vision|loss of appetite|muscle pain|cough|stomach pain|itching".split("|")
ACTIONS = "restart the device|call the help desk|replace the filter|close the main valve|inform the supervisor|open the window|contact the emergency desk|disconnect the power cable|clean the nozzle|fill in form {n}|reset the password|check the fuse|leave the building|wash the wound with water|stop the treatment|store it in a dry place|press the {c} button|use the {c} switch".split("|")
FILLER = """This document is reviewed regularly.|The following section gives the details.|Please read it carefully.|Further information is available on request.|These rules apply to everyone.|Several people contributed to this text.
It replaces the previous version.|Questions are welcome at any time.|The details were confirmed last month.|Many visitors ask about this.|The results were discussed in the meeting.|This summary is kept short on purpose.
Safety comes first in all cases.|The rest of the chapter describes the background.|Local rules may differ.|The team met several times to prepare it.|It was well received by the public.|No changes are expected soon.""".replace("\n", "|").split("|")
NUM = (5, 10, 12, 15, 20, 24, 30, 40, 45, 60, 90, 100, 120, 150, 200, 250, 300, 500, 750, 1000)


def number(r):
    return r.choice(NUM) if r.random() < 0.3 else r.randint(2, 99) if r.random() < 0.6 else r.randint(100, 9999)


def value(r, kind):
    n = number(r)
    if kind == "money":
        return r.choice((f"{n} euros", f"{n} dollars", f"${n}", f"{n:,} euros", f"{n} pounds", f"EUR {n}", f"{n} million euros", f"£{n}"))
    if kind == "duration":
        u = r.choice(("days", "hours", "minutes", "weeks", "months", "years", "seconds"))
        return f"{r.choice(V.NUMBER_WORDS[2:13]) if r.random() < 0.3 else r.randint(2, 96)} {u}"
    if kind == "count":
        return f"{n:,}" if r.random() < 0.3 else str(n)
    if kind == "measure":
        x = n if r.random() < 0.7 else round(r.uniform(0.1, 99), 1)
        return f"{x} {r.choice(('mg', 'kg', 'g', 'ml', 'km', 'm', 'cm', 'mm', 'degrees', 'volts', 'litres', 'metres', 'km/h', 'mmHg', 'degrees Celsius', 'watts', 'milligrams', 'kilograms'))}"
    if kind == "date":
        return V.say_day(r, V.day(r)) if r.random() < 0.8 else f"{r.choice(V.MONTHS)} {r.randint(1900, 2030)}"
    if kind == "person":
        return r.choice(("", "", "", "Dr. ", "Professor ")) + V.person(r)
    if kind == "place":
        return V.city(r)
    if kind == "percent":
        return f"{n % 100 + 1}{r.choice(('%', ' percent', '%'))}"
    return r.choice((V.made_up(r), V.made_up(r), f"{V.made_up(r)} {r.randint(2, 99)}", V.drug(r), r.choice(EFFECTS), f"{r.choice(V.ADJ).lower()} {r.choice(V.NOUN).lower()}", r.choice(COLORS), f"{r.choice('ABCDEFGHXYZ')}-{r.randint(10, 999)}"))


def subject(r):
    x = r.random()
    thing = r.choice(THINGS)
    name = V.made_up(r) if r.random() < 0.6 else r.choice(V.LAST + V.CITIES + V.ADJ).replace("_", " ")
    if x < 0.5:
        return f"the {name} {thing}"
    if x < 0.62:
        return f"the {thing}"
    if x < 0.74:
        return f"the {r.choice(V.ADJ).lower()} {thing}"
    if x < 0.86:
        return f"{name} {r.choice(('Clinic', 'Hospital', 'Foods', 'University', 'Energy', 'Systems', 'Group', 'Bank', 'Air', 'Museum', 'Labs', 'Foundation'))}"
    return f"{thing} {r.choice('ABCDEF')}{r.choice(('', str(r.randint(1, 40))))}"


def attribute(r, s, kind=None, attr=None):
    """A sentence "the <attribute> of <subject> is <value>", its questions, and the answer."""
    kind = kind or r.choice(list(ATTRS))
    at = attr or r.choice(ATTRS[kind])
    v = value(r, kind)
    sent = r.choice((f"The {at} of {s} is {v}.", f"The {at} of {s} is {v}.", f"For {s}, the {at} is {v}.", f"{s} has a {at} of {v}.", f"The {at} for {s} was set at {v}." if kind not in ("person", "place", "word", "date") else f"The {at} of {s} was {v}.", f"According to the report, the {at} of {s} was {v}.", f"At {v}, the {at} of {s} is unusual." if kind in ("money", "measure", "percent") else f"{v} is the {at} of {s}.", f"The {at} of {s} was {v} at the last check."))
    qs = [f"What is the {at} of {s}?", f"What is the {at} of {s}?", f"What was the {at} of {s}?", f"Tell me the {at} of {s}.", f"What is the {at} for {s}?", f"{at.capitalize()} of {s}?", f"What {at} does {s} have?", f"Give the {at} of {s}.", f"Do you know the {at} of {s}?", f"Can you tell me the {at} of {s}?"]
    if kind == "person":
        qs += [f"Who is the {at} of {s}?"] * 5
    if kind == "date":
        qs += [f"When is the {at} of {s}?"] * 2
    if kind == "place":
        qs += [f"Where is the {at} of {s}?"] * 4
    if kind == "duration":
        qs += [f"How long is the {at} of {s}?"] * 4
    if kind == "money":
        qs += [f"How much is the {at} of {s}?"] * 4
    if kind == "measure" and at in ("weight", "height", "length", "depth", "width"):
        qs += [{"weight": f"How much does {s} weigh?", "height": f"How high is {s}?", "length": f"How long is {s}?", "depth": f"How deep is {s}?", "width": f"How wide is {s}?"}[at]] * 3
    if kind == "count" and at.startswith("number of"):
        qs += [f"How many {at[10:]} does {s} have?"] * 5
    if kind == "percent":
        qs += [f"How high is the {at} of {s}?"] * 2
    return sent[0].upper() + sent[1:], qs, v, (at, s)


def story(r):
    """A sentence of a domain, with several questions: [(sentence, [(questions, answer)], key)]."""
    d, p, o, c, n = V.drug(r), value(r, "person"), subject(r), V.city(r), r.randint(2, 60)
    dis = V.spaced(r.choice(V.DISEASES)).lower() if r.random() < 0.6 else V.made_up(r, True) + r.choice((" syndrome", " fever", " disease", ""))
    mg, day, y = value(r, "measure"), value(r, "date"), str(r.randint(1850, 2026))
    eff, eff2 = r.sample(EFFECTS, 2)
    act = r.choice(ACTIONS).replace("{n}", str(n)).replace("{c}", r.choice(COLORS))
    mon, dur, pct = value(r, "money"), value(r, "duration"), value(r, "percent")
    who = r.choice(("adults", "children", "pregnant women", "older patients", "athletes", "new patients", "employees", "students", "visitors", "drivers", "members", "nurses", "interns", "contractors", "managers", "residents", "customers"))
    every = r.choice((f"every {n} hours", "twice a day", "once a week", "three times a day", "every morning", f"every {n} days", "once a month", "every year", "before meals", "after each use"))
    thing = r.choice(THINGS)
    item = r.choice(("filter", "blade", "oil", "battery", "water tank", "seal", "cartridge", "brush", "belt", "valve", "lamp", "cable"))
    return r.choice((
        (f"{who.capitalize()} should take {mg} of {d} {every}.", [([f"How much {d} should {who} take?", f"What dose of {d} should {who} take?", f"What is the dose of {d} for {who}?"], mg), ([f"How often should {who} take {d}?"], every)], d),
        (f"Patients with {dis} should be given {d}.", [([f"What should patients with {dis} be given?", f"Which drug is given for {dis}?", f"What is given to patients with {dis}?"], d)], dis),
        (f"The recommended treatment for {dis} is {d} at {mg} {every}.", [([f"What is the recommended treatment for {dis}?", f"Which drug is recommended for {dis}?", f"How is {dis} treated?"], d), ([f"What dose of {d} is recommended for {dis}?"], mg)], dis),
        (f"Common side effects of {d} are {eff} and {eff2}.", [([f"What are the side effects of {d}?", f"What are common side effects of {d}?", f"Which side effects does {d} have?"], f"{eff} and {eff2}")], d),
        (f"{d} must not be combined with {V.made_up(r)}.", [], d),
        (f"{p} founded {o} in {y} in {c}.", [([f"Who founded {o}?", f"Who is the founder of {o}?"], p), ([f"When was {o} founded?", f"In which year was {o} founded?", f"What year was {o} founded?"], y), ([f"Where was {o} founded?", f"In which city was {o} founded?"], c)], o),
        (f"{o[0].upper()}{o[1:]} was {r.choice(('founded', 'built', 'opened'))} in {y} by {p}.", [([f"Who built {o}?", f"Who opened {o}?", f"By whom was {o} opened?", f"Who founded {o}?"], p), ([f"When was {o} built?", f"When did {o} open?", f"When was {o} founded?"], y)], o),
        (f"{o[0].upper()}{o[1:]} is located in {c}.", [([f"Where is {o} located?", f"Where is {o}?", f"In which city is {o}?", f"In what city is {o} located?"], c)], o),
        (f"{o[0].upper()}{o[1:]} opens on {day}.", [([f"When does {o} open?", f"On what date does {o} open?"], day)], o),
        (f"{who.capitalize()} receive {n} days of paid leave per year.", [([f"How many days of paid leave do {who} receive?", f"How many days of paid leave do {who} get per year?", f"How much paid leave do {who} get?"], f"{n} days")], who),
        (f"Requests from {who} must be sent to {p} by {day}.", [([f"To whom must requests from {who} be sent?", f"Who receives requests from {who}?"], p), ([f"By when must requests from {who} be sent?", f"What is the deadline for requests from {who}?"], day)], who),
        (f"The {item} of {o} must be replaced every {dur}.", [([f"How often must the {item} of {o} be replaced?", f"How often should the {item} be replaced?", f"When must the {item} of {o} be replaced?"], f"every {dur}")], item),
        (f"The {item} of {o} lasts about {dur}.", [([f"How long does the {item} of {o} last?", f"How long does the {item} last?"], dur)], item),
        (f"If the {thing} overheats, {act}.", [([f"What should you do if the {thing} overheats?", f"What to do if the {thing} overheats?", f"What must be done when the {thing} overheats?"], act)], thing),
        (f"In case of {dis}, {act}.", [([f"What should be done in case of {dis}?", f"What to do in case of {dis}?"], act)], dis),
        (f"{who.capitalize()} pay {mon} per month.", [([f"How much do {who} pay per month?", f"What do {who} pay?", f"How much do {who} pay?"], mon)], who),
        (f"{who.capitalize()} must give notice at least {dur} in advance.", [([f"How far in advance must {who} give notice?", f"How much notice must {who} give?"], dur)], who),
        (f"About {pct} of {who} reported {eff}.", [([f"How many {who} reported {eff}?", f"What share of {who} reported {eff}?", f"What percentage of {who} reported {eff}?"], pct)], who),
        (f"{p} leads {o} since {y}.", [([f"Who leads {o}?", f"Who is in charge of {o}?"], p), ([f"Since when does {p} lead {o}?"], y)], o),
        (f"The meeting about {o} took place in {c} on {day}.", [([f"Where did the meeting about {o} take place?"], c), ([f"When did the meeting about {o} take place?", f"When was the meeting about {o}?"], day)], o),
        (f"{o[0].upper()}{o[1:]} costs {mon} and weighs {mg}.", [([f"How much does {o} cost?", f"What does {o} cost?", f"What is the price of {o}?"], mon), ([f"How much does {o} weigh?", f"What is the weight of {o}?"], mg)], o),
        (f"Store {d} at {mg}.", [([f"At what temperature should {d} be stored?", f"How should {d} be stored?"], f"at {mg}")], d),
        (f"Invoices are paid within {dur}.", [([f"When are invoices paid?", f"Within what time are invoices paid?", f"How quickly are invoices paid?"], f"within {dur}")], "invoices"),
        (f"Press the {r.choice(COLORS)} button on {o} to start.", [], o),
        (f"Refunds are possible within {dur} of purchase.", [([f"Within how many days are refunds possible?", f"How long are refunds possible?", f"Until when can I get a refund?"], f"within {dur} of purchase")], "refunds"),
        (f"Remote work is allowed up to {n} days per week after approval by {p}.", [([f"Who must approve remote work?", f"Who approves remote work?"], p), ([f"How many days of remote work are allowed?", f"How many days per week is remote work allowed?"], f"{n} days per week")], "remote"),
    ))
