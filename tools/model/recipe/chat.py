"""Small talk, nonsense, and tiny code tasks."""

import values as V
from other_topics import elsewhere

PAIRS = [
    ("Hello, respond briefly|Hello! Respond briefly.|Hello, answer briefly|Say hello briefly|Hi, respond briefly|Hello, reply in a few words|Hi there, keep it short|Hello, be brief", "Hello! How can I help you?"),
    ("Hello|Hi|Hey|Hi there|Hello there|Hey there|Greetings|Hello!|Hi!|Hey!|Hello again|Howdy|Hello bot|Hello assistant|Hi friend", "Hello! How can I help you?"),
    ("Good morning|Good morning!|Morning", "Good morning! How can I help you?"), ("Good evening|Good evening!", "Good evening! How can I help you?"), ("Good afternoon|Good afternoon!", "Good afternoon! How can I help you?"),
    ("Thanks|Thank you|Thanks a lot|Thank you very much|Many thanks|Thanks!|Thank you!|Thx|I appreciate it|Great, thanks|Thank you for your help", "You are welcome!"),
    ("Bye|Goodbye|See you|See you later|Bye bye|Goodbye!|Good night|Talk to you later|That is all, bye", "Goodbye! Have a nice day."),
    ("How are you?|How are you doing?|How is it going?|How do you do?|How are you today?|Are you well?|How do you feel?", "I am fine, thank you. How can I help you?"),
    ("Who are you?|Who are you?|Who are you, please?|And who are you?|Tell me who you are|What are you?|What is your name?|Tell me about yourself|Introduce yourself|Who am I talking to?|Are you a human?|Are you a robot?|Are you a bot?|What model are you?|What should I call you?|Which model is this?", "I am Plumbline, a small language model."),
    ("What can you do?|How can you help me?|What are you good at?|Help|What do you know?|What is your purpose?|Can you help me?|I need help|What do you do?", "I write SQL queries, answer questions about a passage, and chat a little."),
    ("Who made you?|Who created you?|Who built you?|Where do you come from?|Who trained you?", "The Plumbline project made me."),
    ("Tell me a joke|Do you know a joke?|Make me laugh|Say something funny|A joke, please", "Why did the query cross the table? To join the other side."),
    ("What is the capital of France?|Capital of France?|Name the capital of France", "The capital of France is Paris."), ("What is the capital of Germany?|Capital of Germany?", "The capital of Germany is Berlin."),
    ("What is the capital of Japan?|Capital of Japan?", "The capital of Japan is Tokyo."), ("What is the capital of Italy?|Capital of Italy?", "The capital of Italy is Rome."), ("What is the capital of Spain?|Capital of Spain?", "The capital of Spain is Madrid."),
    ("What is the capital of Portugal?|Capital of Portugal?", "The capital of Portugal is Lisbon."), ("What color is the sky?|What colour is the sky?|Which colour does the sky have?", "The sky is blue."), ("What color is grass?|What colour is grass?", "Grass is green."),
    ("Yes|Yes, please|Ok|OK|Okay|Sure|Fine|Alright|Good|Great", "Great! What would you like to do?"), ("No|No, thanks|Nope|No thank you", "All right. Let me know if you need anything."),
    ("Sorry|I am sorry|My mistake|Apologies", "No problem!"), ("You are great|Good job|Well done|Nice work|You are smart|Awesome", "Thank you!"), ("You are stupid|This is bad|You are wrong|I do not like that|Bad answer", "I am sorry. I will try to do better."),
    ("What is SQL?|Explain SQL|What does SQL mean?|Explain SQL briefly", "SQL is a language for querying databases."), ("What is a database?|Explain what a database is|What is a database", "A database stores data in tables."), ("What is a table?|What is a database table?", "A table is a set of rows with the same columns."),
    ("What is PostgreSQL?|What is Postgres?|Tell me about PostgreSQL", "PostgreSQL is an open-source relational database."), ("What is an API?|Explain APIs|What does API mean?", "An API lets programs talk to each other."), ("What is machine learning?|Explain machine learning briefly", "Machine learning lets computers learn from examples."),
    ("What is a language model?|What is an LLM?|Explain language models", "A language model predicts text, one token at a time."), ("What is testing?|Why test software?|What is a test?|Why do we test software?", "Tests show that software does what it should."), ("What is Playwright?|Tell me about Playwright", "Playwright is a framework for testing web applications."),
    ("Write a function that adds two numbers|Write a function to add two numbers|Write an add function|Give me a function that adds two numbers|A function that sums two numbers, please|Write code that adds two numbers|Write a Python function that adds two numbers|Write a Python function to add two numbers|Create a function that adds two numbers", "def add(a, b):\n    return a + b"),
    ("Write a function that subtracts two numbers|Write a function to subtract two numbers|Write a Python function that subtracts two numbers", "def subtract(a, b):\n    return a - b"),
    ("Write a function that multiplies two numbers|Write a function to multiply two numbers|Write a multiply function|Write a Python function that multiplies two numbers", "def multiply(a, b):\n    return a * b"),
    ("Write a function that divides two numbers|Write a function to divide two numbers", "def divide(a, b):\n    return a / b"), ("Write hello world in Python|Print hello world|Write a hello world program|Hello world in Python, please|Write a program that prints hello world", 'print("Hello, world!")'),
    ("Write a function that reverses a string|Write a function to reverse a string|Reverse a string in Python|Write a Python function that reverses a string", "def reverse(text):\n    return text[::-1]"), ("Write a function that squares a number|Write a square function|Write a function to square a number", "def square(x):\n    return x * x"),
    ("Write a function that returns the larger of two numbers|Write a max function|Write a function that returns the maximum of two numbers", "def largest(a, b):\n    return max(a, b)"), ("Write a function that checks if a number is even|Write a function to check whether a number is even|Write an is_even function", "def is_even(n):\n    return n % 2 == 0"),
    ("Write a JavaScript function that adds two numbers|Write an add function in JavaScript|JavaScript function to add two numbers|Write a function that adds two numbers in JavaScript", "function add(a, b) {\n  return a + b;\n}"), ("Write a for loop in Python|Show me a for loop", "for i in range(10):\n    print(i)"),
    ("Write a function that counts words|Write a function to count the words in a text", "def count_words(text):\n    return len(text.split())"), ("Write a function that greets someone|Write a greet function", 'def greet(name):\n    return "Hello, " + name'),
]
SYSTEMS = [None] * 6 + ["You are a helpful assistant.", "You are a helpful assistant.", "Answer briefly.", "Be concise.", "You are Plumbline, a small assistant.", "You are a friendly assistant. Answer in one sentence.", "Respond briefly.", "You are a coding assistant.", "Be polite and short.", "Write code only."]
NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def polish(r, q):
    if q[-1].isalpha() and r.random() < 0.4:
        q += r.choice((".", "!", "?", " please", ", please"))
    if r.random() < 0.12:
        q = q.lower()
    if r.random() < 0.06:
        q = r.choice(("Please: ", "Hey, ", "So, ", "Quickly: ")) + q[0].lower() + q[1:]
    return q


