import type { Random } from './random.ts';

type Place = {
  readonly cities: readonly string[];
  readonly given: readonly string[];
  readonly family: readonly string[];
};

const words = (text: string) => text.split(',').map((word) => word.trim());
const place = (cities: string, given: string, family: string): Place => ({
  cities: words(cities),
  given: words(given),
  family: words(family),
});

/** Cities and names by country. Names are written as their bearers write them, so they carry unicode. */
export const places = {
  Argentina: place(
    'Buenos Aires, Córdoba, Rosario, Mendoza',
    'Martín, Lucía, Joaquín, Camila, Facundo, Julieta, Tomás, Agustina, Emiliano, Micaela, Ramiro, Valentina',
    'Fernández, Gómez, Acosta, Romero, Benítez, Ibáñez, Sosa, Peralta',
  ),
  Australia: place(
    'Sydney, Melbourne, Perth, Brisbane',
    'Liam, Isla, Cooper, Matilda, Angus, Ruby, Darcy, Imogen, Callum, Freya, Declan, Sienna',
    'Walker, Nguyen, Campbell, Fraser, Hughes, O’Brien, Mitchell, Kelly',
  ),
  Brazil: place(
    'São Paulo, Rio de Janeiro, Recife, Curitiba',
    'João, Beatriz, Caio, Letícia, Thiago, Conceição, Rafael, Íris, Otávio, Luana, Vinícius, Jussara',
    'Souza, Araújo, Gonçalves, Moreira, Cardoso, Teixeira, Brandão, Pires',
  ),
  Canada: place(
    'Toronto, Montréal, Vancouver, Halifax',
    'Noah, Émilie, Ethan, Chloé, Owen, Maëlle, Lucas, Abigail, Félix, Madeleine, Gavin, Brooke',
    'Tremblay, Singh, MacDonald, Gagnon, Roy, Côté, Fortin, Lévesque',
  ),
  France: place(
    'Paris, Lyon, Marseille, Nantes',
    'Zoë, Étienne, Amélie, François, Hélène, Théo, Manon, Loïc, Gaël, Solène, Rémi, Clémence',
    'Dubois, Lefèvre, Moreau, Girard, Béranger, Noël, Fontaine, Chevalier',
  ),
  Germany: place(
    'Berlin, Hamburg, München, Köln',
    'Jürgen, Anneliese, Lukas, Käthe, Sören, Mia, Björn, Heike, Matthias, Lieselotte, Günther, Frauke',
    'Müller, Schröder, Weiß, Krüger, Jäger, Lehmann, Vogel, Böhm',
  ),
  India: place(
    'Mumbai, Delhi, Bengaluru, Chennai',
    'Aarav, Priya, Rohan, Ananya, Vikram, Meera, Arjun, Kavya, Ishaan, Lakshmi, Sanjay, Divya',
    'Sharma, Patel, Iyer, Reddy, Chopra, Banerjee, Nair, Kapoor',
  ),
  Italy: place(
    'Roma, Milano, Napoli, Torino',
    'Niccolò, Giulia, Matteo, Chiara, Lorenzo, Ilaria, Davide, Noemi, Raffaele, Serena, Cosimo, Ginevra',
    'Rossi, Bianchi, Esposito, Ferrari, Ricci, D’Angelo, Marino, Conti',
  ),
  Japan: place(
    'Tokyo, Osaka, Kyoto, Sapporo',
    'さくら, Haruto, 美咲, Yuki, 健太, Hina, Ren, 陽菜, Kenji, Naoko, 翔太, Aiko',
    '小林, Tanaka, 高橋, Suzuki, Watanabe, 山本, Ito, Nakamura',
  ),
  Kenya: place(
    'Nairobi, Mombasa, Kisumu, Nakuru',
    'Wanjiru, Otieno, Achieng, Kamau, Njeri, Kiprono, Makena, Baraka, Wairimu, Omondi, Zawadi, Kipkemboi',
    'Mwangi, Odhiambo, Kariuki, Ochieng, Kimani, Wambui, Ndung’u, Cheruiyot',
  ),
  Mexico: place(
    'Ciudad de México, Guadalajara, Monterrey, Puebla',
    'José, Ximena, Andrés, Sofía, Héctor, Guadalupe, Íñigo, Renata, Emilio, Itzel, Rodrigo, Xóchitl',
    'García, Hernández, Núñez, Jiménez, Vázquez, Ortega, Muñoz, Salazar',
  ),
  Norway: place(
    'Oslo, Bergen, Trondheim, Stavanger',
    'Bjørn, Ingrid, Håkon, Sigrid, Øyvind, Åse, Lars, Solveig, Eirik, Tuva, Magnus, Ragnhild',
    'Hansen, Bakke, Sørensen, Lund, Haugen, Kjær, Østby, Dahl',
  ),
  Poland: place(
    'Warszawa, Kraków, Gdańsk, Wrocław',
    'Łukasz, Zofia, Paweł, Agnieszka, Michał, Małgorzata, Jakub, Róża, Stanisław, Jagoda, Bartłomiej, Halina',
    'Kowalski, Nowak, Wiśniewski, Dąbrowski, Zieliński, Wójcik, Król, Mazur',
  ),
  Portugal: place(
    'Lisboa, Porto, Coimbra, Braga',
    'Inês, Tiago, Mafalda, Gonçalo, Leonor, Duarte, Luísa, Simão, Afonso, Madalena, Rúben, Graça',
    'Silva, Almeida, Carvalho, Magalhães, Lourenço, Sá, Figueiredo, Neves',
  ),
  Spain: place(
    'Madrid, Barcelona, Sevilla, Valencia',
    'Begoña, Álvaro, Lucas, Nuria, Iker, Aitana, Óscar, Marta, Rocío, Unai, Ainhoa, Leire',
    'López, Sánchez, Ibarra, Domínguez, Ruiz, Castaño, Molina, Peña',
  ),
  Sweden: place(
    'Stockholm, Göteborg, Malmö, Uppsala',
    'Åke, Linnéa, Nils, Astrid, Göran, Ebba, Oskar, Maja, Viktor, Elsa, Torbjörn, Märta',
    'Andersson, Lindqvist, Öberg, Nilsson, Sjöberg, Ekström, Håkansson, Berg',
  ),
} as const satisfies Record<string, Place>;

export type Country = keyof typeof places;
export const countries = Object.keys(places) as Country[];

/** People who are in every fill, under other ids and with other data: questions may name them and still be judged on two databases. */
export const regulars: readonly { name: string; country: Country }[] = [
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
export function personName(random: Random, country: Country): string {
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
