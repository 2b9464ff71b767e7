"""Random values that a question names and a query copies: wide on purpose, so that copying is learnt, not recall."""

import datetime as dt

FIRST = """James Mary John Linda Robert Emma Michael Olivia David Sophia Ahmed Fatima Omar Layla Yusuf Aisha Wei Mei Li Hiroshi Yuki Sakura
Kenji Ji-woo Min-jun Priya Arjun Ananya Rahul Lakshmi Carlos María José Sofía Luis Lucía Juan Camila João Ana Pedro Inês Luca Giulia Marco
Chiara Pierre Chloé Zoë Hélène François Hans Jürgen Greta Björn Astrid Søren Åsa Łukasz Agnieszka Michał Zofia Ivan Olga Dmitri Natalia
Kwame Ama Chidi Ngozi Thabo Wanjiku Amina Kofi Noah Liam Mia Ella Ethan Grace Hugo Nora Oscar Freya Ines Tomás Renée Anaïs Mateo Valentina
Diego Elena Viktor Petra Anton Katarina Farid Leila Daniel Ruth Samuel Esther Ravi Deepa Tariq Nadia Bao Linh Somchai Malee""".split()
LAST = """Smith Johnson Brown Garcia García Martínez López Silva Santos Costa Müller Schmidt Schneider Weber Rossi Bianchi Ferrari Dubois
Lefèvre Moreau Kowalski Nowak Wiśniewski Novák Horváth Ivanov Petrov Tanaka Suzuki Watanabe Kim Park Lee Chen Wang Zhang Nguyen Tran Singh
Patel Sharma Gupta Khan Ali Hassan Ibrahim Okafor Mensah Mwangi Otieno Dlamini Andersson Johansson Hansen Nilsen Lindqvist Jensen Murphy
O'Brien O'Connor Kelly Walsh Fernández Gómez Díaz Pérez Sánchez Oliveira Pereira Almeida Romano Conti Yılmaz Demir Papadopoulos Cohen Levi
Haddad Mbeki Adeyemi Reyes Cruz Bautista Wójcik Ødegård Bergström Van Dijk de Souza""".replace("Van Dijk", "Van_Dijk").replace("de Souza", "de_Souza").split()
CJK = "小林 田中 佐藤 山本 王芳 李娜 张伟 陈静 김민준 이서연 박지훈 中村 伊藤 高橋 刘洋".split()
COUNTRIES = """Argentina Australia Brazil Canada France Germany India Italy Japan Kenya Mexico Norway Poland Portugal Spain Sweden""".split()
DEMONYMS = dict(zip(COUNTRIES, """Argentinian Australian Brazilian Canadian French German Indian Italian Japanese Kenyan Mexican Norwegian
Polish Portuguese Spanish Swedish""".split()))
MORE_COUNTRIES = """Chile Peru Egypt Nigeria Ghana Turkey Greece Austria Belgium Denmark Finland Iceland Ireland Vietnam Thailand Indonesia
Malaysia Nepal China Colombia Uruguay Bolivia Ecuador Morocco Tunisia Ukraine Romania Hungary Croatia Serbia Estonia Latvia Switzerland
New_Zealand South_Africa South_Korea United_States United_Kingdom Costa_Rica Saudi_Arabia Netherlands Israel Jordan Cuba Panama""".split()
CITIES = """Paris Lyon London Madrid Barcelona Seville Lisbon Porto Berlin Munich Hamburg Cologne Rome Milan Naples Turin Warsaw Kraków Gdańsk
Oslo Bergen Stockholm Gothenburg Malmö Tokyo Osaka Kyoto Sapporo Delhi Mumbai Chennai Pune Nairobi Mombasa Toronto Montreal Montréal Vancouver
Sydney Melbourne Perth São_Paulo Rio_de_Janeiro Recife Curitiba Buenos_Aires Córdoba Rosario Mexico_City Guadalajara Monterrey Puebla
Marseille Nice Toulouse Valencia Bilbao Braga Coimbra Faro Florence Bologna Venice Leeds Bristol Dublin Vienna Zürich Geneva Prague Boston
Chicago Denver Austin Seattle Portland Dallas Houston Kisumu Nakuru Wrocław Poznań Łódź Trondheim Uppsala Nagoya Kolkata Jaipur Ottawa Calgary
Brisbane Adelaide Salvador Brasília Mendoza Tijuana Évora Aveiro Málaga""".split()
ADJ = """Red Blue Green Black White Silver Golden Classic Modern Compact Portable Wireless Smart Deluxe Mini Ultra Solar Steel Wooden Bamboo
Ceramic Cotton Leather Folding Electric Digital Vintage Premium Travel Heavy Light Quiet Turbo Eco Organic Soft Magnetic Foldable Acoustic
Nordic Urban Royal Bright Rapid Insulated Adjustable""".split()
NOUN = """Lamp Chair Desk Kettle Mug Blender Toaster Knife Pan Bottle Tent Bike Ball Racket Glove Helmet Guitar Piano Violin Drum Flute
Notebook Pen Stapler Printer Monitor Keyboard Mouse Speaker Headphones Camera Phone Tablet Charger Cable Router Drone Watch Novel Atlas
Cookbook Dictionary Puzzle Robot Doll Kite Train Shovel Rake Hose Planter Seeds Bench Grill Ladder Drill Clock Backpack Umbrella Towel
Pillow Blanket Candle Vase Microphone Amplifier Trumpet Scissors Organizer Folder Dumbbell Treadmill Skateboard Teapot Spatula Whisk""".split()
DRUGS = """Ibuprofen Paracetamol Amoxicillin Metformin Lisinopril Atorvastatin Omeprazole Losartan Gabapentin Sertraline Aspirin Insulin
Prednisone Warfarin Amlodipine Metoprolol Albuterol Azithromycin Cetirizine Fluoxetine Tramadol Naproxen Diazepam Ramipril Simvastatin
Levothyroxine Clopidogrel Furosemide Pantoprazole Citalopram Doxycycline Ciprofloxacin""".split()
DISEASES = """Asthma Migraine Hypertension Eczema Anemia Bronchitis Arthritis Diabetes Pneumonia Psoriasis Epilepsy Insomnia Anxiety Depression
Acne Sinusitis Fracture Sprain Melanoma Lymphoma Gastritis Angina Arrhythmia Tendinitis Scoliosis Dermatitis Influenza Otitis Obesity
type_2_diabetes essential_hypertension back_pain chronic_migraine atrial_fibrillation knee_pain lower_back_pain""".split()
REASONS = """checkup headache follow-up fever vaccination rash cough fatigue back_pain chest_pain routine_visit annual_checkup knee_pain
blood_test skin_rash dizziness consultation sore_throat second_opinion X-ray""".split()
WORDS = """great good bad poor excellent broken cheap late slow fast perfect love nice useful sturdy noisy recommend quality returned gift
quick terrible amazing average small big heavy comfortable happy disappointed pro max set kit plus""".split()
CATEGORIES = "Books Electronics Garden Kitchen Music Office Sports Toys".split()
MORE_CATEGORIES = """Clothing Shoes Jewelry Grocery Beauty Health Automotive Pets Baby Furniture Lighting Tools Stationery Software Games Art
Crafts Camping Fishing Cycling Fitness Drinks Snacks Bakery Frozen Household Outdoor Gadgets""".split()
SPECIALTIES = "Cardiology Dermatology Neurology Oncology Orthopedics Pediatrics Psychiatry Radiology".split()
SPECIALISTS = dict(zip(SPECIALTIES, "cardiologists dermatologists neurologists oncologists orthopedists pediatricians psychiatrists radiologists".split()))
MORE_SPECIALTIES = "Urology Surgery Geriatrics Immunology Hematology Gynecology Nephrology Endocrinology Rheumatology Ophthalmology Anesthesiology".split()
INSURERS = "Allmed BlueShield CarePlus Medica NorthHealth".split()
BLOOD = "A+ A- B+ B- AB+ AB- O+ O-".split()
MONTHS = "January February March April May June July August September October November December".split()
ONSET = "b c d f g h j k l m n p r s t v w z br cr dr fr gr kl pl pr st tr th sh ch sk sl".split() + [""]
VOWEL = ("a e i o u " * 8 + "ai ea ou ia oo ei é ö ü ã ø å í ñe").split()
CODA = ["", "", "", "n", "r", "s", "l", "m", "t", "k", "nd", "rt", "x", "ck", "ng", "ss"]
NUMBER_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
NUMBER_WORDS += ["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]


def made_up(r, low=False):
    """A word nobody has seen: syllables, now and then with a diacritic."""
    s = "".join(r.choice(ONSET) + r.choice(VOWEL) + r.choice(CODA) for _ in range(r.choice((1, 2, 2, 2, 3))))
    return s if low else s[:1].upper() + s[1:]


def spaced(s):
    return s.replace("_", " ")


SCRIPTS = ((0x3042, 0x3093), (0x3042, 0x3093), (0x30A2, 0x30F3), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x0430, 0x044F), (0x03B1, 0x03C9))


