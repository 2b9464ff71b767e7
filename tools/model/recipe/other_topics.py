"""Questions that sound as if a database could answer them, about what no shop and no clinic knows; and others' words for what they do."""

import values as V

# things | what they do or are | what they have
TOPICS = """
ships/boats/ferries/tankers/sailors/submarines/lighthouses/harbours|sailed to {c}/sank in {y}/are docked in {c}/carry coal/cross the ocean/dropped anchor/left port on {d}|captain/tonnage/home port/flag/crew size/draught
planes/pilots/airports/runways/helicopters/airliners/stewards/balloons|landed in {c}/took off on {d}/were delayed/fly to {c}/have two engines/crossed the Atlantic/carry mail|wingspan/altitude/tail number/seat number/take-off time/range
planets/stars/moons/comets/galaxies/asteroids/telescopes/rockets|orbit the sun/have rings/are visible tonight/were discovered in {y}/explode/are made of ice/have an atmosphere|diameter/mass/orbit/brightness/gravity/distance from the earth
rivers/lakes/mountains/islands/volcanoes/deserts/glaciers/waterfalls|flow through {c}/erupted in {y}/are in {k}/are higher than {n} metres/freeze in winter/run dry|depth/height/length/source/area/peak
teams/players/goals/matches/referees/coaches/stadiums/athletes|scored in {y}/won the cup/lost against {W}/play on Sunday/were sent off/reached the final/hold the world record|score/league position/jersey number/transfer fee/stadium/world ranking
shares/stocks/bonds/funds/banks/traders/currencies/dividends|rose on Monday/fell by {n} percent/are listed in {c}/closed higher/pay a dividend/went bankrupt in {y}|closing value/yield/ticker/market value/exchange rate/interest
songs/singers/bands/concerts/operas/composers/albums/choirs|were number one in {y}/play in {c}/were written by {p}/last an hour/won a Grammy/sing in {k}|tempo/lyrics/key/chorus/release year/band leader
films/actors/directors/series/cinemas/scenes/scripts/novels|won an Oscar/were shot in {c}/star {p}/came out in {y}/are scary/play in {k}|plot/cast/runtime/ending/genre/author
kings/queens/wars/battles/treaties/empires/presidents/emperors|ruled {k}/ended in {y}/were fought near {c}/were signed in {c}/began in {y}/lost their crown|reign/heir/cause/year of death/throne/army
animals/birds/spiders/whales/horses/bees/elephants/wolves|live in {k}/can fly/sleep in winter/eat grass/are extinct/have six legs/lay eggs|lifespan/habitat/wing size/diet/tail length/top speed
trains/buses/trams/stations/tunnels/bridges/drivers/cyclists|leave for {c}/stop in {c}/run at night/are late today/cross the river/were built in {y}|timetable/track number/platform/speed limit/last stop/traffic jam
storms/clouds/winds/floods/winters/tides/hurricanes/droughts|hit {c}/come from the north/last until Friday/are expected tomorrow/flooded {c}/cooled {k}|temperature/wind speed/rainfall/humidity/forecast/pressure
students/teachers/schools/exams/classes/universities/lessons/professors|passed the exam/study in {c}/teach physics/failed maths/graduated in {y}/start at nine|grade/timetable/thesis/class size/teacher/subject
houses/flats/streets/villages/castles/towers/churches/parks|were built in {y}/are for rent in {c}/have a garden/are older than {n} years/overlook the sea/burned down|rent/number of floors/architect/street name/owner/roof
laws/elections/parties/senators/votes/ministers/courts/judges|were passed in {y}/won in {k}/voted against {W}/are held in autumn/govern {k}/resigned|majority/mandate/election result/verdict/seat/coalition
recipes/cakes/soups/pizzas/restaurants/cooks/dishes/wines|contain garlic/are baked in {n} minutes/taste sweet/come from {k}/serve dinner in {c}/are vegan|ingredients/calories/cooking time/taste/chef/vintage
cars/engines/bicycles/trucks/motorbikes/tyres/garages/races|run on diesel/were built in {c}/won the race/need petrol/crashed in {y}/have four doors|horsepower/mileage/licence plate/fuel use/top speed/lap time
atoms/molecules/elements/metals/acids/particles/lasers/magnets|react with water/melt at {n} degrees/decay/conduct heat/are heavier than iron/were found in {y}|half-life/melting point/charge/symbol/wavelength/atomic number
computers/servers/programs/websites/robots/viruses/networks/chips|were hacked in {y}/run {W}/crashed on Monday/have {n} cores/are offline/were made in {c}|processor/source code/memory/IP address/uptime/version
farms/cows/fields/tractors/harvests/apples/forests/sheep|give milk/grow in {k}/were planted in {y}/need rain/belong to {p}/were cut down|yield/acreage/height/soil/fence/wool
hotels/guests/beaches/tours/museums/paintings/tourists/camps|are booked out in {c}/were painted by {p}/have a pool/open in summer/visited {k}/are near the sea|star rating/room number/view/guide/frame/brochure
soldiers/spies/tanks/police officers/thieves/prisons/firefighters/detectives|escaped in {y}/were arrested in {c}/guard the border/march at dawn/retired early/served in {k}|rank/badge/uniform/sentence/motive/medal
languages/words/poems/letters/verbs/alphabets/dialects/proverbs|are spoken in {k}/rhyme with {w}/come from Latin/have {n} letters/died out/were translated in {y}|meaning/spelling/origin/plural/grammar/pronunciation
dreams/ghosts/wizards/dragons/unicorns/angels/heroes/legends|haunt {c}/guard the treasure/can do magic/appear at night/live in {W}/defeated {W}|spell/curse/sword/secret/prophecy/weakness
employees/salaries/offices/meetings/departments/shareholders/factories/strikes|work from home/are held on Friday/moved to {c}/were shut down in {y}/joined the union/make steel|headcount/office rent/job title/pension/boss/agenda
""".strip().split("\n")
TOPICS = [tuple(x.split("/") for x in t.split("|")) for t in TOPICS]
FRAMES = ["How many {a} {v}", "Which {a} {v}", "List the {h} of all {a}", "Show the {a} that {v}", "What is the average {h} of {a}", "List all {a}", "How many {a} are there", "What is the {h} of the {a}", "Which {a} have the highest {h}", "Name the {a} that {v}", "Give me the {h} of {a} that {v}",
          "Show the {h} for each of the {a}", "Who knows which {a} {v}", "When did the {a} get their {h}", "Count the {a} that {v}", "What are the {h} and the {g} of {a}", "Do {a} {v}", "Why do {a} need a {h}", "Tell me about {a}", "Find {a} with the largest {h}", "Which of the {a} {v} and have a {h}", "Where can I see {a}", "Explain the {h} of {a}", "How do {a} {v}", "{a} that {v}"]
