"""The same question said more loosely: other words for the frame, words around it, a slip of the finger. Values are never touched."""

import re

BEFORE = """For a report, |For my records, |Quick one: |One more thing: |I am curious: |My boss wants to know: |As a check, |In our database, |From our data, |Looking at our records, |If possible, |I have a question: |For the audit, |For the newsletter, |For a meeting, |
Going by our records, |OK, |Hello, |Good morning, |Hi there, |Next: |Now, |Also, |Again: |Thanks. Now |I was wondering, |Just to be sure, |For statistics, |For the team, |As far as we know, |To the best of our knowledge, |Question: |Task: |Next question: |Just curious, |By the way, |Alright, |Well, |So, |And """.replace("\n", "").split("|")
AFTER = """ for me| right now| in our system| if there are any| (thanks)|, thanks|. Thank you!| from the database| for my report| as a list| in the database| according to our records| at the moment|, if any| in our data| today| altogether| overall| in our records| that we have on record| in our database|, for the report|, if you can|, if possible| for us| once more| again|, will you|... thanks| then| exactly| actually""".split("|")
INSIDE = "please currently actually exactly just really maybe again also perhaps simply ever so-called only together precisely kindly".split()
# (words of the frame, other words for them)
SAME = [(re.compile(a), b.split("|")) for a, b in (
    (r"^(Show me|List|Show|Display|Give me|Get|Fetch|Print|Retrieve|Return|Provide|Output|Report|Find|Select|Present) ", "Enumerate |Name |Write down |Print out |Bring up |Pull |I am looking for |I'm interested in |We would like to see |Could I have |May I see |I'd like |I would like to have |Tell us |Let us see |Search for |Look for |Please list |Please show |Read out |We want |I need to see |I want to know |Can you show |Can you list |Could you give me |What about |How about |We need |We are looking for |Let me have |Show all |List all |I have to see |Hand me |Collect |Would you list "),
    (r"^Which (?=\w+ (?:are|have|were|do|live|cost|earn|with))", "What |Which of our |Which of the |Tell me which |Find out which |List which |Do you know which |Can you tell me which |I want to know which |I wonder which |Show which |Could you say which |We need to know which "),
    (r"^How many ", "What number of |Tell me how many |Can you tell me how many |I want to know how many |Find out how many |Do you know how many |I would like to know how many |Please count how many |Work out how many |Say how many "),
    (r"^What is the ", "What's the |Tell me the |Can you tell me the |I want to know the |Find the |Do you know the |Give the |What would be the |What was the |Could you tell me the |We need the |Find out the "),
    (r"^What are the ", "Tell me the |Can you tell me the |I want to know the |Find the |Do you know the |Give the |We need the |Could you tell me the |Which are the |List the |What were the "),
    (r"\bmore than (?=\d)", "in excess of |upwards of |over |greater than |beyond "), (r"\bless than (?=\d)", "beneath |fewer than |under |lower than |short of |below "),
    (r"\bat least (?=\d)", "a minimum of |no fewer than |not below |no less than |at the very least |minimum "), (r"\bat most (?=\d)", "a maximum of |not above |not exceeding |at the most |maximum |not over "),
    (r"\bbetween (\S+) and (?=\d)", r"from \1 to |anywhere between \1 and |somewhere between \1 and |in between \1 and |ranging from \1 to |of \1 to "),
    (r"\bin (?=(?:19|20)\d\d\b)", "in the year |during |throughout |within |over the course of |in the calendar year |any time in |at some point in |sometime in |all through |in all of "),
    (r"\bin (?=(?:January|February|March|April|May|June|July|August|September|October|November|December) \d)", "during |in the month of |throughout |within |in the course of |at some point in |any time in "),
    (r"\bwithout (?:any |a |an )?(?=\w)", "with no |lacking |that lack |that do not have any |which have no |not having any "), (r"\bwith (?=(?:a|an|the|more|less|at|no) )", "that have |which have |having |who have |that come with |showing "),
    (r"\bfor each\b|\bper\b|\bfor every\b", "for each|per|for every|by|in each|for each and every|for any given|split by|broken down by|grouped by|for each single|depending on|according to"),
    (r"\bhighest\b|\blargest\b|\bbiggest\b", "highest|largest|biggest|greatest|top|maximum|very highest"), (r"\blowest\b|\bsmallest\b", "lowest|smallest|minimum|very lowest|least"), (r"\baverage\b", "average|mean|typical|avg|average"),
    (r"\bsorted by\b|\bordered by\b", "sorted by|ordered by|sort by|order by|arranged by|ranked by|in the order of|listed by|going by|by|sorted according to|ordered according to|sorted on"), (r"\btotal\b", "total|overall|combined|summed|total|grand total"),
    (r"\bdifferent\b|\bdistinct\b|\bunique\b", "different|distinct|unique|individual|separate|various"), (r"\band (?:who|that|which)\b(?! (?:handled|placed|wrote|got|issued|made|ordered|it|product|patient|doctor|is|was))", "and also|and who also|and at the same time|and|while they also|, and|but also"),
    (r"\bthe number of\b", "the count of|how many|the total number of|the overall number of|the quantity of|the amount of|the tally of"), (r"\ball (?:the |of the )?", "every one of the |all |the |each of the |any |the whole list of |all existing |all our |the complete list of |our "),
    (r"\bhave never\b|\bnever\b", "have never|never|have not ever|at no time|have not once|did not ever"), (r"\bnames?\b(?= of)", "name|names|full names|names"), (r" of (?:all |the )?(?=\w+ (?:who|that|with|from|in)\b)", " of all | for all | of those | of the | of any | of our | belonging to "),
    (r"\bas well as\b|\btogether with\b|\balong with\b", "and|plus|together with|along with|as well as|and also|next to|alongside|followed by"), (r"\bmost recent\b|\blatest\b|\bnewest\b", "most recent|latest|newest|very latest|very last|last"),
)]


