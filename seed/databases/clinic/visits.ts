import { doers } from '../people.ts';
import { createRandom, type Random } from '../random.ts';
import { boundaryDates, dateBetween, daysAfter, decimal, distinct, withPlanned } from '../values.ts';
import type { ClinicFill, Doctor, Patient } from './base-rows.ts';
import { diseases, drugs, reasons } from './medicine.ts';

/** The first appointments all came to something: questions name appointments by low numbers. */
const documented = 100;

type Appointment = {
  id: number;
  patient_id: number;
  doctor_id: number;
  scheduled_at: string;
  status: keyof ClinicFill['status'];
  reason: string | null;
  fee: string;
  duration_minutes: number;
};

/** Appointments with the diagnoses and prescriptions that came of them. */
export function visitRows(fill: ClinicFill, patients: readonly Patient[], doctors: readonly Doctor[]) {
  const appointments = appointmentRows(fill, patients, doctors);
  return {
    appointments,
    diagnoses: diagnosisRows(fill, appointments),
    prescriptions: prescriptionRows(fill, appointments),
  };
}

function appointmentRows(fill: ClinicFill, patients: readonly Patient[], doctors: readonly Doctor[]): Appointment[] {
  const random = createRandom(fill.seed, 'appointments');
  const visitors = doers(random, patients, 1 - fill.idle, fill.appointments, 1.6);
  const seeing = random.shuffle(doctors).slice(0, Math.ceil(doctors.length * 0.9));
  const [low, high] = fill.fees;
  const bounds = [5_000, 7_500, 10_000, 10_000, 15_000, 20_000, 25_000, 30_000].filter(
    (fee) => fee > low && fee < high,
  );
  const fees = withPlanned(
    random,
    bounds,
    fill.appointments,
    distinct(() => random.int(low, high)),
  );
  return instants(random, fill.appointments).map((scheduled_at, index) => ({
    id: index + 1,
    patient_id: (visitors[index] as Patient).id,
    doctor_id: random.skewed(seeing, 1.3).id,
    scheduled_at,
    status: index < documented ? 'completed' : random.weighted(fill.status),
    reason: random.chance(fill.nulls) ? null : random.pick<string>(reasons),
    fee: decimal(fees[index] as number),
    duration_minutes: random.pick([10, 15, 15, 20, 30, 30, 30, 45, 60, 90]),
  }));
}

/** Five-minute slots of the day; emergencies fall on the first and last minute of days that a range may start or end on. */
function instants(random: Random, rows: number): string[] {
  const edges = boundaryDates.flatMap((date) => [`${date}T00:00:00Z`, `${date}T23:59:00Z`]);
  const slot = () => new Date(random.int(8 * 12, 18 * 12 - 1) * 5 * 60_000).toISOString().slice(10, 19);
  const draw = distinct(() => `${dateBetween(random)}${slot()}Z`);
  return random.shuffle([...edges, ...Array.from({ length: rows - edges.length }, draw)]);
}

function diagnosisRows(fill: ClinicFill, appointments: readonly Appointment[]) {
  const random = createRandom(fill.seed, 'diagnoses');
  const common = random.shuffle(diseases);
  const odds = { completed: 0.75, scheduled: 0.03, cancelled: 0.02, no_show: 0.02 };
  return appointments
    .flatMap(({ id, status }) =>
      id <= documented || random.chance(odds[status]) ? Array<number>(random.chance(0.2) ? 2 : 1).fill(id) : [],
    )
    .map((appointment_id, index) => ({
      id: index + 1,
      appointment_id,
      ...random.skewed(common, 1.4),
      severity: random.weighted(fill.severity),
      confirmed: random.chance(0.7),
    }));
}

function prescriptionRows(fill: ClinicFill, appointments: readonly Appointment[]) {
  const random = createRandom(fill.seed, 'prescriptions');
  const names = random.shuffle(Object.keys(drugs)).slice(0, fill.drugs);
  const visits = appointments.flatMap((visit) => {
    const written = visit.status === 'completed' && (visit.id <= documented || random.chance(0.6));
    return written ? Array<Appointment>(random.weighted({ 1: 6, 2: 3, 3: 1 }) === '1' ? 1 : 2).fill(visit) : [];
  });
  return visits.map(({ id, scheduled_at }, index) => {
    const drug = random.skewed(names, fill.drugSkew);
    return {
      id: index + 1,
      appointment_id: id,
      drug,
      dose_mg: random.pick(drugs[drug] ?? [100]),
      days: random.pick([3, 5, 7, 7, 10, 14, 21, 30, 30, 60, 90]),
      refills: random.chance(fill.nulls * 1.5) ? null : random.pick([0, 0, 1, 1, 2, 3, 4, 5]),
      // Not always the day of the visit: joining on the date must not stand in for joining on the key.
      issued_on: daysAfter(scheduled_at.slice(0, 10), random.chance(0.7) ? 0 : random.int(1, 5)),
    };
  });
}
