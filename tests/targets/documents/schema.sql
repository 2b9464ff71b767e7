CREATE TABLE members (
  no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  mail text NOT NULL UNIQUE,
  salt text NOT NULL,
  secret text NOT NULL
);
CREATE TABLE visits (
  ticket text PRIMARY KEY,
  guard text NOT NULL,
  member bigint NOT NULL REFERENCES members
);
CREATE TABLE papers (
  ref uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  member bigint NOT NULL REFERENCES members,
  title text NOT NULL,
  digest text NOT NULL,
  file bytea NOT NULL,
  state text NOT NULL DEFAULT 'waiting',
  UNIQUE (member, digest)
);
CREATE TABLE tasks (
  ref uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  paper uuid NOT NULL REFERENCES papers ON DELETE CASCADE,
  state text NOT NULL DEFAULT 'waiting',
  why text,
  since timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE passages (
  paper uuid NOT NULL REFERENCES papers ON DELETE CASCADE,
  place int NOT NULL,
  page int NOT NULL,
  words text NOT NULL,
  direction float8[],
  PRIMARY KEY (paper, place)
);