# Words of a shop or a clinic, meaning something else.
OTHERWISE = """Ship the yacht to {c}|Be patient with {p}|Doctor the photo of {W}|What is the product of {n} and {m}|Which item is on the agenda|Put these words in order: {w} {w} {w}|Who kept order in the court of {k}|Review the film {W}|Who plays the doctor in {W}|How many items are on my to-do list|When is my dentist's lunch break|What is the customer service number of {W} airlines|
Is patience a virtue|In alphabetical order, name the planets|Which doctor invented time travel|Cancel my alarm|Order me a taxi to {c}|Book a table for {n}|Is there a doctor on the moon|Who ordered the attack on {c}|Who is the patron of {W}|How good is the shop of {p} at chess|What is the national product of {k}|Write a review of my life|What does a category 5 storm do|
Do robots have a name|Is the name {W} popular in {k}|How much does the moon weigh|How much does the sun cost|What is the price of fame|Who discovered penicillin|How do vaccines work|Who founded the Red Cross|How many bones does a human have|What is the blood pressure of a giraffe|Does chocolate cause headaches|How do I become a surgeon|What are the symptoms of love|How do I return a compliment|
How much is a kilo of gold|What is the salary of the president of {k}|Who is the richest person in {c}|How high are house prices in {c}|How many people live in {c}|When was {c} founded|What is the zip code of {c}|How do I get from {c} to {k}|Which currency does {k} use|Who is the mayor of {c}|Is {c} bigger than {k}|Which language do they speak in {k}|What is the flag of {k}|How many inhabitants does {k} have""".replace("\n", "").split("|")

