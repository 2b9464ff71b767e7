import { doers, emailOf, people } from '../people.ts';
import { type Country, countries, places } from '../places.ts';
import { createRandom, type Random } from '../random.ts';
import { boundaryDates, dateBetween, decimal, distinct, logUniform, withPlanned } from '../values.ts';
import { adjectives, type Category, catalogue, comments, staples } from './catalogue.ts';

/** How one instance of the shop is filled. Probabilities are in [0, 1], weights relative. */
export type ShopFill = {
  seed: number;
  customers: number;
  products: number;
  orders: number;
  reviews: number;
  /** Share of customers who never order and of products that nobody orders. */
  idle: number;
  /** Share of NULLs in a nullable column. */
  nulls: number;
  /** Countries listed first have the most customers. */
  countries: readonly Country[];
  absentCountries: readonly Country[];
  status: Readonly<Record<'pending' | 'shipped' | 'delivered' | 'cancelled' | 'returned', number>>;
  payment: Readonly<Record<'card' | 'paypal' | 'transfer' | 'cash', number>>;
  ratings: Readonly<Record<'1' | '2' | '3' | '4' | '5', number>>;
  /** Cheapest and dearest product, in hundredths. */
  prices: readonly [number, number];
};

export type Customer = ReturnType<typeof customerRows>[number];
export type Product = ReturnType<typeof productRows>[number];

export function customerRows(fill: ShopFill) {
  const random = createRandom(fill.seed, 'customers');
  const weight = (country: Country) =>
    fill.countries.includes(country)
      ? 1 + 6 / (1 + fill.countries.indexOf(country))
      : Number(!fill.absentCountries.includes(country));
  const weights = Object.fromEntries(countries.map((country) => [country, weight(country)]));
  const emails = new Set<string>();
  const points = withPlanned(
    random,
    [0, 100, 100, 250, 500, 500, 1000, 1000, 2000, 2500, 5000],
    fill.customers,
    distinct(() => random.int(1, 9_800)),
  );
  const signups = withPlanned(random, boundaryDates, fill.customers, () => dateBetween(random));
  const births = withPlanned(
    random,
    ['1980-01-01', '1990-01-01', '1990-12-31', '2000-01-01'],
    fill.customers,
    distinct(() => dateBetween(random, '1940-01-02', '2006-12-30')),
  );
  return people(random, fill.customers, weights as Record<Country, number>).map(({ name, country }, index) => ({
    id: index + 1,
    name,
    email: emailOf(
      name,
      `customer${index + 1}`,
      random.pick(['example.com', 'example.org', 'example.net', 'mail.example']),
      emails,
    ),
    country,
    city: random.pick<string>(places[country].cities),
    signup_date: signups[index] as string,
    birth_date: random.chance(fill.nulls) ? null : (births[index] as string),
    loyalty_points: points[index] as number,
    is_active: random.chance(0.8),
  }));
}

export function productRows(fill: ShopFill) {
  const random = createRandom(fill.seed, 'products');
  const names = namedProducts(random, fill.products);
  const [low, high] = fill.prices;
  const bounds = [500, 1000, 2000, 2500, 5000, 10_000, 15_000, 20_000, 50_000, 100_000].filter(
    (price) => price > low && price < high,
  );
  const prices = withPlanned(
    random,
    bounds,
    fill.products,
    distinct(() => logUniform(random, low, high)),
  );
  const stocks = withPlanned(
    random,
    [0, 0, 0, 0, 5, 10, 10, 20, 50, 50, 100, 100, 200, 500],
    fill.products,
    distinct(() => random.int(1, 1_900)),
  );
  const weights = withPlanned(
    random,
    [50, 100, 200, 500, 1000],
    fill.products,
    distinct(() => logUniform(random, 5, 4_000)),
  );
  const released = withPlanned(
    random,
    boundaryDates,
    fill.products,
    distinct(() => dateBetween(random)),
  );
  return names.map(({ name, category }, index) => ({
    id: index + 1,
    name,
    category,
    price: decimal(prices[index] as number),
    stock: stocks[index] as number,
    weight_kg: random.chance(fill.nulls) ? null : decimal(weights[index] as number),
    released_on: released[index] as string,
    discontinued: random.chance(0.15),
  }));
}

function namedProducts(random: Random, rows: number): { name: string; category: Category }[] {
  const known = new Set(staples.map(({ name }) => name));
  const others = Object.entries(catalogue).flatMap(([category, nouns]) =>
    nouns.flatMap((noun) =>
      adjectives.map((adjective) => ({ name: `${adjective} ${noun}`, category: category as Category })),
    ),
  );
  return random.shuffle([...staples, ...random.shuffle(others.filter(({ name }) => !known.has(name)))].slice(0, rows));
}

export function reviewRows(fill: ShopFill, customers: readonly Customer[], products: readonly Product[]) {
  const random = createRandom(fill.seed, 'reviews');
  const reviewed = random.shuffle(products).slice(0, Math.ceil(products.length * (1 - fill.idle)));
  const reviewers = doers(random, customers, 0.5, fill.reviews, 1.2);
  const dates = withPlanned(random, boundaryDates, fill.reviews, () => dateBetween(random, '2019-02-01'));
  return Array.from({ length: fill.reviews }, (_, index) => ({
    id: index + 1,
    // Some products are popular, so that groups differ in size.
    product_id: random.skewed(reviewed, 2).id,
    customer_id: (reviewers[index] as Customer).id,
    rating: Number(random.weighted(fill.ratings)),
    comment: random.chance(fill.nulls * 2) ? null : random.pick<string>(comments),
    review_date: dates[index] as string,
  }));
}