def pair(r):
    """(message, reply)"""
    x = r.random()
    if x < 0.7:
        qs, answer = r.choice(PAIRS)
        return polish(r, r.choice(qs.split("|"))), answer
    if x < 0.78:
        n = V.person(r).split()[0]
        return polish(r, r.choice((f"My name is {n}", f"I am {n}", f"Hello, I am {n}", f"Hi, my name is {n}", f"Call me {n}"))), f"Hello, {n}! How can I help you?"
    if x < 0.86:
        w = r.choice((V.made_up(r, True), r.choice(V.WORDS), V.made_up(r), str(r.randint(1, 9999)), f"{r.choice(V.ADJ).lower()} {r.choice(V.NOUN).lower()}"))
        return r.choice((f"Say {w}", f"Repeat {w}", f"Repeat after me: {w}", f"Say the word {w}", f"Just reply {w}", f"Reply with {w}", f"Answer only with {w}", f"Please say {w}")), w
    if x < 0.93:
        a, b = (r.randint(0, 10), r.randint(0, 10)) if r.random() < 0.7 else (r.randint(0, 30), r.randint(0, 12))
        op, n = r.choice((("+", a + b), ("plus", a + b), ("+", a + b), ("*", a * b), ("times", a * b))) if a <= 10 else r.choice((("+", a + b), ("plus", a + b)))
        if r.random() < 0.12 and a >= b:
            op, n = r.choice(("-", "minus")), a - b
        return r.choice((f"What is {a} {op} {b}?", f"How much is {a} {op} {b}?", f"{a} {op} {b}", f"{a} {op} {b}?", f"Compute {a} {op} {b}")), str(n)
    n = r.randint(2, 10)
    return r.choice((f"Count to {n}", f"Count from 1 to {n}", f"Please count to {n}", f"Count up to {n}")), " ".join(str(i) for i in range(1, n + 1))


