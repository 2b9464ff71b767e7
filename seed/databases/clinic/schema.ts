import type { Knex } from 'knex';

/** The clinic's tables. Raw DDL: the column order and types are what questions and prompts are written against. */
export const clinicSchema = {
  name: '001_clinic_schema',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      CREATE TYPE gender AS ENUM ('female', 'male', 'other');
      CREATE TYPE appointment_status AS ENUM ('scheduled', 'completed', 'cancelled', 'no_show');
      CREATE TYPE severity AS ENUM ('mild', 'moderate', 'severe');
      CREATE TABLE patients (
        id int PRIMARY KEY,
        name text NOT NULL,
        email text,
        city text NOT NULL,
        birth_date date NOT NULL,
        gender gender NOT NULL,
        blood_type text,
        insurance text,
        registered_on date NOT NULL
      );
      CREATE TABLE doctors (
        id int PRIMARY KEY,
        name text NOT NULL,
        specialty text NOT NULL,
        city text NOT NULL,
        hire_date date NOT NULL,
        salary numeric(10,2) NOT NULL,
        is_active boolean NOT NULL
      );
      CREATE TABLE appointments (
        id int PRIMARY KEY,
        patient_id int NOT NULL REFERENCES patients,
        doctor_id int NOT NULL REFERENCES doctors,
        scheduled_at timestamptz NOT NULL,
        status appointment_status NOT NULL,
        reason text,
        fee numeric(8,2) NOT NULL,
        duration_minutes int NOT NULL CHECK (duration_minutes > 0)
      );
      CREATE TABLE diagnoses (
        id int PRIMARY KEY,
        appointment_id int NOT NULL REFERENCES appointments,
        code text NOT NULL,
        description text NOT NULL,
        severity severity NOT NULL,
        confirmed boolean NOT NULL
      );
      CREATE TABLE prescriptions (
        id int PRIMARY KEY,
        appointment_id int NOT NULL REFERENCES appointments,
        drug text NOT NULL,
        dose_mg int NOT NULL CHECK (dose_mg > 0),
        days int NOT NULL CHECK (days > 0),
        refills int,
        issued_on date NOT NULL
      );
    `);
  },
  async down(knex: Knex): Promise<void> {
    await knex.raw(
      'DROP TABLE prescriptions, diagnoses, appointments, doctors, patients; DROP TYPE gender, appointment_status, severity',
    );
  },
};

/** A column was renamed after the service last read the schema: what self-correction has to cope with. */
export const clinicDrift = {
  name: '002_clinic_drift',
  async up(knex: Knex): Promise<void> {
    await knex.raw('ALTER TABLE doctors RENAME COLUMN specialty TO speciality');
  },
  async down(knex: Knex): Promise<void> {
    await knex.raw('ALTER TABLE doctors RENAME COLUMN speciality TO specialty');
  },
};
