import { type ClinicFill, doctorRows, patientRows } from './base-rows.ts';
import { visitRows } from './visits.ts';

/** Every row of one clinic, table by table, in an order that satisfies the foreign keys. */
export function clinicRows(fill: ClinicFill) {
  const patients = patientRows(fill);
  const doctors = doctorRows(fill);
  return { patients, doctors, ...visitRows(fill, patients, doctors) };
}
