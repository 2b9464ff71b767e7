import { type Country, places } from './places.ts';
import type { Random } from './random.ts';

/** People who are in every fill, under other ids and with other data: questions may name them and still be judged on two databases. */
const regulars: readonly { name: string; country: Country }[] = [
  { name: 'José García', country: 'Mexico' },
  { name: 'Zoë Dubois', country: 'France' },
  { name: 'Łukasz Nowak', country: 'Poland' },
  { name: '小林 さくら', country: 'Japan' },
  { name: 'Jürgen Müller', country: 'Germany' },
  { name: 'Priya Sharma', country: 'India' },
  { name: 'Ingrid Hansen', country: 'Norway' },
  { name: 'Liam Walker', country: 'Australia' },
  { name: 'Giulia Rossi', country: 'Italy' },
  { name: 'Wanjiru Mwangi', country: 'Kenya' },
  { name: 'Inês Almeida', country: 'Portugal' },
  { name: 'Astrid Lindqvist', country: 'Sweden' },
];

/** One person's full name in the order their country writes it. */
function personName(random: Random, country: Country): string {
  const { given, family } = places[country];
  const [first, last] = [random.pick<string>(given), random.pick<string>(family)];
  // Kanji names put the family first; a romanised one is written the western way.
  return /\p{Script=Han}/u.test(last) ? `${last} ${first}` : `${first} ${last}`;
}

/** `rows` people: the regulars, then others who mostly have names of their own; a few share one. */
export function people(
  random: Random,
  rows: number,
  weights: Readonly<Record<Country, number>>,
): { name: string; country: Country }[] {
  const seen = new Set(regulars.map(({ name }) => name));
  const list = [...regulars];
  while (list.length < rows) {
    const country = random.weighted(weights);
    const name = personName(random, country);
    if (seen.has(name) && !random.chance(0.02)) continue;
    seen.add(name);
    list.push({ name, country });
  }
  return random.shuffle(list.slice(0, rows));
}

/**
 * Who does each of `rows` things: the active share of everybody, at least once each, a few of them often, the rest
 * never. Regulars are always active, so that what is asked about them has an answer.
 * @param skew above 1: how unevenly the rest is spread
 */
export function doers<T extends { name: string }>(
  random: Random,
  everybody: readonly T[],
  share: number,
  rows: number,
  skew: number,
): T[] {
  const isRegular = ({ name }: T) => regulars.some((regular) => regular.name === name);
  const known = everybody.filter(isRegular);
  const others = random.shuffle(everybody.filter((person) => !isRegular(person)));
  const active = random.shuffle([...known, ...others.slice(0, Math.ceil(everybody.length * share) - known.length)]);
  const planned = [...known, ...known, ...active];
  const rest = Array.from({ length: rows - planned.length }, () => random.skewed(active, skew));
  return random.shuffle([...planned, ...rest]);
}

/** An address made of a name's Latin letters, or of `fallback` where it has none; `taken` keeps it unique. */
export function emailOf(name: string, fallback: string, domain: string, taken: Set<string>): string {
  const plain = name
    .normalize('NFD')
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/ß/g, 'ss')
    .replace(/æ/g, 'ae');
  const latin = plain
    .toLowerCase()
    .replace(/\p{M}|[’']/gu, '')
    .replace(/[^a-z]+/g, '.')
    .replace(/^\.+|\.+$/g, '');
  const local = latin.length > 2 ? latin : fallback;
  let address = `${local}@${domain}`;
  for (let copy = 2; taken.has(address); copy++) address = `${local}${copy}@${domain}`;
  taken.add(address);
  return address;
}
