"""Databases as the generator knows them: tables, columns, and the words people use for both."""

from dataclasses import dataclass, field, replace

import values as V

# What a column's kind means for the text: SQL type shown in a prompt, and a maker of values.
KINDS = {
    "id": ("int", None), "fk": ("int", None), "person": ("text", V.person), "title": ("text", V.title), "email": ("text", V.email),
    "country": ("text", V.country), "city": ("text", V.city), "category": ("text", V.category), "specialty": ("text", V.specialty),
    "insurer": ("text", V.insurer), "blood": ("text", V.blood), "drug": ("text", V.drug), "disease": ("text", V.disease),
    "reason": ("text", V.reason), "code": ("text", V.code), "word": ("text", V.word), "comment": ("text", V.snippet),
    "int": ("int", None), "num": ("numeric", None), "date": ("date", V.day), "birth": ("date", V.birthday), "ts": ("timestamptz", V.day),
    "enum": (None, None), "bool": ("bool", None),
}
TEXT = {"person", "title", "email", "country", "city", "category", "specialty", "insurer", "blood", "drug", "disease", "reason", "code", "word", "comment"}
DATES = {"date", "birth", "ts"}
NUMS = {"int", "num"}


@dataclass
class Column:
    name: str
    kind: str
    says: tuple  # nouns for it, singular
    forms: dict = field(default_factory=dict)  # op -> ((kind, text), ...)
    alts: tuple = ()  # other names it could have in a database
    lo: float = 0
    hi: float = 100
    step: float = 1
    labels: tuple = ()
    ref: str = ""
    null: bool = False
    table: str = ""
    canon: str = ""  # the name before renaming: the lexicon's key

    def type(self):
        if self.ref:
            return f"int -> {self.ref}"
        return "|".join(self.labels) if self.kind == "enum" else KINDS[self.kind][0]

    def number(self, r):
        if self.kind == "num" and r.random() < 0.4:
            return round(r.uniform(self.lo, self.hi), 2)
        n = r.uniform(self.lo, self.hi)
        if r.random() < 0.5 and self.hi > 20:
            s = 10 ** max(1, len(str(int(self.hi))) - 2) // r.choice((1, 2))
            return max(int(n // s * s), int(self.lo)) or int(s)
        return int(n) if self.hi >= 5 else round(n, 2)


@dataclass
class Table:
    name: str
    nouns: tuple  # ((singular, plural), ...)
    columns: list
    person: bool = False
    canon: str = ""
    alts: tuple = ()

    def col(self, canon):
        return next((c for c in self.columns if c.canon == canon), None)

    @property
    def label(self):
        """What "the customers" means when no column is named."""
        return next((c for c in self.columns if c.kind in ("person", "title")), None) or self.columns[0]


@dataclass
class Schema:
    name: str
    tables: list
    links: dict  # (table, table) -> forms with {b}
    via: tuple = ()  # (from, to, tables between, forms): related otherwise than by the shortest path

    def table(self, canon):
        return next((t for t in self.tables if t.canon == canon), None)

    def text(self):
        return "\n".join(f"{t.name}(" + ", ".join(f"{c.name} {c.type()}" for c in t.columns) + ")" for t in self.tables)


def forms(text):
    """"pp:from {v}; vp:live in {v}" -> (("pp", "from {v}"), ...)"""
    return tuple((k.strip(), f.strip()) for k, f in (p.split(":", 1) for p in text.split(";") if p.strip()))


def C(name, kind, says="", alts="", **k):
    f = {op: forms(v) for op, v in k.items() if isinstance(v, str) and op not in ("ref", "labels")}
    rest = {key: v for key, v in k.items() if key in ("lo", "hi", "null", "ref")}
    return Column(name, kind, tuple(says.split("|")) if says else (name.replace("_", " "),), f, tuple(alts.split()), canon=name,
                  labels=tuple(k.get("labels", "").split()), **rest)


def T(name, nouns, columns, person=False, alts=""):
    pairs = tuple(tuple(n.split("/")) for n in nouns.split("|"))
    for c in columns:
        c.table = name
    return Table(name, pairs, columns, person, name, tuple(alts.split()))


def ID():
    return C("id", "id", "id|id|ID|identifier")


def FK(name, ref, says=""):
    return C(name, "fk", says or name.replace("_", " "), ref=ref)


MONEY = "with:a price {op} {v}"

SHOP = Schema("shop", [
    T("customers", "customer/customers|customer/customers|customer/customers|client/clients|shopper/shoppers|buyer/buyers", [
        ID(),
        C("name", "person", "name|name|full name", "full_name customer_name client_name"),
        C("email", "email", "email|email address|e-mail|e-mail address|mail address", "email_address mail contact_email"),
        C("country", "country", "country|country|home country", "nation country_name home_country",
          eq="pp:from {v}; pp:from {v}; pp:in {v}; part:living in {v}; vp:live in {v}; part:based in {v}; vp:come from {v}; part:located in {v}; adj:{dem}; vp:reside in {v}; part:residing in {v}",
          ne="pp:not from {v}; pp:outside {v}; pp:outside of {v}; vp:do not live in {v}; vp:live outside {v}; part:not living in {v}; vp:do not come from {v}; pp:from anywhere except {v}; pp:from countries other than {v}"),
        C("city", "city", "city|city|home city|town", "town city_name home_city",
          eq="pp:from {v}; pp:in {v}; part:living in {v}; vp:live in {v}; part:based in {v}; pp:from the city of {v}; pp:in the city of {v}; vp:come from {v}; part:located in {v}; vp:reside in {v}",
          ne="pp:not from {v}; pp:outside {v}; vp:do not live in {v}; vp:live outside {v}; part:not living in {v}; pp:from cities other than {v}"),
        C("signup_date", "date", "signup date|sign-up date|date of signup|registration date|join date|sign up date", "signed_up_date signed_up_on joined_on registered_at registration_date join_date",
          cmp="vp:signed up {d}; vp:signed up {d}; vp:joined {d}; vp:registered {d}; vp:have signed up {d}; vp:have been customers {dsince}"),
        C("birth_date", "birth", "birth date|date of birth|birthday|birthdate", "date_of_birth dob born_on", cmp="part:born {d}; part:born {d}", null=True),
        C("loyalty_points", "int", "loyalty points|points|loyalty point balance|number of loyalty points|loyalty points", "points reward_points bonus_points", lo=0, hi=5000,
          cmp="with:{op} {v} loyalty points; with:{op} {v} points; vp:collected {op} {v} loyalty points; vp:have earned {op} {v} points; part:holding {op} {v} loyalty points"),
        C("is_active", "bool", "active flag", "active enabled account_active",
          yes="adj:active; adj:currently active; vp:are active; vp:are still active; vp:are currently active; with:an active account; adj:active",
          no="adj:inactive; adj:non-active; vp:are inactive; vp:are not active; vp:are no longer active; with:an inactive account; adj:inactive; vp:aren't active"),
    ], True, "clients buyers shoppers members accounts"),
    T("products", "product/products|product/products|product/products|item/items|article/articles", [
        ID(),
        C("name", "title", "name|name|product name", "title product_name label"),
        C("category", "category", "category|category|product category", "department product_type category_name",
          eq="pp:in the {v} category; pp:in {v}; pp:from the {v} category; adj:{v}; pp:in category {v}; pp:of category {v}; pp:from {v}; vp:belong to the {v} category; vp:belong to {v}; pp:of the {v} category; pp:of the category {v}; pp:under {v}; pp:in the {v} section; adj:{v}",
          ne="pp:not in {v}; pp:outside the {v} category; pp:not in the {v} category; vp:are not in {v}; vp:do not belong to {v}; vp:do not belong to the {v} category; pp:outside {v}; pp:from any category except {v}; pp:in categories other than {v}"),
        C("price", "num", "price|price|unit price|selling price", "unit_cost list_price cost retail_price", lo=1, hi=1500,
          cmp="vp:cost {op} {v}; vp:cost {op} {v}; part:priced {op} {v}; part:costing {op} {v}; part:priced at {op} {v}; vp:sell for {op} {v}",
          gt="vp:are more expensive than {v}; part:more expensive than {v}; vp:are pricier than {v}", lt="vp:are cheaper than {v}; part:cheaper than {v}; vp:are less expensive than {v}",
          between="vp:cost between {v} and {w}; part:priced between {v} and {w}; part:costing between {v} and {w}; part:priced from {v} to {w}; part:costing from {v} to {w}"),
        C("stock", "int", "stock|stock|stock level|quantity in stock|number in stock|units in stock", "in_stock stock_count quantity_available inventory", lo=0, hi=500,
          cmp="with:{op} {v} units in stock; with:{op} {v} in stock; with:a stock {op} {v}; with:{op} {v} items in stock; with:{op} {v} pieces in stock; with:stock {op} {v}",
          zero="part:out of stock; vp:are out of stock; with:no stock; adj:out-of-stock; with:nothing in stock; vp:are sold out", pos="pp:in stock; vp:are in stock; adj:in-stock; vp:are available in stock"),
        C("weight_kg", "num", "weight|weight in kg|weight in kilograms|weight", "weight mass_kg weight_kilos", lo=0.05, hi=40, null=True,
          cmp="vp:weigh {op} {v} kg; part:weighing {op} {v} kg; vp:weigh {op} {v} kilograms; vp:weigh {op} {v}; part:weighing {op} {v} kilos",
          gt="vp:are heavier than {v} kg; part:heavier than {v} kg; vp:are heavier than {v}", lt="vp:are lighter than {v} kg; part:lighter than {v} kg; vp:are lighter than {v}",
          between="vp:weigh between {v} and {w} kg; part:weighing between {v} and {w} kg"),
        C("released_on", "date", "release date|date of release|launch date|released date", "release_date launched_on launch_date",
          cmp="part:released {d}; part:released {d}; part:launched {d}; vp:came out {d}; vp:were released {d}; part:introduced {d}"),
        C("discontinued", "bool", "discontinued flag", "is_discontinued retired withdrawn",
          yes="adj:discontinued; adj:discontinued; vp:are discontinued; vp:have been discontinued; vp:were discontinued; vp:are no longer sold",
          no="vp:are not discontinued; vp:have not been discontinued; vp:are still sold; vp:are still available; adj:non-discontinued; adj:current; vp:are still being sold; vp:were not discontinued; vp:aren't discontinued"),
    ], False, "items goods articles catalog"),
    T("orders", "order/orders|order/orders|order/orders|purchase/purchases", [
        ID(),
        FK("customer_id", "customers", "customer id|customer"),
        C("ordered_at", "ts", "order date|order time|date|date of the order|time of the order|order timestamp", "placed_at created_at order_date purchase_date",
          cmp="part:placed {d}; part:placed {d}; part:made {d}; vp:were placed {d}; part:ordered {d}; pp:{d}; vp:came in {d}; part:dated {d}"),
        C("status", "enum", "status|status|order status", "state order_state", labels="pending shipped delivered cancelled returned",
          eq="adj:{v}; adj:{v}; with:status {v}; with:the status {v}; vp:are {v}; vp:were {v}; vp:have been {v}; part:marked as {v}; pp:in status {v}; vp:are marked {v}; with:a status of {v}; vp:have the status {v}; vp:got {v}",
          ne="vp:are not {v}; vp:were not {v}; vp:have not been {v}; vp:are not marked as {v}; with:a status other than {v}; vp:weren't {v}; vp:are not yet {v}"),
        C("payment_method", "enum", "payment method|payment method|method of payment|payment type", "paid_by pay_method payment_type", labels="card paypal transfer cash", null=True,
          eq="part:paid by {v}; part:paid with {v}; part:paid in {v}; part:paid via {v}; part:paid using {v}; vp:were paid by {v}; vp:were paid with {v}; with:payment method {v}; adj:{v}; vp:were paid through {v}; with:{v} payment; vp:used {v}",
          ne="part:not paid by {v}; part:not paid with {v}; vp:were not paid by {v}; vp:were not paid with {v}; with:a payment method other than {v}"),
        C("shipped_date", "date", "shipping date|shipped date|ship date|date of shipping|shipment date", "shipped_on ship_date dispatch_date sent_on", null=True,
          cmp="part:shipped {d}; part:shipped {d}; vp:were shipped {d}; part:sent out {d}; part:dispatched {d}; vp:shipped {d}",
          isnull="vp:have not been shipped; vp:have not shipped yet; vp:have not been shipped yet; vp:were never shipped; vp:haven't been shipped", notnull="vp:have been shipped; vp:have a shipping date"),
        C("total", "num", "total|total|total amount|order total|amount|order value|value", "amount order_total grand_total total_amount", lo=5, hi=5000,
          cmp="with:a total {op} {v}; part:worth {op} {v}; vp:cost {op} {v}; part:totalling {op} {v}; vp:total {op} {v}; with:totals {op} {v}; part:totaling {op} {v}; pp:of {op} {v}",
          gt="vp:are larger than {v}; part:larger than {v}", lt="part:smaller than {v}; vp:are smaller than {v}"),
    ], False, "purchases sales transactions"),
    T("order_items", "order item/order items|order item/order items|order line/order lines|item/items|line item/line items", [
        ID(),
        FK("order_id", "orders", "order id|order"),
        FK("product_id", "products", "product id|product"),
        C("quantity", "int", "quantity|quantity|amount|number of units", "qty units count_ordered", lo=1, hi=12,
          cmp="with:a quantity {op} {v}; with:quantity {op} {v}; with:{op} {v} units; pp:of {op} {v} units", ),
        C("unit_price", "num", "unit price|unit price|price per unit|price", "price_each item_price price", lo=1, hi=1500,
          cmp="with:a unit price {op} {v}; part:priced {op} {v}; vp:cost {op} {v} each; part:costing {op} {v} per unit"),
        C("discount", "num", "discount|discount|discount rate", "rebate price_reduction reduction", lo=0, hi=0.5, null=True,
          cmp="with:a discount {op} {v}; with:discount {op} {v}; vp:were discounted by {op} {v}; part:discounted by {op} {v}",
          isnull="with:no discount; pp:without a discount; pp:without any discount; vp:were not discounted; vp:have no discount; adj:undiscounted", notnull="with:a discount; adj:discounted; vp:have a discount; vp:were discounted"),
    ], False, "order_lines line_items items"),
    T("reviews", "review/reviews|review/reviews|review/reviews|product review/product reviews", [
        ID(),
        FK("product_id", "products", "product id|product"),
        FK("customer_id", "customers", "customer id|customer"),
        C("rating", "int", "rating|rating|star rating|score", "stars score grade", lo=1, hi=5,
          eq="with:a rating of {v}; with:rating {v}; part:rated {v}; with:{v} stars; vp:gave {v} stars; adj:{v}-star; pp:of {v} stars; with:a {v} star rating",
          cmp="with:a rating {op} {v}; part:rated {op} {v}; with:{op} {v} stars; with:ratings {op} {v}; vp:gave {op} {v} stars"),
        C("comment", "comment", "comment|comment|text|review text", "remarks body feedback", null=True,
          isnull="pp:without a comment; with:no comment; vp:have no comment; pp:without any comment; pp:without comment; vp:lack a comment; pp:without comments", notnull="with:a comment; vp:have a comment; vp:include a comment; with:comments"),
        C("review_date", "date", "review date|date|date of the review", "reviewed_on posted_on written_on",
          cmp="part:written {d}; part:written {d}; part:posted {d}; part:left {d}; vp:were written {d}; part:submitted {d}; vp:were posted {d}; pp:{d}; part:dated {d}"),
    ], False, "ratings feedback opinions"),
], {
    ("orders", "customers"): forms("part:placed by {b}; part:placed by {b}; pp:from {b}; pp:of {b}; pp:by {b}; part:made by {b}; vp:belong to {b}; vp:were placed by {b}"),
    ("customers", "orders"): forms("vp:placed {b}; vp:placed {b}; vp:have {b}; with:{b}; vp:made {b}; vp:have placed {b}"),
    ("reviews", "products"): forms("pp:of {b}; pp:for {b}; pp:about {b}; pp:on {b}; vp:are about {b}; vp:were left for {b}"),
    ("products", "reviews"): forms("with:{b}; vp:have {b}; vp:received {b}; vp:got {b}; part:that received {b}".replace("part:that", "vp:")),
    ("reviews", "customers"): forms("pp:by {b}; part:written by {b}; part:left by {b}; pp:from {b}; vp:were written by {b}; pp:of {b}; part:posted by {b}"),
    ("customers", "reviews"): forms("vp:wrote {b}; vp:have written {b}; vp:left {b}; vp:posted {b}; vp:gave {b}; with:{b}; vp:have {b}"),
    ("order_items", "products"): forms("pp:for {b}; pp:of {b}; vp:contain {b}; pp:with {b}; part:containing {b}"),
    ("products", "order_items"): forms("with:{b}; vp:have {b}; vp:appear in {b}"),
    ("order_items", "orders"): forms("pp:of {b}; pp:in {b}; pp:from {b}; vp:belong to {b}; part:belonging to {b}"),
    ("orders", "order_items"): forms("with:{b}; vp:have {b}; vp:contain {b}; part:containing {b}"),
    ("orders", "products"): forms("vp:contain {b}; part:containing {b}; vp:include {b}; part:including {b}; pp:for {b}; with:{b}"),
    ("products", "orders"): forms("pp:in {b}; vp:appear in {b}; part:contained in {b}; part:sold in {b}; vp:are part of {b}; part:included in {b}"),
    ("order_items", "customers"): forms("part:ordered by {b}; part:bought by {b}; pp:of {b}"),
}, (
    ("customers", "products", ("orders", "order_items"), forms("vp:bought {b}; vp:ordered {b}; vp:have bought {b}; vp:have ordered {b}; vp:purchased {b}; vp:bought {b}")),
    ("products", "customers", ("order_items", "orders"), forms("part:bought by {b}; part:ordered by {b}; part:purchased by {b}; vp:were bought by {b}; vp:were ordered by {b}")),
    ("customers", "products", ("reviews",), forms("vp:reviewed {b}; vp:have reviewed {b}; vp:wrote reviews of {b}; vp:wrote a review of {b}; vp:rated {b}; vp:left reviews for {b}")),
    ("products", "customers", ("reviews",), forms("part:reviewed by {b}; vp:were reviewed by {b}; vp:have been reviewed by {b}; part:rated by {b}")),
))

CLINIC = Schema("clinic", [
    T("patients", "patient/patients|patient/patients|patient/patients|person/people", [
        ID(),
        C("name", "person", "name|name|full name|patient name", "full_name patient_name"),
        C("email", "email", "email|email address|e-mail|e-mail address", "email_address mail contact_email", null=True),
        C("city", "city", "city|city|home city|town", "town home_city city_name",
          eq="pp:from {v}; pp:in {v}; part:living in {v}; vp:live in {v}; part:based in {v}; pp:from the city of {v}; vp:come from {v}; vp:reside in {v}",
          ne="pp:not from {v}; pp:outside {v}; vp:do not live in {v}; vp:live outside {v}; part:not living in {v}; pp:from cities other than {v}"),
        C("birth_date", "birth", "birth date|date of birth|birthday|birthdate", "date_of_birth dob born_on", cmp="part:born {d}; part:born {d}; vp:were born {d}"),
        C("gender", "enum", "gender|gender|sex", "sex patient_gender", labels="female male other",
          eq="adj:{v}; adj:{v}; vp:are {v}; with:gender {v}; with:the gender {v}", ne="vp:are not {v}; adj:non-{v}; with:a gender other than {v}"),
        C("blood_type", "blood", "blood type|blood type|blood group", "blood_group blood", null=True,
          eq="with:blood type {v}; with:blood group {v}; with:the blood type {v}; vp:have blood type {v}; with:{v} blood; pp:of blood type {v}; with:type {v} blood",
          ne="with:a blood type other than {v}; vp:do not have blood type {v}"),
        C("insurance", "insurer", "insurance|insurance|insurer|insurance company|insurance provider", "insurer insurance_company health_insurance", null=True,
          eq="part:insured with {v}; part:insured by {v}; with:{v} insurance; with:insurance from {v}; part:covered by {v}; vp:are insured with {v}; vp:have {v} insurance; with:the insurer {v}; with:insurance {v}; part:insured at {v}; vp:use {v}",
          ne="part:not insured with {v}; part:not insured by {v}; vp:are not insured with {v}; with:insurance other than {v}; with:an insurer other than {v}",
          isnull="adj:uninsured; pp:without insurance; with:no insurance; vp:have no insurance; vp:are not insured; vp:are uninsured; pp:without any insurance", notnull="adj:insured; with:insurance; vp:have insurance; vp:are insured; with:an insurance"),
        C("registered_on", "date", "registration date|date of registration|registered date", "registration_date joined_on signup_date",
          cmp="part:registered {d}; part:registered {d}; vp:registered {d}; vp:were registered {d}; vp:joined {d}; vp:have been registered {dsince}; vp:signed up {d}"),
    ], True, "clients people persons"),
    T("doctors", "doctor/doctors|doctor/doctors|doctor/doctors|physician/physicians", [
        ID(),
        C("name", "person", "name|name|full name|doctor name", "full_name doctor_name"),
        C("specialty", "specialty", "specialty|specialty|speciality|field|specialization", "speciality field department specialization",
          eq="part:specialised in {v}; part:specialized in {v}; part:specializing in {v}; part:specialising in {v}; pp:in {v}; with:the specialty {v}; with:specialty {v}; vp:work in {v}; part:working in {v}; adj:{v}; vp:specialize in {v}; vp:practice {v}; pp:from {v}; noun:{spec}; pp:of {v}; pp:in the {v} department; adj:{v}; vp:specialise in {v}",
          ne="pp:not in {v}; vp:do not work in {v}; with:a specialty other than {v}; vp:are not in {v}; pp:outside {v}; vp:are not specialized in {v}"),
        C("city", "city", "city|city|town", "town home_city location",
          eq="pp:from {v}; pp:in {v}; part:living in {v}; vp:live in {v}; part:based in {v}; vp:work in {v}; part:working in {v}; vp:practice in {v}; part:located in {v}",
          ne="pp:not from {v}; pp:outside {v}; vp:do not live in {v}; vp:do not work in {v}; part:not based in {v}"),
        C("hire_date", "date", "hire date|hiring date|date of hire|start date", "hired_on start_date employed_since joined_on",
          cmp="part:hired {d}; part:hired {d}; vp:were hired {d}; vp:joined {d}; vp:started {d}; part:employed {dsince}; part:recruited {d}; vp:started working {d}"),
        C("salary", "num", "salary|salary|pay|annual salary", "pay wage annual_salary", lo=50000, hi=300000,
          cmp="vp:earn {op} {v}; part:earning {op} {v}; with:a salary {op} {v}; vp:make {op} {v}; part:paid {op} {v}; with:salaries {op} {v}; vp:are paid {op} {v}",
          between="vp:earn between {v} and {w}; part:earning between {v} and {w}; with:a salary between {v} and {w}"),
        C("is_active", "bool", "active flag", "active employed working",
          yes="adj:active; vp:are active; vp:are still active; vp:are currently active; adj:active; adj:currently active; vp:are still working", no="adj:inactive; vp:are inactive; vp:are not active; vp:are no longer active; adj:non-active; vp:no longer work"),
    ], True, "physicians staff practitioners"),
    T("appointments", "appointment/appointments|appointment/appointments|appointment/appointments|visit/visits", [
        ID(),
        FK("patient_id", "patients", "patient id|patient"),
        FK("doctor_id", "doctors", "doctor id|doctor"),
        C("scheduled_at", "ts", "date|scheduled time|appointment date|time|scheduled date|appointment time", "starts_at booked_for appointment_time visit_date",
          cmp="part:scheduled {d}; pp:{d}; part:scheduled {d}; vp:took place {d}; part:booked {d}; vp:were scheduled {d}; vp:are scheduled {d}; part:held {d}; part:dated {d}"),
        C("status", "enum", "status|status|appointment status", "state appointment_state", labels="scheduled completed cancelled no_show",
          eq="adj:{v}; adj:{v}; with:status {v}; with:the status {v}; vp:are {v}; vp:were {v}; vp:have been {v}; part:marked as {v}; part:marked {v}; vp:have the status {v}; with:a status of {v}",
          ne="vp:are not {v}; vp:were not {v}; vp:have not been {v}; with:a status other than {v}; vp:weren't {v}"),
        C("reason", "reason", "reason|reason|reason for the visit|visit reason", "purpose visit_reason motive", null=True,
          eq="pp:for {v}; pp:because of {v}; with:the reason {v}; with:reason {v}; pp:due to {v}; part:booked for {v}; part:made for {v}",
          isnull="pp:without a reason; with:no reason; with:no reason given; vp:have no reason; pp:without a stated reason; pp:without any reason", notnull="with:a reason; vp:have a reason; with:a given reason"),
        C("fee", "num", "fee|fee|price|appointment fee|charge", "price charge cost amount", lo=20, hi=500,
          cmp="with:a fee {op} {v}; vp:cost {op} {v}; part:costing {op} {v}; with:fees {op} {v}; vp:were charged {op} {v}; part:billed at {op} {v}; with:fee {op} {v}",
          gt="vp:were more expensive than {v}; part:more expensive than {v}", lt="part:cheaper than {v}; vp:were cheaper than {v}",
          between="vp:cost between {v} and {w}; part:costing between {v} and {w}; with:a fee between {v} and {w}"),
        C("duration_minutes", "int", "duration|duration in minutes|length|duration|length in minutes", "length_minutes minutes duration_min", lo=10, hi=120,
          cmp="vp:lasted {op} {v} minutes; part:lasting {op} {v} minutes; vp:took {op} {v} minutes; vp:last {op} {v} minutes; vp:lasted {op} {v}; pp:of {op} {v} minutes; part:taking {op} {v} minutes",
          gt="part:longer than {v} minutes; vp:are longer than {v} minutes; vp:were longer than {v} minutes", lt="part:shorter than {v} minutes; vp:are shorter than {v} minutes; vp:were shorter than {v} minutes",
          between="vp:lasted between {v} and {w} minutes; part:lasting between {v} and {w} minutes", eq="part:lasting {v} minutes; vp:lasted {v} minutes; vp:lasted exactly {v} minutes; adj:{v}-minute; adj:{v} minute; pp:of {v} minutes; vp:last {v} minutes; vp:take {v} minutes"),
    ], False, "visits consultations bookings"),
    T("diagnoses", "diagnosis/diagnoses|diagnosis/diagnoses", [
        ID(),
        FK("appointment_id", "appointments", "appointment id|appointment"),
        C("code", "code", "code|code|diagnosis code|ICD code", "icd_code icd diagnosis_code",
          eq="with:code {v}; with:the code {v}; part:coded {v}; part:coded as {v}; with:diagnosis code {v}; pp:of code {v}"),
        C("description", "disease", "description|description|diagnosis text", "text label diagnosis_name",
          eq="pp:of {v}; with:the description {v}; with:description {v}; part:described as {v}; pp:for {v}"),
        C("severity", "enum", "severity|severity|severity level", "level seriousness grade", labels="mild moderate severe",
          eq="adj:{v}; adj:{v}; with:severity {v}; vp:are {v}; pp:of {v} severity; with:{v} severity; with:a severity of {v}; vp:were {v}", ne="vp:are not {v}; with:a severity other than {v}; vp:were not {v}"),
        C("confirmed", "bool", "confirmed flag", "is_confirmed verified",
          yes="adj:confirmed; vp:are confirmed; vp:have been confirmed; vp:were confirmed; adj:confirmed", no="adj:unconfirmed; vp:are not confirmed; vp:have not been confirmed; vp:were not confirmed; vp:are unconfirmed; vp:are not yet confirmed; vp:still need confirmation; vp:were never confirmed"),
    ], False, "findings conditions diagnosis_records"),
    T("prescriptions", "prescription/prescriptions|prescription/prescriptions", [
        ID(),
        FK("appointment_id", "appointments", "appointment id|appointment"),
        C("drug", "drug", "drug|drug|medication|drug name|medicine", "medication medicine drug_name",
          eq="pp:for {v}; pp:of {v}; vp:are for {v}; pp:for the drug {v}; with:the drug {v}; with:drug {v}; part:containing {v}; adj:{v}; pp:for the medication {v}",
          ne="pp:for anything but {v}; pp:for drugs other than {v}; vp:are not for {v}; pp:of drugs other than {v}"),
        C("dose_mg", "int", "dose|dose in mg|dosage|dose|dose in milligrams", "dosage dosage_mg milligrams", lo=5, hi=1000,
          cmp="with:a dose {op} {v} mg; with:a dose {op} {v}; pp:of {op} {v} mg; with:doses {op} {v} mg; with:{op} {v} mg; with:a dosage {op} {v} mg; with:a dosage {op} {v}",
          eq="pp:of {v} mg; with:a dose of {v} mg; with:dose {v}; adj:{v} mg; with:a dosage of {v} mg"),
        C("days", "int", "days|number of days|duration in days|length in days|duration", "duration_days day_count length_days", lo=3, hi=90,
          cmp="pp:for {op} {v} days; part:lasting {op} {v} days; vp:last {op} {v} days; vp:run for {op} {v} days; vp:lasted {op} {v} days",
          gt="part:longer than {v} days; vp:are longer than {v} days", lt="part:shorter than {v} days; vp:are shorter than {v} days", eq="pp:for {v} days; vp:last {v} days; part:lasting {v} days; vp:run for {v} days; vp:lasted exactly {v} days; adj:{v}-day"),
        C("refills", "int", "refills|number of refills|refill count|refills", "refill_count repeats renewals", lo=0, hi=6, null=True,
          cmp="with:{op} {v} refills; vp:allow {op} {v} refills; part:allowing {op} {v} refills; vp:have {op} {v} refills",
          isnull="pp:without a refill count; with:no refill count; with:unknown refills; with:no refills recorded; vp:have no refills recorded", notnull="with:a refill count; with:refills recorded", eq="with:{v} refills; vp:have {v} refills; vp:allow {v} refills; with:exactly {v} refills; vp:have exactly {v} refills"),
        C("issued_on", "date", "issue date|date of issue|issued date|date", "issue_date issued_at prescribed_on written_on",
          cmp="part:issued {d}; part:issued {d}; part:written {d}; vp:were issued {d}; part:given {d}; pp:{d}; part:dated {d}; vp:were written {d}"),
    ], False, "medications drug_orders scripts"),
], {
    ("appointments", "patients"): forms("pp:of {b}; pp:for {b}; part:booked by {b}; pp:by {b}; pp:with {b}; part:made by {b}; pp:of {b}"),
    ("patients", "appointments"): forms("with:{b}; vp:have {b}; vp:had {b}; vp:booked {b}; vp:made {b}"),
    ("appointments", "doctors"): forms("pp:with {b}; pp:of {b}; part:handled by {b}; pp:with {b}; vp:are with {b}; part:held by {b}; part:assigned to {b}; vp:were with {b}"),
    ("doctors", "appointments"): forms("with:{b}; vp:have {b}; vp:had {b}; vp:handled {b}; vp:held {b}"),
    ("diagnoses", "appointments"): forms("pp:from {b}; part:made in {b}; part:made during {b}; pp:of {b}; pp:in {b}; part:given in {b}"),
    ("appointments", "diagnoses"): forms("with:{b}; vp:have {b}; vp:led to {b}; vp:resulted in {b}; vp:had {b}"),
    ("prescriptions", "appointments"): forms("pp:from {b}; part:issued in {b}; part:written during {b}; pp:of {b}; part:given in {b}"),
    ("appointments", "prescriptions"): forms("with:{b}; vp:have {b}; vp:led to {b}; vp:resulted in {b}"),
    ("prescriptions", "patients"): forms("pp:for {b}; pp:of {b}; part:given to {b}; part:issued to {b}; part:written for {b}; vp:were issued to {b}"),
    ("patients", "prescriptions"): forms("with:{b}; vp:have {b}; vp:received {b}; vp:got {b}; vp:were given {b}"),
    ("prescriptions", "doctors"): forms("pp:by {b}; part:written by {b}; part:issued by {b}; pp:from {b}; vp:were written by {b}"),
    ("doctors", "prescriptions"): forms("vp:wrote {b}; vp:issued {b}; vp:gave {b}; with:{b}; vp:have written {b}"),
    ("diagnoses", "patients"): forms("pp:of {b}; pp:for {b}; part:given to {b}; vp:were given to {b}"),
    ("patients", "diagnoses"): forms("with:{b}; vp:have {b}; vp:received {b}; vp:got {b}"),
    ("diagnoses", "doctors"): forms("pp:by {b}; part:made by {b}; part:given by {b}; pp:from {b}; vp:were made by {b}"),
    ("doctors", "diagnoses"): forms("vp:made {b}; vp:gave {b}; with:{b}; vp:have made {b}"),
    ("patients", "doctors"): forms("vp:saw {b}; part:treated by {b}; part:seen by {b}; vp:have appointments with {b}; vp:had appointments with {b}; vp:visited {b}; vp:had an appointment with {b}"),
    ("doctors", "patients"): forms("vp:treated {b}; vp:saw {b}; vp:have appointments with {b}; vp:have seen {b}; vp:had appointments with {b}"),
})


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

DISTRACTORS = "notes~comment updated_at~ts created_at~ts phone~code region~word source~word score~int version~int archived~bool currency~word postcode~code priority~int language~word".split()


def vary(schema, r, rename=0.3, drop=0.12, add=0.25, shuffle=0.3):
    """The same words over a schema whose names, columns or order differ: the model must read, not remember."""
    names = {}
    tables = []
    for t in schema.tables:
        names[t.name] = r.choice(t.alts) if t.alts and r.random() < rename * 0.6 else t.name
    if len(set(names.values())) < len(names):
        names = {k: k for k in names}
    for t in schema.tables:
        cols = []
        used = set()
        for c in t.columns:
            name = c.name
            if c.kind not in ("id", "fk"):
                if c.kind not in ("person", "title") and r.random() < drop:
                    continue
                if r.random() < rename:
                    name = r.choice(c.alts) if c.alts else f"{t.nouns[0][0].replace(' ', '_')}_{c.name}" if r.random() < 0.5 else f"{c.name}_{V.made_up(r, True)}"
            elif c.ref and r.random() < rename * 0.3:
                name = names[c.ref].rstrip("s") + r.choice(("_id", "_ref", "_fk"))
            if name in used:
                name = c.name
            used.add(name)
            cols.append(replace(c, name=name, table=names[t.name], ref=names.get(c.ref, "")))
        if r.random() < add:
            n, kind = r.choice(DISTRACTORS).split("~")
            if n not in used:
                cols.append(replace(C(n, kind, lo=0, hi=100), table=names[t.name]))
        if r.random() < shuffle:
            rest = cols[1:]
            r.shuffle(rest)
            cols = cols[:1] + rest
        tables.append(replace(t, name=names[t.name], columns=cols))
    if r.random() < shuffle:
        r.shuffle(tables)
    return replace(schema, tables=tables)


def rename_one(schema, r):
    """Drift: exactly one column has another name now. Returns (new schema, old column, new column)."""
    t = r.choice(schema.tables)
    c = r.choice([c for c in t.columns if c.kind not in ("id", "fk")])
    new = r.choice(c.alts) if c.alts and r.random() < 0.8 else f"{c.name}_{r.choice(('value', 'text', 'new', 'v2', 'info', 'code'))}"
    if any(x.name == new for x in t.columns):
        new = c.name + "_new"
    tables = [replace(x, columns=[replace(y, name=new) if y is c else y for y in x.columns]) if x is t else x for x in schema.tables]
    return replace(schema, tables=tables), c, new


def pick(r):
    """A schema for one prefix: the seeded databases mostly as they are, sometimes changed, sometimes another database."""
    x = r.random()
    if x < 0.72:
        return r.choice((SHOP, CLINIC))
    if x < 0.9:
        base = r.choice((SHOP, CLINIC))
        if r.random() < 0.35:
            return rename_one(base, r)[0]
        return vary(base, r, rename=r.choice((0.15, 0.4, 0.7)))
    s = r.choice(MADE_UP)
    return vary(s, r, rename=r.choice((0, 0.1, 0.4))) if r.random() < 0.7 else s
