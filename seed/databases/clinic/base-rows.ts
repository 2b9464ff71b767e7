import { emailOf, people } from '../people.ts';
import { type Country, countries, places } from '../places.ts';
import { createRandom } from '../random.ts';
import { boundaryDates, dateBetween, decimal, distinct, withPlanned } from '../values.ts';
import { bloodTypes, insurers, specialties } from './medicine.ts';

/** How one instance of the clinic is filled. Probabilities are in [0, 1], weights relative. */
export type ClinicFill = {
  seed: number;
  patients: number;
  doctors: number;
  appointments: number;
  /** Share of patients without appointments. */
  idle: number;
  /** Share of NULLs in a nullable column. */
  nulls: number;
  /** Where patients and doctors live: a few countries, so that cities repeat. */
  countries: readonly Country[];
  gender: Readonly<Record<'female' | 'male' | 'other', number>>;
  status: Readonly<Record<'scheduled' | 'completed' | 'cancelled' | 'no_show', number>>;
  severity: Readonly<Record<'mild' | 'moderate' | 'severe', number>>;
  /** Lowest and highest yearly salary, in hundredths. */
  salaries: readonly [number, number];
  /** Lowest and highest appointment fee, in hundredths. */
  fees: readonly [number, number];
  absentSpecialties: readonly string[];
  /** How many of the drugs are prescribed, and how unevenly (1 is evenly). */
  drugs: number;
  drugSkew: number;
};

export type Patient = ReturnType<typeof patientRows>[number];
export type Doctor = ReturnType<typeof doctorRows>[number];

function weightsOf(fill: ClinicFill): Record<Country, number> {
  const weight = (name: Country) => (fill.countries.includes(name) ? 4 : 1);
  return Object.fromEntries(countries.map((name) => [name, weight(name)])) as Record<Country, number>;
}

export function patientRows(fill: ClinicFill) {
  const random = createRandom(fill.seed, 'patients');
  const emails = new Set<string>();
  const births = withPlanned(
    random,
    ['1950-01-01', '1980-01-01', '1990-01-01', '1999-12-31', '2000-01-01', '2010-06-15'],
    fill.patients,
    distinct(() => dateBetween(random, '1932-01-02', '2023-06-30')),
  );
  const registered = withPlanned(random, boundaryDates, fill.patients, () => dateBetween(random));
  return people(random, fill.patients, weightsOf(fill)).map(({ name, country }, index) => ({
    id: index + 1,
    name,
    email: random.chance(fill.nulls)
      ? null
      : emailOf(name, `patient${index + 1}`, random.pick(['example.com', 'example.org', 'clinic.example']), emails),
    city: random.pick<string>(places[country].cities),
    birth_date: births[index] as string,
    gender: random.weighted(fill.gender),
    blood_type: random.chance(fill.nulls) ? null : random.weighted(bloodTypes),
    insurance: random.chance(fill.nulls * 1.4) ? null : random.pick<string>(insurers),
    registered_on: registered[index] as string,
  }));
}

export function doctorRows(fill: ClinicFill) {
  const random = createRandom(fill.seed, 'doctors');
  const [low, high] = fill.salaries;
  const bounds = [8_000_000, 10_000_000, 12_000_000, 15_000_000, 20_000_000].filter(
    (salary) => salary > low && salary < high,
  );
  const salaries = withPlanned(
    random,
    bounds,
    fill.doctors,
    distinct(() => random.int(low / 1000, high / 1000) * 1000),
  );
  const hired = withPlanned(
    random,
    boundaryDates.slice(-16),
    fill.doctors,
    distinct(() => dateBetween(random, '2019-01-02', '2025-11-30')),
  );
  const offered: string[] = random.shuffle(specialties.filter((name) => !fill.absentSpecialties.includes(name)));
  return people(random, fill.doctors, weightsOf(fill)).map(({ name, country }, index) => ({
    id: index + 1,
    name,
    // Each occurs, in unequal numbers.
    specialty: offered[index] ?? random.skewed(offered, 1.6),
    city: random.pick<string>(places[country].cities),
    hire_date: hired[index] as string,
    salary: decimal(salaries[index] as number),
    is_active: random.chance(0.82),
  }));
}
