"""Facts as documents of many kinds state them (guidelines, policies, manuals, contracts, recipes, travel), with questions.

A fact is "sentence / sentence otherwise || question / question otherwise >> answer || …". Slots are filled at random, so
that no fact can be known beforehand; a slot stands for the same words in sentence, question and answer.
"""

import re

import values as V

FACTS = """
The first-line drug for {dis} is {drug}. / First-line treatment of {dis} is {drug}. / In {dis}, {drug} is the first-line drug. || What is the first-line drug for {dis}? / Which drug is given first for {dis}? / What is the first-line treatment for {dis}? >> {drug}
If {drug} is not tolerated, {drug2} may be used instead. / Where {drug} is not tolerated, give {drug2}. / {drug2} is the alternative for patients who cannot take {drug}. || What can be given if {drug} is not tolerated? / Which drug replaces {drug}? / What is the alternative to {drug}? >> {drug2}
The starting dose of {drug} is {mg} {freq}. / Start {drug} with {mg} {freq}. / Treatment with {drug} begins at {mg} {freq}. || What is the starting dose of {drug}? / With which dose of {drug} should treatment start? >> {mg} || How often is {drug} given? / How often should {drug} be taken? >> {freq}
The maximum dose of {drug} is {mg} a day. / Do not give more than {mg} of {drug} a day. / No more than {mg} of {drug} may be taken in a day. || What is the maximum dose of {drug}? / How much {drug} may be taken in a day at most? / What is the maximum daily dose of {drug}? >> {mg}
{drug} is contraindicated in {cond}. / Do not prescribe {drug} in {cond}. / {cond} is a contraindication for {drug}. || When is {drug} contraindicated? / What is a contraindication for {drug}? / In which condition must {drug} not be given? >> {cond}
Patients with {dis} should be seen again after {dur}. / Follow-up of {dis} takes place every {dur}. / Review patients with {dis} every {dur}. || What is the follow-up interval for {dis}? / How often should patients with {dis} be reviewed? / When should a patient with {dis} be seen again? >> {dur}
Refer patients with {cond} to {dept}. / Patients with {cond} are referred to {dept}. / In case of {cond}, a referral to {dept} is needed. || To whom are patients with {cond} referred? / Where should patients with {cond} be referred? / Which department receives patients with {cond}? >> {dept}
The target {meas} is below {val}. / {meas} should be kept below {val}. / Aim for a {meas} below {val}. || What is the target {meas}? / What {meas} should be aimed for? / Below what should the {meas} be kept? >> below {val}
Measure the {meas} every {dur}. / The {meas} is checked every {dur}. / Every {dur}, the {meas} has to be measured. || How often should the {meas} be measured? / How often is the {meas} checked? / At what interval is the {meas} measured? >> every {dur}
The treatment of {dis} lasts {dur}. / {dis} is treated for {dur}. / Continue treatment of {dis} for {dur}. || How long does the treatment of {dis} last? / How long is {dis} treated? / For how long should {dis} be treated? >> {dur}
The most common side effect of {drug} is {eff}. / {eff} is the most common side effect of {drug}. / Patients on {drug} often report {eff}. || What is the most common side effect of {drug}? / Which side effect does {drug} often have? / What do patients on {drug} often report? >> {eff}
{who} should receive {drug} only after {test}. / Before {drug} is given to {who}, {test} is required. / {test} is required before {who} receive {drug}. || What is required before {who} receive {drug}? / What must be done before {drug} is given to {who}? >> {test}
This guideline was approved by {person} on {date}. / {person} approved this guideline on {date}. || Who approved this guideline? / Who approved the guideline? >> {person} || When was this guideline approved? / On what date was the guideline approved? >> {date}
{who} are entitled to {n} days of {leave} a year. / {who} get {n} days of {leave} per year. / Each year, {who} may take {n} days of {leave}. / The yearly allowance of {leave} is {n} days for {who}. || How many days of {leave} do {who} get? / How many days of {leave} are {who} entitled to? / How much {leave} do {who} have a year? >> {n} days
{leave} must be approved by {role}. / {role} approves {leave}. / Requests for {leave} are approved by {role}. / Ask {role} to approve {leave}. || Who approves {leave}? / Who must approve {leave}? / Whose approval is needed for {leave}? / Who signs off requests for {leave}? >> {role}
{leave} has to be requested {dur} in advance. / Requests for {leave} are made at least {dur} before. / Please apply for {leave} no later than {dur} before it starts. || How long in advance must {leave} be requested? / How early must {who} apply for {leave}? / How far ahead should {leave} be requested? >> {dur}
Up to {n} unused days of {leave} may be carried over until {date}. / {n} unused days of {leave} can be carried over until {date}. || How many days of {leave} can be carried over? / How many unused days of {leave} may be carried over? >> {n} || Until when can unused {leave} be carried over? / By when must carried-over {leave} be taken? >> {date}
The {place} is open from {time} to {time2}. / Opening hours of the {place} are {time} to {time2}. / You can visit the {place} between {time} and {time2}. || When does the {place} open? / At what time does the {place} open? / From when is the {place} open? >> {time} || When does the {place} close? / Until when is the {place} open? / At what time does the {place} close? >> {time2}
On {day} the {place} is closed. / The {place} is closed on {day}. / The {place} does not open on {day}. || On which day is the {place} closed? / When is the {place} closed? / Which day does the {place} not open? >> {day}
Travel costs are refunded up to {money} per {unit}. / {who} can claim travel costs of up to {money} per {unit}. || Up to what amount are travel costs refunded? / How much travel cost can be claimed? / What is the limit for travel costs? >> {money}
Expenses above {money} need the approval of {role}. / {role} must approve expenses above {money}. / Any expense of more than {money} is signed by {role}. || Who must approve expenses above {money}? / Whose approval do expenses above {money} need? >> {role} || From which amount do expenses need approval? / Above what amount is approval needed for expenses? >> {money}
Expense claims are submitted within {dur} to {role}. / Send expense claims to {role} within {dur}. || Within what time must expense claims be submitted? / How soon must expense claims be sent? >> {dur} || To whom are expense claims sent? / Who receives expense claims? >> {role}
Passwords must have at least {n} characters and be changed every {dur}. / A password has at least {n} characters; change it every {dur}. || How many characters must a password have? / How long must a password be? >> {n} || How often must passwords be changed? / How often do passwords change? >> every {dur}
{who} may work from home {n} days a {unit}. / Working from home is allowed for {who} on {n} days a {unit}. || How many days may {who} work from home? / How often may {who} work from home? / How many home office days do {who} have? >> {n} days a {unit}
Report {event} to {role} at once. / {role} must be told of any {event}. / Any {event} is reported to {role} within {dur}. || To whom is {event} reported? / Who must be told of {event}? / Whom should {who} tell about {event}? >> {role}
The notice period is {dur} for {who}. / {who} have a notice period of {dur}. / {who} can end the contract with {dur} of notice. || What is the notice period for {who}? / How long is the notice period of {who}? >> {dur}
The probation period lasts {dur}. / New staff are on probation for {dur}. || How long is the probation period? / How long does probation last? >> {dur}
The {device} runs on {volt}. / The supply voltage of the {device} is {volt}. / Connect the {device} to {volt}. || What voltage does the {device} need? / What is the supply voltage of the {device}? / On what voltage does the {device} run? >> {volt}
The {device} comes with a warranty of {dur}. / The warranty of the {device} is {dur}. / The {device} has {dur} of warranty. || How long is the warranty of the {device}? / What is the warranty period of the {device}? / How long is the {device} under warranty? >> {dur}
Clean the {part} of the {device} every {dur}. / The {part} of the {device} has to be cleaned every {dur}. / Every {dur}, clean the {part} of the {device} with {stuff}. || How often must the {part} be cleaned? / How often should the {part} of the {device} be cleaned? / What is the cleaning interval of the {part}? >> every {dur}
Clean the {device} with {stuff} only. / Use only {stuff} to clean the {device}. / The {device} is cleaned with {stuff}. || With what should the {device} be cleaned? / What is used to clean the {device}? / How do I clean the {device}? >> {stuff}
If the {color} light on the {device} blinks, {act}. / When the {color} light of the {device} blinks, {act}. / A blinking {color} light on the {device} means that you must {act}. || What should I do if the {color} light blinks? / What to do when the {color} light of the {device} blinks? >> {act}
Error {code} on the {device} means {fault}. / The {device} shows {code} in case of {fault}. / {code} stands for {fault}. || What does error {code} mean? / What does {code} stand for? / What is the meaning of {code}? >> {fault}
Hold the {color} button for {secs} to {doing}. / To {doing}, hold the {color} button for {secs}. || How long must the {color} button be held? / For how long do I hold the {color} button? >> {secs} || Which button do I hold to {doing}? / What colour is the button to {doing}? >> {color}
The {part} of the {device} is replaced after {dur}. / Replace the {part} of the {device} after {dur}. / The {part} lasts {dur}. || When must the {part} be replaced? / After how long is the {part} of the {device} replaced? / How long does the {part} last? >> {dur}
The tank of the {device} holds {vol}. / {vol} fit into the tank of the {device}. / The {device} has a tank of {vol}. || How much does the tank of the {device} hold? / What is the capacity of the tank? / How large is the tank of the {device}? >> {vol}
The {device} weighs {kg} and is {cm} high. / With {kg}, the {device} is light; it is {cm} high. || How much does the {device} weigh? / What is the weight of the {device}? >> {kg} || How high is the {device}? / What is the height of the {device}? >> {cm}
Operate the {device} between {temp} and {temp2}. / The {device} works between {temp} and {temp2}. || What is the lowest operating temperature of the {device}? / From what temperature does the {device} work? >> {temp} || What is the highest operating temperature of the {device}? / Up to what temperature does the {device} work? >> {temp2}
The battery of the {device} charges in {dur} and lasts {dur2}. / A full charge of the {device} takes {dur}; the battery then lasts {dur2}. || How long does it take to charge the {device}? / How long does a full charge of the {device} take? >> {dur} || How long does the battery last? / How long does the battery of the {device} last? >> {dur2}
The rent is {money} a month and due on {date}. / {who} pay a rent of {money}, due on {date}. || How much is the rent? / What is the monthly rent? >> {money} || When is the rent due? / By when is the rent due? >> {date}
The contract between {org} and {org2} ends on {date}. / {org} signed a contract with {org2} that ends on {date}. || When does the contract between {org} and {org2} end? / Until when does the contract with {org2} run? >> {date} || With whom did {org} sign a contract? / Who has a contract with {org}? >> {org2}
Late payment costs {pct} interest. / Interest of {pct} is charged on late payment. || What interest is charged on late payment? / How much interest does late payment cost? >> {pct}
Returned goods are accepted for {dur} if {cond2}. / You can return goods within {dur} if {cond2}. || How long are returned goods accepted? / Within what time can goods be returned? / How long do I have to return goods? >> {dur} || On what condition are goods accepted back? / What is the condition for returning goods? >> {cond2}
Delivery to {city} takes {dur} and costs {money}. / Orders to {city} arrive in {dur}; delivery costs {money}. || How long does delivery to {city} take? / How long do orders to {city} take? >> {dur} || How much does delivery to {city} cost? / What does delivery to {city} cost? >> {money}
Add {gram} of {food} and bake for {mins}. / Mix in {gram} of {food}, then bake for {mins}. || How much {food} is added? / How much {food} is needed? / How many grams of {food} do I need? >> {gram} || How long is it baked? / How long does it bake? / For how long should it bake? >> {mins}
Heat the oven to {temp}. / Preheat the oven to {temp}. || To what temperature is the oven heated? / How hot should the oven be? / What oven temperature is needed? >> {temp}
The dish serves {n} people and goes well with {food}. / Serve it with {food}; it is enough for {n} people. || How many people does it serve? / For how many people is it enough? >> {n} || What goes well with it? / What is it served with? >> {food}
The train from {city} to {city2} takes {dur}. / From {city}, a train reaches {city2} in {dur}. || How long does the train from {city} to {city2} take? / How long is the trip from {city} to {city2}? >> {dur}
The ferry to {city} leaves at {time} from {spot}. / At {time} the ferry to {city} leaves from {spot}. || When does the ferry to {city} leave? / At what time does the ferry leave? >> {time} || Where does the ferry to {city} leave from? / From where does the ferry leave? >> {spot}
The best time to visit {city} is {month}. / {city} is best visited in {month}. || When is the best time to visit {city}? / When should I visit {city}? / Which month is best for {city}? >> {month}
A ticket to the {place} costs {money}. / The {place} charges {money} for a ticket. / Entry to the {place} is {money}. || How much is a ticket to the {place}? / What does entry to the {place} cost? / How much does the {place} charge? >> {money}
{person} invented the {device} in {year}. / In {year}, the {device} was invented by {person}. || Who invented the {device}? / By whom was the {device} invented? >> {person} || When was the {device} invented? / In which year was the {device} invented? >> {year}
{org} was founded in {year} by {person} in {city}. / In {year}, {person} founded {org} in {city}. / {person} started {org} in {city} in {year}. || Who founded {org}? / Who started {org}? / Who is the founder of {org}? >> {person} || When was {org} founded? / In what year was {org} founded? / What year did {org} start? >> {year} || Where was {org} founded? / In which city did {org} start? >> {city}
{org} employs {count} people and is led by {person}. / {person} leads {org}, which has {count} employees. || How many people does {org} employ? / How many employees does {org} have? >> {count} || Who leads {org}? / Who is the head of {org}? / Who runs {org}? >> {person}
{org} earned {money} in {year}. / In {year}, revenue of {org} was {money}. || How much did {org} earn in {year}? / What was the revenue of {org} in {year}? >> {money}
{org} has its main office in {city}. / The main office of {org} is in {city}. / {org} is based in {city}. || Where is {org} based? / Where is the main office of {org}? / In which city is {org}? >> {city}
The meeting with {org} is on {date} at {time} in {spot}. / On {date} at {time}, we meet {org} in {spot}. || When is the meeting with {org}? / On what date is the meeting with {org}? >> {date} || At what time is the meeting with {org}? / At what time do we meet {org}? >> {time} || Where is the meeting with {org}? / Where do we meet {org}? >> {spot}
The deadline for {task} is {date}. / {task} must be finished by {date}. / {person} finishes {task} by {date}. || What is the deadline for {task}? / When is the deadline for {task}? / By when must {task} be finished? >> {date}
{person} is responsible for {task}. / {task} is the job of {person}. / Responsible for {task}: {person}. / Contact {person} about {task}. || Who is responsible for {task}? / Who takes care of {task}? / Whom do I contact about {task}? >> {person}
Questions about {task} go to {mail}. / Write to {mail} about {task}. || Where do questions about {task} go? / Which address is for {task}? / Which email address is for questions about {task}? >> {mail}
The help desk can be reached at {phone}. / Call {phone} for the help desk. / In an emergency, call {phone}. || What is the number of the help desk? / Which number do I call? / How can I reach the help desk? / What number should I call in an emergency? >> {phone}
In the {trial} study, {count} patients took part. / {count} patients took part in the {trial} study. || How many patients took part in the {trial} study? / How many patients did the {trial} study have? >> {count}
In the {trial} study, {drug} reduced {eff} by {pct}. / {drug} reduced {eff} by {pct} in the {trial} study. || By how much did {drug} reduce {eff}? / By how much did {drug} reduce {eff} in the {trial} study? >> {pct} || What did {drug} reduce? / What did {drug} reduce in the {trial} study? >> {eff}
The {animal} lives for {dur} and eats {food}. / A {animal} eats {food} and lives for {dur}. || How long does the {animal} live? / How long does a {animal} live? >> {dur} || What does the {animal} eat? / What does a {animal} eat? >> {food}
Mount {name} is {cm} high and lies in {land}. / In {land} lies Mount {name}, {cm} high. || How high is Mount {name}? / What is the height of Mount {name}? >> {cm} || Where is Mount {name}? / In which country is Mount {name}? >> {land}
Store {food} at {temp} for no longer than {dur}. / {food} keeps for {dur} at {temp}. || How long can {food} be stored? / How long does {food} keep? >> {dur} || At what temperature is {food} stored? / At what temperature does {food} keep? >> {temp}
Water the {plant} every {dur}. / The {plant} needs water every {dur}. || How often should the {plant} be watered? / How often does the {plant} need water? >> every {dur}
Wear {gear} when you {doing}. / {gear} must be worn to {doing}. || What must be worn to {doing}? / What should I wear when I {doing}? >> {gear}
Visitors must {doing2} at {spot}. / At {spot}, visitors have to {doing2}. || Where must visitors {doing2}? / Where do visitors {doing2}? >> {spot} || What must visitors do at {spot}? / What do visitors have to do at {spot}? >> {doing2}
The annual fee is {money}; {who} pay {money2}. / {who} pay {money2} instead of the annual fee of {money}. || How much do {who} pay? / What do {who} pay? >> {money2} || What is the annual fee? / How much is the annual fee? >> {money}
"""