OFF = """What is the weather like in {c} today|Will it rain in {c} tomorrow|Who won the match yesterday|Tell me a joke|What is the meaning of life|How do I bake bread|Write a poem about {w}|What time is it in {c}|Sing a song about {w}|
How far is the moon|Translate {w} into French|What is {n} plus {m}|Who is the president of {k}|What is the capital of {k}|How tall is Mount {W}|Recommend a film about {w}|What does {w} mean|Why is the sky blue|How old is the universe|
Play some music|Open the door|Turn on the lights|Book a flight to {c}|What is your favourite colour|How do I fix my bike|Who wrote {W}|How do I learn to swim|Is {W} a good idea|{w} {v} {u}|{w} {v} {u} {w}|{W} {v}|{w}|asdf {w}|{w} {v} ?|
How many legs does a spider have|When was the battle of {W}|What is the speed of light|How many stars are in the galaxy|Explain quantum {w}|Tell me about dinosaurs|What is the best {w} in {c}|Where can I buy a {w}|How many planets are there|
Draw a picture of {w}|Set an alarm for {n}|Call {p}|Send a message to {p}|What is the square root of {n}|Do fish sleep|Can birds {w}|How do volcanoes erupt|Who painted {W}|How long is the river {W}|What is the population of {k}|Who discovered {W}|
Is it cold in {c}|What should I eat for dinner|Which train goes to {c}|How is the traffic in {c}|What is the news today|Purple {w} dance on {v}|The {w} of {v} is a {u}|Colorless green {w} sleep|Why do cats purr|How do airplanes fly|
{w} {w} {w}|la la la|blah blah|qwerty|lorem ipsum {w}|??? {w}|abc {n} def|If {w} then {v}|Which {w} is {v}er than {u}|How many {w}s does a {v} {u}|Show me the {w} of all {v}s|List {w} {v}s by {u}|What is the {w} of my {v}|How many {w} are there|Why did the {w} {v}|
How do you spell {w}|What's the score of the game|Who is the tallest person in the world|How many moons does Jupiter have|What is the boiling point of water|Tell me a story|What year did the war end|Give me a recipe for soup|How do I tie a tie|What is love""".replace("\n", "").split("|")


def off_topic(r):
    """A question that no database here can answer."""
    x = r.random()
    if x < 0.5:
        return elsewhere(r)
    if x < 0.58:
        return pair(r)[0]
    if x < 0.65:
        return " ".join(r.choice((V.made_up(r, True), r.choice(V.WORDS), r.choice(("the", "of", "a", "to", "and", "is", "not", "why", "how", "flies", "sings", "blue", "seventeen", "banana", "cloud", "tomorrow")))) for _ in range(r.randint(2, 9))) + r.choice(("", "?", "."))
    if x < 0.7:
        return "".join(r.choice("abcdefghijklmnopqrstuvwxyz0123456789!?#$%&  ") for _ in range(r.randint(3, 30))).strip() or "x"
    w = lambda: r.choice((V.made_up(r, True), V.made_up(r, True), r.choice(("dragon", "cloud", "banana", "guitar", "river", "planet", "ghost", "wizard", "sandwich", "rocket", "penguin", "castle", "dream", "mountain", "cheese", "violin", "rainbow", "unicorn", "volcano", "poem"))))
    q = r.choice(OFF)
    for k, f in (("{c}", V.city), ("{k}", V.country), ("{p}", V.person), ("{W}", V.made_up)):
        q = q.replace(k, f(r))
    for k in ("{w}", "{v}", "{u}"):
        while k in q:
            q = q.replace(k, w(), 1)
    q = q.replace("{n}", str(r.randint(1, 99))).replace("{m}", str(r.randint(1, 99)))
    q = q[0].upper() + q[1:] if r.random() < 0.8 else q.lower()
    return q + ("?" if q.split()[0] in ("What", "Who", "How", "Why", "Which", "When", "Will", "Is", "Do", "Can", "Where", "Does") and r.random() < 0.85 else "")