def foreign(r):
    """Letters of another script, which the tokenizer knows as bytes alone: they have to be copied one by one."""
    lo, hi = r.choice(SCRIPTS)
    return "".join(chr(r.randint(lo, hi)) for _ in range(r.choice((1, 2, 2, 3))))


def person(r):
    x = r.random()
    if x < 0.025:
        return f"{r.choice(CJK)} {foreign(r)}" if r.random() < 0.6 else f"{foreign(r)} {foreign(r)}"
    if x < 0.05:
        return r.choice(CJK) + (r.choice(("", " " + r.choice(("健", "美咲", "陽子", "直樹")))))
    first = r.choice(FIRST) if r.random() < 0.75 else made_up(r)
    last = spaced(r.choice(LAST)) if r.random() < 0.75 else made_up(r)
    if x < 0.08:
        return f"{first} {r.choice('ABCDEFGHJKLMPRSTW')}. {last}"
    if x < 0.12:
        return f"{first} {last}-{r.choice(LAST).replace('_', ' ')}"
    return f"{first} {last}"


def mixed(known, rest, made, often=0.8):
    """A maker that draws from the seed's values, from others of the kind, and from made-up words."""
    def make(r):
        x = r.random()
        if x < made:
            w = made_up(r)
            return w if r.random() < 0.8 else f"{w} {made_up(r)}"
        return spaced(r.choice(known if x < made + (1 - made) * often or not rest else rest))
    return make