SETS = {
    "cond": "pregnancy|kidney failure|liver disease|severe asthma|heart failure|a recent stroke|gout|epilepsy|low blood pressure|an allergy to eggs|glaucoma|high fever|chest pain|sudden weight loss|anaemia|bleeding disorders|resistant disease|uncontrolled diabetes|suspected cancer|children under two",
    "dept": "cardiology|neurology|a specialist|the emergency room|the eye clinic|the surgical ward|oncology|a dietitian|a physiotherapist|the pain clinic|nephrology|the kidney unit|a lung specialist|dermatology|the stroke unit|paediatrics|a psychiatrist|the senior nurse",
    "meas": "blood pressure|heart rate|blood glucose|body temperature|potassium level|kidney function|oxygen level|body weight|cholesterol|iron level|pulse|HbA1c|tyre pressure|noise level|humidity",
    "test": "a blood test|an ECG|an X-ray|a urine test|a liver test|an eye examination|a skin test|a pregnancy test|a second opinion|written consent",
    "who": "adults|children|nurses|interns|managers|contractors|part-time staff|full-time employees|new employees|members|students|visitors|older patients|residents|trainees|drivers|volunteers|tenants|engineers|teachers|parents|apprentices|pensioners|guests|pregnant women",
    "leave": "annual leave|sick leave|parental leave|study leave|unpaid leave|special leave|remote work|overtime|training|paid leave|compassionate leave|holiday",
    "role": "the line manager|the head of finance|the department head|human resources|the safety officer|the chief nurse|the director|the team lead|the works council|the accountant|the data protection officer|the security desk|the project manager|the site manager|the ward sister|the treasurer|the head of department|the IT help desk",
    "place": "library|pharmacy|canteen|reception|museum|swimming pool|clinic|warehouse|office|workshop|gym|laboratory|shop|post room|garden|archive|visitor centre|bakery|car park|tourist office",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|public holidays",
    "unit": "week|month|day|year|trip|night",
    "event": "accident|data breach|theft|fire|injury|power failure|lost key|water leak|security incident|broken window|side effect",
    "device": "pump|dishwasher|coffee machine|printer|ventilator|drill|heater|washing machine|scanner|router|lawn mower|projector|vacuum cleaner|air purifier|thermostat|blender|generator|camera|treadmill|monitor|humidifier|kettle|boiler|electric bike|smoke detector|label printer|water filter|robot",
    "part": "filter|water tank|brush|blade|nozzle|seal|battery|belt|lens|fan|drip tray|air inlet|hose|drum|grill|sensor|cartridge|lamp|cutter|roller",
    "stuff": "a damp cloth|warm water|mild soap|vinegar|a soft brush|compressed air|alcohol|a dry cloth|descaler|lemon juice|cold water|distilled water",
    "fault": "low battery|a blocked filter|no water|an open door|overheating|a paper jam|a broken sensor|high pressure|a lost connection|an empty tank|a worn belt|a leak|low oil|a full bin",
    "doing": "reset the device|start the pump|lock the door|pair the remote|enter the laboratory|change the blade|save the setting|mute the alarm|drain the tank|use the saw|handle acid|cut the hedge|turn off the alarm|restart the router",
    "doing2": "sign in|show a badge|leave their bags|wash their hands|wait for a guide|buy a ticket|put on a mask|switch off their phones|register their car",
    "act": "switch it off|refill the water tank|empty the tray|call the service team|charge the battery|replace the cartridge|open the valve|check the cable|press the reset button|clean the sensor|close the lid|wait ten minutes|pull the plug",
    "cond2": "the label is intact|they are unused|the receipt is shown|the box is unopened|the seal is not broken|they are in the original box|they are clean",
    "food": "flour|sugar|butter|rice|honey|cheese|spinach|lentils|salmon|yoghurt|tomatoes|almonds|cream|beans|mushrooms|chicken|garlic|potatoes|oats|raisins|leaves|insects|berries|fish|bread|milk|apple sauce|onions",
    "spot": "the main gate|pier {k}|room {k}|platform {k}|the north entrance|gate {k}|the reception|hall {k}|the old harbour|the front desk|building {k}|the conference room|the car park|the second floor",
    "task": "the annual report|data protection|the new website|fire safety|payroll|the budget|recycling|the audit|staff training|the summer party|the inventory|first aid|the newsletter|parking permits|the product launch|customer complaints|the survey|stock control|the key system|onboarding",
    "animal": "tortoise|grey seal|barn owl|red fox|river otter|brown bear|house gecko|snow hare|eagle|carp|badger|hedgehog|lynx|heron",
    "plant": "orchid|cactus|fern|rose|basil|lemon tree|tulip|bonsai|ivy|olive tree|fig tree|lavender",
    "gear": "gloves|goggles|a helmet|ear protection|safety shoes|a mask|an apron|a face shield|a high-visibility vest|a harness",
    "eff": "nausea|headache|dizziness|dry mouth|fatigue|a rash|insomnia|fever|back pain|blurred vision|loss of appetite|muscle pain|a cough|stomach pain|itching|swelling of the ankles|hair loss|constipation|low blood sugar|drowsiness|joint pain|the risk of stroke|relapses",
    "freq": "once a day|twice a day|three times a day|once a week|every morning|every {k} hours|in the evening|with meals|every other day|at bedtime|every {k} weeks",
    "color": "red|green|blue|yellow|white|black|orange|grey|amber",
    "disease": "asthma|migraine|hypertension|eczema|anemia|bronchitis|arthritis|diabetes|pneumonia|psoriasis|epilepsy|insomnia|anxiety|depression|acne|sinusitis|gastritis|angina|influenza|otitis|obesity|atrial fibrillation|gout|high blood pressure|type 2 diabetes|back pain|heart failure|tonsillitis|cystitis|osteoporosis|hay fever",
}
SETS = {k: v.split("|") for k, v in SETS.items()}
NUMBERS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 15, 18, 20, 24, 25, 28, 30, 36, 40, 45, 48, 50, 60, 72, 80, 90, 100, 120, 140, 150, 200, 250, 300, 400, 500, 750, 1000)