def literals(sql):
    return {w for lit in re.findall(r"'((?:[^']|'')*)'", sql) for w in re.findall(r"\w+", lit.replace("''", "'").lower())}


def safe(kept, text):
    return not kept.intersection(re.findall(r"\w+", text.lower()))


def slip(r, word):
    i = r.randrange(1, len(word) - 1)
    x = r.random()
    return word[:i] + word[i + 1:] if x < 0.4 else word[:i] + word[i + 1] + word[i] + word[i + 2:] if x < 0.75 else word[:i] + word[i] + word[i:]


def lower_first(q):
    w = q.split()[0]
    return q if w.lower() not in FRAME else q[0].lower() + q[1:]


FRAME = set("list show give get find display return retrieve fetch print provide tell let output select report pull look present can what which how who count for the all number average total names name ids every please could calculate compute".split())


def loosely(r, q, sql, often=0.42):
    """The question in other words, now and then; `sql` says which words are values and must stay."""
    if r.random() > often:
        return q
    kept = literals(sql)
    ways = SAME[:]
    r.shuffle(ways)
    todo = r.choice((0, 1, 1, 1, 2, 3))
    for pattern, new in ways:
        if not todo:
            break
        m = pattern.search(q)
        if not m or not safe(kept, m.group(0)):
            continue
        w = m.expand(r.choice(new)) if "\\1" in new[0] else r.choice(new)
        q = q[:m.start()] + w + q[m.end():]
        todo -= 1
    x = r.random()
    end = q[-1] if q[-1] in "?." else ""
    if x < 0.13:
        q = r.choice(BEFORE) + lower_first(q)
    elif x < 0.26:
        tail = r.choice(AFTER)
        q = q.rstrip("?.") + tail + ("" if tail[-1] in "!." else end)
    elif x < 0.34:
        words = q.split(" ")
        i = r.randrange(1, len(words)) if len(words) > 2 else 0
        near = re.findall(r"\w+", " ".join(words[max(0, i - 1):i + 1]).lower())
        if i and not kept.intersection(near):
            words.insert(i, r.choice(INSIDE))
        q = " ".join(words)
    elif x < 0.4:
        q = " ".join(w for w in q.split(" ") if w.lower() not in ("the", "a", "an", "all", "of") or w.lower() in kept or r.random() < 0.4) or q
    elif x < 0.46:
        words = q.split(" ")
        long = [i for i, w in enumerate(words) if len(w) > 5 and w.isalpha() and w.isascii() and w.lower() not in kept and w.islower()]
        if long:
            i = r.choice(long)
            words[i] = slip(r, words[i])
        q = " ".join(words)
    elif x < 0.5 and not kept:
        q = q.lower()
    return q[0].upper() + q[1:] if r.random() < 0.92 else q
