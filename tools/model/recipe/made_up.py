"""Databases of other domains: what makes the model read the schema instead of remembering two."""

from schema import C, FK, ID, NUMS, Schema, T


def noun(name):
    one = name.replace("_", " ")
    if one.endswith("y") and one[-2] not in "aeiou":
        return f"{one}/{one[:-1]}ies"
    return f"{one}/{one}{'es' if one.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def quick(name, spec):
    """A made-up database from a short text: "author*: name~person, born_on~birth; book: title~title, author>author"."""
    tables = []
    for part in spec.split(";"):
        head, body = part.split(":")
        one = head.strip().rstrip("*")
        plural = noun(one).split("/")[1].replace(" ", "_")
        cols = [ID()]
        for item in body.split(","):
            item = item.strip()
            if ">" in item:
                n, ref = item.split(">")
                cols.append(FK(n + "_id", noun(ref).split("/")[1].replace(" ", "_"), f"{n.replace('_', ' ')} id"))
                continue
            n, kind = item.split("~")
            null = kind.endswith("?")
            kind, _, arg = kind.rstrip("?").partition("(")
            arg = arg.rstrip(")")
            kw = {"labels": arg.replace("|", " ")} if kind == "enum" else dict(zip(("lo", "hi"), map(float, arg.split("-")))) if arg else {"lo": 1, "hi": 900} if kind in NUMS else {}
            if kind == "int" and "lo" in kw:
                kw = {k: int(v) for k, v in kw.items()}
            cols.append(C(n, kind, null=null, **kw))
        tables.append(T(plural, noun(one), cols, head.strip().endswith("*")))
    return Schema(name, tables, {})


MADE_UP = [
    quick("library", "author*: name~person, country~country, born_on~birth, awards~int(0-20); book: title~title, author>author, genre~word, pages~int(50-1200), published_on~date, price~num(5-90), in_print~bool; member*: name~person, city~city, joined_on~date, fines~num(0-80)?; loan: book>book, member>member, loaned_on~date, returned_on~date?, status~enum(open|returned|overdue|lost)"),
    quick("school", "student*: name~person, city~city, birth_date~birth, grade~int(1-12), average_mark~num(1-20), scholarship~bool; teacher*: name~person, subject~word, hired_on~date, salary~num(20000-90000); course: title~title, teacher>teacher, credits~int(1-10), level~enum(beginner|intermediate|advanced), room~code; enrollment: student>student, course>course, enrolled_on~date, mark~num(0-20)?"),
    quick("airline", "airport: name~title, city~city, country~country, runways~int(1-6); flight: number~code, airport>airport, departs_at~ts, distance_km~int(100-9000), seats~int(50-400), status~enum(planned|boarding|departed|delayed), delay_minutes~int(0-300)?; passenger*: name~person, nationality~country, miles~int(0-90000), vip~bool; ticket: flight>flight, passenger>passenger, fare~num(30-2000), class~enum(economy|business|first), bought_on~date"),
    quick("hr", "department: name~title, city~city, budget~num(1000-900000); employee*: name~person, department>department, job_title~word, salary~num(20000-200000), hired_on~date, email~email, remote~bool; project: name~title, department>department, started_on~date, cost~num(1000-500000), status~enum(planned|running|finished|stopped); absence: employee>employee, days~int(1-40), kind~enum(sick|vacation|parental), starts_on~date, note~comment?"),
    quick("hotel", "guest*: name~person, country~country, email~email?, loyalty_level~enum(bronze|silver|gold); room: number~int(1-900), floor~int(1-30), beds~int(1-5), price~num(30-900), sea_view~bool; stay: guest>guest, room>room, check_in~date, check_out~date?, nights~int(1-30), paid~num(30-9000); complaint: stay>stay, topic~word, filed_on~date, solved~bool"),
    quick("cinema", "movie: title~title, director~person, genre~word, minutes~int(60-240), budget~num(1-300), released_on~date; hall: name~title, city~city, seats~int(20-600); screening: movie>movie, hall>hall, starts_at~ts, language~word, status~enum(open|full|cancelled); ticket: screening>screening, price~num(4-30), sold_at~ts, discounted~bool"),
    quick("bank", "client*: name~person, country~country, city~city, since~date, score~int(300-850), premium~bool; account: client>client, kind~enum(checking|savings|loan), balance~num(0-90000), opened_on~date, closed_on~date?; transfer: account>account, amount~num(1-20000), sent_at~ts, purpose~word?; branch: name~title, city~city, employees~int(2-90)"),
    quick("gym", "member*: name~person, city~city, joined_on~date, plan~enum(basic|plus|premium), active~bool; trainer*: name~person, specialty~word, hourly_rate~num(10-150); session: member>member, trainer>trainer, starts_at~ts, minutes~int(15-120), calories~int(50-1500)?; payment: member>member, amount~num(10-300), paid_on~date"),
    quick("league", "team: name~title, city~city, founded_on~date, points~int(0-99), coach~person; player*: name~person, team>team, position~enum(goalkeeper|defender|midfielder|forward), goals~int(0-60), height_cm~int(150-210), market_value~num(1-150), injured~bool; match: team>team, played_on~date, attendance~int(100-90000), stadium~title"),
    quick("fleet", "vehicle: model~title, plate~code, fuel~enum(diesel|petrol|electric), mileage~int(0-400000), bought_on~date, retired~bool; driver*: name~person, city~city, licence_date~date, trips_done~int(0-900); trip: vehicle>vehicle, driver>driver, started_at~ts, distance_km~num(1-1200), cargo~word?, status~enum(planned|underway|finished); repair: vehicle>vehicle, cost~num(20-9000), repaired_on~date, workshop~title"),
    quick("music", "artist*: name~person, country~country, formed_on~date, followers~int(10-900000); album: title~title, artist>artist, released_on~date, label~word, sales~int(100-900000), price~num(3-40); track: title~title, album>album, seconds~int(60-900), plays~int(0-900000), explicit~bool; playlist: name~title, owner~person, created_on~date"),
    quick("farm", "field: name~title, hectares~num(1-90), soil~word, irrigated~bool; crop: name~title, field>field, planted_on~date, yield_tons~num(1-90)?, season~enum(spring|summer|autumn|winter); worker*: name~person, village~city, daily_wage~num(10-150), hired_on~date; harvest: crop>crop, worker>worker, kilos~int(10-9000), harvested_on~date"),
    quick("support", "agent*: name~person, team~word, hired_on~date, rating~num(1-5); ticket: agent>agent, subject~title, priority~enum(low|normal|high|urgent), opened_at~ts, closed_on~date?, minutes_spent~int(1-600); article: title~title, views~int(0-90000), published_on~date, outdated~bool; vote: article>article, stars~int(1-5), note~comment?"),
    quick("estate", "agency: name~title, city~city, staff~int(1-60); property: address~title, agency>agency, city~city, rooms~int(1-12), area_m2~num(15-600), price~num(20000-900000), listed_on~date, sold~bool; visitor*: name~person, email~email, budget~num(20000-900000)?; viewing: property>property, visitor>visitor, viewed_at~ts, outcome~enum(liked|rejected|undecided)"),
]