WORDS_FOR = {
    "customers": "buyers|shoppers|purchasers|account holders|clients|people who shop with us|people who buy from us|our clientele|subscribers", "customer": "buyer|shopper|purchaser|client|account holder", "products": "goods|wares|merchandise|articles|things we sell|items on sale|gadgets|articles in our range", "product": "article|good|piece of merchandise|thing we sell",
    "orders": "purchases|parcels|packages|deliveries|sales|shipments|baskets", "order": "purchase|parcel|package|delivery|sale|shipment", "reviews": "opinions|ratings|feedback|comments|testimonials|stars", "review": "opinion|rating|comment", "order items": "order lines|positions|lines|articles bought",
    "patients": "sick people|people who come for treatment|people we treat|people in our care|the ill|persons under treatment|those treated here", "patient": "sick person|person we treat|person under treatment", "doctors": "physicians|medical staff|medics|practitioners|surgeons|specialists|clinicians|staff doctors", "doctor": "physician|practitioner|surgeon|specialist|clinician",
    "appointments": "visits|consultations|check-ups|sessions|bookings|treatments", "appointment": "visit|consultation|check-up|session|booking", "diagnoses": "findings|illnesses|conditions|diseases found|cases", "diagnosis": "finding|illness|condition|disease", "prescriptions": "medicines|medication|pills|tablets|remedies|drugs prescribed", "prescription": "medicine|medication|remedy|pill",
    "Cardiology": "heart medicine|heart problems", "Dermatology": "skin medicine|skin problems", "Neurology": "nerve medicine|brain medicine", "Oncology": "cancer medicine|cancer care", "Orthopedics": "bone medicine|bones and joints", "Pediatrics": "child medicine|child care", "Psychiatry": "mental health", "Radiology": "X-ray medicine|imaging",
}
FREE = {
    "shop": """Who bought the {t}|Which goods sell best|What sells worst in {k}|How much money did we make in {y}|What did {p} buy|Who spends the most with us|Which parcels came back|What was sent back in {M}|Is the {t} sold out|Do people like the {t}|Which {C} goods are the most expensive|What did people from {k} buy|How many {C} things did we sell|How often was the {t} bought|
What is the cheapest thing in {C}|How many parcels did {p} get|Who pays in cash|How many people pay by card|How well is the {t} rated|What do buyers think of {C}|Which articles are heavy|What was delivered in {M} {y}|How big was the biggest purchase|Which purchases are still on their way|What is our turnover in {k}|How many shoppers collected points|Who gave {n} stars to the {t}|
Which goods do we no longer sell|What can I buy for less than {n}|How much did shoppers from {c} spend|Who has an account but never bought anything|What new things came out in {y}|How much do we earn with {C}|Which buyers live in {c}|Show the sales of {M} {y}|What is left in stock|When did {p} last buy something|Was the purchase of {p} paid|Which toys, books and games do we sell|How much revenue came from {C}|Which sale was the largest|How many returns were there in {y}|Which payment method is used most|What discounts did we give in {y}""",
    "clinic": """Who treated {p}|What is {p} suffering from|Which pills does {p} take|Who is ill with {D}|How many sick people came in {M} {y}|When does {p} have to come back|Which specialist earns the most|How long do visits last|Who did not show up in {y}|Which medicine does {p} need|How many people are insured with {I}|Who has blood group {B}|What did the physician find|Which illness is the most common|How often is {G} prescribed|
How many check-ups were called off|Which staff work in {c}|Who is the best paid surgeon|What are people treated for|How many tablets of {G} were handed out|What does a visit cost|Who takes {G}|Which cases are serious|Who works in {S}|How much do the medics in {S} earn|How many men and women do we treat|How old are the people we treat|Which consultations took the longest|Whose insurance is {I}|Who needs {G}|Which practitioners were hired in {y}|
When was {p} treated|Which drugs are given for {n} days|What was {p} diagnosed with|How many physicians specialise in {S}|How many people have {D}|Is {D} often severe|Who prescribed {G}|What dose of {G} is given|Which women were born before {y}|Who came in with {D}|How many bookings does each physician have|Which people have no insurance|Who is not insured|When did the last check-up take place|How many visits were there in {M} {y}|Who has had {D}|Which remedies were prescribed in {y}|How expensive is a consultation""",
}
MORE_FREE = {
    "shop": """Which people from {k} have an account|How many of our buyers are from {c}|What do we charge for the {t}|Which things cost under {n}|Show what was bought in {M} {y}|How much have people spent so far|Which of our goods weigh the most|What is the best rated thing we have|Which opinions mention {w}|How many stars does the {t} have|How many people live in {k}|How many people signed up in {y}|
Which {C} articles can I get for {n}|What came out after {M} {y}|Who earned more than {n} points|Names and e-mails of everyone in {c}|Which goods do nobody want|What was never sold|What has never been rated|Who never ordered|Who wrote the most opinions|Which city do most buyers live in|Which country brings in the most money|How much did each country spend|Who bought the most|What are our bestsellers|What is the average basket worth|
How many baskets were paid by card|Which payments were made by transfer|What share was paid in cash|How many deliveries were late|Which parcels have not left yet|What did we ship on {d}|How many pieces of the {t} were sold|How much {C} stuff did we sell|What is in order {n}|Who placed order {n}|Where is parcel {n}|What is the total of purchase {n}|Which lines had a discount|How big are the discounts we give|What is the cheapest {C} item|Name the most expensive article|
Which toys are in stock|Which books came out in {y}|How many kitchen things do we carry|Is there garden equipment under {n}|Which music articles are rated best|How many electronics are sold out|What sports gear is available|Which office supplies cost more than {n}|List people with their birthdays|Which accounts are inactive|Whose account is no longer in use|Who joined in {y}|Who is our newest member|Who has been with us the longest|Whose name starts with {B1}|Which mail addresses end in .org|
How many points did {p} collect|What is the e-mail of {p}|Where does {p} live|When did {p} sign up|What did {p} say about the {t}|How did {p} rate the {t}|How much does a {t} weigh|When was the {t} launched|Which category is the {t} in|How many of the {t} are left|What does the {t} cost|Has anyone reviewed the {t}|Who reviewed the {t}|List everything we sell|Show the whole catalogue|What do you sell|What can I buy here|Which articles are not sold any more|What are the names and prices of all articles|
How much revenue per month|Revenue per category|Income per country|Number of sales per year|Which year was the best for sales|How many returns per category|What is the turnover of {y}|How many items are in each category|What categories are there|Which statuses are there|Average stars per category|Show cancelled ones from {M} {y}|What was sent back by people from {k}|Which things do buyers from {c} like|Which brands of {C} sell best|Show the second most expensive article|Page {n} of the catalogue|The ten priciest articles|Top sellers of {y}""",
    "clinic": """How many people do we treat|Which people are from {c}|How many of our people live in {c}|Who is covered by {I}|Which medics earn over {n}|Show everyone born in {y}|Show everyone born after {d}|How many women are registered|How many men have blood type {B}|Who has type {B} blood|Which people have no e-mail|Who signed up in {M} {y}|Who registered in {y}|How many people registered per year|Names and cities of everyone without insurance|Which insurers do people have|How many people does each insurer cover|
How many visits did {p} have|When did {p} last come|When is the next visit of {p}|Who looked after {p}|What was prescribed to {p}|Which medicine was {p} given|What is the blood type of {p}|Where does {p} live|When was {p} born|How is {p} insured|What does doctor {p} earn|What is doctor {p} specialised in|Whom did doctor {p} see|How many people did doctor {p} see|What did doctor {p} prescribe|Since when has doctor {p} worked here|
Which staff were hired after {y}|Who was hired first|Who has worked here the longest|Which staff no longer work here|How many heart specialists are there|How many cardiologists do we have|List all pediatricians|Which neurologists work in {c}|What do oncologists earn on average|Which specialties are there|How many medics per specialty|What is the highest pay|Pay by specialty|Average pay per city|Who earns between {n} and {m} thousand|Top five earners|The second highest salary|
Which sessions were missed|How many people failed to show up|Which bookings were called off in {M} {y}|What is planned for {M} {y}|How many check-ups were done in {y}|What was charged for visit {n}|How long was visit {n}|How much did we charge in {y}|Income per year|What did visits cost on average|Which visits lasted over {n} minutes|The longest consultation|The most expensive visit|What did people come for|How many came with headaches|Who came for a vaccination|Why did people come in {M} {y}|
Which cases are severe|How many mild cases are there|Which findings are unconfirmed|What is code {x}|Who was diagnosed with {D}|How many cases of {D} are there|What is the most frequent illness|Which illnesses were found in {y}|Which findings came out of visit {n}|Severe cases per specialty|Is {D} common|Which tablets are given most|How many days is {G} taken|What is the usual dose of {G}|Highest dose of {G}|Which drugs have no refills|Which medicines were handed out on {d}|Who gets {G}|Who was given {G}|Which drugs did people from {c} get|Doses above {n} mg|
How many refills were allowed|What was prescribed in {M} {y}|Which drug is prescribed by most physicians|Which people were never treated|Who has never come in|Which staff have no visits|Which visits ended without a finding|Which visits ended without medicine|Number of visits per physician|Number of visits per month|How many people per city|How many people of each gender|What genders are there|Which blood groups are there|The oldest person we treat|The youngest one under treatment|Who is older than {p}|Whose birthday is on {d}|Page {n} of the people we treat|List everyone we treat|Show all medics with their pay""",
}
FREE = {k: (v + "|" + MORE_FREE[k]).replace("\n", "").split("|") for k, v in FREE.items()}