def num(r, top=1000):
    x = r.random()
    return r.choice([n for n in NUMBERS if n <= top]) if x < 0.6 else r.randint(2, top)


def spell(r, n):
    return V.NUMBER_WORDS[n] if n < 13 and r.random() < 0.3 else str(n)


def length(r):
    n, u = r.choice(((r.randint(2, 30), "days"), (num(r, 72), "hours"), (num(r, 90), "minutes"), (r.randint(2, 12), "weeks"), (r.randint(2, 36), "months"), (r.randint(2, 10), "years"), (r.randint(2, 30), "working days")))
    return f"{spell(r, max(n, 2))} {u}"


def organisation(r):
    n = V.made_up(r) if r.random() < 0.7 else r.choice(V.ADJ + V.CITIES + V.LAST).replace("_", " ")
    return r.choice((f"{n} {r.choice(('Clinic', 'Hospital', 'Foods', 'University', 'Energy', 'Systems', 'Group', 'Bank', 'Air', 'Museum', 'Labs', 'Foundation', 'Ltd', 'Motors', 'Press', 'Logistics'))}", f"{n} & {r.choice(V.LAST).replace('_', ' ')}", n))


SLOTS = {
    "drug": lambda r: r.choice(V.DRUGS).lower() if r.random() < 0.35 else V.drug(r) if r.random() < 0.5 else V.made_up(r, r.random() < 0.5) + r.choice(("ol", "in", "ide", "am", "pril", "ine")),
    "dis": lambda r: r.choice(SETS["disease"]) if r.random() < 0.6 else V.made_up(r, True) + r.choice((" syndrome", " fever", " disease", "itis")),
    "mg": lambda r: f"{r.choice((num(r), num(r), round(r.uniform(0.1, 20), 1), 2.5, 0.5, 12.5))} {r.choice(('mg', 'mg', 'mg', 'ml', 'g', 'micrograms', 'units', 'mg/kg', 'drops'))}",
    "dur": length, "n": lambda r: spell(r, r.randint(2, 40)), "k": lambda r: str(r.randint(2, 30)), "year": lambda r: str(r.randint(1850, 2026)), "count": lambda r: r.choice((str(num(r)), f"{r.randint(1000, 90000):,}", str(r.randint(100, 9999)))),
    "val": lambda r: f"{num(r, 200)}{r.choice(('/' + str(r.randint(40, 99)) + ' mmHg', ' mmHg', ' mg/dl', ' mmol/l', ' beats per minute', '%', ' bar', ' degrees', ' dB', ' kg'))}",
    "time": lambda r: r.choice((f"{r.randint(6, 12)}:{r.choice(('00', '30', '15', '45'))}", f"{r.randint(6, 12)} am", f"{r.randint(1, 11)} pm", f"{r.randint(0, 23):02d}:{r.choice(('00', '30', '15', '45'))}", f"{r.randint(6, 12)} o'clock")),
    "money": lambda r: r.choice((f"{num(r)} euros", f"{num(r)} dollars", f"${num(r)}", f"{r.randint(1000, 90000):,} euros", f"{num(r)} pounds", f"EUR {num(r)}", f"£{num(r)}", f"{r.randint(1, 90)} million euros", f"€{num(r)}", f"{r.randint(1, 99)}.{r.choice(('50', '90', '99'))} euros")),
    "pct": lambda r: f"{r.randint(1, 99)}{r.choice(('%', '%', ' percent', '.5%'))}", "date": lambda r: V.say_day(r, V.day(r)) if r.random() < 0.65 else f"{r.randint(1, 28)} {r.choice(V.MONTHS)}" if r.random() < 0.6 else f"{r.choice(V.MONTHS)} {r.randint(2000, 2030)}",
    "month": lambda r: r.choice(V.MONTHS), "person": lambda r: r.choice(("", "", "", "Dr. ", "Professor ", "Ms. ", "Mr. ")) + V.person(r), "city": lambda r: V.city(r), "land": lambda r: V.country(r), "org": organisation, "name": lambda r: V.made_up(r),
    "volt": lambda r: f"{r.choice((5, 9, 12, 24, 36, 48, 110, 120, 220, 230, 240, 400, r.randint(3, 500)))} {r.choice(('volts', 'V', 'volts'))}", "secs": lambda r: f"{spell(r, r.randint(2, 30))} seconds", "mins": lambda r: f"{num(r, 120)} minutes",
    "vol": lambda r: f"{r.choice((num(r, 90), round(r.uniform(0.3, 9.9), 1)))} {r.choice(('litres', 'litres', 'ml', 'liters'))}", "kg": lambda r: f"{r.choice((num(r, 90), round(r.uniform(0.3, 99), 1)))} {r.choice(('kg', 'kg', 'g', 'kilograms', 'tons'))}", "cm": lambda r: f"{num(r)} {r.choice(('cm', 'cm', 'm', 'metres', 'mm'))}",
    "temp": lambda r: f"{r.randint(2, 240)} {r.choice(('degrees', 'degrees Celsius', '°C', '°C', 'C'))}", "gram": lambda r: f"{num(r)} {r.choice(('grams', 'g', 'ml', 'spoons', 'cups'))}", "code": lambda r: f"{r.choice('EFHCABX')}{r.choice(('', '-'))}{r.randint(1, 99):02d}",
    "mail": lambda r: V.email(r), "phone": lambda r: r.choice((f"{r.randint(100, 9999)}", f"0{r.randint(100, 999)} {r.randint(1000, 999999)}", f"extension {r.randint(10, 9999)}", f"+{r.randint(1, 99)} {r.randint(100, 999)} {r.randint(1000, 9999)}")), "trial": lambda r: V.made_up(r).upper() if r.random() < 0.5 else V.made_up(r),
}
SLOT = re.compile(r"\{([a-z]+?)(2?)\}")