country = mixed(COUNTRIES, MORE_COUNTRIES, 0.08)
city = mixed(CITIES, [], 0.15)
category = mixed(CATEGORIES, MORE_CATEGORIES, 0.06)
specialty = mixed(SPECIALTIES, MORE_SPECIALTIES, 0.06)
insurer = mixed(INSURERS, [], 0.1)
drug = mixed(DRUGS, [], 0.2)


def disease(r):
    v = mixed(DISEASES, [], 0.3)(r)
    return v if r.random() < 0.6 else v.lower()


def reason(r):
    v = mixed(REASONS, [], 0.3)(r)
    return v.lower() if r.random() < 0.6 else v[:1].upper() + v[1:]


def title(r):
    x = r.random()
    adj = r.choice(ADJ) if r.random() < 0.7 else made_up(r)
    noun = r.choice(NOUN) if r.random() < 0.7 else made_up(r)
    if x < 0.5:
        return f"{adj} {noun}"
    if x < 0.65:
        return f"{adj} {r.choice(ADJ)} {noun}"
    if x < 0.75:
        return f"{noun} {r.choice(('Pro', 'Max', 'XL', 'Plus', 'Mini', 'S', 'II', 'X'))}{r.choice(('', ' ' + str(r.randint(1, 900))))}"
    if x < 0.85:
        return f"{adj} {noun} {r.randint(2, 2000)}"
    if x < 0.93:
        return noun
    return f"{adj}-{noun.lower()} {r.choice(('Set', 'Kit', made_up(r)))}"


def email(r):
    return f"{(made_up(r, True) if r.random() < 0.5 else r.choice(FIRST).lower())}{r.choice(('', '.' + r.choice(LAST).lower(), str(r.randint(1, 99))))}@{r.choice(('example', 'mail', 'shop', made_up(r, True)))}.{r.choice(('com', 'org', 'net', 'test'))}"


def code(r):
    return r.choice("ABCDEFGHIJKLMNRSTZ") + str(r.randint(0, 99)).zfill(2) + r.choice(("", "." + str(r.randint(0, 9))))


def blood(r):
    return r.choice(BLOOD)


def word(r):
    return made_up(r) if r.random() < 0.6 else r.choice(ADJ + NOUN)


def snippet(r):
    return r.choice(WORDS) if r.random() < 0.6 else made_up(r, True)


def day(r):
    return dt.date(2018, 6, 1) + dt.timedelta(days=r.randrange(2900))


def birthday(r):
    return dt.date(1930, 1, 1) + dt.timedelta(days=r.randrange(30000))


def say_day(r, d):
    """A date as a question writes it."""
    x = r.random()
    if x < 0.5:
        return d.isoformat()
    if x < 0.85:
        return f"{d.day} {MONTHS[d.month - 1]} {d.year}"
    return f"{MONTHS[d.month - 1]} {d.day}, {d.year}"


def month_after(d):
    return dt.date(d.year + d.month // 12, d.month % 12 + 1, 1)


def say_number(r, n):
    """A number as a question writes it; thousands now and then with a comma."""
    if isinstance(n, int) and 1 <= n <= 12 and r.random() < 0.25:
        return NUMBER_WORDS[n]
    if isinstance(n, int) and n >= 1000 and r.random() < 0.06:
        return f"{n:,}"
    return str(n)


def say_count(r, n):
    return NUMBER_WORDS[n] if n < len(NUMBER_WORDS) and r.random() < 0.45 else str(n)
