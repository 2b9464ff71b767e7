CREATE TABLE members (
  no int GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
  mail text NOT NULL UNIQUE,
  salt text NOT NULL,
  digest text NOT NULL,
  joined timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE visits (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member int NOT NULL REFERENCES members,
  left_at timestamptz
);
CREATE TABLE notes (
  no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  member int NOT NULL REFERENCES members,
  words text NOT NULL
);