def parse(line):
    sents, *asked = line.split(" || ")
    return sents.split(" / "), [(q.split(" / "), a) for q, a in (x.split(" >> ") for x in asked)]


PARSED = [parse(x) for x in FACTS.strip().split("\n")]


def fill(r, text, slots):
    def one(m):
        key = m.group(0)
        if key not in slots:
            base = m.group(1) + m.group(2) if m.group(1) + m.group(2) in SETS or m.group(1) + m.group(2) in SLOTS else m.group(1)
            make = SLOTS.get(base) or (lambda r: r.choice(SETS[base]))
            v = make(r)
            while v in slots.values():
                v = make(r)
            slots[key] = SLOT.sub(one, v)
        return slots[key]
    return SLOT.sub(one, text)


def fact(r, like=None):
    """A sentence and what may be asked about it: (sentence, [(questions, answer)], the fact's number).

    `like` is the number of a fact to state again of something else.
    """
    i = r.randrange(len(PARSED)) if like is None else like
    sents, asked = PARSED[i]
    slots = {}
    s = fill(r, r.choice(sents), slots)
    s = s[0].upper() + s[1:]
    out = []
    for qs, a in asked:
        if all(m.group(0) in slots for m in SLOT.finditer(a)):
            answer = fill(r, a, slots)
            if answer.lower() not in s.lower():
                continue
            at = s.lower().index(answer.lower())
            # An answer is words of the passage, also where it opens a sentence.
            answer = s[at:at + len(answer)] if answer[:1] != s[at] and not a.startswith(("{", "every", "below")) else answer
            asks = [fill(r, q, slots) for q in qs]
            out.append(([q[0].upper() + q[1:] for q in asks], answer))
    return s, out, i