def fill(r, q):
    w = lambda: V.made_up(r, r.random() < 0.8)
    for k, f in (("{c}", V.city), ("{k}", V.country), ("{p}", V.person), ("{W}", V.made_up), ("{t}", V.title), ("{C}", V.category), ("{D}", V.disease), ("{I}", V.insurer), ("{G}", V.drug), ("{S}", V.specialty), ("{B}", V.blood)):
        if k in q:
            q = q.replace(k, f(r))
    q = q.replace("{B1}", r.choice("ABCDEFGHIJKLMNOPRSTVWZ")).replace("{x}", V.code(r))
    while "{w}" in q:
        q = q.replace("{w}", w(), 1)
    return q.replace("{y}", str(r.randint(2015, 2026))).replace("{n}", str(r.randint(2, 400))).replace("{m}", str(r.randint(2, 99))).replace("{M}", r.choice(V.MONTHS)).replace("{d}", V.say_day(r, V.day(r)))


def end(r, q):
    q = q[0].upper() + q[1:] if r.random() < 0.9 else q[0].lower() + q[1:]
    asks = q.split()[0] in ("What", "Who", "How", "Why", "Which", "When", "Is", "Do", "Does", "Where", "Was", "Whose", "In")
    return q + (("?" if asks else ".") if r.random() < 0.75 else "")


def elsewhere(r):
    """A question about something else entirely, often in the words of a question to a database."""
    if r.random() < 0.25:
        return end(r, fill(r, r.choice(OTHERWISE)))
    a, v, h = r.choice(TOPICS)
    g = r.choice(h)
    return end(r, fill(r, r.choice(FRAMES).replace("{a}", r.choice(a)).replace("{v}", r.choice(v)).replace("{h}", r.choice(h)).replace("{g}", g)))


def in_other_words(r, q):
    """A generated question with its nouns replaced by what people also call them."""
    for k in sorted(WORDS_FOR, key=len, reverse=True):
        for w in (k, k[0].upper() + k[1:]):
            if f" {w}" in q or q.startswith(w):
                new = r.choice(WORDS_FOR[k].split("|"))
                q = q.replace(w, new if w == k else new[0].upper() + new[1:], 1)
                break
    return q


def freely(r, name):
    """A question to the shop or the clinic as one would ask it aloud, with none of the tables' words needed."""
    return end(r, fill(r, r.choice(FREE[name])))
